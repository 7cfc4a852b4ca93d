"""Whole numbers modulo a small number, which is found by computing with all residues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product
from math import prod

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.repertoire.points import Relation, read_relation
from prover_arb.provers.local.templates.reading import facts, moduli, numerals, texts, words

_MODULI = (3, 4, 8, 9, 7, 5, 16, 13, 11)
_MOST = 4_100
"""How many combinations of residues are computed for one modulus."""
_POWER = re.compile(r"(?<![\w.₀-₉'])([^\W\d][\w'₀-₉]*) \^ (\d+)(?![\w.])")
_LAWS = {
    "ℤ": "pow_succ, Int.mul_emod, Int.add_emod",
    "ℕ": "pow_succ, Nat.mul_mod, Nat.add_mod",
}


def impossible(goal: Goal) -> Iterator[str]:
    """Equations that no residues satisfy: powers have few residues, and the rest is linear."""
    lead, equations = _equations(goal)
    whole, naturals = set(goal.variables("ℤ", "ℕ")), set(goal.variables("ℕ"))
    read: list[tuple[str, str, Relation]] = []
    for name, text in equations:
        relation = read_relation(text)
        if relation is None or not relation.names or not set(relation.names) <= whole:
            continue
        if "/" not in text and not (" - " in text and set(relation.names) & naturals):
            read.append((name, text, relation))
    groups = [[item] for item in read] + ([read] if len(read) > 1 else [])
    near = [n for n in numerals(goal, most=24) if n > 2]
    for group in groups:
        said = " ∧ ".join(text for _, text, _ in group)
        powers = list(dict.fromkeys((x, int(k)) for x, k in _POWER.findall(said) if 1 < int(k) < 7))
        flat = [
            f"ring_nf at {name}" for name, text, _ in group if re.search(r"\) \^|\) \*|\* \(", text)
        ]
        relations = [relation for _, _, relation in group]
        fitting = (
            m for m in dict.fromkeys([*near, *_MODULI]) if _never_zero(relations, said, powers, m)
        )
        for m in islice(fitting, 2):
            yield "\n".join([*lead, *flat, *_residue_lines(goal, powers, m), "omega"])


def _equations(goal: Goal) -> tuple[list[str], list[tuple[str, str]]]:
    """Returns what makes the target's contrary a fact, and the equations by their names."""
    given = [(f.proof, f.text) for f in facts(goal) if " = " in f.text and "∀" not in f.text]
    if goal.target == "False":
        return [], given
    if " ≠ " in goal.target and "∀" not in goal.target:
        return ["intro hc"], [("hc", goal.target.replace(" ≠ ", " = "))]
    if (goal.target.startswith("¬") or " % " in goal.target) and given:
        return ["exfalso"], given
    return [], []


def _never_zero(
    relations: list[Relation], said: str, powers: list[tuple[str, int]], m: int
) -> bool:
    """Whether no residues make left minus right of every relation divisible by `m`."""
    names = list(dict.fromkeys(x for relation in relations for x in relation.names))
    choices: list[list[int]] = []
    for x in names:
        own = [k for y, k in powers if y == x]
        only_powers = len(own) == 1 and _uses(x, said) == _uses(f"{x} ^ {own[0]}", said)
        # Residues with the same power need no case of their own if there is no other use.
        cases = {r ** own[0] % m: r for r in range(m)} if only_powers else {r: r for r in range(m)}
        choices.append(list(cases.values()))
    if prod(map(len, choices)) > _MOST:
        return False
    for point in product(*choices):
        values = {x: Fraction(value) for x, value in zip(names, point, strict=True)}
        gaps = [relation.difference(values) for relation in relations]
        if all(gap is None or gap % m == 0 for gap in gaps):
            return False
    return True


def _uses(term: str, text: str) -> int:
    """How often a variable, or a power of one, is in a text."""
    return len(re.findall(rf"(?<![\w.₀-₉']){re.escape(term)}(?![\w.₀-₉'])", text))


def _residue_lines(goal: Goal, powers: list[tuple[str, int]], m: int) -> list[str]:
    lines = []
    for kind in ("ℤ", "ℕ"):
        for k in dict.fromkeys(k for x, k in powers if x in goal.variables(kind)):
            values = " ∨ ".join(
                f"t ^ {k} % {m} = {v}" for v in sorted({r**k % m for r in range(m)})
            )
            cases = " ∨ ".join(f"t % {m} = {r}" for r in range(m))
            bars = " | ".join(["d"] * m)
            lines.append(
                f"have law{k} : ∀ t : {kind}, {values} := by\n  intro t\n"
                f"  have d : {cases} := by omega\n"
                f"  rcases d with {bars} <;> simp [{_LAWS[kind]}, d]"
            )
            lines += [
                f"have p{i} := law{k} {x}"
                for i, (x, e) in enumerate(powers)
                if e == k and x in goal.variables(kind)
            ]
    return lines


def one_variable(goal: Goal) -> Iterator[str]:
    """Divisibility and remainders of powers of one variable: all residues, each by `omega`."""
    if not any(s in t for t in texts(goal) for s in ("∣", " % ", "MOD")):
        return
    for x in goal.variables("ℤ", "ℕ")[:2]:
        exponents = list(
            dict.fromkeys(
                int(k) for t in texts(goal) for y, k in _POWER.findall(t) if y == x and int(k) < 9
            )
        )
        if not exponents or x not in words(goal.target):
            continue
        whole = x in goal.variables("ℤ")
        for m in [m for m in moduli(goal) if m <= 30][:2]:
            lines = ["try simp only [Int.ModEq, Nat.ModEq] at *"]
            for k in exponents:
                proof = f"by simp [{_LAWS['ℤ']}]" if whole else f"Nat.pow_mod {x} {k} {m}"
                lines.append(f"have e{k} : {x} ^ {k} % {m} = ({x} % {m}) ^ {k} % {m} := {proof}")
            cases = " ∨ ".join(f"{x} % {m} = {r}" for r in range(m))
            names = " ".join(f"e{k}" for k in exponents)
            lines += [
                f"have c : {cases} := by omega",
                f"rcases c with {' | '.join(['c'] * m)} <;> rw [c] at {names} <;> omega",
            ]
            yield "\n".join(lines)
