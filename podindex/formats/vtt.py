"""WebVTT: one line of at most 65 characters a cue and `<v Name>` before what somebody says. Pure.

https://www.w3.org/TR/webvtt1/, and what Podcasting 2.0 asks of it. Reading also takes word times inside cues and the
rolling captions of YouTube, whose cues repeat the line before.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podindex.formats.cue_blocks import Block, parse_clock, read_blocks, without_repeats
from podindex.formats.cues import (
    Cue,
    cut_cues,
    join_lines,
    name_speakers,
    segments_from_cues,
    share_out,
    unescape_entities,
)
from podindex.models import Episode, Segment, Transcript, Word
from podindex.passages import segment_words
from podindex.timecode import format_clock

# https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
_WIDTH = 65

_TAG = re.compile(r"<(/?[a-zA-Z][^<>]*|[0-9:.]+)>")
_INNER_TIME = re.compile(r"<[0-9:.]+>")
_VOICE = re.compile(r"v(?:\.[^\s]*)?(?:\s+(.*))?", re.DOTALL)

# In the header, as YouTube writes it, or in a note, as Microsoft does.
_LANGUAGE = re.compile(
    r"^WEBVTT[^\n]*(?:(?:\n[^\n]+)*?\nLanguage|(?:\n[^\n]*)*?\n\nNOTE language):[ \t]*([^\s]+)", re.IGNORECASE
)


def format_vtt(_episode: Episode, transcript: Transcript) -> str:
    """Write cues whose every character shows as it is."""
    cues = cut_cues(transcript.segments, width=_WIDTH)
    return "WEBVTT\n" + "".join(
        f"\n{format_clock(cue.start_ms)} --> {format_clock(cue.end_ms)}\n{_voice(cue.speaker)}{_escape(cue.text)}\n"
        for cue in cues
    )


def _voice(speaker: str | None) -> str:
    return f"<v {_escape(speaker)}>" if speaker else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_vtt_language(text: str) -> str | None:
    """Return what the header or a note says is spoken; the file begins with the header."""
    match = _LANGUAGE.match(text.replace("\r\n", "\n"))
    return match[1] if match else None


def parse_vtt(text: str) -> tuple[Segment, ...]:
    """Read WebVTT.

    A cue without a name in a file that has some is of the last one named, as Podcasting 2.0 has it.

    Raises:
        ValueError: there is no cue.
    """
    blocks = read_blocks(text)
    rolling = any(_INNER_TIME.search(line) for block in blocks for line in block.lines)
    parts = [part for block in without_repeats(blocks, _TAG, rolling=rolling) for part in _parts(block)]
    if not any(part.voiced for part in parts):
        return segments_from_cues(name_speakers([part.cue(part.lines(), None) for part in parts]))
    cues = []
    speaker: str | None = None
    for part in parts:
        speaker = part.speaker if part.voiced else speaker
        cues.append(part.cue(part.text(), speaker))
    return segments_from_cues(cues)


@dataclass(slots=True)
class _Part:
    """What one voice says in a cue: runs of text, each from a time on."""

    runs: list[tuple[int, list[str]]]
    """Start and text of each; the text in pieces, since a cue may hold megabytes of tags."""
    end_ms: int
    timed: bool = False
    """Whether the cue times its runs."""
    voiced: bool = False
    """Whether the cue names who speaks, or says that nobody known does."""
    speaker: str | None = None

    def append(self, text: str) -> None:
        if text:
            self.runs[-1][1].append(text)

    def lines(self) -> str:
        """Return the text in the lines of the file."""
        return unescape_entities("".join(piece for _, pieces in self.runs for piece in pieces))

    def text(self) -> str:
        return join_lines(self.lines())

    def cue(self, text: str, speaker: str | None) -> Cue:
        return Cue(self.runs[0][0], self.end_ms, text, speaker, tuple(self._words()) if self.timed else None)

    def _words(self) -> Iterator[Word]:
        ends = [*(start_ms for start_ms, _ in self.runs[1:]), self.end_ms]
        for (start_ms, pieces), end_ms in zip(self.runs, ends, strict=True):
            yield from segment_words(Segment(start_ms, max(start_ms, end_ms), _plain(pieces), None))


def _plain(pieces: Iterable[str]) -> str:
    return join_lines(unescape_entities("".join(pieces)))


def _parts(block: Block) -> list[_Part]:
    """Take a cue's mark-up apart."""
    text = "\n".join(block.lines)
    parts = [_Part([(block.start_ms, [])], block.end_ms)]
    position = 0
    for match in _TAG.finditer(text):
        parts[-1].append(text[position : match.start()])
        position = match.end()
        if (time_ms := parse_clock(match[1])) is not None:
            parts[-1].runs.append((time_ms, []))
            parts[-1].timed = True
        elif voice := _VOICE.fullmatch(match[1]):
            before = parts[-1]
            if not before.text():  # dropped, or every later voice would look through it again
                parts.pop()
            speaker = _plain([voice[1] or ""]) or None
            parts.append(_Part([(before.runs[-1][0], [])], block.end_ms, before.timed, voiced=True, speaker=speaker))
    parts[-1].append(text[position:])
    if len(parts) > 1 and not parts[-1].timed:
        _share_out(parts, block)
    return parts


def _share_out(parts: Sequence[_Part], block: Block) -> None:
    """Give each of several voices in a cue its share of the cue's time, by characters."""
    times = share_out(block.start_ms, block.end_ms, [len(part.text()) for part in parts])
    for part, (start_ms, end_ms) in zip(parts, times, strict=True):
        part.runs = [(start_ms, part.runs[0][1])]
        part.end_ms = end_ms
