"""`prover-arb schedule learn`: a policy file of what earlier runs bought."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.bench.best_cascade import fitted_cascade, one_per_theorem
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.cli.common import say
from prover_arb.errors import InputError
from prover_arb.scheduler.fitting import ledger_quotes
from prover_arb.scheduler.policies.exploration import DEFAULT_SHARE
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policy_file import policy_file


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
) -> None:
    """Write a policy file of all that ledgers bought, as `schedule` would have learnt it itself.

    Not every prover need have been tried on every theorem, as `schedule fit` prefers. Of the
    theorems that every prover was tried on, the file also holds the best cascade.
    """
    histories = [history for path in ledgers for history in one_per_theorem(read_finished(path))]
    histories = histories[-last:] if last is not None else histories
    if not histories:
        raise InputError(f"{', '.join(map(str, ledgers))}: no judged purchase to learn from")
    cascade = fitted_cascade(histories)
    file = policy_file(
        None,
        quotes=ledger_quotes(histories),
        learnt=histories,
        cascade=cascade,
        exploration=exploration,
    )
    try:
        out.write_text(file.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    say(
        f"{out}: {len(file.learnt)} theorems, {sum(len(h.past) for h in file.learnt)} purchases "
        f"from {', '.join(file.provers)}; data {file.data_sha256[:12]}"
    )
    if file.cascade:
        say(f"best cascade on them: {ThresholdCascade(file.cascade).name}")
