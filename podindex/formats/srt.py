"""SubRip: numbered cues of two lines of 32 characters, as Podcasting 2.0 asks, with `Name: ` where speakers change.

Pure. There is no standard; reading takes what is in the wild (VTT's times, no numbers, no blank lines, styling).
"""

import re

from podindex.formats.cue_blocks import read_blocks, without_repeats
from podindex.formats.cues import Cue, cut_cues, name_speakers, segments_from_cues, unescape_entities
from podindex.models import Episode, Segment, Transcript
from podindex.timecode import format_clock

# https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
_WIDTH = 32
_LINES = 2

# Styling that programs write into SubRip: HTML's, and {\an8} of SubStation Alpha.
_STYLING = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_AMBIGUOUS = re.compile(r"&(?=#?\w+;)")


def format_srt(_episode: Episode, transcript: Transcript) -> str:
    """Write cues that players show as they are: what they take for styling is written as HTML's entities."""
    cues = cut_cues(transcript.segments, width=_WIDTH, lines=_LINES, prefix_speaker=True)
    return "\n".join(
        f"{number}\n{format_clock(cue.start_ms, separator=',')} --> {format_clock(cue.end_ms, separator=',')}\n"
        f"{_escape(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def parse_srt(text: str) -> tuple[Segment, ...]:
    """Read SubRip, and anything whose cues begin with a line of two times.

    Raises:
        ValueError: there is no such line.
    """
    cues = [
        Cue(block.start_ms, block.end_ms, unescape_entities(_STYLING.sub("", "\n".join(block.lines))))
        for block in without_repeats(read_blocks(text), _STYLING)
    ]
    return segments_from_cues(name_speakers(cues))


def _escape(text: str) -> str:
    text = _AMBIGUOUS.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("{\\", "&#123;\\")
