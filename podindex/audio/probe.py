"""What an audio file says of itself: length, tags, chapters. I/O: av, the file."""

import os
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer

from podindex.audio.limits import bounded
from podindex.audio.seeking import UNTIMED_FORMATS, scan_length, written_ms
from podindex.audio.source import open_source
from podindex.audio.tags import first_line, first_text, fold_tags, parse_date, parse_language
from podindex.audio.wav import declared_ms
from podindex.files import open_audio
from podindex.models import AudioInfo, Chapter
from podindex.timecode import MAX_MS

# Names as libavformat gives them, from ID3, MP4 atoms, Vorbis comments and Matroska; the best source first.
_TITLE = ("title",)
_SHOW = ("show", "album", "album_artist", "artist")
_DATE = ("date", "date_released", "tdrl", "tdor", "year", "originaldate")
_DESCRIPTION = ("description", "synopsis", "tdes", "summary", "comment")
_MAX_CHAPTERS = 1_000

_WAV_HEAD_BYTES = 65_536


@bounded
def probe(path: Path) -> AudioInfo:
    """Read a file's header.

    Raises:
        AudioError: the file is missing, cannot be read, is no audio, or is copy-protected.
    """
    with open_source(path) as (container, stream):
        tags = fold_tags(container.metadata, stream.metadata)
        dates = (parse_date(tags[name]) for name in _DATE if name in tags)
        return AudioInfo(
            duration_ms=_duration_ms(path, container, stream),
            title=first_line(tags, _TITLE),
            show=first_line(tags, _SHOW),
            published=next((date for date in dates if date), None),
            description=first_text(tags, _DESCRIPTION),
            language=parse_language(tags.get("language", "")),
            chapters=_chapters(container),
        )


def _duration_ms(path: Path, container: InputContainer, stream: AudioStream) -> int | None:
    """Return the length by the header, or by all packets where the container could only guess it."""
    if container.format.name == "wav":
        with open_audio(path) as file:
            if declared := declared_ms(file.read(_WAV_HEAD_BYTES), os.fstat(file.fileno()).st_size):
                return min(declared, MAX_MS)
    length_ms = written_ms(path, container, stream)
    if length_ms is None and container.format.name in UNTIMED_FORMATS:
        return scan_length(path, container, stream)
    return None if length_ms is None else min(length_ms, MAX_MS)


def _chapters(container: InputContainer) -> tuple[Chapter, ...]:
    """Return the chapters in order of time; one without a title is called by its number."""
    chapters = []
    for number, chapter in enumerate(container.chapters()[:_MAX_CHAPTERS], start=1):
        start_ms = int(chapter["start"] * (chapter["time_base"] or 0) * 1000)
        if 0 <= start_ms <= MAX_MS:
            title = first_line(fold_tags(chapter["metadata"]), _TITLE) or f"Chapter {number}"
            chapters.append(Chapter(start_ms, title))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))
