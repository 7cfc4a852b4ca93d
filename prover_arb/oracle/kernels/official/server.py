"""The process of the second kernel: one line of JSON per request, one per answer.

Requests: {"id", "op": "check" | "export", "statement", "proof", "given"}. Answers: {"id", "cpu_us",
"memory", "reply": {"status": "accepted" | "refused" | "failed", ...}}.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from prover_arb.oracle.kernels.official.judge import Judge
from prover_arb.oracle.kernels.official.lean import KernelFailed, Lean, Refused
from prover_arb.oracle.kernels.official.library import Library

_PAGE = resource.getpagesize()


def main() -> None:
    """Serve until standard input ends. The only argument is a JSON object: `kernel` (the shared
    library), its `version` and `commit`, `roots` (modules), `path` (folders), `word` (bytes of a
    pointer in the modules) and `memory` (bytes beyond what the library takes)."""
    config = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever Lean prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lean = Lean(Path(config["kernel"]))
    if (lean.version, lean.commit) != (config["version"], config["commit"]):
        sys.exit(f"{config['kernel']} is Lean {lean.version}, commit {lean.commit}")
    path = [Path(folder) for folder in config["path"]]
    library = Library(lean, config["roots"], path, config["word"])
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
        reply = _answer(judge, request)
        _say(
            answers,
            {
                "id": request.get("id"),
                "cpu_us": _cpu_us() - before,
                "memory": _own(statistics),
                "loaded": library.loaded,
                "reply": reply,
            },
        )


def _answer(judge: Judge, request: dict[str, Any]) -> dict[str, object]:
    parts = (request["statement"], request["proof"], request["given"])
    try:
        if request["op"] == "export":
            return {"status": "accepted", "text": judge.export(*parts)}
        axioms = judge.judge(*parts)
    except Refused as error:
        return {"status": "refused", "detail": str(error)}
    except (KernelFailed, RecursionError) as error:
        return {"status": "failed", "detail": str(error)}
    return {"status": "accepted", "axioms": axioms}


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
