"""What is sent to browsers: ours, or vendored and known to the byte."""

import gzip
import hashlib
import json
import re
from pathlib import Path

from podindex.search.words.analysis import SIGNS
from podindex.web.assets import STATIC_DIR, Assets

VENDOR_DIR = STATIC_DIR / "vendor"


def test_vendored_files_are_what_the_manifest_says() -> None:
    manifest = json.loads((VENDOR_DIR / "manifest.json").read_text(encoding="utf-8"))
    listed = {name: digest for package in manifest.values() for name, digest in package["sha256"].items()}
    found = {
        path.relative_to(VENDOR_DIR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR_DIR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed
    for package in manifest.values():
        assert package["licence"]
        assert any("LICENSE" in name for name in package["sha256"])


def our_files(*suffixes: str) -> list[tuple[str, str]]:
    """Return the name and text of each file that is ours."""
    paths = [path for path in STATIC_DIR.rglob("*") if path.suffix in suffixes and VENDOR_DIR not in path.parents]
    assert {path.suffix for path in paths} == set(suffixes)
    return [(path.name, path.read_text(encoding="utf-8")) for path in paths]


def test_nothing_is_loaded_from_another_host() -> None:
    for name, text in our_files(".js", ".css"):
        assert not re.search(r"https?://|@import|url\(", text.replace("http://www.w3.org/2000/svg", "")), name


def test_the_player_marks_the_signs_that_are_said_as_a_search_does() -> None:
    script = (STATIC_DIR / "transcript.js").read_text(encoding="utf-8")
    (signs,) = re.findall(r"UNSAID = /\[\^\\p\{L\}\\p\{N\}\\p\{M\}([^]]+)\]", script)
    assert set(signs) == set(SIGNS + "+#")  # the ends of C++ and C#


def test_our_scripts_build_no_markup_from_text() -> None:
    for name, text in our_files(".js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setAttribute\([\"']style", text
        ), name


def test_every_import_is_there() -> None:
    assets = Assets()
    for script in ("search.js", "episode.js", "library.js"):
        for name in assets.imports(script):
            assert assets.url(name)
    for script, text in our_files(".js"):
        for name in re.findall(r"""(?:from|import\()\s*["']\./([^"']+)["']""", text):
            assert (STATIC_DIR / name).is_file(), f"{script} imports {name}"


def test_the_first_page_is_small() -> None:
    names = ["search.js", "style.css", *Assets().imports("search.js")]
    assert sum(len(gzip.compress((STATIC_DIR / name).read_bytes())) for name in names) < 60_000


def test_everything_is_in_the_wheel(repo_dir: Path) -> None:
    # hatchling takes every file of the package that git does not ignore.
    ignored = (repo_dir / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not [
        line for line in ignored if line in ("static", "static/", "*.js", "*.css", "*.svg", "vendor", "vendor/")
    ]
