"""Tab-separated values as Whisper writes them: start and end in milliseconds, and text. Pure."""

from podindex.formats.cues import clean_text
from podindex.models import Episode, Transcript


def format_tsv(_episode: Episode, transcript: Transcript) -> str:
    """Write a segment a line under the heading `start end text`."""
    rows = [f"{segment.start_ms}\t{segment.end_ms}\t{clean_text(segment.text)}\n" for segment in transcript.segments]
    return "start\tend\ttext\n" + "".join(rows)
