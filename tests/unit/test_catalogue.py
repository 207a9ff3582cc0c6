"""The list of episodes and its cache."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from transcripts import CREATED, EPISODE, ORIGIN, make_transcript

from podindex.catalogue import CACHE_NAME, Catalogue
from podindex.models import AudioRef, EpisodeSummary, ErrorInfo, Failure, Gap
from podindex.progress import Notes
from podindex.store import EpisodeStore

_AUDIO = AudioRef("ep.mp3", "aa", 3)


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    return EpisodeStore(tmp_path / "episodes")


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def _only(index_dir: Path, store: EpisodeStore) -> EpisodeSummary:
    (summary,) = Catalogue(index_dir, store).summaries()
    return summary


def test_a_row_says_what_metadata_and_transcript_say(index_dir: Path, store: EpisodeStore) -> None:
    published = datetime(2026, 11, 1, tzinfo=UTC)
    store.save_episode(replace(EPISODE, audio=_AUDIO, published=published, duration_ms=5000))
    store.save_transcript(make_transcript(["Hello, world.", "Bye"]))
    expected = EpisodeSummary(
        episode_id="show/ep",
        show="Show",
        title="Episode",
        published=published,
        duration_ms=5000,
        status="ready",
        language="en",
        words=3,
        origin="whisper",
        model="tiny.en",
        audio_path=store.root / "show" / "ep.mp3",
    )
    assert _only(index_dir, store) == expected
    assert _only(index_dir, store) == expected, "the same from the cache"


def test_doubtful_words_and_the_speed_are_kept(index_dir: Path, store: EpisodeStore) -> None:
    store.save_episode(replace(EPISODE, real_time_factor=41.5))
    transcript = make_transcript(["Hello, world.", "Bye"])
    doubtful = (replace(transcript.segments[0], quality=("low-probability",)), transcript.segments[1])
    store.save_transcript(replace(transcript, segments=doubtful))
    for _ in ("read", "from the cache"):
        summary = _only(index_dir, store)
        assert (summary.words, summary.doubtful_words, summary.real_time_factor) == (3, 2, 41.5)


def test_status(index_dir: Path, store: EpisodeStore) -> None:
    catalogue = Catalogue(index_dir, store)
    transcript = make_transcript(["Hello"])

    def status() -> str:
        (summary,) = catalogue.summaries()
        return summary.status

    store.save_episode(replace(EPISODE, audio=_AUDIO))
    assert status() == "pending"
    store.checkpoints(EPISODE.id).save_failure(Failure(ErrorInfo("bad-audio", "what", "hint"), 1, CREATED))
    assert status() == "failed"
    assert catalogue.summaries()[0].error == ErrorInfo("bad-audio", "what", "hint")
    store.checkpoints(EPISODE.id).clear()
    assert status() == "pending"
    store.save_transcript(transcript)
    assert status() == "ready"
    store.save_transcript(replace(transcript, origin=replace(ORIGIN, missing=(Gap(5, 9, "x"),))))
    assert status() == "partial"
    store.save_transcript(replace(transcript, origin=replace(ORIGIN, audio_sha256="bb")))
    assert status() == "pending"
    store.save_transcript(replace(transcript, origin=replace(ORIGIN, audio_sha256="aa")))
    assert status() == "ready"


def test_what_cannot_be_read_is_listed_with_why(index_dir: Path, store: EpisodeStore) -> None:
    store.save_episode(replace(EPISODE, audio=_AUDIO))
    (store.root / "show" / "ep.transcript.json").write_text("{")
    (store.root / "show" / "bad.json").write_text("{")
    for _ in range(2):
        bad, good = Catalogue(index_dir, store).summaries()
        assert (bad.episode_id, bad.status, bad.title) == ("show/bad", "failed", "bad")
        assert bad.error is not None
        assert bad.error.code == "damaged-metadata"
        assert (good.status, good.title) == ("failed", "Episode")
        assert good.error is not None
        assert good.error.code == "damaged-transcript"


def test_changes_are_noticed(index_dir: Path, store: EpisodeStore) -> None:
    catalogue = Catalogue(index_dir, store)
    assert catalogue.summaries() == []
    store.save_episode(EPISODE)
    assert [row.title for row in catalogue.summaries()] == ["Episode"]
    store.save_episode(replace(EPISODE, title="Other"))
    assert [row.title for row in catalogue.summaries()] == ["Other"]
    store.metadata_path(EPISODE.id).unlink()
    assert catalogue.summaries() == []


def test_episodes_are_in_the_order_of_show_and_date(index_dir: Path, store: EpisodeStore) -> None:
    for number, (show, day) in enumerate([("b", 2), ("A", 3), ("b", 1), ("a", None), ("A", 2)]):
        published = datetime(2026, 11, day, tzinfo=UTC) if day else None
        store.save_episode(replace(EPISODE, id=f"show/{number}", show=show, published=published))
    summaries = Catalogue(index_dir, store).summaries()
    assert [row.episode_id for row in summaries] == ["show/3", "show/4", "show/1", "show/2", "show/0"]


def test_audio_is_found_by_path_and_by_content(index_dir: Path, store: EpisodeStore, tmp_path: Path) -> None:
    outside = tmp_path / "far.mp3"
    store.save_episode(replace(EPISODE, audio=_AUDIO))
    store.save_episode(replace(EPISODE, id="show/far", audio=AudioRef(str(outside), "bb")))
    catalogue = Catalogue(index_dir, store)
    assert catalogue.find_by_audio_path(store.root / "show" / "ep.mp3") == "show/ep"
    assert catalogue.find_by_audio_path(outside) == "show/far"
    assert catalogue.find_by_audio_path(tmp_path / "other.mp3") is None
    assert catalogue.find_by_sha256("aa") == "show/ep"
    assert catalogue.find_by_sha256("cc") is None
    catalogue.remember("show/new", tmp_path / "new.mp3", "cc")
    assert catalogue.find_by_sha256("cc") == "show/new"
    assert catalogue.find_by_audio_path(tmp_path / "new.mp3") == "show/new"


def test_audio_is_found_through_a_link_to_the_library(index_dir: Path, store: EpisodeStore, tmp_path: Path) -> None:
    store.save_episode(replace(EPISODE, audio=_AUDIO))
    (tmp_path / "link").symlink_to(store.root)
    linked = EpisodeStore(tmp_path / "link")
    for path in (linked.root / "show" / "ep.mp3", store.root / "show" / "ep.mp3"):
        assert Catalogue(index_dir, linked).find_by_audio_path(path) == "show/ep"


def test_names_that_are_not_utf_8_survive_the_cache(index_dir: Path, store: EpisodeStore) -> None:
    store.save_episode(replace(EPISODE, audio=AudioRef("caf\udce9.mp3")))
    for _ in range(2):
        assert _only(index_dir, store).audio_path == store.root / "show" / "caf\udce9.mp3"


def _set(**fields: object) -> Callable[[bytes], bytes]:
    def damage(raw: bytes) -> bytes:
        document = json.loads(raw)
        document["rows"][0].update(fields)
        return json.dumps(document).encode()

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: b"\xff" * len(raw),
        lambda raw: b"[" * 100_000,
        lambda raw: b'{"version": 1, "rows": 7}',
        lambda raw: b'{"version": 99, "rows": []}',
        _set(status="banana"),
        _set(words=-1),
        _set(title=7),
        _set(published="yesterday"),
        _set(origin="nobody"),
        _set(audio_path="a\0b"),
        _set(stamp=[]),
        _set(stamp=[[1, 2], None]),
        _set(error=["a"]),
        _set(episode_id="../../x"),
    ],
)
def test_a_damaged_cache_is_made_again(index_dir: Path, store: EpisodeStore, damage: Callable[[bytes], bytes]) -> None:
    store.save_episode(replace(EPISODE, audio=_AUDIO))
    expected = _only(index_dir, store)
    cache_path = index_dir / CACHE_NAME
    sound = cache_path.read_bytes()
    cache_path.write_bytes(damage(sound))
    assert _only(index_dir, store) == expected
    assert cache_path.read_bytes() == sound


def test_the_cache_is_read_and_not_only_written(index_dir: Path, store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    _only(index_dir, store)
    cache_path = index_dir / CACHE_NAME
    cache_path.write_bytes(_set(title="From the cache")(cache_path.read_bytes()))
    assert _only(index_dir, store).title == "From the cache"


def test_the_cache_is_read_where_a_file_is_older_than_the_clock(index_dir: Path, store: EpisodeStore) -> None:
    """As from an archive that kept a broken clock's times; an inode above 2**63 - 1 is no reason, either."""
    store.save_episode(EPISODE)
    os.utime(store.metadata_path(EPISODE.id), ns=(-1, -1))
    _only(index_dir, store)
    cache_path = index_dir / CACHE_NAME
    cache_path.write_bytes(_set(title="From the cache")(cache_path.read_bytes()))
    assert _only(index_dir, store).title == "From the cache"


def test_listing_works_where_the_cache_cannot_be_written(tmp_path: Path, store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    (tmp_path / "index").write_text("a file in the folder's place")
    assert _only(tmp_path / "index", store).title == "Episode"


def test_reading_many_episodes_is_said_once(
    index_dir: Path, store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podindex.catalogue._MANY", 2)
    for slug in ("one", "two"):
        store.save_episode(replace(EPISODE, id=f"show/{slug}"))
    notes = Notes()
    for _ in range(2):
        Catalogue(index_dir, store, notes).summaries()
    assert [note for note in notes.messages if "reading 2 episodes" in note] == notes.messages
    assert len(notes.messages) == 1
