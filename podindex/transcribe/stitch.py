"""From the results of chunks to the segments of an episode. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from podindex.models import ChunkResult, Segment, Word


def stitch(results: Sequence[ChunkResult]) -> tuple[Segment, ...]:
    """Join the chunks' segments into one sequence, in order and disjoint.

    Where two chunks overlap, a word belongs to the first if its middle lies before the middle of the overlap, else to
    the second: both heard it, and each hears its own end worst.

    Args:
        results: of all chunks of an episode, in order.
    """
    segments: list[Segment] = []
    for number, result in enumerate(results):
        start_ms = result.offset_ms + result.overlap_ms // 2 if result.overlap_ms else None
        end_ms = None
        if number + 1 < len(results) and results[number + 1].overlap_ms:
            end_ms = results[number + 1].offset_ms + results[number + 1].overlap_ms // 2
        for segment in result.segments:
            kept = _keep_between(segment, start_ms, end_ms)
            if kept:
                segments.append(_begin_after(kept, segments[-1].end_ms if segments else 0))
    return tuple(segments)


def _keep_between(segment: Segment, start_ms: int | None, end_ms: int | None) -> Segment | None:
    """Keep the words whose middle lies in the interval; None where no word is left."""
    words = segment.words or ()
    # Never decreasing, so that what is kept is in one piece even where words overlap.
    middles = accumulate(((word.start_ms + word.end_ms) / 2 for word in words), max)
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
