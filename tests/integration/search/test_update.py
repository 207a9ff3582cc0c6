"""However an index came to be, it answers as one that was made at once; what is damaged is noticed and made anew."""

import errno
import fcntl
import gc
import mmap
import os
import re
import shutil
import signal
import subprocess
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from transcripts import EPISODE, ORIGIN, make_segment, make_transcript

from podindex.errors import SearchError
from podindex.hits import SearchPage, SearchRequest
from podindex.models import Episode, Segment, Transcript
from podindex.progress import Notes
from podindex.search import engine
from podindex.search.engine import SearchIndex
from podindex.search.index.build import rebuild_index, update_index
from podindex.search.index.manifest import MANIFEST_NAME, SCHEMA, Manifest, damaged, load_manifest
from podindex.search.index.staleness import begin_to_count, count_changes
from podindex.search.matching import finding
from podindex.search.matching.matcher import Matcher
from podindex.search.query.plan import Node
from podindex.search.sets.intervals import NOTHING, Intervals
from podindex.search.verify import verify_index
from podindex.search.words.stemmers import STEMMERS
from podindex.store import EpisodeStore

WORDS = "the police recognise recognised a face data breach breaches twenty six 2026 bit coin bitcoin".split()
QUERIES = (
    *("police", "the breach", "recog*", '"twenty six"', "recognize", "bitcoin OR 2026", "face NOT data", "polise"),
    *("the speaker:anna", "the title:police", "the episode:ep-0"),
)


def save(store: EpisodeStore, number: int, seed: int) -> None:
    random = Random(seed)
    texts = [" ".join(random.choices(WORDS, k=random.randint(1, 60))) for _ in range(random.randint(0, 4))]
    segments: list[Segment] = []
    for text in texts:
        start_ms = segments[-1].end_ms if segments else 0
        segments.append(make_segment(text, start_ms, speaker=random.choice([None, "Anna", "Ben"])))
    episode_id = f"show/ep-{number}"
    store.save_episode(Episode(episode_id, "Show", random.choice(["A face", "The police"]), language="en"))
    store.save_transcript(Transcript(episode_id, "en", tuple(segments), ORIGIN))


def remove(store: EpisodeStore, number: int) -> None:
    for path in store.root.glob(f"show/ep-{number}.*"):
        path.unlink()


def answers(index_dir: Path) -> list[SearchPage]:
    index = SearchIndex.open(index_dir)
    try:
        pages = [index.search(SearchRequest(query, limit=1_000, per_episode=0)) for query in QUERIES]
    finally:
        index.close()
    return [page._replace(took_ms=0) for page in pages]


OPERATIONS = st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(0, 1_000)), min_size=1, max_size=4)


@settings(max_examples=15)
@given(st.lists(OPERATIONS, min_size=1, max_size=8))
@example([[(0, 0), (1, 1)], [(0, None)]])
def test_updates_amount_to_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[int, int | None]]]
) -> None:
    root = tmp_path_factory.mktemp("library")
    store = EpisodeStore(root / "episodes")
    for operations in rounds:
        for number, seed in operations:
            if seed is None:
                remove(store, number)
            else:
                save(store, number, seed)
        assert update_index(root / "updated", store) == len(store.stamps())
        assert not count_changes(load_manifest(root / "updated"), store.root)
    rebuild_index(root / "rebuilt", store)
    assert answers(root / "updated") == answers(root / "rebuilt")
    assert verify_index(root / "updated") == []


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    store = EpisodeStore(tmp_path / "episodes")
    for number in range(3):
        save(store, number, number)
    return store


@pytest.fixture
def index_dir(tmp_path: Path, store: EpisodeStore) -> Path:
    update_index(tmp_path / "search", store)
    save(store, 3, 3)
    update_index(tmp_path / "search", store)
    return tmp_path / "search"


