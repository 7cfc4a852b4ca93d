"""From the code in an answer to a candidate: what is no proof is taken off, nothing is judged.

A declaration of the theorem alone, as it was stated, gives its proof (`tactics` or `term`), to be
judged under the customer's statement. With lemmas beside it, or restated in other words, the whole
text is a `file`: without imports, without commands that only print, and without what would give
the theorem another name.
"""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise

from pydantic import ValidationError

from prover_arb.core.lexer import tokens
from prover_arb.core.theorem import Candidate, CandidateKind, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.lean_looks import ALSO_TERMS, TACTICS, without_prose
from prover_arb.provers.chat.answers.characters import straight_quotes
from prover_arb.provers.chat.answers.source import Source
from prover_arb.provers.chat.answers.statement import Stated

_BY = re.compile(r"\s*(?::=\s*)?by\b")
_INDENTED_COMMAND = re.compile(
    r"^[ \t]+#(?:eval|check|print|reduce|help|synth|guard|norm_num)\b.*$", re.MULTILINE
)
_NUMBERED = re.compile(r"^[ \t]*(\d{1,5})[ \t]?[:|.]?(?:[ \t]|$)")
_LINE_ONLY = re.compile(r"^(?:import\s|#[a-z]|module\s*$|prelude\s*$).*$", re.MULTILINE)


def candidate_of(code: str, theorem: Theorem) -> Candidate | None:
    """The candidate in a piece of code; None where nothing of it is a proof."""
    code = _without_margin(straight_quotes(_with_line_ends(code)).strip("\n"))
    code = _INDENTED_COMMAND.sub("", without_prose(textwrap.dedent(code)))
    try:
        kind, text = _classified(code, theorem)
    except ProblemError:  # a comment or a string without an end, which Lean will point out
        kind, text = _unparsed(code)
    if not text.strip():
        return None
    try:
        return Candidate(kind=kind, text=text)
    except ValidationError:  # longer than any candidate may be
        return None


def _with_line_ends(code: str) -> str:
    """Code on one line with `\\n` written out, as some models escape it, with real line ends."""
    code = code.strip()
    return code if "\n" in code else code.replace("\\n", "\n")


def _without_margin(code: str) -> str:
    """Code without the numbers of its lines, or the marks of a quotation or a difference."""
    lines = [line for line in code.split("\n") if line.strip()]
    numbers = [int(number[1]) for line in lines if (number := _NUMBERED.match(line))]
    if len(numbers) == len(lines) > 1 and all(b == a + 1 for a, b in pairwise(numbers)):
        return re.sub(_NUMBERED.pattern, "", code, flags=re.MULTILINE)
    if lines and all(line[0] in "+-" for line in lines) and any(line[0] == "+" for line in lines):
        return "\n".join(line[1:] for line in lines if line[0] == "+")
    if lines and all(line[0] == ">" for line in lines):
        return re.sub(r"^> ?", "", code, flags=re.MULTILINE)
    return code


def _unparsed(code: str) -> tuple[CandidateKind, str]:
    by = _BY.match(code)
    return ("tactics", _block(code, by.end())) if by else ("file", code)


def _classified(code: str, theorem: Theorem) -> tuple[CandidateKind, str]:
    if not any(token.kind == "name" and token.text in _DECLARATIONS for token in tokens(code)):
        return _proof(code)
    source = Source(code, theorem)
    main = source.main
    proof = _proof_behind(code, main) if main is not None and main.same and source.alone else None
    if proof is None:
        return "file", source.file()
    kind, text = proof
    opened = f"open {' '.join(source.opened)} in\n" if source.opened and text.strip() else ""
    return kind, opened + text


_DECLARATIONS = frozenset({
    "theorem", "lemma", "example", "def", "abbrev", "instance", "structure", "inductive", "axiom"
})  # fmt: skip


def _proof(code: str) -> tuple[CandidateKind, str]:
    """A proof without a declaration around it."""
    code = _LINE_ONLY.sub("", code).strip("\n")
    by = _BY.match(code)
    if by:
        return "tactics", _block(code, by.end())
    if code.lstrip().startswith(":="):
        term = code.lstrip()[2:].strip()
        return ("tactics", term) if _is_tactic(term) else ("term", term)
    return "tactics", textwrap.dedent(code).strip("\n")


def _proof_behind(code: str, stated: Stated) -> tuple[CandidateKind, str] | None:
    """The proof of a theorem that is stated word for word; None where only a file can say it."""
    proof, end = list(stated.proof), stated.command.end
    if any(token.text in {"termination_by", "decreasing_by", "where"} for token in proof):
        return None
    assigned = proof[0].text == ":="
    if assigned:
        proof = proof[1:]
    if not proof:
        return "tactics", ""
    first = proof[0]
    if first.text == "by":
        return "tactics", _block(code[:end], first.end)
    if _is_tactic(first.text, missing_by=assigned):
        return "tactics", _block(code[:end], first.start)
    return ("term", code[first.start : end].strip()) if assigned else None


def _is_tactic(text: str, *, missing_by: bool = True) -> bool:
    """Whether a proof begins with a tactic; what may be a term too is one behind `:=`."""
    word = re.match(r"[a-z][\w']*", text)
    if word is None or word.group() not in TACTICS:
        return False
    return not (missing_by and word.group() in ALSO_TERMS)


def _block(text: str, start: int) -> str:
    """The tactics from `start` on, moved left together: the first keeps its column till then."""
    body = text[start:]
    first = len(body) - len(body.lstrip())
    if "\n" not in body[:first]:
        line = text.rfind("\n", 0, start) + 1
        return textwrap.dedent(" " * (start - line) + body).strip("\n").rstrip()
    return textwrap.dedent(body).strip("\n").rstrip()
