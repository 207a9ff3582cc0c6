"""Sound that browsers seek exactly: repacked where they would not, untouched where they would."""

from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import beep_starts_s, beeps, write_audio

from podindex.audio.decode import Decoder
from podindex.audio.seekable import seekable_audio

BEEPS_S = [0.5, 7.25, 11.0, 18.5]


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """An mp3 of 20 s whose halves have different bit rates; the first one's header says nothing of the second."""
    first = write_audio(tmp_path / "first.mp3", beeps(10, BEEPS_S[:2]), bit_rate=16_000).read_bytes()
    second = write_audio(tmp_path / "second.mp3", beeps(10, [start - 10 for start in BEEPS_S[2:]]), bit_rate=64_000)
    # Frames begin with eleven bits that are set; the first holds a header of its own instead of sound.
    frames = second.read_bytes()
    begin = frames.index(b"\xff\xf3", frames.index(b"\xff\xf3") + 2)
    path = tmp_path / "uneven.mp3"
    path.write_bytes(first + frames[begin:])
    return path


def starts_of(path: Path) -> list[float]:
    with Decoder(path) as decoder:
        return beep_starts_s(np.concatenate(list(decoder)))


def test_a_changing_bit_rate_is_repacked_with_every_sound_in_its_place(uneven: Path, tmp_path: Path) -> None:
    copy = seekable_audio(tmp_path / "cache", "show/uneven", uneven)
    assert copy.suffix == ".m4a"
    assert starts_of(copy) == pytest.approx(starts_of(uneven), abs=0.03)
    with av.open(str(copy)) as repacked, av.open(str(uneven)) as original:
        assert repacked.streams.audio[0].codec_context.name.startswith("mp3")
        assert (
            repacked.streams.audio[0].codec_context.sample_rate == original.streams.audio[0].codec_context.sample_rate
        )


def test_the_copy_is_made_once_and_anew_when_the_audio_is_replaced(uneven: Path, tmp_path: Path) -> None:
    copy = seekable_audio(tmp_path / "cache", "show/uneven", uneven)
    made = copy.stat().st_mtime_ns
    assert seekable_audio(tmp_path / "cache", "show/uneven", uneven) == copy
    assert copy.stat().st_mtime_ns == made
    uneven.write_bytes(uneven.read_bytes() * 2)
    other = seekable_audio(tmp_path / "cache", "show/uneven", uneven)
    assert other != copy
    assert list(copy.parent.iterdir()) == [other]


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.opus", "a.flac", "a.wav"])
def test_what_browsers_seek_rightly_is_left_alone(tmp_path: Path, name: str) -> None:
    path = write_audio(tmp_path / name, beeps(20, BEEPS_S))
    assert seekable_audio(tmp_path / "cache", "show/a", path) == path
    assert not (tmp_path / "cache").exists()


def test_what_cannot_be_repacked_has_to_do_as_it_is(uneven: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"not a folder")
    assert seekable_audio(tmp_path / "cache", "show/uneven", uneven) == uneven
    junk = tmp_path / "junk.mp3"
    junk.write_bytes(b"<html>")
    assert seekable_audio(tmp_path / "other", "show/junk", junk) == junk
