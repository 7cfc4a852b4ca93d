"""Reports one or several runs: one HTML page that needs no network, and the figures as JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prover_arb.bench import report_plots, tables
from prover_arb.bench.equal_solve_rate import Comparison, comparison_lines, comparisons
from prover_arb.bench.result_rows import Row
from prover_arb.bench.runs import Run, RunFolder, load_run
from prover_arb.bench.summary import (
    Margin,
    PolicySummary,
    by_policy,
    clairvoyant,
    margins,
    summarise,
)
from prover_arb.broker.conduct import conduct_lines
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import format_usd
from prover_arb.core.rejections import Answer, by_prover, rejection_lines
from prover_arb.errors import RunError

jinja2 = lazy_module("jinja2")
plotly_offline = lazy_module("plotly.offline")

TEMPLATE = Path(__file__).with_name("report.html.j2")


def load_runs(paths: Sequence[Path]) -> list[Run]:
    """Reads the runs to report on.

    Raises:
        RunError: a folder has no run, a run has no row, or one is given twice.
    """
    runs = [load_run(path) for path in paths]
    for run in runs:
        if not run.rows:
            raise RunError(f"{run.folder}: no results in it yet")
    if len({run.folder.resolve() for run in runs}) < len(runs):
        raise RunError("the same run is given twice")
    return runs


@dataclass(frozen=True)
class Series:
    """The rows of one policy in one run."""

    label: str
    """The policy, "(replayed)" after it in a replay, and the run before it if there are several."""
    run: Run
    rows: list[Row]


def series(runs: Sequence[Run]) -> list[Series]:
    """Returns a series for each run and policy, in order."""
    names = [run.folder.resolve().name for run in runs]
    if len(set(names)) < len(names):
        names = [str(run.folder) for run in runs]
    return [
        Series(_label(policy, run, name if len(runs) > 1 else ""), run, rows)
        for name, run in zip(names, runs, strict=True)
        for policy, rows in by_policy(run.rows).items()
    ]


def _label(policy: str, run: Run, name: str) -> str:
    ending = "" if run.config.replay is None else " (replayed)"
    return (f"{name} / " if name else "") + policy + ending


def summaries(runs: Sequence[Run]) -> list[tuple[str, PolicySummary]]:
    """Returns a summary for each run and policy, with its label."""
    return [(group.label, summarise(group.rows, group.run.overheads)[0]) for group in series(runs)]


def all_margins(run: Run) -> list[Margin]:
    """Returns the margins of a run, without and with the cost of verification."""
    both = [
        margin
        for net in (False, True)
        for margin in margins(run.rows, net=net, overheads=run.overheads)
    ]
    return sorted(both, key=lambda margin: run.config.policies.index(margin.policy))


def summary_json(run: Run) -> dict[str, Any]:
    """Returns what summary.json holds; amounts are in micro-dollars."""
    compared = {
        comparison.policy: comparison for comparison in comparisons(run.rows, run.overheads)
    }
    return {
        "config": run.config.model_dump(mode="json"),
        "replayed": run.config.replay is not None,
        "complete": run.complete,
        "theorems": run.config.theorems,
        "rows": run.config.rows,
        "unread": len(run.unread),
        "unread_by_kind": dict(Counter(row.kind for row in run.unread)),
        "skipped": len(run.not_elaborated),
        "not_judged": len(run.not_judged),
        "policies": [
            {
                **summary.model_dump(mode="json"),
                "total": summary.total,
                "judged": summary.judged,
                "solve_rate": summary.solve_rate,
                "cost_per_solved": summary.cost_per_solved,
                "solved_per_dollar": summary.solved_per_dollar,
                **_compared(compared.get(summary.policy)),
            }
            for summary in summarise(run.rows, run.overheads)
        ],
        "clairvoyant": clairvoyant(run.rows).model_dump(mode="json"),
        "answers": [answers.model_dump(mode="json") for answers in by_prover(answers_in(run))],
        "margins": [
            {**margin.model_dump(mode="json"), "margin": margin.margin}
            for margin in all_margins(run)
        ],
    }


def _compared(comparison: Comparison | None) -> dict[str, Any]:
    """Returns a policy's costs at equal solve rate; null if there is nothing to compare with."""
    if comparison is None:
        return {"against_best_single": None, "against_best_cascade": None}
    return comparison.model_dump(mode="json", exclude={"policy"})


def prover_lines(run: Run) -> list[str]:
    """Says of which provers a run buys nothing more, and which billed more than agreed."""
    path = RunFolder(run.folder).ledger
    if not path.exists():
        return []
    with closing(SqliteLedger(path)) as ledger:
        return conduct_lines(ledger.dealings(run.config.run))


def answers_in(run: Run) -> list[Answer]:
    """Returns what became of every answer that a run bought, from its ledger."""
    path = RunFolder(run.folder).ledger
    if not path.exists():
        return []
    with closing(SqliteLedger(path)) as ledger:
        return ledger.answers(run.config.run)


def why_lines(run: Run) -> list[str]:
    """Says why what a run bought is no proof, prover by prover."""
    return rejection_lines(answers_in(run))


def write_run_report(folder: RunFolder) -> Run:
    """Writes summary.json and report.html of a run, from its rows."""
    run = load_run(folder.path)
    write_atomic(folder.summary, json.dumps(summary_json(run), indent=2) + "\n")
    if run.rows:
        write_report([run], folder.report)
    return run


def write_report(runs: Sequence[Run], path: Path) -> None:
    """Writes one page about the runs, which includes the code of plotly."""
    labelled = {group.label: group for group in series(runs)}
    groups = {label: group.rows for label, group in labelled.items()}
    figures = summaries(runs)
    own = {label: summary.deciding_cost + summary.learning_cost for label, summary in figures}
    compute = any(summary.flops for _, summary in figures)
    drawn = {
        "curve": report_plots.cost_against_solve_rate(groups, own),
        "money": report_plots.where_money_went(figures),
        "map": report_plots.who_solved_what(groups),
        "stages": report_plots.time_per_stage(figures),
    }
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        runs=runs,
        groups=groups,
        summaries=figures,
        headings=tables.policy_headings(compute=compute),
        cells=partial(tables.policy_cells, compute=compute),
        margins=[(run, margin) for run in runs for margin in all_margins(run)],
        margin_line=tables.margin_line,
        equal_rates=[
            (run, line) for run in runs for line in comparison_lines(run.rows, run.overheads)
        ],
        overhead_lines=tables.overhead_lines(figures),
        refuted_lines=tables.refuted_lines,
        void_lines=tables.void_lines,
        prover_lines=prover_lines,
        why_lines=why_lines,
        bounds=[(run, tables.bound_line(clairvoyant(run.rows))) for run in runs],
        theorems=report_plots.by_difficulty(groups),
        titles={row.theorem: row.title for rows in groups.values() for row in rows if row.title},
        found={label: {row.theorem: row for row in rows} for label, rows in groups.items()},
        usd=format_usd,
        duration=tables.duration,
        link=lambda label, row: _certificate_link(labelled[label].run, row, path),
        plots={
            name: figure.to_html(
                full_html=False,
                include_plotlyjs=False,
                div_id=f"plot-{name}",
                config={"displayModeBar": False, "responsive": True},
            )
            for name, figure in drawn.items()
        },
        plotly_js=plotly_offline.get_plotlyjs(),
    )
    write_atomic(path, page)


def _certificate_link(run: Run, row: Row, page: Path) -> str:
    """Returns the link from the page to a row's certificate."""
    target = (run.folder / row.certificate).resolve()
    return quote(Path(os.path.relpath(target, page.resolve().parent)).as_posix())
