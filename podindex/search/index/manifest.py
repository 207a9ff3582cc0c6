"""Which segments and which lexicon make up the index: one small file that is replaced last.

I/O: `index/search/`. Everything else in the folder is written first, flushed, and never changed: whoever has read a
manifest sees one state of the library for as long as its files are mapped, whatever a writer does meanwhile.

    manifest.json           what is current
    lexicon-000007.arrays   all words (lexicon.py)
    segment-000007-0/       some episodes (segment.py)
"""

import errno
import json
import os
import pickle
import re
import stat
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from podindex.atomic import is_refusal, store_error, write_atomically
from podindex.errors import SearchError
from podindex.stamps import Stamp

SCHEMA = 9
"""Of everything under index/search; an index of another schema is made anew."""

MANIFEST_NAME = "manifest.json"

DAMAGE = (
    OSError, ValueError, TypeError, LookupError, AttributeError, EOFError, ImportError, ArithmeticError, MemoryError,
    struct.error, pickle.UnpicklingError, zlib.error,
)  # fmt: skip
"""What reading damaged files raises, from numpy's headers to Whoosh's pickles. A mistake of ours may raise it as well,
and so may a system that refuses something: whoever catches it asks `explain` whether the index is damaged."""

_LATER = re.compile(r"(?:lexicon|segment)-(?!0+1\b)\d")
"""Names of the second generation and later ones: there was a first."""

_BLOCK_BYTES = 2**20
_EDGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment as the manifest knows it."""

    name: str
    tokens: int
    episodes: dict[str, Stamp]
    """The episodes that count, with what their files looked like when they were indexed."""
    dead: list[str] = field(default_factory=list)
    """Episodes in the segment's files that do not count any more."""


class Fingerprint(NamedTuple):
    """What a file is recognised by."""

    size: int
    edges: int
    """CRC-32 of its first and last bytes: read at every start, it tells a file that was overwritten as a whole."""
    content: int
    """CRC-32 of all of it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the index."""

    generation: int
    lexicon: str
    segments: list[SegmentEntry]
    files: dict[str, Fingerprint]
    """Every file, by its path in the folder."""
    skipped: dict[str, Stamp] = field(default_factory=dict)
    """Episodes that could not be read, with the stamp they had; `staleness.UNREAD` where the system did not let us."""

    def stamps(self) -> dict[str, Stamp]:
        """Return the stamp of every episode as it was when it was indexed, or could not be."""
        indexed = {episode_id: stamp for segment in self.segments for episode_id, stamp in segment.episodes.items()}
        return indexed | self.skipped


def load_manifest(index_dir: Path) -> Manifest | None:
    """Read the manifest and look whether all files seem to be what they were.

    Returns:
        None where there is no index, only the beginnings of a first one, or one of another schema.

    Raises:
        SearchError: `index-damaged`: something is missing or is not what it was; `index-unreadable`: the system does
            not let us look; `index-not-trusted`.
    """
    try:
        return _load(index_dir) if _is_there(index_dir) else None
    except OSError as error:
        raise unreadable(error) from error


def _is_there(index_dir: Path) -> bool:
    try:
        _check_trust(index_dir, (index_dir.parent, index_dir))
    except OSError as error:
        if is_refusal(error):
            raise
        return False
    return True


def _load(index_dir: Path) -> Manifest | None:
    try:
        document = json.loads((index_dir / MANIFEST_NAME).read_bytes())
        if document["schema"] != SCHEMA:
            return None
        manifest = Manifest(
            generation=int(document["generation"]),
            lexicon=str(document["lexicon"]),
            segments=[SegmentEntry(**segment) for segment in document["segments"]],
            files={str(name): Fingerprint(*map(int, values)) for name, values in document["files"].items()},
            skipped=dict(document["skipped"]),
        )
        files = [index_dir / name for name in (MANIFEST_NAME, *manifest.files)]
        folders = {folder for file in files for folder in file.parents if folder.is_relative_to(index_dir)}
        _check_trust(index_dir, (*files, *(folders - {index_dir})))
        wrong = _changed(index_dir, manifest.files)
    except FileNotFoundError as error:
        if _never_finished(index_dir):
            return None
        raise damaged(f"{Path(error.filename or MANIFEST_NAME).name} is missing") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, OSError) and is_refusal(error):
            raise
        raise damaged(f"{MANIFEST_NAME} cannot be read") from error
    if wrong is not None:
        raise damaged(f"{wrong} has changed")
    return manifest


