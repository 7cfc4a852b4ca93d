"""The API on Ray Serve, on one machine, until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import ray
from fastapi import FastAPI
from pydantic import Field, ValidationError
from ray import serve
from ray.serve import Application

from prover_arb.api import sockets
from prover_arb.api.service.cache_options import OWN_FOR_NOTHING, CacheOptions
from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.service_app import create_app, orders_file, purchases_at
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.api.service.webhooks.sender import WebhookOptions
from prover_arb.core.logs import announce, write_warnings_of
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Profile, Value, fault
from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import InputError
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import WorkerFactory
from prover_arb.runtime.broker_actors import require_workers
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.runtime.ray_logs import log_as_worker, log_level
from prover_arb.runtime.ray_market import RayMarketplace, cluster_cpus
from prover_arb.runtime.ray_session import connect

APP = "prover_arb"

LARGEST_MARGIN = 10
"""The largest share of the cost that may be charged over it."""


class ServiceArguments(Value):
    """What a service is made of; the `args` of a Ray Serve configuration."""

    ledger: Path = Path("runs/serve/ledger.sqlite3")
    database: str | None = None
    """The URL of the database; PROVER_ARB_DATABASE, or a file beside the ledger, if absent."""
    catalog: Path | None = None
    workers: Workers | None = None
    """How many Lean workers, such as 4 or "2..8"; one per CPU of the cluster, if absent."""
    brokers: int = Field(default=1, ge=1)
    """Among how many brokers orders and workers are divided."""
    reserved: int | None = Field(default=None, ge=0)
    """How many workers besides are for verifications that somebody waits for; one for each broker,
    if absent."""
    standby: int = Field(default=1, ge=0)
    """For how many keys more than one each reserved worker has Lean processes."""
    profile: Profile = "core"
    policies: tuple[str, ...] = ()
    """The operator's own, each `NAME=POLICY`."""
    running: int = Field(default=ServiceLimits.running_orders, ge=1)
    """How many orders are worked on at once."""
    margin: float = 0.0
    """What is charged over the cost, as a share of it."""
    cache: CacheOptions = OWN_FOR_NOTHING
    """How proofs that are known answer orders."""
    private_webhooks: bool = False
    """Whether messages are sent to this machine and into private networks too."""

    @property
    def stored(self) -> str:
        """The URL of the database with orders and keys."""
        named = self.database or os.environ.get("PROVER_ARB_DATABASE")
        return named or sqlite_url(orders_file(self.ledger.absolute()))


def run(
    arguments: ServiceArguments,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    options: OracleOptions = DEFAULTS,
    address: str | None = None,
    factory: WorkerFactory | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; `/readyz` tells when Lean is warm.

    `options` say how candidates are judged. `factory` replaces the market of the catalog by
    another.

    Raises:
        InputError: the port is taken, no cluster answers at `address`, it has too few workers for
            the brokers, `policies` are not of that form, the margin is none, or others than this
            machine could use a service without keys.
        LedgerError: the database cannot be opened.
        PolicyError: one of the policies cannot be made.
        CatalogError: the catalog cannot be used.
    """
    tenants = _admitted(arguments.stored, host)
    served = _application(arguments, options=options, factory=factory)
    sockets.bound(host, port).close()  # Ray Serve would only log it and try for minutes
    workers = arguments.workers
    connected = connect(address, workers=None if workers is None else workers.most)
    try:
        require_workers(arguments.brokers, workers or cluster_cpus())
        shown = f"[{host}]" if ":" in host else host
        where = f"prover-arb serves http://{shown}:{port} (see /docs), {tenants}"
        _serve_until_stopped(served, host, port, where)
    finally:
        if connected:
            ray.shutdown()


def _serve_until_stopped(served: Application, host: str, port: int, announcement: str) -> None:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {s: signal.signal(s, on_signal) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        write_warnings_of("ray.serve")
        serve.start(
            proxy_location="HeadOnly",
            http_options={"host": host, "port": port},
            logging_config={"log_level": "WARNING"},
        )
        serve.run(served, name=APP, logging_config={"log_level": "WARNING"})
        announce(announcement)
        stop.wait()
    finally:
        serve.shutdown()  # type: ignore[no-untyped-call]
        for number, handler in previous.items():
            signal.signal(number, handler)


def application(args: dict[str, Any]) -> Application:
    """Makes the service for a Ray Serve that runs already, as KubeRay's RayService has one.

    `args` are the fields of `ServiceArguments`, as they stand in the configuration. The address at
    which it listens is Ray Serve's matter, so others are taken to reach it.

    Raises:
        InputError: there are no API keys, or an argument is none.
        LedgerError, PolicyError, CatalogError: as `run`.
    """
    try:
        arguments = ServiceArguments.model_validate(args)
    except ValidationError as error:
        raise InputError(f"args: {fault(error)}") from None
    _admitted(arguments.stored, "0.0.0.0")
    return _application(arguments)


def _application(
    arguments: ServiceArguments,
    *,
    options: OracleOptions = DEFAULTS,
    factory: WorkerFactory | None = None,
) -> Application:
    margin, ledger = arguments.margin, arguments.ledger.absolute()
    if not 0 <= margin <= LARGEST_MARGIN:  # false for what is no number, too
        raise InputError(f"--margin {margin}: a share from 0 to {LARGEST_MARGIN} is needed")
    if arguments.workers is not None:
        require_workers(arguments.brokers, arguments.workers)
    listed = load_catalog(arguments.catalog)
    registered = RegisteredPolicies.read(arguments.policies, list(listed.entries))
    profile, stored, cache = arguments.profile, arguments.stored, arguments.cache
    local = LocalWorkerFactory(catalog=listed, profile=profile, options=options)
    open_market = partial(
        RayMarketplace.opened,
        factory or local,
        reserved_factory=factory or replace(local, standby=arguments.standby),
        ledger=purchases_at(ledger, stored),
        workers=arguments.workers,
        reserved=arguments.brokers if arguments.reserved is None else arguments.reserved,
        brokers=arguments.brokers,
    )
    limits = ServiceLimits(running_orders=arguments.running)
    webhooks = WebhookOptions(private=arguments.private_webhooks)
    level = log_level()

    def build() -> FastAPI:
        log_as_worker(level)
        return create_app(
            open_market,
            ledger=ledger,
            database=stored,
            profile=profile,
            policies=registered,
            limits=limits,
            on_ray=True,
            margin_ppm=round(margin * MICRO),
            cache=cache,
            webhooks=webhooks,
        )

    # One replica, which waits most of its time; another `serve` may share the database.
    deployment = serve.deployment(
        name=APP,
        num_replicas=1,
        max_ongoing_requests=10_000,
        ray_actor_options={"num_cpus": 0},
        graceful_shutdown_timeout_s=30,
    )(serve.ingress(build)(None))
    return deployment.bind()


def _admitted(database: str, host: str) -> str:
    """Returns, in words, who may use the service.

    Raises:
        InputError: it has no keys, and others than this machine could reach it.
    """
    opened = Database(database)
    try:
        keys = KeyStore(opened).list_now()
    finally:
        opened.close()
    if keys:
        valid = sum(key.revoked_at is None for key in keys)
        return f"with {valid} API {'key' if valid == 1 else 'keys'}"
    if not sockets.is_loopback(host):
        raise InputError(
            f"--host {host}: others could use this service, and it has no API keys; make one with "
            "`prover-arb keys create NAME`, or listen at 127.0.0.1"
        )
    return "without API keys: everybody on this machine is one tenant"
