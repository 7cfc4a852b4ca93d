"""Examples of requests and answers about batches, for the documentation of the routes."""

from __future__ import annotations

from typing import Any

_ID = "b41d0c7e9a3f5e2c8d6a7b11"
_PATH = f"/v1/batches/{_ID}"

BATCH_REQUEST: dict[str, Any] = {
    "problems": [
        "(n : ℕ) : n + 0 = n",
        {"name": "step", "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b"},
        {"name": "easy", "formal_statement": "theorem easy : 1 + 1 = 2 := by sorry"},
    ],
    "budget_usd": "0.15",
    "theorem_budget_usd": "0.1",
    "policy": "cascade",
}

JSON_LINES = """\
{"name": "easy", "formal_statement": "theorem easy : 1 + 1 = 2 := by sorry"}
{"name": "step", "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b"}
"""

LEAN_FILE = """\
theorem easy : 1 + 1 = 2 := by sorry

theorem step (a b : ℕ) (h : a < b) : a + 1 ≤ b := by sorry
"""

BATCH_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "object": "batch",
    "status": "running",
    "created_at": "2026-11-26T21:00:00.000+00:00",
    "started_at": "2026-11-26T21:00:00.050+00:00",
    "finished_at": None,
    "policy": "cascade",
    "seed": 0,
    "deadline": None,
    "margin": 0.0,
    "webhook": None,
    "metadata": {},
    "counts": {
        "total": 3,
        "queued": 1,
        "running": 1,
        "proved": 1,
        "refuted": 0,
        "exhausted": 0,
        "cancelled": 0,
        "failed": 0,
    },
    "skipped": [],
    "budget_usd": "0.150000",
    "theorem_budget_usd": "0.100000",
    "spent_usd": "0.000120",
    "charged_usd": "0.000120",
    "urls": {
        "get": _PATH,
        "cancel": f"{_PATH}/cancel",
        "results": f"{_PATH}/results",
        "proofs": f"/v1/proofs?batch={_ID}",
    },
}

BATCHES_EXAMPLE: dict[str, Any] = {
    "object": "list",
    "data": [BATCH_EXAMPLE],
    "has_more": False,
    "next_after": None,
}

RESULT_EXAMPLE: dict[str, Any] = {
    "place": 2,
    "line": 2,
    "id": "5f0c1e7a9b3d4c2e8f6a7b10",
    "theorem": {
        "name": "step",
        "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
        "preamble": "",
        "profile": "core",
    },
    "status": "proved",
    "proof": {"kind": "tactics", "text": "omega"},
    "refutation": None,
    "spent_usd": "0.000120",
    "charged_usd": "0.000120",
    "why_stopped": "proved",
    "problem": None,
}
