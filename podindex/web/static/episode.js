// The page of an episode: puts sound, waveform and transcript together.

import * as api from "./api.js";
import { sleepTimer, speed, transport, trouble } from "./controls.js";
import { button, element } from "./dom.js";
import { Find } from "./find.js";
import { Follower } from "./follow.js";
import { listen, playerKeys } from "./keys.js";
import { Player } from "./player.js";
import { clock, momentOf, shortClock } from "./time.js";
import { Transcript } from "./transcript.js";

const ZOOMS = [1, 2, 4, 8, 16, 32];
const LOOK_AGAIN_MS = 10_000;
// Enough points for the finest zoom on a wide screen; drawing more takes longer and shows no more.
const WAVE_POINTS = 30_000;
const FINEST = 20; // a second

const deck = document.getElementById("deck");
const audio = document.getElementById("audio");
const text = document.getElementById("transcript");
const id = deck.dataset.episode;
const transcript = text && new Transcript(text);
const words = transcript && api.words(id).catch(() => []);
const player = audio && new Player(audio);
const chapters = [...document.querySelectorAll("#chapters a")].map((link) => ({ seconds: momentOf(new URL(link.href)).from, title: link.querySelector(".title").textContent }));

if (player) {
  player.open({ id, title: deck.dataset.title, show: deck.dataset.show, duration: Number(deck.dataset.duration) });
  buildDeck();
}
if (transcript) setTimeout(buildTools); // the browser may draw, and answer, in between
else reloadWhenTranscribed();

// --- the deck

let waveform = null;

function buildDeck() {
  const now = element("span", { class: "time now" }, "0:00:00");
  const end = element("span", { class: "time" }, clock(player.duration));
  const chapter = element("span", { class: "chapter" });
  const slot = element("div", { class: "waveform" });
  const zoomed = { step: 0 };
  const zoom = (direction) => {
    zoomed.step = Math.min(ZOOMS.length - 1, Math.max(0, zoomed.step + direction));
    waveform?.zoom(ZOOMS[zoomed.step]);
  };
  audio.hidden = true;
  deck.append(
    slot,
    element(
      "div",
      { class: "controls" },
      transport(player),
      element("p", { class: "times" }, now, element("span", { class: "of" }, " / ", end, chapter)),
      element("div", { class: "how" }, speed(player), sleepTimer(player, chapters.map(({ seconds }) => seconds))),
      element("div", { class: "zoom" }, button("Zoom out", "−", () => zoom(-1), { class: "plain" }), button("Zoom in", "+", () => zoom(1), { class: "plain" })),
    ),
    trouble(player),
  );
  const show = () => {
    now.textContent = clock(player.position);
    end.textContent = clock(player.duration);
    chapter.textContent = chapters.findLast(({ seconds }) => seconds <= player.position)?.title ?? "";
  };
  for (const name of ["position", "state"]) player.addEventListener(name, show);
  setInterval(() => player.playing && show(), 250);
  goToAddress();
  addEventListener("hashchange", () => goToAddress({ play: true }));
  listen({
    ...playerKeys(player),
    "+": ["Zoom in", () => zoom(1)],
    "-": ["Zoom out", () => zoom(-1)],
    ...(transcript ? { "/": ["Search in this episode", () => document.querySelector(".find input").select()] } : {}),
  });
  drawWaveform(slot);
}

async function drawWaveform(slot) {
  try {
    const [peaks, { Waveform }] = await Promise.all([
      api.peaks(id, Math.min(FINEST, Math.ceil(WAVE_POINTS / (player.duration || 1)))),
      import("./waveform.js"),
    ]);
    waveform = new Waveform(slot, player, audio, peaks, chapters, (seconds) => transcript?.wordsAround(seconds) ?? "");
    deck.dispatchEvent(new Event("drawn"));
  } catch (error) {
    slot.replaceWith(element("p", { class: "notice" }, `There is no waveform: ${error.message}`));
  }
}

