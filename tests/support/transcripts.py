"""Transcripts for tests: plain ones, and hypothesis strategies for all that our types allow."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import strategies as st

from podindex.models import Episode, Origin, Segment, Transcript, Word

CREATED = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
ORIGIN = Origin(kind="whisper", created=CREATED, podindex="0.1.0", model="tiny.en", options={"beam_size": 5})
EPISODE = Episode(id="show/ep", show="Show", title="Episode")

_AWKWARD = [
    "-->",
    "<",
    "<i>",
    "&",
    "&lt;",
    "&amp;lt;",
    "a<b>c",
    "{\\an8}",
    "日本語",
    "สวัสดี",
    "🎙️",
    "…",
    "1",
    "\\",
    "*",
]
WORD_TEXTS = st.sampled_from(_AWKWARD) | st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)
SPEAKERS = st.sampled_from(["Anna", "Ben & Co", "<Żółć>", "日本 花子"])


def make_segment(text: str, start_ms: int = 0, *, word_ms: int = 300, speaker: str | None = None) -> Segment:
    """Make a segment of the text's words, each as long as another, without pauses."""
    words = tuple(
        Word(word, start_ms + number * word_ms, start_ms + (number + 1) * word_ms, 0.9)
        for number, word in enumerate(text.split())
    )
    return Segment(start_ms, start_ms + len(words) * word_ms, text, words, speaker)


def make_transcript(texts: Sequence[str], episode_id: str = EPISODE.id) -> Transcript:
    """Make a transcript of a segment a text, one after the other."""
    segments: list[Segment] = []
    for text in texts:
        segments.append(make_segment(text, segments[-1].end_ms if segments else 0))
    return Transcript(episode_id, "en", tuple(segments), ORIGIN)


@st.composite
def word_lists(draw: st.DrawFn, start_ms: int) -> tuple[Word, ...]:
    """Words in order from a time on; they may touch, overlap or take no time."""
    words = []
    for text in draw(st.lists(WORD_TEXTS, min_size=1, max_size=10)):
        start_ms += draw(st.integers(0, 900))
        words.append(Word(text, start_ms, start_ms + draw(st.integers(0, 900)), draw(st.floats(0, 1))))
    return tuple(words)


@st.composite
def transcripts(draw: st.DrawFn, *, speakers: st.SearchStrategy[str | None] | None = None) -> Transcript:
    """Transcripts with and without words, pauses, speakers and spaces between words."""
    segments = []
    end_ms = 0
    for _ in range(draw(st.integers(0, 5))):
        start_ms = end_ms + draw(st.integers(0, 3000))
        words = draw(word_lists(start_ms))
        end_ms = max(word.end_ms for word in words)
        text = draw(st.sampled_from([" ", ""])).join(word.text for word in words)
        speaker = draw(st.none() | SPEAKERS if speakers is None else speakers)
        segments.append(Segment(start_ms, end_ms, text, draw(st.sampled_from([words, None])), speaker))
    return Transcript(EPISODE.id, draw(st.sampled_from([None, "en"])), tuple(segments), ORIGIN)
