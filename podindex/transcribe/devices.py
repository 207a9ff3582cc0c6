"""How many workers of which kind suit a machine. I/O: `count_*`, `read_*` and `measure_*` look at it; the rest is pure.

Measured on two cores (docs/benchmarks.md): one process a core with one thread each is 1.6 times as fast as one process
with all threads. A GPU wants one process that fills it.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from podindex.errors import ConfigError
from podindex.transcribe.engine import Device

# A step of four windows together takes 7 ms, of one 5, where oneDNN multiplies the matrices, because it rearranges all
# weights in every step; where MKL does, 15 and 3.5. CTranslate2 uses MKL on Intel's processors only.
_CPU_BATCH = 8
# Besides, a window of what the encoder heard takes 18 MB with tiny, 37 with base, 110 with small and 490 with large,
# and each worker holds a batch of them.
_BATCHED_WEIGHTS_BYTES = 200 * 10**6
_ALONE = 1
_GPU_BATCH = 16
# All that CTranslate2's AVX-512 code needs, and VNNI.
_AVX512_FLAGS = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_vnni"}
_DEFAULT_COMPUTE_TYPE: dict[Device, str] = {"cpu": "int8", "cuda": "float16"}


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """What each worker of a pool gets: one entry in `device_indexes` a worker."""

    device_indexes: tuple[int, ...]
    threads: int
    batch_size: int


def count_gpus() -> int:
    """Count the GPUs that CTranslate2 can use; asked only where there is an NVIDIA driver, because asking is slow."""
    if not any(os.access(mark, os.F_OK) for mark in ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg")):
        return 0
    # Not by way of `whisper.py`: that sets variables for a worker, which would forbid downloads here.
    import ctranslate2

    count: int = ctranslate2.get_cuda_device_count()
    return count


def read_cpuinfo() -> str:
    """Read what Linux says of the processor; "" elsewhere."""
    with suppress(OSError):
        return Path("/proc/cpuinfo").read_text("utf-8", "replace")
    return ""


def measure_weights(model_path: Path) -> int:
    """Return how many bytes a model's weights have on the disk; 0 where they cannot be looked at."""
    with suppress(OSError):
        return (model_path / "model.bin").stat().st_size
    return 0


def pays_avx512(cpuinfo: str) -> bool:
    """Tell whether CTranslate2 should compute with AVX-512, which it does only where it is told to.

    Older processors lower their frequency for it; those with VNNI do not.

    Args:
        cpuinfo: as `read_cpuinfo` gives it.
    """
    return set(_find_line(cpuinfo, "flags").split()) >= _AVX512_FLAGS


def resolve_device(device: str, gpus: int) -> Device:
    """Turn `auto` into a device.

    Raises:
        ConfigError: `cuda` was asked for and there is none.
    """
    if device == "cuda" and not gpus:
        raise ConfigError(
            "no-gpu", "there is no GPU that CTranslate2 can use", "use --device cpu, or see podindex doctor"
        )
    return "cuda" if device == "cuda" or (device == "auto" and gpus) else "cpu"


def resolve_compute_type(compute_type: str, device: Device) -> str:
    """Turn `auto` into the compute type that is fastest without losing words: int8 on a CPU, float16 on a GPU."""
    return _DEFAULT_COMPUTE_TYPE[device] if compute_type == "auto" else compute_type


def plan_workers(
    device: Device, workers: int, *, cores: int, gpus: int, cpuinfo: str, weights_bytes: int
) -> WorkerPlan:
    """Plan a pool.

    Args:
        device: where to compute.
        workers: how many processes; 0: one a core, or one a GPU.
        cores: cores this process may use.
        gpus: GPUs that can be used.
        cpuinfo: as `read_cpuinfo` gives it.
        weights_bytes: of the model.
    """
    if device == "cuda":
        count = workers or gpus
        return WorkerPlan(tuple(index % gpus for index in range(count)), max(1, cores // count), _GPU_BATCH)
    count = workers or cores
    maker = _find_line(cpuinfo, "vendor_id")
    has_other_maker = bool(maker) and "GenuineIntel" not in maker
    batch_size = _CPU_BATCH if has_other_maker and weights_bytes <= _BATCHED_WEIGHTS_BYTES else _ALONE
    return WorkerPlan((0,) * count, max(1, cores // count), batch_size)


def _find_line(cpuinfo: str, name: str) -> str:
    return next((line for line in cpuinfo.splitlines() if line.startswith(name)), "")
