"""The same theorems bought twice: in this process, and over HTTP from sellers in three others.

    in-process run -> sellers started -> run over HTTP, one seller killed in it -> comparison

Both runs have the same theorems, policy, budget and seed, and work on AT_ONCE theorems at a time.
Over HTTP nothing but the oracle works for the buyer; a token is worth a micro-dollar, so sellers
are paid there exactly what they charge in this process.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from prover_arb.bench.batch import together
from prover_arb.bench.compare import compare
from prover_arb.bench.comparison import Comparison, Event, Happening
from prover_arb.bench.prepare import PreparedRun, RunOptions, claim, prepare
from prover_arb.bench.report import write_run_report
from prover_arb.bench.rows import write_atomic
from prover_arb.bench.runner import Benchmark, OpenMarket, Watcher, nothing
from prover_arb.bench.runs import load_run
from prover_arb.bench.seller_process import Conditions, SellerProcess
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.money import plain_usd
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Profile
from prover_arb.errors import InputError, ProblemError
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.prover_config import ProverConfig

CONDITIONS = (
    Conditions(prover="flash", latency_ms=20, per_minute=60),
    Conditions(prover="portfolio", latency_ms=50, per_minute=40),
    Conditions(prover="search", latency_ms=150, per_minute=20),
)

POLICY = "cascade:flash=0.0001,portfolio=0.001,search=0.0014"
"""The cheap ones work as long as they ever do; the search is cut to five processor seconds, which
keeps both runs together within a quarter of an hour on two cores."""

AT_ONCE = 2
"""Theorems in hand, in either run: each has at most one Lean busy, here or at a seller."""

REST_SECONDS = 10
"""How long a seller that failed twice in a row is left alone."""

FEWEST = 3
"""Theorems that make a before, a meantime and an after."""

_HEAD = """\
# The sellers of the shipped price list, over HTTP. A token is a micro-dollar.
version = "{version}"

[verification]
price_per_cpu_hour = "{verification}"
"""

_SELLER = """
[provers.{name}]
kind = "chat"
endpoint = "{url}"
model = "{name}"
price = {{ prompt = "0", completion = "1" }}
sampling = {{ max_tokens = {worst_case} }}
key_file = "{keys}"
max_attempts = {max_attempts}
quality = {quality}
limits = {{ connect_seconds = 5, failures_in_a_row = 2, rest_seconds = {rest} }}
"""


@dataclass(frozen=True)
class Order:
    """What is to be bought, and which seller is killed meanwhile."""

    folder: Path
    """Where both runs, the sellers' price list and the comparison go."""
    problems: Path | None = None
    limit: int | None = None
    policy: str = POLICY
    killed: str = "portfolio"
    profile: Profile = "core"

    def options(self, run: str, catalog: Path | None = None) -> RunOptions:
        return RunOptions(
            problems=self.problems,
            limit=self.limit,
            policies=(self.policy,),
            profile=self.profile,
            catalog=catalog,
            out=self.folder / run,
        )


@dataclass
class Outage:
    """A seller killed before theorem number `first` is bought for, back before number `last`.

    Its coming back is waited for, and the rest that the buyer gives it, so that a short run has an
    afterwards too.
    """

    seller: SellerProcess
    first: int
    last: int
    events: list[Event] = field(default_factory=list)
    _begun: int = 0
    _back: asyncio.Task[None] | None = None

    async def before(self) -> None:
        """To be awaited before every theorem."""
        number, self._begun = self._begun, self._begun + 1
        if number == self.first:
            self.seller.kill()
            self._note("killed")
        if number == self.last:
            self._back = asyncio.create_task(self._bring_back())
        if self._back is not None:
            await self._back

    async def _bring_back(self) -> None:
        self._note("started")
        await self.seller.start()
        self._note("selling")
        await asyncio.sleep(REST_SECONDS)

    def _note(self, happening: Happening) -> None:
        self.events.append(Event(at=time.time(), happening=happening))


