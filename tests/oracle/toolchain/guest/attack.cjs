// Does what a guest could do that controls all of its memory, and says what it reached. Each mode
// writes lines of JSON; a line with "tripped" names something outside the guest that was called.
//
// Arguments: the worker's configuration, and {mode, scripts, ...} (see test_guest.py).
"use strict";
const fs = require("fs");
const path = require("path");

const config = JSON.parse(process.argv[2]);
const task = JSON.parse(process.argv[3]);
const load = (name) => require(path.join(task.scripts, name));

// The import object, taken as it is made.
const file = require.resolve(path.join(task.scripts, "imports.cjs"));
const imports = require(file);
let surface;
require.cache[file].exports = Object.assign((...a) => (surface = imports(...a)), imports);
const Guest = load("guest.cjs");

const { writeSync } = fs;
const say = (value) => writeSync(1, JSON.stringify(value) + "\n");

const MODULES = ["fs", "fs/promises", "net", "dgram", "tls", "dns", "http", "https", "http2", "vm",
                 "child_process", "cluster", "worker_threads", "inspector", "module", "repl", "v8"];
const PROCESS = ["exit", "reallyExit", "abort", "kill", "_kill", "binding", "_linkedBinding", "dlopen",
                 "chdir", "setuid", "emit", "_rawDebug", "getBuiltinModule", "loadEnvFile", "execve"];
const GLOBALS = ["eval", "Function", "fetch", "WebSocket", "setTimeout", "setInterval", "setImmediate",
                 "queueMicrotask", "require"];

// From here on, every way out of this process that JavaScript has reports itself and fails.
function tripwires() {
  const undo = [];
  const wire = (owner, name, label) => {
    const original = owner[name];
    if (typeof original !== "function") return;
    const alarm = () => {
      say({ tripped: label });
      throw new Error(`tripped ${label}`);
    };
    try {
      owner[name] = alarm;
    } catch {
      return;
    }
    undo.push(() => (owner[name] = original));
  };
  const owners = MODULES.map((module) => [module, require(module)]); // all, before any is wired
  for (const [module, owner] of owners)
    for (const name of Object.keys(owner)) wire(owner, name, `${module}.${name}`);
  for (const name of PROCESS) wire(process, name, `process.${name}`);
  for (const name of Object.keys(console)) wire(console, name, `console.${name}`);
  for (const name of GLOBALS) wire(globalThis, name, name);
  return () => undo.forEach((back) => back());
}

const guest = new Guest({ ...config, limit: config.memory, output() {} });

const put = (text) => {
  const data = Buffer.from(text + "\0");
  const at = guest.fn("malloc")(data.length);
  guest.view().set(data, at);
  return at;
};
const attempt = (action) => {
  try {
    action();
    return "returned";
  } catch (e) {
    return e instanceof imports.Refused ? "refused" : `threw ${e?.name ?? typeof e}`;
  }
};

const MODES = {
  // Every import, with arguments that mean something and some that do not.
  imports() {
    const script = put("process.exit(9)");
    const secret = put("/etc/passwd");
    const found = {};
    for (const [space, functions] of Object.entries(surface.imports)) {
      for (const [name, f] of Object.entries(functions)) {
        if (typeof f !== "function") continue;
        const outcomes = new Set();
        // Small numbers are functions of the guest, which may run for ever once it is damaged.
        const first = name.startsWith("invoke_") ? [0, -1, 0x7fffffff] : [0, 1, 2, -1, secret];
        for (const one of first) {
          guest.forget();
          outcomes.add(attempt(() => f(one, script, secret, 2, 0, script, secret, 0, 0)));
          guest.forget();
          outcomes.add(attempt(() => f(one, 0, 0, 0, 0, 0)));
        }
        found[`${space}.${name}`] = [...outcomes].sort();
      }
    }
    say({ found });
  },
  // What comes out of a call that catches C++ exceptions, by what ended the function it called.
  calls() {
    const { invoke_v, invoke_vi, invoke_ii } = surface.imports.env;
    const place = (name) => guest.symbols(name);
    const flags = [];
    const { setThrew } = guest;
    guest.setThrew = (flag, value) => (flags.push(flag), setThrew(flag, value));
    const catching = (call) => {
      flags.length = 0;
      const stack = guest.stackSave();
      const outcome = attempt(call);
      return { outcome, flags: [...flags], balanced: guest.stackSave() === stack };
    };
    const runtimeError = place("_ZNSt3__221__throw_runtime_errorEPKc");
    const heartbeats = place("_ZN4lean25throw_heartbeat_exceptionEv");
    const text = put("process.exit(9)");
    const found = {
      thrown: catching(() => invoke_v(heartbeats)),
      thrown_with_arguments: catching(() => invoke_vi(runtimeError, text)),
      refused: catching(() => invoke_ii(place("system"), text)),
      nothing_there: catching(() => invoke_v(0)),
      of_another_type: catching(() => invoke_v(runtimeError)),
      returned: catching(() => invoke_v(place("lean_io_mark_end_initialization"))),
    };
    // Where nothing in the guest catches an exception, it comes out as its number. What is refused
    // later is not taken for it.
    found.uncaught = attempt(() => guest.at(heartbeats)());
    guest.forget();
    found.refused_later = catching(() => invoke_ii(place("system"), text));
    say({ found });
  },
  // What dlsym answers to names, and what calling the answers does.
  names() {
    const script = put("process.exit(9)");
    const answers = {};
    const called = {};
    for (const name of task.names) {
      const place = surface.imports.env._dlsym_js(0, put(name), 0);
      answers[name] = place;
      if (place && task.call.includes(name))
        called[name] = attempt(() => guest.at(place)(script, put("r"), script, script, 0, 0));
    }
    say({ answers, called });
  },
  // Any functions of the table with any numbers, as an attacker who jumps about would call them.
  table() {
    let state = task.seed;
    const random = (below) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const size = guest.exports.__indirect_function_table.length;
    for (let i = 0; i < task.calls; i++) {
      const numbers = Array.from({ length: 8 }, () => random([2, 100, size, 2 ** 32][random(4)]));
      const function_ = random(size);
      say({ called: function_ });
      attempt(() => guest.at(function_)?.(...numbers));
    }
  },
  // A reply of the guest's choice.
  replies() {
    const { fn, lean } = guest;
    guest.fn = (name) =>
      name === "lean_apply_2" ? () => lean.constructor(0, [lean.string(task.reply)]) : fn(name);
    let line = null;
    const outcome = attempt(() => (line = guest.answer("{}")));
    say({ outcome, line });
  },
  // What is left to a script in this process, if there were one.
  script() {
    const code = (action) => {
      try {
        action();
        return "allowed";
      } catch (e) {
        return e.code ?? e.name;
      }
    };
    say({
      read: code(() => fs.readFileSync("/etc/passwd")),
      write: code(() => fs.writeFileSync("/tmp/prover_arb_attack", "x")),
      spawn: code(() => require("child_process").spawnSync("/bin/true")),
      thread: code(() => new (require("worker_threads").Worker)("0", { eval: true })),
      eval: code(() => (0, eval)("1")),
      function: code(() => new Function("return 1")()),
    });
  },
};

const back = task.mode === "script" ? () => {} : tripwires();
MODES[task.mode]();
back();
if (task.mode !== "table") say({ done: task.mode });
process.exit(0);
