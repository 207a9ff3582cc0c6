"""What the system refuses while audio is read is said of the system, and is no statement about the file."""

import errno
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import av
import numpy as np
import pytest
from audio_files import beeps, write_audio
from refusing import refusing

from podindex.audio.decode import Decoder
from podindex.audio.probe import probe
from podindex.errors import AudioError
from podindex.files import hash_file


def decode(path: Path) -> tuple[object, ...]:
    with Decoder(path) as decoder:
        return np.concatenate(list(decoder)).tolist(), decoder.report


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "flac", "wav", "mka", "aac"])
@pytest.mark.parametrize("read", [probe, decode, hash_file])
def test_a_file_that_cannot_be_opened_once_more_is_said(
    tmp_path: Path, kind: str, read: Callable[[Path], object]
) -> None:
    """A file is opened several times, and any of them may be the one too many."""
    path = write_audio(tmp_path / f"a.{kind}", beeps(2, [1]))
    assert_all_refusals_are_said(path, read)


def test_sound_that_begins_later_in_the_file_is_not_lost_because_it_cannot_be_opened(tmp_path: Path) -> None:
    """An Ogg file in which sound of another kind follows is opened once more where that begins."""
    mono, stereo = beeps(2, [1]), np.repeat(beeps(2, [1])[:, np.newaxis], 2, axis=1)
    parts = [write_audio(tmp_path / "mono.opus", mono), write_audio(tmp_path / "stereo.opus", stereo)]
    path = tmp_path / "a.opus"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert_all_refusals_are_said(path, decode)


def assert_all_refusals_are_said(path: Path, read: Callable[[Path], object]) -> None:
    usual = read(path)
    for number in count():
        answer, said = usual, None
        with refusing(path, number, errno.EMFILE) as refusal:
            try:
                answer = read(path)
            except AudioError as error:
                said = error.code, error.message
        assert answer == usual
        assert said in (None, ("audio-unreadable", f"{path.name} cannot be read: {os.strerror(errno.EMFILE)}"))
        if not refusal.was_met:
            break
    assert number > 0


@pytest.mark.parametrize("kind", ["mp3", "aac"])
@pytest.mark.parametrize("error_number", [errno.EMFILE, errno.ENFILE, errno.ESTALE])
def test_what_only_the_system_says_is_no_damage_even_if_it_is_said_once(
    tmp_path: Path, kind: str, error_number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moment later, there may be room for one more open file."""
    path = write_audio(tmp_path / f"a.{kind}", beeps(2, [1]))

    def refuse(*_: object, **__: object) -> None:
        av.error.err_check(-error_number)

    with monkeypatch.context() as patched:
        patched.setattr(av, "open", refuse)
        with pytest.raises(AudioError) as caught:
            probe(path)
    assert caught.value.code == "audio-unreadable"
    assert os.strerror(error_number) in caught.value.message
    assert probe(path).duration_ms
