// The big waveform of an episode: wavesurfer.js draws it; marks, ruler, hover and the slider for keyboards are ours.

import { element } from "./dom.js";
import { clock, shortClock, spoken } from "./time.js";
import WaveSurfer from "./vendor/wavesurfer/wavesurfer.esm.js";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const LABEL_PX = 90;
const RULER_PX = 16;

const colours = (node) => {
  const style = getComputedStyle(node);
  const colour = (name) => style.getPropertyValue(name).trim();
  return { waveColor: colour("--wave"), progressColor: colour("--played"), cursorColor: colour("--accent") };
};

export class Waveform {
  #surfer;
  #player;
  #duration;
  #overlay = element("div");
  #ruler = element("div");

  /**
   * @param node where it goes; becomes a slider
   * @param player the owner of the sound
   * @param media its audio element: wavesurfer shows its time, and moves it when it is clicked or dragged
   * @param peaks what api.peaks returned
   * @param wordsAt what is said at a moment, for the hover
   */
  constructor(node, player, media, peaks, wordsAt) {
    this.node = node;
    this.#player = player;
    this.#duration = peaks.duration;
    const heights = Float32Array.from(peaks.pairs, (value) => value / 128);
    this.frame = element("div", { class: "wave-frame" });
    this.tip = element("div", { class: "tip", hidden: true });
    node.append(this.frame, this.tip);
    this.#surfer = WaveSurfer.create({
      container: this.frame,
      media,
      peaks: [heights],
      duration: peaks.duration,
      height: node.clientHeight - RULER_PX,
      normalize: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 2,
      dragToSeek: { debounceTime: 0 },
      cspNonce: document.querySelector("meta[name=style-nonce]").content,
      ...colours(node),
    });
    this.#surfer.getWrapper().append(this.#overlay, this.#ruler);
    this.#surfer.getWrapper().style.height = `${node.clientHeight}px`;
    this.#actAsSlider();
    this.#hover(wordsAt);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#surfer.setOptions(colours(node)));
    this.#surfer.on("redraw", () => this.#drawRuler());
    this.#surfer.on("ready", () => {
      this.#drawRuler();
      this.#surfer.getRenderer().renderProgress(player.position / this.#duration);
    });
    player.addEventListener("position", () => this.#showPosition());
    setInterval(() => this.#showPosition(), 500);
  }

  /** Show more of less: 1 is the whole episode across the page. */
  zoom(factor) {
    this.#surfer.zoom(factor === 1 ? 0 : (this.frame.clientWidth / this.#duration) * factor);
  }

  /** Put marks of a kind ("hit", "chapter") on it: [{ seconds, title }]. */
  mark(kind, marks) {
    for (const old of [...this.#overlay.children]) if (old.dataset.kind === kind) old.remove();
    const colour = getComputedStyle(this.node).getPropertyValue(kind === "hit" ? "--tick" : "--soft");
    for (const { seconds, title } of marks) {
      const tick = element("div", { "data-kind": kind, title: title ?? "" });
      Object.assign(tick.style, {
        position: "absolute", top: 0, bottom: kind === "hit" ? `${RULER_PX}px` : "60%", width: kind === "hit" ? "2px" : "1px",
        left: `${(100 * seconds) / this.#duration}%`, background: colour, zIndex: 4, pointerEvents: "none",
      });
      this.#overlay.append(tick);
    }
  }

  #drawRuler() {
    const width = this.#surfer.getWrapper().clientWidth;
    if (!width) return;
    const step = STEPS_S.find((seconds) => (seconds / this.#duration) * width >= LABEL_PX) ?? STEPS_S.at(-1);
    const labels = [];
    for (let seconds = step; seconds < this.#duration - step / 3; seconds += step) {
      const label = element("span", {}, shortClock(seconds));
      Object.assign(label.style, {
        position: "absolute", bottom: 0, left: `${(100 * seconds) / this.#duration}%`, padding: "2px 0 0 4px", zIndex: 3,
        borderLeft: "1px solid currentColor", font: "10px/1 system-ui, sans-serif", color: getComputedStyle(this.node).getPropertyValue("--soft"),
        pointerEvents: "none", fontVariantNumeric: "tabular-nums",
      });
      labels.push(label);
    }
    this.#ruler.replaceChildren(...labels);
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

  #showPosition() {
    const { position } = this.#player;
    if (this.node.getAttribute("aria-valuenow") === String(Math.floor(position))) return;
    this.node.setAttribute("aria-valuenow", Math.floor(position));
    this.node.setAttribute("aria-valuetext", `${spoken(position)} of ${spoken(this.#duration)}`);
  }

  #hover(wordsAt) {
    const { frame, tip } = this;
    frame.addEventListener("pointermove", (event) => {
      const box = this.#surfer.getWrapper().getBoundingClientRect();
      const seconds = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.#duration;
      const words = wordsAt(seconds);
      tip.replaceChildren(element("b", {}, clock(seconds)), words ? ` ${words}` : "");
      tip.hidden = false;
      const room = frame.clientWidth - tip.offsetWidth;
      const left = event.clientX - frame.getBoundingClientRect().left - tip.offsetWidth / 2;
      tip.style.transform = `translateX(${Math.min(Math.max(0, left), room)}px)`;
    });
    frame.addEventListener("pointerleave", () => (tip.hidden = true));
  }
}
