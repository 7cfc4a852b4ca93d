"""Sequences and functions given step by step: tables, closed forms, and chains of instances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.functions import argument_slots
from prover_arb.provers.local.templates.reading import facts, texts

_STEP = re.compile(
    r"^∀ \(?(\w+)(?: : ([^),≥]+))?(?: ≥ \d+)?\)?, (?:(?:\d+ [<≤] \w+|\w+ [>≥] \d+) → )?(.+)$"
)
_NUMERAL = re.compile(r"(?<![\w.₀-₉])\d+")
_TERM = re.compile(r"(?<!\w)s(\d)(?!\w)")
_MOST_CHAIN = 120


def arithmetic_progressions(goal: Goal) -> Iterator[str]:
    """A sequence whose differences are equal is linear, by induction."""
    for f, kind in _sequences(goal):
        for fact in facts(goal):
            match = _STEP.match(fact.text)
            if match is None or not re.search(rf"(?<!\w){f} \(", match[3]) or " * " in match[3]:
                continue
            common = (
                f"have r_step : ∀ n : ℕ, {f} (n + 1) - {f} n = {f} 1 - {f} 0 := by\n"
                f"  intro n\n  induction n with\n  | zero => grind\n"
                f"  | succ k ih => have r_now := {fact.proof} k; grind\n"
                f"have r_term : ∀ n : ℕ, {f} n = {f} 0 + n * ({f} 1 - {f} 0) := by\n"
                f"  intro n\n  induction n with\n  | zero => grind\n"
                f"  | succ k ih => have r_now := r_step k; grind"
            )
            points = _arguments(goal, f)[:6]
            told = [f"have r_at{i} := r_term {point}" for i, point in enumerate(points)]
            unrolled = "simp only [Finset.sum_range_succ, Finset.sum_range_zero] at *"
            yield "\n".join([common, *told, "clear r_term r_step", f"clear {fact.proof}", "grind"])
            if any(".sum" in text or "∑" in text for text in texts(goal)):
                yield "\n".join(
                    [common, unrolled, "simp only [r_term] at *; clear r_term r_step; grind"]
                )
            for x in goal.variables("ℕ")[:1]:
                yield "\n".join(
                    [
                        *[common, *told, "clear r_term r_step", f"clear {fact.proof}"],
                        *_cast_from_field(x, goal.target, kind),
                    ]
                )
            return


def _cast_from_field(x: str, target: str, kind: str) -> list[str]:
    """`x = k` for a natural number, from the equation of the casts."""
    match = re.fullmatch(rf"{x} = (\d+)", target)
    if match is None or kind not in "ℝℚ":
        return ["grind"]
    return [
        f"have r_cast : (({x} : ℕ) : {kind}) = (({match[1]} : ℕ) : {kind}) := by grind",
        f"have r_same := Lean.Grind.IsCharP.natCast_ext_iff (α := {kind}) 0 "
        f"(x := {x}) (y := {match[1]})",
        "grind",
    ]


@dataclass(frozen=True)
class Recurrence:
    """A sequence that is determined by its first terms and a rule."""

    name: str
    kind: str
    """What its terms are."""
    proof: str
    """Of the rule."""
    start: int
    """The index of the first term given."""
    terms: tuple[str, ...]
    """As many as the rule needs."""
    rule: str
    """The next term as a term of `s0`, `s1`, ..., which are the terms before."""
    forward: bool
    """Whether the rule is about `f (n + k)`, not about `f n`."""


def tables(goal: Goal) -> Iterator[str]:
    """A sequence of natural numbers or integers with its first terms: the kernel computes it."""
    for f, kind in _sequences(goal):
        given = _given(goal, f)
        for fact in facts(goal):
            match = _STEP.match(fact.text)
            if kind not in ("ℕ", "ℤ") or match is None or not given:
                continue
            x, body = match[1], match[3]
            order, start = _order(body, f), min(given)
            terms = tuple(given[k] for k in range(start, start + order) if k in given)
            left, _, right = body.partition(" = ")
            forward = left == f"{f} ({x} + {order})"
            rule = _rule(x, right, f, 0 if forward else order)
            if order and len(terms) == order and rule and (forward or left == f"{f} {x}"):
                found = Recurrence(f, kind, fact.proof, start, terms, rule, forward)
                yield _computed(found, goal.target)


def _sequences(goal: Goal) -> list[tuple[str, str]]:
    """Names of the sequences, and what their terms are."""
    found = []
    for h in goal.facts:
        if h.type.startswith("ℕ → ") and h.type[4:] in ("ℕ", "ℤ", "ℚ", "ℝ"):
            found.append((h.name, h.type[4:]))
    return found


def _order(body: str, f: str) -> int:
    """How many terms the next one depends on; 0 when there is no telling."""
    shifts = [int(n) for n in re.findall(rf"(?<!\w){f} \(\w+ [+-] (\d+)\)", body)]
    return max(shifts) if shifts and max(shifts) <= 4 else 0


def _rule(x: str, right: str, f: str, offset: int) -> str | None:
    def term(match: re.Match[str]) -> str:
        shift = int(match[2] or 0)
        return f"s{offset - shift if match[1] == '-' else offset + shift}"

    rule = re.sub(rf"(?<!\w){f} (?:\({x}(?: ([+-]) (\d+))?\)|{x}(?!\w))", term, right)
    return None if not right or re.search(rf"(?<!\w){x}(?!\w)|(?<!\w){f} ", rule) else rule


def _given(goal: Goal, f: str) -> dict[int, str]:
    found = {}
    for fact in facts(goal):
        if match := re.fullmatch(rf"{f} (\d+) = (\(?-?\d+\)?)", fact.text):
            found[int(match[1])] = match[2]
    return found


def _computed(found: Recurrence, target: str) -> str:
    """Compares neighbouring terms with an iteration, by induction; then computes the target."""
    f, start, order = found.name, found.start, len(found.terms)
    tuple_type = " × ".join([found.kind] * order)
    projections = [f"{'.2' * i}{'.1' if i < order - 1 else ''}" for i in range(order)]
    after = _TERM.sub(lambda m: f"s{projections[int(m[1])]}", found.rule)
    steps = ", ".join([*(f"s{projection}" for projection in projections[1:]), after])
    table = (
        f"(Nat.rec (motive := fun _ => {tuple_type}) ({', '.join(found.terms)}) "
        f"(fun _ s => ({steps})) n)"
    )
    claim = " ∧ ".join(
        f"{f} (n + {start + i}) = {table}{projection}" for i, projection in enumerate(projections)
    )
    rule = _TERM.sub(lambda m: f"{f} (k + {start + int(m[1])})", found.rule)
    argument = f"{found.proof} (k + {start if found.forward else start + order})"
    used = sorted(set(_TERM.findall(found.rule)))
    names = ", ".join(f"r_was{i}" for i in range(order))
    rest = "".join(f"r_was{i}, " for i in range(1, order))
    known = ", ".join(f"r_was{i}" for i in used)
    last = f"by show {f} (k + {start + order}) = _; rw [r_next, {known}]"
    points = sorted({int(n) for n in re.findall(rf"(?<!\w){f} (\d+)", target)})
    told = ", ".join(f"(r_term {p - start}).1" for p in points if p >= start)
    return "\n".join(
        [
            f"have r_term : ∀ n : ℕ, {claim} := by",
            "  intro n",
            "  induction n with",
            f"  | zero => refine ⟨{', '.join('?_' for _ in found.terms)}⟩ <;> assumption",
            "  | succ k ih =>",
            f"    obtain ⟨{names}⟩ := ih",
            f"    have r_next : {f} (k + {start + order}) = {rule} := "
            f"by first | exact {argument} | exact {argument} (by omega)",
            f"    exact ⟨{rest}{last}⟩",
            f"rw [{told}]",
            "decide +kernel",
        ]
    )


def chains(goal: Goal) -> Iterator[str]:
    """A rule between neighbours at every whole number between those that are spoken of."""
    for h in goal.facts:
        if h.type not in ("ℤ → ℤ", "ℕ → ℤ", "ℕ → ℕ", "ℤ → ℚ", "ℕ → ℝ", "ℤ → ℝ", "ℕ → ℚ"):
            continue
        f = h.name
        plain = " ".join(t for t in texts(goal) if not t.startswith("∀"))
        points = [int(n) for n in re.findall(rf"(?<!\w){f} (\d+)", plain)]
        for fact in facts(goal):
            slots = argument_slots(fact.text)
            if not points or slots != ["_"] or f"{f} (" not in fact.text:
                continue
            low, high = min(points), max(points)
            if not 1 < high - low <= _MOST_CHAIN:
                continue
            lines = [f"have r_at{k} := {fact.proof} {k}" for k in range(max(0, low - 1), high + 1)]
            names = " ".join(f"r_at{k}" for k in range(max(0, low - 1), high + 1))
            yield "\n".join([*lines, f"simp at {names}", f"clear {fact.proof}", "omega"])
            if high - low <= 12:
                yield "\n".join([*lines, f"clear {fact.proof}", "grind"])


def descents(goal: Goal) -> Iterator[str]:
    """A function of two numbers whose arguments shrink by subtraction, as in Euclid's algorithm."""
    for h in goal.facts:
        if not re.fullmatch(r"[ℕℤ] → [ℕℤ] → [ℕℤℚℝ]", h.type):
            continue
        match = re.search(rf"(?<!\w){h.name} (\d+) (\d+)", goal.target)
        universal = [f for f in facts(goal) if f.text.startswith("∀")][:4]
        if match is None or not universal:
            continue
        pairs: dict[tuple[int, int], None] = {}
        a, b = int(match[1]), int(match[2])
        while a > 0 and b > 0 and len(pairs) < 40:
            pairs.setdefault((a, b))
            a, b = (a, b - a) if b >= a else (b, a)
        lines: list[str] = []
        for x, y in pairs:
            for fact in universal:
                slots = argument_slots(fact.text)
                holes = slots.count("_")
                values = iter((x, y) if holes == 2 else (x,))
                if holes in (1, 2):
                    given = " ".join(
                        str(next(values)) if slot == "_" else "(by decide)" for slot in slots
                    )
                    lines.append(f"try have r_at{len(lines)} := {fact.proof} {given}")
        yield "\n".join([*lines, "simp at *", "grind"])


def unfolded(goal: Goal) -> Iterator[str]:
    """Every universal equation as a rule, from left to right, as often as it applies."""
    rules = [f.proof for f in facts(goal) if f.text.startswith("∀") and " = " in f.text]
    if rules and _NUMERAL.search(goal.target):
        yield f"set_option maxRecDepth 4000 in simp (maxSteps := 400000) [{', '.join(rules)}]"


def _arguments(goal: Goal, f: str) -> list[str]:
    plain = " ".join(t for t in texts(goal) if not t.startswith("∀"))
    return list(dict.fromkeys(re.findall(rf"(?<!\w){f} (\w+)", plain)))
