"""The JSON of episodes/ to and from our types. Pure.

Reading trusts nothing: whatever is wrong with a document raises `ValueError` that says where, and a document of a
newer schema raises `NewerSchemaError`. Field names and meanings are those of docs/formats.md.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TypeVar, cast, get_args

from podindex.models import (
    AudioRef,
    Chapter,
    ChunkResult,
    Episode,
    ErrorInfo,
    Failure,
    Gap,
    Origin,
    OriginKind,
    Segment,
    Timing,
    Transcript,
    Word,
)
from podindex.timecode import MAX_MS

SCHEMA = 1
"""Written into every document. It grows when an older podindex would misread the file."""

JsonObject = dict[str, object]
T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NewerSchemaError(ValueError):
    """The document was written by a newer podindex."""


# --- documents ----------------------------------------------------------------------------------------------------


def parse_document(raw: bytes) -> JsonObject:
    """Parse a JSON object with a `schema` that we know.

    Raises:
        NewerSchemaError: the schema is newer than `SCHEMA`.
        ValueError: it is anything else than such an object.
    """
    try:
        data: object = json.loads(raw.decode("utf-8-sig"), parse_constant=_reject_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    document = _object(data, "the document")
    schema = document.get("schema")
    if type(schema) is not int or schema < 1:
        raise _unexpected("schema", "a number from 1", schema)
    if schema > SCHEMA:
        raise NewerSchemaError(f"schema {schema}")
    return document


def format_document(document: Mapping[str, object]) -> bytes:
    """Format for people: indented, non-ASCII letters as they are.

    Raises:
        ValueError: it holds a number that JSON cannot.
    """
    return _encode(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def _encode(text: str) -> bytes:
    # A file name that is not UTF-8 reaches us as lone surrogates (PEP 383); JSON can carry them only escaped.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def _dumps_compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _reject_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


# --- checks -------------------------------------------------------------------------------------------------------


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, list | dict) else type(value).__name__
    return text if len(text) <= 40 else text[:39] + "…"


def _unexpected(where: str, expected: str, value: object) -> ValueError:
    return ValueError(f"{where}: expected {expected}, got {_shown(value)}")


def _object(value: object, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _unexpected(where, "an object", value)
    return cast(JsonObject, value)


def _array(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise _unexpected(where, "an array", value)
    return cast(list[object], value)


def _path(value: object, where: str) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise _unexpected(where, "a path", value)
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _unexpected(where, "text", value)
    # Half a character cannot be printed, stored or sent; only file names may hold it.
    return value if value.isascii() else _SURROGATE.sub("\ufffd", value)


def _count(value: object, where: str) -> int:
    if type(value) is not int or not 0 <= value <= 2**53:
        raise _unexpected(where, "a number from 0", value)
    return value


def _ms(value: object, where: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_MS:
        raise _unexpected(where, "milliseconds", value)
    return value


def _date(value: object, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, where))
        # A person who writes a date without a zone hardly means the zone of whoever reads the file.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unexpected(where, "a date such as 2026-11-01T00:00:00Z", value) from None


def _optional(data: JsonObject, key: str, check: Callable[[object, str], T]) -> T | None:
    value = data.get(key)
    return None if value is None else check(value, key)


def _choice(value: object, where: str, choices: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise _unexpected(where, f"one of {', '.join(choices)}", value)
    return value


def _format_date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- episodes -----------------------------------------------------------------------------------------------------


def episode_to_json(episode: Episode) -> JsonObject:
    """Build the document of an episode's metadata."""
    audio = episode.audio
    return {
        "schema": SCHEMA,
        "episode_id": episode.id,
        "show": episode.show,
        "title": episode.title,
        "published": episode.published and _format_date(episode.published),
        "language": episode.language,
        "duration_ms": episode.duration_ms,
        "audio": audio and {"path": audio.path, "sha256": audio.sha256, "bytes": audio.bytes},
        "description": episode.description,
        "chapters": [{"start_ms": chapter.start_ms, "title": chapter.title} for chapter in episode.chapters],
        "speakers": list(episode.speakers),
        "feed": episode.feed,
        "guid": episode.guid,
    }


