"""Answers outside the protocol: another process in the place of the elaborating Lean."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover_arb.core.theorem import Candidate, Limits
from prover_arb.oracle.elaborator import LeanElaborator
from prover_arb.oracle.lean_pool import LeanPool
from tests.oracle.kernels.exports import text
from tests.soundness.hostile.answer import claiming
from tests.soundness.hostile.statements import Asked, Corpus
from tests.soundness.hostile.trial import Tally, Trial

TALKER = Path(__file__).with_name("talker.py")
_WALL_MS = 1_000

Told = dict[str, Any]
"""What the process is told: see talker.py."""
Dialect = Callable[[random.Random, str], Told]
"""From a wrong proof to what is said of it."""


def _say(*lines: object, then: str = "") -> Told:
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return {"say": said, "then": then}


def _reply(**fields: object) -> dict[str, object]:
    return {"id": "$ID", "cpu_us": 1, "memory": 1, "printed": 0, "reply": fields}


def verdicts(draw: random.Random, wrong: str) -> Told:
    """The process gives the verdict itself."""
    word = draw.choice(("proved", "refuted", "accepted", "ok", "PROVED", "elaborated "))
    return _say(_reply(status=word, reason=None, detail="", axioms=[], kernels=["a", "b"],
                       proof=draw.choice((wrong, "", None))))  # fmt: skip


def extra_fields(draw: random.Random, wrong: str) -> Told:
    """Wrong data with a verdict beside it, in the reply or around it."""
    more = {
        "verdict": "proved",
        "accepted": True,
        "axioms": [],
        "kernels": ["lean"],
        "certain": True,
    }
    envelope = _reply(status="elaborated", proof=wrong, **more)
    return _say(
        {**envelope, **more, "status": "proved", "memory": draw.choice((1, -1, 2**70, "x"))}
    )


def ids(draw: random.Random, wrong: str) -> Told:
    """The answer of another request."""
    line = _reply(status="elaborated", proof=wrong)
    line["id"] = draw.choice(("", None, 0, "$ID ", ["$ID"], {"id": "$ID"}, True, "0" * 32))
    return _say(line)


def two_answers(draw: random.Random, wrong: str) -> Told:
    """More answers than were asked for."""
    line = _reply(status="elaborated", proof=wrong)
    other = _reply(status=draw.choice(("proved", "elaborated")), proof=wrong, messages=[])
    return _say(*draw.choice(((line, other), (other, line), (line, line, line))))


def odd_types(draw: random.Random, wrong: str) -> Told:
    """Fields of types that they never have."""
    odd: list[Any] = [None, True, 0, -1, 2**80, 1.5, "", "proved", [], [wrong], {},
                      {"status": "proved"}, "\ud800", "\0", "x" * 100_000]  # fmt: skip
    fields: dict[str, Any] = {"status": "elaborated", "proof": wrong, "messages": [], "detail": "",
                              "reason": None}  # fmt: skip
    for _ in range(draw.randrange(1, 4)):
        fields[draw.choice(list(fields))] = draw.choice(odd)
    if draw.random() < 0.5:
        fields["status"] = draw.choice(("rejected", "invalid_statement", "elaborated", "failed"))
        fields["messages"] = draw.choice(
            (odd, [{"severity": one, "line": one, "text": one} for one in odd])
        )
    envelope = _reply(**fields)
    if draw.random() < 0.3:
        envelope[draw.choice(list(envelope))] = draw.choice(odd)
    return _say(envelope)


def no_json(draw: random.Random, wrong: str) -> Told:
    """Lines that are no JSON, or that readers of JSON disagree about."""
    line = json.dumps(_reply(status="elaborated", proof=wrong))
    return _say(draw.choice((
        "", "proved", "null", "[]", "NaN", "[" * 100_000, line[:-1], line + line, "\ufeff" + line,
        line[:-1] + ',"reply":{"status":"proved"}}', '{"id":"$ID","reply":NaN}', line + "\0",
        '{"id":"$ID","id":"x","reply":{"status":"elaborated","proof":"","proof":1}}',
        '{"id":"$ID","reply":{"status":"elaborated","proof":"","n":' + "9" * 5_000 + "}}",
        '{"id":"$ID","reply":{"status":"elaborated","proof":"\ud800"}}',
    )))  # fmt: skip


def fatal(draw: random.Random, wrong: str) -> Told:
    """The process says that it has failed, and ends or does not."""
    causes = ("memory", "stack", "trap", "output", "killed", "unknown", "proved", None, [], 1)
    told = {"cause": draw.choice(causes), "detail": draw.choice(("", "proved", None))}
    return _say({"id": "$ID", "fatal": told}, then=draw.choice(("", "end", "kill")))


def endings(draw: random.Random, wrong: str) -> Told:
    """The process ends in the middle of an answer, or before it."""
    line = json.dumps(_reply(status="elaborated", proof=wrong))
    return _say(*draw.choice(((), (line,), (line[:50],))), then=draw.choice(("end", "kill")))


def silence(draw: random.Random, wrong: str) -> Told:
    """No answer."""
    return _say(then="sleep")


def floods(draw: random.Random, wrong: str) -> Told:
    """An answer without an end."""
    return _say(then="flood")


DIALECTS: dict[str, Dialect] = {
    "the verdict itself": verdicts,
    "fields of a verdict beside the data": extra_fields,
    "wrong identifiers": ids,
    "more than one answer": two_answers,
    "fields of other types": odd_types,
    "what is no JSON": no_json,
    "failures made up": fatal,
    "ends in the middle": endings,
    "no answer": silence,
    "an endless answer": floods,
}
SLOW = frozenset({"no answer", "an endless answer"})
"""Each case of these takes as long as it is given; a few show all there is to see."""


def _wrong_proof(draw: random.Random, corpus: Corpus, asked: Asked) -> str:
    return text(claiming(draw.choice(corpus.true).proof or [], asked))


async def talked(trial: Trial, dialect: str, cases: int, seed: str = "") -> Tally:
    """Put a number of false statements before an oracle whose elaborator speaks so."""
    toolchain = trial.toolchain
    command = [sys.executable, "-I", "-S", str(TALKER)]
    hostile = replace(toolchain, make_command=lambda memory_mb: command, judges=False)
    tally, began = Tally(), time.monotonic()
    pool = LeanPool(hostile, size=1)
    oracle = trial.with_elaborator(LeanElaborator(pool))
    limits = Limits(wall_ms=_WALL_MS if dialect in SLOW else 10_000)
    try:
        for number in range(min(cases, 3) if dialect in SLOW else cases):
            draw = random.Random(f"{seed}{dialect}{number}")
            asked = draw.choice(trial.corpus.false)
            wrong = _wrong_proof(draw, trial.corpus, asked)
            told = json.dumps(DIALECTS[dialect](draw, wrong))
            candidate = Candidate(kind="term", text=told)
            verdict = await oracle.verify(asked.theorem, candidate, limits)
            tally.verdicts[verdict.reason or verdict.status] += 1
            if verdict.status not in {"rejected", "void"} or verdict.kernels:
                tally.wrong.append(f"{dialect}, case {number}: {verdict.status}\n{told[:10_000]}")
    finally:
        await pool.close()
    tally.seconds = time.monotonic() - began
    return tally
