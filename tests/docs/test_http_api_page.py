"""What the page on the HTTP API shows is what the service takes and answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from prover_arb.api.problem_kinds import KINDS
from prover_arb.api.service.orders import OrderStatus
from prover_arb.api.service.proof_models import ProofRequest
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.verify_models import VerifyRequest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("request_name", "shape"), [("verify", VerifyRequest), ("prove", ProofRequest)]
)
def test_a_shown_body_is_accepted_and_names_every_field(
    request_name: str, shape: type[Shape]
) -> None:
    [body] = re.findall(rf"^```json {request_name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert shape.model_validate_json(body).model_fields_set == {*shape.model_fields}


def test_every_kind_of_error_is_listed_with_its_status() -> None:
    listed = {
        slug: int(status)
        for slugs, status in re.findall(r"^\| (`[a-z`, -]+`) \| (\d{3})", PAGE, re.MULTILINE)
        for slug in re.findall(r"`([a-z-]+)`", slugs)
    }
    assert listed == {slug: kind.status for slug, kind in KINDS.items()}


def test_every_status_of_an_order_is_listed() -> None:
    table = PAGE.split("| status | meaning |")[1].split("\n\n")[0]
    first_cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", "".join(first_cells))) == {*get_args(OrderStatus)}
