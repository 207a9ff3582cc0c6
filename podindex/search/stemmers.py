"""The stemmers of the package snowballstemmer, each loaded when it is needed. I/O: imports.

That package's own first import loads every language that it knows, which takes longer than most searches. Its modules
need nothing of that, so here they are found as modules of this one: a package is a module that has a `__path__`.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_spec = find_spec("snowballstemmer")  # finds it without loading it
__path__ = [] if _spec is None else list(_spec.submodule_search_locations or ())

_OWN_STEMS = re.compile(
    "|".join(
        (
            *(
                "absolutely activit actually animal authoris authorit authoriz basically business careful "
                "container conversation customer definite direction edition engineer exactly excellen experiment "
                "explorer fairly federal finally handful hardly hopeful identical importan informal integral "
                "integrit interesting lately likel literally majorit marketing mostly multiplic namely nearly "
                "obviously personal physics position positiv probably production productiv reasonabl relativ "
                "responsib responsiv shortly specificat totally unlikel useful usually wonderful"
            ).split(),
            # Two letters, a vowel first, have a plural only where they are a word: `ups` is not `up`, nor `irs` `ir`.
            r"(?!ad|ai|ep|id|if|ip|op|ui)[aeiou]\ws\b",
        )
    )
)
"""Beginnings of English words that Snowball gives the stem of another word: `important` that of `import`, `definitely`
that of `definition`, `likely` that of `like`. Picked from the pairs in 11 million words of transcripts of which one is
so frequent that who asks for the other would find little else. What begins so has this beginning as its stem."""


def stem_word(word: str, algorithm: str) -> str:
    """Return the stem of a word in lower case.

    Args:
        word: the word.
        algorithm: its name in snowballstemmer, as in `GermanStemmer`.

    Raises:
        ModuleNotFoundError: snowballstemmer is not installed, or has no such algorithm.
    """
    if algorithm == "English" and (own := _OWN_STEMS.match(word)):
        return own[0]
    # A stemmer keeps state while it works, so each call has its own; the class, and not `snowballstemmer.stemmer()`,
    # because that returns another implementation, of another version, where PyStemmer happens to be installed.
    stemmer: Any = getattr(import_module(f"{__name__}.{algorithm.lower()}_stemmer"), f"{algorithm}Stemmer")()
    return str(stemmer.stemWord(word))
