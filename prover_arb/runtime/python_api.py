"""The functions of the public Python API; `prover_arb` re-exports them.

Each comes as a plain function and as a coroutine function whose name ends in `_async`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from prover_arb.core.machine import processors
from prover_arb.core.money import MicroUSD, parse_budget
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, Verdict
from prover_arb.errors import InputError
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts
from prover_arb.oracle.kernels.official.kernel import find
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.problems import parse_statement, refuse_unfounded
from prover_arb.problems.gaps import gaps_of
from prover_arb.problems.lean_file import LeanFile
from prover_arb.runtime import open_marketplace
from prover_arb.runtime.filling import FilledFile, FilledGap, FillWatcher, fill_text, nothing_bought
from prover_arb.runtime.marketplace import Marketplace

T = TypeVar("T")

RUN = "python"
"""The run under which purchases stand in the ledger if the caller names none."""


def verify(
    theorem: Theorem | str, candidate: Candidate | str, *, limits: Limits | None = None
) -> Verdict:
    """Judges one candidate; nothing is bought.

    A theorem may be given as text, such as `"(n : ℕ) : n + 0 = n"` or a whole `theorem name ... :=
    by sorry`; a candidate given as text is a list of tactics. Every call starts Lean, which takes a
    few seconds: use `verify_many` for many candidates. The first call on a machine downloads Lean.

    Example:
        >>> verify("(n : ℕ) : n + 0 = n", "simp").status
        'proved'

    Returns:
        The verdict. Its `status` is `void` if the oracle itself failed; nothing that a candidate
        does raises an error.

    Raises:
        InputError: the theorem or the candidate cannot be read.
        ToolchainError: Lean is missing and cannot be provisioned.
    """
    return _run(verify_async(theorem, candidate, limits=limits))


async def verify_async(
    theorem: Theorem | str, candidate: Candidate | str, *, limits: Limits | None = None
) -> Verdict:
    """Does the same as `verify`, as a coroutine."""
    [verdict] = await verify_many_async([(theorem, candidate)], limits=limits)
    return verdict


def verify_many(
    pairs: Iterable[tuple[Theorem | str, Candidate | str]],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
) -> list[Verdict]:
    """Judges many candidates with Lean started once, and returns one verdict per pair, in order.

    `workers` is how many are judged at once, each by a Lean process of up to 2 GB; the default is
    one per processor. Theorems and candidates may be text, as for `verify`.

    Raises:
        InputError: a theorem or a candidate cannot be read, or the theorems have several profiles.
        ToolchainError: Lean is missing and cannot be provisioned.
    """
    return _run(verify_many_async(pairs, limits=limits, workers=workers))


async def verify_many_async(
    pairs: Iterable[tuple[Theorem | str, Candidate | str]],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
) -> list[Verdict]:
    """Does the same as `verify_many`, as a coroutine."""
    if workers is not None and workers < 1:
        raise InputError(f"workers must be at least 1, got {workers}")
    jobs = [
        VerificationJob(theorem=_theorem(theorem), candidate=_candidate(candidate))
        for theorem, candidate in pairs
    ]
    if not jobs:
        return []
    options = VerificationOptions(await _toolchain(_profile(jobs)), limits or Limits())
    size = min(workers or processors(), len(jobs))
    return [verdict async for verdict in verdicts(jobs, options, workers=size)]


def prove(
    theorem: Theorem | str,
    *,
    budget_usd: str | Decimal | float,
    policy: str = "cascade",
    catalog: str | Path | None = None,
    max_parallel: int = 1,
    seed: int = 0,
    limits: Limits | None = None,
    ledger: str | Path | None = None,
    run: str = RUN,
) -> Outcome:
    """Buys a proof of one theorem, and never spends more than `budget_usd` dollars.

    `policy` is written as on the command line, such as `single:flash` or `schedule`. `catalog` is a
    price list; the shipped one, with provers that run on this machine, is the default. Up to
    `max_parallel` attempts run at once. `ledger` is the file that records the purchases: a second
    call with the same ledger and `run` goes on where the first one stopped. Without it they are
    only in the outcome.

    Example:
        >>> outcome = prove("(a b : ℕ) (h : a < b) : a + 1 ≤ b", budget_usd="0.05")
        >>> outcome.status, outcome.certificate.candidate.text
        ('proved', 'omega')

    Returns:
        The outcome. Amounts in it are in micro-dollars; `certificate` is None unless the theorem is
        proved.

    Raises:
        InputError: the theorem, the budget, the policy or the catalog cannot be used.
        ToolchainError: Lean is missing and cannot be provisioned.
        LedgerError, OracleError: the ledger or Lean itself failed.
    """
    return _run(
        prove_async(
            theorem,
            budget_usd=budget_usd,
            policy=policy,
            catalog=catalog,
            max_parallel=max_parallel,
            seed=seed,
            limits=limits,
            ledger=ledger,
            run=run,
        )
    )


async def prove_async(
    theorem: Theorem | str,
    *,
    budget_usd: str | Decimal | float,
    policy: str = "cascade",
    catalog: str | Path | None = None,
    max_parallel: int = 1,
    seed: int = 0,
    limits: Limits | None = None,
    ledger: str | Path | None = None,
    run: str = RUN,
) -> Outcome:
    """Does the same as `prove`, as a coroutine."""
    target = _theorem(theorem)
    refuse_unfounded(target)
    job = _job(
        policy=policy,
        budget=parse_budget(budget_usd, field="budget_usd"),
        run=run,
        seed=seed,
        limits=limits,
        max_parallel=max_parallel,
    )
    await _toolchain(target.profile)
    async with _market(job, target.profile, catalog, ledger) as market:
        return await market.prove(target, job)


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
    return _run(
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
    job = _job(
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
    await _toolchain(profile)
    writer = _Writer(file, None if out is None else Path(out))
    async with _market(job, profile, catalog, ledger) as market:
        return await fill_text(file.text, market, job, profile=profile, watcher=writer)


class _Writer(FillWatcher):
    """Writes each proof into the file as soon as it is bought."""

    def __init__(self, file: LeanFile, out: Path | None) -> None:
        self._file, self._out = file, out

    def ended(self, gap: FilledGap, text: str) -> None:
        if gap.status == "filled":
            self._file = self._file.replaced(text, self._out)


def _job(
    *,
    policy: str,
    budget: MicroUSD,
    run: str,
    seed: int,
    limits: Limits | None,
    max_parallel: int,
    run_budget: MicroUSD | None = None,
) -> ProofJob:
    if max_parallel < 1:
        raise InputError(f"max_parallel must be at least 1, got {max_parallel}")
    return ProofJob(
        policy=policy,
        budget=budget,
        run_budget=run_budget,
        run=run,
        seed=seed,
        limits=limits or Limits(),
        max_parallel=max_parallel,
    )


@asynccontextmanager
async def _market(
    job: ProofJob, profile: Profile, catalog: str | Path | None, ledger: str | Path | None
) -> AsyncIterator[Marketplace]:
    """Opens a market in this process; without a ledger its purchases are forgotten."""
    folder = TemporaryDirectory(prefix="prover_arb-") if ledger is None else nullcontext(None)
    with folder as temporary:
        async with open_marketplace(
            ledger=Path(temporary or "") / "ledger.sqlite" if ledger is None else Path(ledger),
            ray=False,
            workers=min(job.max_parallel, processors()),
            catalog=None if catalog is None else Path(catalog),
            profile=profile,
        ) as market:
            yield market


def _theorem(given: Theorem | str) -> Theorem:
    return given if isinstance(given, Theorem) else parse_statement(given)


def _candidate(given: Candidate | str) -> Candidate:
    return given if isinstance(given, Candidate) else Candidate(kind="tactics", text=given)


def _profile(jobs: Iterable[VerificationJob]) -> Profile:
    """Returns the profile that all theorems have."""
    profiles = sorted({job.theorem.profile for job in jobs})
    if len(profiles) > 1:
        raise InputError(
            f"the theorems have the profiles {' and '.join(profiles)}; verify them in two calls"
        )
    return profiles[0]


async def _toolchain(profile: Profile) -> Any:
    find()
    return await asyncio.to_thread(ensure, profile)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end, also where a loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
