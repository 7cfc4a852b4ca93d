"""Typed calls of objects that live in Ray actors.

    engine: ActorHandle[Engine] = ActorHandle(actor)
    outcome = await engine.call(Engine.prove, theorem, job)

The method is named by the function itself, so that the type checker sees the arguments and the
answer as it would for a call in this process.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import ray
from ray.exceptions import RayTaskError

from prover_arb.core.logs import current_ids, log_ids
from prover_arb.errors import ProverArbError
from prover_arb.runtime.ray_logs import log_as_worker, log_level, write_mark

P = ParamSpec("P")
T = TypeVar("T")
Target = TypeVar("Target")


class ActorBody:
    """The body of an actor: it makes one plain object and passes requests to it.

    Requests and answers cross as bytes: Ray's own pickling of our values costs half a
    millisecond more each way than pickle, which is most of what a call costs.
    """

    def __init__(self, make: Callable[[], object], log_level: int) -> None:
        log_as_worker(log_level)
        self._object = make()

    async def call(self, request: bytes) -> bytes:
        ids, method, args, kwargs = pickle.loads(request)
        with log_ids(**ids):
            return pickle.dumps(await getattr(self._object, method)(*args, **kwargs))

    async def end_log(self, mark: str) -> None:
        write_mark(mark)


class ActorHandle(Generic[Target]):
    """A handle of an object of type `Target` in an actor."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    @classmethod
    def create(cls, make: Callable[[], Target], **options: object) -> ActorHandle[Target]:
        """Starts an actor for the object that `make` returns, with these options of Ray."""
        return cls(ray.remote(ActorBody).options(**options).remote(make, log_level()))

    async def call(
        self,
        method: Callable[Concatenate[Target, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Calls a method of the object; errors of this package come back as they were raised.

        Raises:
            ProverArbError: as raised by the method.
            RayActorError: the actor's process is gone, or restarting.
        """
        request = pickle.dumps((current_ids(), method.__name__, args, kwargs))
        ref = self._actor.call.remote(request)
        try:
            answer: T = pickle.loads(await ref)
        except RayTaskError as error:
            if isinstance(error.cause, ProverArbError):
                raise error.cause from None
            raise
        except asyncio.CancelledError:
            ray.cancel(ref)
            raise
        return answer

    async def end_log(self, mark: str) -> None:
        """Has the actor mark the end of its log; see ray_logs.py."""
        await self._actor.end_log.remote(mark)

    def kill(self) -> None:
        """Ends the actor's process at once."""
        ray.kill(self._actor)

    def restart(self) -> None:
        """Ends the actor's process at once; Ray starts another one in its place."""
        ray.kill(self._actor, no_restart=False)
