// Follows the server-sent events of an order. `fetch` is used because EventSource sends no API key.
// A stream that breaks off, or says nothing for too long, is taken up after the last event.

import { Problem, send } from "./api.js";

const SILENCE_MS = 40_000; // the server says something every 15 seconds
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export const LAST = new Set(["proved", "refuted", "exhausted", "cancelled", "failed"]);

// Calls `onEvent` for every event until the last one, and `onLost` when the stream breaks off.
export async function follow(path, { signal, onEvent, onLost, onBack }) {
  let last = 0;
  let wait = FIRST_WAIT_MS;
  let lost = false;
  while (!signal.aborted) {
    try {
      for await (const event of events(path, last, signal)) {
        if (lost) onBack();
        lost = false;
        wait = FIRST_WAIT_MS;
        last = Number(event.id);
        onEvent(event);
        if (LAST.has(event.kind)) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && isFinal(error.status)) throw error;
    }
    if (signal.aborted) return;
    lost = true;
    onLost();
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}

function isFinal(status) {
  return status >= 400 && status < 500 && status !== 429;
}

async function* events(path, last, signal) {
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  signal.addEventListener("abort", onAbort);
  let timer;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(onAbort, SILENCE_MS);
  };
  try {
    listen();
    const headers = last ? { "Last-Event-ID": String(last) } : {};
    const response = await send(path, { headers, signal: stop.signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      listen();
      const blocks = (text + value).split(/\r?\n\r?\n/);
      text = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    stop.abort();
  }
}

// Reads one event; a comment, such as a ping, is none.
function parsed(block) {
  const fields = {};
  for (const line of block.split(/\r?\n/)) {
    const match = /^(id|event|data): ?(.*)$/.exec(line);
    if (match) fields[match[1]] = match[2];
  }
  if (!fields.id || !fields.data) return null;
  return { id: fields.id, kind: fields.event, data: JSON.parse(fields.data) };
}
