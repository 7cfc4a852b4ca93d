"""`prover-arb --server URL bench run`: a batch of a service in place of a run on this machine.

Nothing that runs Lean or buys is imported here. The other commands of `bench` need no server, and
are loaded when they are called.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from prover_arb.cli.commands import EXIT_CODES, CommandSource, LazyCommands, complain
from prover_arb.cli.common import (
    JsonOption,
    LimitOption,
    ProblemsOption,
    ProfileOption,
    SplitOption,
    StrictOption,
    budget,
    list_unread,
    run_budget,
    say,
)
from prover_arb.cli.remote import DeadlineOption, ServedPolicyOption, opened_client
from prover_arb.cli.theorem_options import SeedOption
from prover_arb.cli.waiting import waiting_for
from prover_arb.client.models import Batch, BatchResult
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.money import plain_usd
from prover_arb.problems.reader import read_problems

NOTES = "The API key is read from the variable PROVER_ARB_API_KEY.\n\n" + EXIT_CODES

RUN = "Order proofs of a whole problem set from the service at --server; write what became of each."

LOOK_SECONDS = 1.0
"""How often the service is asked how far the batch is."""


def run(
    ctx: typer.Context,
    *,
    problems: ProblemsOption = None,
    strict: StrictOption = False,
    split: SplitOption = None,
    limit: LimitOption = None,
    policy: ServedPolicyOption = None,
    budget_usd: Annotated[
        str,
        typer.Option("--budget", metavar="USD", help="The most that one theorem may cost."),
    ] = "0.05",
    run_budget_usd: Annotated[
        str | None,
        typer.Option(
            "--run-budget",
            metavar="USD",
            help="The most that all theorems may cost together; --budget for each if absent.",
        ),
    ] = None,
    deadline: DeadlineOption = None,
    seed: SeedOption = 0,
    profile: ProfileOption = "core",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="Write a line of JSON per theorem here; runs/batch-ID.jsonl if absent.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Order proofs of a whole problem set from the service at --server; write what became of each.

    The theorems are one batch, which goes on if this command is killed; Ctrl-C cancels it.
    """
    each, whole = budget(budget_usd), run_budget(run_budget_usd)
    data = read_problems(problems, profile=profile, strict=strict)
    list_unread(data)
    theorems = [problem.theorem for problem in data.chosen(split, limit)]
    with opened_client(ctx) as client, waiting_for(f"ordering {len(theorems)} proofs") as say_now:
        batch = client.batch(
            theorems,
            budget_usd=plain_usd(whole or each * len(theorems)),
            theorem_budget_usd=plain_usd(each),
            policy=policy,
            deadline=deadline,
            seed=seed,
        )
        try:
            before = ""
            while not batch.ended:
                progress = _progress(batch)
                if progress != before:
                    say_now(progress)
                    before = progress
                time.sleep(LOOK_SECONDS)
                batch = client.batch_of(batch.id)
        except KeyboardInterrupt:
            client.cancel_batch(batch.id)
            complain(f"the batch {batch.id} is cancelled")
            raise
        results = [*client.batch_results(batch.id)]
    path = out or Path("runs") / f"batch-{batch.id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, "".join(f"{result.model_dump_json()}\n" for result in results))
    if as_json:
        say(batch.model_dump_json())
    else:
        _tell(batch, results, path)


def _progress(batch: Batch) -> str:
    counts = batch.counts
    ended = counts["total"] - counts["queued"] - counts["running"]
    proved = counts["proved"]
    return f"{ended} of {counts['total']} ended, {proved} proved, ${batch.spent_usd} spent"


def _tell(batch: Batch, results: list[BatchResult], path: Path) -> None:
    for result in results:
        if result.status == "failed":
            why = (result.problem or {}).get("detail", result.why_stopped)
            complain(f"{result.theorem.name} failed: {why}")
    counts = {name: count for name, count in batch.counts.items() if count and name != "total"}
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    say(f"{batch.counts['total']} theorems: {said}")
    say(f"charged ${batch.charged_usd} (${batch.spent_usd} spent), batch {batch.id}")
    say(f"results {path}")


class ServedBench(LazyCommands):
    """The commands of `bench`, of which `run` is done by a service."""

    sources: ClassVar[Mapping[str, CommandSource]] = {
        "run": CommandSource(RUN, "prover_arb.cli.remote_bench", "run", epilog="NOTES")
    }

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self._local().list_commands(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or self._local().get_command(ctx, cmd_name)

    @staticmethod
    def _local() -> Any:
        return BENCH.load("bench")


BENCH = CommandSource(
    "Run policies over a problem set, and compare runs.",
    "prover_arb.cli.bench",
    extensions=("prover_arb.cli.bench_replay",),
)

app = typer.Typer(cls=ServedBench, help=BENCH.help, no_args_is_help=True)


@app.callback()
def _bench() -> None:
    """Run policies over a problem set, and compare runs."""
