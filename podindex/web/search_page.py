"""The search page. Pure but for the library it is handed."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from podindex.days import spell_day
from podindex.errors import PodindexError
from podindex.hits import Hit
from podindex.library import Library
from podindex.models import EpisodeSummary
from podindex.timecode import format_seconds, format_time
from podindex.titles import find_titled
from podindex.web import api, params
from podindex.web.html import Html, join, tag
from podindex.wording import count

_RECENT = 8
_ORDERS = [("", "Best first"), ("date", "Newest first"), ("time", "As it was said")]
_NO_DATE = datetime.min.replace(tzinfo=UTC)

_HELP = (
    ("facial recognition", "both words near each other; inflections too"),
    ('"facial recognition"', "exactly these words in a row"),
    ('"data breach"~5', "in this order, up to five words between"),
    ("clearview OR police", "either; NOT excludes, ( ) groups"),
    ("recog*", "words with this beginning"),
    ("clearveiw~", "words like this one"),
    ("speaker:anna  date:2026-01..2026-03", "also show: title: lang: after:1:00:00"),
)

EMPTY = tag(
    "section",
    tag("h1", "Nothing to search yet"),
    tag(
        "p",
        "Bring in a folder of episodes. They are transcribed on this machine and can be searched when that is done:",
    ),
    tag("pre", tag("code", "podindex add ~/Podcasts")),
    tag("p", "Then reload this page.", class_="soft"),
    class_="message",
)


def build(library: Library, request: Request, episodes: Sequence[EpisodeSummary]) -> list[Html]:
    """Return the content of the page."""
    if not episodes:
        return [EMPTY]
    content = [
        tag("h1", "Search what was said", class_="hidden"),
        _form(request, sorted({episode.show for episode in episodes}, key=str.casefold)),
        tag("div", tag("p", id="status"), _titles(request, episodes), class_="answer soft"),
        tag("div", id="results"),
        _results_without_scripts(library, request),
        _welcome(episodes),
    ]
    return [part for part in content if part]


def _titles(request: Request, episodes: Sequence[EpisodeSummary]) -> Html:
    """Return a link to the episodes that have the query's words in their titles."""
    query = params.query(request.query_params)
    found = find_titled(episodes, query) if query else []
    if not found:
        return tag("p", id="titles")
    link = (
        episode_link(found[0])
        if len(found) == 1
        else tag("a", count(len(found), "episode"), href=f"/library?{urlencode({'title': query})}#episodes")
    )
    return tag("p", "In titles: ", link, id="titles")


def _form(request: Request, shows: list[str]) -> Html:
    given = request.query_params
    box = tag(
        "input",
        id="q",
        name="q",
        type="search",
        value=given.get("q", ""),
        placeholder="Search what was said",
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        enterkeyhint="search",
        maxlength=1000,
        autofocus=True,
    )
    return tag(
        "form",
        tag("label", "Search what was said", for_="q", class_="hidden"),
        tag("div", box, tag("button", "Search", type="submit"), class_="box"),
        _narrowing(given, shows),
        id="search",
        role="search",
        action="/",
    )


def _narrowing(given: QueryParams, shows: list[str]) -> Html:
    """Return the filters, and the order."""
    show, episode = given.get("show", ""), given.get("episode", "")
    # An address may still name a show that is gone.
    choices = [*shows, *([show] if show and show not in shows else [])]
    filters = [
        _field("Show", _select("show", [("", "All shows"), *((name, name) for name in choices)], show)),
        _field("Speaker", _input("speaker", "text", given.get("speaker", ""))),
        _field("From", _day("since", given.get("since", ""))),
        _field("To", _day("until", given.get("until", ""))),
        # Only addresses name an episode; whoever has one should see so, and be able to take it away.
        _field("Episode", _input("episode", "text", episode), hidden=not episode),
    ]
    filtered = any(given.get(name) for name in ("show", "speaker", "since", "until", "episode"))
    order = _select("sort", _ORDERS, given.get("sort", ""))
    return tag(
        "div",
        tag("details", tag("summary", "Filters"), tag("div", *filters, class_="filters"), id="filters", open=filtered),
        tag("label", tag("span", "Order", class_="hidden"), order, class_="order"),
        class_="narrow",
    )


