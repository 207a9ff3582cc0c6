"""From the text of a query to words, phrases, filters, operators and parentheses. Pure.

One pass, no backtracking: every character is looked at a bounded number of times.
"""

import re
from dataclasses import dataclass

from podindex.search.query.filters import FILTER_FIELDS

# Characters that are typed for others of the same meaning, one for one, so that places in the text stay what they are.
_SAME_MEANING = str.maketrans("“”„‟«»‹›「」『』〝〞〟＂（）：～＊－", '"' * 16 + "():~*-")
# Hebrew abbreviations have a mark before their last letter, for which the quotation mark is typed: ארה"ב.
_GERSHAYIM = re.compile('(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_LEXEME = re.compile(
    rf"""
      (?P<open>\() | (?P<close>\))
    | (?P<minus>(?<![^\s(])-(?=[^\s)\-]))
    | (?P<filter>(?<![^\s(\-])(?P<field>{"|".join(FILTER_FIELDS)}):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s()"]*)))
    | (?P<phrase>"(?P<words>[^"]*)"(?:~(?P<slop>\d*+))?)
    | (?P<quote>")
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
OPERATORS = {"OR": "or", "||": "or", "|": "or", "AND": "and", "&&": "and", "NOT": "not"}
"""How they are written, and their kinds of lexemes."""

STARTS_OPERAND = frozenset({"word", "phrase", "open", "minus", "not"})
"""Kinds of lexemes that may stand behind an operator."""

ENDS_OPERAND = frozenset({"word", "phrase", "close"})
"""Kinds of lexemes that may stand before an operator that joins two operands."""

BINARY = frozenset({"or", "and"})
"""Kinds of lexemes that join two operands."""


@dataclass(slots=True)
class Lexeme:
    """A part of a query that means something on its own."""

    kind: str
    """A group of `_LEXEME` (`quote`: one that is not closed), or a kind of `OPERATORS`."""
    match: re.Match[str]
    """Where it stands; groups `field`, `quoted` and `value` are of filters, `words` and `slop` of phrases."""


def without_control_characters(text: str) -> str:
    """Return the text with spaces for control characters and lone surrogates, as long as before."""
    return _CONTROL.sub(" ", text)


def lex(text: str) -> list[Lexeme]:
    """Part a query; nothing but white space is left out."""
    found = []
    for match in _LEXEME.finditer(_GERSHAYIM.sub("\u05f4", text.translate(_SAME_MEANING))):
        kind = next(name for name in ("filter", "phrase", match.lastgroup) if name and match[name] is not None)
        found.append(Lexeme(OPERATORS.get(match[0], kind) if kind == "word" else kind, match))
    return found
