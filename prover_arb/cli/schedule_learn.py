"""`prover-arb schedule learn`: a policy file of what earlier runs bought."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.cli.common import say
from prover_arb.errors import InputError
from prover_arb.scheduler.fitting import ledger_quotes
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
) -> None:
    """Write a policy file of all that ledgers bought, as `schedule` would have learnt it itself.

    Not every prover need have been tried on every theorem, as `schedule fit` prefers.
    """
    histories = [history for path in ledgers for history in read_finished(path).values()]
    histories = histories[-last:] if last is not None else histories
    if not histories:
        raise InputError(f"{', '.join(map(str, ledgers))}: no judged purchase to learn from")
    file = policy_file(None, quotes=ledger_quotes(histories), learnt=histories)
    try:
        out.write_text(file.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    say(
        f"{out}: {len(file.learnt)} theorems, {sum(len(h.past) for h in file.learnt)} purchases "
        f"from {', '.join(file.provers)}; data {file.data_sha256[:12]}"
    )
