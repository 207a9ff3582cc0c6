"""Every word with its times, for programs: one JSON object. Pure."""

from podindex.jsonio import format_json
from podindex.models import Episode, Transcript
from podindex.passages import timed_words


def format_words(_episode: Episode, transcript: Transcript) -> str:
    """Write `{"episode_id": …, "words": [[text, start_ms, end_ms, probability], …]}`, numbered as the index does."""
    return format_json({"episode_id": transcript.episode_id, "words": timed_words(transcript.segments)}) + "\n"
