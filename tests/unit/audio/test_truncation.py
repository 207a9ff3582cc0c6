import pytest

from podindex.audio.truncation import missing_ms

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("header_ms", "decoded_ms", "missing"),
    [
        (None, 1_000, 0),
        (60_000, 60_000, 0),
        (60_000, 61_000, 0),
        (60_000, 58_500, 0),
        (60_000, 57_000, 3_000),
        (600_000, 302_000, 298_000),
        (10 * HOUR_MS, 10 * HOUR_MS - 30_000, 0),
        (10 * HOUR_MS, 10 * HOUR_MS - 120_000, 120_000),
    ],
)
def test_tells_what_is_missing(header_ms: int | None, decoded_ms: int, missing: int) -> None:
    assert missing_ms(header_ms, decoded_ms) == missing
