"""What one `add` was asked for and did not finish, `sync` finishes in the same way, and redoes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from audio_files import noise, write_audio

from podindex import Library
from podindex.checkpoints import Checkpoints
from podindex.config import Settings
from podindex.errors import ModelError
from podindex.models import Chunk, TranscribeOptions
from podindex.progress import Notes
from podindex.store import EpisodeStore
from podindex.testing import FakeTranscriber
from podindex.transcribe.models import ModelChoice, choose_model

SETTINGS = Settings(model="tiny.en", beam_size=2, workers=1)


class FakePool(FakeTranscriber):
    """A pool without workers that remembers how it was asked to transcribe, and may be interrupted."""

    asked: ClassVar[list[TranscribeOptions]] = []
    fail: ClassVar[Callable[[Chunk], Exception | None]] = staticmethod(lambda _: None)

    def __init__(self, choice: ModelChoice, options: TranscribeOptions, **_: Any) -> None:
        super().__init__(capacity=1, fail=FakePool.fail)
        self.asked.append(options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def interrupt(_: object) -> Exception:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _fake_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakePool, "asked", [])
    monkeypatch.setattr("podindex.transcribe.workers.WorkerPool", FakePool)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "show").mkdir()
    return [write_audio(tmp_path / "show" / f"{name}.wav", noise(2, -30, seed=ord(name))) for name in "ab"]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library", progress=Notes())


def store_of(library: Library) -> EpisodeStore:
    return EpisodeStore(library.path / "episodes")


def beam_sizes(library: Library) -> list[object]:
    store = store_of(library)
    return [store.load_transcript(episode_id).origin.options["beam_size"] for episode_id in store.iter_ids()]


def add_until_interrupted(
    library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch, *, done: int, **options: Any
) -> None:
    """Add files; the run ends when so many of them are finished."""
    started: list[Chunk] = []

    def fail(chunk: Chunk) -> Exception | None:
        started.append(chunk)
        return interrupt(chunk) if len(started) > done else None

    with monkeypatch.context() as patch:
        patch.setattr(FakePool, "fail", staticmethod(fail))
        with pytest.raises(KeyboardInterrupt):
            list(library.add(files, **options))


@pytest.mark.parametrize("done", [0, 1])
def test_sync_goes_on_as_it_was_begun(
    library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    add_until_interrupted(library, files, monkeypatch, done=done, settings=SETTINGS)
    outcomes = list(library.sync())
    assert [outcome.status for outcome in outcomes] == ["done"] * (2 - done)
    assert beam_sizes(library) == [2, 2]
    assert FakePool.asked[0] == FakePool.asked[1]
    assert list(library.sync()) == []
    assert library.check() == []


def test_a_forced_batch_is_finished_by_sync_and_what_it_has_done_is_not_redone(
    library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    list(library.add(files))
    add_until_interrupted(library, files, monkeypatch, done=1, settings=SETTINGS, force=True)
    assert sorted(map(str, beam_sizes(library))) == ["2", "5"]
    (outcome,) = library.sync()
    assert outcome.status == "done"
    assert beam_sizes(library) == [2, 2]
    assert list(library.sync()) == []


def test_another_add_decides_anew(library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    add_until_interrupted(library, files, monkeypatch, done=0, settings=SETTINGS)
    add_until_interrupted(library, files, monkeypatch, done=0)
    list(library.sync())
    assert beam_sizes(library) == [5, 5]


def test_adding_without_force_lets_a_finished_transcript_be(
    library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    list(library.add(files))
    add_until_interrupted(library, files, monkeypatch, done=0, settings=SETTINGS, force=True)
    assert [outcome.status for outcome in library.add(files)] == ["unchanged"] * 2
    assert list(library.sync()) == []


def test_a_model_that_has_gone_fails_its_episodes_alone(
    library: Library, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Settings(model=str(tmp_path / "gone"))
    add_until_interrupted(library, files[:1], monkeypatch, done=0)
    store_of(library).checkpoints("show/a").save_request(gone)
    add_until_interrupted(library, files[1:], monkeypatch, done=0)
    outcomes = {outcome.episode_id: outcome for outcome in library.sync()}
    assert outcomes["show/a"].status == "failed"
    assert outcomes["show/a"].error
    assert outcomes["show/a"].error.code == "model-unknown"
    assert outcomes["show/b"].status == "done"
    assert [episode.status for episode in library.episodes()] == ["failed", "ready"]


def test_what_is_refused_is_not_done_some_day(library: Library, files: list[Path], tmp_path: Path) -> None:
    list(library.add(files))
    folder = tmp_path / "model"
    with pytest.raises(ModelError):
        list(library.add(files, settings=Settings(model=str(folder)), force=True))
    assert list(library.sync()) == []


def test_what_is_refused_and_new_is_not_done_in_another_way(
    library: Library, files: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    with pytest.raises(ModelError) as caught:
        list(library.add(files[:1], settings=Settings(model=str(folder)), copy=True))
    (outcome,) = library.sync()
    assert (outcome.episode_id, outcome.error) == ("show/a", caught.value.info)
    assert not store_of(library).has_transcript("show/a")
    assert FakePool.asked == []
    assert [outcome.status for outcome in library.add(files[:1])] == ["done"], "another add decides anew"
    assert [outcome.status for outcome in library.episodes()] == ["ready"]


def test_so_it_is_with_audio_that_has_changed(library: Library, files: list[Path], tmp_path: Path) -> None:
    list(library.add(files[:1]))
    write_audio(files[0], noise(3, -30, seed=9))
    with pytest.raises(ModelError) as caught:
        list(library.add(files[:1], settings=Settings(model=str(tmp_path / "model"))))
    (outcome,) = library.sync()
    assert outcome.error == caught.value.info


def test_a_failure_of_another_try_is_forgotten_where_the_transcript_is_to_stay(
    library: Library, files: list[Path]
) -> None:
    list(library.add(files[:1]))
    store_of(library).checkpoints("show/a").save_request(Settings(model="nothing-like-it"))
    (outcome,) = library.sync()
    assert outcome.status == "failed"
    assert [outcome.status for outcome in library.add(files[:1])] == ["unchanged"]
    assert store_of(library).checkpoints("show/a").load_failure() is None
    assert not (store_of(library).root / "show" / "a.chunks").exists()


def test_a_kill_after_the_transcript_redoes_no_chunk(
    library: Library, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "clear", lambda *_: interrupt(None))
        with pytest.raises(KeyboardInterrupt):
            list(library.add(files[:1], settings=SETTINGS))
    (outcome,) = library.sync()
    assert outcome.status == "done"
    assert outcome.resumed_ms == outcome.duration_ms
    assert list(library.sync()) == []


def test_a_folder_with_a_model_is_found_from_another_folder(
    library: Library, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").symlink_to(choose_model("tiny.en").path)
    monkeypatch.chdir(tmp_path)
    add_until_interrupted(library, files[:1], monkeypatch, done=0, settings=Settings(model="model"))
    monkeypatch.chdir("/")
    (outcome,) = library.sync()
    assert outcome.status == "done"
    assert store_of(library).load_transcript("show/a").origin.model == "model"


@pytest.mark.parametrize(("language", "noted"), [(None, True), ("en", False)])
def test_an_english_only_model_for_another_language_is_noted(tmp_path: Path, language: str | None, noted: bool) -> None:
    """Said to be `done`, and every word wrong."""
    for name, tag in {"a": "spa", "b": "deu", "c": "eng"}.items():
        write_audio(tmp_path / f"{name}.mp3", noise(2, -30, seed=ord(name)), tags={"language": tag})
    notes = Notes()
    with Library.open(tmp_path / "library", progress=notes) as library:
        paths = [tmp_path / f"{name}.mp3" for name in "abc"]
        assert len(list(library.add(paths, show="Show", settings=Settings(model="tiny.en", language=language)))) == 3
    said = [note for note in notes.messages if "knows only English" in note]
    assert [note.partition(", and")[0] for note in said] == (
        ["2 episodes, such as show/a, are in another language by their tags (es)"] if noted else []
    )
