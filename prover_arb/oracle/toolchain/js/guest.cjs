// An instance of the WebAssembly module with Lean in it, started from a snapshot.
"use strict";
const fs = require("fs");
const path = require("path");
const imports = require("./imports.cjs");
const objects = require("./objects.cjs");
const reach = require("./reach.cjs");
const { Snapshot } = require("./snapshot.cjs");
const symbolTable = require("./symbols.cjs");

// The module in a file, with the machine code of a folder if V8 takes it: {module, prepared}.
function compiled(file, code) {
  const bytes = fs.readFileSync(file);
  const known = code === undefined ? null : require("./machine_code.cjs").load(code, bytes);
  return { module: known ?? new WebAssembly.Module(bytes), prepared: known !== null };
}

class Guest {
  // `limit` is in pages of 64 KiB; `output(bytes)` is told what the guest prints; `code`, if given, is
  // a folder with machine code of the module (machine_code.cjs).
  constructor({ module: folder, snapshot, code, limit, output }) {
    this.limit = limit;
    this.symbols = symbolTable(path.join(folder, "symbols.bin"));
    const links = JSON.parse(fs.readFileSync(path.join(folder, "links.json"), "utf8"));
    const { module, prepared } = compiled(path.join(folder, "lean.wasm"), code);
    Object.assign(this, { module, prepared });
    globalThis.gc?.(); // the file's bytes are V8's own by now
    this.snapshot = new Snapshot(snapshot);
    const initial = this.snapshot.pages;
    this.memory = new WebAssembly.Memory({ initial, maximum: limit, shared: true });
    const parts = {
      guest: this, folder, memory: this.memory, symbols: this.symbols, links, limit, output,
    };
    this.instantiate = () => {
      const given = imports(module, parts);
      this.forget = given.reset;
      this.exports = new WebAssembly.Instance(module, given.imports).exports;
      const table = this.exports.__indirect_function_table;
      Object.assign(this, reach({ memory: this.memory, table, symbols: this.symbols }));
      this.lean = objects(this);
      this.stackSave = this.fn("emscripten_stack_get_current");
      this.stackRestore = this.fn("_emscripten_stack_restore");
      this.setThrew = this.fn("setThrew");
      given.begin(this.stackSave);
    };
    // The snapshot says that this memory was initialised, so it must be there before an instance.
    this.snapshot.fill(this.memory, { blank: true });
    this.instantiate();
    this.snapshot.setGlobals(this.exports);
  }

  // Nothing that happened since the start is left: memory and globals are the snapshot's again. The
  // table needs no care, since no instruction of the module changes one; with `instance` there is a
  // new one all the same, and with it everything else that belongs to an instance.
  reset({ instance = false } = {}) {
    this.snapshot.fill(this.memory);
    if (instance) this.instantiate();
    this.snapshot.setGlobals(this.exports);
    this.forget();
  }

  // What the Lean function of the snapshot answers to a line: one JSON value, in one line.
  answer(line) {
    const { string, box, ok, text, drop } = this.lean;
    const result = this.fn("lean_apply_2")(this.snapshot.answer, string(line), box(0));
    const value = ok(result);
    // Whoever controls the memory can make up any text here, but not one that ends this line or
    // changes what stands beside it in the envelope.
    let reply;
    try {
      reply = text(value);
      JSON.parse(reply);
    } catch {
      throw new imports.Refused("Lean's answer is not JSON");
    }
    drop(result);
    return reply.replaceAll("\n", " ");
  }
}
module.exports = Guest;
