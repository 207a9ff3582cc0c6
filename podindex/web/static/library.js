// The library page needs no script; this reloads it when an episode that was waited for is done.

import { listen } from "./keys.js";

const LOOK_AGAIN_MS = 10_000;

listen({ "/": ["Search", () => (location.href = "/")] });

const waiting = document.getElementById("waiting");
let known = null;
if (waiting) {
  const look = async () => {
    // Nor under somebody who types here, or is somewhere in it with the keyboard: they would have to begin anew.
    if (known && (document.hidden || document.activeElement !== document.body)) return;
    // The server answers 304 while nothing changes, and the browser hands out what it has.
    const tag = (await fetch("/api/episodes").catch(() => null))?.headers.get("etag");
    if (known && tag && tag !== known) location.reload();
    known = tag ?? known;
  };
  look(); // at once: what is compared with is what the page shows
  setInterval(look, LOOK_AGAIN_MS);
}
