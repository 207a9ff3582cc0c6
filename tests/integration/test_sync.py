"""What `sync` does with episodes that failed: again, but not too soon, and always with the reason at hand."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from audio_files import noise, write_audio
from transcripts import EPISODE, make_transcript

from podindex import Library
from podindex.catalogue import Catalogue
from podindex.config import Settings
from podindex.errors import ModelError
from podindex.files import hash_file
from podindex.ingest import Job
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
    failure = store.checkpoints(EPISODE.id).load_failure()
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


def test_it_is_tried_again_at_once_and_then_has_to_wait_and_that_is_said(store: EpisodeStore) -> None:
    sync(store)
    outcomes, notes = sync(store)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert notes == []
    outcomes, notes = sync(store)
    assert outcomes == []
    assert any("1 failed episode waits for the next try" in note for note in notes)
    assert load_failure(store).attempts == 2


@pytest.mark.parametrize(("attempts", "pause"), [(2, 1), (3, 2), (4, 4), (9, 128), (31, 24 * 60)])
def test_pauses_double_up_to_a_day(store: EpisodeStore, attempts: int, pause: int) -> None:
    first = Failure(ErrorInfo("e", "m", "h"), attempts, datetime.now(UTC))
    catalogue = Catalogue(store.root.parent / "index", store)
    for age, tried in ((timedelta(minutes=pause) - timedelta(seconds=30), False), (timedelta(minutes=pause), True)):
        store.checkpoints(EPISODE.id).save_failure(replace(first, attempts=attempts, failed_at=datetime.now(UTC) - age))
        taken = list(Intake(store, catalogue, IntakeOptions()).take_unfinished())
        assert bool(taken) == tried
        assert load_failure(store).attempts == attempts + tried


def test_adding_the_file_does_not_wait(store: EpisodeStore, tmp_path: Path) -> None:
    sync(store)
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


def test_what_only_a_person_can_mend_is_said_every_time(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    store.metadata_path(EPISODE.id).write_text("{")
    for _ in range(2):
        (outcome,), _ = sync(store)
        assert (outcome.episode_id, outcome.status) == (EPISODE.id, "failed")
        assert outcome.error
        assert outcome.error.code == "damaged-metadata"


def test_a_watch_says_it_too(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    (store.root / f"{EPISODE.id}.transcript.json").write_text("{")
    with Library.open(tmp_path) as library:
        outcome = next(library.watch())
    assert (outcome.episode_id, outcome.error and outcome.error.code) == (EPISODE.id, "damaged-transcript")


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (("transcript.json", '"segments":[', '"segments":[,'), "damaged-transcript"),
        (("json", '"show": "Show"', '"show": null'), "damaged-metadata"),
    ],
)
def test_so_is_it_where_the_audio_is_known(tmp_path: Path, damage: tuple[str, str, str], code: str) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    store.save_transcript(make_transcript(["Hello"]))
    assert sync(store) == ([], [])
    suffix, good, bad = damage
    path = store.root / f"{EPISODE.id}.{suffix}"
    content = path.read_text()
    path.write_text(content.replace(good, bad))
    assert path.read_text() != content
    for _ in range(2):
        (outcome,), notes = sync(store)
        assert (outcome.episode_id, outcome.status) == (EPISODE.id, "failed")
        assert outcome.error
        assert outcome.error.code == code
        assert not any("next try" in note for note in notes)
    assert store.checkpoints(EPISODE.id).load_failure() is None, "there is nothing to be tried again"
    path.write_text(content)
    assert sync(store) == ([], [])


def test_a_damaged_transcript_that_was_to_be_replaced_is(tmp_path: Path) -> None:
    """As when an `add --force` was cut off."""
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    (store.root / f"{EPISODE.id}.transcript.json").write_text("{")
    store.checkpoints(EPISODE.id).save_request(Settings(beam_size=2))
    intake = Intake(store, Catalogue(tmp_path / "index", store), IntakeOptions())
    assert [isinstance(item, Job) for item in intake.take_unfinished()] == [True]
    assert list(intake.iter_unreadable()) == []


def test_a_transcript_without_audio_that_is_set_aside_is_not_promised_anew(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(replace(EPISODE, audio=None))
    store.save_transcript(make_transcript(["Hello"]))
    (store.root / f"{EPISODE.id}.transcript.json").write_text("{")
    notes = Notes()
    with Library.open(tmp_path, progress=notes) as library:
        problems = library.check(repair=True)
    assert [problem.code for problem in problems] == ["nothing-left"]
    assert any("correct it" in note for note in notes.messages)


def test_check_names_the_loose_audio_that_every_sync_fails_with(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    store.save_transcript(make_transcript(["Hello"]))
    shutil.copy(audio, store.root / "show" / "copy.wav")
    write_audio(store.root / "show" / "new.wav", noise(2, -20))
    page = store.root / "show" / "404.mp3"
    page.write_text("<html><body>404</body></html>")
    with Library.open(tmp_path) as library:
        (problem,) = library.check()
    assert (problem.code, problem.where, problem.repairable) == ("audio-not-audio", str(page), False)
    assert "web page" in problem.message


def test_a_forced_add_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    transcript = tmp_path / "a.srt"
    transcript.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with Library.open(tmp_path) as library:
        (outcome,) = library.add([audio], transcript=transcript)
        assert outcome.episode_id
        store.save_episode(replace(store.load_episode(outcome.episode_id), real_time_factor=37.4, duration_ms=1_999))
        before = store.stamps()
        with pytest.raises(ModelError):
            list(library.add([audio], force=True, settings=Settings(model="nope")))
        assert store.stamps() == before
        list(library.add([audio], force=True, transcript=transcript))
        assert store.load_episode(outcome.episode_id).real_time_factor is None, "it is no model's any more"


def test_a_row_of_renames_is_understood(tmp_path: Path) -> None:
    """As `add` does: ep2 was renamed to ep3, ep1 to ep2, and there is a new ep1."""
    store = EpisodeStore(tmp_path / "episodes")
    first, second, third = (store.root / "show" / f"ep{number}.wav" for number in (1, 2, 3))
    first.parent.mkdir(parents=True)
    for number, path in enumerate((first, second)):
        write_audio(path, noise(2 + number, -30, seed=number))
    intake = Intake(store, Catalogue(tmp_path / "index", store), IntakeOptions())
    owners = {job.audio_sha256: job.episode.id for job in intake.take_library() if isinstance(job, Job)}
    second.rename(third)
    first.rename(second)
    new = write_audio(first, noise(5, -30, seed=9))
    catalogue = Catalogue(tmp_path / "index", store)
    jobs = [job for job in Intake(store, catalogue, IntakeOptions()).take_library() if isinstance(job, Job)]
    assert {job.audio_sha256: job.episode.id for job in jobs if job.path != new} == owners
    assert [job.episode.id for job in jobs if job.path == new] == [
        job.episode.id for job in jobs if job.episode.id not in owners.values()
    ]


@pytest.mark.parametrize("move", [shutil.move, shutil.copyfile])
def test_audio_in_place_of_another_episodes_is_whose_it_was(tmp_path: Path, move: Callable[[Path, Path], None]) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    paths = {slug: write_audio(tmp_path / f"{slug}.wav", noise(n + 2, -30, seed=n)) for n, slug in enumerate("ab")}
    kept = shutil.copyfile(paths["a"], tmp_path / "kept")
    for slug, path in paths.items():
        sha256 = hash_file(path)
        audio = AudioRef(str(path), sha256, path.stat().st_size)
        store.save_episode(replace(EPISODE, id=f"show/{slug}", audio=audio))
        transcript = make_transcript(["Hello"], f"show/{slug}")
        store.save_transcript(replace(transcript, origin=replace(transcript.origin, audio_sha256=sha256)))
    move(paths["b"], paths["a"])
    notes = Notes()
    with Library.open(tmp_path, progress=notes) as library:
        for _ in range(2):
            (outcome,) = library.add([paths["a"]])
            assert (outcome.episode_id, outcome.status) == ("show/b", "unchanged")
        assert len([note for note in notes.messages if "show/a has lost its audio" in note]) == 1
        assert library.audio_path("show/a") is None
        assert library.audio_path("show/b") == (paths["b"] if paths["b"].exists() else paths["a"])
        assert not [problem for problem in library.check() if problem.where.startswith("show/")]
        (outcome,) = library.add([kept])
        assert (outcome.episode_id, outcome.status) == ("show/a", "unchanged")
        assert library.audio_path("show/a") == kept


def test_audio_that_two_episodes_have_exchanged_is_known(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    first, second = (write_audio(tmp_path / f"{n}.wav", noise(2 + n, -30, seed=n)) for n in (0, 1))
    for n, path in enumerate((first, second)):
        audio = AudioRef(str(path), hash_file(path), path.stat().st_size)
        store.save_episode(replace(EPISODE, id=f"show/{n}", audio=audio))
        store.save_transcript(make_transcript(["Hello"], f"show/{n}"))
    first.rename(tmp_path / "between")
    second.rename(first)
    (tmp_path / "between").rename(second)
    notes = Notes()
    with Library.open(tmp_path, progress=notes) as library:
        assert [outcome.episode_id for outcome in library.add([first, second])] == ["show/1", "show/0"]
        assert [library.audio_path(f"show/{n}") for n in (0, 1)] == [second, first]
    assert notes.messages == []


def test_the_audio_of_a_show_whose_folder_was_renamed_is_not_new(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.root.mkdir()
    audio = write_audio(store.root / "Some Words.wav", noise(2, -30))
    episode = replace(EPISODE, audio=AudioRef("../Some Words.wav", hash_file(audio), audio.stat().st_size))
    store.save_episode(episode)
    store.save_transcript(make_transcript(["Hello"]))
    (store.root / "show").rename(store.root / "renamed")
    for _ in range(2):
        (outcome,), _ = sync(store)
        assert (outcome.episode_id, outcome.status) == ("renamed/ep", "failed")
        assert outcome.error
        assert "the folder its name show" in outcome.error.hint
    with Library.open(tmp_path) as library:
        (outcome,) = library.add([audio])
    assert outcome.error
    assert outcome.error.code == "damaged-metadata"
    (store.root / "renamed").rename(store.root / "show")
    assert sync(store) == ([], [])


def test_the_audio_of_an_episode_that_a_newer_podindex_wrote_is_not_new(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.root.mkdir()
    audio = write_audio(store.root / "Some Words.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef("../Some Words.wav", hash_file(audio), audio.stat().st_size)))
    store.save_transcript(make_transcript(["Hello"]))
    path = store.metadata_path(EPISODE.id)
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 2'))
    (outcome,), _ = sync(store)
    with Library.open(tmp_path) as library:
        (added,) = library.add([audio])
    assert [each.error and each.error.code for each in (outcome, added)] == ["schema-too-new"] * 2
    assert list(store.iter_ids()) == [EPISODE.id]


def test_what_a_newer_podindex_transcribed_is_refused_before_it_is_transcribed_again(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.root.mkdir()
    audio = write_audio(tmp_path / "Some Words.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    store.save_transcript(make_transcript(["Hello"]))
    path = store.metadata_path(EPISODE.id).with_suffix(".transcript.json")
    path.write_text('{"schema": 2}')
    before = store.metadata_path(EPISODE.id).read_bytes()
    intake = Intake(
        store, Catalogue(tmp_path / "index", store), IntakeOptions(force=True, show="Other", request=Settings())
    )
    outcome = intake.take(audio)
    assert isinstance(outcome, EpisodeOutcome)
    assert outcome.error
    assert outcome.error.code == "schema-too-new"
    (problem,) = Library(tmp_path).check(repair=True)
    assert problem.message.endswith("(install the newest podindex)")
    assert path.read_text() == '{"schema": 2}'
    assert store.metadata_path(EPISODE.id).read_bytes() == before
    assert not store.checkpoints(EPISODE.id).has_request()


def test_the_audio_of_an_episode_whose_files_were_copied_is_still_its_own(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    store.save_episode(replace(EPISODE, audio=AudioRef(str(audio), hash_file(audio), audio.stat().st_size)))
    store.save_transcript(make_transcript(["Hello"]))
    for copy in ("a-copy", "the-copy"):
        shutil.copytree(store.root / "show", store.root / copy)
    write_audio(audio, noise(3, -30))
    assert Catalogue(tmp_path / "index", store).find_by_audio_path(audio) == EPISODE.id


def test_a_file_is_known_by_one_name_however_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EpisodeStore(tmp_path / "lib" / "episodes")
    (store.root / "My Show").mkdir(parents=True)
    inside = write_audio(store.root / "My Show" / "x.wav", noise(2, -30))
    (tmp_path / "talks").mkdir()
    outside = write_audio(tmp_path / "talks" / "talk.wav", noise(2, -30, seed=1))
    monkeypatch.chdir(store.root)
    intake = Intake(store, Catalogue(tmp_path / "index", store), IntakeOptions(copy=True))
    jobs = [intake.take(Path("../../talks/talk.wav")), *intake.take_library()]
    assert [job.path for job in jobs if isinstance(job, Job)] == [store.root / "talks" / "talk.wav", inside]
    catalogue = Catalogue(tmp_path / "index", store)
    assert catalogue.find_by_audio_path(inside) == "my-show/x"
    assert catalogue.find_by_sha256(hash_file(outside)) == "talks/talk"


def test_a_loop_of_links_fails_by_itself(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "loop.mp3").symlink_to("loop.mp3")
    with Library.open(tmp_path / "lib") as library:
        (outcome,) = library.add([tmp_path / "in"], dry_run=True)
    assert outcome.status == "failed"


def test_a_path_alone_is_no_row_of_letters(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.wav", noise(2, -30))
    with Library.open(tmp_path / "lib") as library:
        assert [outcome.path for outcome in library.add(str(audio), dry_run=True)] == [audio]


def test_a_file_that_is_given_in_its_folder_too_is_taken_once(tmp_path: Path) -> None:
    (tmp_path / "in" / "more").mkdir(parents=True)
    audio = write_audio(tmp_path / "in" / "more" / "a.wav", noise(2, -30))
    with Library.open(tmp_path / "lib") as library:
        outcomes = [*library.add([audio, tmp_path / "in", tmp_path / "in" / "more"], dry_run=True)]
    assert [outcome.path for outcome in outcomes] == [audio]
