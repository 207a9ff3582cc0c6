// The transcript as it is read: which word is where, which one is heard, which were found, which are doubtful.
//
// The server writes one <span data-w> a segment, with the number of its first word. Words get no elements: 30,000 of
// them would be slow. They are ranges of text, painted by the CSS Custom Highlight API.

const DOUBTFUL = 0.5;
// How many words to say of a moment under the pointer.
const AROUND = 4;
// What is not said: letters, digits and some signs are, the same as in the index.
const UNSAID = /[^\p{L}\p{N}\p{M}$€£¥₹₽₩₿%°&@+#]+/gu;
// What stands around a word but is not marked with it.
const EDGES = new RegExp(`^${UNSAID.source}|${UNSAID.source}$`, "gu");

const highlight = (name) => {
  if (!globalThis.Highlight || !CSS.highlights) return null;
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
};

export class Transcript {
  #spans;
  #firsts;
  #ranges = new Map(); // number of a segment → of each of its words [start, end, start with what stands around it]
  #current = -1;

  constructor(node) {
    this.node = node;
    this.words = [];
    this.outdated = false; // another was made meanwhile: hits stand in that one
    this.untimed = false; // a text of which nobody knows when it is said: every time in it is 0
    this.#spans = [...node.querySelectorAll("span[data-w]")];
    this.#firsts = this.#spans.map((span) => Number(span.dataset.w));
  }

  /** Take the words with their times: [text, start_ms, end_ms, probability]. */
  setWords(words) {
    this.words = words;
    this.untimed = words.every(([, , end]) => end === 0);
    this.#ranges.clear();
    this.#showDoubts();
  }

  /** The number of the word that is said at a moment, or was last; -1 before the first, or where nobody knows. */
  wordAt(seconds) {
    if (this.untimed) return -1;
    // Rounded: 1.001 s times 1000 is a little less than 1001 ms.
    return lastAtMost(this.words, Math.round(seconds * 1000), (word) => word[1]);
  }

  /** What is said around a moment. */
  wordsAround(seconds) {
    const word = this.wordAt(seconds);
    if (word < 0 || seconds * 1000 > this.words[word][2] + 2_000) return "";
    return this.#written(Math.max(0, word - AROUND), Math.min(this.words.length, word + AROUND + 1));
  }

  /** The words from `first` to before `end` as they are written, with a space between segments. */
  #written(first, end) {
    const texts = [];
    for (let segment = this.#segmentOf(first); this.#firsts[segment] < end; segment++) {
      const text = this.#spans[segment].textContent;
      const places = this.#placesIn(segment);
      const [start, stop] = [first, end].map((word) => places[word - this.#firsts[segment]]?.[2]);
      texts.push(text.slice(start ?? 0, stop ?? text.length).trim());
    }
    return texts.join(" ");
  }

  #segmentOf(word) {
    return lastAtMost(this.#firsts, word, (first) => first);
  }

  /** Show that a word is heard. Returns where it is, if it is another than before. */
  setCurrent(word) {
    if (word === this.#current) return null;
    this.#current = word;
    const marks = highlight("heard");
    marks?.clear();
    const range = word < 0 ? null : this.rangeOf(word);
    if (range) marks?.add(range);
    this.node.querySelector(".para[data-heard]")?.removeAttribute("data-heard");
    range?.startContainer.parentElement.closest(".para")?.setAttribute("data-heard", "");
    return range;
  }

  /** Show hits in the text; the one at `chosen` more than the others. */
  setFound(hits, chosen = -1) {
    const [all, one] = [highlight("found"), highlight("chosen")];
    all?.clear();
    one?.clear();
    hits.forEach((hit, number) => {
      const range = this.rangeOfHit(hit);
      if (range) (number === chosen ? one : all)?.add(range);
    });
  }

  /** Where a hit stands: from the first word that begins with it to the last that ends with it. */
  rangeOfHit(hit) {
    if (this.outdated || this.untimed) return null;
    const [first, last] = this.#wordsOf(hit);
    const range = this.rangeOf(first);
    const end = this.rangeOf(last);
    if (range && end) range.setEnd(end.endContainer, end.endOffset);
    return range;
  }

  #wordsOf({ start_ms, end_ms, text, spans }) {
    const earliest = lastAtMost(this.words, start_ms - 1, (word) => word[1]) + 1;
    // Words may begin together: what matched says which of them are meant.
    const matched = spans.length ? said(Array.from(text).slice(spans[0][0], spans.at(-1)[1]).join("")) : "";
    for (let first = earliest; this.words[first]?.[1] === start_ms; first++) {
      const last = this.#endOf(matched, first);
      if (this.words[last]?.[2] === end_ms) return [first, last];
    }
    let last = lastAtMost(this.words, end_ms, (word) => word[1]);
    while (last > earliest && this.words[last][2] !== end_ms) last--;
    return [earliest, last];
  }

  /** The last of the words that from `first` on say what matched; -1 where they say something else. */
  #endOf(matched, first) {
    let together = "";
    for (let word = first; word < this.words.length && together.length <= matched.length; word++) {
      together += said(this.words[word][0]);
      if (together === matched) return word;
    }
    return -1;
  }

  rangeOf(word) {
    const place = this.#placeOf(word);
    if (!place) return null;
    const range = new Range();
    range.setStart(place.startContainer, place.startOffset);
    range.setEnd(place.endContainer, place.endOffset);
    return range;
  }

  #placeOf(word) {
    const segment = this.#segmentOf(word);
    const place = this.#placesIn(segment)[word - this.#firsts[segment]];
    const text = this.#spans[segment]?.firstChild;
    return place && { startContainer: text, startOffset: place[0], endContainer: text, endOffset: place[1] };
  }

  /** The number of the word at a place in the text, such as a click; -1 where there is none. */
  wordAtPoint(x, y) {
    const { offsetNode, offset } = document.caretPositionFromPoint?.(x, y) ?? fromWebkit(document.caretRangeFromPoint?.(x, y));
    const segment = this.#spans.indexOf(offsetNode?.parentElement);
    if (segment < 0) return -1;
    const places = this.#placesIn(segment);
    let place = lastAtMost(places, offset, ([, , start]) => start);
    // The caret goes to the nearer edge of a character: the end of a word, which may be where the next one starts.
    const [, , before] = places[place - 1] ?? [];
    if (before < offset && offset === places[place][2] && isOver(offsetNode, before, offset, x, y)) place--;
    return place < 0 ? -1 : this.#firsts[segment] + place;
  }

  /** When the first word of a range begins, in seconds; null where there is none in it. In sight or not. */
  startOf(range) {
    let segment = this.#spans.findIndex((span) => range.intersectsNode(span));
    if (segment < 0) return null;
    const offset = this.#spans[segment].contains(range.startContainer) ? range.startOffset : 0;
    let place = this.#placesIn(segment).findIndex(([, end]) => end > offset);
    if (place < 0) [segment, place] = [segment + 1, 0]; // it begins behind the last word
    const word = this.words[this.#firsts[segment] + place];
    return word ? word[1] / 1000 : null;
  }

  /** What is said in a range, without the times and names that stand between paragraphs. In sight or not. */
  textIn(range) {
    const texts = this.#spans.filter((span) => range.intersectsNode(span)).map((span) => {
      const part = range.cloneRange();
      if (!span.contains(range.startContainer)) part.setStart(span, 0);
      if (!span.contains(range.endContainer)) part.setEnd(span, span.childNodes.length);
      return part.toString();
    });
    return texts.join(" ").trim().replace(/\s+/g, " ");
  }

  /** The sentence-like stretch that is said at a moment; before the first word, the first one. */
  segmentTextAt(seconds) {
    const segment = this.#segmentOf(Math.max(0, this.wordAt(seconds)));
    return this.#spans[segment]?.textContent ?? "";
  }

  #placesIn(segment) {
    if (this.#ranges.has(segment)) return this.#ranges.get(segment);
    const text = this.#spans[segment]?.textContent ?? "";
    const first = this.#firsts[segment];
    const words = this.words.slice(first, this.#firsts[segment + 1] ?? this.words.length);
    let position = 0;
    const places = words.map(([word]) => {
      const bare = word.replace(EDGES, "") || word;
      const found = text.indexOf(bare, position);
      const start = found < 0 ? position : found;
      position = Math.min(text.length, start + bare.length);
      return [start, position, Math.max(0, start - word.indexOf(bare))];
    });
    this.#ranges.set(segment, places);
    return places;
  }

  /** Underline doubtful words, of each paragraph when the browser comes to lay it out. */
  #showDoubts() {
    const marks = highlight("doubtful");
    if (!marks || !this.words.length) return; // there are none where they could not be fetched
    const waiting = new Set(this.node.querySelectorAll(".para"));
    const show = (paragraph) => {
      if (!waiting.delete(paragraph)) return;
      const spans = paragraph.querySelectorAll("span[data-w]");
      const end = this.#firsts[this.#spans.indexOf(spans[spans.length - 1]) + 1] ?? this.words.length;
      for (let word = Number(spans[0].dataset.w); word < end; word++) {
        // Static: the browser would keep thousands of live ranges right at every change of the page.
        if (this.words[word][3] < DOUBTFUL) marks.add(new StaticRange(this.#placeOf(word)));
      }
    };
    for (const paragraph of waiting) if (paragraph.firstChild.checkVisibility({ contentVisibilityAuto: true })) show(paragraph);
    // Not an IntersectionObserver: it would look at every paragraph at every frame.
    const seen = (event) => event.skipped || show(event.target);
    this.node.addEventListener("contentvisibilityautostatechange", seen, true);
  }
}

const said = (text) => text.replace(UNSAID, "");

/** Whether a point is on a stretch of a text. */
function isOver(node, start, end, x, y) {
  const range = new Range();
  range.setStart(node, start);
  range.setEnd(node, end);
  return [...range.getClientRects()].some((box) => box.left <= x && x < box.right && box.top <= y && y < box.bottom);
}

const fromWebkit = (range) => (range ? { offsetNode: range.startContainer, offset: range.startOffset } : {});

/** The last index whose key is at most `limit`, in ascending order; -1 where there is none. */
function lastAtMost(items, limit, key) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
