"""The import contracts of pyproject.toml name every folder, so that a new one is in them too."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "prover_arb"
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: dict[str, dict[str, Any]] = {c["name"]: c for c in LINTER["contracts"]}

PARTS = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
PARTS |= {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}

FREE = {
    "Research reads values and plans, and touches nothing of the world": PARTS - {"research"},
    "Nothing that runs when a proof is bought imports research": {"cli", "research"},
    "Nothing below the runtime imports ray": {"runtime", "bench", "api", "cli"},
    "Only provers/chat speaks HTTP to models": {"client"},
    "Only the oracle starts Lean": {"oracle"},
}
"""Folders and modules to which a contract does not apply."""


def names(modules: list[str]) -> set[str]:
    return {module.removeprefix("prover_arb.") for module in modules}


def test_the_layers_name_every_folder_that_exists_and_no_other() -> None:
    (layers,) = (c for c in CONTRACTS.values() if c["type"] == "layers")
    named = {part for layer in layers["layers"] for part in layer.split(" | ")}
    assert layers["exhaustive"] is True
    assert named | set(layers["exhaustive_ignores"]) == PARTS


@pytest.mark.parametrize("name", list(FREE))
def test_a_contract_names_every_folder_that_it_does_not_leave_free(name: str) -> None:
    assert names(CONTRACTS[name]["source_modules"]) == PARTS - FREE[name]


def test_every_contract_is_known_here() -> None:
    assert {n for n, c in CONTRACTS.items() if c["type"] == "forbidden"} == set(FREE)
    for contract in CONTRACTS.values():
        own = [m for m in contract.get("forbidden_modules", ()) if m.startswith("prover_arb")]
        assert names(own) <= PARTS
