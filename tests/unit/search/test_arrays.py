from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.index.arrays import map_arrays, write_arrays

DTYPES = st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64, np.float32])


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.tuples(DTYPES, st.lists(st.integers(0, 255))), max_size=5))
def test_what_is_written_is_mapped(tmp_path_factory: pytest.TempPathFactory, columns: dict) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.mktemp("arrays") / "a"
    arrays = {name: np.array(values, dtype) for name, (dtype, values) in columns.items()}
    write_arrays(path, arrays)
    mapped = map_arrays(path)
    assert list(mapped) == list(arrays)
    for name, array in arrays.items():
        assert mapped[name].dtype == array.dtype
        assert mapped[name].tolist() == array.tolist()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    write_arrays(path, {"one": np.arange(100, dtype=np.uint32), "two": np.arange(7, dtype=np.uint8)})
    return path


def test_arrays_are_read_only(path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        map_arrays(path)["one"][0] = 1


@pytest.mark.parametrize("size", [0, 5, 20, 100, 300])
def test_a_file_that_was_cut_off_is_refused(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)
    with pytest.raises(ValueError):  # noqa: PT011  empty, cut in the header, or in the arrays
        map_arrays(path)


def test_random_bytes_are_refused(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(path.stat().st_size))
    with pytest.raises(ValueError, match="not a file of arrays"):
        map_arrays(path)
