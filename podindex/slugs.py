"""Episode ids: `<show-slug>/<episode-slug>`. Pure."""

import re
from collections.abc import Container

MAX_SLUG_LENGTH = 80

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slugify(text: str, *, fallback: str) -> str:
    """Transliterate to lower-case ASCII letters, digits and single hyphens, at most `MAX_SLUG_LENGTH` characters.

    Args:
        text: any text, in any script.
        fallback: the slug when nothing of the text can be transliterated.
    """
    from anyascii import anyascii  # loads more than a search needs, which makes no slugs

    # An apostrophe joins what it stands between: "Don't" is one word.
    ascii_text = anyascii(text.replace("’", "'")).replace("'", "").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    return slug[:MAX_SLUG_LENGTH].strip("-") or fallback


def unique_slug(slug: str, taken: Container[str]) -> str:
    """Return the slug, or the first of `slug-2`, `slug-3` … that is not taken, within the length limit."""
    if slug not in taken:
        return slug
    number = 2
    while True:
        suffix = f"-{number}"
        candidate = slug[: MAX_SLUG_LENGTH - len(suffix)].rstrip("-") + suffix
        if candidate not in taken:
            return candidate
        number += 1


def is_slug(text: str) -> bool:
    """Tell whether the text has the form of one of the two parts of an episode id."""
    return len(text) <= MAX_SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def is_episode_id(text: str) -> bool:
    """Tell whether the text has the form of an episode id; anything else must never become part of a path."""
    show, slash, episode = text.partition("/")
    return bool(slash) and is_slug(show) and is_slug(episode)
