"""How much sound was lost with bytes that hold no frame, in files whose timestamps only count frames. Pure.

An mp3 or ADTS file is a row of frames without a clock. Where garbage stands in it, the timestamps go on as if nothing
were missing; if the garbage was written over frames, everything after it is later than they say, and if it was put
between frames, it is not. What the header says of the whole decides: the rest of the file has to end there.
"""


class LostSound:
    """Adds up bad packets and settles them at the next good one.

    Positions and lengths are samples at `SAMPLE_RATE_HZ`.

    Args:
        file_bytes: size of the file.
        header_end: where the sound ends by the header; None where it says nothing.
    """

    def __init__(self, file_bytes: int, header_end: float | None) -> None:
        self._file_bytes = file_bytes
        self._header_end = header_end
        self._good_bytes = 0
        self._good_samples = 0.0
        self._lost_bytes = 0
        self._lost_samples = 0.0
        self._settled_samples = 0.0

    def keep(self, size_bytes: int, samples: float) -> None:
        """Note a good packet: the file's rate is measured by them."""
        self._good_bytes += size_bytes
        self._good_samples += samples

    def lose(self, size_bytes: int, samples: float) -> None:
        """Note a bad packet and the time that its timestamps give it."""
        self._lost_bytes += size_bytes
        self._lost_samples += samples

    def settle(self, start: float, offset_bytes: int | None) -> float:
        """Return how much later than its timestamp a good packet after bad ones is.

        Args:
            start: its position by its timestamp.
            offset_bytes: where it stands in the file.
        """
        if not self._lost_bytes or not self._good_samples:
            self._lost_bytes, self._lost_samples = 0, 0.0
            return 0.0
        bytes_per_sample = self._good_bytes / self._good_samples
        lost = self._lost_bytes / bytes_per_sample - self._lost_samples
        self._lost_bytes, self._lost_samples = 0, 0.0
        if self._header_end is not None and offset_bytes is not None:
            expected = self._header_end - (self._file_bytes - offset_bytes) / bytes_per_sample
            if expected - (start + self._settled_samples) < lost / 2:
                return 0.0
        lost = max(0.0, lost)
        self._settled_samples += lost
        return lost
