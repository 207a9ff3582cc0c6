"""One server for all tests that only ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_library import build_web_library
from web_server import WebServer, running_server


@pytest.fixture(scope="session")
def web_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_web_library(tmp_path_factory.mktemp("web") / "library")


@pytest.fixture(scope="session")
def server(web_library: Path) -> Iterator[WebServer]:
    with running_server(web_library) as running:
        yield running
