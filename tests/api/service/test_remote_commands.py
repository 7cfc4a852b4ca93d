"""`prover-arb --server URL` with its commands, against a real server with keys."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from service_process import Server, local_server
from typer.testing import CliRunner, Result

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.cli import app
from prover_arb.client import ApiError, AsyncClient, Client
from prover_arb.core.theorem import Certificate

HEAVY = (
    "alembic", "asyncio", "click", "fastapi", "jinja2", "markdown_it", "numpy", "plotly",
    "prover_arb.broker", "prover_arb.oracle", "prover_arb.runtime", "pygments", "ray", "rich",
    "scipy", "sklearn", "sqlalchemy",
)  # fmt: skip
"""What would make the start slow, and a command that a server answers does not need."""

NULL = ("--policy", "single:null", "--budget", "0.001")


@dataclass(frozen=True)
class Keyed:
    server: Server
    key: str
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the program as a user does, and checks that it loads nothing heavy."""
        code = (
            "import sys\n"
            "from prover_arb.cli import main\n"
            "try: main()\n"
            f"finally: assert not (loaded := {{*sys.modules}} & {{*{HEAVY}}}), loaded"
        )
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, **self.environment(None)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def call_here(self, *arguments: str, key: str | None = None) -> Result:
        """Runs the command in this process."""
        return CliRunner().invoke(app, [*arguments], env=self.environment(key))

    def environment(self, key: str | None) -> dict[str, str]:
        return {
            "PROVER_ARB_SERVER": self.url,
            "PROVER_ARB_API_KEY": self.key if key is None else key,
        }


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    folder = tmp_path_factory.mktemp("remote")
    ledger = folder / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    secret, _ = KeyStore(database).create_now("ada")
    database.close()
    (folder / "t.lean").write_text("theorem t : 1 = 1 := by sorry\n")
    (folder / "right").write_text("null 2")
    (folder / "wrong").write_text("null 0")
    with local_server(ledger, json.dumps({"checks_per_key": 1}), mood="slow") as server:
        server.wait_for("/readyz", 60)
        yield Keyed(server, secret, folder)


def test_verify(keyed: Keyed) -> None:
    done = keyed.call("verify", "--theorem", "t.lean", "--candidate", "right", "--kind", "tactics")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "t: proved"), done.stderr


def test_verify_prints_the_same_json_as_without_a_server(keyed: Keyed) -> None:
    named = ("--theorem", "t.lean", "--candidate", "wrong", "--kind", "tactics", "--json")
    done = keyed.call("--server", keyed.url, "verify", *named)
    assert done.returncode == 1, done.stderr
    row = json.loads(done.stdout)
    assert (row["status"], row["reason"]) == ("rejected", "elaboration_error")


def test_prove_prints_the_proof_and_writes_the_certificate(keyed: Keyed) -> None:
    done = keyed.call("prove", "theorem easy : 1 = 1 := by sorry", *NULL, "--out", "easy.json")
    assert done.returncode == 0, done.stderr
    assert "theorem easy : 1 = 1 := by\n  null 2\n" in done.stdout
    assert "charged $0.000003" in done.stdout
    text = (keyed.folder / "easy.json").read_text()
    assert Certificate.model_validate_json(text).theorem.name == "easy"


def test_prove_without_enough_money(keyed: Keyed) -> None:
    done = keyed.call("prove", ": 1 = 1", "--policy", "single:null", "--budget", "0.000001")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("exhausted: ")


