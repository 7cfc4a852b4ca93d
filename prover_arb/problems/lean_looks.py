"""Tells lines of Lean from lines of prose by what they look like."""

from __future__ import annotations

import re
from functools import lru_cache

from prover_arb.core.lexer import tokens
from prover_arb.errors import ProblemError

TACTICS = frozenset({
    "abel", "absurd", "aesop", "all_goals", "any_goals", "apply", "apply_fun", "assumption",
    "bound", "by_cases", "by_contra", "calc", "case", "cases", "cases'", "change", "choose",
    "clear", "congr", "constructor", "contradiction", "contrapose", "conv", "convert", "decide",
    "delta", "done", "dsimp", "eapply", "erw", "exact", "exact_mod_cast", "exfalso", "exists",
    "ext", "field_simp", "fin_cases", "first", "focus", "funext", "gcongr", "generalize", "grind",
    "group", "have", "induction", "induction'", "infer_instance", "injection", "interval_cases",
    "intro", "intros", "iterate", "left", "let", "lift", "linarith", "linear_combination",
    "match", "match_scalars", "mod_cases", "module", "native_decide", "next", "nlinarith",
    "nofun", "nomatch", "noncomm_ring", "norm_cast", "norm_num", "nth_rewrite", "obtain", "omega",
    "on_goal", "pick_goal", "polyrith", "positivity", "push_cast", "push_neg", "qify", "rcases",
    "refine", "refine'", "rename_i", "repeat", "replace", "revert", "rewrite", "rfl", "right",
    "ring", "ring1", "ring_nf", "rintro", "rotate_left", "rotate_right", "rw", "rwa", "set",
    "show", "show_term", "simp", "simp_all", "simp_arith", "simp_rw", "simpa", "slice_lhs",
    "solve_by_elim", "sorry", "specialize", "split", "split_ands", "split_ifs", "stop", "subst",
    "subst_vars", "suffices", "swap", "symm", "tauto", "tfae_finish", "tfae_have", "trans",
    "transitivity", "trivial", "try", "unfold", "unfold_let", "use", "wlog", "zify"
})  # fmt: skip
"""Words that begin a tactic."""

ALSO_TERMS = frozenset({
    "absurd", "calc", "have", "let", "match", "nofun", "nomatch", "rfl", "show", "sorry",
    "suffices", "trivial"
})  # fmt: skip
"""Of those, the words that may begin a term as well."""

DECLARING = re.compile(
    r"^[ \t]*(?:@\[[^\]\n]*\][ \t]*)*(?:(?:private|protected|public|nonrec|noncomputable)[ \t]+)*"
    r"(?:theorem|lemma|example)\b",
    re.MULTILINE,
)
"""A line that states something to prove."""

_COMMAND_WORDS = (
    "theorem|lemma|example|def|abbrev|instance|structure|inductive|class|axiom|namespace|section|"
    "end|open|import|variable|universe|set_option|attribute|private|protected|public|nonrec|"
    "noncomputable|mutual|macro|notation|local|scoped|export|omit|include|termination_by|"
    "decreasing_by|where|deriving"
)
_COMMAND_LINE = re.compile(rf"(?:{_COMMAND_WORDS})\b(?![ \t]*[,;])|@\[|/-|--|#[a-z]")
_TACTIC_LINE = re.compile(r"(?:(?:by|:=)(?=\s|$)|[·.•]\s|<;>|\(?(?P<word>[a-z][\w']*[?!]?))")
_SENTENCE_START = re.compile(r"[A-Z][A-Za-z'\u2019]*(?:[ ,:;.!?)]|$)")
_SENTENCE = re.compile(r"[A-Za-z'\u2019\"()-]+(?:[ ,;]+[\w'\u2019\"()-]+){3,}[.!?:]")
_STATEMENT_OF_PROSE = re.compile(r"[A-Z][a-z']*(?: [\w',()`-]+){2,}[.!?]")
_MARKDOWN = re.compile(
    r"#{1,6}\s|\*\*|__|[-*+]\s+\S|>\s|\d{1,3}[.)]\s|-{3,}\s*$|={3,}\s*$|\$|"
    r"\\(?:begin|end|\[|\(|boxed)|\[/?[A-Z]+\]|!\[|\[[^\]]*\]\(|\|(?!.*=>).*\|\s*$"
)
_OTHER_SCRIPTS = re.compile(
    "[\u0400-\u1cff\u2600-\u27bf\u2e80-\ud7ff\uff00-\uffef\U0001f000-\U0001faff]"
)
"""Letters that no name of Lean has, and emoji."""
_MARKS_ALONE = re.compile(r"\s*(?:`+|'{3,}|\"{3,}|~{3,})\s*")


