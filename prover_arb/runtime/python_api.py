"""The functions of the public Python API; `prover_arb` re-exports them.

Each comes as a plain function and as a coroutine function whose name ends in `_async`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from prover_arb.core.machine import processors
from prover_arb.core.money import parse_budget
from prover_arb.core.outcome import Outcome
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, Verdict
from prover_arb.errors import InputError
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts
from prover_arb.problems import parse_statement, refuse_unfounded
from prover_arb.runtime.python_market import market_for, proof_job, run_to_its_end, toolchain_for

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
    return run_to_its_end(verify_async(theorem, candidate, limits=limits))


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
    return run_to_its_end(verify_many_async(pairs, limits=limits, workers=workers))


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
    options = VerificationOptions(await toolchain_for(_profile(jobs)), limits or Limits())
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
    return run_to_its_end(
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
    job = proof_job(
        policy=policy,
        budget=parse_budget(budget_usd, field="budget_usd"),
        run=run,
        seed=seed,
        limits=limits,
        max_parallel=max_parallel,
    )
    await toolchain_for(target.profile)
    async with market_for(job, target.profile, catalog, ledger) as market:
        return await market.prove(target, job)


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
