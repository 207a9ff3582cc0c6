"""Making the index equal to episodes/: what is new or changed is added, what has gone is struck out.

I/O: reads the store, writes `index/search/`. A writer that is killed at any instant leaves the index as it was, and
some files that the next writer removes. Only one process writes at a time (indexing.py sees to it).
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.atomic import aside, is_file, is_folder, is_refusal
from podindex.cores import count_cores
from podindex.errors import SearchError, StoreError
from podindex.progress import Progress
from podindex.search.index.arrays import write_arrays
from podindex.search.index.lexicon import Entry, EntryKeys, MappedLexicon, entry_keys
from podindex.search.index.manifest import (
    DAMAGE,
    MANIFEST_NAME,
    Fingerprint,
    Manifest,
    SegmentEntry,
    explain,
    fingerprint,
    load_manifest,
    save_manifest,
)
from podindex.search.index.segment import STREAM_NAME, Segment, merge_segments
from podindex.search.index.staleness import UNREAD, current_stamps
from podindex.search.index.wordstream import finish_raw
from podindex.stamps import Stamp, transcript_bytes
from podindex.store import EpisodeStore

# Segments are merged when there are this many of about the same size, so their number grows with the logarithm of the
# library and each word is merged a few times in all. https://www.cs.umb.edu/~poneil/lsmtree.pdf
_MERGE_FACTOR = 4
_MAX_SEGMENT_TOKENS = 16_000_000
"""Larger segments are not made by merging: it takes 40 bytes of memory a token."""

_PARALLEL_FROM_BYTES = 4 * 2**20
"""Less JSON than this is indexed here: a process takes longer to start."""
_PART_BYTES = 256 * 2**20
"""How much JSON a process reads before it hands its work in, so that its memory stays bounded."""

_DAMAGED_KEPT = 2


def update_index(index_dir: Path, store: EpisodeStore, progress: Progress | None = None) -> int:
    """Bring the index up to date in one commit. One that is damaged is set aside and made anew.

    Args:
        index_dir: `<library>/index/search`; its parent exists.
        store: the library's episodes.
        progress: is told of damage, and of transcripts that cannot be read and are left out.

    Returns:
        How many episodes are in the index now.

    Raises:
        SearchError: `index-unreadable` or `index-not-trusted`.
        StoreError: the disk is full, or episodes/ cannot be read.
        OSError: the system refuses to read or write the index's files.
    """
    progress = progress or Progress()
    manifest = _load_or_set_aside(index_dir, progress)
    try:
        return _Update(index_dir, store, progress, manifest, manifest).run()
    except DAMAGE as error:
        if manifest is None or (isinstance(error, OSError) and is_refusal(error)):  # perhaps of writing
            raise
        known = explain(error, index_dir, manifest)
        if known is None:
            raise
        if known.code != "index-damaged":
            raise known from error
        _set_aside(index_dir, known, progress)
        return _Update(index_dir, store, progress, None, None).run()


def rebuild_index(index_dir: Path, store: EpisodeStore, progress: Progress | None = None) -> int:
    """Make the index anew; readers keep the old one until it is done. Returns and raises what `update_index` does."""
    progress = progress or Progress()
    return _Update(index_dir, store, progress, _load_or_set_aside(index_dir, progress), None).run()


def _load_or_set_aside(index_dir: Path, progress: Progress) -> Manifest | None:
    try:
        return load_manifest(index_dir)
    except SearchError as error:
        if error.code != "index-damaged":
            raise
        _set_aside(index_dir, error, progress)
        return None


class _Update:
    """One commit.

    Args:
        index_dir: where to.
        store: what the index is to be equal to.
        progress: is told what is left out.
        current: the state that readers have.
        base: the state to start from; None: nothing.
    """

    def __init__(
        self, index_dir: Path, store: EpisodeStore, progress: Progress, current: Manifest | None, base: Manifest | None
    ) -> None:
        self._dir = index_dir
        self._store = store
        self._progress = progress
        self._current = current or Manifest(0, "", [], {})
        self._base = base or Manifest(0, "", [], {})
        self._generation = self._current.generation + 1
        self._names = (f"segment-{self._generation:06}-{number}" for number in count())

    def run(self) -> int:
        self._dir.mkdir(mode=0o755, exist_ok=True)
        self._remove_leftovers(self._current)
        try:
            return self._write()
        except BaseException:
            # Else a disk that is nearly full stays full of what nobody reads. The manifest may be the old one or, at
            # the very end, the new one; where neither can be read, the next writer sees to it.
            with suppress(OSError, SearchError):
                self._remove_leftovers(load_manifest(self._dir) or self._current)
            raise

    def _write(self) -> int:
        stamps, indexed = current_stamps(self._store.root), self._base.stamps()
        changed = {episode_id: stamp for episode_id, stamp in stamps.items() if indexed.get(episode_id) != stamp}
        gone = {episode_id for episode_id, stamp in indexed.items() if stamps.get(episode_id) != stamp}
        if not changed and not gone and self._base.lexicon:
            return len(indexed) - len(self._base.skipped)
        lexicon = self._open_lexicon()
        frequencies = lexicon.frequencies.astype(np.int64) - self._lost_frequencies(gone, len(lexicon))
        segments = [_strike_out(segment, gone) for segment in self._base.segments]
        parts = self._add(changed, lexicon, frequencies)
        segments += [
            SegmentEntry(part.name, part.tokens, {episode_id: stamps[episode_id] for episode_id in part.episodes})
            for part in parts
            if part.episodes
        ]
        segments = self._merge([segment for segment in segments if segment.episodes])
        read = {episode_id for part in parts for episode_id in part.episodes}
        skipped = {episode_id: stamp for episode_id, stamp in self._base.skipped.items() if episode_id not in gone}
        skipped |= {episode_id: stamp for episode_id, stamp in changed.items() if episode_id not in read}
        skipped |= {episode_id: UNREAD for part in parts for episode_id in part.unread}
        self._commit(segments, skipped)
        return sum(len(segment.episodes) for segment in segments)

    # --- words

    def _open_lexicon(self) -> MappedLexicon:
        return MappedLexicon.open(self._dir / self._base.lexicon) if self._base.lexicon else MappedLexicon({})

    @property
    def _lexicon_name(self) -> str:
        return f"lexicon-{self._generation:06}.arrays"

    def _lost_frequencies(self, gone: set[str], entries: int) -> NDArray[np.int64]:
        """Count the words of the episodes that are struck out."""
        lost = np.zeros(entries, np.int64)
        for entry in self._base.segments:
            if gone.isdisjoint(entry.episodes):
                continue
            segment = Segment(self._dir / entry.name)
            for number, episode_id in enumerate(segment.episodes.ids):
                if episode_id in gone and episode_id in entry.episodes:
                    lost += segment.stream.frequencies(number, entries)
            segment.close()
        return lost

    # --- building

    def _add(
        self, changed: Mapping[str, Stamp], lexicon: MappedLexicon, frequencies: NDArray[np.int64]
    ) -> "list[_Part]":
        """Write segments of these episodes, and the lexicon with their words."""
        tasks = [(self._store.root, self._dir / next(self._names), group) for group in _divide(changed)]
        with _processes(len(tasks)) as run_all:
            parts: list[_Part] = list(run_all(_collect, tasks))
            numbers, entries, keys = _number_words(parts, lexicon)
            frequencies = np.append(frequencies, np.zeros(len(entries), np.int64))
            finishing = []
            for part, ids in zip(parts, numbers, strict=True):
                frequencies[ids] += part.frequencies
                if part.episodes:
                    finishing.append((self._dir / part.name, ids))
            limited = np.minimum(frequencies, np.iinfo(np.uint32).max).astype(np.uint32)
            write_arrays(self._dir / self._lexicon_name, lexicon.extended(entries, keys, limited))
            list(run_all(_finish, finishing))
        for part in parts:
            for complaint in part.complaints:
                self._progress.note(complaint)
        return parts

    # --- merging

    def _merge(self, segments: list[SegmentEntry]) -> list[SegmentEntry]:
        """Merge segments of like size, smallest first, until there are few of each size."""
        while True:
            segments = sorted(segments, key=lambda segment: -segment.tokens)
            doomed = _choose_merge(segments)
            if not doomed:
                return segments
            rest = [segment for segment in segments if segment not in doomed]
            segments = [*rest, self._merged(doomed)]

    def _merged(self, segments: Sequence[SegmentEntry]) -> SegmentEntry:
        name = next(self._names)
        parts = [(self._dir / segment.name, set(segment.dead)) for segment in segments]
        tokens = merge_segments(self._dir / name, parts)
        episodes = {episode_id: stamp for segment in segments for episode_id, stamp in segment.episodes.items()}
        return SegmentEntry(name, tokens, episodes)

    # --- committing

    def _commit(self, segments: list[SegmentEntry], skipped: dict[str, Stamp]) -> None:
        files: dict[str, Fingerprint] = {}
        for name in (self._lexicon_name, *(segment.name for segment in segments)):
            known = {path: mark for path, mark in self._current.files.items() if Path(path).parts[0] == name}
            files |= known or self._seal(self._dir / name)
        _flush(self._dir)
        manifest = Manifest(self._generation, self._lexicon_name, segments, files, skipped)
        save_manifest(self._dir, manifest)
        self._remove_leftovers(manifest)

    def _seal(self, path: Path) -> dict[str, Fingerprint]:
        """Flush a new file, or all files of a new folder, to the disk; return what they are recognised by."""
        inner = sorted(path.rglob("*")) if is_folder(path) else []
        for each in (path, *inner):
            _flush(each)
        files = [each for each in (path, *inner) if is_file(each)]
        return {file.relative_to(self._dir).as_posix(): fingerprint(file) for file in files}

    def _remove_leftovers(self, manifest: Manifest) -> None:
        """Remove what a manifest does not name. Who has it open keeps it; who is just opening it tries again.

        What cannot be removed now is left to the next writer: some file systems keep what anybody has open.
        """
        named = {Path(name).parts[0] for name in manifest.files}
        for path in self._dir.iterdir():
            if path.name != MANIFEST_NAME and path.name not in named:
                if is_folder(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with suppress(OSError):
                        path.unlink()


# --- what other processes do


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A segment that was just written, and the words in it."""

    name: str
    tokens: int
    episodes: list[str]
    vocabulary: list[Entry]
    keys: list[EntryKeys]
    frequencies: NDArray[np.int64]
    complaints: list[str]
    unread: list[str]
    """Episodes that the system did not let us read."""