def _field(label: str, control: Html, *, hidden: bool = False) -> Html:
    return tag("label", tag("span", label), control, class_="field", hidden=hidden)


def _day(name: str, value: str) -> Html:
    """Return a field for a day; for text where it is given a month or a year, which a date field would drop."""
    return _input(name, "date" if re.fullmatch(r"(\d{4}-\d\d-\d\d)?", value) else "text", value)


def _input(name: str, kind: str, value: str) -> Html:
    return tag("input", name=name, type=kind, value=value, autocomplete="off", maxlength=200)


def _select(name: str, choices: list[tuple[str, str]], chosen: str) -> Html:
    options = [tag("option", label, value=value, selected=value == chosen) for value, label in choices]
    return tag("select", *options, name=name)


def _results_without_scripts(library: Library, request: Request) -> Html | None:
    given = dict(request.query_params)
    if not given.get("q"):
        return None
    # All hits of every episode: what is left out could not be asked for, and nobody could tell whether more follow.
    try:
        page = api.find(library, QueryParams(given | {"per_episode": "0"}))
    except PodindexError as error:
        return tag("noscript", tag("p", str(error)))
    instead = page.did_you_mean
    others = {name: value for name, value in given.items() if name != "offset"}  # which counts hits of this query
    shown = api.offset_of(request.query_params) + len(page.hits)
    more = shown < page.total and page.hits
    return tag(
        "noscript",
        tag("p", f"{count(page.total, 'hit')} in {count(page.total_episodes, 'episode')}"),
        tag("p", "Did you mean ", _query_link(others | {"q": instead}, instead), "?") if instead else None,
        *(tag("p", note) for note in page.notes),
        tag("ol", *(tag("li", *_plain_hit(hit)) for hit in page.hits)),
        tag("p", _query_link(given | {"offset": str(shown)}, "More hits")) if more else None,
    )


def _query_link(given: Mapping[str, str], text: str) -> Html:
    return tag("a", text, href=f"/?{urlencode(given)}")


def _plain_hit(hit: Hit) -> list[Html]:
    moment = f"/episodes/{hit.episode_id}?t={format_seconds(hit.jump_ms)}"
    pieces: list[Html] = []
    position = 0
    for start, end in hit.spans:
        pieces += [join(hit.text[position:start]), tag("mark", hit.text[start:end])]
        position = end
    heading = tag("a", tag("bdi", hit.title), f", {format_time(hit.start_ms)}", href=moment)
    return [heading, tag("p", *pieces, hit.text[position:], dir="auto")]


def _welcome(episodes: Sequence[EpisodeSummary]) -> Html:
    recent = newest_first(episodes)[:_RECENT]
    examples = [(tag("dt", tag("code", query)), tag("dd", meaning)) for query, meaning in _HELP]
    return tag(
        "div",
        tag("section", tag("h2", "Latest episodes"), tag("ul", *map(episode_line, recent), class_="episodes")),
        tag("section", tag("h2", "What you can write"), tag("dl", *(part for pair in examples for part in pair))),
        id="welcome",
    )


def newest_first(episodes: Sequence[EpisodeSummary]) -> list[EpisodeSummary]:
    """Return episodes by date, those without one at the end."""
    return sorted(episodes, key=lambda episode: episode.published or _NO_DATE, reverse=True)


def episode_link(episode: EpisodeSummary) -> Html:
    """Return an episode's title, leading to its page."""
    return tag("a", episode.title, href=f"/episodes/{episode.episode_id}", dir="auto")


def show_address(show: str) -> str:
    """Return where a show's episodes are listed."""
    return f"/library?{urlencode({'show': show})}#episodes"


def episode_line(episode: EpisodeSummary) -> Html:
    """Return an episode as an item of a list."""
    facts = [
        episode.published and spell_day(episode.published),
        episode.duration_ms and format_time(episode.duration_ms),
    ]
    state = {"pending": "not transcribed yet", "partial": "incomplete", "failed": "failed"}.get(episode.status)
    return tag(
        "li",
        episode_link(episode),
        tag("span", tag("bdi", episode.show), *(f" · {fact}" for fact in facts if fact), class_="facts"),
        tag("span", state, class_=f"state {episode.status}") if state else None,
    )
