// Tables. On a phone each row becomes a block with its headings, so the roles are written out:
// browsers drop them from tables that are not displayed as such.

import { el } from "./dom.js";

// `columns` are {heading, cell, number, nowrap}: `cell` returns what stands there for a row, `number`
// aligns to the right, `nowrap` keeps it on one line. `rowAttributes` gives more attributes of a row.
export function table({ caption, columns, rows, empty, foot = [], rowAttributes = () => ({}) }) {
  if (rows.length === 0) return el("p", { class: "empty" }, empty);
  const kind = ({ number, nowrap }) => (number ? "number" : nowrap ? "nowrap" : null);
  const heading = (column) =>
    el("th", { scope: "col", role: "columnheader", class: kind(column) }, column.heading);
  const cell = (column, row) =>
    el(
      "td",
      { role: "cell", "data-heading": column.heading, class: kind(column) },
      el("div", { class: "value" }, column.cell(row)),
    );
  const line = (row, more) => el("tr", { role: "row", ...more }, columns.map((column) => cell(column, row)));
  return el(
    "table",
    { role: "table" },
    el("caption", {}, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, columns.map(heading))),
    el("tbody", { role: "rowgroup" }, rows.map((row) => line(row, rowAttributes(row)))),
    foot.length ? el("tfoot", { role: "rowgroup" }, foot.map((row) => line(row, {}))) : null,
  );
}

export function badge(status, word) {
  return el("span", { class: `badge ${status}` }, word);
}
