// The list of hits, grouped by episode as the server ordered them.

import * as api from "./api.js";
import { element, grouped, icon, marked, oneAtATime } from "./dom.js";
import { clock, day } from "./time.js";
import { drawWave, watchShape } from "./wave.js";

/** Show hits. `onplay(hit, query)` is asked to play one; "grown" is said where more of them are shown later. */
export function showResults(container, hits, query, onplay) {
  const groups = groupByEpisode(hits).map((hits) => new Group(hits, query, onplay));
  container.replaceChildren(...groups.map((group) => group.node));
  return groups;
}

function groupByEpisode(hits) {
  const groups = new Map();
  for (const hit of hits) groups.set(hit.episode_id, [...(groups.get(hit.episode_id) ?? []), hit]);
  return [...groups.values()];
}

const leftOver = (count) => `${grouped(count)} more in this episode`;

class Group {
  #pairs = null;
  #duration = 0;
  #language = null; // of what is said, once it is known
  #marks;
  #inOrder = 0; // so many hits are listed in the order of time, from the first on; before that, the best

  constructor(hits, query, onplay) {
    const [first] = hits;
    this.id = first.episode_id;
    this.hits = hits;
    this.query = query;
    this.onplay = onplay;
    this.played = 0;
    this.#marks = hits.map((hit) => hit.start_ms / 1000);
    this.canvas = element("canvas", { class: "wave", "aria-hidden": "true", onclick: (event) => this.#playAt(event) });
    this.list = element("ol", { class: "hits" }, hits.map((hit) => this.#item(hit)));
    this.more = first.more_in_episode
      ? element("button", { type: "button", class: "more plain", onclick: oneAtATime(() => this.#showMore()) }, leftOver(first.more_in_episode))
      : null;
    const facts = [element("bdi", {}, first.show), first.published && ` · ${day(first.published)}`];
    const title = element("h2", { dir: "auto" }, element("a", { href: `/episodes/${this.id}` }, first.title));
    this.node = element("article", { class: "group" }, element("header", {}, title, element("p", { class: "facts" }, facts)), this.canvas, this.list, this.more);
    watchShape(this.canvas, () => this.draw());
  }

  /** Fetch what the small waveform needs; before that the hits can be read and played. */
  async complete(signal) {
    const [details, moments] = await Promise.all([
      api.episode(this.id, signal),
      this.more ? api.moments(this.query, this.id, signal) : [],
    ]);
    if (moments.length) this.#marks = moments;
    this.#language = details.language;
    if (details.language) for (const text of this.node.querySelectorAll("h2 a, .text")) text.lang = details.language;
    this.#duration = (details.duration_ms ?? 0) / 1000;
    this.draw();
    if (!details.audio_url) return;
    ({ pairs: this.#pairs, duration: this.#duration } = await api.peaks(this.id, "overview", signal));
    this.draw();
  }

  draw() {
    if (!this.#duration) return;
    const marks = this.#marks.map((seconds) => seconds / this.#duration);
    drawWave(this.canvas, this.#pairs, { played: this.played / this.#duration, marks });
  }

  #playAt(event) {
    if (!this.#duration) return;
    const seconds = (event.offsetX / this.canvas.clientWidth) * this.#duration;
    // A click near a mark means the mark.
    const near = this.#duration * (6 / this.canvas.clientWidth);
    const mark = this.#marks.find((start) => Math.abs(start - seconds) < near);
    const { title, show } = this.hits[0];
    this.onplay({ episode_id: this.id, title, show, jump_ms: mark === undefined ? seconds * 1000 : Math.max(0, mark * 1000 - 500) }, this.query);
  }

  /** List all hits, or as many of them as are given at once. */
  async #showMore() {
    try {
      const { hits, total } = await api.searchEpisode(this.query, this.id, this.#inOrder);
      const items = hits.map((hit) => this.#item(hit));
      if (!this.#inOrder) this.list.replaceChildren();
      this.list.append(...items);
      this.#inOrder += hits.length;
      this.more.textContent = leftOver(total - this.#inOrder);
      if (!hits.length || this.#inOrder >= total) this.more.remove();
      items[0]?.querySelector("a").focus();
      this.node.dispatchEvent(new Event("grown", { bubbles: true }));
    } catch (error) {
      this.more.textContent = error.message;
    }
  }

  #item(hit) {
    const href = api.withQuery(hit.url, this.query.get("q"));
    const link = element(
      "a",
      { href, class: "hit", onclick: (event) => this.#clicked(event, hit) },
      element("span", { class: "time" }, clock(hit.start_ms / 1000)),
      element("span", { class: "text", dir: "auto", lang: this.#language }, hit.speaker ? [element("bdi", {}, element("b", {}, hit.speaker)), " "] : null, marked(hit.text, hit.spans)),
      hit.match === "similar" ? element("span", { class: "similar" }, "similar") : null,
    );
    link.hit = hit;
    const open = element("a", { href, class: "open", tabindex: "-1", "aria-label": `Open at ${clock(hit.start_ms / 1000)}`, title: "Open in the transcript (o)" }, icon("open"));
    return element("li", {}, link, open);
  }

  #clicked(event, hit) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.onplay(hit, this.query);
  }
}
