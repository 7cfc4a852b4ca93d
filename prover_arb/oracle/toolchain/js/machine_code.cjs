// Machine code that V8 made of the module in an earlier process, so that a new one need not make it
// again. It is V8's own format: what another version, other flags or another processor wrote is
// refused by V8, and the module is compiled as usual. Node must run with --allow-natives-syntax.
"use strict";
const fs = require("fs");
const path = require("path");

const NAME = "code.bin";

// The module of these bytes with the code in the folder, or null where there is none that fits.
function load(folder, bytes) {
  const file = path.join(folder, NAME);
  if (!fs.existsSync(file)) return null;
  const { buffer, byteOffset, byteLength } = fs.readFileSync(file);
  const code = buffer.slice(byteOffset, byteOffset + byteLength);
  return %DeserializeWasmModule(code, bytes) ?? null;
}

// Writes the optimised code alone. What V8 compiled in haste would be compiled again at once by the
// process that loads it, used or not, which takes a third more memory.
function save(folder, module) {
  %FlushLiftoffCode();
  const code = %SerializeWasmModule(module);
  if (code) fs.writeFileSync(path.join(folder, NAME), Buffer.from(code));
}

module.exports = { load, save };
