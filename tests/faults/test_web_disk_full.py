"""The player on a disk that is full or may only be read: nothing can be kept, everything can be used."""

import shutil
from pathlib import Path

from web_library import TALK
from web_server import running_server


def test_pages_work_where_nothing_can_be_kept(web_library: Path, tmp_path: Path) -> None:
    library_dir = tmp_path / "library"
    shutil.copytree(web_library, library_dir)
    shutil.rmtree(library_dir / "index", ignore_errors=True)
    (library_dir / "index").mkdir()
    # Not even root can write these: a file stands where a folder should be, and a folder where a file should.
    (library_dir / "index" / "peaks").write_text("")
    (library_dir / "index" / "audio").write_text("")
    (library_dir / "index" / "catalogue.json").mkdir()
    with running_server(library_dir) as server:
        for path in ("/", "/library", f"/episodes/{TALK}", f"/api/episodes/{TALK}/peaks", f"/audio/{TALK}"):
            assert server.ask(path).status == 200, path
        assert server.ask("/api/search?q=password").json["total"] == 36
