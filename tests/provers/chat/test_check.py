"""`provers check` on real sockets."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from rich.table import Table
from typer.testing import CliRunner, Result

from prover_arb.cli import app
from prover_arb.cli.commands import complain
from prover_arb.cli.common import say
from prover_arb.cli.console import show
from tests.provers.chat.served_models import Served, always, completion, respond, serving

HEAD = 'version = "1"\n[verification]\nprice_per_cpu_hour = "0.05"\n'
ENTRY = """
[provers.{name}]
kind = "chat"
endpoint = "{url}"
model = "m"
stream = false
price = {{ prompt = "1", completion = "2" }}
"""


def checked(tmp_path: Path, *arguments: str) -> tuple[Result, Served]:
    """The command on a catalog of three: a good model, a silent one, and one that is not there."""

    async def main() -> tuple[Result, Served]:
        good, silent = completion("ready"), completion("ready", usage=None)
        async with (
            serving(always(respond(good))) as first,
            serving(always(respond(silent))) as second,
        ):
            urls = {"good": first.url, "silent": second.url, "gone": "http://127.0.0.1:9/v1"}
            path = tmp_path / "catalog.toml"
            path.write_text(HEAD + "".join(ENTRY.format(name=n, url=u) for n, u in urls.items()))
            command = ["provers", "check", *arguments, "--catalog", str(path)]
            return await asyncio.to_thread(CliRunner().invoke, app, command), first

    return asyncio.run(main())


def test_every_model_is_asked_once(tmp_path: Path) -> None:
    result, served = checked(tmp_path, "--json")
    good, silent, gone = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 3
    assert (good["answered"], good["cost"]) == (True, 100 + 2 * 50)
    assert good["usage"]["completion"] == 50
    assert silent["answered"]
    assert "no usage: its upper bound is paid" in silent["remark"]
    assert not gone["answered"]
    assert gone["remark"].startswith("ProverUnreachable: no connection")
    (request,) = served.requests
    assert request["max_tokens"] == 64


def test_one_model_can_be_named(tmp_path: Path) -> None:
    result, _ = checked(tmp_path, "good")
    assert result.exit_code == 0
    assert "silent" not in result.output
    assert "100 / 50" in result.output


def test_a_name_that_is_no_model_is_told(tmp_path: Path) -> None:
    result, served = checked(tmp_path, "nobody")
    assert result.exit_code == 2
    assert "there are: good, silent, gone" in result.output
    assert served.requests == []


def test_a_catalog_without_models_has_nothing_to_check() -> None:
    result = CliRunner().invoke(app, ["provers", "check"])
    assert result.exit_code == 0
    assert "nothing to check" in result.output


def test_a_bill_above_what_was_asked_for_is_told(tmp_path: Path) -> None:
    async def main() -> Result:
        used = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 5_150}
        async with serving(always(respond(completion("ready", usage=used)))) as served:
            path = tmp_path / "catalog.toml"
            path.write_text(HEAD + ENTRY.format(name="thinker", url=served.url))
            command = ["provers", "check", "--json", "--catalog", str(path)]
            return await asyncio.to_thread(CliRunner().invoke, app, command)

    found = json.loads(asyncio.run(main()).stdout)
    assert found["cost"] == 100 + 2 * 5_050
    assert "more than 64 tokens cost" in found["remark"]


def test_a_name_between_colons_is_no_picture(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As in `single:key: 1/1`, which a terminal would show with a key in place of the name."""
    say("single:key: 1/1")
    table = Table("policy")
    table.add_row("single:key: 1/1")
    show(table)
    complain("key: HTTP 401: no")
    captured = capsys.readouterr()
    assert captured.out.count("single:key: 1/1") == 2
    assert "key: HTTP 401: no" in captured.err
