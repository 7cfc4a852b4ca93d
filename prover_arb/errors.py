"""All errors that this package raises on purpose, as one tree.

ProverArbError                 base; its message says what happened and what to do
├── InputError                 the caller's data is wrong: names the field or line (exit 2, 4xx)
│   ├── CatalogError           a prover catalog that cannot be used
│   ├── ProblemError           a problem file or theorem that cannot be read
│   ├── CertificateError       a certificate that cannot be read
│   ├── PolicyError            an unknown policy, or parameters it does not accept
│   ├── BudgetError            a budget that is negative, not a number, or absurd
│   ├── StudentError           a student file, or examples for one, that cannot be used
│   └── RecordsError           recorded attempts that cannot be read, or make no market together
├── ToolchainError             Lean is missing, damaged, or could not be provisioned (exit 3)
├── OracleError                the oracle itself failed; never the candidate's fault (exit 3)
│   ├── WorkerDied             a Lean process ended without an answer
│   │   └── WorkerNotStarted   it ended before it was ready for a request
│   └── WorkerTimeout          a Lean process was stopped at its deadline
├── ProverError                a prover failed to deliver; it is paid what it had used
│   ├── ProverUnreachable      no connection, no TLS, busy or broken after retries, left alone
│   ├── ProverRefused          the key, the model or the request is not accepted
│   ├── ProverBroken           its answer is not one: HTML, a redirect, broken JSON
│   └── ProverLostState        the next slice of an attempt does not fit where the last one stopped
├── LedgerError                the ledger cannot be read or written
│   ├── LedgerUnavailable      its database does not answer now; the same step may be tried again
│   ├── RunBudgetTaken         another broker reserved first what was left of the run's budget
│   └── LeaseLost              another program took over the run
├── ApiError                   a prover_arb service refused a request of our client, or failed
├── ServerUnreachable          a prover_arb service does not answer our client
└── RunError                   a run that broke, or whose folder cannot be used or resumed
    └── BrokerDied             one of several brokers ended, and is started again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

Fault = Literal[
    "unreachable",
    "refused",
    "broken",
    "failed",
    "lost_state",
    "worker",
    "cut_off",
    "error_in_stream",
    "too_late",
    "too_long",
    "out_of_tokens",
    "unreadable",
    "no_choices",
    "other_model",
    "no_proof",
]
"""What was wrong with a purchase before the oracle saw it: a closed list, kept in the ledger.

With the faults from `unreachable` to `worker` nothing was sold and nothing is paid; the others are
unusable answers, which are billed."""


UnreadKind = Literal["unreadable", "proved", "unprovable", "repeated"]
"""Why a theorem of a data set is left out: no theorem could be made of it; it has a proof already;
it rests on a `sorry` or an axiom; the same theorem was read before."""


class ProverArbError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(ProverArbError):
    """The caller's data is wrong; the message names the field, file or line."""


class CatalogError(InputError):
    """A prover catalog that cannot be used."""


class ProblemError(InputError):
    """A problem file or a theorem that cannot be read."""

    def __init__(
        self,
        message: str,
        *,
        kind: UnreadKind = "unreadable",
        field: str = "",
        statement: str = "",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.field = field
        """The field of a row that is at fault, where one is."""
        self.statement = statement
        """What is stated, where that much could be read."""


class CertificateError(InputError):
    """A certificate that cannot be read."""


class PolicyError(InputError):
    """An unknown policy, or parameters it does not accept."""


class BudgetError(InputError):
    """A budget that is negative, not a number, or absurd."""


class StudentError(InputError):
    """A student file, or the examples that one learns from, cannot be used."""


class RecordsError(InputError):
    """Recorded attempts that cannot be read, or that make no market together."""


class ToolchainError(ProverArbError):
    """Lean is missing, damaged, or could not be provisioned."""


class OracleError(ProverArbError):
    """The oracle itself failed; never the candidate's fault."""


class WorkerDied(OracleError):
    """A Lean process ended without an answer."""

    def __init__(self, message: str, *, cause: str = "unknown", cpu_us: int = 0) -> None:
        super().__init__(message)
        self.cause = cause
        """What ended it: `memory`, `stack`, `trap`, `output`, `killed`, `unknown`."""
        self.cpu_us = cpu_us
        """Microseconds of processor time that it used for the request it did not answer."""


class WorkerNotStarted(WorkerDied):
    """A Lean process ended, or was ended, before it was ready: nothing that it was asked did it."""


class WorkerTimeout(OracleError):
    """A Lean process was stopped at its deadline."""

    def __init__(self, message: str, *, cpu_us: int = 0) -> None:
        super().__init__(message)
        self.cpu_us = cpu_us
        """Microseconds of processor time that it used for the request it did not answer."""


class ProverError(ProverArbError):
    """A prover failed to deliver; it is paid what it had used."""

    fault: ClassVar[Fault] = "failed"


class ProverUnreachable(ProverError):
    """No connection, no TLS, busy or broken after retries, or off the market for a while."""

    fault = "unreachable"


class ProverRefused(ProverError):
    """The prover does not accept the key, the model or the request."""

    fault = "refused"


class ProverBroken(ProverError):
    """The prover's answer is not one, and is not billed."""

    fault = "broken"


class ProverLostState(ProverError):
    """A prover cannot go on with an attempt where an earlier slice of it stopped."""

    fault = "lost_state"


class LedgerError(ProverArbError):
    """The ledger cannot be read or written."""


class LedgerUnavailable(LedgerError):
    """The database of the ledger or of the orders does not answer now; the same step may be tried
    again."""


class RunBudgetTaken(LedgerError):
    """Another broker reserved first what was left of the run's budget; less may be left now."""


class LeaseLost(LedgerError):
    """Another program took over the run; this one has no say in it any more."""


class ApiError(ProverArbError):
    """A prover_arb service refused a request, or failed: what its problem document says."""

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        type: str = "about:blank",
        title: str = "",
        instance: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        request_id: str = "",
        after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        """What is wrong with the request, and what to do."""
        self.status = status
        """The HTTP status."""
        self.type = type
        """The kind of problem, such as `/problems/invalid-statement`."""
        self.title = title
        """The kind of problem in words."""
        self.instance = instance
        """The path of the request."""
        self.errors = tuple(errors)
        """The fields at fault, each with `field`, `pointer`, `detail`, and where Lean says one the
        `line` and `column`."""
        self.request_id = request_id
        """The id of the request in the log of the server."""
        self.after = after
        """How many seconds the server asks to wait, if it does."""

    @property
    def kind(self) -> str:
        """The last part of the type, such as `invalid-statement`."""
        return self.type.rsplit("/", 1)[-1]

    @property
    def is_ours(self) -> bool:
        """Whether the request is at fault, and not the server."""
        return 400 <= self.status < 500


class ServerUnreachable(ProverArbError):
    """A prover_arb service does not answer."""

    def __init__(self, message: str, *, lost: bool = True) -> None:
        super().__init__(message)
        self.lost = lost
        """Whether there was no connection; if not, the answer took too long."""


class RunError(ProverArbError):
    """A benchmark run folder that cannot be used or resumed."""


class BrokerDied(RunError):
    """One of several brokers ended over a request, and is started again: what was paid for is in
    the ledger, and the same request may be made again under another lease."""
