"""What a run was told to do: everything that its figures depend on, apart from the machine."""

from __future__ import annotations

import math
from pathlib import Path

from pydantic import model_validator

from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Limits, Profile, ToolchainIdentity, Value
from prover_arb.errors import RunError


class Replay(Value):
    """What a replay of recorded attempts sells."""

    provers: tuple[str, ...]
    dollars: str
    """One unit of the records' costs, in dollars."""
    left_out: int
    """Problems that not every prover has records of."""
    unstated: int
    """Theorems without a statement; `: False` stands in its place."""
    seen: dict[str, int]
    """How many of the theorems replayed here each policy file was fitted on, by policy."""
    rounding: float
    """By what share rounding up to whole micro-dollars raises the prices of the records."""

    @property
    def lines(self) -> list[str]:
        """What a reader of the figures must know, one sentence each."""
        lines = [
            "Replayed from records: solved means recorded as solved. No kernel judged anything, "
            "and there are no certificates."
        ]
        if self.left_out:
            lines.append(
                f"Problems left out, because not every prover has records of them: {self.left_out}."
            )
        if self.unstated:
            lines.append(f"Theorems whose statement is not known: {self.unstated}.")
        lines += [
            f"{policy} was fitted on {count} of these theorems: its figures are not held out."
            for policy, count in self.seen.items()
        ]
        if self.rounding >= 0.005:
            lines.append(
                f"Whole micro-dollars make these prices {self.rounding:.1%} higher than the "
                "records say; more dollars per unit would make less of a difference."
            )
        return lines


class RunConfig(Value):
    """The settings of a run, as its config.json keeps them."""

    run: str
    created_at: str
    """ISO 8601, UTC."""
    problems: str
    """Path of the data set; empty for the shipped one."""
    data_sha256: str
    split: str = ""
    """Only this split; empty for all."""
    limit: int | None = None
    """Only so many theorems, the first ones; None for all."""
    theorems: int
    """How many theorems the run has, including those that do not elaborate."""
    rows: int = 0
    """How many theorems the data set has in all splits; 0 in runs older than this count."""
    unread: int = 0
    """How many of those could not be read."""
    profile: Profile
    policies: tuple[str, ...]
    budget: MicroUSD
    """For each theorem."""
    run_budget: MicroUSD | None = None
    """For all theorems and policies together; None for no such limit."""
    batch_budget: MicroUSD | None = None
    """What all theorems share, for each policy."""
    target_rate: float | None = None
    """The share of the theorems that elaborate after which nothing more is bought."""
    deadline: float | None = None
    """Seconds for each theorem."""
    max_parallel: int = 1
    """How many attempts on one theorem may be in flight at once."""
    seed: int
    limits: Limits
    catalog: str
    """Path of the price list; empty for the shipped one."""
    catalog_version: str
    catalog_sha256: str
    toolchain: ToolchainIdentity | None = None
    """None until Lean has answered for the first time."""
    package_version: str
    records: tuple[str, ...] = ()
    """Paths of what is replayed."""
    replay: Replay | None = None
    """None for a run on a live market."""

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, fields: object) -> object:
        """Reads `abreast`, as `max_parallel` was called up to version 0.1."""
        if isinstance(fields, dict) and "abreast" in fields:
            return {("max_parallel" if k == "abreast" else k): v for k, v in fields.items()}
        return fields

    def job(self, policy: str) -> ProofJob:
        """Returns what the proofs of this run are bought by under one of its policies."""
        return ProofJob(
            policy=policy,
            budget=self.budget,
            run=self.run,
            seed=self.seed,
            limits=self.limits,
            max_parallel=self.max_parallel,
            run_budget=self.run_budget,
            deadline=self.deadline,
        )

    def target(self, theorems: int) -> int | None:
        """Returns how many of `theorems` shall be proved; None if the run has no target rate."""
        rate = self.target_rate
        return None if rate is None else math.ceil(rate * theorems - 1e-9)


MAY_DIFFER = frozenset({
    "run", "created_at", "problems", "rows", "unread", "catalog", "toolchain", "records",
})  # fmt: skip
"""Paths may differ if the hashes agree, and so may counts that old runs lack; the toolchain is
compared once Lean has answered."""


def refuse_changes(path: Path, before: RunConfig, now: RunConfig) -> None:
    """Holds a resumed run to the settings that it was begun with.

    Raises:
        RunError: names every setting that differs, with both values.
    """
    differ = [
        f"{field}: {getattr(before, field)} -> {getattr(now, field)}"
        for field in RunConfig.model_fields
        if field not in MAY_DIFFER and getattr(before, field) != getattr(now, field)
    ]
    if differ:
        raise RunError(
            f"{path}: cannot be resumed, it was begun differently ({'; '.join(differ)}); "
            "start a new run, or resume it as it was begun"
        )


def refuse_other_toolchain(path: Path, before: ToolchainIdentity, now: ToolchainIdentity) -> None:
    """Holds a resumed run to the toolchain that judged its first part.

    Raises:
        RunError: names what differs.
    """
    differ = [
        f"{field}: {getattr(before, field)} -> {getattr(now, field)}"
        for field in ToolchainIdentity.model_fields
        if getattr(before, field) != getattr(now, field)
    ]
    if differ:
        raise RunError(
            f"{path}: cannot be resumed with another toolchain ({'; '.join(differ)}); "
            "start a new run, or bring the toolchain back"
        )
