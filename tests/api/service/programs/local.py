"""The API under uvicorn over a market without Lean.

local.py PORT LEDGER MOOD [LIMITS [DATABASE [MARGIN [WEBHOOKS]]]]

Moods: `ready`; `slow` (every attempt takes a while); `barren` (no Lean worker comes up); `replay`
(recorded attempts are sold, and no kernel judges). Attempts at statements with `slow` take a while,
those with `stuck` do not end, and those with `gated` wait until there is a file `gate` beside the
ledger. Beside the prover `null` there is `portfolio`, at the prices and
in the slices of the shipped catalog, whose slices all end without a proof. LIMITS is JSON with
fields of `ServiceLimits`, MARGIN is in millionths, WEBHOOKS is JSON with fields of
`WebhookOptions`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import uvicorn

from prover_arb.api.service.service_app import create_app, purchases_at
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.api.service.webhooks.sender import WebhookOptions
from prover_arb.broker.loop import Inspection
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.records import ProverRecords, Record
from prover_arb.core.theorem import Candidate, Limits, Message, Theorem, Verdict
from prover_arb.errors import OracleError, ToolchainError
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.prover_config import PricedLocalProver, ProverConfig
from prover_arb.runtime import LocalMarketplace, Marketplace
from prover_arb.runtime.null_market import NullCheck, NullProver, NullWorker, NullWorkerFactory
from prover_arb.runtime.recorded_market import ReplayWorkerFactory, replay_of


@dataclass(frozen=True)
class Slow(NullWorker):
    barren: bool = False
    gate: Path | None = None

    async def start(self) -> None:
        if self.barren:
            raise ToolchainError("Lean is nowhere to be found")

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection:
        if "nonsense" in theorem.statement:
            said = "unknown identifier 'nonsense'"
            message = Message(severity="error", line=1, column=16, text=said)
            return NullCheck(elaborates=False, reason=said, messages=(message,))
        if "defect" in theorem.statement:
            raise ZeroDivisionError
        return NullCheck()

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        if candidate.kind == "file":  # a proof that stands in a file
            text = candidate.text.rpartition(":= by")[2].strip()
            candidate = Candidate(kind="tactics", text=text)
        return await super().verify(theorem, candidate, limits, customer=customer)

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        if "slow" in theorem.statement:
            await asyncio.sleep(0.2)
        while "gated" in theorem.statement and self.gate and not self.gate.exists():
            await asyncio.sleep(0.02)
        if "stuck" in theorem.statement:
            await asyncio.sleep(600)
        if "flaw" in theorem.statement:
            raise ZeroDivisionError
        if "trouble" in theorem.statement:
            raise OracleError("the oracle is confused")
        attempt = await super().attempt(theorem, request)
        if request.slice is None:
            return attempt
        return attempt.model_copy(update={"resume": f"after slice {request.slice.index}"})


@dataclass(frozen=True)
class WorkerFactory(NullWorkerFactory):
    barren: bool = False
    gate: Path | None = None

    def worker(self) -> Slow:
        return Slow(proves=self.proves, seconds=self.seconds, barren=self.barren, gate=self.gate)

    def provers(self) -> Sequence[NullProver | PricedLocalProver]:
        portfolio = PricedLocalProver(name="portfolio", entry=local_entry("portfolio"))
        return [NullProver("null"), portfolio]


def local_entry(name: str) -> ProverConfig:
    entry = load_catalog().entries[name]
    assert isinstance(entry, ProverConfig)
    return entry


def main() -> None:
    port, ledger, mood = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    factory: WorkerFactory | ReplayWorkerFactory
    factory = WorkerFactory(
        proves=2,
        seconds=0.3 if mood == "slow" else 0,
        barren=mood == "barren",
        gate=ledger.with_name("gate"),
    )
    if mood == "replay":
        recorded = {"claim": Record("claim", 1.0, (True,), "USD")}
        factory = replay_of([ProverRecords("null", recorded)], Decimal("0.000001"))

    database = sys.argv[5] if len(sys.argv) > 5 else None
    purchases = purchases_at(ledger, database or None)

    @asynccontextmanager
    async def opener() -> AsyncIterator[Marketplace]:
        market = await LocalMarketplace.create(factory, ledger=purchases, workers=2, reserved=1)
        try:
            yield market
        finally:
            await market.close()

    limits = ServiceLimits(**json.loads(sys.argv[4])) if len(sys.argv) > 4 else None
    margin = int(sys.argv[6]) if len(sys.argv) > 6 else 0
    webhooks = WebhookOptions(**json.loads(sys.argv[7])) if len(sys.argv) > 7 else None
    app = create_app(
        opener,
        ledger=ledger,
        limits=limits,
        database=database or None,
        margin_ppm=margin,
        webhooks=webhooks,
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
