// Two small charts. Each stands above a table with the same figures, which is what to read.

import { el, svg } from "./dom.js";

const HEIGHT = 180;
const LEFT = 76;
const BOTTOM = 26;
const TOP = 10;

// Draws again when the width changes, so that text keeps its size.
function sized(label, draw) {
  const box = el("div", { class: "chart" });
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width || now === 0) return;
    width = now;
    const drawn = svg("svg", { width, height: HEIGHT, role: "img", "aria-label": label });
    drawn.append(...draw(width));
    box.replaceChildren(drawn);
  }).observe(box);
  return box;
}

function text(x, y, anchor, words) {
  return svg("text", { x, y, "text-anchor": anchor }, words);
}

function line(x1, y1, x2, y2, kind) {
  return svg("line", { x1, y1, x2, y2, class: kind });
}

// Pairs of bars: `days` are {name, first, second, title}.
export function pairedBars(label, days, unit) {
  return sized(label, (width) => {
    const floor = HEIGHT - BOTTOM;
    const most = Math.max(...days.map((day) => Math.max(day.first, day.second)), 1e-6);
    const step = Math.min(64, (width - LEFT) / days.length);
    const bar = Math.max(1, Math.min(18, step / 3));
    const high = (amount) => ((floor - TOP) * amount) / most;
    const drawn = [
      line(LEFT, floor, width, floor, "axis"),
      line(LEFT, TOP, width, TOP, "grid"),
      text(LEFT - 6, TOP + 5, "end", unit(most)),
      text(LEFT - 6, floor + 4, "end", unit(0)),
    ];
    const every = Math.ceil(48 / step);
    days.forEach((day, k) => {
      const middle = LEFT + step * (k + 0.5);
      const rect = (amount, x, kind) =>
        svg("rect", { x, y: floor - high(amount), width: bar, height: high(amount), class: kind });
      drawn.push(
        svg(
          "g",
          {},
          svg("title", {}, day.title),
          rect(day.first, middle - bar - 1, "first"),
          rect(day.second, middle + 1, "second"),
        ),
      );
      if (k % every === 0) drawn.push(text(middle, HEIGHT - 6, "middle", day.name));
    });
    return drawn;
  });
}

// Points with intervals against the diagonal: `points` are {x, y, low, high, title}, from 0 to 1.
export function calibrationPlot(label, points) {
  return sized(label, (available) => {
    const width = Math.min(available, 420);
    const floor = HEIGHT - BOTTOM;
    const across = (share) => LEFT + share * (width - LEFT - 12);
    const up = (share) => floor - share * (floor - TOP);
    return [
      line(across(0), up(0), across(1), up(0), "axis"),
      line(across(0), up(0), across(0), up(1), "axis"),
      line(across(0), up(0), across(1), up(1), "diagonal"),
      text(LEFT - 6, up(1) + 5, "end", "100 %"),
      text(LEFT - 6, up(0) + 4, "end", "0 %"),
      text(LEFT - 6, up(0.5) + 4, "end", "proved"),
      text(across(0), HEIGHT - 6, "start", "0 %"),
      text(across(0.5), HEIGHT - 6, "middle", "quoted"),
      text(across(1), HEIGHT - 6, "end", "100 %"),
      points.map((point) =>
        svg(
          "g",
          {},
          svg("title", {}, point.title),
          line(across(point.x), up(point.low), across(point.x), up(point.high), "interval"),
          svg("circle", { cx: across(point.x), cy: up(point.y), r: 4, class: "first" }),
        ),
      ),
    ].flat();
  });
}
