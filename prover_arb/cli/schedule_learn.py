"""`prover-arb schedule learn`: a policy file of what earlier runs bought."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.bench.best_cascade import fitted_cascade, one_per_theorem
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.cli.common import say
from prover_arb.core.money import MicroUSD, parse_budget
from prover_arb.errors import InputError
from prover_arb.scheduler.fitting import complete_panel, ledger_quotes
from prover_arb.scheduler.policies.exploration import DEFAULT_SHARE
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policy_file import policy_file

PolicyValueOption = Annotated[
    str | None,
    typer.Option(metavar="USD", help="What a proof is worth; each theorem's budget if absent."),
]
"""The option for a policy file that says what a proof is worth."""


def policy_value(text: str | None) -> MicroUSD | None:
    """Returns the micro-dollars of a PolicyValueOption.

    Raises:
        BudgetError: the text is not an amount, or 0, for which nothing would ever be bought.
    """
    return None if text is None else parse_budget(text, field="--value")


def learn(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the policy file.")],
    ledgers: Annotated[
        list[Path], typer.Argument(metavar="LEDGER...", help="Ledgers of runs, the oldest first.")
    ],
    *,
    last: Annotated[
        int | None,
        typer.Option("--last", min=1, help="Only the last theorems; all if absent."),
    ] = None,
    exploration: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            min=0,
            max=1,
            help="Share of its spending that the policy explores with.",
        ),
    ] = DEFAULT_SHARE,
    value: PolicyValueOption = None,
) -> None:
    """Write a policy file of all that ledgers bought.

    Theorems that every prover was tried on tell most, slice by slice where attempts were sold in
    slices; of these the file also holds the best cascade. Others are learnt from as `schedule`
    would have done it itself.
    """
    worth = policy_value(value)
    histories = [history for path in ledgers for history in one_per_theorem(read_finished(path))]
    histories = histories[-last:] if last is not None else histories
    if not histories:
        raise InputError(f"{', '.join(map(str, ledgers))}: no judged purchase to learn from")
    cascade = fitted_cascade(histories)
    panel, rest = complete_panel(histories)
    file = policy_file(
        panel,
        {h.theorem: h.statement for h in histories if h.statement is not None},
        value=worth,
        quotes=ledger_quotes(histories),
        learnt=rest,
        cascade=cascade,
        exploration=exploration,
    )
    try:
        out.write_text(file.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    say(
        f"{out}: {len(file.rows)} theorems that every prover was tried on and {len(file.learnt)} "
        f"others, with {sum(len(h.past) for h in histories)} purchases from "
        f"{', '.join(file.provers)}; data {file.data_sha256[:12]}"
    )
    if file.cascade:
        say(f"best cascade on them: {ThresholdCascade(file.cascade).name}")
