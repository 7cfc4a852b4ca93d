"""What the page on the HTTP API shows is what the service takes and answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from prover_arb.api.problem_kinds import KINDS
from prover_arb.api.service.batches.batch_request import BatchRequest
from prover_arb.api.service.files.file_models import FileRequest
from prover_arb.api.service.orders import OrderStatus
from prover_arb.api.service.proof_request import ProofRequest
from prover_arb.api.service.quote_models import QuoteRequest
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.verify_models import VerifyRequest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("request_name", "shape", "count"),
    [
        ("verify", VerifyRequest, 1),
        ("prove", ProofRequest, 2),
        ("quote", QuoteRequest, 1),
        ("batch", BatchRequest, 1),
        ("file", FileRequest, 1),
    ],
)
def test_shown_bodies_are_accepted_and_name_every_field(
    request_name: str, shape: type[Shape], count: int
) -> None:
    """An order names a theorem or a quote, so it takes two to show all fields."""
    bodies = re.findall(rf"^```json {request_name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(bodies) == count
    named = [shape.model_validate_json(body).model_fields_set for body in bodies]
    assert set().union(*named) == {*shape.model_fields}


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
