"""Statistics as a picture: rows of bars, one a show, as SVG or PNG. Pure.

The picture is a list of rectangles and texts, which SVG needs no library for; PNG needs Pillow, the extra `plots`.
"""

import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from podindex.errors import ConfigError, UsageError
from podindex.models import LibraryStats, Stats
from podindex.timecode import MS_PER_HOUR
from podindex.wording import count, times

PlotFormat = Literal["svg", "png"]

_MAX_SHOWS = 30
_ROW, _BAR, _HEAD, _MARGIN = 24, 14, 84, 20
_NAME_WIDTH, _PANEL_WIDTH, _PANEL_GAP, _VALUE_ROOM = 230, 190, 24, 52
_NAME_LETTERS = 32
_INK, _SOFT, _FAINT, _PLAIN = "#1b1b1b", "#666666", "#e6e6e6", "#7a8794"
# Okabe and Ito's colours, which colour-blind people can tell apart; the last stands for all other models.
_COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#999999")
_FONT = "DejaVu Sans, Noto Sans, Arial, sans-serif"
# Looked for in this order, because what comes with Pillow has Latin letters only.
_FONT_FILES = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf", "Arial.ttf")
_PNG_SCALE = 2


@dataclass(frozen=True, slots=True)
class _Bar:
    x: float
    y: float
    width: float
    height: float
    color: str


@dataclass(frozen=True, slots=True)
class _Label:
    x: float
    y: float
    """Of the baseline."""
    text: str
    size: int = 12
    color: str = _INK


@dataclass(slots=True)
class _Picture:
    width: int
    height: int
    shapes: list[_Bar | _Label] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Panel:
    """A column of bars: a title, and what of a show it draws and prints."""

    title: str
    value: Callable[[Stats], float | None]
    text: Callable[[float], str]


_HOURS = _Panel("hours", lambda stats: stats.duration_ms / MS_PER_HOUR, lambda value: f"{value:,.1f}")
_PANELS = (
    _HOURS,
    _Panel("words", lambda stats: stats.words, lambda value: f"{value:,.0f}"),
    _Panel("speed, × real time", lambda stats: stats.real_time_factor, times),
    _Panel("doubtful words", lambda stats: stats.doubtful_share, lambda value: f"{value:.1%}"),
)


def plot_format(suffix: str) -> PlotFormat:
    """Return the format that a file's suffix asks for.

    Raises:
        UsageError: `bad-plot-format`: it is none of ours.
    """
    if suffix.lower() == ".svg":
        return "svg"
    if suffix.lower() == ".png":
        return "png"
    raise UsageError("bad-plot-format", f"a plot cannot be a {suffix or 'file without a suffix'}", "use .svg or .png")


def plot_stats(stats: LibraryStats, kind: PlotFormat) -> bytes:
    """Draw what a library amounts to, show by show, those with the most hours first.

    Raises:
        ConfigError: `extra-missing`: PNG needs Pillow.
    """
    picture = _draw(stats)
    return _to_svg(picture) if kind == "svg" else _to_png(picture)


# --- drawing ------------------------------------------------------------------------------------------------------


def _draw(stats: LibraryStats) -> _Picture:
    shows = sorted(stats.shows, key=lambda show: -show.duration_ms)
    shown, left_out = shows[:_MAX_SHOWS], len(shows[_MAX_SHOWS:])
    models = [share.model for share in stats.total.models]
    bottom = _HEAD + len(shown) * _ROW
    picture = _Picture(
        width=_MARGIN * 2 + _NAME_WIDTH + len(_PANELS) * (_PANEL_WIDTH + _PANEL_GAP) - _PANEL_GAP,
        height=bottom + (_ROW if left_out else 0) + _ROW * 2,
    )
    picture.shapes += _heading(stats.total)
    for row, show in enumerate(shown):
        y = _HEAD + row * _ROW
        picture.shapes.append(_Label(_MARGIN, y + _BAR - 2, _shortened(show.show or "")))
    for column, panel in enumerate(_PANELS):
        x = _MARGIN + _NAME_WIDTH + column * (_PANEL_WIDTH + _PANEL_GAP)
        picture.shapes += _panel(panel, shown, x, bottom, models)
    if left_out:
        others = f"and {count(left_out, 'show')} with fewer hours"
        picture.shapes.append(_Label(_MARGIN, bottom + _BAR, others, color=_SOFT))
    picture.shapes += _legend(models, picture.height - _MARGIN)
    return picture


