"""The outer shape that VTT and SubRip share: a line with two times, then lines of text. Pure.

Malformed files are read as far as they make sense: text behind a time that cannot be read goes to the cue before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from podindex.formats.cues import clean_text
from podindex.timecode import MAX_MS, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3})\d{0,6})?", re.ASCII)
_TIMING = re.compile(r"\s*([\d:.,]{4,20})\s*-->\s*([\d:.,]{4,20})(?:\s.*)?", re.ASCII)
# As Whisper and whisper.cpp print what they hear.
_PRINTED = re.compile(r"\[([\d:.,]{4,20})\s*-->\s*([\d:.,]{4,20})\]\s*(.*)", re.ASCII)
_HEADING = re.compile(r"\s*(?:WEBVTT|NOTE|STYLE|REGION)(?:[\s-]|$)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\d{1,9}\s*", re.ASCII)

# What marks the word that is being said, and how long nobody may say one of a text whose words are marked in turn.
_HIGHLIGHT = re.compile(r"</?(?:[ubic]|font)\b[^<>]*>", re.IGNORECASE)
_MAX_UNMARKED_MS = 2_000

# YouTube repeats a finished line in a cue of its own, some 10 ms long.
_REPEAT_MS = 50
# Captions roll over few lines, and in a file that rolls nearly every cue repeats some; people seldom repeat themselves.
_MAX_ROLLED_LINES = 4
_MIN_ROLLING_CUES = 3


@dataclass(slots=True)
class Block:
    """A cue as it stands in a file."""

    start_ms: int
    end_ms: int
    lines: list[str] = field(default_factory=list)


def read_blocks(text: str) -> list[Block]:
    """Read the cues of a file, their text as it stands there.

    Args:
        text: the whole file, with any line ends. Blocks that begin with WEBVTT, NOTE, STYLE or REGION are no text.

    Raises:
        ValueError: there is no cue at all; it names the line that should have begun one, if one should.
    """
    blocks: list[Block] = []
    group: list[str] = []
    timed = False  # whether the group began with a time, and is the text of the last block

    def close(*, before_time: bool) -> None:
        lines = group if timed else _stray_text(group, before_time=before_time)
        if timed and before_time and lines and _NUMBER.fullmatch(lines[-1]):
            lines = lines[:-1]  # the next cue's number, where the empty line before it is missing
        if blocks:
            blocks[-1].lines.extend(lines)
        group.clear()

    for line in text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if block := _begin(line):
            close(before_time=True)
            blocks.append(block)
            timed = True
        elif line.strip():
            group.extend(_BREAK.split(line))
        else:
            close(before_time=False)
            timed = False
    close(before_time=False)
    if not blocks:
        raise ValueError(_complaint(text))
    return blocks


def _stray_text(group: list[str], *, before_time: bool) -> list[str]:
    """Return what of a group without a time is text that belongs to the cue before it."""
    if not group or _HEADING.match(group[0]):
        return []
    if before_time:  # the last line is the next cue's number or name
        group = group[:-1]
    elif len(group) > 1 and _NUMBER.fullmatch(group[0]):
        group = group[1:]
    return [line for line in group if "-->" not in line]


def without_repeats(blocks: Sequence[Block], mark_up: re.Pattern[str], *, rolling: bool = False) -> Iterator[Block]:
    """Yield cues, each text once: where a cue only marks another word, and where lines of rolling captions come again.

    Args:
        blocks: the cues of a file, in its order.
        mark_up: what is no text.
        rolling: the captions are known to roll; else they do where most cues of several lines begin with the last
            lines of the cue before.
    """
    if not rolling:
        blocks = _without_highlights(blocks)
    shown = [[(line, text) for line in block.lines if (text := clean_text(mark_up.sub("", line)))] for block in blocks]
    texts = [[text for _, text in lines] for lines in shown]
    repeats = [_count_repeats(before, lines) for before, lines in zip([[], *texts], texts, strict=False)]
    if not rolling:
        several = [repeated for repeated, lines in zip(repeats, texts, strict=True) if len(lines) > 1]
        rolled = sum(repeated > 0 for repeated in several)
        if rolled < _MIN_ROLLING_CUES or rolled * 2 < len(several):
            yield from blocks
            return
    for block, lines, repeated in zip(blocks, shown, repeats, strict=True):
        said_again = len(lines) == repeated and block.end_ms - block.start_ms > _REPEAT_MS
        if new := [line for line, _ in lines[0 if said_again else repeated :]]:
            yield Block(block.start_ms, block.end_ms, new)


def _without_highlights(blocks: Sequence[Block]) -> list[Block]:
    """Make one cue of those in a row that show the same words and mark one after the other."""
    whole: list[Block] = []
    marked = text = ""
    for block in blocks:
        before, said, marked = marked, text, "\n".join(block.lines)
        text = _HIGHLIGHT.sub("", marked)
        another = text == said and marked != before and (_marks_part(before) or _marks_part(marked))
        if another and block.start_ms - whole[-1].end_ms <= _MAX_UNMARKED_MS:
            whole[-1] = Block(whole[-1].start_ms, block.end_ms, whole[-1].lines)
        else:
            whole.append(block)
    return whole


def _marks_part(marked: str) -> bool:
    """Tell whether some of a text is marked and some is not: a text in italics may be said again without them."""
    return sum(bool(part.strip()) for part in _HIGHLIGHT.split(marked)) > 1


def _count_repeats(before: Sequence[str], lines: Sequence[str]) -> int:
    """Count the first lines of a cue that are the last of the one before; all only where it has a single one."""
    most = min(len(before), max(len(lines) - 1, 1), len(lines), _MAX_ROLLED_LINES)
    return next((count for count in range(most, 0, -1) if before[-count:] == lines[:count]), 0)


def parse_clock(text: str) -> int | None:
    """Parse `[HH:]MM:SS[.mmm]` to milliseconds, with a comma for the point too; None where it is not that."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    ms = int(hours or 0) * MS_PER_HOUR + int(minutes) * MS_PER_MINUTE + int(seconds) * MS_PER_SECOND
    ms += int((fraction or "0").ljust(3, "0"))
    return ms if ms <= MAX_MS else None


def _begin(line: str) -> Block | None:
    """Return the cue that a line begins, with what it says of the text."""
    match = (_TIMING.fullmatch(line) or _PRINTED.fullmatch(line)) if "-->" in line else None
    if match is None:
        return None
    start_ms, end_ms = parse_clock(match[1]), parse_clock(match[2])
    return None if start_ms is None or end_ms is None else Block(start_ms, end_ms, [*match.groups()[2:]])


def _complaint(text: str) -> str:
    times = "times such as 00:00:01.000 --> 00:00:02.000"
    number = next((number for number, line in enumerate(text.splitlines(), start=1) if "-->" in line), None)
    return f"line {number}: expected {times}" if number else f"no line has {times}"
