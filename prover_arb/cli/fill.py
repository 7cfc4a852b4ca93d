"""`prover-arb fill`: buys proofs for the theorems of a Lean file that end in `sorry`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any

import typer

from prover_arb.bench.prepare import new_folder
from prover_arb.bench.runs import RunFolder, slug
from prover_arb.cli.commands import BAD_INPUT, FAILED, NOT_PROVED, complain
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
from prover_arb.cli.prove import write_certificate
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.machine import processors
from prover_arb.core.money import format_usd, parse_budget
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Profile
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems.gaps import gaps_of
from prover_arb.problems.lean_file import LeanFile
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import open_marketplace
from prover_arb.runtime.filling import FilledFile, FilledGap, FillWatcher, fill_text, nothing_bought
from prover_arb.runtime.marketplace import Marketplace
from prover_arb.scheduler import make_policy

EXAMPLE = (
    "Example: prover-arb fill Mine.lean --budget 0.05 --file-budget 1 --out Filled.lean\n\n"
    "Exit codes: 0 every `sorry` is filled, or there is none; 1 some stay open; 2 bad input, or a "
    "statement that Lean does not accept; 3 the oracle or the toolchain failed; 130 stopped by "
    "Ctrl-C."
)


def fill(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.lean", help="The file with theorems to prove.")
    ],
    budget_usd: Annotated[
        str,
        typer.Option("--budget", metavar="USD", help="The most that may be spent on one theorem."),
    ] = "0.05",
    file_budget_usd: Annotated[
        str | None,
        typer.Option(
            "--file-budget",
            metavar="USD",
            help="The most that may be spent on the file; no limit but --budget's if absent.",
        ),
    ] = None,
    policy: Annotated[str, typer.Option(help="What to buy, as for `prove`.")] = "cascade",
    max_parallel: MaxParallelOption = None,
    seed: Annotated[int, typer.Option(help="Random seed for provers that sample.")] = 0,
    heartbeats: HeartbeatsOption = None,
    timeout: TimeoutOption = None,
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.lean", help="Write the result here and leave FILE.lean as it is."
        ),
    ] = None,
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
        run_budget=None
        if file_budget_usd is None
        else parse_budget(file_budget_usd, field="--file-budget"),
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
    keeper = _Keeper(lean_file, out, folder)
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
        with waiting_for("starting Lean") as keeper.wait_for:
            try:
                result = asyncio.run(_fill(lean_file, market, job, profile, keeper))
            except KeyboardInterrupt:
                complain(f"{keeper.filled} filled so far, written to {out or file}")
                complain(f"ledger {folder.ledger}")
                raise
    else:
        result = nothing_bought(lean_file.text, gaps)
    if as_json:
        say(json.dumps(_as_json(file, out, result, keeper), ensure_ascii=False))
    else:
        _tell(file, out, result, keeper)
    for problem in keeper.unwritten:
        complain(problem)
    code = _exit_code(result, keeper)
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

    def __init__(self, file: LeanFile, out: Path | None, folder: RunFolder) -> None:
        self.folder = folder
        self.certificates: dict[int, Path] = {}
        """The file of each certificate, by the line of its theorem."""
        self.unwritten: list[str] = []
        self.filled = 0
        self._file, self._out = file, out

    def begun(self, name: str, line: int, number: int, of: int) -> None:
        self.wait_for(f"{number} of {of}: buying a proof of {name} (line {line})")

    def ended(self, gap: FilledGap, text: str) -> None:
        if gap.certificate is not None:
            path = self.folder.path / "certificates" / f"{slug(gap.name)}-line-{gap.line}.json"
            fault = write_certificate(path, gap.certificate)
            if fault:
                self.unwritten.append(fault)
            else:
                self.certificates[gap.line] = path
        if gap.status == "filled":
            self.filled += 1
            self._file = self._file.replaced(text, self._out)


def _exit_code(result: FilledFile, keeper: _Keeper) -> int:
    left = {gap.status for gap in result.left}
    if "void" in left or keeper.unwritten:
        return FAILED
    if "invalid_statement" in left:
        return BAD_INPUT
    return NOT_PROVED if left else 0


def _as_json(file: Path, out: Path | None, result: FilledFile, keeper: _Keeper) -> dict[str, Any]:
    """Returns what --json prints, with amounts in micro-dollars."""
    return {
        "file": str(file),
        "out": str(out or file),
        "filled": len(result.filled),
        "left": len(result.left),
        "cost": result.cost,
        "run": str(keeper.folder.path),
        "gaps": [
            {
                "name": gap.name,
                "line": gap.line,
                "status": gap.status,
                "reason": gap.reason,
                "cost": gap.outcome.cost if gap.outcome else 0,
                "verification_cost": gap.outcome.verification_cost if gap.outcome else 0,
                "attempts": _attempts(gap),
                "certificate": str(path) if (path := keeper.certificates.get(gap.line)) else None,
            }
            for gap in result.gaps
        ],
    }


def _tell(file: Path, out: Path | None, result: FilledFile, keeper: _Keeper) -> None:
    for gap in result.gaps:
        name = gap.name or "(no name)"
        spent = f"{format_usd(gap.cost)}, {_counted(gap)}" if gap.outcome else "not tried"
        said = "filled" if gap.status == "filled" else f"open: {gap.reason}"
        if gap.status == "refuted":
            said = "NOT TRUE: its negation is proved"
        say(f"{file}:{gap.line}: {name}: {said} ({spent})")
    if not result.gaps:
        say(f"{file}: no `sorry` in it; nothing was bought")
        return
    say(
        f"{len(result.filled)} of {len(result.gaps)} filled for {format_usd(result.cost)}; "
        + (f"written to {out or file}" if result.filled else "nothing was written")
    )
    if keeper.certificates:
        say(f"certificates {keeper.folder.path / 'certificates'}")
    if any(gap.outcome for gap in result.gaps):
        say(f"ledger {keeper.folder.ledger}")


def _counted(gap: FilledGap) -> str:
    attempts = _attempts(gap)
    return f"{attempts} attempt{'' if attempts == 1 else 's'}"


def _attempts(gap: FilledGap) -> int:
    return sum(not purchase.slice for purchase in gap.outcome.purchases) if gap.outcome else 0
