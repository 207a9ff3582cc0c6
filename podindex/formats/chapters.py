"""JSON chapters 1.2.0 of the Podcasting 2.0 namespace. Pure.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
"""

from podindex.formats.cues import clean_text
from podindex.jsonio import format_json
from podindex.models import Episode, Transcript
from podindex.timecode import seconds_from_ms


def format_chapters(episode: Episode, _transcript: Transcript) -> str:
    """Write the episode's chapters; none where it has none."""
    chapters = [
        {"startTime": seconds_from_ms(chapter.start_ms), "title": clean_text(chapter.title)}
        for chapter in episode.chapters
    ]
    document = {
        "version": "1.2.0",
        "title": clean_text(episode.title),
        "podcastName": clean_text(episode.show),
        "chapters": chapters,
    }
    return format_json(document, indent=2) + "\n"
