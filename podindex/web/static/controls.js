// Buttons for the sound, the same wherever there is some. They show what the player says, and ask it for the rest.

import { button, element, icon } from "./dom.js";
import { RATES } from "./player.js";

/** Back, play and forward. */
export function transport(player) {
  const play = button("Play", icon("play"), () => player.toggle(), { class: "play" });
  player.addEventListener("state", () => {
    const label = player.playing ? "Pause" : "Play";
    play.replaceChildren(icon(player.playing ? "pause" : "play"));
    play.setAttribute("aria-label", label);
    play.title = label;
    play.toggleAttribute("data-loading", player.loading);
  });
  return element(
    "div",
    { class: "transport" },
    button("Back 10 seconds", "−10", () => player.skip(-10), { class: "skip-by" }),
    play,
    button("Forward 30 seconds", "+30", () => player.skip(30), { class: "skip-by" }),
  );
}

export function speed(player) {
  const label = (rate) => `${rate}×`;
  const select = element("select", { "aria-label": "Speed", class: "speed", onchange: () => (player.rate = Number(select.value)) });
  const show = () => {
    const rates = RATES.includes(player.rate) ? RATES : [...RATES, player.rate].sort((a, b) => a - b);
    select.replaceChildren(...rates.map((rate) => element("option", { value: rate }, label(rate))));
    select.value = player.rate;
  };
  player.addEventListener("rate", show);
  show();
  return select;
}

export function sleepTimer(player) {
  const choices = [["", "Sleep"], ["5", "5 min"], ["15", "15 min"], ["30", "30 min"], ["60", "60 min"]];
  const select = element(
    "select",
    { "aria-label": "Sleep timer", class: "sleep", onchange: () => (player.sleep = select.value ? Number(select.value) : null) },
    choices.map(([value, label]) => element("option", { value }, label)),
  );
  player.addEventListener("rate", () => {
    if (player.sleepLeft === null) select.value = "";
  });
  return select;
}

/** Why nothing is heard, where that is so; empty where all is well. */
export function trouble(player) {
  const text = element("p", { class: "trouble", role: "alert" });
  player.addEventListener("state", () => {
    text.textContent = {
      network: "The sound broke off. Press play to try again.",
      source: "The sound cannot be played here: its file is gone or of a kind this browser does not know.",
    }[player.error] ?? "";
  });
  return text;
}
