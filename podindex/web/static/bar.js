// The player at the bottom of the search page.

import { button, element, icon } from "./dom.js";
import { speed, transport, trouble } from "./controls.js";
import { shortClock, spoken } from "./time.js";

export class Bar {
  constructor(player) {
    this.player = player;
    this.title = element("a", { class: "title" });
    this.facts = element("span", { class: "facts" });
    this.now = element("span", { class: "time" }, "0:00");
    this.end = element("span", { class: "time" }, "0:00");
    this.slider = element("input", { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": "Position", oninput: () => this.#slide(), onkeydown: (event) => this.#key(event) });
    this.title.addEventListener("click", () => (this.title.href = this.#address()));
    this.node = element(
      "section",
      { class: "bar", "aria-label": "Player", hidden: true },
      transport(player),
      element("div", { class: "what" }, this.title, this.facts, trouble(player)),
      element("div", { class: "where" }, this.now, this.slider, this.end),
      element("div", { class: "how" }, speed(player), button("Open in the transcript", icon("open"), () => this.open(), { class: "plain" })),
    );
    document.body.append(this.node);
    player.addEventListener("episode", () => this.#showEpisode());
    for (const name of ["position", "state"]) player.addEventListener(name, () => this.#showPosition());
    // Four times a second is as fine as a clock of seconds needs.
    setInterval(() => player.playing && this.#showPosition(), 250);
  }

  /** Leave for the page of the episode that plays, at the moment that plays. */
  open() {
    if (this.player.episode) location.href = this.#address();
  }

  #address() {
    return `/episodes/${this.player.episode.id}#t=${Math.floor(this.player.position * 10) / 10}`;
  }

  #showEpisode() {
    const { title, show } = this.player.episode;
    this.title.textContent = title;
    this.title.href = this.#address();
    this.facts.textContent = show;
    this.node.hidden = false;
    document.body.classList.add("with-bar");
    this.#showPosition();
  }

  #showPosition() {
    const { position, duration } = this.player;
    this.now.textContent = shortClock(position);
    this.end.textContent = shortClock(duration);
    this.slider.max = duration || position || 1; // a slider knows nothing beyond its end
    this.slider.value = position;
    this.slider.style.setProperty("--share", `${(100 * position) / (duration || 1)}%`);
    this.slider.setAttribute("aria-valuetext", `${spoken(position)} of ${spoken(duration)}`);
  }

  #slide() {
    this.player.seek(Number(this.slider.value));
  }

  #key(event) {
    const step = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -30, PageUp: 30 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.player.skip(step);
  }
}
