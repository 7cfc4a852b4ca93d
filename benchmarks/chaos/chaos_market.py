"""The market of the chaos benchmark: simulated workers, one prover on them and one behind HTTP.

A statement says which attempt proves it: `: needs 2 = 17` is proved by attempt number 2, and
`: needs never = 17` by none. Attempts and verdicts take some time and cost amounts that differ from
statement to statement, so that a sum that is right is not right by chance.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from prover_arb.core.money import MICRO, MicroUSD
from prover_arb.core.purchases import Attempt, AttemptRequest, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.runtime.null_market import NullWorker

SIMULATED, MODEL = "simulated", "model"
"""The prover on the workers, and the one behind HTTP."""

MOST_COST = MicroUSD(9)
"""What an attempt of the simulated prover costs at most."""

_NEEDED = re.compile(r"needs (\d+)")
_ATTEMPT = re.compile(r"null (\d+)")

CATALOG = """
version = "chaos"
[verification]
price_per_cpu_hour = "0.36"
[provers.{name}]
kind = "chat"
endpoint = "{url}"
model = "{name}"
price = {{ prompt = "0.05", completion = "0.2" }}
sampling = {{ max_tokens = 200 }}
max_attempts = 6
[provers.{name}.limits]
connect_seconds = 5
silence_seconds = 20
retries = 2
longest_wait_seconds = 2
failures_in_a_row = 20
rest_seconds = 1
"""


@dataclass(frozen=True)
class SimulatedProver:
    """A prover whose attempts cost a few micro-dollars."""

    name: str = SIMULATED
    max_attempts: int = 12
    deterministic: bool = False

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=MOST_COST)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return Bid(prover=self.name, price=MOST_COST, quality=0.5)


@dataclass(frozen=True)
class SimulatedWorker(NullWorker):
    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        await asyncio.sleep(self.seconds * _between(theorem, 1, 4))
        script = Candidate(kind="tactics", text=f"null {request.number}")
        cost = MicroUSD(_between(theorem, 1, MOST_COST))
        return Attempt(prover=request.prover, candidate=script, cost=cost)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        needed, attempts = _NEEDED.search(theorem.statement), _ATTEMPT.findall(candidate.text)
        proof = needed is not None and bool(attempts) and int(attempts[-1]) >= int(needed[1])
        text = f"null {self.proves}" if proof else "nothing"
        judged = candidate.model_copy(update={"text": text})
        verdict = await super().verify(theorem, judged, limits, customer=customer)
        return verdict.model_copy(update={"cpu_us": 10_000 * _between(theorem, 1, 7)})


@dataclass(frozen=True)
class ChaosFactory:
    """Makes simulated workers, and the two provers."""

    model_url: str
    seconds: float
    """How long a verdict takes; an attempt takes up to four times that."""

    @property
    def verification_price(self) -> int:
        return 36 * MICRO // 100

    def worker(self) -> SimulatedWorker:
        return SimulatedWorker(seconds=self.seconds)

    def provers(self) -> Sequence[SimulatedProver | PricedModel]:
        return [SimulatedProver(), *self._models()]

    def refuter(self) -> None:
        """Returns None: nobody sells refutations here."""

    def _models(self) -> list[PricedModel]:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "catalog.toml"
            file.write_text(CATALOG.format(name=MODEL, url=self.model_url))
            listed = load_catalog(file).priced_provers()
        return [prover for prover in listed if isinstance(prover, PricedModel)]


def _between(theorem: Theorem, least: int, most: int) -> int:
    """Returns a number from `least` to `most` that belongs to the statement."""
    return least + int(theorem.digest[:8], 16) % (most - least + 1)
