"""Memory that is needed again is not given back in between."""

import ctypes
import subprocess
import sys

import pytest

from podindex.search.index.heap import keep_freed_memory

FAULTS = """
import resource
import numpy as np
from podindex.search.index.heap import keep_freed_memory

def count_faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        del [np.ones(1 << 18) for _ in range(8)][:]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

keep_freed_memory()
print(count_faults(), count_faults())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library decides by itself")
def test_freed_memory_is_kept() -> None:
    output = subprocess.run([sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True).stdout
    first, later = map(int, output.split())
    assert later < first / 10


def test_a_c_library_without_the_option_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    keep_freed_memory.__wrapped__()
