// The search page: what is typed becomes results and an address, and hits play in place.

import * as api from "./api.js";
import { Bar } from "./bar.js";
import { announcer, button, element, grouped, oneAtATime } from "./dom.js";
import { listen, playerKeys } from "./keys.js";
import { Player } from "./player.js";
import { showResults } from "./results.js";

const PAGE = 30;
// Waveforms are fetched when somebody stops typing, so that they never stand in the way of results.
const CALM_MS = 200;
const SLOW_MS = 1_000;
const MIN_TITLE = 3; // letters with which many titles begin lead nowhere

const form = document.getElementById("search");
const box = document.getElementById("q");
const status = document.getElementById("status");
const titles = document.getElementById("titles");
const results = document.getElementById("results");
const welcome = document.getElementById("welcome");
const { node: told, announce } = announcer();
status.after(told);
const player = new Player();
const bar = new Bar(player);

let groups = [];
let shown = null; // the query on the screen
let searching = null; // until what is on the screen is what the form asks for
let place = 0; // px from the top, where somebody left the results that are being fetched again
let settled = false; // whether the address is one to come back to, not a query that is still being typed
let details = new AbortController();
let offset = 0;

function currentQuery() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.set(name, value.trim());
  return query;
}

/** Search for what the form says; done when that is shown, or failed. A `step` is one that Back leads to. */
function update({ step = false } = {}) {
  const query = currentQuery();
  setAddress(String(query), step);
  showFilters(query);
  searching ??= catchUp().finally(() => {
    searching = null;
    if (!isShown()) return;
    if (place) scrollTo({ top: place });
    place = 0;
  });
  return searching;
}

function setAddress(text, step) {
  settled ||= step;
  const address = text ? `/?${text}` : "/";
  if (location.pathname + location.search !== address) {
    history[settled ? "pushState" : "replaceState"](null, "", address);
    settled = step;
    place = 0;
  }
}

const isShown = () => String(currentQuery()) === shown;

/** One search at a time, so the server never works for what nobody waits for; of what was typed meanwhile, the latest. */
async function catchUp() {
  while (!isShown()) {
    const query = currentQuery();
    if (!query.get("q")) {
      showNothing();
    } else if (!(await find(query)) && String(currentQuery()) === String(query)) {
      return;
    }
  }
}

async function find(query) {
  const slow = setTimeout(() => say("Still searching. The index may be updating."), SLOW_MS);
  try {
    show(await api.search(pageOf(query, 0)), query);
    return true;
  } catch (error) {
    // What was found before stays on the screen.
    say(error.message);
    shown = null;
    if (error.code === "no-server") api.whenBack().then(() => shown === null && update());
    return false;
  } finally {
    clearTimeout(slow);
  }
}

function pageOf(query, from) {
  const page = new URLSearchParams(query);
  page.set("limit", PAGE + 1); // the one too many says whether there are more
  if (from) page.set("offset", from);
  return page;
}

function show(page, query) {
  shown = String(query);
  welcome.hidden = true;
  offset = PAGE;
  const held = links().indexOf(document.activeElement);
  groups = showResults(results, page.hits.slice(0, PAGE), query, play);
  if (held >= 0) (links()[held] ?? box).focus({ preventScroll: true });
  document.title = `${query.get("q")} · podindex`;
  say(...summary(page));
  if (!page.total) results.append(nothingFound(query));
  addMoreButton(page, query);
  completeWhenCalm([{ complete: showTitled }, ...groups]);
  markPlaying();
}

/** Lead to the episodes that are called like the query; nothing where none is. */
async function showTitled(signal) {
  const asked = currentQuery().get("q") ?? "";
  const found = asked.length < MIN_TITLE ? [] : await api.titled(asked, signal).catch(() => []);
  if (signal.aborted) return;
  const link = ({ href, text }) => element("a", { href, dir: "auto" }, text);
  titles.replaceChildren(...(found.length ? ["In titles: ", link(found.length === 1
    ? { href: `/episodes/${found[0].episode_id}`, text: found[0].title }
    : { href: `/library?${new URLSearchParams({ title: asked })}#episodes`, text: plural(found.length, "episode") })] : []));
}

function nothingFound(query) {
  const help = element("p", { class: "notice" }, "Fewer words find more; * stands for any ending: ", element("code", {}, "recog*"), ".");
  if (!filtersOf(query).length) return help;
  return element("div", { class: "notice" }, "Nothing within these filters. ", button("Search without filters", "Search without filters", () => {
    for (const name of filtersOf(query)) setField(form.elements[name], "");
    update({ step: true });
    box.focus();
  }, { class: "link" }));
}

function completeWhenCalm(fresh) {
  details.abort();
  details = new AbortController();
  const { signal } = details;
  setTimeout(async () => {
    // Every group in turn, first the first: what is seen comes first.
    for (const group of fresh) {
      if (signal.aborted) return;
      await group.complete(signal).catch(() => {});
    }
  }, CALM_MS);
}

function addMoreButton(page, query) {
  if (page.hits.length <= PAGE) return;
  const more = element("button", { type: "button", class: "more plain", onclick: oneAtATime(async () => {
    try {
      const next = await api.search(pageOf(query, offset));
      if (!more.isConnected) return; // its results have gone: others are shown now
      offset += PAGE;
      const holder = element("div");
      const fresh = showResults(holder, next.hits.slice(0, PAGE), query, play);
      more.replaceWith(...holder.children);
      fresh[0]?.node.querySelector("a.hit")?.focus();
      groups.push(...fresh);
      markPlaying();
      addMoreButton(next, query);
      completeWhenCalm(groups);
    } catch (error) {
      more.textContent = error.message;
    }
  }) }, "More results");
  results.append(more);
}

const plural = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

