"""Damaged files: what can be heard is heard, at its true time, and what is missing is counted."""

import random
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from audio_files import beep_starts_s, beeps, noise, write_audio
from numpy.typing import NDArray

from podindex.audio import decode as decode_module
from podindex.audio.decode import Decoder, read_window
from podindex.audio.probe import probe
from podindex.audio.truncation import missing_ms
from podindex.errors import AudioError
from podindex.models import DecodeReport

BEEPS_S = [0.5, 3.0, 7.25, 12.0, 18.5]
SECONDS = 20
GARBAGE = random.Random(11).randbytes(1 << 20)


@pytest.fixture(scope="module")
def sound() -> NDArray[np.int16]:
    """Beeps over a faint hiss, so that no packet is empty."""
    return beeps(SECONDS, BEEPS_S) + noise(SECONDS, -50)


def decode(path: Path) -> tuple[list[float], DecodeReport]:
    with Decoder(path) as decoder:
        return beep_starts_s(np.concatenate(list(decoder))), decoder.report


def all_heard(starts_s: list[float], expected_s: list[float], *, within_s: float = 0.03) -> bool:
    """Tell whether every beep is at its time; garbage may add a noise of its own."""
    return all(min(abs(start - expected) for start in starts_s) < within_s for expected in expected_s)


def spoil(path: Path, *, at: float, length: float, put: bytes | None = None) -> Path:
    """Write over a part of a file, given as shares of its size; or put bytes there."""
    content = path.read_bytes()
    begin, count = int(len(content) * at), int(len(content) * length)
    garbage = (GARBAGE if put is None else put)[:count]
    path.write_bytes(content[:begin] + garbage + content[begin + (count if put is None else 0) :])
    return path


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "opus", "flac"])
def test_garbage_in_the_middle_keeps_what_follows_and_its_times(
    tmp_path: Path, sound: NDArray[np.int16], kind: str
) -> None:
    path = spoil(write_audio(tmp_path / f"episode.{kind}", sound), at=0.45, length=0.05)
    starts_s, report = decode(path)
    assert all_heard(starts_s, BEEPS_S)
    assert report.decoded_duration_ms == pytest.approx(SECONDS * 1000, abs=60)
    assert report.bad_packets >= 1


@pytest.mark.parametrize("kind", ["webm", "mka", "mkv"])
def test_garbage_in_matroska_costs_no_more_than_its_cluster(
    tmp_path: Path, sound: NDArray[np.int16], kind: str
) -> None:
    path = write_audio(tmp_path / f"episode.{kind}", sound, container_options={"cluster_time_limit": "1000"})
    starts_s, report = decode(spoil(path, at=0.45, length=0.05))
    assert starts_s == pytest.approx(BEEPS_S, abs=0.03)
    assert report.bad_packets >= 1


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_garbage_put_into_an_mp3_takes_no_time(tmp_path: Path, sound: NDArray[np.int16], share: float) -> None:
    path = spoil(write_audio(tmp_path / "episode.mp3", sound), at=0.5, length=share, put=GARBAGE)
    starts_s, report = decode(path)
    assert all_heard(starts_s, BEEPS_S, within_s=0.05 + share)  # each packet of garbage has the time of a frame
    assert report.lost_ms == ()
    assert report.bad_packets >= 1


def test_a_hole_in_an_mp3_without_index_keeps_the_times(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.mp3", sound, container_options={"write_xing": "0"})
    starts_s, _ = decode(spoil(path, at=0.45, length=0.05))
    # Without an index nobody knows the encoder's delay of 1105 samples.
    assert all_heard(starts_s, [start + 1105 / 16_000 for start in BEEPS_S], within_s=0.05)


def test_many_holes(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.mp3", sound)
    for at in (0.1, 0.25, 0.45, 0.7, 0.8):
        spoil(path, at=at, length=0.02)
    starts_s, _ = decode(path)
    assert all_heard(starts_s, BEEPS_S, within_s=0.06)


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "mka", "webm"])
def test_a_file_cut_off_is_noticed(tmp_path: Path, sound: NDArray[np.int16], kind: str) -> None:
    path = write_audio(tmp_path / f"episode.{kind}", sound)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    starts_s, report = decode(path)
    assert starts_s[:3] == pytest.approx(BEEPS_S[:3], abs=0.03)
    missing = missing_ms(probe(path).duration_ms, report.decoded_duration_ms)
    assert missing == pytest.approx(SECONDS * 400, abs=1_000)


