"""Telling a policy what a proof is worth."""

from __future__ import annotations

from prover_arb.core.protocols import Policy, Valuing
from prover_arb.errors import PolicyError


def at_value(policy: Policy, value: int | None) -> Policy:
    """The policy where a proof is worth `value` micro-dollars; None leaves it as it is.

    Raises:
        PolicyError: it does not go by what a proof is worth.
    """
    if value is None:
        return policy
    if not isinstance(policy, Valuing):
        raise PolicyError(
            f"policy {policy.name!r} has no index: schedule and schedule:FILE alone can share a "
            "batch's money, stop at a solve rate, or keep a deadline"
        )
    return policy.at(value)
