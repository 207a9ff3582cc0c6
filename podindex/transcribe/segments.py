"""From timed words to segments, as they would stand on a line. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from podindex.models import Segment, Word

Tokens = tuple[int, ...]
"""Text as the model writes it."""


class HeardWord(NamedTuple):
    """A word as the model wrote it: `text` keeps the space before it, which some languages do without."""

    text: str
    start_ms: int
    end_ms: int
    probability: float
    tokens: Tokens = ()
    """What the model wrote it with; tokenized again, the text may have tokens that the model would not write."""

    def is_same_as(self, other: "HeardWord") -> bool:
        """Tell whether both are the same word, whatever sentence they stand in."""
        mine, others = (word.text.strip().strip(_AROUND_WORDS).casefold() for word in (self, other))
        return bool(mine) and mine == others

    def count_letters(self) -> int:
        """Count the letters as the word is said: a digit or a sign ("1462", "$5", "50%") stands for a word.

        A digit of a year, a price or a number with zeros at its end comes to four to five letters.
        """
        text = self.text.strip()
        return len(text) + (_DIGIT_LETTERS - 1) * sum(sign.isdigit() or sign in _SPOKEN_SIGNS for sign in text)


_DIGIT_LETTERS = 5
_SPOKEN_SIGNS = "$€£¥%&+@#°"
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "।", "؟")
CLAUSE_ENDS = (",", ";", ":", "،", "、", "，", "—", "–")
# A number or an abbreviation goes on behind a point; in scripts without spaces their own marks end a sentence anywhere.
_UNSPACED_ENDS = ("。", "？", "！")
_CLOSING_CATEGORIES = ("Pe", "Pf", "Po")  # of Unicode: brackets, quotation marks, other punctuation
_CLOSING = "\"'“”‘’)]«»」』）"
_AROUND_WORDS = "\"'“”‘’«»()[]" + "".join((*SENTENCE_ENDS, *CLAUSE_ENDS))
_PAUSE_MS = 1_000  # a pause that ends a line even inside a sentence
_LONG_MS = 10_000  # from here on a line ends at the next clause …
_LONGEST_MS = 20_000  # … and here it ends anywhere


def build_segments(words: Iterable[HeardWord]) -> tuple[Segment, ...]:
    """Group words into segments at sentence ends and pauses.

    Args:
        words: in order, each starting no earlier than the one before it.

    Returns:
        Segments in order, disjoint; a word that reaches into the next segment is shortened.
    """
    groups = list(_iter_groups(list(words)))
    segments = []
    for number, group in enumerate(groups):
        limit_ms = groups[number + 1][0].start_ms if number + 1 < len(groups) else None
        segments.append(_build_segment(group, limit_ms))
    return tuple(segments)


def _iter_groups(words: Sequence[HeardWord]) -> Iterator[list[HeardWord]]:
    group: list[HeardWord] = []
    for word in words:
        if not word.text.strip():
            continue
        if group and _ends_line(group, word):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _ends_line(group: Sequence[HeardWord], following: HeardWord) -> bool:
    last = group[-1]
    text = last.text.rstrip(_CLOSING)
    length_ms = last.end_ms - group[0].start_ms
    if following.start_ms - last.end_ms >= _PAUSE_MS or following.end_ms - group[0].start_ms > _LONGEST_MS:
        return True
    if text.endswith(SENTENCE_ENDS):
        if text.endswith(_UNSPACED_ENDS):
            return unicodedata.category(following.text.lstrip()[0]) not in _CLOSING_CATEGORIES
        # "3" + ".5" and "e.g." + "this" are no sentence ends.
        return following.text != following.text.lstrip() and not following.text.lstrip()[:1].islower()
    return length_ms >= _LONG_MS and text.endswith(CLAUSE_ENDS)


def _build_segment(group: Sequence[HeardWord], limit_ms: int | None) -> Segment:
    words = []
    for word in group:
        end_ms = word.end_ms if limit_ms is None else min(word.end_ms, limit_ms)
        words.append(Word(word.text.strip(), min(word.start_ms, end_ms), end_ms, round(word.probability, 3)))
    text = "".join(word.text for word in group).strip()
    return Segment(words[0].start_ms, max(word.end_ms for word in words), text, tuple(words))
