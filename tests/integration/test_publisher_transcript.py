"""`add --transcript`: a publisher's transcript is taken, or what is wrong with it is said and nothing is changed."""

import json
from pathlib import Path

import pytest
from audio_files import noise, write_audio

from podindex import Library
from podindex.catalogue import Catalogue
from podindex.checkpoints import Checkpoints
from podindex.errors import StoreError
from podindex.ingest import Job
from podindex.intake import Intake, IntakeOptions
from podindex.models import EpisodeOutcome, ErrorInfo
from podindex.store import EpisodeStore

WORDS = [{"word": "Zebras", "start": 1, "end": 2, "score": 0.123456789}]


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    (tmp_path / "library").mkdir()
    return EpisodeStore(tmp_path / "library" / "episodes")


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    """Five seconds of sound."""
    return write_audio(tmp_path / "talk.wav", noise(5, -30))


def transcript(path: Path, text: str = "Zebras", end_s: float = 4) -> Path:
    path.write_text(json.dumps({"segments": [{"start": 1, "end": end_s, "text": text, "words": WORDS}]}))
    return path


def add(
    store: EpisodeStore,
    audio: Path,
    source: Path,
    *,
    force: bool = False,
    dry_run: bool = False,
    language: str | None = None,
) -> EpisodeOutcome:
    catalogue = Catalogue(store.root.parent / "index", store)
    intake = Intake(store, catalogue, IntakeOptions(force=force, dry_run=dry_run))
    (outcome,) = intake.take_with_transcript([audio], source, language)
    return outcome


def register(store: EpisodeStore, audio: Path) -> str:
    """Leave an episode as a run leaves it that was interrupted and failed."""
    intake = Intake(store, Catalogue(store.root.parent / "index", store), IntakeOptions())
    intake.take(audio)
    (episode_id,) = store.iter_ids()
    store.checkpoints(episode_id).record_failure(ErrorInfo("worker-died", "it died", "again"))
    return episode_id


def code(outcome: EpisodeOutcome) -> str | None:
    return outcome.error.code if outcome.error else None


def text(store: EpisodeStore, episode_id: str | None) -> str:
    assert episode_id
    return " ".join(segment.text for segment in store.load_transcript(episode_id).segments)


def no_room(*_: object) -> None:
    raise StoreError("disk-full", "no room", "make room")


def test_names_of_files_are_composed_as_those_of_tags_are(audio: Path, tmp_path: Path) -> None:
    """A Mac parts letters and accents in names of files; the show would be there twice, and look the same."""
    folder = tmp_path / "Cafe\u0301"
    folder.mkdir()
    other = write_audio(tmp_path / "b.wav", noise(5, -20))
    source = transcript(tmp_path / "talk.json")
    with Library.open(tmp_path / "library") as library:
        for path, show in (
            (audio.rename(folder / "E\u0301te\u0301.wav"), None),
            (other, "Caf\xe9"),
            (other, "Cafe\u0301"),
        ):
            assert [outcome.error for outcome in library.add([path], show=show, transcript=source)] == [None]
        assert [(show.show, show.episodes) for show in library.shows()] == [("Caf\xe9", 2)]
        assert {episode.title for episode in library.episodes()} == {"\xc9t\xe9", "b"}


def test_names_of_files_are_cleaned_as_tags_are(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "Field\nNotes ").mkdir()
    episode_id = register(store, audio.rename(folder / " Caf\xe9\t\x1b\u202etwo\n.wav"))
    episode = store.load_episode(episode_id)
    assert (episode.show, episode.title) == ("Field Notes", "Caf\xe9 two")


@pytest.mark.parametrize(
    ("folder", "show"),
    [
        ("Show One/2023", "Show One"),
        ("Show One/2023/05", "Show One"),
        ("Show One/Season 2", "Show One"),
        ("Show One/s02/CD1", "Show One"),
        ("1619", "1619"),
        ("library/episodes/Show One/2023", "Show One"),
        ("library/episodes/2023", "2023"),
        ("library/episodes", "Unsorted"),
    ],
)
def test_a_year_or_a_season_is_no_show(
    store: EpisodeStore, audio: Path, tmp_path: Path, folder: str, show: str
) -> None:
    """The years of two shows became one show."""
    (tmp_path / folder).mkdir(parents=True)
    assert store.load_episode(register(store, audio.rename(tmp_path / folder / "talk.wav"))).show == show


