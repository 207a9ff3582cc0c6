"""Making the index equal to episodes/: what is new or changed is added, what has gone is struck out.

I/O: reads the store, writes `index/search/`. A writer that is killed at any instant leaves the index as it was, and
some files that the next writer removes. Only one process writes at a time (indexing.py sees to it).
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from podindex.errors import SearchError, StoreError
from podindex.progress import NullProgress, Progress
from podindex.search.lexicon import Entry, MappedLexicon, merge_entries, write_lexicon
from podindex.search.manifest import (
    MANIFEST_NAME,
    Manifest,
    SegmentEntry,
    StampList,
    load_manifest,
    save_manifest,
)
from podindex.search.segment import SegmentBuilder, iter_files, merge_segments
from podindex.search.wordstream import WordStream, finish_stream
from podindex.store import EpisodeStore, Stamp

# Segments are merged when there are this many of about the same size, so their number grows with the logarithm of the
# library and each word is merged a few times in all. https://www.cs.umb.edu/~poneil/lsmtree.pdf
_MERGE_FACTOR = 8

# Fewer episodes than this are indexed here: a process takes longer to start.
_PARALLEL_FROM = 24
# A process hands its work in after so many episodes, so that its memory stays bounded.
_EPISODES_PER_SEGMENT = 400

_DAMAGED_KEPT = 2


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did."""

    episodes: int
    """In the index now."""
    added: int
    removed: int


def is_stale(index_dir: Path, store: EpisodeStore) -> bool:
    """Tell whether the index lacks what is under episodes/, is damaged, or is not there. Reads no episode.

    Raises:
        SearchError: `index-not-trusted`.
    """
    try:
        manifest = load_manifest(index_dir)
    except SearchError as error:
        if error.code == "index-damaged":
            return True
        raise
    return manifest is None or manifest.stamps() != _current_stamps(store)


def update_index(index_dir: Path, store: EpisodeStore, progress: Progress | None = None) -> UpdateReport:
    """Bring the index up to date in one commit. One that is damaged is set aside and made anew.

    Args:
        index_dir: `<library>/index/search`; its parent exists.
        store: the library's episodes.
        progress: is told of damage, and of transcripts that cannot be read and are left out.

    Raises:
        SearchError: `index-not-trusted`.
        StoreError: the disk is full, or episodes/ cannot be read.
    """
    progress = progress or NullProgress()
    try:
        manifest = load_manifest(index_dir)
    except SearchError as error:
        if error.code != "index-damaged":
            raise
        kept = _set_aside(index_dir)
        progress.note(f"{error.message}: it is kept as {kept.name} and made anew")
        manifest = None
    return _Update(index_dir, store, progress, manifest).run()


def rebuild_index(index_dir: Path, store: EpisodeStore, progress: Progress | None = None) -> UpdateReport:
    """Make the index anew; readers keep the old one until it is done. Raises as `update_index` does."""
    progress = progress or NullProgress()
    try:
        manifest = load_manifest(index_dir)
    except SearchError as error:
        if error.code != "index-damaged":
            raise
        _set_aside(index_dir)
        manifest = None
    generation = manifest.generation if manifest else 0
    return _Update(index_dir, store, progress, Manifest(generation, "", [], {})).run()


