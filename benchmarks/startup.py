"""How long a person waits before anything happens: `--help`, and a search in a fresh process.

    python benchmarks/startup.py LIBRARY [--runs 15]

Beside each command stands the import of the libraries that it cannot do without, in turn with it.
"""

import argparse
import sys
from pathlib import Path

from measuring import describe_machine, markdown_table, run_process, spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--query", default="the")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    podindex = [str(Path(sys.executable).with_name("podindex")), "--library", str(arguments.library)]
    pairs = {
        "podindex --help": ([*podindex, "--help"], "import typer"),
        "podindex search": ([*podindex, "search", arguments.query], "import typer, numpy, whoosh.index"),
    }
    rows = []
    for name, (command, imports) in pairs.items():
        # SyntaxWarnings of Whoosh are not what is measured; byte code is there after the first run.
        floor = [sys.executable, "-W", "ignore", "-c", imports]
        run_process(command), run_process(floor)
        runs = [(run_process(command), run_process(floor)) for _ in range(arguments.runs)]
        ratios = [ours.wall_s / theirs.wall_s for ours, theirs in runs]
        rows.append(
            [
                name,
                spread([run.wall_s for run, _ in runs]),
                f"`{imports}`",
                spread([run.wall_s for _, run in runs]),
                spread(ratios),
                spread([ours.cpu_s / theirs.cpu_s for ours, theirs in runs]),
            ]
        )
    print(describe_machine(), end="\n\n")
    print(markdown_table(["command", "s", "imports", "s", "ratio", "of CPU time"], rows))


if __name__ == "__main__":
    main()
