"""What the system refuses while audio is read is said of the system, and is no statement about the file."""

import errno
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

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
