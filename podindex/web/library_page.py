"""The library page: shows, episodes, what is being worked on, and how it grew.

Pure but for the library it is handed.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from podindex.errors import NoLibraryError
from podindex.library import Library
from podindex.models import EpisodeSummary, ShowSummary
from podindex.stats import summarize_shows
from podindex.timecode import MS_PER_HOUR, MS_PER_MINUTE
from podindex.titles import find_titled
from podindex.web import charts, params, trends
from podindex.web.html import Html, tag
from podindex.web.search_page import EMPTY, episode_line, episode_link, newest_first, show_address
from podindex.wording import count, sentence

_PAGE = 100
_MAX_PAGE = 10_000
_MAX_SHOWS = 500


def build(library: Library, request: Request) -> list[Html]:
    """Return the content of the page."""
    try:
        episodes = library.episodes()
    except NoLibraryError:
        episodes = []
    if not episodes:
        return [EMPTY]
    given = request.query_params
    content = [
        tag("h1", "Library"),
        _totals(episodes),
        _unfinished(library, episodes),
        _trend(library, episodes, params.text(given, "term")),
        _growth(episodes),
        _shows(episodes),
        _episodes(episodes, given),
    ]
    return [tag("div", *content, class_="library")]


def _totals(episodes: Sequence[EpisodeSummary]) -> Html:
    hours = sum(episode.duration_ms or 0 for episode in episodes) / MS_PER_HOUR
    words = sum(episode.words for episode in episodes)
    shows = len({episode.show for episode in episodes})
    facts: list[tuple[float, str]] = [
        (len(episodes), "episode"),
        (shows, "show"),
        (_rounded(hours), "hour") if hours >= 1 else (round(hours * 60), "minute"),
        (words, "word"),
    ]
    numbers = [
        tag("li", tag("b", f"{number:,}"), count(number, unit).removeprefix(f"{number:,}")) for number, unit in facts
    ]
    return tag("ul", *numbers, class_="totals")


def _unfinished(library: Library, episodes: Sequence[EpisodeSummary]) -> Html | None:
    """Return what is waited for, what is begun, and what failed, and why."""
    waiting = [episode for episode in episodes if episode.status == "pending"]
    failed = [episode for episode in episodes if episode.status == "failed"]
    if not waiting and not failed:
        return None
    parts = []
    if waiting:
        what = f"{count(len(waiting), 'episode')} {'is' if len(waiting) == 1 else 'are'}"
        parts.append(
            tag(
                "p", f"{what} not transcribed yet. ", tag("code", "podindex sync"), " works through them.", id="waiting"
            )
        )
    begun = [episode for episode in waiting if library.is_begun(episode.episode_id)]
    parts += [tag("p", episode_link(episode), " is transcribed in part.") for episode in begun[:_PAGE]]
    for episode in failed[:_PAGE]:
        why = f": {episode.error.message}. {sentence(episode.error.hint)}" if episode.error else "."
        parts.append(tag("p", episode_link(episode), f" failed{why}"))
    return tag("section", tag("h2", "Unfinished"), *parts, class_="notice")


def _trend(library: Library, episodes: Sequence[EpisodeSummary], term: str | None) -> Html:
    form = _line_form("term", 'A word or a "phrase"', term, "Show", "trend")
    result: Html | None = None
    if term:
        moments = library.moments(term)
        total = sum(map(len, moments.values()))
        chart, undated = trends.count_hits(moments, episodes)
        said = f"“{term}” was said {count(total, 'time')} in {count(len(moments), 'episode')}"
        aside = f", {undated:,} of them in episodes without a date." if undated else "."
        heading = tag("p", tag("a", said, href=f"/?{urlencode({'q': term})}"), aside)
        result = tag(
            "div",
            heading,
            charts.draw(chart, unit="times", label=f"How often {term} was said by month.") if total > undated else None,
        )
    return tag("section", tag("h2", "How often it was said"), form, result, id="trend")


def _growth(episodes: Sequence[EpisodeSummary]) -> Html | None:
    unit, chart = "hours", trends.sum_lengths(episodes, MS_PER_HOUR)
    if max(chart.totals, default=0) < 1:
        unit, chart = "minutes", trends.sum_lengths(episodes, MS_PER_MINUTE)
    if not chart.series:
        return None
    return tag(
        "section",
        tag("h2", f"{unit.capitalize()} by month"),
        charts.draw(chart, unit=unit, label=f"{unit.capitalize()} of audio by month."),
    )


def _shows(episodes: Sequence[EpisodeSummary]) -> Html:
    shows = summarize_shows(episodes)
    rows = [_show_row(show) for show in shows[:_MAX_SHOWS]]
    head = [tag("th", name, scope="col") for name in ("Show", "Episodes", "Length", "Words", "Latest")]
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="shows")
    left_out = len(shows) - len(rows)
    return tag(
        "section",
        tag("h2", "Shows"),
        tag("div", table, class_="scroll", tabindex=0, role="region", aria_label="Shows"),
        tag("p", f"and {left_out:,} more", class_="soft") if left_out else None,
    )


def _show_row(show: ShowSummary) -> Html:
    link = tag("a", show.show, href=show_address(show.show), dir="auto")
    cells = (
        f"{show.episodes:,}",
        _length(show.duration_ms),
        f"{show.words:,}",
        f"{show.last_published:%-d %b} {show.last_published.year:04}" if show.last_published else "–",
    )
    return tag("tr", tag("th", link, scope="row"), *(tag("td", cell) for cell in cells))


def _episodes(episodes: Sequence[EpisodeSummary], given: QueryParams) -> Html:
    show, title = params.text(given, "show"), params.text(given, "title")
    listed = [episode for episode in episodes if show in (None, episode.show)]
    if title:
        listed = find_titled(listed, title)
    last_page = max(1, -(-len(listed) // _PAGE))
    page = min(params.whole(given, "page", 1, 1, _MAX_PAGE), last_page)  # kept addresses outlive removed episodes
    shown = newest_first(listed)[(page - 1) * _PAGE : page * _PAGE]
    kept = {name: value for name, value in (("show", show), ("title", title)) if value}
    steps = [
        tag("a", name, href=f"/library?{urlencode({**kept, 'page': number})}#episodes")
        for name, number in (("Newer", page - 1), ("Older", page + 1))
        if 1 <= number <= last_page
    ]
    return tag(
        "section",
        tag("h2", "Episodes of ", tag("bdi", show)) if show else tag("h2", "Episodes"),
        tag("p", tag("a", "All shows", href="/library#episodes")) if show else None,
        _line_form(
            "title",
            "Words in the title",
            title,
            "Find",
            "episodes",
            tag("input", type="hidden", name="show", value=show) if show else None,
        ),
        None if listed else tag("p", "No title has these words.", class_="soft"),
        tag("ul", *map(episode_line, shown), class_="episodes"),
        tag(
            "nav",
            *steps,
            tag("span", f"Page {page} of {last_page}", class_="soft"),
            aria_label="Pages of episodes",
            class_="steps",
        )
        if last_page > 1
        else None,
        id="episodes",
    )


def _line_form(name: str, label: str, value: str | None, button: str, place: str, *more: Html | None) -> Html:
    """Return a form of one line that asks this page again and goes to a place in it."""
    return tag(
        "form",
        tag("label", label, for_=name, class_="hidden"),
        tag("input", id=name, name=name, type="search", value=value or "", placeholder=label, maxlength=200),
        *more,
        tag("button", button, type="submit"),
        action=f"/library#{place}",
        class_="box",
    )


def _length(duration_ms: int) -> str:
    """Return a length as people say it: 42 min, 3.5 h, 120 h."""
    hours = duration_ms / MS_PER_HOUR
    return f"{_rounded(hours):,} h" if hours >= 1 else f"{round(hours * 60)} min"


def _rounded(hours: float) -> float:
    return round(hours) if hours >= 10 else round(hours, 1)
