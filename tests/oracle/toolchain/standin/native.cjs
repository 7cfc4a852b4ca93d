// In the place of the verifier that `lake build` makes: the embedded Lean, spoken to as the `main` of
// Server.lean speaks. Arguments: the preamble's file, then the profile's modules. It knows nothing of
// envelopes, counts nothing, and whatever Lean prints goes to the channel of the answers.
"use strict";
const fs = require("fs");
const path = require("path");

const parts = path.join(__dirname, "embedded");
const Guest = require(path.join(parts, "loader", "guest.cjs"));
const lines = require(path.join(parts, "loader", "lines.cjs"));

const [preamble, ...modules] = process.argv.slice(2);
fs.readFileSync(preamble);
if (modules.length === 0) process.exit(2);

const PAGES = 32768;
const guest = new Guest({
  module: path.join(parts, "module"),
  snapshot: path.join(parts, "snapshot"),
  limit: PAGES,
  output: (data) => fs.writeSync(1, data),
});
lines.write('{"ready":true}');
for (let line; (line = lines.read()) !== null; )
  lines.write(`{"id":${JSON.stringify(JSON.parse(line).id)},"reply":${guest.answer(line)}}`);
