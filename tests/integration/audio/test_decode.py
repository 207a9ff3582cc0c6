"""Real files, made with av, through the decoder: what was put at a time comes out at that time."""

from pathlib import Path

import numpy as np
import pytest
from audio_files import FORMATS, beep_starts_s, beeps, noise, write_audio
from numpy.typing import NDArray

from podindex.audio.decode import Decoder, read_window
from podindex.models import DecodeReport

BEEPS_S = [0.5, 3.0, 7.25, 8.5]
SECONDS = 10


def decode(path: Path) -> tuple[NDArray[np.int16], DecodeReport]:
    with Decoder(path) as decoder:
        blocks = list(decoder)
        assert all(block.dtype == np.int16 and block.ndim == 1 and len(block) for block in blocks)
        return np.concatenate(blocks), decoder.report


@pytest.mark.parametrize("rate_hz", [44_100, 16_000, 8_000])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_keeps_its_times(tmp_path: Path, kind: str, rate_hz: int) -> None:
    path = write_audio(tmp_path / f"episode.{kind}", beeps(SECONDS, BEEPS_S, rate_hz=rate_hz), rate_hz=rate_hz)
    samples, report = decode(path)
    # A raw ADTS file does not say how long its encoder's delay is: two frames of 1024 samples at most.
    delay_s = 1024 / rate_hz if kind == "aac" else 0.0
    assert beep_starts_s(samples) == pytest.approx([start + delay_s for start in BEEPS_S], abs=0.002)
    assert len(samples) == pytest.approx(SECONDS * 16_000, abs=0.25 * 16_000)
    assert report == DecodeReport(decoded_duration_ms=len(samples) // 16, bad_packets=0)


def test_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "episode.mp3", beeps(SECONDS, BEEPS_S), kind="flac")
    assert beep_starts_s(decode(path)[0]) == pytest.approx(BEEPS_S, abs=0.002)


@pytest.mark.parametrize("channels", [2, 8])
@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_every_channel_is_heard_alike(tmp_path: Path, kind: str, channels: int) -> None:
    starts_s = [0.5 + index for index in range(channels)]
    columns = np.stack([beeps(SECONDS, [start]) for start in starts_s], axis=1)
    samples, _ = decode(write_audio(tmp_path / f"speakers.{kind}", columns))
    peaks = [int(np.abs(samples[round(start * 16_000) :][:3_000]).max()) for start in starts_s]
    assert peaks == pytest.approx([12_000 / channels] * channels, rel=0.02)


def test_dual_mono_is_as_loud_as_mono(tmp_path: Path) -> None:
    mono = beeps(SECONDS, BEEPS_S)
    samples, _ = decode(write_audio(tmp_path / "dual.flac", np.stack([mono, mono], axis=1)))
    assert np.abs(samples).max() == pytest.approx(12_000, rel=0.02)


def test_a_rate_that_changes_in_the_file(tmp_path: Path) -> None:
    first = write_audio(tmp_path / "intro.mp3", beeps(SECONDS, BEEPS_S, rate_hz=44_100), rate_hz=44_100)
    second = write_audio(tmp_path / "main.mp3", beeps(SECONDS, BEEPS_S, rate_hz=22_050), rate_hz=22_050)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    # The second file's own encoder delay and index frame are played too, in every player.
    assert beep_starts_s(decode(joined)[0]) == pytest.approx(BEEPS_S + [SECONDS + start for start in BEEPS_S], abs=0.08)


def test_chained_streams_go_on(tmp_path: Path) -> None:
    opus = write_audio(tmp_path / "part.opus", beeps(SECONDS, BEEPS_S)).read_bytes()
    chained = tmp_path / "chained.opus"
    chained.write_bytes(opus + opus)
    assert beep_starts_s(decode(chained)[0]) == pytest.approx(
        BEEPS_S + [SECONDS + start for start in BEEPS_S], abs=0.01
    )


@pytest.mark.parametrize("other", ["stereo.opus", "vorbis.ogg", "short.opus"])
def test_chained_streams_of_another_kind_go_on(tmp_path: Path, other: str) -> None:
    """FFmpeg goes on by itself only where codec, rate and channels stay."""
    mono, stereo = beeps(SECONDS, BEEPS_S), np.stack([beeps(SECONDS, BEEPS_S)] * 2, axis=1)
    first = write_audio(tmp_path / "mono.opus", mono[:16_000] if other == "short.opus" else mono).read_bytes()
    second = write_audio(tmp_path / other, stereo).read_bytes()
    chained = tmp_path / "chained.ogg"
    chained.write_bytes(first + second + first)
    samples, report = decode(chained)
    begin_s = 1 if other == "short.opus" else SECONDS
    expected_s = [0.5] if other == "short.opus" else BEEPS_S
    all_s = [*expected_s, *(begin_s + at for at in BEEPS_S), *(begin_s + SECONDS + at for at in expected_s)]
    assert beep_starts_s(samples) == pytest.approx(all_s, abs=0.07)  # Vorbis pads with a frame
    assert report.bad_packets == 0


@pytest.mark.parametrize("kind", ["mka", "webm", "mkv", "m4a", "opus"])
def test_a_gap_in_the_timestamps_is_silence(tmp_path: Path, kind: str) -> None:
    path = write_audio(tmp_path / f"live.{kind}", beeps(SECONDS, BEEPS_S), shift=(5.0, 3.0))
    samples, report = decode(path)
    assert beep_starts_s(samples) == pytest.approx([0.5, 3.0, 10.25, 11.5], abs=0.002)
    assert report.bad_packets == 1
    assert np.abs(samples[round(5.5 * 16_000) : round(7.5 * 16_000)]).max() == 0


def test_a_window_is_what_the_decoder_gives_there(tmp_path: Path) -> None:
    for kind in ("mp3", "m4a", "opus", "flac", "wav", "mka"):
        path = write_audio(tmp_path / f"episode.{kind}", noise(SECONDS, -20))
        whole, window = decode(path)[0].astype(np.float64), read_window(path, 4_000, 2_000).astype(np.float64)
        assert len(window) == 32_000
        expected = whole[64_000:96_000]
        assert np.corrcoef(window[1_600:], expected[1_600:])[0, 1] > 0.9, kind


def test_a_window_ends_with_the_episode(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "episode.wav", beeps(SECONDS, BEEPS_S))
    assert len(read_window(path, 9_000, 5_000)) == 16_000
    assert len(read_window(path, 20_000, 5_000)) == 0


def test_blocks_do_not_grow_with_the_episode(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "silence.flac", np.zeros(300 * 16_000, np.int16))
    with Decoder(path) as decoder:
        for count, block in enumerate(decoder, start=1):
            assert len(block) <= 10 * 16_000
            assert decoder.decoded_ms <= 10_000 * count
        assert decoder.decoded_ms == 300_000
