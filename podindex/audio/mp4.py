"""How many samples an MP4 claims to hold: of each libavformat makes an entry in memory. I/O: the file.

Eight bytes can claim 80 million samples, of which it makes 3 GB. Boxes have their names by ISO 14496-12; how many
entries come of them is as in FFmpeg's mov.c, functions mov_build_index, mov_fix_index and mov_read_trun.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf"})
_MOST_DEPTH = 10
"""libavformat refuses what is deeper."""
_TABLES = frozenset({b"stts", b"stsc", b"elst"})
_NEEDED = _TABLES | {b"mvhd", b"mdhd", b"hdlr", b"stsz", b"stz2", b"stco", b"co64", b"trun"}
_HEAD_BYTES = 24
"""What is needed of those that are no tables."""

_RUN = np.dtype([("samples", ">u4"), ("ticks", ">u4")])
_CHUNKS = np.dtype([("first", ">u4"), ("samples", ">u4"), ("codec", ">u4")])
_EDIT = np.dtype([("movie_ticks", ">u4"), ("start", ">i4"), ("rate", ">u4")])
_LONG_EDIT = np.dtype([("movie_ticks", ">u8"), ("start", ">i8"), ("rate", ">u4")])
_GROUPED_SAMPLES = 1024
"""So many are one entry where each lasts one tick, as in PCM."""


def count_samples(path: Path) -> int:
    """Count the entries that libavformat makes of the samples that a file claims; 0 for other files than MP4.

    Raises:
        OSError: it cannot be read.
    """
    in_fragments = movie_hz = 0
    tracks: list[dict[bytes, bytes]] = [{}]
    with path.open("rb") as file:
        for kind, begin, end in _boxes(file, path.stat().st_size):
            if kind == b"trak":
                tracks.append({})
            if kind not in _NEEDED:
                continue
            file.seek(begin)
            content = file.read(end - begin if kind in _TABLES else min(end - begin, _HEAD_BYTES))
            if kind == b"trun":
                in_fragments += _number(content, 4)
            elif kind == b"mvhd":
                movie_hz = _hz(content)
            elif content[4:8] != b"dhlr":  # a second `hdlr` in QuickTime's, of where a track's data are
                tracks[-1][kind] = content
    return in_fragments + sum(_count_in_track(boxes, movie_hz) for boxes in tracks)


def _boxes(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield of each box the kind, and where its content begins and ends; a box before those in it."""
    at, ends = 0, [end]
    while ends:
        file.seek(at)
        header = file.read(16)
        begin, size, kind = at + 8, _number(header, 0), header[4:8]
        if size == 1:
            begin, size = at + 16, int.from_bytes(header[8:])
        end = min(at + size, ends[-1]) if size else ends[-1]
        if begin > end:  # no room for a box: what holds it is at its end
            at = ends.pop()
            continue
        yield kind, begin, end
        if kind in _CONTAINERS and len(ends) < _MOST_DEPTH:
            at = begin
            ends.append(end)
        else:
            at = end


def _count_in_track(boxes: Mapping[bytes, bytes], movie_hz: int) -> int:
    runs = _rows(boxes, b"stts", _RUN)
    if len(runs) == 1 and runs["ticks"][0] == 1 and boxes.get(b"hdlr", b"")[8:12] == b"soun":
        samples = _count_groups(boxes)
    else:
        samples = _number(boxes.get(b"stsz") or boxes.get(b"stz2", b""), 8)
    edits = _rows(boxes, b"elst", _LONG_EDIT if boxes.get(b"elst", b"")[:1] == b"\1" else _EDIT)
    if not (edits.size and movie_hz and runs["samples"].any()):
        return samples
    # Each edit makes entries of its own, also of the second before it, of which decoders may have need.
    hz = _hz(boxes.get(b"mdhd", b""))
    shares = np.cumsum(runs["samples"] / runs["samples"].sum(dtype=np.float64))
    ticks = np.cumsum(runs["samples"] * runs["ticks"].astype(np.float64))
    bounds = edits["start"] - float(hz), edits["start"] + edits["movie_ticks"] * (hz / movie_hz)
    first, last = (np.interp(bound, [0, *ticks], [0, *shares]) for bound in bounds)
    return max(samples, math.ceil(float((last - first).clip(0).sum()) * samples + len(edits)))


def _count_groups(boxes: Mapping[bytes, bytes]) -> int:
    chunks = _number(boxes.get(b"stco") or boxes.get(b"co64", b""), 4)
    runs = _rows(boxes, b"stsc", _CHUNKS)
    alike = np.diff(runs["first"].astype(np.int64), append=chunks + 1).clip(0)
    return int(np.sum(alike * -(-runs["samples"].astype(np.int64) // _GROUPED_SAMPLES)))


def _rows(boxes: Mapping[bytes, bytes], kind: bytes, row: np.dtype[Any]) -> NDArray[Any]:
    """Return a table's rows that are there of as many as it says."""
    content = boxes.get(kind, b"")
    rows = content[8:]
    return np.frombuffer(rows[: len(rows) // row.itemsize * row.itemsize], row)[: _number(content, 4)]


def _hz(header: bytes) -> int:
    """Return the ticks of a second by `mvhd` or `mdhd`, whose two times before it are of 64 bits in version 1."""
    return _number(header, 20 if header[:1] == b"\1" else 12)


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4])
