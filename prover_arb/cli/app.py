"""All commands in one place."""

from __future__ import annotations

import typer

from prover_arb.cli import (
    bench,
    bench_replay,
    market,
    operations,
    problems,
    prove,
    schedule,
    schedule_objectives,
    verify,
)
from prover_arb.cli.common import EXIT_CODES, Commands

app = typer.Typer(
    cls=Commands,
    name="prover-arb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=(
        "Buy Lean 4 proofs from many provers; the Lean kernel decides what is a proof.\n\n"
        "Begin with `prover-arb setup` (downloads Lean once), see that it works with "
        '`prover-arb doctor`, then buy a proof: `prover-arb prove "(a b : ℕ) (h : a < b) : '
        'a + 1 ≤ b" --budget 0.05`, or let every policy loose on a problem set: '
        "`prover-arb bench run`.\n\n"
        "Results go to standard output, progress to standard error.\n\n" + EXIT_CODES
    ),
)

app.command("setup", epilog=EXIT_CODES)(operations.setup)
app.command("doctor", epilog=EXIT_CODES)(operations.doctor)
app.command("prove", epilog=prove.EXAMPLE)(prove.prove)
app.command("verify", epilog=verify.NOTES)(verify.verify)
bench.app.command("replay", epilog=EXIT_CODES)(bench_replay.replay)
app.add_typer(bench.app, name="bench")
app.add_typer(problems.app, name="problems")
app.add_typer(operations.provers, name="provers")
app.add_typer(market.app, name="market")
schedule.app.command("objectives", epilog=EXIT_CODES)(schedule_objectives.objectives)
app.add_typer(schedule.app, name="schedule")
app.command("serve", epilog=EXIT_CODES)(operations.serve)
app.add_typer(operations.ledger, name="ledger")


def main() -> None:
    """Entry point of `prover-arb`."""
    app()
