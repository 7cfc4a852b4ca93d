// Who sells attempts, at which prices, and what came of them lately.

import { byDays } from "../days_choice.js";
import { el } from "../dom.js";
import { count, moment, percent, usdColumn } from "../format.js";
import { table } from "../table.js";

export const title = "Market";

function draw(market) {
  return el(
    "div",
    {},
    table({
      caption: `Cheapest first; attempts since ${moment(market.since)}, of all customers`,
      empty: "Nobody sells attempts now.",
      rows: market.provers,
      columns: [
        { heading: "Prover", cell: (row) => el("strong", {}, row.prover) },
        { heading: "Attempt, at most", number: true, cell: (row) => usdColumn(row.price_usd) },
        { heading: "Attempts", number: true, cell: (row) => String(row.attempts) },
        { heading: "Proofs", number: true, cell: (row) => String(row.proved) },
        { heading: "Solve rate", number: true, cell: (row) => percent(row.solve_rate) },
        { heading: "Spent", number: true, cell: (row) => usdColumn(row.spent_usd) },
        { heading: "Cost per proof", number: true, cell: (row) => usdColumn(row.cost_per_solved_usd) },
        {
          heading: "Sold",
          cell: (row) => (row.slices_usd.length ? `in ${count(row.slices_usd.length, "slice")}` : "whole"),
        },
      ],
    }),
    el(
      "p",
      { class: "hint" },
      "Costs include verification. Cheap provers are asked first, so the solve rates of two provers are of different theorems.",
    ),
  );
}

export async function view({ signal }) {
  return el("div", { class: "wide" }, el("h1", { tabindex: "-1" }, title), await byDays("v1/market", draw, { signal }));
}
