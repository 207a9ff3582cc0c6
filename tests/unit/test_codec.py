"""JSON of episodes/ to and from our types."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import CREATED, EPISODE, ORIGIN, make_segment, make_transcript, transcripts

from podindex import codec
from podindex.jsonio import JsonObject, format_json, parse_json
from podindex.models import AudioRef, Chapter, ChunkResult, Episode, ErrorInfo, Failure, Gap, Origin, Transcript

_READERS: list[Callable[[JsonObject], object]] = [
    codec.episode_from_json,
    codec.transcript_from_json,
    codec.chunk_from_json,
    codec.failure_from_json,
]
_FULL_EPISODE = Episode(
    id="show/ep",
    show="Żółć & <Co>",
    title="日本",
    published=datetime(2026, 11, 1, 0, 0, 0, 7, tzinfo=UTC),
    language="ja",
    duration_ms=660_000,
    audio=AudioRef("caf\udce9.mp3", "ab" * 32, 5_280_000),
    description="line\nline\u2028",
    chapters=(Chapter(0, "Intro"), Chapter(5, "")),
    speakers=("Anna",),
    feed="https://example.org/feed",
    guid="1",
    real_time_factor=36.5,
)
_GAP = Gap(1, 2, "decoder-failed")
_FULL_ORIGIN = Origin(
    kind="publisher",
    created=CREATED,
    podindex="0.1.0",
    timing="cue",
    options={"file": "a.vtt", "nested": [1, None, {"x": 0.5}]},
    audio_sha256="cd" * 32,
    audio_duration_ms=10,
    decoded_duration_ms=9,
    bad_packets=3,
    missing=(_GAP,),
)
_DOCUMENTS = [
    codec.format_document(codec.episode_to_json(_FULL_EPISODE)),
    codec.format_transcript(Transcript("show/ep", None, (make_segment("Hello, world."),), _FULL_ORIGIN)),
    codec.format_chunk("fp", ChunkResult(3, 600, 300, 0, (make_segment("Hello", 600),), (Gap(900, 900, "x"),))),
    codec.format_document(codec.failure_to_json(Failure(ErrorInfo("a", "b", "c"), 2, CREATED))),
]


@pytest.mark.parametrize("episode", [EPISODE, _FULL_EPISODE], ids=["least", "full"])
def test_episodes_come_back_as_they_were(episode: Episode) -> None:
    raw = codec.format_document(codec.episode_to_json(episode))
    assert codec.episode_from_json(codec.parse_document(raw)) == episode


@given(transcripts())
def test_transcripts_come_back_as_they_were(transcript: Transcript) -> None:
    assert codec.transcript_from_json(codec.parse_document(codec.format_transcript(transcript))) == transcript


def test_origins_come_back_as_they_were() -> None:
    transcript = Transcript("show/ep", None, (), _FULL_ORIGIN)
    assert codec.transcript_from_json(codec.parse_document(codec.format_transcript(transcript))) == transcript


def test_chunks_and_failures_come_back_as_they_were() -> None:
    result = ChunkResult(3, 600, 300, 10, (make_segment("Hello", 610),), (_GAP,), ((700, 900),))
    assert codec.chunk_from_json(codec.parse_document(codec.format_chunk("fp", result))) == ("fp", result)
    failure = Failure(ErrorInfo("a", "b", "c"), 2, CREATED)
    raw = codec.format_document(codec.failure_to_json(failure))
    assert codec.failure_from_json(codec.parse_document(raw)) == failure


def test_the_contract_s_examples_are_read() -> None:
    transcript = codec.transcript_from_json(
        codec.parse_document(
            b"""{"schema": 1, "episode_id": "a/b", "language": "en",
            "origin": {"kind": "whisper", "model": "tiny.en", "model_sha256": "x", "compute_type": "int8",
            "options": {}, "audio_sha256": "y", "audio_duration_ms": 660000, "decoded_duration_ms": 660000,
            "podindex": "0.1.0", "created": "2026-11-22T21:00:00Z"},
            "segments": [{"start_ms": 0, "end_ms": 4120, "speaker": null,
            "text": "And", "words": [["And", 0, 310, 0.98]]}]}"""
        )
    )
    assert transcript.origin.created == CREATED
    assert transcript.segments[0].words == (("And", 0, 310, 0.98),)
    least = codec.episode_from_json({"schema": 1, "episode_id": "a/b", "show": "A", "title": "B"})
    assert least == Episode("a/b", "A", "B")


def test_a_segment_stands_on_one_line() -> None:
    lines = codec.format_transcript(make_transcript(["one", "two"])).decode().splitlines()
    assert [json.loads(line.rstrip(","))["text"] for line in lines if line.startswith('{"start_ms"')] == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T12:00:00", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T12:00:00+02:00", datetime(2026, 11, 1, 10, tzinfo=UTC)),
    ],
)
def test_dates_as_people_write_them(text: str, expected: datetime) -> None:
    data = codec.episode_to_json(EPISODE) | {"published": text}
    assert codec.episode_from_json(data).published == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff{}",
        b"[" * 100_000,
        b'{"schema": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"schema": NaN}',
        b'{"schema": 1e999}',
        b'{"schema": "1"}',
        b'{"schema": true}',
        b'{"schema": 0}',
        b'{"schema": ' + b"9" * 5000 + b"}",
        b"{}",
    ],
)
def test_what_is_no_document_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        codec.parse_document(raw)
    assert not isinstance(caught.value, codec.NewerSchemaError)


def test_a_newer_schema_is_told_apart() -> None:
    with pytest.raises(codec.NewerSchemaError):
        codec.parse_document(b'{"schema": 2, "whatever": [[[]]]}')


@pytest.mark.parametrize(
    "words",
    [
        '[["a", 5, 3, 1]]',
        '[["a", -1, 3, 1]]',
        '[["a", 0, 2000, 1]]',
        '[["a", 500, 600, 1], ["b", 400, 600, 1]]',
        '[["a", 0, 1, 1.5]]',
        '[["a", 0, 1, -1]]',
        '[["a", 0, 1, 1e999]]',
        '[["a", 0, 1, true]]',
        '[["a", 0, 1]]',
        '[["a", 0, 1, 1, 1]]',
        '[["a", 0.5, 1, 1]]',
        '[["a", true, 1, 1]]',
        "[[1, 0, 1, 1]]",
        '["abcd"]',
        '[{"a": 1, "b": 2, "c": 3, "d": 4}]',
        "{}",
        "7",
    ],
)
def test_impossible_words_are_refused(words: str) -> None:
    segment = f'{{"start_ms": 0, "end_ms": 1000, "text": "a", "words": {words}}}'
    with pytest.raises(ValueError, match=r"segments\[0\]|1e999 is too large"):
        codec.transcript_from_json(_transcript_json(segment))


@pytest.mark.parametrize(
    "segments",
    [
        '{"start_ms": 5, "end_ms": 4, "text": "a", "words": null}',
        '{"start_ms": -5, "end_ms": 4, "text": "a", "words": null}',
        '{"start_ms": 0, "end_ms": 99999999999999, "text": "a", "words": null}',
        '{"start_ms": 0, "end_ms": 9, "text": "a"}, {"start_ms": 8, "end_ms": 9, "text": "a"}',
        '{"start_ms": 0, "end_ms": 9, "text": null}',
        '{"end_ms": 9, "text": "a"}',
        "7",
    ],
)
def test_impossible_segments_are_refused(segments: str) -> None:
    with pytest.raises(ValueError, match=r"segment|ms"):
        codec.transcript_from_json(_transcript_json(segments))


def _transcript_json(segments: str) -> JsonObject:
    raw = codec.format_transcript(Transcript("a/b", None, (), ORIGIN))
    return codec.parse_document(raw.replace(b"[\n\n]", f"[{segments}]".encode()))


def test_half_characters_are_kept_in_paths_only() -> None:
    raw = rb'{"schema": 1, "episode_id": "a/b", "show": "\ud800", "title": "t\udce9", "audio": {"path": "\udce9.mp3"}}'
    episode = codec.episode_from_json(codec.parse_document(raw))
    assert (episode.show, episode.title) == ("\ufffd", "t\ufffd")
    assert episode.audio == AudioRef("\udce9.mp3")


@pytest.mark.parametrize("path", ["", "a\0b", "\ud800.mp3", 7, None])
def test_what_cannot_be_a_path_is_refused(path: object) -> None:
    data = codec.episode_to_json(EPISODE) | {"audio": {"path": path}}
    with pytest.raises(ValueError, match=r"audio\.path"):
        codec.episode_from_json(data)


def test_words_without_a_letter_are_dropped_and_spaces_taken_off() -> None:
    segment = '{"start_ms": 0, "end_ms": 9, "text": "a", "words": [["", 0, 1, 1], [" a\\n", 1, 2, 1], [" ", 3, 4, 0]]}'
    assert codec.transcript_from_json(_transcript_json(segment)).segments[0].words == (("a", 1, 2, 1.0),)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=9), children, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(range(len(_DOCUMENTS))), st.data())
def test_a_document_with_anything_in_it_is_read_or_refused(number: int, data: st.DataObject) -> None:
    document = parse_json(_DOCUMENTS[number])
    spot, key = data.draw(st.sampled_from([*_spots(document)]))
    spot[key] = data.draw(_JSON)
    with suppress(ValueError):
        _READERS[number](codec.parse_document(json.dumps(document).encode()))


def _spots(value: Any) -> list[tuple[Any, Any]]:  # JSON, which no type of ours describes
    """Every place of a JSON value: what holds it and its key there."""
    if not isinstance(value, dict | list):
        return []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [spot for key, inner in items for spot in [(value, key), *_spots(inner)]]


@given(_JSON)
def test_our_json_is_json(value: object) -> None:
    try:
        text = format_json(value)
    except ValueError:  # infinity
        return
    assert parse_json(text.encode()) == value
