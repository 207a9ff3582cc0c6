"""How numbers of things, and messages, are written for people. Pure."""


def count(number: float, noun: str) -> str:
    """Return so many of something: `1 hit`, `1,200 episodes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """Return a message or a hint as a sentence: with a capital, and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) or not text else ".")


def times(factor: float) -> str:
    """Return how many times as fast something is: `82×`, and `0.4×` where it is slow."""
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.1f}×"
