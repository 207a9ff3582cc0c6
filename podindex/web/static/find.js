// Searching inside an episode.

import * as api from "./api.js";
import { announcer, button, element, grouped, icon } from "./dom.js";

export class Find {
  #hits = [];
  #total = 0; // more than there are hits here, where the server does not give so many at once
  #chosen = -1;
  #asked = 0;
  #found = Promise.resolve();
  #told = announcer();

  /** `onfound(hits)` is told all hits; `onchoose(hit)` is asked to go to one. */
  constructor(episodeId, transcript, onfound, onchoose) {
    this.episodeId = episodeId;
    this.transcript = transcript;
    this.onfound = onfound;
    this.onchoose = onchoose;
    this.box = element("input", { type: "search", placeholder: "Search in this episode", "aria-label": "Search in this episode", autocomplete: "off", spellcheck: "false", maxlength: 1000, oninput: () => (this.#found = this.#search()) });
    this.count = element("span", { class: "count soft" });
    this.node = element(
      "form",
      { class: "find", role: "search", onsubmit: (event) => { event.preventDefault(); this.#found.then(() => this.go(1)); } },
      this.box,
      this.count,
      this.#told.node,
      button("Hit before", icon("previous"), () => this.go(-1), { class: "plain" }),
      button("Next hit", icon("next"), () => this.go(1), { class: "plain" }),
    );
  }

  /** Search for something from outside, such as the address; the hit that it leads to is the chosen one. */
  async search(text, seconds) {
    this.box.value = text;
    await this.#search();
    this.#choose(this.#hits.findIndex(({ jump_ms }) => Math.abs(jump_ms - seconds * 1000) < 1));
  }

  /** Mark what was found where it stands, which nobody knew before the words were there. */
  markAgain() {
    this.transcript.setFound(this.#hits, this.#chosen);
  }

  go(direction) {
    if (!this.#hits.length) return;
    const from = this.#chosen < 0 && direction < 0 ? 0 : this.#chosen; // before the first comes the last
    this.#choose((from + direction + this.#hits.length) % this.#hits.length);
    this.onchoose(this.#hits[this.#chosen]);
  }

  #choose(number) {
    if (number < 0) return;
    this.#chosen = number;
    this.transcript.setFound(this.#hits, number);
    this.#say();
  }

  async #search() {
    const asked = ++this.#asked;
    const text = this.box.value.trim();
    let hits = [];
    let total = 0;
    let problem = "";
    if (text) {
      try {
        ({ hits, total } = await api.searchEpisode({ q: text }, this.episodeId));
      } catch (error) {
        problem = error.message;
        if (error.code === "no-server") api.whenBack().then(() => asked === this.#asked && this.#search());
      }
    }
    if (asked !== this.#asked) return;
    this.#hits = hits;
    this.#total = total;
    this.#chosen = -1;
    this.transcript.setFound(hits);
    this.onfound(hits.map((hit) => hit.start_ms / 1000));
    this.#say(problem);
  }

  #say(problem = "") {
    const [chosen, here, all] = [this.#chosen + 1, this.#hits.length, this.#total].map(grouped);
    if (problem || !this.box.value.trim()) this.count.textContent = problem;
    else if (!this.#hits.length) this.count.textContent = "no hits";
    else if (this.#chosen >= 0) this.count.textContent = here === all ? `${chosen} of ${here}` : `${chosen} of ${here} (of ${all})`;
    else this.count.textContent = `${here === all ? all : `${here} of ${all}`} ${this.#total === 1 ? "hit" : "hits"}`;
    // Whoever cannot see which words are marked is told what they are.
    this.#told.announce([this.count.textContent, this.#hits[this.#chosen]?.text].filter(Boolean).join(": "));
  }
}
