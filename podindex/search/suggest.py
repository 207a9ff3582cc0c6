"""What may have been meant by words that the library does not know, or hardly. Pure, over a lexicon."""

from collections.abc import Iterator

from podindex.search import analysis
from podindex.search.lexicon import MappedLexicon
from podindex.search.query import ParsedQuery, Term, Word, iter_terms, respell
from podindex.search.variants import MAX_SIMILAR_TERMS, MIN_SIMILAR_LENGTH, MIN_TWO_EDITS_LENGTH

MUCH_MORE_OFTEN = 100
"""So many times as often as a word that occurs another one must occur to have been meant instead: transcripts have
typing errors, too."""


def suggestions(parsed: ParsedQuery, lexicon: MappedLexicon) -> Iterator[str]:
    """Yield the query with other words, what was more likely meant first.

    First with every unknown word replaced by the nearest known one: with the fewest edits, of these the most frequent.
    Then also with every known one for which one that differs by one edit is much more frequent.
    """
    unknown: dict[Term, str] = {}
    rare: dict[Term, str] = {}
    for term in list(iter_terms(parsed.root))[:MAX_SIMILAR_TERMS]:
        if not isinstance(term, Word):
            continue
        tokens = analysis.tokens(term.text)
        # Another number is another thing, not another spelling.
        if len(tokens) != 1 or len(tokens[0]) < MIN_SIMILAR_LENGTH or any(map(str.isdigit, tokens[0])):
            continue
        folded = analysis.fold(tokens[0])
        often = int(lexicon.frequencies[lexicon.ids(folded)].sum())
        nearest = lexicon.closest(folded, 1, MUCH_MORE_OFTEN * often)
        if nearest is None and not often and len(folded) >= MIN_TWO_EDITS_LENGTH:
            nearest = lexicon.closest(folded, 2)
        if nearest is not None:
            (rare if often else unknown)[term] = nearest
    if unknown:
        yield respell(parsed, unknown)
    if rare:
        yield respell(parsed, unknown | rare)
