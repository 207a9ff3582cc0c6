"""What the benchmarks share: what machine this is, timing whole processes, their memory. I/O: processes, /proc."""

import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

# With it, podindex's sources would be compiled for every run, where the peers' bytecode lies beside theirs.
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_POLL_S = 0.5  # summing shared pages up takes the kernel some time


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process, with all of its children."""

    wall_s: float
    cpu_s: float
    parent_cpu_s: float
    """What of it the process itself took, without its children."""
    peak_bytes: int
    """The most that all its processes together had in memory at one moment, shared pages counted once (PSS)."""


def run_process(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> Run:
    """Run a command to its end and measure it.

    Raises:
        SystemExit: the command failed; its complaint is printed.
    """
    variables = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=variables | (env or {})
    )
    watch = _MemoryWatch(process.pid)
    watch.start()
    with process:  # waits for it at the end
        complaint = process.stderr.read() if process.stderr else ""
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        wall_s = time.perf_counter() - started
        parent_cpu_s = _cpu_s(process.pid)
    watch.join()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nfailed with {process.returncode}:\n{complaint}")
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall_s, cpu_s, parent_cpu_s, watch.peak_bytes)


def _cpu_s(pid: int) -> float:
    """Read how much processor time a process has taken, which may have ended but must not be waited for yet."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])  # fields 14 and 15 of proc(5)
    return (user + system) / os.sysconf("SC_CLK_TCK")


class _MemoryWatch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_bytes = 0

    def run(self) -> None:
        while Path(f"/proc/{self._pid}").exists():
            total = sum(_pss_bytes(pid) for pid in _tree(self._pid))
            self.peak_bytes = max(self.peak_bytes, total)
            time.sleep(_POLL_S)


def _tree(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(child)


def _pss_bytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def describe_machine() -> str:
    """Return date, machine and versions as one line."""
    cores = len(os.sched_getaffinity(0))
    packages = ", ".join(f"{name} {version(name)}" for name in ("podindex", "faster-whisper", "ctranslate2", "av"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores {platform.machine()} ({_cpu_name()}), "
        f"Python {platform.python_version()}, {packages}"
    )


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return median and range."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as docs/benchmarks.md holds it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
