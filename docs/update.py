"""Writes the parts of docs/ that the code knows better: help texts, settings, the HTTP API. I/O: docs/*.md.

A generated part stands between `<!-- begin WHAT -->` and `<!-- end -->`, where WHAT is `help COMMAND`, `settings` or
`http`.
`make docs` runs this; with `--check` it only tells what is out of date, which is how the tests call it.
"""

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import typer.main

from podindex.cli.app import app, give_every_option_a_variable
from podindex.config import ENVIRONMENT_PREFIX, Settings
from podindex.web import openapi

DOCS_DIR = Path(__file__).parent
HELP_WIDTH = 100

_PART = re.compile(r"(?<=<!-- begin )([^>]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    """Update the files, or with --check exit with 1 where one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit with 1 where something would change")
    check_only = parser.parse_args().check
    parts = dict(iter_parts())
    stale, used = [], set()
    for path in sorted(DOCS_DIR.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        used |= {match[1] for match in _PART.finditer(text)}
        unknown = used - parts.keys()
        if unknown:
            sys.exit(f"{path.name}: nothing is called {', '.join(sorted(unknown))}")
        updated = _PART.sub(lambda match: match[1] + match[2] + parts[match[1]], text)
        if updated != text:
            stale.append(path.name)
            if not check_only:
                path.write_text(updated, encoding="utf-8")
    if missing := parts.keys() - used:
        sys.exit(f"no file in docs/ has a place for: {', '.join(sorted(missing))}")
    if stale and check_only:
        sys.exit(f"out of date, `make docs` mends it: {', '.join(stale)}")


def iter_parts() -> Iterator[tuple[str, str]]:
    """Yield the name and the Markdown of everything that is generated."""
    root = typer.main.get_command(app)
    give_every_option_a_variable(root)
    yield from _iter_help(root, "podindex", None)
    yield "settings", _format_settings()
    yield "http", _format_http()


# Any: Typer gives the types of commands and contexts no public names.
def _iter_help(command: Any, path: str, parent: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    name = path.rpartition(" ")[2]
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=HELP_WIDTH, color=False, **command.context_settings
    )
    if not command.hidden:
        lines = [line.rstrip() for line in command.get_help(context).strip().splitlines()]
        yield f"help {path}", "```text\n" + "\n".join(lines) + "\n```\n"
    for name, child in getattr(command, "commands", {}).items():
        yield from _iter_help(child, f"{path} {name}", context)


def _format_settings() -> str:
    meanings = _field_docstrings(Settings)
    rows = ["| setting | variable | default | meaning |", "|---|---|---|---|"]
    for field in fields(Settings):
        assert field.default is not MISSING, field.name
        default = "" if field.default is None else f"`{field.default}`"
        variable = f"`{ENVIRONMENT_PREFIX}{field.name.upper()}`"
        rows.append(f"| `{field.name}` | {variable} | {default} | {meanings.get(field.name, '')} |")
    return "\n".join(rows) + "\n"


def _format_http() -> str:
    rows = ["| address | what | parameters |", "|---|---|---|"]
    for path, methods in openapi.DOCUMENT["paths"].items():
        about = methods["get"]
        names = [f"`{parameter['name']}`" for parameter in about["parameters"] if parameter["in"] == "query"]
        rows.append(f"| `{path}` | {about['summary']} | {', '.join(names)} |")
    return "\n".join(rows) + "\n"


def _field_docstrings(cls: type) -> dict[str, str]:
    """Read the string under each field, which Python itself forgets."""
    (class_node,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(class_node, ast.ClassDef)
    meanings = {}
    for node, following in zip(class_node.body, class_node.body[1:], strict=False):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            meanings[node.target.id] = " ".join(str(following.value.value).split())
    return meanings


if __name__ == "__main__":
    main()
