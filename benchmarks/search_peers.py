"""SQLite FTS5 and tantivy over the same passages, asked the same things. I/O: writes and reads their indexes.

Each is asked for ten passages, best first, with the text highlighted, as its documentation says. Neither knows
inflections here, nor where in a passage a hit is said, nor how many there are.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from search_queries import Query

Row = tuple[str, str, str]
"""Episode id, show and text of a passage."""


class Peer(Protocol):
    """Another search engine."""

    name: str
    build_s: float | None
    bytes: int

    def can(self, query: Query) -> bool:
        """Tell whether it has such queries."""

    def search(self, query: Query) -> object:
        """Answer one."""


class Fts5:
    """SQLite FTS5 with its default tokenizer and bm25."""

    def __init__(self, path: Path, rows: Iterable[Row]) -> None:
        self.name = f"SQLite FTS5 {sqlite3.sqlite_version}"
        self.build_s: float | None = None
        is_new = not path.exists()
        self._connection = sqlite3.connect(path)
        if is_new:
            rows = list(rows)
            started = time.perf_counter()
            self._connection.execute("CREATE VIRTUAL TABLE p USING fts5(episode UNINDEXED, show UNINDEXED, text)")
            self._connection.executemany("INSERT INTO p VALUES (?, ?, ?)", rows)
            self._connection.commit()
            self.build_s = time.perf_counter() - started
        self._connection.execute("PRAGMA mmap_size = 4294967296")
        self.bytes = path.stat().st_size

    def can(self, query: Query) -> bool:
        return query.fts5 is not None

    def search(self, query: Query) -> object:
        where, more = "", ""
        parameters: list[object] = [query.fts5]
        if query.show is not None:
            where, parameters = "AND show = ?", [*parameters, query.show]
        if query.collapsed:
            # snippet() and bm25() cannot be used where rows are grouped: the best ten episodes without their texts.
            return self._connection.execute(
                f"SELECT episode, min(r) AS best FROM (SELECT episode, rank AS r FROM p WHERE p MATCH ? {where})"
                " GROUP BY episode ORDER BY best LIMIT 10",
                parameters,
            ).fetchall()
        if query.offset:
            more = f" OFFSET {query.offset}"
        return self._connection.execute(
            f"SELECT episode, snippet(p, 2, '[', ']', '…', 24) FROM p WHERE p MATCH ? {where}"
            f" ORDER BY rank LIMIT 10{more}",
            parameters,
        ).fetchall()


class Tantivy:
    """tantivy with its default tokenizer and bm25."""

    def __init__(self, folder: Path, rows: Iterable[Row]) -> None:
        self._tantivy: Any = import_module("tantivy")
        tantivy = self._tantivy
        self.name = f"tantivy {version('tantivy')}"
        self.build_s: float | None = None
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("episode", stored=True, tokenizer_name="raw")
        builder.add_text_field("show", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", stored=True)
        self._schema = builder.build()
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        self._index: Any = tantivy.Index(self._schema, path=str(folder))
        if is_new:
            rows = list(rows)
            started = time.perf_counter()
            writer = self._index.writer(heap_size=256 << 20, num_threads=2)
            for episode, show, text in rows:
                writer.add_document(tantivy.Document(episode=episode, show=show, text=text))
            writer.commit()
            writer.wait_merging_threads()
            self.build_s = time.perf_counter() - started
            self._index.reload()
        self._searcher: Any = self._index.searcher()
        self.bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def can(self, query: Query) -> bool:
        return query.tantivy is not None and not query.collapsed

    def _parse(self, query: Query) -> Any:  # noqa: ANN401
        assert query.tantivy is not None
        kind, *words = query.tantivy
        if kind == "prefix":
            return self._tantivy.Query.regex_query(self._schema, "text", words[0] + ".*")
        if kind == "fuzzy":
            return self._tantivy.Query.fuzzy_term_query(self._schema, "text", words[0], distance=int(words[1]))
        return self._index.parse_query(words[0], ["text"])

    def search(self, query: Query) -> object:
        parsed = self._parse(query)
        if query.show is not None:
            occur, term = self._tantivy.Occur, self._tantivy.Query.term_query(self._schema, "show", query.show)
            parsed = self._tantivy.Query.boolean_query([(occur.Must, parsed), (occur.Must, term)])
        found = self._searcher.search(parsed, 10, offset=query.offset)
        marks = self._tantivy.SnippetGenerator.create(self._searcher, parsed, self._schema, "text")
        return [marks.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in found.hits]


def open_peers(folder: Path, rows: Iterable[Row], *, anew: bool) -> list[Peer]:
    """Open both, building their indexes where they are not there; without tantivy where it is not installed."""
    database, tantivy_dir = folder / "fts5.db", folder / "tantivy"
    if anew:
        database.unlink(missing_ok=True)
        shutil.rmtree(tantivy_dir, ignore_errors=True)
    rows = list(rows) if not database.exists() or not tantivy_dir.exists() else []
    peers: list[Peer] = [Fts5(database, rows)]
    try:
        peers.append(Tantivy(tantivy_dir, rows))
    except ModuleNotFoundError:
        print("tantivy is not installed: pip install -r benchmarks/requirements.txt")
    return peers
