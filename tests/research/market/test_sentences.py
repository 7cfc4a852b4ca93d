"""The report says nothing undefined or infinite, and nothing that its data contradict."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from prover_arb.core.records import ProverRecords
from prover_arb.errors import RecordsError
from prover_arb.research.market.market_report import all_studies
from prover_arb.research.market.model import build_market
from prover_arb.research.market.robustness import Transfer
from prover_arb.research.market.studies import arbitrage_study, entry_study, revenue_study
from prover_arb.research.study import Study, amount, count, share, tell
from tests.research.market.synthetic_market import records, two_tier

Ledger = list[ProverRecords]


def in_two_domains(
    prover: str, costs: tuple[float, float], solved: tuple[int, int]
) -> ProverRecords:
    """Twenty problems of one domain, then twenty of another, with costs and proofs in each."""
    rows = records(prover, [(costs[i // 20], 1, int(i % 20 < solved[i // 20])) for i in range(40)])
    names = [f"{'aime' if i < 20 else 'imo'}_{i}" for i in range(40)]
    renamed = zip(names, rows.rows.values(), strict=True)
    return replace(rows, rows={name: replace(row, problem=name) for name, row in renamed})


LEDGERS: dict[str, Ledger] = {
    "one prover alone": [records("alone", [(1.0, 1, i % 2) for i in range(8)], "USD")],
    "twins, so that there is no arbitrage": [
        records("flash", [(0.00003, 1, 1)] * 6 + [(0.00003, 1, 0)] * 4, "USD"),
        records("twin", [(0.00003, 1, 1)] * 6 + [(0.00003, 1, 0)] * 4, "USD"),
    ],
    "a gain by rounding only": [
        records("flash", [(0.00002 + 1e-12, 1, 1)] * 9 + [(0.00002, 1, 0)], "USD"),
        records("portfolio", [(0.00002, 1, 1)] * 10, "USD"),
    ],
    "a cheap prover that never proves anything": [
        records("useless", [(0.00001, 1, 0)] * 12, "USD"),
        records("portfolio", [(0.0008, 1, 1)] * 8 + [(0.0008, 1, 0)] * 4, "USD"),
    ],
    "an expensive prover that is no better": [
        records("flash", [(0.00002, 1, 1)] * 8 + [(0.00002, 1, 0)] * 4),
        records("dear", [(1.0, 1, 0)] * 6 + [(1.0, 1, 1)] * 2 + [(1.0, 1, 0)] * 4),
    ],
    "two domains, and what pays in one loses in the other": [
        in_two_domains("small", (1.0, 30.0), (15, 3)),
        in_two_domains("large", (20.0, 20.0), (18, 18)),
    ],
    "local provers, one attempt each": [
        records("flash", [(0.00002 * (1 + i % 3), 1, int(i % 5 < 2)) for i in range(40)], "USD"),
        records("student", [(0.0001 * (1 + i % 4), 1, int(i % 5 < 3)) for i in range(40)], "USD"),
        records("portfolio", [(0.002 * (1 + i % 7), 1, int(i % 5 < 4)) for i in range(40)], "USD"),
    ],
}

NO_NUMBER = re.compile(r"\b(?:nan|inf)\b|(?<![\w(])-(?![\w\d])|\{|\d{1,3}(?:,\d{3}){4}")


@pytest.fixture(scope="module", params=LEDGERS)
def studies(request: pytest.FixtureRequest) -> dict[str, Study]:
    _, written = all_studies(LEDGERS[request.param])
    return {study.name: study for study in written}


def test_every_sentence_has_numbers_that_are_defined(studies: dict[str, Study]) -> None:
    for study in studies.values():
        for sentence in study.sentences:
            assert not NO_NUMBER.search(sentence), f"{study.name}: {sentence}"
            assert not re.search(r"(?:margin|keep|earn\w*|loses?|gains?) (?:of )?-\d", sentence)


def test_the_sentences_say_what_the_data_say(studies: dict[str, Study]) -> None:
    trade = studies["arbitrage"]
    gains = bool(np.nan_to_num(trade.data["margin"]).max() > 0)
    assert ("There is no arbitrage" in trade.sentences[0]) == (not gains)
    entry = studies["entry"]
    never = entry.data["first_with"] is None and entry.data["first_without"] is None
    assert ("earns nothing" in entry.sentences[0]) == never
    for moved in studies["robustness"].data["transfers"]:
        if moved["margins"] and moved["margin"] < 0:
            assert moved["net_margin"] < moved["margin"]
    if "distillation" in studies:
        best = max(s["mean_margin"] for s in studies["distillation"].data["students"])
        assert ("No student leaves a margin" in studies["distillation"].sentences[0]) == (not best)


def test_every_column_of_costs_names_its_unit(studies: dict[str, Study]) -> None:
    for study in studies.values():
        for heading in study.header:
            if re.match(r"(?:market price|price|.*cost|payment|welfare|profit|revenue )", heading):
                assert "(" in heading, f"{study.name}: {heading}"


def test_a_margin_that_verification_eats_pays_for_no_search() -> None:
    [_, search, spread, *_] = arbitrage_study(two_tier(), verification=10.0).sentences
    assert "no number of problems pays" in search
    assert "cost more than the margin" in spread
    [_, search, spread, *_] = arbitrage_study(two_tier(), verification=0.1).sentences
    assert "problems there pays for it" in search
    assert "net of verification" in spread


def test_a_change_is_a_change() -> None:
    rows = {row[0]: row for row in revenue_study(two_tier()).rows}
    assert float(rows["dear"][-1].rstrip("%")) < 0
    assert rows["arbitrageur"][-1] == "new"
    lost = rows["dear"]
    change = float(lost[2]) / float(lost[1]) - 1
    assert float(lost[-1].rstrip("%")) / 100 == pytest.approx(change, abs=0.01)


def test_a_prover_that_earns_nothing_is_not_said_to_earn() -> None:
    market = build_market(LEDGERS["a cheap prover that never proves anything"])
    [sentence] = entry_study(market, small="useless").sentences
    assert "never" not in sentence
    assert "earns nothing" in sentence


def test_net_and_gross_are_means_of_the_same_kind() -> None:
    moved = Transfer(
        trained_on="a",
        sample=5,
        search=10.0,
        margins=(0.5, -0.2),
        profits=(5.0, -0.4),
        prices=(10.0, 2.0),
        skipped=0,
    )
    assert moved.margin == pytest.approx(0.15)
    # The search costs 1 per problem: a tenth of one price, half of the other.
    assert moved.net_margin(10.0) == pytest.approx((0.4 - 0.7) / 2)
    assert moved.net_margin(1e12) == pytest.approx(moved.margin)


def test_proofs_of_problems_that_are_not_shared_are_not_denied() -> None:
    one = records("one", [(1.0, 1, 0)] * 3 + [(1.0, 1, 1)] * 8)
    other = records("other", [(1.0, 1, 0)] * 3)
    with pytest.raises(RecordsError, match=r"any of the 3 problems .* the 8 proofs are of other"):
        build_market([one, other])


def test_a_quantity_knows_whether_it_is_defined() -> None:
    assert tell("It costs {cost}.", cost=amount(2.5)) == ["It costs 2.5."]
    assert tell("It costs {cost}.", cost=amount(float("inf"))) == []
    assert tell("{n} of {m}.", otherwise="None.", n=count(3), m=count(float("nan"))) == ["None."]
    with pytest.raises(TypeError):
        _ = f"a share of {share(0.5)}"
