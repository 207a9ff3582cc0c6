"""The page of an episode: its facts, its sound and all that is said in it. Pure but for the library it is handed.

I/O: looks at the file with the sound, whose address says which it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from podindex.days import format_day, spell_day
from podindex.errors import StoreError
from podindex.library import Library
from podindex.models import Episode, Gap, Segment, Transcript
from podindex.passages import segment_words
from podindex.scripts import SENTENCE_END
from podindex.timecode import format_seconds, format_time, parse_time, seconds_from_ms
from podindex.web.audio import audio_url
from podindex.web.html import Html, join, strip_markup, tag
from podindex.web.search_page import show_address
from podindex.wording import sentence

# A paragraph is something to read: it ends with a speaker, or with a sentence once it is long, or at a long pause.
_LONG_WORDS = 70
_PAUSE_MS = 2_500
_PAUSE_WORDS = 20

# What show notes lead to: addresses, without the stop or bracket behind them, and moments.
_LINKED = re.compile(
    r"""(?P<address>https?://[^\s<>"]*[^\s<>"'.,:;!?)\]])|(?<![\w.:])(?:\d{1,2}:[0-5]|[0-5]?)\d:[0-5]\d(?![\w:])""",
    re.ASCII,
)

_DOWNLOADS = ("vtt", "srt", "json", "txt")


def build(library: Library, episode: Episode, moment: str = "") -> list[Html]:
    """Return the content of the page; without scripts, it begins at a moment that is written as people type it."""
    transcript, problem = _load(library, episode.id)
    audio_path = library.audio_path(episode.id)
    language = (transcript.language if transcript else None) or episode.language
    content = [_heading(episode, transcript, language)]
    if audio_path is None:
        gone = "The audio file is gone. The transcript is still here."
        content.append(
            tag("p", gone if episode.audio else "This episode has no audio.", class_="notice", id="no-audio")
        )
    sound_url = audio_url(episode.id, audio_path) + _fragment(moment) if audio_path else None
    content.append(_deck(episode, sound_url, language))
    if transcript is None:
        content.append(tag("p", problem, class_="notice", id="no-transcript"))
    else:
        content += [_tools(episode.id), _transcript(transcript)]
    return content


def _load(library: Library, episode_id: str) -> tuple[Transcript | None, str]:
    try:
        return library.transcript(episode_id), ""
    except StoreError as error:
        if error.code == "no-transcript":
            return None, _why_not_yet(library, episode_id)
        return None, f"The transcript cannot be shown: {error}"


def _why_not_yet(library: Library, episode_id: str) -> str:
    failed = next((row.error for row in library.episodes() if row.episode_id == episode_id), None)
    if failed:
        return f"This episode could not be transcribed: {failed.message}. {sentence(failed.hint)}"
    state = "is transcribed in part so far" if library.is_begun(episode_id) else "has not been transcribed yet"
    return f"This episode {state}. The page reloads when it is done."


def _heading(episode: Episode, transcript: Transcript | None, language: str | None) -> Html:
    facts = [
        tag("time", spell_day(episode.published), datetime=format_day(episode.published))
        if episode.published
        else None,
        tag("span", format_time(episode.duration_ms)) if episode.duration_ms else None,
    ]
    if transcript:
        origin = transcript.origin
        made = f"transcribed by {origin.model}" if origin.kind == "whisper" else "transcript by the publisher"
        facts.append(tag("span", made))
        if origin.missing:
            facts.append(tag("span", "incomplete", class_="state partial"))
    about = (
        tag("details", tag("summary", "About"), _description(episode, language))
        if episode.description.strip()
        else None
    )
    return tag(
        "div",
        tag("p", tag("a", episode.show, href=show_address(episode.show)), class_="show", dir="auto"),
        tag("h1", episode.title, dir="auto", lang=language),
        tag("p", *_between(" · ", [fact for fact in facts if fact]), class_="facts"),
        about,
        class_="heading",
    )


def _description(episode: Episode, language: str | None) -> Html:
    lines = strip_markup(episode.description).splitlines()
    return join(*(tag("p", *_with_links(line), dir="auto", lang=language) for line in lines))


def _with_links(line: str) -> Iterator[str]:
    position = 0
    for match in _LINKED.finditer(line):
        yield line[position : match.start()]
        if address := match["address"]:
            yield tag("a", address, href=address, target="_blank", rel="noopener")  # the sound goes on here
        else:
            yield tag("a", match[0], href=_moment(parse_time(match[0])))
        position = match.end()
    yield line[position:]


