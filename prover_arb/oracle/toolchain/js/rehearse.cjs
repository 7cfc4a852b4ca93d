// Answers requests of our own again and again, until V8 has optimised what they need, and keeps its
// machine code. It reads our own texts only, never a customer's or a candidate's.
//
// Configuration: one JSON argument
//   module, snapshot, memory   as in serve.cjs
//   requests  file with one request per line
//   rounds    how often each of them is answered
//   target    folder that the code is written to
"use strict";
const fs = require("fs");
const Guest = require("./guest.cjs");
const { save } = require("./machine_code.cjs");

const config = JSON.parse(process.argv[2]);
const requests = fs.readFileSync(config.requests, "utf8").trimEnd().split("\n");
const guest = new Guest({ ...config, limit: config.memory, output: () => {} });
for (let round = 0; round < config.rounds; round++)
  for (const line of requests) {
    const { status, detail } = JSON.parse(guest.answer(line));
    if (status !== "ok" && status !== "elaborated")
      throw new Error(`a rehearsed request failed: ${status} ${detail}\n${line}`);
  }
save(config.target, guest.module);
