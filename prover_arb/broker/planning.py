"""Plans what a policy would buy for a theorem, without buying it.

The policy is asked again and again, as it would be while it buys, and every attempt is assumed to
fail and to cost what is expected of it. Chances and costs come from the records of the `schedule`
policy (prospects.py), whichever policy buys. Repairs are not planned, for nobody knows yet what
will have failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from prover_arb.broker.prospects import Prospect, Prospects
from prover_arb.core.history import History, PurchaseOutcome
from prover_arb.core.money import MicroUSD, format_usd
from prover_arb.core.plan import Plan, PlannedPurchase
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy, Prover, Repairer, SlicedProver
from prover_arb.core.purchases import Buy, Quote, State, Stop
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError
from prover_arb.oracle.budgeted import Checker
from prover_arb.scheduler import IndexPolicy

MOST_STEPS = 100
"""How many purchases are planned at most."""


def plan_purchases(
    theorem: Theorem,
    policy: Policy,
    job: ProofJob,
    *,
    model: IndexPolicy,
    provers: Sequence[Prover | Repairer],
    checker: Checker,
    refuter: Prover | None,
    history: History,
) -> Plan:
    """Returns what `policy` would buy by the terms of `job`; `model` says what that promises.

    Raises:
        InputError: the policy buys by auction, where prices are not posted.
    """
    if policy.procurement == "auction":
        raise InputError(
            f"policy: {policy.name!r} buys by auction, and its purchases cannot be planned; ask "
            "for a quote with another policy"
        )
    sellers = [prover for prover in provers if not isinstance(prover, Repairer)]
    unused = None if refuter is None else refuter.quote(theorem)
    past: list[PurchaseOutcome] = []
    steps: list[PlannedPurchase] = []
    words: list[str] = []
    prospects: Prospects | None = None
    hidden, why, unplanned = 0, "", False
    while True:
        left = job.budget - hidden - sum(bought.cost for bought in past)
        quotes = on_sale(sellers, theorem, past)
        candidates = max((quote.candidates for quote in quotes), default=1)
        reserve = checker.verification_reserve(max(0, left), job.limits, candidates)
        state = State(
            theorem=theorem,
            budget=MicroUSD(job.budget - hidden),
            past=tuple(past),
            quotes=tuple(quotes),
            spendable=MicroUSD(max(0, left - reserve)),
            refuter=unused,
            history=history,
            seed=job.seed,
        )
        if prospects is None:
            prospects = Prospects(model.index_for(state), theorem)
            words = _about_provers(prospects, quotes)
        decision = policy.decide(state)
        if isinstance(decision, Stop):
            why = decision.why
            break
        if left - reserve <= 0:
            why = "the budget is spent"
            break
        if len(steps) == MOST_STEPS:
            unplanned = True
            break
        if unused is not None and decision.prover == unused.prover:
            steps.append(_refutation(decision, reserve))
            hidden += decision.budget
            unused = None
            continue
        step, outcome = _assumed_failure(decision, state, prospects, reserve)
        steps.append(step)
        past.append(outcome)
    return Plan(
        budget=job.budget,
        purchases=tuple(steps),
        why_stopped=why,
        unplanned=unplanned,
        provers=tuple(words),
    )


def on_sale(
    sellers: Sequence[Prover], theorem: Theorem, past: Sequence[PurchaseOutcome]
) -> list[Quote]:
    """Returns the quotes after the failed purchases `past`; attempts go on to their last slice."""
    quotes = []
    for prover in sellers:
        bought = [outcome for outcome in past if outcome.prover == prover.name]
        if isinstance(prover, SlicedProver) and prover.slices:
            last = bought[-1].slice if bought else None
            following = 0 if last is None else (last + 1) % prover.slices
            resume = f"after slice {last}" if following else ""
            quote = prover.resuming(Slice(index=following, resume=resume)).quote(theorem)
        else:
            quote = prover.quote(theorem)
        sold = sum(not outcome.slice for outcome in bought)
        if quote.slice or quote.max_attempts is None or sold < quote.max_attempts:
            quotes.append(quote)
    return quotes


def _refutation(buy: Buy, reserve: int) -> PlannedPurchase:
    """Returns the step that asks whether the statement is false; it is no chance of a proof."""
    return PlannedPurchase(
        product=buy.prover,
        chance=0.0,
        cost=buy.budget,
        worst_case=MicroUSD(buy.budget + reserve),
    )


def _about_provers(prospects: Prospects, quotes: Sequence[Quote]) -> list[str]:
    """Says what the first attempt of every prover promises, the best chance for a dollar first.

    No recorded theorem is named, for customers read it.
    """
    first = [(quote.product, prospects.of(quote.product, quote.worst_case)) for quote in quotes]
    first.sort(key=lambda promised: -promised[1].chance / promised[1].cost)
    return [
        f"{product}: a first attempt is a proof with chance {promised.chance:.1%}, and is expected "
        f"to cost {format_usd(_rounded(promised))}."
        for product, promised in first
    ]


def _assumed_failure(
    buy: Buy, state: State, prospects: Prospects, reserve: int
) -> tuple[PlannedPurchase, PurchaseOutcome]:
    """Returns the step of a purchase, and the purchase as it is remembered when it failed."""
    quote = next(quote for quote in state.quotes if quote.prover == buy.prover)
    given = min(buy.budget, quote.worst_case, state.spendable)
    promised = prospects.of(quote.product, quote.worst_case)
    # An attempt that may cost less than its worst case ends early: its chance shrinks likewise.
    share = given / max(1, quote.worst_case)
    prospects.fail(quote.product, share)
    cost = MicroUSD(min(given + reserve, _rounded(promised)))
    step = PlannedPurchase(
        product=quote.product,
        chance=min(1.0, max(0.0, promised.chance * share)),
        cost=cost,
        worst_case=MicroUSD(given + reserve),
    )
    outcome = PurchaseOutcome(
        prover=buy.prover,
        cost=cost,
        status="rejected",
        offered=MicroUSD(given),
        slice=quote.slice,
    )
    return step, outcome


def _rounded(promised: Prospect) -> MicroUSD:
    return MicroUSD(max(1, math.ceil(promised.cost)))
