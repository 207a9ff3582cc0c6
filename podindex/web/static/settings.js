// What the listener chose and where they stopped, kept by this browser. A browser that keeps nothing is fine.

const PREFIX = "podindex.";
// Positions of this many episodes are kept, the latest.
const MAX_POSITIONS = 500;

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
