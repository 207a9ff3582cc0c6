"""What may have been meant by a query that finds nothing: other words, or fewer. Pure, over a lexicon."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from podindex.search.index.lexicon import LESS_LIKELY, MappedLexicon
from podindex.search.query.expand import group_numbers
from podindex.search.query.lexemes import lex
from podindex.search.query.parser import MAX_EDITS, parse_query
from podindex.search.query.plan import InOrder, Slot, TermSet
from podindex.search.query.tree import And, Node, Or, ParsedQuery, Phrase, Term, Word, iter_parts, iter_terms, respell
from podindex.search.query.variants import MAX_SIMILAR_TERMS, MIN_SIMILAR_LENGTH, MIN_TWO_EDITS_LENGTH
from podindex.search.words import analysis
from podindex.search.words.likeness import edit_distances, unlikelihoods
from podindex.search.words.spelling import spellings

MUCH_MORE_OFTEN = 100
"""How many times as often as a word that does occur another must occur to have been meant instead: transcripts have
typing errors, too."""

MIN_TYPED_WRONG_LENGTH = 5
"""The least letters of a word that occurs and may still be a typing error: nearly every name of four letters (Deno,
Vite) is one edit away from a frequent word."""

MAX_PARTINGS = 2
"""Ways to part a word in two that are looked for."""

NAME_WORDS = range(2, 4)
"""How many words a query may have to be taken for a name in which one is misspelt as another word that occurs."""

MORE_THAN_CHANCE = 10
"""How many times as often as by chance words stand in a row that belong together: `brian okken`, not `trust, look`."""

QUESTION_PARTS = range(3, 65)
"""How many words and phrases a query may have to be tried without some of them; a sentence that is pasted has many."""


def suggestions(parsed: ParsedQuery, lexicon: MappedLexicon) -> Iterator[str]:
    """Yield the query with other words, what was more likely meant first.

    First with every unknown word replaced by the known one that was most likely meant. Then also with every known word
    replaced that has a much more frequent one at one edit. Then with what is much more frequent than the one that was
    most likely meant, which may be a typing error of a transcript.
    """
    unknown: dict[Term, str] = {}
    rare: dict[Term, str] = {}
    farther: dict[Term, str] = {}
    for term in list(iter_terms(parsed.root))[:MAX_SIMILAR_TERMS]:
        folded = _spelled(term)
        if folded is None:
            continue
        often = max(_frequency(folded, lexicon), _occurs(folded, lexicon))
        if often and len(folded) < MIN_TYPED_WRONG_LENGTH:
            continue
        edits = 1 if often else _edits(folded)
        likeliest = lexicon.closest(folded, edits, MUCH_MORE_OFTEN * often)
        if not likeliest:
            continue
        (rare if often else unknown)[term] = likeliest
        if edits > 1:
            far = lexicon.closest(folded, edits, MUCH_MORE_OFTEN * _frequency(analysis.fold(likeliest), lexicon))
            if far:
                farther[term] = far
    if unknown:
        yield respell(parsed, unknown)
    if rare:
        yield respell(parsed, unknown | rare)
    if farther:
        yield respell(parsed, unknown | rare | farther)


def nearest(word: Word, lexicon: MappedLexicon) -> str | None:
    """Return what was most likely meant by a word that nobody says, if any word is near."""
    return next(suggestions(parse_query(word.text), lexicon), None)


def other_word(parsed: ParsedQuery, lexicon: MappedLexicon) -> Iterator[str]:
    """Yield the query of a single word that occurs in other forms alone with a much more frequent other word, if any.

    By its ending, `carful` is a form of `car`; it was hardly meant so where `careful` is said. Several words that are
    said near each other were meant.
    """
    terms = list(iter_terms(parsed.root))
    folded = _spelled(terms[0]) if len(terms) == 1 else None
    if folded is None or len(folded) < MIN_TYPED_WRONG_LENGTH:
        return
    if _frequency(folded, lexicon) or not _occurs(folded, lexicon):
        return
    likeliest = lexicon.closest(folded, 1, MUCH_MORE_OFTEN)
    if likeliest and not _is_same_word(folded, analysis.fold(likeliest), lexicon):
        yield respell(parsed, {terms[0]: likeliest})


def unknown_words(parsed: ParsedQuery, lexicon: MappedLexicon) -> Iterator[tuple[Term, str]]:
    """Yield the words that occur in no form, and how each is spelled, folded."""
    for term in list(iter_terms(parsed.root))[:MAX_SIMILAR_TERMS]:
        folded = _spelled(term)
        if folded is not None and not _occurs(folded, lexicon):
            yield term, folded


def in_two(folded: str, lexicon: MappedLexicon) -> Iterator[tuple[str, str]]:
    """Yield the ways to part a word in two that occur, the more frequent ones first: `thank you` for `thankyou`."""
    ways = [(folded[:end], folded[end:]) for end in range(1, len(folded))]
    known = sorted(((min(_frequency(part, lexicon) for part in way), way) for way in ways), reverse=True)
    yield from (way for often, way in known[:MAX_PARTINGS] if often)


def is_likelier_apart(folded: str, often: int, lexicon: MappedLexicon) -> bool:
    """Tell whether two words that are said so often in a row are likelier meant than the nearest other word.

    A space left out is as likely as any one slip: who types `adrain` means `adrian`, not `a drain`.
    """
    other = lexicon.closest(folded, _edits(folded))
    if other is None:
        return True
    letters = analysis.fold(other)
    return often * float(LESS_LIKELY) ** (int(unlikelihoods(folded, [letters])[0]) - 1) > _frequency(letters, lexicon)


def as_row(words: Sequence[str], lexicon: MappedLexicon) -> InOrder:
    """Return words as they are, in a row."""
    ids = [lexicon.ids(analysis.fold(word)) for word in words]
    return InOrder(tuple(Slot(((TermSet(each, each),),)) for each in ids), 0, " ".join(words))


def with_row(parsed: ParsedQuery, term: Term, words: Sequence[str]) -> str:
    """Return the query with a word as several in a row."""
    in_phrases = {word for part in iter_parts(parsed.root) if isinstance(part, Phrase) for word in part.words}
    row = " ".join(words)
    return respell(parsed, {term: row if term in in_phrases else f'"{row}"'})


def names(parsed: ParsedQuery) -> Iterator[tuple[ParsedQuery, str]]:
    """Yield a query of few words as a phrase, with the token of each word in turn that may be misspelt.

    Most names are near another, so a misspelt one is mostly another: `Bryan Okken`, where there are a Bryan and Brian
    Okken.
    """
    match parsed.root:
        case Phrase(words=parts, slop=0) | And(children=parts, excluded=()):
            words = tuple(part for part in parts if isinstance(part, Word))
        case _:
            return
    if len(words) in NAME_WORDS and len(words) == len(parts):
        for word in words:
            if _spelled(word) is not None:
                yield replace(parsed, root=Phrase(words)), analysis.tokens(word.text)[0]


def as_said(parsed: ParsedQuery, lexicon: MappedLexicon, said: Sequence[str], doubted: str | None) -> str | None:
    """Return the query with its unknown words replaced by the nearest of a hit's tokens; None where that says nothing.

    The other words tell which was meant: `Harry Poter` is no `Harry power`. A doubted token is replaced like an unknown
    word.
    """
    parts = parsed.root.children if isinstance(parsed.root, And) else (parsed.root,)
    terms = [term for part in parts if not isinstance(part, Or) for term in iter_terms(part)]
    others = [analysis.fold(token) for token in said]
    meant: dict[Term, str] = {}
    for term in terms[:MAX_SIMILAR_TERMS] if len(terms) > 1 else ():
        folded = _spelled(term)
        if folded is not None and (doubted in analysis.tokens(term.text) or not _frequency(folded, lexicon)):
            most = max(MAX_EDITS, len(folded) // 2)  # as far as words of like sound may differ
            edits = edit_distances(folded, others, most)
            near = int(edits.argmin())
            if edits[near] <= most and (doubted or not _is_same_word(folded, others[near], lexicon)):
                meant[term] = said[near]
    return respell(parsed, meant) if meant else None


def _edits(folded: str) -> int:
    """Return how many edits away what was meant by an unknown word may be."""
    return 2 if len(folded) >= MIN_TWO_EDITS_LENGTH else 1


def _spelled(term: Term) -> str | None:
    """Return how a word is spelled, folded; None where it may not be misspelled."""
    if not isinstance(term, Word):
        return None
    tokens = analysis.tokens(term.text)
    # Another number is another thing, not another spelling.
    if len(tokens) != 1 or len(tokens[0]) < MIN_SIMILAR_LENGTH or any(map(str.isdigit, tokens[0])):
        return None
    return analysis.fold(tokens[0])


def apart(parsed: ParsedQuery) -> str | None:
    """Return the query of a phrase without its quotation marks, or of a joined word without what joins it.

    None for any other, or where that reads otherwise.
    """
    match parsed.root:
        case Phrase(words=words):
            phrases = [lexeme.match for lexeme in lex(parsed.text) if lexeme.kind == "phrase"]
            if len(phrases) > 1:
                return None
            begin, end = phrases[0].span()
            query = f"{parsed.text[:begin]}{phrases[0]['words']}{parsed.text[end:]}"
            texts = [word.text for word in words]
        case Word(text=text) as word:
            texts = [*analysis.tokens(text)]
            # The digits of a number stay together, as do the characters of a word.
            if len(texts) < 2 or not all(analysis.is_letter(token[0]) for token in texts):
                return None
            query = respell(parsed, {word: " ".join(texts)})
        case _:
            return None
    read = parse_query(query)
    found = read.root.children if isinstance(read.root, And) and not read.root.excluded else (read.root,)
    same = [getattr(each, "text", None) for each in found] == texts
    return query if same and read.filters == parsed.filters else None


def parts_of_question(parsed: ParsedQuery) -> list[tuple[Word, ...] | Node]:
    """Return the parts of a query that may find something without some of its words; none where that is no question.

    Who asks "what did she say about bitcoin" says more than what was said there. The words of a number are one part:
    `fifty` is another number than `fifty five`.
    """
    parts = list(group_numbers(parsed.root.children)) if isinstance(parsed.root, And) else []
    return parts if len(parts) in QUESTION_PARTS and "(" not in parsed.text else []


def without(parsed: ParsedQuery, left_out: Collection[Word]) -> str | None:
    """Return the query without some of its words; None where what stood around them means something else then."""
    # What stood between two phrases kept their quotation marks apart.
    query = " ".join(respell(parsed, dict.fromkeys(left_out, "")).replace('""', '" "').split())
    read = [term.text for term in iter_terms(parse_query(query).root)]
    return query if read == [term.text for term in iter_terms(parsed.root) if term not in left_out] else None


def all_occur(parsed: ParsedQuery, lexicon: MappedLexicon) -> bool:
    """Tell whether a query is of several words and nothing else, each of which occurs somewhere."""
    parts = parsed.root.children if isinstance(parsed.root, And) and not parsed.root.excluded else ()
    words = [part for part in parts if isinstance(part, Word)]
    return 1 < len(words) == len(parts) and all(_occurs(token, lexicon) for token in _folded(words))


def _folded(words: Iterable[Word]) -> Iterator[str]:
    return (token for word in words for token in analysis.folded(word.text))


def _frequency(folded: str, lexicon: MappedLexicon) -> int:
    return int(lexicon.frequencies[lexicon.ids(folded)].sum())


def _is_same_word(folded: str, other: str, lexicon: MappedLexicon) -> bool:
    """Tell whether two words are forms or spellings of one, so that either finds the other."""
    languages = lexicon.languages()
    same_stem = any(analysis.stem(folded, language) == analysis.stem(other, language) for language in languages)
    return same_stem or other in spellings(folded)


def _occurs(folded: str, lexicon: MappedLexicon) -> bool:
    """Tell whether a word occurs, if only in another form: then it is one."""
    stems = ((analysis.stem(folded, language), language) for language in lexicon.languages())
    return lexicon.ids(folded).size > 0 or any(lexicon.ids_with_stem(*stem).size for stem in stems)
