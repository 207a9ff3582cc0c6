"""A library made of other people's transcripts, for the search benchmark. I/O: reads files, writes a library.

Takes folders of VTT, SRT and Podcasting 2.0 JSON, of Markdown with `Speaker: text` paragraphs and a front matter, and
`.tar.xz` archives of such folders. What a file does not tell (when an episode was published, when each sentence was
said) is made up, always the same.
"""

import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from podindex.errors import PodindexError
from podindex.formats import load_transcript
from podindex.models import Episode, Origin, Segment, Transcript
from podindex.store import EpisodeStore

_SUFFIXES = {".vtt", ".srt", ".json", ".md"}
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST_DAY = datetime(2012, 1, 1, tzinfo=UTC)
_WORD_MS = 350
"""How long a word of an untimed transcript takes: 170 words a minute."""

# The bold of a name ends before its colon or behind it.
_SPEAKER = re.compile(r"\**([A-Z][\w .'-]{1,40})(?:\**\s*[:：]|[:：]\*\*)\s+(.*)")
_LANGUAGE = re.compile(r"\.(es|pt|de|fr|it|nl|zh|ja|ko|cs|ro|ru|tr|vi)\.md$")


@dataclass(frozen=True, slots=True)
class Source:
    """What a transcript file says."""

    show: str
    title: str
    published: datetime
    language: str
    segments: tuple[Segment, ...]


def build_library(library_dir: Path, paths: list[Path]) -> None:
    """Save the transcripts below some folders and archives as episodes, unless the library has episodes."""
    store = EpisodeStore(library_dir / "episodes")
    if store.root.is_dir() and any(store.root.iterdir()):
        return
    library_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as unpacked:
        for number, path in enumerate(paths):
            folder = path
            if path.is_file():
                folder = Path(unpacked, str(number), path.name.partition(".")[0])
                with tarfile.open(path) as archive:
                    archive.extractall(folder, filter="data")
            for source in _read_folder(folder):
                _save(store, source)


def _save(store: EpisodeStore, source: Source) -> None:
    episode_id = store.new_id(source.show, source.title)
    end_ms = source.segments[-1].end_ms
    store.save_episode(Episode(episode_id, source.show, source.title, source.published, source.language, end_ms))
    origin = Origin("publisher", _CREATED, "0.1.0", "cue")
    store.save_transcript(Transcript(episode_id, source.language, source.segments, origin))


def _read_folder(folder: Path) -> Iterator[Source]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and not path.name.startswith("_"))
    for number, path in enumerate(files):
        published = _FIRST_DAY + timedelta(days=number % 5000)
        try:
            source = _read_markdown(folder, path, published) if path.suffix == ".md" else _read(folder, path, published)
        except (PodindexError, ValueError):
            continue  # no transcript, or a damaged one
        if source.segments:
            yield source


def _read(folder: Path, path: Path, published: datetime) -> Source:
    return Source(folder.name, path.stem.replace("-", " "), published, "en", load_transcript(path).segments)


def _read_markdown(folder: Path, path: Path, published: datetime) -> Source:
    text = path.read_text(encoding="utf-8", errors="replace")
    title = path.stem
    if front := re.match(r"---\n(.*?)\n---\n", text, re.DOTALL):
        text = text[front.end() :]
        if found := re.search(r"^title:\s*(.+)$", front[1], re.MULTILINE):
            title = found[1].strip(" '\"")
        if found := re.search(r"^date:\s*(\d{4}-\d\d-\d\d)\s*$", front[1], re.MULTILINE):
            published = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    language = found[1] if (found := _LANGUAGE.search(path.name)) else "en"
    parent = path.parent.name if path.parent != folder else folder.name
    return Source(f"{folder.name} {parent}", title, published, language, tuple(_sentences(text)))


def _sentences(text: str) -> Iterator[Segment]:
    at_ms, speaker = 0, None
    for line in text.split("\n"):
        paragraph = " ".join(line.split())
        if paragraph.startswith(("#", "<http")):
            continue
        if match := _SPEAKER.match(paragraph):
            speaker, paragraph = match[1], match[2]
        for sentence in filter(None, re.split(r"(?<=[.!?])\s+", paragraph)):
            duration_ms = _WORD_MS * len(sentence.split())
            yield Segment(at_ms, at_ms + duration_ms, sentence, None, speaker)
            at_ms += duration_ms
