"""Scripts led by the shape of the target: witnesses, extremal elements, floors, sets, induction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.functions import formula_lines
from prover_arb.provers.local.templates.reading import facts, numerals, split_top, texts, words

_MEMBERS = re.compile(r"^∀ \(?(\w+)(?: : ([^)]+))?\)?, (\w+) ∈ (\w+) ↔ (.+)$")
_FLOOR = re.compile(r"^⌊(.+)⌋ = (-?\d+)$")
_LEAST = re.compile(r"^(IsLeast|IsGreatest) (\{.+\}|\S+) (\d+)$")
_END = "first | omega | grind | decide +kernel"
_SETS = "Set.mem_setOf_eq, isLeast_iff, isGreatest_iff, mem_lowerBounds, mem_upperBounds"


def witnesses(goal: Goal) -> Iterator[str]:
    """Try small numbers, and what the context offers, for an existential target."""
    if not goal.target.startswith("∃"):
        return
    small = [str(k) for k in range(13)]
    variables = goal.variables("ℕ", "ℤ", "ℚ", "ℝ")[:3]
    successors = [f"({x} + 1)" for x in variables]
    named = [*variables, *successors, *(str(n) for n in numerals(goal, most=2000))]
    several = re.match(r"^∃ (\w+) (\w+)", goal.target) or goal.target.count("∃") > 1
    if "∧ ∃" in goal.target:
        yield "first\n" + "\n".join(
            f"  | exact ⟨{w}, by omega, {v}, by omega⟩"
            for w in [*successors, *named[:4]]
            for v in range(3)
        )
    deciding = "\n".join(f"  | exact ⟨{k}, by decide⟩" for k in [*small, *named])
    yield f"first\n{deciding}"
    if several:
        yield "first\n" + "\n".join(
            f"  | exact ⟨{i}, {j}, by decide⟩" for i in range(10) for j in range(10)
        )
        yield "first\n" + "\n".join(
            f"  | exact ⟨{i}, {j}, by grind⟩" for i in named[:4] for j in named[:4]
        )
    for chunk in (named, small[:5], [f"(-{k})" for k in range(1, 4)]):
        if chunk:
            yield "first\n" + "\n".join(f"  | exact ⟨{k}, by grind⟩" for k in chunk)
    yield "first\n" + "\n".join(f"  | exact ⟨{k}, by omega⟩" for k in small)


def extremal(goal: Goal) -> Iterator[str]:
    """A least or greatest element: membership, then every other one."""
    match = _LEAST.match(goal.target)
    if match is None:
        return
    which = match[1]
    member = f"simp only [{_SETS}]; first | decide +kernel | grind | (simp; done)"
    yield f"simp only [{_SETS}]\nconstructor\n· first | decide +kernel | grind\n· intros; grind"
    if which == "IsLeast":
        yield (
            f"refine ⟨by {member}, fun y hy => Nat.le_of_not_lt fun hlt => ?_⟩\n"
            f"simp only [{_SETS}] at hy\nrevert hy; revert hlt; revert y; decide +kernel"
        )
    else:
        yield (
            f"refine ⟨by {member}, fun y hy => ?_⟩\nsimp only [{_SETS}] at hy\n"
            "first | omega | grind | (have := Nat.le_of_dvd (by omega) hy; omega)"
        )
    yield f"refine ⟨by {member}, fun y hy => ?_⟩\nsimp only [{_SETS}] at hy\ngrind"


def minimal_elements(goal: Goal) -> Iterator[str]:
    """Least elements of sets given by membership: a member found by counting bounds them."""
    sets = {m[4]: h.name for h in goal.facts if (m := _MEMBERS.match(h.type))}
    for fact in facts(goal):
        match = re.match(r"^IsLeast (\w+) (\w+)$", fact.text)
        if match is None or match[1] not in sets:
            continue
        given, least = sets[match[1]], match[2]
        beyond = re.compile(rf"^IsLeast \({match[1]} \\ \{{{least}\}}\) (\w+)$")
        rest = [(f.proof, m[1]) for f in facts(goal) if (m := beyond.match(f.text))]
        lines = [
            f"have m := ({given} {least}).1 {fact.proof}.1",
            f"have n : ∀ k, k ∈ {match[1]} → {least} ≤ k := fun k h => {fact.proof}.2 h",
            f"simp only [{given}] at n",
        ]
        for proof, _ in rest[:1]:
            lines.append(f"have r := {proof}")
            lines.append(
                "simp only [isLeast_iff, Set.mem_diff, Set.mem_singleton_iff, mem_lowerBounds, "
                f"{given}] at r"
            )
        end = "skip" if rest else _END
        counted = "\n".join(
            f"  | (have c := n {k} (by decide)\n     have e : {least} = {k} := by omega\n"
            f"     subst e\n     {end})"
            for k in range(1, 70)
        )
        script = "\n".join(lines) + f"\nfirst\n{counted}"
        for _, second in rest[:1]:
            script += "\nfirst\n" + "\n".join(
                f"  | (have d := r.2 {k} (by omega)\n"
                f"     have e : {second} = {k} := by omega\n     subst e\n     {_END})"
                for k in range(1, 120)
            )
        yield script


def floors(goal: Goal) -> Iterator[str]:
    """`⌊x⌋ = k` from `k ≤ x < k + 1`."""
    if match := _FLOOR.match(goal.target):
        term, value = match.groups()
        yield "rw [Int.floor_eq_iff]; constructor <;> first | grind | (push_cast; grind)"
        yield (
            f"have u0 : {value} ≤ ⌊{term}⌋ := Int.le_floor.2 (by grind)\n"
            f"have u1 : ¬ ({value} + 1 ≤ ⌊{term}⌋) := "
            "fun h => absurd (Int.le_floor.1 h) (by grind)\n"
            "omega"
        )


def finite_sets(goal: Goal) -> Iterator[str]:
    """A set given by membership is a filter of an interval; then everything is computed."""
    for hypothesis in goal.facts:
        match = _MEMBERS.match(hypothesis.type)
        if match is None or match[3] != match[1]:
            continue
        x, kind, _, name, condition = match.groups()
        about = f"{name}.card" in goal.target or f"∈ {name}" in goal.target
        if not about and name not in words(goal.target):
            continue
        formulas = "".join(f"{line}\n" for line in formula_lines(goal))
        for interval, bound in _intervals(goal, kind or "ℕ", condition):
            yield (
                f"have s : {name} = Finset.filter (fun {x} => {condition}) ({interval}) := by\n"
                f"  apply Finset.ext; intro {x}\n"
                f"  rw [{hypothesis.name}, Finset.mem_filter]\n"
                f"  refine ⟨fun h => ⟨?_, h⟩, fun h => h.2⟩\n"
                f"  {bound}\n"
                f"subst s\n{formulas}first | decide +kernel | rfl"
            )


def _intervals(goal: Goal, kind: str, condition: str) -> Iterator[tuple[str, str]]:
    if kind == "ℤ":
        for n in (20, 100):
            yield (
                f"Finset.Icc (-{n}) {n}",
                "simp only [Finset.mem_Icc]; first | omega | grind",
            )
        return
    found = sorted({n + 1 for n in numerals(goal, most=10_000) if n > 1})
    for n in [*found[-1:], 60, 200]:
        yield (
            f"Finset.range {n}",
            "simp only [Finset.mem_range]; first | omega | grind | "
            "(have := Nat.le_of_dvd (by decide) h; omega) | "
            "(have := Nat.le_of_dvd (by decide) h.1; omega) | "
            "(have := Nat.le_of_dvd (by decide) h.2; omega)",
        )


def casts(goal: Goal) -> Iterator[str]:
    """An equation between whole numbers, shown among the rationals or reals."""
    match = re.match(r"^([^=<>∀∃∧∨%∣]+) = ([^=<>∀∃∧∨%∣]+)$", goal.target)
    whole = goal.variables("ℕ", "ℤ")
    if match is None or not whole or not any("↑" in t for t in texts(goal)):
        return
    kind = next(h.type for h in goal.hypotheses if h.name == whole[0])
    law = "natCast_ext_iff" if kind == "ℕ" else "intCast_ext_iff"
    for field in ("ℚ", "ℝ"):
        given = f"have e : (({match[1]} : {kind}) : {field}) = (({match[2]} : {kind}) : {field})"
        yield f"{given} := by first | grind | (push_cast; grind)\nexact_mod_cast e"
        yield (
            f"{given} := by grind\nhave i := Lean.Grind.IsCharP.{law} (α := {field}) 0 "
            f"(x := {match[1]}) (y := {match[2]})\ngrind"
        )


def shapes(goal: Goal) -> Iterator[str]:
    """Take the target apart and close the parts."""
    close = "first | omega | grind | (simp_all; done) | decide"
    target = goal.target
    if len(split_top(target, " ↔ ")) == 2:
        yield f"constructor <;> intro h <;> {close}"
        yield f"constructor\n· intro h; {close}\n· rintro (rfl | rfl) <;> {close}"
    if len(split_top(target, " ∧ ")) > 1:
        yield f"refine ⟨?_, ?_⟩ <;> {close}"
    if len(split_top(target, " ∨ ")) > 1:
        yield "apply Classical.byContradiction; intro h; simp only [not_or] at h; grind"
    if any("∃" in t for t in texts(goal)[1:]):
        opened = [h.name for h in goal.facts if h.type.startswith("∃")]
        lines = "\n".join(f"obtain ⟨y{i}, z{i}⟩ := {n}" for i, n in enumerate(opened))
        yield f"{lines}\n{close}" if lines else close
    if "=" in target and ("fun " in target or " → " in target):
        yield f"funext x; {close}"
    yield f"apply Classical.byContradiction; intro h; {close}"
