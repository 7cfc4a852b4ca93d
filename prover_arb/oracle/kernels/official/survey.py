"""Look a whole library over, once: what it mentions and does not have, and what it assumes."""

from __future__ import annotations

from dataclasses import dataclass

from prover_arb.oracle.kernels.official.modules import AXIOMS, Modules
from prover_arb.oracle.kernels.official.refusal import show
from prover_arb.oracle.kernels.official.store import Name

KNOWN_ASSUMPTIONS: frozenset[Name] = frozenset(
    [
        ("sorryAx",),
        ("Lean", "trustCompiler"),
        ("Lean", "ofReduceBool"),
        ("Lean", "ofReduceNat"),
    ]
)
"""Axioms that Lean itself declares and no proof may rest on."""
_PRIVATE = "_private"
_LISTED = 5


@dataclass(frozen=True)
class Survey:
    """What was found."""

    gaps: frozenset[Name]
    """Names that constants or their proofs mention, but no module has: private to a module, whose
    file leaves them out."""
    problems: tuple[str, ...]
    """Why the library cannot be trusted; empty when all is well."""


def survey(modules: Modules) -> Survey:
    """Read every constant of a library, which takes some seconds."""
    gaps, hidden, tainted, axioms = set[Name](), set[Name](), set[Name](), set[Name]()
    untrusted = {name for name in modules.constants if modules.is_untrusted(name)}
    for shipped in modules.by_name.values():
        safe = [(name, at) for name, at in shipped.constants if name not in untrusted]
        mentioned = shipped.mentions(at for _, at in safe)
        gaps |= {name for name in mentioned.stated if name not in modules.constants}
        hidden |= {name for name in mentioned.all if name not in modules.constants}
        if mentioned.all & untrusted:
            tainted |= {name for name, at in safe if shipped.mentions([at]).all & untrusted}
    for name in untrusted:
        shipped, at = modules.constants[name]
        if shipped.is_axiom(name, at) and not shipped.is_unsafe(name, at):
            axioms.add(name)
    problems = [
        _problem("mentions what no module has", {n for n in gaps if n[0] != _PRIVATE}),
        _problem("has further axioms", axioms - KNOWN_ASSUMPTIONS),
        _problem("lacks axioms of Lean", AXIOMS.keys() - modules.constants.keys()),
        _problem("rests on what is not to be trusted", tainted),
    ]
    return Survey(frozenset(gaps | hidden), tuple(filter(None, problems)))


def _problem(what: str, names: set[Name]) -> str:
    shown = ", ".join(f"`{show(name)}`" for name in sorted(names, key=str)[:_LISTED])
    more = f" and {len(names) - _LISTED} others" if len(names) > _LISTED else ""
    return f"the library {what}: {shown}{more}" if names else ""
