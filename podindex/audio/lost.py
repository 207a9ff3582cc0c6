"""How much sound was lost with bytes that hold no frame, in files whose timestamps only count frames. Pure.

An mp3 file is a row of frames without a clock. Where garbage stands in it, the timestamps go on as if nothing were
missing; if the garbage was written over frames, everything after it is later than they say, and if it was put
between frames, it is not. What the header says of the whole decides: the rest of the file has to end there.
"""


class LostSound:
    """Compares the bytes between good packets with the time that their timestamps leave between them.

    Positions and lengths are samples at `SAMPLE_RATE_HZ`.

    Args:
        file_bytes: size of the file.
        header_end: where the sound ends by the header; None where no header says it.
    """

    def __init__(self, file_bytes: int, header_end: float | None) -> None:
        self._file_bytes = file_bytes
        self._header_end = header_end
        self._good_bytes = 0
        self._good_samples = 0.0
        self._next_offset_bytes: int | None = None
        self._next_start = 0.0
        self._lost_samples = 0.0
        self._tag_bytes = 0

    def take(self, offset_bytes: int, size_bytes: int, start: float, length: float) -> float:
        """Take a good packet.

        Args:
            offset_bytes: where it stands in the file.
            size_bytes: its size.
            start: its position by its timestamp.
            length: its length.

        Returns:
            How much sound was lost just before it that its timestamp does not show.
        """
        lost = 0.0
        if self._next_offset_bytes is not None and self._good_samples:
            lost = self._lost(offset_bytes, size_bytes, start)
        self._lost_samples += lost
        self._good_bytes += size_bytes
        self._good_samples += length
        self._next_offset_bytes, self._next_start = offset_bytes + size_bytes, start + length
        self._tag_bytes = 0
        return lost

    def pass_over(self, tag_bytes: int) -> None:
        """Take a tag that stands before the next packet, where files were joined: it was never sound."""
        self._tag_bytes += tag_bytes

    def _lost(self, offset_bytes: int, size_bytes: int, start: float) -> float:
        gap_bytes = offset_bytes - (self._next_offset_bytes or 0)
        if gap_bytes < size_bytes:
            return 0.0
        bytes_per_sample = self._good_bytes / self._good_samples
        lost = max(0, gap_bytes - self._tag_bytes) / bytes_per_sample - (start - self._next_start)
        if self._tag_bytes:
            return lost  # less than nothing, where the timestamps count what looks like frames in a picture
        lost = max(0.0, lost)
        if self._header_end is not None:
            expected = self._header_end - (self._file_bytes - offset_bytes) / bytes_per_sample
            if expected - (start + self._lost_samples) < lost / 2:
                return 0.0
        return lost
