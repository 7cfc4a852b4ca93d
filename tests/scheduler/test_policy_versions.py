"""Policy files that earlier versions wrote, in `stored/`, as those versions wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policy_file import index_of, read_policy_file

STORED = Path(__file__).parent / "stored"
PROVERS = ["cheap", "dear"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_policy_files_of_earlier_versions_are_read(version: int) -> None:
    path = STORED / f"policy_version_{version}.json"
    before = path.read_bytes()
    file = read_policy_file(path)
    assert (file.version, file.provers, file.value) == (3, PROVERS, 50_000)
    assert [(row.theorem, row.statement, row.cost) for row in file.rows] == [
        ("one", ": 1 = 1", [0.001, 0.01]),
        ("two", None, [0.002, 0.02]),
    ]
    assert [(row.attempts, row.successes) for row in file.rows] == [
        ([4, 2], [1, 2]),
        ([4, 2], [0, 1]),
    ]
    learnt = [(history.theorem, history.past[0].cost) for history in file.learnt]
    assert learnt == ([] if version == 1 else [("three", 30)])
    assert file.seconds == ({} if version == 1 else {"cheap": 1.5, "dear": 2.5})
    forecasts = index_of(file).attempt_forecasts(Theorem(name="n", statement=": 2 = 2"), (), 10_000)
    assert len(forecasts) == 2
    assert make_policy(f"schedule:{path}", PROVERS).name.startswith("schedule")
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_an_earlier_version_that_was_edited_is_refused(
    tmp_path: Path, version: int
) -> None:
    fields = json.loads((STORED / f"policy_version_{version}.json").read_text())
    fields["rows"][0]["cost"][0] = 5.0
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(fields))
    with pytest.raises(PolicyError, match=r"policy\.json: data_sha256 .* it was edited"):
        read_policy_file(path)
