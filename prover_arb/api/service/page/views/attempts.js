// The attempts that were bought for an order, first from its events, at the end from the order.

import { el } from "../dom.js";
import { usdColumn } from "../format.js";
import { badge, table } from "../table.js";
import { reasonOf, sliceOf } from "../words.js";

// What is known of a purchase from its events so far.
export function note(attempts, { kind, data }) {
  if (data.purchase === undefined) return;
  const known = attempts.get(data.purchase) ?? { prover: data.prover, slice: data.slice, state: "open" };
  const more = {
    purchase: {},
    delivery: { state: "delivered", cost_usd: data.cost_usd, failure: data.failure },
    verdict: { state: "judged", verification_cost_usd: data.verification_cost_usd, verdict: data },
    lost: { state: "lost", cost_usd: data.cost_usd, failure: data.failure },
    cancelled_purchase: { state: "cancelled", cost_usd: data.cost_usd, failure: data.failure },
  };
  attempts.set(data.purchase, { ...known, ...more[kind] });
}

function result({ state, verdict }) {
  if (state === "open") return badge("running", "At work");
  if (state === "delivered") return badge("running", "Being judged");
  if (state === "lost") return badge("failed", "Not delivered");
  if (state === "cancelled") return badge("cancelled", "Cancelled");
  const words = { proved: "Proved", refuted: "Refuted", rejected: "Rejected", void: "Not judged" };
  const status = verdict?.status;
  return status ? badge(status, words[status] ?? status) : badge("exhausted", "No candidate");
}

function folded(summary, ...children) {
  return el("details", {}, el("summary", {}, summary), children);
}

const said = (text) => el("pre", { class: "said", tabindex: "0" }, text);

function why({ verdict, failure, candidate }) {
  const reason = verdict?.status === "rejected" ? `Not a proof: ${reasonOf(verdict.reason)}.` : "";
  const detail = verdict?.detail ?? "";
  const messages = (verdict?.messages ?? []).filter(({ text }) => text !== detail);
  return [
    reason ? el("p", {}, reason) : null,
    detail ? said(detail) : null,
    failure ? el("p", {}, failure) : null,
    messages.length
      ? folded(
          "What Lean says",
          messages.map(({ severity, line, column, text }) =>
            said(`${severity}, line ${line}, column ${column + 1}: ${text}`),
          ),
        )
      : null,
    reason && candidate ? folded("What was delivered", said(candidate.text)) : null,
  ];
}

export function attemptTable(attempts) {
  return table({
    caption: "Attempts, oldest first",
    empty: "Nothing is bought yet.",
    rows: attempts.map((attempt, k) => ({ ...attempt, number: k + 1 })),
    rowAttributes: (attempt) => ({ class: attempt.verdict?.status ?? attempt.state }),
    columns: [
      { heading: "No.", cell: (attempt) => String(attempt.number) },
      { heading: "Prover", cell: (attempt) => `${attempt.prover}${sliceOf(attempt.slice)}` },
      { heading: "Result", cell: result },
      { heading: "Why", cell: why },
      { heading: "Cost", number: true, cell: (attempt) => usdColumn(attempt.cost_usd) },
      { heading: "Verification", number: true, cell: (attempt) => usdColumn(attempt.verification_cost_usd) },
    ],
  });
}
