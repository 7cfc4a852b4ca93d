// Whole lines on this process's standard input and output, both blocking.
"use strict";
const fs = require("fs");

const CHUNK = 1 << 16;
const PAUSE_MS = 2;
const NEWLINE = 10;

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);

// Tries again while a descriptor that does not block is not ready.
const patiently = (action) => {
  for (;;) {
    try {
      return action();
    } catch (e) {
      if (e.code !== "EAGAIN") throw e;
      pause();
    }
  }
};

let parts = [];
let rest = Buffer.alloc(0);

// The next line without its end, or null at the end of the input.
function read() {
  for (;;) {
    const end = rest.indexOf(NEWLINE);
    if (end >= 0) {
      parts.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      return line;
    }
    parts.push(rest);
    const chunk = Buffer.alloc(CHUNK);
    let count = 0;
    try {
      count = patiently(() => fs.readSync(0, chunk, 0, CHUNK, null));
    } catch (e) {
      if (e.code !== "EOF") throw e;
    }
    if (count === 0) return null;
    rest = chunk.subarray(0, count);
  }
}

function write(line) {
  const data = Buffer.from(line + "\n", "utf8");
  for (let done = 0; done < data.length; )
    done += patiently(() => fs.writeSync(1, data, done, data.length - done));
}

module.exports = { read, write };
