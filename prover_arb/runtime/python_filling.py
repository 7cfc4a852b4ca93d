"""The Python API's `fill`: proofs for what a Lean file leaves open."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from prover_arb.core.money import parse_budget
from prover_arb.core.theorem import Limits, Profile
from prover_arb.problems.gaps import gaps_of
from prover_arb.problems.lean_file import LeanFile
from prover_arb.runtime.filling import FilledFile, FilledGap, FillWatcher, fill_text, nothing_bought
from prover_arb.runtime.python_api import RUN
from prover_arb.runtime.python_market import market_for, proof_job, run_to_its_end, toolchain_for


def fill(
    path: str | Path,
    *,
    budget_usd: str | Decimal | float,
    file_budget_usd: str | Decimal | float | None = None,
    policy: str = "cascade",
    catalog: str | Path | None = None,
    max_parallel: int = 1,
    seed: int = 0,
    limits: Limits | None = None,
    profile: Profile = "core",
    out: str | Path | None = None,
    ledger: str | Path | None = None,
    run: str = RUN,
) -> FilledFile:
    """Buys proofs for the theorems of a Lean file that end in `sorry`, and writes them into it.

    They are bought in order, and a later one may use an earlier one. No more than `budget_usd`
    dollars are spent on one theorem, and no more than `file_budget_usd` on all of them. Each proof
    is written as soon as it is bought: to the file itself, or to `out`. Only the `sorry`s change.
    The other arguments are those of `prove`.

    Example:
        >>> result = fill("Mine.lean", budget_usd="0.05", out="Filled.lean")
        >>> [gap.name for gap in result.filled], [gap.name for gap in result.left]

    Returns:
        The new text, and what became of each `sorry`: `filled`, and `left` with the reasons.

    Raises:
        InputError: the file, a budget, the policy or the catalog cannot be used, or somebody else
            changed the file meanwhile.
        ToolchainError: Lean is missing and cannot be provisioned.
        LedgerError, OracleError: the ledger or Lean itself failed.
    """
    return run_to_its_end(
        fill_async(
            path,
            budget_usd=budget_usd,
            file_budget_usd=file_budget_usd,
            policy=policy,
            catalog=catalog,
            max_parallel=max_parallel,
            seed=seed,
            limits=limits,
            profile=profile,
            out=out,
            ledger=ledger,
            run=run,
        )
    )


async def fill_async(
    path: str | Path,
    *,
    budget_usd: str | Decimal | float,
    file_budget_usd: str | Decimal | float | None = None,
    policy: str = "cascade",
    catalog: str | Path | None = None,
    max_parallel: int = 1,
    seed: int = 0,
    limits: Limits | None = None,
    profile: Profile = "core",
    out: str | Path | None = None,
    ledger: str | Path | None = None,
    run: str = RUN,
) -> FilledFile:
    """Does the same as `fill`, as a coroutine."""
    file = LeanFile.read(Path(path))
    gaps = gaps_of(file, profile)
    job = proof_job(
        policy=policy,
        budget=parse_budget(budget_usd, field="budget_usd"),
        run_budget=None
        if file_budget_usd is None
        else parse_budget(file_budget_usd, field="file_budget_usd"),
        run=run,
        seed=seed,
        limits=limits,
        max_parallel=max_parallel,
    )
    if not gaps.fillable:
        return nothing_bought(file.text, gaps)
    await toolchain_for(profile)
    writer = _Writer(file, None if out is None else Path(out))
    async with market_for(job, profile, catalog, ledger) as market:
        return await fill_text(file.text, market, job, profile=profile, watcher=writer)


class _Writer(FillWatcher):
    """Writes each proof into the file as soon as it is bought."""

    def __init__(self, file: LeanFile, out: Path | None) -> None:
        self._file, self._out = file, out

    def ended(self, gap: FilledGap, text: str) -> None:
        if gap.status == "filled":
            self._file = self._file.replaced(text, self._out)
