// A quote: how likely a proof is, and the price if only a proof is paid.

import { el, facts } from "../dom.js";
import { moment, percent, usd } from "../format.js";

export function quoteCard(quote, { accept, close }) {
  const sold = quote.price_usd !== null;
  const buy = el(
    "button",
    { type: "button", class: "main", onclick: () => accept(buy) },
    `Buy for ${usd(quote.price_usd)}, if proved`,
  );
  return el(
    "section",
    { class: "card", "aria-labelledby": "quote-heading" },
    el("h2", { id: "quote-heading", tabindex: "-1" }, sold ? `A proof costs ${usd(quote.price_usd)}` : "Not for sale"),
    el(
      "p",
      {},
      sold
        ? "You pay this if the theorem is proved, and nothing otherwise."
        : "No proof is expected within this budget, so there is no price. Choose another budget, or pay the cost.",
    ),
    facts([
      ["Chance of a proof", percent(quote.probability, 1)],
      ["Expected cost", usd(quote.expected_cost_usd)],
      ["Worst cost", usd(quote.worst_cost_usd)],
      ["Margin", percent(quote.margin, 1)],
      ["Valid until", moment(quote.valid_until)],
    ]),
    el("details", {}, el("summary", {}, "What would be bought"), el("ol", { class: "plan" }, quote.plan.map((step) => el("li", {}, step)))),
    el(
      "div",
      { class: "actions" },
      sold ? buy : null,
      el("button", { type: "button", onclick: close }, "No, thanks"),
    ),
  );
}
