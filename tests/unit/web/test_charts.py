"""Charts as pictures."""

import re
from itertools import pairwise

import pytest

from podindex.web.charts import draw
from podindex.web.trends import Chart, months_between


@pytest.mark.parametrize("last", [f"{2024 + month // 12}-{month % 12 + 1:02}" for month in range(36)] + ["2060-07"])
def test_labels_do_not_overlap(last: str) -> None:
    months = tuple(months_between("2024-01", last))
    picture = str(draw(Chart(months, (("Show", (1,) * len(months)),)), unit="hours", label="Hours."))
    places = [float(x) for x in re.findall(r'<text x="([\d.]+)"', picture)]
    assert places
    assert all(after - before >= 64 for before, after in pairwise(places))