def test_a_known_episode_without_a_transcript_gets_it(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    episode_id = register(store, audio)
    outcome = add(store, audio, transcript(tmp_path / "a.json"))
    assert (outcome.status, outcome.episode_id) == ("done", episode_id)
    assert text(store, episode_id) == "Zebras"
    assert store.checkpoints(episode_id).load_failure() is None
    assert not store.checkpoints(episode_id).exist()


@pytest.mark.parametrize(("start_s", "too_long"), [(4, False), (5, True)])
def test_a_transcript_that_goes_on_after_the_audio_is_noticed(
    store: EpisodeStore, audio: Path, tmp_path: Path, start_s: int, too_long: bool
) -> None:
    source = tmp_path / "a.json"
    source.write_text(json.dumps({"segments": [{"start": start_s, "end": 9, "text": "Zebras"}]}))
    intake = Intake(store, Catalogue(store.root.parent / "index", store), IntakeOptions())
    (outcome,) = intake.take_with_transcript([audio], source, None)
    assert outcome.status == "done"
    assert intake.remarks.too_long == ([outcome.episode_id] if too_long else [])


@pytest.mark.parametrize(("told", "untold"), [("en", False), (None, True)])
def test_that_nobody_says_what_is_spoken_is_noticed(
    store: EpisodeStore, audio: Path, tmp_path: Path, told: str | None, untold: bool
) -> None:
    """No SubRip says it, and words are then found as they are written."""
    source = tmp_path / "talk.srt"
    source.write_text("1\n00:00:01,000 --> 00:00:02,000\nZebras\n")
    intake = Intake(store, Catalogue(store.root.parent / "index", store), IntakeOptions())
    (outcome,) = intake.take_with_transcript([audio], source, told)
    assert intake.remarks.without_language == ([outcome.episode_id] if untold else [])


def test_another_transcript_is_taken_only_by_force(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    add(store, audio, transcript(tmp_path / "a.json"))
    other = transcript(tmp_path / "b.json", "Giraffes")
    kept = add(store, audio, other)
    assert (kept.status, code(kept)) == ("failed", "transcript-kept")
    assert kept.error
    assert "b.json was not used" in kept.error.message
    assert "--force" in kept.error.hint
    assert text(store, kept.episode_id) == "Zebras"
    replacing = add(store, audio, other, force=True)
    assert replacing.status == "done"
    assert text(store, kept.episode_id) == "Giraffes"
    assert replacing.kept
    assert "Zebras" in replacing.kept.read_text()


def test_one_that_could_not_be_replaced_stays(audio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sync` finishes what `--force` began: it transcribed the audio, and wrote over what the publisher had said."""
    source = transcript(tmp_path / "talk.json")
    with Library.open(tmp_path / "library") as library:
        (done,) = library.add([audio], transcript=source)
        with monkeypatch.context() as patch:
            patch.setattr(EpisodeStore, "save_transcript", no_room)
            (failed,) = library.add([audio], transcript=transcript(tmp_path / "b.json", "Okapis"), force=True)
        assert code(failed) == "disk-full"
        assert list(library.sync()) == []
        assert done.episode_id
        assert library.transcript(done.episode_id).segments[0].text == "Zebras"


@pytest.mark.parametrize(
    ("keeper", "step"),
    [
        (EpisodeStore, "save_transcript"),
        (EpisodeStore, "copy_audio"),
        (EpisodeStore, "save_episode"),
        (Checkpoints, "clear"),
    ],
)
def test_sync_never_transcribes_what_has_a_transcript(
    audio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper: type, step: str
) -> None:
    """Wherever `add` is killed, `sync` has nothing to transcribe, and the same `add` finishes it."""

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    source = transcript(tmp_path / "talk.json")
    with Library.open(tmp_path / "library") as library:
        with monkeypatch.context() as patch:
            patch.setattr(keeper, step, kill)
            with pytest.raises(KeyboardInterrupt):
                list(library.add([audio], transcript=source, copy=True))
        store = EpisodeStore(library.path / "episodes")
        intake = Intake(store, Catalogue(library.path / "index", store), IntakeOptions())
        assert not any(isinstance(item, Job) for item in (*intake.take_library(), *intake.take_unfinished()))
        assert [outcome.error for outcome in library.add([audio], transcript=source, copy=True)] == [None]
        (episode,) = library.episodes()
        assert episode.status == "ready"
        assert library.transcript(episode.episode_id).segments[0].text == "Zebras"


def test_the_same_transcript_again_changes_nothing(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    source = transcript(tmp_path / "a.json")
    add(store, audio, source)
    again = add(store, audio, source)
    assert (again.status, again.error) == ("unchanged", None)


def test_its_language_can_be_said_later(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    """The first `add` may have told to: with the same transcript it was unchanged, and the language not taken."""
    source = transcript(tmp_path / "a.json")
    episode_id = add(store, audio, source).episode_id or ""
    assert add(store, audio, source, language="de", dry_run=True).status == "pending"
    assert store.load_transcript(episode_id).language is None
    assert add(store, audio, source, language="de").status == "done"
    assert add(store, audio, source, language="de").status == "unchanged"
    assert add(store, audio, source).status == "unchanged"
    assert store.load_transcript(episode_id).language == "de"
    assert store.load_episode(episode_id).language == "de"


@pytest.mark.parametrize("content", [None, b"", b"<html>", b'{"segments": []}', b"WEBVTT\n"])
def test_nothing_is_registered_for_a_transcript_that_cannot_be_used(
    store: EpisodeStore, audio: Path, tmp_path: Path, content: bytes | None
) -> None:
    source = tmp_path / "a.vtt"
    if content is not None:
        source.write_bytes(content)
    for dry_run in (True, False):
        outcome = add(store, audio, source, dry_run=dry_run)
        assert outcome.status == "failed"
        assert code(outcome) in ("bad-transcript", "unreadable-transcript")
    assert not list(store.iter_ids())


def test_a_dry_run_writes_nothing(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    assert add(store, audio, transcript(tmp_path / "a.json"), dry_run=True).status == "pending"
    assert not store.root.exists()


def test_what_was_not_transcribed_has_no_speed(store: EpisodeStore, audio: Path, tmp_path: Path) -> None:
    outcome = add(store, audio, transcript(tmp_path / "a.json"))
    assert (outcome.status, outcome.real_time_factor) == ("done", None)


@pytest.mark.parametrize(("told", "kept"), [(None, "de"), ("fr", "fr")])
def test_its_language_is_what_it_says_unless_the_user_says_otherwise(
    store: EpisodeStore, audio: Path, tmp_path: Path, told: str | None, kept: str
) -> None:
    source = tmp_path / "talk.vtt"
    source.write_text("WEBVTT\nLanguage: de\n\n00:01.000 --> 00:02.000\nZebras\n")
    episode_id = add(store, audio, source, language=told).episode_id or ""
    assert store.load_transcript(episode_id).language == kept
    assert store.load_episode(episode_id).language == kept, "as of every transcribed episode"
