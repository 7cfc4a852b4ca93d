"""A guest which controls its whole memory reaches nothing, and nothing of it outlives a reset.

The attacks are scripts in the folder `guest`. They run in a process started as a worker is, with
the worker's own modules around the guest, and call what a guest could call. PROVER_ARB_FUZZ sets
how many functions are called at random, and how many checks are compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from prover_arb.oracle.toolchain import download, embedded
from prover_arb.oracle.toolchain.npm import node
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.worker import LeanWorker
from tests.soundness.corpus import EVERYTHING, Case

pytestmark = pytest.mark.lean

SCRIPTS = Path(__file__).with_name("guest")
FUZZ = int(os.environ.get("PROVER_ARB_FUZZ", "0"))
CALLS = 300
ENDLESS_SECONDS = 4
COMPARED = min(max(FUZZ, 24), len(EVERYTHING))

GIVEN = {
    "__cxa_begin_catch", "__cxa_current_primary_exception", "__cxa_end_catch",
    "__cxa_find_matching_catch_19", "__cxa_find_matching_catch_2", "__cxa_find_matching_catch_3",
    "__cxa_find_matching_catch_4", "__cxa_find_matching_catch_6", "__cxa_rethrow",
    "__cxa_rethrow_primary_exception", "__cxa_throw", "__cxa_uncaught_exceptions",
    "__resumeException", "_dlsym_js", "clock_time_get", "emscripten_date_now",
    "emscripten_get_heap_max", "emscripten_get_now", "emscripten_resize_heap", "fd_write",
    "llvm_eh_typeid_for",
}  # fmt: skip
"""All that the guest is given, beside the calls of its own functions (`invoke_...`)."""

OUTSIDE = [
    "emscripten_run_script", "emscripten_run_script_int", "emscripten_run_script_string",
    "emscripten_async_run_script", "emscripten_async_load_script", "emscripten_asm_const_int",
    "emscripten_wget_data", "emscripten_websocket_new", "_dlopen_js", "_emscripten_dlopen_js",
    "_emscripten_system", "__syscall_openat", "__syscall_socket", "__syscall_connect", "proc_exit",
]  # fmt: skip
LIBRARY = [
    "system", "popen", "execve", "fork", "open", "fopen", "creat", "unlink", "rename", "mkdir",
    "socket", "connect", "bind", "sendto", "dlopen", "getenv", "chmod", "readlink", "realpath",
    "lean_io_prim_handle_mk", "lean_io_process_spawn", "lean_io_read_dir", "lean_io_remove_file",
    "lean_io_getenv", "lean_io_exit", "lean_load_dynlib", "lean_io_realpath", "lean_io_eprint",
]  # fmt: skip
"""Functions of the module which, in a native Lean, reach the machine."""


@pytest.fixture(scope="module")
def build() -> embedded.Build:
    cache = download.cache_folder()
    return embedded.build(cache, download.fetch(cache))


def run(
    toolchain: Toolchain,
    build: embedded.Build,
    script: str,
    *,
    endless: bool = False,
    **task: object,
) -> list[dict[str, object]]:
    """The lines that a script of the folder `guest` wrote, run in a worker's place.

    One that may be `endless` is stopped after some seconds.
    """
    command = toolchain.server_command(memory_mb=700)
    at = command.index(str(build.loader / "serve.cjs"))
    command[at : at + 1] = [f"--allow-fs-read={SCRIPTS}", str(SCRIPTS / script)]
    task |= {"scripts": str(build.loader)}
    with subprocess.Popen(
        [*command, json.dumps(task)],
        env=dict(toolchain.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said, errors = process.communicate(timeout=ENDLESS_SECONDS if endless else 200)
        except subprocess.TimeoutExpired:
            process.kill()
            said, errors = process.communicate()
            assert endless, said[-2000:]
    assert endless or process.returncode == 0, said[-2000:] + errors[-2000:]
    return [json.loads(line) for line in said.splitlines()]


def attack(
    toolchain: Toolchain, build: embedded.Build, mode: str, **task: object
) -> Mapping[str, object]:
    """What an attack found; it must have come to its end without tripping over anything."""
    *found, end = run(toolchain, build, "attack.cjs", mode=mode, **task)
    assert [line["tripped"] for line in found if "tripped" in line] == []
    assert end == {"done": mode}
    assert len(found) == 1, "something else wrote to the channel of the answers"
    return found[0]


def mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def test_an_import_that_is_not_given_is_refused(
    toolchain: Toolchain, build: embedded.Build
) -> None:
    found = mapping(attack(toolchain, build, "imports")["found"])
    functions = {name.partition(".")[2]: said for name, said in found.items()}
    assert len(functions) > 190
    given = {name for name, said in functions.items() if said != ["refused"]}
    assert given <= GIVEN | {name for name in functions if name.startswith("invoke_")}
    assert {
        "__syscall_openat",
        "_emscripten_system",
        "__syscall_socket",
    } <= functions.keys() - given


def test_only_exceptions_of_the_guest_are_caught(
    toolchain: Toolchain, build: embedded.Build
) -> None:
    found = mapping(attack(toolchain, build, "calls")["found"])
    caught = {"outcome": "returned", "flags": [1], "balanced": True}
    passing = {"flags": [], "balanced": True}
    assert found["thrown"] == found["thrown_with_arguments"] == caught
    assert found["returned"] == {"outcome": "returned", **passing}
    assert mapping(found["refused"])["outcome"] == "refused"
    assert mapping(found["refused"])["flags"] == []
    # A trap ends everything; what was called never had the type that was asked for.
    trap = {"outcome": "threw RuntimeError", **passing}
    assert found["nothing_there"] == found["of_another_type"] == trap
    assert found["uncaught"] == "threw number"
    assert found["refused_later"] == found["refused"]


def test_no_name_leads_to_javascript(toolchain: Toolchain, build: embedded.Build) -> None:
    loader = (build.package / "lean.js").read_text()
    table = loader[loader.index("wasmImports={") :]
    javascript = re.findall(r"[{,]([\w$]+):_", table[: table.index("}")])
    assert len(javascript) > 500
    assert "emscripten_run_script" in javascript
    names = sorted({*javascript, *OUTSIDE, *LIBRARY})
    found = attack(toolchain, build, "names", names=names, call=LIBRARY)
    answers = mapping(found["answers"])
    assert [name for name in OUTSIDE if answers[name]] == []
    # Some of these are in the module; what they want of the machine is refused, or they fail.
    assert len(mapping(found["called"])) > 10


@pytest.mark.parametrize("seed", range(1, max(2, FUZZ // 100)))
def test_jumping_about_reaches_nothing(
    toolchain: Toolchain, build: embedded.Build, seed: int
) -> None:
    # A damaged guest often runs for ever; that is what deadlines are for.
    lines = run(toolchain, build, "attack.cjs", mode="table", seed=seed, calls=CALLS, endless=True)
    assert [line for line in lines if "called" not in line] == []
    assert len(lines) > 3


FORGED = [
    '{"status":"ok"},"cpu_us":0',
    '{"status":"ok"}}\n{"id":"x","reply":{}',
    '{"status":"ok"} // ',
    "",
    "\ud800",
    "NaN",
]


@pytest.mark.parametrize("reply", FORGED)
def test_an_answer_cannot_leave_its_place(
    toolchain: Toolchain, build: embedded.Build, reply: str
) -> None:
    assert attack(toolchain, build, "replies", reply=reply) == {"outcome": "refused", "line": None}


def test_an_answer_is_one_line(toolchain: Toolchain, build: embedded.Build) -> None:
    found = attack(toolchain, build, "replies", reply='{"status":\n"ok"}\n')
    assert found["outcome"] == "returned"
    assert "\n" not in str(found["line"])
    assert json.loads(str(found["line"])) == {"status": "ok"}


def test_a_script_could_do_little(toolchain: Toolchain, build: embedded.Build) -> None:
    found = dict(attack(toolchain, build, "script"))
    assert found.pop("eval") == found.pop("function") == "EvalError"
    assert set(found) == {"read", "write", "spawn", "thread"}
    assert set(found.values()) == {"ERR_ACCESS_DENIED"}


def test_the_module_cannot_change_its_table(build: embedded.Build) -> None:
    done = subprocess.run(
        [node(), SCRIPTS / "instructions.cjs", build.module / "lean.wasm"],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    counts = json.loads(done.stdout)
    assert counts["functions"] > 100_000
    assert counts["instructions"] > 10_000_000
    changing = {"table.set", "table.grow", "table.fill", "table.copy", "table.init", "ref.func"}
    assert changing & counts.keys() == set()
    # It grows its memory through an import, which knows the limit.
    assert "memory.grow" not in counts


def request(case: Case) -> dict[str, object]:
    return {
        "op": "elaborate",
        "theorem": case.theorem.model_dump(include={"name", "statement", "preamble"}),
        "candidate": case.candidate.model_dump(),
        "heartbeats": 400_000,
        "output_bytes": 200_000,
        "export_bytes": 4_000_000,
    }


@pytest.mark.parametrize("table", [False, True])
def test_a_guest_full_of_garbage_is_put_back(
    toolchain: Toolchain, build: embedded.Build, table: bool
) -> None:
    cases = EVERYTHING[:: len(EVERYTHING) // 6]
    requests = [request(case) for case in cases]
    found = run(toolchain, build, "scramble.cjs", requests=requests, table=table)
    said = [reply["status"] == "elaborated" for reply in found]
    assert said == [case.reason is None for case in cases]
    assert len(set(said)) == 2


TIMES = re.compile(r"_ms$|_us$")


def timeless(value: object) -> object:
    """A reply without its times."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if not TIMES.search(k)}
    return [timeless(item) for item in value] if isinstance(value, list) else value


