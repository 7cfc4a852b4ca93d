"""Every kind of problem that the API answers with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of problem: the constant part of its documents."""

    slug: str
    title: str
    status: int
    retry_after: int | None = None
    """After how many seconds it may be worth to ask again."""

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


MALFORMED_JSON = Kind("malformed-json", "The request body is not JSON", 400)
BAD_CURSOR = Kind("bad-cursor", "There is no page that begins there", 400)
NO_KEY = Kind("no-key", "A valid API key is needed", 401)
KEY_BUDGET_SPENT = Kind("key-budget-spent", "The budget of the API key is spent", 402)
NOT_ALLOWED = Kind("not-allowed", "The API key does not allow this", 403)
UNKNOWN_ORDER = Kind("unknown-order", "There is no order with this id", 404)
UNKNOWN_BATCH = Kind("unknown-batch", "There is no batch with this id", 404)
UNKNOWN_FILE = Kind("unknown-file", "There is no file with this id", 404)
UNKNOWN_QUOTE = Kind("unknown-quote", "There is no quote with this id", 404)
NO_CERTIFICATE = Kind("no-certificate", "The order has no certificate", 404)
QUOTE_USED = Kind("quote-used", "The quote was accepted by another order", 409)
QUOTE_EXPIRED = Kind("quote-expired", "The quote is not valid any more", 410)
TOO_LARGE = Kind("request-too-large", "The request body is too large", 413)
WRONG_TYPE = Kind("wrong-content-type", "The request body is not declared to be JSON", 415)
INVALID_REQUEST = Kind("invalid-request", "The request has missing or wrong fields", 422)
INVALID_STATEMENT = Kind("invalid-statement", "Lean does not accept the statement", 422)
IDEMPOTENCY_KEY_REUSED = Kind(
    "idempotency-key-reused", "The idempotency key was used for another request", 422
)
WEBHOOK_REFUSED = Kind("webhook-refused", "No message is sent to that address", 422)
UNSUPPORTED_PROFILE = Kind("unsupported-profile", "This server does not judge that profile", 422)
UNKNOWN_POLICY = Kind("unknown-policy", "There is no such policy", 422)
BAD_BUDGET = Kind("bad-budget", "The budget cannot be used", 422)
BATCH_TOO_LARGE = Kind("batch-too-large", "The batch has too many theorems", 422)
FILE_TOO_LARGE = Kind("file-too-large", "The file has too many open theorems", 422)
NOTHING_OPEN = Kind("nothing-open", "The file has no theorem to buy a proof of", 422)
BAD_INPUT = Kind("bad-input", "The request cannot be used", 422)
TOO_MANY_REQUESTS = Kind("too-many-requests", "The API key sends too many requests", 429, 60)
TOO_MANY_ORDERS = Kind("too-many-orders", "The API key has too many open orders", 429, 30)
TOO_MANY_QUOTES = Kind("too-many-quotes", "The API key has too many valid quotes", 429, 300)
TOO_MANY_STREAMS = Kind("too-many-streams", "The API key has too many open streams", 429, 30)
TOO_MANY_CHECKS = Kind("too-many-checks", "The API key has too many checks at once", 429, 2)
MARKET_FAILED = Kind("market-failed", "The market itself failed", 500)
NOT_READY = Kind("not-ready", "The oracle is not ready", 503, 5)
SERVICE_FULL = Kind("service-full", "The service has as much to do as it takes", 503, 10)
STORE_FAILED = Kind("store-failed", "The database or the ledger does not answer", 503, 5)
HTTP = "about:blank"
"""The type of a problem that says no more than its status."""

KINDS = {
    kind.slug: kind
    for kind in (
        MALFORMED_JSON,
        BAD_CURSOR,
        NO_KEY,
        KEY_BUDGET_SPENT,
        NOT_ALLOWED,
        UNKNOWN_ORDER,
        UNKNOWN_BATCH,
        UNKNOWN_FILE,
        UNKNOWN_QUOTE,
        NO_CERTIFICATE,
        QUOTE_USED,
        QUOTE_EXPIRED,
        TOO_LARGE,
        WRONG_TYPE,
        INVALID_REQUEST,
        INVALID_STATEMENT,
        IDEMPOTENCY_KEY_REUSED,
        WEBHOOK_REFUSED,
        UNSUPPORTED_PROFILE,
        UNKNOWN_POLICY,
        BAD_BUDGET,
        BATCH_TOO_LARGE,
        FILE_TOO_LARGE,
        NOTHING_OPEN,
        BAD_INPUT,
        TOO_MANY_REQUESTS,
        TOO_MANY_ORDERS,
        TOO_MANY_QUOTES,
        TOO_MANY_STREAMS,
        TOO_MANY_CHECKS,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
        STORE_FAILED,
    )
}
