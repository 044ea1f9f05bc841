// Numbers for people, and elements made of text alone: nothing of a trace is ever read as markup.

/** A duration with three digits and a unit, as the command prints it. */
function duration(ns) {
  if (ns === UNKNOWN) return "";
  if (ns < 0.5) return "0";
  if (ns < 1000) return `${Math.round(ns)} ns`;
  if (ns >= 60e9) {
    const seconds = Math.round(ns / 1e9);
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 600) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    const tenths = Math.floor((minutes + 3) / 6);
    return tenths < 1000 ? `${(tenths / 10).toFixed(1)} h` : `${Math.floor((minutes + 30) / 60)} h`;
  }
  for (const [unit, size] of [["us", 1e3], ["ms", 1e6], ["s", 1e9]]) {
    const text = (ns / size).toPrecision(3);
    if (Number(text) < 1000) return `${text} ${unit}`;
  }
  return `${(ns / 1e9).toPrecision(3)} s`;
}

/** The nanoseconds that somebody typed, `10 ms`; NaN if that is no duration. */
function parseDuration(text) {
  const match = /^\s*([\d.]+)\s*(ns|us|µs|ms|s|min)?\s*$/.exec(text);
  if (!match) return NaN;
  return Number(match[1]) * { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, min: 60e9 }[match[2] ?? "ms"];
}

const count = (number) => number.toLocaleString("en");
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** Numbers as ranges, `1-3, 7`. */
function ranges(numbers) {
  const found = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = found[found.length - 1];
    if (last && last[1] + 1 >= number) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

/** What would reorder, hide or break a line of text is shown as an escape, as on a terminal. */
const HIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;
const LONGEST = 2000;
function visible(text) {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) + "..." : text;
  return cut.replace(HIDDEN_CHARACTERS, (each) => `\\u{${each.codePointAt(0).toString(16).toUpperCase()}}`);
}

/** An element with text in it. */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const at = (id) => document.getElementById(id);
