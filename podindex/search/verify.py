"""Looking at the whole index, byte by byte: does it say what episodes/ says? I/O: reads everything."""

from pathlib import Path

import numpy as np

from podindex.errors import SearchError
from podindex.search.build import is_stale
from podindex.search.lexicon import MappedLexicon
from podindex.search.manifest import load_manifest
from podindex.search.segment import Segment
from podindex.store import EpisodeStore


def verify_index(index_dir: Path, store: EpisodeStore) -> list[str]:
    """Return what is wrong with an index, as sentences; an index that is not there yet is not wrong.

    Raises:
        SearchError: `index-not-trusted`.
    """
    try:
        manifest = load_manifest(index_dir)
    except SearchError as error:
        if error.code != "index-damaged":
            raise
        return [error.message]
    if manifest is None:
        return []
    complaints = ["it is not up to date with episodes/"] if is_stale(index_dir, store) else []
    try:
        entries = len(MappedLexicon(index_dir / manifest.lexicon).entries())
        for entry in manifest.segments:
            complaints += _check_segment(index_dir / entry.name, entries)
    except Exception as error:  # noqa: BLE001  damaged files raise whatever reading them stumbles over
        complaints.append(f"it cannot be read: {type(error).__name__}: {error}")
    return complaints


def _check_segment(folder: Path, entries: int) -> list[str]:
    segment = Segment(folder)
    stream = segment.stream
    tokens = np.asarray(stream.tokens)
    complaints = []
    if len(tokens) and int(tokens.max()) >= entries:
        complaints.append(f"{folder.name} has words that the lexicon does not know")
    elif not stream.is_consistent():
        complaints.append(f"{folder.name} finds words where they are not")
    passages = len(stream.passages) - 1
    if segment.documents.count() != passages + len(segment.episodes):
        complaints.append(f"{folder.name} has lost passages")
    for passage in range(passages):
        segment.documents.text(passage)
    segment.close()
    return complaints