def episode_from_json(data: JsonObject) -> Episode:
    """Read an episode's metadata; `ValueError` where it is not that. Unknown fields are ignored."""
    return Episode(
        id=_text(data.get("episode_id"), "episode_id"),
        show=_text(data.get("show"), "show"),
        title=_text(data.get("title"), "title"),
        published=_optional(data, "published", _date),
        language=_optional(data, "language", _text),
        duration_ms=_optional(data, "duration_ms", _ms),
        audio=_optional(data, "audio", _audio_ref),
        description=_optional(data, "description", _text) or "",
        chapters=tuple(_chapter(chapter) for chapter in _optional(data, "chapters", _array) or ()),
        speakers=tuple(_text(speaker, "speakers") for speaker in _optional(data, "speakers", _array) or ()),
        feed=_optional(data, "feed", _text),
        guid=_optional(data, "guid", _text),
    )


EPISODE_FIELDS = frozenset({"schema", "episode_id"} | {field.name for field in fields(Episode)} - {"id"})
"""The fields of an episode's metadata that are ours; a person may add others."""


def _audio_ref(value: object, where: str) -> AudioRef:
    data = _object(value, where)
    return AudioRef(
        path=_path(data.get("path"), "audio.path"),
        sha256=_optional(data, "sha256", _text),
        bytes=_optional(data, "bytes", _count),
    )


def _chapter(value: object) -> Chapter:
    data = _object(value, "chapters")
    return Chapter(_ms(data.get("start_ms"), "chapters.start_ms"), _text(data.get("title"), "chapters.title"))


# --- transcripts --------------------------------------------------------------------------------------------------


def format_transcript(transcript: Transcript) -> bytes:
    """Format the document of a transcript, one segment a line, so that two versions can be compared line by line."""
    head = _dumps_compact(
        {
            "schema": SCHEMA,
            "episode_id": transcript.episode_id,
            "language": transcript.language,
            "origin": _origin_to_json(transcript.origin),
        }
    )
    segments = ",\n".join(_dumps_compact(_segment_to_json(segment)) for segment in transcript.segments)
    return _encode(f'{head[:-1]},\n"segments":[\n{segments}\n]}}\n')


def transcript_from_json(data: JsonObject) -> Transcript:
    """Read a transcript; `ValueError` where it is not one."""
    return Transcript(
        episode_id=_text(data.get("episode_id"), "episode_id"),
        language=_optional(data, "language", _text),
        segments=_segments(data.get("segments")),
        origin=_origin(data.get("origin")),
    )


def _segment_to_json(segment: Segment) -> JsonObject:
    data: JsonObject = {
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "speaker": segment.speaker,
        "text": segment.text,
        "words": segment.words,
    }
    if segment.quality:
        data["quality"] = segment.quality
    return data


def _segments(value: object) -> tuple[Segment, ...]:
    return tuple(_segment(item, f"segments[{number}]") for number, item in enumerate(_array(value, "segments")))


def _segment(value: object, where: str) -> Segment:
    try:
        data = _object(value, "segment")
        return Segment(
            start_ms=_ms(data.get("start_ms"), "start_ms"),
            end_ms=_ms(data.get("end_ms"), "end_ms"),
            text=_text(data.get("text"), "text"),
            words=_optional(data, "words", _words),
            speaker=_optional(data, "speaker", _text),
            quality=tuple(_text(reason, "quality") for reason in _optional(data, "quality", _array) or ()),
        )
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _words(value: object, where: str) -> tuple[Word, ...]:
    words = []
    for item in _array(value, where):
        if not isinstance(item, list) or len(item) != 4:
            raise _unexpected(where, "[text, start_ms, end_ms, probability]", item)
        text, start_ms, end_ms, probability = item
        # Order and limits are checked by Segment; here only what it could not compare. True is an int, NaN a float.
        if type(text) is not str or type(start_ms) is not int or type(end_ms) is not int:
            raise _unexpected(where, "[text, start_ms, end_ms, probability]", text)
        if type(probability) not in (float, int) or not 0 <= probability <= 1:
            raise _unexpected(where, "a probability from 0 to 1", probability)
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        if text := text.strip():
            words.append(Word(text, start_ms, end_ms, float(probability)))
    return tuple(words)


