"""Writing files so that a reader, a crash or a power cut meets the old content or the new, never anything between.

Reading them so that nothing in a file's place does harm.

I/O: the files it is given.
"""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from podindex.errors import StoreError

_COPY_BYTES = 2**20

TEMPORARY_SUFFIX = ".podindex-tmp"
"""How the name of every unfinished file ends. One that is older than its writer was left by a kill; delete it."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_TOO_MANY_OPEN = {errno.EMFILE, errno.ENFILE}
_OF_THE_PATH = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG}


def store_error(error: OSError, path: Path) -> StoreError:
    """Explain what the operating system said while `path` was read or written."""
    if error.errno in _FULL:
        hint = "free some space or inodes and run the same command again"
        return StoreError("disk-full", f"no room to write {path}", hint)
    if error.errno in _FORBIDDEN:
        return StoreError("no-permission", f"not allowed to use {path}", "check who owns it and its permissions")
    if error.errno == errno.EROFS:
        message = f"not allowed to use {path}: the file system is read-only"
        return StoreError("no-permission", message, "mount it for writing, or use another place")
    reason = error.strerror or type(error).__name__
    hint = "check the disk, then run the same command again"
    if error.errno in _OF_THE_PATH:
        hint = "name another place, or make its folder"
    elif error.errno in _TOO_MANY_OPEN:
        hint = "close other programs, or raise `ulimit -n`; then run the same command again"
    elif error.errno == errno.ENOMEM:
        hint = "close other programs, then run the same command again"
    return StoreError("disk-error", f"cannot use {path}: {reason}", hint)


def is_refusal(error: OSError) -> bool:
    """Tell whether the system only refused, perhaps in passing: that says nothing of what a file is or holds.

    False where it says what is there, or that nothing is.
    """
    return error.errno not in _OF_THE_PATH


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; False, too, where nobody may look: `Path.is_dir` raises there, or does not."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: Path) -> bool:
    """Tell whether there is a file; False, too, where nobody may look: `Path.is_file` raises there, or does not."""
    return os.path.isfile(path)  # noqa: PTH113


def is_there(path: Path, is_kind: Callable[[int], bool] = stat.S_ISREG) -> bool:
    """Tell whether there is a file, or something of another kind, by its mode.

    Raises:
        StoreError: the system does not say: `no-permission` or `disk-error`.
    """
    try:
        return is_kind(path.stat().st_mode)
    except OSError as error:
        if is_refusal(error):
            raise store_error(error, path) from error
        return False
    except ValueError:  # a name with a NUL is no name
        return False


def may_be_file(path: Path) -> bool:
    """Tell whether there is a file, or the system does not say: whoever opens it learns why."""
    try:
        return is_there(path)
    except StoreError:
        return True


def make_folder(folder: Path) -> None:
    """Create a folder in an existing one, durably; an existing folder is fine.

    Raises:
        StoreError: `disk-full`, `no-permission` or `disk-error`.
    """
    try:
        folder.mkdir()
        _sync_folder(folder.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise store_error(error, folder) from error


def temporary_beside(target: Path) -> Path:
    """Return a new name for an unfinished file. The target's is no part of it: that may be as long as names can be."""
    return target.with_name(f".{os.urandom(8).hex()}{TEMPORARY_SUFFIX}")


def aside(path: Path, why: str) -> Path:
    """Return a new name beside a file or folder that is to be kept, with a word for why: `damaged`, `replaced`."""
    return path.with_name(f"{path.name}.{why}-{os.urandom(4).hex()}")


def write_atomically(target: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file beside its target, flush it to the disk, then rename it over the target.

    A symbolic link at `target` is replaced, not followed. What is not durable is not flushed: it takes no time, and may
    be empty after a power cut.

    Raises:
        StoreError: `disk-full`, `no-permission` or `disk-error`; the old file is intact and nothing is left beside it.
    """
    try:
        _replace(target, lambda temporary: temporary.write(content), durable=durable)
    except OSError as error:
        raise store_error(error, target) from error


def _replace(target: Path, fill: Callable[[BinaryIO], object], *, durable: bool = True) -> None:
    temporary = temporary_beside(target)
    try:
        with temporary.open("xb") as file:
            fill(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        _sync_folder(target.parent)


def copy_atomically(source: Path, target: Path) -> None:
    """Copy a file's content, as `write_atomically` would write it.

    Raises:
        StoreError: `disk-full`, `no-permission` or `disk-error`, of either file.
    """
    try:
        with source.open("rb") as file:
            _replace(target, lambda temporary: shutil.copyfileobj(file, temporary, _COPY_BYTES))
    except OSError as error:
        raise store_error(error, target) from error


def read_file(path: Path, max_bytes: int) -> bytes:
    """Read a file that may be anything: a named pipe, which would wait for ever, or larger than the memory.

    Raises:
        ValueError: it is no file, or larger than `max_bytes`.
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        if status.st_size > max_bytes:
            raise ValueError(f"larger than {max_bytes // 2**20} MiB")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems refuse it; the rename has happened all the same
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
