"""What formats with cues share: cutting words into short lines, and making sense of the cues of others. Pure.

A cue is a line or two of text that a player shows for some seconds. Cues exist only in formats/.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import accumulate, islice, pairwise, takewhile
from string import digits
from typing import Self

from podindex.models import Segment, Word
from podindex.passages import segment_words, word_spans
from podindex.scripts import CLOSING, SENTENCE_END, space_between, split_words
from podindex.timecode import MAX_MS

# As subtitle guides have it: nobody reads one line for longer (Netflix Timed Text Style Guide).
_MAX_CUE_MS = 7_000
# Nor can anybody read one in less: a "Yes." between pauses is said in a fifth of a second.
_MIN_CUE_MS = 833
# A pause that a cue may well end at.
_PAUSE_MS = 400
# The least share of cues that begin with a name, where names are given; people take turns more often than that.
_NAMED_SHARE = 0.01
# Where so many do, every cue has the name of who speaks in it, as in meetings, and so has who speaks only once.
_ALL_NAMED_SHARE = 0.5

_CLAUSE_END = re.compile(rf"[,;:–—、，；：،؛]{CLOSING}*$")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What is written small inside of names: Aaron van Wirdum, Oscar de la Renta.
_PARTICLE = re.compile(r"al|bin|da|del?|de[nr]|d[iu]|dos|el|ibn|l[ae]|v[ao]n|y")
# What programs call people whom they only tell apart: spk_0, speaker 1.
_NUMBERED = re.compile(r"[^\W\d_]+[ _-]?\d{1,3}")
# French has a space before the colon, Chinese and Japanese a colon of their own, and none behind it. Captions begin a
# turn with `>>` or a dash, WhisperX puts names in brackets.
_SPEAKER_PREFIX = re.compile(
    r"^(?:(?:>>+|[-–—])\s*)?"
    r"(?:\[([^\W\d_][^:：<>\[\]\n]{0,39})\]|([^\W\d_](?:[^:：<>\n]{0,38}[^\s:：<>])?))"
    r"\s?(?::\s+|：\s*)(?=\S)",
    re.MULTILINE,
)
# Others have only the brackets, in which there may as well be a sound.
_BRACKETED_PREFIX = re.compile(
    r"^[\[(（【]([^\W\d_][^:：<>\[\]()（）【】\n]{0,39})[\])）】]\s*(?=[^\s:：])", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of text and when it is shown. `words` is None where only the cue itself is timed."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] | None = None


def clean_text(text: str) -> str:
    """Put text on one line: control characters become spaces, white space single spaces, none at the ends."""
    return " ".join(_CONTROL.sub(" ", text).split())


def join_lines(text: str) -> str:
    """Put lines on one, clean as by `clean_text`; scripts without spaces have none where a line ends, either."""
    lines = clean_lines(text)
    joined = lines[:1]
    for before, line in pairwise(lines):
        joined += [space_between(before, line), line]
    return "".join(joined)


def clean_lines(text: str) -> list[str]:
    """Return the lines of a text that have some, clean as by `clean_text`."""
    return [*filter(None, map(clean_text, text.splitlines()))]


def unescape_entities(text: str) -> str:
    """Replace HTML's `&name;` and `&#number;`, but nothing that only begins like one, such as `a&copy=b`."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text)


# --- writing ------------------------------------------------------------------------------------------------------


