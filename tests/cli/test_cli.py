"""The command line: exit codes, one line for every error, results alone on standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prover_arb.cli import app
from prover_arb.cli.app import AllCommands
from prover_arb.cli.verify import read_batch
from prover_arb.errors import LedgerError, ProblemError

THEOREM = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"
CASE = {
    "theorem": {"name": "t", "statement": ": 1 = 1", "preamble": ""},
    "candidate": {"kind": "term", "text": "rfl"},
}


HEAVY = {"ray", "plotly", "fastapi", "starlette", "uvicorn", "openai", "pandas", "joblib"}
HEAVY |= {"lean_dojo", "jinja2", "sklearn", "scipy"}
"""Top-level modules that take long to import, and that most commands do not need."""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result) -> str:
    """The one line that says what is wrong."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.lean").write_text(THEOREM)
    (tmp_path / "proof").write_text("omega")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "setup",
        "doctor",
        "prove",
        "verify",
        "bench run",
        "problems check",
        "bench replay",
        "bench report",
        "serve",
        "mcp",
        "ledger totals",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    result = call(*command.split(), "--help")
    assert result.exit_code == 0
    assert "xit codes" in result.stdout


@pytest.mark.parametrize("command", ["serve", "bench run"])
@pytest.mark.parametrize("workers", ["8..2", "0..3", "a..b", "0"])
def test_bounds_of_workers_that_are_none_are_refused(command: str, workers: str) -> None:
    assert "--workers: " in refused(call(*command.split(), "--workers", workers))


def test_the_main_help_names_every_command_and_code() -> None:
    text = " ".join(call("--help").stdout.split())
    for word in ("setup", "doctor", "prove", "verify", "bench", "provers", "serve", "ledger"):
        assert word in text
    assert "0 proved" in text
    assert "3 the oracle" in text


def test_the_version_is_that_of_the_package() -> None:
    done = call("--version")
    assert done.exit_code == 0
    assert done.stdout == f"prover-arb {metadata.version('prover_arb')}\n"


@pytest.mark.parametrize("name", list(AllCommands.sources))
def test_the_list_of_commands_says_what_each_command_says_itself(name: str) -> None:
    source = AllCommands.sources[name]
    assert " ".join((source.load(name).help or "").split()).startswith(source.help)


