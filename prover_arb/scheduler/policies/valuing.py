"""Tells a policy what a proof is worth."""

from __future__ import annotations

from prover_arb.core.protocols import Policy, ValueAwarePolicy
from prover_arb.errors import PolicyError


def at_value(policy: Policy, value: int | None) -> Policy:
    """Returns the policy where a proof is worth `value` micro-dollars; None leaves it as it is.

    Raises:
        PolicyError: the policy does not depend on what a proof is worth.
    """
    if value is None:
        return policy
    if not isinstance(policy, ValueAwarePolicy):
        raise PolicyError(
            f"policy {policy.name!r} has no index; only schedule and schedule:FILE can share a "
            "batch budget, stop at a solve rate, or keep a deadline"
        )
    return policy.at(value)
