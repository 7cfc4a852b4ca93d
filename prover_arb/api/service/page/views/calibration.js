// Whether quotes can be believed: what was quoted against what was proved.

import { call } from "../api.js";
import { calibrationPlot } from "../chart.js";
import { el } from "../dom.js";
import { count, percent } from "../format.js";
import { table } from "../table.js";

export const title = "Quotes";

const range = (bin) => `${Math.round(100 * bin.low)}–${percent(bin.high)}`;
const interval = (bin) => `${percent(bin.interval[0])} to ${percent(bin.interval[1])}`;

export async function view({ signal }) {
  const calibration = await call("v1/quotes/calibration", { signal });
  const known = calibration.bins.filter((bin) => bin.count > 0);
  const points = known.map((bin) => ({
    x: bin.quoted,
    y: bin.proved_share,
    low: bin.interval[0],
    high: bin.interval[1],
    title: `${percent(bin.quoted)} quoted, ${percent(bin.proved_share)} proved (${interval(bin)})`,
  }));
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, title),
    el(
      "p",
      { class: "lead" },
      "A quote says how likely a proof is. Of those quoted at 70 %, about 70 % should be proved.",
    ),
    points.length
      ? el("figure", {}, calibrationPlot("Quoted and proved share; the table below has the figures", points))
      : null,
    table({
      caption: `${count(calibration.count, "quote that was ordered", "quotes that were ordered")} and settled, of all customers`,
      empty: "No quote was ordered and settled yet. Choose “Only a proof” when you buy one.",
      rows: known,
      columns: [
        { heading: "Quoted chance", cell: range },
        { heading: "Orders", number: true, cell: (bin) => String(bin.count) },
        { heading: "Proved", number: true, cell: (bin) => String(bin.proved) },
        { heading: "Mean quoted", number: true, cell: (bin) => percent(bin.quoted) },
        { heading: "Proved share", number: true, cell: (bin) => percent(bin.proved_share) },
        { heading: "95 % interval", number: true, cell: interval },
      ],
    }),
  );
}
