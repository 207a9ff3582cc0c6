"""Which episode a file belongs to, whatever became of its name and its tags; and nothing that a user made is lost."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
from audio_files import noise, write_audio
from transcripts import make_transcript

from podindex.catalogue import Catalogue
from podindex.codec import format_transcript
from podindex.errors import StoreError
from podindex.ingest import Job, Pipeline, Recipe
from podindex.intake import Intake, IntakeOptions
from podindex.models import ChunkResult, Episode, EpisodeOutcome, ErrorInfo, Failure, Origin, Segment
from podindex.progress import Progress
from podindex.store import EpisodeStore
from podindex.testing import FakeTranscriber

RECIPE = Recipe(Origin("whisper", datetime(2026, 11, 22, tzinfo=UTC), "test"), "weights", "en", multilingual=False)
TRANSCRIPT = "WEBVTT\n\n00:00.500 --> 00:01.500\nZanzibar\n"


class Desk:
    """A library, and a folder of audio beside it that belongs to somebody."""

    def __init__(self, folder: Path) -> None:
        self.store = EpisodeStore(folder / "library" / "episodes")
        self.store.root.mkdir(parents=True)
        self.folder = folder / "show"
        self.folder.mkdir()

    def record(self, name: str, seed: int) -> Path:
        """Write two seconds of sound that differ by their seed."""
        return write_audio(self.folder / f"{name}.wav", noise(2, -30, seed=seed))

    def intake(self, *, copy: bool = False, dry_run: bool = False, force: bool = False) -> Intake:
        catalogue = Catalogue(self.store.root.parent / "index", self.store)
        return Intake(self.store, catalogue, IntakeOptions(copy=copy, dry_run=dry_run, force=force))

    def add(self, *paths: Path, force: bool = False) -> list[EpisodeOutcome]:
        """Take files, all of the folder where none are named, and transcribe what is to be transcribed."""
        return self.finish(self.intake(force=force).take_all(paths or sorted(self.folder.iterdir())))

    def sync(self) -> list[EpisodeOutcome]:
        intake = self.intake()
        return self.finish(chain(intake.take_library(), intake.take_unfinished(), intake.iter_unreadable()))

    def finish(self, taken: Iterable[Job | EpisodeOutcome]) -> list[EpisodeOutcome]:
        items = list(taken)
        jobs = [item for item in items if isinstance(item, Job)]
        index_dir, progress = self.store.root.parent / "index", Progress()
        pipeline = Pipeline(
            jobs, RECIPE, pool=FakeTranscriber(), store=self.store, peaks_dir=index_dir / "peaks", progress=progress
        )
        done = list(pipeline.run())
        Catalogue(index_dir, self.store).refresh()  # as the library does
        return [*(item for item in items if isinstance(item, EpisodeOutcome)), *done]

    def add_published(self, audio: Path, word: str = "Zanzibar") -> None:
        source = audio.with_suffix(".vtt")
        source.write_text(TRANSCRIPT.replace("Zanzibar", word))
        (outcome,) = self.intake().take_with_transcript([audio], source, "en")
        source.unlink()
        assert outcome.status == "done"

    def texts(self) -> dict[str, str]:
        """Return what each episode says, by its id."""
        return {
            episode_id: " ".join(segment.text for segment in self.store.load_transcript(episode_id).segments)
            for episode_id in self.store.iter_ids()
        }

    def audio(self, episode_id: str) -> Path:
        path = self.store.audio_path(self.store.load_episode(episode_id))
        assert path
        return path

    def kept(self) -> list[Path]:
        """Return the transcripts that were set aside."""
        return sorted(self.store.root.glob("*/*.transcript.json.*"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- names --------------------------------------------------------------------------------------------------------


def test_files_renamed_in_a_row_stay_the_episodes_that_they_were(desk: Desk) -> None:
    for seed, name in enumerate(("a", "b"), 1):
        desk.add_published(desk.record(name, seed), f"this is {name}")
    before = desk.texts()
    (desk.folder / "b.wav").rename(desk.folder / "c.wav")
    (desk.folder / "a.wav").rename(desk.folder / "b.wav")
    assert [outcome.status for outcome in desk.add()] == ["unchanged", "unchanged"]
    assert desk.texts() == before
    assert (desk.audio("show/a").name, desk.audio("show/b").name) == ("b.wav", "c.wav")


def test_two_files_that_swap_their_names_swap_nothing_else(desk: Desk) -> None:
    first, second = (desk.record(name, seed) for seed, name in enumerate(("a", "b"), 1))
    desk.add()
    first.rename(desk.folder / "c.wav")
    second.rename(first)
    (desk.folder / "c.wav").rename(second)
    assert [outcome.status for outcome in desk.add()] == ["unchanged", "unchanged"]
    assert (desk.audio("show/a"), desk.audio("show/b")) == (second, first)


def test_a_new_file_under_the_name_that_another_had_is_a_new_episode(desk: Desk) -> None:
    desk.add(desk.record("a", 1))
    (desk.folder / "a.wav").rename(desk.folder / "b.wav")
    desk.record("a", 2)
    assert sorted((outcome.episode_id, outcome.status) for outcome in desk.add()) == [
        ("show/a", "unchanged"),
        ("show/a-2", "done"),
    ]
    assert (desk.audio("show/a").name, desk.audio("show/a-2").name) == ("b.wav", "a.wav")


def test_a_second_copy_changes_nothing(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add()
    shutil.copy(path, desk.folder / "0.wav")
    assert [outcome.status for outcome in desk.add()] == ["unchanged", "unchanged"]
    assert desk.audio("show/a") == path


def test_a_dry_run_names_the_episodes_that_would_come(desk: Desk) -> None:
    for seed, folder in enumerate(("1", "2", "3"), 1):
        (desk.folder / folder / "show").mkdir(parents=True)
        write_audio(desk.folder / folder / "show" / "a.wav", noise(2, -30, seed=seed))
    paths = sorted(desk.folder.glob("*/show/a.wav"))
    planned = [*desk.intake(dry_run=True).take_all([*paths, paths[0]])]
    ids = [item.episode_id for item in planned if isinstance(item, EpisodeOutcome)]
    assert ids == ["show/a", "show/a-2", "show/a-3", "show/a"]
    assert not list(desk.store.iter_ids())


# --- transcripts --------------------------------------------------------------------------------------------------


def test_a_publishers_transcript_stays_when_the_file_gets_other_tags(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add_published(path)
    desk.record("a", 2)
    intake = desk.intake()
    assert [item.status for item in intake.take_all([path]) if isinstance(item, EpisodeOutcome)] == ["unchanged"]
    assert intake.remarks.outdated == ["show/a"]
    assert desk.sync() == []
    assert desk.texts() == {"show/a": "Zanzibar"}
    assert [outcome.status for outcome in desk.add(force=True)] == ["done"], "unless it is asked for"
    assert desk.texts() != {"show/a": "Zanzibar"}


def test_a_transcript_of_other_audio_is_set_aside(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add()
    before = (desk.store.root / "show/a.transcript.json").read_bytes()
    desk.record("a", 2)
    assert [outcome.status for outcome in desk.add(path)] == ["done"]
    (kept,) = desk.kept()
    assert kept.read_bytes() == before


def name_the_speaker(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return tuple(replace(segment, speaker="Ada") for segment in segments)


def correct_the_text(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return tuple(replace(segment, text="Madagascar") for segment in segments)


def strike_out(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return segments[1:]


@pytest.mark.parametrize("edit", [name_the_speaker, correct_the_text, strike_out])
@pytest.mark.parametrize("origin", ["whisper", "publisher"])
def test_what_a_person_edited_is_kept_beside_what_replaces_it(
    desk: Desk, edit: Callable[[tuple[Segment, ...]], tuple[Segment, ...]], origin: str
) -> None:
    path = desk.record("a", 1)
    if origin == "publisher":
        desk.add_published(path)
    else:
        desk.add(path)
    transcript = desk.store.load_transcript("show/a")
    transcript_path = desk.store.root / "show/a.transcript.json"
    transcript_path.write_bytes(format_transcript(replace(transcript, segments=edit(transcript.segments))))
    before = transcript_path.read_bytes()
    (outcome,) = desk.add(path, force=True)
    assert outcome.status == "done"
    assert [kept.read_bytes() for kept in desk.kept()] == [before]
    assert [outcome.kept] == desk.kept()


def test_a_transcript_that_comes_out_the_same_again_is_not_kept_twice(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add(path)
    (outcome,) = desk.add(path, force=True)
    assert (outcome.status, outcome.kept) == ("done", None)
    assert not desk.kept()


@pytest.mark.parametrize("again", ["add", "sync"])
def test_a_transcript_with_a_slip_of_the_pen_is_left_to_its_writer(desk: Desk, again: str) -> None:
    path = desk.record("a", 1)
    desk.add()
    transcript = desk.store.root / "show/a.transcript.json"
    transcript.write_text(transcript.read_text()[:-3] + ",}")
    before = transcript.read_bytes()
    (outcome,) = desk.sync() if again == "sync" else desk.add(path)
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error.code == "damaged-transcript"
    assert transcript.read_bytes() == before
    assert [outcome.status for outcome in desk.add(force=True)] == ["done"]
    assert [kept.read_bytes() for kept in desk.kept()] == [before]


# --- metadata -----------------------------------------------------------------------------------------------------


def test_metadata_with_a_slip_of_the_pen_do_not_become_a_second_episode(desk: Desk) -> None:
    outside = desk.record("a", 1)
    (desk.store.root / "show").mkdir()
    write_audio(desk.store.root / "show" / "07-foo.wav", noise(2, -30, seed=2))
    desk.sync()
    desk.add()
    for episode_id in desk.store.iter_ids():
        path = desk.store.metadata_path(episode_id)
        path.write_text(path.read_text()[:-3] + ",}")
    before = sorted(desk.store.root.glob("show/*.json"))
    outcomes = [*desk.sync(), *desk.add(outside)]
    assert {outcome.error and outcome.error.code for outcome in outcomes} == {"damaged-metadata"}
    assert sorted(desk.store.root.glob("show/*.json")) == before


def remove_metadata(desk: Desk, episode_id: str) -> None:
    """Do what is advised where they are damaged."""
    desk.store.metadata_path(episode_id).unlink()


@pytest.mark.parametrize("inside", [True, False])
def test_an_episode_comes_back_with_its_transcript_when_its_metadata_are_lost(desk: Desk, inside: bool) -> None:
    path = desk.record("a", 1)
    if inside:
        (desk.store.root / "show").mkdir()
        path = path.rename(desk.store.root / "show" / "a.wav")
    desk.sync() if inside else desk.add()
    transcript = desk.store.load_transcript("show/a")
    desk.store.save_transcript(replace(transcript, segments=transcript.segments[:1]))
    edited = desk.texts()
    remove_metadata(desk, "show/a")
    dry = [*desk.intake(dry_run=True).take_all([path, path])]
    outcomes = desk.sync() if inside else desk.add()
    assert [(outcome.episode_id, outcome.status) for outcome in outcomes] == [("show/a", "unchanged")]
    assert [item.episode_id for item in dry if isinstance(item, EpisodeOutcome)] == ["show/a", "show/a"]
    assert desk.texts() == edited
    assert desk.audio("show/a") == path
    assert list(desk.store.iter_orphan_transcripts()) == []


def test_so_it_does_under_another_name_and_by_force_with_a_new_transcript(desk: Desk) -> None:
    desk.add(desk.record("a", 1))
    remove_metadata(desk, "show/a")
    (desk.folder / "a.wav").rename(desk.folder / "b.wav")
    assert [(outcome.episode_id, outcome.status) for outcome in desk.add(force=True)] == [("show/a", "done")]
    assert desk.store.load_episode("show/a").title == "b"


def test_a_transcript_without_metadata_is_not_given_to_other_audio(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add()
    remove_metadata(desk, "show/a")
    write_audio(path, noise(2, -30, seed=2))
    assert [(outcome.episode_id, outcome.status) for outcome in desk.add()] == [("show/a-2", "done")]


def test_an_unfinished_episode_comes_back_with_its_chunks(desk: Desk) -> None:
    path = desk.record("a", 1)
    (job,) = desk.intake().take_all([path])
    assert isinstance(job, Job)
    chunk = ChunkResult(0, 0, 2_000, 0, ())
    desk.store.checkpoints("show/a").save(f"{job.audio_sha256[:16]}-{RECIPE.fingerprint}", chunk)
    remove_metadata(desk, "show/a")
    (outcome,) = desk.add()
    assert (outcome.episode_id, outcome.status, outcome.resumed_ms) == ("show/a", "done", 2_000)


# --- copies and growing files -------------------------------------------------------------------------------------


def test_a_copy_is_taken_back_where_nothing_says_whose_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("disk-full", "no room", "free some")

    path = desk.record("a", 1)
    with monkeypatch.context() as patch:
        patch.setattr(EpisodeStore, "save_episode", refuse)
        (outcome,) = desk.intake(copy=True).take_all([path])
    assert isinstance(outcome, EpisodeOutcome)
    assert outcome.status == "failed"
    assert not list(desk.store.root.glob("show/*"))


def test_a_copy_that_a_killed_run_has_left_is_the_one_that_is_used(desk: Desk) -> None:
    path = desk.record("a", 1)
    (desk.store.root / "show").mkdir()
    shutil.copy(path, desk.store.root / "show" / "a.wav")
    (job,) = desk.intake(copy=True).take_all([path])
    assert isinstance(job, Job)
    assert job.path == desk.store.root / "show" / "a.wav"
    assert sorted(found.name for found in desk.store.root.glob("show/*")) == ["a.json", "a.wav"]


def test_sync_notices_that_a_file_of_the_library_has_grown(desk: Desk) -> None:
    (desk.store.root / "show").mkdir()
    path = write_audio(desk.store.root / "show" / "a.wav", noise(2, -30))
    desk.sync()
    write_audio(path, noise(4, -30))
    assert [(outcome.status, outcome.duration_ms) for outcome in desk.sync()] == [("done", 4000)]
    assert desk.sync() == []


def test_sync_has_nothing_to_do_with_a_second_copy(desk: Desk) -> None:
    (desk.store.root / "show").mkdir()
    path = write_audio(desk.store.root / "show" / "a.wav", noise(2, -30))
    copy = Path(shutil.copy(path, desk.store.root / "show" / "b.wav"))
    assert [(outcome.episode_id, outcome.status) for outcome in desk.sync()] == [("show/a", "done")]
    assert desk.sync() == []
    path.unlink()
    assert [(outcome.path, outcome.status) for outcome in desk.sync()] == [(copy, "unchanged")], "it takes its place"
    assert desk.sync() == []


def test_a_file_put_beside_the_episodes_of_a_show_is_of_this_show(desk: Desk) -> None:
    desk.store.save_episode(Episode("odd-sums/one", "Odd Sums", "One"))
    write_audio(desk.store.root / "odd-sums" / "two.wav", noise(2, -30))
    (desk.store.root / "new").mkdir()
    write_audio(desk.store.root / "new" / "one.wav", noise(2, -30, seed=2))
    desk.sync()
    assert desk.store.load_episode("odd-sums/two").show == "Odd Sums", "its folder is named by the ids"
    assert desk.store.load_episode("new/one").show == "new"


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="only Linux says who writes to a file")
def test_sync_leaves_a_file_alone_that_somebody_writes(desk: Desk) -> None:
    (desk.store.root / "show").mkdir()
    path = write_audio(desk.store.root / "show" / "a.wav", noise(2, -30))
    with path.open("ab"):
        intake = desk.intake()
        assert [*intake.take_library()] == []
        assert intake.remarks.growing == [path]
    assert [outcome.status for outcome in desk.sync()] == ["done"]


def test_a_failure_from_the_future_does_not_wait_for_it(desk: Desk) -> None:
    path = desk.record("a", 1)
    (job,) = desk.intake().take_all([path])
    assert isinstance(job, Job)
    desk.store.checkpoints("show/a").save_failure(
        Failure(ErrorInfo("e", "m", "h"), 1, datetime(2990, 1, 1, tzinfo=UTC))
    )
    assert [outcome.status for outcome in desk.sync()] == ["done"]


def test_a_transcript_of_no_known_audio_is_replaced_only_by_force(desk: Desk) -> None:
    path = desk.record("a", 1)
    desk.add()
    desk.store.save_transcript(make_transcript(["Hello"], episode_id="show/a"))
    assert [outcome.status for outcome in desk.add(path)] == ["unchanged"]
    assert desk.texts() == {"show/a": "Hello"}


def test_a_known_file_is_copied_where_that_is_asked_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    audio = desk.record("a", 1)
    desk.add(audio)
    (outcome,) = desk.intake(copy=True).take_all([audio])
    assert isinstance(outcome, EpisodeOutcome)
    assert outcome.status == "unchanged"
    copy = desk.audio("show/a")
    assert copy.is_relative_to(desk.store.root)
    assert copy.read_bytes() == audio.read_bytes()
    assert list(desk.store.root.rglob("*.wav")) == [copy]
    list(desk.intake(copy=True).take_all([audio]))
    assert desk.audio("show/a") == copy
