import pytest

from podindex.audio.lost import LostSound

BYTES = 200
SAMPLES = 400.0


def take(lost_sound: LostSound, number: int, *, shift_bytes: int = 0, shift_samples: float = 0.0) -> float:
    return lost_sound.take(number * BYTES + shift_bytes, BYTES, number * SAMPLES + shift_samples, SAMPLES)


def test_packets_in_a_row_lose_nothing() -> None:
    lost_sound = LostSound(100 * BYTES, 100 * SAMPLES)
    assert [take(lost_sound, number) for number in range(100)] == [0.0] * 100


def test_packets_written_over_have_lost_their_time() -> None:
    lost_sound = LostSound(100 * BYTES, 100 * SAMPLES)
    for number in range(40):
        take(lost_sound, number)
    # Ten packets of garbage, which the timestamps count as one.
    assert take(lost_sound, 50, shift_samples=-9 * SAMPLES) == 9 * SAMPLES
    assert take(lost_sound, 51, shift_samples=-9 * SAMPLES) == 0.0


def test_bytes_put_between_packets_have_no_time() -> None:
    lost_sound = LostSound(110 * BYTES, 100 * SAMPLES)
    for number in range(40):
        take(lost_sound, number)
    assert take(lost_sound, 40, shift_bytes=10 * BYTES) == 0.0


def test_without_a_header_bytes_are_time() -> None:
    lost_sound = LostSound(110 * BYTES, None)
    for number in range(40):
        take(lost_sound, number)
    assert take(lost_sound, 40, shift_bytes=10 * BYTES) == 10 * SAMPLES


def test_garbage_before_the_first_packet_has_no_time() -> None:
    assert take(LostSound(100 * BYTES, None), 0, shift_bytes=50 * BYTES) == 0.0


def test_two_losses_add_up() -> None:
    lost_sound = LostSound(100 * BYTES, 100 * SAMPLES)
    for number in range(40):
        take(lost_sound, number)
    assert take(lost_sound, 50, shift_samples=-10 * SAMPLES) == 10 * SAMPLES
    assert take(lost_sound, 60, shift_samples=-19 * SAMPLES) == 9 * SAMPLES


@pytest.mark.parametrize("tag_bytes", [10 * BYTES, 1000 * BYTES])
def test_a_tag_between_packets_has_no_time(tag_bytes: int) -> None:
    """Not even what the timestamps give it for what looks like frames; however long it says it is."""
    lost_sound = LostSound(110 * BYTES, None)
    for number in range(40):
        take(lost_sound, number)
    lost_sound.pass_over(tag_bytes)
    assert take(lost_sound, 40, shift_bytes=10 * BYTES, shift_samples=3 * SAMPLES) == -3 * SAMPLES
    assert take(lost_sound, 41, shift_bytes=10 * BYTES, shift_samples=3 * SAMPLES) == 0.0
