"""What the service counts, in Prometheus' form. No figure tells one tenant from another."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from prover_arb.api.service.event_store import NewEvent
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Verdict
from prover_arb.runtime.worker_pool import PoolStatus

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The counters of one service."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Histogram(
            "prover_arb_http_request_seconds",
            "Time to the last byte of an answer, by route, method and status.",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._attempts = Counter(
            "prover_arb_attempts", "Attempts that were bought.", ["prover"], registry=registry
        )
        self._verdicts = Counter(
            "prover_arb_verdicts",
            "Verdicts, by status and reason, on attempts and on candidates that were sent.",
            ["source", "status", "reason"],
            registry=registry,
        )
        self._lost = Counter(
            "prover_arb_attempts_lost", "Attempts not delivered.", ["prover"], registry=registry
        )
        self._overhead = Histogram(
            "prover_arb_verify_overhead_seconds",
            "Time of a verification beyond Lean's own, waiting included.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._orders = Counter(
            "prover_arb_orders", "Orders that ended, by status.", ["status"], registry=registry
        )
        self._spent = Counter(
            "prover_arb_spent_usd", "Dollars spent for orders that ended.", registry=registry
        )
        self._charged = Counter(
            "prover_arb_charged_usd", "Dollars charged for orders that ended.", registry=registry
        )
        self._margin = Gauge(
            "prover_arb_margin_usd", "Dollars charged less dollars spent.", registry=registry
        )
        self._webhooks = Counter(
            "prover_arb_webhook_attempts",
            "Attempts to send a webhook: delivered, to be repeated, or failed for good.",
            ["result"],
            registry=registry,
        )
        self._depth = Gauge(
            "prover_arb_queue_depth",
            "What is there: orders queued and running, checks, event streams, requests that wait "
            "for a Lean worker.",
            ["what"],
            registry=registry,
        )
        self._workers = Gauge(
            "prover_arb_workers",
            "Lean workers: wanted by what waits for them, and ready.",
            ["state"],
            registry=registry,
        )
        self._restarts = Gauge(
            "prover_arb_worker_restarts",
            "Lean workers that died and were started again since the market opened.",
            registry=registry,
        )
        self._brokers = Gauge(
            "prover_arb_brokers", "Brokers: configured, and ready.", ["state"], registry=registry
        )
        self._broker_restarts = Gauge(
            "prover_arb_broker_restarts",
            "Brokers that died and were started again since the market opened.",
            registry=registry,
        )
        self._nodes = Gauge(
            "prover_arb_nodes",
            "Machines of the cluster: alive, and lost since the market opened.",
            ["state"],
            registry=registry,
        )
        self.loop_delay = Histogram(
            "prover_arb_event_loop_delay_seconds",
            "How late the event loop comes to what is due.",
            buckets=_SECONDS,
            registry=registry,
        )

    def step(self, event: NewEvent) -> None:
        """Counts a step of a purchase."""
        data = event.data
        if event.kind == "purchase":
            self._attempts.labels(data["prover"]).inc()
        elif event.kind == "lost":
            self._lost.labels(data["prover"]).inc()
        elif event.kind == "verdict":
            self._verdicts.labels("attempt", data["status"], data["reason"] or "").inc()

    def verified(self, verdict: Verdict, *, seconds: float) -> None:
        """Counts a verdict on a candidate that a customer sent, which took so long to give."""
        self._verdicts.labels("candidate", verdict.status, verdict.reason or "").inc()
        self._overhead.observe(max(0.0, seconds - verdict.elapsed_ms / 1000))

    def ended(self, status: str, *, spent: int, charged: int) -> None:
        """Counts an order that ended; amounts are in micro-dollars."""
        self._orders.labels(status).inc()
        self._spent.inc(spent / MICRO)
        self._charged.inc(charged / MICRO)
        self._margin.inc((charged - spent) / MICRO)

    def webhook(self, result: str) -> None:
        """Counts an attempt to send a webhook."""
        self._webhooks.labels(result).inc()

    def page(self, depths: dict[str, int], pool: PoolStatus | None) -> bytes:
        """Returns all figures as text; `pool` is None while no market is open."""
        for what, depth in depths.items():
            self._depth.labels(what).set(depth)
        self._depth.labels("requests_waiting_for_lean").set(pool.waiting if pool else 0)
        self._workers.labels("wanted").set(pool.workers if pool else 0)
        self._workers.labels("ready").set(pool.ready if pool else 0)
        self._restarts.set(pool.restarts if pool else 0)
        self._brokers.labels("configured").set(pool.brokers if pool else 0)
        self._brokers.labels("ready").set(pool.brokers_ready if pool else 0)
        self._broker_restarts.set(pool.broker_restarts if pool else 0)
        self._nodes.labels("alive").set(pool.nodes if pool else 0)
        self._nodes.labels("lost").set(pool.nodes_lost if pool else 0)
        return generate_latest(self._registry)
