// What this key's orders cost day by day: spent, charged, and the margin between the two.

import { pairedBars } from "../chart.js";
import { byDays } from "../days_choice.js";
import { el } from "../dom.js";
import { usd, usdColumn } from "../format.js";
import { table } from "../table.js";

export const title = "Spending";

function chart(days) {
  const bars = days.map((day) => ({
    name: day.day.slice(5),
    first: Number(day.spent_usd),
    second: Number(day.charged_usd),
    title: `${day.day}: ${usd(day.spent_usd)} spent, ${usd(day.charged_usd)} charged`,
  }));
  return el(
    "figure",
    {},
    pairedBars("Spent and charged by day; the table below has the figures", bars, (amount) => usd(amount.toFixed(6))),
    el(
      "figcaption",
      { class: "legend" },
      el("span", { class: "key first" }, "spent"),
      el("span", { class: "key second" }, "charged"),
    ),
  );
}

function draw(spending) {
  return el(
    "div",
    {},
    spending.days.length ? chart(spending.days) : null,
    table({
      caption: "By the day in UTC on which an order ended",
      empty: "No order ended in this time.",
      rows: spending.days,
      foot: [{ ...spending.total, day: "Total" }],
      columns: [
        { heading: "Day", cell: (row) => row.day },
        { heading: "Orders", number: true, cell: (row) => String(row.orders) },
        { heading: "Proved", number: true, cell: (row) => String(row.proved) },
        { heading: "Spent", number: true, cell: (row) => usdColumn(row.spent_usd) },
        { heading: "Charged", number: true, cell: (row) => usdColumn(row.charged_usd) },
        { heading: "Margin", number: true, cell: (row) => usdColumn(row.margin_usd) },
      ],
    }),
    el(
      "p",
      { class: "hint" },
      "Spent is what provers and verification were paid. The margin is what was charged beyond that; it is below 0 where only proofs are paid and none was found.",
    ),
  );
}

export async function view({ signal }) {
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, title),
    await byDays("v1/spending", draw, { signal }),
  );
}
