"""mp3 of variable bit rate: noticed once, and players get a copy in which they land where they are sent."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import beep_starts_s, beeps, noise, write_audio
from commands import run_podindex

from podindex import Library
from podindex.audio.decode import Decoder
from podindex.audio.derived import iter_leftovers
from podindex.audio.seekable import make_seekable
from podindex.audio.seeking import is_seek_safe
from podindex.errors import AudioError, StoreError
from podindex.models import EpisodeOutcome
from podindex.progress import Notes

# Makes a copy, and just before it takes its place is killed, or says so and waits to be let go on.
_REPACKER = """
import os, sys
from pathlib import Path
from podindex.audio.seekable import make_seekable

cache_dir, audio, ending = sys.argv[1:]

def hook(event, arguments):
    if event == "os.rename":
        if ending == "killed":
            os._exit(9)
        print("ready", flush=True)
        sys.stdin.read()

sys.addaudithook(hook)
make_seekable(Path(cache_dir), "show/" + ending, Path(audio))
"""

BEEPS_S = [1.0, 12.5, 31.0, 44.0]


@pytest.fixture
def variable(tmp_path: Path) -> Path:
    """A VBR mp3: half of it is loud noise, which takes many bits, the rest beeps in silence."""
    sound = np.concatenate([beeps(20, BEEPS_S[:2]), noise(10, -12), beeps(30, [at - 30 for at in BEEPS_S[2:]])])
    return write_audio(tmp_path / "talk.mp3", sound, variable_rate=True)


@pytest.fixture
def cues(tmp_path: Path) -> Path:
    path = tmp_path / "cues.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:04.000\nHello.\n")
    return path


def add(library: Path, audio: Path, cues: Path, *, seek_safe: bool = False) -> tuple[EpisodeOutcome, list[str]]:
    notes = Notes()
    with Library.open(library, progress=notes) as opened:
        (outcome,) = opened.add([audio], transcript=cues, show="Show", seek_safe=seek_safe)
    return outcome, [note for note in notes.messages if "bit rate" in note or "seek-safe" in note]


def test_it_is_said_once(tmp_path: Path, variable: Path, cues: Path) -> None:
    assert not is_seek_safe(variable)
    outcome, notes = add(tmp_path / "library", variable, cues)
    assert outcome.status == "done"
    assert len(notes) == 1
    assert "talk.mp3" in notes[0]
    assert "--seek-safe" in notes[0]
    assert add(tmp_path / "library", variable, cues)[1] == []
    assert not (tmp_path / "library" / "index" / "audio").exists(), "nobody asked for a copy"


def test_a_replaced_file_is_looked_at_anew(tmp_path: Path, variable: Path, cues: Path) -> None:
    constant = write_audio(tmp_path / "other.mp3", beeps(5, [1]), bit_rate=64_000)
    changing = variable.read_bytes()
    variable.write_bytes(constant.read_bytes())
    assert add(tmp_path / "library", variable, cues)[1] == []
    variable.write_bytes(changing)
    assert len(add(tmp_path / "library", variable, cues)[1]) == 1


def test_the_copy_has_every_sound_in_its_place_and_is_what_players_get(
    tmp_path: Path, variable: Path, cues: Path
) -> None:
    library = tmp_path / "library"
    outcome, _ = add(library, variable, cues, seek_safe=True)
    assert outcome.episode_id
    (copy,) = (library / "index" / "audio").glob("*/*")
    made = copy.stat().st_mtime_ns
    with Library.open(library) as opened:
        assert opened.playable_audio_path(outcome.episode_id) == copy
        assert opened.audio_path(outcome.episode_id) == variable
    result = run_podindex("--library", library, "play", f"{outcome.episode_id}@0:31", env={"PATH": "/nonexistent"})
    assert result.stdout == f"{copy}\t0:00:31\n"
    assert copy.stat().st_mtime_ns == made, "made once"
    assert is_seek_safe(copy)
    for at_s in BEEPS_S:
        assert first_beep_after_seeking(copy, at_s - 0.5) == pytest.approx(at_s, abs=0.05)


def first_beep_after_seeking(path: Path, to_s: float) -> float:
    """Start playing at a time, as a player does, and return when the next beep is heard by the file's clock."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.time_base
        container.seek(round(to_s / stream.time_base), stream=stream)
        resampler = av.AudioResampler("s16", "mono", 16_000)
        heard: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        start_s = None
        for frame in container.decode(stream):
            start_s = frame.time if start_s is None else start_s
            heard += [part.to_ndarray().reshape(-1).astype(np.int16) for part in resampler.resample(frame)]
            if sum(map(len, heard)) > 3 * 16_000:
                break
    assert start_s is not None
    return start_s + beep_starts_s(np.concatenate(heard))[0]


