// Everything that the guest, the WebAssembly module with Lean in it, can reach outside its memory.
// An import that is not named here throws, whatever it is called; `dlsym` answers with places in the
// module's own table and memory. Nothing here opens a file or a socket, starts a program, evaluates
// text, or writes to a descriptor of this process.
"use strict";
const calls = require("./calls.cjs");
const exceptions = require("./exceptions.cjs");

const PAGE = 65536;
const NAME = 8192;
const GROWTH = 96 << 20;
const INVOKE = /^invoke_/;
const VECTORS = 1024;
const INVALID = 28;

class Refused extends Error {}

// `guest` is the Guest (guest.cjs) that is being made; `output(bytes)` is told what it prints.
// Returns the import object, a function that must be given the guest's `stackSave` before the guest
// runs, and one that forgets what was remembered here.
module.exports = function imports(module, { guest, folder, memory, symbols, links, limit, output }) {
  const thrown = exceptions(guest);
  const catching = calls(folder, (stack) => {
    if (!thrown.taken()) return 0;
    guest.stackRestore(stack);
    guest.setThrew(1, 0);
    return 1;
  });

  const given = {
    ...thrown.imports,
    _dlsym_js(_library, name) {
      const end = guest.view().indexOf(0, name);
      return end < 0 || end - name > NAME ? 0 : symbols(guest.view().toString("utf8", name, end));
    },
    clock_time_get(clock, _precision, at) {
      if (clock >>> 0 > 3) return INVALID;
      const ms = clock === 0 ? Date.now() : performance.now();
      const ns = BigInt(Math.round(ms * 1e6));
      guest.setWord(at, Number(ns & 0xffffffffn));
      guest.setWord(at + 4, Number(ns >> 32n));
      return 0;
    },
    emscripten_get_now: () => performance.now(),
    emscripten_date_now: () => Date.now(),
    emscripten_get_heap_max: () => limit * PAGE,
    // Asks for more than is needed, as an allocator that grows often expects.
    emscripten_resize_heap(wanted) {
      const size = memory.buffer.byteLength;
      const least = wanted >>> 0;
      if (least <= size || least > limit * PAGE) return 0;
      const more = Math.min(size * 1.2, least + GROWTH, limit * PAGE);
      for (const bytes of [Math.max(least, more), least]) {
        try {
          memory.grow(Math.ceil((bytes - size) / PAGE));
          return 1;
        } catch {
          continue; // the machine has no room for so much
        }
      }
      return 0;
    },
    fd_write(_file, vectors, count, written) {
      if (count >>> 0 > VECTORS) return INVALID;
      let total = 0;
      for (let i = 0; i < count; i++) {
        const from = guest.word(vectors + 8 * i) >>> 0;
        const size = guest.word(vectors + 8 * i + 4) >>> 0;
        output(guest.view().subarray(from, from + size));
        total += size;
      }
      guest.setWord(written, total);
      return 0;
    },
  };

  const refuse = (name) => () => {
    throw new Refused(`Lean asked for ${name}, which it does not get`);
  };
  const all = { env: {}, wasi_snapshot_preview1: {}, "GOT.func": {} };
  for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "memory") all[space][name] = memory;
    else if (kind === "global")
      all[space][name] = new WebAssembly.Global({ value: "i32", mutable: true }, links[name]);
    else if (kind === "table" || INVOKE.test(name)) all[space][name] = catching.exports[name];
    else all[space][name] = Object.hasOwn(given, name) ? given[name] : refuse(name);
  }
  return { imports: all, begin: catching.begin, reset: thrown.reset };
};
module.exports.Refused = Refused;
