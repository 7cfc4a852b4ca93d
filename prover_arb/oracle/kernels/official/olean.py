"""Read constants out of compiled Lean modules (.olean), as plain data, lazily.

A module is a compacted region: Lean's objects as they lie in memory, pointers relative to a base
address. The word is four bytes for the embedded (wasm32) Lean, eight for a native one.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_MARK, _FORMAT = b"olean", 2
_BASE = 80
_HEADER = 8
_MPZ = 250

Pointer = int


class Damaged(Exception):
    """Not a compiled module this reader understands."""


def word_of(path: Path) -> int:
    """Bytes of a pointer in an .olean file: 8 where a 64-bit Lean wrote it, 4 where the embedded.

    Raises:
        Damaged: it is neither.
    """
    with path.open("rb") as file:
        head, size = file.read(_BASE + 16).ljust(_BASE + 16, b"\0"), path.stat().st_size
    for word, code in ((8, "<QQ"), (4, "<II")):
        base, root = struct.unpack_from(code, head, _BASE)
        if head.startswith(_MARK) and base + _BASE < root < base + size:
            return word
    raise Damaged(f"{path} is not an .olean file")


class Module:
    """One .olean file; objects are addressed by the pointers found in it."""

    def __init__(self, path: Path, word: int) -> None:
        self.path, self.word = path, word
        with path.open("rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self.data[:5] != _MARK or self.data[5] != _FORMAT:
            raise Damaged(f"{path} is not an .olean file of format {_FORMAT}")
        self._code = "I" if word == 4 else "Q"
        (self._base,) = struct.unpack_from("<" + self._code, self.data, _BASE)
        (root,) = struct.unpack_from("<" + self._code, self.data, _BASE + word)
        self.imports, self.names, self.constants, _, self.entries, *_ = self.fields(root)

    def tag(self, at: Pointer) -> int:
        return int(self.data[at - self._base + 7])

    def fields(self, at: Pointer) -> tuple[Pointer, ...]:
        """The pointers of a constructor object."""
        offset = at - self._base
        return struct.unpack_from(f"<{self.data[offset + 6]}{self._code}", self.data, offset + 8)

    def part(self, at: Pointer, index: int) -> Pointer:
        """One pointer of a constructor object."""
        start = at - self._base + _HEADER + index * self.word
        return int.from_bytes(self.data[start : start + self.word], "little")

    def byte(self, at: Pointer, index: int) -> int:
        """A byte of the scalars that follow the pointers of a constructor object."""
        offset = at - self._base
        return int(self.data[offset + _HEADER + self.data[offset + 6] * self.word + index])

    def uint32(self, at: Pointer) -> int:
        offset = at - self._base + _HEADER
        return int(struct.unpack_from("<I", self.data, offset)[0])

    def array(self, at: Pointer) -> tuple[Pointer, ...]:
        offset = at - self._base + _HEADER
        (size,) = struct.unpack_from("<" + self._code, self.data, offset)
        return struct.unpack_from(f"<{size}{self._code}", self.data, offset + 2 * self.word)

    def list(self, at: Pointer) -> list[Pointer]:
        items = []
        while not at & 1:
            head, at = self.fields(at)
            items.append(head)
        return items

    def text(self, at: Pointer) -> str:
        offset = at - self._base + _HEADER
        (size,) = struct.unpack_from("<" + self._code, self.data, offset)
        start = offset + 3 * self.word
        return self.data[start : start + size - 1].decode()

    def natural(self, at: Pointer) -> int:
        if at & 1:
            return at >> 1
        if self.tag(at) != _MPZ:
            raise Damaged(f"{self.path}: a number was expected")
        # Lean's own digits on 32 bits (sign, count, address), GMP's on 64 (room, count, address).
        layout, limb = ("<iiI", 4) if self.word == 4 else ("<iiQ", 8)
        offset = at - self._base + _HEADER
        _, size, digits = struct.unpack_from(layout, self.data, offset)
        start = digits - self._base
        return int.from_bytes(self.data[start : start + limb * abs(size)], "little")