@lru_cache(maxsize=8)
def masked(code: str) -> str:
    """Code with comments, documentation and strings blanked: the same length, the same lines.

    Raises:
        ProblemError: a comment or a string is never closed.
    """
    blank = list(re.sub(r"[^\n]", " ", code))
    for token in tokens(code):
        if token.kind not in {"doc", "string"}:
            blank[token.start : token.end] = code[token.start : token.end]
    return "".join(blank)


def is_whole(code: str) -> bool:
    """Returns whether every comment and string in the code has both a beginning and an end."""
    try:
        return "-/" not in masked(code)
    except ProblemError:
        return False


def is_unfinished(code: str) -> bool:
    """Returns whether `sorry`, `admit` or dots stand for missing code, outside comments."""
    return re.search(r"(?<![\w.'])(?:sorry|admit)(?![\w'])|\.\.\.|…", _readable(code)) is not None


def starts_command(line: str) -> bool:
    """Returns whether a line begins with one of Lean's commands, an attribute or a comment."""
    return _COMMAND_LINE.match(line) is not None and not is_prose(line)


def starts_tactic(line: str) -> bool:
    """Returns whether a line begins as a tactic does, and does not read on as a sentence."""
    match = _TACTIC_LINE.match(line.lstrip())
    if match is None:
        return False
    word = (match["word"] or "by").rstrip("?!")
    if word not in TACTICS and word != "by":
        return False
    rest = line.lstrip()[match.end() :]
    if word == "sorry" and re.match(r"\s+\w", rest):
        return False
    return not is_prose(line.strip()) and not re.match(r"\s*[,:]\s", rest)


def looks_lean(text: str) -> bool:
    """Returns whether the first line that is not empty begins a command or a tactic."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return starts_command(first.lstrip()) or starts_tactic(first)


def is_prose(line: str) -> bool:
    """Returns whether a line is written for people, or is Markdown.

    Lines that are indented belong to the code before them unless they are a sentence.
    """
    if not line or line[0] in " \t" or re.match(r"#[a-z]|--|/-", line):
        return _STATEMENT_OF_PROSE.fullmatch(line.strip()) is not None
    if _MARKDOWN.match(line) or _MARKS_ALONE.fullmatch(line) or _OTHER_SCRIPTS.match(line):
        return True
    plain = line.rstrip()
    if ":=" in plain or plain.endswith(" by"):
        return False
    if _SENTENCE_START.match(plain):
        return len(plain.split()) > 1 or plain[-1] in ".:!?" or plain == "QED"
    return _SENTENCE.fullmatch(plain) is not None


def without_prose(code: str) -> str:
    """Code up to the first line of prose, comments left alone."""
    lines, readable = code.split("\n"), _readable(code).split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip() and not is_prose(line)), 0)
    for number in range(start, len(lines)):
        if readable[number].strip() and is_prose(lines[number]):
            return "\n".join(lines[start:number]).rstrip()
    return "\n".join(lines[start:])


def _readable(code: str) -> str:
    """Returns `masked(code)`, or the code itself if it ends inside a comment or a string."""
    try:
        return masked(code)
    except ProblemError:
        return code
