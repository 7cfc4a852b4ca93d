"""The API under uvicorn over a market of Lean workers, one by default, in the same process.

with_lean.py PORT LEDGER CATALOG MARGIN [CACHE [WORKERS]], the margin in millionths; CACHE is JSON
with fields of `CacheOptions`.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import uvicorn

from prover_arb.api.service.cache_options import CacheOptions
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.service_app import create_app
from prover_arb.runtime import open_marketplace


def main() -> None:
    port, ledger, catalog, margin = sys.argv[1:5]
    cache = CacheOptions.model_validate_json(sys.argv[5] if len(sys.argv) > 5 else "{}")
    workers = int(sys.argv[6]) if len(sys.argv) > 6 else 1
    open_market = partial(
        open_marketplace, ledger=Path(ledger), ray=False, workers=workers, catalog=Path(catalog)
    )
    app = create_app(
        open_market,
        ledger=Path(ledger),
        policies=RegisteredPolicies({"recorded": "single:recorded"}),
        margin_ppm=int(margin),
        cache=cache,
    )
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main()