class _Update:
    def __init__(self, index_dir: Path, store: EpisodeStore, progress: Progress, manifest: Manifest | None) -> None:
        self._dir = index_dir
        self._store = store
        self._progress = progress
        self._old = manifest or Manifest(0, "", [], {})
        self._generation = self._old.generation + 1
        self._names = (f"segment-{self._generation:06}-{number}" for number in count())

    def run(self) -> UpdateReport:
        self._dir.mkdir(mode=0o755, exist_ok=True)
        self._remove_leftovers()
        stamps, indexed = _current_stamps(self._store), self._old.stamps()
        changed = [episode_id for episode_id, stamp in stamps.items() if indexed.get(episode_id) != stamp]
        gone = {episode_id for episode_id, stamp in indexed.items() if stamps.get(episode_id) != stamp}
        if not changed and not gone and self._old.lexicon:
            return UpdateReport(len(indexed) - len(self._old.skipped), 0, 0)
        segments = [_strike_out(segment, gone) for segment in self._old.segments]
        built = self._build(changed)
        entries, frequencies = self._unite_words(built)
        segments += [
            SegmentEntry(part.name, part.tokens, {episode_id: stamps[episode_id] for episode_id in part.episodes})
            for part in built
            if part.episodes
        ]
        segments = self._merge([segment for segment in segments if segment.episodes])
        lexicon = f"lexicon-{self._generation:06}"
        (self._dir / lexicon).mkdir()
        write_lexicon(self._dir / lexicon, entries, frequencies)
        read = {episode_id for part in built for episode_id in part.episodes}
        skipped = {episode_id: stamp for episode_id, stamp in self._old.skipped.items() if episode_id not in gone}
        skipped |= {episode_id: stamps[episode_id] for episode_id in changed if episode_id not in read}
        self._commit(segments, lexicon, skipped)
        return UpdateReport(sum(len(segment.episodes) for segment in segments), len(changed), len(gone - set(changed)))

    def _commit(self, segments: list[SegmentEntry], lexicon: str, skipped: dict[str, StampList]) -> None:
        folders = [self._dir / name for name in (lexicon, *(segment.name for segment in segments))]
        sizes: dict[str, int] = {}
        for folder in folders:
            is_new = folder.name not in {Path(name).parts[0] for name in self._old.sizes}
            for path in iter_files(folder):
                if is_new:
                    _flush(path)
                sizes[path.relative_to(self._dir).as_posix()] = path.stat().st_size
            if is_new:
                for inner in {path.parent for path in iter_files(folder)} | {folder}:
                    _flush(inner)
        _flush(self._dir)
        save_manifest(self._dir, Manifest(self._generation, lexicon, segments, sizes, skipped))
        self._remove_leftovers()

    # --- building

    def _build(self, episode_ids: Sequence[str]) -> "list[_Part]":
        """Write segments of these episodes, with ids of their own vocabularies."""
        groups = self._divide(episode_ids)
        tasks = [(self._store.root, self._dir / next(self._names), group) for group in groups]
        if len(tasks) < 2:
            parts = [_build_part(*task) for task in tasks]
        else:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            with ProcessPoolExecutor(min(cores, len(tasks)), mp_context=get_context("spawn")) as pool:
                parts = list(pool.map(_build_part, *zip(*tasks, strict=True)))
        for part in parts:
            for complaint in part.complaints:
                self._progress.note(complaint)
        return parts

    def _divide(self, episode_ids: Sequence[str]) -> list[Sequence[str]]:
        """Divide episodes among processes, evenly by the size of their transcripts."""
        if len(episode_ids) < _PARALLEL_FROM:
            return [episode_ids] if episode_ids else []
        groups = 2 * -(-len(episode_ids) // (2 * _EPISODES_PER_SEGMENT))
        stamps = self._store.stamps()

        def size(episode_id: str) -> int:
            transcript = stamps[episode_id].transcript
            return transcript.size_bytes if transcript else 0

        by_size = sorted(episode_ids, key=size)
        return [by_size[number::groups] for number in range(groups)]

    def _unite_words(
        self, parts: "Sequence[_Part]"
    ) -> "tuple[list[Entry], np.ndarray[tuple[int], np.dtype[np.uint32]]]":
        """Give all words their ids in the lexicon, and the new segments these ids."""
        known: list[Entry] = []
        frequencies = np.empty(0, np.int64)
        if self._old.lexicon:
            lexicon = MappedLexicon(self._dir / self._old.lexicon)
            known, frequencies = lexicon.entries(), np.asarray(lexicon.frequencies).astype(np.int64)
        entries = merge_entries(known, [part.vocabulary for part in parts])
        number_of = {entry: number for number, entry in enumerate(entries)}
        frequencies = np.concatenate([frequencies, np.zeros(len(entries) - len(known), np.int64)])
        for part in parts:
            ids = np.array([number_of[entry] for entry in part.vocabulary], np.uint32)
            frequencies[ids] += np.array(list(part.vocabulary.values()), np.int64)
            if part.episodes:
                finish_stream(self._dir / part.name, ids)
        return entries, np.minimum(frequencies, np.iinfo(np.uint32).max).astype(np.uint32)

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
        merge_segments(self._dir / name, [(self._dir / segment.name, set(segment.dead)) for segment in segments])
        episodes = {episode_id: stamp for segment in segments for episode_id, stamp in segment.episodes.items()}
        return SegmentEntry(name, len(WordStream(self._dir / name)), episodes)

    def _remove_leftovers(self) -> None:
        """Remove what neither the current manifest nor the one before names: readers may still open the latter."""
        current = load_manifest(self._dir) if (self._dir / MANIFEST_NAME).exists() else None
        named = {Path(name).parts[0] for manifest in (current, self._old) if manifest for name in manifest.sizes}
        for path in self._dir.iterdir():
            if path.name != MANIFEST_NAME and path.name not in named:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment that was just written, and the words in it."""

    name: str
    tokens: int
    episodes: list[str]
    vocabulary: dict[Entry, int]
    complaints: list[str]


def _build_part(root: Path, folder: Path, episode_ids: Sequence[str]) -> _Part:
    """Write a segment; runs in any process."""
    store, builder = EpisodeStore(root), SegmentBuilder()
    taken, complaints = [], []
    for episode_id in episode_ids:
        try:
            builder.add(store.load_episode(episode_id), store.load_transcript(episode_id))
            taken.append(episode_id)
        except StoreError as error:
            complaints.append(f"{episode_id} is not indexed: {error}")
    if taken:
        builder.write(folder)
    return _Part(folder.name, len(builder), taken, builder.vocabulary, complaints)


def _choose_merge(segments: Sequence[SegmentEntry]) -> list[SegmentEntry]:
    """Choose segments to merge, of some sorted by size, largest first: none where they are few enough.

    A segment more than half of which is struck out is rewritten alone.
    """
    for segment in segments:
        if len(segment.dead) > len(segment.episodes):
            return [segment]
    for number in range(len(segments) - _MERGE_FACTOR + 1):
        group = segments[number : number + _MERGE_FACTOR]
        if group[0].tokens <= _MERGE_FACTOR * max(group[-1].tokens, 1):
            return list(group)
    return []


def _strike_out(segment: SegmentEntry, gone: set[str]) -> SegmentEntry:
    dead = sorted(gone & segment.episodes.keys())
    if not dead:
        return segment
    episodes = {episode_id: stamp for episode_id, stamp in segment.episodes.items() if episode_id not in gone}
    return replace(segment, episodes=episodes, dead=[*segment.dead, *dead])


def _current_stamps(store: EpisodeStore) -> dict[str, StampList]:
    """Return the stamps of the episodes that have a transcript, as the manifest holds them."""
    return {episode_id: _as_list(stamp) for episode_id, stamp in store.stamps().items() if stamp.transcript is not None}


def _as_list(stamp: Stamp) -> StampList:
    return [list(stamp.metadata), stamp.transcript and list(stamp.transcript)]


def _set_aside(index_dir: Path) -> Path:
    """Rename a damaged index, and remove all but the last few that were."""
    kept = index_dir.with_name(f"{index_dir.name}.damaged-{secrets.token_hex(4)}")
    index_dir.rename(kept)
    damaged = sorted(index_dir.parent.glob(f"{index_dir.name}.damaged-*"), key=lambda path: path.stat().st_mtime)
    _remove_all(damaged[:-_DAMAGED_KEPT])
    return kept


def _remove_all(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