def cut_cues(segments: Iterable[Segment], *, width: int, lines: int = 1, prefix_speaker: bool = False) -> list[Cue]:
    """Cut segments into cues of a few lines, at ends of sentences, clauses and pauses where possible.

    Args:
        segments: in order.
        width: characters a line may have; only a longer word makes a longer line.
        lines: lines a cue may have; they stand in the cue's text with newlines between.
        prefix_speaker: begin the text with `Name: ` where the speaker changes.

    Returns:
        Cues in order, disjoint, none shorter than a millisecond, and long enough to be read where nothing follows.
    """
    cues: list[Cue] = []
    speaker: str | None = None
    for segment in segments:
        layout = _Layout.of(segment, width)
        name = clean_text(segment.speaker or "") or None
        prefix = f"{name}: " if prefix_speaker and name and name != speaker else ""
        speaker = name
        first = 0
        while first < len(layout.words):
            end = layout.cue_end(first, lines, len(prefix))
            start_ms = max(layout.words[first].start_ms, cues[-1].end_ms if cues else 0)
            end_ms = max(layout.end_ms(end), start_ms + 1)
            cues.append(Cue(start_ms, end_ms, prefix + layout.shown(first, end, len(prefix)), name))
            first, prefix = end, ""
    latest_ms = [*(cue.start_ms for cue in cues[1:]), MAX_MS]
    return [
        replace(cue, end_ms=max(cue.end_ms, min(cue.start_ms + _MIN_CUE_MS, limit_ms)))
        for cue, limit_ms in zip(cues, latest_ms, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class _Layout:
    """A segment's words on lines of limited length; what Whisper parts, as `3` and `.5`, is one word here."""

    text: str
    words: tuple[Word, ...]
    spans: list[tuple[int, int]]
    width: int

    @classmethod
    def of(cls, segment: Segment, width: int) -> Self:
        text = clean_text(segment.text)
        segment = replace(segment, text=text)
        units = segment_words(replace(segment, words=None))
        words = _unparted(text, segment_words(segment), {start for start, _ in word_spans(text, units)})
        return cls(text, words, word_spans(text, words), width)

    def end_ms(self, end: int) -> int:
        """Return when a cue that ends before a word ends: not after that word has begun."""
        last = self.words[end - 1].end_ms
        return min(last, self.words[end].start_ms) if end < len(self.words) else last

    def length(self, first: int, end: int) -> int:
        return self.spans[end - 1][1] - self.spans[first][0]

    def breaks(self, first: int, taken: int) -> Iterator[int]:
        """Yield the words that begin the second and all further lines; `taken` characters of the first are in use."""
        line, room = first, self.width - taken
        for number in range(first + 1, len(self.words)):
            if self.length(line, number + 1) > room:
                yield number
                line, room = number, self.width

    def shown(self, first: int, end: int, taken: int) -> str:
        """Return the words before `end` with newlines between lines."""
        borders = [first, *takewhile(lambda number: number < end, self.breaks(first, taken)), end]
        return "\n".join(self.text[self.spans[a][0] : self.spans[b - 1][1]] for a, b in pairwise(borders))

    def cue_end(self, first: int, lines: int, taken: int) -> int:
        """Return the word before which the cue that begins with `first` ends."""
        words = self.words
        full = next(islice(self.breaks(first, taken), lines - 1, None), len(words))
        while full > first + 1 and words[full - 1].end_ms - words[first].start_ms > _MAX_CUE_MS:
            full -= 1
        if full == len(words):
            return full
        # As many cues as the rest of the segment needs, of even length, rather than full ones and a last word alone.
        rest = self.length(first, len(words))
        even = rest / -(-rest // self.length(first, full))
        # Not before the cue is half full, or a comma after one word would make a cue of it.
        ends = [end for end in range(first + 1, full + 1) if self.length(first, end) * 2 >= self.length(first, full)]
        return max(ends, key=lambda end: (self.break_rank(end), -abs(self.length(first, end) - even)))

    def break_rank(self, end: int) -> int:
        """Tell how well a cue may end before a word: 3 after a sentence, 2 after a clause, 1 in a pause, else 0.

        Where words stand without spaces, a space ends a clause.
        """
        before, after = self.words[end - 1], self.words[end]
        if SENTENCE_END.search(before.text):
            return 3
        spaced = self.spans[end - 1][1] < self.spans[end][0]
        if _CLAUSE_END.search(before.text) or (spaced and not space_between(before.text, after.text)):
            return 2
        return 1 if after.start_ms - before.end_ms >= _PAUSE_MS else 0


def _unparted(text: str, words: Sequence[Word], starts: Container[int]) -> tuple[Word, ...]:
    """Put words together that do not begin where a line may, at one of `starts`."""
    spans = word_spans(text, words)
    borders = [number for number, (start, _) in enumerate(spans) if number == 0 or start in starts]
    return tuple(
        words[first]._replace(text=text[spans[first][0] : spans[end - 1][1]], end_ms=words[end - 1].end_ms)
        for first, end in pairwise([*borders, len(words)])
    )


# --- reading ------------------------------------------------------------------------------------------------------


def segments_from_cues(cues: Iterable[Cue]) -> tuple[Segment, ...]:
    """Make segments of foreign cues: sorted, disjoint, without empty ones, a cue's end cut where the next begins."""
    kept = sorted((cue for cue in cues if cue.text), key=lambda cue: cue.start_ms)
    segments = []
    for number, cue in enumerate(kept):
        end_ms = max(cue.start_ms, cue.end_ms)
        if number + 1 < len(kept):
            end_ms = min(end_ms, kept[number + 1].start_ms)
        words = None if cue.words is None else fit_words(cue.words, cue.start_ms, end_ms)
        segments.append(Segment(cue.start_ms, end_ms, cue.text, words, cue.speaker))
    return tuple(segments)


def fit_words(words: Iterable[Word], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """Move the times of foreign words into a segment and into order."""
    fitted = []
    earliest_ms = start_ms
    for word in words:
        word_start_ms = min(max(word.start_ms, earliest_ms), end_ms)
        word_end_ms = min(max(word.end_ms, word_start_ms), end_ms)
        fitted.append(Word(word.text, word_start_ms, word_end_ms, word.probability))
        earliest_ms = word_start_ms
    return tuple(fitted)


def share_out(start_ms: int, end_ms: int, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Divide a time among texts of these lengths; returns when each begins and ends."""
    duration_ms, whole = max(0, end_ms - start_ms), sum(lengths) or 1
    return list(pairwise(start_ms + duration_ms * before // whole for before in accumulate(lengths, initial=0)))


def name_speakers(cues: Sequence[Cue]) -> list[Cue]:
    """Take `Name: ` off the beginnings of lines where it names speakers, and carry each name on to the next.

    Where most cues begin with `[Name]` or `(Name)`, those are taken.

    Args:
        cues: their text in lines as they stand in the file.

    Returns:
        Cues of one line; of those in which several speak, one for each, who share its time.
    """
    texts = ["\n".join(clean_lines(cue.text)) for cue in cues]
    bracketed = sum(_BRACKETED_PREFIX.match(text) is not None for text in texts)
    pattern = _BRACKETED_PREFIX if bracketed >= len(cues) * _ALL_NAMED_SHARE else _SPEAKER_PREFIX
    matches = [pattern.match(text) for text in texts]
    names = _find_names([_name(match) if match else None for match in matches])
    named = []
    speaker: str | None = None
    for cue, text in zip(cues, texts, strict=True):
        prefixed = [match for match in pattern.finditer(text) if _name(match) in names] if names else []
        words = cue.words
        if words is not None:  # which would have to be cut at later ones, too
            prefixed = [match for match in prefixed if match.start() == 0]
            words = words[sum(len(split_words(match[0])) for match in prefixed) :]
        turns = _turns(text, prefixed)
        times = share_out(cue.start_ms, cue.end_ms, [len(said) for _, said in turns])
        for (name, said), (start_ms, end_ms) in zip(turns, times, strict=True):
            speaker = name or speaker
            named.append(Cue(start_ms, end_ms, join_lines(said), speaker, words))
    return named


def _find_names(prefixes: Sequence[str | None]) -> set[str]:
    """Return the names among what the cues of a file begin with.

    Only names that return count, unless most cues have one, and only where so many cues have one that they hardly are a
    figure of speech: a name left in the text does less harm than a word lost from it.
    """
    counts = Counter(prefix for prefix in prefixes if prefix and _is_name(prefix))
    names = {prefix for prefix, count in counts.items() if count > 1}
    named_cues = sum(counts[name] for name in names)
    if named_cues < max(3, len(prefixes) * _NAMED_SHARE):
        return set()
    once = {prefix for prefix in prefixes[:1] if prefix and prefix in counts}  # who opens may say no more
    if named_cues >= len(prefixes) * _ALL_NAMED_SHARE:
        kinds = set(map(_kind, names))  # Speaker 3 is somebody beside Speaker 1; Step 3 is only said
        once.update(prefix for prefix in counts if _kind(prefix) == prefix or _kind(prefix) in kinds)
    return names | once


def _kind(name: str) -> str:
    """Return a name without the number that it ends with."""
    return name.rstrip(digits)


def _name(prefix: re.Match[str]) -> str:
    name: str = next(filter(None, prefix.groups()))
    return name


def _turns(text: str, prefixes: Sequence[re.Match[str]]) -> list[tuple[str | None, str]]:
    """Cut a text where these prefixes are; returns who speaks, as far as it says so, and what."""
    borders = [0, *(end for prefix in prefixes for end in prefix.span()), len(text)]
    names: list[str | None] = [None, *map(_name, prefixes)]
    texts = [text[start:end].strip() for start, end in zip(borders[::2], borders[1::2], strict=True)]
    return [(name, said) for name, said in zip(names, texts, strict=True) if said]


def _is_name(prefix: str) -> bool:
    if _NUMBERED.fullmatch(prefix):
        return True
    first, *others = prefix.split()
    if len(others) > 4 or (others and _PARTICLE.fullmatch(others[-1])):
        return False
    parts = [first, *(part for part in others if not _PARTICLE.fullmatch(part))]
    return all(part[0].isupper() or not part[0].isalpha() or not part.islower() for part in parts)
