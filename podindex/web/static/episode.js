// The page of an episode: puts sound, waveform and transcript together.

import * as api from "./api.js";
import { sleepTimer, slider, speed, transport, trouble } from "./controls.js";
import { copyButton } from "./copy.js";
import { button, element, keepInSight } from "./dom.js";
import { Find } from "./find.js";
import { Follower } from "./follow.js";
import { listen, playerKeys } from "./keys.js";
import { Player } from "./player.js";
import { takeOver } from "./settings.js";
import { clock, momentOf, shortClock } from "./time.js";
import { Transcript } from "./transcript.js";

const ZOOMS = [1, 2, 4, 8, 16, 32];
const LOOK_AGAIN_MS = 10_000;
const NOTE_STAYS_MS = 10_000;
const LATE_MS = 1_000;
// Enough points for the finest zoom on a wide screen; drawing more takes longer and shows no more.
const WAVE_POINTS = 30_000;
const FINEST = 20; // a second

const deck = document.getElementById("deck");
const audio = document.getElementById("audio");
const text = document.getElementById("transcript");
const id = deck.dataset.episode;
const transcript = text && new Transcript(text);
// Done when the times of the words are there, or cannot be had: the text can be read and searched without.
// With them it is known which transcript is shown.
const timed = transcript && api.patiently(() => api.words(id)).then(({ words, version }) => {
  transcript.setWords(words);
  return version;
}, () => {});
const player = audio && new Player(audio);
let waveform = null;
let follower = null;
let zoomed = 0;
const chapters = [...document.querySelectorAll("#chapters a")].map((link) => ({ seconds: momentOf(new URL(link.href)).from, title: link.querySelector(".title").textContent }));

if (player) {
  const version = new URL(audio.src).searchParams.get("v");
  player.open({ id, version, title: deck.dataset.title, show: deck.dataset.show, duration: Number(deck.dataset.duration) });
  buildDeck();
}
begin();
if (transcript) setTimeout(buildTools); // the browser may draw, and answer, in between
else reloadWhenTranscribed();
listen({
  ...(player ? { ...playerKeys(player), "+": ["Zoom in", () => zoom(1)], "-": ["Zoom out", () => zoom(-1)], f: ["To what is heard, and on with it", () => follower?.resume()] } : {}),
  ...(transcript ? { "/": ["Search in this episode", () => {
    const box = document.querySelector(".find input");
    box?.focus(); // selecting alone does not bring it into sight
    box?.select();
  }] } : {}),
});

// --- where to be

/** Begin where the address says, and wait for a click; without a moment in it, where the listener stopped. What played on
 *  the page before goes on, where the browser lets it. */
function begin() {
  const moment = momentOf(new URL(location.href));
  const played = player ? takeOver(id) : null;
  if (moment) {
    go(moment);
  } else if (played !== null) {
    player.seek(played);
  } else if (player?.remembered) {
    const resumed = player.remembered;
    player.seek(resumed);
    offerStart(resumed);
  }
  if (played !== null) player.play();
  // A link to a moment plays it, every time it is clicked: one that is in the address already changes nothing there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#t="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.hash !== location.hash) history.pushState(null, "", link.hash);
    go(momentOf(new URL(location.href)));
    player?.play();
  });
  // Going back, or an address that was edited. What names no moment, such as the skip link, is none of ours.
  addEventListener("hashchange", () => {
    if (new URLSearchParams(location.hash.slice(1)).has("t")) go(momentOf(new URL(location.href)));
  });
}

/** Go to a moment; where there is no sound, to where it stands in the text. */
async function go(moment) {
  if (!moment) return;
  player?.seek(moment.from, moment.to);
  if (player || !transcript) return;
  await timed;
  if (transcript.untimed) return;
  const word = Math.max(0, transcript.wordAt(moment.from));
  transcript.setCurrent(word);
  reveal(transcript.rangeOf(word));
}

function reveal(range) {
  range?.startContainer.parentElement.scrollIntoView({ block: "center" });
}

function offerStart(resumed) {
  const note = element("p", { class: "resumed soft", role: "status" }, `You stopped at ${shortClock(resumed)}. `,
    button("Start over", "Start over", () => { player.seek(0); remove(); }, { class: "link" }));
  const remove = () => {
    if (note.contains(document.activeElement)) deck.querySelector(".play").focus();
    note.remove();
  };
  deck.append(note);
  const leave = () => {
    if (!player.playing) return;
    player.removeEventListener("state", leave);
    setTimeout(remove, NOTE_STAYS_MS);
  };
  player.addEventListener("state", leave);
}

// --- the deck

function buildDeck() {
  const now = element("span", { class: "time now" }, "0:00:00");
  const end = element("span", { class: "time" }, clock(player.duration));
  const chapter = element("bdi", { class: "chapter" });
  const slot = element("div", { class: "waveform" });
  audio.hidden = true;
  deck.append(
    slot,
    element(
      "div",
      { class: "controls" },
      transport(player),
      element("p", { class: "times" }, now, element("span", { class: "of" }, " / ", end, " ", chapter)),
      element("div", { class: "how" }, speed(player), sleepTimer(player, chapters.map(({ seconds }) => seconds))),
      element("div", { class: "zoom" }, button("Zoom out", "−", () => zoom(-1), { class: "plain" }), button("Zoom in", "+", () => zoom(1), { class: "plain" })),
    ),
    trouble(player),
  );
  // What is said already is not written again: the browser would lay the page out for it.
  const say = (node, said) => node.textContent === said || (node.textContent = said);
  const show = () => {
    say(now, clock(player.position));
    say(end, clock(player.duration));
    say(chapter, chapters.findLast(({ seconds }) => seconds <= player.position)?.title ?? "");
  };
  for (const name of ["position", "state"]) player.addEventListener(name, show);
  setInterval(() => player.playing && show(), 250);
  keepInSight(deck, "scrollPaddingTop");
  drawWaveform(slot);
}

