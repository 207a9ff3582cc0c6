"""Whether less was decoded than the header promises. Pure."""

from podindex.timecode import MS_PER_SECOND

_TOLERANCE_MS = 2 * MS_PER_SECOND
_TOLERANCE_SHARE = 0.001


def missing_ms(header_duration_ms: int | None, decoded_duration_ms: int) -> int:
    """Return how much of the end of a file is missing; 0 where it is whole as far as can be told.

    Headers of whole files are off by encoder delay, padding and rounding; the tolerance is above those and below
    anything a listener would miss.

    Args:
        header_duration_ms: as `probe` gives it: written by the encoder, or counted, never guessed from a bit rate.
        decoded_duration_ms: as the decoder reports it.
    """
    if header_duration_ms is None:
        return 0
    missing = header_duration_ms - decoded_duration_ms
    return missing if missing > max(_TOLERANCE_MS, header_duration_ms * _TOLERANCE_SHARE) else 0
