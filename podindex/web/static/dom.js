// Building elements. Text is always text: nothing here, or anywhere, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  play: "M8 5.5v13l11-6.5z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  open: "M5 12h13M13 6.5 18.5 12 13 17.5",
  previous: "M6 15l6-6 6 6",
  next: "M6 9l6 6 6-6",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  back: "M12 5a8 8 0 1 1-8 8M12 5H9.5M12 2 9 5l3 3",
  forward: "M12 5a8 8 0 1 0 8 8M12 5h2.5M12 2l3 3-3 3",
  sleep: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
};
const FILLED = new Set(["play", "pause"]);

/** Make an element; `properties` may hold attributes, `class`, `on…` handlers and properties of the element. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Make one of our few icons; what it means is said by the button around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", FILLED.has(name) ? "icon filled" : "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Make a button with a name for screen readers and a tooltip. */
export function button(label, content, onclick, properties = {}) {
  return element("button", { type: "button", "aria-label": label, title: label, onclick, ...properties }, content);
}

const CALM_MS = 800;

/** A live region for screen readers, and how to say something in it: once nothing newer comes, not at every key. */
export function announcer() {
  const node = element("p", { class: "hidden", role: "status" });
  let timer = 0;
  const announce = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (node.textContent = text), CALM_MS);
  };
  return { node, announce };
}

/** Whether a slider may tell where the sound is: with the focus only of jumps, or a screen reader would read every second out, over the sound. */
export const mayTell = (slider, jumped) => jumped || document.activeElement !== slider;

/** A handler that a button has for what takes a while: meanwhile nothing more, but `disabled` would take the focus away. */
export function oneAtATime(work) {
  return async ({ currentTarget }) => {
    if (currentTarget.ariaDisabled) return;
    currentTarget.ariaDisabled = "true";
    await work().finally(() => (currentTarget.ariaDisabled = null));
  };
}

/** Mark the ranges of a text that matched. */
export function marked(text, spans) {
  const pieces = [];
  let position = 0;
  // Python counts characters, JavaScript 16-bit units: beyond the basic plane they differ.
  const characters = /[\ud800-\udbff]/.test(text) ? Array.from(text) : null;
  const slice = (start, end) => (characters ? characters.slice(start, end).join("") : text.slice(start, end));
  for (const [start, end] of spans) {
    pieces.push(slice(position, start), element("mark", {}, slice(start, end)));
    position = end;
  }
  pieces.push(slice(position));
  return pieces;
}

/** Keep what gets the focus from being hidden by something that is stuck to the top or the bottom of the window. */
export function keepInSight(stuck, padding) {
  new ResizeObserver(() => (document.documentElement.style[padding] = `${stuck.offsetHeight + 8}px`)).observe(stuck);
}

/** Do something whenever the browser is about to draw. */
export function onFrames(work) {
  const frame = () => {
    work();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** A number as the server writes it, `12,345`, whatever the browser's language: the pages are English. */
export const grouped = (number) => number.toLocaleString("en");
