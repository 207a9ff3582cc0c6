"""Results as lines for people. I/O: none; returns rich renderables."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.table import Table
from rich.text import Text

from podindex.cli.context import clean
from podindex.models import EpisodeSummary, Hit, LibraryStats, SearchPage, ShowSummary, Stats
from podindex.timecode import MS_PER_HOUR, format_time

_STATUS_STYLES = {"ready": "green", "partial": "yellow", "pending": "cyan", "failed": "red"}


def iter_page_lines(page: SearchPage, offset: int) -> Iterator[Text]:
    """Yield a page of hits, numbered for `podindex play`, grouped by episode as they come."""
    number = offset
    for _, group in groupby(page.hits, key=lambda hit: hit.episode_id):
        hits = list(group)
        yield _heading(hits[0])
        for hit in hits:
            number += 1
            yield _hit_line(number, hit)
        if hits[0].more_in_episode:
            yield Text(f"     + {hits[0].more_in_episode} more in this episode", style="dim")
        yield Text()
    yield from iter_summary_lines(page)


def iter_summary_lines(page: SearchPage) -> Iterator[Text]:
    """Yield what is to be said of all hits together."""
    if page.total:
        hits, episodes = _count(page.total, "hit"), _count(page.total_episodes, "episode")
        yield Text(f"{hits} in {episodes} ({page.took_ms:.0f} ms)", style="dim")
    else:
        yield Text("nothing found")
    if page.did_you_mean:
        yield Text(f"did you mean: {clean(page.did_you_mean)}", style="bold")
    for note in page.notes:
        yield Text(f"note: {clean(note)}", style="yellow")


def _heading(hit: Hit) -> Text:
    text = Text(clean(hit.show), style="bold")
    text.append(f" · {clean(hit.title)}")
    if hit.published:
        text.append(f" · {hit.published:%Y-%m-%d}", style="not bold dim")
    text.append(f"  {hit.episode_id}", style="not bold dim")
    return text


def _hit_line(number: int, hit: Hit) -> Text:
    line = Text(f"{number:>3}  ", style="dim")
    line.append(format_time(hit.start_ms), style="not dim bold cyan")
    line.append("  ")
    line.append(_highlighted(hit))
    if hit.match == "similar":
        line.append("  (similar)", style="yellow")
    return line


def _highlighted(hit: Hit) -> Text:
    """Return the hit's text with its matches marked. Cleaned piece by piece, since cleaning moves positions."""
    text, position = Text(style="not dim"), 0
    if hit.speaker:
        text.append(f"{clean(hit.speaker)}: ", style="dim")
    for start, end in hit.spans:
        text.append(clean(hit.text[position:start]))
        text.append(clean(hit.text[start:end]), style="bold yellow")
        position = end
    text.append(clean(hit.text[position:]))
    return text


def episodes_table(episodes: Iterable[EpisodeSummary]) -> Table:
    """Return a list of episodes as a table."""
    table = _table("episode", "published", "length", "words", "status", "model", right=("length", "words"))
    for episode in episodes:
        table.add_row(
            Text(episode.episode_id),
            f"{episode.published:%Y-%m-%d}" if episode.published else "",
            format_time(episode.duration_ms) if episode.duration_ms is not None else "",
            f"{episode.words:,}" if episode.words else "",
            Text(episode.status, style=_STATUS_STYLES[episode.status]),
            Text(clean(episode.model or episode.origin or "")),
        )
    return table


def shows_table(shows: Iterable[ShowSummary]) -> Table:
    """Return a list of shows as a table."""
    table = _table("show", "episodes", "length", "words", "first", "last", right=("episodes", "length", "words"))
    for show in shows:
        table.add_row(
            Text(clean(show.show)),
            str(show.episodes),
            format_time(show.duration_ms),
            f"{show.words:,}",
            f"{show.first_published:%Y-%m-%d}" if show.first_published else "",
            f"{show.last_published:%Y-%m-%d}" if show.last_published else "",
        )
    return table


def stats_table(stats: LibraryStats) -> Table:
    """Return what the library amounts to as a table, a row a show and one for all together."""
    numbers = ("episodes", "hours", "words", "a minute", "doubtful", "speed")
    table = _table("show", *numbers, "models", right=numbers)
    for show in stats.shows:
        table.add_row(Text(clean(show.show or "")), *_stats_cells(show))
    if len(stats.shows) != 1:
        table.add_row(Text("all shows", style="bold"), *_stats_cells(stats.total))
    return table


def _stats_cells(stats: Stats) -> list[str | Text]:
    unfinished = f"{stats.transcribed:,} of {stats.episodes:,}"
    pace, doubt, speed = stats.words_per_minute, stats.doubtful_share, stats.real_time_factor
    models = [f"{share.model} {share.duration_ms / max(1, stats.duration_ms):.0%}" for share in stats.models]
    return [
        f"{stats.episodes:,}" if stats.transcribed == stats.episodes else unfinished,
        f"{stats.duration_ms / MS_PER_HOUR:,.1f}",
        f"{stats.words:,}",
        "" if pace is None else f"{pace:.0f}",
        "" if doubt is None else f"{doubt:.1%}",
        "" if speed is None else f"{speed:.0f}×",
        Text(clean(", ".join(models))),
    ]


def _table(*columns: str, right: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=True)
    return table


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
