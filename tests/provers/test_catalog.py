"""The price list: what it gives, and how it says what is wrong with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.purchases import Quote
from prover_arb.core.theorem import Theorem
from prover_arb.errors import CatalogError
from prover_arb.provers.catalog import KINDS, SHIPPED, load_catalog
from prover_arb.provers.chat.model_config import ChatConfig
from prover_arb.provers.prover_config import ComputeLimits, PricedLocalProver, ProverConfig

GOOD = """\
version = "1"

[verification]
price_per_cpu_hour = "0.05"

[provers.quick]
kind = "flash"
price_per_cpu_hour = "0.10"
limits = { heartbeats = 1000, max_cpu_seconds = 4 }
"""


CHAT = """
[provers.model]
kind = "chat"
endpoint = "http://127.0.0.1:8001/v1"
model = "org/model-8b"
family = "kimina"
price = { prompt = "0.20", completion = "0.60" }
key_env = "MODEL_KEY"
sampling = { max_tokens = 1000 }
"""


def catalog(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "market.toml"
    path.write_text(text)
    return path


def test_the_shipped_catalog_sells_four_provers() -> None:
    shipped = load_catalog()
    assert list(shipped.entries) == ["flash", "student", "portfolio", "search"]
    theorem = Theorem(name="t", statement="True")
    worst = [listing.quote(theorem).worst_case for listing in shipped.priced_provers()]
    assert min(worst) > 0
    assert max(worst[:2]) < worst[2] < worst[3]
    assert shipped.verification_price == 50_000
    assert shipped.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_a_catalog_is_read_with_integer_prices(tmp_path: Path) -> None:
    read = load_catalog(catalog(tmp_path, GOOD))
    entry = read.entries["quick"]
    assert isinstance(entry, ProverConfig)
    assert (read.version, read.verification_price) == ("1", 50_000)
    assert (entry.kind, entry.price_per_cpu_hour) == ("flash", 100_000)
    assert (entry.deterministic, entry.max_attempts) == (True, 1)
    assert entry.worst_case == 112  # 4 s at $0.10 an hour are 111.1 micro-dollars


def test_every_kind_can_be_listed_and_no_other(tmp_path: Path) -> None:
    for kind in KINDS:
        read = load_catalog(catalog(tmp_path, GOOD.replace('"flash"', f'"{kind}"')))
        assert read.entries["quick"].kind == kind
    with pytest.raises(CatalogError, match="known kinds: flash, portfolio, search, chat"):
        load_catalog(catalog(tmp_path, GOOD.replace('"flash"', '"oracle"')))


def test_a_listing_quotes_the_worst_case(tmp_path: Path) -> None:
    read = load_catalog(catalog(tmp_path, GOOD.replace('"flash"', '"flash"\nmax_attempts = 3')))
    (listing,) = read.priced_provers()
    theorem = Theorem(name="t", statement=": 1 + 1 = 2")
    assert listing.quote(theorem) == Quote(prover="quick", worst_case=112)
    assert (listing.name, listing.max_attempts) == ("quick", 3)


def test_a_price_far_below_a_micro_dollar_per_second_is_kept(tmp_path: Path) -> None:
    read = load_catalog(catalog(tmp_path, GOOD.replace('"0.10"', '"0.000001"')))
    entry = read.entries["quick"]
    assert isinstance(entry, ProverConfig)
    assert entry.price_per_cpu_hour == 1
    assert entry.worst_case == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"0.10"\n', '"0.10"\n[provers.quick]\n', r"not valid TOML: .*line 9"),
        ('version = "1"', "version = ", r"not valid TOML: .*line 1"),
        ('version = "1"', "", "version: missing"),
        ('version = "1"', "version = 1", "version: missing or not text"),
        ('version = "1"', 'version = ""', "version: "),
        ('version = "1"', 'version = "1"\ncolour = "red"', "colour: unknown"),
        ('[verification]\nprice_per_cpu_hour = "0.05"', "", "verification: missing"),
        ('"0.05"', "0.05", r"verification.price_per_cpu_hour: 0.05 must stand in quotes"),
        ('price_per_cpu_hour = "0.10"', "", "provers.quick.price_per_cpu_hour: missing"),
        ('"0.10"', '"-0.10"', "provers.quick.price_per_cpu_hour: '-0.10' is negative"),
        ('"0.10"', '"cheap"', "provers.quick.price_per_cpu_hour: 'cheap' is not an amount"),
        ('"0.10"', '"nan"', "provers.quick.price_per_cpu_hour: 'nan' is not a finite"),
        ('"0.10"', "1", "provers.quick.price_per_cpu_hour: 1 must stand in quotes"),
        ('kind = "flash"', "", "provers.quick.kind: missing; known kinds: flash"),
        ('"flash"', '"flish"', "unknown kind 'flish'; known kinds: flash, portfolio, search, chat"),
        ('"flash"', "[1]", r"unknown kind \[1\]"),
        ('"flash"', '"flash"\nmax_attempts = 0', "provers.quick.max_attempts: "),
        ('"flash"', '"flash"\nmax_atempts = 2', "provers.quick.max_atempts: "),
        ("heartbeats = 1000, ", "", "provers.quick.limits.heartbeats: "),
        ("= 1000", '= "1_000"', "provers.quick.limits.heartbeats: .*valid integer"),
        ('"flash"', '"flash"\nmax_attempts = "10"', "provers.quick.max_attempts: .*valid integer"),
        ('"flash"', '"flash"\nquality = "0.5"', "provers.quick.quality: .*valid number"),
        ("max_cpu_seconds = 4", "max_cpu_seconds = -4", "provers.quick.limits.max_cpu_seconds"),
        ("[provers.quick]", '[provers."quick one"]', "letters, digits and _ only"),
        ("[provers.quick]", "[provers]\nquick = 3\n[other]", "other: unknown"),
    ],
)
def test_a_bad_catalog_names_file_entry_and_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert GOOD.count(old) == 1
    path = catalog(tmp_path, GOOD.replace(old, new))
    with pytest.raises(CatalogError, match=said) as caught:
        load_catalog(path)
    assert str(caught.value).startswith(f"{path}: ")


SLICED = GOOD + "slices = [0.5, 1.5, 2.0]\n"


def test_slices_are_quoted_with_the_time_of_the_next_one(tmp_path: Path) -> None:
    """A script that runs when a slice ends may finish."""
    [prover] = load_catalog(catalog(tmp_path, SLICED)).priced_provers()
    assert isinstance(prover, PricedLocalProver)
    assert prover.slices == 3
    quotes = [prover.slice_quote(index) for index in range(3)]
    # $0.10 an hour is 27.8 micro-dollars a second.
    assert [quote.worst_case for quote in quotes] == [56, 98, 56]
    assert [quote.slice for quote in quotes] == [0, 1, 2]
    assert {quote.slices for quote in quotes} == {(14, 42, 56)}
    assert {quote.whole for quote in quotes} == {112}
    whole = prover.quote(Theorem(name="t", statement="True"))
    assert (whole.worst_case, whole.slice, whole.slices, whole.whole) == (112, None, (), 112)


@pytest.mark.parametrize(
    ("slices", "said"),
    [
        ("[0.5, 1.0]", r"provers\.quick\.slices: .*slices are 1\.5 seconds together, and "
         r"limits\.max_cpu_seconds is 4; make them equal"),
        ("[4]", r"provers\.quick\.slices: .*one slice is a whole attempt; give at least two"),
        ("[0.01, 3.99]", r"provers\.quick\.slices: .*at least 0\.05 seconds long, got 0\.01"),
        ("[-1, 5]", r"provers\.quick\.slices: .*at least 0\.05 seconds long, got -1"),
        ("[nan, 4]", r"provers\.quick\.slices: .*at least 0\.05 seconds long, got nan"),
        ('["a", 4]', r"provers\.quick\.slices\.0: .*valid number"),
        ("4", r"provers\.quick\.slices: .*valid tuple"),
    ],
)  # fmt: skip
def test_slices_that_make_no_attempt_are_refused(tmp_path: Path, slices: str, said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        load_catalog(catalog(tmp_path, f"{GOOD}slices = {slices}\n"))


def test_slices_of_a_prover_that_sells_whole_attempts_are_refused(tmp_path: Path) -> None:
    text = SLICED.replace('"flash"', '"student"')
    said = (
        r"provers\.quick\.slices: provers of kind 'student' sell whole attempts only; those that "
        r"sell slices: flash, portfolio, search"
    )
    with pytest.raises(CatalogError, match=said):
        load_catalog(catalog(tmp_path, text))
    chat = CHAT + "slices = [1, 2]\n"
    with pytest.raises(CatalogError, match=r"provers\.model.*slices"):
        load_catalog(catalog(tmp_path, GOOD + chat))


def test_a_model_is_listed_beside_the_others(tmp_path: Path) -> None:
    read = load_catalog(catalog(tmp_path, GOOD + CHAT))
    quick, model = read.priced_provers()
    assert [quick.name, model.name] == ["quick", "model"]
    theorem = Theorem(name="t", statement=": 1 + 1 = 2")
    entry = read.entries["model"]
    assert isinstance(entry, ChatConfig)
    assert (entry.price.prompt, entry.price.completion) == (200_000, 600_000)
    assert (model.deterministic, model.max_attempts) == (False, 4)
    assert model.quote(theorem).worst_case > 600  # 1000 tokens of answer, and the prompt
    longer = theorem.model_copy(update={"preamble": "-- x\n" * 1000})
    assert model.quote(longer).worst_case == model.quote(theorem).worst_case + 1000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('price = { prompt = "0.20", completion = "0.60" }', "", "provers.model.price: missing"),
        ('prompt = "0.20", ', "", "provers.model.price.prompt: missing"),
        ('"0.60"', "0.60", "provers.model.price.completion: 0.6 must stand in quotes"),
        ('"0.60"', '"-1"', "provers.model.price.completion: '-1' is negative"),
        ('"0.60"', '"0.60", image = "1"', "provers.model.price.image: unknown"),
        ('"http://127.0.0.1:8001/v1"', '"not a url"', "provers.model.endpoint: "),
        ("http://127", "http://me:secret@127", "provers.model.endpoint: .*holds a secret"),
        ('"kimina"', '"kimono"', "provers.model.family: .*known: deepseek_v2, goedel_v2, instruct"),
        ("max_tokens = 1000", "max_tokens = 0", "provers.model.sampling.max_tokens: "),
        ("key_env", "key", "provers.model.key: "),
        ('model = "org/model-8b"\n', "", "provers.model.model: "),
    ],
)
def test_a_bad_model_names_the_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert CHAT.count(old) == 1
    path = catalog(tmp_path, GOOD + CHAT.replace(old, new))
    with pytest.raises(CatalogError, match=said) as caught:
        load_catalog(path)
    assert "secret@" not in str(caught.value)


def test_an_entry_must_be_a_table(tmp_path: Path) -> None:
    text = GOOD.partition("[provers.quick]")[0] + "[provers]\nquick = 3\n"
    with pytest.raises(CatalogError, match=r"provers.quick: must be a table"):
        load_catalog(catalog(tmp_path, text))


def test_a_catalog_without_sellers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="provers: missing or empty"):
        load_catalog(catalog(tmp_path, GOOD.partition("[provers.quick]")[0]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere.toml: cannot be read: No such file"):
        load_catalog(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "market.toml"
    path.write_bytes(b"version = '\xff'")
    with pytest.raises(CatalogError, match="not UTF-8"):
        load_catalog(path)


@given(price=st.integers(0, 10**9), budget=st.integers(-10, 10**7), seconds=st.integers(1, 10**4))
def test_the_time_a_budget_buys_is_never_charged_above_it(
    price: int, budget: int, seconds: int
) -> None:
    entry = ProverConfig(
        kind="flash",
        price_per_cpu_hour=price,
        limits=ComputeLimits(heartbeats=1, max_cpu_seconds=seconds),
    )
    bought = entry.affordable_cpu_us(budget)
    assert 0 <= bought <= seconds * 1_000_000
    assert entry.charge(bought) <= max(0, budget)
    assert entry.charge(bought) <= entry.worst_case
