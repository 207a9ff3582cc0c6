"""What an error or a file is called in HTTP."""

import pytest

from podindex.errors import LibraryBusyError, NoLibraryError, PodindexError, RequestError, SearchError, StoreError
from podindex.files import AUDIO_SUFFIXES
from podindex.web.audio import MEDIA_TYPES
from podindex.web.respond import status_of


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (RequestError, "bad-parameter", 400),
        (NoLibraryError, "no-library", 404),
        (StoreError, "audio-gone", 404),
        (LibraryBusyError, "library-busy", 409),
        (RequestError, "bad-range", 416),
        (StoreError, "damaged-file", 503),
        (SearchError, "index-unreadable", 503),
    ],
)
def test_errors_have_the_status_that_fits(kind: type[PodindexError], code: str, status: int) -> None:
    assert status_of(kind(code, "message", "hint")) == status


def test_every_kind_of_file_that_is_taken_in_has_a_type() -> None:
    assert set(MEDIA_TYPES) >= AUDIO_SUFFIXES
