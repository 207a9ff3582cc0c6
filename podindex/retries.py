"""When an unfinished episode is tried again.

I/O: reads failures and requests through the store.
"""

from datetime import UTC, datetime, timedelta

from podindex.models import EpisodeSummary
from podindex.store import EpisodeStore

# A failed episode is tried again by the next `sync`, then after 1, 2, 4 … minutes, at most once a day.
_RETRY_AFTER = timedelta(minutes=1)
_RETRY_AT_MOST_AFTER = timedelta(days=1)

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def next_try(store: EpisodeStore, episode: EpisodeSummary) -> datetime | None:
    """Return when an episode is to be transcribed: long ago where it never failed, None where it is not to be."""
    has_request = store.checkpoints(episode.episode_id).has_request()
    if episode.is_unreadable:  # what a person worked on is replaced only where one has said so
        is_wanted = has_request and episode.error is not None and episode.error.code == "damaged-transcript"
    else:
        is_wanted = has_request or episode.status in ("pending", "failed")
    if not is_wanted or episode.audio_path is None:
        return None
    failure = store.checkpoints(episode.episode_id).load_failure()
    if failure is None or failure.failed_at > datetime.now(UTC):  # a clock was wrong
        return _LONG_AGO
    if failure.attempts == 1:  # a full disk, say, of which a person has heard by now
        return failure.failed_at
    pauses: int = 2 ** min(failure.attempts - 2, 20)
    return failure.failed_at + min(_RETRY_AFTER * pauses, _RETRY_AT_MOST_AFTER)
