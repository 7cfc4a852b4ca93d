"""Bounded whole numbers and divisors: every case is checked by the kernel, or one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.functions import HOLE, argument_slots
from prover_arb.provers.local.templates.inequalities import signs
from prover_arb.provers.local.templates.reading import numerals, only_about, split_top, texts, words

MOST_CASES = 2_200
"""What the kernel checks in two or three seconds."""
_ATOM = "[^=<>≤≥≠∀∃∧∨¬∣]+"
_LOWER = re.compile(rf"^{_ATOM} (≤|<|≥|>) {_ATOM}$")
_PRODUCT = re.compile(r"^[\w₀-₉ *]+ = (\d+)$")
_LCM = re.compile(r"^(?:(?:Nat\.)?lcm (\w+) (\w+)|(\w+)\.lcm (\w+)) = (\d+)$")
_PLAIN = re.compile(r"^[\w₀-₉+*^() ]+ [=<≤] [\w₀-₉+*^() ]+$")
_DENIED = "hneg"


def enumerated(goal: Goal) -> Iterator[str]:
    """Bound the variables, by what the contrary of the target says too, and check every case."""
    whole = goal.variables("ℕ", "ℤ")
    if not whole or len(whole) > 3:
        return
    seen = [n + 1 for n in numerals(goal, most=MOST_CASES) if n > 1]
    tried = {1: [100, 1000], 2: [25, 45], 3: [13]}[len(whole)]
    limits = [n for n in sorted({*tried, *seen}) if n ** len(whole) <= MOST_CASES]
    denied = _LOWER.match(goal.target) is not None
    for limit in dict.fromkeys([*tried, *limits[-2:]]):
        yield _decided(goal, whole, limit, below=0, denied=denied)
    if goal.variables("ℤ"):
        yield _decided(goal, whole, tried[0] // 2, below=tried[0] // 4, denied=denied)


def _decided(goal: Goal, whole: list[str], limit: int, *, below: int, denied: bool) -> str:
    """Integers become naturals less `below`; every variable ranges below `limit`."""
    integers = goal.variables("ℤ")
    lines = [f"apply Classical.byContradiction; intro {_DENIED}"] if denied else []
    for x in integers:
        lines += [
            f"have n_{x} : -{below} ≤ {x} := {bounded(goal, x, -below, lower=True)}",
            f"have b_{x} : {x} < {limit} := {bounded(goal, x, limit)}",
            f"obtain ⟨k_{x}, e_{x}⟩ : ∃ k : ℕ, {x} = (k : ℤ) - {below} := "
            f"⟨({x} + {below}).toNat, by omega⟩",
            f"have c_{x} : k_{x} < {limit + below} := by omega",
            f"clear n_{x} b_{x}",
            f"subst e_{x}",
        ]
    for x in goal.variables("ℕ"):
        lines.append(f"have c_{x} : {x} < {limit} := {bounded(goal, x, limit)}")
    names = set(whole)
    about = [h for h in goal.facts if words(h.type) & names and only_about(h.type, names, goal)]
    known = [h.name for h in about if "∀" not in h.type and "∃" not in h.type]
    universal = [h for h in goal.facts if argument_slots(h.type) == [HOLE]]
    for i, h in enumerate(h for h in universal if only_about(h.type, names, goal)):
        lines += [f"have i{i}_{k} := {h.name} {k}" for k in range(4)]
        known += [f"i{i}_{k}" for k in range(4)]
    known += [_DENIED] if denied else []
    useless = [h.name for h in goal.facts if words(h.type) & names and h.name not in known]
    if useless:
        lines.append(f"clear {' '.join(useless)}")
    if known:
        lines.append(f"revert {' '.join(known)}")
    for x in reversed(whole):
        lines += [f"revert c_{x}", f"revert {'k_' + x if x in integers else x}"]
    return "\n".join([*lines, all_below(len(whole)), "apply all_below", "decide +kernel"])


def all_below(variables: int) -> str:
    """Proves that a check of lists shows a statement about all numbers below some bounds."""
    xs = [f"x{i}" for i in range(variables)]
    ns = [f"n{i}" for i in range(variables)]
    checks = "".join(f"(List.range {n}).all fun {x} => " for n, x in zip(ns, xs, strict=True))
    proof = "h"
    for i, x in enumerate(xs):
        proof = f"List.all_eq_true.1 ({proof}) {x} (List.mem_range.2 h{i})"
    taken = " ".join(f"{x} h{i}" for i, x in enumerate(xs))
    claim = "".join(f"∀ {x}, {x} < {n} → " for n, x in zip(ns, xs, strict=True))
    holds = f"P {' '.join(xs)}"
    return (
        f"have all_below : ∀ ({' '.join(ns)} : ℕ) (P : {'ℕ → ' * variables}Prop) "
        f"[∀ {' '.join(xs)}, Decidable ({holds})], "
        f"({checks}decide ({holds})) = true → {claim}{holds} := "
        f"fun {'_ ' * variables}_ _ h {taken} => of_decide_eq_true ({proof})"
    )


def bounded(goal: Goal, x: str, limit: int, *, lower: bool = False) -> str:
    """Shows `x < limit` (or `limit ≤ x`): linear, or from powers and products of its contrary."""
    others = [y for y in goal.variables("ℕ", "ℤ") if y != x][:2]
    contrary = f"{x} + 1 ≤ {limit}" if lower else f"{limit} ≤ {x}"
    if x in goal.variables("ℕ"):
        steps = [
            *(f"have h{e} := Nat.pow_le_pow_left hb {e}" for e in _exponents(goal, x)),
            *(f"have p{i} := Nat.mul_le_mul_right {y} hb" for i, y in enumerate(others)),
            *_powers(goal, x),
            *_among_integers(goal, x, others, limit),
        ]
    else:
        gap = f"show 0 ≤ ({limit}) - ({x} + 1)" if lower else f"show 0 ≤ {x} - ({limit})"
        factors = [*others, *(s.term for s in signs(goal)[:3])]
        steps = [
            f"have p := mul_nonneg ({gap} by omega) ({gap} by omega)",
            f"have q := mul_nonneg p ({gap} by omega)",
            *(
                f"have s{i} := mul_nonneg ({gap} by omega) (show 0 ≤ {term} by omega)"
                for i, term in enumerate(factors)
            ),
        ]
    contradiction = "\n".join(f"     try {step}" for step in steps)
    return (
        "by\n  first\n  | omega\n  | grind\n  | exact Nat.le_of_dvd (by omega) (by grind)\n"
        f"  | (apply Classical.byContradiction; intro hn\n     have hb : {contrary} := by omega\n"
        f"{contradiction}\n     grind)"
    )


def _among_integers(goal: Goal, x: str, others: list[str], least: int) -> list[str]:
    """The same among the integers, where `grind` multiplies out; needs `least ≤ x` as `hb`."""
    cast = "simp only [Int.natCast_mul, Int.natCast_add, Int.natCast_pow, Int.natCast_ofNat]"
    lines = []
    for i, hypothesis in enumerate(h for h in goal.facts if _PLAIN.match(h.type)):
        sign = re.findall("[=<≤]", hypothesis.type)[0]
        law = {"=": "inj", "<": "lt", "≤": "le"}[sign]
        lines += [f"have z{i} := Int.ofNat_{law}.2 {hypothesis.name}", f"{cast} at z{i}"]
    gap = f"show (0 : ℤ) ≤ ({x} : ℤ) - {least} by omega"
    lines += [f"have e2 := mul_nonneg ({gap}) ({gap})", f"have e3 := mul_nonneg e2 ({gap})"]
    lines += [
        f"have o{i} := mul_nonneg ({gap}) (show (0 : ℤ) ≤ {y} by omega)"
        for i, y in enumerate(others)
    ]
    return lines


def _exponents(goal: Goal, x: str) -> list[int]:
    """The powers of `x` in the goal, and its square and cube."""
    exponents = (int(e) for t in texts(goal) for e in re.findall(rf"(?<![\w.]){x} \^ ([2-6])\b", t))
    return list(dict.fromkeys([2, 3, *exponents]))


def _powers(goal: Goal, x: str) -> list[str]:
    """A power grows with its exponent, and a product of two powers exceeds each."""
    terms = dict.fromkeys(m for t in texts(goal) for m in re.findall(r"(?<![\w.])\d+ \^ \w+", t))
    powers = [p for p in terms if int(p.split()[0]) > 1][:3]
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


def divisor_cases(goal: Goal) -> Iterator[str]:
    """What divides a given number is one of its divisors."""
    naturals = goal.variables("ℕ")
    for hypothesis in goal.facts:
        divides: list[tuple[str, str]] = []
        if match := _PRODUCT.match(hypothesis.type):
            factors = split_top(hypothesis.type.split(" = ", 1)[0], " * ")
            if len(factors) < 2 or not set(factors) <= set(naturals):
                continue
            number = int(match[1])
            for i, x in enumerate(factors):
                rest = " * ".join(factors[:i] + factors[i + 1 :])
                divides.append((x, f"⟨{rest}, by grind⟩"))
        elif match := _LCM.match(hypothesis.type):
            x, y = (name for name in match.groups()[:4] if name)
            number = int(match[5])
            divides = [
                (z, f"{hypothesis.name} ▸ Nat.dvd_lcm_{side} {x} {y}")
                for z, side in ((x, "left"), (y, "right"))
                if z in naturals
            ]
        else:
            continue
        if not 0 < number <= MOST_CASES:
            continue
        divisors = [d for d in range(1, number + 1) if number % d == 0]
        while divides and prod([len(divisors)] * len(divides)) > 150:
            divides.pop()
        if divides:
            yield _by_divisors(goal, divides, number, divisors)


def _by_divisors(
    goal: Goal, divides: list[tuple[str, str]], number: int, divisors: list[int]
) -> str:
    among = " ∨ ".join(f"k = {d}" for d in divisors)
    lines = [
        all_below(1),
        f"have t : ∀ k, k < {number + 1} → (k ∣ {number} → {among}) := by "
        "apply all_below; decide +kernel",
    ]
    for i, (x, proof) in enumerate(divides):
        lines += [
            f"have d{i} : {x} ∣ {number} := {proof}",
            f"have c{i} := t {x} (Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) d{i})) d{i}",
        ]
    lines.append("clear t all_below " + " ".join(f"d{i}" for i in range(len(divides))))
    patterns = " | ".join("rfl" for _ in divisors)
    splits = [f"rcases c{i} with {patterns}" for i in range(len(divides))]
    about = " ".join(h.name for h in goal.facts)
    close = f"first | omega | (revert {about}; decide) | (simp_all; done) | grind"
    return "\n".join([*lines, " <;> ".join([*splits, close])])
