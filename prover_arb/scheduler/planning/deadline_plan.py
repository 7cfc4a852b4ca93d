"""Attempts abreast: what they save in time, and what they waste.

One attempt of a prover with chance p, cost c and duration d, bought again and again: with k in
flight at once, every round of d seconds is a success with chance 1 - (1-p)^k, so that

    expected time   d / (1 - (1-p)^k)          against  d/p  one at a time
    expected cost   k c / (1 - (1-p)^k)        against  c/p
    waste           the difference: 0 for k = 1, (k - 1) c where p = 1

since the number of rounds is geometric and each costs k attempts. In general the attempts of a
theorem's path (paths.py) are begun in its order, the next as soon as fewer than k are in flight;
those in flight are taken for failures when the next is chosen, as it is wanted only if they are.
Durations d_i are fixed per prover and theorem, hence the begin s_i and the end f_i of each attempt
too, as long as nothing succeeds. Let S_t(x) be the chance that recorded theorem t is still open at
x: the product of the chances of failing of all attempts with f_i <= x. Then, w being the belief,

    solved by x    1 - sum_t w_t S_t(x)
    time           integral of sum_t w_t S_t(x) until the last attempt ends
    cost of i      (1 / d_i) integral from s_i to f_i of sum_t w_t S_t(x) c_ti
    waste of i     sum over l with s_i < f_l <= f_i, l before i where they end together, of
                   sum_t w_t (S_t(f_l -) - S_t(f_l)) c_ti (f_l - s_i) / d_i

An attempt that is called off when another succeeds is paid for the time it ran (the broker cancels
it and pays what it had used), which gives the integral; the waste is that part of it. With one at a
time nothing else is in flight, and the waste is 0. An attempt that would end after the deadline is
not begun, nor another in its place. Buying time with redundant requests:
Dean and Barroso, "The Tail at Scale", Communications of the ACM 56 (2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.planning.cells import Cells
from prover_arb.scheduler.planning.paths import NOBODY, Paths

ABREAST = (1, 2, 3, 4, 6, 8, 12, 16)
"""How many attempts in flight are tried."""

SAME = 1e-9
"""Relative difference of times that are taken for the same."""


@dataclass(frozen=True)
class Race:
    """Attempts of Q theorems in the order in which they end, E of each at most."""

    end: Floats
    """[Q, E] seconds; inf where there is none."""
    since: Floats
    """[Q, E] seconds since the end before it."""
    open: Floats
    """[Q, E] chance that the theorem is open until it ends."""
    gain: Floats
    """[Q, E] chance that it is the proof."""
    cost: Floats
    """[Q, E]"""
    waste: Floats
    """[Q, E] part of the cost."""

    def by(self, deadline: float) -> Finish:
        """What it comes to, over all theorems, if nothing is begun that ends after `deadline`."""
        within = self.end <= deadline * (1 + SAME)
        return Finish(
            solved=float(self.gain[within].sum()),
            cost=float(self.cost[within].sum()),
            waste=float(self.waste[within].sum()),
            seconds=float((self.open * self.since)[within].sum()) / max(len(self.end), 1),
        )


@dataclass(frozen=True)
class Finish:
    """The outcome of a race, expected."""

    solved: float
    """Number of theorems."""
    cost: float
    waste: float
    seconds: float
    """Mean over theorems, until proved or given up."""


@dataclass(frozen=True)
class DeadlinePlan:
    """How many attempts to have in flight, at which value of a proof, and what comes of it."""

    abreast: int
    value: float
    deadline: float
    """Seconds, after which nothing may end."""
    finish: Finish

    @property
    def net(self) -> float:
        """Value of the proofs less their cost."""
        return self.value * self.finish.solved - self.finish.cost


def race(
    paths: Paths,
    cells: Cells,
    weights: Floats,
    seconds: Floats,
    abreast: int,
    *,
    until: float = np.inf,
) -> Race:
    """The attempts of `paths`, `abreast` at once, under beliefs `weights` [Q, T] over the cells.

    `seconds` [Q, m] is how long an attempt takes. With weights [Q, Q] of ones on the diagonal and
    cells of the Q theorems as they are, it is what happens in truth. What ends after `until`
    seconds is left out.
    """
    course = _Course(paths, cells, weights, seconds, abreast)
    while course.end_next(until):
        pass
    return course.race()


class _Course:
    """The state of all theorems' races; every step lets one attempt of each theorem end."""

    def __init__(
        self,
        paths: Paths,
        cells: Cells,
        weights: Floats,
        seconds: Floats,
        abreast: int,
    ) -> None:
        queries, longest = paths.prover.shape
        self._prover, self._cells, self._seconds = paths.prover, cells, seconds
        self._length = (paths.prover != NOBODY).sum(axis=1)
        self._mass = np.array(weights, dtype=np.float64)
        self._failed = np.zeros((queries, cells.cost.shape[1]), dtype=np.int64)
        self._slot = np.full((queries, abreast), NOBODY)
        """Which attempt of the path is in flight."""
        self._begun = np.zeros((queries, abreast))
        self._ends = np.full((queries, abreast), np.inf)
        self._now = np.zeros(queries)
        self._next = np.zeros(queries, dtype=np.int64)
        self._cost = np.zeros((queries, longest))
        self._waste = np.zeros((queries, longest))
        self._events: list[tuple[Ints, Ints, Floats, Floats, Floats, Floats]] = []
        for place in range(abreast):
            who = np.nonzero(self._next < self._length)[0]
            self._begin(who, np.full(len(who), place))

    def _begin(self, who: Ints, place: Ints) -> None:
        """The next attempts of theorems `who` go into their slots `place`."""
        step = self._next[who]
        self._slot[who, place] = step
        self._begun[who, place] = self._now[who]
        self._ends[who, place] = self._now[who] + self._seconds[who, self._prover[who, step]]
        self._next[who] += 1

    def end_next(self, until: float) -> bool:
        """Whether there was still an attempt to end."""
        who = np.nonzero((self._length > len(self._events)) & (self._now <= until))[0]
        if not len(who):
            return False
        # The earliest end, and where several end together, the one that was begun first.
        moment = self._ends[who].min(axis=1)
        together = self._ends[who] <= moment[:, None] * (1 + SAME)
        longest = self._prover.shape[1]
        place = np.where(together, self._slot[who], longest).argmin(axis=1)
        step = self._slot[who, place]
        prover = self._prover[who, step]
        passed = moment - self._now[who]
        hit = self._mass[who] * self._cells.chance(prover, self._failed[who, prover])
        self._charge(who, step, moment, passed, hit)
        mass = self._mass[who].sum(axis=1)
        self._events.append((who, step, moment, passed, mass, hit.sum(axis=1)))
        self._mass[who] -= hit
        self._failed[who, prover] += 1
        self._now[who] = moment
        self._slot[who, place], self._ends[who, place] = NOBODY, np.inf
        more = self._next[who] < self._length[who]
        self._begin(who[more], place[more])
        return True

    def _charge(self, who: Ints, step: Ints, moment: Floats, passed: Floats, hit: Floats) -> None:
        """What is in flight costs for the time passed, and is wasted if another has just hit."""
        price, lost = self._mass[who] @ self._cells.cost, hit @ self._cells.cost
        at, place = np.nonzero(self._slot[who] != NOBODY)
        some = who[at]
        other = self._slot[some, place]
        runs = self._prover[some, other]
        each = self._seconds[some, runs]
        self._cost[some, other] += passed[at] / each * price[at, runs]
        ran = (moment[at] - self._begun[some, place]) / each
        self._waste[some, other] += np.where(other != step[at], ran * lost[at, runs], 0.0)

    def race(self) -> Race:
        shape = len(self._prover), len(self._events)
        end = np.full(shape, np.inf)
        since, open_, gain, cost, waste = (np.zeros(shape) for _ in range(5))
        for event, (who, step, moment, passed, mass, hit) in enumerate(self._events):
            end[who, event], since[who, event] = moment, passed
            open_[who, event], gain[who, event] = mass, hit
            cost[who, event] = self._cost[who, step]
            waste[who, event] = self._waste[who, step]
        return Race(end, since, open_, gain, cost, waste)


