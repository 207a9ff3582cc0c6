"""British and American spellings of the same English word, and short ones. Pure.

`spellings` proposes; the caller keeps what occurs in its lexicon. So the rules may propose words that nobody writes,
but must not turn one word into another: endings that do so (`four` → `for`) are spelled out as lists of stems instead.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Iterator
from functools import lru_cache

_OUR = frozenset(
    "arb ard arm behavi cand clam col demean enam endeav fav ferv flav glam harb hon hum lab neighb "
    "od parl ranc rig rum sav savi splend succ tum val vap vig".split()
)
"""What stands before -our/-or where both are the same word: `colour` and `color`, but not `four` and `for`."""

_RE = frozenset(
    "calib cent fib kilomet lit lust maneuv manoeuv meag met millilit millimet centimet mit och och reconnoit sab salt "
    "scept sepulch som spect theat tit".split()
)
"""What stands before -re/-er: `centre` and `center`."""

_LL = frozenset(
    "apparel barrel bevel bushel cancel channel chisel counsel cruel dial dishevel duel enamel equal fuel funnel "
    "gambol gravel grovel initial jewel kennel label laurel level libel marshal marvel medal model panel parcel pedal "
    "pencil pistol pummel quarrel ravel rival shovel shrivel signal snivel spiral squirrel stencil swivel symbol "
    "tassel towel total trammel travel tunnel unravel weasel yodel".split()
)
"""Verbs on -l that British English doubles it in: `travelled` and `traveled`."""

_PAIRS = (
    ("aeroplane", "airplane"), ("aluminium", "aluminum"), ("analogue", "analog"), ("annexe", "annex"),
    ("artefact", "artifact"), ("axe", "ax"), ("catalogue", "catalog"), ("cheque", "check"), ("chequered", "checkered"),
    ("cosy", "cozy"), ("defence", "defense"), ("dialogue", "dialog"), ("disc", "disk"), ("doughnut", "donut"),
    ("draught", "draft"), ("enrol", "enroll"), ("enrolment", "enrollment"), ("fulfil", "fulfill"),
    ("fulfilment", "fulfillment"), ("grey", "gray"), ("instalment", "installment"), ("jewellery", "jewelry"),
    ("judgement", "judgment"), ("acknowledgement", "acknowledgment"), ("kerb", "curb"), ("licence", "license"),
    ("maths", "math"), ("mould", "mold"), ("moustache", "mustache"), ("mum", "mom"), ("offence", "offense"),
    ("pretence", "pretense"), ("plough", "plow"), ("practise", "practice"), ("programme", "program"),
    ("pyjamas", "pajamas"), ("sceptic", "skeptic"), ("sceptical", "skeptical"), ("sceptics", "skeptics"),
    ("skilful", "skillful"), ("smoulder", "smolder"), ("storey", "story"), ("sulphur", "sulfur"), ("tyre", "tire"),
    ("wilful", "willful"), ("whisky", "whiskey"), ("ok", "okay"),
)  # fmt: skip
_SHORT = (("versus", "vs"), ("doctor", "dr"), ("mister", "mr"), ("percent", "%"), ("saint", "st"))
_OTHER = dict(_PAIRS + _SHORT) | {b: a for a, b in _PAIRS + _SHORT}
# One way only: every `cheque` may be written `check`, but who asks for `check` does not mean money.
_ONE_WAY = frozenset({"check", "draft", "story", "tire", "disk", "curb", "checkered", "ax"})

_PARTS = (
    ("aesthet", "esthet"), ("anaem", "anem"), ("anaesth", "anesth"), ("archaeo", "archeo"), ("caesarean", "cesarean"),
    ("diarrhoea", "diarrhea"), ("faec", "fec"), ("foet", "fet"), ("gynaec", "gynec"), ("haem", "hem"),
    ("leukaem", "leukem"), ("manoeuv", "maneuv"), ("mediaev", "mediev"), ("oesoph", "esoph"), ("oestr", "estr"),
    ("paed", "ped"), ("palaeo", "paleo"),
)  # fmt: skip
"""Parts of words in which one spelling keeps a diphthong; the other way round gives words that nobody writes."""

_ISE = re.compile(r"(?P<before>\w{3,}[iy])(?P<letter>[sz])(?P<after>e|es|ed|er|ers|ing|able|ation|ations|ational)")
_OUR_WORD = re.compile(
    r"(?P<stem>\w{2,}?)ou?r(?P<after>s|ed|er|ers|ing|ings|ite|ites|able|ably|ful|fully|less|ist|ists|y|hood|hoods|al|ally)?"
)
_RE_WORD = re.compile(r"(?P<stem>\w{2,}?)(?P<ending>re|er)(?P<after>s|d|ed)?")
_L_WORD = re.compile(r"(?P<stem>\w+?l)(?P<double>l?)(?P<after>ed|ing|ings|er|ers|or|ors|ous|ously)")


@lru_cache(maxsize=1 << 12)  # who types on asks for the same words again
def spellings(word: str) -> tuple[str, ...]:
    """Return the other spellings of a folded word, without the word itself; they need not exist."""
    once = tuple(_propose(word))
    # Twice, because two differences may meet in a word: `manoeuvre`, `maneuver`.
    twice = (other for first in once for other in _propose(first))
    return tuple(dict.fromkeys(other for other in (*once, *twice) if other != word))


def _propose(word: str) -> Iterator[str]:
    if match := _ISE.fullmatch(word):
        yield f"{match['before']}{'z' if match['letter'] == 's' else 's'}{match['after']}"
    if (match := _OUR_WORD.fullmatch(word)) and match["stem"] in _OUR:
        yield f"{match['stem']}our{match['after'] or ''}"
        yield f"{match['stem']}or{match['after'] or ''}"
    if (match := _RE_WORD.fullmatch(word)) and match["stem"] in _RE:
        ending, after = match["ending"], match["after"] or ""
        if ending == "re":
            yield match["stem"] + "er" + ("ed" if after == "d" else after)
        else:
            yield match["stem"] + "re" + ("d" if after == "ed" else after)
    if (match := _L_WORD.fullmatch(word)) and match["stem"] in _LL:
        yield f"{match['stem']}{'' if match['double'] else 'l'}{match['after']}"
    yield from _propose_from_lists(word)


def _propose_from_lists(word: str) -> Iterator[str]:
    for base, ending in ((word, ""), (word.removesuffix("s"), "s")):
        if base in _OTHER and base + ending == word and base not in _ONE_WAY:
            yield _OTHER[base] + ending
    for british, american in _PARTS:
        if british in word:
            yield word.replace(british, american)
        elif american in word:
            yield word.replace(american, british)
