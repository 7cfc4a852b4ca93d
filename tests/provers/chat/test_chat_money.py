"""Whatever models answer, the budgets hold and the ledger is the sum of their invoices.

PROVER_ARB_MARKETS sets how many random markets are played over real sockets (60 unless set).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Usage
from prover_arb.core.theorem import Theorem
from prover_arb.provers.chat.chat_prover import ChatProvers, _seed
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.pricing import TokenPrices
from prover_arb.runtime.engine import PooledOracle
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.worker_pool import WorkerPool
from prover_arb.scheduler import make_policy
from tests.provers.chat.served_models import completion, delta, event, respond, serving

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")

MARKETS = int(os.environ.get("PROVER_ARB_MARKETS", "60"))

HOW = st.sampled_from(
    ["proof", "wrong", "wrong", "prose", "no usage", "cut", "refused", "broken", "slow", "stream"]
)
PRICE = st.integers(0, 10**9)
SELLER = st.tuples(PRICE, PRICE, st.integers(1, 2_000), st.floats(0, 1), st.lists(HOW, min_size=1))

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


class Cashier:
    """Answers each request in one of the ways it was given, and keeps its own invoices."""

    def __init__(self, offers: dict[str, tuple[TokenPrices, float, list[str]]]) -> None:
        self.invoices: dict[tuple[str, int], int] = {}
        """Micro-dollars by model and seed, of answers that say what they used."""
        self.silent = 0
        """Answers that were sold and do not say."""
        self._offers = offers
        self._asked = dict.fromkeys(offers, 0)

    async def __call__(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        name = request["model"]
        prices, share, ways = self._offers[name]
        how = ways[self._asked[name] % len(ways)]
        self._asked[name] += 1
        if how == "refused":
            writer.write(respond("{}", status="403 No"))
            return
        if how == "broken":
            writer.write(respond("<html>", kind="text/html"))
            return
        if how == "cut":
            self.silent += 1
            writer.write(respond(event(delta("nul")), kind="text/event-stream"))
            return
        text = {"proof": "by null 0", "prose": "I cannot."}.get(how, "by null 1")
        text = text.replace("by ", "```lean\n") + "\n```" if text.startswith("by") else text
        sold = Usage(prompt=50, completion=round(share * request["max_tokens"]))
        usage = {"prompt_tokens": sold.prompt, "completion_tokens": sold.completion}
        if how == "slow":
            await asyncio.sleep(0.02)
        if how == "stream":
            writer.write(HEAD)
            for part in text:
                writer.write(event(delta(part)))
                await writer.drain()
                await asyncio.sleep(0.001)
        if how == "no usage":
            self.silent += 1
            writer.write(respond(completion(text, usage=None, model=name)))
            return
        self.invoices[name, request["seed"]] = prices.charge(sold)
        if how == "stream":
            writer.write(event(delta("", "stop")) + event({"choices": [], "usage": usage}))
            writer.close()
        else:
            writer.write(respond(completion(text, usage=usage, model=name)))


@settings(max_examples=MARKETS, deadline=None)
@given(
    drawn=st.lists(SELLER, min_size=1, max_size=3),
    budget=st.integers(0, 10**7),
    run_budget=st.none() | st.integers(0, 10**7),
    attempts=st.integers(1, 4),
    max_parallel=st.integers(1, 4),
)
def test_the_budgets_hold_and_every_invoice_is_in_the_ledger(
    *,
    drawn: list[tuple[int, int, int, float, list[str]]],
    budget: int,
    run_budget: int | None,
    attempts: int,
    max_parallel: int,
) -> None:
    offers = {
        f"m{i}": (TokenPrices(prompt=prompt, completion=answer), share, ways)
        for i, (prompt, answer, _, share, ways) in enumerate(drawn)
    }
    cashier = Cashier(offers)

    async def main(folder: Path) -> None:
        async with serving(cashier) as served:
            listings = [
                PricedModel(
                    name=name,
                    entry=ChatConfig.model_validate(
                        {
                            "endpoint": served.url,
                            "model": name,
                            "price": offers[name][0],
                            "stream": "stream" in offers[name][2],
                            "sampling": {"max_tokens": longest},
                            "limits": {"retries": 0, "failures_in_a_row": 1000},
                            "max_attempts": attempts,
                        }
                    ),
                )
                for name, (_, _, longest, _, _) in zip(offers, drawn, strict=True)
            ]
            sellers, pool = ChatProvers(listings), WorkerPool([NullWorkerFactory().worker()])
            await pool.start()
            ledger = SqliteLedger(folder / "ledger.db")
            if run_budget is not None:
                ledger.limit_run("r", run_budget)
            broker = Broker(
                oracle=PooledOracle(pool),
                provers=sellers.provers,
                ledger=ledger,
                verification_price=0,
            )
            policy = make_policy("cascade", listings)
            outcome = await broker.prove(
                THEOREM,
                policy,
                ProofJob(policy=policy.name, budget=budget, run="r", max_parallel=max_parallel),
            )
            purchases = ledger.purchases(run="r")
            await sellers.close()
            await pool.close()
            ledger.close()
        assert outcome.cost == sum(p.cost for p in purchases) <= budget
        assert run_budget is None or outcome.cost <= run_budget
        assert all(p.cost <= p.reserved for p in purchases)
        assert all(p.cost == 0 for p in purchases if p.usage is None)
        assert {p.state for p in purchases} <= {"judged", "lost", "cancelled"}
        for purchase in purchases:
            if purchase.usage is None:
                continue
            prices = offers[purchase.prover][0]
            assert purchase.cost == min(prices.charge(purchase.usage), purchase.reserved)
            if not purchase.usage.estimated:
                invoice = cashier.invoices[purchase.prover, _seed(THEOREM, purchase.number, 0)]
                assert purchase.cost == min(invoice, purchase.reserved)
        sold = [p for p in purchases if p.usage is not None and p.state == "judged"]
        said = [p for p in sold if p.usage is not None and not p.usage.estimated]
        given_up = sum(p.state == "cancelled" for p in purchases)
        assert 0 <= len(cashier.invoices) - len(said) <= given_up
        assert 0 <= cashier.silent - (len(sold) - len(said)) <= given_up
        asked = len(sold) + sum(p.state == "lost" for p in purchases)
        assert asked <= len(served.requests) <= asked + given_up
        assert max_parallel > 1 or given_up == 0

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(Path(folder)))
