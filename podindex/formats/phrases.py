"""Segments of files that have one a word, put together to what people would read. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from podindex.models import Segment
from podindex.passages import segment_words
from podindex.scripts import SENTENCE_END, space_between

# Files that time every word have a segment a word, or a little more where two were not told apart; those are put
# together to phrases of at most so many segments.
_WORDS_OF_A_WORD = 1.5
_PHRASE_WORDS = 40
_PHRASE_PAUSE_MS = 1_000
# In scripts without spaces we count characters as words; about so many make a word of Thai or Japanese.
_CHARACTERS_OF_A_WORD = 2.5

# Where at least this share of segments begins with a space, one that does not goes on with the word before it: Whisper
# writes words of rare languages in many tokens. Fewer such spaces are an oversight of whoever wrote the file.
_LEADING_SPACES = 0.2
# Where none has it: closing punctuation, and what Whisper parts from a word (`.5`, `,000`, `-recognition`, `'s`).
_GOES_ON = re.compile(r"[.,:]\d|-[^\W\d_]|['’](?:s|t|d|m|re|ve|ll)\b|[.,:;!?…%)\]]+$", re.IGNORECASE)
# What begins something new without a space before it: sounds in brackets, music, a turn of talk.
_OPENS = re.compile(r"[(\[{*♪♫<>]|[-–—]\s")


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a file divides what is said into segments."""

    of_words: bool
    """It has a segment a word."""
    spaced: bool
    """Its segments begin with a space where a word begins."""


def join_words(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Put the segments of a file that has one a word together, and of other files those that part a word.

    Args:
        segments: in order. One whose text begins with a space begins with a word.

    Returns:
        Segments whose texts begin with no space; those that were put together have the times of their words.
    """
    bare = [replace(segment, text=segment.text.strip()) for segment in segments]
    if any(segment.words for segment in segments):
        return tuple(bare)
    habits = _Habits(
        of_words=sum(map(_count_words, bare)) <= len(bare) * _WORDS_OF_A_WORD,
        spaced=sum(segment.text.startswith(" ") for segment in segments) > len(segments) * _LEADING_SPACES,
    )
    phrases: list[list[Segment]] = []
    spaces: list[list[str]] = []  # what stands before each segment of a phrase
    for raw, segment in zip(segments, bare, strict=True):
        goes_on = bool(phrases) and _goes_on(phrases[-1][-1], raw.text, habits)
        if not phrases or _ends_phrase(phrases[-1], segment, goes_on=goes_on, of_words=habits.of_words):
            phrases.append([segment])
            spaces.append([""])
        else:
            spaces[-1].append("" if goes_on else space_between(phrases[-1][-1].text, segment.text))
            phrases[-1].append(segment)
    return tuple(
        _phrase(phrase, between) if habits.of_words or len(phrase) > 1 else phrase[0]
        for phrase, between in zip(phrases, spaces, strict=True)
    )


def _count_words(segment: Segment) -> float:
    return max(len(segment.text.split()), len(segment_words(segment)) / _CHARACTERS_OF_A_WORD)


def _goes_on(last: Segment, text: str, habits: _Habits) -> bool:
    """Tell whether a segment goes on with the word that the one before it ends with, by how its text begins."""
    if not space_between(last.text, text.lstrip()):
        return False
    if SENTENCE_END.search(last.text) and not (habits.of_words and habits.spaced):
        return False
    if habits.spaced:
        return not text.startswith(" ") and not _OPENS.match(text)
    return habits.of_words and _GOES_ON.match(text.lstrip()) is not None


def _ends_phrase(phrase: Sequence[Segment], following: Segment, *, goes_on: bool, of_words: bool) -> bool:
    last = phrase[-1]
    if last.speaker != following.speaker or following.start_ms - last.end_ms > _PHRASE_PAUSE_MS:
        return True
    if goes_on:
        return False
    return not of_words or SENTENCE_END.search(last.text) is not None or len(phrase) >= _PHRASE_WORDS


def _phrase(segments: Sequence[Segment], spaces: Sequence[str]) -> Segment:
    """Make one segment of several, with what stands before each."""
    words = tuple(word for segment in segments for word in segment_words(segment))
    text = "".join(space + segment.text for space, segment in zip(spaces, segments, strict=True))
    return Segment(segments[0].start_ms, segments[-1].end_ms, text, words, segments[0].speaker)
