"""Pictures of statistics."""

import io
import sys
from xml.etree import ElementTree

import pytest

from podindex.errors import ConfigError
from podindex.models import LibraryStats, ModelShare, Stats
from podindex.plots import plot_format, plot_stats

SVG = "{http://www.w3.org/2000/svg}"


def show_stats(name: str | None, hours: int = 1, **values: float | None) -> Stats:
    duration_ms = hours * 3_600_000
    return Stats(
        show=name,
        episodes=2,
        transcribed=2,
        duration_ms=duration_ms,
        words=hours * 9000,
        doubtful_words=hours * 90,
        real_time_factor=values.get("speed", 40.0),
        models=(ModelShare("tiny.en", 1, duration_ms // 4), ModelShare("base", 1, duration_ms - duration_ms // 4)),
    )


def library_stats(*shows: Stats) -> LibraryStats:
    return LibraryStats(show_stats(None, sum(show.duration_ms for show in shows) // 3_600_000), shows)


def texts(picture: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_every_show_is_a_row_with_its_numbers() -> None:
    drawn = texts(plot_stats(library_stats(show_stats("Odd Sums", 3), show_stats("The Sticky Note", 12)), "svg"))
    assert [text for text in drawn if text in ("Odd Sums", "The Sticky Note")] == ["The Sticky Note", "Odd Sums"]
    assert {"12.0", "108,000", "40×", "1.0%", "tiny.en", "base"} <= set(drawn)


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    picture = plot_stats(library_stats(show_stats("A", 10), show_stats("B", 5)), "svg")
    bars = [dict(element.attrib) for element in ElementTree.fromstring(picture).iter(f"{SVG}rect")]
    rows: dict[str, float] = {}
    first_panel = min(float(bar["x"]) for bar in bars if bar["height"] == "14.0")
    for bar in bars:
        if bar["height"] == "14.0" and float(bar["x"]) < first_panel + 150:
            rows[bar["y"]] = rows.get(bar["y"], 0) + float(bar["width"])
    longest, shortest = rows.values()
    assert shortest == pytest.approx(longest / 2, abs=0.2)


def test_a_hostile_name_stays_a_name() -> None:
    name = "</text><script>alert(1)</script>\x1b[2J\u202e & Co" + "x" * 500
    picture = plot_stats(library_stats(show_stats(name)), "svg")
    assert not list(ElementTree.fromstring(picture).iter(f"{SVG}script"))
    assert "\x1b" not in picture.decode()
    assert max(map(len, texts(picture))) < 100


def test_many_shows_fit() -> None:
    shows = [show_stats(f"Show {n}", 100 - n) for n in range(50)]
    drawn = texts(plot_stats(library_stats(*shows), "svg"))
    assert "Show 0" in drawn
    assert "Show 49" not in drawn
    assert "and 20 shows with fewer hours" in drawn
    assert "and 1 show with fewer hours" in texts(plot_stats(library_stats(*shows[:31]), "svg"))


def test_nothing_is_drawn_of_an_empty_library() -> None:
    empty = Stats(None, 0, 0, 0, 0, 0, None, ())
    for kind in ("svg", "png"):
        assert plot_stats(LibraryStats(empty, ()), plot_format(f".{kind}"))
    nothing = Stats("A", 1, 0, 0, 0, 0, None, ())
    assert texts(plot_stats(LibraryStats(nothing, (nothing,)), "svg")).count("–") == 2


def test_a_png_is_an_image_of_the_same_shape() -> None:
    image = pytest.importorskip("PIL.Image")
    stats = library_stats(show_stats("日本語", 3), show_stats("B", 1, speed=None))
    picture = image.open(io.BytesIO(plot_stats(stats, "png")))
    drawing = ElementTree.fromstring(plot_stats(stats, "svg"))
    assert picture.size == (2 * int(drawing.attrib["width"]), 2 * int(drawing.attrib["height"]))
    assert len(picture.getcolors(100_000)) > 4


def test_without_pillow_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ConfigError, match=r"podindex\[plots\]") as caught:
        plot_stats(library_stats(), "png")
    assert caught.value.code == "extra-missing"
    assert plot_stats(library_stats(), "svg")


@pytest.mark.parametrize("suffix", ["", ".pdf", ".svgz"])
def test_other_formats_are_refused(suffix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plot_format(suffix)
    assert caught.value.code == "bad-plot-format"
    assert plot_format(".SVG") == "svg"
