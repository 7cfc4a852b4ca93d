"""The other roads to a verdict: the command line, certificates, the oracle on Ray.

The HTTP API is on trial where a server is up for it, in tests/api/service/test_on_ray.py.
`python -m tests.soundness.roads` sends files of cases down all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover_arb.core.theorem import Certificate, Limits, Verdict
from prover_arb.errors import OracleError
from prover_arb.oracle.certificate import Difference, edits, issue, judged_again, read
from tests.conftest import Lean
from tests.soundness.corpus import ATTACKS, HONEST, ROAD, Case, fields, wrong
from tests.soundness.roads import cases as files
from tests.soundness.roads.ways import ROADS

pytestmark = pytest.mark.lean

SHARED = Path(__file__).parents[3] / "shared/cases/soundness"


def said(road: str) -> list[tuple[str, str | None]]:
    """What a road says of the corpus, or of a part of it."""
    cases = [files.Case(case.id, case.theorem, case.candidate, None) for case in ROAD]
    return [(answer.status, answer.reason) for answer in ROADS[road](cases, 1)]


def test_the_command_line() -> None:
    assert wrong(said("batch")) == {}


@pytest.fixture(scope="module")
def local_ray() -> Iterator[None]:
    import ray  # noqa: PLC0415

    from prover_arb.runtime.ray_session import connect  # noqa: PLC0415

    ours = not ray.is_initialized() and connect("local", workers=1)
    yield
    if ours:
        ray.shutdown()


@pytest.mark.ray
@pytest.mark.usefixtures("local_ray")
def test_the_oracle_on_ray() -> None:
    assert wrong(said("ray")) == {}


def test_certificates(lean: Lean) -> None:
    """A certificate of every honest proof holds; one of an attack, however well made, does not."""
    limits = Limits()

    def verdict(case: Case) -> Verdict:
        return lean.run(lean.oracle.verify(case.theorem, case.candidate, limits))

    def again(certificate: Certificate) -> tuple[Verdict, list[Difference]]:
        found = read(certificate.model_dump_json(), "certificate.json")
        judged = lean.run(lean.oracle.verify(found.theorem, found.candidate, found.limits))
        return judged, [*edits(found), *judged_again(found, judged)]

    for case in HONEST[::10]:
        _, wrong_with_it = again(issue(case.theorem, case.candidate, verdict(case), limits))
        assert wrong_with_it == [], case.id
    real = verdict(HONEST[0])
    for case in ATTACKS[::10]:
        judged, wrong_with_it = again(issue(case.theorem, case.candidate, real, limits))
        assert wrong_with_it, case.id
        with pytest.raises(OracleError, match="no certificate"):
            issue(case.theorem, case.candidate, judged, limits)


def test_a_file_of_cases_says_what_is_expected(tmp_path: Path) -> None:
    """Lines end where the file says so: other separators may stand in a candidate."""
    line = {**fields(HONEST[0]), "why": "a\u2028b\x0cc"}
    (tmp_path / "honest.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n\n")
    other = [json.dumps(line), json.dumps({**line, "true": True})]
    (tmp_path / "attacks.jsonl").write_text("\n".join(other))
    (tmp_path / "README.md").write_text("no case")
    read_cases = files.read([tmp_path])
    assert [case.expected for case in read_cases] == [False, None, True]
    accepted, void = files.Answer("proved"), files.Answer("void")
    assert len(files.faults(read_cases, [accepted] * 3)) == 1
    assert len(files.faults(read_cases, [void] * 3)) == 3


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is absent; this test judges its cases")
def test_a_few_of_the_cases_that_failed() -> None:
    every = files.read([SHARED])
    poison = [case for case in every if not case.id.startswith(("attacks", "honest"))]
    some = [case for case in every if case not in poison][::8]
    assert files.faults([*poison, *some], ROADS["worker"]([*poison, *some], 1)) == []
