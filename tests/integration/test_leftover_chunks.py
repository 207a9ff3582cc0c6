"""What a kill between the transcript and the end of its checkpoints leaves behind."""

from pathlib import Path

import pytest
from audio_files import beeps, write_audio

from podindex import Library
from podindex.models import ChunkResult, ErrorInfo
from podindex.store import EpisodeStore

EPISODE_ID = "show/talk"


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    return write_audio(tmp_path / "talk.wav", beeps(5, [1]))


@pytest.fixture
def cues(tmp_path: Path) -> Path:
    path = tmp_path / "talk.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n", encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path, audio: Path, cues: Path) -> Library:
    """A library whose episode has a transcript, and a chunk."""
    library = Library.open(tmp_path / "library")
    (outcome,) = library.add([audio], show="Show", transcript=cues)
    assert outcome.episode_id == EPISODE_ID
    _store(library).checkpoints(EPISODE_ID).save("fingerprint", ChunkResult(0, 0, 5_000, 0, ()))
    return library


def _store(library: Library) -> EpisodeStore:
    return EpisodeStore(library.path / "episodes")


def test_leftover_chunks_go_when_the_episode_is_added_again(library: Library, audio: Path, cues: Path) -> None:
    (again,) = library.add([audio], transcript=cues)
    assert again.status == "unchanged"
    assert not _store(library).checkpoints(EPISODE_ID).exist()


def test_chunks_of_a_try_that_failed_are_no_leftovers(library: Library) -> None:
    assert [problem.code for problem in library.check()] == ["leftover-chunks"]
    _store(library).checkpoints(EPISODE_ID).record_failure(ErrorInfo("worker-died", "it died", "again"))
    assert library.check(repair=True) == []
    assert _store(library).checkpoints(EPISODE_ID).exist()
