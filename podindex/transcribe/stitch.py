"""From the results of chunks to the segments of an episode. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from podindex.models import ChunkResult, Segment, Word
from podindex.transcribe.quality import flag_unheard
from podindex.transcribe.speech import Stretch

# How far apart two chunks may place the middle of the same word: one hears it cut off, or late, without what comes
# before it. The longer a word, the more rarely it is said twice in so short a time.
_SAME_WORD_MS, _SAME_LETTER_MS = 150, 50


def stitch(results: Sequence[ChunkResult]) -> tuple[Segment, ...]:
    """Join the chunks' segments into one sequence, in order and disjoint.

    Where two chunks overlap, the words before one near the middle of the overlap that both heard are the first's, and
    from there on the second's: each hears its own end worst.

    Args:
        results: of all chunks of an episode, in order.
    """
    borders = [(None, None), *(_find_border(*pair) for pair in pairwise(results)), (None, None)]
    segments: list[Segment] = []
    for result, (_, start_ms), (end_ms, _) in zip(results, borders, borders[1:], strict=False):
        for segment in result.segments:
            kept = _keep_between(segment, start_ms, end_ms)
            if kept:
                segments.append(_begin_after(kept, segments[-1].end_ms if segments else 0))
    unheard = [Stretch(*stretch) for result in results for stretch in result.unheard_ms]
    return flag_unheard(segments, unheard)


def _find_border(before: ChunkResult, after: ChunkResult) -> tuple[float | None, float | None]:
    """Find the time before which the first chunk's words are kept, and from which on the second's are.

    The two place a word at slightly different times: with one time for both, a word in the middle would be there twice
    or not at all.
    """
    if not after.overlap_ms:
        return None, None
    start_ms, end_ms = after.offset_ms, after.offset_ms + after.overlap_ms
    middle_ms = (start_ms + end_ms) / 2
    first, second = (
        [word for segment in result.segments for word in segment.words or () if _reaches(word, start_ms, end_ms)]
        for result in (before, after)
    )
    both = [(_middle(a), _middle(b)) for a in first for b in second if _is_same(a, b)]
    if both:
        return min(both, key=lambda at: abs(at[0] - middle_ms) + abs(at[1] - middle_ms) + 2 * abs(at[0] - at[1]))
    if not any(_middle(word) >= middle_ms for word in second):
        middle_ms = end_ms  # what only one of them heard is better than nothing
    elif not any(_middle(word) < middle_ms for word in first):
        middle_ms = start_ms
    return middle_ms, middle_ms


def _reaches(word: Word, start_ms: int, end_ms: int) -> bool:
    return word.start_ms < end_ms and word.end_ms > start_ms


def _is_same(word: Word, other: Word) -> bool:
    plain = _plain(word.text)
    longest_ms = _SAME_WORD_MS + _SAME_LETTER_MS * len(plain)
    return plain != "" and plain == _plain(other.text) and abs(_middle(word) - _middle(other)) <= longest_ms


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _middle(word: Word) -> float:
    return (word.start_ms + word.end_ms) / 2


def _keep_between(segment: Segment, start_ms: float | None, end_ms: float | None) -> Segment | None:
    """Keep the words whose middle lies in the interval; None where no word is left."""
    words = segment.words or ()
    # Never decreasing, so that what is kept is in one piece even where words overlap.
    middles = accumulate(map(_middle, words), max)
    keep = [(start_ms is None or middle >= start_ms) and (end_ms is None or middle < end_ms) for middle in middles]
    if all(keep):
        return segment
    kept = tuple(word for word, wanted in zip(words, keep, strict=True) if wanted)
    if not kept:
        return None
    ends_ms = max(word.end_ms for word in kept)
    return replace(
        segment, start_ms=kept[0].start_ms, end_ms=ends_ms, words=kept, text=_cut_text(segment.text, words, keep)
    )


def _cut_text(text: str, words: Sequence[Word], keep: Sequence[bool]) -> str:
    """Cut the text from the first kept word to the last, spaced as it was."""
    position, begin, end = 0, None, 0
    for word, wanted in zip(words, keep, strict=True):
        found = text.find(word.text, position)
        position = found + len(word.text)
        if wanted:
            begin = found if begin is None else begin
            end = position
    return text[begin:end]


def _begin_after(segment: Segment, earliest_ms: int) -> Segment:
    """Move whatever of the segment lies before `earliest_ms` there."""
    if segment.start_ms >= earliest_ms:
        return segment
    words = tuple(
        word._replace(start_ms=max(word.start_ms, earliest_ms), end_ms=max(word.end_ms, earliest_ms))
        for word in segment.words or ()
    )
    return replace(segment, start_ms=earliest_ms, end_ms=max(segment.end_ms, earliest_ms), words=words)
