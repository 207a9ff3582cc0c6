"""What is not audio is refused with a word that says why, and opens nothing else."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from audio_files import beeps, write_audio

from podindex.audio.decode import Decoder, read_window
from podindex.audio.probe import probe
from podindex.errors import AudioError
from podindex.files import hash_file

RANDOM = random.Random(7).randbytes(50_000)
HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.mp3\n#EXT-X-ENDLIST\n"
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"


def code_of(path: Path) -> str:
    """Return the code that every way in fails with."""
    codes = set()
    for open_it in (probe, Decoder, lambda path: read_window(path, 0, 1000)):
        with pytest.raises(AudioError) as caught:
            open_it(path)
        assert caught.value.message
        assert caught.value.hint
        codes.add(caught.value.code)
    (code,) = codes
    return code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audio-empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "audio-not-audio"),
        (b"Dear listener, " * 1000, "audio-not-audio"),
        (HLS, "audio-not-audio"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00" + HLS, "audio-damaged"),
        (SDP, "audio-not-audio"),
        (b"\x00" * 100_000, "audio-not-audio"),
        (RANDOM, "audio-not-audio"),
        (b"RIFF" + RANDOM, "audio-damaged"),
        (b"\x00\x00\x00\x20ftypM4A " + RANDOM, "audio-damaged"),
        (b"OggS\x00\x02", "audio-damaged"),
        (b"\xff", "audio-not-audio"),
    ],
)
def test_names_what_is_not_audio(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "episode.mp3"
    path.write_bytes(content)
    assert code_of(path) == code


def test_audio_of_another_kind_is_not_called_anything_else(tmp_path: Path) -> None:
    path = tmp_path / "episode.aiff"
    path.write_bytes(b"FORM\x00\x01\x00\x00AIFFCOMM" + RANDOM)
    with pytest.raises(AudioError, match="not audio of a known kind"):
        probe(path)


def test_an_ffconcat_script_opens_nothing(tmp_path: Path) -> None:
    write_audio(tmp_path / "other.wav", beeps(1, [0.5]))
    script = tmp_path / "episode.mp3"
    script.write_text("ffconcat version 1.0\nfile other.wav\n")
    assert code_of(script) == "audio-not-audio"


def test_a_missing_file(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.mp3") == "audio-not-found"
    assert code_of(Path("nul\x00.mp3")) == "audio-not-found"


def test_a_folder(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "audio-is-folder"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    assert code_of(tmp_path / "pipe.mp3") == "audio-not-audio"


def test_what_the_system_refuses(tmp_path: Path) -> None:
    (tmp_path / "loop.mp3").symlink_to("loop.mp3")
    assert code_of(tmp_path / "loop.mp3") == "audio-unreadable"
    assert code_of(tmp_path / ("x" * 300)) == "audio-unreadable"


@pytest.mark.parametrize("read", [probe, hash_file])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing.mp3", "audio-not-found"),
        ("nul\x00.mp3", "audio-not-found"),
        ("file.mp3/inside.mp3", "audio-not-found"),
        ("", "audio-is-folder"),
        ("pipe.mp3", "audio-not-audio"),
        ("loop.mp3", "audio-unreadable"),
    ],
)
def test_whoever_opens_a_file_says_the_same_of_it(
    tmp_path: Path, read: Callable[[Path], object], name: str, code: str
) -> None:
    (tmp_path / "file.mp3").touch()
    (tmp_path / "loop.mp3").symlink_to("loop.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(AudioError) as caught:
        read(tmp_path / name)
    assert caught.value.code == code


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "secret.wav", beeps(1, [0.5]))
    path.chmod(0)
    assert code_of(path) == "audio-unreadable"


@pytest.mark.parametrize("sample_entry", [b"drms", b"enca", b"aavd"])
def test_protected_files_are_named_as_such(tmp_path: Path, sample_entry: bytes) -> None:
    path = write_audio(tmp_path / "bought.m4a", beeps(2, [0.5]))
    content = path.read_bytes()
    at = content.index(b"mp4a", content.index(b"stsd"))
    path.write_bytes(content[:at] + sample_entry + content[at + 4 :])
    assert code_of(path) == "audio-protected"


def test_a_codec_nobody_knows(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "odd.mka", beeps(2, [0.5]))
    path.write_bytes(path.read_bytes().replace(b"A_VORBIS", b"A_UNHEAR"))
    assert code_of(path) == "audio-codec-unknown"


def test_a_film_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for frame in [av.VideoFrame(32, 32, "yuv420p") for _ in range(5)] + [None]:
            out.mux(stream.encode(frame))
    assert code_of(path) == "audio-no-sound"