@pytest.mark.parametrize(
    ("arguments", "key", "message"),
    [
        (["prove", ": nonsense", *NULL], None, "Lean does not accept the statement"),
        (["prove", ": 1 = 1", "--policy", "single:nobody"], None, "There is no such policy"),
        (["prove", ": 1 = 1", "--budget", "lots"], None, "--budget: 'lots' is not an amount"),
        (["prove", ": 1 = 1"], "wrong", "A valid API key is needed"),
        (["prove"], None, "give either a STATEMENT or --theorem"),
        (["verify"], None, "give --theorem FILE.lean --candidate FILE --kind KIND, or --batch"),
        (["verify", "--theorem", "none.lean", "--candidate", "right", "--kind", "term"], None,
         "none.lean: No such file"),
        (["fill", "none.lean"], None, "none.lean: No such file"),
        (["fill", "t.lean", "--file-budget", "0"], None, "--file-budget: '0' buys nothing"),
        (["fill", "t.lean", "--policy", "single:nobody"], None, "There is no such policy"),
        (["--server", "localhost", "prove", ": 1 = 1"], None, "'localhost' is no address such as"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(
    keyed: Keyed,
    arguments: list[str],
    key: str | None,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(keyed.folder)
    done = keyed.call_here(*arguments, key=key)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_batch_is_judged_in_order(keyed: Keyed) -> None:
    rows = [
        {
            "theorem": {"name": "t", "statement": ": 1 = 1"},
            "candidate": {"kind": "tactics", "text": f"null {n}"},
        }
        for n in range(1, 4)
    ]
    batch = keyed.folder / "batch.jsonl"
    batch.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    done = keyed.call_here("verify", "--batch", str(batch))
    assert done.exit_code == 0, done.stderr
    statuses = [json.loads(line)["status"] for line in done.stdout.splitlines()]
    assert statuses == ["rejected", "proved", "rejected"]


def test_a_problem_set_is_ordered_as_a_batch(keyed: Keyed) -> None:
    """Theorems that cannot be read are listed, the others are bought, and the results written."""
    rows = [{"name": f"t{n}", "statement": f": {n} = {n}", "split": "test"} for n in range(3)]
    problems = keyed.folder / "problems.jsonl"
    lines = [*map(json.dumps, rows), '{"name": "none"}', '{"name": "v", "statement": ": 1 = 1"}']
    problems.write_text("\n".join(lines))
    arguments = ("bench", "run", "--problems", str(problems), "--split", "test", *NULL)
    done = keyed.call("--server", keyed.url, *arguments, "--out", "results.jsonl")
    assert done.returncode == 0, done.stderr
    assert "3 theorems: 3 proved\ncharged $0.000009 ($0.000009 spent)" in done.stdout
    assert "4 of 5 theorems read" in done.stderr
    assert "ordering 3 proofs" in done.stderr
    written = (keyed.folder / "results.jsonl").read_text().splitlines()
    results = [json.loads(line) for line in written]
    assert [result["theorem"]["name"] for result in results] == ["t0", "t1", "t2"]
    assert {result["proof"]["text"] for result in results} == {"null 2"}
    out = keyed.folder / "few.jsonl"
    few = (*arguments, "--run-budget", "0.000003", "--limit", "2", "--json", "--out", str(out))
    batch = json.loads(keyed.call_here("--server", keyed.url, *few).stdout.splitlines()[-1])
    assert (batch["budget_usd"], batch["counts"]["total"]) == ("0.000003", 2)
    refused = keyed.call_here("--server", keyed.url, *arguments[:4], "--budget", "0")
    assert refused.exit_code == 2
    assert "--budget: '0' buys nothing" in refused.stderr
    listed = keyed.call_here("--server", keyed.url, "bench", "--help").stdout
    assert all(name in listed for name in ("run", "report", "replay"))


FILE = """theorem one : 1 = 1 := by sorry -- easy

theorem inner : 2 = 2 := by
  have : 3 = 3 := by sorry
  rfl
"""


def test_a_file_is_filled(keyed: Keyed) -> None:
    """Output, exit code and what is written are those of the command without a server."""
    mine = keyed.folder / "Mine.lean"
    mine.write_bytes(FILE.replace("\n", "\r\n").encode())
    done = keyed.call("fill", "Mine.lean", *NULL, "--out", "Filled.lean")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Mine.lean:1: one: filled ($0.000003, 3 attempts)"
    assert lines[1].startswith("Mine.lean:4: inner: open: `sorry` stands inside a larger proof")
    assert lines[1].endswith("(not tried)")
    assert lines[2] == "1 of 2 filled for $0.000003; written to Filled.lean"
    certificates = keyed.folder / lines[3].removeprefix("certificates ")
    certificate = (certificates / "one-line-1.json").read_text()
    assert Certificate.model_validate_json(certificate).candidate.text == "null 2"
    assert lines[4].startswith("charged $0.000003 ($0.000003 spent), order ")
    filled = FILE.replace("sorry --", "null 2 --").replace("\n", "\r\n").encode()
    assert (keyed.folder / "Filled.lean").read_bytes() == filled
    assert mine.read_bytes() == FILE.replace("\n", "\r\n").encode()


def test_json_of_a_file_counts_in_micro_dollars(
    keyed: Keyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(keyed.folder)
    mine = keyed.folder / "Two.lean"
    mine.write_text("".join(f"theorem t{n} : {n} = {n} := by sorry\n" for n in range(2)))
    named = ("fill", "Two.lean", "--policy", "single:null", "--json")
    done = keyed.call_here(*named, "--file-budget", "0.000004")
    assert done.exit_code == 1, done.output
    result = json.loads(done.stdout)
    assert (result["filled"], result["left"], result["cost"]) == (1, 1, 4)
    shown = [(gap["status"], gap["cost"], gap["attempts"]) for gap in result["gaps"]]
    assert shown == [("filled", 3, 3), ("not_proved", 1, 1)]
    assert mine.read_text().count("sorry") == 1
    again = json.loads(keyed.call_here(*named).stdout)
    assert (again["filled"], again["left"], again["gaps"][0]["name"]) == (1, 0, "t1")
    nothing = keyed.call_here("fill", "Two.lean")
    assert nothing.stdout == "Two.lean: no `sorry` in it; nothing was bought\n"
    assert nothing.exit_code == 0


def test_ctrl_c_cancels_a_file_and_keeps_what_is_proved(keyed: Keyed) -> None:
    mine = keyed.folder / "Stuck.lean"
    text = "theorem a : 1 = 1 := by sorry\ntheorem b : stuck := by sorry\n"
    mine.write_text(text)
    with subprocess.Popen(
        [sys.executable, "-m", "prover_arb.cli", "fill", "Stuck.lean", *NULL],
        env={**os.environ, **keyed.environment(None)},
        cwd=keyed.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = ""
        while not said.startswith("1 of 2 ended"):
            said = process.stderr.readline()
            assert said, "it ended too early"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "1 filled so far, written to Stuck.lean" in rest
    found = re.search(r"the order (\w+) is cancelled", rest)
    assert found, rest
    assert mine.read_text() == text.replace("sorry", "null 2", 1)
    with Client(keyed.url, api_key=keyed.key) as client:
        deadline = time.monotonic() + 60
        while not (order := client.file_of(found[1])).ended:
            assert time.monotonic() < deadline, order
            time.sleep(0.1)
        assert order.status == "cancelled"


def test_a_server_that_is_busy_is_asked_again(keyed: Keyed) -> None:
    """The key may have one check at a time; the second waits as long as the server asks."""

    async def both(**settings: int) -> list[str]:
        async with AsyncClient(keyed.url, api_key=keyed.key, **settings) as client:
            checks = [client.verify(": 1 = 1", "null 2") for _ in range(2)]
            return [verdict.status for verdict in await asyncio.gather(*checks)]

    with pytest.raises(ApiError) as caught:
        asyncio.run(both(retries=0))
    assert (caught.value.kind, caught.value.after) == ("too-many-checks", 2)
    assert asyncio.run(both()) == ["proved", "proved"]
