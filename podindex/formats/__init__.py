"""Transcript formats of others: what we write for players, editors and programs, and what we read of publishers.

Pure, but for `load_transcript`.

How to add a format: write a module beside the others with `format_NAME(episode, transcript) -> str` and, where it can
be read back, `parse_NAME(text) -> tuple[Segment, ...]`. `cues.py` holds what formats share: `clean_text`, through which
every text goes (titles, names and what is said may hold control characters), cutting words into lines of limited
length, and making sense of foreign cues. `cue_blocks.py` takes files of cues apart, `phrases.py` puts words that have a
cue or an entry each together.

- Written: a line in `FORMATS`, a section in docs/formats.md, its name in the help of `cli/commands/export.py`.
- Read: in `_parse` how to tell it; its name in `READABLE`, in the help of `cli/commands/add.py`, in docs/formats.md
  and, under `bad-transcript`, in docs/errors.md.

Then `make docs`. The tests write every format in `FORMATS`; to test that one can be read back, add its name to theirs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import ascii_letters

from podindex.atomic import read_file
from podindex.errors import FormatError
from podindex.formats.chapters import format_chapters
from podindex.formats.json_transcript import format_json_transcript, parse_json_transcript
from podindex.formats.markdown import format_markdown
from podindex.formats.phrases import join_words
from podindex.formats.srt import format_srt, parse_srt
from podindex.formats.tsv import format_tsv
from podindex.formats.txt import format_txt
from podindex.formats.vtt import format_vtt, parse_vtt, read_vtt_language
from podindex.formats.words import format_words
from podindex.languages import parse_language
from podindex.models import Episode, Segment, Transcript

__all__ = ["FORMATS", "Format", "GivenTranscript", "format_transcript", "load_transcript", "parse_transcript"]

# SubStation Alpha begins with [Script Info], what Whisper prints with [00:00.
_JSON = re.compile(r"\{|\[\s*[\[{\]]")
_MANY_CAPTIONS = 20
# Far beyond any real transcript: what is larger is something else and would only fill the memory.
_MAX_BYTES = 64 * 2**20
# In every language that is written in Windows-1252, a smaller share of the letters is outside ASCII.
_FOREIGN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Format:
    """A format we write.

    Attributes:
        suffix: how the names of its files end.
        media_type: as the Podcasting 2.0 namespace and web servers name it.
        format: makes the file's text.
    """

    suffix: str
    media_type: str
    format: Callable[[Episode, Transcript], str]


FORMATS: dict[str, Format] = {
    "vtt": Format(".vtt", "text/vtt", format_vtt),
    "srt": Format(".srt", "application/x-subrip", format_srt),
    "json": Format(".json", "application/json", format_json_transcript),
    "txt": Format(".txt", "text/plain", format_txt),
    "tsv": Format(".tsv", "text/tab-separated-values", format_tsv),
    "md": Format(".md", "text/markdown", format_markdown),
    "chapters": Format(".chapters.json", "application/json+chapters", format_chapters),
    "words": Format(".words.json", "application/json", format_words),
}
"""By the name that `export --format` takes."""

READABLE = ("VTT", "SRT", "JSON")
"""What `parse_transcript` reads, as people call it."""

_ANY_READABLE = f"{', '.join(READABLE[:-1])} or {READABLE[-1]}"


def format_transcript(episode: Episode, transcript: Transcript, name: str) -> str:
    """Write a transcript in a format.

    Raises:
        FormatError: `unknown-format`: nobody knows a format of this name.
    """
    if name not in FORMATS:
        raise FormatError("unknown-format", f"there is no format {name!r}", f"choose one of {', '.join(FORMATS)}")
    return FORMATS[name].format(episode, transcript)


@dataclass(frozen=True, slots=True)
class GivenTranscript:
    """What a file of others holds.

    Attributes:
        segments: in order and disjoint; their words are None where the file does not time them.
        language: Whisper's code of what is spoken, where the file says it.
    """

    segments: tuple[Segment, ...]
    language: str | None = None


def parse_transcript(content: bytes | str, name: str) -> GivenTranscript:
    """Read a transcript in whichever of `READABLE` it is; what the file says counts, not what it is called.

    Args:
        content: the file; bytes may be UTF-8, UTF-16 with a byte order mark, or Windows-1252.
        name: what to call it in errors.

    Raises:
        FormatError: `bad-transcript`: it is none of these formats, or holds nothing that could be understood.
    """
    try:
        return _parse(content if isinstance(content, str) else _decode(content))
    except ValueError as error:
        hint = f"give a {_ANY_READABLE} transcript, or leave out --transcript to transcribe the audio"
        raise FormatError(
            "bad-transcript", f"{name} is not a transcript that podindex can read: {error}", hint
        ) from error


def _parse(text: str) -> GivenTranscript:
    head, language = text[:10_000].lstrip("\ufeff \t\r\n"), None
    if _JSON.match(head):
        segments, language = parse_json_transcript(text)
    elif head.startswith("WEBVTT"):
        segments, language = _joined(parse_vtt(text)), read_vtt_language(head)
    else:
        segments = _joined(parse_srt(text))
    if not segments:
        raise ValueError("it has no text")
    return GivenTranscript(segments, _known(language))


def _joined(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Put captions of a word each together, as whisper.cpp writes them with `-ml 1`; a few may stand alone."""
    return join_words(segments) if len(segments) >= _MANY_CAPTIONS else segments


def _known(language: str | None) -> str | None:
    try:
        return parse_language(language or "")
    except ValueError:  # Whisper does not know it
        return None


def load_transcript(path: Path) -> GivenTranscript:
    """Read a transcript file as `parse_transcript` does. I/O: the file.

    Raises:
        FormatError: `unreadable-transcript`: it cannot be read; `bad-transcript`: it cannot be understood.
    """
    hint = f"give a {_ANY_READABLE} transcript that can be read"
    try:
        content = read_file(path, _MAX_BYTES)
    except OSError as error:
        message = f"cannot read the transcript {path}: {error.strerror or type(error).__name__}"
        raise FormatError("unreadable-transcript", message, hint) from error
    except ValueError as error:
        raise FormatError("unreadable-transcript", f"{path} is not a transcript: {error}", hint) from error
    return parse_transcript(content, path.name)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What old Windows programs wrote; but in Russia, Greece or China the same bytes were other letters.
        foreign = len(content.translate(None, bytes(range(0x80))))
        plain = len(content) - len(content.translate(None, ascii_letters.encode()))
        if foreign > _FOREIGN_SHARE * (foreign + plain):
            raise ValueError("it is neither in UTF-8 nor in Windows-1252; save it as UTF-8") from None
        # Every byte means something there or is marked as lost.
        return content.decode("cp1252", errors="replace")
