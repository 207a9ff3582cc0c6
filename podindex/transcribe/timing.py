"""The true times of words: what the model says, corrected by where the sound begins and ends. Pure.

Whisper's word times come from its attention and are wrong where it matters most to a listener: with tiny.en, the first
word after a pause often begins late, by up to 0.7 s, with no length left; with base, early, with the pause in it and
the last sounds of the word before (measured in docs/benchmarks.md). The loudness of the sound says where it begins.
Words in the middle of speech are left alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.transcribe.sections import FRAME_MS
from podindex.transcribe.segments import HeardWord
from podindex.transcribe.speech import SpeechMap

# Sound is what is less than 25 dB below loud speech around it, or above the lower part of what the noise leaves.
_RANGE_DB = 25.0
_NOISE_SHARE = 0.6
_CONTEXT_FRAMES = 400  # "around" is 4 s
# Where one word is said in all that time, the level of most of it is that of the pauses: speech is at most so far below
# the loudest twentieth.
_LOUDEST_DB = 6.0
_MIN_SILENCE_FRAMES = 3  # a pause between two voices may be as short as 40 ms
_MIN_SOUND_FRAMES = 3  # shorter sounds are clicks
_SPOKEN_BY_MS = 200  # from its onset on, by when the voice activity detector has noticed a voice
# Truth in hand-cut and synthetic speech lies this much before the loudness rises.
_ATTACK_MS = 15
_COLLAPSED_MS = 80  # no word is so short: the model gave it no time
_PAUSE_MS = 300  # a silence that is sure to stand between words; shorter ones are in them, too
_PAUSE_MARKS = (*".,;:!?…", *"。，、；：！？")  # the model heard a pause behind them
_LATENESS = 0.25  # tiny.en is late by up to 0.7 s: an onset before the start may be four times as far as one behind
_REACH_MS = 900  # the furthest a start is moved back
_OVERHANG_MS = 120  # how far the word before may reach into the sound that this word begins
_DECAY_MS = 120  # the furthest an end is moved, and how near a sound must be to belong to a word in silence


class _Sounds(NamedTuple):
    """Stretches of sound between silences, in ms."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def before(self, time_ms: int) -> int:
        """Return the number of the last sound that begins at or before a time; -1 where there is none."""
        return int(np.searchsorted(self.starts, time_ms, "right")) - 1

    def length_between(self, start_ms: int, end_ms: int) -> int:
        """Add up the sound in an interval."""
        return int(np.maximum(np.minimum(self.ends, end_ms) - np.maximum(self.starts, start_ms), 0).sum())


def correct_times(words: Sequence[HeardWord], loudness: NDArray[np.float32], speech: SpeechMap) -> list[HeardWord]:
    """Snap the starts of words after pauses to the onset of sound, and ends before pauses to its decay.

    Args:
        words: in order, in ms since the first frame.
        loudness: dB, float32 [frames], one frame each 10 ms.
        speech: where somebody speaks; elsewhere sound is music or noise, which begins no word.

    Returns:
        The same words, in order, none beginning before the one before it has ended.
    """
    if not words or not len(loudness):
        return list(words)
    sounds = _keep_spoken(_find_sounds(loudness), speech)
    corrected: list[HeardWord] = []
    for number, word in enumerate(words):
        following_ms = words[number + 1].start_ms if number + 1 < len(words) else None
        start_ms = _correct_start(word, corrected[-1] if corrected else None, following_ms, sounds)
        if corrected:
            corrected[-1] = _end_by(corrected[-1], start_ms)
            start_ms = max(start_ms, corrected[-1].end_ms)
        end_ms = _correct_end(start_ms, word, following_ms, sounds)
        corrected.append(word._replace(start_ms=start_ms, end_ms=end_ms))
    return corrected