def test_an_mp4_cut_off_before_its_index_is_damaged(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.m4a", sound)
    path.write_bytes(path.read_bytes()[:-5_000])
    with pytest.raises(AudioError) as caught:
        probe(path)
    assert caught.value.code == "audio-damaged"


@pytest.mark.parametrize("kind", ["webm", "mka", "mkv"])
def test_an_error_of_the_demuxer_is_none_of_the_disk(tmp_path: Path, sound: NDArray[np.int16], kind: str) -> None:
    path = write_audio(tmp_path / f"episode.{kind}", sound)
    path.write_bytes(path.read_bytes()[:200])
    for read in (probe, Decoder):
        with pytest.raises(AudioError) as caught:
            read(path)
        assert caught.value.code == "audio-damaged"


def test_an_mp4_with_its_index_first_is_heard_as_far_as_it_goes(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.m4a", sound, container_options={"movflags": "faststart"})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    starts_s, report = decode(path)
    assert starts_s == pytest.approx(BEEPS_S[:3], abs=0.03)
    assert missing_ms(probe(path).duration_ms, report.decoded_duration_ms) > 5_000


def test_a_file_of_which_nothing_can_be_decoded(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.m4a", sound, container_options={"movflags": "faststart"})
    content = path.read_bytes()
    begin = content.index(b"mdat") + 4
    path.write_bytes(content[:begin] + bytes(len(content) - begin))
    with pytest.raises(AudioError) as caught, Decoder(path) as decoder:
        list(decoder)
    assert caught.value.code == "audio-damaged"


def test_a_header_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    with pytest.raises(AudioError) as caught, Decoder(path) as decoder:
        list(decoder)
    assert caught.value.code == "audio-damaged"


def test_more_sound_than_any_time_can_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence of months fits into a few megabytes; its episode's metadata could not be read again."""
    path = write_audio(tmp_path / "silence.flac", noise(5, -30))
    monkeypatch.setattr(decode_module, "MAX_MS", 3_000)
    with Decoder(path) as decoder, pytest.raises(AudioError, match="hours of sound") as caught:
        list(decoder)
    assert caught.value.code == "audio-damaged"
    assert decoder.decoded_ms <= 4_000


def with_byte(path: Path, at: int, value: int) -> Path:
    content = bytearray(path.read_bytes())
    content[at] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("at", "value"), [(27, 0x7F), (22, 65)], ids=["2 GHz", "65 channels"])
def test_a_header_that_no_filter_takes(tmp_path: Path, at: int, value: int) -> None:
    path = with_byte(write_audio(tmp_path / "talk.wav", noise(1, -30)), at, value)
    with pytest.raises(AudioError) as caught, Decoder(path) as decoder:
        list(decoder)
    assert caught.value.code == "audio-damaged"
    with pytest.raises(AudioError, match="damaged"):
        read_window(path, 0, 1000)


@pytest.mark.parametrize("rate_hz", [1, 1_999, 768_001, 2_000_000_000])
def test_a_rate_that_no_speech_has(tmp_path: Path, rate_hz: int) -> None:
    """At 1 Hz, 20 s of sound would be five days of it."""
    path = write_audio(tmp_path / "talk.wav", noise(1, -30))
    content = path.read_bytes()
    path.write_bytes(content[:24] + rate_hz.to_bytes(4, "little") + content[28:])
    refuse(path, rate_hz)


def test_a_rate_that_no_speech_has_in_other_containers(tmp_path: Path) -> None:
    plain = write_audio(tmp_path / "talk.mka", noise(1, -30), codec="pcm_s16le")
    # The element SamplingFrequency (B5), a double of eight bytes.
    before, after = (b"\xb5\x88" + struct.pack(">d", rate_hz) for rate_hz in (16_000, 1))
    assert plain.read_bytes().count(before) == 1
    plain.write_bytes(plain.read_bytes().replace(before, after))
    refuse(plain, 1)
    # Its frames say 16 kHz, its header, by which its clock goes, 1 Hz: 20 bits after the sizes of blocks and frames.
    flac = write_audio(tmp_path / "talk.flac", noise(1, -30))
    content = flac.read_bytes()
    flac.write_bytes(content[:18] + bytes([0, 0, 1 << 4 | content[20] & 0x0F]) + content[21:])
    refuse(flac, 1)


def refuse(path: Path, rate_hz: int) -> None:
    for read in (probe, Decoder, lambda path: read_window(path, 0, 1000)):
        with pytest.raises(AudioError, match=f"{rate_hz:,} Hz") as caught:
            read(path)
        assert caught.value.code == "audio-damaged"


@pytest.mark.parametrize("rate_hz", [2_000, 768_000])
def test_the_rarest_rates_are_heard(tmp_path: Path, rate_hz: int) -> None:
    path = write_audio(tmp_path / "talk.wav", noise(1, -30, rate_hz=rate_hz), rate_hz=rate_hz)
    assert decode(path)[1].decoded_duration_ms == pytest.approx(1000, abs=10)


@pytest.mark.parametrize("tag", [0x83, 0xFF])
def test_a_codec_that_is_a_number_and_no_letters(tmp_path: Path, tag: int) -> None:
    path = with_byte(write_audio(tmp_path / "talk.wav", noise(1, -30)), 20, tag)
    for read in (probe, Decoder):
        with pytest.raises(AudioError) as caught:
            read(path)
        assert caught.value.code == "audio-codec-unknown"


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "opus", "flac", "webm", "mka"])
@pytest.mark.parametrize("fill", ["zeros", "garbage"])
def test_lost_stretches_are_reported_as_one(tmp_path: Path, sound: NDArray[np.int16], kind: str, fill: str) -> None:
    put = bytes(1 << 20) if fill == "zeros" else GARBAGE
    path = write_audio(tmp_path / f"episode.{kind}", sound)
    content = path.read_bytes()
    begin, end = len(content) // 4, len(content) * 3 // 4
    path.write_bytes(content[:begin] + put[: end - begin] + content[end:])
    _, report = decode(path)
    ((start_ms, end_ms),) = report.lost_ms
    assert 3_000 < start_ms < 8_000
    assert 12_000 < end_ms < report.decoded_duration_ms + 1
    assert decode(path)[1] == report


