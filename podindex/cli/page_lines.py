"""A page of hits as lines for people. Pure.

Styled with Typer's own codes, which `typer.echo` takes out where nobody would see them: rich, which the tables need,
takes as long to load as a search takes.
"""

from collections.abc import Iterator
from itertools import groupby

import typer

from podindex.cli.context import clean
from podindex.days import format_day
from podindex.hits import Hit, SearchPage
from podindex.timecode import format_time
from podindex.wording import count


def iter_page_lines(page: SearchPage, offset: int) -> Iterator[str]:
    """Yield a page of hits, numbered for `podindex play`, grouped by episode as they come."""
    number = offset
    for _, group in groupby(page.hits, key=lambda hit: hit.episode_id):
        hits = list(group)
        yield _heading(hits[0])
        for hit in hits:
            number += 1
            yield _hit_line(number, hit)
        if hits[0].more_in_episode:
            yield _dim(f"     + {hits[0].more_in_episode} more in this episode")
        yield ""
    yield _summary(page)


def iter_hint_lines(page: SearchPage) -> Iterator[str]:
    """Yield what is to be said besides the hits."""
    if page.total and not page.hits:
        yield "there are no more hits to show; --per-episode 0 shows all of an episode"
    if page.did_you_mean:
        yield f"did you mean: {page.did_you_mean}"
    for note in page.notes:
        yield f"note: {note}"


def _summary(page: SearchPage) -> str:
    if not page.total:
        return "nothing found"
    hits, episodes = count(page.total, "hit"), count(page.total_episodes, "episode")
    return _dim(f"{hits} in {episodes} ({page.took_ms:.0f} ms)")


def _heading(hit: Hit) -> str:
    published = f" · {format_day(hit.published)}" if hit.published else ""
    title = typer.style(f"{clean(hit.show)} · {clean(hit.title)}", bold=True)
    return f"{title}{_dim(f'{published}  {hit.episode_id}')}"


def _hit_line(number: int, hit: Hit) -> str:
    time = typer.style(format_time(hit.start_ms), fg="cyan", bold=True)
    similar = typer.style("  (similar)", fg="yellow") if hit.match == "similar" else ""
    return f"{_dim(f'{number:>3}')}  {time}  {_highlighted(hit)}{similar}"


def _highlighted(hit: Hit) -> str:
    """Return the hit's text with its matches marked. Cleaned piece by piece, since cleaning moves positions."""
    parts, position = [_dim(f"{clean(hit.speaker)}: ") if hit.speaker else ""], 0
    for start, end in hit.spans:
        parts.append(clean(hit.text[position:start]))
        parts.append(typer.style(clean(hit.text[start:end]), fg="yellow", bold=True))
        position = end
    return "".join([*parts, clean(hit.text[position:])])


def _dim(text: str) -> str:
    return typer.style(text, dim=True)
