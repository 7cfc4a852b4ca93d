"""The study of `prover-arb distill evaluate`: students of several sizes beside their teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.seeded_attempts import SeededAttempts
from prover_arb.research.market.student_figures import Estimate, StudentFigures
from prover_arb.research.study import Plot, Study, count, percent, share, tell

SHARES = {
    "margin": "arbitrageur's margin, one cascade for all rates",
    "margin_at_each_rate": "the same, best cascade at each rate",
    "teacher_loss": "teacher's loss to the arbitrageur",
    "teacher_loss_to_both": "teacher's loss to student and arbitrageur",
}
BOUGHT = {
    "solve_share": "theorems solved, of the teacher's",
    "cost_share": "cost per theorem, of the teacher's",
    "schedule_ratio": "cost under schedule, of the cheaper of the two at equal solve rate",
}


def students_study(
    teacher: SeededAttempts,
    figures: Sequence[StudentFigures],
    *,
    seeds: Sequence[int],
    draws: int,
    band: tuple[float, float],
) -> Study:
    """Returns the study of students, the least trained first.

    Args:
        teacher: the attempts of the teacher.
        figures: what each student does beside it.
        seeds: the random seeds that the figures are means over.
        draws: attempts of a student for each theorem and seed.
        band: the lowest and the highest solve rate of the market.
    """
    solved, cost, cpu_s = (float(values.mean(axis=0).sum()) for values in teacher.until_proved())
    theorems = len(teacher.theorems)
    return Study(
        name="students",
        title=(
            f"{teacher.prover} proves {solved:g} of {theorems} for ${cost:.6f}; students: up to "
            f"{draws} draws, {len(seeds)} seeds"
        ),
        sentences=_sentences(teacher.prover, figures, band),
        header=[
            "student", "theorems learnt", "tokens", "solved", "of the teacher's", "of its cost",
            "margin, one cascade", "margin, each rate", "teacher loses", "under schedule",
        ],
        rows=[
            [
                row.student,
                str(row.learnt),
                str(row.tokens),
                _text(row.solved, lambda value: f"{value:.1f}"),
                *(
                    _text(figure)
                    for figure in (
                        row.solve_share, row.cost_share, row.margin, row.margin_at_each_rate,
                        row.teacher_loss, row.schedule_ratio,
                    )
                ),
            ]
            for row in figures
        ],
        data={
            "teacher": teacher.prover,
            "theorems": theorems,
            "teacher_solved": solved,
            "teacher_cost_usd": cost,
            "teacher_cpu_s": cpu_s,
            "seeds": list(seeds),
            "draws": draws,
            "solve_rates": list(band),
            "primary": "margin",
            "students": [asdict(row) for row in figures],
        },
        plots=[
            _plot(
                "training",
                figures,
                SHARES,
                "What an arbitrageur between the teacher and one student keeps, and what the "
                "teacher loses, against the tokens that the student learnt from. Bars are 95% "
                "intervals over theorems.",
            ),
            _plot(
                "students",
                figures,
                BOUGHT,
                "What students solve and cost beside their teacher, and what the schedule policy "
                "costs that buys from both. Bars are 95% intervals over theorems.",
            ),
        ],
    )  # fmt: skip


def _text(figure: Estimate, written: Any = percent) -> str:
    """A figure with its interval over theorems."""
    low, high = figure.over_theorems
    if not np.isfinite([figure.mean, low, high]).all():
        return written(figure.mean) if np.isfinite(figure.mean) else "-"
    return f"{written(figure.mean)} [{written(low)}, {written(high)}]"


def _sentences(
    teacher: str, figures: Sequence[StudentFigures], band: tuple[float, float]
) -> list[str]:
    """Returns what the figures say, of which the margin by one cascade is the primary one."""
    sentences = [
        f"Solve rates from {band[0]:.1%} to {band[1]:.1%} of the theorems. Brackets are 95% "
        "intervals over theorems; the data has those over seeds, too."
    ]
    for row in figures:
        low, high = row.margin.over_seeds
        sentences += tell(
            "{student}, {tokens} tokens: between it and {teacher} an arbitrageur keeps {margin} of "
            "the price (95% interval over seeds {low} to {high}), and the teacher loses {loss} of "
            "its revenue, {both} against a market without the student.",
            student=row.student,
            tokens=count(row.tokens),
            teacher=teacher,
            margin=share(row.margin.mean),
            low=share(low),
            high=share(high),
            loss=share(row.teacher_loss.mean),
            both=share(row.teacher_loss_to_both.mean),
        )
        ratio, (least, most) = row.schedule_ratio.mean, row.schedule_ratio.over_seeds
        if np.isfinite(ratio):
            sentences.append(
                f"Under schedule, fitted on other theorems, both cost {ratio:.2f} times what the "
                f"cheaper of the two costs at equal solve rate (over seeds {least:.2f} to "
                f"{most:.2f})."
            )
    return sentences


def _plot(
    name: str, figures: Sequence[StudentFigures], drawn: dict[str, str], caption: str
) -> Plot:
    tokens = [row.tokens for row in figures]

    def draw() -> Any:
        figure = plots.figure(
            "tokens of the proofs learnt from", "share", xaxis=plots.LOG, yaxis=plots.SHARE
        )
        colours = plots.colours(list(drawn))
        for field, label in drawn.items():
            estimates: list[Estimate] = [getattr(row, field) for row in figures]
            means = [estimate.mean for estimate in estimates]
            plots.line(
                figure, tokens, means, label, colours[field], mode="lines+markers",
                hover="%{y:.1%}",
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [e.over_theorems[1] - e.mean for e in estimates],
                    "arrayminus": [e.mean - e.over_theorems[0] for e in estimates],
                    "thickness": 1,
                },
            )  # fmt: skip
        return figure

    columns: dict[str, Any] = {"student": [row.student for row in figures], "tokens": tokens}
    for field in drawn:
        for part in fields(Estimate):
            values = [getattr(getattr(row, field), part.name) for row in figures]
            if part.name == "mean":
                columns[field] = values
            else:
                columns[f"{field}_{part.name}_low"] = [low for low, _ in values]
                columns[f"{field}_{part.name}_high"] = [high for _, high in values]
    return Plot(name, caption, draw, columns)
