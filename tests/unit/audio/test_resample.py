import av
import numpy as np
import pytest
from numpy.typing import NDArray

from podindex.audio.resample import MonoResampler


def frame(samples: int, *, rate_hz: int = 44_100, layout: str = "mono", value: int = 1_000) -> av.AudioFrame:
    channels = av.AudioLayout(layout).nb_channels
    made = av.AudioFrame.from_ndarray(np.full((1, samples * channels), value, np.int16), format="s16", layout=layout)
    made.sample_rate = rate_hz
    return made


def run(frames: list[av.AudioFrame], *, drop: int = 0) -> NDArray[np.int16]:
    resampler = MonoResampler(frames[0], drop=drop)
    pieces = [piece for one in frames for piece in resampler.feed(one)]
    return np.concatenate([*pieces, *resampler.finish()])


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
def test_output_is_as_long_as_the_input(rate_hz: int) -> None:
    samples = run([frame(1152, rate_hz=rate_hz) for _ in range(101)])
    assert len(samples) == round(1152 * 101 * 16_000 / rate_hz)


@pytest.mark.parametrize("count", [1, 100])
def test_the_beginning_is_dropped(count: int) -> None:
    frames = [frame(1152, rate_hz=16_000) for _ in range(count)]
    assert len(run(frames, drop=1_000)) == 1152 * count - 1_000


@pytest.mark.parametrize("layout", ["mono", "stereo", "2.1", "5.1", "7.1", "3 channels", "12 channels"])
def test_equal_channels_keep_their_level(layout: str) -> None:
    samples = run([frame(1600, rate_hz=16_000, layout=layout) for _ in range(10)])
    assert samples[8_000] == pytest.approx(1_000, abs=2)


def test_a_channel_that_is_the_other_upside_down_does_not_silence_it() -> None:
    left = (8_000 * np.sin(np.arange(48_000) * 0.2)).astype(np.int16)
    stereo = av.AudioFrame.from_ndarray(np.stack([left, -left], axis=1).reshape(1, -1), format="s16", layout="stereo")
    stereo.sample_rate = 48_000
    assert np.abs(run([stereo])).max() > 7_000


def test_a_speaker_on_each_channel_is_heard() -> None:
    left, right = np.zeros(48_000, np.int16), np.zeros(48_000, np.int16)
    left[:20_000], right[24_000:] = 4_000, 6_000
    stereo = av.AudioFrame.from_ndarray(np.stack([left, right], axis=1).reshape(1, -1), format="s16", layout="stereo")
    stereo.sample_rate = 48_000
    samples = run([stereo])
    assert samples[3_000] == pytest.approx(2_000, abs=2)
    assert samples[12_000] == pytest.approx(3_000, abs=2)


def test_other_frames_are_not_accepted() -> None:
    resampler = MonoResampler(frame(1152))
    assert resampler.accepts(frame(100))
    assert not resampler.accepts(frame(1152, rate_hz=48_000))
    assert not resampler.accepts(frame(1152, layout="stereo"))
