"""`prover-arb schedule explain`: why the next purchase is what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.broker.ledger.ledger import read_finished
from prover_arb.cli.common import (
    JsonOption,
    say,
    show,
)
from prover_arb.core.history import NOTHING, Finished, Memory, Past
from prover_arb.core.money import MICRO, parse_usd
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError


def explain(
    policy: Annotated[
        str, typer.Argument(metavar="FILE", help="A policy file, or - for `schedule` without one.")
    ],
    statement: Annotated[str, typer.Argument(help="As for `prove`: what stands before `:=`.")],
    *,
    name: Annotated[str, typer.Option(help="The theorem's name.")] = "asked",
    bought: Annotated[
        list[str] | None,
        typer.Option(metavar="PROVER=USD", help="A failed purchase so far; repeat it."),
    ] = None,
    quote: Annotated[
        list[str] | None,
        typer.Option(metavar="PROVER=USD", help="What an attempt may cost at most now; repeat it."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Learn from this policy's purchases in a ledger first."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Explore as a run with this seed does; not at all if absent.")
    ] = None,
    value: Annotated[
        str, typer.Option(metavar="USD", help="What a proof is worth, if the file does not say.")
    ] = "0.05",
    as_json: JsonOption = False,
) -> None:
    """Say what every prover's next attempt on a theorem promises, and why one is bought."""
    from prover_arb.scheduler import explain as explaining  # noqa: PLC0415
    from prover_arb.scheduler.index.learning import Learner  # noqa: PLC0415
    from prover_arb.scheduler.index.prior import RecordedTheorems  # noqa: PLC0415
    from prover_arb.scheduler.policy_file import learner_of, read_policy_file  # noqa: PLC0415

    found = None if policy == "-" else read_policy_file(Path(policy))
    try:
        theorem = Theorem(name=name, statement=statement)
    except ValueError as error:
        raise InputError(f"theorem: {error}") from None
    memory = NOTHING
    if ledger is not None:
        memory = Memory(_learnt(ledger, "schedule" if found is None else f"schedule:{policy}"))
    asked = _amounts(quote, "--quote", None)
    learner = Learner(RecordedTheorems()) if found is None else learner_of(found)
    index = learner.after(memory, [prover for prover, _ in asked])
    if not index.provers:
        raise InputError("nobody is known to sell: name a --ledger, or give prices with --quote")
    past = [
        Past(prover=prover, cost=cost, status="rejected")
        for prover, cost in _amounts(bought, "--bought", index.provers)
    ]
    worth = parse_usd(value, field="--value") if found is None or not found.value else found.value
    quotes = index.quotes | dict(asked)
    told = explaining.explain(index, theorem, past, value=worth, quotes=quotes, seed=seed)
    if as_json:
        say(
            json.dumps(
                {
                    "next": told.next,
                    "explores": told.explores,
                    "value_usd": worth / MICRO,
                    "prospects": [vars(each) for each in told.forecasts],
                    "most_alike": [
                        {"theorem": theorem, "weight": weight}
                        for theorem, weight in told.most_similar
                    ],
                    "learnt_from": len(memory),
                    "why": told.sentences,
                }
            )
        )
        return
    table = Table(box=SIMPLE_HEAD)
    for i, heading in enumerate(("prover", "chance", "cost, $", "value per dollar", "to learn")):
        table.add_column(heading, justify="right" if i else "left")
    for one in told.forecasts:
        extra = f"+{one.bonus:.1%}" if one.bonus > 0 else ""
        table.add_row(one.prover, f"{one.chance:.1%}", f"{one.cost:.6f}", f"{one.index:.2f}", extra)
    show(table)
    if ledger is not None:
        say(f"Learnt from {len(memory)} finished theorems in {ledger}.")
    for sentence in told.sentences:
        say(sentence)


def _learnt(ledger: Path, policy: str) -> list[Finished]:
    """A policy's finished theorems.

    Raises:
        InputError: the ledger has none of this policy; those it has are listed.
    """
    found = read_finished(ledger)
    own = [one for (_, by, _), one in found.items() if by == policy]
    if not own:
        others = ", ".join(sorted({by for _, by, _ in found})) or "nobody"
        raise InputError(f"{ledger}: nothing bought by {policy!r} in it, only by {others}")
    return own


def _amounts(
    texts: list[str] | None, option: str, known: tuple[str, ...] | None
) -> list[tuple[str, int]]:
    """PROVER=USD in micro-dollars.

    Raises:
        InputError: not of that form, or not one of the known provers.
    """
    found = []
    for each in texts or ():
        prover, equals, amount = each.partition("=")
        if not equals or not prover or (known is not None and prover not in known):
            names = "" if known is None else f" of one of {', '.join(known)}"
            raise InputError(f"{option}: {each!r} is not PROVER=USD{names}")
        found.append((prover, parse_usd(amount, field=option)))
    return found
