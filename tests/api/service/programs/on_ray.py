"""The API on Ray Serve over a market without Lean: on_ray.py PORT LEDGER."""

from __future__ import annotations

import sys
from pathlib import Path

from prover_arb.api.service.ray_serve import run
from prover_arb.cli.visible import show_logs
from prover_arb.runtime.null_market import NullWorkerFactory

if __name__ == "__main__":
    show_logs(1, as_json=True)
    run(
        ledger=Path(sys.argv[2]),
        port=int(sys.argv[1]),
        workers=2,
        factory=NullWorkerFactory(proves=1),
        margin=0.25,
    )
