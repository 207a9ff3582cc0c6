"""Transcript to words and passages."""

from hypothesis import given
from transcripts import ORIGIN, make_segment, make_transcript, transcripts

from podindex.models import Segment, Transcript, Word
from podindex.passages import MAX_WORDS, TARGET_MS, TARGET_WORDS, build_passages, timed_words, word_spans


@given(transcripts())
def test_every_word_is_in_exactly_one_passage(transcript: Transcript) -> None:
    words = timed_words(transcript.segments)
    passages = build_passages(transcript)
    assert [number for passage in passages for number in range(passage.first_word, passage.last_word + 1)] == list(
        range(len(words))
    )
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


@given(transcripts())
def test_a_passages_text_shows_where_each_of_its_words_stands(transcript: Transcript) -> None:
    words = timed_words(transcript.segments)
    for passage in build_passages(transcript):
        inside = words[passage.first_word : passage.last_word + 1]
        spans = word_spans(passage.text, inside)
        assert [passage.text[start:end] for start, end in spans] == [word.text for word in inside]
        position = 0
        for start, end in spans:
            assert position <= start < end
            assert not passage.text[position:start].strip()
            position = end
        assert not passage.text[position:].strip()


@given(transcripts())
def test_words_are_inside_their_passage_and_start_in_order(transcript: Transcript) -> None:
    words = timed_words(transcript.segments)
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
    for passage in build_passages(transcript):
        assert passage.start_ms == words[passage.first_word].start_ms
        assert all(word.start_ms <= passage.end_ms for word in words[passage.first_word : passage.last_word + 1])


@given(transcripts())
def test_a_passage_has_one_speaker(transcript: Transcript) -> None:
    speakers = [segment.speaker for segment in transcript.segments for _ in timed_words([segment])]
    for passage in build_passages(transcript):
        assert {*speakers[passage.first_word : passage.last_word + 1]} == {passage.speaker}


def test_passages_are_about_a_minute() -> None:
    transcript = make_transcript(["one two three four five six seven eight nine ten"] * 100)
    passages = build_passages(transcript)
    for passage in passages[:-1]:
        words = passage.last_word - passage.first_word + 1
        assert words >= TARGET_WORDS or passage.end_ms - passage.start_ms >= TARGET_MS
        assert words < TARGET_WORDS + 10


def test_slow_speech_is_cut_by_time() -> None:
    segments = tuple(make_segment("slow words", start_ms) for start_ms in range(0, 300_000, 20_000))
    passages = build_passages(Transcript("show/ep", "en", segments, ORIGIN))
    assert len(passages) == 4


def test_a_long_segment_is_cut_at_ends_of_sentences() -> None:
    sentence = "It went on and on without an end. "
    passages = build_passages(make_transcript([(sentence * 100).strip()]))
    assert len(passages) > 1
    assert all(passage.text.endswith("end.") for passage in passages)
    assert all(passage.last_word - passage.first_word < MAX_WORDS for passage in passages)


def test_a_long_segment_without_sentences_is_cut_evenly() -> None:
    passages = build_passages(make_transcript(["word " * 1000]))
    assert {passage.last_word - passage.first_word + 1 for passage in passages} <= {142, 143}


def test_cue_time_is_shared_out_by_characters() -> None:
    segment = Segment(1000, 2000, "ab  cdef gh", None)
    assert timed_words([segment]) == (
        Word("ab", 1000, 1181, 1.0),
        Word("cdef", 1363, 1727, 1.0),
        Word("gh", 1818, 2000, 1.0),
    )


def test_scripts_without_spaces_are_split_by_character_with_its_marks_and_punctuation() -> None:
    assert [word.text for word in timed_words([Segment(0, 900, "「日本語」です。OK, ほら", None)])] == [
        "「", "日", "本", "語」", "で", "す。", "OK,", "ほ", "ら",
    ]  # fmt: skip
    assert [word.text for word in timed_words([Segment(0, 900, "ที่นี่ hello", None)])] == ["ที่", "นี่", "hello"]
    assert [word.text for word in timed_words([Segment(0, 900, "ทำงาน ຄຳ", None)])] == ["ทำ", "ง", "า", "น", "ຄຳ"]
    assert [word.text for word in timed_words([Segment(0, 900, "안녕 하세요", None)])] == ["안녕", "하세요"]


def test_the_text_counts_where_a_person_mended_it() -> None:
    words = (Word("Clear", 0, 400, 0.9), Word("view", 400, 1000, 0.9))
    assert [word.text for word in timed_words([Segment(0, 1000, "Clearview AI", words)])] == ["Clearview", "AI"]
    assert timed_words([Segment(0, 1000, "Clear  view", words)]) == words
    split = (Word("a", 0, 100, 0.9), Word("Clearview", 100, 1000, 0.9))
    assert [word.text for word in timed_words([Segment(0, 1000, "a Clear view", split)])] == ["a", "Clear", "view"]
    assert [word.text for word in timed_words([Segment(0, 1000, "a Clearview.", split)])] == ["a", "Clearview."]


def test_nothing_said_makes_no_passage() -> None:
    transcript = Transcript("show/ep", "en", (Segment(0, 1000, "", None), Segment(1000, 2000, "  ", ())), ORIGIN)
    assert timed_words(transcript.segments) == ()
    assert build_passages(transcript) == ()


def test_a_long_segment_is_not_cut_inside_a_word_that_a_recogniser_parted() -> None:
    words = tuple(Word(text, 10 * n, 10 * n + 9, 0.9) for n, text in enumerate(["3", ".5"] * 300))
    text = " ".join(["3.5"] * 300)
    passages = build_passages(Transcript("show/ep", "en", (Segment(0, 6000, text, words),), ORIGIN))
    assert len(passages) > 1
    assert all(passage.text.startswith("3.5") and passage.text.endswith("3.5") for passage in passages)
