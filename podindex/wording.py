"""How numbers of things are written for people. Pure."""


def count(number: float, noun: str) -> str:
    """Return so many of something: `1 hit`, `1,200 episodes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
