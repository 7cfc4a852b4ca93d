"""Reads the price list: a TOML file that names every prover, its kind and its price.

`load_catalog(None)` reads the one shipped here. Prices stand in it as dollars in quotes and
become integer micro-dollars on the way in: per CPU-hour for provers who work on our processors, per
million tokens for language models (kind `chat`), which may also be priced by the PyPI package
`genai-prices`, and for answers that a model gave earlier (kind `answers`), read from a file.

A new prover is one small class (for one that works in Lean: a `LeanProver` with its `search`), one
line in KINDS, and one entry in the TOML file.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from prover_arb.core.lazy import lazy_module
from prover_arb.core.protocols import Prover
from prover_arb.core.theorem import CACHE, REFUTER, Value
from prover_arb.errors import CatalogError, ProverRefused, RecordsError, StudentError
from prover_arb.provers.catalog_prices import PRICE, cpu_price, token_prices
from prover_arb.provers.chat.api_keys import KeyUnusable
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.prover_config import PricedLocalProver, ProverConfig
from prover_arb.provers.recorded.answers_prover import AnswersConfig, AnswersProver, read_entry

if TYPE_CHECKING:
    from prover_arb.oracle.lean_pool import Leases
    from prover_arb.provers.local import refuter
    from prover_arb.provers.students import student_prover
else:
    refuter = lazy_module("prover_arb.provers.local.refuter")
    student_prover = lazy_module("prover_arb.provers.students.student_prover")

SHIPPED = Path(__file__).with_name("catalog.toml")

KINDS = {
    "flash": "prover_arb.provers.local.flash:FlashProver",
    "portfolio": "prover_arb.provers.local.portfolio:PortfolioProver",
    "search": "prover_arb.provers.local.search:SearchProver",
}
"""The kinds of provers that search in Lean, and the class that is one: called with its name, its
entry and where it gets Lean workers from. Named, not imported: reading prices needs no Lean."""

CHAT = "chat"
"""The kind of provers that are asked over HTTP."""

STUDENT = "student"
"""The kind of provers that learnt from others' proofs; its entry names a student file."""

SLICED = ("flash", "portfolio", "search")
"""The kinds whose attempts can be sold in slices."""

STUDENT_CLASS = "prover_arb.provers.students.student_prover:StudentProver"

ANSWERS = "answers"
"""The kind of provers whose answers were recorded."""

Entry = ProverConfig | ChatConfig | AnswersConfig

REFUTATION = "refutation"


class Catalog(Value):
    """A validated price list."""

    version: str = Field(min_length=1, max_length=100)
    source: str
    """The file it was read from."""
    sha256: str
    """Hash of that file, of the prices that were looked up for it, and of recorded answers."""
    verification_price: int = Field(ge=0)
    """Micro-dollars per CPU-hour of the oracle."""
    refutation: ProverConfig | None = None
    """The refuter, if there is one; it is not among the entries."""
    entries: dict[str, Entry] = Field(min_length=1)
    """By name, in the order of the file."""

    def priced_provers(self) -> list[PricedLocalProver | PricedModel | AnswersProver]:
        """Returns the provers, able to quote; those of recorded answers can sell too."""
        return [_listing(name, entry) for name, entry in self.entries.items()]

    def require_usable_keys(self) -> None:
        """Look at the API keys that are there; a missing one is found when it is needed.

        Raises:
            CatalogError: one cannot be sent; names the field, and where the key stands.
        """
        for name, entry in self.entries.items():
            if not isinstance(entry, ChatConfig):
                continue
            try:
                entry.secret()
            except KeyUnusable as error:
                field = "key_file" if entry.key_env is None else "key_env"
                raise CatalogError(f"{self.source}: provers.{name}.{field}: {error}") from None
            except ProverRefused:
                continue

    def build(self, pool: Leases) -> list[Prover]:
        """Returns the provers that work in Lean, on the workers of `pool`."""
        return [
            _kind(entry.kind)(name, entry, pool)
            for name, entry in self.entries.items()
            if isinstance(entry, ProverConfig)
        ]

    def refuter(self) -> PricedLocalProver | None:
        """Returns the refuter, able to quote, or None."""
        return (
            None
            if self.refutation is None
            else PricedLocalProver(name=REFUTER, entry=self.refutation)
        )

    def build_refuter(self, pool: Leases) -> Prover | None:
        """Returns the refuter, on the workers of `pool`, or None."""
        entry = self.refutation
        return None if entry is None else refuter.RefutationProver(REFUTER, entry, pool)


def load_catalog(path: Path | str | None = None) -> Catalog:
    """Read and validate a catalog; None means the shipped one.

    Raises:
        CatalogError: names the file, the entry and the field (or the line, for bad TOML).
    """
    file = SHIPPED if path is None else Path(path)
    try:
        data = file.read_bytes()
        table = tomllib.loads(data.decode())
    except OSError as error:
        raise CatalogError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{file}: not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{file}: not valid TOML: {error}") from error
    _known_keys(file, table)
    verification = _table(file, table, "verification")
    provers = _table(file, table, "provers")
    fields = {
        "version": table.get("version"),
        "source": str(file),
        "sha256": "",
        "verification_price": cpu_price(file, "verification", verification),
        "refutation": _refutation(file, table.get("refutation")),
        "entries": {name: _entry(file, name, entry) for name, entry in provers.items()},
    }
    try:
        catalog = Catalog.model_validate(fields)
    except ValidationError as error:
        raise CatalogError(_explain(file, error)) from error
    _check_repairs(file, {prover.name: prover.repairs for prover in catalog.priced_provers()})
    # What another list or a file of answers says belongs to the price list as this file does.
    elsewhere = {
        name: _from_elsewhere(entry)
        for name, entry in catalog.entries.items()
        if isinstance(entry, AnswersConfig) or isinstance(provers[name].get("price"), str)
    }
    seen = data + json.dumps(elsewhere, sort_keys=True).encode() if elsewhere else data
    return catalog.model_copy(update={"sha256": hashlib.sha256(seen).hexdigest()})