function zoom(direction) {
  zoomed = Math.min(ZOOMS.length - 1, Math.max(0, zoomed + direction));
  waveform?.zoom(ZOOMS[zoomed]);
}

/** Draw it; the sound of hours that nobody has looked at takes the server a while. */
async function drawWaveform(slot) {
  const late = setTimeout(() => standIn(slot, "The waveform is being made."), LATE_MS);
  try {
    const [peaks, { Waveform }] = await Promise.all([
      api.peaks(id, Math.min(FINEST, Math.ceil(WAVE_POINTS / (player.duration || 1)))),
      api.script("./waveform.js"),
    ]);
    if (waveform) return; // asked for twice
    const focused = slot.contains(document.activeElement);
    slot.replaceChildren();
    waveform = new Waveform(slot, player, peaks, chapters, (seconds) => transcript?.wordsAround(seconds) ?? "");
    if (focused) slot.focus();
    deck.dispatchEvent(new Event("drawn"));
  } catch (error) {
    const again = () => drawWaveform(slot);
    standIn(slot, `There is no waveform: ${error.message.replace(/[^?]$/, "$&.")} `, button("Try again", "Try again", again, { class: "link" }));
    if (error.code === "no-server") api.whenBack().then(again);
  } finally {
    clearTimeout(late);
  }
}

/** While there is no waveform, a plain slider does its work, and it is said why. */
function standIn(slot, why, again = "") {
  if (!slot.firstChild) slot.append(element("div", { class: "where" }, slider(player)), element("p", { class: "soft", role: "status" }));
  const held = slot.lastChild.contains(document.activeElement);
  slot.lastChild.replaceChildren(why, again);
  if (held) (again || slot.querySelector("input")).focus();
}

// --- the transcript

async function buildTools() {
  const tools = document.getElementById("tools");
  follower = player && new Follower(player, transcript, deck);
  const goTo = (hit) => {
    if (transcript.untimed) return;
    player?.seek(hit.jump_ms / 1000);
    const range = transcript.rangeOfHit(hit);
    if (follower) follower.reveal(range);
    else reveal(range);
  };
  const mark = (moments) => {
    const draw = () => waveform.mark(transcript.untimed ? [] : moments);
    if (waveform) draw();
    else deck.addEventListener("drawn", draw, { once: true });
  };
  const find = new Find(id, transcript, mark, goTo);
  const copy = element("div", { class: "copy" },
    player && copyButton("Copy link to this moment", "Copy link", () => addressOf(player.position)));
  tools.prepend(find.node, copy);
  const version = await timed;
  // A quote says when it was said.
  if (transcript.words.length && !transcript.untimed) copy.append(...copyButton("Copy quote with its time", "Copy quote", quote));
  if (version) find.box.addEventListener("focus", () => lookForAnother(version));
  if (player) {
    text.addEventListener("click", (event) => (jumpToWord(event) || event.target.closest("a")) && follower.rejoin());
    follower.begin(Boolean(momentOf(new URL(location.href))));
  }
  const address = new URL(location.href);
  const asked = address.searchParams.get("q");
  if (find.box.value) find.markAgain(); // somebody was faster than the words
  else if (asked) find.search(asked, momentOf(address)?.from);
}

/** Offer another transcript that has come under the open page; what is found is where that one has it. */
async function lookForAnother(version) {
  const latest = await api.words(id).catch(() => null);
  if (transcript.outdated || !latest || latest.version === version) return;
  transcript.outdated = true;
  transcript.setFound([]);
  document.getElementById("tools").after(element("p", { class: "notice", role: "status" },
    "The transcript has changed. ", button("Show it now", "Show it now", reload, { class: "link" })));
}

/** Play the word that was clicked; false where none was. */
function jumpToWord(event) {
  if (transcript.untimed || event.target.closest("a") || !getSelection().isCollapsed) return false;
  const word = transcript.wordAtPoint(event.clientX, event.clientY);
  if (word < 0) return false;
  player.seek(transcript.words[word][1] / 1000);
  player.play();
  return true;
}

const addressOf = (seconds) => `${location.origin}/episodes/${id}${hashOf(seconds)}`;
const hashOf = (seconds) => `#t=${Math.floor(seconds * 10) / 10}`;

/** What is selected, or else what is heard, with where it is from. */
function quote() {
  const selection = getSelection();
  const range = selection.rangeCount ? selection.getRangeAt(0) : null;
  const selected = range && transcript.textIn(range);
  const start = selected ? transcript.startOf(range) : null;
  const seconds = start ?? player?.position ?? 0;
  return `“${selected || transcript.segmentTextAt(seconds)}”\n${deck.dataset.show}, ${deck.dataset.title}, ${clock(seconds)}\n${addressOf(seconds)}`;
}

function reloadWhenTranscribed() {
  const notice = document.getElementById("no-transcript");
  if (!notice) return;
  const look = setInterval(async () => {
    if (document.hidden || !(await api.episode(id).catch(() => null))?.transcribed) return;
    clearInterval(look);
    if (!player?.playing) {
      reload();
      return;
    }
    // Not under somebody who listens.
    notice.replaceChildren("The transcript is here; it is shown when the sound pauses. ", button("Show it now", "Show it now", reload, { class: "link" }));
    player.addEventListener("state", () => player.playing || reload());
  }, LOOK_AGAIN_MS);
}

function reload() {
  if (player?.position) history.replaceState(null, "", hashOf(player.position));
  location.reload();
}
