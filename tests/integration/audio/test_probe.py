"""Real files, made with av: their tags, chapters and lengths."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import FORMATS, beeps, noise, write_audio
from av.video.stream import VideoStream

from podindex.audio.decode import Decoder
from podindex.audio.probe import probe
from podindex.audio.seeking import is_seek_safe
from podindex.audio.truncation import missing_ms
from podindex.models import Chapter

SECONDS = 10
TAGS = {
    "title": "Épisode sept",
    "album": "Naked Security",
    "artist": "Anna",
    "date": "2026-11-05",
    "comment": "About a breach.",
}
CHAPTERS = [(0, "Cold open"), (4_000, "Interview")]


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind not in {"aac", "wav"}])
def test_reads_tags(tmp_path: Path, kind: str) -> None:
    info = probe(write_audio(tmp_path / f"episode.{kind}", beeps(SECONDS, [1.0]), tags=TAGS))
    assert (info.title, info.show) == ("Épisode sept", "Naked Security")
    assert info.published == datetime(2026, 11, 5, tzinfo=UTC)
    assert info.description == "About a breach."
    assert info.duration_ms == pytest.approx(SECONDS * 1000, abs=150)


@pytest.mark.parametrize("kind", ["mp3", "m4b", "opus", "mka"])
def test_reads_chapters(tmp_path: Path, kind: str) -> None:
    info = probe(write_audio(tmp_path / f"book.{kind}", beeps(SECONDS, [1.0]), chapters=CHAPTERS))
    assert info.chapters == (Chapter(0, "Cold open"), Chapter(4_000, "Interview"))


def test_a_file_may_say_nothing_of_itself(tmp_path: Path) -> None:
    info = probe(write_audio(tmp_path / "phone.wav", beeps(SECONDS, [1.0], rate_hz=8_000), rate_hz=8_000))
    assert (info.title, info.show, info.published, info.chapters) == (None, None, None, ())


@pytest.mark.parametrize("placeholder", [0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFE - 44, 0xFFFFFFFF])
def test_a_streamed_wav_is_as_long_as_its_file(tmp_path: Path, placeholder: int) -> None:
    path = write_audio(tmp_path / "streamed.wav", beeps(SECONDS, [1.0]))
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[4:8] = content[at : at + 4] = placeholder.to_bytes(4, "little")
    path.write_bytes(content)
    header_ms = probe(path).duration_ms
    with Decoder(path) as decoder:
        for _ in decoder:
            pass
        decoded_ms = decoder.report.decoded_duration_ms
    assert header_ms == decoded_ms == SECONDS * 1000
    assert missing_ms(header_ms, decoded_ms) == 0


def test_hostile_tags_come_out_clean(tmp_path: Path) -> None:
    tags = {"title": "\x1b]0;owned\x07 News \u202egpj.exe", "album": "x" * 100_000, "date": "9e99"}
    info = probe(write_audio(tmp_path / "episode.mp3", beeps(SECONDS, [1.0]), tags=tags))
    assert info.title == "]0;owned News gpj.exe"
    assert info.show is not None
    assert len(info.show) == 500
    assert info.published is None


def test_tags_that_are_not_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "episode.flac", beeps(SECONDS, [1.0]), tags={"title": "Strasse"})
    path.write_bytes(path.read_bytes().replace(b"Strasse", b"Stra\xdfe\xff"))
    assert probe(path).title == "Straßeÿ"


@pytest.mark.parametrize("options", [{}, {"write_xing": "0"}])
def test_variable_bit_rate_has_a_true_length_and_is_not_safe_to_seek(tmp_path: Path, options: dict[str, str]) -> None:
    samples = np.concatenate([noise(5, -12), np.zeros(25 * 16_000, np.int16)])
    path = write_audio(tmp_path / "vbr.mp3", samples, container_options=options, variable_rate=True)
    assert probe(path).duration_ms == pytest.approx(30_000, abs=150)
    assert not is_seek_safe(path)


def lacks_ms(path: Path) -> int:
    """Return how much is said to be missing at a file's end."""
    with Decoder(path) as decoder:
        for _ in decoder:
            pass
        return missing_ms(probe(path).duration_ms, decoder.report.decoded_duration_ms)