def _find_sounds(loudness: NDArray[np.float32]) -> _Sounds:
    smooth = np.convolve(loudness, np.full(3, 1 / 3), "same")[: len(loudness)]
    edges = np.flatnonzero(np.diff(smooth > _threshold(smooth), prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if len(starts):
        apart = starts[1:] - ends[:-1] >= _MIN_SILENCE_FRAMES
        starts, ends = starts[np.concatenate(([True], apart))], ends[np.concatenate((apart, [True]))]
        long = ends - starts >= _MIN_SOUND_FRAMES
        starts, ends = starts[long], ends[long]
    return _Sounds(starts * FRAME_MS, ends * FRAME_MS)


def _keep_spoken(sounds: _Sounds, speech: SpeechMap) -> _Sounds:
    spoken = [speech.measure(start_ms, start_ms + _SPOKEN_BY_MS) > 0 for start_ms in sounds.starts.tolist()]
    keep = np.array(spoken, dtype=bool)
    return _Sounds(sounds.starts[keep], sounds.ends[keep])


def _threshold(loudness: NDArray[np.float32]) -> NDArray[np.float64]:
    """Compute for each frame what counts as sound there: speech levels and noise change within an episode."""
    step = _CONTEXT_FRAMES // 4
    blocks = range(0, len(loudness), step)
    around = [loudness[max(0, first - _CONTEXT_FRAMES // 2) : first + _CONTEXT_FRAMES // 2 + step] for first in blocks]
    levels = [np.percentile(part, (10, 80, 95)) for part in around]
    spoken = [(quiet, max(loud, loudest - _LOUDEST_DB)) for quiet, loud, loudest in levels]
    thresholds = [loud - min(_RANGE_DB, _NOISE_SHARE * (loud - quiet)) for quiet, loud in spoken]
    return np.repeat(thresholds, step)[: len(loudness)]


def _longest_ms(word: HeardWord) -> int:
    """Say how long a word may last: slow speech has 8 letters a second, and the first sound may be drawn out."""
    return 400 + 120 * word.count_letters()


def _typical_ms(word: HeardWord) -> int:
    return 60 + 60 * word.count_letters()


def _correct_start(word: HeardWord, previous: HeardWord | None, following_ms: int | None, sounds: _Sounds) -> int:
    """Find the onset of the sound that the word begins; its own start where it begins none."""
    claimed_ms = max(previous.end_ms - _OVERHANG_MS, previous.start_ms + _COLLAPSED_MS) if previous else 0
    end_ms = max(word.end_ms, word.start_ms + _COLLAPSED_MS)
    first, last = np.searchsorted(sounds.starts, (claimed_ms, end_ms - _COLLAPSED_MS // 2))
    onsets = sounds.starts[first:last]
    if word.end_ms - word.start_ms > _longest_ms(word):  # a pause was counted in: the word is near its end
        onsets = onsets[onsets > word.start_ms]
        if following_ms is not None:  # what is said in the pause keeps its place
            onsets = onsets[onsets < following_ms]
        if not len(onsets):
            return word.start_ms
        onset_ms = int(onsets[np.argmin(np.abs(end_ms - _typical_ms(word) - onsets))])
        return max(onset_ms - _ATTACK_MS, 0)
    onsets = onsets[(onsets >= word.start_ms - _REACH_MS) & (onsets >= end_ms - _longest_ms(word))]
    if not len(onsets):
        # Nothing begins here; a word that lies in silence altogether belongs to the sound after it.
        number = int(last)
        silent = sounds.length_between(word.start_ms, end_ms) == 0
        near = number < len(sounds.starts) and sounds.starts[number] - word.start_ms <= _DECAY_MS
        return max(int(sounds.starts[number]) - _ATTACK_MS, 0) if silent and near else word.start_ms
    # A word without length comes late, at any of the onsets in it: it begins at the first.
    collapsed = word.end_ms - word.start_ms < _COLLAPSED_MS
    onset_ms = int(onsets[0]) if collapsed else _likeliest_onset(onsets, word.start_ms, sounds)
    if (
        onset_ms > word.start_ms
        and sounds.length_between(word.start_ms, onset_ms) > _OVERHANG_MS
        and not (previous and previous.text.rstrip().endswith(_PAUSE_MARKS))
    ):
        return word.start_ms  # the word has begun in the sound before: this onset is inside it
    return max(onset_ms - _ATTACK_MS, 0)


def _likeliest_onset(onsets: NDArray[np.int64], start_ms: int, sounds: _Sounds) -> int:
    """Choose the onset that has a long silence before it and is near to where the word is said to begin."""
    numbers = np.searchsorted(sounds.starts, onsets)
    silences = onsets - np.where(numbers, sounds.ends[numbers - 1], -_PAUSE_MS)
    later = onsets - start_ms
    distances = np.where(later > 0, later, -later * _LATENESS)
    return int(onsets[np.argmax(np.minimum(silences, _PAUSE_MS) - distances)])


def _correct_end(start_ms: int, word: HeardWord, following_ms: int | None, sounds: _Sounds) -> int:
    """End the word where its sound decays, if that is near; never after the next word begins."""
    end_ms = max(word.end_ms, start_ms)
    number = sounds.before(max(end_ms - 1, start_ms + _ATTACK_MS))
    if number >= 0 and sounds.ends[number] > start_ms:
        decay_ms = int(sounds.ends[number])
        collapsed = end_ms - start_ms < _COLLAPSED_MS
        if decay_ms <= end_ms or collapsed or decay_ms - end_ms <= _DECAY_MS:
            end_ms = min(decay_ms, start_ms + _longest_ms(word))
    if following_ms is not None:
        end_ms = min(end_ms, max(following_ms, start_ms))
    return max(end_ms, start_ms)


def _end_by(word: HeardWord, limit_ms: int) -> HeardWord:
    return word._replace(end_ms=max(word.start_ms, min(word.end_ms, limit_ms)))
