// What statuses, events and rejections mean, in sentences.

import { usd } from "./format.js";

export const STATUSES = {
  queued: "Queued",
  running: "Running",
  proved: "Proved",
  refuted: "False",
  exhausted: "Not proved",
  cancelled: "Cancelled",
  failed: "Failed",
};

const REASONS = {
  parse_error: "Lean cannot read it",
  trailing_input: "there is text after the proof",
  elaboration_error: "Lean reports an error",
  uses_sorry: "it uses sorry",
  wrong_statement: "it proves another statement",
  forbidden_axiom: "it uses a forbidden axiom",
  forbidden_import: "it has a forbidden import",
  forbidden_command: "it has a forbidden command",
  malformed_declaration: "its declaration is malformed",
  replay_failed: "the kernel refuses it",
  kernels_disagree: "one of the kernels refuses it",
  heartbeats: "it used up its heartbeats",
  timeout: "it used up its time",
  memory: "it used up its memory",
  output_limit: "it writes too much",
};

export function reasonOf(reason) {
  return REASONS[reason] ?? reason ?? "";
}

export function sliceOf(slice) {
  return slice === null || slice === undefined ? "" : `, slice ${slice + 1}`;
}

const firstLine = (text) => (text ?? "").split("\n", 1)[0];

function judged(data) {
  const { prover, status } = data;
  switch (status) {
    case "proved":
      return `Lean accepts the proof of ${prover}.`;
    case "refuted":
      return "The negation is proved: the statement is false.";
    case "rejected": {
      const detail = data.detail ? ` (${firstLine(data.detail)})` : "";
      return `The candidate of ${prover} is rejected: ${reasonOf(data.reason)}${detail}.`;
    }
    case "void":
      return `The candidate of ${prover} could not be judged: ${firstLine(data.detail)}`;
    default:
      return null; // there was no candidate; the delivery said so
  }
}

// A sentence about an event; null if there is nothing new to say.
export function sentence({ kind, data }) {
  switch (kind) {
    case "queued":
      return "The order is queued.";
    case "running":
      return "Work on it began.";
    case "purchase":
      return `An attempt of ${data.prover}${sliceOf(data.slice)} is bought, for at most ${usd(data.reserved_usd)}.`;
    case "delivery":
      return data.failure
        ? `${data.prover} delivers no candidate (${data.failure}); it cost ${usd(data.cost_usd)}.`
        : `${data.prover} delivers a candidate for ${usd(data.cost_usd)}.`;
    case "verdict":
      return judged(data);
    case "escalation":
      return `Next is ${data.to}, after ${data.from}.`;
    case "lost":
      return `${data.prover} did not deliver, and is not paid: ${data.failure}`;
    case "cancelled_purchase":
      return `An attempt of ${data.prover} is not wanted any more; ${usd(data.cost_usd)} for what it used.`;
    case "truncated":
      return `Only the first ${data.kept} events are kept.`;
    default:
      return STATUSES[kind] ? `${STATUSES[kind]}.` : null;
  }
}