def _collect(task: tuple[Path, Path, Sequence[str]]) -> _Part:
    """Write a segment with ids of its own vocabulary."""
    from podindex.search.index.collect import SegmentBuilder

    root, folder, episode_ids = task
    store, builder = EpisodeStore(root), SegmentBuilder()
    complaints, unread = [], []
    for episode_id in episode_ids:
        try:
            builder.add(store.load_episode(episode_id), store.load_transcript(episode_id))
        except StoreError as error:
            complaints.append(f"{episode_id} is not indexed: {error}")
            if isinstance(error.__cause__, OSError):
                unread.append(episode_id)
    if builder.episode_ids:
        builder.write(folder)
    vocabulary = builder.vocabulary()
    keys = entry_keys(vocabulary)
    frequencies = builder.frequencies()
    return _Part(folder.name, len(builder), builder.episode_ids, vocabulary, keys, frequencies, complaints, unread)


def _finish(task: tuple[Path, NDArray[np.uint32]]) -> None:
    """Exchange the ids of a segment for those of the lexicon."""
    from podindex.search.index.collect import RAW_NAME

    folder, ids = task
    finish_raw(folder / RAW_NAME, folder / STREAM_NAME, ids)


@contextmanager
def _processes(tasks: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Yield a `map` that runs in several processes, or here where there is a single task."""
    if tasks < 2:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(count_cores(), tasks), mp_context=get_context("spawn")) as pool:
        yield pool.map


# --- decisions


def _divide(changed: Mapping[str, Stamp]) -> list[Sequence[str]]:
    """Divide episodes among processes, evenly by the size of their transcripts."""
    by_size = sorted(changed, key=lambda episode_id: transcript_bytes(changed[episode_id]))
    total = sum(map(transcript_bytes, changed.values()))
    if total < _PARALLEL_FROM_BYTES:
        return [by_size] if by_size else []
    cores = count_cores()
    groups = cores * -(-total // (_PART_BYTES * cores))
    return [group for number in range(groups) if (group := by_size[number::groups])]


def _number_words(
    parts: Sequence[_Part], lexicon: MappedLexicon
) -> tuple[list[NDArray[np.uint32]], list[Entry], list[EntryKeys]]:
    """Give all words their ids.

    Returns:
        The ids of each part's vocabulary, and the new entries with their keys.
    """
    new: dict[Entry, int] = {}
    keys: list[EntryKeys] = []
    numbers = []
    for part in parts:
        ids = []
        for entry, known, entry_key in zip(part.vocabulary, lexicon.entry_ids(part.vocabulary), part.keys, strict=True):
            number = new.get(entry) if known is None else known
            if number is None:
                number = new[entry] = len(lexicon) + len(new)
                keys.append(entry_key)
            ids.append(number)
        numbers.append(np.array(ids, np.uint32))
    return numbers, list(new), keys


def _choose_merge(segments: Sequence[SegmentEntry]) -> list[SegmentEntry]:
    """Choose segments to merge, of some sorted by size, largest first: none where they are few enough.

    A segment more than half of which is struck out is rewritten alone.
    """
    for segment in segments:
        if len(segment.dead) > len(segment.episodes):
            return [segment]
    for number in range(len(segments) - _MERGE_FACTOR, -1, -1):
        group = segments[number : number + _MERGE_FACTOR]
        is_small = sum(segment.tokens for segment in group) <= _MAX_SEGMENT_TOKENS
        if is_small and group[0].tokens <= _MERGE_FACTOR * max(group[-1].tokens, 1):
            return list(group)
    return []


def _strike_out(segment: SegmentEntry, gone: set[str]) -> SegmentEntry:
    dead = sorted(gone & segment.episodes.keys())
    if not dead:
        return segment
    episodes = {episode_id: stamp for episode_id, stamp in segment.episodes.items() if episode_id not in gone}
    return replace(segment, episodes=episodes, dead=[*segment.dead, *dead])


# --- files


def _set_aside(index_dir: Path, reason: SearchError, progress: Progress) -> None:
    """Rename a damaged index, and remove all but the last few that were."""
    kept = aside(index_dir, "damaged")
    index_dir.rename(kept)
    progress.note(f"{reason.message}: it is kept as {kept.name} and made again")
    set_aside = sorted(index_dir.parent.glob(f"{index_dir.name}.damaged-*"), key=lambda path: path.stat().st_mtime)
    for folder in set_aside[:-_DAMAGED_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
