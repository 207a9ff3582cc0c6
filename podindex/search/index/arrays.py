r"""Named arrays in one file, mapped into memory and read in place. I/O: the files it is given.

"podindex arrays 1\n"   then the length of the header, uint64 little-endian
header                  JSON: name → [dtype, length, where its bytes begin]
the arrays              each at a multiple of 64 bytes, as they are in memory
"""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"podindex arrays 1\n"
_ALIGNMENT = 64  # a cache line
_LENGTH_BYTES = 8


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a file of one-dimensional arrays; it is not flushed to the disk yet."""
    header: dict[str, tuple[str, int, int]] = {}
    end = 0
    for name, array in arrays.items():
        begin = -(-end // _ALIGNMENT) * _ALIGNMENT
        header[name] = array.dtype.str, len(array), begin
        end = begin + array.nbytes
    encoded = json.dumps(header).encode()
    encoded += b" " * (-(len(_MAGIC) + _LENGTH_BYTES + len(encoded)) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(_MAGIC + len(encoded).to_bytes(_LENGTH_BYTES, "little") + encoded)
        first = file.tell()
        for name, array in arrays.items():
            file.write(bytes(first + header[name][2] - file.tell()))
            file.write(_bytes(array))


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map a file's arrays into memory, read-only. Reads no more than the header.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is not what `write_arrays` wrote.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    fixed = len(_MAGIC) + _LENGTH_BYTES
    first = fixed + int.from_bytes(content[len(_MAGIC) : fixed], "little")
    if content[: len(_MAGIC)] != _MAGIC or first > len(content):
        raise ValueError(f"{path.name} is not a file of arrays")
    arrays = {}
    for name, (dtype, count, begin) in json.loads(content[fixed:first]).items():
        # frombuffer refuses what does not fit; an array keeps the mapping alive.
        arrays[name] = np.frombuffer(content, dtype, count, first + begin) if count else np.empty(0, dtype)
    return arrays


def _bytes(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B") if len(array) else memoryview(b"")
