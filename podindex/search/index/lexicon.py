"""All words of a library, and the keys they are found by: folded, by stem, by sound, by likeness.

I/O: one file of arrays, written once and then only mapped. Implements `plan.Lexicon`. An entry is a (language, token)
pair; its id never changes while the index grows, so word streams written earlier stay valid. An entry that does not
occur any more, since its episodes are gone, is as if it were not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.search.index.arrays import map_arrays
from podindex.search.index.keytable import KeyTable
from podindex.search.query.plan import MAX_PREFIX_IDS, MAX_SIMILAR_IDS, TermIds
from podindex.search.sets.ids import distinct
from podindex.search.words import analysis
from podindex.search.words.likeness import MAX_LENGTH, candidates, edit_distances, signature, unlikelihoods
from podindex.search.words.phonetic import sound_key

Entry = tuple[str, str]
"""Language (ISO 639-1, or "") and token."""

Frequencies = NDArray[np.uint32]

_NO_IDS: TermIds = np.empty(0, np.uint32)

# To look up more than this share of the lexicon it is faster to load all of it.
_FEW = 1 / 20

_KEYS_KEPT = 4096
_LIKE_KEPT = 64  # each is compared with the whole lexicon: for similar words, for what was meant, for notes

LESS_LIKELY = 50
"""How many times less likely a word was meant for each point of `unlikelihoods`. Real misspellings and made ones are
taken for the right word most often from 30 to 90."""


class EntryKeys(NamedTuple):
    """What an entry is found by."""

    folded: str
    stem: str
    """With the language before it, since stems are compared within one."""
    sound: str


class MappedLexicon:
    """A lexicon on disk, or, without arrays, an empty one.

    Args:
        arrays: those of `extended`.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        none = np.empty(0, np.uint32)
        self.frequencies: Frequencies = arrays.get("frequencies", none)
        """How often each entry occurs in the library, uint32 [entries]."""
        self.total = int(self.frequencies.sum(dtype=np.int64))
        """Tokens of the library."""
        names = arrays.get("languages", none.astype(np.uint8)).tobytes().decode()
        self._all_languages = names.split("\n") if len(self.frequencies) else []
        self._language_of = arrays.get("language_of", none.astype(np.uint16))
        self._is_english = np.array([name == "en" for name in self._all_languages], np.bool_)
        self._token_bytes = arrays.get("tokens", none.astype(np.uint8))
        self._token_ends = arrays.get("token_ends", none)
        # Looked at one by one, a view of the memory answers several times as fast as an array.
        self._token_view, self._end_view = self._token_bytes.data, self._token_ends.data
        self._folded = KeyTable(arrays, "folded")
        self._stems = KeyTable(arrays, "stems")
        self._sounds = KeyTable(arrays, "sounds")
        self._stem_of = arrays.get("stem_of", none)
        self._signatures = arrays.get("signatures", none.astype(np.uint64))
        self._lengths = arrays.get("lengths", none.astype(np.uint8))
        # A query looks most words up several times, and who types on asks for the same ones again. The cache does not
        # refer to this object, so that it goes, with all that is mapped, as soon as nobody has it any more.
        table, frequencies = self._folded, self.frequencies
        signatures, lengths = self._signatures, self._lengths
        self._known = lru_cache(maxsize=_KEYS_KEPT)(lambda folded: _used(table.ids(folded), frequencies))
        self._like = lru_cache(maxsize=_LIKE_KEPT)(
            lambda folded, max_edits: _like(
                folded, max_edits, candidates(folded, signatures, lengths, max_edits), table, frequencies
            )
        )
        used = np.bincount(self._language_of, self.frequencies, len(self._all_languages)) > 0
        self._languages = tuple(
            sorted(name for name, is_used in zip(self._all_languages, used, strict=True) if is_used)
        )

    @classmethod
    def open(cls, path: Path) -> "MappedLexicon":
        """Map a lexicon's file.

        Raises:
            OSError, ValueError: it is missing or damaged.
        """
        try:
            return cls(map_arrays(path))
        except (TypeError, UnicodeDecodeError) as error:
            raise ValueError(f"{path.name} is no lexicon") from error

    def __len__(self) -> int:
        return len(self._token_ends)

    def ids(self, folded: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._known(folded)

    def tokens(self, ids: TermIds) -> list[str]:
        """See `plan.Lexicon`."""
        return [self._token(number) for number in ids.tolist()]

    def languages(self) -> tuple[str, ...]:
        """See `plan.Lexicon`."""
        return self._languages

    def ids_with_stem(self, stem: str, language: str) -> TermIds:
        """See `plan.Lexicon`."""
        return _used(self._stems.ids(_stem_key(language, stem)), self.frequencies)

    def ids_with_stem_of(self, ids: TermIds) -> TermIds:
        """See `plan.Lexicon`."""
        if not len(ids):
            return _NO_IDS
        return np.sort(_used(self._stems.ids_of(distinct(self._stem_of[ids]).astype(np.int64)), self.frequencies))

    def ids_with_prefix(self, prefix: str) -> TermIds:
        """See `plan.Lexicon`."""
        return self._most_frequent(_used(self._folded.ids_with_prefix(prefix), self.frequencies), MAX_PREFIX_IDS)

    def ids_within(self, folded: str, max_edits: int) -> TermIds:
        """See `plan.Lexicon`."""
        ids, edits = self._like(folded, max_edits)
        best = np.lexsort((ids, -self.frequencies[ids].astype(np.int64), edits))[:MAX_SIMILAR_IDS]
        return np.sort(ids[best])

    def ids_sounding_like(self, folded: str) -> TermIds:
        """See `plan.Lexicon`."""
        key = sound_key(folded)
        return self._most_frequent(_used(self._sounds.ids(key), self.frequencies), MAX_SIMILAR_IDS) if key else _NO_IDS

    def ids_with_sound(self, key: str) -> TermIds:
        """Return the English entries with a `phonetic.sound_key`, whose rules are those of English."""
        ids = _used(self._sounds.ids(key), self.frequencies)
        english: TermIds = ids[self._is_english[self._language_of[ids]]]
        return english

    def closest(self, folded: str, max_edits: int, at_least: int = 1) -> str | None:
        """Return the token that a misspelled word most likely is; None where none is near that occurs so often.

        The more often a token occurs and the likelier the errors, the likelier it is. Of several edits none is of the
        first letter.
        """
        ids, edits = self._like(folded, max_edits)
        frequent = self.frequencies[ids] >= at_least
        ids, edits = ids[frequent], edits[frequent]
        tokens = self.tokens(ids)
        names = [analysis.fold(token) for token in tokens]
        odds = self.frequencies[ids] / float(LESS_LIKELY) ** unlikelihoods(folded, names)
        order = np.lexsort((ids, -odds)).tolist()
        return next((tokens[i] for i in order if edits[i] < 2 or names[i][0] == folded[0]), None)

    def entry_ids(self, entries: Sequence[Entry]) -> list[int | None]:
        """Return the ids of entries, used or not; None for those that the lexicon does not have."""
        if len(entries) > len(self) * _FEW:
            known: Mapping[Entry, int] = {entry: number for number, entry in enumerate(self.entries())}
            return [known.get(entry) for entry in entries]
        return [self._entry_id(entry) for entry in entries]

    def _entry_id(self, entry: Entry) -> int | None:
        language, token = entry
        for number in self._folded.ids(analysis.fold(token)).tolist():
            if self._token(number) == token and self._all_languages[self._language_of[number]] == language:
                return int(number)
        return None

    def entries(self) -> list[Entry]:
        """Return all entries, used or not, in the order of their ids."""
        text, ends = self._token_bytes.tobytes(), self._token_ends.tolist()
        languages = [self._all_languages[number] for number in self._language_of.tolist()]
        starts = [0, *ends][: len(ends)]
        return [
            (language, text[start:end].decode()) for language, start, end in zip(languages, starts, ends, strict=True)
        ]

    def extended(self, entries: Sequence[Entry], keys: Sequence[EntryKeys], frequencies: Frequencies) -> dict[str, Any]:
        """Return the arrays of a larger lexicon.

        Args:
            entries: new ones, in the order of their ids, which follow those so far.
            keys: of the new ones.
            frequencies: uint32, of all entries, old and new.
        """
        first_id = len(self)
        folded = self._folded.extended([key.folded for key in keys], first_id)
        stems = self._stems.extended([key.stem for key in keys], first_id)
        sounds = self._sounds.extended([key.sound for key in keys], first_id)
        stem_table = KeyTable(stems.arrays, "stems")
        new_stems = [stem_table.number(key.stem.encode()) or 0 for key in keys]
        names = list(dict.fromkeys([*self._all_languages, *(language for language, _ in entries)]))
        number_of = {name: number for number, name in enumerate(names)}
        encoded = [token.encode() for _, token in entries]
        token_end = int(self._token_ends[-1]) if first_id else 0
        new_folded = [key.decode() for key in folded.new_keys]
        return {
            "frequencies": frequencies,
            "languages": np.frombuffer("\n".join(names).encode(), np.uint8),
            "language_of": np.append(
                self._language_of, np.array([number_of[language] for language, _ in entries], np.uint16)
            ),
            "tokens": np.append(self._token_bytes, np.frombuffer(b"".join(encoded), np.uint8)),
            "token_ends": np.append(
                self._token_ends, (np.cumsum([len(token) for token in encoded]) + token_end).astype(np.uint32)
            ),
            **folded.arrays,
            **stems.arrays,
            **sounds.arrays,
            "stem_of": np.append(stems.renumbered(self._stem_of), new_stems).astype(np.uint32),
            "signatures": folded.inserted(self._signatures, [signature(key) for key in new_folded]),
            "lengths": folded.inserted(self._lengths, [min(len(key), MAX_LENGTH) for key in new_folded]),
        }

    def _token(self, number: int) -> str:
        start = self._end_view[number - 1] if number else 0
        return str(self._token_view[start : self._end_view[number]], "utf-8")

    def _most_frequent(self, ids: TermIds, limit: int) -> TermIds:
        if len(ids) > limit:
            ids = ids[np.lexsort((ids, -self.frequencies[ids].astype(np.int64)))[:limit]]
        return np.sort(ids)


def _like(
    folded: str, max_edits: int, numbers: NDArray[np.intp], table: KeyTable, frequencies: Frequencies
) -> tuple[TermIds, NDArray[np.int16]]:
    """Return the entries whose folded token, of those with these numbers, is so many edits away at most; how many."""
    distances = edit_distances(folded, table.texts(numbers.tolist()), max_edits)
    numbers, distances = numbers[distances <= max_edits], distances[distances <= max_edits]
    ids = table.ids_of(numbers)
    edits = np.repeat(distances, table.counts_of(numbers))
    used = frequencies[ids] > 0
    return ids[used], edits[used]


def _used(ids: TermIds, frequencies: Frequencies) -> TermIds:
    return ids[frequencies[ids] > 0]


def entry_keys(entries: Iterable[Entry]) -> list[EntryKeys]:
    """Work out what entries are found by: the slow part of making a lexicon, done by the processes that read words."""
    keys = []
    for language, token in entries:
        folded = analysis.fold(token)
        keys.append(EntryKeys(folded, _stem_key(language, analysis.stem(token, language)), sound_key(folded)))
    return keys


def _stem_key(language: str, stem: str) -> str:
    return f"{language}\t{stem}"
