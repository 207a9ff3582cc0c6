"""How numbers of things are written for people. Pure."""


def count(number: float, noun: str) -> str:
    """Return so many of something: `1 hit`, `1,200 episodes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def times(factor: float) -> str:
    """Return how many times as fast something is: `82×`, and `0.4×` where it is slow."""
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.1f}×"
