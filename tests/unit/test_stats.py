"""Sums over a library."""

from pathlib import Path

import pytest

from podindex.models import EpisodeStatus, EpisodeSummary, ModelShare
from podindex.stats import build_stats

HOUR_MS = 3_600_000


def episode(
    number: int,
    show: str = "A",
    *,
    hours: float = 1,
    words: int = 9000,
    doubtful: int = 0,
    model: str | None = "tiny.en",
    speed: float | None = None,
    status: EpisodeStatus = "ready",
) -> EpisodeSummary:
    return EpisodeSummary(
        episode_id=f"a/{number}",
        show=show,
        title=str(number),
        published=None,
        duration_ms=round(hours * HOUR_MS),
        status=status,
        language="en",
        words=words,
        origin="whisper" if model else "publisher",
        model=model,
        audio_path=Path(f"{number}.mp3"),
        doubtful_words=doubtful,
        real_time_factor=speed,
    )


def test_an_empty_library_has_no_shares() -> None:
    stats = build_stats([])
    assert (stats.total.episodes, stats.total.words, stats.shows) == (0, 0, ())
    assert stats.total.words_per_minute is stats.total.doubtful_share is stats.total.real_time_factor is None


def test_shows_stand_by_name_and_add_up_to_the_total() -> None:
    stats = build_stats([episode(1, "b", words=100), episode(2, "A", words=50), episode(3, "b", words=7)])
    assert [show.show for show in stats.shows] == ["A", "b"]
    assert [show.words for show in stats.shows] == [50, 107]
    assert (stats.total.show, stats.total.words, stats.total.duration_ms) == (None, 157, 3 * HOUR_MS)


def test_what_has_no_transcript_counts_only_as_an_episode() -> None:
    stats = build_stats([episode(1), episode(2, status="pending", words=0), episode(3, status="partial")])
    assert (stats.total.episodes, stats.total.transcribed, stats.total.duration_ms) == (3, 2, 2 * HOUR_MS)


def test_speed_is_all_audio_by_all_time() -> None:
    """An hour at 10 times and an hour at 30 times real time take 8 minutes: 15 times, not 20."""
    stats = build_stats([episode(1, speed=10), episode(2, speed=30), episode(3, hours=99, speed=None)])
    assert stats.total.real_time_factor == pytest.approx(15)


def test_the_share_of_doubtful_words() -> None:
    stats = build_stats([episode(1, words=900, doubtful=90), episode(2, words=100, doubtful=0)])
    assert stats.total.doubtful_share == pytest.approx(0.09)
    assert stats.total.words_per_minute == pytest.approx(1000 / 120)


def test_the_mix_of_models_begins_with_the_most_used() -> None:
    stats = build_stats([episode(1), episode(2, model=None), episode(3, model="base", hours=3)])
    assert stats.total.models == (
        ModelShare("base", 1, 3 * HOUR_MS),
        ModelShare("publisher", 1, HOUR_MS),
        ModelShare("tiny.en", 1, HOUR_MS),
    )
