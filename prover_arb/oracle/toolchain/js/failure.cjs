// Why Lean stopped in the middle of a request: one of a few causes, and a detail for people.
"use strict";
const { Refused } = require("./imports.cjs");

const DETAIL = 500;
const MESSAGE = 2000;
const PAGE = 65536;
const NEARLY_FULL = 1024;
const MEMORY = /out of memory|bad_alloc|OOM|exponent is too big|excessive memory/i;
const STACK = /call stack|deep recursion|stack overflow/i;

// A C++ exception is thrown as a pointer to it; libc++ keeps its message as a string after the
// table pointer, short ones in place. Some have no message, and only a type.
function exceptionText(guest, pointer) {
  const { view, word } = guest;
  const at = pointer + 4;
  const short = view()[at + 11];
  const [from, size] = short & 0x80 ? [word(at), word(at + 4)] : [at, short];
  const said = view().toString("utf8", from, from + Math.min(size, MESSAGE));
  return /^[\x20-\x7e\s]+$/.test(said) ? said : `a C++ exception of type ${typeName(guest, pointer)}`;
}

function typeName({ view, word, fn }, pointer) {
  try {
    const found = fn("malloc")(8);
    fn("__get_exception_message")(pointer, found, found + 4);
    const name = word(found);
    return view().toString("utf8", name, view().indexOf(0, name));
  } catch {
    return "unknown"; // the guest is in no state to say
  }
}

// "memory", "stack" and "trap" are the doing of what Lean was given to read; "unknown" is ours, and
// is never said of what happened while Lean itself was `running`: a guest that calls a function with
// arguments of other types raises JavaScript's errors, too.
function cause(error, said, { memory, limit }, running) {
  const full = memory.buffer.byteLength > (limit - NEARLY_FULL) * PAGE;
  if (full || MEMORY.test(said)) return "memory";
  if (STACK.test(said)) return "stack";
  const trap = error instanceof WebAssembly.RuntimeError || error instanceof Refused;
  return running || trap || typeof error === "number" ? "trap" : "unknown";
}

// `printed` is what Lean wrote before it stopped.
module.exports = function failure(error, printed, guest, running) {
  const detail =
    typeof error === "number" ? exceptionText(guest, error) : String(error?.message ?? error);
  return { cause: cause(error, `${detail} ${printed}`, guest, running), detail: detail.slice(0, DETAIL) };
};
