// The list of this key's orders.

import { call } from "../api.js";
import { el } from "../dom.js";
import { moment, usdColumn } from "../format.js";
import { badge, table } from "../table.js";
import { problemText } from "../problem_view.js";
import { STATUSES } from "../words.js";

const PAGE = 20;

export const title = "Proofs";

export function proofTable(orders, { caption, empty }) {
  return table({
    caption,
    empty,
    rows: orders,
    columns: [
      { heading: "Status", cell: (order) => badge(order.status, STATUSES[order.status]) },
      {
        heading: "Theorem",
        cell: (order) => [
          el("a", { href: `#/proofs/${order.id}`, class: "statement" }, order.theorem.statement),
          order.metadata.note ? el("span", { class: "note" }, order.metadata.note) : null,
        ],
      },
      { heading: "Spent", number: true, cell: (order) => usdColumn(order.spent_usd) },
      { heading: "Charged", number: true, cell: (order) => usdColumn(order.charged_usd) },
      { heading: "Ordered", nowrap: true, cell: (order) => moment(order.created_at) },
    ].map((column) => ({ ...column, cell: (order) => [column.cell(order)].flat() })),
  });
}

async function page(status, after, signal) {
  const query = new URLSearchParams({ limit: PAGE });
  if (status) query.set("status", status);
  if (after) query.set("after", after);
  return call(`v1/proofs?${query}`, { signal });
}

export async function view({ signal }) {
  let orders = [];
  let next = null;
  const list = el("div", {});
  const error = el("p", { class: "error", role: "alert" });
  const older = el("button", { type: "button", onclick: () => more() }, "Older proofs");
  const choice = el(
    "select",
    { id: "status", onchange: () => restart() },
    el("option", { value: "" }, "all"),
    Object.entries(STATUSES).map(([value, word]) => el("option", { value }, word)),
  );
  const take = (answer) => {
    orders = [...orders, ...answer.data];
    next = answer.next_after;
    list.replaceChildren(proofTable(orders, { caption: "Newest first", empty: "There are none." }));
    older.hidden = !answer.has_more;
  };
  const asked = async (after) => {
    error.textContent = "";
    try {
      take(await page(choice.value, after, signal));
    } catch (problem) {
      if (!signal.aborted) error.textContent = problemText(problem);
    }
  };
  const more = () => asked(next);
  const restart = () => {
    orders = [];
    return asked(null);
  };
  take(await page("", null, signal));
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, title),
    el("div", { class: "field inline" }, el("label", { for: "status" }, "Status"), choice),
    list,
    error,
    older,
  );
}
