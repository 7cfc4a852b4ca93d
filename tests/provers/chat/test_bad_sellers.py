"""A market full of bad sellers: each is a typed fault on its purchase, and the run goes on."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Purchase
from prover_arb.provers.chat.answers import extract
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.scheduler import ThresholdCascade
from tests.conftest import Lean
from tests.provers.chat.served_models import always, completion, respond, serving
from tests.provers.chat.test_chat_prover import BILLED, PROOF, THEOREM, UNBILLED, entry, worst
from tests.provers.chat.test_repair import Strict


def test_a_run_gets_past_every_bad_seller(tmp_path: Path) -> None:
    """All of them in one cascade, a good one last: what each cost stands in the ledger."""
    bad = {f"billed_{i}": (answer, fields) for i, (_, answer, fields, *_) in enumerate(BILLED)}
    bad |= {f"unbilled_{i}": (answer, fields) for i, (_, answer, fields, *_) in enumerate(UNBILLED)}

    sold = {**bad, "good": (always(respond(completion(PROOF))), {})}

    async def main() -> tuple[str, list[Purchase]]:
        async with AsyncExitStack() as stack:
            listings = []
            for name, (answer, fields) in sold.items():
                served = await stack.enter_async_context(serving(answer))
                listings.append(PricedModel(name=name, entry=entry(served.url, **fields)))
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
            foreign = await stack.enter_async_context(serving(always(b""), tls=tls))
            listings.insert(0, PricedModel(name="tls", entry=entry(foreign.url)))
            listings.insert(0, PricedModel(name="nobody", entry=entry("http://127.0.0.1:9/v1")))
            sellers = ChatProvers(listings)
            ledger = SqliteLedger(tmp_path / "ledger.db")
            broker = Broker(
                oracle=Strict(), provers=sellers.provers, ledger=ledger, verification_price=0
            )
            names = [listing.name for listing in listings]
            outcome = await broker.prove(
                THEOREM,
                ThresholdCascade(dict.fromkeys(names, 10**6)),
                ProofJob(policy="cascade", budget=10**8, run="r"),
            )
            await sellers.close()
            purchases = ledger.purchases(run="r")
            ledger.close()
            return outcome.status, purchases

    status, purchases = asyncio.run(main())
    assert status == "proved"
    found = {purchase.prover: purchase for purchase in purchases}
    assert {"tls", "nobody", "good", *bad} == set(found)
    for i, (title, _, _, failure, fault, cost) in enumerate(BILLED):
        purchase = found[f"billed_{i}"]
        assert (purchase.state, purchase.fault) == ("judged", fault), title
        assert failure in purchase.failure
        assert purchase.cost == (worst() if cost is None else cost), title
    for i, (title, _, _, error, _) in enumerate(UNBILLED):
        purchase = found[f"unbilled_{i}"]
        assert (purchase.state, purchase.cost) == ("lost", 0), title
        assert purchase.fault == error.fault, title
    for name in ("tls", "nobody"):
        assert (found[name].state, found[name].fault, found[name].cost) == (
            "lost",
            "unreachable",
            0,
        )
    assert (found["good"].fault, found["good"].cost) == (None, 700)


def test_a_redirect_is_not_followed() -> None:
    """Neither theorem nor key go where the seller points."""

    async def main() -> int:
        async with serving(always(respond(completion(PROOF)))) as elsewhere:
            header = f"Location: {elsewhere.url}/chat/completions\r\n"
            moved = always(respond("", status="307 Moved", headers=header))
            async with serving(moved) as served:
                sellers = ChatProvers([PricedModel(name="m", entry=entry(served.url))])
                with pytest.raises(Exception, match="HTTP 307"):
                    await sellers.provers[0].attempt(THEOREM, number=0, budget=10**6, seed=0)
                await sellers.close()
            return len(elsewhere.requests) + elsewhere.connections

    assert asyncio.run(main()) == 0


OTHERS = {
    "another theorem": "theorem other : 1 + 1 = 2 := by rfl",
    "the same name, another statement": "theorem target : 1 + 1 = 2 := by rfl",
    "a weaker statement": "theorem target (a b : ℕ) (h : a < b) : a ≤ b := by omega",
    "a stronger premise": "theorem target (a b : ℕ) (h : a + 1 < b) : a + 1 ≤ b := by omega",
}


@pytest.mark.lean
@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_proof_of_something_else_is_rejected_by_lean(lean: Lean, text: str) -> None:
    """It is billed like any answer: the seller did its work, only not this."""
    candidate = extract(f"```lean4\nimport Mathlib\n\n{text}\n```", THEOREM)
    assert candidate is not None
    verdict = lean.run(lean.oracle.verify(THEOREM, candidate))
    assert (verdict.status, verdict.reason) == ("rejected", "wrong_statement")
