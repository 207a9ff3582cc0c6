// Buttons that put a text into the clipboard, and say so.

import { button, element } from "./dom.js";

const SAID_FOR_MS = 1_500;

/** `content()` is what to copy; the button is called `name` and shows `label`. */
export function copyButton(name, label, content) {
  const said = element("span", { class: "hidden", role: "status" });
  let timer = 0;
  const node = button(name, label, async () => {
    const text = content();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed without https on another machine: show it, so that it can be copied by hand.
      prompt("Copy this:", text);
      return;
    }
    node.textContent = said.textContent = "Copied";
    clearTimeout(timer);
    timer = setTimeout(() => {
      node.textContent = label;
      said.textContent = "";
    }, SAID_FOR_MS);
  });
  return [node, said];
}