def test_many_small_segments_become_few(tmp_path: Path, store: EpisodeStore) -> None:
    folders: set[str] = set()
    for number in range(30):
        save(store, number, number)
        update_index(tmp_path / "search", store)
        manifest = load_manifest(tmp_path / "search")
        assert manifest is not None
        assert len(manifest.segments) <= 9
        folders = {Path(name).parts[0] for name in manifest.files}
    assert {path.name for path in (tmp_path / "search").iterdir()} == folders | {MANIFEST_NAME}


def test_an_update_without_changes_writes_nothing(index_dir: Path, store: EpisodeStore) -> None:
    def written() -> dict[str, tuple[int, int]]:
        return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in index_dir.rglob("*")}

    before = written()
    update_index(index_dir, store)
    assert written() == before


def test_a_reader_keeps_what_it_opened(index_dir: Path, store: EpisodeStore) -> None:
    index = SearchIndex.open(index_dir)
    before = index.search(SearchRequest("police", limit=100))._replace(took_ms=0)
    shutil.rmtree(store.root)
    rebuild_index(index_dir, store)
    assert not index.is_current()
    assert index.search(SearchRequest("police", limit=100))._replace(took_ms=0) == before
    assert SearchIndex.open(index_dir).search(SearchRequest("police")).total == 0


def test_a_commit_while_the_index_is_opened_is_no_damage(
    index_dir: Path, store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def load_while_somebody_commits(folder: Path) -> Manifest | None:
        tries.append(folder)
        if len(tries) == 1:
            save(store, 50, 50)
            update_index(index_dir, store)
            raise damaged("a file of the state before is missing")
        return load_manifest(folder)

    monkeypatch.setattr(engine, "load_manifest", load_while_somebody_commits)
    assert SearchIndex.open(index_dir).is_current()
    assert len(tries) == 2


def test_a_damaged_transcript_is_left_out_and_said_once(index_dir: Path, store: EpisodeStore) -> None:
    (store.root / "show" / "ep-1.transcript.json").write_text("{")
    notes = Notes()
    assert update_index(index_dir, store, notes) == 3
    assert [note for note in notes.messages if "show/ep-1 is not indexed" in note]
    assert not count_changes(load_manifest(index_dir), store.root)
    save(store, 1, 1)
    assert update_index(index_dir, store) == 4


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def randomise(path: Path) -> None:
    path.write_bytes(Random(7).randbytes(path.stat().st_size))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) * 3 // 4] ^= 0x55
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [truncate, randomise, flip, Path.unlink])
@pytest.mark.parametrize("name", [MANIFEST_NAME, "lexicon-*", "*/stream.arrays", "*/episodes.json", "*/documents/*.*"])
def test_damage_is_found_and_mended(
    index_dir: Path, store: EpisodeStore, harm: Callable[[Path], None], name: str
) -> None:
    before = answers(index_dir)
    for path in index_dir.glob(name):
        if path.stat().st_size:
            harm(path)
    assert verify_index(index_dir)
    search_after_damage(index_dir, before)
    (rebuild_index if harm is flip else update_index)(index_dir, store)
    assert answers(index_dir) == before
    assert verify_index(index_dir) == []


def search_after_damage(index_dir: Path, before: list[SearchPage]) -> None:
    """Answers after damage are right, or the damage is said."""
    code = None
    try:
        after = answers(index_dir)
    except SearchError as error:
        code, after = error.code, before
    assert code in (None, "index-damaged")
    assert [page.total for page in after] == [page.total for page in before]


def test_segments_searched_side_by_side_answer_as_one_by_one(
    tmp_path: Path, store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3, 6):  # each a segment of its own
        update_index(tmp_path / "search", store)
        save(store, number, number)
    update_index(tmp_path / "search", store)
    before = answers(tmp_path / "search")
    monkeypatch.setattr(finding, "_PARALLEL_FROM_HITS", 0)
    assert answers(tmp_path / "search") == before

    main_thread = threading.current_thread()
    in_others: list[str] = []

    def fail(matcher: Matcher, node: Node) -> Intervals:
        if threading.current_thread() is main_thread:
            return NOTHING
        in_others.append(type(matcher).__name__)
        raise ValueError(f"cannot find {node}")

    monkeypatch.setattr(Matcher, "find", fail)
    with pytest.raises(ValueError, match="cannot find"):
        answers(tmp_path / "search")
    assert in_others


