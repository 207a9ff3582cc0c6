// Buttons for the sound, the same wherever there is some. They show what the player says, and ask it for the rest.

import { button, element, icon, mayTell } from "./dom.js";
import { RATES } from "./player.js";
import { spoken } from "./time.js";

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
  return element("div", { class: "transport" }, skip(player, -10), play, skip(player, 30));
}

/** Where the sound is, to see and to move. */
export function slider(player) {
  const slide = element("input", { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": "Position", oninput: () => player.seek(Number(slide.value)) });
  slide.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -30, PageUp: 30 }[event.key];
    if (!step) return;
    event.preventDefault();
    player.skip(step);
  });
  const show = (event) => {
    const { position, duration } = player;
    slide.max = duration || position || 1; // a slider knows nothing beyond its end
    slide.value = position;
    slide.style.setProperty("--share", `${(100 * position) / (duration || 1)}%`);
    if (mayTell(slide, event)) slide.setAttribute("aria-valuetext", duration ? `${spoken(position)} of ${spoken(duration)}` : spoken(position));
  };
  for (const name of ["episode", "position", "state"]) player.addEventListener(name, show);
  // Four times a second is as fine as a clock of seconds needs.
  setInterval(() => player.playing && show(), 250);
  show();
  return slide;
}

function skip(player, seconds) {
  const [label, shape] = seconds < 0 ? ["Back", "back"] : ["Forward", "forward"];
  const number = element("span", { "aria-hidden": "true" }, Math.abs(seconds));
  return button(`${label} ${Math.abs(seconds)} seconds`, [icon(shape), number], () => player.skip(seconds), { class: "skip-by" });
}

/** A choice that looks like its value: `shown` lies over an invisible select, which does the work. */
function pick(name, shown, select) {
  return element("label", { class: "pick", title: name }, element("span", { "aria-hidden": "true" }, shown), select);
}

export function speed(player) {
  const label = (rate) => `${rate}×`;
  const shown = element("span");
  const select = element("select", { "aria-label": "Speed", onchange: () => (player.rate = Number(select.value)) });
  const show = () => {
    const rates = RATES.includes(player.rate) ? RATES : [...RATES, player.rate].sort((a, b) => a - b);
    select.replaceChildren(...rates.map((rate) => element("option", { value: rate }, label(rate))));
    select.value = player.rate;
    shown.textContent = label(player.rate);
  };
  player.addEventListener("rate", show);
  show();
  return pick("Speed", shown, select);
}

const short = (seconds) => (seconds < 60 ? `${Math.ceil(seconds)}\u202fs` : `${Math.ceil(seconds / 60)}\u202fmin`);

const SLEEP_MINUTES = [5, 15, 30, 45, 60];

/** Pause later: in some minutes, or where the chapter that plays or the episode ends. */
export function sleepTimer(player, chapters) {
  const left = element("span", { class: "time" });
  const ends = [chapters.length ? ["chapter", "End of the chapter"] : null, ["episode", "End of the episode"]];
  const choices = [["", "Off"], ...SLEEP_MINUTES.map((minutes) => [minutes, `${minutes} minutes`]), ...ends.filter(Boolean)];
  const choose = () => {
    if (select.value === "chapter") player.sleepAt(chapters.find((start) => start > player.position + 0.5) ?? Infinity);
    else if (select.value === "episode") player.sleepAt(Infinity);
    else player.sleepIn(select.value ? Number(select.value) : null);
  };
  const select = element(
    "select",
    { "aria-label": "Sleep timer", onchange: choose },
    choices.map(([value, label]) => element("option", { value }, label)),
  );
  const show = () => {
    const seconds = player.sleepLeft;
    if (seconds === null) select.value = "";
    left.textContent = seconds === null ? "" : short(seconds);
  };
  player.addEventListener("sleep", show);
  setInterval(() => player.sleepLeft !== null && show(), 1_000);
  return pick("Sleep timer", [icon("sleep"), left], select);
}

/** Why nothing is heard, where that is so; empty where all is well. */
export function trouble(player) {
  const text = element("p", { class: "trouble", role: "alert" });
  let shown = null;
  const reload = button("Reload the page", "Reload the page", () => location.reload(), { class: "link" });
  player.addEventListener("state", () => {
    if (player.error === shown) return; // what is written again would be an alert again
    shown = player.error;
    const said = {
      network: "The server does not answer. The sound goes on when it does.",
      locked: "The server was restarted. Open the address that `podindex serve` printed.",
      broken: "The sound stopped: the file is damaged here, or this device has no sound output.",
      source: "The sound cannot be played here: its file is gone, or in a format that this browser does not know.",
      replaced: "The sound has been replaced by another file. ",
    }[player.error] ?? "";
    text.replaceChildren(said, player.error === "replaced" ? reload : "");
  });
  return text;
}
