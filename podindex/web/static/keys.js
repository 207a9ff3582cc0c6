// Single keys, for those who want them (WCAG 2.1.4: they can be turned off). Never while somebody types.

import { button, element, icon } from "./dom.js";
import { load, save } from "./settings.js";

const TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";

/** Keys that every page with a player has. */
export const playerKeys = (player) => ({
  " ": ["Play or pause", ({ repeat }) => repeat || player.toggle()],
  k: ["Play or pause", ({ repeat }) => repeat || player.toggle()],
  j: ["Back 10 seconds", () => player.skip(-10)],
  l: ["Forward 10 seconds", () => player.skip(10)],
  ArrowLeft: ["Back 5 seconds", () => player.skip(-5)],
  ArrowRight: ["Forward 5 seconds", () => player.skip(5)],
  "<": ["Slower", () => player.step(-1)],
  ">": ["Faster", () => player.step(1)],
  ...Object.fromEntries(
    [...Array(10).keys()].map((tenth) => [String(tenth), ["To a tenth of the episode", () => player.seek((player.duration * tenth) / 10)]]),
  ),
});

/** Listen to keys: `{ key: [what it does, handler] }`. `?` lists them; Escape is never switched off. */
export function listen(keys) {
  const all = { ...keys, "?": ["This list", () => showList(all)] };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    if (!load("keys", true)) return;
    // What has the focus keeps the keys that are its own.
    if (event.key === " " && event.target.closest?.("button, summary, a, input")) return;
    if (event.key.startsWith("Arrow") && event.target.closest?.("[role=slider], input, select")) return;
    const key = event.getModifierState("CapsLock") ? event.key.toLowerCase() : event.key;
    const handler = (all[event.key] ?? all[key])?.[1];
    if (!handler) return;
    event.preventDefault();
    handler(event);
  });
  document.querySelector("header.site nav")?.append(
    button("Keyboard shortcuts", "?", () => showList(all), { class: "plain help" }),
  );
}

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "Enter" };

function showList(keys) {
  const byMeaning = Map.groupBy
    ? Map.groupBy(Object.keys(keys), (key) => keys[key][0])
    : Object.keys(keys).reduce((map, key) => map.set(keys[key][0], [...(map.get(keys[key][0]) ?? []), key]), new Map());
  const digitsLast = [...byMeaning].sort(([, [a]], [, [b]]) => /\d/.test(a) - /\d/.test(b));
  const rows = digitsLast.map(([meaning, names]) => {
    const shown = names.length > 5 ? [`${names[0]} … ${names.at(-1)}`] : names.map((name) => NAMES[name] ?? name);
    return [element("dt", {}, shown.map((name) => element("kbd", {}, name))), element("dd", {}, meaning)];
  });
  const toggle = element("input", { type: "checkbox", checked: load("keys", true), onchange: () => save("keys", toggle.checked) });
  const dialog = element(
    "dialog",
    { class: "keys", "aria-label": "Keyboard shortcuts", onclose: () => dialog.remove() },
    button("Close", icon("close"), () => dialog.close(), { class: "plain close" }),
    element("h2", {}, "Keyboard shortcuts"),
    element("label", {}, toggle, " Single-key shortcuts"),
    element("dl", {}, rows),
  );
  document.body.append(dialog);
  dialog.showModal();
}
