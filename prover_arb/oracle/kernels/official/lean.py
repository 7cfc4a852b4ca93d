"""The C interface of an official Lean kernel, by ctypes: terms, declarations, environments.

Every `mk` function takes over the references it is given, as Lean's own do. Objects are plain
addresses; those marked `persistent` are never counted and never freed.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from prover_arb.oracle.kernels.official.refusal import Reason, Refused, show
from prover_arb.oracle.kernels.official.store import Name

Object = int
"""Address of a Lean object, or a boxed small value (odd)."""

_P, _U8, _U32 = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint32
_SIGNATURES: dict[str, list[type]] = {
    "lean_name_mk_string": [_P, _P],
    "lean_name_mk_numeral": [_P, _P],
    "lean_level_mk_zero": [_P],
    "lean_level_mk_succ": [_P],
    "lean_level_mk_max": [_P, _P],
    "lean_level_mk_imax": [_P, _P],
    "lean_level_mk_param": [_P],
    "lean_expr_mk_bvar": [_P],
    "lean_expr_mk_sort": [_P],
    "lean_expr_mk_const": [_P, _P],
    "lean_expr_mk_app": [_P, _P],
    "lean_expr_mk_lambda": [_P, _P, _P, _U8],
    "lean_expr_mk_forall": [_P, _P, _P, _U8],
    "lean_expr_mk_let": [_P, _P, _P, _P, _U8],
    "lean_expr_mk_lit": [_P],
    "lean_expr_mk_proj": [_P, _P, _P],
    "lean_mk_axiom_val": [_P, _P, _P, _U8],
    "lean_mk_definition_val": [_P, _P, _P, _P, _P, _U8, _P],
    "lean_mk_theorem_val": [_P, _P, _P, _P, _P],
    "lean_mk_opaque_val": [_P, _P, _P, _P, _U8, _P],
    "lean_mk_quot_val": [_P, _P, _P, _U8],
    "lean_mk_inductive_val": [_P, _P, _P, _P, _P, _P, _P, _P, _U8, _U8, _U8],
    "lean_mk_constructor_val": [_P, _P, _P, _P, _P, _P, _P, _U8],
    "lean_mk_recursor_val": [_P, _P, _P, _P, _P, _P, _P, _P, _P, _U8, _U8],
    "lean_mk_inductive_decl": [_P, _P, _P, _U8],
    "lean_mk_reducibility_hints_regular": [_U32],
    "lean_mk_string_unchecked": [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t],
    "lean_cstr_to_nat": [ctypes.c_char_p],
    "lean_alloc_small_object_core": [ctypes.c_size_t],
    "lean_environment_add": [_P, _P],
    "lean_environment_find": [_P, _P],
    "lean_environment_mark_quot_init": [_P],
    "lean_elab_environment_to_kernel_env": [_P],
    "l_Lean_mkEmptyEnvironment": [_U32, _P],
    "l_Nat_reprFast": [_P],
    "lean_add_decl": [_P, ctypes.c_size_t, ctypes.c_size_t, _P, _P],
}

NIL: Object = 1
"""`[]`, `none`, `()`, the anonymous name, the number 0: all are the boxed zero."""

_REFUSALS = (
    "unknown constant", "already declared", "declaration type mismatch", "has metavariables",
    "has free variables", "function expected", "type expected", "let type mismatch",
    "type mismatch", "application type mismatch", "invalid projection",
    "type of a theorem is not a proposition",
)  # fmt: skip
"""The kernel's exceptions that carry an environment, in their order; then a text, then these:"""
_LIMITS: tuple[tuple[Reason, str], ...] = (
    ("heartbeats", "deterministic timeout"),
    ("memory", "excessive memory"),
    ("memory", "deep recursion"),
)
_OTHER = len(_REFUSALS)
_UNKNOWN_CONSTANT = 0
_HEARTBEAT = 1000
"""Small allocations that Lean's options call one heartbeat."""
_SAID = 500
"""Most characters of what the kernel says that are passed on."""


class KernelFailed(Exception):
    """The kernel gave up, which says nothing about the declaration."""


