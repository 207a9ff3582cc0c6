"""A small library for the web's tests: every kind of episode a page can meet. I/O: writes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audio_files import beeps, id3_tags, noise, write_audio
from transcripts import ORIGIN, make_segment, make_transcript

from podindex.models import AudioRef, Chapter, Episode, Segment, Transcript
from podindex.store import EpisodeStore

TALK = "tech-talk/the-breach"
NO_AUDIO = "tech-talk/audio-gone"
TRANSCRIPT_ONLY = "tech-talk/transcript-only"
PENDING = "tech-talk/not-yet"
HOSTILE = "hostile/evil"

MARKUP = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
DURATION_S = 120
WORD_MS = 300
"""Every word of `TALK` is as long as this, without pauses."""

LINES = [
    ("Anna", "Welcome to the show. Tonight we talk about a data breach at a face recognition company."),
    ("Ben", "Three hundred thousand faces were on a server without a password."),
    ("Anna", "What is facial recognition? It is a list of numbers that describes a face."),
    ("Ben", "You can change a password. You cannot change a face."),
] * 6


def build_web_library(library_dir: Path) -> Path:
    """Make the library; its index is made by whoever searches first."""
    library_dir.mkdir()
    store = EpisodeStore(library_dir / "episodes")
    published = datetime(2026, 11, 1, tzinfo=UTC)
    chapters = (Chapter(0, "Opening"), Chapter(20_000, "The story"))
    for episode_id, title, audio in [
        (TALK, "The Breach", AudioRef("the-breach.mp3")),
        (NO_AUDIO, "Audio Gone", AudioRef("gone.mp3")),
        (TRANSCRIPT_ONLY, "Transcript Only", None),
        (PENDING, "Not Yet", AudioRef("the-breach.mp3")),
    ]:
        store.save_episode(
            Episode(
                episode_id,
                "Tech Talk",
                title,
                published=published,
                duration_ms=DURATION_S * 1000,
                audio=audio,
                description="<p>About <b>faces</b>.</p><script>document.title='owned'</script>",
                chapters=chapters,
            )
        )
    write_audio(store.metadata_path(TALK).with_suffix(".mp3"), beeps(DURATION_S, range(1, DURATION_S, 5)))
    for episode_id in (TALK, NO_AUDIO, TRANSCRIPT_ONLY):
        store.save_transcript(Transcript(episode_id, "en", _segments(), ORIGIN))
    later = published + timedelta(days=1)
    store.save_episode(
        Episode(HOSTILE, MARKUP, MARKUP, later, description=MARKUP, chapters=(Chapter(0, MARKUP),), language="en")
    )
    said = make_segment(f"before the breach {MARKUP} and after", speaker=MARKUP)
    store.save_transcript(Transcript(HOSTILE, "en", (said,), ORIGIN))
    return library_dir


def add_long_episode(library_dir: Path) -> str:
    """Add an episode of half an hour, more than browsers and sockets read ahead; return its id."""
    store = EpisodeStore(library_dir / "episodes")
    episode = Episode("a/long", "A", "Long", audio=AudioRef("long.wav"))
    store.save_episode(episode)
    write_audio(store.metadata_path(episode.id).with_suffix(".wav"), noise(1_800, -60, rate_hz=8_000), rate_hz=8_000)
    return episode.id


def add_odd_episode(library_dir: Path) -> str:
    """Add an episode that opens at once, and keeps whoever reads all of it busy for very long; return its id."""
    store = EpisodeStore(library_dir / "episodes")
    episode = Episode("a/odd", "A", "Odd", audio=AudioRef("odd.aac"))
    store.save_episode(episode)
    path = write_audio(store.metadata_path(episode.id).with_suffix(".aac"), beeps(9, [1]))
    path.write_bytes(path.read_bytes() + id3_tags(100_000) + path.read_bytes())
    return episode.id


def add_doubtful_episode(library_dir: Path) -> str:
    """Add an episode of two hundred long lines, of each of which the first word is doubtful; return its id."""
    store = EpisodeStore(library_dir / "episodes")
    episode = Episode("a/doubtful", "A", "Doubtful")
    store.save_episode(episode)
    lines = make_transcript([" ".join([f"doubt{number}", *["sure"] * 150]) for number in range(200)], episode.id)
    segments = tuple(
        replace(line, words=(line.words[0]._replace(probability=0.2), *line.words[1:]))
        for line in lines.segments
        if line.words
    )
    store.save_transcript(replace(lines, segments=segments))
    return episode.id


def _segments() -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for speaker, text in LINES:
        start_ms = segments[-1].end_ms if segments else 0
        segments.append(make_segment(text, start_ms, word_ms=WORD_MS, speaker=speaker))
    return tuple(segments)
