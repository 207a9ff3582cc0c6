"""The stemmers of the package snowballstemmer, each loaded when it is needed. I/O: imports.

That package's own first import loads every language that it knows, which takes longer than most searches. Its modules
need nothing of that, so here they are found as modules of this one: a package is a module that has a `__path__`.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

_spec = find_spec("snowballstemmer")  # finds it without loading it
__path__ = [] if _spec is None else list(_spec.submodule_search_locations or ())


def stem_word(word: str, algorithm: str) -> str:
    """Return the stem of a word in lower case.

    Args:
        word: the word.
        algorithm: its name in snowballstemmer, as in `GermanStemmer`.

    Raises:
        ModuleNotFoundError: snowballstemmer is not installed, or has no such algorithm.
    """
    # A stemmer keeps state while it works, so each call has its own; the class, and not `snowballstemmer.stemmer()`,
    # because that returns another implementation, of another version, where PyStemmer happens to be installed.
    stemmer: Any = getattr(import_module(f"{__name__}.{algorithm.lower()}_stemmer"), f"{algorithm}Stemmer")()
    return str(stemmer.stemWord(word))
