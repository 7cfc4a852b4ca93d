// The state of a WebAssembly instance, in two files:
//   memory.bin     the pages of the linear memory that are not all zero, one after another
//   snapshot.json  {bytes, runs, globals, answer, environment}: the memory's size, where the pages
//                  belong ([address, bytes] for pages that follow each other), the mutable globals in
//                  the order of their exports, and the addresses of the Lean function that answers a
//                  line and of the kernel's environment with the profile in it
// The rest of an instance's state, its function table, cannot change (see rewrite.py).
"use strict";
const fs = require("fs");
const path = require("path");

const PAGE = 65536;
const ZERO = Buffer.alloc(PAGE);
const GLOBAL = /^__mutable_\d+$/;

const mutable = (exports) =>
  Object.keys(exports).filter((n) => GLOBAL.test(n)).map((n) => exports[n]);

function save(folder, { memory, exports, answer, environment }) {
  const live = Buffer.from(memory.buffer);
  const runs = [];
  for (let at = 0; at < live.length; at += PAGE) {
    if (live.compare(ZERO, 0, PAGE, at, at + PAGE) === 0) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === at) last[1] += PAGE;
    else runs.push([at, PAGE]);
  }
  const file = fs.openSync(path.join(folder, "memory.bin"), "w");
  for (const [at, size] of runs)
    for (let done = 0; done < size; ) done += fs.writeSync(file, live, at + done, size - done);
  fs.closeSync(file);
  const globals = mutable(exports).map((g) => g.value);
  const head = { bytes: live.length, runs, globals, answer, environment };
  fs.writeFileSync(path.join(folder, "snapshot.json"), JSON.stringify(head));
}

class Snapshot {
  constructor(folder) {
    Object.assign(this, JSON.parse(fs.readFileSync(path.join(folder, "snapshot.json"), "utf8")));
    this.file = fs.openSync(path.join(folder, "memory.bin"), "r");
  }

  get pages() {
    return this.bytes / PAGE;
  }

  // Puts a memory back, whatever is in it. What grew beyond the snapshot's end is filled with zeros.
  // A `blank` memory holds zeros alone; not to look at its pages leaves them unused.
  fill(memory, { blank = false } = {}) {
    const live = Buffer.from(memory.buffer);
    let from = 0;
    let end = 0;
    for (const [at, size] of this.runs) {
      if (!blank) clear(live, end, at);
      for (let done = 0; done < size; ) {
        const count = fs.readSync(this.file, live, at + done, size - done, from + done);
        if (count === 0) throw new Error("memory.bin is shorter than snapshot.json says");
        done += count;
      }
      from += size;
      end = at + size;
    }
    if (!blank) clear(live, end, live.length);
  }

  setGlobals(exports) {
    mutable(exports).forEach((g, i) => (g.value = this.globals[i]));
  }
}

// Reading first leaves pages alone that nobody ever wrote to, which take no memory.
function clear(live, from, to) {
  for (let at = from; at < to; at += PAGE)
    if (live.compare(ZERO, 0, PAGE, at, at + PAGE) !== 0) live.fill(0, at, at + PAGE);
}

module.exports = { save, Snapshot };
