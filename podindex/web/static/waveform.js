// The big waveform of an episode: wavesurfer.js draws it; marks, ruler, hover, pointer and keyboard are ours.

import { element, mayTell, onFrames } from "./dom.js";
import { clock, shortClock, spoken } from "./time.js";
import { SPARSE_PX } from "./wave.js";
import WaveSurfer from "./vendor/wavesurfer/wavesurfer.esm.js";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const LABEL_PX = 90;
const RULER_PX = 20;
const PIN_PX = 8;

// Goes into wavesurfer's shadow tree, where the page's style sheet does not reach.
const STYLE = `
  :host .wrapper { cursor: pointer; display: flow-root; }
  :host .canvases { min-height: 0; }
  .canvases, .progress { margin-top: ${PIN_PX}px; }
  :host .cursor { height: calc(100% - ${RULER_PX}px); }
  .scroll { scrollbar-width: none; }
  .over { position: absolute; inset: 0; z-index: 4; pointer-events: none; }
  .over > * { position: absolute; }
  .hit { top: 0; bottom: ${RULER_PX}px; width: 2px; margin-left: -1px; background: var(--tick); }
  .hit::before { content: ""; position: absolute; top: 0; left: -2px; width: 6px; height: 6px; border-radius: 50%; background: inherit; }
  .many .hit { bottom: auto; width: 1px; height: ${PIN_PX - 1}px; opacity: 0.6; }
  .many .hit::before { content: none; }
  .chapter { bottom: ${RULER_PX - 6}px; height: 3px; border-right: 2px solid var(--paper); background: var(--wave); }
  .chapter.now { background: var(--accent); }
  .label { bottom: 0; transform: translateX(-50%); font: 10px/1 var(--ui); color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
  .under { top: ${PIN_PX}px; bottom: ${RULER_PX}px; width: 1px; background: var(--ink); opacity: 0.45; }
`;

const colours = (node) => {
  const style = getComputedStyle(node);
  const colour = (name) => style.getPropertyValue(name).trim();
  return { waveColor: colour("--wave"), progressColor: colour("--played"), cursorColor: colour("--accent") };
};

export class Waveform {
  #surfer;
  #player;
  #duration;
  #chapters;
  #factor = 1;
  #hits = element("div", { class: "over" });
  #ruler = element("div", { class: "over" });
  #under = element("div", { class: "under", hidden: true });

