"""Finitely many cases: bounded variables, remainders, decidable statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.goal import Goal
from prover_arb.provers.templates.inequalities import signs
from prover_arb.provers.templates.reading import (
    facts,
    moduli,
    numerals,
    only_about,
    texts,
    words,
)


def enumerated(goal: Goal) -> Iterator[str]:
    """Bound the whole numbers, then let the kernel check every case."""
    whole = goal.variables("ℕ", "ℤ")
    if not whole or len(whole) > 3:
        return
    seen = [n + 1 for n in numerals(goal, most=2000) if n > 1]
    tried = {1: [100, 1000], 2: [25, 80], 3: [13]}[len(whole)]
    most = {1: 2001, 2: 160, 3: 30}[len(whole)]
    for limit in sorted({*tried, *([max(seen)] if seen else [])}):
        if limit <= most:
            yield _decided(goal, whole, limit, below=0)
    if goal.variables("ℤ"):
        yield _decided(goal, whole, tried[0] // 2, below=tried[0] // 4)


def _decided(goal: Goal, whole: list[str], limit: int, *, below: int) -> str:
    """Integers become naturals less `below`; every variable ranges below `limit`."""
    integers = goal.variables("ℤ")
    lines = []
    for x in integers:
        positive = bounded(goal, x, f"-{below} ≤ {x}", f"{x} + 1 ≤ -{below}")
        lines += [
            f"have n{x} : -{below} ≤ {x} := {positive}",
            f"obtain ⟨k{x}, e{x}⟩ : ∃ k : ℕ, {x} = (k : ℤ) - {below} := "
            f"⟨({x} + {below}).toNat, by omega⟩",
            f"have b{x} : {x} < {limit} := {bounded(goal, x, f'{x} < {limit}', f'{limit} ≤ {x}')}",
            f"have c{x} : k{x} < {limit + below} := by omega",
            f"clear n{x} b{x}",
            f"subst e{x}",
        ]
    for x in goal.variables("ℕ"):
        lines.append(
            f"have c{x} : {x} < {limit} := {bounded(goal, x, f'{x} < {limit}', f'{limit} ≤ {x}')}"
        )
    names = set(whole)
    known = [
        h.name for h in goal.facts if words(h.type) & names and only_about(h.type, names, goal)
    ]
    if known:
        lines.append(f"revert {' '.join(known)}")
    for x in reversed(whole):
        lines += [f"revert c{x}", f"revert {'k' + x if x in integers else x}"]
    return "\n".join([*lines, "decide +kernel"])


def bounded(goal: Goal, x: str, claim: str, contrary: str) -> str:
    """A proof of a bound on `x`: linear, or from products of its contrary with other variables."""
    others = [y for y in goal.variables("ℕ", "ℤ") if y != x][:2]
    if x in goal.variables("ℕ"):
        products = [
            *(f"have h{e} := Nat.pow_le_pow_left hb {e}" for e in _exponents(goal, x)),
            *(f"try have p{i + 1} := Nat.mul_le_mul_right {y} hb" for i, y in enumerate(others)),
            *_powers(goal, x),
        ]
    else:
        low, high = contrary.split(" ≤ ")
        gap = f"show 0 ≤ ({high}) - ({low}) by omega"
        products = [
            f"have p0 := mul_nonneg ({gap}) ({gap})",
            f"have p9 := mul_nonneg p0 ({gap})",
            *(
                f"try have p{i + 1} := mul_nonneg ({gap}) (show 0 ≤ {y} by omega)"
                for i, y in enumerate(others)
            ),
            *(
                f"try have s{i} := mul_nonneg ({gap}) (show 0 ≤ {sign.term} by omega)"
                for i, sign in enumerate(signs(goal)[:3])
            ),
        ]
    steps = "; ".join(products)
    return (
        f"by first | omega | grind | exact Nat.le_of_dvd (by omega) (by grind) | "
        f"(apply Classical.byContradiction; intro hn; have hb : {contrary} := by omega; "
        f"{steps}; grind)"
    )


def _exponents(goal: Goal, x: str) -> list[int]:
    """The powers of `x` in the goal, and its square."""
    found = (int(e) for t in texts(goal) for e in re.findall(rf"(?<![\w.]){x} \^ ([2-6])\b", t))
    return list(dict.fromkeys([2, 3, *found]))


def _powers(goal: Goal, x: str) -> list[str]:
    """A power grows with its exponent, and a product of two powers exceeds each."""
    found = dict.fromkeys(m for t in texts(goal) for m in re.findall(r"(?<![\w.])\d+ \^ \w+", t))
    powers = [p for p in found if int(p.split()[0]) > 1][:3]
    own = [p for p in powers if p.endswith(f"^ {x}")]
    grown = [
        f"have g{i} := Nat.pow_le_pow_right (show 0 < {p.split()[0]} by decide) hb"
        for i, p in enumerate(own)
    ]
    products = [
        f"have m{i} := Nat.mul_le_mul_left ({p}) (show 1 ≤ {q} from Nat.pow_pos (by decide))"
        for i, (p, q) in enumerate((p, q) for p in own for q in powers if p != q)
    ]
    return [*grown, *products]


def split_by_value(goal: Goal) -> Iterator[str]:
    """One case per value of a variable with few of them."""
    for x in goal.variables("ℕ", "ℤ")[:2]:
        for low, high in ((0, 6), (0, 13), (-6, 7)):
            if low < 0 and x in goal.variables("ℕ"):
                continue
            values = " ∨ ".join(f"{x} = {k}" for k in range(low, high))
            patterns = " | ".join("v" for _ in range(low, high))
            yield (
                f"have c : {values} := by first | omega | grind\n"
                f"rcases c with {patterns} <;> first | grind | simp_all"
            )


def split_by_remainder(goal: Goal) -> Iterator[str]:
    """One case per remainder of a variable; powers and products follow."""
    parity = any(w in t for t in texts(goal) for w in ("Even", "Odd"))
    found = moduli(goal) or ([2] if parity else [])
    for x in goal.variables("ℕ", "ℤ")[:2]:
        whole = x in goal.variables("ℤ")
        lemmas = (
            "Int.pow_succ, Int.mul_emod, Int.add_emod, Int.sub_emod"
            if whole
            else "Nat.pow_succ, Nat.mul_mod, Nat.add_mod"
        )
        law = "Int.emod_add_mul_ediv" if whole else "Nat.mod_add_div"
        for m in [m for m in found if m <= 16][:2]:
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
        for lemmas in (
            "Int.pow_succ, Int.mul_emod, Int.add_emod",
            "Nat.pow_succ, Nat.mul_mod, Nat.add_mod",
        ):
            yield "\n".join([*lines, f"simp [{lemmas}, {names}]"])


def decided(goal: Goal) -> Iterator[str]:
    """The kernel computes it."""
    if not goal.variables("ℕ", "ℤ", "ℚ", "ℝ"):
        yield "decide +kernel"
        yield "simp; decide +kernel"
    given = [f for f in facts(goal) if re.fullmatch(r"[\w']+ = [^=<>∀∃]+", f.text)]
    # The kernel does not stop at a power whose exponent has hundreds of digits.
    tower = any(re.search(r"\^ [^\W\d]", text) for text in texts(goal))
    if given and not tower:
        yield "subst_vars; decide +kernel"
        yield "subst_vars; first | rfl | simp | grind"
