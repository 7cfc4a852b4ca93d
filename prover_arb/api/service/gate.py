"""A bound on what is open at once, of a tenant and of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import SERVICE_FULL, Kind


class Gate:
    """Counts what is open, and refuses what is too much."""

    def __init__(self, *, what: str, most: int, most_per_tenant: int, too_many: Kind) -> None:
        """`what` names it in messages, in the plural; `too_many` is the problem of one tenant."""
        self._what = what
        self._most = most
        self._most_per_tenant = most_per_tenant
        self._too_many = too_many
        self._open: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many are open."""
        return self._open.total()

    def enter(self, tenant: str) -> Callable[[], None]:
        """Opens one, until the function that it returns is called.

        Raises:
            Problem: the tenant or the service has too many.
        """
        if self._open[tenant] >= self._most_per_tenant:
            detail = f"{self._most_per_tenant} {self._what} of this key are open already"
            raise Problem(self._too_many, detail)
        if self.open >= self._most:
            raise Problem(SERVICE_FULL, f"As many {self._what} as this service takes are open")
        self._open[tenant] += 1
        closed = False

        def leave() -> None:
            nonlocal closed
            if not closed:
                closed = True
                self._open[tenant] -= 1
                if not self._open[tenant]:
                    del self._open[tenant]

        return leave

    @contextmanager
    def hold(self, tenant: str) -> Iterator[None]:
        """Opens one and closes it at the end; raises the same as `enter`."""
        leave = self.enter(tenant)
        try:
            yield
        finally:
            leave()
