// Runs the embedded Lean in this one thread: spliced into the package's loader by loader.py, right
// after its `Module` is declared, so that the loader reads these settings and the callbacks below
// see the loader's own variables (FS, NODEFS, wasmExports, ...).
//
// Everything happens in Node's main thread, because there files are read directly; a Lean thread
// would have to ask this one for every file operation. The answers to requests are written by this
// program, not by Lean: whatever a candidate prints ends in `print` below and never in an answer.
//
// Configuration: one JSON argument
//   wasm      folder of lean.wasm (the loader's locateFile)
//   edits     file of changes to lean.wasm (see threads.py), or null for none
//   mounts    [{host, guest, writable}] what Lean sees of the disk, and nothing more
//   path      Lean's module search path (guest)
//   memory    pages of 64 KiB the WebAssembly memory may grow to
//   mode      "shell": Lean's own command line with `args`
//             "main":  the compiled programs in `code`, entry `entry`, called with `args`
//             "serve": the same, where `entry` makes the function that answers a line
//   code      .olean or .ir files (guest) whose compiled code is loaded, dependencies first
{
  const hostFs = require("fs");
  const config = JSON.parse(process.argv[2]);
  const ANSWERS = 1;
  const OUTPUT_KEPT = 4096;
  // The package's build prints its own tracing, on consoles and through Lean.
  const CHATTER = /^\[DEBUG|^  - \/lean\/lib|^  mainModule\? = /;
  console.log = () => {};

  // What Lean or a candidate prints while a request runs: counted, and its beginning kept.
  const output = { bytes: 0, text: "" };
  const note = (line) => {
    if (CHATTER.test(line)) return;
    output.bytes += line.length + 1;
    if (output.text.length < OUTPUT_KEPT) output.text += line + "\n";
    if (config.mode !== "serve") hostFs.writeSync(2, line + "\n");
  };

  Module.arguments = config.args;
  Module.thisProgram = "/lean/bin/lean";
  Module.locateFile = (file) => config.wasm + "/" + file;
  Module.print = note;
  Module.printErr = note;
  Module.stdin = () => null;
  Module.noInitialRun = config.mode !== "shell";

  if (config.edits) {
    const module = hostFs.readFileSync(config.wasm + "/lean.wasm");
    for (const [offset, before, after] of JSON.parse(hostFs.readFileSync(config.edits, "utf8"))) {
      const found = module.subarray(offset, offset + before.length / 2).toString("hex");
      if (found !== before) throw new Error(`lean.wasm holds ${found} at ${offset}, not ${before}`);
      module.write(after, offset, "hex");
    }
    const whole = module.byteOffset === 0 && module.byteLength === module.buffer.byteLength;
    Module.wasmBinary = whole ? module.buffer : new Uint8Array(module).buffer;
  }

  const refuse = () => {
    throw new FS.ErrnoError(69); // EROFS
  };

  Module.preRun = [
    () => {
      FS.mkdirTree("/lean/bin");
      for (const { host, guest } of config.mounts) {
        FS.mkdirTree(guest);
        FS.mount(NODEFS, { root: host }, guest);
      }
      if (!config.mounts.some((m) => m.writable)) {
        for (const op of ["mknod", "rename", "unlink", "rmdir", "symlink", "setattr"])
          NODEFS.node_ops[op] = refuse;
        NODEFS.stream_ops.write = refuse;
      }
      ENV.LEAN_SYSROOT = "/lean";
      ENV.LEAN_PATH = config.path;
    },
  ];

  const answerLine = (value) => hostFs.writeSync(ANSWERS, value + "\n");

  // Reads whole lines from standard input, blocking; null at its end.
  let pending = Buffer.alloc(0);
  const chunk = Buffer.alloc(1 << 16);
  const readLine = () => {
    for (;;) {
      const end = pending.indexOf(10);
      if (end >= 0) {
        const line = pending.subarray(0, end).toString("utf8");
        pending = pending.subarray(end + 1);
        return line;
      }
      let count;
      try {
        count = hostFs.readSync(0, chunk, 0, chunk.length, null);
      } catch (e) {
        if (e.code === "EAGAIN") {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
          continue;
        }
        if (e.code === "EOF") return null;
        throw e;
      }
      if (count === 0) return null;
      pending = Buffer.concat([pending, chunk.subarray(0, count)]);
    }
  };

  // Lean objects on wasm32: 8 bytes of header (count, size, number of fields, tag), then fields.
  const lean = () => {
    const x = wasmExports;
    const words = () => (growMemViews(), HEAPU32);
    const bytes = () => (growMemViews(), HEAPU8);
    const box = (n) => (n << 1) | 1;
    const tag = (o) => bytes()[o + 7];
    const field = (o, i) => words()[(o + 8 + 4 * i) >> 2];
    const string = (s) => {
      const data = Buffer.from(s, "utf8");
      const at = x.malloc(data.length + 1);
      bytes().set(data, at);
      bytes()[at + data.length] = 0;
      const o = x.lean_mk_string_from_bytes(at, data.length);
      x.free(at);
      return o;
    };
    const text = (o) => {
      const size = words()[(o + 8) >> 2];
      return Buffer.from(bytes().slice(o + 20, o + 20 + size - 1)).toString("utf8");
    };
    const constructor = (t, fields, scalars = []) => {
      const size = 8 + 4 * fields.length + scalars.length;
      const aligned = (size + 7) & ~7;
      const o = x.lean_alloc_object(aligned);
      words()[o >> 2] = 1;
      bytes().set([aligned & 255, aligned >> 8, fields.length, t], o + 4);
      fields.forEach((f, i) => (words()[(o + 8 + 4 * i) >> 2] = f));
      scalars.forEach((s, i) => (bytes()[o + 8 + 4 * fields.length + i] = s));
      return o;
    };
    const ARRAY = 246;
    const array = (items) => {
      const o = x.lean_alloc_object(16 + 4 * items.length);
      words()[o >> 2] = 1;
      bytes().set([0, 0, 0, ARRAY], o + 4);
      words()[(o + 8) >> 2] = items.length;
      words()[(o + 12) >> 2] = items.length;
      items.forEach((v, i) => (words()[(o + 16 + 4 * i) >> 2] = v));
      return o;
    };
    const items = (o) => {
      const size = words()[(o + 8) >> 2];
      return Array.from({ length: size }, (_, i) => words()[(o + 16 + 4 * i) >> 2]);
    };
    const list = (values) => values.reduceRight((rest, v) => constructor(1, [v, rest]), box(0));
    const name = (dotted) =>
      dotted.split(".").reduce((prefix, part) => x.lean_name_mk_string(prefix, string(part)), box(0));
    const nameText = (o) => {
      if (o & 1) return "";
      const prefix = nameText(field(o, 0));
      const last = tag(o) === 1 ? text(field(o, 1)) : "#";
      return prefix ? prefix + "." + last : last;
    };
    const ok = (result) => {
      if (tag(result) === 0) return field(result, 0);
      x.lean_io_result_show_error(result);
      throw new Error(output.text.trim() || "Lean reported an error");
    };
    return { x, words, bytes, box, tag, field, string, text, constructor, array, items, list, name,
             nameText, ok };
  };

  // A C++ exception is thrown as a pointer to it; libc++ keeps its message as a string after the
  // table pointer, short ones in place.
  const exceptionText = (l, pointer) => {
    const at = pointer + 4;
    const short = l.bytes()[at + 11];
    const [from, size] =
      short & 0x80 ? [l.words()[at >> 2], l.words()[(at + 4) >> 2]] : [at, short];
    return Buffer.from(l.bytes().slice(from, from + Math.min(size, 2000))).toString("utf8");
  };

  const describe = (l, e) => {
    const detail = typeof e === "number" ? exceptionText(l, e) : String(e?.message ?? e);
    const everything = detail + " " + output.text;
    const full = wasmMemory.buffer.byteLength > (config.memory - 1024) * 65536;
    const cause = full || /out of memory|bad_alloc|OOM|exponent is too big|excessive memory|memory access out of bounds/i.test(everything)
      ? "memory"
      : /call stack|deep recursion|stack overflow/i.test(everything)
        ? "stack"
        : "unknown";
    return { cause, detail: detail.slice(0, 500) };
  };

  const start = (l) => {
    const { x } = l;
    const stack = 128 << 20;
    const low = x.malloc(stack);
    x._emscripten_stack_set_limits?.(low + stack, low);
    x._emscripten_stack_restore(low + stack);
    x.lean_initialize();
    l.ok(x.lean_init_search_path());
    x.lean_enable_initializer_execution();
    x.lean_io_mark_end_initialization();
    x.lean_init_task_manager_using(1);

    // The library's modules, for the signatures of the functions the programs call.
    const EXPORTED_META = [0, 1, 1];
    const imports = l.array([l.constructor(0, [l.name("Lean")], EXPORTED_META)]);
    const options = l.words()[x.l_Lean_Options_empty.value >> 2];
    const PRIVATE = 2;
    const EMPTY_MAP = l.box(1);
    let env = l.ok(
      x.l_Lean_importModules(imports, options, 0, l.array([]), 0, 0, PRIVATE, EMPTY_MAP),
    );

    // The programs' own compiled code goes in as if this session had compiled it.
    const extension = l.words()[x.l_Lean_IR_declMapExt.value >> 2];
    for (const file of config.code) {
      const parts = l.items(l.ok(x.lean_read_module_data_parts(l.array([l.string(file)]))));
      const data = l.field(parts[0], 0);
      for (const entry of l.items(l.field(data, 4))) {
        if (l.nameText(l.field(entry, 0)) !== "Lean.IR.declMapExt") continue;
        for (const declaration of l.items(l.field(entry, 1))) {
          x.lean_mark_persistent(extension);
          env = x.l_Lean_PersistentEnvExtension_addEntry___redArg(extension, env, declaration, l.box(0));
        }
      }
    }
    x.lean_mark_persistent(env);
    const found = x.lean_eval_const(env, options, l.name(config.entry));
    if (l.tag(found) === 0) throw new Error(l.text(l.field(found, 0)));
    const entry = l.field(found, 0);
    x.lean_mark_persistent(entry);
    return entry;
  };

  const serve = (l, entry) => {
    const { x } = l;
    const modules = l.list(config.args.slice(1).map(l.string));
    const answer = l.ok(x.lean_apply_3(entry, l.string(config.args[0]), modules, l.box(0)));
    x.lean_mark_persistent(answer);
    answerLine(JSON.stringify({ ready: true, memory: wasmMemory.buffer.byteLength }));
    for (let line; (line = readLine()) !== null; ) {
      let id = null;
      output.bytes = 0;
      output.text = "";
      const before = process.cpuUsage();
      let reply;
      try {
        id = JSON.parse(line).id ?? null;
        const result = x.lean_apply_2(answer, l.string(line), l.box(0));
        const value = l.ok(result);
        reply = l.text(value);
        if (l.words()[result >> 2] === 1) x.lean_dec_ref_cold(result); // ours alone: free it
      } catch (e) {
        // The state of an interrupted Lean is not to be trusted: say why, and end.
        answerLine(JSON.stringify({ id, fatal: describe(l, e) }));
        process.exit(70);
      }
      const { user, system } = process.cpuUsage(before);
      const envelope = JSON.stringify({
        id, cpu_us: user + system, memory: wasmMemory.buffer.byteLength, printed: output.bytes,
      });
      answerLine(envelope.slice(0, -1) + ',"reply":' + reply + "}");
    }
    process.exit(0);
  };

  const run = (l) => {
    const entry = start(l);
    if (config.mode === "serve") return serve(l, entry);
    const status = l.ok(l.x.lean_apply_2(entry, l.list(config.args.map(l.string)), l.box(0)));
    process.exit(status & 1 ? status >> 1 : l.words()[(status + 8) >> 2]);
  };

  if (config.mode !== "shell") {
    Module.wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: config.memory, shared: true });
    Module.onRuntimeInitialized = () => {
      const l = lean();
      try {
        run(l);
      } catch (e) {
        const fatal = describe(l, e);
        if (config.mode === "serve") answerLine(JSON.stringify({ id: null, fatal }));
        hostFs.writeSync(2, `embedded Lean cannot start: ${fatal.detail}\n${output.text}`);
        process.exit(71);
      }
    };
  }
}