  /**
   * @param node where it goes; becomes a slider
   * @param player the owner of the sound
   * @param peaks what api.peaks returned
   * @param chapters [{ seconds, title }]
   * @param wordsAt what is said at a moment, for the hover
   */
  constructor(node, player, peaks, chapters, wordsAt) {
    this.node = node;
    this.#player = player;
    this.#duration = peaks.duration;
    this.#chapters = chapters.map((chapter, number) => this.#chapter(chapter, chapters[number + 1]?.seconds));
    this.frame = element("div", { class: "wave-frame" });
    this.tip = element("div", { class: "tip", hidden: true });
    node.append(this.frame, this.tip);
    this.#surfer = WaveSurfer.create({
      container: this.frame,
      media: new Audio(), // plays nothing: with ours, wavesurfer would move the cursor at every frame
      peaks: [Float32Array.from(peaks.pairs, (value) => value / 128)],
      duration: peaks.duration,
      height: this.#waveHeight,
      normalize: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 2,
      interact: false,
      cspNonce: document.querySelector("meta[name=style-nonce]").content,
      ...colours(node),
    });
    const wrapper = this.#surfer.getWrapper();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    wrapper.getRootNode().adoptedStyleSheets.push(sheet);
    wrapper.append(element("div", { class: "over" }, this.#chapters.map(({ strip }) => strip), this.#under), this.#hits, this.#ruler);
    this.#actAsSlider();
    this.#followPointer();
    this.#hover(wordsAt);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#surfer.setOptions(colours(node)));
    this.#surfer.on("redraw", () => this.#drawOver());
    this.#surfer.on("ready", () => {
      this.#drawOver();
      this.#moveCursor();
    });
    // A page made narrower, or a phone turned on its side, has another height for it, too.
    new ResizeObserver(() => this.#fit()).observe(node);
    player.addEventListener("position", () => {
      this.#moveCursor();
      this.#showPosition(true);
    });
    player.addEventListener("state", () => this.#showPosition(true));
    onFrames(() => player.playing && this.#moveCursor());
    setInterval(() => this.#showPosition(), 500);
  }

  /** Show more of less: 1 is the whole episode across the page. */
  zoom(factor) {
    this.#factor = factor;
    this.#surfer.zoom(this.#pixelsPerSecond);
  }

  /** Put marks where something was found, at so many seconds. */
  mark(moments) {
    this.#hits.replaceChildren(...moments.map((seconds) => this.#place(element("div", { class: "hit" }), seconds)));
    this.#thinOut();
  }

  get #waveHeight() {
    return this.node.clientHeight - RULER_PX - PIN_PX;
  }

  get #pixelsPerSecond() {
    return this.#factor === 1 ? 0 : (this.frame.clientWidth / this.#duration) * this.#factor;
  }

  #fit() {
    this.#surfer.getWrapper().style.height = `${this.node.clientHeight}px`;
    const { height, minPxPerSec } = this.#surfer.options;
    if (!this.node.clientHeight || (height === this.#waveHeight && minPxPerSec === this.#pixelsPerSecond)) return;
    this.#surfer.setOptions({ height: this.#waveHeight, minPxPerSec: this.#pixelsPerSecond });
  }

  #thinOut() {
    this.#hits.classList.toggle("many", this.#hits.childElementCount * SPARSE_PX > this.#surfer.getWrapper().clientWidth);
  }

  #chapter({ seconds, title }, end = this.#duration) {
    const strip = this.#place(element("div", { class: "chapter" }), seconds);
    strip.style.width = `${(100 * (Math.min(end, this.#duration) - seconds)) / this.#duration}%`;
    return { seconds, title, strip };
  }

  #chapterAt(seconds) {
    return this.#chapters.findLast((chapter) => chapter.seconds <= seconds);
  }

  #place(node, seconds) {
    node.style.left = `${(100 * seconds) / this.#duration}%`;
    return node;
  }

  #drawOver() {
    this.#thinOut();
    const width = this.#surfer.getWrapper().clientWidth;
    if (!width) return;
    const step = STEPS_S.find((seconds) => (seconds / this.#duration) * width >= LABEL_PX) ?? STEPS_S.at(-1);
    const labels = [];
    for (let seconds = step; seconds < this.#duration - step / 3; seconds += step) {
      labels.push(this.#place(element("span", { class: "label" }, shortClock(seconds)), seconds));
    }
    this.#ruler.replaceChildren(...labels);
  }

  /** By whole pixels: the browser lays the page out anew for every step, and the sound of hours takes seconds for one. */
  #moveCursor() {
    const pixels = this.#surfer.getWrapper().clientWidth * devicePixelRatio;
    const { position, playing } = this.#player;
    this.#surfer.getRenderer().renderProgress(Math.round((position / this.#duration) * pixels) / (pixels || 1), playing);
  }

  #actAsSlider() {
    const { node } = this;
    for (const [name, value] of Object.entries({ role: "slider", tabindex: 0, "aria-label": "Position", "aria-valuemin": 0, "aria-valuemax": Math.floor(this.#duration) })) node.setAttribute(name, value);
    node.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
      const places = { Home: 0, End: this.#duration };
      if (event.key in steps) this.#player.skip(steps[event.key]);
      else if (event.key in places) this.#player.seek(places[event.key]);
      else return;
      event.preventDefault();
    });
    this.#showPosition();
  }

  #showPosition(jumped = false) {
    const { position } = this.#player;
    if (mayTell(this.node, jumped)) this.#tellPosition(position);
    const now = this.#chapterAt(position);
    for (const chapter of this.#chapters) chapter.strip.classList.toggle("now", chapter === now);
  }

  #tellPosition(position) {
    if (this.node.getAttribute("aria-valuenow") === String(Math.floor(position))) return;
    this.node.setAttribute("aria-valuenow", Math.floor(position));
    this.node.setAttribute("aria-valuetext", `${spoken(position)} of ${spoken(this.#duration)}`);
  }

  #secondsAt({ clientX }) {
    const { left, width } = this.#surfer.getWrapper().getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * this.#duration;
  }

  /** Seek in the event itself, click and drag alike. A finger may be about to scroll the page: it seeks when it moves sideways or lifts. */
  #followPointer() {
    const { frame } = this;
    const held = (event) => frame.hasPointerCapture(event.pointerId);
    const seek = (event) => this.#player.seek(this.#secondsAt(event));
    let holder = -1; // the pointer that came first
    let touched = null; // where a finger came down, until it is known that it drags
    frame.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary && frame.hasPointerCapture(holder)) frame.releasePointerCapture(holder); // two fingers make the page larger
      if (event.button || !event.isPrimary) return;
      holder = event.pointerId;
      frame.setPointerCapture(event.pointerId);
      this.#surfer.options.autoScroll = false; // or what is held would be pulled away under the pointer
      touched = event.pointerType === "mouse" ? null : event;
      if (!touched) seek(event);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!held(event)) return;
      if (touched && Math.abs(event.clientX - touched.clientX) <= Math.abs(event.clientY - touched.clientY)) return;
      touched = null;
      seek(event);
    });
    frame.addEventListener("lostpointercapture", () => (this.#surfer.options.autoScroll = true));
    frame.addEventListener("pointerup", (event) => event.pointerType !== "mouse" && held(event) && seek(event));
  }

  #hover(wordsAt) {
    const { frame, tip } = this;
    frame.addEventListener("pointermove", (event) => {
      const seconds = this.#secondsAt(event);
      const chapter = this.#chapterAt(seconds)?.title;
      tip.replaceChildren(element("b", {}, clock(seconds)), chapter ? element("bdi", { class: "of" }, chapter) : "", element("bdi", {}, wordsAt(seconds)));
      this.#place(this.#under, seconds);
      tip.hidden = this.#under.hidden = false;
      const room = frame.clientWidth - tip.offsetWidth;
      const left = event.clientX - frame.getBoundingClientRect().left - tip.offsetWidth / 2;
      tip.style.transform = `translateX(${Math.min(Math.max(0, left), Math.max(0, room))}px)`;
    });
    const hide = () => (tip.hidden = this.#under.hidden = true);
    frame.addEventListener("pointerleave", hide);
    document.addEventListener("keydown", ({ key }) => key === "Escape" && hide()); // it lies over the buttons
  }
}
