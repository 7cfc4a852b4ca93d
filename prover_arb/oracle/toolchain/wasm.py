"""The parts of WebAssembly's binary format that rewriting a module takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prover_arb.errors import ToolchainError

CUSTOM = 0
"""Kind of the sections that hold names, notes and the like."""


@dataclass
class Reader:
    """Reads the binary format; `at` is the position."""

    data: bytes
    at: int = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value - (1 << shift) if byte & 64 else value

    def name(self) -> str:
        size = self.unsigned()
        self.at += size
        return self.data[self.at - size : self.at].decode()

    def limits(self) -> int:
        """The minimum of a table's or memory's limits."""
        bounded = self.unsigned() & 1
        smallest = self.unsigned()
        if bounded:
            self.unsigned()
        return smallest


def sections(module: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Kind, start and end of every section; of the custom ones only the first."""
    if module[:8] != b"\0asm\1\0\0\0":
        raise ToolchainError("lean.wasm is not a WebAssembly module; the package is damaged")
    reader = Reader(module, 8)
    custom = False
    while reader.at < len(module):
        kind = reader.byte()
        size = reader.unsigned()
        start = reader.at
        reader.at += size
        if kind != CUSTOM or not custom:
            yield kind, (start, reader.at)
        custom = custom or kind == CUSTOM


def unsigned(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def signed(value: int) -> bytes:
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value & 127])


def text(value: str) -> bytes:
    data = value.encode()
    return unsigned(len(data)) + data


def vector(items: Iterator[bytes]) -> bytes:
    found = list(items)
    return unsigned(len(found)) + b"".join(found)
