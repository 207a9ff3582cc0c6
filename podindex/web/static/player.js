// The one owner of the sound. Everything else asks it, and listens to what it says:
//   "episode"  another episode is loaded        "state"  it plays, pauses, loads or fails
//   "position" it jumped                        "rate"   its speed changed
//                                              "sleep"  its sleep timer was set, or has ended
// For what moves with the sound, ask `position` on every frame.

import { audioUrl, audioVersion, health, whenBack } from "./api.js";
import { handOver, load, loadPosition, save, savePosition } from "./settings.js";

const SAVE_EVERY_S = 5;
// Nobody wants to resume at the greeting, or at the goodbye.
const RESUME_FROM_S = 30;
const LOST_AFTER_MS = 1000;
const AT_END_S = 0.1; // browsers begin anew where it has played to its end, not where somebody went there

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

const isBuffered = ({ buffered }, seconds) =>
  [...Array(buffered.length).keys()].some((range) => buffered.start(range) <= seconds && seconds <= buffered.end(range));

export class Player extends EventTarget {
  #audio;
  #target = null; // where a jump leads, until the browser is there
  #watch = 0; // the timer that looks whether it got there
  #stopAt = null;
  #wantsToPlay = false; // what the listener asked for: the element pauses by itself where it fails or loads anew
  #versions = new Map(); // of the files with the sound, by the ids of the episodes that were loaded
  #attempt = 0; // at loading: what is learnt of an earlier one no longer counts
  #heardAt = null; // where it last played, until that is saved
  #savedAt = 0;
  #sleep = null;
  #alarm = 0; // rings when the sleep timer runs out, also where nothing plays