def test_a_copy_is_made_of_what_was_added_before(tmp_path: Path, variable: Path, cues: Path) -> None:
    add(tmp_path / "library", variable, cues)
    outcome, _ = add(tmp_path / "library", variable, cues, seek_safe=True)
    assert outcome.status == "unchanged"
    assert list((tmp_path / "library" / "index" / "audio").glob("*/*"))


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.opus", "a.flac", "a.wav"])
def test_what_players_find_their_way_in_is_left_alone(tmp_path: Path, cues: Path, name: str) -> None:
    path = write_audio(tmp_path / name, beeps(5, [1]))
    _, notes = add(tmp_path / "library", path, cues, seek_safe=True)
    assert notes == []
    assert not (tmp_path / "library" / "index" / "audio").exists()


def test_a_copy_that_cannot_be_made_is_said_and_costs_nothing_else(tmp_path: Path, variable: Path, cues: Path) -> None:
    library = tmp_path / "library"
    (library / "index").mkdir(parents=True)
    (library / "index" / "audio").write_text("not a folder")
    outcome, notes = add(library, variable, cues, seek_safe=True)
    assert outcome.status == "done"
    assert len(notes) == 2
    with Library.open(library) as opened:
        assert outcome.episode_id
        assert opened.playable_audio_path(outcome.episode_id) == variable


def test_what_goes_wrong_has_a_name(tmp_path: Path, variable: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError):
        make_seekable(tmp_path / "file", "show/talk", variable)
    with pytest.raises(AudioError):
        make_seekable(tmp_path / "cache", "show/talk", tmp_path / "none.mp3")


def repack_and_die(cache_dir: Path, audio: Path) -> Path:
    """Return the file that a process leaves which is killed while it makes a copy."""
    before = set(cache_dir.glob("*/.*"))
    assert subprocess.run([sys.executable, "-c", _REPACKER, cache_dir, audio, "killed"], check=False).returncode == 9
    (left,) = set(cache_dir.glob("*/.*")) - before
    assert left.stat().st_size > 10_000
    return left


def test_what_a_killed_process_left_goes_and_what_another_writes_stays(tmp_path: Path, variable: Path) -> None:
    cache_dir = tmp_path / "cache"
    with subprocess.Popen(
        [sys.executable, "-c", _REPACKER, cache_dir, variable, "slow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"ready\n"
        (unfinished,) = cache_dir.glob("*/.*")
        left = repack_and_die(cache_dir, variable)
        assert list(iter_leftovers(cache_dir)) == [left]
        copy = make_seekable(cache_dir, "show/talk", variable)
        assert set((cache_dir / "show").iterdir()) == {copy, unfinished}
    assert other.returncode == 0
    assert make_seekable(cache_dir, "show/slow", variable) in (cache_dir / "show").iterdir()
    assert list(cache_dir.glob("*/.*")) == []


def test_check_finds_what_a_killed_process_left(tmp_path: Path, variable: Path, cues: Path) -> None:
    add(tmp_path / "library", variable, cues)
    left = repack_and_die(tmp_path / "library" / "index" / "audio", variable)
    with Library.open(tmp_path / "library") as library:
        assert [(problem.code, problem.where) for problem in library.check()] == [("leftover-file", str(left))]
        assert library.check(repair=True) == []
    assert not left.exists()


def test_the_sound_itself_is_not_changed(tmp_path: Path, variable: Path) -> None:
    copy = make_seekable(tmp_path / "cache", "show/talk", variable)
    sounds = []
    for path in (variable, copy):
        with Decoder(path) as decoder:
            sounds.append(np.concatenate(list(decoder)))
    assert beep_starts_s(sounds[1]) == pytest.approx(beep_starts_s(sounds[0]), abs=0.03)
    assert len(sounds[1]) == pytest.approx(len(sounds[0]), abs=1600)
