"""The options of a benchmark run, and which of them cannot be given together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prover_arb.bench.run_config import RunConfig
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Profile
from prover_arb.errors import BudgetError, InputError


@dataclass(frozen=True)
class RunOptions:
    """The options of a run; None means the default, or as the resumed run was begun."""

    problems: Path | None = None
    split: str | None = None
    limit: int | None = None
    policies: tuple[str, ...] = ()
    budget: MicroUSD | None = None
    """For each theorem."""
    run_budget: MicroUSD | None = None
    """For the whole run."""
    max_parallel: int | None = None
    batch_budget: MicroUSD | None = None
    """For all theorems together."""
    target_rate: float | None = None
    """The share of the theorems to be proved."""
    deadline: float | None = None
    """Seconds for each theorem."""
    seed: int | None = None
    profile: Profile | None = None
    catalog: Path | None = None
    out: Path | None = None
    resume: Path | None = None
    strict: bool = False
    """Refuses problems of which some cannot be read."""
    known_theorems: bool = False
    """Lets a policy file know theorems of the run."""

    def or_as_begun(self, before: RunConfig) -> RunOptions:
        """Returns these options, with the settings of the run to resume for those not given."""
        begun: dict[str, Any] = {
            name: getattr(before, name)
            for name in RunConfig.model_fields
            if getattr(self, name, None) in (None, ()) and hasattr(self, name)
        }
        for name in {"problems", "catalog"}.intersection(begun):
            begun[name] = Path(begun[name]) if begun[name] else None
        return replace(self, **begun, out=None, resume=None, strict=False)

    @property
    def has_objective(self) -> bool:
        """Whether money, proofs or time are to be spent by value per dollar."""
        objectives = (self.batch_budget, self.target_rate, self.deadline)
        return any(objective is not None for objective in objectives)

    def refuse_ignored(self) -> None:
        """Raises InputError for options that a batch would pass over."""
        if self.batch_budget is None and self.target_rate is None:
            return
        shared = "--target-rate" if self.batch_budget is None else "--batch-budget"
        if self.run_budget is not None:
            raise InputError(f"--run-budget: limits no run with {shared}; leave one of the two out")
        if (self.max_parallel or 1) > 1:
            raise InputError(
                f"--max-parallel {self.max_parallel}: with {shared}, a theorem has one attempt at "
                "a time; leave one of the two out"
            )

    def refuse_contradictions(self) -> None:
        """Raises InputError for objectives that make no sense, or not together."""
        budget, rate, deadline = self.batch_budget, self.target_rate, self.deadline
        if budget is not None and budget <= 0:
            raise BudgetError("--batch-budget: nothing can be bought for 0")
        if rate is not None and not 0 < rate <= 1:
            raise InputError(f"--target-rate {rate:g}: expected more than 0, at most 1")
        if deadline is None:
            return
        if not (math.isfinite(deadline) and deadline > 0):
            raise InputError(f"--deadline {deadline:g}: expected a positive number of seconds")
        if budget is not None or rate is not None:
            raise InputError(
                "--deadline is for every theorem by itself; leave --batch-budget and --target-rate "
                "out"
            )
        if len(self.policies) != 1:
            raise InputError("--deadline: give one --policy, of the form schedule:FILE")
