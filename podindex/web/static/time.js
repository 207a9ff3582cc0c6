// Times as people read, hear and type them. The server's timecode.py does the same.

/** 754.5 → "0:12:34" */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const pad = (number) => String(number).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
}

/** 754.5 → "12:34": without the hours where there are none. */
export function shortClock(seconds) {
  const text = clock(seconds);
  return text.startsWith("0:") ? text.slice(2).replace(/^0/, "") : text;
}

/** 754.5 → "12 minutes 34 seconds", for a screen reader. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ].filter(([count, unit]) => count || (unit === "second" && whole < 60));
  return parts.map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`).join(" ");
}

const SECONDS = /^(\d{1,9}(?:\.\d{1,9})?)\s*s?$/;
const CLOCK = /^(?:(\d{1,4}):)?(\d{1,6}):([0-5]?\d(?:\.\d{1,9})?)$/;
const LONGEST = 1000 * 3600; // longer than any episode

/** "754.5", "754s", "12:34", "1:02:03.5" → seconds; null for anything else. */
export function parseTime(text) {
  const [, plain] = SECONDS.exec(text.trim()) ?? [];
  const [, hours, minutes, seconds] = CLOCK.exec(text.trim()) ?? [null, 0, 0, plain];
  const total = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  return total <= LONGEST && !(hours && minutes > 59) ? total : null;
}

/** The moment an address names: `#t=754.5`, `#t=12:34,12:50` or `?t=754.5`; null where it names none. */
export function momentOf(url) {
  const text = new URLSearchParams(url.hash.slice(1)).get("t") ?? url.searchParams.get("t");
  if (text === null) return null;
  const [from, to] = text.split(",", 2).map((part) => parseTime(part));
  return from === null ? null : { from, to: to > from ? to : null };
}

// Made once: it takes a millisecond.
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** "2026-11-01T00:00:00Z" → "1 November 2026", as the server writes it: with four digits for the year. */
export const day = (instant) => DAY.format(new Date(instant)).replace(/\d+$/, (year) => year.padStart(4, "0"));