@pytest.mark.parametrize(
    ("arguments", "further"),
    [([], {"numpy", "pydantic", "httpx"}), (["verify", "--help"], set())],
)
def test_the_cli_starts_without_ray_plotly_and_the_web(
    arguments: list[str], further: set[str]
) -> None:
    heavy = {*HEAVY, *further}
    code = (
        "import sys, prover_arb.cli\n"
        f"try: prover_arb.cli.app({arguments or ['--help']})\n"
        f"except SystemExit: print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove"], "give either a STATEMENT or --theorem"),
        (["prove", "1 = 1", "--theorem", "t.lean"], "give either a STATEMENT or --theorem"),
        (["prove", "--theorem", "t.lean", "--name", "x"], "--name and --preamble go with"),
        (["prove", "1 = 1", "--budget", "-1"], "--budget: '-1' is negative"),
        (["prove", "1 = 1", "--budget", "lots"], "--budget: 'lots' is not an amount"),
        (["prove", "1 = 1", "--budget", "1e12"], "surely a typing error"),
        (["prove", "1 = 1", "--budget", "nan"], "not a finite amount"),
        (["prove", "1 = 1", "--policy", "single:oracle"], "provers: flash, portfolio, search"),
        (["prove", "1 = 1", "--policy", "best"], "known forms: single:PROVER"),
        (["prove", "1 = 1", "--name", "1x"], "not a Lean identifier"),
        (["prove", "1 = /- 1"], "line 1: a comment `/-` is never closed"),
        (["prove", "1 = 1", "--preamble", "none.lean"], "none.lean: No such file"),
        (["prove", "--theorem", "none.lean"], "none.lean: No such file"),
        (["prove", "1 = 1", "--catalog", "bad.toml"], "provers.flash.price_per_cpu_hour: missing"),
        (["prove", "1 = 1", "--heartbeats", "0"], "heartbeats"),
        (["verify"], "give --theorem FILE.lean --candidate FILE --kind KIND, or --batch"),
        (["verify", "--theorem", "t.lean", "--candidate", "proof"], "--kind"),
        (["verify", "--batch", "b.jsonl", "--kind", "term"], "--batch brings its own"),
        (["verify", "--batch", "b.jsonl", "--export", "e.ndjson"], "--export goes with"),
        (["verify", "--theorem", "t.lean", "--candidate", "no", "--kind", "term"], "no: No such"),
        (["verify", "--theorem", "proof", "--candidate", "proof", "--kind", "term"],
         "proof: no theorem"),
        (["verify", "--theorem", "t.lean", "--candidate", "proof", "--kind", "lua"], "'lua'"),
        (["verify", "--batch", "none.jsonl"], "none.jsonl: No such file"),
        (["bench", "run", "--problems", "none"], "none: no such file or folder"),
        (["bench", "run", "--problems", "t.lean", "--policy", "single:x"], "known provers: flash"),
        (["bench", "run", "--problems", "t.lean", "--budget", "-0.01"], "'-0.01' is negative"),
        (["bench", "run", "--problems", "t.lean", "--catalog", "bad.toml"], "price_per_cpu_hour"),
        (["bench", "run", "--problems", "t.lean", "--run-budget", "x"], "--run-budget: 'x' is not"),
        (["bench", "run", "--batch-budget", "0"], "--batch-budget: '0' buys nothing"),
        (["bench", "run", "--batch-budget", "1_000"], "--batch-budget: '1_000' is not an amount"),
        (["bench", "run", "--procurement", "auction", "--value", "-0"], "--value: '-0' buys noth"),
        (["fill", "t.lean", "--file-budget", "0.0"], "--file-budget: '0.0' buys nothing"),
        (["keys", "create", "n", "--budget", "\u0661"], "--budget: '\u0661' is not an amount"),
        (["bench", "run", "--problems", "t.lean", "--max-parallel", "0"], "--max-parallel"),
        (["prove", "1 = 1", "--max-parallel", "0"], "--max-parallel"),
        (["bench", "run", "--resume", "."], "no run in this folder"),
        (["bench", "run", "--no-ray", "--address", "auto"], "--no-ray"),
        (["bench", "run", "--problems", "t.lean", "--out", "."], "not empty"),
        (["bench", "run", "--problems", "twice.lean", "--strict"],
         "twice.lean:2: t is the theorem of twice.lean:1 once more"),
        (["bench", "report", "none"], "none: no run in this folder"),
        (["ledger", "totals", "none"], "none: there is no ledger"),
        (["provers", "list", "--catalog", "bad.toml"], "price_per_cpu_hour: missing"),
        (["mcp", "--budget", "lots"], "--budget: 'lots' is not an amount"),
        (["mcp", "--http", "0"], "--http"),
        (["prove", "1 = 1", "--frobnicate"], "--frobnicate"),
        (["bench", "run", "--limit", "1_0"], "'--limit': '1_0' is no whole number"),
        (["prove", "1 = 1", "--seed", "+1"], "'--seed': '+1' is no whole number"),
        (["serve", "--port", " 80"], "'--port': ' 80' is no whole number"),
        (["serve", "--margin", "nan"], "'--margin': 'nan' is no number"),
        (["verify", "--timeout", "1_0"], "'--timeout': '1_0' is no number"),
    ],
)  # fmt: skip
def test_bad_input_is_named_in_one_line(files: Path, arguments: list[str], message: str) -> None:
    (files / "bad.toml").write_text(
        'version = "1"\n[verification]\nprice_per_cpu_hour = "0.05"\n'
        '[provers.flash]\nkind = "flash"\nlimits = { heartbeats = 1, max_cpu_seconds = 1 }\n'
    )
    (files / "twice.lean").write_text(f"{THEOREM}\n{THEOREM}")
    assert message in refused(call(*arguments))
    assert not (files / "runs").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{nope", "b.jsonl:2: not JSON"),
        ("[]", "b.jsonl:2: expected"),
        ('{"candidate": {"kind": "term", "text": ""}}', "b.jsonl:2: expected"),
        ('{"theorem": {"name": "t", "statement": ": 1 = 1"}}', "b.jsonl:2: candidate: Field"),
        ('{"theorem": {"name": "t"}, "candidate": {"kind": "term", "text": ""}}',
         "b.jsonl:2: theorem.statement: Field required"),
        (json.dumps(CASE | {"candidate": {"kind": "sql", "text": ""}}), "2: candidate.kind: "),
        (json.dumps(CASE | {"candidate": {"kind": "term", "text": 5}}), "2: candidate.text: "),
        (json.dumps(CASE | {"extra": 1}), "b.jsonl:2: extra: "),
        (json.dumps(CASE | {"theorem": CASE["theorem"] | {"profile": "mathlib"}}),
         "b.jsonl:2: theorem.profile: not core"),
        ("[" * 100_000, "b.jsonl:2: not JSON"),
        ('{"candidate": {"kind": "term", "text": "rfl", "text": "sorry"}}',
         "b.jsonl:2: not JSON: field 'text' is given twice"),
        ('{"theorem": {"name": "t", "name": "t", "statement": ": 1 = 1"}}', "b.jsonl:2: "),
        (json.dumps(CASE)[:-1] + ', "theorem": {}}', "b.jsonl:2: not JSON: field 'theorem'"),
        (json.dumps(CASE)[:-1] + ', "n": ' + "7" * 5_000 + "}", "2: not JSON: the number 77"),
        (json.dumps(CASE)[:-1] + ', "n": NaN}', "b.jsonl:2: not JSON: NaN"),
        (json.dumps(CASE | {"candidate": {"kind": "term", "text": "\ud800"}}),
         "b.jsonl:2: candidate.text: "),
    ],
)  # fmt: skip
def test_a_malformed_line_of_a_batch_stops_it(files: Path, line: str, message: str) -> None:
    (files / "b.jsonl").write_text(f"{json.dumps(CASE)}\n{line}\n{json.dumps(CASE)}\n")
    assert message in refused(call("verify", "--batch", "b.jsonl"))


