"""Writing files: every name that the file system allows."""

from pathlib import Path

import pytest

from podindex.atomic import copy_atomically, write_atomically


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "é" * 125 + ".txt"])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"new")
    (tmp_path / "source").write_bytes(b"copied")
    assert (tmp_path / name).read_bytes() == b"new"
    copy_atomically(tmp_path / "source", tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"copied"
    assert {path.name for path in tmp_path.iterdir()} == {name, "source"}