def _from_elsewhere(entry: Entry) -> list[object]:
    """Returns what an entry takes from outside the catalog: looked-up prices, and answers."""
    prices = {} if isinstance(entry, ProverConfig) else entry.price.model_dump()
    return [prices, entry.file.sha256] if isinstance(entry, AnswersConfig) else [prices]


def _check_repairs(file: Path, repairs: Mapping[str, str | None]) -> None:
    """Refuses a chain of repairs that does not begin with a prover of first attempts."""
    for name in repairs:
        where = f"{file}: provers.{name}.repairs"
        chain = [name]
        while (repaired := repairs[chain[-1]]) is not None:
            if repaired not in repairs:
                known = ", ".join(repairs)
                raise CatalogError(f"{where}: unknown prover {repaired!r}; known provers: {known}")
            if repaired in chain:
                raise CatalogError(f"{where}: a circle, {' repairs '.join([*chain, repaired])}")
            chain.append(repaired)


def _kind(kind: str) -> Callable[[str, ProverConfig, Leases], Prover]:
    module, name = (STUDENT_CLASS if kind == STUDENT else KINDS[kind]).split(":")
    prover: Callable[[str, ProverConfig, Leases], Prover] = getattr(import_module(module), name)
    return prover


def _known_keys(file: Path, table: Mapping[str, Any]) -> None:
    unknown = sorted(set(table) - {"version", "verification", "refutation", "provers"})
    if unknown:
        raise CatalogError(
            f"{file}: {unknown[0]}: unknown; a catalog has version, [verification], "
            "[provers.NAME] tables, and perhaps [refutation]"
        )
    if not isinstance(table.get("version"), str):
        raise CatalogError(f'{file}: version: missing or not text; write version = "2026-11-22"')


def _table(file: Path, table: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name)
    if not isinstance(value, dict) or not value:
        raise CatalogError(f"{file}: {name}: missing or empty; write a [{name}...] table")
    return value


def _listing(name: str, entry: Entry) -> PricedLocalProver | PricedModel | AnswersProver:
    if isinstance(entry, ChatConfig):
        return PricedModel(name=name, entry=entry)
    if isinstance(entry, AnswersConfig):
        return AnswersProver(name=name, entry=entry)
    return PricedLocalProver(name=name, entry=entry)


def _entry(file: Path, name: str, entry: object) -> Entry:
    """Returns the entry with its prices in micro-dollars, of the shape its kind has."""
    where = f"provers.{name}"
    if not isinstance(entry, dict):
        raise CatalogError(f"{file}: {where}: must be a table; write [{where}]")
    if not name.isidentifier():
        raise CatalogError(f"{file}: {where}: a name has letters, digits and _ only")
    if name == REFUTER:
        raise CatalogError(f"{file}: {where}: the name is taken, by the prover of [{REFUTATION}]")
    if name == CACHE:
        raise CatalogError(f"{file}: {where}: the name is taken, by proofs that are known already")
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in {*KINDS, CHAT, ANSWERS, STUDENT}:
        said = "missing" if kind is None else f"unknown kind {kind!r}"
        known = ", ".join([*KINDS, CHAT, ANSWERS, STUDENT])
        raise CatalogError(f"{file}: {where}.kind: {said}; known kinds: {known}")
    try:
        if kind == CHAT:
            prices = token_prices(file, f"{where}.price", entry)
            return ChatConfig.model_validate({**entry, "price": prices})
        if kind == ANSWERS:
            prices = token_prices(file, f"{where}.price", entry)
            return read_entry({**entry, "price": prices}, file.parent)
        if "slices" in entry and kind not in SLICED:
            raise CatalogError(
                f"{file}: {where}.slices: provers of kind {kind!r} sell whole attempts only; those "
                f"that sell slices: {', '.join(SLICED)}"
            )
        fields = {**entry, PRICE: cpu_price(file, where, entry)}
        if kind == STUDENT:
            return _student_entry(fields, file.parent)
        return ProverConfig.model_validate(fields)
    except ValidationError as error:
        raise CatalogError(_explain(file, error, where)) from error
    except StudentError as error:
        raise CatalogError(f"{file}: {where}.student: {error}") from None
    except RecordsError as error:
        raise CatalogError(f"{file}: {where}.answers: {error}") from None


def _student_entry(fields: Mapping[str, object], folder: Path) -> ProverConfig:
    """Returns the entry of a student."""
    return student_prover.read_student_entry(fields, folder)


def _refutation(file: Path, entry: object) -> ProverConfig | None:
    """Returns the entry of the refuter, of which there is one kind; it sells one attempt."""
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise CatalogError(f"{file}: {REFUTATION}: must be a table; write [{REFUTATION}]")
    if unknown := sorted(set(entry) - {"description", PRICE, "limits"}):
        raise CatalogError(
            f"{file}: {REFUTATION}.{unknown[0]}: unknown; it has description, {PRICE} and limits"
        )
    try:
        price = cpu_price(file, REFUTATION, entry)
        return ProverConfig.model_validate({**entry, "kind": REFUTATION, PRICE: price})
    except ValidationError as error:
        raise CatalogError(_explain(file, error, REFUTATION)) from error


def _explain(file: Path, error: ValidationError, *where: str) -> str:
    """Returns one line per field that pydantic refused, under the names the file uses."""
    return "\n".join(
        f"{file}: {'.'.join([*where, *map(str, item['loc'])])}: {item['msg']}"
        for item in error.errors()
    )