def test_a_batch_is_read_in_order(files: Path) -> None:
    names = ["b", "a", "b"]
    lines = [json.dumps(CASE | {"theorem": {"name": n, "statement": ": 1 = 1"}}) for n in names]
    (files / "b.jsonl").write_text("\n".join(lines) + "\n\n")
    cases = read_batch(files / "b.jsonl", "core")
    assert [case.theorem.name for case in cases] == names
    # Lines end in a line feed and in nothing else; byte order marks are skipped.
    odd = [CASE | {"candidate": {"kind": "term", "text": f"rfl{c}"}} for c in "\u2028\u2029\x85"]
    rows = [f"\ufeff{json.dumps(one, ensure_ascii=False)}\r\n" for one in odd]
    (files / "b.jsonl").write_text("".join(rows), newline="")
    cases = read_batch(files / "b.jsonl", "core")
    assert [case.candidate.text for case in cases] == [one["candidate"]["text"] for one in odd]
    (files / "b.jsonl").write_text("\n")
    with pytest.raises(ProblemError, match="empty"):
        read_batch(files / "b.jsonl", "core")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("--procurement", "auction", "--policy", "cascade"), "--policy cannot be combined"),
        (("--value", "0.01"), "add --procurement"),
        (("--procurement", "auction", "--value", "-1"), "--value: '-1' is negative"),
        (("--procurement", "barter"), "posted"),
    ],
)
def test_procurement_options_that_contradict_each_other(
    files: Path, command: tuple[str, ...], words: str
) -> None:
    assert words in refused(call("prove", ": 1 = 1", *command))
    assert words in refused(call("bench", "run", *command))


def test_provers_are_listed_with_prices() -> None:
    text = call("provers", "list").stdout
    for name in ("flash", "student", "portfolio", "search"):
        assert name in text
    assert "per CPU-hour" in text
    found = json.loads(call("provers", "list", "--json").stdout)
    assert set(found["entries"]) == {"flash", "student", "portfolio", "search"}


def test_a_failure_that_is_nobodys_input_ends_in_3(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "ledger.sqlite3").write_bytes(b"not a database, and long enough to be looked at" * 99)
    result = call("ledger", "totals", ".")
    assert result.exit_code == 3
    assert "not a ledger or is damaged" in " ".join(result.stderr.split())
    assert not isinstance(result.exception, LedgerError)


