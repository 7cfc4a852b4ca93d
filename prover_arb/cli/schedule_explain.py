"""`prover-arb schedule explain`: explains one decision of the `schedule` policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.cli.common import JsonOption, say
from prover_arb.cli.console import show
from prover_arb.core.history import NO_HISTORY, History, PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MICRO, MicroUSD, parse_budget, parse_usd
from prover_arb.core.slices import sold_as
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError
from prover_arb.scheduler.explain import Explanation
from prover_arb.scheduler.explain import explain as explain_decision
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.policies.parse import SHIPPED_POLICY
from prover_arb.scheduler.policy_file import learner_of, starting_file


def explain(
    policy: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A policy file, `schedule` for the shipped one, or - to begin with nothing known.",
        ),
    ],
    statement: Annotated[
        str, typer.Argument(help="The statement as for `prove`: everything before `:=`.")
    ],
    *,
    name: Annotated[str, typer.Option(help="The theorem's name.")] = "asked",
    bought: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROVER=USD", help="A failed purchase so far and its cost; repeat for several."
        ),
    ] = None,
    quote: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROVER=USD", help="What an attempt costs at most now; repeat for several."
        ),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Learn from this policy's purchases in a ledger first."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Random seed: explore as a run with this seed; not at all if absent."),
    ] = None,
    value: Annotated[
        str,
        typer.Option(metavar="USD", help="What a proof is worth, if the policy file does not say."),
    ] = "0.05",
    as_json: JsonOption = False,
) -> None:
    """Say what every prover's next attempt on a theorem promises, and why one is bought."""
    worth: int = parse_budget(value, field="--value")
    file = starting_file(None if policy == SHIPPED_POLICY else policy)
    try:
        theorem = Theorem(name=name, statement=statement)
    except ValueError as error:
        raise InputError(f"theorem: {error}") from None
    history = NO_HISTORY
    if ledger is not None:
        buyer = policy if policy == SHIPPED_POLICY else f"schedule:{policy}"
        history = History(_histories(ledger, buyer))
    quoted = _amounts(quote, "--quote", None)
    learner = Learner(RecordedTheorems()) if file is None else learner_of(file)
    index = learner.after(history, [prover for prover, _ in quoted])
    if not index.provers:
        raise InputError("no provers known; pass --ledger or at least one --quote")
    past = [
        PurchaseOutcome(prover=prover, cost=cost, status="rejected")
        for prover, cost in _amounts(bought, "--bought", index.provers)
    ]
    if file is not None and file.value:
        worth = file.value
    quotes = _on_sale(index.quotes | dict(quoted), [bought.prover for bought in past])
    explanation = explain_decision(index, theorem, past, value=worth, quotes=quotes, seed=seed)
    if as_json:
        say(_json(explanation, worth, learnt_from=len(history)))
        return
    show(_table(explanation))
    if ledger is not None:
        say(f"Learnt from {len(history)} finished theorems in {ledger}.")
    for sentence in explanation.sentences:
        say(sentence)


def _on_sale(quotes: dict[str, int], bought: list[str]) -> dict[str, int]:
    """Returns the quotes without slices that can only be bought after others, or were bought."""

    def on_sale(name: str) -> bool:
        prover, index = sold_as(name)
        return index is None or index == sum(
            sold_as(other)[0] == prover and sold_as(other)[1] is not None for other in bought
        )

    return {name: quote for name, quote in quotes.items() if on_sale(name)}


def _json(explanation: Explanation, worth: int, *, learnt_from: int) -> str:
    return json.dumps(
        {
            "next": explanation.next,
            "explores": explanation.explores,
            "value_usd": worth / MICRO,
            "prospects": [vars(forecast) for forecast in explanation.forecasts],
            "most_alike": [
                {"theorem": theorem, "weight": weight}
                for theorem, weight in explanation.most_similar
            ],
            "learnt_from": learnt_from,
            "why": explanation.sentences,
        }
    )


def _table(explanation: Explanation) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for i, heading in enumerate(("prover", "chance", "cost, $", "value per dollar", "to learn")):
        table.add_column(heading, justify="right" if i else "left")
    for forecast in explanation.forecasts:
        table.add_row(
            forecast.prover,
            f"{forecast.chance:.1%}",
            f"{forecast.cost:.6f}",
            f"{forecast.index:.2f}",
            f"+{forecast.bonus:.1%}" if forecast.bonus > 0 else "",
        )
    return table


def _histories(ledger: Path, policy: str) -> list[TheoremHistory]:
    """Returns the theorems that a policy finished.

    Raises:
        InputError: the ledger has none of this policy; the message lists the policies it has.
    """
    histories = read_finished(ledger)
    own = [history for (_, buyer, _), history in histories.items() if buyer == policy]
    if not own:
        others = ", ".join(sorted({buyer for _, buyer, _ in histories})) or "nobody"
        raise InputError(f"{ledger}: nothing bought by {policy!r} in it, only by {others}")
    return own


def _amounts(
    texts: list[str] | None, option: str, known: tuple[str, ...] | None
) -> list[tuple[str, MicroUSD]]:
    """Returns provers and micro-dollars from texts of the form PROVER=USD.

    Raises:
        InputError: a text is not of that form, or does not name one of the known provers.
    """
    amounts = []
    for text in texts or ():
        prover, equals, amount = text.partition("=")
        if not equals or not prover or (known is not None and prover not in known):
            names = "" if known is None else f" with one of {', '.join(known)}"
            raise InputError(f"{option}: {text!r} is not PROVER=USD{names}")
        amounts.append((prover, parse_usd(amount, field=option)))
    return amounts
