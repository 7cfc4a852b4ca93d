"""Unpacks the bytes of an answer, up to a bound, whatever their labels say."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MARK = b"\xef\xbb\xbf"
_ANY_HEADER = 47
"""Tells zlib to accept a header of gzip or of zlib."""
_NO_HEADER = -15
_PIECE = 65_536
"""How many bytes are unpacked at once, so that a small answer cannot become a huge one."""
_EVENT_FIELDS = (b"data", b"event", b"id", b"retry", b":")


class Unreadable(Exception):
    """The answer is damaged, or packed in a way that was not asked for."""


class TooLong(Exception):
    """The answer is longer than any answer may be."""


async def unpacked(
    chunks: AsyncIterator[bytes], encoding: str, longest: int
) -> AsyncGenerator[bytes, None]:
    """Returns the text in `chunks`, without a byte order mark.

    The first bytes decide whether it is packed, because servers and proxies compress answers
    without being asked, and do not always say so.

    Raises:
        Unreadable: packed in another way than gzip's or zlib's, or damaged.
        TooLong: more than `longest` bytes, packed or not.
    """
    unpack: _Unpacker | None = None
    begun, length = b"", 0
    started = False
    async for chunk in chunks:
        begun += chunk
        if not started:
            if len(begun) < len(_ZSTD):
                continue
            unpack, started = _unpacker(begun, encoding), True
        for piece in [begun] if unpack is None else unpack.feed(begun):
            length += len(piece)
            if length > longest:
                raise TooLong
            yield piece.removeprefix(_MARK) if length == len(piece) else piece
        begun = b""
    if begun:  # all of it is shorter than any mark
        yield begun.removeprefix(_MARK)


def is_stream(begun: bytes) -> bool | None:
    """Returns whether a body holds server-sent events; None if too little of it has arrived."""
    text = begun.lstrip()
    if text[:1] in {b"{", b"[", b"<", b'"'}:
        return False
    if len(text) < max(map(len, _EVENT_FIELDS)) + 1:
        return None
    name, colon, _ = text.partition(b":")
    return bool(colon) and (name in _EVENT_FIELDS or not name)


class _Unpacker:
    """Unpacks piece by piece."""

    def __init__(self, window: int) -> None:
        self._zlib = zlib.decompressobj(window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yields the unpacked bytes in pieces of bounded size."""
        try:
            while data and not self._zlib.eof:
                piece = self._zlib.decompress(data, _PIECE)
                data = self._zlib.unconsumed_tail
                if piece:
                    yield piece
        except zlib.error:
            raise Unreadable("damaged") from None


def _unpacker(begun: bytes, encoding: str) -> _Unpacker | None:
    """Returns None for text that is not packed."""
    if begun.startswith(_GZIP):
        return _Unpacker(_ANY_HEADER)
    label = encoding.strip().lower()
    if begun.startswith(_ZSTD) or label in {"br", "zstd", "compress"}:
        if _is_text(begun):
            return None
        raise Unreadable(f"packed with {label or 'zstd'}, which was not asked for")
    if label == "deflate" and not _is_text(begun):
        zlib_header = begun[0] & 0x0F == 8 and int.from_bytes(begun[:2], "big") % 31 == 0
        return _Unpacker(_ANY_HEADER if zlib_header else _NO_HEADER)
    return None


def _is_text(begun: bytes) -> bool:
    return begun.removeprefix(_MARK).lstrip()[:1] in {b"{", b"[", b"d", b"e", b":", b"<", b"i"}
