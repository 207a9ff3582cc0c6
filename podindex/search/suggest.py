"""What may have been meant by words that the library does not know. Pure, over a lexicon."""

from podindex.search import analysis
from podindex.search.lexicon import MappedLexicon
from podindex.search.query import ParsedQuery, Term, Word, iter_terms, respell
from podindex.search.variants import MAX_SIMILAR_TERMS, MIN_SIMILAR_LENGTH, MIN_TWO_EDITS_LENGTH


def did_you_mean(parsed: ParsedQuery, lexicon: MappedLexicon) -> str | None:
    """Return the query with every unknown word replaced by the nearest known one; None where there is none.

    The nearest is the one with the fewest edits, of these the most frequent.
    """
    spellings: dict[Term, str] = {}
    for term in list(iter_terms(parsed.root))[:MAX_SIMILAR_TERMS]:
        if not isinstance(term, Word):
            continue
        tokens = analysis.tokens(term.text)
        # Another number is another thing, not another spelling.
        if len(tokens) != 1 or len(tokens[0]) < MIN_SIMILAR_LENGTH or any(map(str.isdigit, tokens[0])):
            continue
        folded = analysis.fold(tokens[0])
        if len(lexicon.ids(folded)):
            continue
        nearest = lexicon.closest(folded, 1)
        if nearest is None and len(folded) >= MIN_TWO_EDITS_LENGTH:
            nearest = lexicon.closest(folded, 2)
        if nearest is not None:
            spellings[term] = nearest
    return respell(parsed, spellings) if spellings else None
