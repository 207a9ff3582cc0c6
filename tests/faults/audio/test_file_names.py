"""A file name is a name: never an option, a protocol or a pattern, whatever it looks like."""

import os
from pathlib import Path

import pytest
from audio_files import beep_starts_s, beeps, write_audio

from podindex.audio.decode import Decoder
from podindex.audio.probe import probe
from podindex.files import shown

NAMES = [
    "🎧 épisode №7.wav",
    "\u202eפרק ראשון.wav",
    "two\nlines\tand\x1b[31m.wav",
    "\"quoted\" and 'quoted' `$(x)` \\.wav",
    "-dash.wav",
    "-",
    "--library=x",
    "http:127.0.0.1",
    "concat:a|b.wav",
    "pipe:0",
    "data:audio,x",
    "file:a.wav",
    "%d %03d.wav",
    "[a-z]*?.wav",
    "~root",
    "x" * 251 + ".wav",
    " ",
    os.fsdecode(b"not \xff\xfe text \xe9.wav"),
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_audio(tmp_path / "sound.wav", beeps(2, [0.5, 1.5])).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for path in (Path(name), tmp_path / name):
        assert probe(path).duration_ms == 2_000
        with Decoder(path) as decoder:
            assert [start for block in decoder for start in beep_starts_s(block)] == pytest.approx([0.5, 0.5], abs=0.01)


def test_a_name_is_shown_without_what_steers_a_terminal() -> None:
    assert shown(Path("x/a\nb\x1b[31m\u202e.mp3")) == "a\\nb\\x1b[31m\\u202e.mp3"
    assert shown(Path(os.fsdecode(b"\xff.mp3"))) == "\\udcff.mp3"
    assert shown(Path("Ünïcode 🎧.mp3")) == "Ünïcode 🎧.mp3"
