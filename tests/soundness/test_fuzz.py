"""Random candidates and random requests. PROVER_ARB_FUZZ sets the number of examples of each."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prover_arb.core.theorem import Candidate, Limits, Theorem
from prover_arb.errors import WorkerDied, WorkerTimeout
from tests.conftest import Lean
from tests.soundness.corpus import EVERYTHING

pytestmark = pytest.mark.lean

EXAMPLES = int(os.environ.get("PROVER_ARB_FUZZ", "40"))
WALL_MS = 10_000

fuzzing = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROVER_ARB_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)

FALSE = [
    ": (1 : ℕ) = 2",
    ": False",
    "(a b : ℕ) (h : a < b) : a + 2 ≤ b",
    "(x y : ℝ) : x < y",
    "(p q : Prop) (h : p ∨ q) : p",
]
PIECES = [
    *"()[]{}⟨⟩«»|;:,.=-/\\\"'`#@!?$%^&*~\n\t\r\0",
    *["\u202e", "\u200b", "\ufeff", "\U0001d54f", "é", "/-", "-/", "--", "by ", "sorry", "exact ",
      "end\n", "theorem target : ", "9" * 3000, "⟨" * 500, "2 ^ 2 ^ 30", "«", "open ", "in\n"],
]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> Candidate:
    """A candidate of the corpus, cut, doubled, spliced with another, or written into."""
    base = draw(st.sampled_from(EVERYTHING)).candidate
    text = base.text
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, len(text)))
        put = draw(
            st.one_of(
                st.sampled_from(PIECES),
                st.text(max_size=20),
                st.sampled_from(EVERYTHING).map(lambda case: case.candidate.text),
                st.just(text[start:stop] * 2),
            )
        )
        text = text[:start] + put + text[stop:]
    kind = draw(st.sampled_from([base.kind, base.kind, "tactics", "term", "file"]))
    return Candidate(kind=kind, text=text.encode("utf-8", "replace").decode("utf-8"))


@fuzzing
@given(candidate=mutations(), statement=st.sampled_from(FALSE))
def test_nothing_proves_what_is_false(lean: Lean, candidate: Candidate, statement: str) -> None:
    theorem = Theorem(name="target", statement=statement)
    began = time.monotonic()
    verdict = lean.run(lean.oracle.verify(theorem, candidate, Limits(wall_ms=WALL_MS)))
    assert verdict.status == "rejected", (verdict.status, verdict.detail)
    assert time.monotonic() - began < WALL_MS / 1000 + 30  # a fresh process may have to start


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = ["op", "theorem", "candidate", "heartbeats", "output_bytes", "scripts", "tactics", "state"]
OPERATIONS = st.sampled_from(
    ["elaborate", "reference", "try", "open", "tactic", "close", "ping", ""]
)
THEOREMS = st.fixed_dictionaries(
    {}, optional={key: st.text(max_size=40) | JSON for key in ("name", "statement", "preamble")}
)
REQUESTS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(KEYS, JSON), "op": OPERATIONS | JSON, "theorem": THEOREMS | JSON}
)


@fuzzing
@given(request=REQUESTS)
def test_any_request_is_answered_or_ends_the_process(
    lean: Lean, request: dict[str, object]
) -> None:
    async def scenario() -> None:
        async with lean.pool.lease() as worker:
            try:
                reply = await worker.request(request, wall_ms=WALL_MS)
            except (WorkerDied, WorkerTimeout):
                assert not worker.usable
            else:
                assert reply.data["status"] != "proved"

    lean.run(scenario())
