"""Words to be expected in a show, as many as do no harm. Pure."""

from collections.abc import Sequence

MAX_BYTES = 240
"""Some twenty names. Whisper reads at most 223 tokens before it listens, a name is three or four, and every window is
slower for them: 390 bytes took a third of the speed (docs/benchmarks.md)."""


def join_terms(hotwords: str | None, terms: Sequence[str]) -> tuple[str | None, int]:
    """Join what the user expects everywhere and a show's glossary, the first terms of it first.

    Args:
        hotwords: what was said for this run; taken whole.
        terms: the show's glossary.

    Returns:
        The words for the model, None where there are none, and how many terms had no room.
    """
    joined = hotwords or ""
    known = {word.strip().casefold() for word in joined.split(",")}
    for number, term in enumerate(terms):
        if term.casefold() in known:
            continue
        longer = f"{joined}, {term}" if joined else term
        if len(longer.encode("utf-8", "replace")) > MAX_BYTES:
            return joined or None, len(terms) - number
        joined = longer
    return joined or None, 0
