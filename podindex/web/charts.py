"""Charts as pictures that need no script, each with its numbers in a table. Pure."""

from datetime import date

from podindex.web.html import Html, tag
from podindex.web.trends import Chart

_WIDTH, _HEIGHT, _AXIS = 720, 160, 24
_BAR_SHARE = 0.8
_MAX_BAR = 40
_LABEL_ROOM = 64
_EDGE = 54
"""Half of the longest label at its size on a phone, where the picture is smaller and its letters are not."""
_MANY_MONTHS = 36


def draw(chart: Chart, *, unit: str, label: str) -> Html:
    """Return a chart of stacked bars, a legend, and a table of the same numbers.

    Args:
        chart: the numbers.
        unit: what is counted, such as "hours".
        label: what it shows, as a sentence.
    """
    highest = max(chart.totals, default=0) or 1
    step = _WIDTH / max(1, len(chart.months))
    picture = tag(
        "svg",
        *_bars(chart, highest, step, unit),
        *_axis(chart, step),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT + _AXIS}",
        role="img",
        aria_label=f"{label} Most in a month: {_number(highest)} {unit}.",
        class_="chart",
    )
    names = [
        tag("li", tag("span", class_=f"swatch s{number}"), tag("bdi", show))
        for number, (show, _) in enumerate(chart.series)
    ]
    return tag(
        "figure",
        tag("p", f"{_number(highest)} {unit}", class_="most soft", aria_hidden="true"),
        picture,
        tag("ul", *names, class_="legend") if len(names) > 1 else None,
        tag("details", tag("summary", "The numbers"), _table(chart, label)),
    )


def _bars(chart: Chart, highest: float, step: float, unit: str) -> list[Html]:
    bars = []
    for column, month in enumerate(chart.months):
        top = float(_HEIGHT)
        for number, (show, values) in enumerate(chart.series):
            size = values[column] / highest * (_HEIGHT - 2)
            if not size:
                continue
            top -= size
            title = tag("title", f"{month}, {show}: {_number(values[column])} {unit}")
            width = min(step * _BAR_SHARE, _MAX_BAR)
            left = (column + 0.5) * step - width / 2
            bars.append(
                tag(
                    "rect",
                    title,
                    x=f"{left:.1f}",
                    y=f"{top:.1f}",
                    width=f"{width:.1f}",
                    height=f"{size:.1f}",
                    class_=f"s{number}",
                )
            )
    return bars


def _axis(chart: Chart, step: float) -> list[Html]:
    """Label months wherever there is room for it; where there are many, only years."""
    line = tag("line", x1=0, x2=_WIDTH, y1=_HEIGHT, y2=_HEIGHT, class_="base")
    if len(chart.months) > _MANY_MONTHS:
        named = [(column, month[:4]) for column, month in enumerate(chart.months) if month.endswith("-01")]
    else:
        named = [(column, f"{date.fromisoformat(f'{month}-01'):%b %Y}") for column, month in enumerate(chart.months)]
    labels = []
    free = 0.0
    for column, name in named:
        x = min(max((column + 0.5) * step, _EDGE), _WIDTH - _EDGE)
        if x >= free:
            labels.append(tag("text", name, x=f"{x:.1f}", y=_HEIGHT + _AXIS - 6))
            free = x + _LABEL_ROOM
    return [line, *labels]


def _table(chart: Chart, label: str) -> Html:
    head = tag("tr", tag("th", "Month", scope="col"), *(tag("th", show, scope="col") for show, _ in chart.series))
    rows = [
        tag("tr", tag("th", month, scope="row"), *(tag("td", _number(values[column])) for _, values in chart.series))
        for column, (month, total) in enumerate(zip(chart.months, chart.totals, strict=True))
        if total
    ]
    return tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *rows)),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=label,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:,.1f}"