def _origin_to_json(origin: Origin) -> JsonObject:
    return {
        "kind": origin.kind,
        "timing": origin.timing,
        "model": origin.model,
        "model_sha256": origin.model_sha256,
        "compute_type": origin.compute_type,
        "options": dict(origin.options),
        "audio_sha256": origin.audio_sha256,
        "audio_duration_ms": origin.audio_duration_ms,
        "decoded_duration_ms": origin.decoded_duration_ms,
        "bad_packets": origin.bad_packets,
        "missing": _gaps_to_json(origin.missing),
        "podindex": origin.podindex,
        "created": _format_date(origin.created),
    }


def _origin(value: object) -> Origin:
    data = _object(value, "origin")
    return Origin(
        kind=cast(OriginKind, _choice(data.get("kind"), "origin.kind", get_args(OriginKind))),
        created=_date(data.get("created"), "origin.created"),
        podindex=_text(data.get("podindex"), "origin.podindex"),
        timing=cast(Timing, _choice(data.get("timing", "word"), "origin.timing", get_args(Timing))),
        model=_optional(data, "model", _text),
        model_sha256=_optional(data, "model_sha256", _text),
        compute_type=_optional(data, "compute_type", _text),
        options=_optional(data, "options", _object) or {},
        audio_sha256=_optional(data, "audio_sha256", _text),
        audio_duration_ms=_optional(data, "audio_duration_ms", _ms),
        decoded_duration_ms=_optional(data, "decoded_duration_ms", _ms),
        bad_packets=_optional(data, "bad_packets", _count) or 0,
        missing=_gaps(data.get("missing", [])),
    )


def _gaps_to_json(gaps: tuple[Gap, ...]) -> list[JsonObject]:
    return [{"start_ms": gap.start_ms, "end_ms": gap.end_ms, "reason": gap.reason} for gap in gaps]


def _gaps(value: object) -> tuple[Gap, ...]:
    gaps = []
    for item in _array(value, "missing"):
        data = _object(item, "missing")
        start_ms, end_ms = _ms(data.get("start_ms"), "missing.start_ms"), _ms(data.get("end_ms"), "missing.end_ms")
        gaps.append(Gap(start_ms, end_ms, _text(data.get("reason"), "missing.reason")))
    return tuple(gaps)


# --- checkpoints --------------------------------------------------------------------------------------------------


def format_chunk(fingerprint: str, result: ChunkResult) -> bytes:
    """Format the document of a finished chunk."""
    return _encode(
        _dumps_compact(
            {
                "schema": SCHEMA,
                "fingerprint": fingerprint,
                "index": result.index,
                "offset_ms": result.offset_ms,
                "duration_ms": result.duration_ms,
                "overlap_ms": result.overlap_ms,
                "missing": _gaps_to_json(result.missing),
                "segments": [_segment_to_json(segment) for segment in result.segments],
            }
        )
    )


def chunk_from_json(data: JsonObject) -> tuple[str, ChunkResult]:
    """Read a finished chunk with its fingerprint; `ValueError` where it is not one."""
    return _text(data.get("fingerprint"), "fingerprint"), ChunkResult(
        index=_count(data.get("index"), "index"),
        offset_ms=_ms(data.get("offset_ms"), "offset_ms"),
        duration_ms=_ms(data.get("duration_ms"), "duration_ms"),
        overlap_ms=_ms(data.get("overlap_ms"), "overlap_ms"),
        segments=_segments(data.get("segments")),
        missing=_gaps(data.get("missing")),
    )


def failure_to_json(failure: Failure) -> JsonObject:
    """Build the document of a failure."""
    error = failure.error
    return {
        "schema": SCHEMA,
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
        "attempts": failure.attempts,
        "failed_at": _format_date(failure.failed_at),
    }


def failure_from_json(data: JsonObject) -> Failure:
    """Read a failure; `ValueError` where it is not one."""
    error = _object(data.get("error"), "error")
    return Failure(
        error=ErrorInfo(*(_text(error.get(key), f"error.{key}") for key in ("code", "message", "hint"))),
        attempts=_count(data.get("attempts"), "attempts"),
        failed_at=_date(data.get("failed_at"), "failed_at"),
    )
