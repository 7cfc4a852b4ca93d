"""Rewrite lean.wasm so that it exports little, and so that a snapshot can hold its whole state.

The published module exports 201,110 functions and addresses, because Lean looks compiled code up by
name. Node makes a JavaScript object of every export, which costs 340 MB in each process. Here the
functions go into the module's own function table instead, and a sorted list of names says at which
index of the table a function stands, or at which address a datum lies. Any function can still be
called: from inside by `dlsym` and an indirect call, from JavaScript by `table.get(index)`.

The table itself becomes an import, because the calls that catch exceptions (calls.py) go through it
too. It has as many places as it needs, and never grows.

Exported stays what the loader names, the table, and every mutable global. Together with the linear
memory those globals are the whole state of an instance, since no instruction of this module changes
the table (a test decodes all of them).
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from typing import NamedTuple

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain.calls import TABLE
from prover_arb.oracle.toolchain.wasm import (
    CUSTOM,
    Reader,
    sections,
    signed,
    text,
    unsigned,
    vector,
)

MUTABLE = "__mutable_"
"""Prefix of the names under which mutable globals are exported; a number follows."""

_FUNCTION, _TABLE, _MEMORY, _GLOBAL = range(4)
_IMPORTS, _TABLES, _GLOBALS, _EXPORTS, _ELEMENTS = 2, 4, 6, 7, 9
_I32_CONST, _GLOBAL_GET, _END = 0x41, 0x23, 0x0B
_FUNCREF = 0x70
_TLS_SYMBOL = 256
"""Flag of a thread-local symbol in the "dylink.0" section, which the loader reads."""


class Rewritten(NamedTuple):
    """What a worker runs."""

    module: bytes
    symbols: bytes
    """See `_symbol_table`."""
    links: dict[str, int]
    """For each function that the module takes the address of by a GOT import, its table index."""
    places: int
    """How many places the table has."""


class _Export(NamedTuple):
    name: str
    kind: int
    item: int


def rewrite(module: bytes, named: Collection[str]) -> Rewritten:
    """The module with a small export section; `named` holds the identifiers that the loader uses.

    Raises:
        ToolchainError: the module is not built the way this was written for.
    """
    section = dict(sections(module))
    imported, addressed, globals_imported = _imports(module, section[_IMPORTS])
    mutable, constants = _globals(module, section[_GLOBALS], globals_imported)
    exports = _exports(module, section[_EXPORTS])
    first, elements = _elements(module, section[_ELEMENTS])
    size = _table(module, section[_TABLES])

    place = {function: first + i for i, function in enumerate(elements)}
    added: list[int] = []

    def in_table(function: int) -> int:
        if function not in place:
            place[function] = size + len(added)
            added.append(function)
        return place[function]

    symbols: dict[bytes, int] = {}
    for name, kind, index in exports:
        if kind == _FUNCTION:
            symbols[name.encode()] = in_table(index)
        elif kind == _GLOBAL and index in constants:
            symbols[name.encode()] = constants[index]
    links = {name: in_table(imported[name]) if name in imported else 0 for name in addressed}

    kept = {*named, *_thread_locals(module, section[CUSTOM])}
    out = [e for e in exports if e.name in kept or e.kind == _TABLE]
    out += [_Export(f"{MUTABLE}{i}", _GLOBAL, index) for i, index in enumerate(mutable)]
    places = size + len(added)
    start, end = section[_ELEMENTS]
    existing = Reader(module, start)
    existing.unsigned()
    replaced = {
        _EXPORTS: vector(text(e.name) + bytes([e.kind]) + unsigned(e.item) for e in out),
        _IMPORTS: _with_table(module, section[_IMPORTS], places),
        _TABLES: unsigned(0),
        _ELEMENTS: unsigned(2)
        + module[existing.at : end]
        + bytes([0, _I32_CONST])
        + signed(size)
        + bytes([_END])
        + vector(unsigned(function) for function in added),
    }
    return Rewritten(_assembled(module, replaced), _symbol_table(symbols), links, places)


def _with_table(module: bytes, section: tuple[int, int], places: int) -> bytes:
    """The import section with the table added, which changes the number of nothing else."""
    reader = Reader(module, section[0])
    count = reader.unsigned()
    table = text("env") + text(TABLE) + bytes([_TABLE, _FUNCREF, 0]) + unsigned(places)
    return unsigned(count + 1) + module[reader.at : section[1]] + table


def _imports(module: bytes, section: tuple[int, int]) -> tuple[dict[str, int], list[str], int]:
    """Imported functions by name, names of the GOT's functions, and how many globals come in."""
    reader = Reader(module, section[0])
    functions: dict[str, int] = {}
    addressed: list[str] = []
    global_count = function_count = 0
    for _ in range(reader.unsigned()):
        space, name, kind = reader.name(), reader.name(), reader.byte()
        if kind == _FUNCTION:
            reader.unsigned()
            functions[name] = function_count
            function_count += 1
        elif kind == _MEMORY:
            reader.limits()
        elif kind == _GLOBAL:
            reader.at += 2
            global_count += 1
            if space != "GOT.func":
                raise ToolchainError(f"lean.wasm imports the global {space}.{name}: {_UNKNOWN}")
            addressed.append(name)
        else:
            raise ToolchainError(f"lean.wasm imports {space}.{name} of kind {kind}: {_UNKNOWN}")
    return functions, addressed, global_count