  constructor(audio = new Audio()) {
    super();
    this.#audio = audio;
    audio.removeAttribute("controls");
    audio.preload = "metadata";
    this.episode = null;
    this.error = null;
    const on = (name, handler) => audio.addEventListener(name, handler);
    // Before all others: they show what these make of it.
    on("play", () => (this.#wantsToPlay = !audio.paused));
    on("playing", () => (this.#heardAt = this.position));
    on("pause", () => this.#paused());
    on("ended", () => this.#ended());
    for (const name of ["play", "playing", "pause", "waiting", "loadedmetadata", "ended"]) on(name, () => this.#say("state"));
    on("seeking", () => this.#movedByOthers());
    on("seeked", () => this.#arrived());
    on("loadedmetadata", () => this.#goToTarget());
    on("loadedmetadata", () => this.#lookAtFile());
    on("timeupdate", () => this.#tick());
    on("error", () => this.#failed());
    on("ratechange", () => this.#say("rate"));
    addEventListener("pagehide", () => {
      this.#remember();
      this.pause(); // Firefox would keep it as it is: come back to, it would say that it plays, and stand still
    });
    this.rate = load("rate", 1);
    this.#announceToSystem();
  }

  /** Make an episode ({ id, title, show, duration, version: of its file, where that is known }) the one that plays. */
  open(episode) {
    if (this.episode?.id === episode.id && !this.error) return;
    this.#remember();
    const failed = this.error;
    this.#attempt++;
    this.episode = episode;
    this.error = null;
    this.#wantsToPlay = false;
    this.#target = this.#stopAt = this.#heardAt = null;
    // The page's own address may name a moment, for when there are no scripts: it would be gone to at every load.
    if (failed || this.#audio.getAttribute("src") !== this.#address) this.#load();
    this.#describeToSystem();
    this.#say("episode");
  }

  /** Whether it is at the end of the sound, or where the page has its end: a file may have a little silence after that. */
  get #isAtEnd() {
    return [this.duration, this.episode?.duration].some((end) => end && Math.abs(this.position - end) < AT_END_S);
  }

  get position() {
    return this.#target ?? this.#audio.currentTime;
  }

  get duration() {
    const { duration } = this.#audio;
    return Number.isFinite(duration) && duration > 0 ? duration : this.episode?.duration || 0;
  }

  /** Whether it is to be heard, if not now then as soon as that is possible. */
  get playing() {
    return this.#wantsToPlay;
  }

  get loading() {
    return this.playing && this.#audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  get rate() {
    return this.#audio.playbackRate;
  }

  set rate(rate) {
    // Both: whatever loads begins with the default.
    this.#audio.defaultPlaybackRate = this.#audio.playbackRate = Math.min(4, Math.max(0.5, rate));
    save("rate", this.#audio.playbackRate);
  }

  /** Go to a moment. Until `end`, where one is given. */
  seek(seconds, end = null) {
    this.#target = Math.max(0, Math.min(seconds, this.duration || seconds));
    this.#stopAt = end;
    if (this.#sleep?.at <= this.#target) this.#setSleep(null); // beyond the chapter it was to end with
    this.#goToTarget();
    this.#say("position");
  }

  play() {
    if (!this.playing && this.#sleep?.until <= Date.now()) this.#setSleep(null); // it ran out on a machine that slept
    if (!this.playing && this.#isAtEnd) this.seek(0);
    this.#wantsToPlay = true;
    if (this.error) this.#retry();
    else this.#start();
    if (this.#versions.has(this.episode.id)) this.#lookAtFile();
  }

  pause() {
    this.#wantsToPlay = false;
    this.#audio.pause();
    this.#say("state");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Let it go on where its page is opened now. */
  handOver() {
    if (this.playing) handOver(this.episode.id, this.position);
  }

  skip(seconds) {
    this.seek(this.position + seconds);
  }

  /** The next faster (1) or slower (-1) speed. */
  step(direction) {
    const rates = direction > 0 ? RATES : RATES.toReversed();
    this.rate = rates.find((rate) => (rate - this.rate) * direction > 0.01) ?? this.rate;
  }

  /** Where the listener stopped last time; 0 where resuming makes no sense. */
  get remembered() {
    const seconds = this.episode ? loadPosition(this.episode.id) : 0;
    return seconds < RESUME_FROM_S || seconds > this.duration - RESUME_FROM_S ? 0 : seconds;
  }

  /** Pause in so many minutes; null: never. */
  sleepIn(minutes) {
    this.#setSleep(minutes === null ? null : { until: Date.now() + minutes * 60_000 });
  }

  /** Pause where the sound gets to a moment; Infinity: where it ends. */
  sleepAt(seconds) {
    this.#setSleep({ at: seconds });
  }

  /** Seconds until the sleep timer pauses, by the clock; null where there is none. */
  get sleepLeft() {
    if (!this.#sleep) return null;
    const { until, at } = this.#sleep;
    return Math.max(0, until ? (until - Date.now()) / 1000 : (Math.min(at, this.duration) - this.position) / this.rate);
  }

  #setSleep(sleep) {
    this.#sleep = sleep;
    clearTimeout(this.#alarm);
    if (sleep?.until) this.#alarm = setTimeout(() => this.#fallAsleep(), sleep.until - Date.now());
    this.#say("sleep");
  }

  #fallAsleep() {
    this.#setSleep(null);
    this.pause();
  }

  #goToTarget() {
    if (this.#target === null || this.#audio.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.#audio.currentTime = this.#target;
    this.#watchJump();
  }

  /** A busy Chromium may lose a jump made during another: it seeks for ever, with the sound there, until it is told again. */
  #watchJump() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#lookAtFile();
      if (!this.#audio.seeking || this.#target === null) return;
      if (isBuffered(this.#audio, this.#target)) this.#goToTarget();
      else this.#watchJump();
    }, LOST_AFTER_MS);
  }

  get #address() {
    const { id, version } = this.episode;
    return audioUrl(id, this.#versions.get(id) ?? version);
  }

  #load() {
    if (this.#audio.getAttribute("src") === this.#address) this.#audio.load();
    else this.#audio.src = this.#address;
  }

  /** Chromium puts the beginning of a file together with the rest of another, and behind the end of that seeks for ever. */
  async #lookAtFile() {
    const attempt = this.#attempt;
    if (this.error || !(await this.#isReplaced()) || attempt !== this.#attempt) return;
    this.#attempt++;
    this.error = "replaced";
    this.pause();
  }

  /** Whether the file is another than last time. */
  async #isReplaced() {
    const { id } = this.episode;
    const version = await audioVersion(id);
    if (!version) return false;
    const last = this.#versions.get(id) ?? version;
    this.#versions.set(id, version);
    return version !== last;
  }

  /** The waveform moves the sound by itself when it is clicked or dragged; that ends what was asked for before. */
  #movedByOthers() {
    if (this.#target !== null && Math.abs(this.#audio.currentTime - this.#target) < 0.05) return;
    this.#target = this.#stopAt = null;
    this.#say("position");
  }

  /** Said late of the jump before, it ends none that was made meanwhile. */
  #arrived() {
    if (this.#audio.error || this.#audio.seeking) return;
    this.#target = null;
    this.#say("position");
  }

  #tick() {
    const now = this.#audio.currentTime;
    if (!this.#audio.paused && this.#target === null) this.#heardAt = now;
    if (this.#target === null && this.#stopAt !== null && now >= this.#stopAt) {
      this.#stopAt = null;
      this.pause();
    }
    if (this.sleepLeft === 0) this.#fallAsleep();
    if (Math.abs(now - this.#savedAt) >= SAVE_EVERY_S) this.#remember();
    this.#tellSystemPosition();
  }

  /** The browser or the system may pause it, too; where it fails, that is not the listener's wish. */
  #paused() {
    if (this.#audio.paused && !this.#audio.error) this.#wantsToPlay = false;
    this.#remember();
  }

  /** Firefox is also at the end where a jump fails, but first it says what went wrong. */
  #ended() {
    if (this.#audio.error) return;
    this.#wantsToPlay = false;
    this.#heardAt = 0;
    this.#remember();
    if (this.#sleep?.at) this.#setSleep(null);
  }

  /** Save where it played; to have looked at a place is not to have stopped there, nor is what another tab saved since. */
  #remember() {
    if (!this.episode || this.#heardAt === null) return;
    this.#savedAt = this.#heardAt;
    savePosition(this.episode.id, this.#heardAt);
    this.#heardAt = null;
  }

  async #start() {
    const attempt = this.#attempt;
    try {
      await this.#audio.play();
    } catch (error) {
      // NotAllowedError: the browser wants a click first. AbortError: a pause or another episode came first.
      if (error.name === "NotAllowedError") this.#wantsToPlay = false;
      else if (error.name !== "AbortError" && attempt === this.#attempt) this.#failed();
    }
    this.#say("state");
  }

  async #failed() {
    const attempt = ++this.#attempt;
    this.#target = this.position;
    const reason = await this.#reason();
    if (attempt !== this.#attempt) return; // another episode, or another try
    this.error = reason;
    if (reason !== "network") this.pause(); // the browser believes that it plays
    this.#say("state");
    if (reason !== "network") return;
    await whenBack();
    if (attempt === this.#attempt) this.#retry();
  }

  async #reason() {
    const code = this.#audio.error?.code;
    const server = code === MediaError.MEDIA_ERR_NETWORK ? "gone" : await health();
    if (server !== "well") return server === "gone" ? "network" : "locked";
    if (await this.#isReplaced()) return "replaced";
    return code === MediaError.MEDIA_ERR_DECODE ? "broken" : "source";
  }

  #retry() {
    const { position } = this;
    this.#attempt++;
    this.error = null;
    this.#load();
    this.#target = position;
    if (this.#wantsToPlay) this.#start();
    this.#say("state");
  }

  #say(name) {
    this.dispatchEvent(new Event(name));
  }

  // --- the system's own controls: lock screen, headphones, keyboard

  #announceToSystem() {
    if (!("mediaSession" in navigator)) return;
    const handlers = {
      play: () => this.play(),
      pause: () => this.pause(),
      seekbackward: ({ seekOffset }) => this.skip(-(seekOffset || 10)),
      seekforward: ({ seekOffset }) => this.skip(seekOffset || 30),
      seekto: ({ seekTime }) => this.seek(seekTime),
    };
    for (const [action, handler] of Object.entries(handlers)) {
      try {
        navigator.mediaSession.setActionHandler(action, handler);
      } catch {
        // an action this browser does not know
      }
    }
  }

  #describeToSystem() {
    if (!("mediaSession" in navigator)) return;
    const { title, show } = this.episode;
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: show, album: show });
  }

  #tellSystemPosition() {
    const { duration } = this.#audio;
    if (!navigator.mediaSession?.setPositionState || !Number.isFinite(duration)) return;
    const position = Math.min(this.#audio.currentTime, duration);
    navigator.mediaSession.setPositionState({ duration, position, playbackRate: this.rate });
  }
}
