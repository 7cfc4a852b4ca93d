"""Induction on the natural numbers of a goal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import indent

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
        f"{revert}induction {x} with\n| zero =>\n{intro}{indent(_START, '  ')}\n"
        f"| succ k ih =>\n{intro}{indent(_STEP, '  ')}"
    )


def _from(x: str, start: int, proof: str) -> str:
    clear = f"clear {proof}\n" if "." not in proof else ""
    return (
        f"obtain ⟨k, rfl⟩ : ∃ k, {x} = k + {start} := ⟨{x} - {start}, by omega⟩\n{clear}"
        f"induction k with\n| zero =>\n{indent(_START, '  ')}\n"
        f"| succ k ih =>\n{indent(_STEP, '  ')}"
    )


def _strong(x: str) -> str:
    """For recurrences of order two."""
    step = f"have a := ih k (by omega)\nhave b := ih (k + 1) (by omega)\n{_STEP}"
    return (
        f"induction {x} using Nat.strongRecOn with\n| _ k ih =>\n  rcases k with _ | _ | k\n"
        f"  · {_START}\n  · {_START}\n  · {indent(step, '    ').lstrip()}"
    )
