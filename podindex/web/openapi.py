"""The API, described for programs (OpenAPI 3.1). Pure.

A test compares it with the routes and with what they answer.
"""

from typing import Any, get_args

from podindex import __version__
from podindex.formats import FORMATS
from podindex.hits import MatchKind, SortOrder
from podindex.models import EpisodeStatus, OriginKind

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_BYTES: Schema = {"type": "string", "format": "binary"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(**properties: Schema) -> Schema:
    """Describe an object that always has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _one_of(literal: Any) -> Schema:  # noqa: ANN401  typing gives Literal types no type
    return {"type": "string", "enum": list(get_args(literal))}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_INSTANT = _or_null({"type": "string", "format": "date-time"})

_SCHEMAS: dict[str, Schema] = {
    "Error": _object(error=_object(code=_TEXT, message=_TEXT, hint=_TEXT)),
    "Hit": _object(
        episode_id=_TEXT,
        show=_TEXT,
        title=_TEXT,
        published=_INSTANT,
        start_ms=_COUNT,
        end_ms=_COUNT,
        jump_ms=_COUNT,
        timestamp=_TEXT,
        speaker=_or_null(_TEXT),
        match=_one_of(MatchKind),
        text=_TEXT,
        spans=_list(_list(_COUNT)),
        score=_NUMBER,
        more_in_episode=_COUNT,
        url=_TEXT,
    ),
    "SearchPage": _object(
        query=_TEXT,
        total=_COUNT,
        total_episodes=_COUNT,
        took_ms=_NUMBER,
        did_you_mean=_or_null(_TEXT),
        notes=_list(_TEXT),
        hits=_list(_ref("Hit")),
    ),
    "Moments": _object(moments={"type": "object", "additionalProperties": _list(_COUNT)}),
    "Trends": _object(
        query=_TEXT,
        months=_list(_TEXT),
        series=_list(_object(show=_TEXT, counts=_list(_COUNT))),
        undated=_COUNT,
    ),
    "EpisodeRow": _object(
        episode_id=_TEXT,
        show=_TEXT,
        title=_TEXT,
        published=_INSTANT,
        duration_ms=_or_null(_COUNT),
        status=_one_of(EpisodeStatus),
        language=_or_null(_TEXT),
        words=_COUNT,
        origin=_or_null(_one_of(OriginKind)),
        model=_or_null(_TEXT),
        audio_path=_or_null(_TEXT),
        error=_or_null(_object(code=_TEXT, message=_TEXT, hint=_TEXT)),
    ),
    "Episodes": _object(episodes=_list(_ref("EpisodeRow"))),
    "Episode": _object(
        episode_id=_TEXT,
        show=_TEXT,
        title=_TEXT,
        published=_INSTANT,
        language=_or_null(_TEXT),
        duration_ms=_or_null(_COUNT),
        description=_TEXT,
        chapters=_list(_object(start_ms=_COUNT, title=_TEXT)),
        speakers=_list(_TEXT),
        transcribed={"type": "boolean"},
        audio_url=_or_null(_TEXT),
    ),
}


def _query(name: str, schema: Schema, what: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": what, "required": False}


_PERIOD: Schema = {**_TEXT, "examples": ["2026-11-22", "2026-11", "2026"]}
_ASKED = [
    _query("q", _TEXT, 'what to search for: words, "a phrase", AND OR NOT, wor*, wrod~'),
    _query("show", _TEXT, "only shows whose name holds these words"),
    _query("speaker", _TEXT, "only what this speaker says"),
    _query("episode", _TEXT, "only this episode, by its id"),
    _query("since", _PERIOD, "published on this day or later, or in this month or year"),
    _query("until", _PERIOD, "published on this day or earlier, or in this month or year"),
]
_PAGED = [
    _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10}, "hits on a page"),
    _query("offset", {**_COUNT, "default": 0}, "hits to pass over"),
    _query("sort", {**_one_of(SortOrder), "default": "relevance"}, "the order of episodes"),
    _query("per_episode", {**_COUNT, "maximum": 1000, "default": 3}, "hits of one episode; 0: all"),
    _query("context", {"type": "number", "minimum": 0, "maximum": 600}, "seconds of speech around a hit"),
]
_TITLE = _query("title", _TEXT, "only those with these words, or their beginnings, in the title")
_PLACE = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in ("show", "episode")]
_FORMAT = _query("format", {"type": "string", "enum": list(FORMATS), "default": "json"}, "of the transcript")
_ZOOM = _query(
    "zoom",
    {"anyOf": [{"const": "overview"}, {"type": "integer", "minimum": 1, "maximum": 25}], "default": "overview"},
    "points a second, or at most 800 over the whole episode",
)
_DOWNLOAD = _query("download", {"type": "boolean"}, "present: to be saved as a file")

_UNCHANGED: Schema = {"304": {"description": "Not changed since the answer with this ETag"}}
_PART: Schema = {"206": {"description": "The bytes that were asked for", "content": {"audio/*": {"schema": _BYTES}}}}
_REFUSED = ("401", "403")
"""At any address: who has no token where one is needed, and who asks from elsewhere."""


def _get(
    summary: str,
    content: Schema | str,
    *,
    parameters: list[Schema] | None = None,
    also: Schema = _UNCHANGED,
    errors: str = "",
) -> Schema:
    """Describe what GET does: `content` is a JSON schema, or the type of something else."""
    body = {content: {"schema": _BYTES}} if isinstance(content, str) else {"application/json": {"schema": content}}
    failed = {
        status: {"description": "why not", "content": {"application/json": {"schema": _ref("Error")}}}
        for status in sorted([*errors.split(), *_REFUSED])
    }
    answers = {"200": {"description": summary, "content": body}, **also, **failed}
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": answers}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "podindex",
        "version": __version__,
        "description": "Search podcast episodes down to the second a word is said. Times are milliseconds. Answers "
        "carry an ETag; asking again with If-None-Match costs nothing while nothing has changed.",
    },
    "paths": {
        "/api/search": _get(
            "A page of hits", _ref("SearchPage"), parameters=[*_ASKED, *_PAGED], errors="400 404 409 503"
        ),
        "/api/moments": _get("When every hit begins", _ref("Moments"), parameters=_ASKED, errors="400 404 409 503"),
        "/api/trends": _get("Hits by month and show", _ref("Trends"), parameters=_ASKED, errors="400 404 409 503"),
        "/api/episodes": _get("All episodes", _ref("Episodes"), parameters=[_TITLE], errors="400 404 503"),
        "/api/episodes/{show}/{episode}": _get("An episode", _ref("Episode"), parameters=_PLACE, errors="404 503"),
        "/api/episodes/{show}/{episode}/transcript": _get(
            "Its transcript", "*/*", parameters=[*_PLACE, _FORMAT, _DOWNLOAD], errors="400 404 503"
        ),
        "/api/episodes/{show}/{episode}/peaks": _get(
            "Its waveform, in audiowaveform's binary format",
            "application/octet-stream",
            parameters=[*_PLACE, _ZOOM],
            errors="400 404 503",
        ),
        "/audio/{show}/{episode}": _get(
            "Its audio, with byte ranges", "audio/*", parameters=_PLACE, also=_PART | _UNCHANGED, errors="404 416"
        ),
        "/healthz": _get("Whether the server answers", "text/plain", also={}),
    },
    "components": {"schemas": _SCHEMAS},
}