def test_a_lost_end_and_a_lost_beginning_are_reported(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.m4a", sound, container_options={"movflags": "faststart"})
    content = path.read_bytes()
    begin = content.index(b"mdat") + 4
    quarter = (len(content) - begin) // 4
    path.write_bytes(content[:begin] + bytes(quarter) + content[begin + quarter : -quarter] + bytes(quarter))
    first, last = decode(path)[1].lost_ms
    assert first[0] == 0
    assert [first[1], *last] == pytest.approx([5_000, 15_000, 20_000], abs=1_000)


def test_a_part_of_an_ogg_file_that_cannot_be_opened_is_reported(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    part = write_audio(tmp_path / "part.opus", sound).read_bytes()
    long = np.tile(sound, 5)
    other = write_audio(tmp_path / "other.opus", long, container_options={"serial_offset": "7"}).read_bytes()
    chained = tmp_path / "chained.opus"
    chained.write_bytes(part + other.replace(b"OpusHead", b"NopeHead"))
    starts_s, report = decode(chained)
    assert starts_s == pytest.approx(BEEPS_S, abs=0.03)
    assert report.lost_ms == ((SECONDS * 1000, report.decoded_duration_ms),)
    assert report.decoded_duration_ms == pytest.approx(SECONDS * 6000, rel=0.1)


def test_damage_late_in_a_chained_ogg_file_keeps_the_times(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    """What the first part's header says is not the end of the whole."""
    mono = write_audio(tmp_path / "mono.opus", sound[:16_000])
    columns = np.stack([np.tile(sound, 5)] * 2, axis=1)
    stereo = spoil(write_audio(tmp_path / "stereo.opus", columns), at=0.85, length=0.05)
    chained = tmp_path / "chained.opus"
    chained.write_bytes(mono.read_bytes() + stereo.read_bytes())
    starts_s, report = decode(chained)
    assert starts_s[-1] == pytest.approx(1 + SECONDS * 4 + BEEPS_S[-1], abs=0.03)
    assert len(report.lost_ms) == 1


def test_sound_that_is_whole_or_lacks_a_moment_has_no_lost_stretch(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.mp3", sound)
    assert decode(path)[1].lost_ms == ()
    spoil(path, at=0.3, length=0.01)
    _, report = decode(spoil(path, at=0.6, length=0.01))
    assert report.bad_packets
    assert report.lost_ms == ()


def with_cover(path: Path) -> Path:
    """Put a picture of 300 kB into an mp3's tag."""
    picture = b"\x00image/png\x00\x03\x00\x89PNG\r\n\x1a\n" + GARBAGE[:300_000]
    frame = b"APIC" + len(picture).to_bytes(4) + b"\x00\x00" + picture
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    content = path.read_bytes()
    own_tag = 10 + int.from_bytes(content[6:10])
    path.write_bytes(b"ID3\x03\x00\x00" + size + frame + content[own_tag:])
    return path


def test_a_big_cover_does_not_move_the_times(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    path = write_audio(tmp_path / "episode.mp3", sound)
    plain = decode(path)
    assert decode(with_cover(path)) == plain
    assert probe(path).duration_ms == SECONDS * 1000


def test_a_big_cover_between_joined_mp3s_takes_no_time(tmp_path: Path, sound: NDArray[np.int16]) -> None:
    first = write_audio(tmp_path / "first.mp3", sound, bit_rate=128_000).read_bytes()
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(first + with_cover(write_audio(tmp_path / "second.mp3", sound, bit_rate=128_000)).read_bytes())
    starts_s, report = decode(joined)
    assert report.lost_ms == ()
    # The second file's own encoder delay and index frame are played too, in every player.
    assert starts_s == pytest.approx(BEEPS_S + [SECONDS + start for start in BEEPS_S], abs=0.13)
