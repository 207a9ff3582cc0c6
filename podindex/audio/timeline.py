"""Where each decoded frame belongs in the episode, by the file's timestamps. Pure.

Positions and lengths are samples at `SAMPLE_RATE_HZ` since the start of the episode. Sound that follows on within
`TOLERANCE` simply follows on; a gap becomes silence, so that later words keep the times a player shows; sound that
overlaps is dropped; a leap that no header explains is a reset of the clock, and the sound goes on.
"""

import math
from dataclasses import dataclass

from podindex.models import SAMPLE_RATE_HZ, SAMPLES_PER_MS
from podindex.timecode import MAX_MS

TOLERANCE = SAMPLE_RATE_HZ // 50
"""20 ms: above the rounding of any container's clock, below the shortest codec frame worth replacing (mp3: 24 ms)."""

_MAX_OVERLAP = 2 * SAMPLE_RATE_HZ
_MAX_UNEXPLAINED_GAP = 60 * SAMPLE_RATE_HZ
# A recorder may wait through a night. A header that says more makes weeks of silence of a few kilobytes.
_MAX_SILENCE = 12 * 3_600 * SAMPLE_RATE_HZ
_MAX_END = MAX_MS * SAMPLES_PER_MS


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do before a frame is appended."""

    silence: int = 0
    """Samples of silence to put before it."""
    drop: int = 0
    """Samples of its beginning to leave out."""


_FOLLOWS_ON = Placement()


class Timeline:
    """The growing line of samples.

    Args:
        begin: position of the first sample that is wanted; sound before it is dropped.
        header_end: where the sound ends by the file's header; gaps may reach a minute beyond it, and are twelve hours
            together at most.
    """

    def __init__(self, *, begin: int = 0, header_end: float | None = None) -> None:
        self.end = float(begin)
        self._max_early_drop = max(begin, _MAX_OVERLAP)
        self._begun = False
        self._silence = 0
        self._shift = 0.0
        self.header_end = header_end

    def delay(self, samples: float) -> None:
        """Move all that follows, for lost sound that the timestamps do not show."""
        self._shift += samples

    def place(self, start: float | None, length: float) -> Placement:
        """Place a frame.

        Args:
            start: the frame's position by its timestamp; None where it has none.
            length: its length.
        """
        placement = _FOLLOWS_ON if start is None else self._compare(start + self._shift - self.end, length)
        self._silence += placement.silence
        self.end += placement.silence + max(0.0, length - placement.drop)
        self._begun = self._begun or placement.drop < length
        return placement

    def _compare(self, ahead: float, length: float) -> Placement:
        if abs(ahead) <= (TOLERANCE if self._begun else 0.5):
            return _FOLLOWS_ON
        if 0 < ahead <= self._room():
            return Placement(silence=round(ahead))
        if ahead < 0 and -ahead <= (_MAX_OVERLAP if self._begun else self._max_early_drop):
            return Placement(drop=min(round(-ahead), math.ceil(length)))
        self._shift -= ahead
        return _FOLLOWS_ON

    def _room(self) -> float:
        """Return how long a gap may be here."""
        explained_end = self.end if self.header_end is None else self.header_end
        return min(min(explained_end + _MAX_UNEXPLAINED_GAP, _MAX_END) - self.end, _MAX_SILENCE - self._silence)
