"""The memory of all processes together, for a short and a long episode.

    python benchmarks/memory.py AUDIO… [--minutes 20 180]

The audio is repeated until it is long enough and written as one mp3 file of each length.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import av
import numpy as np
from measuring import describe_machine, markdown_table, run_process

from podindex.audio.decode import Decoder
from podindex.models import SAMPLE_RATE_HZ


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="+", type=Path)
    parser.add_argument("--minutes", nargs="+", type=int, default=[20, 180])
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        peaks = []
        for minutes in arguments.minutes:
            path = Path(folder, f"{minutes}-minutes.mp3")
            write_episode(path, arguments.audio, minutes)
            library = Path(folder, f"library-{minutes}")
            run = run_process([sys.executable, "-m", "podindex", "--library", library, "-q", "add", path])
            peaks.append(run.peak_bytes)
            ratio = f"{run.peak_bytes / peaks[0]:.2f}"
            rows.append([f"{minutes} min", f"{run.peak_bytes / 2**20:.0f}", ratio, f"{minutes * 60 / run.wall_s:.1f}×"])
            path.unlink()
    print(describe_machine(), end="\n\n")
    print(markdown_table(["episode", "peak MiB, all processes", "times the first", "real time"], rows))


def write_episode(path: Path, sources: list[Path], minutes: int) -> None:
    """Write one mp3 of this length from the sources, over and over."""
    wanted = minutes * 60 * SAMPLE_RATE_HZ
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mp3", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = 64_000
        written = 0
        while written < wanted:
            for source in sources:
                with Decoder(source) as decoder:
                    for block in decoder:
                        part = block[: wanted - written]
                        if not len(part):
                            break
                        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part[None, :]), "s16p", "mono")
                        frame.sample_rate = SAMPLE_RATE_HZ
                        frame.pts = written
                        written += len(part)
                        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
