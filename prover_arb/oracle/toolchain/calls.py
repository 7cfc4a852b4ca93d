"""Calls that catch C++ exceptions, as a WebAssembly module beside lean.wasm.

lean.wasm was compiled for a host that catches its C++ exceptions: it imports functions
`invoke_...`, each of which calls a function of the table, and says by a flag whether an exception
came out of it. Kernel and elaborator make most of their calls so. By way of JavaScript these calls
took a third of all processor time of Lean; in WebAssembly each is one more call.

The module made here has one function for every such import, and the function table, which
lean.wasm imports. For the import of type (i32, a...) -> r, whose first argument is a place of the
table, it is

    stack = table `stack`[0]()                 where the guest's stack ends now
    try       return table[place](a...)
    catch     if caught(stack): return 0       JavaScript put the stack back, and set the flag
              rethrow                          no C++ exception: nothing of the guest's catches it

The instructions are those of the first standard of exception handling, which our Node runs without
a flag. Traps are caught by none of them.
"""

from __future__ import annotations

from typing import NamedTuple

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain.wasm import Reader, sections, text, unsigned, vector

PREFIX = "invoke_"
TABLE = "__indirect_function_table"
"""The name under which the table is imported and exported."""
STACK = "stack"
"""The name of the table whose only place is for the function that says where the stack ends."""
CAUGHT = "caught"

_TYPES, _IMPORTS = 1, 2
_FUNCTION, _MEMORY = 0, 2
_FUNC, _FUNCREF, _NOTHING = 0x60, 0x70, 0x40
_I32, _I64, _F32, _F64 = 0x7F, 0x7E, 0x7D, 0x7C
_ZERO = {
    _I32: b"\x41\0",
    _I64: b"\x42\0",
    _F32: b"\x43" + bytes(4),
    _F64: b"\x44" + bytes(8),
}
"""The instruction that gives the zero of each type."""
_TRY, _CATCH_ALL, _RETHROW, _IF, _END = b"\x06", b"\x19", b"\x09", b"\x04", b"\x0b"
_CALL, _CALL_INDIRECT, _GET, _SET, _IS_ZERO = b"\x10", b"\x11", b"\x20", b"\x21", b"\x45"
_SECTION = {"types": 1, "imports": 2, "functions": 3, "tables": 4, "exports": 7, "code": 10}


class _Type(NamedTuple):
    """The type of a function: the kinds of its arguments, and of its result, if it has one."""

    arguments: bytes
    result: bytes

    @property
    def written(self) -> bytes:
        sizes = (unsigned(len(self.arguments)), unsigned(len(self.result)))
        return bytes([_FUNC]) + sizes[0] + self.arguments + sizes[1] + self.result


def catching(module: bytes, places: int) -> bytes:
    """Returns the module for a `lean.wasm` whose function table has so many `places`.

    Raises:
        ToolchainError: an import is not of the kind that this was written for.
    """
    found = _invoked(module)
    current, caught = _Type(b"", bytes([_I32])), _Type(bytes([_I32]), bytes([_I32]))
    called = {name: _Type(kind.arguments[1:], kind.result) for name, kind in found.items()}
    types = list(dict.fromkeys([current, caught, *found.values(), *called.values()]))
    number = {kind: unsigned(index) for index, kind in enumerate(types)}
    functions = [
        _function(number[called[name]], kind, number[current]) for name, kind in found.items()
    ]
    tables = [(TABLE, places), (STACK, 1)]
    exports = [
        *(text(name) + b"\x01" + unsigned(index) for index, (name, _) in enumerate(tables)),
        # The import stands before the functions of the module itself.
        *(text(name) + b"\0" + unsigned(index) for index, name in enumerate(found, 1)),
    ]
    parts = {
        "types": vector(kind.written for kind in types),
        "imports": vector(iter([text("env") + text(CAUGHT) + b"\0" + number[caught]])),
        "functions": vector(number[kind] for kind in found.values()),
        "tables": vector(
            bytes([_FUNCREF, 1]) + unsigned(size) + unsigned(size) for _, size in tables
        ),
        "exports": vector(iter(exports)),
        "code": vector(unsigned(len(body)) + body for body in functions),
    }
    return b"\0asm\1\0\0\0" + b"".join(
        bytes([_SECTION[name]]) + unsigned(len(part)) + part for name, part in parts.items()
    )


def _function(called: bytes, kind: _Type, current: bytes) -> bytes:
    """Returns the body of one function of type `kind`; `called` and `current` number types."""
    stack = unsigned(len(kind.arguments))
    block = kind.result or bytes([_NOTHING])
    arguments = b"".join(_GET + unsigned(i) for i in range(1, len(kind.arguments)))
    return b"".join(
        [
            b"\x01\x01" + bytes([_I32]),  # one more local: the stack
            _ZERO[_I32] + _CALL_INDIRECT + current + b"\x01" + _SET + stack,
            _TRY + block,
            arguments + _GET + b"\0" + _CALL_INDIRECT + called + b"\0",
            _CATCH_ALL,
            _GET + stack + _CALL + b"\0" + _IS_ZERO,
            _IF + bytes([_NOTHING]) + _RETHROW + b"\x01" + _END,
            _ZERO[kind.result[0]] if kind.result else b"",
            _END + _END,
        ]
    )


def _invoked(module: bytes) -> dict[str, _Type]:
    """Returns the types of the imports to be made."""
    section = dict(sections(module))
    types = _types(module, section[_TYPES])
    reader = Reader(module, section[_IMPORTS][0])
    found = {}
    for _ in range(reader.unsigned()):
        _, name, kind = reader.name(), reader.name(), reader.byte()
        if kind == _FUNCTION:
            signature = types[reader.unsigned()]
            if name.startswith(PREFIX):
                if signature.arguments[:1] != bytes([_I32]):
                    raise ToolchainError(f"lean.wasm imports {name} with another first argument")
                found[name] = signature
        elif kind == _MEMORY:
            reader.limits()
        else:  # a global; rewrite.py refuses other kinds
            reader.at += 2
    return found


def _types(module: bytes, section: tuple[int, int]) -> list[_Type]:
    reader = Reader(module, section[0])

    def kinds() -> bytes:
        return bytes(reader.byte() for _ in range(reader.unsigned()))

    found = []
    for _ in range(reader.unsigned()):
        if reader.byte() != _FUNC:
            raise ToolchainError("lean.wasm has types that are not of functions")
        found.append(_Type(kinds(), kinds()))
    return found
