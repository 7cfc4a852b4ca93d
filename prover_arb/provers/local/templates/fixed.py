"""Scripts that are tried on every goal, the likeliest per second first."""

from __future__ import annotations

from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal

FIRST = (
    "intros; omega",
    "intros; grind",
    "intros; simp_all; done",
)

_COMPUTED = "decide +kernel"

LATER = (
    "simp_all +arith; done",
    "subst_vars; grind",
    "simp_all; grind",
    "simp_all; omega",
    "grind (splits := 20) (ematch := 10) (gen := 12)",
    "simp_all [Finset.sum_range_succ, Finset.prod_range_succ, Nat.factorial_succ]; done",
    "simp_all [Finset.sum_range_succ, Nat.factorial_succ]; grind",
    "simp_all [Nat.pow_succ, Nat.mul_mod, Nat.add_mod, Nat.pow_mod]; done",
    "refine ⟨?_, ?_⟩ <;> first | omega | grind | (simp_all; done)",
    "norm_cast at *; first | omega | grind",
    "push_cast at *; first | omega | grind",
)


def first(*, closed: bool) -> tuple[str, ...]:
    """FIRST, after an attempt to compute a statement without variables."""
    return (_COMPUTED, *FIRST) if closed else FIRST


def later(_: Goal) -> Iterator[str]:
    """What is left to try on any goal."""
    yield from LATER