def test_damaged_indexes_are_kept_but_not_for_ever(index_dir: Path, store: EpisodeStore) -> None:
    notes = Notes()
    for _ in range(4):
        (index_dir / MANIFEST_NAME).write_text("?")
        update_index(index_dir, store, notes)
    assert len(list(index_dir.parent.glob("search.damaged-*"))) == 2
    assert len(notes.messages) == 4


def test_an_index_of_another_schema_is_made_anew(index_dir: Path, store: EpisodeStore) -> None:
    before = answers(index_dir)
    manifest = index_dir / MANIFEST_NAME
    manifest.write_text(manifest.read_text().replace('"schema":', '"schema":9'))
    assert count_changes(load_manifest(index_dir), store.root)
    update_index(index_dir, store)
    assert answers(index_dir) == before


def test_a_file_system_without_locks_holds_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as Lustre's on clusters; nobody else writes where Whoosh does."""

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["Hello"]))
    assert update_index(tmp_path / "search", store) == 1


def test_what_is_written_changes_with_its_schema_alone(tmp_path: Path) -> None:
    """Where this fails and SCHEMA is the same, raise it: else an index of yesterday is read as if it were of today.

    Then no update of it could be written, and a search called it damaged.
    """
    store, index_dir = EpisodeStore(tmp_path / "episodes"), tmp_path / "search"
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["The U.S. paid $3.5 million in 2019, didn't it?", "Café 東京: e-mails!"]))
    for language in STEMMERS:
        episode_id = f"show/{language}"
        store.save_episode(Episode(episode_id, "Show", "Title"))
        transcript = make_transcript(["Häuser canciones chevaux libri huizen informações Türkiye'nin"], episode_id)
        store.save_transcript(replace(transcript, language=language))
    update_index(index_dir, store)
    files = sorted([*index_dir.glob("*.arrays"), *index_dir.glob("segment-*/*.*")])
    checksums = {file.name: f"{zlib.crc32(file.read_bytes()):08x}" for file in files}
    assert (SCHEMA, checksums) == (
        9,
        {"lexicon-000001.arrays": "b9b6aa1e", "episodes.json": "07a9fefc", "stream.arrays": "6368b57e"},
    )


def test_an_index_that_anyone_can_write_to_is_refused(index_dir: Path, store: EpisodeStore) -> None:
    index_dir.chmod(0o777)
    for use in (
        lambda: SearchIndex.open(index_dir),
        lambda: update_index(index_dir, store),
        lambda: count_changes(load_manifest(index_dir), store.root),
        lambda: verify_index(index_dir),
    ):
        with pytest.raises(SearchError, match="anyone") as caught:
            use()
        assert caught.value.code == "index-not-trusted"


@pytest.mark.parametrize("name", [MANIFEST_NAME, "lexicon-*", "segment-*", "*/documents", "*/documents/*.toc"])
def test_no_part_of_an_index_may_be_written_by_anyone(index_dir: Path, name: str) -> None:
    path = next(index_dir.glob(name))
    path.chmod(path.stat().st_mode | 0o002)
    with pytest.raises(SearchError, match="anyone") as caught:
        SearchIndex.open(index_dir)
    assert caught.value.code == "index-not-trusted"


