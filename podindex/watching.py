"""What is to be done next in a library that is watched: which files have stopped growing, which failures are due.

I/O: looks at files and folders; what it finds is taken by whoever asked.
"""

import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from podindex.atomic import is_file, is_folder
from podindex.catalogue import Catalogue
from podindex.errors import AudioError, ConfigError, SearchError, StoreError
from podindex.files import is_being_written, iter_audio_files, named
from podindex.models import EpisodeOutcome
from podindex.retries import next_try
from podindex.store import EpisodeStore

_LOOK_EVERY_S = 30.0
"""Where the system tells of no events, as on network drives, changes are found this late."""
_RETRY_NOT_BEFORE = timedelta(seconds=30)
"""A failure that could not be written down, on a full disk, must not be retried all the time."""
_ROUND_AGAIN_S = 10.0
_ROUND_AGAIN_AT_MOST_S = 600.0
"""A round that fails as a whole, because another process is writing or the disk is full, is tried again after 10, 20,
40 … seconds."""

_OF_THE_DISK = ("disk-full", "disk-error", "no-permission")
"""A new file that met one of these is not known to the library: nothing but `watch` would try it again."""

_OF_THE_SETTINGS = ("config-invalid", "config-unreadable")
"""Settings that somebody is at work on, and has saved half; others that cannot be used end it."""

FileState = tuple[int, int, int]
"""What changes while a file is written: time, size, inode."""