def _globals(
    module: bytes, section: tuple[int, int], imported: int
) -> tuple[list[int], dict[int, int]]:
    """Indices of the mutable globals, and the values of the constant ones."""
    reader = Reader(module, section[0])
    mutable: list[int] = []
    constants: dict[int, int] = {}
    for index in range(imported, imported + reader.unsigned()):
        reader.byte()
        changes = reader.byte()
        value = 0
        while (instruction := reader.byte()) != _END:
            if instruction == _I32_CONST:
                value = reader.signed()
            elif instruction == _GLOBAL_GET:
                reader.unsigned()
            else:
                raise ToolchainError(
                    f"a global of lean.wasm begins by {instruction:#x}: {_UNKNOWN}"
                )
        if changes:
            mutable.append(index)
        else:
            constants[index] = value & 0xFFFF_FFFF
    return mutable, constants


def _exports(module: bytes, section: tuple[int, int]) -> list[_Export]:
    reader = Reader(module, section[0])
    return [
        _Export(reader.name(), reader.byte(), reader.unsigned()) for _ in range(reader.unsigned())
    ]


def _elements(module: bytes, section: tuple[int, int]) -> tuple[int, list[int]]:
    """Where the only segment of the table begins, and its functions."""
    reader = Reader(module, section[0])
    if (reader.unsigned(), reader.unsigned(), reader.byte()) != (1, 0, _I32_CONST):
        raise ToolchainError(f"lean.wasm fills its table in another way: {_UNKNOWN}")
    first = reader.signed()
    reader.byte()
    return first, [reader.unsigned() for _ in range(reader.unsigned())]


def _table(module: bytes, section: tuple[int, int]) -> int:
    reader = Reader(module, section[0])
    if (reader.unsigned(), reader.byte()) != (1, _FUNCREF):
        raise ToolchainError(f"lean.wasm has other tables: {_UNKNOWN}")
    return reader.limits()


def _thread_locals(module: bytes, section: tuple[int, int]) -> list[str]:
    """Thread-local symbols, which the loader looks for among the exports."""
    reader = Reader(module, section[0])
    if reader.name() != "dylink.0":
        raise ToolchainError(f"lean.wasm does not begin with dylink.0: {_UNKNOWN}")
    found = []
    while reader.at < section[1]:
        kind, size = reader.byte(), reader.unsigned()
        end = reader.at + size
        if kind == 3:  # export info
            for _ in range(reader.unsigned()):
                name, flags = reader.name(), reader.unsigned()
                if flags & _TLS_SYMBOL:
                    found.append(name)
        reader.at = end
    return found


def _assembled(module: bytes, replaced: dict[int, bytes]) -> bytes:
    out = bytearray(module[:8])
    reader = Reader(module, 8)
    while reader.at < len(module):
        kind = reader.byte()
        size = reader.unsigned()
        body = replaced.get(kind, module[reader.at : reader.at + size])
        out += bytes([kind]) + unsigned(len(body)) + body
        reader.at += size
    return bytes(out)


def _symbol_table(symbols: dict[bytes, int]) -> bytes:
    """The number of symbols, the offset of each one's record, the records in the order of names.

    A record is a value (4 bytes), the length of the name (2), and the name; all little-endian.
    """
    records = bytearray()
    offsets = []
    for name in sorted(symbols):
        offsets.append(len(records))
        records += struct.pack("<IH", symbols[name], len(name)) + name
    return struct.pack(f"<{len(offsets) + 1}I", len(offsets), *offsets) + records


_UNKNOWN = "this is not the package this version of prover_arb was made for"
