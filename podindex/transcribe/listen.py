"""How to listen to a chunk: a first look at everything, a second at what the first seems to have missed. Pure.

The first look follows Whisper's own way through long audio, from the end of one finished sentence to the next thirty
seconds, because text is lost when a window ends elsewhere; several sections are followed at once where batches pay. The
second look is at speech that has no words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from podindex.transcribe.decoding import Decoder, Decoding
from podindex.transcribe.quality import GOOD_SCORE, drop_loops, is_caption_phrase, is_credible, is_wordless
from podindex.transcribe.sections import FRAME_MS, plan_sections, smooth
from podindex.transcribe.segments import CLAUSE_ENDS, SENTENCE_ENDS, HeardWord, Tokens
from podindex.transcribe.speech import SpeechMap, Stretch

# What the model looks at: it costs the same however little of it is filled.
LONGEST_MS = 30_000
# Two full windows, then a cut in a pause: what one window makes of the place where the next is to begin does not decide
# on the whole chunk.
_SECTION_MS = 57_000
# Speech this long without a word was missed; shorter is a breath, a laugh or an "um".
_UNHEARD_MS = 800
# Speech this long without a word makes it worth decoding a whole window again.
_LOST_MS = 1_500
# Speech without a word that is worth a second look, one more, and another: the model may pass over ten seconds at the
# beginning of thirty, in the second look, too.
_LOOKS_MS = (_UNHEARD_MS, _LOST_MS, _LOST_MS)
# Where another window follows anyway, even a word that was left out is worth beginning it earlier.
_LEFT_OUT_MS = 300
# Nothing but a noise: even "bye" takes longer to say.
_NOISE_MS = 200
# In less than this the model, told what was said before, hears that again, or one word many times.
_SHORTEST_MS = 5_000
# How much of a window must have been heard before going on from there pays; else the model cannot hear this voice.
_PROGRESS_MS = 3_000
_WORD_MS, _LETTER_MS = 260, 60  # a longer word has a pause in it, or speech that was not heard
# Of a window, when an unfinished sentence is left to the next: every second heard twice is paid twice.
_KEPT_PERCENT = 75
_EDGE_MS = 500  # a last word this near to the window's end was cut off, or its sentence
_MARGIN_MS = 150  # around speech that is looked at again
_MOST_AGAIN = 8  # words that both looks hear at the border between them


@dataclass(slots=True)
class Heard:
    """What was heard in a chunk."""

    words: list[HeardWord] = field(default_factory=list)
    """In chunk time, in order of their starts."""
    unheard: list[Stretch] = field(default_factory=list)
    """Speech of which no words could be made out."""
    failed: list[Stretch] = field(default_factory=list)
    """Windows on which the model failed."""


@dataclass(slots=True)
class _Section:
    position_ms: int
    end_ms: int
    said: Tokens = ()
    """What was said just before, if that is known and can be trusted."""
    is_begun: bool = False
    following: "_Section | None" = None

    @property
    def is_finished(self) -> bool:
        return self.position_ms >= self.end_ms

    def window(self) -> Stretch:
        """Choose what to look at next: a full window, but none that leaves an end that nobody can make out."""
        end_ms = min(self.position_ms + LONGEST_MS, self.end_ms)
        if 0 < self.end_ms - end_ms < _SHORTEST_MS and not self._can_leave_end():
            end_ms = self.end_ms - _SHORTEST_MS
        return Stretch(self.position_ms, end_ms)

    def hand_over(self) -> None:
        """Tell the next section what was said, and leave it an end that is too short, if nobody listens to it yet."""
        following = self.following
        if following is None or following.is_begun:
            return
        if self.end_ms - self.position_ms < _SHORTEST_MS and self._can_leave_end():
            following.position_ms, self.position_ms = self.position_ms, self.end_ms
        if self.is_finished:
            following.said = self.said

    def _can_leave_end(self) -> bool:
        following = self.following
        return following is not None and not following.is_begun and following.position_ms == self.end_ms


def listen(
    decoder: Decoder, loudness: NDArray[np.float32], speech: SpeechMap, duration_ms: int, batch_size: int
) -> Heard:
    """Listen to a chunk.

    Args:
        decoder: for the chunk's audio and language.
        loudness: of each 10 ms.
        speech: where in the chunk somebody speaks.
        duration_ms: of the chunk.
        batch_size: how many windows to decode together.
    """
    sections = [_Section(*stretch) for stretch in plan_sections(loudness, speech, duration_ms, _SECTION_MS)]
    for section, following in pairwise(sections):
        section.following = following
    heard = Heard()
    _look_first(decoder, sections, speech, batch_size, heard)
    heard.words.sort(key=lambda word: word.start_ms)
    _look_again(decoder, loudness, speech, batch_size, heard)
    heard.words = drop_loops(heard.words)
    return heard


def _look_first(
    decoder: Decoder, sections: Sequence[_Section], speech: SpeechMap, batch_size: int, heard: Heard
) -> None:
    while batch := [section for section in sections if not section.is_finished][:batch_size]:
        windows = [section.window() for section in batch]
        last = [window.end_ms == section.end_ms for window, section in zip(windows, batch, strict=True)]
        decodings = _decode_told(decoder, windows, last, [section.said for section in batch], speech)
        for section, window, final, decoding in zip(batch, windows, last, decodings, strict=True):
            section.is_begun = True
            if decoding is None:
                heard.failed.append(window)
                section.position_ms, section.said = window.end_ms, ()
                continue
            kept = decoding if decoding.complete else replace(decoding, words=_cut_back(decoding.words, window))
            if not _is_noise(kept, window, speech):
                heard.words.extend(kept.words)
            section.position_ms = _next_position(window, kept, speech, last=final)
            section.said = kept.tokens if is_credible(kept) else ()
        for section in sections:
            if section.is_begun:
                section.hand_over()


def _decode_told(
    decoder: Decoder, windows: Sequence[Stretch], last: Sequence[bool], said: Sequence[Tokens], speech: SpeechMap
) -> list[Decoding | None]:
    """Decode windows that are told what was said before them; where that lost speech, decode them without it, too.

    Told much, the model at times takes what it hears for what it was told, and leaves it out or says the same again.
    """
    decodings = decoder.decode(windows, last=last, said=said)
    lost_ms = [
        _measure_lost(told, window, speech, last=final) if told and told.told else 0
        for told, window, final in zip(decodings, windows, last, strict=True)
    ]
    lossy = [number for number, lost in enumerate(lost_ms) if lost]
    if not lossy:
        return decodings
    again, final = [windows[number] for number in lossy], [last[number] for number in lossy]
    untold = decoder.decode(again, last=final, said=[()] * len(lossy))
    for number, found in zip(lossy, untold, strict=True):
        if found and _measure_lost(found, windows[number], speech, last=last[number]) < lost_ms[number]:
            decodings[number] = found
    return decodings


def _measure_lost(decoding: Decoding, window: Stretch, speech: SpeechMap, *, last: bool) -> int:
    """Add up the longer stretches of speech without words that no other window will hear, in ms."""
    end_ms = _next_position(window, decoding, speech, last=last)
    silent = _iter_silent(decoding.words, window.start_ms, end_ms)
    return sum(lost_ms for stretch in silent if (lost_ms := speech.measure(*stretch)) >= _LOST_MS)


def _cut_back(words: tuple[HeardWord, ...], window: Stretch) -> tuple[HeardWord, ...]:
    """Leave a sentence that goes on after the window to the next one: a window that begins inside it loses words.

    Only as far as most of the window is kept; a speaker without full stops must not be heard twice and more.
    """
    if not words or words[-1].end_ms < window.end_ms - _EDGE_MS:
        return words  # the model itself stopped between two sentences
    earliest_ms = window.start_ms + (window.end_ms - window.start_ms) * _KEPT_PERCENT // 100
    for marks in (SENTENCE_ENDS, CLAUSE_ENDS):
        for number in range(len(words), 0, -1):
            word = words[number - 1]
            if word.end_ms < earliest_ms:
                break
            if word.text.endswith(marks):
                return words[:number]
    return words


def _is_noise(decoding: Decoding, window: Stretch, speech: SpeechMap) -> bool:
    """Tell whether it heard nothing, or wrote what captions say; of what people say it is surer."""
    if is_wordless(decoding.words):
        return True
    if not is_caption_phrase(decoding.words):
        return False
    speech_ms = speech.measure(*window)
    return speech_ms < _NOISE_MS or (speech_ms < _UNHEARD_MS and decoding.score < GOOD_SCORE)


def _next_position(window: Stretch, decoding: Decoding, speech: SpeechMap, *, last: bool) -> int:
    """Go on after the last word if the model left something unsaid there, else after the window."""
    heard_until_ms = decoding.words[-1].end_ms if decoding.words else window.start_ms
    if heard_until_ms - window.start_ms < _PROGRESS_MS:
        return window.end_ms
    left_out_ms = speech.measure(heard_until_ms + _MARGIN_MS, window.end_ms)
    if not decoding.complete or left_out_ms >= (_UNHEARD_MS if last else _LEFT_OUT_MS):
        return heard_until_ms
    return window.end_ms


def _look_again(
    decoder: Decoder, loudness: NDArray[np.float32], speech: SpeechMap, batch_size: int, heard: Heard
) -> None:
    """Decode unheard speech by itself, and what that passes over; add what is credible."""
    quiet = smooth(loudness)
    for least_ms in _LOOKS_MS:
        silent = [*_iter_silent(heard.words, 0, len(loudness) * FRAME_MS)]
        unheard = [stretch for stretch in silent if speech.measure(*stretch) >= least_ms]
        windows = [_shorten(stretch, speech, quiet) for stretch in unheard]
        windows = [window for window in windows if not any(_is_nearly(window, other) for other in heard.unheard)]
        for first in range(0, len(windows), batch_size):
            _add_credible(decoder, windows[first : first + batch_size], speech, heard)


def _add_credible(decoder: Decoder, windows: Sequence[Stretch], speech: SpeechMap, heard: Heard) -> None:
    decodings = decoder.decode(windows, last=[True] * len(windows), said=[()] * len(windows))
    for window, decoding in zip(windows, decodings, strict=True):
        heard.unheard = [other for other in heard.unheard if not _holds(window, other)]
        # So much text for so little time is circles, and what is left of those is no more credible.
        in_circles = decoding and decoding.cut_off and window.end_ms - window.start_ms < _SHORTEST_MS
        if decoding and not in_circles and is_credible(decoding, speech.measure(*window)):
            heard.words = _insert(heard.words, decoding.words)
        else:
            heard.unheard.append(window)


def _insert(words: Sequence[HeardWord], found: Sequence[HeardWord]) -> list[HeardWord]:
    """Put words that the second look found in their place among those of the first.

    Where both heard the same words at the border, those of the first stay. A word of the first that stretches over what
    was found (it was given the time of all that was missed) is put before it if it ends a sentence or a clause, else
    behind it, with the words that follow.
    """
    start_ms, end_ms = found[0].start_ms, found[-1].end_ms
    place = next((number for number, word in enumerate(words) if word.end_ms > start_ms), len(words))
    before, behind = list(words[:place]), list(words[place:])
    again = _count_again(found, behind)
    if behind and behind[0].start_ms < start_ms:
        word = behind[0]
        if again:
            behind[0] = word._replace(start_ms=min(found[-again].start_ms, word.end_ms))
        elif word.text.endswith((*SENTENCE_ENDS, *CLAUSE_ENDS)) or word.end_ms <= end_ms:
            behind[0] = word._replace(end_ms=start_ms)
        else:
            behind[0] = word._replace(start_ms=end_ms)
    return sorted([*before, *found[: len(found) - again], *behind], key=lambda word: word.start_ms)


def _count_again(found: Sequence[HeardWord], following: Sequence[HeardWord]) -> int:
    """Count the last words of what was found that are the first of those that follow, said at the same time."""
    for count in range(min(len(found), len(following), _MOST_AGAIN), 0, -1):
        same = all(a.is_same_as(b) for a, b in zip(found[-count:], following, strict=False))
        if same and following[count - 1].start_ms - found[-1].end_ms < _EDGE_MS:
            return count
    return 0


def _iter_silent(words: Iterable[HeardWord], start_ms: int, end_ms: int) -> Iterable[Stretch]:
    """Find the stretches without words between two times."""
    position_ms = start_ms
    for word in words:
        if word.start_ms > position_ms:
            yield Stretch(position_ms, word.start_ms)
        longest_ms = _WORD_MS + _LETTER_MS * word.count_letters()
        position_ms = max(position_ms, min(word.end_ms, word.start_ms + longest_ms))
    if position_ms < end_ms:
        yield Stretch(position_ms, end_ms)


def _shorten(stretch: Stretch, speech: SpeechMap, quiet: NDArray[np.float64]) -> Stretch:
    """Take away the silence at both ends, and what does not fit into a window; end between two words if one can."""
    inside = [
        part
        for part in speech.find_stretches(join_ms=0, pad_ms=0, end_ms=stretch.end_ms)
        if part.end_ms > stretch.start_ms
    ]
    start_ms = _find_quietest(quiet, max(inside[0].start_ms, stretch.start_ms))
    end_ms = _find_quietest(quiet, min(inside[-1].end_ms, stretch.end_ms))
    return Stretch(start_ms, min(end_ms, start_ms + LONGEST_MS))


def _holds(window: Stretch, other: Stretch) -> bool:
    return window.start_ms <= other.start_ms and other.end_ms <= window.end_ms


def _is_nearly(window: Stretch, other: Stretch) -> bool:
    return abs(window.start_ms - other.start_ms) <= _EDGE_MS and abs(window.end_ms - other.end_ms) <= _EDGE_MS


def _find_quietest(quiet: NDArray[np.float64], time_ms: int) -> int:
    first = max(time_ms - _MARGIN_MS, 0) // FRAME_MS
    around = quiet[first : (time_ms + _MARGIN_MS) // FRAME_MS]
    return (first + int(np.argmin(around))) * FRAME_MS if len(around) else time_ms
