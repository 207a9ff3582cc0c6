// The one owner of the sound. Everything else asks it, and listens to what it says:
//   "episode"  another episode is loaded        "state"  it plays, pauses, loads or fails
//   "position" it jumped                        "rate"   its speed changed
//                                              "sleep"  its sleep timer was set, or has ended
// For what moves with the sound, ask `position` on every frame.

import { audioUrl, isThere, whenBack } from "./api.js";
import { load, loadPosition, save, savePosition } from "./settings.js";

const SAVE_EVERY_S = 5;
// Nobody wants to resume at the greeting, or at the goodbye.
const RESUME_FROM_S = 30;

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

export class Player extends EventTarget {
  #audio;
  #target = null; // where a jump leads, until the browser is there
  #stopAt = null;
  #savedAt = 0;
  #sleep = null;

  constructor(audio = new Audio()) {
    super();
    this.#audio = audio;
    audio.removeAttribute("controls");
    audio.preload = "metadata";
    this.episode = null;
    this.error = null;
    const on = (name, handler) => audio.addEventListener(name, handler);
    for (const name of ["play", "playing", "pause", "waiting", "loadedmetadata", "ended"]) on(name, () => this.#say("state"));
    on("seeking", () => this.#movedByOthers());
    on("seeked", () => this.#arrived());
    on("loadedmetadata", () => this.#goToTarget());
    on("timeupdate", () => this.#tick());
    on("error", () => this.#failed());
    on("ratechange", () => this.#say("rate"));
    on("pause", () => this.#remember());
    on("ended", () => this.#sleep?.at && this.#setSleep(null));
    addEventListener("pagehide", () => this.#remember());
    this.rate = load("rate", 1);
    this.#announceToSystem();
  }

  /** Make an episode ({ id, title, show, duration }) the one that plays. */
  open(episode) {
    if (this.episode?.id === episode.id && !this.error) return;
    this.#remember();
    const { rate } = this;
    this.episode = episode;
    this.error = null;
    this.#target = this.#stopAt = null;
    if (new URL(this.#audio.src || "about:blank", location).pathname !== audioUrl(episode.id)) this.#audio.src = audioUrl(episode.id);
    this.#audio.defaultPlaybackRate = this.rate = rate;
    this.#describeToSystem();
    this.#say("episode");
  }

  get position() {
    return this.#target ?? this.#audio.currentTime;
  }

  get duration() {
    const { duration } = this.#audio;
    return Number.isFinite(duration) && duration > 0 ? duration : this.episode?.duration || 0;
  }

  get playing() {
    return !this.#audio.paused && !this.#audio.ended;
  }

  get loading() {
    return this.playing && this.#audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  get rate() {
    return this.#audio.playbackRate;
  }

  set rate(rate) {
    this.#audio.playbackRate = Math.min(4, Math.max(0.5, rate));
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

  async play() {
    if (this.error) this.#retry();
    try {
      await this.#audio.play();
    } catch (error) {
      // NotAllowedError: the browser wants a click first. AbortError: a pause or another episode came first.
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") this.#failed();
    }
    this.#say("state");
  }

  pause() {
    this.#audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
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
    this.#say("sleep");
  }

  #goToTarget() {
    if (this.#target !== null && this.#audio.readyState >= HTMLMediaElement.HAVE_METADATA) this.#audio.currentTime = this.#target;
  }

  /** The waveform moves the sound by itself when it is clicked or dragged; that ends what was asked for before. */
  #movedByOthers() {
    if (this.#target !== null && Math.abs(this.#audio.currentTime - this.#target) < 0.05) return;
    this.#target = this.#stopAt = null;
    this.#say("position");
  }

  #arrived() {
    this.#target = null;
    this.#say("position");
  }

  #tick() {
    const now = this.#audio.currentTime;
    if (this.#target === null && this.#stopAt !== null && now >= this.#stopAt) {
      this.#stopAt = null;
      this.pause();
    }
    if (this.sleepLeft === 0) {
      this.#setSleep(null);
      this.pause();
    }
    if (Math.abs(now - this.#savedAt) >= SAVE_EVERY_S) this.#remember();
    this.#tellSystemPosition();
  }

  #remember() {
    if (!this.episode || !this.position) return;
    this.#savedAt = this.position;
    savePosition(this.episode.id, this.#audio.ended ? 0 : this.position);
  }

  async #failed() {
    const { episode, playing } = this;
    this.#target = this.position;
    this.error = await this.#reason();
    if (this.error !== "network") this.pause(); // the browser believes that it plays
    this.#say("state");
    if (this.error !== "network") return;
    await whenBack();
    if (this.error !== "network" || this.episode !== episode) return;
    if (playing) this.play();
    else this.#retry();
    this.#say("state");
  }

  async #reason() {
    const code = this.#audio.error?.code;
    if (code === MediaError.MEDIA_ERR_NETWORK || !(await isThere())) return "network";
    return code === MediaError.MEDIA_ERR_DECODE ? "broken" : "source";
  }

  #retry() {
    const position = this.position;
    this.error = null;
    this.#audio.load();
    this.#target = position;
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
