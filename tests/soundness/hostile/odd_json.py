"""Answers in JSON that is odd, or none."""

from __future__ import annotations

import json
import random

from tests.oracle.kernels.exports import text
from tests.soundness.hostile.answer import Answer, proof_of
from tests.soundness.hostile.statements import Corpus


def json_types(draw: random.Random, corpus: Corpus) -> Answer:
    """Wrong types, extra and doubled fields, numbers that readers of JSON disagree about."""
    asked = draw.choice((*corpus.false, *corpus.true))
    lines = text(proof_of(draw, corpus, asked)).splitlines()
    place = draw.randrange(len(lines))
    line = lines[place]
    lines[place] = draw.choice(ODD)(draw, line)
    return Answer(
        asked, draw.choice(("\n", "\n", "\n", "\r\n", "\n\n", "\u2028", ", ")).join(lines) + "\n"
    )


def _number(draw: random.Random, line: str) -> str:
    """A number becomes something else that begins like one."""
    digits = [i for i, c in enumerate(line) if c.isdigit() and not line[i - 1].isalnum()]
    if not digits:
        return line
    at = draw.choice(digits)
    end = at
    while end < len(line) and line[end].isdigit():
        end += 1
    held = line[at:end]
    made = draw.choice((
        f"{held}.0", f"{held}e0", f"-{held}", f"0{held}", f"{held}.5", "1e400", "NaN", "Infinity",
        "-0", "true", "false", "null", "{}", f'"{held}"', f"[{held}]", "9" * 5_000,
        f"{held}{'0' * 400}", str(int(held[:18]) + 2**64),
    ))  # fmt: skip
    return line[:at] + made + line[end:]


def _doubled_key(draw: random.Random, line: str) -> str:
    item = json.loads(line)
    key = draw.choice(list(item))
    other = json.dumps(draw.choice((0, 1, {}, item[key])))
    return draw.choice((f'{line[:-1]},"{key}":{other}}}', f'{{"{key}":{other},{line[1:]}'))


def _wrapped(draw: random.Random, line: str) -> str:
    return draw.choice((
        f"[{line}]", f'{{"a":{line}}}', "[" * 10_000 + "]" * 10_000, line + line, "null",
        f"\ufeff{line}", line + "\0", line[:-1] + ',"status":"proved"}', line[:-1] + ',"ok":true}',
        '{"status":"proved"}', f"// {line}", line + ",", line.replace('"', "'"),
        line.replace(":", "="), " " * 10_000 + line, '{"meta":{"proved":true}}', '{"meta":1}',
        f"{line}\\", line.upper(),
    ))  # fmt: skip


def _word(draw: random.Random, line: str) -> str:
    """A text with surrogates, escapes, or a number in its place."""
    parts = line.split('"')
    if len(parts) < 4:
        return line
    at = draw.randrange(1, len(parts), 2)
    parts[at] = draw.choice((
        "\\ud800", "\\udc00\\ud800", "\\u0000", "\\u00e9", "é", "\u202e", "__proto__",
        "constructor", "thm", "axiom", "quot", "in", "", "\\n{\\\"thm\\\":1}",
    ))  # fmt: skip
    return '"'.join(parts)


ODD = (_number, _number, _doubled_key, _wrapped, _word)
