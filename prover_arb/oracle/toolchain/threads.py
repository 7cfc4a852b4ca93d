"""Make the embedded Lean run its tasks where they are started, in its one thread.

A task would be a thread, a thread would be another Node process's worth of loader, and the sandbox
forbids both; but Lean starts tasks for things as plain as the equations of a definition. Its
runtime can run a task at once instead: it does so for tasks marked synchronous, and for all of them
while there is no task manager. The edits below make it always do so. Each replaces bytes by as many
others and must find its own exactly once, or the package is refused.
"""

from __future__ import annotations

from pathlib import Path

from prover_arb.errors import ToolchainError

# WebAssembly: 41 = i32.const, 20 = local.get, 45 = i32.eqz, 04 40 = if, 01 = nop, 1b = select.
_EDITS = (
    # lean_task_spawn_core: "if there is no task manager, run it now" becomes "run it now".
    (
        "41 d0d8dd00 280200 45 0440 2000 4101 10f4cc08",
        "41 01 01010101010101 0440 2000 4101 10f4cc08",
    ),
    # lean_task_map_core and lean_task_bind_core: the parameter `sync` is taken as true, both where
    # the task waited for is there already and where the new one is queued behind it.
    (
        "41d0d8dd00 280200 0440 2003 45 0d01 2001 fe100208",
        "41d0d8dd00 280200 0440 4101 45 0d01 2001 fe100208",
    ),
    ("41f9a301 360208 2005 417f 2002 2003 1b", "41f9a301 360208 2005 417f 2002 4101 1b"),
    (
        "41d0d8dd00 280200 0440 2003 45 0d01 2000 fe100208",
        "41d0d8dd00 280200 0440 4101 45 0d01 2000 fe100208",
    ),
    ("41fca301 360208 2005 417f 2002 2003 1b", "41fca301 360208 2005 417f 2002 4101 1b"),
)


def edited(module: Path) -> bytes:
    """The text of a `lean.wasm` with the edits.

    Raises:
        ToolchainError: the module is not the one this was written for.
    """
    code = module.read_bytes()
    out = bytearray(code)
    for old, new in _EDITS:
        before, after = bytes.fromhex(old), bytes.fromhex(new)
        offset = code.find(before)
        if offset < 0 or code.find(before, offset + 1) >= 0:
            raise ToolchainError(
                f"{module.name} does not hold the bytes {before.hex(' ')} exactly once: this "
                "is not the package this version of prover_arb was made for"
            )
        out[offset : offset + len(before)] = after
    return bytes(out)
