"""Whose request it is, what that tenant may do, and how often."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from prover_arb.api.customers import customer_name
from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import NO_KEY, NOT_ALLOWED, TOO_MANY_REQUESTS
from prover_arb.api.service.key_store import ApiKey, KeyStore, Scope
from prover_arb.core.theorem import Value

_BEARER = HTTPBearer(auto_error=False, description="The API key, as `Authorization: Bearer KEY`.")
_HEADER = APIKeyHeader(
    name="X-Api-Key", auto_error=False, description="The API key, in a header of its own."
)


class Tenant(Value):
    """Who sent a request."""

    id: str
    """The id of the key; "" on a service without keys, which has one tenant."""
    customer: str
    """Whose texts may meet this one's in a Lean process."""


class Tenants:
    """Admits requests by their keys."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._required = False
        self._rates = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, secret: str, scope: Scope) -> Tenant:
        """Returns who sends a request, and counts it.

        Raises:
            Problem: the key is missing, unknown or revoked, does not allow this, or was used too
                often in the last minute.
        """
        key = await self._keys.find(secret) if secret else None
        if key is None:
            if await self.need_key():
                raise Problem(NO_KEY, "Send a valid API key as Authorization: Bearer KEY")
            return Tenant(id="", customer=customer_name(secret))
        if scope not in key.scopes:
            allowed = ", ".join(key.scopes)
            raise Problem(NOT_ALLOWED, f"This key does not allow to {scope}; it allows: {allowed}")
        self._count(key)
        return Tenant(id=key.id, customer=key.id)

    async def need_key(self) -> bool:
        """Returns whether requests need a key: once one was made, they always do."""
        self._required = self._required or await self._keys.required()
        return self._required

    def _count(self, key: ApiKey) -> None:
        if key.per_minute is None:
            return
        rate = RateLimitItemPerMinute(key.per_minute)
        if self._rates.hit(rate, key.id):
            return
        reset = self._rates.get_window_stats(rate, key.id).reset_time
        detail = f"This key may send {key.per_minute} requests in a minute"
        raise Problem(TOO_MANY_REQUESTS, detail, retry_after=max(1, math.ceil(reset - time.time())))


def tenant_with(scope: Scope) -> Callable[..., Awaitable[Tenant]]:
    """Returns the dependency by which a route learns who asks, and refuses who may not."""

    async def tenant(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        header: Annotated[str | None, Security(_HEADER)],
    ) -> Tenant:
        secret = bearer.credentials.strip() if bearer is not None else ""
        tenants: Tenants = request.app.state.service.tenants
        return await tenants.admit(secret or (header or "").strip(), scope)

    return tenant


Verifying = Annotated[Tenant, Security(tenant_with("verify"))]
"""The parameter of a route that judges for a tenant."""

Proving = Annotated[Tenant, Security(tenant_with("prove"))]
"""The parameter of a route that buys for a tenant, or shows what was bought."""

Operating = Annotated[Tenant, Security(tenant_with("operate"))]
"""The parameter of a route for the operator."""