def _never_finished(index_dir: Path) -> bool:
    """Tell whether nothing but a first generation stands here, whose manifest was never written.

    Or it has gone: then nothing is lost but the time to write it anew.
    """
    return not any(path.name == MANIFEST_NAME or _LATER.match(path.name) for path in index_dir.iterdir())


def save_manifest(index_dir: Path, manifest: Manifest) -> None:
    """Make a state of the index the current one.

    Raises:
        StoreError: it cannot be written.
    """
    document = {"schema": SCHEMA, **asdict(manifest)}
    write_atomically(index_dir / MANIFEST_NAME, json.dumps(document, separators=(",", ":")).encode())


def fingerprint(path: Path) -> Fingerprint:
    """Read a file through."""
    content = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            content = zlib.crc32(block, content)
    return Fingerprint(path.stat().st_size, _edges(path), content)


def _edges(path: Path) -> int:
    with path.open("rb", buffering=0) as file:
        first = file.read(_EDGE_BYTES)
        file.seek(max(0, path.stat().st_size - _EDGE_BYTES))
        return zlib.crc32(file.read(_EDGE_BYTES), zlib.crc32(first))


def _changed(index_dir: Path, files: Mapping[str, Fingerprint]) -> str | None:
    """Return a file that is not what it was at first sight."""
    for name, known in files.items():
        path = index_dir / name
        if path.stat().st_size != known.size or _edges(path) != known.edges:
            return name
    return None


def damaged_files(index_dir: Path, manifest: Manifest) -> list[str]:
    """Read all files, and return the names of those that are not what was written.

    Raises:
        SearchError: `index-unreadable`.
    """

    def is_damaged(name: str) -> bool:
        try:
            return fingerprint(index_dir / name) != manifest.files[name]
        except OSError as error:
            if is_refusal(error):
                raise unreadable(error) from error
            return True

    return [name for name in manifest.files if is_damaged(name)]


def damaged(what: str) -> SearchError:
    """Build the error for an index that cannot be relied on."""
    return SearchError("index-damaged", f"the index is damaged: {what}", "`podindex reindex` makes it again")


def unreadable(error: OSError) -> SearchError:
    """Build the error for an index that the system does not let us read now; it stays as it is."""
    path = Path(error.filename or "index")
    reason = error.strerror or type(error).__name__
    return SearchError("index-unreadable", f"cannot read the index: {reason}", store_error(error, path).hint)


def explain(error: Exception, index_dir: Path, manifest: Manifest) -> SearchError | None:
    """Say why reading the index raised one of `DAMAGE`: what the system refused comes before what files say.

    Returns:
        `index-unreadable` or `index-damaged`; None where all files are as they were written: it is a mistake of ours.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and is_refusal(cause):
            return unreadable(cause)
        cause = cause.__cause__
    try:
        wrong = damaged_files(index_dir, manifest)
    except SearchError as refused:
        return refused
    if wrong:
        return damaged(f"{wrong[0]} has changed ({error})")
    if isinstance(error, MemoryError):  # a damaged file might ask for more than any machine has, but none is
        return unreadable(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)))
    return None


def _check_trust(index_dir: Path, paths: Iterable[Path]) -> None:
    """Refuse what others can write to: opening a Whoosh index runs what is in it.

    Raises:
        OSError: something is not there.
        SearchError: `index-not-trusted`.
    """
    for path in paths:
        status = path.stat()
        if status.st_uid not in (os.geteuid(), 0):
            reason, mend = "belongs to another user", "take it over with chown -R YOU"
        elif status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            reason, mend = "can be written by anyone", "chmod -R o-w"
        else:
            continue
        folder = path if path == index_dir.parent else index_dir
        hint = f"{mend} {folder}, or delete {folder}: it is made again from episodes/"
        raise SearchError("index-not-trusted", f"{path} {reason}, and an index can run code", hint)
