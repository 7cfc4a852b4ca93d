"""Whose request it is: told by the key, which itself goes no further."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from prover_arb.api.customers import Customer


def test_a_key_makes_a_customer() -> None:
    app = FastAPI()

    @app.get("/who")
    def who(customer: Customer) -> str:
        return customer

    client = TestClient(app)

    def told(**headers: str) -> str:
        return str(
            client.get("/who", headers={k.replace("_", "-"): v for k, v in headers.items()}).json()
        )

    one = told(Authorization="Bearer sk-one")
    assert one
    assert "sk-one" not in one
    assert told(authorization="bearer  sk-one ") == one
    assert told(X_API_Key="sk-one") == one
    assert told(Authorization="Bearer sk-two") not in {one, ""}
    assert told() == told(Authorization="Basic abc") == told(X_API_Key="") == ""
