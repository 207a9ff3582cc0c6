"""Every conversion between units of time, and every printed or typed time. Pure.

Inside podindex a time is an `int` number of milliseconds since the start of the episode's audio.
"""

import re

MS_PER_SECOND = 1_000
MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000

# Longer than any episode; keeps a typed "9e99" from becoming an integer that other programs cannot hold.
MAX_MS = 1_000 * MS_PER_HOUR

_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*s?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,6}):([0-5]?\d(?:\.\d{1,9})?)", re.ASCII)


def ms_from_seconds(seconds: float) -> int:
    """Round seconds to the nearest millisecond (halves to even, as Python rounds)."""
    return round(seconds * MS_PER_SECOND)


def seconds_from_ms(ms: int) -> float:
    """Convert milliseconds to seconds."""
    return ms / MS_PER_SECOND


def format_seconds(ms: int) -> str:
    """Write milliseconds as seconds for a URL: `754.5`, `12345.678`, `60`."""
    return f"{seconds_from_ms(ms):.3f}".rstrip("0").rstrip(".")


def parse_time(text: str) -> int:
    """Parse a time as people type it into milliseconds.

    Accepts `754.5`, `754s`, `12:34` and `1:02:03.5`. Minutes may exceed 59 only where no hours are given.

    Raises:
        ValueError: the text is not a time, or it is later than `MAX_MS`.
    """
    stripped = text.strip()
    if match := _SECONDS.fullmatch(stripped):
        ms = ms_from_seconds(float(match[1]))
    elif match := _CLOCK.fullmatch(stripped):
        hours, minutes = int(match[1] or 0), int(match[2])
        if match[1] and minutes > 59:
            raise ValueError(f"not a time: {text!r}")
        ms = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE + ms_from_seconds(float(match[3]))
    else:
        raise ValueError(f"not a time: {text!r}")
    if ms > MAX_MS:
        raise ValueError(f"later than any episode: {text!r}")
    return ms


def format_time(ms: int) -> str:
    """Format as `H:MM:SS`, rounded down: a player sent there starts before the moment, not after it."""
    seconds = ms // MS_PER_SECOND
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def format_clock(ms: int, *, separator: str = ".") -> str:
    """Format as `HH:MM:SS.mmm`, the clock of VTT (`.`) and SRT (`,`)."""
    seconds, rest = divmod(ms, MS_PER_SECOND)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{separator}{rest:03}"
