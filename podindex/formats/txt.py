"""Plain text: a segment a line, as Whisper writes it, with a speaker's name where the speaker changes. Pure."""

from podindex.formats.cues import clean_text
from podindex.models import Episode, Transcript


def format_txt(_episode: Episode, transcript: Transcript) -> str:
    """Write the text without times."""
    lines: list[str] = []
    speaker: str | None = None
    for segment in transcript.segments:
        if segment.speaker and segment.speaker != speaker:
            speaker = segment.speaker
            lines.extend(["", f"{clean_text(speaker)}:"] if lines else [f"{clean_text(speaker)}:"])
        if text := clean_text(segment.text):
            lines.append(text)
    return "".join(line + "\n" for line in lines)
