"""When to believe what the model wrote, and how to ask it again. Pure.

Left alone, Whisper goes round in circles where it does not understand, or takes what it was told before for what it
hears. So what is doubtful is decoded once more in another manner, and what is not goes as fast as it can.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from podindex.transcribe.decoding import Decoding
from podindex.transcribe.quality import GOOD_SCORE, cut_babble, goes_in_circles, is_confirmed
from podindex.transcribe.segments import Tokens
from podindex.transcribe.speech import Stretch

_JUDGED_WINDOWS = 4  # of which half must be doubtful for the model to be lost


class Task(NamedTuple):
    """A window to decode; see `decoding.Decoder`."""

    window: Stretch
    last: bool
    said: Tokens


class Manner(NamedTuple):
    """How the model is to decode."""

    prompted: bool
    """Whether it is told the prompt and the hotwords."""
    may_repeat: bool
    """Whether it may write the same row of tokens twice. People do say things twice within thirty seconds: forbidden,
    the second time is left out or turned into something else."""


class Model(Protocol):
    """The model, set to the sound of one chunk and to one language."""

    def write(self, tasks: Sequence[Task], manner: Manner, *, at_length: bool) -> list[Decoding]:
        """Decode windows together.

        Args:
            tasks: none with a window longer than the model can look at.
            manner: for all of them.
            at_length: whether it may write as much as it can; else as much as is usual, so that what goes in circles
                ends early.

        Raises:
            Exception: of any kind, where it fails.
        """


class CarefulDecoder:
    """Decodes windows of one chunk in one language; a `decoding.Decoder`."""

    def __init__(self, model: Model, *, is_prompted: bool, is_wordy: bool) -> None:
        """Begin a chunk.

        Args:
            model: for that chunk.
            is_prompted: whether there are a prompt or hotwords to leave out.
            is_wordy: whether more is written in this language than is usual.
        """
        self._model = model
        self._is_prompted = is_prompted
        self._is_wordy = is_wordy
        self._is_lost = False
        self._doubts: deque[bool] = deque(maxlen=_JUDGED_WINDOWS)

    def decode(
        self, windows: Sequence[Stretch], *, last: Sequence[bool], said: Sequence[Tokens]
    ) -> list[Decoding | None]:
        """Decode windows together; None where the model failed.

        Doubtful windows are decoded again, as `_choose_other` says. Where nearly the same comes out of one that went
        in circles, the first decoding stays: it was said so, and the second is only distorted by the rule. Where half
        of the last windows are doubtful, the voice is to blame: rows are then not repeated for the rest of the chunk.
        """
        tasks = [Task(*task) for task in zip(windows, last, said, strict=True)]
        first = Manner(self._is_prompted, may_repeat=not self._is_lost)
        decodings = self._decode(tasks, first)
        doubts = {number: _is_doubtful(found) for number, found in enumerate(decodings) if found}
        again: defaultdict[Manner, list[int]] = defaultdict(list)
        for number, found in enumerate(decodings):
            if found and doubts[number] and (other := self._choose_other(found, first)):
                again[other].append(number)
        for other, numbers in again.items():
            redone = self._decode([tasks[number]._replace(said=()) for number in numbers], other)
            for number, decoding in zip(numbers, redone, strict=True):
                found = decodings[number]
                if decoding and found and found.score >= GOOD_SCORE and is_confirmed(found.words, decoding.words):
                    doubts[number] = False
                else:
                    decodings[number] = decoding or found
        self._doubts.extend(doubts.values())
        self._is_lost |= 2 * sum(self._doubts) >= _JUDGED_WINDOWS
        return [found and replace(found, words=cut_babble(found.words)) for found in decodings]

    def _choose_other(self, found: Decoding, manner: Manner) -> Manner | None:
        """Choose in which manner a doubtful window could come out otherwise; None where in none.

        The model is not told what was said before, and may not repeat itself. What went in circles is decoded without
        prompt and hotwords, too: a list of names that nobody says can bring that about.
        """
        unprompted = manner.prompted and goes_in_circles(found.words)
        if unprompted or (manner.may_repeat and (found.told or found.repeats)):
            return Manner(manner.prompted and not unprompted, may_repeat=False)
        return None

    def _decode(self, tasks: Sequence[Task], manner: Manner) -> list[Decoding | None]:
        """Decode windows to the usual length, and those with more to say to the end; so then the rest of the chunk."""
        at_length = self._is_wordy
        decodings = self._try(tasks, manner, at_length)
        for number, found in enumerate(decodings):
            if found and found.cut_off and not at_length and not goes_in_circles(found.words):
                self._is_wordy = True
                [whole] = self._try([tasks[number]], manner, True)
                decodings[number] = whole or found
        return decodings

    def _try(self, tasks: Sequence[Task], manner: Manner, at_length: bool) -> list[Decoding | None]:
        try:
            return [*self._model.write(tasks, manner, at_length=at_length)]
        except Exception:  # noqa: BLE001  # alignment fails in many ways (faster-whisper #1342)
            if len(tasks) == 1:
                return [None]
        # One bad window must not take its neighbours with it.
        return [decoding for task in tasks for decoding in self._try([task], manner, at_length)]


def _is_doubtful(found: Decoding) -> bool:
    return found.score < GOOD_SCORE or goes_in_circles(found.words)
