"""How many workers a machine gets."""

import pytest

from podindex.errors import ConfigError
from podindex.transcribe.devices import pays_avx512, plan_workers, resolve_compute_type, resolve_device

INTEL = "processor\t: 0\nvendor_id\t: GenuineIntel\n"
TINY, LARGE = 40_000_000, 1_500_000_000
AMD = "processor\t: 0\nvendor_id\t: AuthenticAMD\n"


def test_a_processor_gets_a_worker_of_one_thread_for_each_core() -> None:
    plan = plan_workers("cpu", 0, cores=8, gpus=0, cpuinfo=INTEL, weights_bytes=TINY)
    assert (len(plan.device_indexes), plan.threads) == (8, 1)


def test_a_large_model_is_given_one_window_at_a_time_because_each_takes_half_a_gigabyte() -> None:
    assert plan_workers("cpu", 0, cores=8, gpus=0, cpuinfo=AMD, weights_bytes=LARGE).batch_size == 1


def test_fewer_workers_get_more_threads() -> None:
    assert plan_workers("cpu", 2, cores=8, gpus=0, cpuinfo=INTEL, weights_bytes=TINY).threads == 4


def test_each_gpu_gets_one_worker_and_large_batches() -> None:
    plan = plan_workers("cuda", 0, cores=8, gpus=2, cpuinfo=AMD, weights_bytes=TINY)
    assert plan.device_indexes == (0, 1)
    assert plan.batch_size > plan_workers("cpu", 0, cores=8, gpus=2, cpuinfo=AMD, weights_bytes=TINY).batch_size


@pytest.mark.parametrize(
    ("cpuinfo", "pays"), [(INTEL, False), (AMD, True), ("CPU part\t: 0xd0c\n", False), ("", False)]
)
def test_windows_are_decoded_together_where_the_processor_gains_by_it(cpuinfo: str, pays: bool) -> None:
    assert (plan_workers("cpu", 0, cores=2, gpus=0, cpuinfo=cpuinfo, weights_bytes=TINY).batch_size > 1) == pays


def test_more_workers_than_gpus_share_them() -> None:
    assert plan_workers("cuda", 3, cores=8, gpus=2, cpuinfo="", weights_bytes=TINY).device_indexes == (0, 1, 0)


@pytest.mark.parametrize(
    ("device", "gpus", "expected"), [("auto", 0, "cpu"), ("auto", 1, "cuda"), ("cpu", 1, "cpu"), ("cuda", 1, "cuda")]
)
def test_auto_takes_a_gpu_where_there_is_one(device: str, gpus: int, expected: str) -> None:
    assert resolve_device(device, gpus) == expected


def test_a_gpu_that_is_not_there_cannot_be_had() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_device("cuda", 0)
    assert caught.value.code == "no-gpu"


def test_the_compute_type_fits_the_device_unless_given() -> None:
    assert resolve_compute_type("auto", "cpu") == "int8"
    assert resolve_compute_type("auto", "cuda") == "float16"
    assert resolve_compute_type("float32", "cpu") == "float32"


ICE_LAKE = "avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        (f"processor\t: 0\nflags\t\t: fpu {ICE_LAKE} amx_int8\nbugs\t\t:\n", True),
        (f"processor\t: 0\nflags\t\t: fpu {ICE_LAKE.removesuffix(' avx512_vnni')}\n", False),
        ("processor\t: 0\nflags\t\t: fpu avx2 avx_vnni\n", False),
        ("processor\t: 0\nFeatures\t: fp asimd\n", False),
        ("", False),
    ],
)
def test_avx512_is_used_where_it_does_not_slow_the_processor_down(cpuinfo: str, expected: bool) -> None:
    assert pays_avx512(cpuinfo) == expected
