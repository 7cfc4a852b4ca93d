"""The library's modules: what they hold, what they mention, and what their constants rest on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prover_arb.oracle.kernels.official import kernel
from prover_arb.oracle.kernels.official import survey as survey_module
from prover_arb.oracle.kernels.official.modules import (
    UNSHIPPED,
    Modules,
    axioms,
)
from prover_arb.oracle.kernels.official.store import Name
from prover_arb.oracle.kernels.official.survey import survey
from prover_arb.oracle.toolchain.resolve import Toolchain
from tests.oracle.kernels.conftest import Second
from tests.oracle.kernels.drafts import Draft, two

pytestmark = pytest.mark.lean

EVERY = ("Classical.choice", "Quot.sound", "propext")


def named(dotted: str) -> Name:
    return tuple(dotted.split("."))


@pytest.fixture(scope="module")
def modules(toolchain: Toolchain) -> Modules:
    library = toolchain.library
    return Modules(library.roots, library.path, library.word)


def prelude(toolchain: Toolchain) -> Modules:
    return Modules(["Init.Prelude"], toolchain.library.path, toolchain.library.word)


@pytest.mark.parametrize("name", [
    "sorryAx", "Lean.trustCompiler", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.reduceBool",
    "Lean.reduceNat", "lcAny", "lcErased", "lcCast", "lcVoid", "lcProof", "lcUnreachable",
    "Quot.lcInv", "unsafeCast", "ptrAddrUnsafe",
])  # fmt: skip
def test_what_is_no_mathematics_is_known_without_a_list(modules: Modules, name: str) -> None:
    assert named(name) in modules.constants
    assert modules.is_untrusted(named(name))


@pytest.mark.parametrize(
    "name", ["propext", "Classical.choice", "Quot.sound", "Nat.add", "Nat.rec", "Nat.add_comm"]
)
def test_what_is_mathematics_is_trusted(modules: Modules, name: str) -> None:
    assert not modules.is_untrusted(named(name))


def test_partial_recursion_for_code_is_not_trusted(modules: Modules) -> None:
    names = [name for name in modules.constants if name[-1] == "_unsafe_rec"]
    assert names
    assert all(map(modules.is_untrusted, names))


def test_the_closure_of_axioms(modules: Modules) -> None:
    assert axioms(modules.basis(named("Nat.add"))) == ()
    assert axioms(modules.basis(named("propext"))) == ("propext",)
    assert axioms(modules.basis(named("funext"))) == EVERY
    assert modules.basis(named("Classical.byContradiction")) == UNSHIPPED
    assert axioms(modules.basis(named("Classical.byContradiction"))) == EVERY
    assert "Classical.choice" in axioms(modules.basis(named("Real.sqrt")))


def test_a_cycle_of_mentions_has_one_answer(modules: Modules) -> None:
    assert modules.basis(named("List.nil")) == modules.basis(named("List")) == 0


def test_the_built_library_passes(modules: Modules, toolchain: Toolchain) -> None:
    found = survey(modules)
    assert found.problems == ()
    assert found.gaps
    assert toolchain.library.gaps is not None
    written = json.loads(toolchain.library.gaps.read_text())
    assert {tuple(name) for name in written} == found.gaps


def test_a_library_with_a_hole_does_not(toolchain: Toolchain) -> None:
    modules = prelude(toolchain)
    del modules.constants[named("Nat.add")]
    assert "mentions what no module has: `Nat.add`" in "; ".join(survey(modules).problems)


def test_a_library_without_lean_s_axioms_does_not(toolchain: Toolchain) -> None:
    assert "lacks axioms of Lean: `Quot.sound`" in "; ".join(survey(prelude(toolchain)).problems)


def test_a_library_with_further_axioms_does_not(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_module, "KNOWN_ASSUMPTIONS", frozenset())
    found = "; ".join(survey(prelude(toolchain)).problems)
    assert "has further axioms: `sorryAx`" in found


def test_a_theorem_that_rests_on_what_is_untrusted_is_noticed(toolchain: Toolchain) -> None:
    modules = prelude(toolchain)
    shipped, _ = modules.constants[named("Nat.add")]
    modules.constants[named("Nat.add")] = modules.constants[named("lcProof")]
    assert not modules.is_untrusted(named("Nat.mul"))
    assert shipped is modules.constants[named("Nat.mul")][0]
    assert "rests on what is not to be trusted: " in "; ".join(survey(modules).problems)


def test_a_constant_counts_as_loaded_once_it_is(toolchain: Toolchain) -> None:
    library = toolchain.library
    held = {"roots": library.roots, "path": [str(p) for p in library.path], "word": library.word}
    script = str(Path(__file__).with_name("interrupt.py"))
    done = subprocess.run(
        [sys.executable, script, str(kernel.find()), json.dumps(held)],
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, True]


def test_no_gap_can_be_filled(second: Second, toolchain: Toolchain) -> None:
    assert toolchain.library.gaps is not None
    gaps = json.loads(toolchain.library.gaps.read_text())
    reference = Draft()
    reference.axiom(two(reference))
    for gap in gaps[::9]:
        proof = Draft()
        number = 0
        for part in gap:
            number = proof.part(number, part)
        proof.declare("def", "x", proof.const("Nat"), proof.nat(1))
        proof.lines[-1]["def"]["name"] = number
        proof.theorem(two(proof), proof.refl(proof.nat(2)))
        ruling = second.rule(reference, proof)
        assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration"), gap
