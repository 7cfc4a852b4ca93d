"""The HTTP API: judges proofs, takes orders for proofs, and answers what became of an order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from prover_arb.api.body_limits import BodyLimit
from prover_arb.api.customers import Customer
from prover_arb.api.problem_documents import (
    KINDS,
    MEDIA_TYPE,
    UNKNOWN_ORDER,
    UNSUPPORTED_PROFILE,
    KindOut,
    Problem,
    ProblemDocument,
    on_http,
    on_invalid,
    on_our_error,
    on_problem,
    too_large,
)
from prover_arb.api.service.models import (
    Accepted,
    Health,
    ProofOut,
    ProofRequest,
    PurchaseOut,
    Ready,
    TheoremIn,
    VerifyRequest,
    dollars,
)
from prover_arb.api.service.order_worker import MarketFactory, OrderWorker
from prover_arb.api.service.orders import Order, OrderBook
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.theorem import Profile, Theorem, Verdict
from prover_arb.errors import ProverArbError

DESCRIPTION = """
Buys Lean 4 proofs from many provers; the Lean kernel alone decides what is a proof.
Amounts are dollars as decimal text. Errors are problem documents (RFC 9457).
"""


def create_app(
    open_market: MarketFactory,
    *,
    ledger: Path,
    profile: Profile = "core",
    policies: RegisteredPolicies | None = None,
) -> FastAPI:
    """Returns the API over the market that `open_market` opens; orders are kept beside the ledger.

    A request may name `policies` only; without them it has the standard ones.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker = OrderWorker(
            open_market,
            orders=OrderBook(orders_file(ledger)),
            ledger=SqliteLedger(ledger),
            profile=profile,
            policies=policies or RegisteredPolicies(),
        )
        app.state.order_worker = worker
        worker.open()
        try:
            yield
        finally:
            await worker.close()

    app = FastAPI(
        title="prover_arb",
        version=version("prover-arb"),
        description=DESCRIPTION,
        lifespan=lifespan,
        responses=_problems(400, 404, 413, 422, 500, 503),
    )
    app.add_middleware(BodyLimit, too_large=too_large)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(ProverArbError, on_our_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    _add_routes(app)
    return app


def orders_file(ledger: Path) -> Path:
    """Returns the file of the orders whose purchases are in this ledger."""
    return ledger.with_name(f"{ledger.stem}-orders.sqlite")


def _add_routes(app: FastAPI) -> None:
    def order_worker() -> OrderWorker:
        working: OrderWorker = app.state.order_worker
        return working

    @app.post("/v1/verify", tags=["proofs"])
    async def verify(request: VerifyRequest, customer: Customer) -> Verdict:
        """Judges one candidate; nothing is bought.

        Requests with different keys never share a Lean process.
        """
        market = order_worker().market
        theorem = _served(request.theorem, order_worker())
        return await market.verify(theorem, request.candidate, request.limits, customer=customer)

    @app.post("/v1/proofs", status_code=202, tags=["proofs"])
    async def order_proof(
        request: ProofRequest, response: Response, customer: Customer
    ) -> Accepted:
        """Takes an order for a proof; the answer says where to ask for it."""
        order = await order_worker().place(
            _served(request.theorem, order_worker()),
            policy=request.policy,
            budget=request.budget_usd,
            seed=request.seed,
            customer=customer,
        )
        url = f"/v1/proofs/{order.id}"
        response.headers["Location"] = url
        return Accepted(id=order.id, status_url=url)

    @app.get("/v1/proofs/{order_id}", tags=["proofs"])
    async def proof(order_id: str) -> ProofOut:
        """Returns the progress of an order: money spent so far, and the proof once there is one."""
        order = order_worker().orders.get(order_id)
        if order is None:
            raise Problem(UNKNOWN_ORDER, f"There is no order {order_id!r} in this server's book")
        return _proof_out(order, order_worker().ledger)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> Health:
        """Answers while the process lives."""
        return Health()

    @app.get("/readyz", tags=["operation"])
    async def readyz() -> Ready:
        """Answers once Lean is warm and judges; 503 until then."""
        return Ready(lean=order_worker().identity.lean, profiles=[order_worker().profile])

    @app.get("/problems/{slug}", tags=["operation"])
    async def problem(slug: str) -> KindOut:
        """Describes the `type` of a problem document."""
        if slug not in KINDS:
            raise HTTPException(404)
        kind = KINDS[slug]
        return KindOut(type=kind.type, title=kind.title, status=kind.status)


def _served(theorem: TheoremIn, worker: OrderWorker) -> Theorem:
    if theorem.profile != worker.profile:
        detail = (
            f"profile {theorem.profile!r} is not served here; this server has: {worker.profile}"
        )
        raise Problem(UNSUPPORTED_PROFILE, detail, fields=["theorem.profile"])
    return theorem.theorem()


def _proof_out(order: Order, ledger: SqliteLedger) -> ProofOut:
    purchases = ledger.purchases(run=order.run)
    cost = sum(p.cost for p in purchases)
    verification = sum(p.verification_cost for p in purchases)
    certificate = order.outcome.certificate if order.outcome else None
    proofs = [p.candidate for p in purchases if p.verdict and p.verdict.status == "proved"]
    return ProofOut(
        id=order.id,
        status=order.status,
        created_at=order.created_at,
        finished_at=order.finished_at,
        theorem=order.theorem,
        policy=order.policy,
        seed=order.seed,
        budget_usd=dollars(order.budget),
        cost_usd=dollars(cost),
        verification_cost_usd=dollars(verification),
        spent_usd=dollars(cost + verification),
        proof=proofs[0] if proofs and order.outcome else None,
        certificate=certificate,
        refutation=order.outcome.refutation if order.outcome else None,
        purchases=[PurchaseOut.of(p) for p in purchases],
        why_stopped=order.outcome.why_stopped if order.outcome else "",
        problem=order.problem,
    )


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the OpenAPI description of answers that are problem documents."""
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {
        status: {"model": ProblemDocument, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }
