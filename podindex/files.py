"""Files that users name, whatever they are to a library: where audio is, what is in it, who still writes to it.

I/O: reads folders and files; writes none.
"""

import errno
import fcntl
import hashlib
import os
import signal
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from podindex.atomic import is_folder, store_error
from podindex.errors import AudioError

AUDIO_SUFFIXES = frozenset(
    {".aac", ".flac", ".m4a", ".m4b", ".mka", ".mkv", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav", ".weba", ".webm"}
)
"""Names of files that may hold audio, in lower case."""


def is_audio_name(name: str) -> bool:
    """Tell whether a file of this name may hold audio, and is not hidden."""
    return not name.startswith(".") and Path(name).suffix.lower() in AUDIO_SUFFIXES


def iter_audio_files(path: Path, *, skip: Path) -> Iterator[Path | AudioError]:
    """Yield a file as it is named, or the audio files below a folder in order, and what could not be looked into.

    Hidden files and folders are passed over, links to folders are not followed. A missing path is yielded as it is:
    whoever opens it finds the better words.

    Args:
        path: a file or a folder.
        skip: a folder to pass over: the library's index/, whose audio is made from episodes.
    """
    if not is_folder(path):
        yield path
        return
    unreadable: list[AudioError] = []

    def remember(error: OSError) -> None:
        message = f"cannot look into {error.filename}: {error.strerror}"
        unreadable.append(AudioError("unreadable-folder", message, "check its permissions"))

    for folder, folders, names in os.walk(path, onerror=remember):
        folders[:] = sorted(
            name for name in folders if not (name.startswith(".") or _is_same(Path(folder, name), skip))
        )
        for name in sorted(names):
            if is_audio_name(name):
                yield Path(folder, name)
    yield from unreadable


def _is_same(folder: Path, other: Path) -> bool:
    return folder.name == other.name and folder.resolve() == other.resolve()


def named(path: Path) -> Path:
    """Return the absolute path under which a file is known, with its links as the user sees them.

    Links are followed only where there is a `..`, which means another folder behind a link.

    Raises:
        AudioError: `audio-not-found`: the folder that its name begins in has been deleted.
    """
    try:
        path = path.absolute()
    except FileNotFoundError as error:
        message = f"there is no file {path}, and no current folder any more"
        raise AudioError("audio-not-found", message, "go to another folder") from error
    return Path(os.path.realpath(path.parent), path.name) if ".." in path.parts else path


def composed(name: str) -> str:
    """Return a name with a letter and its accents as one (NFC), as in tags: a Mac parts them in names of files."""
    return unicodedata.normalize("NFC", name)


def is_being_written(path: Path) -> bool:
    """Tell whether a process has a file open for writing; False where the system does not say."""
    if not hasattr(fcntl, "F_SETLEASE"):  # Linux has it; others can only wait
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # A read lease is refused while there is a writer. Should one come now, it waits for the next line; the signal
        # that tells us of it must be one that nobody dies of.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(descriptor)
    return False


def shown(path: Path) -> str:
    """Return a file's name for a message: controls, direction marks and bytes that are no text are escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path.name)


def unreadable(path: Path, error: OSError) -> AudioError:
    """Build the error for a file that the system refuses to read."""
    reason = error.strerror or type(error).__name__
    return AudioError("audio-unreadable", f"{shown(path)} cannot be read: {reason}", store_error(error, path).hint)


@contextmanager
def open_audio(path: Path) -> Iterator[BufferedReader]:
    """Open a file that may be audio; what the system says of it, until it is closed, is explained.

    Raises:
        AudioError: it is not there, is not a regular file, or cannot be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise AudioError("audio-is-folder", f"{shown(path)} is a folder", "give an audio file")
        if not stat.S_ISREG(mode):  # opening a pipe would wait for ever
            raise AudioError("audio-not-audio", f"{shown(path)} is not a regular file", "give an audio file")
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # a name with a NUL is no name
        raise AudioError("audio-not-found", f"there is no file {path}", "check the path") from error
    except OSError as error:
        raise unreadable(path, error) from error


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits.

    Raises:
        AudioError: as `open_audio`.
    """
    with open_audio(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
