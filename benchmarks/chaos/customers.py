"""The customers of the chaos benchmark: each places orders at whichever replica answers."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from chaos_market import MODEL, SIMULATED

PATIENCE_SECONDS = 420.0
"""How long a request is repeated, and an order waited for; longer than any outage here lasts."""

KINDS = {"proof": 14, "quote": 2, "batch": 2, "file": 2}
"""What is requested, and how often."""

CANCELLED = 0.12
REPEATED = 0.2
"""Shares of the orders that are cancelled, and that are placed once more with the same key."""

Json = dict[str, Any]


class Refused(Exception):
    """The service answered what it should not have answered."""


@dataclass
class Customer:
    """A customer with a key of its own, and what it ordered."""

    name: str
    secret: str
    urls: list[str]
    draw: random.Random
    placed: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    """The ids of what was accepted, by kind."""
    repeats: int = 0
    retries: int = 0

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.secret}"}
        self._clients = [
            httpx.AsyncClient(base_url=url, headers=headers, timeout=40) for url in self.urls
        ]

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Sends a request to one replica after the other until one answers below 500 or 429.

        Raises:
            TimeoutError: none does for `PATIENCE_SECONDS`.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            client = self.draw.choice(self._clients)
            why: object
            try:
                answer = await client.request(method, path, **more)
            except httpx.TransportError as error:
                why = error
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
                why = answer.text
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path}: {why}")
            self.retries += 1
            await asyncio.sleep(0.3)

    async def get(self, path: str, **params: Any) -> Json:
        answer = await self.send("GET", path, params=params)
        if answer.status_code != 200:
            raise Refused(f"GET {path}: {answer.status_code} {answer.text}")
        body: Json = answer.json()
        return body

    async def order(self, number: int) -> None:
        """Orders something, may repeat the request and cancel it, and waits until it has ended."""
        kind = self.draw.choices([*KINDS], [*KINDS.values()])[0]
        path, body = await self._request(kind, number)
        key = {"Idempotency-Key": f"{self.name}-{number}"}
        placed = await self._place(path, body, key)
        if self.draw.random() < REPEATED:
            self.repeats += 1
            again = await self._place(path, body, key)
            if again["id"] != placed["id"]:
                raise Refused(f"{path} gave {placed['id']} and {again['id']} for one key")
        self.placed[kind].append(placed["id"])
        if self.draw.random() < CANCELLED:
            await asyncio.sleep(self.draw.uniform(0, 3))
            await self.send("POST", placed["urls"]["cancel"])
        until = time.monotonic() + PATIENCE_SECONDS
        while (shown := await self.get(placed["urls"]["get"]))["finished_at"] is None:
            if time.monotonic() > until:
                raise TimeoutError(f"{kind} {shown['id']} is still {shown['status']}")
            await asyncio.sleep(1)

    async def _place(self, path: str, body: Json, headers: dict[str, str]) -> Json:
        answer = await self.send("POST", path, json=body, headers=headers)
        if answer.status_code not in {200, 202}:
            raise Refused(f"POST {path}: {answer.status_code} {answer.text}")
        placed: Json = answer.json()
        return placed

    async def _request(self, kind: str, number: int) -> tuple[str, Json]:
        """Returns the path and the body of a request."""
        policy = self.draw.choice([f"single:{SIMULATED}", f"single:{MODEL}", "cascade", "auction"])
        terms = {"budget_usd": f"0.00{self.draw.randint(2, 9)}", "policy": policy}
        if kind == "batch":
            rows = [self._statement(f"{number}{place}") for place in range(3)]
            return "/v1/batches", {"problems": rows, **terms}
        if kind == "file":
            theorems = [
                f"theorem t{place} {self._statement(f'{number}{place}')} := by sorry\n"
                for place in range(2)
            ]
            return "/v1/files", {"text": "\n".join(theorems), **terms}
        theorem = {"statement": self._statement(str(number))}
        if kind == "proof":
            return "/v1/proofs", {"theorem": theorem, **terms}
        terms["policy"] = self.draw.choice([f"single:{SIMULATED}", "cascade"])
        answer = await self.send("POST", "/v1/quotes", json={"theorem": theorem, **terms})
        if answer.status_code != 201:
            raise Refused(f"POST /v1/quotes: {answer.status_code} {answer.text}")
        quote = answer.json()
        settlement = "cost-plus" if quote["price_usd"] is None else "pay-on-proof"
        return "/v1/proofs", {"quote": quote["id"], "settlement": settlement}

    def _statement(self, number: str) -> str:
        needed = self.draw.choice(["0", "1", "2", "3", "5", "never"])
        return f": needs {needed} = {number}"
