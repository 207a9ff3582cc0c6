"""A publisher's transcript, given for an episode instead of transcribing it.

Pure, but for the clock, and the audio's header where it was not read before.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from podindex import __version__
from podindex.intake.deciding import Decision
from podindex.models import Origin, Segment, Transcript

if TYPE_CHECKING:
    from podindex.formats import GivenTranscript


def build_transcript(decision: Decision, given: "GivenTranscript", source: Path, language: str | None) -> Transcript:
    """Make what a publisher says the transcript of an episode.

    Args:
        decision: what is to be done with the episode.
        given: what the publisher's file holds.
        source: that file.
        language: what is spoken, where the user says so.
    """
    origin = Origin(
        kind="publisher",
        created=datetime.now(UTC).replace(microsecond=0),
        podindex=__version__,
        timing="word" if all(segment.words is not None for segment in given.segments) else "cue",
        options={"file": source.name},
        audio_sha256=decision.file.sha256,
        audio_duration_ms=decision.file.info.duration_ms,
    )
    language = language or given.language or decision.episode.language
    return Transcript(decision.episode.id, language, given.segments, origin)


def goes_on_after_audio(transcript: Transcript) -> bool:
    """Tell whether a segment begins where the audio has ended."""
    segments, duration_ms = transcript.segments, transcript.origin.audio_duration_ms
    return bool(segments) and duration_ms is not None and segments[-1].start_ms >= duration_ms


def says_the_same(segments: Sequence[Segment], others: Sequence[Segment]) -> bool:
    """Tell whether two files say the same: all but the probabilities, which are rounded when they are kept."""
    return _content(segments) == _content(others)


def _content(segments: Sequence[Segment]) -> list[object]:
    return [
        (segment.start_ms, segment.end_ms, segment.text, segment.speaker, [word[:3] for word in segment.words or ()])
        for segment in segments
    ]
