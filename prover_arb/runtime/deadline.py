"""A proof by a deadline, or what was bought until then."""

from __future__ import annotations

import asyncio
from time import perf_counter

from prover_arb.broker.loop import Broker
from prover_arb.core.outcome import Outcome
from prover_arb.core.protocols import Policy
from prover_arb.core.theorem import Limits, Theorem
from prover_arb.scheduler import at_value

TOO_LATE = "the deadline has passed"


async def prove_by(
    broker: Broker,
    theorem: Theorem,
    *,
    policy: Policy,
    budget: int,
    run: str,
    seed: int,
    limits: Limits,
    abreast: int,
    deadline: float | None,
    final: bool = True,
) -> Outcome:
    """As `Broker.prove`, called off after `deadline` seconds; None is never.

    What a seller had delivered by then is still judged, since it is paid for.

    Raises:
        PolicyError: a deadline, and a policy that cannot be told to buy nothing more.
    """
    began = perf_counter()
    nothing_more = at_value(policy, None if deadline is None else 0)
    try:
        async with asyncio.timeout(deadline) as clock:
            return await broker.prove(
                theorem,
                policy=policy,
                budget=budget,
                run=run,
                seed=seed,
                limits=limits,
                abreast=abreast,
                final=final,
            )
    except TimeoutError:
        if not clock.expired():
            raise
    outcome = await broker.prove(
        theorem, policy=nothing_more, budget=budget, run=run, seed=seed, limits=limits
    )
    told: dict[str, object] = {"wall_ms": round((perf_counter() - began) * 1000)}
    if outcome.open:
        told["why_stopped"] = TOO_LATE
    return outcome.model_copy(update=told)
