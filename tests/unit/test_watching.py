"""What is taken, and when: files that have stopped growing, once; failures when their time has come."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import EPISODE, make_transcript

from podindex.catalogue import Catalogue
from podindex.errors import ConfigError, ModelError, StoreError
from podindex.files import hash_file, is_being_written
from podindex.models import AudioRef, EpisodeOutcome, ErrorInfo, Failure
from podindex.store import EpisodeStore
from podindex.watching import FileState, Settling, Watch, follow

A, B = Path("/a.mp3"), Path("/b.mp3")


# --- settling -----------------------------------------------------------------------------------------------------


def test_a_file_is_found_when_it_has_not_changed_for_long_enough() -> None:
    settling = Settling(5)
    assert settling.look({A: (1, 10, 1)}, 0) == []
    assert settling.look({A: (1, 10, 1)}, 4.9) == []
    assert settling.waiting
    assert settling.look({A: (1, 10, 1)}, 5) == [A]


@pytest.mark.parametrize("state", [(2, 10, 1), (1, 11, 1), (1, 10, 2)])
def test_a_change_begins_the_wait_anew(state: FileState) -> None:
    settling = Settling(5)
    settling.look({A: (1, 10, 1)}, 0)
    assert settling.look({A: state}, 5) == []
    assert settling.look({A: state}, 10) == [A]


def test_what_was_taken_is_found_again_only_after_a_change() -> None:
    settling = Settling(5)
    settling.look({A: (1, 10, 1)}, 0)
    assert settling.look({A: (1, 10, 1)}, 5) == [A]
    settling.take(A)
    assert not settling.waiting
    assert settling.look({A: (1, 10, 1)}, 99) == []
    assert settling.look({A: (2, 20, 1)}, 100) == []
    assert settling.look({A: (2, 20, 1)}, 105) == [A]


def test_a_file_that_goes_and_comes_back_is_a_new_one() -> None:
    settling = Settling(5)
    settling.look({A: (1, 10, 1)}, 0)
    settling.look({A: (1, 10, 1)}, 5)
    settling.take(A)
    settling.look({}, 6)
    settling.look({A: (1, 10, 1)}, 7)
    assert settling.look({A: (1, 10, 1)}, 12) == [A]


@given(st.lists(st.tuples(st.floats(0.01, 9), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_nothing_is_found_that_changed_within_the_wait(looks: list[tuple[float, int, int]]) -> None:
    """Whatever happens: sizes of two files, 0 for one that is not there."""
    settling = Settling(5)
    now_s, since = 0.0, dict.fromkeys((A, B), (0, 0.0))
    for pause_s, *sizes in looks:
        now_s += pause_s
        for path, size in zip((A, B), sizes, strict=True):
            if since[path][0] != size:
                since[path] = size, now_s
        for path in settling.look({path: (0, size, 0) for path, (size, _) in since.items() if size}, now_s):
            settling.take(path)
            assert since[path][0]
            assert now_s - since[path][1] >= 5


# --- looking ------------------------------------------------------------------------------------------------------


class Desk:
    """A library in a folder, a folder that is watched, and what was noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "incoming"
        self.folder.mkdir()
        self.library_dir = folder / "library"
        self.store = EpisodeStore(self.library_dir / "episodes")
        self.store.root.mkdir(parents=True)
        self.notes: list[str] = []
        self.watch = self.new_watch()

    def new_watch(self) -> Watch:
        return Watch(
            self.store,
            Catalogue(self.library_dir / "index", self.store),
            [self.folder, self.library_dir.parent],
            index_dir=self.library_dir / "index",
            settle_s=5,
            note=self.notes.append,
        )

    def settled(self, *, at_s: float = 0) -> list[Path]:
        """Look twice, as far apart as a file needs."""
        first = self.watch.look(at_s, changed=True)
        return [*first, *self.watch.look(at_s + 5, changed=False)]

    def register(self, path: Path) -> None:
        audio = AudioRef(str(path), hash_file(path), path.stat().st_size)
        self.store.save_episode(replace(EPISODE, audio=audio))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def write(path: Path, content: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_of_folders_and_loose_files_are_found_once(desk: Desk) -> None:
    new = [write(desk.folder / "deep" / "a.mp3"), write(desk.store.root / "b.opus")]
    write(desk.folder / "notes.txt")
    write(desk.folder / ".hidden.mp3")
    write(desk.folder / "empty.mp3", b"")
    assert desk.settled() == sorted(new)
    assert desk.settled(at_s=10) == []


def test_what_podindex_made_itself_is_not_found(desk: Desk) -> None:
    """The library lies in a folder that is watched; index/ holds audio that was made from episodes."""
    write(desk.library_dir / "index" / "audio" / "show" / "ep.m4a")
    own = write(desk.store.root / "show" / "ep.mp3")
    desk.register(own)
    assert desk.settled() == []


def test_audio_beside_damaged_metadata_is_not_a_new_episode(desk: Desk) -> None:
    write(desk.store.root / "show" / "ep.mp3")
    write(desk.store.root / "show" / "ep.json", b"{ damaged")
    assert desk.settled() == []


def test_what_is_known_is_not_read_again_until_it_changes(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    desk.register(path)
    desk.watch = desk.new_watch()  # as after a restart
    assert desk.settled() == []
    path.write_bytes(b"other sound")
    assert desk.settled(at_s=20) == [path]


def test_a_file_that_somebody_writes_is_left_alone_however_long_it_rests(desk: Desk) -> None:
    path = desk.folder / "slow.mp3"
    with path.open("wb", buffering=0) as file:
        file.write(b"half")
        assert is_being_written(path)
        assert desk.settled() == []
        assert desk.watch.look(1000, changed=True) == []
        file.write(b"whole")
    assert not is_being_written(path)
    assert desk.settled(at_s=2000) == [path]


def test_a_reader_does_not_count_as_a_writer(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    with path.open("rb"):
        assert desk.settled() == [path]


def test_an_episodes_own_file_is_found_when_it_has_changed(desk: Desk) -> None:
    path = write(desk.store.root / "show" / "ep.mp3")
    audio = AudioRef("ep.mp3", hash_file(path), path.stat().st_size)
    desk.store.save_episode(replace(EPISODE, id="show/ep", audio=audio))
    assert desk.settled() == []
    write(path, b"longer sound")
    assert desk.new_watch().look(0, changed=True) == []
    watch = desk.new_watch()
    assert [*watch.look(0, changed=True), *watch.look(5, changed=False)] == [path]


def test_a_renamed_file_is_another(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    assert desk.settled() == [path]
    other = path.rename(desk.folder / "b.mp3")
    assert desk.settled(at_s=10) == [other]
    other.unlink()
    assert desk.settled(at_s=20) == []


def test_names_are_only_names(desk: Desk) -> None:
    names = [b"-rf.mp3", b"new\nline.mp3", b"not\xfftext.mp3", b"\x1b[2J.mp3", b" .mp3", "日本語.mp3".encode()]
    made = [Path(os.fsdecode(os.fsencode(desk.folder) + b"/" + name)) for name in names]
    for path in made:
        write(path)
    os.mkfifo(desk.folder / "pipe.mp3")
    (desk.folder / "broken.mp3").symlink_to("/nowhere")
    (desk.folder / "loop").symlink_to(desk.folder)
    assert desk.settled() == sorted(made)


def test_a_folder_that_vanishes_is_waited_for(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    assert desk.settled() == [path]
    path.unlink()
    desk.folder.rmdir()
    assert desk.settled(at_s=10) == []
    assert desk.settled(at_s=20) == []
    assert [str(desk.folder) in note for note in desk.notes] == [True], "said once"
    write(path, b"back again")
    assert desk.settled(at_s=30) == [path]


def test_without_events_changes_are_found_all_the_same(desk: Desk) -> None:
    assert desk.watch.look(0, changed=True) == []
    path = write(desk.folder / "a.mp3")
    assert desk.watch.look(1, changed=False) == []
    for now_s in range(2, 60):
        if found := desk.watch.look(now_s, changed=False):
            assert found == [path]
            return
    pytest.fail("never found")


# --- failures -----------------------------------------------------------------------------------------------------


def test_a_failure_is_due_when_its_pause_is_over(desk: Desk) -> None:
    desk.register(write(desk.folder / "a.mp3"))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for attempts, minutes in ((2, 1), (3, 2), (6, 16), (40, 24 * 60)):
        desk.store.checkpoints(EPISODE.id).save_failure(Failure(ErrorInfo("e", "m", "h"), attempts, now))
        desk.watch.plan_retry(now)
        due = now + timedelta(minutes=minutes)
        assert not desk.watch.retry_is_due(due - timedelta(seconds=1))
        assert desk.watch.retry_is_due(due)


def test_what_is_done_is_never_due(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    desk.register(path)
    transcript = make_transcript(["Hello"])
    desk.store.save_transcript(replace(transcript, origin=replace(transcript.origin, audio_sha256=hash_file(path))))
    assert desk.watch.retry_is_due(datetime.now(UTC)), "the first look finds out"
    desk.watch.plan_retry(datetime.now(UTC))
    assert not desk.watch.retry_is_due(datetime.max.replace(tzinfo=UTC))


def test_a_failure_that_could_not_be_written_down_is_not_due_at_once(desk: Desk) -> None:
    desk.register(write(desk.folder / "a.mp3"))
    now = datetime.now(UTC)
    desk.watch.plan_retry(now)
    assert not desk.watch.retry_is_due(now)
    assert desk.watch.retry_is_due(now + timedelta(seconds=30))


# --- rounds -------------------------------------------------------------------------------------------------------


class Rounds:
    """Takes files, or fails as it is told, and remembers which."""

    def __init__(self, *errors: Exception | ErrorInfo | None) -> None:
        self.errors = list(errors)
        self.taken: list[list[Path]] = []

    def take(self, paths: list[Path]) -> Iterator[EpisodeOutcome]:
        error = self.errors.pop(0) if self.errors else None
        if isinstance(error, ErrorInfo):
            yield from (EpisodeOutcome(path, None, "failed", error=error) for path in paths)
            return
        if error:
            raise error
        self.taken.append(paths)
        yield from (EpisodeOutcome(path, "show/ep", "done") for path in paths)


def run_ticks(desk: Desk, rounds: Rounds, seconds: Iterable[int], *, changed_at: int = 0) -> list[EpisodeOutcome]:
    now_s = 0.0

    def ticks() -> Iterator[bool]:
        nonlocal now_s
        for second in seconds:
            now_s = second
            yield second == changed_at

    return list(follow(desk.watch, ticks(), rounds.take, note=desk.notes.append, clock=lambda: now_s))


def test_the_first_round_comes_at_once_and_the_next_when_there_is_something(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    rounds = Rounds()
    outcomes = run_ticks(desk, rounds, range(100))
    assert rounds.taken == [[], [path]]
    assert [outcome.path for outcome in outcomes] == [path]


def test_a_round_that_fails_is_tried_again_ever_less_often_and_loses_nothing(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    error = StoreError("disk-full", "no room", "free some")
    rounds = Rounds(None, error, error, error)
    outcomes = run_ticks(desk, rounds, range(200))
    assert rounds.taken == [[], [path]]
    assert [outcome.path for outcome in outcomes] == [path]
    assert [note for note in desk.notes if "no room" in note] == desk.notes[1:2], "said once"
    assert not run_ticks(desk, Rounds(), range(200, 400))


def test_a_new_file_that_met_a_full_disk_is_tried_again_and_a_damaged_one_is_not(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    full = ErrorInfo("disk-full", "no room", "free some")
    rounds = Rounds(None, full, full)
    outcomes = run_ticks(desk, rounds, range(200))
    assert [outcome.status for outcome in outcomes] == ["failed", "failed", "done"]
    assert rounds.taken == [[], [path]]
    write(path, b"noise")
    damaged = Rounds(ErrorInfo("audio-damaged", "no audio", "replace it"))
    assert [outcome.status for outcome in run_ticks(desk, damaged, range(200, 400), changed_at=200)] == ["failed"]


def test_a_library_that_vanishes_is_waited_for_and_not_begun_anew(desk: Desk) -> None:
    """Where a disk is unmounted, an empty folder stays: all that is watched was transcribed again, into that."""
    path = write(desk.folder / "a.mp3")
    away = desk.store.root.rename(desk.library_dir / "away")

    def seconds() -> Iterator[int]:
        yield from range(50)
        away.rename(desk.store.root)
        yield from range(50, 100)

    rounds = Rounds()
    assert [outcome.path for outcome in run_ticks(desk, rounds, seconds())] == [path]
    assert rounds.taken == [[path]]


def test_settings_that_are_saved_half_are_waited_for(desk: Desk) -> None:
    path = write(desk.folder / "a.mp3")
    rounds = Rounds(None, ConfigError("config-invalid", "podindex.toml is not valid TOML", "mend it"))
    assert [outcome.path for outcome in run_ticks(desk, rounds, range(100))] == [path]
    assert "not valid TOML" in desk.notes[1]


def test_settings_that_cannot_be_used_end_it(desk: Desk) -> None:
    with pytest.raises(ConfigError):
        run_ticks(desk, Rounds(ConfigError("bad-setting", "device is cuda", "use cpu")), range(3))


def test_a_model_that_is_not_there_ends_it(desk: Desk) -> None:
    with pytest.raises(ModelError):
        run_ticks(desk, Rounds(ModelError("no-such-model", "none", "name another")), range(3))
