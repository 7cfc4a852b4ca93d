"""Attempts in parallel: how much time they save, and how much money they waste.

One attempt of a prover with chance p, cost c and duration d is bought again and again. With k of
them in parallel, every round of d seconds is a success with chance 1 - (1-p)^k, so that

    expected time   d / (1 - (1-p)^k)          instead of  d/p  one at a time
    expected cost   k c / (1 - (1-p)^k)        instead of  c/p
    waste           the difference: 0 for k = 1, and (k - 1) c where p = 1

since the number of rounds is geometric and each costs k attempts. In general the attempts of a
theorem's path (paths.py) begin in its order, the next one as soon as fewer than k are running. When
the next one is chosen, running attempts count as failures, since it is wanted only if they fail.
Durations d_i are fixed for each prover and theorem. As long as nothing succeeds, the begin s_i and
the end f_i of each attempt are fixed too. Let S_t(x) be the chance that recorded theorem t is still
open at time x: the product of the chances of failing of all attempts with f_i <= x. Then, with w
the belief,

    solved by x    1 - sum_t w_t S_t(x)
    time           integral of sum_t w_t S_t(x) until the last attempt ends
    cost of i      (1 / d_i) integral from s_i to f_i of sum_t w_t S_t(x) c_ti
    waste of i     sum over l with s_i < f_l <= f_i, l before i where they end together, of
                   sum_t w_t (S_t(f_l -) - S_t(f_l)) c_ti (f_l - s_i) / d_i

An attempt that is cancelled because another one succeeded is paid for the time that it ran, which
gives the integral; the waste is that part of it. With one attempt at a time, nothing else is
running and the waste is 0. An attempt that would end after the deadline does not begin, and no
other takes its place. Buying time with redundant requests: Dean and Barroso, "The Tail at Scale",
Communications of the ACM 56 (2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.planning.cells import Cells
from prover_arb.scheduler.planning.paths import NOBODY, Paths

PARALLELISM = (1, 2, 3, 4, 6, 8, 12, 16)
"""The numbers of parallel attempts that are compared."""

SAME = 1e-9
"""The relative difference up to which two times count as the same."""


@dataclass(frozen=True)
class Race:
    """The attempts of Q theorems in the order in which they end, at most E for each."""

    end: Floats
    """When the attempt ends, in seconds [Q, E]; inf where there is none."""
    since: Floats
    """Seconds since the previous end [Q, E]."""
    open: Floats
    """The chance that the theorem is open until the attempt ends [Q, E]."""
    gain: Floats
    """The chance that the attempt is the proof [Q, E]."""
    cost: Floats
    """The expected cost [Q, E]."""
    waste: Floats
    """The part of the cost that is wasted [Q, E]."""

    def by(self, deadline: float) -> RaceOutcome:
        """Returns the outcome over all theorems if every attempt must end by `deadline`."""
        within = self.end <= deadline * (1 + SAME)
        return RaceOutcome(
            solved=float(self.gain[within].sum()),
            cost=float(self.cost[within].sum()),
            waste=float(self.waste[within].sum()),
            seconds=float((self.open * self.since)[within].sum()) / max(len(self.end), 1),
        )


@dataclass(frozen=True)
class RaceOutcome:
    """The expected outcome of a race."""

    solved: float
    """The number of theorems."""
    cost: float
    """The cost of all theorems together."""
    waste: float
    """The part of the cost that is wasted."""
    seconds: float
    """The mean time over theorems, until they are proved or given up."""


@dataclass(frozen=True)
class DeadlinePlan:
    """How many attempts run in parallel, at which value of a proof, and with which outcome."""

    max_parallel: int
    value: float
    deadline: float
    """The seconds after which no attempt may end."""
    finish: RaceOutcome

    @property
    def net(self) -> float:
        """The value of the proofs less their cost."""
        return self.value * self.finish.solved - self.finish.cost


def race(
    paths: Paths,
    cells: Cells,
    weights: Floats,
    seconds: Floats,
    max_parallel: int,
    *,
    until: float = np.inf,
) -> Race:
    """Runs the attempts of `paths`, `max_parallel` of each theorem at once.

    The beliefs `weights` [Q, T] are over the cells, and `seconds` [Q, m] is how long an attempt
    takes. With the identity matrix for weights [Q, Q] and the true cells of the Q theorems, the
    race is what happens in truth. Attempts that end after `until` seconds are left out.
    """
    state = _RaceState(paths, cells, weights, seconds, max_parallel)
    while state.end_next(until):
        pass
    return state.race()


class _RaceState:
    """The races of all theorems at one moment; each step ends one attempt of every theorem."""

    def __init__(
        self,
        paths: Paths,
        cells: Cells,
        weights: Floats,
        seconds: Floats,
        max_parallel: int,
    ) -> None:
        queries, longest = paths.prover.shape
        self._prover, self._cells, self._seconds = paths.prover, cells, seconds
        self._length = (paths.prover != NOBODY).sum(axis=1)
        self._mass = np.array(weights, dtype=np.float64)
        self._failed = np.zeros((queries, cells.cost.shape[1]), dtype=np.int64)
        self._slot = np.full((queries, max_parallel), NOBODY)
        """Which attempt of the path runs in each slot."""
        self._begun = np.zeros((queries, max_parallel))
        self._ends = np.full((queries, max_parallel), np.inf)
        self._now = np.zeros(queries)
        self._next = np.zeros(queries, dtype=np.int64)
        self._cost = np.zeros((queries, longest))
        self._waste = np.zeros((queries, longest))
        self._events: list[tuple[Ints, Ints, Floats, Floats, Floats, Floats]] = []
        for slot in range(max_parallel):
            rows = np.nonzero(self._next < self._length)[0]
            self._begin(rows, np.full(len(rows), slot))

    def _begin(self, rows: Ints, slot: Ints) -> None:
        """Starts the next attempt of each theorem of `rows` in its `slot`."""
        step = self._next[rows]
        self._slot[rows, slot] = step
        self._begun[rows, slot] = self._now[rows]
        self._ends[rows, slot] = self._now[rows] + self._seconds[rows, self._prover[rows, step]]
        self._next[rows] += 1

    def end_next(self, until: float) -> bool:
        """Ends the next attempt of every theorem; returns False if no attempt was left."""
        rows = np.nonzero((self._length > len(self._events)) & (self._now <= until))[0]
        if not len(rows):
            return False
        # The earliest end; where several attempts end together, the one that began first.
        moment = self._ends[rows].min(axis=1)
        together = self._ends[rows] <= moment[:, None] * (1 + SAME)
        longest = self._prover.shape[1]
        slot = np.where(together, self._slot[rows], longest).argmin(axis=1)
        step = self._slot[rows, slot]
        prover = self._prover[rows, step]
        passed = moment - self._now[rows]
        hit = self._mass[rows] * self._cells.chance(prover, self._failed[rows, prover])
        self._charge(rows, step, moment, passed, hit)
        mass = self._mass[rows].sum(axis=1)
        self._events.append((rows, step, moment, passed, mass, hit.sum(axis=1)))
        self._mass[rows] -= hit
        self._failed[rows, prover] += 1
        self._now[rows] = moment
        self._slot[rows, slot], self._ends[rows, slot] = NOBODY, np.inf
        more = self._next[rows] < self._length[rows]
        self._begin(rows[more], slot[more])
        return True

    def _charge(self, rows: Ints, step: Ints, moment: Floats, passed: Floats, hit: Floats) -> None:
        """Charges running attempts for the time that passed; a success of another wastes it."""
        price, lost = self._mass[rows] @ self._cells.cost, hit @ self._cells.cost
        at, slot = np.nonzero(self._slot[rows] != NOBODY)
        row = rows[at]
        running = self._slot[row, slot]
        prover = self._prover[row, running]
        duration = self._seconds[row, prover]
        self._cost[row, running] += passed[at] / duration * price[at, prover]
        share_run = (moment[at] - self._begun[row, slot]) / duration
        wasted = np.where(running != step[at], share_run * lost[at, prover], 0.0)
        self._waste[row, running] += wasted

    def race(self) -> Race:
        """Returns all attempts that have ended."""
        shape = len(self._prover), len(self._events)
        end = np.full(shape, np.inf)
        since, open_, gain, cost, waste = (np.zeros(shape) for _ in range(5))
        for event, (rows, step, moment, passed, mass, hit) in enumerate(self._events):
            end[rows, event], since[rows, event] = moment, passed
            open_[rows, event], gain[rows, event] = mass, hit
            cost[rows, event] = self._cost[rows, step]
            waste[rows, event] = self._waste[rows, step]
        return Race(end, since, open_, gain, cost, waste)


def plans(
    paths: Paths,
    cells: Cells,
    weights: Floats,
    seconds: Floats,
    *,
    values: Iterable[float],
    deadlines: Sequence[float],
    parallelism: Sequence[int] = PARALLELISM,
) -> list[list[DeadlinePlan]]:
    """Returns for each deadline the plans of every value of a proof and every `parallelism`."""
    choices: list[list[DeadlinePlan]] = [[] for _ in deadlines]
    for value in values:
        bought = paths.below(value)
        for max_parallel in parallelism:
            run = race(bought, cells, weights, seconds, max_parallel, until=max(deadlines))
            for choice, deadline in zip(choices, deadlines, strict=True):
                choice.append(DeadlinePlan(max_parallel, value, deadline, run.by(deadline)))
    return choices


def cheapest(choice: Sequence[DeadlinePlan], solved: float) -> DeadlinePlan | None:
    """Returns the cheapest plan that expects to solve so many theorems in time, or None."""
    enough = [plan for plan in choice if plan.finish.solved >= solved * (1 - SAME)]
    return min(enough, key=lambda plan: (plan.finish.cost, plan.max_parallel), default=None)


def best(choice: Sequence[DeadlinePlan]) -> DeadlinePlan:
    """Returns the plan that is worth most after its cost, for a given value of a proof."""
    return max(choice, key=lambda plan: (plan.net, -plan.max_parallel))


def by_deadline(
    choices: Sequence[Sequence[DeadlinePlan]], solved: float
) -> list[DeadlinePlan | None]:
    """Returns the cheapest plan for each of the deadlines, which rise.

    A plan that meets a shorter deadline also meets a longer one, so more time never costs more.
    """
    least: DeadlinePlan | None = None
    cheapest_plans = []
    for choice in choices:
        candidate = cheapest(choice, solved)
        if least is None or (candidate is not None and candidate.finish.cost < least.finish.cost):
            least = candidate
        cheapest_plans.append(least)
    return cheapest_plans
