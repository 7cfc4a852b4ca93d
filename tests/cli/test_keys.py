"""`prover-arb keys`, and what `serve` does without any."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_cli import call, refused


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "ledger.sqlite"


def test_a_key_is_made_listed_and_revoked(ledger: Path) -> None:
    place = ("--ledger", ledger)
    made = call("keys", "create", "ada", "--budget", "2.5", "--per-minute", 60, *place)
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("pa_")
    assert "shown only now" in made.stderr
    [signing] = re.findall(r"signed with (whsec_\S+)", made.stderr)
    more = json.loads(call("keys", "create", "op", "--scope", "operate", "--json", *place).stdout)
    assert more["secret"].startswith("pa_")
    [ada, op] = map(json.loads, call("keys", "list", "--json", *place).stdout.splitlines())
    assert (ada["name"], ada["budget"], ada["per_minute"]) == ("ada", 2_500_000, 60)
    assert (ada["scopes"], op["scopes"]) == (["verify", "prove"], ["operate"])
    listed = call("keys", "list", *place)
    assert ada["id"] in listed.stdout
    assert secret not in listed.output
    secrets = [
        call("keys", "webhook-secret", *arguments, *place).stdout.strip()
        for arguments in ((ada["id"],), (op["id"],), (), (ada["id"], "--rotate"), (ada["id"],))
    ]
    assert secrets[:2] == [signing, more["webhook_secret"]]
    assert secrets[3] == secrets[4] != signing
    assert len(set(secrets)) == 4
    assert call("keys", "revoke", ada["id"], *place).exit_code == 0
    [ada, op] = map(json.loads, call("keys", "list", "--json", *place).stdout.splitlines())
    assert ada["revoked_at"]
    assert op["revoked_at"] is None
    assert not any(secret.encode() in path.read_bytes() for path in ledger.parent.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "ada", "--budget", "0"), "--budget: '0' buys nothing"),
        (("create", "ada", "--budget", "1_000"), "--budget: '1_000' is not an amount"),
        (("create", "ada", "--scope", "all"), "--scope 'all': there are verify, prove, operate"),
        (("create", " "), "NAME: 1 to 128 printable characters"),
        (("webhook-secret", "key_0"), "no key has the id 'key_0'"),
        (("revoke", "key_0"), "no key has the id 'key_0'"),
        (("list", "--database", "orders"), "the database is no URL"),
        (("list", "--database", "mysql://u:pw@h/d"), "no database 'mysql' is supported"),
    ],
)
def test_bad_input(ledger: Path, arguments: tuple[str, ...], message: str) -> None:
    said = refused(call("keys", *arguments, "--ledger", ledger))
    assert message in said
    assert "pw" not in said


def test_without_keys_only_this_machine_is_served(ledger: Path) -> None:
    for host in ("0.0.0.0", "::", "example.org"):
        said = refused(call("serve", "--host", host, "--ledger", ledger))
        assert f"--host {host}: others could use this service, and it has no API keys" in said


@pytest.mark.parametrize(
    ("brokers", "why"),
    [
        ("0", "greater than or equal to 1"),
        ("two", "valid integer"),
        ("3", "--brokers 3: each broker needs a worker, and there are 2"),
    ],
)
def test_a_service_without_enough_workers_for_its_brokers_is_refused(
    ledger: Path, brokers: str, why: str
) -> None:
    said = refused(call("serve", "--brokers", brokers, "--workers", "2", "--ledger", ledger))
    assert "--brokers" in said
    assert why in said
