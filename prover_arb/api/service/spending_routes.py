"""The route for what a customer spent: by day, with what was charged and the margin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from prover_arb.api.problem_kinds import INVALID_REQUEST
from prover_arb.api.service.openapi_answers import ADMISSION, problems
from prover_arb.api.service.route_parts import service_of
from prover_arb.api.service.shapes import QueryInteger, Shape
from prover_arb.api.service.spending import DaySpending
from prover_arb.api.service.tenants import Proving
from prover_arb.api.service.usd import Dollars, SignedDollars, dollars

router = APIRouter(tags=["proofs"])


class SpendingSum(Shape):
    """What came of a number of orders that have ended."""

    orders: int
    """How many there are."""
    proved: int
    """How many of them were proved."""
    spent_usd: Dollars
    """What provers and the oracle were paid for them, in dollars."""
    charged_usd: Dollars
    """What you were charged for them, in dollars."""
    margin_usd: SignedDollars
    """What was charged beyond what was spent, in dollars; below 0 where less was charged, as for
    an order with `pay-on-proof` that found no proof."""


class SpendingDay(SpendingSum):
    """The orders that ended on one day."""

    day: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    """The day, in UTC."""


class SpendingOut(Shape):
    """What your orders came to, day by day."""

    object: Literal["spending"] = "spending"
    """The kind of this object."""
    since: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    """The first day that is counted, in UTC."""
    days: list[SpendingDay]
    """The days on which orders ended, oldest first."""
    total: SpendingSum
    """All of these days together."""


def _sums(days: Sequence[DaySpending]) -> dict[str, Any]:
    spent, charged = sum(day.spent for day in days), sum(day.charged for day in days)
    return {
        "orders": sum(day.orders for day in days),
        "proved": sum(day.proved for day in days),
        "spent_usd": dollars(spent),
        "charged_usd": dollars(charged),
        "margin_usd": dollars(charged - spent),
    }


_SUM: dict[str, Any] = {
    "orders": 12,
    "proved": 9,
    "spent_usd": "0.004200",
    "charged_usd": "0.004620",
    "margin_usd": "0.000420",
}

_EXAMPLE: dict[str, Any] = {
    "object": "spending",
    "since": "2026-10-29",
    "days": [_SUM | {"day": "2026-11-26"}],
    "total": _SUM,
}


@router.get(
    "/v1/spending",
    responses=problems(*ADMISSION, INVALID_REQUEST)
    | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
)
async def spending(
    *,
    tenant: Proving,
    request: Request,
    days: Annotated[
        QueryInteger, Query(description="How many days are counted, with today.", ge=1, le=365)
    ] = 30,
) -> SpendingOut:
    """Sums what your orders cost and what you were charged, by the day in UTC on which they ended.

    Orders that have not ended are not counted.
    """
    since = (datetime.now(UTC) - timedelta(days=days - 1)).date().isoformat()
    ended = await service_of(request).spending.since(tenant.id, since)
    return SpendingOut(
        since=since,
        days=[SpendingDay(day=day.day, **_sums([day])) for day in ended],
        total=SpendingSum(**_sums(ended)),
    )
