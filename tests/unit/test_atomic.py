"""Writing files: every name that the file system allows, and what is said where it refuses."""

import errno
import os
from pathlib import Path

import pytest

from podindex.atomic import copy_atomically, is_there, may_be_file, store_error, write_atomically
from podindex.errors import StoreError


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "é" * 125 + ".txt"])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"new")
    (tmp_path / "source").write_bytes(b"copied")
    assert (tmp_path / name).read_bytes() == b"new"
    copy_atomically(tmp_path / "source", tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"copied"
    assert {path.name for path in tmp_path.iterdir()} == {name, "source"}


@pytest.mark.parametrize(
    ("number", "code", "remedy"),
    [
        (errno.ENOSPC, "disk-full", "space or inodes"),
        (errno.EDQUOT, "disk-full", "space or inodes"),
        (errno.EACCES, "no-permission", "permissions"),
        (errno.EROFS, "no-permission", "mount it for writing"),
        (errno.EIO, "disk-error", "check the disk"),
        (errno.ELOOP, "disk-error", "name another place"),
    ],
)
def test_what_the_system_says_becomes_an_error_with_a_remedy(number: int, code: str, remedy: str) -> None:
    error = store_error(OSError(number, os.strerror(number)), Path("x.json"))
    assert error.code == code
    assert "x.json" in error.message
    assert remedy in error.hint
    assert ("read-only" in error.message) == (number == errno.EROFS)


def test_a_missing_folder_is_a_disk_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        write_atomically(tmp_path / "missing" / "x.json", b"")
    assert caught.value.code == "disk-error"


@pytest.mark.parametrize("name", ["nothing", "nul\x00", "x" * 300, "file/inside", "loop"])
def test_what_has_no_name_that_a_file_can_have_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    assert not is_there(tmp_path / name)
    assert not may_be_file(tmp_path / name)
