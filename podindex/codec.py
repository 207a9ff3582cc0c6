"""The JSON of episodes/ to and from our types. Pure.

Reading trusts nothing: whatever is wrong with a document raises `ValueError` that says where, and a document of a
newer schema raises `NewerSchemaError`. Field names and meanings are those of docs/formats.md.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import cast, get_args

from podindex.jsonio import (
    JsonObject,
    as_array,
    as_choice,
    as_count,
    as_date,
    as_factor,
    as_ms,
    as_object,
    as_path,
    as_text,
    format_date,
    format_json,
    optional,
    parse_json,
    unexpected,
    without_surrogates,
)
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

SCHEMA = 1
"""Written into every document. It grows when an older podindex would misread the file."""


class NewerSchemaError(ValueError):
    """The document was written by a newer podindex."""


# --- documents ----------------------------------------------------------------------------------------------------


def parse_document(raw: bytes, *, any_schema: bool = False) -> JsonObject:
    """Parse a JSON object with a `schema` that we know.

    Raises:
        NewerSchemaError: the schema is newer than `SCHEMA`, and not any will do.
        ValueError: it is anything else than such an object.
    """
    document = as_object(parse_json(raw), "the document")
    schema = document.get("schema")
    if type(schema) is not int or schema < 1:
        raise unexpected("schema", "a number from 1", schema)
    if schema > SCHEMA and not any_schema:
        raise NewerSchemaError(f"schema {schema}")
    return document


def format_document(document: Mapping[str, object]) -> bytes:
    """Format for people: indented, non-ASCII letters as they are.

    Raises:
        ValueError: it holds a number that JSON cannot.
    """
    return (format_json(document, indent=2) + "\n").encode()


# --- episodes -----------------------------------------------------------------------------------------------------


def episode_to_json(episode: Episode) -> JsonObject:
    """Build the document of an episode's metadata."""
    audio = episode.audio
    return {
        "schema": SCHEMA,
        "episode_id": episode.id,
        "show": episode.show,
        "title": episode.title,
        "published": episode.published and format_date(episode.published),
        "language": episode.language,
        "duration_ms": episode.duration_ms,
        "audio": audio and {"path": audio.path, "sha256": audio.sha256, "bytes": audio.bytes},
        "description": episode.description,
        "chapters": [{"start_ms": chapter.start_ms, "title": chapter.title} for chapter in episode.chapters],
        "speakers": list(episode.speakers),
        "feed": episode.feed,
        "guid": episode.guid,
        "real_time_factor": episode.real_time_factor,
    }


def episode_from_json(data: JsonObject) -> Episode:
    """Read an episode's metadata; `ValueError` where it is not that. Unknown fields are ignored."""
    return Episode(
        id=as_text(data.get("episode_id"), "episode_id"),
        show=as_text(data.get("show"), "show"),
        title=as_text(data.get("title"), "title"),
        published=optional(data, "published", as_date),
        language=optional(data, "language", as_text),
        duration_ms=optional(data, "duration_ms", as_ms),
        audio=optional(data, "audio", _audio_ref),
        description=optional(data, "description", as_text) or "",
        chapters=tuple(_chapter(chapter) for chapter in optional(data, "chapters", as_array) or ()),
        speakers=tuple(as_text(speaker, "speakers") for speaker in optional(data, "speakers", as_array) or ()),
        feed=optional(data, "feed", as_text),
        guid=optional(data, "guid", as_text),
        real_time_factor=optional(data, "real_time_factor", as_factor),
    )


EPISODE_FIELDS = frozenset({"schema", "episode_id"} | {field.name for field in fields(Episode)} - {"id"})
"""The fields of an episode's metadata that are ours; a person may add others."""


def _audio_ref(value: object, where: str) -> AudioRef:
    data = as_object(value, where)
    return AudioRef(
        path=as_path(data.get("path"), "audio.path"),
        sha256=optional(data, "sha256", as_text),
        bytes=optional(data, "bytes", as_count),
    )


def _chapter(value: object) -> Chapter:
    data = as_object(value, "chapters")
    return Chapter(as_ms(data.get("start_ms"), "chapters.start_ms"), as_text(data.get("title"), "chapters.title"))


# --- transcripts --------------------------------------------------------------------------------------------------


def format_transcript(transcript: Transcript) -> bytes:
    """Format the document of a transcript, one segment a line, so that two versions can be compared line by line."""
    head = format_json(
        {
            "schema": SCHEMA,
            "episode_id": transcript.episode_id,
            "language": transcript.language,
            "origin": _origin_to_json(transcript.origin),
        }
    )
    segments = ",\n".join(format_json(_segment_to_json(segment)) for segment in transcript.segments)
    return f'{head[:-1]},\n"segments":[\n{segments}\n]}}\n'.encode()


