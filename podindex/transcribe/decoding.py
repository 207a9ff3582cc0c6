"""What a decoder offers to those who listen with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from podindex.transcribe.segments import HeardWord, Tokens
from podindex.transcribe.speech import Stretch


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the model made of one window."""

    words: tuple[HeardWord, ...]
    score: float
    """Mean log probability of the tokens; above -0.7 it is mostly right, below -1 mostly not."""
    complete: bool = True
    """False where the model left a sentence unfinished at the end of the window, which is not in `words`."""
    told: bool = False
    """Whether the model was told what was said before the window."""
    repeats: bool = False
    """Whether it has a row of tokens twice that could be forbidden."""
    cut_off: bool = False
    """Whether the model was stopped, because it had written as much as it might."""

    @property
    def tokens(self) -> Tokens:
        """What the words are written with."""
        return tuple(token for word in self.words for token in word.tokens)


class Decoder(Protocol):
    """Decodes windows of one chunk in one language."""

    def decode(
        self, windows: Sequence[Stretch], *, last: Sequence[bool], said: Sequence[Tokens]
    ) -> list[Decoding | None]:
        """Decode windows together.

        Args:
            windows: none longer than the model can look at.
            last: for each window, whether to keep a sentence unfinished at its end, because no other window will
                hear it.
            said: for each window, what was said just before it, so that names and style go on; () where that is not
                known.

        Returns:
            One decoding a window, words in chunk time, inside the window; None where the model failed.
        """


def has_row_twice(tokens: Sequence[int], length: int) -> bool:
    """Tell whether any row of so many tokens comes twice."""
    rows = [tuple(tokens[place : place + length]) for place in range(len(tokens) - length + 1)]
    return len(set(rows)) < len(rows)


def keep_finished(tokens: Sequence[int], timestamp_begin: int, last: bool) -> tuple[Sequence[int], bool]:
    """Keep the sentences that the model finished inside the window, by the times it wrote between them.

    Args:
        tokens: text and times mixed; sentences are enclosed by times, so that two times in a row are a border.
        timestamp_begin: the first token that is a time.
        last: keep an unfinished sentence, too.

    Returns:
        The kept tokens, and whether those are all.
    """
    ends_in_time = len(tokens) >= 2 and tokens[-2] < timestamp_begin <= tokens[-1]
    if last or ends_in_time:
        return tokens, True
    for place in range(len(tokens) - 1, 0, -1):
        if tokens[place] >= timestamp_begin and tokens[place - 1] >= timestamp_begin:
            return tokens[:place], False
    return tokens, False
