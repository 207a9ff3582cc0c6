"""Search over thousands of hours: how fast, how large, and whether every answer is right.

    pip install -r benchmarks/requirements.txt
    python benchmarks/search.py ../shared/data/transcripts [--library DIR] [--queries 40] [--checked 2000]

TRANSCRIPTS are folders of VTT, SRT, JSON or Markdown, or a folder of `.tar.xz` archives of such. They become a library,
whose index is built and asked, beside SQLite FTS5 and tantivy over the same passages: every query of every kind is put
to each in turn, five times, and counts as its median. `--library` keeps library and indexes for the next run.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from measuring import describe_machine, markdown_table, run_process, spread
from search_library import build_library
from search_peers import Peer, Row, open_peers
from search_queries import KINDS, OPERATORS, Query, Speech, make_queries

import podindex.cli  # noqa: F401  looks for garbage as seldom as `podindex serve` does
from podindex.hits import SearchRequest
from podindex.passages import build_passages
from podindex.search.engine import SearchIndex
from podindex.search.index.build import rebuild_index, update_index
from podindex.search.index.lexicon import MappedLexicon
from podindex.search.index.manifest import load_manifest
from podindex.stamps import transcript_bytes
from podindex.store import EpisodeStore

if TYPE_CHECKING:
    from search_truth import Library

_ROUNDS = 5
_COLD_RUNS = 15
_ADDED = 20
_ADDED_WORDS = 10_000
_SHOWN = 20
_PER_EPISODE = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transcripts", type=Path)
    parser.add_argument("--library", type=Path, help="keep library and indexes here")
    parser.add_argument("--queries", type=int, default=40, help="of each kind, for the times")
    parser.add_argument("--checked", type=int, default=2000, help="queries compared with brute force, of all kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", default="build,times,add,cold,check", help="which parts to run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        _run(arguments, arguments.library or Path(temporary))


def _run(arguments: argparse.Namespace, library_dir: Path) -> None:
    archives = sorted(arguments.transcripts.glob("*.tar.xz"))
    build_library(library_dir, archives or [arguments.transcripts])
    store, index_dir = EpisodeStore(library_dir / "episodes"), library_dir / "index" / "search"
    index_dir.parent.mkdir(exist_ok=True)
    parts = set(arguments.parts.split(","))
    rows = list(_passages(store))
    words = sum(len(text.split()) for _, _, text in rows)
    print(describe_machine(), end="\n\n")
    print(f"{words:,} words in {len(rows):,} passages of {len({row[0] for row in rows}):,} episodes.\n")
    started = time.perf_counter()
    if "build" in parts or not index_dir.exists():
        rebuild_index(index_dir, store)
    else:
        update_index(index_dir, store)
    build_s = time.perf_counter() - started
    peers = open_peers(library_dir / "index", rows, anew="build" in parts)
    if "build" in parts:
        _print_sizes(words, build_s, index_dir, peers)
    speech = Speech([text for _, _, text in rows], arguments.seed)
    shows = sorted({show for _, show, _ in rows})
    if "times" in parts:
        _print_times(index_dir, peers, list(make_queries(speech, shows, arguments.queries)))
    if "cold" in parts:
        _print_cold(library_dir, speech)
    if "add" in parts:
        _print_additions(library_dir, store)
    if "check" in parts:
        sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))
        from search_truth import Library

        manifest = load_manifest(index_dir)
        assert manifest is not None
        truth = Library(store, MappedLexicon.open(index_dir / manifest.lexicon).entries())
        _print_check(SearchIndex.open(index_dir), truth, _checked_queries(speech, shows, arguments.checked))


def _passages(store: EpisodeStore) -> Iterator[Row]:
    for episode_id in sorted(store.iter_ids()):
        show = store.load_episode(episode_id).show
        for passage in build_passages(store.load_transcript(episode_id)):
            yield episode_id, show, passage.text


# --- size and speed


def _print_sizes(words: int, build_s: float, index_dir: Path, peers: Iterable[Peer]) -> None:
    own_bytes = sum(path.stat().st_size for path in index_dir.rglob("*") if path.is_file())
    rows = [["podindex", f"{words / build_s:,.0f}", f"{own_bytes / words:.1f}"]]
    for peer in peers:
        rate = f"{words / peer.build_s:,.0f}" if peer.build_s else ""
        rows.append([peer.name, rate, f"{peer.bytes / words:.1f}"])
    print(markdown_table(["", "words/s built", "bytes/word"], rows), end="\n\n")


def _print_times(index_dir: Path, peers: Sequence[Peer], queries: Sequence[Query]) -> None:
    index = SearchIndex.open(index_dir)
    times: dict[str, list[list[float | None]]] = {}
    for query in queries:
        times.setdefault(query.kind, []).append(_time_all(index, peers, query))
    index.close()
    rows = []
    for kind, asked in times.items():
        row = [kind]
        for column in zip(*asked, strict=True):
            known = sorted(ms for ms in column if ms is not None)
            row.append(" / ".join(f"{ms:.1f}" for ms in _spread(known)) if known else "–")
        rows.append(row)
    names = ["podindex", *(peer.name for peer in peers)]
    print("Milliseconds, p50 / p95 / worst.\n")
    print(markdown_table(["", *names], rows), end="\n\n")


def _spread(ordered: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], ordered[-1]


def _time_all(index: SearchIndex, peers: Sequence[Peer], query: Query) -> list[float | None]:
    """Put one query to all, in turn, and return the median of each, ms."""
    request = SearchRequest(query.text, offset=query.offset, per_episode=1 if query.collapsed else _PER_EPISODE)
    able = [peer if peer.can(query) else None for peer in peers]
    rounds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        index.search(request)
        taken: list[float | None] = [1000 * (time.perf_counter() - started)]
        for peer in able:
            started = time.perf_counter()
            if peer:
                peer.search(query)
            taken.append(1000 * (time.perf_counter() - started) if peer else None)
        rounds.append(taken)
    return [statistics.median(column) if None not in column else None for column in zip(*rounds, strict=True)]


def _print_cold(library_dir: Path, speech: Speech) -> None:
    """Search in fresh processes, in turn with one that only imports what they cannot do without."""
    program = str(Path(sys.executable).with_name("podindex"))
    queries = [speech.rare(), f'"{" ".join(speech.row(3))}"', "the", "of the"]
    commands = [[sys.executable, "-W", "ignore", "-c", "import typer, numpy, whoosh.index"]]
    commands += [[program, "--library", str(library_dir), "search", query] for query in queries]
    for command in commands:
        run_process(command)
    runs = [[run_process(command) for command in commands] for _ in range(_COLD_RUNS)]
    rows = []
    for name, column in zip(["its imports", *queries], zip(*runs, strict=True), strict=True):
        walls = [run.wall_s for run in column]
        ratios = [run.wall_s / row[0].wall_s for run, row in zip(column, runs, strict=True)]
        rows.append([name, spread(walls), spread([run.cpu_s for run in column]), spread(ratios)])
    print(markdown_table(["podindex search", "wall s", "CPU s", "wall, ratio to its imports"], rows), end="\n\n")


def _print_additions(library_dir: Path, store: EpisodeStore) -> None:
    """Add the beginnings of the longest episodes, one by one, to a copy of the index, and take them away again."""
    index_dir = library_dir / "index" / "search-added-to"
    shutil.rmtree(index_dir, ignore_errors=True)
    shutil.copytree(library_dir / "index" / "search", index_dir)
    by_size = sorted(store.stamps().items(), key=lambda item: -transcript_bytes(item[1]))
    taken = []
    try:
        for number, (episode_id, _) in enumerate(by_size[:_ADDED]):
            transcript = store.load_transcript(episode_id)
            ends = accumulate(len(segment.text.split()) for segment in transcript.segments)
            pairs = zip(transcript.segments, ends, strict=True)
            beginning = tuple(segment for segment, _ in takewhile(lambda pair: pair[1] <= _ADDED_WORDS, pairs))
            new_id = f"benchmark-only/episode-{number}"
            store.save_episode(replace(store.load_episode(episode_id), id=new_id))
            store.save_transcript(replace(transcript, episode_id=new_id, segments=beginning))
            started = time.perf_counter()
            update_index(index_dir, store)
            taken.append(time.perf_counter() - started)
    finally:
        shutil.rmtree(store.root / "benchmark-only", ignore_errors=True)
        shutil.rmtree(index_dir, ignore_errors=True)
    print(f"Adding an episode of {_ADDED_WORDS:,} words, s: {spread(taken)}; in order: {_list(taken)}\n")


def _list(values: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


# --- correctness


def _checked_queries(speech: Speech, shows: Sequence[str], count: int) -> list[str]:
    plain = [make(speech).text for _ in range(-(-count // 2 // len(KINDS))) for make in KINDS.values()]
    shown = [f'{speech.common()} show:"{show}"' for show in shows[:: len(shows) // 10 + 1]]
    others = [make(speech) for _ in range(count) for make in OPERATORS]
    queries = [*plain, *shown, *others][:count]
    Random(count).shuffle(queries)
    return queries


def _print_check(index: SearchIndex, truth: "Library", queries: Sequence[str]) -> None:
    wrong, hits, silent = [], 0, 0
    for query in queries:
        expected = truth.search(query, shown=_SHOWN, per_episode=_PER_EPISODE)
        page = index.search(SearchRequest(query, limit=_SHOWN, per_episode=_PER_EPISODE))
        if not expected.total:
            silent += 1
            if any(hit.match == "exact" for hit in page.hits):
                wrong.append(query)
            continue
        hits += expected.total
        found = index.moments(SearchRequest(query))
        same = (
            page.total == expected.total
            and page.total_episodes == len(expected.moments)
            and [(hit.episode_id, hit.start_ms, hit.end_ms) for hit in page.hits] == expected.first
            and found.keys() == expected.moments.keys()
            and all((found[episode] == moments).all() for episode, moments in expected.moments.items())
        )
        if not same:
            wrong.append(query)
            print(f"differs: {query}", file=sys.stderr, flush=True)
    print(
        f"Brute force: {len(queries):,} queries, {hits:,} hits, {silent} queries without any; "
        f"total, start and end of every hit, and the first {_SHOWN} in order agree in {len(queries) - len(wrong):,}."
    )


if __name__ == "__main__":
    os.nice(5)
    main()