/** Go where the address says; a link that was clicked plays, an address that was opened waits for a click. */
function goToAddress({ play = false } = {}) {
  const moment = momentOf(new URL(location.href));
  if (moment) {
    player.seek(moment.from, moment.to);
    if (play) player.play();
  } else if (player.remembered) {
    const resumed = player.remembered;
    player.seek(resumed);
    offerStart(resumed);
  }
}

function offerStart(resumed) {
  const note = element("p", { class: "resumed soft", role: "status" }, `You stopped at ${shortClock(resumed)}. `,
    button("Start over", "Start over", () => { player.seek(0); note.remove(); }, { class: "link" }));
  deck.append(note);
  player.addEventListener("state", () => player.playing && setTimeout(() => note.remove(), 10_000), { once: true });
}

// --- the transcript

async function buildTools() {
  const tools = document.getElementById("tools");
  const follower = player && new Follower(player, transcript, deck);
  const goTo = (hit) => {
    player?.seek(hit.jump_ms / 1000);
    follower?.reveal(transcript.rangeOfTimes(hit.start_ms, hit.end_ms));
    if (!player) transcript.rangeOfTimes(hit.start_ms, hit.end_ms)?.startContainer.parentElement.scrollIntoView({ block: "center" });
  };
  const mark = (moments) => {
    const draw = () => waveform.mark(moments);
    if (waveform) draw();
    else deck.addEventListener("drawn", draw, { once: true });
  };
  const find = new Find(id, transcript, mark, goTo);
  tools.prepend(find.node, element("div", { class: "copy" },
    player && button("Copy link to this moment", "Copy link", (event) => copy(event, addressOfNow())),
    button("Copy quote with its time", "Copy quote", (event) => copy(event, quote()))));
  transcript.setWords(await words);
  if (player) {
    text.addEventListener("click", (event) => jumpToWord(event));
    follower.begin();
  }
  const asked = new URL(location.href).searchParams.get("q");
  if (asked) find.search(asked);
}

function jumpToWord(event) {
  if (event.target.closest("a") || !getSelection().isCollapsed) return;
  const word = transcript.wordAtPoint(event.clientX, event.clientY);
  if (word < 0) return;
  player.seek(transcript.words[word][1] / 1000);
  player.play();
}

const addressOfNow = () => `${location.origin}/episodes/${id}#t=${Math.floor((player?.position ?? 0) * 10) / 10}`;

/** What is selected, or else what is heard, with where it is from. */
function quote() {
  const selection = getSelection();
  const selected = String(selection).trim().replace(/\s+/g, " ");
  let seconds = player?.position ?? 0;
  if (selected && selection.rangeCount) {
    const box = selection.getRangeAt(0).getClientRects()[0];
    const word = box ? transcript.wordAtPoint(box.left + 1, box.top + box.height / 2) : -1;
    if (word >= 0) seconds = transcript.words[word][1] / 1000;
  }
  const address = `${location.origin}/episodes/${id}#t=${Math.floor(seconds * 10) / 10}`;
  return `“${selected || transcript.segmentTextAt(seconds)}”\n${deck.dataset.show}, ${deck.dataset.title}, ${clock(seconds)}\n${address}`;
}

async function copy(event, content) {
  const node = event.currentTarget;
  const label = node.textContent;
  try {
    await navigator.clipboard.writeText(content);
    node.textContent = "Copied";
  } catch {
    // Not allowed without https on another machine: show it, so that it can be copied by hand.
    prompt("Copy this:", content);
  }
  setTimeout(() => (node.textContent = label), 1_500);
}

function reloadWhenTranscribed() {
  if (!document.getElementById("no-transcript")) return;
  setInterval(async () => {
    if (document.hidden) return;
    if ((await api.episode(id).catch(() => null))?.transcribed) location.reload();
  }, LOOK_AGAIN_MS);
}