def plans(
    paths: Paths,
    cells: Cells,
    weights: Floats,
    seconds: Floats,
    *,
    values: Iterable[float],
    deadlines: Sequence[float],
    abreast: Sequence[int] = ABREAST,
) -> list[list[DeadlinePlan]]:
    """For each deadline the plans of every number abreast and every value of a proof."""
    found: list[list[DeadlinePlan]] = [[] for _ in deadlines]
    for value in values:
        some = paths.below(value)
        for k in abreast:
            run = race(some, cells, weights, seconds, k, until=max(deadlines))
            for into, deadline in zip(found, deadlines, strict=True):
                into.append(DeadlinePlan(k, value, deadline, run.by(deadline)))
    return found


def cheapest(choice: Sequence[DeadlinePlan], solved: float) -> DeadlinePlan | None:
    """The cheapest plan that expects to solve so many theorems in time; None if none does."""
    enough = [plan for plan in choice if plan.finish.solved >= solved * (1 - SAME)]
    return min(enough, key=lambda plan: (plan.finish.cost, plan.abreast), default=None)


def best(choice: Sequence[DeadlinePlan]) -> DeadlinePlan:
    """The plan worth most after its cost: what a deadline asks for where V is given."""
    return max(choice, key=lambda plan: (plan.net, -plan.abreast))


def by_deadline(
    choices: Sequence[Sequence[DeadlinePlan]], solved: float
) -> list[DeadlinePlan | None]:
    """The cheapest plan for each of rising deadlines.

    A plan that meets a shorter deadline meets a longer one, so more time never costs more.
    """
    least: DeadlinePlan | None = None
    found = []
    for choice in choices:
        now = cheapest(choice, solved)
        if least is None or (now is not None and now.finish.cost < least.finish.cost):
            least = now
        found.append(least)
    return found
