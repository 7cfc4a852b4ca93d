"""Takes apart what models wrap an answer in: reasoning, channels, special tokens and tags."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover_arb.problems.lean_looks import looks_lean

_THOUGHT = (
    "think|thinking|thought|thoughts|reasoning|reason|reflection|scratchpad|analysis|seed:think"
)
_OPEN = re.compile(
    rf"(?i:<\|?(?:begin_of_|start_)?(?:{_THOUGHT})\|?>)|\[THINK\]|◁think▷|<unused94>thought"
)
_CLOSE = re.compile(
    rf"(?i:</\|?(?:{_THOUGHT})\|?>|<\|(?:end_of_|end_|/)(?:{_THOUGHT})\|>)|"
    r"\[/THINK\]|◁/think▷|<unused95>"
)
_CHANNEL = re.compile(
    r"(?:<\|channel\|>\s*|\A\s*)(?P<name>analysis|commentary|final)\b[^<]*"
    r"(?:<\|constrain\|>[^<]*)?<\|message\|>(?P<text>.*?)"
    r"(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_BARE_CHANNELS = re.compile(
    r"\A\s*(?:analysis|commentary)(?=[A-Z`\s]).*?assistant\s*final", re.DOTALL
)
_TURN_END = re.compile(
    r"<\|(?:im_end|eot_id|end_of_text|endoftext|end|eom_id|return|EOT|end_of_turn|eos|END_OF_TURN_TOKEN)"
    r"\|>|<｜end▁of▁sentence｜>|<(?:end_of_turn|eos|/s)>|\[EOS\]|</?assistant>|<\|user\|>|\[e~\["
)
_TURN_START = re.compile(
    r"<\|(?:im_start|start_header_id|start)\|>\s*assistant\b(?:<\|end_header_id\|>)?|"
    r"<start_of_turn>\s*model\b|<\|assistant\|>|<｜Assistant｜>|\A\s*(?:[Aa]ssistant|AI)\s*:"
)
_TOKEN = re.compile(
    r"<\|[A-Za-z_/][\w/:-]*\|>|<｜[^｜<>\n]{1,40}｜>|</?s>|\[/?INST\]|<bos>|<unused\d+>"
)
_CODE_TAGS = (
    "answer|final|final_answer|solution|proof|lean|lean4|lean_code|lean4_code|lean_proof|code|pre|"
    "tactics|tactic|output|response|result|formal_proof|formal_statement|artifact|file"
)
_ATTRIBUTES = r"(?:\s+[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.-]+))*"
_CODE_TAG = re.compile(
    rf"(?is:<(?P<name>{_CODE_TAGS}){_ATTRIBUTES}\s*>(?P<text>.*?)(?P<end></(?P=name)\s*>|\Z))"
)
_BRACKET_TAG = re.compile(
    r"\[(?P<name>ANSWER|PROOF|LEAN|LEAN4|CODE|SOLUTION|PYTHON)\](?P<text>.*?)(?P<end>\[/(?P=name)\]|\Z)",
    re.DOTALL,
)
_LISTING = re.compile(
    r"\\begin\{(?P<name>lstlisting|verbatim|minted|lean)\}(?:\[[^\]\n]*\]|\{[^}\n]*\})*"
    r"(?P<text>.*?)(?P<end>\\end\{(?P=name)\}|\Z)",
    re.DOTALL,
)
_TAG = re.compile(rf"</?[A-Za-z][\w:-]*{_ATTRIBUTES}\s*/?>|<!\[CDATA\[|\]\]>")
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})|`{3,}", re.MULTILINE)

LEFTOVER = re.compile(
    rf"`{{3,}}|^[ \t]*~{{3,}}[\w ]*$|{_TOKEN.pattern}|{_TURN_END.pattern}|{_OPEN.pattern}|"
    rf"{_CLOSE.pattern}|(?i:</?(?:{_CODE_TAGS}){_ATTRIBUTES}\s*>)",
    re.MULTILINE,
)
"""What is no Lean and must not be in a candidate: fences, special tokens, tags."""


@dataclass(frozen=True)
class Said:
    """A model's text in its two parts."""

    answer: str
    reasoning: str


def apart(text: str) -> Said:
    """The answer in a model's text, and the reasoning before it."""
    text, reasoning = _channels(text)
    text, thought = _thoughts(text)
    return Said(_first_turn(text), _TOKEN.sub("\n", reasoning + thought))


def _channels(text: str) -> tuple[str, str]:
    """The final channel of a text in OpenAI's harmony format, and all others together."""
    messages = list(_CHANNEL.finditer(text))
    if messages:
        # A tool is called in the commentary; analysis is never an answer.
        spoken = [
            name for name in ("final", "commentary") if any(f["name"] == name for f in messages)
        ]
        final = (
            [message["text"] for message in messages if message["name"] == spoken[0]]
            if spoken
            else [""]
        )
        return final[-1], "\n".join(f["text"] for f in messages if f["name"] != "final") + "\n"
    bare = _BARE_CHANNELS.match(text)
    # The special tokens were dropped by the server, the names of the channels were not.
    return (text[bare.end() :], bare.group() + "\n") if bare else (text, "")


def _thoughts(text: str) -> tuple[str, str]:
    """What follows the reasoning, and the reasoning; nothing where the reasoning never ended."""
    parts, thoughts, at = [], [], 0
    while opened := _OPEN.search(text, at):
        closed = _CLOSE.search(text, opened.end())
        if closed is None:
            break
        parts.append(text[at : opened.start()])
        thoughts.append(text[opened.end() : closed.start()])
        at = closed.end()
    rest = "".join([*parts, text[at:]])
    closers = list(_CLOSE.finditer(rest))
    if closers:
        thoughts.append(rest[: closers[-1].end()])
        rest = rest[closers[-1].end() :]
    opened = _OPEN.search(rest)
    if opened:
        thoughts.append(rest[opened.end() :])
        rest = rest[: opened.start()]
    return rest, "\n".join(_CLOSE.sub("\n", thought) for thought in thoughts)


def _first_turn(text: str) -> str:
    """The first turn that says anything: some models go on with questions of their own."""
    turns = _TURN_END.split(_TURN_START.sub("\n", text))
    first = next((turn for turn in turns if turn.strip()), "")
    return _TOKEN.sub("\n", first)


def untagged(text: str) -> str:
    """The text with fences in place of tags around code, and line ends in place of other tags."""
    for pattern in (_CODE_TAG, _BRACKET_TAG, _LISTING):
        for _ in range(3):  # tags in tags
            text, count = pattern.subn(_fenced, text)
            if not count:
                break
    return _TAG.sub("\n", text)


def _fenced(tag: re.Match[str]) -> str:
    inner = tag["text"]
    if _FENCE.search(inner) or not looks_lean(_TAG.sub("", inner)):
        return f"\n{inner}\n"
    end = "\n```\n" if tag["end"] else ""
    return f"\n```lean4\n{inner.strip(chr(10))}{end}"
