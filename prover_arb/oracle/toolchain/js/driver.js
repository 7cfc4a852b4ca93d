// Runs the embedded Lean in this one thread, to compile our sources and to take the snapshot that
// workers start from (serve.cjs). Spliced into the package's loader by loader.py, right after its
// `Module` is declared, so that the loader reads these settings and the callbacks below see the
// loader's own variables (FS, NODEFS, wasmExports, ...). It reads our own texts only, never a
// customer's or a candidate's.
//
// Everything happens in Node's main thread, because there files are read directly; a Lean thread
// would have to ask this one for every file operation.
//
// Configuration: one JSON argument
//   module    folder of lean.wasm, calls.wasm, symbols.bin and links.json
//   mounts    [{host, guest, writable}] what Lean sees of the disk, and nothing more
//   path      Lean's module search path (guest)
//   memory    pages of 64 KiB the WebAssembly memory may grow to
//   mode      "shell":    Lean's own command line with `args`
//             "main":     the compiled programs in `code`, entry `entry`, called with `args`
//             "snapshot": the same, where `entry` makes a pair, the function that answers a line and
//                         the profile's environment; the state is written to `target` then
//   imports   modules that are imported before
//   code      .olean or .ir files (guest) whose compiled code is loaded, dependencies first
//   target    folder to write a snapshot to (host)
{
  const hostFs = require("fs");
  const hostPath = require("path");
  const calls = require("./calls.cjs");
  const objects = require("./objects.cjs");
  const reach = require("./reach.cjs");
  const snapshot = require("./snapshot.cjs");
  const symbolTable = require("./symbols.cjs");
  const config = JSON.parse(process.argv[2]);
  // The package's build prints its own tracing, on consoles and through Lean.
  const CHATTER = /^\[DEBUG|^  - \/lean\/lib|^  mainModule\? = /;
  console.log = () => {};
  const note = (line) => {
    if (!CHATTER.test(line)) hostFs.writeSync(2, line + "\n");
  };

  Module.arguments = config.args;
  Module.thisProgram = "/lean/bin/lean";
  Module.locateFile = (file) => hostPath.join(config.module, file);
  Module.print = note;
  Module.printErr = note;
  Module.stdin = () => null;
  Module.noInitialRun = config.mode !== "shell";
  // What the loader knows of names: see loader.py.
  Module.symbols = symbolTable(hostPath.join(config.module, "symbols.bin"));
  Module.links = JSON.parse(hostFs.readFileSync(hostPath.join(config.module, "links.json"), "utf8"));

  // The loader's own functions catch exceptions here; only the table is taken.
  const { __indirect_function_table } = calls(config.module, () => 0).exports;
  Module.table = { __indirect_function_table };

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

  // A linked program's signatures must all belong to functions that the module has: the interpreter
  // looks for one only when it is called, which may be in the middle of somebody's check.
  const complain = ({ fn }, l, env, code) => {
    const EXTERN = 1;
    for (const declaration of code) {
      if (l.tag(declaration) !== EXTERN) continue;
      const name = l.field(declaration, 0);
      const stem = l.text(fn("lean_get_symbol_stem")(env, name));
      const chosen = fn("lean_get_export_name_for")(env, name);
      const plain = chosen & 1 ? stem : l.nameText(l.field(chosen, 0));
      if (!Module.symbols(`${stem}___boxed`) && !Module.symbols(plain))
        throw new Error(`the module has no function ${plain}, which ${config.entry} calls`);
    }
  };

  // Starts Lean, loads the programs' code, and returns their entry.
  const start = (reached, l) => {
    const { fn, variable } = reached;
    const stack = 128 << 20;
    const low = fn("malloc")(stack);
    fn("emscripten_stack_set_limits")(low + stack, low);
    fn("_emscripten_stack_restore")(low + stack);
    fn("lean_initialize")();
    l.ok(fn("lean_init_search_path")());
    fn("lean_enable_initializer_execution")();
    fn("lean_io_mark_end_initialization")();
    fn("lean_init_task_manager_using")(1);

    // Modules that hold the signatures of the functions the programs call; none for a linked one.
    const EXPORTED_META = [0, 1, 1];
    const modules = config.imports.map((m) => l.constructor(0, [l.name(m)], EXPORTED_META));
    const imports = l.array(modules);
    const options = variable("l_Lean_Options_empty");
    const PRIVATE = 2;
    const EMPTY_MAP = l.box(1);
    let env = l.ok(
      fn("l_Lean_importModules")(imports, options, 0, l.array([]), 0, 0, PRIVATE, EMPTY_MAP),
    );

    // The programs' own compiled code goes in as if this session had compiled it.
    const addEntry = fn("l_Lean_PersistentEnvExtension_addEntry___redArg");
    const extensions = {
      "Lean.IR.declMapExt": variable("l_Lean_IR_declMapExt"),
      export: l.field(variable("l_Lean_exportAttr"), 1),
    };
    const loaded = [];
    for (const file of config.code) {
      const parts = l.items(l.ok(fn("lean_read_module_data_parts")(l.array([l.string(file)]))));
      const data = l.field(parts[0], 0);
      for (const entry of l.items(l.field(data, 4))) {
        const name = l.nameText(l.field(entry, 0));
        if (!Object.hasOwn(extensions, name)) continue;
        for (const item of l.items(l.field(entry, 1))) {
          fn("lean_mark_persistent")(extensions[name]);
          env = addEntry(extensions[name], env, item, l.box(0));
          if (name === "Lean.IR.declMapExt") loaded.push(item);
        }
      }
    }
    fn("lean_mark_persistent")(env);
    if (config.imports.length === 0) complain(reached, l, env, loaded);
    const found = fn("lean_eval_const")(env, options, l.name(config.entry));
    if (l.tag(found) === 0) throw new Error(l.text(l.field(found, 0)));
    const entry = l.field(found, 0);
    fn("lean_mark_persistent")(entry);
    return entry;
  };

  const save = ({ fn }, l, entry) => {
    const modules = l.list(config.args.slice(1).map(l.string));
    const made = l.ok(fn("lean_apply_3")(entry, l.string(config.args[0]), modules, l.box(0)));
    fn("lean_mark_persistent")(made);
    const [answer, environment] = [l.field(made, 0), l.field(made, 1)];
    snapshot.save(config.target, { memory: wasmMemory, exports: wasmExports, answer, environment });
    process.exit(0);
  };

  const run = () => {
    const reached = reach({ memory: wasmMemory, table: wasmTable, symbols: Module.symbols });
    const l = objects(reached);
    const size = wasmTable.length;
    const entry = start(reached, l);
    if (wasmTable.length !== size) throw new Error("the loader has added to the function table");
    if (config.mode === "snapshot") save(reached, l, entry);
    const status = l.ok(
      reached.fn("lean_apply_2")(entry, l.list(config.args.map(l.string)), l.box(0)),
    );
    process.exit(status & 1 ? status >> 1 : reached.word(status + 8));
  };

  if (config.mode !== "shell") {
    Module.wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: config.memory, shared: true });
    Module.onRuntimeInitialized = () => {
      try {
        run();
      } catch (e) {
        note(`embedded Lean cannot start: ${e?.message ?? e}`);
        process.exit(71);
      }
    };
  }
}