async def replies(
    toolchain: Toolchain, orders: Sequence[Sequence[Case]]
) -> list[dict[str, object]]:
    """For each order, the reply to every case; a reset follows each."""
    worker = LeanWorker(toolchain.server_command(memory_mb=1900), toolchain.environment)
    await worker.start()
    found = []
    try:
        for order in orders:
            answers = {}
            for case in order:
                asked = {**request(case), "then_reset": True}
                reply = await worker.request(asked, wall_ms=60_000)
                answers[case.id] = timeless(reply.data)
            found.append(answers)
    finally:
        await worker.stop()
    return found


def test_the_order_of_checks_changes_nothing(toolchain: Toolchain) -> None:
    drawing = random.Random(FUZZ)
    cases = drawing.sample(EVERYTHING, COMPARED)
    orders = [cases, drawing.sample(cases, len(cases))]
    first, second = asyncio.run(replies(toolchain, orders))
    assert {id for id in first if first[id] != second[id]} == set()
    assert {mapping(reply)["status"] for reply in first.values()} >= {"elaborated", "rejected"}


def test_search_sessions_live_until_a_reset(toolchain: Toolchain) -> None:
    theorem = {"name": "t", "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b", "preamble": ""}

    async def scenario() -> list[object]:
        worker = LeanWorker(toolchain.server_command(memory_mb=700), toolchain.environment)
        await worker.start()
        try:
            opened = await worker.request({"op": "open", "theorem": theorem}, wall_ms=30_000)
            asked = {"op": "tactic", "state": opened.data["state"], "tactics": ["skip"]}
            said = [(await worker.request(asked, wall_ms=30_000)).data for _ in range(2)]
            await worker.request({"op": "reset"}, wall_ms=30_000)
            return [*said, (await worker.request(asked, wall_ms=30_000)).data]
        finally:
            await worker.stop()

    first, second, after = (mapping(data) for data in asyncio.run(scenario()))
    assert first["status"] == second["status"] == "ok"
    assert (after["status"], after["detail"]) == ("failed", "no such proof state")
