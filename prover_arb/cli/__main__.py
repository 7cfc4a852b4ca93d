"""`python -m prover_arb.cli` is `prover-arb`."""

from prover_arb.cli.app import main

main()
