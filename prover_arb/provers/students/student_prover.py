"""A student on the market: each attempt draws a few scripts and tries them in Lean."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, InstanceOf, StrictInt

from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Theorem
from prover_arb.errors import StudentError
from prover_arb.oracle.lean_pool import Leases
from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.prover_config import ProverConfig
from prover_arb.provers.students.student import Student, read_student


class StudentConfig(ProverConfig):
    """The catalog entry of a student."""

    student: str = Field(min_length=1)
    """The student file, relative to the catalog's folder."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Hash of that file; another file is refused."""
    scripts: StrictInt = Field(default=2, ge=1, le=100)
    """How many different scripts one attempt draws."""
    file: InstanceOf[Student] = Field(exclude=True, repr=False)
    """What is in the file, read once; it goes where the entry goes, as the file may not."""

    @property
    def repeatable(self) -> bool:
        """True: the number and the seed decide a draw."""
        return True

    def drawn(self, statement: str, *, number: int, seed: int) -> tuple[str, ...]:
        """Draws what attempt `number` with this seed tries.

        Each attempt is a draw of its own; a script that an earlier attempt tried is drawn again,
        because it would fail again.
        """
        tried: set[str] = set()
        scripts: tuple[str, ...] = ()
        for earlier in range(number + 1):
            count = self.scripts + len(tried)
            drawn = self.file.draw(statement, number=earlier, seed=seed, count=count)
            scripts = tuple(script for script in drawn if script not in tried)[: self.scripts]
            tried.update(scripts)
        return scripts


def read_student_entry(fields: Mapping[str, object], folder: Path) -> StudentConfig:
    """Returns the entry of a catalog in `folder`, with its student read.

    Raises:
        StudentError: the student file cannot be used, or is not the one that the entry means.
        pydantic.ValidationError: another field is wrong.
    """
    given = fields.get("student")
    if not isinstance(given, str) or not given:
        raise StudentError('missing or not text; write student = "student.npz"')
    if "file" in fields:
        raise StudentError("the file is named by `student`; leave the field `file` out")
    student = read_student(folder / given)
    entry = StudentConfig.model_validate({"deterministic": False, **fields, "file": student})
    if entry.sha256 != student.sha256:
        raise StudentError(
            f"{folder / given} has the SHA-256 {student.sha256}, the entry says {entry.sha256}: it "
            "is another student; correct the entry, or bring the file back"
        )
    return entry


class StudentProver:
    """Sells draws of a student."""

    def __init__(self, name: str, entry: StudentConfig, pool: Leases) -> None:
        self.name = name
        self.max_attempts = entry.max_attempts
        self._entry = entry
        self._pool = pool

    def quote(self, theorem: Theorem) -> Quote:
        """The same worst case for every theorem."""
        return Quote(prover=self.name, worst_case=self._entry.worst_case)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """The same bid for every theorem, from its record."""
        return self._entry.bid(self.name, record)

    async def try_script(self, theorem: Theorem, script: str) -> Attempt:
        """Tries one script at the worst case of an attempt; raises as `LeanProver.attempt`."""
        trial = _Trial(self.name, self._entry, self._pool, (script,), 0)
        return await trial.attempt(theorem, number=0, budget=self._entry.worst_case, seed=0)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Draws scripts by number and seed, and tries them; the drawing is billed, too.

        Raises as `LeanProver.attempt`.
        """
        started = time.thread_time_ns()
        scripts = self._entry.drawn(theorem.statement, number=number, seed=seed)
        drawing_us = (time.thread_time_ns() - started) // 1000
        affordable = self._entry.affordable_cpu_us(budget)
        if not scripts or drawing_us >= affordable:
            failure = (
                "the budget buys no work" if scripts else "no further script fits the statement"
            )
            cost = self._entry.charge(min(drawing_us, affordable))
            return Attempt(
                prover=self.name,
                candidate=None,
                cost=cost,
                cpu_us=drawing_us,
                failure=failure,
                cut=bool(scripts),
            )
        trial = _Trial(self.name, self._entry, self._pool, scripts, drawing_us)
        return await trial.attempt(theorem, number=number, budget=budget, seed=seed)


class _Trial(LeanProver):
    """Tries the scripts of one draw."""

    def __init__(
        self,
        name: str,
        entry: StudentConfig,
        pool: Leases,
        scripts: tuple[str, ...],
        drawing_us: int,
    ) -> None:
        super().__init__(name, entry, pool)
        self._scripts = scripts
        self._drawing_us = drawing_us

    async def search(self, session: Session) -> str | None:
        """Returns the first drawn script that closes the theorem."""
        session.used_us += self._drawing_us
        for script in self._scripts:
            if await session.closes(script):
                return script
        return None
