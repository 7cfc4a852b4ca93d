"""The process of the official kernel: one line of JSON per request, one per answer.

Requests: {"id", "op": "judge", "reference", "proof", "heartbeats", "job"}; {"id", "op": "export",
"reference", "proof"}. Answers: {"id", "cpu_us", "memory", "loaded", "reply"}, where the reply is
one of {"status": "accepted", "axioms", "exact", "job"?}, {"status": "accepted", "text"} for an
export, {"status": "refused", "reason", "detail"}, {"status": "unusable", "detail"} if the reference
is no statement, and {"status": "failed", "detail"} if it could not tell.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prover_arb.oracle.kernels.official.judge import Judge, Unusable
from prover_arb.oracle.kernels.official.lean import KernelFailed, Lean
from prover_arb.oracle.kernels.official.library import Library
from prover_arb.oracle.kernels.official.modules import Modules
from prover_arb.oracle.kernels.official.refusal import Refused

_PAGE = resource.getpagesize()


def main() -> None:
    """Serve until standard input ends. The only argument is a JSON object: `kernel` (the shared
    library), its `version` and `commit`, `roots` (modules), `path` (folders), `word` (bytes of a
    pointer in the modules), `gaps` (a file of names that they mention and do not have, or null)
    and `memory` (bytes beyond what the library takes)."""
    config = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever Lean prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lean = Lean(Path(config["kernel"]))
    if (lean.version, lean.commit) != (config["version"], config["commit"]):
        sys.exit(f"{config['kernel']} is Lean {lean.version}, commit {lean.commit}")
    path = [Path(folder) for folder in config["path"]]
    gaps = json.loads(Path(config["gaps"]).read_text()) if config["gaps"] else []
    try:
        modules = Modules(config["roots"], path, config["word"])
    except OSError as error:
        sys.exit(_why_not_opened(error))
    library = Library(lean, modules, map(tuple, gaps))
    judge = Judge(lean, library)
    statistics = os.open("/proc/self/statm", os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_AS, (_pages(statistics, 0) + config["memory"],) * 2)
    # From here on nothing is opened or written to but the answers.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    gc.disable()  # what a check makes is no cycle
    _say(answers, {"ready": True, "memory": _own(statistics), "constants": len(library)})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        before = _cpu_us()
        reply, held = _answer(judge, request), _own(statistics)
        if reply.get("reason") == "memory":
            held = max(held, config["memory"])  # it may be short of some: it is to be replaced
        _say(
            answers,
            {
                "id": request.get("id"),
                "cpu_us": _cpu_us() - before,
                "memory": held,
                "loaded": library.loaded,
                "reply": reply,
            },
        )


def _why_not_opened(error: OSError) -> str:
    if error.errno != errno.EMFILE:
        return f"the library cannot be read: {error}"
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return (
        f"the library has more modules than the {allowed} files that a process may have open; "
        "raise that limit (`ulimit -n 65536`)"
    )


def _answer(judge: Judge, request: dict[str, Any]) -> dict[str, object]:
    try:
        return _OPERATIONS[request["op"]](judge, request)
    except Refused as error:
        return {"status": "refused", "reason": error.reason, "detail": str(error)}
    except MemoryError:
        detail = "checking the proof takes more memory than there is"
        return {"status": "refused", "reason": "memory", "detail": detail}
    except Unusable as error:
        return {"status": "unusable", "detail": str(error)[:500]}
    except (KernelFailed, RecursionError) as error:
        return {"status": "failed", "detail": str(error)[:500]}


def _judge(judge: Judge, request: dict[str, Any]) -> dict[str, object]:
    reference, proof = _text(request, "reference"), _text(request, "proof")
    accepted = judge.judge(reference, proof, _natural(request, "heartbeats"))
    reply: dict[str, object] = {
        "status": "accepted",
        "axioms": list(accepted.axioms),
        "exact": accepted.exact,
    }
    return {**reply, "job": accepted.job()} if request["job"] is True else reply


def _export(judge: Judge, request: dict[str, Any]) -> dict[str, object]:
    reference, proof = _text(request, "reference"), _text(request, "proof")
    return {"status": "accepted", "text": judge.export(reference, proof)}


def _text(request: dict[str, Any], key: str) -> str:
    value = request.get(key)
    if type(value) is not str:
        raise Refused("malformed_declaration", f"`{key}` is not a text")
    return value


def _natural(request: dict[str, Any], key: str) -> int:
    value = request.get(key)
    if type(value) is not int or not 0 <= value < 1 << 32:
        raise Refused("malformed_declaration", f"`{key}` is not a natural number")
    return value


_OPERATIONS: dict[str, Callable[[Judge, dict[str, Any]], dict[str, object]]] = {
    "judge": _judge,
    "export": _export,
}


def _say(answers: Any, value: dict[str, object]) -> None:
    answers.write(json.dumps(value).encode() + b"\n")
    answers.flush()


def _cpu_us() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return round((used.ru_utime + used.ru_stime) * 1_000_000)


def _own(statistics: int) -> int:
    """Bytes of this process that no other shares."""
    return _pages(statistics, 1) - _pages(statistics, 2)


def _pages(statistics: int, index: int) -> int:
    """Bytes of one figure of /proc/self/statm: all addresses, those in memory, those shared."""
    return int(os.pread(statistics, 200, 0).split()[index]) * _PAGE


if __name__ == "__main__":
    main()
