"""Markdown for reading: the episode's name, then paragraphs of about a minute with time and speaker. Pure."""

import re

from podindex.days import format_day
from podindex.formats.cues import clean_text
from podindex.models import Episode, Transcript
from podindex.passages import build_passages
from podindex.timecode import format_time

# What CommonMark gives a meaning to anywhere in a line, and what has one only where a line begins: a list, a rule.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~#])")
_LINE_START = re.compile(r"^([0-9]{1,9}(?=[.)](?: |$))|(?=[-+=]))")


def format_markdown(episode: Episode, transcript: Transcript) -> str:
    """Write a document whose text reads as it was said, whatever characters it holds."""
    paragraphs = [f"# {_escape(episode.title)}"]
    facts = [_escape(episode.show), *([format_day(episode.published)] if episode.published else [])]
    paragraphs.append(" · ".join(facts))
    for passage in build_passages(transcript):
        time = f"**[{format_time(passage.start_ms)}]** " if transcript.has_times else ""
        speaker = f"**{_escape(passage.speaker)}:** " if passage.speaker else ""
        paragraphs.append(f"{time}{speaker}{_escape(passage.text)}")
    return "\n\n".join(paragraphs) + "\n"


def _escape(text: str) -> str:
    return _LINE_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", clean_text(text)))
