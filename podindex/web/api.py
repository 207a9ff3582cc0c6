"""The JSON of the pages, and of anybody's programs. Pure but for the library it is handed.

Every function answers one route of `app.py`; `openapi.py` describes them.
"""

from datetime import date
from typing import TypedDict, cast, get_args

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from podindex.formats import FORMATS
from podindex.hits import SearchPage, SortOrder
from podindex.library import Library
from podindex.timecode import ms_from_seconds
from podindex.views import episode_json, episodes_json, page_json
from podindex.web import params
from podindex.web.respond import answer, json_answer
from podindex.web.trends import count_hits

MAX_LIMIT = 1_000
OVERVIEW_POINTS = 800
"""Enough for a small waveform on a wide screen."""


def search(library: Library, request: Request) -> Response:
    """`GET /api/search`."""
    return json_answer(request, page_json(find(library, request.query_params)), aside=("took_ms",))


def find(library: Library, given: QueryParams) -> SearchPage:
    """Search as the parameters of a request say."""
    context_s = params.parsed(given, "context", _seconds, "give seconds from 0 to 600")
    return library.search(
        **_asked(given),
        limit=params.whole(given, "limit", 10, 1, MAX_LIMIT),
        offset=offset_of(given),
        sort=cast(SortOrder, params.choice(given, "sort", "relevance", get_args(SortOrder))),
        per_episode=params.whole(given, "per_episode", 3, 0, MAX_LIMIT),
        context_ms=None if context_s is None else ms_from_seconds(context_s),
    )


def offset_of(given: QueryParams) -> int:
    """Return how many hits are passed over."""
    return params.whole(given, "offset", 0, 0, 10**9)


def moments(library: Library, request: Request) -> Response:
    """`GET /api/moments`: when each hit of an episode begins."""
    found = library.moments(**_asked(request.query_params), similar=True)
    return json_answer(request, {"moments": found})


def trends(library: Library, request: Request) -> Response:
    """`GET /api/trends`: how often it was said, by month and show."""
    asked = _asked(request.query_params)
    chart, undated = count_hits(library.moments(**asked), library.episodes())
    series = [{"show": show, "counts": counts} for show, counts in chart.series]
    return json_answer(request, {"query": asked["query"], "months": chart.months, "series": series, "undated": undated})


def episodes(library: Library, request: Request) -> Response:
    """`GET /api/episodes`."""
    return json_answer(request, episodes_json(library.episodes(params.text(request.query_params, "title"))))


def episode(library: Library, request: Request) -> Response:
    """`GET /api/episodes/{show}/{episode}`."""
    episode_id = id_of(request)
    details = library.episode(episode_id)
    transcribed, has_audio = library.is_transcribed(episode_id), library.audio_path(episode_id) is not None
    return json_answer(request, episode_json(details, transcribed=transcribed, has_audio=has_audio))


def transcript(library: Library, request: Request) -> Response:
    """`GET /api/episodes/{show}/{episode}/transcript`."""
    episode_id = id_of(request)
    name = params.text(request.query_params, "format") or "json"
    body = library.export(episode_id, name).encode()
    form = FORMATS[name]
    headers = {}
    if "download" in request.query_params:
        # An episode id is lower-case ASCII, digits and hyphens: safe in a file's name and in a header.
        headers["content-disposition"] = f'attachment; filename="{episode_id.rpartition("/")[2]}{form.suffix}"'
    charset = "" if "json" in form.media_type else "; charset=utf-8"
    return answer(request, body, form.media_type + charset, headers=headers)


def peaks(library: Library, request: Request) -> Response:
    """`GET /api/episodes/{show}/{episode}/peaks`, in audiowaveform's binary format."""
    from podindex.audio.peaks import KEPT_PIXELS_PER_SECOND, format_peaks

    episode_id = id_of(request)
    # Who sees a waveform may click on it: what the sound needs before it can be played is done by then.
    library.playable_audio_path(episode_id)
    if (params.text(request.query_params, "zoom") or "overview") == "overview":
        found = library.peaks(episode_id, points=OVERVIEW_POINTS)
    else:
        zoom = params.whole(request.query_params, "zoom", 0, 1, KEPT_PIXELS_PER_SECOND)
        kept = library.peaks(episode_id)
        found = library.peaks(episode_id, points=len(kept.data) // 2 * zoom // KEPT_PIXELS_PER_SECOND)
    return answer(request, format_peaks(found), "application/octet-stream")


def id_of(request: Request) -> str:
    """Return the episode id in a request's path."""
    return f"{request.path_params['show']}/{request.path_params['episode']}"


class _Asked(TypedDict):
    query: str
    show: str | None
    speaker: str | None
    episode: str | None
    since: date | None
    until: date | None


def _asked(given: QueryParams) -> _Asked:
    """Return what to search for and where, of any request that searches."""
    return {
        "query": params.query(given) or "",
        "show": params.text(given, "show"),
        "speaker": params.text(given, "speaker"),
        "episode": params.text(given, "episode"),
        "since": params.period(given, "since")[0],
        "until": params.period(given, "until")[1],
    }


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 600:
        raise ValueError(text)
    return seconds
