"""Words become lines at sentence ends and pauses; no word is lost and lines do not overlap."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from podindex.transcribe.segments import HeardWord, build_segments


def words_of(*texts: str, each_ms: int = 300) -> list[HeardWord]:
    return [HeardWord(text, place * each_ms, (place + 1) * each_ms, 0.9) for place, text in enumerate(texts)]


def test_a_sentence_end_ends_a_line() -> None:
    segments = build_segments(words_of(" Welcome", " back.", " Thanks,", " Maya."))
    assert [segment.text for segment in segments] == ["Welcome back.", "Thanks, Maya."]


def test_a_point_inside_a_number_or_an_abbreviation_ends_none() -> None:
    assert len(build_segments(words_of(" About", " 3.", "5", " percent,", " e.g.", " this"))) == 1


def test_a_quotation_mark_after_the_full_stop_belongs_to_the_sentence() -> None:
    assert [s.text for s in build_segments(words_of(' "Yes."', " Then"))] == ['"Yes."', "Then"]


def test_a_pause_ends_a_line() -> None:
    words = [HeardWord(" one", 0, 300, 0.9), HeardWord(" two", 1500, 1800, 0.9)]
    assert len(build_segments(words)) == 2


def test_text_without_spaces_stays_without() -> None:
    assert build_segments(words_of("今日", "は", "。"))[0].text == "今日は。"


def test_a_sentence_ends_without_a_space_behind_it_where_none_are_written() -> None:
    segments = build_segments(words_of("今日", "は", "。", "「", "そう", "。", "」", "晴れ", "？", "！", "はい。"))
    assert [segment.text for segment in segments] == ["今日は。", "「そう。」晴れ？！", "はい。"]


def test_german_and_french_quotation_marks_close_a_sentence_too() -> None:
    segments = build_segments(words_of(" „Ja.“", " Dann", " »Nein!«", " Et", " «Oui.»", " Puis"))
    assert [segment.text for segment in segments] == ["„Ja.“", "Dann »Nein!«", "Et «Oui.»", "Puis"]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    texts = [" word"] * 40
    texts[35] = " word,"
    segments = build_segments(words_of(*texts))
    assert segments[0].text.endswith("word,")


@st.composite
def heard(draw: st.DrawFn) -> list[HeardWord]:
    starts = sorted(draw(st.lists(st.integers(0, 60_000), max_size=40)))
    texts = st.sampled_from([" so", " Yes.", "a", " 3.", " and,", "…", " ", "。"])
    return [HeardWord(draw(texts), start, start + draw(st.integers(0, 3_000)), 0.5) for start in starts]


@given(heard())
def test_no_word_is_lost_and_lines_are_in_order_and_disjoint(words: list[HeardWord]) -> None:
    segments = build_segments(words)
    spoken = [word.text.strip() for word in words if word.text.strip()]
    assert [word.text for segment in segments for word in segment.words or ()] == spoken
    for first, second in pairwise(segments):
        assert first.end_ms <= second.start_ms
