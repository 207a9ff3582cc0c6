"""Transcript to words and passages: what the index counts, and what it ranks and shows as one document. Pure.

A word's number is its place among `timed_words`; everything that points into a transcript points with it. The text is
the truth of what was said, words tell when: where a segment has no words, or not those of its text (a person mended
the text), the segment's time is shared out over its text by characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from podindex.models import Passage, Segment, Transcript, Word
from podindex.scripts import SENTENCE_END, split_words

TARGET_WORDS = 150
"""About a minute of English speech."""
TARGET_MS = 60_000
MAX_WORDS = 250


def timed_words(segments: Iterable[Segment]) -> tuple[Word, ...]:
    """Return all words in order, each with its time.

    Words whose time is shared out have probability 1: nobody doubted them.
    """
    return tuple(word for segment in segments for word in segment_words(segment))


def segment_words(segment: Segment) -> tuple[Word, ...]:
    """Return a segment's words, sharing its time out where they are not known."""
    words = segment.words
    if words and (" ".join([word.text for word in words]) == segment.text or _stand_in(segment.text, words)):
        return words
    return _shared_out(segment)


def word_spans(text: str, words: Iterable[Word]) -> list[tuple[int, int]]:
    """Return the half-open character range of each word in a text that holds them in order.

    Args:
        text: a passage's text, or a segment's.
        words: exactly the passage's words, `timed_words(…)[first_word : last_word + 1]`.

    Raises:
        ValueError: a word does not stand in the text after the one before it.
    """
    spans = []
    position = 0
    for word in words:
        start = text.index(word.text, position)
        position = start + len(word.text)
        spans.append((start, position))
    return spans


def build_passages(transcript: Transcript) -> tuple[Passage, ...]:
    """Cut a transcript into passages of about a minute.

    A passage ends at the end of a segment and never spans two speakers, so that each can be found by speaker; a
    segment longer than `MAX_WORDS` is cut, at ends of sentences where there are some. Every word is in exactly one
    passage.
    """
    passages: list[Passage] = []
    pieces: list[_Piece] = []
    first_word = 0

    def close() -> None:
        nonlocal first_word, pieces
        if pieces:
            passages.append(_passage(transcript.episode_id, len(passages), first_word, pieces))
            first_word = passages[-1].last_word + 1
            pieces = []

    count = 0
    for piece in _iter_pieces(transcript.segments):
        if pieces and (
            piece.speaker != pieces[0].speaker
            or count + piece.count > MAX_WORDS
            or count >= TARGET_WORDS
            or pieces[-1].end_ms - pieces[0].start_ms >= TARGET_MS
        ):
            close()
            count = 0
        pieces.append(piece)
        count += piece.count
    close()
    return tuple(passages)


class _Piece:
    """A segment, or a part of a long one."""

    __slots__ = ("count", "end_ms", "speaker", "start_ms", "text")

    def __init__(self, text: str, words: Sequence[Word], speaker: str | None) -> None:
        self.text = text
        self.count = len(words)
        self.start_ms = words[0].start_ms
        self.end_ms = max(words[-1].end_ms, self.start_ms)
        self.speaker = speaker


def _passage(episode_id: str, ordinal: int, first_word: int, pieces: Sequence[_Piece]) -> Passage:
    return Passage(
        episode_id=episode_id,
        ordinal=ordinal,
        first_word=first_word,
        last_word=first_word + sum(piece.count for piece in pieces) - 1,
        start_ms=pieces[0].start_ms,
        end_ms=pieces[-1].end_ms,
        text=" ".join(piece.text for piece in pieces),
        speaker=pieces[0].speaker,
    )


def _iter_pieces(segments: Iterable[Segment]) -> Iterator[_Piece]:
    for segment in segments:
        words = segment_words(segment)
        if not words:
            continue
        if len(words) <= MAX_WORDS:
            yield _Piece(segment.text, words, segment.speaker)
            continue
        spans = word_spans(segment.text, words)
        borders = [0, *_cuts(words, spans), len(words)]
        for first, end in pairwise(borders):
            yield _Piece(segment.text[spans[first][0] : spans[end - 1][1]], words[first:end], segment.speaker)


def _cuts(words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return where to cut a long segment: word numbers that begin a part, each after a sentence if one ends near.

    Where white space stands, if there is some: what stands without it between may be one word (`3` `.5`).
    """
    parts = -(-len(words) // TARGET_WORDS)
    cuts = []
    for part in range(1, parts):
        even = len(words) * part // parts
        near = sorted(range(even - TARGET_WORDS // 4, even + TARGET_WORDS // 4), key=lambda cut: abs(cut - even))
        near = [cut for cut in near if spans[cut - 1][1] < spans[cut][0]] or near
        cuts.append(next((cut for cut in near if SENTENCE_END.search(words[cut - 1].text)), near[0]))
    return cuts


def _stand_in(text: str, words: Iterable[Word]) -> bool:
    """Tell whether a text consists of these words and nothing but white space between them."""
    position = 0
    for word in words:
        start = text.find(word.text, position)
        if start < 0 or (start > position and text[position:start].strip()):
            return False
        position = start + len(word.text)
    return not text[position:].strip()


def _shared_out(segment: Segment) -> tuple[Word, ...]:
    """Share a segment's time out over the words of its text, by characters."""
    text, start_ms = segment.text, segment.start_ms
    duration_ms, length = segment.end_ms - start_ms, len(text)
    words = []
    position = 0
    for unit in split_words(text):
        first = text.index(unit, position)
        position = first + len(unit)
        words.append(
            Word(unit, start_ms + duration_ms * first // length, start_ms + duration_ms * position // length, 1.0)
        )
    return tuple(words)
