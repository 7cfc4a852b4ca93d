"""Induction on the natural numbers of a goal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, has_sum, words

_LEMMAS = "Finset.sum_range_succ, Finset.prod_range_succ, Nat.factorial_succ, Nat.pow_succ"
_START = "first | omega | grind | decide | (simp_all; done) | (simp_all; omega) | (simp_all; grind)"
_STEP = f"""\
first
  | grind
  | omega
  | (simp only [{_LEMMAS}] at *; grind)
  | (simp only [{_LEMMAS}] at *; omega)
  | (have e := Nat.lt_two_pow_self (n := k); have f := Nat.lt_two_pow_self (n := k + 1); grind)
  | (simp_all [{_LEMMAS}]; done)
  | (simp_all [{_LEMMAS}]; grind)
  | (simp_all [{_LEMMAS}]; omega)"""


def inductions(goal: Goal) -> Iterator[str]:
    """Induction on each natural number; a lower bound becomes the start."""
    growing = [x for x in goal.variables("ℕ") if _grows(x, goal)]
    for x in growing[:2]:
        for fact in facts(goal):
            low = re.match(rf"^(\d+) (≤|<) {re.escape(x)}$|^{re.escape(x)} (≥|>) (\d+)$", fact.text)
            if fact.text == f"{x} ≠ 0":
                yield _from(x, 1, fact.proof)
            if low is not None:
                strict = (low[2] or low[3]) in "<>"
                yield _from(x, int(low[1] or low[4]) + strict, fact.proof)
        yield _plain(goal, x)
        if any(re.search(r"\w \(?\w+ [+-] 2\)", h.type) for h in goal.facts):
            yield _strong(x)


def weighted(goal: Goal) -> Iterator[str]:
    """A power of a positive term grows by that factor in every step."""
    for x in goal.variables("ℕ")[:1]:
        for base in dict.fromkeys(re.findall(rf"(\([^()]+\)|\w+) \^ {x}(?!\w)", goal.target)):
            reals = [v for v in goal.variables("ℝ", "ℚ") if v in words(base)]
            kind = next((h.type for h in goal.hypotheses if h.name in reals), None)
            if kind is None:
                continue
            squares = "\n".join(
                f"  have r_square{i} := mul_nonneg (Lean.Grind.OrderedRing.natCast_nonneg "
                f"(R := {kind}) (a := k)) (sq_nonneg {v})"
                for i, v in enumerate(reals)
            )
            useless = [h.name for h in goal.facts if x in words(h.type)]
            clear = f"clear {' '.join(useless)}\n" if useless else ""
            yield (
                f"{clear}induction {x} with\n| zero => grind\n| succ k ih =>\n"
                f"  have r_times := mul_le_mul_of_nonneg_right ih (show 0 ≤ {base} by grind)\n"
                f"{squares}\n"
                f"  have r_power := Lean.Grind.Semiring.pow_succ {base} k\n"
                f"  rw [r_power]\n  push_cast\n  generalize {base} ^ k = r_now at *\n  grind"
            )


def factorial_bounds(goal: Goal) -> Iterator[str]:
    """Factorials below powers of the same number: a power grows with its base, too."""
    for x in goal.variables("ℕ")[:1]:
        low = next((m for f in facts(goal) if (m := re.match(rf"^(\d+) ≤ {x}$", f.text))), None)
        power = re.search(rf"{x} \^ \({x} - (\d+)\)", goal.target)
        if low is None or power is None or "!" not in goal.target:
            continue
        s, d = low[1], power[1]
        now, then = f"(k + {s})", f"(k + {s} + 1)"
        yield (
            f"obtain ⟨k, rfl⟩ : ∃ k, {x} = k + {s} := ⟨{x} - {s}, by omega⟩\n"
            f"clear {next(f.proof for f in facts(goal) if f.text == low[0])}\n"
            f"induction k with\n| zero => decide\n| succ k ih =>\n"
            f"  have r_base := Nat.pow_le_pow_left (show {now} ≤ {then} by omega) ({now} - {d})\n"
            f"  have r_more := Nat.mul_le_mul_left {then} r_base\n"
            f"  have r_ih := Nat.mul_lt_mul_of_pos_left ih (show 0 < {then} by omega)\n"
            f"  have r_power : {then} ^ ({then} - {d}) = {then} * {then} ^ ({now} - {d}) := by\n"
            f"    rw [show {then} - {d} = {now} - {d} + 1 by omega, Nat.pow_succ, Nat.mul_comm]\n"
            f"  rw [show k + 1 + {s} = k + {s} + 1 by omega, Nat.factorial_succ, r_power]\n  omega"
        )


def squares_of_sums(goal: Goal) -> Iterator[str]:
    """Sums of powers, with the known value of the sum of the first numbers."""
    if goal.target.count(".sum ") + goal.target.count("∑") < 2:
        return
    for x in goal.variables("ℕ")[:1]:
        yield (
            f"induction {x} with\n| zero => rfl\n| succ k ih =>\n"
            "  have r_gauss := Finset.sum_range_id_mul_two k\n"
            "  rw [Finset.sum_range_succ, Finset.sum_range_succ, ih]\n"
            "  generalize (Finset.range k).sum (fun k => k) = r_sum at *\n"
            "  rcases k with _ | k\n  · grind\n  · simp at r_gauss; grind"
        )


def _grows(x: str, goal: Goal) -> bool:
    """Whether the target depends on `x` by recursion: a power, a sum, a factorial, a sequence."""
    sequences = [h.name for h in goal.facts if h.type.startswith("ℕ → ")]
    return x in words(goal.target) and (
        re.search(rf"\^ \(?[^()]*\b{re.escape(x)}\b", goal.target) is not None
        or has_sum(goal.target)
        or any(word in goal.target for word in ("!", "choose", *sequences))
    )


def _plain(goal: Goal, x: str) -> str:
    dependent = [h.name for h in goal.facts if x in words(h.type)]
    names = " ".join(f"g{i}" for i in range(len(dependent)))
    revert = f"revert {' '.join(dependent)}\n" if dependent else ""
    intro = f"  intro {names}\n" if dependent else ""
    return (
        f"{revert}induction {x} with\n| zero =>\n{intro}{_lines(_START)}\n"
        f"| succ k ih =>\n{intro}{_lines(_STEP)}"
    )


def _from(x: str, start: int, proof: str) -> str:
    clear = f"clear {proof}\n" if "." not in proof else ""
    return (
        f"obtain ⟨k, rfl⟩ : ∃ k, {x} = k + {start} := ⟨{x} - {start}, by omega⟩\n{clear}"
        f"induction k with\n| zero =>\n{_lines(_START)}\n| succ k ih =>\n{_lines(_STEP)}"
    )


def _strong(x: str) -> str:
    """For recurrences of order two."""
    step = f"have a := ih k (by omega)\nhave b := ih (k + 1) (by omega)\n{_STEP}"
    return (
        f"induction {x} using Nat.strongRecOn with\n| _ k ih =>\n  rcases k with _ | _ | k\n"
        f"  · {_START}\n  · {_START}\n  · {_lines(step, 4).lstrip()}"
    )


def _lines(text: str, columns: int = 2) -> str:
    return "\n".join(" " * columns + line for line in text.splitlines())
