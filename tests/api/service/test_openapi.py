"""The OpenAPI document: complete for readers, and true of what the server answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)
from service_process import Server, local_server

from prover_arb.api.problem_kinds import KINDS
from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import SCOPES, KeyStore
from prover_arb.api.service.service_app import create_app, orders_file

EXAMPLES = int(os.environ.get("PROVER_ARB_API_EXAMPLES", "192"))
"""How many requests are made up in all; set it to 5000 for a long run."""

OPERATIONS = 31


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    def no_market() -> Any:
        raise AssertionError("the document needs no market")

    app = create_app(no_market, ledger=tmp_path_factory.mktemp("document") / "ledger.sqlite")
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_field_and_parameter_is_described(document: dict[str, Any]) -> None:
    missing = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, form in schema.get("properties", {}).items()
        if not form.get("description")
    ]
    missing += [
        f"{name} {parameter['name']}"
        for name, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert missing == []
    assert document["openapi"].startswith("3.1")


def test_amounts_and_times_say_their_unit(document: dict[str, Any]) -> None:
    units = {"_usd": "dollars", "_ms": "milliseconds", "_us": "microseconds", "_bytes": "bytes"}
    for name, schema in document["components"]["schemas"].items():
        for field, form in schema.get("properties", {}).items():
            for suffix, unit in units.items():
                if field.endswith(suffix):
                    assert unit in form["description"], f"{name}.{field}"


def test_every_route_has_examples(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        good = [a for status, a in operation["responses"].items() if status.startswith("2")]
        for answer in good:
            for content in answer["content"].values():
                assert "example" in content, name
        if body := operation.get("requestBody"):
            assert body["content"]["application/json"]["examples"], name
        assert operation["description"], name


def test_examples_of_requests_fit(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if body := operation.get("requestBody"):
            content = body["content"]["application/json"]
            schema = content["schema"] | {"components": document["components"]}
            for example in content["examples"].values():
                errors = list(Draft202012Validator(schema).iter_errors(example["value"]))
                assert not errors, name


def test_every_kind_of_problem_belongs_to_a_route(document: dict[str, Any]) -> None:
    named = {
        slug
        for _, operation in operations(document)
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for slug in content.get("examples", {})
    }
    assert named == {*KINDS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    ledger = tmp_path_factory.mktemp("made-up") / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    secret, _ = KeyStore(database).create_now("all", scopes=SCOPES)
    database.close()
    with local_server(ledger) as running:
        running.wait_for("/readyz", 60)
        running.client.headers["Authorization"] = f"Bearer {secret}"
        yield running


def test_the_server_answers_as_documented(server: Server) -> None:
    """No 5xx, no answer that is not in the document, none of another form, no key ignored."""
    key = {"Authorization": server.client.headers["Authorization"]}
    schema = schemathesis.openapi.from_url(f"{server.client.base_url}/openapi.json")
    wrong = []
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=max(1, EXAMPLES // OPERATIONS // 2),
                deadline=None,
                derandomize="PROVER_ARB_API_EXAMPLES" not in os.environ,
                database=None,
                suppress_health_check=[*HealthCheck],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case: Any) -> None:
                response = case.call(headers=key)
                # What fits the schema may still be refused: no schema knows Lean or the policies.
                excluded = [positive_data_acceptance]
                if response.status_code == 413:  # a refusal that this check does not know
                    excluded.append(negative_data_rejection)
                case.validate_response(response, headers=key, excluded_checks=excluded)

            try:
                check()
            except Unsatisfiable:
                continue  # nothing can be wrong with a request that has no parameters
            except BaseExceptionGroup as group:
                wrong += [f"{operation.label}: {error}" for error in group.exceptions]
    assert wrong == [], "\n".join(wrong)