def transcript_from_json(data: JsonObject) -> Transcript:
    """Read a transcript; `ValueError` where it is not one."""
    return Transcript(
        episode_id=as_text(data.get("episode_id"), "episode_id"),
        language=optional(data, "language", as_text),
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
    return tuple(_segment(item, f"segments[{number}]") for number, item in enumerate(as_array(value, "segments")))


def _segment(value: object, where: str) -> Segment:
    try:
        data = as_object(value, "segment")
        return Segment(
            start_ms=as_ms(data.get("start_ms"), "start_ms"),
            end_ms=as_ms(data.get("end_ms"), "end_ms"),
            text=as_text(data.get("text"), "text"),
            words=optional(data, "words", _words),
            speaker=optional(data, "speaker", as_text),
            quality=tuple(as_text(reason, "quality") for reason in optional(data, "quality", as_array) or ()),
        )
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _words(value: object, where: str) -> tuple[Word, ...]:
    words = []
    for item in as_array(value, where):
        if not isinstance(item, list) or len(item) != 4:
            raise unexpected(where, "[text, start_ms, end_ms, probability]", item)
        text, start_ms, end_ms, probability = item
        # Order and limits are checked by Segment; here only what it could not compare. True is an int, NaN a float.
        if type(text) is not str or type(start_ms) is not int or type(end_ms) is not int:
            raise unexpected(where, "[text, start_ms, end_ms, probability]", text)
        if type(probability) not in (float, int) or not 0 <= probability <= 1:
            raise unexpected(where, "a probability from 0 to 1", probability)
        if not text.isascii():
            text = without_surrogates(text)
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
        "created": format_date(origin.created),
    }


def _origin(value: object) -> Origin:
    data = as_object(value, "origin")
    return Origin(
        kind=cast(OriginKind, as_choice(data.get("kind"), "origin.kind", get_args(OriginKind))),
        created=as_date(data.get("created"), "origin.created"),
        podindex=as_text(data.get("podindex"), "origin.podindex"),
        timing=cast(Timing, as_choice(data.get("timing", "word"), "origin.timing", get_args(Timing))),
        model=optional(data, "model", as_text),
        model_sha256=optional(data, "model_sha256", as_text),
        compute_type=optional(data, "compute_type", as_text),
        options=optional(data, "options", as_object) or {},
        audio_sha256=optional(data, "audio_sha256", as_text),
        audio_duration_ms=optional(data, "audio_duration_ms", as_ms),
        decoded_duration_ms=optional(data, "decoded_duration_ms", as_ms),
        bad_packets=optional(data, "bad_packets", as_count) or 0,
        missing=_gaps(data.get("missing", [])),
    )


def _gaps_to_json(gaps: tuple[Gap, ...]) -> list[JsonObject]:
    return [{"start_ms": gap.start_ms, "end_ms": gap.end_ms, "reason": gap.reason} for gap in gaps]


def _gaps(value: object) -> tuple[Gap, ...]:
    gaps = []
    for item in as_array(value, "missing"):
        data = as_object(item, "missing")
        start_ms, end_ms = as_ms(data.get("start_ms"), "missing.start_ms"), as_ms(data.get("end_ms"), "missing.end_ms")
        gaps.append(Gap(start_ms, end_ms, as_text(data.get("reason"), "missing.reason")))
    return tuple(gaps)


# --- checkpoints --------------------------------------------------------------------------------------------------


def format_chunk(fingerprint: str, result: ChunkResult) -> bytes:
    """Format the document of a finished chunk."""
    document: JsonObject = {
        "schema": SCHEMA,
        "fingerprint": fingerprint,
        "index": result.index,
        "offset_ms": result.offset_ms,
        "duration_ms": result.duration_ms,
        "overlap_ms": result.overlap_ms,
        "missing": _gaps_to_json(result.missing),
        "unheard_ms": result.unheard_ms,
        "segments": [_segment_to_json(segment) for segment in result.segments],
    }
    return format_json(document).encode()


def chunk_from_json(data: JsonObject) -> tuple[str, ChunkResult]:
    """Read a finished chunk with its fingerprint; `ValueError` where it is not one."""
    return as_text(data.get("fingerprint"), "fingerprint"), ChunkResult(
        index=as_count(data.get("index"), "index"),
        offset_ms=as_ms(data.get("offset_ms"), "offset_ms"),
        duration_ms=as_ms(data.get("duration_ms"), "duration_ms"),
        overlap_ms=as_ms(data.get("overlap_ms"), "overlap_ms"),
        segments=_segments(data.get("segments")),
        missing=_gaps(data.get("missing")),
        unheard_ms=tuple(_stretch(item, "unheard_ms") for item in as_array(data.get("unheard_ms"), "unheard_ms")),
    )


def _stretch(value: object, where: str) -> tuple[int, int]:
    start_ms, end_ms = (as_ms(time, where) for time in as_array(value, where))
    return start_ms, end_ms


def failure_to_json(failure: Failure) -> JsonObject:
    """Build the document of a failure."""
    error = failure.error
    return {
        "schema": SCHEMA,
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
        "attempts": failure.attempts,
        "failed_at": format_date(failure.failed_at),
    }


def failure_from_json(data: JsonObject) -> Failure:
    """Read a failure; `ValueError` where it is not one."""
    error = as_object(data.get("error"), "error")
    return Failure(
        error=ErrorInfo(*(as_text(error.get(key), f"error.{key}") for key in ("code", "message", "hint"))),
        attempts=as_count(data.get("attempts"), "attempts"),
        failed_at=as_date(data.get("failed_at"), "failed_at"),
    )
