// One order: its purchases as they happen, then the proof, the certificate, and what was rejected.

import { call, proofPath } from "../api.js";
import { code, el, facts } from "../dom.js";
import { LAST, follow } from "../event_stream.js";
import { between, clock, count, moment, percent, usd } from "../format.js";
import { problemText } from "../problem_view.js";
import { badge } from "../table.js";
import { STATUSES, sentence } from "../words.js";
import { attemptTable, note } from "./attempts.js";
import { proofSection } from "./certificate.js";

export const title = "Proof";

const PAY = { "cost-plus": "What is spent, and the margin", "pay-on-proof": "Only a proof" };

export async function view({ signal, id }) {
  const parts = {
    status: el("p", { role: "status", class: "progress" }),
    lost: el("p", { class: "error", role: "status" }),
    actions: el("div", { class: "actions" }),
    proof: el("div", {}),
    attempts: el("div", {}),
    log: el("ol", { class: "log", "aria-label": "What happened", tabindex: "0" }),
    facts: el("div", {}),
  };
  const order = await call(proofPath(id), { signal });
  const live = new LiveOrder(order, parts, signal);
  live.begin();
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, `Theorem ${order.theorem.name}`),
    el("p", { class: "hint" }, order.metadata.note ?? ""),
    order.theorem.preamble ? code(order.theorem.preamble) : null,
    code(order.theorem.statement),
    parts.status,
    parts.lost,
    parts.actions,
    parts.proof,
    section("Attempts", parts.attempts),
    section("What happened", parts.log),
    section("The order", parts.facts),
  );
}

function section(heading, ...children) {
  return el("section", {}, el("h2", {}, heading), children);
}

class LiveOrder {
  constructor(order, parts, signal) {
    this.order = order;
    this.parts = parts;
    this.signal = signal;
    this.attempts = new Map(); // by the purchase's number, from the events
    this.spent = order.spent_usd;
    this.drawn = false;
  }

  begin() {
    this.show();
    follow(proofPath(this.order.id, "/events"), {
      signal: this.signal,
      onEvent: (event) => this.happened(event),
      onLost: () => (this.parts.lost.textContent = "The connection is lost; it is being taken up again …"),
      onBack: () => (this.parts.lost.textContent = ""),
    }).catch((problem) => (this.parts.lost.textContent = problemText(problem)));
  }

  get over() {
    return LAST.has(this.order.status);
  }

  happened(event) {
    const words = sentence(event);
    if (words) {
      const time = el("time", { datetime: event.data.at, title: moment(event.data.at) }, clock(event.data.at));
      this.parts.log.append(el("li", { class: event.kind }, time, " ", words));
      if (!this.over) this.parts.log.scrollTop = this.parts.log.scrollHeight;
    }
    note(this.attempts, event);
    if (this.over) return; // the order says all of it already
    this.spent = event.data.spent_usd ?? this.spent;
    if (event.kind === "queued" || event.kind === "running") this.order = { ...this.order, status: event.kind };
    if (LAST.has(event.kind)) this.refresh();
    else this.show();
  }

  async refresh() {
    try {
      this.order = await call(proofPath(this.order.id), { signal: this.signal });
      this.spent = this.order.spent_usd;
      this.show();
    } catch (problem) {
      if (!this.signal.aborted) this.parts.lost.textContent = problemText(problem);
    }
  }

  async cancel(button) {
    button.disabled = true;
    button.textContent = "Cancelling …";
    try {
      this.order = await call(proofPath(this.order.id, "/cancel"), { method: "POST", signal: this.signal });
      this.spent = this.order.spent_usd;
      this.show();
    } catch (problem) {
      button.disabled = false;
      button.textContent = "Cancel";
      if (!this.signal.aborted) this.parts.lost.textContent = problemText(problem);
    }
  }

  show() {
    const { order, parts } = this;
    const bought = this.over ? order.purchases : [...this.attempts.values()];
    parts.status.replaceChildren(
      badge(order.status, STATUSES[order.status]),
      el("span", {}, ` ${this.progress(bought.length)}`),
    );
    parts.attempts.replaceChildren(attemptTable(bought));
    parts.facts.replaceChildren(orderFacts(order));
    if (this.over) {
      parts.actions.replaceChildren();
      const proof = proofSection(order);
      parts.proof.replaceChildren(...(proof ? [proof] : []));
    } else if (!parts.actions.hasChildNodes()) {
      const button = el("button", { type: "button", onclick: () => this.cancel(button) }, "Cancel");
      parts.actions.append(button);
    }
  }

  progress(bought) {
    const { order } = this;
    const spent = `${usd(this.spent)} of ${usd(order.budget_usd)} spent on ${count(bought, "attempt")}`;
    if (!this.over) return order.place ? `${spent}, number ${order.place} in the queue` : spent;
    const time = between(order.created_at, order.finished_at);
    const reason = order.problem?.detail ?? (order.status === "exhausted" ? order.why_stopped : "");
    return `${spent}, in ${time}${reason ? `: ${reason}` : ""}. Charged: ${usd(order.charged_usd)}.`;
  }
}

function orderFacts(order) {
  return facts([
    ["Order", el("code", { class: "hash" }, order.id)],
    ["Ordered", moment(order.created_at)],
    ["Ended", order.finished_at ? moment(order.finished_at) : ""],
    ["Policy", order.policy],
    ["Payment", PAY[order.settlement]],
    ["Price of a proof", order.price_usd === null ? "" : usd(order.price_usd)],
    ["Margin", percent(order.margin, 1)],
    ["Budget", usd(order.budget_usd)],
    ["Paid to provers", usd(order.cost_usd)],
    ["Paid for verification", usd(order.verification_cost_usd)],
    ["Charged", order.finished_at ? usd(order.charged_usd) : ""],
    ["Deadline", order.deadline === null ? "" : `${order.deadline} s after it was ordered`],
  ]);
}
