"""Frames of any rate, layout and sample format to mono 16 kHz, by av's filters. Pure.

All channels weigh the same: the standard downmix would leave out a low-frequency channel and quieten the rear ones, and
a recorder's eighth channel is a speaker like the first. But where a cable has turned one of two channels upside down,
which ears hardly notice, their sum is silence: there the left one speaks for both.
"""

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from podindex.models import SAMPLE_RATE_HZ

_OUTPUT_SAMPLES = 8_000
"""What the graph collects before it gives anything: few large frames cost less than many small ones."""

_CANCELLED_SHARE = 0.1
"""If the sum of two channels has less of their power than this, one is the other upside down; unrelated ones have 1."""


class MonoResampler:
    """Resamples one unbroken run of equal frames.

    Args:
        template: the first frame; the others must be like it, see `accepts`.
        drop: how many samples of the output's beginning to leave out.
    """

    def __init__(self, template: AudioFrame, *, drop: int = 0) -> None:
        self._drop = drop
        self._kind = _kind(template)
        self._rate_hz = template.sample_rate
        self._samples_in = 0
        self._samples_out = 0
        self._graph = _build_graph(template)

    def accepts(self, frame: AudioFrame) -> bool:
        """Tell whether the frame has the rate, layout and format of the first."""
        return _kind(frame) == self._kind

    def feed(self, frame: AudioFrame) -> list[NDArray[np.int16]]:
        """Take a frame and return what is ready, int16 arrays [n]."""
        frame.pts = None  # the timeline has dealt with it; the graph would warn of leaps
        self._samples_in += frame.samples
        self._graph.push(frame)
        return self._pull()

    def finish(self) -> list[NDArray[np.int16]]:
        """Return the rest, so that all output together is as long as the input (less what was to be dropped)."""
        missing = round(self._samples_in * SAMPLE_RATE_HZ / self._rate_hz) - self._samples_out - self._drop
        missing = max(0, missing)
        self._graph.push(None)
        rest = np.concatenate([np.zeros(0, np.int16), *self._pull()])[:missing]
        return [np.pad(rest, (0, missing - len(rest)))]

    def _pull(self) -> list[NDArray[np.int16]]:
        ready: list[NDArray[np.int16]] = []
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return ready
            assert isinstance(frame, AudioFrame)  # noqa: S101  the graph has an audio sink
            self._samples_out += frame.samples
            samples = _mix(np.asarray(frame.to_ndarray(), np.int16).reshape(frame.samples, -1))[self._drop :]
            self._drop -= frame.samples - len(samples)
            ready.append(samples)


def _mix(channels: NDArray[np.int16]) -> NDArray[np.int16]:
    """Mix one or two channels, int16 [n, channels], to one."""
    left: NDArray[np.int16] = channels[:, 0]
    if channels.shape[1] == 1:
        return left
    both = channels.astype(np.float32)
    total = both.sum(axis=1)
    if np.square(total).sum() < _CANCELLED_SHARE * np.square(both).sum():
        return left
    mixed: NDArray[np.int16] = np.rint(total / 2).astype(np.int16)
    return mixed


def _kind(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.layout.name, frame.format.name


def _build_graph(template: AudioFrame) -> Graph:
    """Build: source → equal mix of all channels, if there are more than two → 16 kHz s16 → sink."""
    graph = Graph()
    layout = template.layout.name
    nodes = [
        graph.add(
            "abuffer",
            sample_rate=str(template.sample_rate),
            sample_fmt=template.format.name,
            channel_layout=layout,
            time_base=f"1/{template.sample_rate}",
        )
    ]
    if template.layout.nb_channels > 2:
        mix = "+".join(f"c{channel}" for channel in range(template.layout.nb_channels))
        nodes.append(graph.add("pan", f"mono|c0<{mix}"))  # "<": the gains add up to 1
    kept = "stereo" if template.layout.nb_channels == 2 else "mono"
    nodes.append(graph.add("aformat", sample_rates=str(SAMPLE_RATE_HZ), sample_fmts="s16", channel_layouts=kept))
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes).configure()
    graph.set_audio_frame_size(_OUTPUT_SAMPLES)
    return graph
