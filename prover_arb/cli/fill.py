"""`prover-arb fill`: buys proofs for the theorems of a Lean file that end in `sorry`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from prover_arb.bench.prepare import new_folder
from prover_arb.bench.runs import RunFolder
from prover_arb.cli.commands import complain
from prover_arb.cli.common import (
    CatalogOption,
    HeartbeatsOption,
    JsonOption,
    MaxParallelOption,
    OneKernelOption,
    PristineOption,
    ProfileOption,
    TimeoutOption,
    budget,
    limits,
    provision,
    say,
)
from prover_arb.cli.fill_options import (
    FILL_EXIT_CODES,
    EachBudgetOption,
    FileArgument,
    FileBudgetOption,
    FilledFileOption,
    file_budget,
)
from prover_arb.cli.fill_results import FillWriter, ShownGap
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.machine import processors
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Profile
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems.gaps import gaps_of
from prover_arb.problems.lean_file import LeanFile
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import open_marketplace
from prover_arb.runtime.filling import FilledFile, FilledGap, FillWatcher, fill_text
from prover_arb.runtime.marketplace import Marketplace
from prover_arb.scheduler import make_policy

EXAMPLE = (
    "Example: prover-arb fill Mine.lean --budget 0.05 --file-budget 1 --out Filled.lean\n\n"
    + FILL_EXIT_CODES
)


def fill(
    *,
    file: FileArgument,
    budget_usd: EachBudgetOption = "0.05",
    file_budget_usd: FileBudgetOption = None,
    policy: Annotated[str, typer.Option(help="What to buy, as for `prove`.")] = "cascade",
    max_parallel: MaxParallelOption = None,
    seed: Annotated[int, typer.Option(help="Random seed for provers that sample.")] = 0,
    heartbeats: HeartbeatsOption = None,
    timeout: TimeoutOption = None,
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    out: FilledFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Buy proofs for the theorems of a Lean file that end in `sorry`, and write them into it.

    They are bought in order, and a later one may use an earlier one. A proof is judged when it is
    bought and once more where it stands in the file, and is written at once, so that a second call
    buys only what is still open. Nothing but the `sorry`s changes. A `sorry` inside a larger proof
    is listed and not filled. The ledger and the certificates are in a new folder under runs/.
    """
    job = ProofJob(
        policy=policy,
        budget=budget(budget_usd),
        run_budget=file_budget(file_budget_usd),
        run="",
        seed=seed,
        limits=limits(heartbeats, timeout),
        max_parallel=max_parallel or 1,
    )
    lean_file = LeanFile.read(file)
    prices = load_catalog(catalog)
    prices.require_usable_keys()
    make_policy(policy, prices.entries)
    gaps = gaps_of(lean_file, profile)
    folder = RunFolder(new_folder(prefix="fill-"))
    writer = FillWriter(lean_file, out, folder.path)
    if gaps.fillable:
        provision(profile)
        job = job.model_copy(update={"run": folder.path.name})
        options = OracleOptions(one_kernel=one_kernel, pristine=pristine)
        market = open_marketplace(
            ledger=folder.ledger,
            ray=False,
            workers=min(job.max_parallel, processors()),
            catalog=catalog,
            profile=profile,
            options=options,
        )
        keeper = _Keeper(writer)
        with waiting_for("starting Lean") as keeper.wait_for:
            try:
                result = asyncio.run(_fill(lean_file, market, job, profile, keeper))
            except KeyboardInterrupt:
                complain(f"{keeper.filled} filled so far, written to {writer.written_to}")
                complain(f"ledger {folder.ledger}")
                raise
        became = [_shown(gap) for gap in result.gaps]
    else:
        became = [ShownGap.untried(gap) for gap in gaps.unfilled]
    if as_json:
        more = {"run": str(folder.path)}
        say(json.dumps(writer.as_json(became, more), ensure_ascii=False))
    else:
        writer.tell(became)
        if any(gap.attempts is not None for gap in became):
            say(f"ledger {folder.ledger}")
    for problem in writer.unwritten:
        complain(problem)
    code = writer.exit_code(became)
    if code:
        raise typer.Exit(code)


async def _fill(
    file: LeanFile,
    opening: AbstractAsyncContextManager[Marketplace],
    job: ProofJob,
    profile: Profile,
    keeper: _Keeper,
) -> FilledFile:
    async with opening as market:
        return await fill_text(file.text, market, job, profile=profile, watcher=keeper)


class _Keeper(FillWatcher):
    """Writes every proof and its certificate as soon as it is bought, and says what goes on."""

    wait_for: Callable[[str], None]
    """Says what is waited for."""

    def __init__(self, writer: FillWriter) -> None:
        self.filled = 0
        self._writer = writer

    def begun(self, name: str, line: int, number: int, of: int) -> None:
        self.wait_for(f"{number} of {of}: buying a proof of {name} (line {line})")

    def ended(self, gap: FilledGap, text: str) -> None:
        if gap.certificate is not None:
            self._writer.write_certificate(gap.name, gap.line, gap.certificate)
        if gap.status == "filled":
            self.filled += 1
            self._writer.write(text)


def _shown(gap: FilledGap) -> ShownGap:
    bought = gap.outcome
    if bought is None:
        return ShownGap(gap.name, gap.line, gap.status, gap.reason)
    return ShownGap(
        gap.name,
        gap.line,
        gap.status,
        gap.reason,
        bought.cost,
        bought.verification_cost,
        bought.attempts,
    )
