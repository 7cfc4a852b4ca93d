"""The API on Ray Serve, on one machine, until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
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
from prover_arb.errors import InputError
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import WorkerFactory
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.runtime.ray_logs import log_as_worker, log_level
from prover_arb.runtime.ray_market import RayMarketplace
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
    workers: int | None = Field(default=None, ge=1)
    reserved: int = Field(default=1, ge=0)
    standby: int = Field(default=1, ge=0)
    profile: Profile = "core"
    policies: tuple[str, ...] = ()
    running: int = Field(default=ServiceLimits.running_orders, ge=1)
    margin: float = 0.0
    cache: CacheOptions = OWN_FOR_NOTHING
    private_webhooks: bool = False

    @property
    def stored(self) -> str:
        """The URL of the database with orders and keys."""
        named = self.database or os.environ.get("PROVER_ARB_DATABASE")
        return named or sqlite_url(orders_file(self.ledger.absolute()))


def run(
    *,
    ledger: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    catalog: Path | None = None,
    workers: int | None = None,
    reserved: int = 1,
    standby: int = 1,
    profile: Profile = "core",
    options: OracleOptions = DEFAULTS,
    address: str | None = None,
    factory: WorkerFactory | None = None,
    policies: Sequence[str] = (),
    database: str | None = None,
    running: int = ServiceLimits.running_orders,
    margin: float = 0.0,
    cache: CacheOptions = OWN_FOR_NOTHING,
    private_webhooks: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; `/readyz` tells when Lean is warm.

    `options` say how candidates are judged. `factory` replaces the market of the
    catalog by another. `policies` are the operator's own, each `NAME=POLICY`. `database` is the URL
    of the database with orders and keys, by default of a file beside the ledger. Besides `workers`
    there are `reserved` workers for verifications that somebody waits for, each with Lean processes
    for `standby` keys more than one; `running` orders are worked on at once. `margin` is what is
    charged over the cost, as a share of it, and `cache` says how proofs that are known answer
    orders. With `private_webhooks` messages are sent to this machine and into private networks too.

    Raises:
        InputError: the port is taken, no cluster answers at `address`, `policies` are not of that
            form, the margin is none, or others than this machine could use a service without keys.
        LedgerError: the database cannot be opened.
        PolicyError: one of the policies cannot be made.
        CatalogError: the catalog cannot be used.
    """
    arguments = ServiceArguments(
        ledger=ledger,
        database=database,
        catalog=catalog,
        workers=workers,
        reserved=reserved,
        standby=standby,
        profile=profile,
        policies=tuple(policies),
        running=running,
        margin=margin,
        cache=cache,
        private_webhooks=private_webhooks,
    )
    tenants = _admitted(arguments.stored, host)
    served = _application(arguments, options=options, factory=factory)
    sockets.bound(host, port).close()  # Ray Serve would only log it and try for minutes
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    connected = connect(address, workers=workers)
    previous = {s: signal.signal(s, on_signal) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        write_warnings_of("ray.serve")
        serve.start(
            proxy_location="HeadOnly",
            http_options={"host": host, "port": port},
            logging_config={"log_level": "WARNING"},
        )
        serve.run(served, name=APP, logging_config={"log_level": "WARNING"})
        shown = f"[{host}]" if ":" in host else host
        announce(f"prover-arb serves http://{shown}:{port} (see /docs), {tenants}")
        stop.wait()
    finally:
        serve.shutdown()  # type: ignore[no-untyped-call]
        if connected:
            ray.shutdown()
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
        reserved=arguments.reserved,
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
