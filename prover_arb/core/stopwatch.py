"""Measures where the time of one theorem goes, and the processor time of some work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter_ns, thread_time_ns

from prover_arb.core.theorem import Value


class Stages(Value):
    """The milliseconds that one theorem spent in each stage."""

    deciding: float = 0.0
    selling: float = 0.0
    verifying: float = 0.0
    ledger: float = 0.0


class Stopwatch:
    """Adds up the time spent in each stage."""

    def __init__(self) -> None:
        self._started = perf_counter_ns()
        self._spent: dict[str, int] = {}
        self._within = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times the block, however it ends, without the stages inside of it."""
        started = perf_counter_ns()
        outside, self._within = self._within, 0
        try:
            yield
        finally:
            taken = perf_counter_ns() - started
            self._spent[name] = self._spent.get(name, 0) + taken - self._within
            self._within = outside + taken

    @property
    def stages(self) -> Stages:
        return Stages(**{name: round(spent / 1e6, 3) for name, spent in self._spent.items()})

    @property
    def wall_ms(self) -> int:
        return (perf_counter_ns() - self._started) // 1_000_000


class CpuMeter:
    """Adds up the processor time that some work takes in the threads that do it."""

    def __init__(self) -> None:
        self._spent_ns = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measures the block, however it ends."""
        started = thread_time_ns()
        try:
            yield
        finally:
            self._spent_ns += thread_time_ns() - started

    def take_ns(self) -> int:
        """Returns the nanoseconds since the last call of this method."""
        taken, self._spent_ns = self._spent_ns, 0
        return taken
