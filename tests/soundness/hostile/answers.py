"""The families of a hostile elaborator's answers; each is made from a random generator alone."""

from __future__ import annotations

from tests.soundness.hostile.answer import Family
from tests.soundness.hostile.damage import bits, shapes, structured, structured_false
from tests.soundness.hostile.forging import collisions, forged, holes, own_names, redefined
from tests.soundness.hostile.odd_json import json_types
from tests.soundness.hostile.proofs import another_proof, echoed, random_terms

FAMILIES: dict[str, Family] = {
    "forged constants and matchers": forged,
    "a constant of the statement redefined": redefined,
    "holes of the library": holes,
    "names of the library": collisions,
    "names of the statement": own_names,
    "another theorem's proof": another_proof,
    "the reference echoed": echoed,
    "parts of honest answers exchanged": structured,
    "the same for false statements": structured_false,
    "bits of honest answers flipped": bits,
    "truncated, reordered, cyclic, deep, huge": shapes,
    "JSON of wrong types": json_types,
    "random terms": random_terms,
}
