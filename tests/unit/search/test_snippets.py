"""The text around a hit is what was said there, and the marks stand on what matched."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import ORIGIN, make_segment

from podindex.models import Episode, Segment, Transcript, Word
from podindex.search.index.collect import RAW_NAME, SegmentBuilder
from podindex.search.index.segment import STREAM_NAME
from podindex.search.index.segment import Segment as IndexSegment
from podindex.search.index.wordstream import finish_raw
from podindex.search.snippets import Marks, build_snippet

WORD_MS = 300
# Two episodes; the first one has three passages of a minute. No word is said twice in an episode.
LENGTHS = (450, 60)


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexSegment]:
    builder = SegmentBuilder()
    for number, length in enumerate(LENGTHS):
        segments: list[Segment] = []
        for first in range(0, length, 10):
            text = " ".join(f"“e{number}w{word}”," for word in range(first, first + 10))
            segments.append(make_segment(text, segments[-1].end_ms if segments else 0, word_ms=WORD_MS))
        episode_id = f"show/ep-{number}"
        builder.add(Episode(episode_id, "Show", "Title"), Transcript(episode_id, "en", tuple(segments), ORIGIN))
    opened = write_segment(builder, tmp_path_factory.mktemp("segment"))
    yield opened
    opened.close()


def write_segment(builder: SegmentBuilder, folder: Path) -> IndexSegment:
    builder.write(folder / "segment")
    raw, stream = folder / "segment" / RAW_NAME, folder / "segment" / STREAM_NAME
    finish_raw(raw, stream, np.arange(len(builder.vocabulary()), dtype=np.uint32))
    return IndexSegment(folder / "segment")


def said(first: int, end: int) -> list[str]:
    """Return what is said from one token to another."""
    names = [f"e{number}w{word}" for number, length in enumerate(LENGTHS) for word in range(length)]
    return names[first:end]


@st.composite
def hits(draw: st.DrawFn) -> tuple[int, int]:
    """Draw a hit inside one episode."""
    first_token, length = draw(st.sampled_from([(0, LENGTHS[0]), (LENGTHS[0], LENGTHS[1])]))
    start = draw(st.integers(0, length - 1))
    end = draw(st.integers(start + 1, min(length, start + 160)))
    return first_token + start, first_token + end


NO_MARKS = Marks(frozenset())


@given(hits(), st.none() | st.integers(0, 200_000), st.data())
def test_marks_are_the_words_that_matched(
    segment: IndexSegment, hit: tuple[int, int], context_ms: int | None, data: st.DataObject
) -> None:
    ends = {hit[0], hit[1] - 1}
    matched = ends | set(data.draw(st.lists(st.integers(hit[0], hit[1] - 1), max_size=5)))
    ids = segment.stream.tokens[sorted(matched)]
    text, spans = build_snippet(segment.stream, segment.documents, hit, Marks(set(ids.tolist())), context_ms)
    assert all(0 <= a < b < c for (a, b), (c, _) in pairwise(spans))
    marked = [text[start:end] for start, end in spans]
    expected = [word for token in sorted(matched) for word in said(token, token + 1)]
    # Of a hit that is longer than what is shown, the beginning.
    assert marked
    assert marked == expected[: len(marked)]
    assert marked == expected or text.endswith(" …")


@given(hits(), st.integers(1, 3), st.data())
def test_words_that_match_only_in_a_row_are_marked_where_the_whole_row_is(
    segment: IndexSegment, hit: tuple[int, int], length: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(max(0, hit[0] - length), hit[1] - 1))
    row = tuple(frozenset([token]) for token in segment.stream.tokens[first : first + length].tolist())
    text, spans = build_snippet(segment.stream, segment.documents, hit, Marks(frozenset(), (row,)), None)
    is_inside = hit[0] <= first and first + len(row) <= hit[1]
    marked = [text[start:end] for start, end in spans]
    assert marked == (said(first, first + len(row))[: len(marked)] if is_inside else [])
    assert bool(marked) == is_inside or text.endswith(" …")


def test_a_part_of_a_row_is_not_marked(segment: IndexSegment) -> None:
    bit, _, coin = (frozenset([token]) for token in segment.stream.tokens[100:103].tolist())
    for row in ((bit, coin), (coin, bit)):
        _, spans = build_snippet(segment.stream, segment.documents, (99, 104), Marks(frozenset(), (row,)), None)
        assert spans == ()


@given(hits(), st.integers(0, 100_000))
def test_context_is_what_is_said_so_long_before_and_behind(
    segment: IndexSegment, hit: tuple[int, int], context_ms: int
) -> None:
    text, _ = build_snippet(segment.stream, segment.documents, hit, NO_MARKS, context_ms)
    first, end = (0, LENGTHS[0]) if hit[0] < LENGTHS[0] else (LENGTHS[0], sum(LENGTHS))
    shown = [word.strip("“”,") for word in text.split() if word != "…"]
    before, behind = context_ms // WORD_MS, -(-context_ms // WORD_MS)  # words that begin in that time
    assert shown == said(max(first, hit[0] - before), min(end, hit[1] + behind))


def test_text_is_cut_between_words_and_says_so(segment: IndexSegment) -> None:
    marks = Marks({int(segment.stream.tokens[100])})
    text, spans = build_snippet(segment.stream, segment.documents, (100, 101), marks, None)
    assert text.startswith("… “e0w")
    assert text.endswith("”, …")
    assert [text[start:end] for start, end in spans] == ["e0w100"]
    assert 100 < len(text) < 170
    text, _ = build_snippet(segment.stream, segment.documents, (0, 1), NO_MARKS, None)
    assert text.startswith("“e0w0”, “e0w1”")


@pytest.mark.parametrize(
    ("parts", "matched", "marked"),
    [
        (["see", " datadog", ".com", " now"], {"datadog", "com"}, ["datadog.com"]),
        (["see", " https", "://www", ".example", ".com/", "a_b"], {"example", "com"}, ["example.com"]),
        (["see", " datadog", ".com/docs", ".com"], {"datadog", "docs"}, ["datadog.com/docs"]),
        (["by", " me", "@example", ".com"], {"me", "at", "example", "com"}, ["me@example.com"]),
        (["à", " l", "’école", " ou"], {"l", "école"}, ["l’école"]),
        (["a", " face", "-recognition", " firm"], {"face", "recognition"}, ["face-recognition"]),
        (["a", " report.", " Police", " come"], {"report", "police"}, ["report", "Police"]),
        (["and", " one", ".two", ".three"], {"one", "three"}, ["one", "three"]),
    ],
)
def test_what_stands_between_the_parts_of_a_word_is_marked_with_them(
    tmp_path: Path, parts: list[str], matched: set[str], marked: list[str]
) -> None:
    words = tuple(Word(part.strip(), number, number + 1, 0.9) for number, part in enumerate(parts))
    builder = SegmentBuilder()
    said_so = (Segment(0, len(words), "".join(parts), words),)
    builder.add(Episode("show/ep", "Show", "Title"), Transcript("show/ep", "fr", said_so, ORIGIN))
    segment = write_segment(builder, tmp_path)
    ids = {number for number, (_, token) in enumerate(builder.vocabulary()) if token in matched}
    whole = (0, len(segment.stream.tokens))
    text, spans = build_snippet(segment.stream, segment.documents, whole, Marks(ids), None)
    segment.close()
    assert [text[start:end] for start, end in spans] == marked


def test_a_snippet_does_not_begin_or_end_inside_a_letter(tmp_path: Path) -> None:
    builder = SegmentBuilder()
    said_so = (Segment(0, 60_000, "ที่" * 100, None),)
    builder.add(Episode("show/ep", "Show", "Title"), Transcript("show/ep", "th", said_so, ORIGIN))
    segment = write_segment(builder, tmp_path)
    text, _ = build_snippet(segment.stream, segment.documents, (50, 51), NO_MARKS, None)
    segment.close()
    assert set(text.removeprefix("… ").removesuffix(" …").split("ที่")) == {""}
