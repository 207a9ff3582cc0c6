"""Sound that browsers seek exactly: repacked where they would not, untouched where they would."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import beep_starts_s, beeps, noise, write_audio

from podindex.audio.decode import Decoder
from podindex.audio.seekable import make_seekable, seekable_audio
from podindex.errors import AudioError

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


@pytest.mark.parametrize("share", [0.2, 0.97])
def test_the_copy_of_a_file_that_is_cut_off_is_as_long_as_what_is_left(tmp_path: Path, share: float) -> None:
    path = write_audio(tmp_path / "cut.mp3", beeps(60, BEEPS_S))
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])
    copy = make_seekable(tmp_path / "index" / "audio", "show/cut", path)
    with Decoder(path) as decoder, av.open(str(copy)) as container:
        decoded_ms = sum(map(len, decoder)) // 16
        assert container.duration is not None
        assert container.duration // 1000 == pytest.approx(decoded_ms, abs=100)
    assert decoded_ms == pytest.approx(share * 60_000, abs=200)


def test_a_copy_that_several_want_is_made_once(uneven: Path, tmp_path: Path) -> None:
    def keep(_: int) -> int:
        return make_seekable(tmp_path / "index" / "audio", "show/uneven", uneven).stat().st_ino

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(keep, range(8)))) == 1


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


def test_a_cache_that_cannot_be_looked_into_is_done_without(uneven: Path, tmp_path: Path) -> None:
    assert seekable_audio(tmp_path / ("long" * 100), "show/uneven", uneven) == uneven


def damage(path: Path, put: bytes, *, over: bool) -> Path:
    """Put bytes at a third of a file, over what stands there or between."""
    content = path.read_bytes()
    at = len(content) // 3
    path.write_bytes(content[:at] + put + content[at + (len(put) if over else 0) :])
    return path


@pytest.mark.parametrize("name", ["constant.mp3", "variable.mp3", "bare.mp3", "frames.aac"])
@pytest.mark.parametrize("fill", ["zeros over", "garbage over", "garbage between"])
def test_behind_damage_the_copy_has_the_transcript_s_times(tmp_path: Path, name: str, fill: str) -> None:
    """What the decoder hears is what is transcribed; a player that plays on hears it at the same time."""
    sound = beeps(20, BEEPS_S) + noise(20, -40)
    options = {"write_xing": "0"} if name == "bare.mp3" else {}
    path = write_audio(tmp_path / name, sound, variable_rate=name == "variable.mp3", container_options=options)
    length = path.stat().st_size // 6
    put = bytes(length) if fill.startswith("zeros") else random.Random(11).randbytes(length)
    damage(path, put, over=fill.endswith("over"))
    copy = make_seekable(tmp_path / "cache", "show/talk", path)
    assert copy != path
    assert starts_of(copy)[-2:] == pytest.approx(starts_of(path)[-2:], abs=0.03)
    if path.suffix == ".mp3":
        assert longest_gap_s(copy) < 0.08, "players that take no notice of gaps come out wrong after one"


def longest_gap_s(path: Path) -> float:
    """Return how far apart packets are at most; a frame has 36 ms at 16 kHz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.time_base
        starts = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
        return max(np.diff(starts)) * float(stream.time_base)


def test_a_copy_that_cannot_be_made_is_not_blamed_on_the_sound(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "odd.aac", beeps(5, [1.0]))
    path.write_bytes(b"".join(with_checksum(frame) for frame in adts_frames(path.read_bytes())))
    assert starts_of(path) == pytest.approx([1.064], abs=0.01), "it can be decoded"
    with pytest.raises(AudioError, match=r"odd\.aac cannot be put into an MP4") as caught:
        make_seekable(tmp_path / "cache", "show/odd", path)
    assert caught.value.code == "audio-no-copy"


def adts_frames(content: bytes) -> Iterator[bytes]:
    while content:
        length = int.from_bytes(content[3:6]) >> 5 & 0x1FFF
        yield content[:length]
        content = content[length:]


def with_checksum(frame: bytes) -> bytes:
    """Make a frame say that it holds two blocks and a checksum, which FFmpeg decodes, but puts into no MP4."""
    header = int.from_bytes(frame[:7]) & ~(1 << 40) | 1  # the checksum is not absent; one block more
    return (header + (2 << 13)).to_bytes(7) + bytes(2) + frame[7:]
