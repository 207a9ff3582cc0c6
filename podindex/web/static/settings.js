// What the listener chose and where they stopped, kept by this browser. A browser that keeps nothing is fine.

const PREFIX = "podindex.";
// Positions of this many episodes are kept, the latest.
const MAX_POSITIONS = 500;
const HANDED_OVER_MS = 10_000;

export function load(name, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

export function save(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // full, or forbidden
  }
}

export const loadPosition = (episodeId) => load("positions", {})[episodeId] ?? 0;

export function savePosition(episodeId, seconds) {
  const { [episodeId]: _, ...others } = load("positions", {});
  const kept = Object.entries(others).slice(-MAX_POSITIONS);
  save("positions", { ...Object.fromEntries(kept), ...(seconds > 0 ? { [episodeId]: Math.round(seconds * 10) / 10 } : {}) });
}

/** Leave word for the page that this tab opens next: an episode plays, and where. */
export function handOver(episodeId, seconds) {
  try {
    sessionStorage.setItem(`${PREFIX}playing`, JSON.stringify({ episodeId, seconds, at: Date.now() }));
  } catch {
    // full, or forbidden
  }
}

/** Where the episode was playing when its page was opened; null where it was not. Not asked twice, nor after a reload. */
export function takeOver(episodeId) {
  try {
    const word = JSON.parse(sessionStorage.getItem(`${PREFIX}playing`));
    sessionStorage.removeItem(`${PREFIX}playing`);
    const isOpened = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    return isOpened && word?.episodeId === episodeId && Date.now() - word.at < HANDED_OVER_MS ? word.seconds : null;
  } catch {
    return null;
  }
}
