// Numbers and times as people read them. Amounts come as decimal text and stay text.

// "0.050000" as "$0.05", "-0.000120" as "−$0.00012": no digit is lost.
export function usd(amount) {
  if (amount === null || amount === undefined) return "–";
  const [whole, parts] = amount.replace("-", "").split(".");
  const short = parts.replace(/0+$/, "").padEnd(2, "0");
  return `${amount.startsWith("-") ? "−" : ""}$${whole}.${short}`;
}

// The same with all six decimals, for columns.
export function usdColumn(amount) {
  if (amount === null || amount === undefined) return "–";
  return amount.startsWith("-") ? `−$${amount.slice(1)}` : `$${amount}`;
}

export function percent(share, digits = 0) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(digits)} %`;
}

export function count(number, word, words = `${word}s`) {
  return `${number} ${number === 1 ? word : words}`;
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export function moment(time) {
  return time ? MOMENT.format(new Date(time)) : "–";
}

export function clock(time) {
  return time ? CLOCK.format(new Date(time)) : "–";
}

// The time between two moments, such as "1.4 s".
export function between(start, end) {
  if (!start || !end) return "–";
  const seconds = (new Date(end) - new Date(start)) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