def write_tracks(path: Path, *tracks: Path, picture_s: int = 0) -> Path:
    """Put the sound of several files into one, with a picture that stands so long."""
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as out, ExitStack() as stack:
        picture = out.add_stream("mpeg4", rate=1) if picture_s else None
        sources = [stack.enter_context(av.open(str(track))) for track in tracks]
        copies = [out.add_stream_from_template(source.streams.audio[0]) for source in sources]
        if isinstance(picture, VideoStream):
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
            for _ in range(picture_s):
                out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuv420p")))
            out.mux(picture.encode(None))
        for source, copy in zip(sources, copies, strict=True):
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = copy
                    out.mux(packet)
    return path


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_picture_may_outlast_the_sound(tmp_path: Path, kind: str) -> None:
    sound = write_audio(tmp_path / "sound.m4a", beeps(SECONDS, [1.0]))
    path = write_tracks(tmp_path / f"endcard.{kind}", sound, picture_s=SECONDS + 5)
    assert probe(path).duration_ms == pytest.approx(SECONDS * 1000, abs=150)
    assert lacks_ms(path) == 0


@pytest.mark.parametrize("kind", ["mp4", "mka"])
def test_another_track_may_be_longer(tmp_path: Path, kind: str) -> None:
    """The first of two is the one that is heard."""
    tracks = [write_audio(tmp_path / f"{number}.m4a", beeps(SECONDS + 5 * number, [1.0])) for number in range(2)]
    path = write_tracks(tmp_path / f"two.{kind}", *tracks)
    assert probe(path).duration_ms == pytest.approx(SECONDS * 1000, abs=150)
    assert lacks_ms(path) == 0


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_sound_that_begins_late_ends_late(tmp_path: Path, kind: str) -> None:
    sound = write_audio(tmp_path / "sound.mka", beeps(SECONDS, [1.0]), codec="aac", shift=(0.0, 5.0))
    path = write_tracks(tmp_path / f"late.{kind}", sound, picture_s=SECONDS)
    assert probe(path).duration_ms == pytest.approx((SECONDS + 5) * 1000, abs=150)
    assert lacks_ms(path) == 0


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_among_other_tracks_the_end_of_the_sound_is_missed(tmp_path: Path, kind: str) -> None:
    tracks = [write_audio(tmp_path / f"{number}.m4a", beeps(SECONDS + 5 * number, [1.0])) for number in range(2)]
    path = write_tracks(tmp_path / f"cut.{kind}", *tracks, picture_s=SECONDS + 5)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert lacks_ms(path) > 2_000


@pytest.mark.parametrize("kbits", [(32, 128), (128, 32), (32, 128, 128, 128)])
def test_joined_mp3s_are_as_long_as_their_parts(tmp_path: Path, kbits: tuple[int, ...]) -> None:
    """Each has an index of its own, and the first one's is not that of the whole."""
    joined = tmp_path / "joined.mp3"
    with joined.open("wb") as file:
        for number, rate in enumerate(kbits):
            part = tmp_path / f"{number}.mp3"
            file.write(write_audio(part, noise(SECONDS, -20), bit_rate=rate * 1000).read_bytes())
    assert probe(joined).duration_ms == pytest.approx(len(kbits) * SECONDS * 1000, abs=150 * len(kbits))
    assert lacks_ms(joined) == 0


@pytest.mark.parametrize("tag", [b"APETAGEX" + noise(4, 0).tobytes(), bytes(100_000)], ids=["cover", "zeros"])
@pytest.mark.parametrize("options", [{}, {"write_xing": "0"}], ids=["index", "bare"])
def test_what_stands_behind_the_sound_does_not_make_it_longer(
    tmp_path: Path, tag: bytes, options: dict[str, str]
) -> None:
    path = write_audio(tmp_path / "talk.mp3", noise(SECONDS, -20), bit_rate=64_000, container_options=options)
    path.write_bytes(path.read_bytes() + tag)
    assert probe(path).duration_ms == pytest.approx(SECONDS * 1000, abs=1000)
    assert lacks_ms(path) == 0


def test_constant_bit_rate_is_safe_to_seek(tmp_path: Path) -> None:
    for options in ({}, {"write_xing": "0"}):
        path = write_audio(tmp_path / "cbr.mp3", noise(SECONDS, -20), bit_rate=64_000, container_options=options)
        assert is_seek_safe(path)


def test_containers_with_a_clock_are_safe_to_seek(tmp_path: Path) -> None:
    for kind in ("m4a", "opus", "flac", "wav", "webm"):
        assert is_seek_safe(write_audio(tmp_path / f"episode.{kind}", beeps(SECONDS, [1.0])))
