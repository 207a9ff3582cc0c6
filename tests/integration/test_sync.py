"""What `sync` does with episodes that failed: again, but not too soon, and always with the reason at hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from transcripts import EPISODE

from podindex import Library
from podindex.catalogue import Catalogue
from podindex.intake import Intake, IntakeOptions
from podindex.models import AudioRef, EpisodeOutcome, ErrorInfo, Failure
from podindex.progress import Notes
from podindex.store import EpisodeStore


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    """A library whose only episode has lost its audio."""
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(replace(EPISODE, audio=AudioRef(str(tmp_path / "gone.mp3"), "00", 1)))
    return store


def sync(store: EpisodeStore) -> tuple[list[EpisodeOutcome], list[str]]:
    notes = Notes()
    with Library.open(store.root.parent, progress=notes) as library:
        return list(library.sync()), notes.messages


def load_failure(store: EpisodeStore) -> Failure:
    failure = store.load_failure(EPISODE.id)
    assert failure
    return failure


def test_a_failed_episode_is_listed_with_the_reason(store: EpisodeStore) -> None:
    (outcome,), _ = sync(store)
    assert (outcome.episode_id, outcome.status) == (EPISODE.id, "failed")
    with Library.open(store.root.parent) as library:
        (episode,) = library.episodes()
    assert episode.status == "failed"
    assert episode.error == outcome.error == load_failure(store).error
    assert episode.error
    assert episode.error.code == "audio-not-found"


def test_it_is_not_tried_again_at_once_and_that_is_said(store: EpisodeStore) -> None:
    sync(store)
    outcomes, notes = sync(store)
    assert outcomes == []
    assert any("1 failed episode waits to be tried again" in note for note in notes)
    assert load_failure(store).attempts == 1


@pytest.mark.parametrize(("attempts", "pause"), [(1, 1), (2, 2), (3, 4), (8, 128), (30, 24 * 60)])
def test_pauses_double_up_to_a_day(store: EpisodeStore, attempts: int, pause: int) -> None:
    first = Failure(ErrorInfo("e", "m", "h"), attempts, datetime.now(UTC))
    catalogue = Catalogue(store.root.parent / "index", store)
    for age, tried in ((timedelta(minutes=pause) - timedelta(seconds=30), False), (timedelta(minutes=pause), True)):
        store.save_failure(EPISODE.id, replace(first, attempts=attempts, failed_at=datetime.now(UTC) - age))
        taken = list(Intake(store, catalogue, IntakeOptions()).take_unfinished())
        assert bool(taken) == tried
        assert load_failure(store).attempts == attempts + tried


def test_adding_the_file_does_not_wait(store: EpisodeStore, tmp_path: Path) -> None:
    sync(store)
    (tmp_path / "gone.mp3").write_text("<html>not what it was</html>")
    assert sync(store)[0] == []
    with Library.open(tmp_path) as library:
        (outcome,) = library.add([tmp_path / "gone.mp3"])
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error.code != "audio-not-found"


def test_adding_a_folder_that_holds_the_library_adds_nothing_from_its_index(
    store: EpisodeStore, tmp_path: Path
) -> None:
    made = tmp_path / "index" / "audio" / "show" / "ep.m4a"
    made.parent.mkdir(parents=True)
    made.write_bytes(b"a copy of an episode")
    other = tmp_path / "elsewhere" / "index" / "a.mp3"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"a folder that is only called so")
    with Library.open(tmp_path) as library:
        assert [outcome.path for outcome in library.add([tmp_path])] == [other]
