"""Music made of sines, and loudness. Pure. Signals are float32 [n], mono at `RATE_HZ`."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]

RATE_HZ = 24_000
"""What Kokoro-82M speaks; MP3 and Opus both take it as it is."""
LOUDNESS_LUFS = -18.0
"""Between the -16 (stereo) and -19 (mono) that podcast directories ask for."""
PEAK = 0.84
"""-1.5 dBFS: room for what a lossy codec adds."""


# --- music, as far as sines go ------------------------------------------------------------------------------------


def tone(hertz: float, seconds: float, decay_s: float) -> Signal:
    """A plucked note: a few partials, each fading faster than the one below it."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    partials = (np.sin(2 * np.pi * hertz * n * t) * np.exp(-t * n / decay_s) / n**1.5 for n in range(1, 6))
    return np.asarray(sum(partials) * np.minimum(1, t / 0.004), np.float32)


def arpeggio(seconds: float, chords: Sequence[Sequence[int]], step_s: float) -> Signal:
    """Chords of MIDI notes, a note a step, over their held lowest notes, faded at both ends."""
    tune = np.zeros(int(seconds * RATE_HZ), np.float32)
    for step in range(int(seconds / step_s)):
        chord = chords[step // 8 % len(chords)]
        notes = [(chord[step % len(chord)], 0.5)] + ([(chord[0] - 12, 2.0)] if step % 8 == 0 else [])
        for note, decay_s in notes:
            begin = int(step * step_s * RATE_HZ)
            sound = tone(440 * 2 ** ((note - 69) / 12), min(2.5, seconds - step * step_s), decay_s)
            sound = sound[: len(tune) - begin]
            tune[begin : begin + len(sound)] += sound
    fade = np.linspace(0, 1, RATE_HZ // 2, dtype=np.float32)
    tune[-len(fade) :] *= fade[::-1]
    return tune


def ring(seconds: float) -> Signal:
    """A telephone: two tones, warbling, for 0.8 of every 1.2 seconds."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    warble = np.where((t * 20).astype(int) % 2, np.sin(2 * np.pi * 1400 * t), np.sin(2 * np.pi * 1050 * t))
    return np.asarray(warble * (t % 1.2 < 0.8) * 0.4, np.float32)


MINOR_FALL = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))  # Am F C G
SOUNDS: dict[str, Callable[[float], Signal]] = {
    "ring": ring,
    "sting": lambda seconds: arpeggio(seconds, ((60, 64, 67, 72),), 0.14),
    "theme": lambda seconds: arpeggio(seconds, MINOR_FALL, 0.16),
}


def bed(seconds: float) -> Signal:
    """The theme, slow, to lie under speech."""
    return arpeggio(seconds, MINOR_FALL, 0.3)


# --- loudness -----------------------------------------------------------------------------------------------------


def _biquad(z: NDArray[np.complex128], b: Sequence[float], a: Sequence[float]) -> NDArray[np.complex128]:
    numerator = b[0] + b[1] / z + b[2] / z**2
    return np.asarray(numerator / (1 + a[0] / z + a[1] / z**2), np.complex128)


def loudness_lufs(signal: Signal) -> float:
    """Integrated loudness of a mono signal by ITU-R BS.1770-4; the filters are the standard's for 48 kHz."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(len(signal), 1 / RATE_HZ) / 48_000)
    shelf = _biquad(z, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
    high_pass = _biquad(z, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    weighted = np.fft.irfft(np.fft.rfft(signal) * shelf * high_pass, len(signal))
    block, hop = int(0.4 * RATE_HZ), int(0.1 * RATE_HZ)
    starts = range(0, max(1, len(weighted) - block), hop)
    power = np.array([np.mean(weighted[start : start + block] ** 2) for start in starts])

    def lufs(mean_square: float) -> float:
        return -0.691 + 10 * float(np.log10(mean_square))

    heard = power[power > 10 ** ((-70 + 0.691) / 10)]
    return lufs(heard[heard > heard.mean() / 10].mean())


def limit(signal: Signal) -> Signal:
    """Bend the highest peaks below `PEAK`; everything under half of it stays as it is."""
    knee = PEAK / 2
    over = np.maximum(np.abs(signal) - knee, 0)
    return np.where(over > 0, np.sign(signal) * (knee + (PEAK - knee) * np.tanh(over / (PEAK - knee))), signal).astype(
        np.float32
    )


def at_loudness(signal: Signal) -> Signal:
    """Bring a signal to `LOUDNESS_LUFS`."""
    return np.asarray(signal * 10 ** ((LOUDNESS_LUFS - loudness_lufs(signal)) / 20), np.float32)
