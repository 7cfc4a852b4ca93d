// Figures of the last days, with a choice of how many.

import { call } from "./api.js";
import { el } from "./dom.js";
import { problemText } from "./problem_view.js";

const DAYS = [1, 7, 30, 90, 365];

// Returns the choice and what `draw` makes of the answer at `path`; it is asked again on a change.
export async function byDays(path, draw, { signal, days = 30 }) {
  const shown = el("div", { "aria-live": "polite" });
  const load = async (wanted) => shown.replaceChildren(draw(await call(`${path}?days=${wanted}`, { signal })));
  const onchange = async () => {
    try {
      await load(choice.value);
    } catch (problem) {
      if (!signal.aborted) shown.replaceChildren(el("p", { class: "error" }, problemText(problem)));
    }
  };
  const choice = el(
    "select",
    { id: "days", onchange },
    DAYS.map((day) =>
      el("option", { value: day, selected: day === days }, day === 1 ? "today" : `the last ${day} days`),
    ),
  );
  await load(days);
  return [el("div", { class: "field inline" }, el("label", { for: "days" }, "Figures of"), choice), shown];
}
