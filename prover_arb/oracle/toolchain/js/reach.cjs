// Reads and writes a WebAssembly memory, and calls the functions of its module, exported or not.
// `table` is the module's function table, `symbols` finds a name in it (symbols.cjs).
"use strict";

module.exports = function reach({ memory, table, symbols }) {
  let buffer = null;
  let bytes = null;
  let words = null;
  // A memory that grew has a new buffer; views of the old one do not reach the new end.
  const look = () => {
    if (memory.buffer === buffer) return;
    buffer = memory.buffer;
    bytes = Buffer.from(buffer);
    words = new Uint32Array(buffer);
  };
  const view = () => (look(), bytes);
  const word = (at) => (look(), words[at >>> 2] >>> 0);
  const setWord = (at, value) => (look(), (words[at >>> 2] = value));

  // Every `get` of a table makes a JavaScript function anew or looks for it; this is called often.
  const functions = new Map();
  const find = (index) => {
    if (!(index >= 0 && index < table.length)) return null;
    const found = table.get(index);
    if (found) functions.set(index, found);
    return found;
  };
  const at = (index) => functions.get(index) ?? find(index);
  const named = new Map();
  const fn = (name) => {
    let found = named.get(name);
    if (!found) {
      found = at(symbols(name));
      if (!found) throw new Error(`the module has no function ${name}`);
      named.set(name, found);
    }
    return found;
  };
  // The value of a global variable of the module.
  const variable = (name) => {
    const place = symbols(name);
    if (!place) throw new Error(`the module has no variable ${name}`);
    return word(place);
  };
  return { view, word, setWord, at, fn, variable };
};
