"""What every file of episodes/ looks like from outside, to notice what has changed. I/O: looks at folders only.

Apart from `store.py`, because a search in a fresh process needs no more of it. Every search looks at thousands of
files, so this is written to be quick.
"""

import errno
import os
from pathlib import Path
from stat import S_ISREG

from podindex.atomic import store_error
from podindex.slugs import is_slug

METADATA_SUFFIX = ".json"
TRANSCRIPT_SUFFIX = ".transcript.json"

FileStamp = list[int]
"""What changes when a file is replaced or edited: its mtime in ns, its size in bytes, its inode."""

_UNSEEN: FileStamp = [0, 0, 0]
"""Of a file that is there but may not be looked at: whoever reads it learns why."""

_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
"""A file that has gone meanwhile, or a link to nothing."""

Stamp = list[FileStamp | None]
"""What changes when an episode's metadata or transcript (None: it has none) does, read without opening either.

Lists, as JSON has them: what was stored is compared as it is.
"""


def has_transcript(stamp: Stamp) -> bool:
    """Tell whether the episode has a transcript."""
    return stamp[1] is not None


def metadata_mtime_ns(stamp: Stamp) -> int:
    """Return when the metadata was last written."""
    metadata = stamp[0]
    return metadata[0] if metadata else 0


def transcript_bytes(stamp: Stamp) -> int:
    """Return how large the transcript is, 0 where there is none."""
    transcript = stamp[1]
    return transcript[1] if transcript else 0


def read_stamps(episodes_dir: Path) -> dict[str, Stamp]:
    """Return the stamp of every episode that has metadata, in any order.

    Raises:
        StoreError: a folder cannot be read.
    """
    stamps: dict[str, Stamp] = {}
    for show in list_folder(episodes_dir):
        if not is_slug(show.name):
            continue
        files = _stamp_files(show.path)
        for name, metadata in files.items():
            slug = name.removesuffix(METADATA_SUFFIX)
            if is_slug(slug):
                stamps[f"{show.name}/{slug}"] = [metadata, files.get(slug + TRANSCRIPT_SUFFIX)]
    return stamps


def list_folder(folder: Path) -> list[os.DirEntry[str]]:
    """List a folder in any order; one that is not there is empty.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise store_error(error, folder) from error


def _stamp_files(folder: str) -> dict[str, FileStamp]:
    """Return the stamps of the JSON files in a folder by their names; of what is no folder, none."""
    try:
        # From an open folder the system finds a file sooner than by its whole path.
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise store_error(error, Path(folder)) from error
    try:
        return _stamp_entries(descriptor)
    except OSError as error:
        raise store_error(error, Path(folder)) from error
    finally:
        os.close(descriptor)


def _stamp_entries(descriptor: int) -> dict[str, FileStamp]:
    stamps = {}
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if not entry.name.endswith(METADATA_SUFFIX):
                continue
            try:
                status = entry.stat()
            except OSError as error:
                if error.errno not in _GONE:
                    stamps[entry.name] = _UNSEEN
                continue
            if S_ISREG(status.st_mode):
                stamps[entry.name] = [status.st_mtime_ns, status.st_size, status.st_ino]
    return stamps
