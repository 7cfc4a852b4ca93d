// The process that answers one line of JSON per request, from a snapshot of a Lean that has the
// profile loaded. Started with Node's permission model, it may read its own files and nothing else.
//
// Configuration: one JSON argument
//   module    folder of lean.wasm, calls.wasm, symbols.bin and links.json
//   snapshot  folder of memory.bin and snapshot.json
//   memory    pages of 64 KiB the WebAssembly memory may grow to
//   code      folder with machine code of the module, if it is to be used (machine_code.cjs)
//
// The answers are written by this program, not by Lean: whatever a candidate prints is counted and
// never becomes part of an answer. A request with "then_reset": true has the state of the snapshot
// put back after its answer was written; {"op": "reset"} puts it back, with "instance": true in a new
// instance of the module.
"use strict";
const failure = require("./failure.cjs");
const Guest = require("./guest.cjs");
const judge = require("./judge.cjs");
const lines = require("./lines.cjs");

const OUTPUT_KEPT = 4096;
const INTERRUPTED = 70;
const NOT_STARTED = 71;

const config = JSON.parse(process.argv[2]);
const printed = { bytes: 0, text: "" };
const output = (data) => {
  printed.bytes += data.length;
  if (printed.text.length < OUTPUT_KEPT)
    printed.text += data.toString("utf8", 0, Math.min(data.length, OUTPUT_KEPT));
};

// Requests that this program answers itself; the others are Lean's.
const OPERATIONS = {
  reset(guest, { instance }) {
    guest.reset({ instance: instance === true });
    return JSON.stringify({ status: "ok" });
  },
  judge(guest, request) {
    const ruling = judge(guest, request);
    // A kernel has nothing to print; what panics prints, and goes on with some value or other.
    if (printed.bytes === 0) return JSON.stringify(ruling);
    return JSON.stringify({ status: "failed", detail: `the kernel printed: ${printed.text}` });
  },
};

function start() {
  try {
    return new Guest({ ...config, limit: config.memory, output });
  } catch (e) {
    const detail = String(e?.message ?? e);
    lines.write(JSON.stringify({ id: null, fatal: { cause: "unknown", detail } }));
    process.exit(NOT_STARTED);
  }
}

const guest = start();
const size = () => guest.memory.buffer.byteLength;
lines.write(JSON.stringify({ ready: true, memory: size(), prepared: guest.prepared }));
for (let line; (line = lines.read()) !== null; ) {
  printed.bytes = 0;
  printed.text = "";
  const before = process.cpuUsage();
  let request = {};
  let running = false;
  let reply;
  try {
    request = JSON.parse(line);
    const own = Object.hasOwn(OPERATIONS, request.op) ? OPERATIONS[request.op] : null;
    running = own === null;
    reply = running ? guest.answer(line) : own(guest, request);
  } catch (e) {
    // The state of an interrupted Lean is not to be trusted: say why, and end.
    const fatal = failure(e, printed.text, guest, running);
    lines.write(JSON.stringify({ id: request.id ?? null, fatal }));
    process.exit(INTERRUPTED);
  }
  const { user, system } = process.cpuUsage(before);
  const envelope = JSON.stringify({
    id: request.id ?? null, cpu_us: user + system, memory: size(), printed: printed.bytes,
  });
  lines.write(`${envelope.slice(0, -1)},"reply":${reply}}`);
  if (request.then_reset === true) guest.reset();
}
