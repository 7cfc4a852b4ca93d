"""From one or several runs to one HTML page that needs no network, and the figures as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prover_arb.bench.rows import Row, write_atomic
from prover_arb.bench.runs import Run, RunFolder, load_run
from prover_arb.bench.summary import Margin, PolicySummary, by_policy, margins, summarise
from prover_arb.errors import RunError
from prover_arb.money import format_usd

TEMPLATE = Path(__file__).with_name("report.html.j2")


def load_runs(paths: Sequence[Path]) -> list[Run]:
    """The runs to report on.

    Raises:
        RunError: a folder without a run, without a single row, or given twice.
    """
    runs = [load_run(path) for path in paths]
    for run in runs:
        if not run.rows:
            raise RunError(f"{run.folder}: no results in it yet")
    if len({run.folder.resolve() for run in runs}) < len(runs):
        raise RunError("the same run is given twice")
    return runs


def labelled(runs: Sequence[Run]) -> dict[str, list[Row]]:
    """Rows by policy; with several runs the run's name goes before the policy's."""
    groups: dict[str, list[Row]] = {}
    for run in runs:
        for policy, rows in by_policy(run.rows).items():
            groups[policy if len(runs) == 1 else f"{run.folder.name} / {policy}"] = rows
    return groups


def summaries(runs: Sequence[Run]) -> list[tuple[str, PolicySummary]]:
    """One summary per run and policy, with its label."""
    return [(label, summarise(rows)[0]) for label, rows in labelled(runs).items()]


def all_margins(run: Run) -> list[Margin]:
    """Margins of a run, before and after the cost of verification."""
    found = [*margins(run.rows, net=False), *margins(run.rows, net=True)]
    return sorted(found, key=lambda margin: run.config.policies.index(margin.policy))


def summary_json(run: Run) -> dict[str, Any]:
    """What summary.json holds; amounts in micro-dollars."""
    return {
        "config": run.config.model_dump(mode="json"),
        "complete": run.complete,
        "theorems": run.config.theorems,
        "skipped": len(run.skipped),
        "policies": [
            {
                **one.model_dump(mode="json"),
                "total": one.total,
                "solve_rate": one.solve_rate,
                "cost_per_solved": one.cost_per_solved,
                "solved_per_dollar": one.solved_per_dollar,
            }
            for one in summarise(run.rows)
        ],
        "margins": [
            {**one.model_dump(mode="json"), "margin": one.margin} for one in all_margins(run)
        ],
    }


def write_run_report(folder: RunFolder) -> Run:
    """Write summary.json and report.html of a run, from its rows."""
    run = load_run(folder.path)
    write_atomic(folder.summary, json.dumps(summary_json(run), indent=2) + "\n")
    if run.rows:
        write_report([run], folder.report)
    return run


def write_report(runs: Sequence[Run], path: Path) -> None:
    """Write one page about the runs, with plotly's own code inside."""
    # Both take a while to import, and only a report needs them.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    from prover_arb.bench import plots, tables  # noqa: PLC0415

    groups = labelled(runs)
    figures = summaries(runs)
    drawn = {
        "curve": plots.cost_against_solve_rate(groups),
        "money": plots.where_money_went(figures),
        "map": plots.who_solved_what(groups),
        "stages": plots.time_per_stage(figures),
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        runs=runs,
        groups=groups,
        summaries=figures,
        cells=tables.policy_cells,
        margins=[(run, margin) for run in runs for margin in all_margins(run)],
        margin_line=tables.margin_line,
        theorems=plots.by_difficulty(groups),
        found={label: {row.theorem: row for row in rows} for label, rows in groups.items()},
        usd=format_usd,
        duration=tables.duration,
        link=lambda label, row: _certificate_link(runs, label, row, path),
        plots={
            name: figure.to_html(
                full_html=False,
                include_plotlyjs=False,
                div_id=f"plot-{name}",
                config={"displayModeBar": False, "responsive": True},
            )
            for name, figure in drawn.items()
        },
        plotly_js=get_plotlyjs(),
    )
    write_atomic(path, page)


def _certificate_link(runs: Sequence[Run], label: str, row: Row, page: Path) -> str:
    """Where a row's certificate lies, seen from the page; empty when it has none."""
    if not row.certificate:
        return ""
    run = runs[0]
    if len(runs) > 1:
        run = next(run for run in runs if label.startswith(f"{run.folder.name} / "))
    target = run.folder / row.certificate
    return Path(os.path.relpath(target.resolve(), page.resolve().parent)).as_posix()
