// An instance of the module of calls.py: the guest's calls that catch C++ exceptions, and the table
// that they and the guest share. `caught(stack)` is asked what a call ended with: where it was a C++
// exception it puts the stack back, tells the guest, and answers 1.
"use strict";
const fs = require("fs");
const path = require("path");

module.exports = function calls(folder, caught) {
  const module = new WebAssembly.Module(fs.readFileSync(path.join(folder, "calls.wasm")));
  const { exports } = new WebAssembly.Instance(module, { env: { caught } });
  return {
    exports,
    // Must be told, before the first call, of the guest's function that says where its stack ends.
    begin: (stackSave) => exports.stack.set(0, stackSave),
  };
};
