"""What a person or hours of work made is not given up because the system refused to let us look at it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from audio_files import beeps, noise, write_audio
from av.audio.stream import AudioStream
from av.container import InputContainer
from refusing import PASSING, refusing
from starlette.requests import Request
from transcripts import EPISODE, make_transcript

from podindex import Library
from podindex.audio import seeking
from podindex.audio.seekable import make_seekable
from podindex.audio.source import open_source
from podindex.catalogue import CACHE_NAME, Catalogue
from podindex.config import Settings
from podindex.errors import AudioError, PodindexError, StoreError
from podindex.ingest import Job
from podindex.intake import Intake, IntakeOptions
from podindex.models import AudioRef, ChunkResult, Episode, EpisodeOutcome, ErrorInfo
from podindex.progress import Progress
from podindex.store import EpisodeStore
from podindex.upkeep import find_problems, repair_problems
from podindex.web.audio import respond_with_audio

if TYPE_CHECKING:
    from av.packet import Packet

CHUNKS = {number: ChunkResult(number, number * 1000, 1000, 0, ()) for number in range(3)}
REQUEST = Settings(model="base", language="de")


@pytest.fixture
def library_dir(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    return tmp_path / "library"


@pytest.fixture
def store(library_dir: Path) -> EpisodeStore:
    """An episode with a transcript, which is being transcribed once more in another way."""
    store = EpisodeStore(library_dir / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["Hello"]))
    for chunk in CHUNKS.values():
        store.checkpoints(EPISODE.id).save("fp", chunk)
    store.checkpoints(EPISODE.id).save_request(REQUEST)
    return store


@pytest.mark.parametrize("error_number", PASSING)
def test_a_finished_chunk_that_cannot_be_read_now_is_not_as_if_missing(store: EpisodeStore, error_number: int) -> None:
    for number in count():
        with refusing(store.root, number, error_number) as refusal:
            try:
                found = store.checkpoints(EPISODE.id).load("fp")
            except StoreError as error:
                found = CHUNKS
                assert_said(error, error_number)
        assert found == CHUNKS
        if not refusal.was_met:
            break
    assert number == 1 + len(CHUNKS)


def assert_said(error: StoreError, error_number: int) -> None:
    assert error.code == "disk-error"
    assert os.strerror(error_number) in error.message


def test_how_an_episode_is_to_be_transcribed_is_not_forgotten(tmp_path: Path, library_dir: Path) -> None:
    store = EpisodeStore(library_dir / "episodes")
    audio = write_audio(tmp_path / "a.wav", beeps(2, [1]))
    intake = Intake(store, Catalogue(library_dir / "index", store), IntakeOptions(request=REQUEST))
    job = intake.take(audio)
    assert isinstance(job, Job)
    store.checkpoints(job.episode.id).save("fp", CHUNKS[0])
    request = store.root / f"{job.episode.id}.chunks" / "request.json"
    intake = Intake(store, Catalogue(library_dir / "index", store), IntakeOptions())
    with refusing(request, 0, errno.EMFILE) as refusal:
        (outcome,) = intake.take_unfinished()
    assert refusal.was_met
    assert isinstance(outcome, EpisodeOutcome)
    assert outcome.episode_id == job.episode.id
    assert outcome.error
    assert os.strerror(errno.EMFILE) in outcome.error.message
    (again,) = Intake(store, Catalogue(library_dir / "index", store), IntakeOptions()).take_unfinished()
    assert isinstance(again, Job)
    assert again.settings == store.checkpoints(job.episode.id).load_request() == REQUEST


@pytest.mark.parametrize("kept", ["request", "failure"])
def test_a_repair_takes_no_unfinished_chunks_for_leftovers(
    library_dir: Path, store: EpisodeStore, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kept == "failure":
        store.checkpoints(EPISODE.id).clear_request()
        store.checkpoints(EPISODE.id).record_failure(ErrorInfo("worker-died", "it died", "again"))
    # Neither reading them nor looking at them tells anything now.
    file, is_file, usual = store.root / f"{EPISODE.id}.chunks" / f"{kept}.json", os.path.isfile, os.fspath
    monkeypatch.setattr(os.path, "isfile", lambda path: usual(path) != usual(file) and is_file(path))
    with refusing(file, 0, errno.EIO):
        problems = find_problems(library_dir, store, locked=True)
    with refusing(file, 0, errno.EIO):
        repair_problems(problems, library_dir, store, Progress())
    assert [problem.code for problem in problems] == []
    assert store.checkpoints(EPISODE.id).load("fp") == CHUNKS


def test_where_the_end_of_an_episode_was_cut_is_not_guessed(
    store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.checkpoints(EPISODE.id).mark_uncut()
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.name == "end-uncut":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(StoreError) as caught:
        store.checkpoints(EPISODE.id).is_uncut()
    assert_said(caught.value, errno.EIO)


def asking_for(episode_id: str) -> Request:
    show, _, episode = episode_id.partition("/")
    path_params = {"show": show, "episode": episode}
    return Request({"type": "http", "method": "GET", "headers": [], "path_params": path_params})


def test_audio_that_cannot_be_looked_at_now_has_not_gone(
    tmp_path: Path, library_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, audio = EpisodeStore(library_dir / "episodes"), write_audio(tmp_path / "a.wav", beeps(2, [1]))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio))))
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path == audio:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))
        return stat(path, **options)

    request = asking_for(EPISODE.id)
    with Library.open(library_dir) as library:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "stat", refuse)
            assert [problem.code for problem in library.check()] == ["audio-unreadable"]
            for use in (lambda: library.peaks(EPISODE.id), lambda: respond_with_audio(library, request)):
                with pytest.raises(AudioError) as caught:
                    use()
                assert caught.value.code == "audio-unreadable"
                assert os.strerror(errno.EMFILE) in caught.value.message
                assert "ulimit -n" in caught.value.hint
        assert respond_with_audio(library, request).status_code == 200


def test_whether_a_file_holds_sound_is_not_remembered_from_a_refusal(tmp_path: Path, library_dir: Path) -> None:
    """Metadata may name any file: what is not sound is handed out to nobody, whatever the system refused before."""
    store, secret = EpisodeStore(library_dir / "episodes"), tmp_path / "secret"
    secret.write_text("root:x:0:0")
    store.save_episode(replace(EPISODE, audio=AudioRef(str(secret))))
    request = asking_for(EPISODE.id)
    codes = []
    with Library.open(library_dir) as library:
        for number in range(3):  # the last of which refuses what looks for sound, or nothing
            with refusing(secret, number, errno.EMFILE), pytest.raises(PodindexError) as caught:
                respond_with_audio(library, request)
            codes.append(caught.value.code)
        with pytest.raises(PodindexError) as caught:
            respond_with_audio(library, request)
    assert "audio-unreadable" in codes
    assert caught.value.code == "audio-gone"


@pytest.mark.parametrize("error_number", PASSING)
def test_a_list_that_cannot_be_read_now_is_not_made_anew(tmp_path: Path, library_dir: Path, error_number: int) -> None:
    """It knows what no other file does: which audio belongs to an episode whose metadata are damaged."""
    store, index_dir = EpisodeStore(library_dir / "episodes"), library_dir / "index"
    audio = tmp_path / "a.wav"
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio))))
    Catalogue(index_dir, store).refresh()
    store.metadata_path(EPISODE.id).write_text("{")
    with refusing(index_dir / CACHE_NAME, 0, error_number) as refusal:
        catalogue = Catalogue(index_dir, store)
        (listed,) = catalogue.summaries()
    assert refusal.was_met
    assert listed.episode_id == EPISODE.id
    store.save_episode(Episode("show/other", "Show", "Other"))
    catalogue.refresh()
    assert Catalogue(index_dir, store).find_by_audio_path(audio) == EPISODE.id


class FailingDisk:
    """An open audio file of which the disk gives the first packets."""

    def __init__(self, container: InputContainer) -> None:
        self.format = container.format
        self._container = container

    def demux(self, stream: AudioStream) -> "Iterator[Packet[AudioStream]]":
        """Yield a few packets; then raise what av raises."""
        yield from islice(self._container.demux(stream), 5)
        av.error.err_check(-errno.EIO)


def test_where_players_land_is_not_remembered_from_a_disk_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def open_failing(path: Path) -> Iterator[tuple[FailingDisk, AudioStream]]:
        with open_source(path) as (container, stream):
            yield FailingDisk(container), stream

    sound = np.concatenate([beeps(2, []), noise(2, -20)])
    path, cache_dir = write_audio(tmp_path / "a.mp3", sound, variable_rate=True), tmp_path / "index" / "audio"
    with monkeypatch.context() as patched:
        patched.setattr(seeking, "open_source", open_failing)
        with pytest.raises(AudioError) as caught:
            make_seekable(cache_dir, EPISODE.id, path)
        assert caught.value.code == "audio-unreadable"
    assert make_seekable(cache_dir, EPISODE.id, path).suffix == ".m4a"