def _fragment(moment: str) -> str:
    try:
        return _moment(parse_time(moment.partition(",")[0]))
    except ValueError:
        return ""


def _deck(episode: Episode, sound_url: str | None, language: str | None) -> Html:
    """Return the player: an ordinary `<audio>` until the scripts take it over."""
    sound = None
    if sound_url:
        sound = tag("audio", src=sound_url, controls=True, preload="metadata", id="audio")
    chapters = [
        tag(
            "li",
            tag(
                "a",
                tag("span", format_time(chapter.start_ms), class_="time"),
                tag("span", chapter.title, class_="title", dir="auto", lang=language),
                href=_moment(chapter.start_ms),
            ),
        )
        for chapter in episode.chapters
    ]
    return join(
        tag(
            "section",
            sound,
            id="deck",
            aria_label="Player",
            data_episode=episode.id,
            data_title=episode.title,
            data_show=episode.show,
            data_duration=episode.duration_ms and seconds_from_ms(episode.duration_ms),
        ),
        tag("details", tag("summary", "Chapters"), tag("ol", *chapters), id="chapters") if chapters else None,
    )


def _tools(episode_id: str) -> Html:
    address = f"/api/episodes/{episode_id}/transcript?format="
    links = [tag("a", name, href=f"{address}{name}&download", download=True) for name in _DOWNLOADS]
    return tag("div", tag("p", "Transcript as ", *_between(" ", links), class_="downloads soft"), id="tools")


def _transcript(transcript: Transcript) -> Html:
    gaps = sorted(transcript.origin.missing, key=lambda gap: gap.start_ms)
    paragraphs = iter_paragraphs(transcript.segments, [gap.start_ms for gap in gaps])
    parts = [
        (segments[0].start_ms, _paragraph(first_word, segments, has_times=transcript.has_times))
        for first_word, segments in paragraphs
    ]
    parts = sorted(parts + [(gap.start_ms, _gap(gap)) for gap in gaps], key=lambda part: part[0])
    nothing = tag("p", "Nothing was said, or nothing was understood.", class_="notice", lang="en")
    return tag(
        "section",
        tag("h2", "Transcript", class_="hidden", lang="en"),
        *([part for _, part in parts] or [nothing]),
        id="transcript",
        lang=transcript.language,
    )


def iter_paragraphs(segments: Iterable[Segment], cuts_ms: Sequence[int]) -> Iterator[tuple[int, list[Segment]]]:
    """Yield paragraphs: the number of their first word in the episode, and their segments; none goes on over a cut."""
    paragraph: list[Segment] = []
    first_word = words = 0
    for segment in segments:
        if paragraph and (_ends(paragraph[-1], segment, words) or _is_cut(paragraph[-1], segment, cuts_ms)):
            yield first_word, paragraph
            first_word, words, paragraph = first_word + words, 0, []
        paragraph.append(segment)
        words += len(segment_words(segment))
    if paragraph:
        yield first_word, paragraph


def _ends(last: Segment, following: Segment, words: int) -> bool:
    if last.speaker != following.speaker:
        return True
    if following.start_ms - last.end_ms >= _PAUSE_MS and words >= _PAUSE_WORDS:
        return True
    return words >= 2 * _LONG_WORDS or (words >= _LONG_WORDS and SENTENCE_END.search(last.text) is not None)


def _is_cut(last: Segment, following: Segment, cuts_ms: Sequence[int]) -> bool:
    return bisect_right(cuts_ms, last.start_ms) < bisect_right(cuts_ms, following.start_ms)


def _paragraph(first_word: int, segments: list[Segment], *, has_times: bool) -> Html:
    start_ms = segments[0].start_ms
    pieces: list[Html] = []
    for segment in segments:
        pieces.append(tag("span", segment.text, data_w=first_word))
        first_word += len(segment_words(segment))
    # The words say which way a paragraph runs; a name before them, isolated, does not.
    speaker = tag("bdi", tag("b", segments[0].speaker)) if segments[0].speaker else None
    return tag(
        "div",
        tag("a", format_time(start_ms), href=_moment(start_ms), class_="time") if has_times else None,
        tag("p", speaker, *_between(" ", pieces), dir="auto"),
        class_="para",
    )


def _gap(gap: Gap) -> Html:
    stretch = f"Missing: {format_time(gap.start_ms)} to {format_time(gap.end_ms)}, {gap.reason}."
    return tag("p", stretch, class_="notice", lang="en")


def _moment(start_ms: int) -> str:
    return f"#t={format_seconds(start_ms)}"


def _between(separator: str, items: list[Html]) -> list[Html | str]:
    return [part for item in items for part in (separator, item)][1:]
