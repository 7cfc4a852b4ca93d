"""The same market on Ray: the house in one actor, each host in another."""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import (
    ActorUnavailableError,
    RayActorError,
    RayTaskError,
)
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from prover_arb.broker.loop import StatementCheck
from prover_arb.core.outcome import Outcome
from prover_arb.core.purchases import Attempt, verdicts_of
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import OracleError, ProverArbError, RunError, WorkerDied
from prover_arb.oracle.alarm import sound_alarm
from prover_arb.runtime.engine import House
from prover_arb.runtime.ray_session import connect
from prover_arb.runtime.worker_factory import Blueprint

log = logging.getLogger(__name__)

MANY = 10_000
"""Requests the house may have in hand at once; each waits for a host most of its time."""

RESTARTS_IN_A_ROW = 5
"""A host that dies this often while starting is given up."""

CLOSING_SECONDS = 20.0


class Resident:
    """An actor's body: it makes one plain object and passes requests to it.

    Requests and answers cross as bytes: Ray's own pickling of our values costs half a
    millisecond more each way than pickle, which is most of what a call costs.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._object = make()

    async def call(self, request: bytes) -> bytes:
        method, args, kwargs = pickle.loads(request)
        return pickle.dumps(await getattr(self._object, method)(*args, **kwargs))


async def ask(actor: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of the object in an actor; our own errors come back as they were raised.

    Raises:
        ProverArbError: as raised there.
        RayActorError: the actor's process is gone, or restarting.
    """
    ref = actor.call.remote(pickle.dumps((method, args, kwargs)))
    try:
        return pickle.loads(await ref)
    except RayTaskError as error:
        if isinstance(error.cause, ProverArbError):
            raise error.cause from None
        raise
    except asyncio.CancelledError:
        ray.cancel(ref)
        raise


class RemoteHost:
    """A host in an actor, which Ray restarts when its process dies."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def start(self) -> None:
        for _ in range(RESTARTS_IN_A_ROW):
            try:
                await ask(self._actor, "start")
            except ActorUnavailableError:
                await asyncio.sleep(0.5)
            except RayActorError as error:
                raise OracleError(f"a host cannot be restarted: {error}") from error
            else:
                return
        raise OracleError(f"a host died {RESTARTS_IN_A_ROW} times in a row while starting")

    async def attempt(
        self,
        prover: str,
        theorem: Theorem,
        *,
        number: int,
        budget: int,
        seed: int,
        customer: str = "",
    ) -> Attempt:
        """Where it is cancelled, what the seller had used is not learnt, and not invoiced."""
        attempt: Attempt = await self._ask(
            "attempt",
            prover,
            theorem,
            number=number,
            budget=budget,
            seed=seed,
            customer=customer,
        )
        return attempt

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        verdict: Verdict = await self._ask("verify", theorem, candidate, limits, customer=customer)
        return verdict

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck:
        check: StatementCheck = await self._ask("inspect", theorem, customer=customer)
        return check

    async def identity(self) -> ToolchainIdentity:
        identity: ToolchainIdentity = await self._ask("identity")
        return identity

    async def close(self) -> None:
        try:
            await ask(self._actor, "close")
        except RayActorError:
            log.debug("a host was gone before it was closed")

    async def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return await ask(self._actor, method, *args, **kwargs)
        except RayActorError as error:
            raise WorkerDied("the process that held a Lean worker ended") from error


class RayMarketplace:
    """A market whose house and hosts are Ray actors, owned by this process."""

    def __init__(self, house: Any, hosts: list[Any], *, shut_ray_down: bool) -> None:
        self._house = house
        self._hosts = hosts
        self._shut_ray_down = shut_ray_down

    @classmethod
    async def create(
        cls,
        blueprint: Blueprint,
        *,
        ledger: Path,
        workers: int | None = None,
        address: str | None = None,
    ) -> RayMarketplace:
        """Open with `workers` hosts (one per CPU of the cluster unless told).

        Raises:
            InputError: no cluster answers at `address`.
            ToolchainError, OracleError: no host came up.
        """
        connected = connect(address, workers=workers)
        resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
        cpus = max(1, int(resources.get("CPU", 1)))
        count = workers or cpus
        # More hosts than CPUs share them; Ray counts CPUs in ten-thousandths.
        share = 1 if count <= cpus else math.floor(cpus / count * 10_000) / 10_000
        hosts = [
            ray.remote(Resident)
            .options(num_cpus=share, max_restarts=-1, max_concurrency=100, enable_task_events=False)
            .remote(blueprint.host)
            for _ in range(count)
        ]
        # The ledger is a file of this machine, and a house without a CPU never waits for one.
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        house = (
            ray.remote(Resident)
            .options(
                num_cpus=0,
                max_concurrency=MANY,
                scheduling_strategy=here,
                enable_task_events=False,
            )
            .remote(partial(House, blueprint, [RemoteHost(h) for h in hosts], ledger.absolute()))
        )
        market = cls(house, hosts, shut_ray_down=connected)
        try:
            await market._ask("start")
        except BaseException:
            await market.close()
            raise
        return market

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        blueprint: Blueprint,
        *,
        ledger: Path,
        workers: int | None = None,
        address: str | None = None,
    ) -> AsyncIterator[RayMarketplace]:
        """Create one and close it at the end."""
        market = await cls.create(blueprint, ledger=ledger, workers=workers, address=address)
        try:
            yield market
        finally:
            await market.close()

    async def prove(
        self,
        theorem: Theorem,
        *,
        policy: str,
        budget: int,
        run: str,
        seed: int = 0,
        limits: Limits | None = None,
        abreast: int = 1,
        run_budget: int | None = None,
        value: int | None = None,
        deadline: float | None = None,
        customer: str = "",
    ) -> Outcome:
        outcome: Outcome = await self._ask(
            "prove",
            theorem,
            policy=policy,
            budget=budget,
            run=run,
            seed=seed,
            limits=limits,
            abreast=abreast,
            run_budget=run_budget,
            value=value,
            deadline=deadline,
            customer=customer,
        )
        for verdict in verdicts_of(outcome.purchases):
            sound_alarm(theorem, verdict)
        return outcome

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        verdict: Verdict = await self._ask("verify", theorem, candidate, limits, customer=customer)
        sound_alarm(theorem, verdict)
        return verdict

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck:
        check: StatementCheck = await self._ask("inspect", theorem, customer=customer)
        return check

    async def identity(self) -> ToolchainIdentity:
        identity: ToolchainIdentity = await self._ask("identity")
        return identity

    async def check_policy(self, policy: str) -> str:
        name: str = await self._ask("check_policy", policy)
        return name

    async def close(self) -> None:
        """Close the hosts' Lean processes and the ledger, then end the actors."""
        try:
            await asyncio.wait_for(ask(self._house, "close"), CLOSING_SECONDS)
        except (RayActorError, TimeoutError) as error:
            log.warning("the house did not close cleanly: %s", error)
        finally:
            for actor in (self._house, *self._hosts):
                ray.kill(actor)
            if self._shut_ray_down:
                ray.shutdown()

    async def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return await ask(self._house, method, *args, **kwargs)
        except RayActorError as error:
            raise RunError(
                "the process with the broker and the ledger ended; what was paid for is in the "
                f"ledger, and the run can be resumed ({error})"
            ) from error
