"""The steps of a verification have the same numbers wherever they are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prover_arb.oracle import elaborator, reference, verifier
from prover_arb.oracle.kernels import judging

ROOT = Path(__file__).resolve().parents[2]
STEPS = {"1": "reference", "2": "elaborator", "3": "judges"}


def said(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(said("docs/verification.md"), id="verification"),
        pytest.param(verifier.__doc__ or "", id="verifier"),
    ],
)
def test_the_steps_stand_in_order(text: str) -> None:
    listed = re.findall(r"^(\d)\. .*?\*+(\w+)", text, re.MULTILINE)[:3]
    assert {number: word.lower() for number, word in listed} == STEPS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(said("SECURITY.md"), id="SECURITY"),
        pytest.param(f"{reference.__doc__}{elaborator.__doc__}{judging.__doc__}", id="modules"),
    ],
)
def test_a_step_is_named_by_its_number(text: str) -> None:
    """Each line that names a step by number names its part first, or begins with it."""
    named = re.findall(r"(\w+) \(step (\d)\)", text)
    named += re.findall(r"The (\w+):[^\"]*?Step (\d) of a verification", text)
    known = {number: word.removesuffix("s") for number, word in STEPS.items()}
    assert named
    for word, number in named:
        assert word.lower().removesuffix("s") in {known[number], "nothing"}, (word, number)


def test_where_the_code_is_does_exist() -> None:
    for page in ("SECURITY.md", "docs/verification.md"):
        for path in re.findall(r"`((?:tests|oracle|official|Verifier)/[\w./]*)`", said(page)):
            roots = (
                ROOT, ROOT / "prover_arb", ROOT / "prover_arb/oracle/kernels",
                ROOT / "lean_workspace/ProverArb",
            )  # fmt: skip
            assert any((root / path).exists() for root in roots), path
