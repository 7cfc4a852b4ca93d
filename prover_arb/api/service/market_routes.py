"""The routes for the market: who sells attempts, at which prices, what came of them lately, and the
policies that may buy them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from prover_arb.api.problem_kinds import INVALID_REQUEST, MARKET_FAILED, NOT_READY
from prover_arb.api.service.market_figures import Sales
from prover_arb.api.service.openapi_answers import ADMISSION, problems
from prover_arb.api.service.registered_policies import STANDARD
from prover_arb.api.service.route_parts import service_of
from prover_arb.api.service.shapes import QueryInteger, Shape
from prover_arb.api.service.tenants import Proving
from prover_arb.api.service.usd import Dollars, dollars
from prover_arb.core.purchases import Quote

router = APIRouter(tags=["quotes"])


class ProverOut(Shape):
    """A prover on the market, and what it sold on this server, to all its customers."""

    prover: str
    """Its name; the policy `single:NAME` buys from it alone."""
    price_usd: Dollars
    """What an attempt on a short statement costs at most, in dollars, without its verification."""
    slices_usd: list[Dollars]
    """What the slices of an attempt come to one after another, in dollars; empty if it is sold
    whole."""
    attempts: int
    """Attempts that were judged."""
    proved: int
    """How many of them are proofs."""
    solve_rate: float | None
    """The share that are proofs; null without attempts. Easy theorems are asked of cheap provers
    first, so that the rates of two provers are of different theorems."""
    spent_usd: Dollars
    """What was paid for all its attempts and their verification, in dollars."""
    cost_per_solved_usd: Dollars | None
    """That per proof, in dollars, rounded up to 0.000001; null without proofs."""


class MarketOut(Shape):
    """The provers on the market."""

    object: Literal["market"] = "market"
    """The kind of this object."""
    since: str
    """The time from which attempts are counted: ISO 8601, UTC."""
    provers: list[ProverOut]
    """Cheapest first."""


def prover_out(quote: Quote, sales: Sales) -> ProverOut:
    """Returns what the API shows of a prover with this quote, which sold so much."""
    per_proof = sales.cost_per_proof
    return ProverOut(
        prover=quote.prover,
        price_usd=dollars(quote.whole),
        slices_usd=[dollars(price) for price in quote.slices],
        attempts=sales.attempts,
        proved=sales.proofs,
        solve_rate=sales.solve_rate,
        spent_usd=dollars(sales.spent),
        cost_per_solved_usd=None if per_proof is None else dollars(per_proof),
    )


_EXAMPLE: dict[str, Any] = {
    "object": "market",
    "since": "2026-10-27T21:00:00.000+00:00",
    "provers": [
        {
            "prover": "flash",
            "price_usd": "0.000028",
            "slices_usd": [],
            "attempts": 250,
            "proved": 120,
            "solve_rate": 0.48,
            "spent_usd": "0.001800",
            "cost_per_solved_usd": "0.000015",
        }
    ],
}


@router.get(
    "/v1/market",
    responses=problems(*ADMISSION, INVALID_REQUEST, MARKET_FAILED, NOT_READY)
    | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
)
async def market(
    *,
    _tenant: Proving,
    request: Request,
    days: Annotated[
        QueryInteger,
        Query(description="From how many days back attempts are counted.", ge=1, le=365),
    ] = 30,
) -> MarketOut:
    """Lists the provers with their prices, and how often and at which cost they proved lately."""
    since = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    offered = await service_of(request).market_since(since)
    return MarketOut(since=since, provers=[prover_out(quote, sales) for quote, sales in offered])


class PolicyOut(Shape):
    """A policy that a request may name."""

    name: str
    """Give it as `policy`."""
    description: str
    """What it buys, in words; empty for those that the operator registered."""
    quoted: bool
    """Whether `POST /v1/quotes` takes it."""
    refute_first: bool
    """Whether `refute+` may stand before its name; it is then asked first whether the statement is
    false."""


class PolicyList(Shape):
    """The policies of this server, without `single:PROVER`, of which there is one per prover."""

    object: Literal["list"] = "list"
    """The kind of this object."""
    data: list[PolicyOut]
    """Those that the operator registered, then those that every server has."""


_POLICIES: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "name": "cascade",
            "description": STANDARD["cascade"],
            "quoted": True,
            "refute_first": True,
        }
    ],
}


@router.get(
    "/v1/policies",
    responses=problems(*ADMISSION)
    | {200: {"content": {"application/json": {"example": _POLICIES}}}},
)
async def policies(_tenant: Proving, request: Request) -> PolicyList:
    """Lists the policies that orders and quotes may name, beside `single:PROVER`."""
    registered = service_of(request).policies
    return PolicyList(
        data=[
            PolicyOut(
                name=name,
                description=STANDARD.get(name, ""),
                quoted=registered.quoted(name),
                refute_first=name in STANDARD,
            )
            for name in registered.listed
        ]
    )
