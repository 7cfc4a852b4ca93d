"""Students against their teacher, and gatekeeping."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research.market.distillation import gatekeeping, students
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, number, percent


def distillation_study(
    market: Market, *, teacher: str | None = None, tokens: dict[str, float] | None = None
) -> Study:
    """Every other prover as a student of `teacher` (the dearest if absent).

    Raises:
        InputError: the teacher is not on the market, or there is nobody to teach.
    """
    master = teacher or market.names[-1]
    if master not in market.names:
        raise InputError(f"--teacher: no prover {master!r}; there are {', '.join(market.names)}")
    if len(market.names) < 2:
        raise InputError("distillation needs a teacher and at least one student")
    found = students(market, master, tokens or {})
    best = max(found, key=lambda one: one.mean_margin)
    sentences = [
        f"Next to {master}, the student {best.name} leaves the widest mean margin, "
        f"{percent(best.mean_margin)}, and takes {percent(best.teacher_loss)} of the teacher's "
        "revenue once an arbitrageur combines the two."
    ]
    if all(np.isnan(one.tokens) for one in found):
        sentences.append(
            "The records do not say who was trained on what: every cheaper prover is taken for a "
            "student here."
        )
    gates = []
    if len(found) > 1:
        # The provider's own small model, and another one that was distilled from the dear one.
        cheap, distilled = best.name, next(s.name for s in found[::-1] if s.name != best.name)
        gates = gatekeeping(market, master, cheap, distilled)
        alone, both, copied = gates
        sentences.append(
            f"Gatekeeping: {master}'s provider earns {number(alone.provider)} per problem while it "
            f"withholds a cheap model ({number(both.provider)} if it sold {cheap} beside it), but "
            f"{number(copied.provider)} once others have distilled {distilled}."
        )
    return Study(
        name="distillation",
        title="Students against their teacher",
        sentences=sentences,
        header=["student", "training", "mean margin", "profit per problem", "teacher loses"],
        rows=[
            [
                one.name,
                number(one.tokens, 4),
                percent(one.mean_margin),
                number(one.profit),
                percent(one.teacher_loss),
            ]
            for one in found
        ],
        data={
            "teacher": master,
            "students": [
                {
                    "student": one.name,
                    "tokens": one.tokens,
                    "mean_margin": one.mean_margin,
                    "profit": one.profit,
                    "teacher_before": one.teacher_before,
                    "teacher_after": one.teacher_after,
                    "teacher_loss": one.teacher_loss,
                }
                for one in found
            ],
            "gatekeeping": [one.__dict__ for one in gates],
        },
        plots=_plots(found, gates),
    )


def _plots(found: list[Any], gates: list[Any]) -> list[Plot]:
    names = [
        f"{one.name}" if one.tokens == one.tokens else f"{one.name} (training unknown)"
        for one in found
    ]

    def against_training() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure("student, least training first", "share", yaxis=plots.SHARE)
        drawn.add_bar(
            x=names,
            y=[one.mean_margin for one in found],
            name="arbitrageur's margin",
            marker_color=plots.STRONG,
        )
        drawn.add_bar(
            x=names,
            y=[one.teacher_loss for one in found],
            name="teacher's loss",
            marker_color=plots.PALETTE[0],
        )
        drawn.update_traces(hovertemplate="%{y:.1%}")
        return drawn

    def gated() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure("", "per problem", height=320)
        situations = [one.situation for one in gates]
        drawn.add_bar(
            x=situations,
            y=[one.provider for one in gates],
            name="dear provider earns",
            marker_color=plots.PALETTE[0],
        )
        drawn.add_bar(
            x=situations,
            y=[one.customers for one in gates],
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
                "tokens": [one.tokens for one in found],
                "mean_margin": [one.mean_margin for one in found],
                "teacher_loss": [one.teacher_loss for one in found],
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
                    "situation": [one.situation for one in gates],
                    "provider": [one.provider for one in gates],
                    "customers": [one.customers for one in gates],
                },
            )
        )
    return drawn
