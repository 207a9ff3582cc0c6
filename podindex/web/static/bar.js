// The player at the bottom of the search page.

import { withQuery } from "./api.js";
import { button, element, icon, keepInSight } from "./dom.js";
import { slider, speed, transport, trouble } from "./controls.js";
import { shortClock } from "./time.js";

export class Bar {
  constructor(player) {
    this.player = player;
    this.query = ""; // what was searched for when it began to play
    this.title = element("a", { class: "title", dir: "auto" });
    this.facts = element("span", { class: "facts", dir: "auto" });
    this.now = element("span", { class: "time" }, "0:00");
    this.end = element("span", { class: "time" }, "0:00");
    // As soon as it is pressed: a new tab, or the address for a copy, is had without a click.
    for (const name of ["pointerdown", "click"]) this.title.addEventListener(name, () => (this.title.href = this.#address()));
    this.node = element(
      "section",
      { class: "bar", "aria-label": "Player", hidden: true },
      transport(player),
      element("div", { class: "what" }, this.title, this.facts, trouble(player)),
      element("div", { class: "where" }, this.now, slider(player), this.end),
      element("div", { class: "how" }, speed(player), button("Open in the transcript", icon("open"), () => this.open(), { class: "plain" })),
    );
    document.body.append(this.node);
    keepInSight(this.node, "scrollPaddingBottom");
    player.addEventListener("episode", () => this.#showEpisode());
    for (const name of ["position", "state"]) player.addEventListener(name, () => this.#showPosition());
    setInterval(() => player.playing && this.#showPosition(), 250);
  }

  /** Leave for the page of the episode that plays, at the moment that plays. */
  open() {
    if (!this.player.episode) return;
    this.player.handOver();
    location.href = this.#address();
  }

  #address() {
    return withQuery(`/episodes/${this.player.episode.id}#t=${Math.floor(this.player.position * 10) / 10}`, this.query);
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
    this.end.textContent = duration ? shortClock(duration) : "–"; // not known before it is loaded, or where it cannot be
  }
}
