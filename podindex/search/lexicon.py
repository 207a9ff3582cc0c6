"""All words of a library, and the keys they are found by: folded, by stem, by sound, by likeness.

I/O: the files of one lexicon, written once and then only mapped. Implements `plan.Lexicon`. An entry is a (language,
token) pair; its id never changes while the index grows, so word streams written earlier stay valid.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podindex.search import analysis
from podindex.search.keytable import KeyTable, load_array, write_table
from podindex.search.likeness import edit_distances, signature
from podindex.search.phonetic import sound_key
from podindex.search.plan import MAX_PREFIX_IDS, MAX_SIMILAR_IDS, TermIds

Entry = tuple[str, str]
"""Language (ISO 639-1, or "") and token."""

_NOTHING = np.empty(0, np.uint32)


class MappedLexicon:
    """A lexicon on disk.

    Raises:
        OSError, ValueError: files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._languages: tuple[str, ...] = tuple(json.loads((folder / "languages.json").read_bytes()))
        self.frequencies: NDArray[np.uint32] = load_array(folder / "frequencies.npy").view(np.uint32)
        """How often each entry occurs in the library, uint32 [entries]; what was removed since may still count."""
        self._language_of = load_array(folder / "language-of.npy")
        self._token_bytes = load_array(folder / "tokens.npy")
        self._token_ends = load_array(folder / "token-ends.npy")
        self._folded = KeyTable(folder, "folded")
        self._stems = KeyTable(folder, "stems")
        self._sounds = KeyTable(folder, "sounds")
        self._stem_of = load_array(folder / "stem-of.npy")

    def __len__(self) -> int:
        return len(self._token_ends)

    def ids(self, folded: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._folded.ids(folded)

    def tokens(self, ids: TermIds) -> list[str]:
        """See `plan.Lexicon`."""
        return [self._token(int(number)) for number in ids]

    def languages(self) -> tuple[str, ...]:
        """See `plan.Lexicon`."""
        return self._languages

    def ids_with_stem(self, stem: str, language: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._stems.ids(_stem_key(language, stem))

    def ids_with_stem_of(self, ids: TermIds) -> TermIds:
        """See `plan.Lexicon`."""
        if not len(ids):
            return _NOTHING
        return np.sort(self._stems.ids_of_all(np.unique(self._stem_of[ids]).astype(np.int64)))

    def ids_with_prefix(self, prefix: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._most_frequent(self._folded.ids_with_prefix(prefix), MAX_PREFIX_IDS)

    def ids_within(self, folded: str, max_edits: int) -> TermIds:
        """See `plan.Lexicon`."""
        numbers, distances = self._like(folded, max_edits)
        found = [(distance, self._folded.ids_of(number)) for number, distance in zip(numbers, distances, strict=True)]
        ids = np.concatenate([ids for _, ids in found]) if found else _NOTHING
        edits = np.repeat([distance for distance, _ in found], [len(ids) for _, ids in found])
        best = np.lexsort((ids, -self.frequencies[ids].astype(np.int64), edits))[:MAX_SIMILAR_IDS]
        return np.sort(ids[best])

    def ids_sounding_like(self, folded: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._most_frequent(self._sounds.ids(sound_key(folded)), MAX_SIMILAR_IDS)

    def closest(self, folded: str, max_edits: int) -> tuple[str, int] | None:
        """Return the token that a misspelled word most likely is, and its frequency; None where none is near."""
        numbers, distances = self._like(folded, max_edits)
        candidates = [
            (distance, -int(self.frequencies[number]), self._token(int(number)))
            for key, distance in zip(numbers, distances, strict=True)
            for number in self._folded.ids_of(key)
        ]
        if not candidates:
            return None
        _, frequency, token = min(candidates)
        return token, -frequency

    def entries(self) -> list[Entry]:
        """Return all entries in the order of their ids."""
        ends = self._token_ends.tolist()
        text = self._token_bytes.tobytes()
        starts = [0, *ends][: len(ends)]
        languages = [self._languages[number] for number in self._language_of.tolist()]
        return [
            (language, text[start:end].decode()) for language, start, end in zip(languages, starts, ends, strict=True)
        ]

    def _token(self, number: int) -> str:
        start = int(self._token_ends[number - 1]) if number else 0
        return self._token_bytes[start : int(self._token_ends[number])].tobytes().decode()

    def _most_frequent(self, ids: TermIds, limit: int) -> TermIds:
        if len(ids) > limit:
            ids = ids[np.lexsort((ids, -self.frequencies[ids].astype(np.int64)))[:limit]]
        return np.sort(ids)

    @cached_property
    def _signatures(self) -> NDArray[np.uint64]:
        return np.asarray(load_array(self._folder / "signatures.npy")).view(np.uint64)

    @cached_property
    def _lengths(self) -> NDArray[np.uint8]:
        return np.asarray(load_array(self._folder / "folded-lengths.npy")).view(np.uint8)

    def _like(self, folded: str, max_edits: int) -> tuple[list[int], list[int]]:
        """Return the numbers of the folded keys at most so many edits away, and how many."""
        # An edit changes the length by one at most, and the set of letters by two.
        apart = np.bitwise_count(self._signatures ^ np.uint64(signature(folded)))
        near = np.abs(self._lengths.astype(np.int16) - len(folded)) <= max_edits
        candidates = np.flatnonzero(near & (apart <= 2 * max_edits))
        words = [self._folded.key(number).decode() for number in candidates.tolist()]
        distances = edit_distances(folded, words, max_edits)
        within = distances <= max_edits
        return candidates[within].tolist(), distances[within].tolist()


def write_lexicon(folder: Path, entries: Iterable[Entry], frequencies: NDArray[np.uint32]) -> None:
    """Write a lexicon into an empty folder.

    Args:
        folder: where to.
        entries: in the order of their ids.
        frequencies: uint32 [entries].
    """
    entries = list(entries)
    languages = sorted({language for language, _ in entries})
    number_of = {language: number for number, language in enumerate(languages)}
    encoded = [token.encode() for _, token in entries]
    folded = [analysis.fold(token) for _, token in entries]
    stems = [_stem_key(language, analysis.stem(token, language)) for language, token in entries]
    (folder / "languages.json").write_text(json.dumps(languages))
    np.save(folder / "frequencies.npy", frequencies)
    np.save(folder / "language-of.npy", np.array([number_of[language] for language, _ in entries], np.uint16))
    np.save(folder / "tokens.npy", np.frombuffer(b"".join(encoded), np.uint8))
    np.save(folder / "token-ends.npy", np.cumsum([len(token) for token in encoded], dtype=np.uint32))
    write_table(folder, "folded", folded)
    write_table(folder, "stems", stems)
    write_table(folder, "sounds", [sound_key(key) for key in folded])
    keys = sorted(set(folded), key=str.encode)
    np.save(folder / "signatures.npy", np.array([signature(key) for key in keys], np.uint64))
    np.save(folder / "folded-lengths.npy", np.array([min(len(key), 255) for key in keys], np.uint8))
    stem_numbers = {key: number for number, key in enumerate(sorted(set(stems), key=str.encode))}
    np.save(folder / "stem-of.npy", np.array([stem_numbers[key] for key in stems], np.uint32))


def merge_entries(known: list[Entry], found: Iterable[Mapping[Entry, int]]) -> list[Entry]:
    """Return the known entries and, behind them, the new ones in the order in which they were found."""
    merged = dict.fromkeys(known)
    for vocabulary in found:
        merged.update(dict.fromkeys(vocabulary))
    return list(merged)


def _stem_key(language: str, stem: str) -> str:
    return f"{language}\t{stem}"
