"""The HTTP API: judges proofs, takes orders for proofs, and answers what became of an order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from prover_arb.api.body_limits import BodyLimit
from prover_arb.api.problem_documents import (
    Problem,
    on_defect,
    on_http,
    on_invalid,
    on_our_error,
    on_problem,
)
from prover_arb.api.service import (
    chat_routes,
    event_routes,
    market_routes,
    operation_routes,
    page_routes,
    proof_routes,
    quote_routes,
    spending_routes,
    verify_routes,
)
from prover_arb.api.service.batches import batch_routes
from prover_arb.api.service.batches.batch_request import BatchRequest
from prover_arb.api.service.cache_options import OWN_FOR_NOTHING, CacheOptions
from prover_arb.api.service.chat_errors import too_large_anywhere
from prover_arb.api.service.chat_models import ChatError
from prover_arb.api.service.database.database import sqlite_url
from prover_arb.api.service.files import file_routes
from prover_arb.api.service.market_keeper import MarketFactory
from prover_arb.api.service.metrics import Metrics
from prover_arb.api.service.openapi_document import write_document
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.request_log import RequestLog
from prover_arb.api.service.service import Service
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.api.service.webhooks.documentation import document_webhooks
from prover_arb.api.service.webhooks.sender import WebhookOptions
from prover_arb.api.shop.completions import ChatRequest
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.sql_database import database_url
from prover_arb.core.theorem import Profile
from prover_arb.errors import ProverArbError

DESCRIPTION = """
Buys Lean 4 proofs from many provers; the Lean kernel alone decides what is a proof.
Amounts are dollars as decimal text, times are ISO 8601 in UTC. Errors are problem documents
(RFC 9457). Every answer has an `X-Request-Id`, which the log and the orders have too.
"""


def create_app(
    open_market: MarketFactory,
    *,
    ledger: Path,
    database: str | None = None,
    profile: Profile = "core",
    policies: RegisteredPolicies | None = None,
    limits: ServiceLimits | None = None,
    on_ray: bool = False,
    margin_ppm: int = 0,
    cache: CacheOptions = OWN_FOR_NOTHING,
    webhooks: WebhookOptions | None = None,
) -> FastAPI:
    """Returns the API over the market that `open_market` opens.

    Orders are kept in `database`, by default in a file beside the ledger, and purchases where
    `purchases_at` says, which is where the market must keep them, too. A request may name
    `policies` only; without them it has the standard ones. `on_ray` says that Ray Serve runs it.
    `margin_ppm` is the operator's margin, in millionths of what is spent. `cache` says how known
    proofs answer orders. `webhooks` says where
    messages may be sent, and how often.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = Service(
            open_market,
            ledger=purchases_at(ledger, database),
            database=database or sqlite_url(orders_file(ledger)),
            profile=profile,
            policies=policies or RegisteredPolicies(),
            limits=limits or ServiceLimits(),
            metrics=metrics,
            margin_ppm=margin_ppm,
            cache=cache,
            webhooks=webhooks or WebhookOptions(),
        )
        app.state.service = service
        service.open()
        try:
            yield
        finally:
            await service.close()

    app = FastAPI(
        title="prover_arb",
        version=version("prover-arb"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit, too_large=too_large_anywhere)
    app.add_middleware(RequestLog, metrics=metrics, on_ray=on_ray)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(ProverArbError, on_our_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_defect)
    for routes in (
        verify_routes,
        quote_routes,
        market_routes,
        proof_routes,
        batch_routes,
        file_routes,
        event_routes,
        spending_routes,
        operation_routes,
        chat_routes,
    ):
        app.include_router(routes.router)
    operation_routes.add_documentation(app)
    document_webhooks(app)
    page_routes.add_page(app)
    write_document(app, more=[BatchRequest, ChatRequest, ChatError])
    return app


def purchases_at(ledger: Path, database: str | None) -> LedgerAddress:
    """Returns where a service with this database keeps its purchases.

    That is the database itself if it is PostgreSQL, else the file `ledger`.
    """
    if database is None or database_url(database).drivername == "sqlite":
        return ledger.absolute()
    return database


def orders_file(ledger: Path) -> Path:
    """Returns the file of the orders whose purchases are in this ledger."""
    return ledger.with_name(f"{ledger.stem}-orders.sqlite")
