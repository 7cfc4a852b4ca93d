"""Plans how many attempts of a theorem run in parallel for a deadline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.provers.catalog import Catalog
from prover_arb.scheduler.planning.cells import believed_cells
from prover_arb.scheduler.planning.deadline_plan import DeadlinePlan, best, plans
from prover_arb.scheduler.planning.paths import paths_for
from prover_arb.scheduler.policy_file import PolicyFile, index_of, starting_file


def plan_for(
    policy: str, catalog: Catalog, theorems: Sequence[Theorem], *, budget: int, deadline: float
) -> DeadlinePlan:
    """Returns the number of parallel attempts that is worth most if every theorem has `deadline`
    seconds.

    `policy` is schedule or schedule:FILE. A proof is worth what the file says, or else a theorem's
    budget, in micro-dollars. Provers whose attempts take longer on average are left out.

    Raises:
        PolicyError: the policy file says nothing of times, or no prover is fast enough.
    """
    file = _file_of(policy)
    if not file.seconds:
        raise PolicyError(
            f"--deadline: the policy file of {policy} does not say how long attempts take; fit one "
            "from a ledger, or with --seconds-per-unit, and name it as schedule:FILE"
        )
    index = index_of(file)
    sold = {name: entry.max_attempts for name, entry in catalog.entries.items()}
    takes = np.array([file.seconds.get(name, np.inf) for name in index.provers])
    most = np.array([sold.get(name, 0) for name in index.provers])
    most[takes > deadline] = 0
    if not most.any():
        raise PolicyError(f"--deadline: no prover's attempt takes {deadline:g} seconds or less")
    value = (file.value or budget) / MICRO
    cells = believed_cells(index.table)
    weights = np.array([index.prior(theorem) for theorem in theorems])
    seconds = np.tile(takes, (len(theorems), 1))
    paths = paths_for(cells, weights, value, most)
    return best(plans(paths, cells, weights, seconds, values=[value], deadlines=[deadline])[0])


def _file_of(policy: str) -> PolicyFile:
    """Returns the policy file that a policy of the form schedule or schedule:FILE begins with."""
    _, named, path = policy.partition(":")
    file = starting_file(path if named else None)
    if file is None:
        raise PolicyError(
            f"--deadline: {policy} begins with nothing known, so it cannot plan; use schedule:FILE"
        )
    return file