def ready(order: Order) -> PreparedRun:
    """Check everything that can be checked before Lean starts.

    Raises:
        InputError, RunError: as `prepare`; the killed seller is none of ours; too few theorems.
    """
    known = [asked.prover for asked in CONDITIONS]
    if order.killed not in known:
        raise InputError(
            f"--kill {order.killed}: no such seller here; there are: {', '.join(known)}"
        )
    prepared = prepare(order.options("in-process"))
    if len(prepared.problems) < FEWEST:
        raise ProblemError(f"{len(prepared.problems)} theorems: at least {FEWEST} are needed")
    return prepared


async def run(
    order: Order,
    inside: PreparedRun,
    *,
    open_market: Callable[..., OpenMarket],
    watch: Callable[[str], Watcher],
) -> Comparison:
    """Buy twice and compare; every process that was started has ended when this returns.

    `open_market` gives the opener for a price list and a number of Lean workers, `watch` the
    watcher of a run by its name.

    Raises:
        OracleError: Lean, or a seller, did not come up.
        ProverArbError: a market failed.
    """
    await _buy(inside, open_market(None, AT_ONCE), watch("in this process"))
    theorems = inside.config.theorems - len(load_run(inside.folder.path).skipped)
    shipped = load_catalog()
    async with sellers(CONDITIONS, order.profile) as selling:
        prices = order.folder / "sellers.toml"
        write_atomic(prices, catalog_of(selling, shipped))
        outside = prepare(order.options("over-http", prices))
        killed = next(one for one in selling if one.name == order.killed)
        outage = Outage(killed, first=theorems // 3, last=2 * theorems // 3)
        await _buy(outside, open_market(prices, 1), watch("over HTTP"), before=outage.before)
    return compare(
        purchases(inside),
        purchases(outside),
        conditions=CONDITIONS,
        prices={one.prover: _entry(shipped, one.prover).price_per_cpu_hour for one in CONDITIONS},
        killed=order.killed,
        events=outage.events,
    )


@asynccontextmanager
async def sellers(
    conditions: Sequence[Conditions], profile: Profile
) -> AsyncIterator[list[SellerProcess]]:
    """Processes that sell, each with a key of its own; ended at the end, whatever happens.

    Raises:
        OracleError: one of them did not come up.
    """
    with TemporaryDirectory(prefix="prover_arb-") as secret:
        selling = []
        for asked in conditions:
            keys = Path(secret) / asked.prover
            keys.touch(mode=0o600)
            keys.write_text(secrets.token_urlsafe(32) + "\n")
            selling.append(SellerProcess(asked, keys=keys, profile=profile))
        try:
            await _start(selling)
            yield selling
        finally:
            await asyncio.gather(*(one.stop() for one in selling))


async def _start(selling: Sequence[SellerProcess]) -> None:
    async with together() as group:
        for one in selling:
            group.create_task(one.start())


def catalog_of(selling: Sequence[SellerProcess], shipped: Catalog) -> str:
    """A price list (TOML) of the sellers at their addresses, after the one they charge by."""
    text = _HEAD.format(version=shipped.version, verification=plain_usd(shipped.verification_price))
    for one in selling:
        entry = _entry(shipped, one.name)
        text += _SELLER.format(
            name=one.name,
            url=one.url,
            worst_case=entry.worst_case,
            keys=one.keys,
            max_attempts=entry.max_attempts,
            quality=entry.quality,
            rest=REST_SECONDS,
        )
    return text


def _entry(shipped: Catalog, name: str) -> ProverConfig:
    entry = shipped.entries[name]
    assert isinstance(entry, ProverConfig)
    return entry


def purchases(run: PreparedRun) -> list[Purchase]:
    """All purchases of a run, from its ledger."""
    ledger = SqliteLedger(run.folder.ledger)
    try:
        return ledger.purchases(run=run.config.run)
    finally:
        ledger.close()


async def _buy(
    ready: PreparedRun,
    open_market: OpenMarket,
    watcher: Watcher,
    before: Callable[[], Awaitable[None]] = nothing,
) -> None:
    with ready.folder.locked():
        claim(ready)
        benchmark = Benchmark(
            folder=ready.folder,
            config=ready.config,
            problems=ready.problems,
            open_market=open_market,
            workers=AT_ONCE,
            watcher=watcher,
            before=before,
        )
        await benchmark.run()
        write_run_report(ready.folder)
