"""Roots, integer parts, primes, common divisors and least elements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, texts

MOST_SMALLER = 1_500
"""How many smaller numbers the kernel looks at; its work has no heartbeats that end it."""
_TERM = r"(\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+)"
_GCD = re.compile(
    rf"(?<![\w.])(?:Nat\.)?(gcd|Coprime) {_TERM} {_TERM}|{_TERM}\.(gcd|Coprime) {_TERM}"
)
_PRIME = re.compile(r"^(?:Nat\.Prime (\w+)|(\w+)\.Prime)$")
_LEAST = re.compile(r"^IsLeast \(setOf fun ([\w']+) => (.+)\) (\d+)$")
_ROOT = re.compile(r"(?:Real\.«?sqrt»?|√) ?(\d+|\([^()]*\)|[\w₀-₉]+)")


def roots_and_floors(goal: Goal) -> Iterator[str]:
    """Square roots by their squares, integer parts by their bounds."""
    roots = list(dict.fromkeys(r for t in texts(goal) for r in _ROOT.findall(t)))[:4]
    if "⌊" in goal.target:
        bounds = "norm_num [Real.le_sqrt, Real.sqrt_lt', Real.lt_sqrt, Real.sqrt_lt]"
        yield (
            "rw [Int.floor_eq_iff]\nconstructor\n"
            "· first | (apply Real.le_sqrt_of_sq_le; norm_num) | norm_num | linarith\n"
            f"· first | (rw [Real.sqrt_lt' (by norm_num)]; norm_num) | {bounds} | linarith"
        )
    if not roots:
        return
    squares = [f"Real.sq_sqrt (show (0:ℝ) ≤ {r} by first | positivity | linarith)" for r in roots]
    signs = [f"Real.sqrt_nonneg ({r} : ℝ)" for r in roots]
    lines = [f"try have s{i} := {proof}" for i, proof in enumerate(squares)]
    lines += [f"try have n{i} := {proof}" for i, proof in enumerate(signs)]
    yield "\n".join([*lines, "first | nlinarith | grind"])
    yield "\n".join([*lines, "apply le_antisymm <;> by_contra hc <;> push_neg at hc <;> nlinarith"])
    yield "\n".join([*lines, "apply Real.sqrt_eq_of_sq_eq <;> first | positivity | nlinarith"])
    yield "\n".join(
        [
            *lines,
            "rw [Real.sqrt_eq_iff_mul_self_eq (by positivity) (by positivity)]"
            "\nfirst | nlinarith | grind",
        ]
    )


def primes(goal: Goal) -> Iterator[str]:
    """What divides a prime is one or the prime; a prime that divides a product divides a factor."""
    known = [(h.name, m[1] or m[2]) for h in goal.facts if (m := _PRIME.match(h.type))]
    if not known:
        return
    lines: list[str] = []
    for name, _ in known[:2]:
        lines.append(f"have two{len(lines)} := {name}.two_le")
    for fact in facts(goal):
        match = re.match(r"^(.+) ∣ (.+)$", fact.text)
        if match is None:
            continue
        for name, p in known[:2]:
            if match[2] == p:
                lines.append(f"try have d{len(lines)} := (Nat.dvd_prime {name}).1 {fact.proof}")
            if match[1] == p and " * " in match[2]:
                lines.append(f"try have d{len(lines)} := ({name}.dvd_mul).1 {fact.proof}")
            if match[1] == p and re.search(r"\^ \d+$", match[2]):
                lines.append(f"try have d{len(lines)} := {name}.dvd_of_dvd_pow {fact.proof}")
    yield "\n".join([*lines, "first | omega | (simp_all; done) | (simp_all; omega) | grind"])


def gcd_divides(goal: Goal) -> Iterator[str]:
    """A common divisor of two terms divides their difference, if that is a number."""
    for match in _GCD.finditer(goal.target):
        _, a, b, c, _, d = match.groups()
        first, second = (a, b) if a else (c, d)
        for high, low, p, q in (
            (second, first, "h2", "h1"),
            (first, second, "h1", "h2"),
        ):
            for gap in (1, 2, 3):
                yield (
                    "simp only [Nat.Coprime, Nat.coprime_iff_gcd_eq_one] at *\n"
                    if "Coprime" in match[0]
                    else ""
                ) + (
                    f"have h1 := Nat.gcd_dvd_left {first} {second}\n"
                    f"have h2 := Nat.gcd_dvd_right {first} {second}\n"
                    f"have e : {high} - {low} = {gap} := by omega\n"
                    f"have h3 := Nat.dvd_sub {p} {q}\nrw [e] at h3\n"
                    f"generalize Nat.gcd {first} {second} = g at *\n"
                    "have h4 := Nat.le_of_dvd (by norm_num) h3\n"
                    "interval_cases g <;> omega"
                )


def least(goal: Goal) -> Iterator[str]:
    """The least number with a property that can be computed: the kernel looks at all smaller."""
    match = _LEAST.match(goal.target)
    if match is None or int(match[3]) > MOST_SMALLER:
        return
    x, body, value = match.groups()
    yield (
        "refine ⟨by first | decide +kernel | norm_num, fun a ha => ?_⟩\nby_contra hc\n"
        f"have key : (List.range {value}).all (fun {x} => decide (¬ ({body}))) = true := by "
        "decide +kernel\n"
        "have no := of_decide_eq_true (List.all_eq_true.1 key a (List.mem_range.2 (by omega)))\n"
        "exact no ha"
    )
