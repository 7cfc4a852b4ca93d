"""From a model's answer to a candidate: what it wraps a proof in is taken off, nothing is judged.

Models answer with reasoning, prose, one or several fenced blocks, a full file with imports, or a
bare run of tactics. The last fenced block is the answer (earlier ones are drafts), unless it does
not name the theorem and an earlier one does.
"""

from __future__ import annotations

import re
import textwrap

from pydantic import ValidationError

from prover_arb.core.theorem import Candidate, CandidateKind, Theorem

_REASONING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL)
_REASONING_CLOSED = re.compile(r"</(?:think|thinking|reasoning)>")
_REASONING_OPEN = re.compile(r"<(?:think|thinking|reasoning)>")
_FENCE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<label>[\w+.-]*)[^\n]*\n"
    r"(?P<code>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_LEAN_LABELS = frozenset({"lean", "lean4", "lean3", "tactics", "tactic"})
_FOREIGN_LABELS = frozenset({
    "bash", "c", "cpp", "css", "haskell", "html", "java", "javascript", "json", "latex", "lua",
    "markdown", "math", "md", "ocaml", "python", "py", "rust", "sh", "shell", "tex", "xml", "yaml"
})  # fmt: skip
_DROPPED = re.compile(r"^(?:import\s.*|set_option\s+maxHeartbeats\s.*?(?<!\bin)\s*)$", re.MULTILINE)
_OPENED = re.compile(r"^open\s(?!.*\bin\s*$).*$", re.MULTILINE)
"""The core profile opens what it has itself; other namespaces do not exist in it."""
_DECLARATION = re.compile(r"^(?:theorem|lemma|example)\b", re.MULTILINE)
_LEAN_START = re.compile(
    r"^(?:import|open|set_option|theorem|lemma|example|namespace|section|variable|def|/-|--)"
    r"(?:\b|(?<=-))",
    re.MULTILINE,
)
_COMMAND = re.compile(
    r"^(?:@\[|/--|#|(?:theorem|lemma|example|def|abbrev|namespace|section|end|open|variable|"
    r"set_option|instance|structure|inductive|private|noncomputable|axiom|macro|notation)\b)",
    re.MULTILINE,
)
_BY = re.compile(r"\s*(?::=\s*)?by\b")
_TACTICS = frozenset({
    "aesop", "apply", "by_cases", "by_contra", "calc", "cases", "constructor", "contradiction",
    "decide", "exact", "exfalso", "ext", "field_simp", "fin_cases", "first", "funext", "grind",
    "have", "induction", "interval_cases", "intro", "intros", "left", "let", "linarith",
    "native_decide", "nlinarith", "norm_num", "obtain", "omega", "positivity", "push_cast",
    "rcases", "refine", "rfl", "right", "ring", "ring_nf", "rintro", "rw", "rwa", "show", "simp",
    "simp_all", "simp_arith", "simpa", "subst", "suffices", "trivial", "unfold", "use", "rewrite"
})  # fmt: skip


def extract(answer: str, theorem: Theorem) -> Candidate | None:
    """The proof in a model's answer, or None where there is none.

    A declaration of the theorem alone, as it was stated, gives its proof (`tactics` or `term`);
    with lemmas beside it, or restated in other words, the whole text is a `file`, without imports.
    """
    code = _code(_without_reasoning(answer), theorem)
    if code is None:
        return None
    kind, text = _classified(code, theorem)
    if not text.strip():
        return None
    try:
        return Candidate(kind=kind, text=text)
    except ValidationError:  # longer than any candidate may be
        return None


def _without_reasoning(answer: str) -> str:
    """What follows the reasoning; nothing where the reasoning never ended."""
    text = _REASONING.sub("", answer.replace("\r\n", "\n"))
    closed = list(_REASONING_CLOSED.finditer(text))
    if closed:
        text = text[closed[-1].end() :]
    opened = _REASONING_OPEN.search(text)
    return text[: opened.start()] if opened else text


def _code(text: str, theorem: Theorem) -> str | None:
    blocks = [(m["label"].lower(), m["code"]) for m in _FENCE.finditer(text)]
    if blocks:
        lean = [code for label, code in blocks if label in _LEAN_LABELS and code.strip()]
        other = [code for label, code in blocks if label not in _FOREIGN_LABELS and code.strip()]
        candidates = lean or other
        named = [code for code in candidates if _names(code, theorem)]
        chosen = named or candidates
        return chosen[-1] if chosen else None
    return _unfenced(text.strip("\n"))


def _names(code: str, theorem: Theorem) -> bool:
    pattern = rf"^(?:theorem|lemma)\s+{re.escape(theorem.name)}(?![\w'.!?])"
    return re.search(pattern, code, re.MULTILINE) is not None


def _unfenced(text: str) -> str | None:
    """Lean without fences: a file from its first command on, or nothing but tactics."""
    if _BY.match(text):
        return text
    first = re.match(r"\s*[·.<(]*\s*(\w+)", text)
    if first and first[1] in _TACTICS and not re.match(r"\s*\w+\s*[,:]\s", text):
        return text
    if _DECLARATION.search(text):
        start = _LEAN_START.search(text)
        return text[start.start() :] if start else text
    return None


def _classified(code: str, theorem: Theorem) -> tuple[CandidateKind, str]:
    code = code.strip("\n").expandtabs(2)
    if not _DECLARATION.search(code):
        by = _BY.match(code)
        if by:
            return "tactics", _block(code, by.end())
        if code.lstrip().startswith(":="):
            return "term", code.lstrip()[2:].strip()
        return "tactics", textwrap.dedent(_DROPPED.sub("", code)).strip("\n")
    proof = _proof_alone(code, theorem)
    return proof or ("file", _file(code, theorem))


def _file(code: str, theorem: Theorem) -> str:
    """The text without what the profile and the customer's preamble already bring."""
    text = _DROPPED.sub("", code).strip("\n")
    preamble = theorem.preamble.strip()
    if preamble and text.lstrip().startswith(preamble):
        text = text.lstrip()[len(preamble) :]
    if theorem.profile == "core":
        text = _OPENED.sub("", text)
    return text.strip("\n")


def _proof_alone(code: str, theorem: Theorem) -> tuple[CandidateKind, str] | None:
    """The proof of the only declaration, if that states the theorem word for word."""
    text = _file(code, theorem)
    declarations = list(_DECLARATION.finditer(text))
    if len(declarations) != 1 or text[: declarations[0].start()].strip():
        return None
    words = r"\s+".join(re.escape(word) for word in theorem.statement.split())
    head = re.compile(rf"(?:(?:theorem|lemma)\s+[^\s({{\[:]+|example)\s*{words}\s*:=\s*")
    found = head.match(text, declarations[0].start())
    if found is None or _COMMAND.search(text, found.end()):
        return None
    by = re.compile(r"by\b").match(text, found.end())
    if by:
        return "tactics", _block(text, by.end())
    return "term", text[found.end() :].strip()


def _block(text: str, start: int) -> str:
    """The tactics from `start` on, moved left together: the first keeps its column till then."""
    body = text[start:]
    first = len(body) - len(body.lstrip())
    if "\n" not in body[:first]:
        line = text.rfind("\n", 0, start) + 1
        return textwrap.dedent(" " * (start - line) + body).strip("\n").rstrip()
    return textwrap.dedent(body).strip("\n").rstrip()
