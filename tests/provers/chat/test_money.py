"""Whatever models answer, the budget holds and the ledger is the sum of their invoices."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.broker import Broker
from prover_arb.ledger import SqliteLedger
from prover_arb.protocols import Usage
from prover_arb.provers.chat.entry import ChatEntry, ChatListing, TokenPrices
from prover_arb.provers.chat.seller import ChatSellers
from prover_arb.runtime.house import HostedOracle
from prover_arb.runtime.leases import HostQueue
from prover_arb.runtime.null import NullBlueprint
from prover_arb.scheduler import make_policy
from prover_arb.theorem import Theorem
from tests.provers.chat.serving import completion, delta, event, respond, serving

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")

HOW = st.sampled_from(["proof", "wrong", "wrong", "prose", "no usage", "cut", "refused", "broken"])
PRICE = st.integers(0, 10**9)
SELLER = st.tuples(PRICE, PRICE, st.integers(1, 2_000), st.floats(0, 1), st.lists(HOW, min_size=1))


class Cashier:
    """Answers each request in one of the ways it was given, and keeps its own invoices."""

    def __init__(self, offers: dict[str, tuple[TokenPrices, float, list[str]]]) -> None:
        self.invoices = 0
        """Micro-dollars, of answers that say what they used."""
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
        usage: dict[str, int] | None = {
            "prompt_tokens": 50,
            "completion_tokens": round(share * request["max_tokens"]),
        }
        if how == "no usage":
            usage = None
            self.silent += 1
        else:
            sold = Usage(prompt=50, completion=round(share * request["max_tokens"]))
            self.invoices += prices.charge(sold)
        writer.write(respond(completion(text, usage=usage, model=name)))


@settings(max_examples=60, deadline=None)
@given(st.lists(SELLER, min_size=1, max_size=3), st.integers(0, 10**7), st.integers(1, 4))
def test_the_budget_holds_and_every_invoice_is_in_the_ledger(
    drawn: list[tuple[int, int, int, float, list[str]]], budget: int, attempts: int
) -> None:
    offers = {
        f"m{i}": (TokenPrices(prompt=prompt, completion=answer), share, ways)
        for i, (prompt, answer, _, share, ways) in enumerate(drawn)
    }
    cashier = Cashier(offers)

    async def main(folder: Path) -> None:
        async with serving(cashier) as served:
            listings = [
                ChatListing(
                    name=name,
                    entry=ChatEntry.model_validate(
                        {
                            "endpoint": served.url,
                            "model": name,
                            "price": offers[name][0],
                            "stream": False,
                            "sampling": {"max_tokens": longest},
                            "limits": {"retries": 0, "failures_in_a_row": 1000},
                            "max_attempts": attempts,
                        }
                    ),
                )
                for name, (_, _, longest, _, _) in zip(offers, drawn, strict=True)
            ]
            sellers, hosts = ChatSellers(listings), HostQueue([NullBlueprint().host()])
            await hosts.start()
            ledger = SqliteLedger(folder / "ledger.db")
            broker = Broker(
                oracle=HostedOracle(hosts),
                provers=sellers.provers,
                ledger=ledger,
                verification_price=0,
            )
            outcome = await broker.prove(
                THEOREM, policy=make_policy("cascade", listings), budget=budget, run="r"
            )
            purchases = ledger.purchases(run="r")
            await sellers.close()
            await hosts.close()
            ledger.close()
        assert outcome.cost == sum(p.cost for p in purchases) <= budget
        assert all(p.cost <= p.reserved for p in purchases)
        assert all(p.cost == 0 for p in purchases if p.state == "lost")
        sold = [p for p in purchases if p.usage is not None]
        said = [p for p in sold if p.usage is not None and not p.usage.estimated]
        assert sum(p.cost for p in said) == cashier.invoices
        assert len(sold) - len(said) == cashier.silent
        for purchase in sold:
            assert purchase.usage is not None
            prices = offers[purchase.prover][0]
            assert purchase.cost == min(prices.charge(purchase.usage), purchase.reserved)
        assert len(served.requests) == len(sold) + sum(p.state == "lost" for p in purchases)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(Path(folder)))
