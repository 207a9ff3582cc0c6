"""Results as the JSON that programs rely on, the same on the command line and over HTTP. Pure.

docs/formats.md describes every field.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from podindex.hits import Hit, SearchPage
from podindex.jsonio import format_date
from podindex.models import (
    Episode,
    EpisodeOutcome,
    EpisodeSummary,
    ErrorInfo,
    LibraryStats,
    Problem,
    ShowSummary,
    Stats,
)
from podindex.timecode import MS_PER_HOUR, format_seconds, format_time


def page_json(page: SearchPage) -> dict[str, Any]:
    """Return the object of `search --json` and `GET /api/search`."""
    return {
        "query": page.query,
        "total": page.total,
        "total_episodes": page.total_episodes,
        "took_ms": round(page.took_ms, 1),
        "did_you_mean": page.did_you_mean,
        "notes": list(page.notes),
        "hits": [_hit_json(hit) for hit in page.hits],
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "episode_id": hit.episode_id,
        "show": hit.show,
        "title": hit.title,
        "published": _instant(hit.published),
        "start_ms": hit.start_ms,
        "end_ms": hit.end_ms,
        "jump_ms": hit.jump_ms,
        "timestamp": format_time(hit.start_ms),
        "speaker": hit.speaker,
        "match": hit.match,
        "text": hit.text,
        "spans": [list(span) for span in hit.spans],
        "score": round(hit.score, 4),
        "more_in_episode": hit.more_in_episode,
        "url": f"/episodes/{hit.episode_id}#t={format_seconds(hit.jump_ms)}",
    }


def outcomes_json(outcomes: Iterable[EpisodeOutcome], indexed: int, error: ErrorInfo | None = None) -> dict[str, Any]:
    """Return the object of `add --json` and `sync --json`; `error` is what ended the run before its end."""
    document: dict[str, Any] = {"outcomes": [_outcome_json(outcome) for outcome in outcomes], "indexed": indexed}
    return {**document, "error": error_json(error)} if error else document


def _outcome_json(outcome: EpisodeOutcome) -> dict[str, Any]:
    return {
        "episode_id": outcome.episode_id,
        "path": str(outcome.path) if outcome.path else None,
        "status": outcome.status,
        "duration_ms": outcome.duration_ms,
        "elapsed_s": outcome.elapsed_s,
        "real_time_factor": _rounded(outcome.real_time_factor, 2),
        "error": error_json(outcome.error),
    }


def error_json(error: ErrorInfo | None) -> dict[str, str] | None:
    """Return an error as `--json` has it."""
    return {"code": error.code, "message": error.message, "hint": error.hint} if error else None


def episodes_json(episodes: Iterable[EpisodeSummary]) -> dict[str, Any]:
    """Return the object of `episodes --json`."""
    return {"episodes": [_summary_json(episode) for episode in episodes]}


def _summary_json(episode: EpisodeSummary) -> dict[str, Any]:
    return {
        "episode_id": episode.episode_id,
        "show": episode.show,
        "title": episode.title,
        "published": _instant(episode.published),
        "duration_ms": episode.duration_ms,
        "status": episode.status,
        "language": episode.language,
        "words": episode.words,
        "origin": episode.origin,
        "model": episode.model,
        "audio_path": str(episode.audio_path) if episode.audio_path else None,
        "error": error_json(episode.error),
    }


def episode_json(episode: Episode, *, transcribed: bool, has_audio: bool) -> dict[str, Any]:
    """Return the object of `GET /api/episodes/{show}/{episode}`."""
    return {
        "episode_id": episode.id,
        "show": episode.show,
        "title": episode.title,
        "published": _instant(episode.published),
        "language": episode.language,
        "duration_ms": episode.duration_ms,
        "description": episode.description,
        "chapters": [{"start_ms": chapter.start_ms, "title": chapter.title} for chapter in episode.chapters],
        "speakers": list(episode.speakers),
        "transcribed": transcribed,
        "audio_url": f"/audio/{episode.id}" if has_audio else None,
    }


def shows_json(shows: Iterable[ShowSummary]) -> dict[str, Any]:
    """Return the object of `shows --json`."""
    return {
        "shows": [
            {
                "show": show.show,
                "episodes": show.episodes,
                "duration_ms": show.duration_ms,
                "words": show.words,
                "first_published": _instant(show.first_published),
                "last_published": _instant(show.last_published),
            }
            for show in shows
        ]
    }


def stats_json(stats: LibraryStats) -> dict[str, Any]:
    """Return the object of `stats --json`."""
    return {**_stats_json(stats.total), "shows": [{"show": show.show, **_stats_json(show)} for show in stats.shows]}


def _stats_json(stats: Stats) -> dict[str, Any]:
    return {
        "episodes": stats.episodes,
        "transcribed": stats.transcribed,
        "duration_ms": stats.duration_ms,
        "hours": round(stats.duration_ms / MS_PER_HOUR, 2),
        "words": stats.words,
        "words_per_minute": _rounded(stats.words_per_minute, 1),
        "doubtful_words": stats.doubtful_words,
        "doubtful_share": _rounded(stats.doubtful_share, 4),
        "real_time_factor": _rounded(stats.real_time_factor, 2),
        "models": [
            {"model": share.model, "episodes": share.episodes, "duration_ms": share.duration_ms}
            for share in stats.models
        ],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def problems_json(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return the object of `check --json`."""
    return {
        "problems": [
            {
                "code": problem.code,
                "where": problem.where,
                "message": problem.message,
                "repairable": problem.repairable,
            }
            for problem in problems
        ]
    }


def _instant(moment: datetime | None) -> str | None:
    return format_date(moment.replace(microsecond=0)) if moment else None