class Lean:
    """A loaded and initialised Lean library; one per process."""

    def __init__(self, library: Path) -> None:
        dll = ctypes.CDLL(str(library))
        dll.lean_initialize.restype = None
        dll.lean_io_mark_end_initialization.restype = None
        dll.lean_initialize()
        dll.lean_io_mark_end_initialization()
        for name, arguments in _SIGNATURES.items():
            function = dll[name]
            function.argtypes = arguments
            function.restype = _P
            setattr(self, name.removeprefix("lean_"), function)
        self._set_heartbeats = dll["_ZN4lean14set_heartbeatsEm"]
        self._set_heartbeats.argtypes, self._set_heartbeats.restype = [ctypes.c_size_t], None
        self._heartbeats = dll["_ZN4lean18get_num_heartbeatsEv"]
        self._heartbeats.argtypes, self._heartbeats.restype = [], ctypes.c_size_t
        self.release = dll.lean_dec_ref_cold
        self.release.argtypes, self.release.restype = [_P], None
        self.persist = dll.lean_mark_persistent
        self.persist.argtypes, self.persist.restype = [_P], None
        self.version = text(_P.in_dll(dll, "l_Lean_versionString").value or NIL)
        self.commit = text(_P.in_dll(dll, "l_Lean_githash").value or NIL)
        self.zero: Object = self.level_mk_zero(NIL)
        self.persist(self.zero)

    def __getattr__(self, name: str) -> Callable[..., Object]:  # for the type checker
        raise AttributeError(name)

    def empty_environment(self) -> Object:
        """A kernel environment without any constant."""
        result = self.l_Lean_mkEmptyEnvironment(0, NIL)
        return self.elab_environment_to_kernel_env(field(result, 0))

    def constructor(self, tag: int, fields: Sequence[Object]) -> Object:
        """A value of an inductive type; takes over its fields."""
        made = self.alloc_small_object_core(8 + 8 * len(fields))
        header = struct.pack("<BB", len(fields), tag)
        ctypes.memmove(made + 6, header, 2)
        ctypes.memmove(made, b"\1\0\0\0", 4)
        ctypes.memmove(made + 8, struct.pack(f"<{len(fields)}Q", *fields), 8 * len(fields))
        return made

    def list(self, items: Sequence[Object]) -> Object:
        made = NIL
        for item in reversed(items):
            made = self.constructor(1, [item, made])
        return made

    def string(self, text: str) -> Object:
        data = text.encode()
        return self.mk_string_unchecked(data, len(data), len(text))

    def natural(self, number: int) -> Object:
        return box(number) if number < 1 << 62 else self.decimal(str(number))

    def decimal(self, digits: str) -> Object:
        """The natural number with these decimal digits, however many."""
        if len(digits) < 18:
            return box(int(digits))
        return self.cstr_to_nat(digits.encode())

    def add(self, environment: Object, declaration: Object, heartbeats: int = 0) -> Object:
        """The environment with one more declaration, checked; takes over the environment.

        0 heartbeats are no limit.

        Raises:
            Refused: the declaration is not right, or checking it takes more than it may.
            KernelFailed: the kernel could not tell.
        """
        self._set_heartbeats(0)
        limit = heartbeats * _HEARTBEAT
        result = self.add_decl(environment, limit, 0, declaration, NIL)
        if tag(result) == 1:
            return field(result, 0)
        error = field(result, 0)
        if error & 1:
            which = (error >> 1) - _OTHER - 1
            if 0 <= which < len(_LIMITS):
                raise Refused(*_LIMITS[which])
            raise KernelFailed("the kernel was interrupted")
        kind = tag(error)
        if kind == _UNKNOWN_CONSTANT:
            name = show(self.name(field(error, 1)))
            raise Refused("replay_failed", f"unknown constant `{name}`")
        if kind < _OTHER:
            raise Refused("replay_failed", _REFUSALS[kind])
        raise Refused("replay_failed", text(field(error, 0))[:_SAID])

    def heartbeats(self) -> int:
        """How many the last declaration took."""
        return int(self._heartbeats()) // _HEARTBEAT

    def name(self, at: Object) -> Name:
        """A name of the kernel's as ours."""
        parts: list[str | int] = []
        while not at & 1:
            last = field(at, 1)
            if tag(at) == 1:
                parts.append(text(last))
            else:
                parts.append(last >> 1 if last & 1 else int(text(self.l_Nat_reprFast(last))))
            at = field(at, 0)
        return tuple(reversed(parts))

    def find(self, environment: Object, name: Object) -> Object | None:
        """The constant of that name, which stays the environment's."""
        count(environment, 1)
        constant = self.environment_find(environment, name)
        return None if constant & 1 else field(constant, 0)


def box(number: int) -> Object:
    return number << 1 | 1


def tag(obj: Object) -> int:
    return ctypes.c_uint8.from_address(obj + 7).value


def field(obj: Object, index: int) -> Object:
    return ctypes.c_uint64.from_address(obj + 8 + 8 * index).value


def text(obj: Object) -> str:
    """A Lean string: its size in bytes with the closing zero, then capacity, length, bytes."""
    return ctypes.string_at(obj + 32, field(obj, 0) - 1).decode(errors="replace")


def count(obj: Object, more: int) -> None:
    """`more` further references to an object that is ours alone; persistent ones have none."""
    if obj & 1:
        return
    counter = ctypes.c_int32.from_address(obj)
    if counter.value > 0:
        counter.value += more
