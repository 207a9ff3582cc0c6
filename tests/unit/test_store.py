"""Episodes on disk."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from transcripts import EPISODE, make_transcript

from podindex.atomic import TEMPORARY_SUFFIX
from podindex.errors import LibraryBusyError, StoreError
from podindex.models import AudioRef, ChunkResult, Episode
from podindex.stamps import has_transcript
from podindex.store import EpisodeStore

_CHUNK = ChunkResult(0, 0, 1000, 0, ())


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    return EpisodeStore(tmp_path / "library" / "episodes")


@pytest.fixture(autouse=True)
def _library(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()


def _files(store: EpisodeStore) -> set[str]:
    return {path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file()}


def test_a_library_without_episodes_is_empty(store: EpisodeStore) -> None:
    assert list(store.iter_ids()) == []
    assert store.stamps() == {}
    assert list(store.iter_loose_audio()) == []
    assert not store.has_transcript("show/ep")


def test_what_is_saved_is_loaded(store: EpisodeStore) -> None:
    transcript = make_transcript(["Hello, world."])
    store.save_episode(EPISODE)
    store.save_transcript(transcript)
    assert store.load_episode("show/ep") == EPISODE
    assert store.load_transcript("show/ep") == transcript
    assert list(store.iter_ids()) == ["show/ep"]
    assert _files(store) == {"show/ep.json", "show/ep.transcript.json"}


def test_what_a_person_added_to_metadata_stays(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    path = store.metadata_path("show/ep")
    path.write_text(path.read_text().replace('"guid": null', '"guid": null, "rating": {"stars": 5}'))
    store.save_episode(replace(store.load_episode("show/ep"), title="New"))
    assert store.load_episode("show/ep").title == "New"
    assert '"stars": 5' in path.read_text()


def test_damaged_metadata_is_not_overwritten(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    path = store.metadata_path("show/ep")
    path.write_text(path.read_text() + ",")
    with pytest.raises(StoreError) as caught:
        store.save_episode(EPISODE)
    assert caught.value.code == "damaged-metadata"
    assert str(path) in caught.value.message
    assert path.read_text().endswith(",")


def test_a_damaged_transcript_is_overwritten(store: EpisodeStore) -> None:
    transcript = make_transcript(["Hello"])
    store.save_transcript(transcript)
    (store.root / "show/ep.transcript.json").write_bytes(b"\0" * 100)
    with pytest.raises(StoreError) as caught:
        store.load_transcript("show/ep")
    assert caught.value.code == "damaged-transcript"
    assert caught.value.hint.startswith("correct it in an editor"), "whoever edited it last left out a comma"
    store.save_transcript(transcript)
    assert store.load_transcript("show/ep") == transcript


def test_files_of_a_newer_podindex_are_neither_read_nor_overwritten(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["Hello"]))
    for name in ("ep.json", "ep.transcript.json"):
        path = store.root / "show" / name
        path.write_text(path.read_text().replace('"schema": 1', '"schema": 2').replace('"schema":1', '"schema":2'))
    before = [(store.root / name).read_bytes() for name in sorted(_files(store))]
    for attempt in (
        lambda: store.load_episode("show/ep"),
        lambda: store.save_episode(EPISODE),
        lambda: store.load_transcript("show/ep"),
        lambda: store.save_transcript(make_transcript(["Hello"])),
    ):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert caught.value.code == "schema-too-new"
    assert [(store.root / name).read_bytes() for name in sorted(_files(store))] == before


def test_what_is_missing_says_so(store: EpisodeStore) -> None:
    with pytest.raises(StoreError) as caught:
        store.load_episode("show/ep")
    assert caught.value.code == "no-such-episode"
    with pytest.raises(StoreError) as caught:
        store.load_transcript("show/ep")
    assert caught.value.code == "no-transcript"


@pytest.mark.parametrize("episode_id", ["../../etc/passwd", "show", "show/ep/x", "/show/ep", "show/.", "SHOW/ep", ""])
def test_only_ids_become_paths(store: EpisodeStore, episode_id: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: store.load_episode(episode_id),
        lambda: store.save_episode(replace(EPISODE, id=episode_id)),
        lambda: store.load_transcript(episode_id),
        lambda: store.has_transcript(episode_id),
        lambda: store.checkpoints(episode_id).save("fp", _CHUNK),
        lambda: store.checkpoints(episode_id).load("fp"),
        lambda: store.checkpoints(episode_id).clear(),
        lambda: store.checkpoints(episode_id).load_failure(),
    ]
    for attempt in attempts:
        with pytest.raises(StoreError) as caught:
            attempt()
        assert caught.value.code == "bad-episode-id"


def test_a_file_that_was_renamed_is_refused(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["Hello"]))
    for name in ("ep.json", "ep.transcript.json"):
        (store.root / "show" / name).rename(store.root / "show" / name.replace("ep", "other"))
    for load, code in ((store.load_episode, "damaged-metadata"), (store.load_transcript, "damaged-transcript")):
        with pytest.raises(StoreError) as caught:
            load("show/other")
        assert caught.value.code == code
        assert "show/other" in caught.value.message


def test_what_was_renamed_is_to_get_its_name_back(store: EpisodeStore) -> None:
    for episode_id, name in (("renamed/ep", "the folder its name show"), ("show/other", "the file its name ep.json")):
        store.save_episode(replace(EPISODE, id=episode_id))
        path = store.metadata_path(episode_id)
        path.write_text(path.read_text().replace(episode_id, EPISODE.id))
        with pytest.raises(StoreError) as caught:
            store.load_episode(episode_id)
        assert name in caught.value.hint


def test_a_pipe_or_a_folder_in_place_of_a_file_is_refused(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    os.mkfifo(store.root / "show" / "pipe.json")
    (store.root / "show" / "folder.json").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(StoreError) as caught:
            store.load_episode(f"show/{name}")
        assert caught.value.code == "damaged-metadata"
    assert list(store.stamps()) == ["show/ep"]


def test_a_huge_file_is_refused_without_reading_it(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    with store.metadata_path("show/ep").open("ab") as file:
        file.truncate(2**40)
    with pytest.raises(StoreError, match="larger"):
        store.load_episode("show/ep")


def test_nothing_is_written_through_a_link_out_of_the_library(store: EpisodeStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    store.root.mkdir()
    (store.root / "show").symlink_to(outside)
    with pytest.raises(StoreError) as caught:
        store.save_episode(EPISODE)
    assert caught.value.code == "outside-library"
    (store.root / "show").unlink()
    (store.root / "show").mkdir()
    (store.root / "show" / "ep.chunks").symlink_to(outside)
    with pytest.raises(StoreError):
        store.checkpoints("show/ep").save("fp", _CHUNK)
    with pytest.raises(StoreError):
        store.checkpoints("show/ep").clear()
    victim = outside / "victim"
    victim.write_text("mine")
    (store.root / "show" / "ep.json").symlink_to(victim)
    with pytest.raises(StoreError):
        store.save_episode(EPISODE)
    (store.root / "show" / "ep.transcript.json").symlink_to(victim)
    store.save_transcript(make_transcript(["Hello"]))
    assert victim.read_text() == "mine"
    assert [path.name for path in outside.iterdir()] == ["victim"]


def test_a_library_that_is_itself_a_link_is_written_to(store: EpisodeStore, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    store.root.symlink_to(tmp_path / "disk")
    store.save_episode(EPISODE)
    assert store.load_episode("show/ep") == EPISODE


def test_stamps_change_with_the_files_they_stand_for(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    first = store.stamps()["show/ep"]
    assert not has_transcript(first)
    store.save_transcript(make_transcript(["Hello"]))
    second = store.stamps()["show/ep"]
    assert second[0] == first[0]
    assert has_transcript(second)
    store.save_episode(EPISODE)
    assert store.stamps()["show/ep"] == second, "nothing is written where nothing is new"
    store.save_episode(replace(EPISODE, title="Other"))
    third = store.stamps()["show/ep"]
    assert third[0] != second[0]
    assert third[1] == second[1]


def test_only_files_named_as_episodes_are_episodes(store: EpisodeStore) -> None:
    store.save_episode(EPISODE)
    store.checkpoints("show/ep").save("fp", _CHUNK)
    for name in ("Ep.json", "ep.bak.json", ".hidden.json", "ep.txt", "notes.transcript.json", "-.json"):
        (store.root / "show" / name).write_text("{}")
    (store.root / ".git").mkdir()
    (store.root / ".git" / "ep.json").write_text("{}")
    (store.root / "ep.json").write_text("{}")
    assert list(store.iter_ids()) == ["show/ep"]


def test_new_ids_avoid_what_is_there(store: EpisodeStore) -> None:
    assert store.new_id("Naked Security", "Episode 1") == "naked-security/episode-1"
    store.save_episode(replace(EPISODE, id="naked-security/episode-1"))
    assert store.new_id("Naked Security", "Episode 1") == "naked-security/episode-1-2"
    (store.root / "naked-security" / "Loose.mp3").touch()
    (store.root / "naked-security" / "loose.mp3").touch()
    assert store.new_id("Naked Security", "Loose") == "naked-security/loose-2"
    assert store.new_id("Naked Security", "Loose", audio_name="loose.mp3") == "naked-security/loose"
    assert store.new_id("???", "!!!") == "unknown-show/episode"


def test_audio_is_found_beside_the_metadata_or_where_it_was(store: EpisodeStore) -> None:
    assert store.audio_path(EPISODE) is None
    assert store.audio_path(replace(EPISODE, audio=AudioRef("a/b.mp3"))) == store.root / "show" / "a" / "b.mp3"
    assert store.audio_path(replace(EPISODE, audio=AudioRef("/far/b.mp3"))) == Path("/far/b.mp3")


def test_names_that_are_not_utf_8_survive(store: EpisodeStore, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp3"))
    path.write_bytes(b"audio")
    store.save_episode(replace(EPISODE, audio=AudioRef(str(path))))
    found = store.audio_path(store.load_episode("show/ep"))
    assert found is not None
    assert found.read_bytes() == b"audio"
    store.metadata_path("show/ep").read_text(encoding="utf-8")


def test_loose_audio_is_what_no_episode_refers_to(store: EpisodeStore, tmp_path: Path) -> None:
    store.save_episode(replace(EPISODE, audio=AudioRef("ep.mp3")))
    absolute = store.root / "show" / "absolute.mp3"
    store.save_episode(Episode("show/two", "Show", "Two", audio=AudioRef(str(absolute))))
    store.save_episode(Episode("show/damaged", "Show", "Damaged", audio=AudioRef("damaged.mp3")))
    store.metadata_path("show/damaged").write_text("{")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.mp3").touch()
    (store.root / "link").symlink_to(outside)
    deep = store.root / "Any Folder" / "Süd"
    deep.mkdir(parents=True)
    (store.root / ".trash").mkdir()
    for path in [
        store.root / "show" / "ep.mp3",
        absolute,
        store.root / "show" / "damaged.mp3",
        store.root / "show" / "New One.MP3",
        store.root / "top.opus",
        deep / "deep.m4a",
        store.root / ".trash" / "gone.mp3",
        store.root / "show" / ".hidden.mp3",
        store.root / "show" / "cover.jpg",
        store.root / "show" / f".ep.mp3.00{TEMPORARY_SUFFIX}",
    ]:
        path.write_bytes(path.name.encode())
    assert [path.relative_to(store.root).as_posix() for path in store.iter_loose_audio()] == [
        "Any Folder/Süd/deep.m4a",
        "show/New One.MP3",
        "top.opus",
    ]


def test_audio_is_copied_beside_the_metadata(store: EpisodeStore, tmp_path: Path) -> None:
    source = tmp_path / "Episode One.MP3"
    source.write_bytes(b"audio")
    copy = store.copy_audio("show/ep", source)
    assert copy == store.root / "show" / "ep.mp3"
    assert copy.read_bytes() == b"audio"


@pytest.mark.parametrize("name", ["one.json", "one.JSON", "one.transcript.json", "one.chunks", "one", "one.txt"])
def test_copied_audio_never_takes_the_name_of_an_episodes_own_files(
    store: EpisodeStore, tmp_path: Path, name: str
) -> None:
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["all there"]))
    before = {path: path.read_bytes() for path in (store.root / "show").iterdir()}
    source = tmp_path / name
    source.write_bytes(b"audio")
    copy = store.copy_audio(EPISODE.id, source)
    assert copy.read_bytes() == b"audio"
    assert {path: path.read_bytes() for path in before} == before
    assert copy not in before


def test_one_writer_at_a_time(store: EpisodeStore) -> None:
    with store.writer_lock():
        with pytest.raises(LibraryBusyError) as caught, EpisodeStore(store.root).writer_lock():
            pass
        assert caught.value.code == "library-busy"
    with store.writer_lock():
        pass
    assert list(store.iter_temporary_files()) == []


def test_the_lock_is_let_go_when_the_work_fails(store: EpisodeStore) -> None:
    with pytest.raises(ZeroDivisionError), store.writer_lock():
        raise ZeroDivisionError
    with store.writer_lock():
        pass


def test_what_a_killed_writer_left_is_found(store: EpisodeStore) -> None:
    store.checkpoints("show/ep").save("fp", _CHUNK)
    left = store.root / "show" / "ep.chunks" / f".00001.json.ab{TEMPORARY_SUFFIX}"
    left.touch()
    assert list(store.iter_temporary_files()) == [left]
