"""Writing files: every name that the file system allows, and what is said where it refuses."""

import errno
import os
from pathlib import Path

import pytest

from podindex.atomic import copy_atomically, store_error, write_atomically


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "é" * 125 + ".txt"])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"new")
    (tmp_path / "source").write_bytes(b"copied")
    assert (tmp_path / name).read_bytes() == b"new"
    copy_atomically(tmp_path / "source", tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"copied"
    assert {path.name for path in tmp_path.iterdir()} == {name, "source"}


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EROFS, "mount it for writing"), (errno.EACCES, "permissions"), (errno.ENOSPC, "space or inodes")],
)
def test_the_remedy_is_one_for_what_is_wrong(number: int, remedy: str) -> None:
    error = store_error(OSError(number, os.strerror(number)), Path("x.json"))
    assert remedy in error.hint
    assert ("read-only" in error.message) == (number == errno.EROFS)
