"""Certificates judged again: what was edited is named, and only a proof holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from prover_arb.cli import app
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Certificate,
    Limits,
    Theorem,
    ToolchainIdentity,
    Verdict,
)
from prover_arb.errors import CertificateError, OracleError
from prover_arb.oracle.certificate import axioms_told, edits, issue, judged_again, read, seals
from tests.conftest import Lean

THEOREM = Theorem(
    name="target",
    statement="(p : Prop) (h : twice p) : p ∨ ¬ p",
    preamble="def twice (p : Prop) : Prop := p ∧ p",
)
CANDIDATE = Candidate(kind="tactics", text="have := propext (Iff.refl p)\nexact Classical.em p")
TOOLCHAIN = ToolchainIdentity(lean="4", commit="c", origin="o", integrity="i", library="l")
ASKED = Asked(type="True", statement='{"data": "d"}', question_sha256="5" * 64)
VERDICT = Verdict(
    status="proved",
    axioms=("Classical.choice", "Quot.sound", "propext"),
    asked=ASKED,
    kernels=("lean 4", "lean 5"),
    elapsed_ms=12,
    toolchain=TOOLCHAIN,
)

Edit = Callable[[dict[str, Any]], object]


def certificate() -> Certificate:
    return issue(THEOREM, CANDIDATE, VERDICT, Limits())


def edited(edit: Edit) -> Certificate:
    row = json.loads(certificate().model_dump_json())
    edit(row)
    return read(json.dumps(row), "c.json")


def put(*path: str, value: object) -> Edit:
    def edit(row: dict[str, Any]) -> None:
        for step in path[:-1]:
            row = row[step]
        row[path[-1]] = value

    return edit


def test_an_untouched_certificate_has_no_edits() -> None:
    again = read(certificate().model_dump_json(), "c.json")
    assert edits(again) == []
    assert judged_again(again, VERDICT) == []


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        (put("theorem", "name", value="other"), "name"),
        (put("theorem", "statement", value="(p : Prop) : p ∨ ¬ p"), "statement"),
        (put("theorem", "preamble", value="def twice (p : Prop) : Prop := p"), "preamble"),
        (put("theorem", "profile", value="mathlib"), "profile"),
        (put("candidate", "text", value="exact Classical.em p "), "proof"),
        (put("candidate", "kind", value="term"), "kind"),
        (put("axioms", value=["propext"]), "axioms"),
        (put("axioms", value=[]), "axioms"),
        (put("axioms_exact", value=True), "axioms"),
        (put("asked", "type", value="False"), "asked"),
        (put("asked", "statement", value=""), "asked"),
        (put("asked", "question_sha256", value="0" * 64), "asked"),
        (put("toolchain", "lean", value="4.28.1"), "toolchain"),
        (put("toolchain", "origin", value="elsewhere"), "toolchain"),
        (put("kernels", value=["lean 4"]), "kernels"),
        (put("limits", "heartbeats", value=1), "limits"),
        (put("issued_at", value="2020-01-01T00:00:00+00:00"), "issue"),
        (put("elapsed_ms", value=1), "issue"),
        (put("statement_sha256", value="0" * 64), "digests"),
        (put("candidate_sha256", value="0" * 64), "digests"),
        (put("seals", value={}), "statement"),
        (put("seals", "proof", value="0" * 64), "proof"),
    ],
)
def test_an_edit_is_named(edit: Edit, part: str) -> None:
    assert part in [difference.part for difference in edits(edited(edit))]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda row: row.pop("axioms"), "axioms"),
        (put("proved", value=True), "proved"),
        (put("version", value=4), "version"),
        (put("version", value=2), "version 2 .* no longer believed.* verify --theorem"),
        (put("version", value=1), "version 1 .* no longer believed"),
        (put("version", value="2"), "version"),
        (lambda row: row.pop("asked"), "asked"),
        (put("elapsed_ms", value=10**4_000), "4001 characters"),
        (lambda row: row.pop("version"), "no field `version`"),
        (put("toolchain", value="trust me"), "toolchain"),
        (put("limits", "wall_ms", value=-5), "limits.wall_ms"),
    ],
)
def test_what_is_no_certificate_is_refused(edit: Edit, words: str) -> None:
    with pytest.raises(CertificateError, match=words):
        edited(edit)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"version": NaN}'])
def test_what_is_not_even_json_is_refused(text: str) -> None:
    with pytest.raises(CertificateError, match=r"c\.json: "):
        read(text, "c.json")


def test_a_field_given_twice_is_refused() -> None:
    text = certificate().model_dump_json()
    doubled = text.replace('{"name":"target"', '{"statement":": True","name":"target"', 1)
    assert doubled != text
    with pytest.raises(CertificateError, match="'statement' is given twice"):
        read(doubled, "c.json")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_byte_that_matters_can_change_unseen(data: st.DataObject) -> None:
    """Any character replaced: no certificate any more, the same certificate, or a named edit."""
    text = certificate().model_dump_json()
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters(codec="utf-8"))
    try:
        found = read(text[:at] + char + text[at + 1 :], "c.json")
    except CertificateError:
        return
    assert edits(found) or found == certificate()


def test_only_a_proof_gets_a_certificate() -> None:
    with pytest.raises(OracleError, match="rejected"):
        issue(THEOREM, CANDIDATE, Verdict(status="rejected", reason="timeout"), Limits())


@pytest.mark.parametrize(
    ("update", "part"),
    [
        ({"status": "rejected", "reason": "uses_sorry"}, "proof"),
        ({"axioms": ("propext",)}, "axioms"),
        ({"axioms_exact": True}, "axioms"),
        ({"asked": ASKED.model_copy(update={"type": "False"})}, "asked.type"),
        ({"asked": ASKED.model_copy(update={"statement": ""})}, "asked.statement"),
        ({"asked": ASKED.model_copy(update={"question_sha256": "6"})}, "asked.question_sha256"),
        ({"kernels": ("lean 4",)}, "kernels"),
        ({"toolchain": TOOLCHAIN.model_copy(update={"lean": "4.36"})}, "toolchain.lean"),
        ({"toolchain": TOOLCHAIN.model_copy(update={"library": "x"})}, "toolchain.library"),
    ],
)
def test_another_judgement_is_named(update: dict[str, object], part: str) -> None:
    (found,) = judged_again(certificate(), VERDICT.model_copy(update=update))
    assert found.part == part


def test_where_an_installed_lean_lies_does_not_matter() -> None:
    moved = TOOLCHAIN.model_copy(update={"origin": "/opt/lean"})
    assert judged_again(certificate(), VERDICT.model_copy(update={"toolchain": moved})) == []


@pytest.mark.lean
class TestWithLean:
    def call(self, path: Path) -> tuple[int, dict[str, Any]]:
        done = CliRunner().invoke(app, ["verify", "--certificate", str(path), "--json"])
        return done.exit_code, json.loads(done.stdout)

    def test_certificates_are_judged_again(self, lean: Lean, tmp_path: Path) -> None:
        verdict = lean.run(lean.oracle.verify(THEOREM, CANDIDATE))
        real = issue(THEOREM, CANDIDATE, verdict, Limits())
        path = tmp_path / "c.json"
        path.write_text(real.model_dump_json(indent=2))
        code, answer = self.call(path)
        assert (code, answer["holds"], answer["differences"]) == (0, True, [])
        assert answer["verdict"]["axioms"] == list(real.axioms)

        # A reader is shown all of it: what was asked, of whom, and on what it rests.
        shown = CliRunner().invoke(app, ["verify", "--certificate", str(path)]).stdout
        for said in (
            THEOREM.preamble, THEOREM.statement, *CANDIDATE.text.split("\n"), *real.kernels,
            f"theorem target : {real.asked.type}", "declare: twice\n", real.asked.question_sha256,
            "axioms: at most Classical.choice, Quot.sound, propext", real.toolchain.library,
            f"{real.limits.heartbeats} heartbeats",
        ):  # fmt: skip
            assert said in shown, said

        # A forger who seals anew what it made up is told by Lean alone.
        false = real.theorem.model_copy(update={"statement": "(p : Prop) : p"})
        digests = {"statement_sha256": false.digest, "theorem": false}
        forged = real.model_copy(update=digests)
        forged = forged.model_copy(update={"seals": seals(forged)})
        assert edits(forged) == []
        path.write_text(forged.model_dump_json())
        code, answer = self.call(path)
        assert (code, answer["holds"]) == (1, False)
        assert [one["part"] for one in answer["differences"]] == ["proof"]

    @pytest.mark.parametrize(
        ("theorem", "candidate", "axioms", "part"),
        [
            ({"statement": "(p : Prop) (h : twice p) : p ∧ ¬ p"}, {}, None, "proof"),
            ({"preamble": "def twice (p : Nat) : Prop := p = p"}, {}, None, "proof"),
            ({}, {"text": "cases h with | intro a _ => exact Or.inl a"}, None, "axioms"),
            ({"preamble": "def twice (p : Prop) : Prop := p ∧ (p ∧ True)"}, {}, None, "asked."),
            ({}, {"text": "exact Or.inr h"}, None, "proof"),
            ({}, {"kind": "term"}, None, "proof"),
            ({}, {}, (), "axioms"),
        ],
    )
    def test_forgeries_with_new_seals_do_not_hold(
        self,
        lean: Lean,
        theorem: dict[str, str],
        candidate: dict[str, str],
        axioms: tuple[str, ...] | None,
        part: str,
    ) -> None:
        verdict = lean.run(lean.oracle.verify(THEOREM, CANDIDATE))
        real = issue(THEOREM, CANDIDATE, verdict, Limits())
        forged = issue(
            real.theorem.model_copy(update=theorem),
            real.candidate.model_copy(update=candidate),
            verdict.model_copy(update={} if axioms is None else {"axioms": axioms}),
            Limits(),
        )
        assert edits(forged) == []
        again = lean.run(lean.oracle.verify(forged.theorem, forged.candidate, forged.limits))
        found = [difference.part for difference in judged_again(forged, again)]
        assert all(one.startswith((part, "asked.")) for one in found)
        assert any(one.startswith(part) for one in found)


def test_a_certificate_comes_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text("{}")
    alone = CliRunner().invoke(app, ["verify", "--certificate", str(path)])
    assert alone.exit_code == 2
    assert "no field `version`" in alone.stderr
    both = CliRunner().invoke(app, ["verify", "--certificate", str(path), "--batch", str(path)])
    assert both.exit_code == 2
    assert "leave the other options out" in both.stderr


def test_axioms_are_told_as_far_as_they_are_known() -> None:
    some = VERDICT.model_copy(update={"axioms": ("propext",)})
    assert axioms_told(some) == "at most propext"
    assert axioms_told(some.model_copy(update={"axioms_exact": True})) == "propext"
    assert axioms_told(some.model_copy(update={"axioms": ()})) == "none"
