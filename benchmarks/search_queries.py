"""Queries of every kind, drawn from what is said in a library, always the same for the same library. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

_PLAIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Query:
    """One question, in three languages."""

    kind: str
    text: str
    """As podindex takes it."""
    fts5: str | None
    """As MATCH takes it; None where FTS5 has no such thing."""
    tantivy: tuple[str, ...] | None
    """What kind of query, and its parts."""
    show: str | None = None
    """Only there."""
    offset: int = 0
    collapsed: bool = False
    """One hit an episode."""


class Speech:
    """What is said, as rows of plain lower-case words, one a passage."""

    def __init__(self, passages: list[str], seed: int) -> None:
        self._random = Random(seed)
        self._rows = [row for passage in passages if len(row := passage.lower().split()) > 20]
        counts = Counter(word for row in self._rows for word in row if _PLAIN.fullmatch(word))
        ranked = [word for word, _ in counts.most_common()]
        self._counts = counts
        self._very_common = ranked[:30]
        self._common = [word for word in ranked[30:1500] if len(word) > 2]
        self._rare = [word for word in ranked[1500:] if 3 <= counts[word] <= 100 and len(word) > 3]

    def very_common(self) -> str:
        """Return one of the 30 most frequent words."""
        return self._random.choice(self._very_common)

    def common(self) -> str:
        """Return one of the 1,500 most frequent words but the first 30."""
        return self._random.choice(self._common)

    def rare(self) -> str:
        """Return a word that is said 3 to 100 times."""
        return self._random.choice(self._rare)

    def row(self, length: int) -> list[str]:
        """Return words that are said in a row somewhere."""
        while True:
            row = self._random.choice(self._rows)
            start = self._random.randrange(len(row) - length)
            words = row[start : start + length]
            if all(_PLAIN.fullmatch(word) for word in words):
                return words

    def row_of(self, length: int, *, common: bool) -> list[str]:
        """Return words that are said in a row, all among the 300 most frequent, or none among the 200."""
        frequent = set(self._very_common) | set(self._common[:270])
        while True:
            words = self.row(length)
            if common == all(word in frequent for word in words) and (common or not frequent.intersection(words)):
                return words

    def near(self, count: int) -> list[str]:
        """Return words that are said in one passage, as somebody who remembers it would type them."""
        while True:
            row = self._random.choice(self._rows)
            words = [word for word in self._random.sample(row, count) if _PLAIN.fullmatch(word) and len(word) > 2]
            if len(set(words)) == count:
                return words

    def misspelled(self) -> str:
        """Return a word with two letters swapped or one missing."""
        while True:
            word = self._random.choice((self.common, self.rare))()
            if len(word) > 5:
                place = self._random.randrange(1, len(word) - 2)
                swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
                return self._random.choice([swapped, word[:place] + word[place + 1 :]])

    def prefix(self) -> str:
        """Return the beginning of a word."""
        word = self._random.choice((self.common, self.rare))()
        return word[: self._random.randint(2, 5)]

    def number(self, first: int, last: int) -> int:
        """Return any of these numbers."""
        return self._random.randint(first, last)


def _word(kind: str, word: str) -> Query:
    return Query(kind, word, f'"{word}"', ("query", word))


def _all(kind: str, words: list[str]) -> Query:
    fts5 = " AND ".join(f'"{word}"' for word in words)
    return Query(kind, " ".join(words), fts5, ("query", " ".join(f"+{word}" for word in words)))


def _phrase(kind: str, words: list[str], slop: int = 0) -> Query:
    joined = " ".join(words)
    if not slop:
        return Query(kind, f'"{joined}"', f'"{joined}"', ("query", f'"{joined}"'))
    near = " ".join(f'"{word}"' for word in words)
    return Query(kind, f'"{joined}"~{slop}', f"NEAR({near}, {slop})", ("query", f'"{joined}"~{slop}'))


def _skipping(words: list[str]) -> list[str]:
    """Leave inner words out, so that the rest needs room."""
    return words if len(words) < 3 else [words[0], *words[2:]]


def _or(speech: Speech) -> Query:
    words = [speech.common() for _ in range(speech.number(1, 3))] + [speech.rare()]
    joined = " OR ".join(f'"{word}"' for word in words)
    return Query("OR", " OR ".join(words), joined, ("query", " ".join(words)))


def _prefix(speech: Speech) -> Query:
    start = speech.prefix()
    return Query("prefix", f"{start}*", f"{start}*", ("prefix", start))


def _fuzzy(speech: Speech) -> Query:
    word, edits = speech.misspelled(), speech.number(1, 2)
    return Query("fuzzy", f"{word}~{edits}", None, ("fuzzy", word, str(edits)))


KINDS: dict[str, Callable[[Speech], Query]] = {
    "rare word": lambda speech: _word("rare word", speech.rare()),
    "common word": lambda speech: _word("common word", speech.common()),
    "very common word": lambda speech: _word("very common word", speech.very_common()),
    "AND of 2": lambda speech: _all("AND of 2", speech.near(2)),
    "AND of 3": lambda speech: _all("AND of 3", speech.near(3)),
    "AND of 4 or 5": lambda speech: _all("AND of 4 or 5", speech.near(speech.number(4, 5))),
    "AND as typed": lambda speech: _all("AND as typed", list(dict.fromkeys(speech.row(speech.number(3, 6))))),
    "OR": _or,
    "phrase of rare words": lambda s: _phrase("phrase of rare words", s.row_of(s.number(2, 3), common=False)),
    "phrase of common words": lambda s: _phrase("phrase of common words", s.row_of(s.number(2, 4), common=True)),
    "long phrase": lambda speech: _phrase("long phrase", speech.row(speech.number(6, 12))),
    "slop": lambda s: _phrase("slop", _skipping(s.row(s.number(2, 4))), s.number(1, 8)),
    "prefix": _prefix,
    "fuzzy": _fuzzy,
    "deep page": lambda speech: replace(_word("deep page", speech.common()), offset=speech.number(100, 1000)),
    "collapsed": lambda speech: replace(_word("collapsed", speech.common()), collapsed=True),
}
"""How to make a query of each kind; `filtered` needs to know the shows."""


def make_queries(speech: Speech, shows: list[str], count: int) -> Iterator[Query]:
    """Yield so many queries of every kind."""
    for make in KINDS.values():
        for _ in range(count):
            yield make(speech)
    for number in range(count):
        show = shows[number % len(shows)]
        word = speech.common()
        yield Query("filtered", f'{word} show:"{show}"', f'"{word}"', ("query", word), show=show)


OPERATORS: tuple[Callable[[Speech], str], ...] = (
    lambda s: f"{s.common()} NOT {s.common()}",
    lambda s: f'({s.common()} OR {s.rare()}) {s.common()} -"{" ".join(s.row(2))}"',
    lambda s: f'"{" ".join(s.row(3))}" OR "{" ".join(s.row(2))}"~{s.number(1, 5)}',
    lambda s: f'{s.common()} "{" ".join(s.row(2))}"',
    lambda s: f"{s.misspelled()}~ {s.common()}",
    lambda s: f"{s.prefix()}* {s.common()}",
    lambda s: f"{s.number(1, 99)} {s.common()}",
    lambda s: f"{s.number(1990, 2026)}",
    lambda s: f"{s.common()}-{s.common()}",
    lambda s: f"{s.common()} lang:es",
    lambda s: f"{s.common()} date:{s.number(2012, 2025)} after:{s.number(1, 30)}:00",
    lambda s: f"{s.common()} title:{s.common()}",
    lambda s: f"{s.common()} speaker:{s.common()} before:20:00",
)
"""What has no counterpart elsewhere; for comparing with brute force."""
