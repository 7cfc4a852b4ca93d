"""The study of students against their teacher, and of gatekeeping."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research import plots
from prover_arb.research.market.distillation import gatekeeping, students
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, number, percent


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
    best = max(results, key=lambda student: student.mean_margin)
    sentences = [
        f"Next to {master}, the student {best.name} leaves the widest mean margin, "
        f"{percent(best.mean_margin)} with the best cascade at each solve rate and "
        f"{percent(best.mean_margin_of_one)} with one cascade for all of them, and takes "
        f"{percent(best.teacher_loss)} of the teacher's revenue once an arbitrageur combines the "
        "two."
    ]
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
        sentences.append(
            f"Gatekeeping: {master}'s provider earns {number(alone.provider)} per problem while it "
            f"withholds a cheap model ({number(together.provider)} if it sold {cheap} beside it), "
            f"but {number(copied.provider)} once others have distilled {distilled}."
        )
    return Study(
        name="distillation",
        title="Students against their teacher",
        sentences=sentences,
        header=[
            "student",
            "training",
            "mean margin",
            "by one cascade",
            "profit per problem",
            "teacher loses",
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
        plots=_plots(results, gates),
    )


def _plots(results: list[Any], gates: list[Any]) -> list[Plot]:
    names = [
        f"{student.name}"
        if student.tokens == student.tokens
        else f"{student.name} (training unknown)"
        for student in results
    ]

    def against_training() -> Any:
        drawn = plots.figure("student, least training first", "share", yaxis=plots.SHARE)
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
        drawn = plots.figure("", "per problem", height=320)
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
