"""Chunks become one transcript: what two of them heard is there once."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from podindex.models import ChunkResult, Origin, Segment, Transcript, Word
from podindex.transcribe.segments import HeardWord, build_segments
from podindex.transcribe.stitch import stitch

ORIGIN = Origin(kind="whisper", created=datetime(2026, 1, 1, tzinfo=UTC), podindex="0")


def result(index: int, offset_ms: int, duration_ms: int, overlap_ms: int, *words: tuple[str, int, int]) -> ChunkResult:
    segments = build_segments([HeardWord(f" {text}", start, end, 0.9) for text, start, end in words])
    return ChunkResult(index, offset_ms, duration_ms, overlap_ms, segments)


def texts(segments: tuple[Segment, ...]) -> str:
    return " ".join(segment.text for segment in segments)


def test_without_overlap_everything_stays() -> None:
    first = result(0, 0, 5000, 0, ("one", 0, 500), ("two", 4500, 5000))
    second = result(1, 5000, 5000, 0, ("three", 5000, 5400))
    assert texts(stitch([first, second])) == "one two three"


def test_a_word_that_both_heard_is_there_once() -> None:
    first = result(0, 0, 10_000, 0, ("one", 7000, 7400), ("two", 8100, 8500), ("three", 9200, 9600))
    second = result(1, 8000, 10_000, 2000, ("two", 8120, 8480), ("three", 9250, 9650), ("four", 10_500, 11_000))
    assert texts(stitch([first, second])) == "one two three four"


def test_each_chunk_is_believed_up_to_the_word_nearest_to_the_middle_that_both_heard() -> None:
    first = result(
        0, 0, 10_000, 0, ("so", 8100, 8200), ("they", 8400, 8600), ("said", 8900, 9100), ("naught", 9300, 9500),
        ("more", 9700, 9900),
    )  # fmt: skip
    second = result(
        1, 8000, 10_000, 2000, ("so", 8100, 8200), ("day", 8400, 8600), ("said", 8900, 9100), ("nothing", 9300, 9500),
        ("more", 9700, 9900),
    )  # fmt: skip
    assert texts(stitch([first, second])) == "so they said nothing more"


def test_a_word_that_reaches_into_the_next_chunk_moves_only_what_began_before_its_end() -> None:
    first = result(0, 0, 5000, 0, ("one", 4500, 5200))
    second = result(1, 5000, 5000, 0, ("two", 5000, 5400), ("three", 5400, 5800))
    words = [word for segment in stitch([first, second]) for word in segment.words or ()]
    assert [word.start_ms for word in words] == [4500, 5200, 5400]


def test_the_half_word_at_the_end_of_a_chunk_gives_way_to_the_whole_one() -> None:
    first = result(0, 0, 10_000, 0, ("recog", 9700, 10_000))
    second = result(1, 8000, 10_000, 2000, ("recognition", 9700, 10_300))
    assert texts(stitch([first, second])) == "recognition"


def test_a_word_in_the_middle_of_the_overlap_is_there_once_wherever_each_places_it() -> None:
    first = result(0, 0, 10_000, 0, ("books,", 8470, 8750), ("which", 8750, 9130), ("were", 9130, 9350))
    second = result(1, 8000, 10_000, 2000, ("books,", 8500, 8880), ("which", 8940, 9120), ("were", 9120, 9420))
    assert texts(stitch([first, second])) == "books, which were"
    first = result(0, 0, 10_000, 0, ("and", 8500, 8800), ("Which?", 8940, 9120), ("were", 9120, 9350))
    second = result(1, 8000, 10_000, 2000, ("and", 8500, 8700), ("which", 8750, 9130), ("were", 9130, 9420))
    assert texts(stitch([first, second])) == "and which were"


def test_what_the_second_chunk_hears_late_is_there_once() -> None:
    first = result(0, 0, 10_000, 0, ("across", 7950, 8260), ("logs,", 8260, 8660), ("metrics.", 8980, 9490))
    second = result(1, 8000, 10_000, 2000, ("Logs,", 8970, 9140), ("metrics,", 9350, 9740), ("and", 10_060, 10_480))
    assert texts(stitch([first, second])) == "across logs, metrics, and"


def test_of_the_same_word_said_twice_each_is_there_once() -> None:
    words = ("no", 8500, 8700), ("no", 8880, 9080), ("no", 9110, 9310)
    assert texts(stitch([result(0, 0, 10_000, 0, *words), result(1, 8000, 9000, 2000, *words)])) == "no no no"


def test_what_only_one_of_two_chunks_heard_stays() -> None:
    some, rest = result(0, 0, 10_000, 0, ("you", 9000, 9300), ("think", 9300, 9400)), ("so", 10_100, 10_300)
    assert texts(stitch([some, result(1, 8000, 9000, 2000, rest)])) == "you think so"
    assert texts(stitch([some, result(1, 8000, 9000, 2000)])) == "you think"
    heard = result(1, 8000, 9000, 2000, ("you", 8200, 8300), ("think", 9300, 9400), rest)
    assert texts(stitch([result(0, 0, 10_000, 0), heard])) == "you think so"


def test_speech_of_a_chunk_without_any_words_is_held_against_the_one_before() -> None:
    said = result(0, 0, 5000, 0, ("one", 0, 500)), result(2, 90_000, 5000, 0, ("two", 90_000, 90_400))
    nothing = ChunkResult(1, 5000, 85_000, 0, (), (), ((7000, 37_000),))
    assert [segment.quality for segment in stitch([said[0], nothing, said[1]])] == [("unheard-speech",), ()]
    assert [segment.quality for segment in stitch([nothing, said[1]])] == [("unheard-speech",)]
    assert stitch([nothing]) == ()


def test_cut_text_keeps_its_spacing() -> None:
    words = (Word("a", 0, 100, 0.9), Word("b", 100, 200, 0.9), Word("c", 9000, 9900, 0.9))
    first = ChunkResult(0, 0, 10_000, 0, (Segment(0, 9900, "ab c", words),))
    second = result(1, 8000, 10_000, 2000, ("see", 9100, 9900))
    assert texts(stitch([first, second])) == "ab see"


@st.composite
def overlapping_results(draw: st.DrawFn) -> list[ChunkResult]:
    results, offset_ms = [], 0
    for index in range(draw(st.integers(1, 5))):
        overlap_ms = draw(st.sampled_from([0, 2000])) if index else 0
        duration_ms = draw(st.integers(4000, 20_000))
        start_ms = offset_ms - overlap_ms
        starts = sorted(draw(st.lists(st.integers(start_ms, start_ms + duration_ms - 1), max_size=8)))
        words = [
            (
                draw(st.sampled_from(["so", "so.", "no"])),
                start,
                min(start + draw(st.integers(0, 900)), start_ms + duration_ms),
            )
            for start in starts
        ]
        results.append(result(index, start_ms, duration_ms, overlap_ms, *words))
        offset_ms = start_ms + duration_ms
    return results


@given(overlapping_results())
def test_whatever_chunks_say_makes_a_valid_transcript(results: list[ChunkResult]) -> None:
    segments = stitch(results)
    Transcript("a/b", "en", segments, ORIGIN)
    for segment in segments:
        assert segment.text.split() == [word.text for word in segment.words or ()]
