"""Generated training theorems: families of competition problems with varied numerals and shapes.

A family is one topic, such as systems of two linear equations. Each theorem draws its shape, names,
types and numerals from a seed, at a difficulty from 1 to 5; some are false variants, in which an
answer is off by a little, so that a policy also learns what is hopeless. The seed and the place in
the sequence decide a theorem: the first hundred are the same however many are asked for.

No theorem has the form (problems/forms.py) of a theorem that students are measured on: the shipped
list `held_out_forms.txt` holds the forms of MiniF2F and PutnamBench, as hashes only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prover_arb.core.theorem import sha256
from prover_arb.errors import InputError
from prover_arb.problems.forms import form_digest
from prover_arb.problems.generator import algebra, inequalities, logic, numbers, sequences
from prover_arb.problems.generator.draws import TRAINING_SPLIT, Draws, Family

FAMILIES: tuple[Family, ...] = (
    *algebra.FAMILIES,
    *numbers.FAMILIES,
    *inequalities.FAMILIES,
    *sequences.FAMILIES,
    *logic.FAMILIES,
)
"""In the order in which they take turns."""

DIFFICULTIES = range(1, 6)
FALSE_SHARE = 0.08
"""The share of theorems of which a false variant is asked for; not every shape has one."""
TRIES = 40
"""How often a theorem is drawn again whose form is held out, or whose statement was drawn."""

_HELD_OUT = Path(__file__).with_name("held_out_forms.txt")


@dataclass(frozen=True)
class Generated:
    """A generated theorem."""

    name: str
    statement: str
    family: str
    topic: str
    difficulty: int
    is_false_variant: bool
    """Whether an answer was put off on purpose."""
    seed: int

    def row(self) -> str:
        """Returns the line of JSON that every command reads."""
        variant = ", false variant" if self.is_false_variant else ""
        return json.dumps(
            {
                "name": self.name,
                "split": TRAINING_SPLIT,
                "source": f"generated: {self.family}, seed {self.seed}{variant}",
                "difficulty": self.difficulty,
                "category": self.topic,
                "header": "",
                "formal_statement": f"theorem {self.name} {self.statement} := by sorry",
            },
            ensure_ascii=False,
        )


@cache
def held_out_forms() -> frozenset[str]:
    """Returns the shipped digests of forms that no training theorem may have."""
    lines = _HELD_OUT.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def generate(
    *,
    seed: int,
    count: int,
    apart_from: frozenset[str] = frozenset(),
    families: tuple[str, ...] = (),
) -> Iterator[Generated]:
    """Generates theorems, family after family in turns.

    Args:
        seed: decides all of them.
        count: how many.
        apart_from: digests of forms to avoid, besides those that are shipped.
        families: names of the families to draw from; all of them if empty.

    Raises:
        InputError: a family is unknown, or the families have too few statements of other forms.
    """
    chosen = [family for family in FAMILIES if not families or family.name in families]
    if unknown := set(families) - {family.name for family in FAMILIES}:
        known = ", ".join(family.name for family in FAMILIES)
        raise InputError(f"--family {sorted(unknown)[0]!r}: unknown; known families: {known}")
    avoided = held_out_forms() | apart_from
    seen: set[str] = set()
    failures = made = turn = 0
    while made < count:
        family = chosen[turn % len(chosen)]
        theorem = _draw(family, seed, turn, avoided, seen)
        turn += 1
        if theorem is None:
            failures += 1
            if failures > 3 * len(chosen) + made:
                raise InputError(
                    f"--count {count}: only {made} theorems of other forms than those held out; "
                    "ask for fewer, or for more families"
                )
            continue
        seen.add(theorem.statement)
        made += 1
        yield theorem


def _draw(
    family: Family, seed: int, turn: int, avoided: frozenset[str], seen: set[str]
) -> Generated | None:
    for attempt in range(TRIES):
        key = sha256(str(seed), family.name, str(turn), str(attempt))
        chance = int(key[:8], 16) / 16**8
        difficulty = DIFFICULTIES[int(key[8:16], 16) % len(DIFFICULTIES)]
        draws = Draws(key, difficulty, false=chance < FALSE_SHARE)
        statement = family.make(draws)
        if statement not in seen and form_digest(statement) not in avoided:
            name = f"{family.name}_s{seed}_{turn:05d}"
            return Generated(
                name, statement, family.name, family.topic, difficulty, draws.slipped, seed
            )
    return None
