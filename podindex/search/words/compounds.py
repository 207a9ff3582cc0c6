"""Whether two words may be one, as `face recognition` and `facerecognition`. Pure.

The caller keeps what occurs in its lexicon, so this only says which pairs would be a word by accident.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import math

MIN_PART_LENGTH = 2
"""The least letters of a part of a compound that is not written with a hyphen: `openai` may be `open ai`."""

MIN_COMPOUND_LENGTH = 5
"""The least letters of such a compound. In 11 million words of transcripts nearly all neighbours that make a word so
are that word, but for those with a part of `_NO_PARTS`."""

# Parts that stand in front only, with the least length of the other part: `co-operate`, `re-elect`, `on-chain`; not
# `re ally`, and not `land on`.
_PREFIXES = {"co": 5, "on": 5, "re": 5}
# Words that are written with a hyphen or without although a part is short or says little.
_SHORT_COMPOUNDS = frozenset(
    tuple(word.split("-"))
    for word in (
        "e-mail e-mails e-book e-books e-commerce t-shirt t-shirts x-ray x-rays u-turn i-phone i-phones i-pad i-pads "
        "wi-fi hi-fi lo-fi log-in log-ins plug-in plug-ins sign-in check-in opt-in built-in stand-by you-tube "
        "co-host ee-uu b-tree b-trees c-lightning e-cash f-string f-strings risc-v usb-c z-index".split()
    )
)

# What is no part of a compound although it is long enough: who asks for `therapist` does not mean `the rapist`, nor
# `project or` for `projector`.
_NO_PARTS = frozenset(
    "am an as at be by co do go he if in is it me no of oh ok on or so to us we "
    "all and any are but can did for get got had has her him his how its let not our out she the too was who you "
    "been from have than that them then they this were what when will with your".split()
)
# Nor as the last part endings, which a transcript has as words by accident only.
_NO_LAST_PARTS = _NO_PARTS | set(
    "able ally ant ed ent er ers es est ful ing ings ion ive less ll ly man ness re sion ted ten ter th tion ve".split()
)


def may_join(left: str, right: str) -> bool:
    """Tell whether two tokens may be one word."""
    both = left + right
    if not both.isalpha():
        return left[-1].isdigit() != right[0].isdigit() and both.isalnum()
    if (left, right) in _SHORT_COMPOUNDS:
        return True
    if right in _NO_LAST_PARTS or (left in _NO_PARTS and len(right) < _PREFIXES.get(left, math.inf)):
        return False
    return min(len(left), len(right)) >= MIN_PART_LENGTH and len(both) >= MIN_COMPOUND_LENGTH
