// Counts the instructions of a WebAssembly module that could change a table or a memory's size, or
// that make a reference to a function.
"use strict";
const code = require("fs").readFileSync(process.argv[2]);

let at = 8;
const number = () => {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = code[at++];
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
};
const skip = () => {
  while (code[at++] & 128);
};
const many = (read) => {
  for (let count = number(); count > 0; count--) read();
};

const WATCHED = {
  0x26: "table.set", 0x40: "memory.grow", 0xd2: "ref.func", 0xfc0b: "memory.fill",
  0xfc08: "memory.init", 0xfc0a: "memory.copy", 0xfc0c: "table.init", 0xfc0e: "table.copy",
  0xfc0f: "table.grow", 0xfc11: "table.fill",
};
const counts = { instructions: 0, functions: 0 };
const count = (opcode) => {
  counts.instructions++;
  const name = WATCHED[opcode];
  if (name) counts[name] = (counts[name] ?? 0) + 1;
};

const TWO = new Set([0x11, 0x13]); // call_indirect, return_call_indirect
const BLOCKS = new Set([0x02, 0x03, 0x04, 0x06]);
const ONE = new Set([0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x18, 0xd2, 0x3f, 0x40, 0x41, 0x42, 0xd0]);
const NONE = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1]);

const instruction = () => {
  const opcode = code[at++];
  if (opcode === 0xfc) {
    const sub = number();
    count(0xfc00 + sub);
    if ([8, 10, 12, 14].includes(sub)) skip(), skip();
    else if ([9, 11, 13, 15, 16, 17].includes(sub)) skip();
    else if (sub > 7) throw new Error(`instruction fc ${sub}`);
  } else if (opcode === 0xfe) {
    const sub = number();
    count(0xfe00 + sub);
    if (sub === 3) at++;
    else skip(), skip();
  } else {
    count(opcode);
    if (BLOCKS.has(opcode) || ONE.has(opcode) || (opcode >= 0x20 && opcode <= 0x26)) skip();
    else if (TWO.has(opcode) || (opcode >= 0x28 && opcode <= 0x3e)) skip(), skip();
    else if (opcode === 0x0e) many(skip), skip();
    else if (opcode === 0x1c) many(() => at++);
    else if (opcode === 0x43) at += 4;
    else if (opcode === 0x44) at += 8;
    else if (!NONE.has(opcode) && !(opcode >= 0x45 && opcode <= 0xc4))
      throw new Error(`instruction ${opcode.toString(16)}`);
  }
};

while (at < code.length) {
  const section = code[at++];
  const size = number();
  const end = at + size;
  if (section === 10) {
    many(() => {
      const length = number();
      const stop = at + length;
      counts.functions++;
      many(() => (skip(), at++));
      while (at < stop) instruction();
      if (at !== stop) throw new Error("an instruction goes beyond its function");
    });
  }
  at = end;
}
console.log(JSON.stringify(counts));
