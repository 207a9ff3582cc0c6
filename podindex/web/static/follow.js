// The text goes along with the sound, until the reader scrolls away; then it offers to come back.

import { element, onFrames } from "./dom.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "]);

export class Follower {
  #following = true;

  constructor(player, transcript, deck) {
    this.player = player;
    this.transcript = transcript;
    this.deck = deck;
    this.button = element("button", { type: "button", class: "follow", hidden: true, onclick: () => this.resume() }, "Follow");
    document.body.append(this.button);
    const leave = () => this.#leave();
    addEventListener("wheel", leave, { passive: true });
    addEventListener("touchmove", (event) => !deck.contains(event.target) && this.#leave(), { passive: true });
    addEventListener("pointerdown", (event) => event.target === document.documentElement && this.#leave());
    addEventListener("keydown", (event) => {
      if (SCROLL_KEYS.has(event.key) && !event.defaultPrevented && !event.target.closest("button, input, select, [role=slider]")) this.#leave();
    });
    // Whoever goes through the page by keyboard, or types, would be taken away from what has the focus.
    for (const name of ["focusin", "input"]) {
      addEventListener(name, ({ target }) => target.closest("main") && !deck.contains(target) && target.matches(":focus-visible") && this.#leave());
    }
    player.addEventListener("position", () => this.#show());
    onFrames(() => player.playing && this.#show());
  }

  /** Show where the sound is. Unless the reader wants to be there, the page stays where it begins: with its title. */
  begin(wanted) {
    const range = this.transcript.setCurrent(this.transcript.wordAt(this.player.position));
    if (wanted) this.#scrollTo(range, false);
  }

  /** Go to what is heard, and stay with it. */
  resume() {
    // The button goes; whoever pressed it with a key goes on from what is heard.
    if (document.activeElement === this.button) this.transcript.node.querySelector(".para[data-heard] a.time")?.focus({ preventScroll: true });
    this.rejoin();
    this.#scrollTo(this.transcript.rangeOf(Math.max(0, this.transcript.wordAt(this.player.position))), true);
  }

  /** Stay with what is heard from now on: the reader has sent the sound there. */
  rejoin() {
    this.#following = true;
    this.button.hidden = true;
  }

  /** Show a place in the text where the sound was sent. */
  reveal(range) {
    this.rejoin();
    this.#scrollTo(range, true);
  }

  #leave() {
    if (!this.#following || !this.player.playing || this.transcript.untimed) return;
    this.#following = false;
    this.button.hidden = false;
  }

  #show() {
    const range = this.transcript.setCurrent(this.transcript.wordAt(this.player.position));
    if (range && this.#following) this.#scrollTo(range, false);
  }

  #scrollTo(range, always) {
    if (!range) return;
    const paragraph = range.startContainer.parentElement;
    let box = range.getBoundingClientRect();
    if (!box.height) box = paragraph.getBoundingClientRect(); // not laid out yet: far away
    if (!always && this.#isInSight(box)) return;
    const target = this.#placeFor(box);
    const far = Math.abs(target - scrollY) > 2 * innerHeight;
    scrollTo({ top: target, behavior: calm.matches || far ? "auto" : "smooth" });
    if (far) requestAnimationFrame(() => this.#settle(range)); // heights above were guesses until now
  }

  #settle(range) {
    const box = range.getBoundingClientRect();
    if (!this.#isInSight(box)) scrollTo({ top: this.#placeFor(box) });
  }

  #isInSight(box) {
    return box.top > this.deck.getBoundingClientRect().bottom + 16 && box.bottom < innerHeight - 48;
  }

  /** Where to scroll for a box to be a third down what is left below the deck, which sticks to the top by then. */
  #placeFor(box) {
    const left = innerHeight - this.deck.offsetHeight;
    return scrollY + box.top - this.deck.offsetHeight - left * 0.3;
  }
}
