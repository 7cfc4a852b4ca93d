"""Values that are computed here and claimed there: floors, digits, roots, finite sets of reals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.numeric import (
    Unreadable,
    constant,
    difference,
    read_term,
    written,
    zeros,
)
from prover_arb.provers.local.templates.reading import facts, texts

_GIVEN = re.compile(r"^∀ \(?(\w+)(?: : ℝ)?\)?, (\w+) ∈ (\w+) ↔ ([^=<>≤≥∀∃∧∨]+) = ([^=<>≤≥∀∃∧∨]+)$")
_FLOOR = re.compile(r"⌊([^⌊⌋]+)⌋")
_DIGITS = re.compile(r"(?:Nat\.)?digits (\d+) (\((?:[^()]|\([^()]*\))*\)|\d+)")
_POWER = re.compile(r"^(.+) \^ (\d+) = (\d+)$")
_VALUE = re.compile(r"^(\w+) = ([^=<>≤≥∀∃∧∨]+)$")
_MOST_ZEROS = 6


def constant_floors(goal: Goal) -> Iterator[str]:
    """The integer parts of terms without variables."""
    claims: dict[str, None] = {}
    kinds = {h.type for h in goal.hypotheses if h.type in ("ℝ", "ℚ")} or {"ℝ"}
    for text in texts(goal):
        for term in _FLOOR.findall(text):
            value = constant(term)
            if value is not None:
                claims.setdefault(
                    f"show ⌊({term} : {min(kinds)})⌋ = {int(value // 1)} by "
                    "rw [Int.floor_eq_iff]; constructor <;> grind"
                )
    if claims:
        yield f"rw [{', '.join(claims)}] <;> first | decide | omega | grind"


def constant_digits(goal: Goal) -> Iterator[str]:
    """The digits of numbers without variables."""
    lines = []
    given: dict[str, None] = {}
    for hypothesis in goal.facts:
        for base, term in _DIGITS.findall(hypothesis.type):
            value = constant(term)
            if not isinstance(value, Fraction) or value.denominator != 1 or int(base) < 2:
                continue
            digits, rest = [], int(value)
            while rest:
                digits.append(str(rest % int(base)))
                rest //= int(base)
            lines.append(
                f"rw [show Nat.digits {base} {term} = [{', '.join(digits)}] "
                f"from by decide +kernel] at {hypothesis.name}"
            )
            given.setdefault(hypothesis.name)
    if lines:
        plain = f"simp at {' '.join(given)}"
        yield "\n".join(
            [*lines, f"first\n  | ({plain}; omega)\n  | ({plain}; simp_all; done)\n  | grind"]
        )


def whole_roots(goal: Goal) -> Iterator[str]:
    """A natural number whose power is a power is that power's base."""
    lines = []
    for i, fact in enumerate(facts(goal)):
        match = _POWER.match(fact.text)
        if match is None or len(match[3]) > 30:
            continue
        term, exponent, value = match[1], int(match[2]), int(match[3])
        root = round(value ** (1 / exponent)) if exponent else 0
        if exponent and root**exponent == value:
            lines.append(
                f"try have r_root{i} : {term} = {root} := "
                f"(Nat.pow_left_inj (show {exponent} ≠ 0 by decide)).1 "
                f"({fact.proof}.trans (by decide))"
            )
    if lines:
        over = "Finset.sum_range_succ, Finset.sum_range_zero"
        yield "\n".join([*lines, f"first | grind | (simp_all [{over}]; done)"])


def sets_of_zeros(goal: Goal) -> Iterator[str]:
    """A finite set of reals given by an equation, as the list of the equation's zeros."""
    for hypothesis in goal.facts:
        match = _GIVEN.match(hypothesis.type)
        if match is None or match[1] != match[2]:
            continue
        x, _, name, left, right = match.groups()
        try:
            found = zeros(difference(read_term(left)[0], read_term(right)[0]), x)
        except Unreadable:
            continue
        if not 0 < len(found) <= _MOST_ZEROS:
            continue
        members = ", ".join(written(v) for v in found)
        product = " * ".join(f"({x} - {written(v)})" for v in found)
        splits = "rcases Lean.Grind.Field.of_mul_eq_zero r_zero with r_zero | r_zero <;> grind"
        lemma = (
            "Finset.mem_insert, Finset.mem_singleton" if len(found) > 1 else "Finset.mem_singleton"
        )
        yield (
            f"have r_set : {name} = ({{{members}}} : Finset ℝ) := by\n"
            f"  apply Finset.ext; intro {x}\n"
            f"  simp only [{hypothesis.name}, {lemma}]\n"
            f"  constructor\n"
            f"  · intro r_member\n"
            f"    first\n    | grind\n"
            f"    | (have r_zero : {product} = 0 := by grind\n       {splits})\n"
            f"  · intro r_member; grind\n"
            f"rw [r_set]\n"
            "first\n  | rfl\n  | ((repeat rw [Finset.sum_insert_of_notMem _ (by grind)]); "
            "simp only [Finset.sum_singleton]; grind)"
        )


def summed_up(goal: Goal) -> Iterator[str]:
    """A number given as a sum, put in its place; the kernel computes the rest."""
    if any(".sum" in f.text and _VALUE.match(f.text.replace("=>", "↦")) for f in facts(goal)):
        yield "subst_vars; decide +kernel"
