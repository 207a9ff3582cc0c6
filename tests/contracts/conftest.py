"""A library to ask about what commands load and say."""

from pathlib import Path

import pytest

from podindex import Library


@pytest.fixture(scope="session")
def library_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one short transcript, which is indexed."""
    folder = tmp_path_factory.mktemp("library")
    show_dir = folder / "episodes" / "a-show"
    show_dir.mkdir(parents=True)
    metadata = '{"schema": 1, "episode_id": "a-show/one", "show": "A Show", "title": "One"}'
    segment = '{"start_ms": 0, "end_ms": 900, "speaker": null, "text": "a data breach", "words": null}'
    origin = '{"kind": "publisher", "timing": "cue", "podindex": "0.1.0", "created": "2026-11-01T00:00:00Z"}'
    transcript = f'{{"schema": 1, "episode_id": "a-show/one", "origin": {origin}, "segments": [{segment}]}}'
    (show_dir / "one.json").write_text(metadata, encoding="utf-8")
    (show_dir / "one.transcript.json").write_text(transcript, encoding="utf-8")
    with Library.open(folder) as library:
        assert library.search("breach").total == 1
    return folder
