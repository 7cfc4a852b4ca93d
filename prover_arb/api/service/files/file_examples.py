"""Examples of requests and answers about files, for the documentation of the routes."""

from __future__ import annotations

from typing import Any

_ID = "f17e0c7e9a3f5e2c8d6a7b12"
_PATH = f"/v1/files/{_ID}"

FILE_REQUEST: dict[str, Any] = {
    "text": "theorem easy : 1 + 1 = 2 := by sorry\n\n"
    "theorem step (a b : ℕ) (h : a < b) : a + 1 ≤ b := by\n  sorry\n",
    "budget_usd": "0.1",
    "theorem_budget_usd": "0.05",
}

FILE_SUMMARY: dict[str, Any] = {
    "id": _ID,
    "object": "file",
    "status": "exhausted",
    "place": None,
    "created_at": "2026-11-26T21:00:00.000+00:00",
    "started_at": "2026-11-26T21:00:00.050+00:00",
    "finished_at": "2026-11-26T21:00:03.400+00:00",
    "policy": "cascade",
    "seed": 0,
    "deadline": None,
    "margin": 0.0,
    "webhook": None,
    "metadata": {},
    "budget_usd": "0.100000",
    "spent_usd": "0.050020",
    "charged_usd": "0.050020",
    "problem": None,
    "urls": {"get": _PATH, "cancel": f"{_PATH}/cancel", "events": f"{_PATH}/events"},
}

FILE_EXAMPLE: dict[str, Any] = FILE_SUMMARY | {
    "theorem_budget_usd": "0.050000",
    "text": "theorem easy : 1 + 1 = 2 := by sorry\n\n"
    "theorem step (a b : ℕ) (h : a < b) : a + 1 ≤ b := by\n  omega\n",
    "gaps": [
        {
            "name": "easy",
            "line": 1,
            "status": "not_proved",
            "reason": "the budget is spent",
            "cost_usd": "0.050000",
            "verification_cost_usd": "0.000000",
            "attempts": 3,
            "certificate": None,
        },
        {
            "name": "step",
            "line": 3,
            "status": "filled",
            "reason": "",
            "cost_usd": "0.000010",
            "verification_cost_usd": "0.000010",
            "attempts": 1,
            "certificate": None,
        },
    ],
    "filled": 1,
    "left": 1,
}

FILES_EXAMPLE: dict[str, Any] = {
    "object": "list",
    "data": [FILE_SUMMARY],
    "has_more": False,
    "next_after": None,
}
