// Answers requests; before each, everything that belongs to the guest is overwritten and put back.
//
// Arguments: the worker's configuration, and {scripts, requests, table}. With `table` the function
// table is overwritten as well, which only a new instance mends; no guest can do that.
"use strict";
const path = require("path");

const config = JSON.parse(process.argv[2]);
const task = JSON.parse(process.argv[3]);
const Guest = require(path.join(task.scripts, "guest.cjs"));

const GARBAGE = 0xa5;
const guest = new Guest({ ...config, limit: config.memory, output() {} });
for (const request of task.requests) {
  Buffer.from(guest.memory.buffer).fill(GARBAGE);
  for (const [name, value] of Object.entries(guest.exports))
    if (name.startsWith("__mutable_")) value.value = 0x5a5a5a5a;
  if (task.table) {
    const table = guest.exports.__indirect_function_table;
    const one = table.get(1);
    for (let i = 1; i < table.length; i += 3) table.set(i, one);
  }
  guest.reset({ instance: task.table });
  process.stdout.write(guest.answer(JSON.stringify(request)) + "\n");
}
