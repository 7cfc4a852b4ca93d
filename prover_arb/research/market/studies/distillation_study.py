"""The study of students against their teacher, and of gatekeeping."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research import plots
from prover_arb.research.market.distillation import Student, gatekeeping, students
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, amount, number, percent, share, tell


def distillation_study(
    market: Market, *, teacher: str | None = None, tokens: dict[str, float] | None = None
) -> Study:
    """Returns the study of every other prover as a student of `teacher`.

    The teacher is the most expensive prover by default.

    Raises:
        InputError: the teacher is not on the market, or there is no other prover.
    """
    master = teacher or market.names[-1]
    if master not in market.names:
        raise InputError(f"--teacher: no prover {master!r}; there are {', '.join(market.names)}")
    if len(market.names) < 2:
        raise InputError("distillation needs a teacher and at least one student")
    results = students(market, master, tokens or {})
    best = max(results, key=lambda student: np.nan_to_num(student.mean_margin, nan=-1.0))
    sentences = _best_sentences(best, master)
    if all(np.isnan(student.tokens) for student in results):
        sentences.append(
            "The records do not say who was trained on what: every cheaper prover is taken for a "
            "student here."
        )
    gates = []
    if len(results) > 1:
        # The provider's own small model, and another one that was distilled from the dear one.
        cheap, distilled = best.name, next(s.name for s in results[::-1] if s.name != best.name)
        gates = gatekeeping(market, master, cheap, distilled)
        alone, together, copied = gates
        sentences += tell(
            "Gatekeeping: {master}'s provider earns {alone} per problem while it withholds a cheap "
            "model, {together} if it sold {cheap} beside it, and {copied} once others have "
            "distilled {distilled}.",
            master=master,
            cheap=cheap,
            distilled=distilled,
            alone=amount(alone.provider),
            together=amount(together.provider),
            copied=amount(copied.provider),
        )
    return Study(
        name="distillation",
        title="Students against their teacher",
        sentences=sentences,
        header=[
            "student",
            "training (tokens)",
            "mean margin (share of price)",
            "mean margin by one cascade",
            f"profit{market.per_problem}",
            "teacher loses (share of revenue)",
        ],
        rows=[
            [
                student.name,
                number(student.tokens, 4),
                percent(student.mean_margin),
                percent(student.mean_margin_of_one),
                number(student.profit),
                percent(student.teacher_loss),
            ]
            for student in results
        ],
        data={
            "teacher": master,
            "students": [
                {
                    "student": student.name,
                    "tokens": student.tokens,
                    "mean_margin": student.mean_margin,
                    "mean_margin_of_one_cascade": student.mean_margin_of_one,
                    "profit": student.profit,
                    "teacher_before": student.teacher_before,
                    "teacher_after": student.teacher_after,
                    "teacher_loss": student.teacher_loss,
                }
                for student in results
            ],
            "gatekeeping": [gate.__dict__ for gate in gates],
        },
        plots=_plots(market, results, gates),
    )


def _best_sentences(best: Student, teacher: str) -> list[str]:
    """Returns what the student with the widest mean margin does to its teacher's market."""
    if not best.mean_margin > 0:
        return [f"No student leaves a margin next to {teacher} at any solve rate that one sells."]
    sentences = tell(
        "Next to {teacher}, the student {best} leaves the widest mean margin, {margin} with the "
        "best cascade at each solve rate and {of_one} with one cascade for all of them.",
        teacher=teacher,
        best=best.name,
        margin=share(best.mean_margin),
        of_one=share(best.mean_margin_of_one),
    )
    taken = best.teacher_loss
    return sentences + tell(
        "Once an arbitrageur combines the two, the teacher {what} {taken} of its revenue.",
        otherwise=f"{teacher} sells no solve rate without an arbitrageur, so it has no revenue to "
        "lose.",
        what="loses" if taken >= 0 else "gains",
        taken=share(abs(taken)),
    )


def _plots(market: Market, results: list[Any], gates: list[Any]) -> list[Plot]:
    names = [
        f"{student.name}"
        if student.tokens == student.tokens
        else f"{student.name} (training unknown)"
        for student in results
    ]

    def against_training() -> Any:
        drawn = plots.figure(
            "student, least training first", "share of price or revenue", yaxis=plots.SHARE
        )
        drawn.add_bar(
            x=names,
            y=[student.mean_margin for student in results],
            name="arbitrageur's margin, best cascade at each rate",
            marker_color=plots.STRONG,
        )
        drawn.add_bar(
            x=names,
            y=[student.mean_margin_of_one for student in results],
            name="the same, one cascade for all rates",
            marker_color=plots.QUIET,
        )
        drawn.add_bar(
            x=names,
            y=[student.teacher_loss for student in results],
            name="teacher's loss",
            marker_color=plots.PALETTE[0],
        )
        drawn.update_traces(hovertemplate="%{y:.1%}")
        return drawn

    def gated() -> Any:
        drawn = plots.figure("", "amount" + market.per_problem, height=320)
        situations = [gate.situation for gate in gates]
        drawn.add_bar(
            x=situations,
            y=[gate.provider for gate in gates],
            name="dear provider earns",
            marker_color=plots.PALETTE[0],
        )
        drawn.add_bar(
            x=situations,
            y=[gate.customers for gate in gates],
            name="customers pay, competition at work",
            marker_color=plots.QUIET,
        )
        drawn.update_traces(hovertemplate="%{y:.4g}")
        return drawn

    drawn = [
        Plot(
            "distillation",
            "Mean margin over solve rates of an arbitrageur between the teacher and one student, "
            "and what the teacher loses by it.",
            against_training,
            {
                "student": names,
                "tokens": [student.tokens for student in results],
                "mean_margin": [student.mean_margin for student in results],
                "mean_margin_of_one_cascade": [student.mean_margin_of_one for student in results],
                "teacher_loss": [student.teacher_loss for student in results],
            },
        )
    ]
    if gates:
        drawn.append(
            Plot(
                "gatekeeping",
                "What the dear model's provider earns per problem when it sells that model only, a "
                "cheap one beside it, or withholds that while others sell a distilled one.",
                gated,
                {
                    "situation": [gate.situation for gate in gates],
                    "provider": [gate.provider for gate in gates],
                    "customers": [gate.customers for gate in gates],
                },
            )
        )
    return drawn