def _heading(total: Stats) -> Iterator[_Label]:
    yield _Label(_MARGIN, 34, "podindex stats", size=18)
    hours = total.duration_ms / MS_PER_HOUR
    text = f"{hours:,.1f} hours · {total.words:,} words · {total.transcribed:,} of {total.episodes:,} episodes"
    yield _Label(_MARGIN, 54, text, color=_SOFT)


def _panel(panel: _Panel, shows: list[Stats], x: float, bottom: float, models: list[str]) -> Iterator[_Bar | _Label]:
    highest = max((panel.value(show) or 0 for show in shows), default=0) or 1
    yield _Label(x, _HEAD - 10, panel.title, size=11, color=_SOFT)
    yield _Bar(x - 1, _HEAD - 4, 1, bottom - _HEAD + 4, _FAINT)
    for row, show in enumerate(shows):
        value, y = panel.value(show), _HEAD + row * _ROW
        if value is None:
            yield _Label(x + 4, y + _BAR - 3, "–", size=11, color=_SOFT)
            continue
        width = (_PANEL_WIDTH - _VALUE_ROOM) * value / highest
        if panel is _HOURS:
            yield from _by_model(show, x, y, width, models)
        else:
            yield _Bar(x, y, width, _BAR, _PLAIN)
        yield _Label(x + width + 4, y + _BAR - 3, panel.text(value), size=11)


def _by_model(show: Stats, x: float, y: float, width: float, models: list[str]) -> Iterator[_Bar]:
    """Divide a bar among the models."""
    for share in show.models:
        part = width * share.duration_ms / (show.duration_ms or 1)
        yield _Bar(x, y, part, _BAR, _color(models.index(share.model)))
        x += part


def _legend(models: list[str], y: float) -> Iterator[_Bar | _Label]:
    x = float(_MARGIN)
    names = models[: len(_COLORS) - 1] + (["other models"] if len(models) >= len(_COLORS) else [])
    for number, name in enumerate(names):
        text = _shortened(name)
        yield _Bar(x, y - 10, 10, 10, _color(number))
        yield _Label(x + 15, y - 1, text, size=11, color=_SOFT)
        x += 35 + 7 * _columns(text)


def _color(number: int) -> str:
    return _COLORS[min(number, len(_COLORS) - 1)]


def _shortened(text: str) -> str:
    """Return text that fits the names' column and holds nothing that a picture cannot."""
    text = "".join(letter for letter in text[: 4 * _NAME_LETTERS] if unicodedata.category(letter)[0] != "C")
    if _columns(text) <= _NAME_LETTERS:
        return text
    while _columns(text) >= _NAME_LETTERS:
        text = text[:-1]
    return text.rstrip() + "…"


def _columns(text: str) -> int:
    """Return how many letters wide a text is; those of East Asia count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


# --- files --------------------------------------------------------------------------------------------------------


def _to_svg(picture: _Picture) -> bytes:
    size = f'width="{picture.width}" height="{picture.height}" viewBox="0 0 {picture.width} {picture.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}" role="img">',
        "<title>podindex stats</title>",
        f'<rect width="{picture.width}" height="{picture.height}" fill="#ffffff"/>',
        *map(_svg_shape, picture.shapes),
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _svg_shape(shape: _Bar | _Label) -> str:
    if isinstance(shape, _Bar):
        place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}"'
        return f'<rect {place} fill="{shape.color}"/>'
    place = f'x="{shape.x:.1f}" y="{shape.y:.1f}"'
    return f'<text {place} font-size="{shape.size}" fill="{shape.color}">{escape(shape.text)}</text>'


def _to_png(picture: _Picture) -> bytes:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        hint = "use .svg, or install it: pip install 'podindex[plots]'"
        raise ConfigError("extra-missing", "a plot as .png needs Pillow", hint) from error

    def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        for name in _FONT_FILES:
            try:
                return ImageFont.truetype(name, size * _PNG_SCALE)
            except OSError:
                continue
        return ImageFont.load_default(size * _PNG_SCALE)

    fonts = {shape.size: font(shape.size) for shape in picture.shapes if isinstance(shape, _Label)}
    image = Image.new("RGB", (picture.width * _PNG_SCALE, picture.height * _PNG_SCALE), "#ffffff")
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        x, y = shape.x * _PNG_SCALE, shape.y * _PNG_SCALE
        if isinstance(shape, _Label):
            draw.text((x, y), shape.text, fill=shape.color, font=fonts[shape.size], anchor="ls")
        elif shape.width:
            right, end = x + shape.width * _PNG_SCALE - 1, y + shape.height * _PNG_SCALE - 1
            draw.rectangle((x, y, max(x, right), end), fill=shape.color)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
