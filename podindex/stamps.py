"""What every file of episodes/ looks like from outside, to notice what has changed. I/O: looks at folders only.

Apart from `store.py`, because a search in a fresh process needs no more of it. Every search looks at thousands of
files, so this is written to be quick.
"""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from podindex.atomic import store_error
from podindex.slugs import is_slug

METADATA_SUFFIX = ".json"
TRANSCRIPT_SUFFIX = ".transcript.json"


class FileStamp(NamedTuple):
    """What changes when a file is replaced or edited."""

    mtime_ns: int
    size_bytes: int
    inode: int


class Stamp(NamedTuple):
    """What changes when an episode's metadata or transcript does, read without opening either."""

    metadata: FileStamp
    transcript: FileStamp | None


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
            slug, dot, suffix = name.partition(".")
            if dot + suffix == METADATA_SUFFIX and is_slug(slug):
                stamps[f"{show.name}/{slug}"] = Stamp(metadata, files.get(slug + TRANSCRIPT_SUFFIX))
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
    stamps = {}
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if entry.name.endswith(METADATA_SUFFIX) and (stamp := _stamp(entry)):
                    stamps[entry.name] = stamp
    finally:
        os.close(descriptor)
    return stamps


def _stamp(entry: os.DirEntry[str]) -> FileStamp | None:
    """Return an entry's stamp, or None where it is not a file (any more)."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return FileStamp(status.st_mtime_ns, status.st_size, status.st_ino) if stat.S_ISREG(status.st_mode) else None