def follow(
    watch: "Watch",
    ticks: Iterable[bool],
    take: Callable[[list[Path]], Iterator[EpisodeOutcome]],
    *,
    note: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[EpisodeOutcome]:
    """Take what there is to take at every tick, as long as there are ticks.

    Args:
        watch: says what there is.
        ticks: whether something has happened since the last.
        take: brings these files in, and whatever is unfinished.
        note: is told why a round failed.
        clock: seconds that only go forward.

    Yields:
        The outcomes of `take`.
    """
    note(f"watching {', '.join(map(str, watch.folders))}; Ctrl-C stops it")
    pending: list[Path] = []
    errors, not_before_s = 0, float("-inf")
    for changed in ticks:
        try:
            pending += watch.look(clock(), changed=changed)
            is_due = pending or errors or watch.retry_is_due(datetime.now(UTC))
            # An unmounted disk leaves an empty folder behind: no place to begin a new library in.
            if not is_due or clock() < not_before_s or not watch.has_library:
                continue
            unsaved = []
            for outcome in take(sorted(set(pending))):
                if outcome.path and not outcome.episode_id and outcome.error and outcome.error.code in _OF_THE_DISK:
                    unsaved.append(outcome.path)
                yield outcome
            pending = unsaved
            watch.plan_retry(datetime.now(UTC))
        except (StoreError, SearchError, ConfigError) as error:
            if isinstance(error, ConfigError) and error.code not in _OF_THE_SETTINGS:
                raise
            if not errors:
                note(f"{error}; trying again from time to time")
            errors += 1
        else:
            errors = errors + 1 if unsaved else 0
        if errors:
            not_before_s = clock() + min(_ROUND_AGAIN_S * 2 ** min(errors - 1, 20), _ROUND_AGAIN_AT_MOST_S)


class Settling:
    """Finds the files that have stopped changing. Pure; each is found once, and again after every change."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._seen: dict[Path, tuple[FileState, float]] = {}
        self._taken: dict[Path, FileState] = {}

    @property
    def waiting(self) -> bool:
        """Whether there are files that may still change."""
        return bool(self._seen.keys() - self._taken.keys())

    def look(self, files: Mapping[Path, FileState], now_s: float) -> list[Path]:
        """Return the files that have settled and were not taken, in order.

        Args:
            files: all that are there now.
            now_s: by a clock that only goes forward.
        """
        self._taken = {path: state for path, state in self._taken.items() if files.get(path) == state}
        self._seen = {
            path: known if (known := self._seen.get(path)) and known[0] == state else (state, now_s)
            for path, state in files.items()
        }
        settled = [path for path, (_, since_s) in self._seen.items() if now_s - since_s >= self._settle_s]
        return sorted(path for path in settled if path not in self._taken)

    def take(self, path: Path) -> None:
        """Do not find a file again before it changes."""
        self._taken[path] = self._seen[path][0]


class Watch:
    """Decides what is to be done at each look.

    Args:
        store: the library's episodes.
        catalogue: their list.
        folders: watched besides episodes/.
        index_dir: the library's index/, whose audio is made from episodes.
        settle_s: how long a file must not have changed.
        note: is told of folders that are missing or cannot be read.
    """

    def __init__(
        self,
        store: EpisodeStore,
        catalogue: Catalogue,
        folders: Iterable[Path],
        *,
        index_dir: Path,
        settle_s: float,
        note: Callable[[str], None],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self.folders = [store.root, *(named(folder) for folder in folders)]
        self._index_dir = index_dir
        self._settling = Settling(settle_s)
        self._note = note
        self._complaints: set[str] = set()
        self._looked_s = float("-inf")
        self._retry_at: datetime | None = datetime.min.replace(tzinfo=UTC)  # the first look finds out

    @property
    def has_library(self) -> bool:
        """Whether the library's episodes/ is there."""
        return is_folder(self._store.root)

    def roots(self) -> list[Path]:
        """Return the folders that are there to be watched."""
        return [folder for folder in self.folders if is_folder(folder)]

    def look(self, now_s: float, *, changed: bool) -> list[Path]:
        """Return new and changed audio files that are whole, in order.

        Args:
            now_s: by a clock that only goes forward.
            changed: whether something has happened since the last look.
        """
        if not (changed or self._settling.waiting or now_s - self._looked_s >= _LOOK_EVERY_S):
            return []
        self._looked_s = now_s
        found = []
        for path in self._settling.look(self._scan(), now_s):
            if not is_being_written(path):
                self._settling.take(path)
                found.append(path)
        if any(path.is_relative_to(self._store.root) for path in found):
            loose = set(self._store.iter_loose_audio())
            found = [path for path in found if path in loose or not self._is_other(path)]
        return found

    def _is_other(self, path: Path) -> bool:
        """Tell whether a file below episodes/ is no episode's audio, such as a copy that was cut off."""
        return path.is_relative_to(self._store.root) and self._catalogue.find_by_audio_path(path) is None

    def retry_is_due(self, now: datetime) -> bool:
        """Tell whether an unfinished episode's time has come."""
        return self._retry_at is not None and now >= self._retry_at

    def plan_retry(self, now: datetime) -> None:
        """Look up when the next unfinished episode is due; call it after each round."""
        times = [next_try(self._store, episode) for episode in self._catalogue.summaries()]
        earliest = min((time for time in times if time), default=None)
        self._retry_at = earliest and max(earliest, now + _RETRY_NOT_BEFORE)

    def _scan(self) -> dict[Path, FileState]:
        """Return the audio files below all folders, without those that are known and have not changed since."""
        files: dict[Path, FileState] = {}
        complaints = {
            f"{folder} is not a folder: waiting for one"
            if is_file(folder)
            else f"{folder} is not there: waiting for it"
            for folder in self.folders
            if not is_folder(folder)
        }
        for root in self.roots():
            for path in iter_audio_files(root, skip=self._index_dir):
                if isinstance(path, AudioError):
                    complaints.add(str(path))
                    continue
                with suppress(OSError):  # it has just gone
                    status = path.stat()
                    # An empty file is one whose copying has not begun.
                    if stat.S_ISREG(status.st_mode) and status.st_size and not self._catalogue.is_current(path, status):
                        files[path] = status.st_mtime_ns, status.st_size, status.st_ino
        for complaint in sorted(complaints - self._complaints):
            self._note(complaint)
        self._complaints = complaints
        return files
