// The names that compiled code is found under (see rewrite.py): a sorted list in one buffer, so that
// 190,000 names are no JavaScript objects.
"use strict";
const fs = require("fs");

// What is remembered outlives a reset, so it must stay small whatever the guest asks for.
const RECORDS_KEPT = 20000;
const LONGEST_KEPT = 500;

// Returns `find`: a name's index in the function table, or the address of its datum; 0 for none.
module.exports = function symbols(file) {
  const data = fs.readFileSync(file);
  const count = data.readUInt32LE(0);
  const records = 4 + 4 * count;
  const known = new Map();

  const search = (name) => {
    const key = Buffer.from(name, "utf8");
    for (let low = 0, high = count - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      const at = records + data.readUInt32LE(4 + 4 * middle);
      const order = data.compare(key, 0, key.length, at + 6, at + 6 + data.readUInt16LE(at + 4));
      if (order === 0) return data.readUInt32LE(at);
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return 0;
  };

  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      value = search(name);
      if (known.size < RECORDS_KEPT && name.length <= LONGEST_KEPT) known.set(name, value);
    }
    return value;
  };
};
