"""The API on Ray Serve over a market without Lean: on_ray.py PORT LEDGER [BROKERS SECONDS].

With several brokers each has two workers. The second attempt at a theorem is a proof; each attempt,
and each verdict, takes so many seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from prover_arb.api.service.ray_serve import ServiceArguments, run
from prover_arb.cli.visible import show_logs
from prover_arb.runtime.null_market import NullWorkerFactory

if __name__ == "__main__":
    show_logs(1, as_json=True)
    port, ledger, *more = sys.argv[1:]
    brokers, seconds = more or ("1", "0")
    count = int(brokers)
    run(
        ServiceArguments(ledger=Path(ledger), workers=2 * count, brokers=count, margin=0.25),
        port=int(port),
        factory=NullWorkerFactory(proves=1, seconds=float(seconds)),
    )
