"""JSON transcripts of every kind."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import EPISODE, make_transcript

from podindex import codec
from podindex.errors import FormatError
from podindex.formats import format_transcript, parse_transcript
from podindex.models import Segment, Transcript, Word
from podindex.timecode import MAX_MS


def _parse(document: object) -> tuple[Segment, ...]:
    return parse_transcript(json.dumps(document), "x.json").segments


def test_podcasting_2_is_written() -> None:
    transcript = make_transcript(["Hello, world.", "Bye."])
    assert json.loads(format_transcript(EPISODE, transcript, "json")) == {
        "version": "1.0.0",
        "segments": [
            {"startTime": 0.0, "endTime": 0.6, "body": "Hello, world."},
            {"startTime": 0.6, "endTime": 0.9, "body": "Bye."},
        ],
    }


def test_a_segment_a_word_becomes_sentences_with_word_times() -> None:
    segments = [
        {"speaker": "Darth Vader", "startTime": 0.5, "endTime": 0.75, "body": "I"},
        {"speaker": "Darth Vader", "startTime": 1, "endTime": 1.25, "body": "am"},
        {"speaker": "Darth Vader", "startTime": 1.5, "endTime": 2.0, "body": "here.\n"},
        {"speaker": "Darth Vader", "startTime": 2.1, "body": "Now"},
        {"speaker": "Luke", "startTime": 2.75, "endTime": 3.0, "body": "Nooooo"},
    ]
    assert _parse({"version": "1.0.0", "segments": segments}) == (
        Segment(
            500,
            2000,
            "I am here.",
            (Word("I", 500, 750, 1.0), Word("am", 1000, 1250, 1.0), Word("here.", 1500, 2000, 1.0)),
            "Darth Vader",
        ),
        Segment(2100, 2750, "Now", (Word("Now", 2100, 2750, 1.0),), "Darth Vader"),
        Segment(2750, 3000, "Nooooo", (Word("Nooooo", 2750, 3000, 1.0),), "Luke"),
    )


def test_whisper() -> None:
    words = [
        {"word": " Hello", "start": 0.0, "end": 0.4, "probability": 0.5},
        {"word": " you", "start": 0.4, "end": 0.9},
    ]
    document = {
        "text": " Hello you",
        "language": "en",
        "segments": [{"start": 0.0, "end": 0.9, "text": " Hello you", "words": words}],
    }
    assert _parse(document) == (Segment(0, 900, "Hello you", (Word("Hello", 0, 400, 0.5), Word("you", 400, 900, 1.0))),)


def test_whisperx_leaves_some_words_without_times() -> None:
    words = [
        {"word": "In", "start": 0.1, "end": 0.2, "score": 0.9},
        {"word": "1998,"},
        {"word": "I", "start": 0.8, "end": 1.2},
    ]
    document = {
        "segments": [{"start": -0.05, "end": 1.0, "text": " In 1998, I", "words": words, "speaker": "SPEAKER_00"}]
    }
    assert _parse(document) == (
        Segment(
            0,
            1000,
            "In 1998, I",
            (Word("In", 100, 200, 0.9), Word("1998,", 200, 200, 1.0), Word("I", 800, 1000, 1.0)),
            "SPEAKER_00",
        ),
    )


def test_youtubes_captions_have_durations() -> None:
    captions = [("it is", 0.2, 4.0), ("the first", 2.5, 1.5), ("of May", 20.0, 2.0)]
    document = [{"text": text, "start": start, "duration": duration} for text, start, duration in captions]
    assert _parse(document) == (
        Segment(200, 2500, "it is", None),
        Segment(2500, 4000, "the first", None),
        Segment(20_000, 22_000, "of May", None),
    )


def test_a_duration_that_says_something_else_is_done_without() -> None:
    captions = [("it is", 0.2), ("the first", 2.5)]
    document = [{"text": text, "start": start, "duration": "short"} for text, start in captions]
    assert _parse(document) == (Segment(200, 2500, "it is", None), Segment(2500, 2500, "the first", None))


@pytest.mark.parametrize("number", [0, 12])
def test_a_speaker_may_be_a_number(number: int) -> None:
    assert _parse([{"start": 0, "end": 1, "text": "I see", "speaker": number}]) == (
        Segment(0, 1000, "I see", None, f"Speaker {number}"),
    )


def test_whisper_in_transformers() -> None:
    chunks: list[dict[str, object]] = [
        {"timestamp": [0.0, 1.5], "text": " I see."},
        {"timestamp": [2, None], "text": " You see."},
    ]
    heard = (Segment(0, 1500, "I see.", None), Segment(2000, 2000, "You see.", None))
    assert _parse({"text": " I see. You see.", "chunks": chunks, "speakers": []}) == heard
    speakers = [{**chunk, "speaker": f"SPEAKER_0{number}"} for number, chunk in enumerate(chunks)]
    assert [segment.speaker for segment in _parse({"chunks": chunks, "speakers": speakers})] == [
        "SPEAKER_00",
        "SPEAKER_01",
    ]
    words = [{"timestamp": [0.0, 0.5], "text": " I"}, {"timestamp": [0.5, 1.5], "text": " see."}]
    assert _parse({"chunks": words}) == (
        Segment(0, 1500, "I see.", (Word("I", 0, 500, 1.0), Word("see.", 500, 1500, 1.0))),
    )


def test_whisper_cpp() -> None:
    document = {"transcription": [{"timestamps": {}, "offsets": {"from": 0, "to": 1500}, "text": " Hello you"}]}
    assert _parse(document) == (Segment(0, 1500, "Hello you", None),)


def test_our_own() -> None:
    transcript = make_transcript(["Hello, world.", "Bye."])
    assert parse_transcript(codec.format_transcript(transcript), "x.json").segments == transcript.segments


def test_short_cues_of_a_script_without_spaces_stay_cues() -> None:
    segments = [{"startTime": n, "endTime": n + 1, "body": "日本語です"} for n in range(3)]
    assert [segment.text for segment in _parse({"segments": segments})] == ["日本語です"] * 3


def _said(*texts: str) -> tuple[Segment, ...]:
    """Read a file with these texts, each half a second long."""
    return _parse({"segments": [{"startTime": n / 2, "endTime": n / 2 + 0.5, "body": t} for n, t in enumerate(texts)]})


def test_words_of_a_script_without_spaces_become_sentences() -> None:
    assert _said("東京", "は", "晴れ", "でした。", "大阪", "は", "雨", "。") == (
        Segment(
            0,
            2000,
            "東京は晴れでした。",
            (
                Word("東", 0, 250, 1.0),
                Word("京", 250, 500, 1.0),
                Word("は", 500, 1000, 1.0),
                Word("晴", 1000, 1250, 1.0),
                Word("れ", 1250, 1500, 1.0),
                Word("で", 1500, 1625, 1.0),
                Word("し", 1625, 1750, 1.0),
                Word("た。", 1750, 2000, 1.0),
            ),
        ),
        Segment(
            2000,
            4000,
            "大阪は雨。",
            (
                Word("大", 2000, 2250, 1.0),
                Word("阪", 2250, 2500, 1.0),
                Word("は", 2500, 3000, 1.0),
                Word("雨", 3000, 3500, 1.0),
                Word("。", 3500, 4000, 1.0),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["It", "cost", "3", ".5", "million."], ["It cost 3.5 million."]),
        (["facial", "-recognition", "for", "5", ",000", "people", "."], ["facial-recognition for 5,000 people."]),
        (["it", "'s", "what", "he", "'d", "say"], ["it's what he'd say"]),
        (["he", "said", "'so", "what'", "in", "-5", "degrees"], ["he said 'so what' in -5 degrees"]),
        (["Hello.", "-Yes?"], ["Hello.", "-Yes?"]),
        ([" It", " cost", " 3", ".", "5", " million", "."], ["It cost 3.5 million."]),
        ([" my", " fell", "ow", " Americ", "ans", "!", " So"], ["my fellow Americans!", "So"]),
        ([" She", " works", " at", " 東京", "大学", " now"], ["She works at 東京大学 now"]),
        ([" so", " they", " say", "(music)"], ["so they say (music)"]),
        (["Hello", "my", "friend", " and", "all", "of", "you"], ["Hello my friend and all of you"]),
    ],
)
def test_a_segment_a_word_or_less_becomes_what_was_said(words: list[str], texts: list[str]) -> None:
    segments = _said(*words)
    assert [segment.text for segment in segments] == texts
    times = [(word.text, word.start_ms, word.end_ms) for segment in segments for word in segment.words or ()]
    said = [(word.strip(), number * 500, number * 500 + 500) for number, word in enumerate(words)]
    assert [word for word in times if word[0].isascii()] == [word for word in said if word[0].isascii()]


def _whisper_cpp(*texts: str) -> tuple[Segment, ...]:
    items = [{"offsets": {"from": n * 1000, "to": n * 1000 + 1000}, "text": text} for n, text in enumerate(texts)]
    return _parse({"transcription": items})


def test_a_word_that_whisper_cpp_parts_is_whole() -> None:
    (segment, other) = _whisper_cpp(" It cost 3", ".5 million, my fell", "ow Americans.", " So it did.")
    assert (segment.start_ms, segment.end_ms, segment.text) == (0, 3000, "It cost 3.5 million, my fellow Americans.")
    assert segment.words
    assert [(word.text, word.start_ms) for word in segment.words if word.text in ("It", ".5", "ow")] == [
        ("It", 0),
        (".5", 1000),
        ("ow", 2000),
    ]
    assert other == Segment(3000, 4000, "So it did.", None)


@pytest.mark.parametrize(
    "texts",
    [
        [" So this is what I mean.", "And this is what you mean."],  # as WhisperX divides a segment
        [" So this is what I mean", "(upbeat music)", "- What is this?"],
        [" 今日は雨が降っています", "明日は晴れると思います"],
        ["That is what", "we have", " said", "to all", "of them", "there."],  # one space is an oversight
    ],
)
def test_segments_that_part_no_word_stay(texts: list[str]) -> None:
    assert [segment.text for segment in _whisper_cpp(*texts)] == [text.strip() for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        "{}",
        '{"segments": {}}',
        '{"segments": []}',
        '{"segments": [{"startTime": 0, "body": " "}]}',
        '{"segments": [{"body": "x"}]}',
        '{"segments": [{"startTime": "soon", "body": "x"}]}',
        '{"segments": [{"startTime": true, "body": "x"}]}',
        '{"segments": [{"startTime": 1e300, "body": "x"}]}',
        '{"segments": [{"startTime": 1e999, "body": "x"}]}',
        '{"segments": [{"startTime": 0, "body": 7}]}',
        '{"segments": [{"startTime": 0, "body": "x", "speaker": {"id": 7}}]}',
        '{"segments": [{"startTime": 0, "body": "x", "speaker": true}]}',
        '{"segments": [{"start": 0, "end": 1, "text": "x", "words": [7]}]}',
        '{"transcription": [{"text": "x"}]}',
        '{"chunks": [{"timestamp": 7, "text": "x"}]}',
        '{"chunks": [{"timestamp": [], "text": "x"}]}',
        '{"chunks": [{"timestamp": [null, 1], "text": "x"}]}',
        '{"schema": 2, "segments": []}',
        '{"schema": 1, "segments": []}',
        "[" * 100_000,
        '{"segments": [{"startTime": ' + "9" * 5000 + ', "body": "x"}]}',
    ],
)
def test_what_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_transcript(text, "x.json")
    assert caught.value.code == "bad-transcript"


@pytest.mark.parametrize("text", ["{}", '{"results": {"channels": []}}', '{"utterances": [{"text": "x"}]}'])
def test_json_of_another_kind_is_told_what_it_lacks(text: str) -> None:
    with pytest.raises(FormatError, match=r"it has no segments, as the JSON of Podcasting 2\.0 and of Whisper has"):
        parse_transcript(text, "x.json")


@pytest.mark.parametrize("time", ["soon", "1:99:00", "a" * 100_000])
def test_a_time_that_is_none_is_said_with_its_place_and_shortened(time: str) -> None:
    text = json.dumps({"segments": [{"start": 0, "text": "x"}, {"start": time, "text": "y"}]})
    with pytest.raises(FormatError, match=rf"segments\[1\]\.start: expected .*, got '{time[:7]}") as caught:
        parse_transcript(text, "x.json")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("number", [str(10**400), "-1" + "0" * 400, "1e308", "-1e308", "1e999", "-1e999", "NaN"])
@pytest.mark.parametrize(
    "text",
    [
        '{"segments": [{"start": 0, "end": %s, "text": "x"}]}',
        '{"segments": [{"start": 3000000, "duration": %s, "text": "x"}]}',
        '{"segments": [{"startTime": %s, "endTime": 1, "body": "x"}]}',
        '{"segments": [{"start": 0, "end": 1, "text": "x", "words": [{"word": "x", "start": %s, "end": 1}]}]}',
        '{"segments": [{"start": 0, "end": 1, "text": "x", "words": [{"word": "x", "start": 0, "score": %s}]}]}',
        '{"transcription": [{"offsets": {"from": 0, "to": %s}, "text": "x"}]}',
        '{"schema": %s, "segments": []}',
        '{"schema": 1, "episode_id": "a/b", "language": "en", "segments": [], "origin": {"kind": "publisher", '
        '"created": "2026-11-01T00:00:00Z", "podindex": "1", "timing": "cue", "bad_packets": %s}}',
        '{"schema": 1, "episode_id": "a/b", "language": "en", "segments": [{"start_ms": 0, "end_ms": 1, "text": "x", '
        '"speaker": null, "words": [["x", 0, 1, %s]]}], "origin": {"kind": "publisher", '
        '"created": "2026-11-01T00:00:00Z", "podindex": "1", "timing": "cue"}}',
    ],
)
def test_a_number_beyond_all_bounds_is_no_crash(text: str, number: str) -> None:
    with suppress(FormatError):  # most are refused; a score is only left out
        segments = parse_transcript(text % number, "x.json").segments
        assert segments[-1].end_ms <= MAX_MS


@pytest.mark.parametrize("text", ['{"segments": []}', "[]", '{"transcription": []}'])
def test_a_transcript_without_a_segment_says_so(text: str) -> None:
    with pytest.raises(FormatError, match="it has no text"):
        parse_transcript(text, "x.json")


_SECONDS = st.floats(-5, 100) | st.integers(-5, 100)
_WORDS = st.lists(st.fixed_dictionaries({"word": st.text(max_size=5)}, optional={"start": _SECONDS, "end": _SECONDS}))


@given(
    st.lists(
        st.fixed_dictionaries(
            {"start": _SECONDS, "text": st.text(max_size=20)},
            optional={"end": _SECONDS, "duration": _SECONDS, "words": _WORDS},
        )
    )
)
def test_times_in_any_order_are_put_right(segments: list[dict[str, object]]) -> None:
    try:
        parsed = _parse({"segments": segments})
    except FormatError:
        return
    Transcript("show/ep", "en", parsed, make_transcript([]).origin)
