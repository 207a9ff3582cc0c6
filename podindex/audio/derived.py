"""Where what is made from an episode's audio is kept, so that replaced audio has other files. I/O: these files."""

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

from podindex.atomic import TEMPORARY_SUFFIX, make_folder, temporary_beside

# A name that `derived_path` gives; the time of an audio file may lie before 1970.
_DERIVED_NAME = re.compile(r"(?P<slug>[^.]+)\.(?:[0-9a-f]+--?[0-9a-f]+|gone)\.\w+")

_making: WeakValueDictionary[Path, Lock] = WeakValueDictionary()
_looking_up = Lock()


def derived_path(cache_dir: Path, episode_id: str, audio_path: Path, suffix: str) -> Path:
    """Return the path for something made from audio as it is now: its size and time are part of the name.

    Args:
        cache_dir: a folder under index/.
        episode_id: its parts become a folder and the beginning of the file's name.
        audio_path: the audio; where it has just gone, whoever reads it will say so.
        suffix: of the file that is made.
    """
    show, _, slug = episode_id.partition("/")
    return cache_dir / show / f"{slug}.{file_version(audio_path) or 'gone'}{suffix}"


def file_version(path: Path) -> str | None:
    """Return what tells a file from another that takes its place, its size and time; None where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # a name with a NUL is no name
        return None
    return f"{status.st_size:x}-{status.st_mtime_ns:x}"


def making(path: Path) -> Lock:
    """Return what is held while a file is made: whoever else wants it waits for it, and does not make another."""
    with _looking_up:  # else two threads may get a lock each
        return _making.setdefault(path, Lock())


def make_folders(path: Path) -> None:
    """Make the folders for a derived file: index/ and two below it; not the library, which may have been moved away.

    Raises:
        StoreError: the disk is full or may not be written, or there is no library.
    """
    for folder in reversed(path.parents[:3]):
        make_folder(folder)


def remove_older(path: Path) -> None:
    """Remove what was made from the same episode's audio before it was replaced."""
    slug = path.name.partition(".")[0]
    with suppress(OSError):
        for other in path.parent.glob(f"{slug}.*{path.suffix}"):
            if other != path:
                other.unlink(missing_ok=True)


def remove_orphans(folders: Iterable[Path], list_ids: Callable[[], Collection[str]]) -> None:
    """Remove what was made from the audio of episodes that are no more, as far as the system lets us.

    Args:
        folders: some under index/.
        list_ids: returns the ids of all episodes. Called after the files are listed: an episode is there before
            anything is made from its audio. Where there are no ids, nothing is removed: a disk may be missing.
    """
    made = [path for folder in folders for path in _iter_files(folder)]
    ids = list_ids() if made else ()
    if not ids:
        return
    for path in made:
        name = _DERIVED_NAME.fullmatch(path.name)
        if name and f"{path.parent.name}/{name['slug']}" not in ids:
            with suppress(OSError):
                path.unlink()


@contextmanager
def unfinished_file(path: Path) -> Iterator[Path]:
    """Yield an empty file to be written, which then takes the place of `path`, or goes where the writing fails.

    It is locked while it is written. Whoever plays an episode may write here, without the library's lock: nothing else
    tells such a file from one that a killed process left.

    Raises:
        OSError: it cannot be made, or cannot take the place.
    """
    temporary = temporary_beside(path)
    try:
        with temporary.open("xb") as file:
            with suppress(OSError):  # file systems without locks: nobody can take one to remove the file, either
                fcntl.flock(file, fcntl.LOCK_EX)
            yield temporary
            os.fsync(file.fileno())  # whatever wrote it: what is in its place after a power cut is believed
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def iter_leftovers(folder: Path) -> Iterator[Path]:
    """Yield the unfinished files, anywhere in a folder where one may look, of processes that are no more."""
    for path in sorted(path for path in _iter_files(folder) if path.name.endswith(TEMPORARY_SUFFIX)):
        with suppress(OSError), path.open("r+b") as file:  # OSError: somebody has it locked, or it has just gone
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_size:  # an empty one may have been made in this moment, and be locked next
                yield path


def _iter_files(folder: Path) -> Iterator[Path]:
    return (Path(place, name) for place, _, names in os.walk(folder) for name in names)


def remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of processes that are no more, as far as the system lets us."""
    with suppress(OSError):
        for path in iter_leftovers(folder):
            path.unlink(missing_ok=True)
