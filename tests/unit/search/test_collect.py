"""What of a word is marked where it is found."""

from pathlib import Path

import pytest
from transcripts import ORIGIN, make_segment

from podindex.models import Episode, Transcript
from podindex.search.index.arrays import map_arrays
from podindex.search.index.collect import RAW_NAME, SegmentBuilder
from podindex.search.words import analysis


def marks(folder: Path, text: str) -> list[str]:
    """Return what is marked for each token of a text."""
    builder = SegmentBuilder()
    builder.add(Episode("show/ep", "Show", "Title"), Transcript("show/ep", "en", (make_segment(text),), ORIGIN))
    builder.write(folder / "segment")
    arrays = map_arrays(folder / "segment" / RAW_NAME)
    places = zip(arrays["char_start"].tolist(), arrays["char_length"].tolist(), strict=True)
    return [text[start : start + length] for start, length in places]


@pytest.mark.parametrize("sign", analysis.SIGNS)
def test_a_sign_that_is_said_is_marked(sign: str, tmp_path: Path) -> None:
    assert marks(tmp_path, f"({sign}500),") == [f"{sign}500"] * 2
    assert analysis.tokens(sign) == (analysis.SPOKEN_SYMBOLS.get(sign, sign),)


@pytest.mark.parametrize(
    ("text", "marked"),
    [("“Hello,”", ["Hello"]), ("C++,", ["C++"]), ("(C#)", ["C#"]), ("A.I.,", ["A.I."]), ("2.7.", ["2.7"])],
)
def test_what_is_not_said_is_not_marked(text: str, marked: list[str], tmp_path: Path) -> None:
    assert marks(tmp_path, text) == marked
