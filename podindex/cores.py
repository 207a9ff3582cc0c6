"""How many processors there are for us. I/O: asks the system."""

import os
from contextlib import suppress
from pathlib import Path

# A container's quota, as `docker run --cpus` and Kubernetes set it: microseconds of work in so many of time, or "max".
# https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
_QUOTA_PATH = Path("/sys/fs/cgroup/cpu.max")


def count_cores(quota_path: Path = _QUOTA_PATH) -> int:
    """Count the cores this process may use: a container's or `taskset`'s share, not the machine's.

    Args:
        quota_path: where a container's share stands.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError, ZeroDivisionError):  # as everywhere but in a container with a share
        work_us, period_us = map(int, quota_path.read_text("ascii").split())
        cores = min(cores, max(1, -(-work_us // period_us)))
    return cores
