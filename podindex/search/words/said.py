"""Which words of a transcript are said as one. Pure.

Recognisers part words at signs: Whisper writes `3` and `.5`, `U` and `.S.`, `o` and `'clock`, and Thai letter by
letter, vowel signs and all; others write `3`, `.` and `5`. Each part alone would be another word.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from podindex.models import Word
from podindex.passages import word_spans
from podindex.scripts import FINAL_VOWELS
from podindex.search.words import analysis


def said_words(text: str, words: Sequence[Word]) -> list[tuple[Word, int]]:
    """Return the words of a passage as they are said, and where each begins in its text.

    Words between which no white space stands, but perhaps signs, are one where together they have other tokens than
    apart: such a word is said from the start of the first to the end of the last.

    Args:
        text: the passage's text.
        words: exactly its words.
    """
    texts = [word.text for word in words]
    if " ".join(texts) == text:
        return list(zip(words, accumulate((len(word) + 1 for word in texts[:-1]), initial=0), strict=True))
    said: list[tuple[Word, int]] = []
    # The last word with tokens, as far as it is joined, with the signs behind it; where it is in `said`; where it ends.
    part, first, border = "", 0, -1
    for word, (start, end) in zip(words, word_spans(text, words), strict=True):
        # What is longer is no word; and a line that is drawn with signs would be looked at from its beginning at each.
        touches = start == border and len(part) <= analysis.MAX_TOKEN_LENGTH
        if touches and _belong_together(part, word.text):
            said[first:] = [_joined(said[first:], word)]
            part += word.text
        else:
            said.append((word, start))
            if touches and not analysis.tokens(word.text):
                part += word.text
            else:
                part, first = word.text, len(said) - 1
        border = end
    return said


def _joined(before: Sequence[tuple[Word, int]], last: Word) -> tuple[Word, int]:
    words, place = [*(word for word, _ in before), last], before[0][1]
    text, end_ms = "".join(word.text for word in words), max(word.end_ms for word in words)
    return Word(text, words[0].start_ms, end_ms, min(word.probability for word in words)), place


def _belong_together(before: str, behind: str) -> bool:
    if unicodedata.category(behind[0]).startswith("M") or behind[0] in FINAL_VOWELS:
        return True
    # Each character of a script without spaces is a token: there is nothing to look for in very many pairs.
    return not (analysis.is_unspaced(before[-1]) or analysis.is_unspaced(behind[0])) and _differ(before, behind)


@lru_cache(maxsize=1 << 14)
def _differ(before: str, behind: str) -> bool:
    return analysis.tokens(before + behind) != analysis.tokens(before) + analysis.tokens(behind)
