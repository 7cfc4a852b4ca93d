// Lean objects in a WebAssembly memory, read and made from JavaScript. On wasm32 an object is 8 bytes
// of header (reference count, size, number of fields, tag), then its fields.
"use strict";

const ARRAY = 246;

// `reach` (reach.cjs) gives the memory and the module's functions.
module.exports = function objects({ view, word, setWord, fn }) {
  const malloc = fn("malloc");
  const free = fn("free");
  const makeString = fn("lean_mk_string_from_bytes");
  const allocate = fn("lean_alloc_object");
  const nameOf = fn("lean_name_mk_string");
  const release = fn("lean_dec_ref_cold");
  const showError = fn("lean_io_result_show_error");

  const box = (n) => (n << 1) | 1;
  const tag = (o) => view()[o + 7];
  const field = (o, i) => word(o + 8 + 4 * i);
  const string = (s) => {
    const data = Buffer.from(s, "utf8");
    const at = malloc(data.length + 1);
    if (!at) throw new Error("out of memory: no room for the request");
    view().set(data, at);
    view()[at + data.length] = 0;
    const made = makeString(at, data.length);
    free(at);
    return made;
  };
  const text = (o) => {
    const size = word(o + 8);
    return view().toString("utf8", o + 20, o + 20 + size - 1);
  };
  const constructor = (t, fields, scalars = []) => {
    const size = (8 + 4 * fields.length + scalars.length + 7) & ~7;
    const o = allocate(size);
    setWord(o, 1);
    view().set([size & 255, size >> 8, fields.length, t], o + 4);
    fields.forEach((f, i) => setWord(o + 8 + 4 * i, f));
    scalars.forEach((s, i) => (view()[o + 8 + 4 * fields.length + i] = s));
    return o;
  };
  const array = (values) => {
    const o = allocate(16 + 4 * values.length);
    setWord(o, 1);
    view().set([0, 0, 0, ARRAY], o + 4);
    setWord(o + 8, values.length);
    setWord(o + 12, values.length);
    values.forEach((v, i) => setWord(o + 16 + 4 * i, v));
    return o;
  };
  const items = (o) => Array.from({ length: word(o + 8) }, (_, i) => word(o + 16 + 4 * i));
  const list = (values) => values.reduceRight((rest, v) => constructor(1, [v, rest]), box(0));
  const name = (dotted) =>
    dotted.split(".").reduce((prefix, part) => nameOf(prefix, string(part)), box(0));
  const nameText = (o) => {
    if (o & 1) return "";
    const prefix = nameText(field(o, 0));
    const part = field(o, 1);
    const last = tag(o) === 1 ? text(part) : part & 1 ? part >>> 1 : "#";
    return prefix ? prefix + "." + last : last;
  };
  // The value of an IO action's result. An error is shown on the module's standard error.
  const ok = (result) => {
    if (tag(result) === 0) return field(result, 0);
    showError(result);
    throw new Error("Lean reported an error");
  };
  // Gives back an object that nobody else refers to.
  const drop = (o) => {
    if (word(o) === 1) release(o);
  };

  // One more reference to an object, which is returned. Persistent ones (0) are not counted, those
  // that threads may share are counted below zero.
  const take = (o) => {
    if (o & 1) return o;
    const count = word(o) | 0;
    if (count !== 0) setWord(o, count > 0 ? count + 1 : count - 1);
    return o;
  };
  // One reference less; after the last one the object is freed.
  const give = (o) => {
    if (o & 1) return;
    const count = word(o) | 0;
    if (count > 1) setWord(o, count - 1);
    else if (count !== 0) release(o);
  };

  return {
    box, tag, field, string, text, constructor, array, items, list, name, nameText, ok, drop,
    take, give,
  };
};
