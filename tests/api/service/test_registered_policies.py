"""A request names a policy; which one that is, the operator said."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.errors import InputError, PolicyError
from tests.api.service.conftest import Server
from tests.api.service.test_api import THEOREM, problem

HOSTILE = (
    "schedule:{path}",
    " schedule:{path}",
    "refute+schedule:{path}",
    "refute+ schedule:{path}",
    "refute+refute+schedule:{path}",
    "single:{path}",
    "schedule:",
    "cascade:null={path}",
    "file://{path}",
    "tuned=schedule:{path}",
)


@pytest.mark.parametrize("policy", HOSTILE)
def test_a_request_makes_no_path(policy: str, server: Server, tmp_path: Path) -> None:
    """A FIFO shows whether the server opened it: opening one to read waits for a writer."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    opened = threading.Event()

    def write() -> None:
        with fifo.open("w"):
            opened.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    request = {"theorem": THEOREM, "budget_usd": 1, "policy": policy.format(path=fifo)}
    response = server.client.post("/v1/proofs", json=request)
    try:
        body = problem(response, 422, body_type(request["policy"]))
        assert not opened.is_set()
        assert "No such file" not in body["detail"]
        assert server.client.get("/healthz").status_code == 200
    finally:
        with fifo.open("r"):
            writer.join(10)


def body_type(policy: object) -> str:
    return "invalid-request" if len(str(policy)) > 110 else "unknown-policy"


@pytest.mark.parametrize("policy", ["/etc/passwd", "/nonexistent/policy.json"])
def test_an_answer_does_not_tell_which_files_exist(policy: str, server: Server) -> None:
    request = {"theorem": THEOREM, "budget_usd": 1, "policy": f"schedule:{policy}"}
    body = problem(server.client.post("/v1/proofs", json=request), 422, "unknown-policy")
    assert body["detail"].replace(policy, "") == (
        "no policy is registered as 'schedule:'; known here: cascade, schedule, auction, "
        "single:PROVER; the last 4 also with refute+ before them"
    )


@pytest.mark.parametrize("name", ["cascade", "schedule", "auction", "single:flash"])
def test_the_standard_policies_have_their_own_text(name: str) -> None:
    policies = RegisteredPolicies()
    assert policies.text(name) == name
    assert policies.text(f"refute+{name}") == f"refute+{name}"


def test_the_operator_names_policies() -> None:
    policies = RegisteredPolicies.read(
        ["small=cascade:flash=0.0001,search=0.002", "one=refute+single:flash"], ["flash", "search"]
    )
    assert policies.text("small") == "cascade:flash=0.0001,search=0.002"
    assert policies.text("one") == "refute+single:flash"
    with pytest.raises(PolicyError, match="known here: small, one, cascade"):
        policies.text("refute+small")


def test_policies_are_listed_without_their_text(server: Server) -> None:
    listed = server.client.get("/v1/policies").json()["data"]
    assert [policy["name"] for policy in listed] == ["cascade", "schedule", "auction"]
    assert [policy["quoted"] for policy in listed] == [True, True, False]
    own = RegisteredPolicies({"a": "refute+ auction:0.01", "b": "single:flash"})
    assert (own.quoted("a"), own.quoted("b"), own.quoted("refute+auction")) == (False, True, False)


def test_a_file_of_the_operator_is_named_absolutely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyError, match=str(tmp_path / "policy.json")):
        RegisteredPolicies.read(["tuned=schedule:policy.json"], ["flash"])


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("cascade", "NAME=POLICY is needed"),
        ("a b=cascade", "NAME=POLICY is needed"),
        ("a=", "NAME=POLICY is needed"),
        ("cascade=single:flash", "is taken"),
    ],
)
def test_bad_options_are_refused(option: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        RegisteredPolicies.read([option], ["flash"])


def test_a_policy_for_nobody_is_refused_at_the_start() -> None:
    with pytest.raises(PolicyError, match="unknown prover 'nobody'"):
        RegisteredPolicies.read(["a=single:nobody"], ["flash"])