@pytest.mark.parametrize("cure", ["chmod -R o-w ", "delete "])
@pytest.mark.parametrize("name", ["index", "index/search", f"index/search/{MANIFEST_NAME}", "index/search/segment-*"])
def test_what_the_hint_says_mends_it(tmp_path: Path, store: EpisodeStore, name: str, cure: str) -> None:
    index_dir = tmp_path / "index" / "search"
    index_dir.parent.mkdir()
    update_index(index_dir, store)
    path = next(tmp_path.glob(name))
    path.chmod(path.stat().st_mode | 0o002)
    with pytest.raises(SearchError) as caught:
        SearchIndex.open(index_dir)
    named = re.search(f"{re.escape(cure)}(/[^:,]+)", caught.value.hint)
    assert named, caught.value.hint
    if cure == "delete ":
        shutil.rmtree(named[1])
        index_dir.parent.mkdir(exist_ok=True)  # as the library does
        update_index(index_dir, store)
    else:
        subprocess.run(["chmod", "-R", "o-w", named[1]], check=True)
    SearchIndex.open(index_dir).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_an_index_of_another_user_is_refused(index_dir: Path) -> None:
    os.chown(index_dir, 12345, 12345)
    with pytest.raises(SearchError, match="another user"):
        SearchIndex.open(index_dir)


def test_an_index_that_is_not_there(tmp_path: Path, store: EpisodeStore) -> None:
    assert count_changes(load_manifest(tmp_path / "none"), store.root)
    assert verify_index(tmp_path / "none") == []
    with pytest.raises(SearchError) as caught:
        SearchIndex.open(tmp_path / "none")
    assert caught.value.code == "index-missing"


def test_changes_are_counted_as_well_in_a_process_of_their_own(index_dir: Path, store: EpisodeStore) -> None:
    manifest = load_manifest(index_dir)
    assert begin_to_count(index_dir, store.root)(manifest) == 0
    save(store, 20, 20)
    save(store, 21, 21)
    assert begin_to_count(index_dir, store.root)(manifest) == count_changes(manifest, store.root) == 2


def test_what_was_counted_of_another_state_of_the_index_does_not_count(index_dir: Path, store: EpisodeStore) -> None:
    old = load_manifest(index_dir)
    save(store, 20, 20)
    update_index(index_dir, store)
    assert begin_to_count(index_dir, store.root)(old) == count_changes(old, store.root) == 1


def test_who_gets_no_answer_counts(index_dir: Path, store: EpisodeStore) -> None:
    manifest = load_manifest(index_dir)
    (index_dir / MANIFEST_NAME).write_bytes(b"{")  # which the other process reads
    assert begin_to_count(index_dir, store.root)(manifest) == 0


def test_the_end_of_processes_may_be_ignored(index_dir: Path, store: EpisodeStore) -> None:
    """As programs do that start podindex: it inherits that."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert begin_to_count(index_dir, store.root)(load_manifest(index_dir)) == 0
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_library_large_enough_is_indexed_by_several_processes(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    for number in range(6):
        segments: list[Segment] = []
        for text in [" ".join(Random(number).choices(WORDS, k=100))] * 200:
            segments.append(make_segment(text, segments[-1].end_ms if segments else 0))
        store.save_episode(Episode(f"show/ep-{number}", "Show", "Title"))
        store.save_transcript(Transcript(f"show/ep-{number}", "en", tuple(segments), ORIGIN))
    assert update_index(tmp_path / "search", store) == 6
    assert SearchIndex.open(tmp_path / "search").search(SearchRequest("police")).total_episodes == 6


def test_files_of_a_state_that_nobody_has_any_more_are_let_go_of_at_once(tmp_path: Path) -> None:
    def mapped() -> int:
        return sum(isinstance(each, mmap.mmap) for each in gc.get_objects())

    store = EpisodeStore(tmp_path / "episodes")
    save(store, 1, 1)
    update_index(tmp_path / "search", store)
    gc.collect()
    gc.disable()
    try:
        before = mapped()
        index = SearchIndex.open(tmp_path / "search")
        index.search(SearchRequest("police"))
        assert mapped() > before
        del index
        assert mapped() == before
    finally:
        gc.enable()
