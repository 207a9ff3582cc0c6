"""What a library and its shows amount to: hours, words, speed, models, doubt. Pure."""

from collections.abc import Iterable

from podindex.models import EpisodeSummary, LibraryStats, ModelShare, ShowSummary, Stats

_PUBLISHER = "publisher"


def summarize_shows(episodes: Iterable[EpisodeSummary]) -> list[ShowSummary]:
    """Return what each show holds, by name."""
    return [_summarize(show, own) for show, own in _by_show(episodes)]


def build_stats(episodes: Iterable[EpisodeSummary]) -> LibraryStats:
    """Add up the episodes, all together and by show."""
    everything = list(episodes)
    shows = tuple(_add_up(show, own) for show, own in _by_show(everything))
    return LibraryStats(_add_up(None, everything), shows)


def _by_show(episodes: Iterable[EpisodeSummary]) -> list[tuple[str, list[EpisodeSummary]]]:
    by_show: dict[str, list[EpisodeSummary]] = {}
    for episode in episodes:
        by_show.setdefault(episode.show, []).append(episode)
    return sorted(by_show.items(), key=lambda item: item[0].casefold())


def _summarize(show: str, episodes: list[EpisodeSummary]) -> ShowSummary:
    published = sorted(episode.published for episode in episodes if episode.published)
    return ShowSummary(
        show=show,
        episodes=len(episodes),
        duration_ms=_length(episodes),
        words=sum(episode.words for episode in episodes),
        first_published=published[0] if published else None,
        last_published=published[-1] if published else None,
    )


def _add_up(show: str | None, episodes: list[EpisodeSummary]) -> Stats:
    transcribed = [episode for episode in episodes if episode.status in ("ready", "partial")]
    return Stats(
        show=show,
        episodes=len(episodes),
        transcribed=len(transcribed),
        duration_ms=_length(transcribed),
        words=sum(episode.words for episode in transcribed),
        doubtful_words=sum(episode.doubtful_words for episode in transcribed),
        real_time_factor=_speed(transcribed),
        models=_models(transcribed),
    )


def _length(episodes: Iterable[EpisodeSummary]) -> int:
    return sum(episode.duration_ms or 0 for episode in episodes)


def _speed(episodes: Iterable[EpisodeSummary]) -> float | None:
    """Return all audio by all time, of the episodes that were measured: slow ones count as long as they took."""
    measured = [
        (episode.duration_ms, episode.real_time_factor)
        for episode in episodes
        if episode.duration_ms and episode.real_time_factor
    ]
    work_ms = sum(duration_ms / factor for duration_ms, factor in measured)
    return sum(duration_ms for duration_ms, _ in measured) / work_ms if work_ms else None


def _models(episodes: Iterable[EpisodeSummary]) -> tuple[ModelShare, ...]:
    by_model: dict[str, list[EpisodeSummary]] = {}
    for episode in episodes:
        by_model.setdefault(episode.model or _PUBLISHER, []).append(episode)
    shares = [ModelShare(model, len(own), _length(own)) for model, own in by_model.items()]
    return tuple(sorted(shares, key=lambda share: (-share.duration_ms, share.model)))
