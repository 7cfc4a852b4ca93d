"""Gives quotes: has the statement read and the purchases planned, and stores what that comes to."""

from __future__ import annotations

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import INVALID_STATEMENT, UNKNOWN_QUOTE
from prover_arb.api.service.database.database import now
from prover_arb.api.service.gate import Gate
from prover_arb.api.service.market_keeper import MarketKeeper
from prover_arb.api.service.orders import ID
from prover_arb.api.service.quote_store import QuoteStore
from prover_arb.api.service.quotes import ProofQuote, QuoteTerms, new_quote
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.statement_errors import statement_errors
from prover_arb.api.service.tenants import Tenant
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.problems import refuse_unfounded
from prover_arb.runtime.marketplace import Marketplace


class Quoting:
    """Gives quotes for what a market sells, with a margin in millionths of the cost."""

    def __init__(
        self,
        keeper: MarketKeeper,
        quotes: QuoteStore,
        policies: RegisteredPolicies,
        checks: Gate,
        *,
        margin_ppm: int,
    ) -> None:
        self._keeper = keeper
        self._quotes = quotes
        self._policies = policies
        self._checks = checks
        self._margin_ppm = margin_ppm

    async def give(self, tenant: Tenant, terms: QuoteTerms) -> ProofQuote:
        """Returns what a proof would cost; nothing is bought.

        Raises:
            PolicyError: no policy is registered under this name, or it needs a prover that the
                market does not have.
            ProblemError: the statement rests on a gap of its preamble.
            InputError: the policy's purchases cannot be planned.
            Problem: the market is not open, Lean does not accept the statement, or the tenant has
                too many quotes.
        """
        market = self._keeper.market
        refuse_unfounded(terms.theorem)
        policy = self._policies.text(terms.policy)
        await market.check_policy(policy)
        await require_statement(market, self._checks, tenant, terms.theorem)
        job = ProofJob(policy=policy, budget=terms.budget, run="quote", seed=terms.seed)
        with self._checks.hold(tenant.id):
            plan = await market.plan(terms.theorem, job)
        quote = new_quote(
            terms, plan, tenant=tenant.id, created_at=now(), margin_ppm=self._margin_ppm
        )
        await self._quotes.add(quote)
        return quote

    async def given(self, tenant: Tenant, quote_id: str) -> ProofQuote:
        """Returns a quote of this tenant.

        Raises:
            Problem: it has none with this id, whoever else may have one.
        """
        quote = await self._quotes.get(tenant.id, quote_id) if ID.fullmatch(quote_id) else None
        if quote is None:
            raise Problem(UNKNOWN_QUOTE, f"There is no quote {quote_id!r}")
        return quote

    async def settled(self) -> list[tuple[float, bool]]:
        """Returns the probability of every quote that was ordered, and whether it was proved."""
        return await self._quotes.settled()


async def require_statement(
    market: Marketplace, checks: Gate, tenant: Tenant, theorem: Theorem
) -> None:
    """Raises Problem if Lean does not accept the statement, or too much is checked already."""
    with checks.hold(tenant.id):
        check = await market.inspect(theorem, customer=tenant.customer)
    if not check.elaborates and not check.timed_out:
        errors = statement_errors(theorem, check)
        raise Problem(INVALID_STATEMENT, check.reason, errors=errors)
