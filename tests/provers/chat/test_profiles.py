"""Prompts and warnings say what the judging profile has, and that is what it has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover_arb.cli.app import app
from prover_arb.core.theorem import Profile, Theorem
from prover_arb.provers.chat.families import family, names
from prover_arb.provers.chat.profiles import TOPICS, core_library, lacks, profile_paragraph, warning
from tests.conftest import Lean

PAGE = Path(__file__).parents[3] / "docs" / "mathlib.md"
CATALOG = """\
version = "1"
[verification]
price_per_cpu_hour = "0.05"
[provers.model]
kind = "chat"
endpoint = "http://127.0.0.1:9/v1"
model = "m"
price = { prompt = "0.20", completion = "0.60" }
"""


@pytest.mark.parametrize("profile", ["core", "mathlib"])
@pytest.mark.parametrize("name", names())
def test_every_family_says_who_judges(name: str, profile: Profile) -> None:
    theorem = Theorem(name="t", statement=": True", profile=profile)
    prompt = family(name).messages(theorem)
    assert profile_paragraph(profile) in prompt[-1]["content"]
    assert "{{" not in "".join(message["content"] for message in prompt)


def test_what_core_has_is_read_off_its_library() -> None:
    library = core_library()
    assert {"linarith", "nlinarith", "norm_num", "ring_nf", "interval_cases"} <= set(
        library.tactics
    )
    assert not set(library.tactics) & set(library.refused)
    paragraph = profile_paragraph("core")
    assert all(word in paragraph for word in (*library.tactics, *library.refused))
    assert "linarith" not in profile_paragraph("mathlib")


def test_the_page_on_mathlib_lists_no_tactic_that_is_not_there() -> None:
    table = PAGE.read_text().partition("## Tactics")[2].partition("\n## ")[0]
    first = "\n".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    listed = {word for span in re.findall(r"`([^`]+)`", first) for word in [span.split()[0]]}
    leans_own = {"push_cast", "norm_cast", "apply", "refine'"}
    assert {word.rstrip("!") for word in listed} - leans_own <= set(core_library().tactics)


@pytest.mark.lean
def test_what_is_said_to_be_missing_is(lean: Lean) -> None:
    for topic in core_library().missing_topics:
        verdict = lean.verify(f"(h : @{TOPICS[topic]} = @{TOPICS[topic]}) : True", "trivial")
        assert verdict.status == "invalid_statement", topic
    for tactic in core_library().refused:
        verdict = lean.verify("(p : Prop) (h : p) : p", f"{tactic} k : p")
        assert verdict.status == "rejected", tactic
    for tactic in ("linarith", "nlinarith", "positivity"):
        assert lean.verify("(x : ℝ) (h : 0 < x) : 0 < x", tactic).status == "proved", tactic


def test_buyers_of_models_are_warned_as_long_as_something_is_missing() -> None:
    assert lacks("core")
    assert "polyrith" not in lacks("core")
    said = warning("core", ["model"])
    assert said.startswith("model: ")
    assert lacks("core") in said
    assert "--profile mathlib" in said
    assert warning("core", []) == warning("mathlib", ["model"]) == ""


@pytest.mark.parametrize("profile", ["core", "mathlib"])
def test_provers_check_warns(tmp_path: Path, profile: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(CATALOG)
    run = CliRunner().invoke(
        app, ["provers", "check", "--catalog", str(path), "--profile", profile]
    )
    assert run.exit_code == 3  # nobody answers at that port
    assert ("language models write for Mathlib" in run.stderr) == (profile == "core")
