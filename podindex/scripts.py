"""How text is written: which scripts have no spaces between words, and where a sentence ends. Pure.

Apart from `passages.py`, because a search in a fresh process needs no transcript.
"""

import re

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, CJK ideographs. Hangul has spaces.
_UNSPACED = "\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0ebd-\u0ec6\u0edc-\u0edf"
_UNSPACED += "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u3041-\u3096\u30a1-\u30fa\u30fc"
_UNSPACED += "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
FINAL_VOWELS = "\u0e33\u0eb3"
"""Thai and Lao am, of which one half is a mark on the letter before it."""
# Patterns of so many characters take 2 ms each to compile, and English needs none: `re` does it with the first use.
# One such character with the marks and the punctuation after it, or a run of anything else.
_UNIT = rf"[{_UNSPACED}](?:[{FINAL_VOWELS}]|[^{_UNSPACED}\w\s])*|[^{_UNSPACED}\s]+"
_HAS_UNSPACED = f"[{_UNSPACED}]"
# A text that ends, or begins, in such a script or with its punctuation.
_NO_SPACE = rf"{_UNSPACED}\u3001-\u3003\u3008-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_ENDS_UNSPACED = rf"[{_NO_SPACE}](?:[{FINAL_VOWELS}]|[^{_NO_SPACE}\w\s])*\Z"
_BEGINS_UNSPACED = rf"[^{_NO_SPACE}\w\s]*[{_NO_SPACE}]"
CLOSING = r"[\"'“”‘’)\]«»‹›」』）]"
"""What may stand behind the end of a sentence or a clause, as a pattern."""
SENTENCE_END = re.compile(rf"[.!?…。！？।॥؟۔]{CLOSING}*$")


def space_between(before: str, after: str) -> str:
    """Return what stands between two texts that follow each other: a space, but none in scripts without spaces."""
    if before.isascii() or after.isascii():
        return " "
    return "" if re.search(_ENDS_UNSPACED, before) and re.match(_BEGINS_UNSPACED, after) else " "


def split_words(text: str) -> list[str]:
    """Split a text at spaces, and between the characters of scripts that have none."""
    if text.isascii() or not re.search(_HAS_UNSPACED, text):
        return text.split()
    return re.findall(_UNIT, text)
