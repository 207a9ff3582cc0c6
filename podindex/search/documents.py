"""Whoosh: the passages and episodes of a segment as documents, with their text, speakers and names.

I/O: the folder of one Whoosh index. The only module that imports Whoosh. An index is written in one commit and never
changed, so a document's number is its place in the order it was added in: all passages first, then all episodes.

Whoosh is imported with warnings off: 2.7.4 compiles with SyntaxWarnings on Python 3.12 and later.
"""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.search import analysis

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import index
    from whoosh.fields import ID, KEYWORD, STORED, Schema

# Analysis is ours and done before: Whoosh sees keys between spaces. So no class of ours is pickled into its files.
_SCHEMA = Schema(speaker=ID(stored=True), text=STORED, names=KEYWORD(lowercase=False))


class Documents:
    """The documents of one segment.

    Raises:
        Exception: files are missing or damaged; Whoosh raises whatever it stumbles over, from struct.error to
            UnpicklingError.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        self._reader: Any = index.open_dir(str(folder), readonly=True).reader()
        self._passages = passages

    def close(self) -> None:
        """Close the files."""
        self._reader.close()

    def count(self) -> int:
        """Return how many documents there are."""
        return int(self._reader.doc_count_all())

    def text(self, passage: int) -> str:
        """Return the text of a passage."""
        return str(self._reader.stored_fields(passage)["text"])

    def speaker(self, passage: int) -> str | None:
        """Return who says a passage, where that is known."""
        name = self._reader.stored_fields(passage).get("speaker")
        return None if name is None else str(name)

    def passages_of_speakers(self, wanted: Callable[[str | None], bool]) -> NDArray[np.bool_]:
        """Tell which passages are said by speakers whose name passes, bool [passages]."""
        unnamed = wanted(None)
        chosen = np.full(self._passages, unnamed, np.bool_)
        for name in self._reader.field_terms("speaker"):
            chosen[self._numbers("speaker", name)] = wanted(name)
        return chosen

    def episodes_named(self, stems: Iterable[str]) -> NDArray[np.intp]:
        """Return the numbers of the episodes of which title or show holds one of these stems."""
        found = [self._numbers("names", stem) for stem in stems]
        numbers = np.unique(np.concatenate(found)) if found else np.empty(0, np.intp)
        return numbers - self._passages

    def _numbers(self, field: str, term: str) -> NDArray[np.intp]:
        if (field, term) not in self._reader:
            return np.empty(0, np.intp)
        return np.fromiter(self._reader.postings(field, term).all_ids(), np.intp)


class DocumentWriter:
    """Writes the documents of one segment: first every passage, then every episode."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        # Whoosh names its files by the global random numbers; nothing here seeds them.
        self._writer: Any = index.create_in(str(folder), _SCHEMA).writer(limitmb=64)

    def add_passage(self, text: str, speaker: str | None) -> None:
        """Add a passage; its number is how many were added before."""
        fields: dict[str, str] = {"text": text}
        if speaker is not None:
            fields["speaker"] = speaker
        self._writer.add_document(**fields)

    def add_episode(self, names: str, language: str) -> None:
        """Add an episode by its title and show."""
        self._writer.add_document(names=" ".join(name_stems(names, language)))

    def commit(self) -> None:
        """Write everything."""
        self._writer.commit(optimize=True)


def name_stems(text: str, language: str) -> list[str]:
    """Return the stems of the words of a name, as titles are indexed and looked up."""
    return [analysis.stem(token, language) for token in analysis.tokens(text)]
