"""What the tools answer; the docstrings of fields are what an agent reads about them."""

from __future__ import annotations

from prover_arb.core.theorem import Certificate, Theorem, Value, Verdict


class Said(Value):
    """One message of Lean."""

    severity: str
    """`error`, `warning` or `information`."""
    line: int
    """The line in the candidate, from 1."""
    column: int
    """The column, from 0."""
    text: str
    """What Lean says."""


class Judged(Value):
    """The verdict on a candidate."""

    status: str
    """`proved`, `refuted`, `rejected`, `invalid_statement`, or `void` if the oracle failed."""
    reason: str | None
    """Why it was rejected."""
    detail: str
    """The same in one sentence."""
    axioms: tuple[str, ...]
    """The axioms that the proof rests on at most."""
    messages: tuple[Said, ...]
    """What Lean says about it."""

    @classmethod
    def of(cls, verdict: Verdict) -> Judged:
        """Returns what a tool answers of a verdict."""
        return cls(
            status=verdict.status,
            reason=verdict.reason,
            detail=verdict.detail,
            axioms=verdict.axioms,
            messages=tuple(
                Said(severity=m.severity, line=m.line, column=m.column, text=m.text)
                for m in verdict.messages
            ),
        )


class Bought(Value):
    """What became of an order for a proof."""

    status: str
    """`proved`, `refuted` (the statement is false), or another word if there is no proof."""
    proof: str | None
    """The whole proved theorem in Lean, accepted by the kernel; null without a proof."""
    axioms: tuple[str, ...]
    """The axioms that the proof rests on at most."""
    why_stopped: str
    """Why nothing more was bought."""
    spent_usd: str
    """What was spent, in dollars."""
    order: str
    """The order at the service, or the run in the ledger."""

    @classmethod
    def of(
        cls,
        status: str,
        certificate: Certificate | None,
        *,
        why_stopped: str,
        spent_usd: str,
        order: str,
    ) -> Bought:
        """Returns what a tool answers; `certificate` is that of the statement, if it is proved."""
        return cls(
            status=status,
            proof=None if certificate is None else _in_lean(certificate, certificate.theorem),
            axioms=() if certificate is None else certificate.axioms,
            why_stopped=why_stopped,
            spent_usd=spent_usd,
            order=order,
        )


class Seller(Value):
    """One prover on the market."""

    name: str
    """Its name, as in `single:NAME`."""
    most_usd: str
    """What one attempt costs at most, in dollars."""
    description: str = ""
    """What it sells."""
    solve_rate: float | None = None
    """The share of its recent attempts that are proofs, if that is known."""
    cost_per_solved_usd: str | None = None
    """What its recent attempts cost per proof, in dollars, if that is known."""


class Market(Value):
    """Who sells proofs."""

    sellers: tuple[Seller, ...]
    """Every prover."""


def _in_lean(certificate: Certificate, theorem: Theorem) -> str:
    text = certificate.candidate.as_lean(theorem)
    whole = certificate.candidate.kind == "file" or not theorem.preamble
    return text if whole else f"{theorem.preamble}\n\n{text}"
