import io

import pytest

from podindex.audio.ogg import find_link

PAGE, FIRST_PAGE, ONLY_PAGE = b"OggS\x00\x00", b"OggS\x00\x02", b"OggS\x00\x06"


@pytest.mark.parametrize("first", [FIRST_PAGE, ONLY_PAGE])
def test_finds_the_next_first_page(first: bytes) -> None:
    content = FIRST_PAGE + bytes(100) + PAGE + bytes(100) + first + bytes(100) + FIRST_PAGE
    assert find_link(io.BytesIO(content), 0) == 212
    assert find_link(io.BytesIO(content), 106) == 212


def test_an_ordinary_page_is_none() -> None:
    assert find_link(io.BytesIO(FIRST_PAGE + PAGE * 100), 0) is None
    assert find_link(io.BytesIO(b""), 0) is None


def test_looks_no_further_than_a_packet_may_reach() -> None:
    assert find_link(io.BytesIO(PAGE + bytes(200_000) + FIRST_PAGE), 0) is None
