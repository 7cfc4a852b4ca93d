"""Names the axioms of a proof in words."""

from __future__ import annotations

from collections.abc import Iterable

from prover_arb.core.theorem import Certificate, Verdict


def axioms_told(proof: Certificate | Verdict) -> str:
    """Returns the axioms of a proof in words that say how far they are known."""
    names = listed(proof.axioms)
    return names if proof.axioms_exact or not proof.axioms else f"at most {names}"


def listed(names: Iterable[str]) -> str:
    """Returns names separated by commas, or `none`."""
    return ", ".join(names) or "none"
