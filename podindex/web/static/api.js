// Everything that is asked of the server, in one place: a static site answers the same questions from files.

class ApiError extends Error {
  constructor({ code, message, hint }) {
    super(hint ? `${message} – ${hint}` : message);
    this.code = code;
  }
}

const NO_SERVER = { code: "no-server", message: "The server does not answer", hint: "is `podindex serve` still running?" };

/** Ask, and `read` the answer: one that breaks off in the middle is none. */
async function request(path, read, signal) {
  try {
    const response = await fetch(path, { signal });
    if (response.ok) return await read(response);
    const known = await response.json().catch(() => null);
    throw new ApiError(known?.error ?? { code: "no-answer", message: `The server answered ${response.status}`, hint: "" });
  } catch (error) {
    if (error.name === "AbortError" || error instanceof ApiError) throw error;
    throw new ApiError(NO_SERVER);
  }
}

let failed = 0;

/** A script that only some pages need. */
export const script = (path) => import(failed ? `${path}?${failed}` : path).catch((error) => {
  failed++; // Firefox does not fetch again what it did not get at this address
  throw error instanceof TypeError ? new ApiError(NO_SERVER) : error; // not fetched, or not understood
});

const LOOK_AGAIN_MS = 1_500;

/** How the server is: "well", "locked" where it wants another token than this page has, "gone". */
export async function health() {
  const { ok, status } = await fetch("/healthz", { cache: "no-store" }).catch(() => ({}));
  if (ok) return "well";
  return status === 401 ? "locked" : "gone";
}

/** Wait until the server answers; a little in any case, so that what fails for another reason is not asked without end. */
export async function whenBack() {
  do await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
  while ((await health()) === "gone"); // one that is locked says what to do
}

/** Ask, again and again while there is no server. What it answers counts, even if that is an error. */
export async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.code !== "no-server") throw error;
      await whenBack();
    }
  }
}

const json = (path, signal) => request(path, (response) => response.json(), signal);

/** Search; `query` is a URLSearchParams with the parameters of `GET /api/search`. */
export const search = (query, signal) => json(`/api/search?${query}`, signal);

/** The hits of an episode in the order of its time, from a number on; `total` says where they are not all. */
export function searchEpisode(query, episodeId, offset = 0) {
  const parameters = new URLSearchParams(query);
  parameters.set("episode", episodeId);
  parameters.set("per_episode", "0");
  parameters.set("sort", "time");
  parameters.set("limit", "1000");
  parameters.set("offset", offset);
  return search(parameters);
}

/** When each hit of an episode begins, in seconds: all of them. */
export async function moments(query, episodeId, signal) {
  const parameters = new URLSearchParams(query);
  parameters.set("episode", episodeId);
  const found = await json(`/api/moments?${parameters}`, signal);
  return (found.moments[episodeId] ?? []).map((ms) => ms / 1000);
}

/** The page of an episode at a moment ("/episodes/…#t=…"), where what was searched for is marked. */
export const withQuery = (address, query) => address.replace("#", `?${new URLSearchParams({ q: query })}#`);

export const episode = (id, signal) => json(`/api/episodes/${id}`, signal);

/** The episodes with these words in their title. */
export const titled = (words, signal) => json(`/api/episodes?${new URLSearchParams({ title: words })}`, signal).then((all) => all.episodes);

/** All words of an episode, [text, start_ms, end_ms, probability], and a `version` that is another when they are. */
export function words(id, signal) {
  const read = async (response) => ({ ...(await response.json()), version: response.headers.get("etag") });
  return request(`/api/episodes/${id}/transcript?format=words`, read, signal);
}

/** The picture of an episode's sound: { duration (s), pairs: Int8Array of lowest, highest, lowest, highest … }. */
export function peaks(id, zoom = "overview", signal) {
  const read = async (response) => {
    const buffer = await response.arrayBuffer();
    const header = new DataView(buffer);
    const [rate, samples, length] = [8, 12, 16].map((offset) => header.getInt32(offset, true));
    return { duration: (length * samples) / rate, pairs: new Int8Array(buffer, 24, length * 2) };
  };
  return request(`/api/episodes/${id}/peaks?zoom=${zoom}`, read, signal);
}

/** With a version, another address for the same: browsers keep parts of a file by its address. */
export const audioUrl = (id, version) => `/audio/${id}${version ? `?${new URLSearchParams({ v: version })}` : ""}`;

/** What tells the file of an episode's sound from another that takes its place; null where that cannot be learnt now. */
export async function audioVersion(id) {
  const { ok, headers } = await fetch(audioUrl(id), { method: "HEAD", cache: "no-store" }).catch(() => ({}));
  return ok ? headers.get("etag") : null;
}