@pytest.mark.lean
class TestWithLean:
    """The commands that need Lean, on the real one."""

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "prover_arb.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    @pytest.mark.parametrize(
        ("kind", "proof", "ending"),
        [
            ("tactics", "omega", (0, "proved", None)),
            ("term", "h", (0, "proved", None)),
            ("tactics", "rfl", (1, "rejected", "elaboration_error")),
            ("tactics", "sorry", (1, "rejected", "uses_sorry")),
            ("file", f"{THEOREM[:-5]}omega", (0, "proved", None)),
        ],
    )
    def test_verify_judges(
        self, files: Path, kind: str, proof: str, ending: tuple[int, str, str | None]
    ) -> None:
        (files / "proof").write_text(proof)
        done = self.run(
            "verify", "--theorem", "t.lean", "--candidate", "proof", "--kind", kind, "--json"
        )
        [line] = done.stdout.splitlines()
        verdict = json.loads(line)
        assert (done.returncode, verdict["status"], verdict["reason"]) == ending
        assert list(verdict) == [
            "status", "reason", "detail", "axioms", "axioms_exact", "kernels", "asked", "messages",
            "toolchain", "elapsed_ms", "cpu_us",
        ]  # fmt: skip
        assert bool(verdict["asked"]) == (verdict["status"] == "proved")
        assert bool(verdict["detail"]) == (verdict["status"] == "rejected")
        assert verdict["toolchain"]["lean"]

    def test_verify_loads_nothing_heavy(self, files: Path) -> None:
        case = ["--theorem", "t.lean", "--candidate", "proof", "--kind", "tactics"]
        code = (
            "import sys, prover_arb.cli\n"
            f"try: prover_arb.cli.app({['verify', *case]})\n"
            f"except SystemExit: print(sorted({HEAVY | {'httpx'}} & set(sys.modules)))"
        )
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        assert done.stdout.startswith("t: proved\n")
        assert done.stdout.endswith("\n[]\n")

    def test_a_statement_with_a_syntax_error_is_the_customers(self, files: Path) -> None:
        (files / "t.lean").write_text("theorem t (a : Nat : a = a := by sorry")
        done = self.run(
            "verify", "--theorem", "t.lean", "--candidate", "proof", "--kind", "term", "--json"
        )
        assert done.returncode == 2
        assert json.loads(done.stdout)["status"] == "invalid_statement"

    @pytest.mark.parametrize(
        "command",
        [
            "prove --theorem t.lean",
            "bench run --problems t.lean --no-ray --workers 1",
            "verify --theorem t.lean --candidate proof --kind tactics",
        ],
    )
    def test_where_lean_cannot_be_started_one_line_says_why(
        self, files: Path, command: str
    ) -> None:
        (files / "proof").write_text("omega")
        few = f"ulimit -n 32; exec {sys.executable} -m prover_arb.cli {command}"
        done = subprocess.run(
            ["/bin/sh", "-c", few], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 3, done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert "open files" in done.stderr.splitlines()[-1]

    def test_what_cannot_be_seen_is_printed_as_a_number(self, files: Path) -> None:
        (files / "proof").write_text("(fun «\u202ex» : Nat => («\u202ex» : a + 1 ≤ b)) a")
        done = self.run("verify", "--theorem", "t.lean", "--candidate", "proof", "--kind", "term")
        assert done.returncode == 1
        assert "«\\u202ex»" in done.stdout
        assert "\u202e" not in done.stdout

    def test_the_official_kernel_judges_alone_on_request(self, files: Path) -> None:
        case = ("--theorem", "t.lean", "--candidate", "proof", "--kind", "tactics", "--json")
        (files / "proof").write_text("omega")
        [line] = self.run("verify", *case, "--one-kernel").stdout.splitlines()
        assert json.loads(line)["kernels"] == ["lean 4.35.0 (eb6cafb7290e)"]
        [line] = self.run("verify", *case, "--export", "proof.ndjson").stdout.splitlines()
        assert "lean 4.35.0 (eb6cafb7290e)" in json.loads(line)["kernels"]
        exported = [json.loads(one) for one in (files / "proof.ndjson").read_text().splitlines()]
        assert exported[0]["meta"]["format"]["version"] == "3.1.0"
        assert "thm" in exported[-1]

    def test_a_batch_comes_back_in_order(self, files: Path) -> None:
        statements = [": 1 + 1 = 2", ": 1 + 1 = 3", ": 2 + 2 = 4", ": nonsense"]
        with (files / "b.jsonl").open("w") as batch:
            for statement in statements:
                case = CASE | {"theorem": {"name": "t", "statement": statement}}
                batch.write(json.dumps(case) + "\n")
        done = self.run("verify", "--batch", "b.jsonl", "--workers", "1")
        verdicts = [json.loads(line)["status"] for line in done.stdout.splitlines()]
        assert verdicts == ["proved", "rejected", "proved", "invalid_statement"]
        assert done.returncode == 0

    def test_a_proof_is_bought(self, files: Path) -> None:
        statement = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
        done = self.run("prove", statement, "--budget", "0.05", "--out", "c.json", "--json")
        assert done.returncode == 0, done.stderr
        bought = json.loads(done.stdout)
        assert (bought["status"], bought["certificate"]) == ("proved", "c.json")
        assert 0 < bought["cost"] + bought["verification_cost"] <= 50_000
        certificate = json.loads((files / "c.json").read_text())
        assert certificate["theorem"]["statement"] == statement
        totals = self.run("ledger", "totals", bought["run"], "--json").stdout.splitlines()
        assert sum(json.loads(line)["cost"] for line in totals) == bought["cost"]

    def test_a_proof_is_bought_by_auction(self, files: Path) -> None:
        done = self.run(
            "prove", "1 + 1 = 2", "--procurement", "auction", "--value", "0.01", "--json"
        )
        bought = json.loads(done.stdout)
        assert (done.returncode, bought["status"]) == (0, "proved")
        (attempt,) = bought["attempts"]
        totals = self.run("ledger", "totals", bought["run"], "--json").stdout.splitlines()
        assert [json.loads(line)["policy"] for line in totals] == ["auction:0.01"]
        assert attempt["terms"]["bid"]["price"] <= attempt["cost"] <= 10_000

    def test_what_is_false_is_not_proved(self, files: Path) -> None:
        done = self.run("prove", "1 = 2", "--policy", "single:flash")
        assert done.returncode == 1
        assert "not proved" in done.stdout
        assert "flash: 1 answer, none a proof: nothing found" in done.stdout

    def test_a_benchmark_ends_with_a_table_and_a_report(self, files: Path) -> None:
        (files / "t.lean").write_text(f"{THEOREM}\ntheorem u : 1 = 2 := by sorry")
        done = self.run(
            "bench", "run", "--problems", "t.lean", "--policy", "single:flash", "--out", "r",
            "--workers", "1", "--no-ray",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "1/2" in done.stdout
        assert "flash: 2 answers, 1 proved: 1 nothing found" in done.stdout
        assert "2 answers, 1 proved" in (files / "r" / "report.html").read_text()
        assert json.loads((files / "r" / "summary.json").read_text())["answers"][0]["proofs"] == 1
        assert (files / "r" / "report.html").exists()
        assert (files / "r" / "certificates" / "single-flash" / "t.json").exists()
        again = self.run("bench", "run", "--problems", "t.lean", "--out", "r")
        assert (again.returncode, again.stdout) == (2, "")
        assert f"--resume {files / 'r'}" in again.stderr


def test_a_command_that_has_no_use_of_a_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--server goes with verify, prove, fill, bench run and mcp" in refused(
        call("--server", "http://127.0.0.1:1", "provers", "list")
    )
    monkeypatch.setenv("PROVER_ARB_SERVER", "http://127.0.0.1:1")
    assert call("provers", "list").exit_code == 0


@pytest.mark.parametrize("name", ["verify", "prove", "fill"])
def test_the_help_of_a_command_with_a_server_is_that_of_the_service(name: str) -> None:
    result = call("--server", "http://127.0.0.1:1", name, "--help")
    assert result.exit_code == 0
    assert "PROVER_ARB_API_KEY" in result.stdout
    assert "--pristine" not in result.stdout
