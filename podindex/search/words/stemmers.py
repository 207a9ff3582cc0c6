"""What takes the endings off words, by language: stemmers of the package snowballstemmer, and our own. I/O: imports.

Those of that package are loaded when they are needed: its own first import loads every language that it knows, which
takes longer than most searches. Its modules need nothing of that, so here they are found as modules of this one: a
package is a module that has a `__path__`.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_spec = find_spec("snowballstemmer")  # finds it without loading it
__path__ = [] if _spec is None else list(_spec.submodule_search_locations or ())

_OWN_STEMS = re.compile(
    "|".join(
        (
            *(
                "absolutely accessib actionab activat activit actually animal applicab approachab authoris "
                "authorit authoriz basically business careful collectiv commitment considerabl container "
                "contention conversation customer definite direction edition engineer exactly excellen "
                "experiment explorer extensiv fairly federal finalit finally formation generator handful "
                "hardly hardness hopeful identical importan indices informal initiativ initiat integral "
                "integrit interesting lately likel literally liveness lovely majorit marketing mostly "
                "multiplic namely nearly numerous objection objectiv observab obviously opposition "
                "organisation organization performan personal physics position positiv probably production "
                "productiv progressiv pythonic questionab reasonabl relational relativ reputab responsib "
                "responsiv selectiv shortly soundness specificat stateful surely thankful thoughtful timely "
                "totally understandab unlikel useful usually utilis utiliz variabilit weakness witness "
                "wonderful"
            ).split(),
            # To make something so: `finalise` is not `final`; but `optimistic` is of `optimism`.
            "(?:final|formal|general|initial|linear|local|normal|optim|random|standard)i[sz](?=[aei])",
            # Two letters, a vowel first, have a plural only where they are a word: `ups` is not `up`, nor `irs` `ir`.
            r"(?!ad|ai|ep|id|if|ip|op|ui)[aeiou]\ws\b",
        )
    )
)
"""Beginnings of English words that Snowball gives the stem of another word: `important` that of `import`, `definitely`
that of `definition`, `likely` that of `like`. Picked from the pairs in 11 million words of transcripts of which one is
so frequent that who asks for the other would find little else. What begins so has this beginning as its stem; of two
beginnings of a word the first."""


def _snowball(algorithm: str, word: str) -> str:
    """Return what one of snowballstemmer's makes of a word: that of `GermanStemmer` is called `German`."""
    # A stemmer keeps state while it works, so each call has its own; the class, and not `snowballstemmer.stemmer()`,
    # because that returns another implementation, of another version, where PyStemmer happens to be installed.
    stemmer: Any = getattr(import_module(f"{__name__}.{algorithm.lower()}_stemmer"), f"{algorithm}Stemmer")()
    return str(stemmer.stemWord(word))


def _english(word: str) -> str:
    own = _OWN_STEMS.match(word)
    return own[0] if own else _snowball("English", word)


def _before_apostrophe(word: str) -> str:
    return word.partition("'")[0]


STEMMERS: dict[str, Callable[[str], str]] = {
    "de": partial(_snowball, "German"),
    "en": _english,
    "es": partial(_snowball, "Spanish"),
    "fr": partial(_snowball, "French"),
    "it": partial(_snowball, "Italian"),
    "nl": partial(_snowball, "Dutch"),
    "pt": partial(_snowball, "Portuguese"),
    "tr": _before_apostrophe,  # Of Turkish only the endings of names are known: `Ankara'ya`.
}
"""From a word in lower case to its stem, by language (ISO 639-1); words of other languages are found as written."""
