"""Research runs only when it is asked for, and touches nothing of the world."""

from __future__ import annotations

import subprocess
import sys

BUYING = (
    "prover_arb.api.service",
    "prover_arb.api.shop.shop_app",
    "prover_arb.bench.batch",
    "prover_arb.bench.runner",
    "prover_arb.broker.loop",
    "prover_arb.cli.prove",
    "prover_arb.cli.verify",
    "prover_arb.runtime.ray_market",
    "prover_arb.scheduler.policies.parse",
)
STUDYING = (
    "prover_arb.research.evaluation.evaluation_page",
    "prover_arb.research.evaluation.objectives.objectives_page",
    "prover_arb.research.market.market_report",
)


def _loaded(modules: tuple[str, ...], packages: tuple[str, ...]) -> list[str]:
    """What of some packages a fresh Python loads with some modules."""
    code = (
        f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\n"
        "for name in sys.modules:\n"
        f"    if any(name == p or name.startswith(p + '.') for p in {packages}): print(name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_nothing_that_buys_or_judges_loads_research() -> None:
    assert _loaded(BUYING, ("prover_arb.research",)) == []
    assert "prover_arb.scheduler.index.learning" in _loaded(BUYING, ("prover_arb.scheduler",))


def test_research_loads_nothing_that_touches_the_world() -> None:
    world = ("api", "bench", "broker", "oracle", "problems", "provers", "runtime")
    libraries = ("ray", "httpx", "plotly", "sklearn", "jinja2")
    names = tuple(f"prover_arb.{package}" for package in world)
    assert _loaded(STUDYING, (*names, *libraries)) == []
