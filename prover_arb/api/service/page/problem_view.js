// Shows a problem that the service answered with.

import { el } from "./dom.js";

export function problemText(problem) {
  const later = problem.retryAfter ? ` Try again in ${problem.retryAfter} s.` : "";
  return `${problem.detail || problem.title || String(problem)}${later}`;
}

export function problemView(problem, again) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    el("h2", {}, problem.title ?? "The page has a defect"),
    el("p", {}, problemText(problem)),
    again ? el("button", { type: "button", onclick: again }, "Try again") : null,
  );
}
