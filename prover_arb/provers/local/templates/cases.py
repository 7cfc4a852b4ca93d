"""Few cases: values, remainders, and statements that can simply be computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, moduli, numerals, texts, words

_RULES = {
    "ℤ": "Int.pow_succ, Int.mul_emod, Int.add_emod, Int.sub_emod",
    "ℕ": "Nat.pow_succ, Nat.mul_mod, Nat.add_mod",
}
"""Lemmas that compute remainders of powers, products and sums from remainders."""


def split_by_remainder(goal: Goal) -> Iterator[str]:
    """One case per remainder of a variable; powers and products follow."""
    parity = any(w in t for t in texts(goal) for w in ("Even", "Odd"))
    divisors = moduli(goal) or ([2] if parity else [])
    for x in goal.variables("ℕ", "ℤ")[:2]:
        whole = x in goal.variables("ℤ")
        lemmas = _RULES["ℤ" if whole else "ℕ"]
        law = "Int.emod_add_mul_ediv" if whole else "Nat.mod_add_div"
        for m in [m for m in divisors if m <= 16][:2]:
            cases = " ∨ ".join(f"{x} % {m} = {r}" for r in range(m))
            patterns = " | ".join("r" for _ in range(m))
            yield (
                f"have d : {cases} := by omega\n"
                f"rcases d with {patterns} <;> simp [{lemmas}, r] at * <;> "
                "first | omega | grind | done"
            )
            yield (
                f"have c := {law} {x} {m}\nhave d : {cases} := by omega\n"
                f"generalize {x} / {m} = k at c\n"
                f"rcases d with {patterns} <;> rw [r] at c <;> subst c <;> grind"
            )


def impossible_equations(goal: Goal) -> Iterator[str]:
    """An equation between integers that fails modulo a small number."""
    used = [x for x in goal.variables("ℤ") if x in words(goal.target)][:2]
    if " ≠ " not in goal.target or not used:
        return
    near = [n for n in numerals(goal, most=16) if n > 2]
    for m in list(dict.fromkeys([*near, 9, 7, 8, 5, 4, 3, 13, 11]))[:9]:
        if m ** len(used) > 130:
            continue
        lines = ["intro h", f"have hm := congrArg (· % {m}) h"]
        for i, x in enumerate(used):
            values = " ∨ ".join(f"{x} % {m} = {r}" for r in range(m))
            lines.append(f"have d{i} : {values} := by omega")
        splits = [f"rcases d{i} with {' | '.join([f'r{i}'] * m)}" for i in range(len(used))]
        names = ", ".join(f"r{i}" for i in range(len(used)))
        yield "\n".join([*lines, " <;> ".join([*splits, f"simp [{_RULES['ℤ']}, {names}] at hm"])])


def shifted_remainders(goal: Goal) -> Iterator[str]:
    """Remainders of the bracketed sums in a target about one modulus."""
    match = re.search(r"% (\d+) = \d+$", goal.target)
    if match is None:
        return
    m = match[1]
    lines = []
    for x in goal.variables("ℕ", "ℤ")[:2]:
        rest = next(
            (
                f[1]
                for h in goal.facts
                if (f := re.match(rf"^{re.escape(x)} % {m} = (\d+)$", h.type))
            ),
            None,
        )
        if rest is None:
            continue
        lines.append(f"have r{x} : {x} % {m} = {rest} := by omega")
        for sign, n in re.findall(rf"\({re.escape(x)} ([+-]) (\d+)\)", goal.target):
            value = (int(rest) + (int(n) if sign == "+" else -int(n))) % int(m)
            lines.append(f"have s{x}{n} : ({x} {sign} {n}) % {m} = {value} := by omega")
    if lines:
        names = ", ".join(line.split()[1] for line in lines)
        for lemmas in _RULES.values():
            yield "\n".join([*lines, f"simp [{lemmas}, {names}]"])


def decided(goal: Goal) -> Iterator[str]:
    """The kernel computes it."""
    if not goal.facts and not goal.variables("ℕ", "ℤ", "ℚ", "ℝ"):
        yield "decide +kernel"
        yield "simp; decide +kernel"
    given = [f for f in facts(goal) if re.fullmatch(r"[\w']+ = [^=<>∀∃]+", f.text)]
    # The kernel does not stop at a power whose exponent has hundreds of digits.
    tower = any(re.search(r"\^ [^\W\d]", text) for text in texts(goal))
    if given and not tower:
        yield "subst_vars; decide +kernel"
        yield "subst_vars; first | rfl | simp | grind"