function summary(page) {
  const more = page.did_you_mean || page.notes.length ? "." : "";
  const found = page.total ? `${plural(page.total, "hit")} in ${plural(page.total_episodes, "episode")}${more}` : "No hits.";
  const parts = [element("span", {}, found)];
  if (page.did_you_mean) {
    const instead = new URLSearchParams(currentQuery());
    instead.set("q", page.did_you_mean);
    parts.push(element("span", {}, "Did you mean ", element("a", { href: `/?${instead}`, onclick: (event) => {
      event.preventDefault();
      box.value = page.did_you_mean;
      update({ step: true });
      box.focus();
    } }, page.did_you_mean), "?"));
  }
  parts.push(...page.notes.map((note) => element("span", { class: "note" }, note)));
  return parts;
}

function say(...parts) {
  status.replaceChildren(...parts.flatMap((part, number) => (number ? [" ", part] : [part])));
  announce(status.textContent);
}

function showNothing() {
  shown = String(currentQuery());
  details.abort();
  groups = [];
  results.replaceChildren();
  say();
  titles.replaceChildren();
  welcome.hidden = false;
  document.title = "podindex";
}

const filtersOf = (query) => [...query.keys()].filter((name) => name !== "q" && name !== "sort");

function showFilters(query) {
  form.elements.episode.closest("label").hidden = !query.get("episode"); // only addresses name one
  const count = filtersOf(query).length;
  document.querySelector("#filters summary").textContent = count ? `Filters (${count})` : "Filters";
}

// --- playing

let playingHit = null;

function play(hit, query) {
  playingHit = hit;
  bar.query = query.get("q");
  settled = true;
  player.open({ id: hit.episode_id, title: hit.title, show: hit.show });
  player.seek(hit.jump_ms / 1000);
  player.play();
  markPlaying();
  // With the first hit that is played comes the player: what was clicked may lie under it.
  const played = results.querySelector("[data-playing]")?.getBoundingClientRect();
  scrollBy({ top: Math.max(0, (played?.bottom ?? 0) + 8 - bar.node.getBoundingClientRect().top) });
}

function markPlaying() {
  for (const link of results.querySelectorAll("a.hit")) {
    const current = playingHit && link.hit.episode_id === playingHit.episode_id && link.hit.start_ms === playingHit.start_ms;
    link.toggleAttribute("data-playing", Boolean(current));
    link.ariaCurrent = current ? "true" : null;
  }
}

function drawPlayed() {
  for (const group of groups) {
    const played = group.id === player.episode?.id ? player.position : 0;
    if (Math.abs(played - group.played) > 0.25) {
      group.played = played;
      group.draw();
    }
  }
}

// --- keys

const links = () => [...results.querySelectorAll("a.hit")];

function move(direction) {
  const all = links();
  const here = document.activeElement;
  let index = all.indexOf(here);
  if (index < 0 && results.contains(here)) {
    // Between two hits, such as on a button for more.
    const before = all.filter((link) => link.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING).length;
    index = direction > 0 ? before - 1 : before;
  }
  const next = index + direction;
  if (next < 0 && index >= 0) box.focus();
  else all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

box.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // arrows and Escape are for what Chinese or Japanese is chosen from
  if (event.key === "ArrowDown" && links().length) {
    event.preventDefault();
    links()[0].focus();
  } else if (event.key === "Escape" && box.value) {
    event.preventDefault();
    box.value = "";
    update();
  }
});

results.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    box.focus();
  }
});

listen({
  "/": ["Search", () => { box.focus(); box.select(); }],
  ArrowDown: ["Next hit", () => move(1)],
  ArrowUp: ["Hit before", () => move(-1)],
  Enter: ["Play the hit", () => document.activeElement?.click?.()],
  o: ["Open the hit in its transcript", () => {
    const link = document.activeElement?.closest?.("a.hit") ?? results.querySelector("a.hit[data-playing]");
    if (!link) return bar.open();
    player.handOver();
    location.href = link.href;
  }],
  ...playerKeys(player),
});

// A new tab makes no end of what plays in this one.
document.addEventListener("click", (event) => {
  const stays = event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!stays && event.target.closest('a[href*="/episodes/"]')) player.handOver();
});
form.addEventListener("input", () => update());
form.addEventListener("change", () => update({ step: true }));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = String(currentQuery());
  await update({ step: true });
  // Unless somebody types on, or went elsewhere.
  if (shown === asked && form.contains(document.activeElement)) links()[0]?.focus();
});
results.addEventListener("grown", markPlaying);
addEventListener("popstate", readAddress);
addEventListener("scrollend", () => place || history.replaceState({ scrollY }, ""));
for (const name of ["position", "state", "episode"]) player.addEventListener(name, drawPlayed);
setInterval(() => player.playing && drawPlayed(), 500);

function fillForm() {
  const query = new URLSearchParams(location.search);
  for (const control of form.elements) if (control.name) setField(control, query.get(control.name) ?? "");
}

/** Set a field, even to what people cannot choose there: a show that is gone, a month instead of a day. */
function setField(control, value) {
  if (control.dataset.type) control.type = control.dataset.type;
  control.value = value;
  if (control.value === value) return;
  if (control.options) {
    control.append(element("option", { value }, value));
  } else {
    control.dataset.type = control.type;
    control.type = "text";
  }
  control.value = value;
}

/** Show what the address asks for; written otherwise, it is still the same step. */
function readAddress() {
  fillForm();
  settled = false;
  // The browser cannot go back to a place in results that are not there yet.
  const left = history.state?.scrollY ?? 0;
  update();
  place = left;
  settled = Boolean(currentQuery().get("q"));
}

const typed = box.value;
readAddress();
// What was typed before this script was there stays.
if (typed !== box.defaultValue) {
  box.value = typed;
  update();
}
