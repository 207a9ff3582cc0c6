"""Listening goes on from sentence to sentence, hears everything once and looks again at what it missed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from podindex.transcribe.decoding import Decoding, has_row_twice, keep_finished
from podindex.transcribe.listen import LONGEST_MS, Heard, listen
from podindex.transcribe.segments import HeardWord, Tokens
from podindex.transcribe.speech import VAD_FRAME_MS, SpeechMap, Stretch

STAMP = 1000


def say(start_ms: int, end_ms: int) -> tuple[HeardWord, ...]:
    """One word each half second, a full stop after each fifth."""
    starts = range(-(-start_ms // 500) * 500, end_ms - 399, 500)
    return tuple(
        HeardWord(f" {start}" + ("." if start % 2500 == 2000 else ""), start, start + 400, 0.9) for start in starts
    )


NAMES = [f" {number**5 % 99_991}" for number in range(400)]  # nothing that sounds like a loop


def number_words(window: Stretch, decoding: Decoding) -> Decoding:
    """Let every word be another one, so that what is said can be trusted."""
    numbers = [word.start_ms // 500 for word in decoding.words]
    pairs = zip(decoding.words, numbers, strict=True)
    return replace(decoding, words=tuple(word._replace(text=NAMES[n], tokens=(n,)) for word, n in pairs))


class ScriptedDecoder:
    """Hears every word of its window, but for what the script changes."""

    def __init__(
        self, change: Callable[[Stretch, Decoding], Decoding | None] = lambda window, decoding: decoding
    ) -> None:
        self.change = change
        self.windows: list[Stretch] = []
        self.said: list[Tokens] = []

    def decode(
        self, windows: Sequence[Stretch], *, last: Sequence[bool], said: Sequence[Tokens]
    ) -> list[Decoding | None]:
        self.windows.extend(windows)
        self.said.extend(said)
        return [
            self.change(window, Decoding(say(*window), -0.2, complete=final, told=bool(before)))
            for window, final, before in zip(windows, last, said, strict=True)
        ]


def run(decoder: ScriptedDecoder, seconds: int, *silences: tuple[int, int], batch_size: int = 4) -> Heard:
    speech = np.ones(seconds * 1000 // VAD_FRAME_MS, dtype=np.float32)
    for start, end in silences:
        speech[start * 1000 // VAD_FRAME_MS : end * 1000 // VAD_FRAME_MS] = 0
    loudness = np.full(seconds * 100, -20, dtype=np.float32)
    loudness[::250] = -60
    return listen(decoder, loudness, SpeechMap(speech), seconds * 1000, batch_size)


@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_every_word_is_heard_once_and_in_order(batch_size: int) -> None:
    heard = run(ScriptedDecoder(), 170, batch_size=batch_size)
    starts = [word.start_ms for word in heard.words]
    assert starts == sorted(set(starts))
    assert len(starts) >= 335  # of 340: a word across the border of two sections may be lost
    assert not heard.failed


def test_no_window_is_longer_than_the_model_can_look_at() -> None:
    decoder = ScriptedDecoder()
    run(decoder, 170)
    assert max(end - start for start, end in decoder.windows) <= LONGEST_MS


def test_long_silence_is_not_looked_at() -> None:
    decoder = ScriptedDecoder()
    run(decoder, 120, (10, 110))
    assert sum(end - start for start, end in decoder.windows) < 25_000


def test_silence_alone_costs_nothing() -> None:
    decoder = ScriptedDecoder()
    assert run(decoder, 60, (0, 60)).words == []
    assert decoder.windows == []


def test_what_was_left_out_at_the_end_of_a_window_is_heard_by_the_next() -> None:
    def stop_early(window: Stretch, decoding: Decoding) -> Decoding:
        return Decoding(say(window.start_ms, max(window.start_ms + 4000, window.end_ms - 8000)), -0.2)

    assert len(run(ScriptedDecoder(stop_early), 50).words) >= 97


def test_a_sentence_that_goes_on_after_a_window_is_left_to_the_next() -> None:
    def run_on(window: Stretch, decoding: Decoding) -> Decoding:
        words = (word._replace(text=" 29500") if word.start_ms == 29_500 else word for word in decoding.words)
        return replace(decoding, words=tuple(words))

    decoder = ScriptedDecoder(run_on)
    heard = run(decoder, 50)
    assert decoder.windows == [Stretch(0, 30_000), Stretch(27_400, 50_000)]
    assert len(heard.words) == 100


def test_speech_without_words_is_looked_at_again() -> None:
    def skip_middle(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms - window.start_ms < 10_000:
            return decoding
        words = tuple(word for word in decoding.words if not 8000 <= word.start_ms < 14_000)
        return Decoding(words, -0.2, decoding.complete)

    assert len(run(ScriptedDecoder(skip_middle), 25).words) >= 48


def test_what_the_second_look_passes_over_is_looked_at_once_more() -> None:
    def hear_only_the_end(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms - window.start_ms < 11_000:
            return decoding
        return Decoding(say(max(window.start_ms, window.end_ms - 8_000), window.end_ms), -0.2)

    decoder = ScriptedDecoder(hear_only_the_end)
    heard = run(decoder, 28)
    ends_ms = [end_ms for _, end_ms in decoder.windows]
    assert ends_ms == pytest.approx([28_000, 20_000, 12_000, 4_000], abs=200)
    assert len(heard.words) >= 53  # of 56: one at each border may be lost
    assert not heard.unheard


@pytest.mark.parametrize(("stretched_ms", "place"), [(7500, "behind"), (7000, "before")])
def test_what_a_word_stretches_over_keeps_its_place(stretched_ms: int, place: str) -> None:
    """Which has not been heard at first; where a sentence ends with the word, it was said before."""

    def stretch(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms - window.start_ms < 10_000:
            return replace(decoding, words=tuple(w for w in decoding.words if w.start_ms != stretched_ms))
        words = tuple(word for word in decoding.words if not stretched_ms < word.start_ms < 14_000)
        words = tuple(word._replace(end_ms=13_980) if word.start_ms == stretched_ms else word for word in words)
        return Decoding(words, -0.2, decoding.complete)

    words = run(ScriptedDecoder(stretch), 25).words
    texts = [int(word.text.strip(" .")) for word in words]
    moved = texts.index(stretched_ms)
    assert texts[:moved] + texts[moved + 1 :] == sorted({*texts} - {stretched_ms})
    assert (texts[moved - 1] >= 12_500) if place == "behind" else (texts[moved + 1] <= 8_500)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(words))


def test_what_both_looks_hear_is_said_once() -> None:
    """The second ends with the words that the first goes on with, one of which it stretched over the rest."""

    def hear_the_end_twice(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms < 12_000:
            return decoding
        if window.end_ms - window.start_ms < 10_000:
            last = decoding.words[-1].end_ms
            again = HeardWord(" 14000", last, last + 200, 0.9), HeardWord(" 14500.", last + 200, last + 300, 0.9)
            return replace(decoding, words=(*decoding.words, *again))
        words = tuple(word for word in decoding.words if not 8000 < word.start_ms < 14_000)
        words = tuple(word._replace(start_ms=8600) if word.start_ms == 14_000 else word for word in words)
        return Decoding(words, -0.2, decoding.complete)

    words = run(ScriptedDecoder(hear_the_end_twice), 25).words
    texts = [int(word.text.strip(" .")) for word in words]
    assert texts == sorted(set(texts))
    assert words[texts.index(14_000)].start_ms > 12_500


def test_a_number_in_digits_is_not_looked_at_again() -> None:
    def count(window: Stretch, decoding: Decoding) -> Decoding:
        words = tuple(word for word in decoding.words if not 8500 <= word.start_ms < 9700)
        words = tuple(word._replace(text=" 1462,", end_ms=9600) if word.start_ms == 8000 else word for word in words)
        return Decoding(words, -0.2, decoding.complete)

    decoder = ScriptedDecoder(count)
    run(decoder, 25)
    assert decoder.windows == [Stretch(0, 25_000)]


def test_a_window_is_told_what_the_one_before_it_said() -> None:
    decoder = ScriptedDecoder(number_words)
    run(decoder, 50)
    assert decoder.windows == [Stretch(0, 30_000), Stretch(29_900, 50_000)]
    assert decoder.said == [(), tuple(range(60))]


@pytest.mark.parametrize(("batch_size", "untold"), [(1, 1), (4, 4)])
def test_a_section_is_told_what_the_one_before_it_said_if_that_is_known(batch_size: int, untold: int) -> None:
    decoder = ScriptedDecoder(number_words)
    run(decoder, 170, batch_size=batch_size)  # four sections
    assert decoder.said.count(()) == untold


@pytest.mark.parametrize(("batch_size", "expected"), [(1, Stretch(46_900, 76_900)), (4, Stretch(46_900, 49_930))])
def test_an_end_too_short_for_a_window_is_left_to_the_next_section_if_that_has_not_begun(
    batch_size: int, expected: Stretch
) -> None:
    def stop_early(window: Stretch, decoding: Decoding) -> Decoding:
        words = number_words(window, decoding).words
        return replace(decoding, words=words[:-6] if window == Stretch(29_900, 49_930) else words)

    decoder = ScriptedDecoder(stop_early)
    heard = run(decoder, 110, batch_size=batch_size)
    assert expected in decoder.windows
    assert len(heard.words) == 220


@pytest.mark.parametrize("seconds", [31, 34])
def test_no_window_leaves_an_end_too_short_to_be_heard_alone(seconds: int) -> None:
    decoder = ScriptedDecoder(lambda window, decoding: replace(decoding, complete=True))
    heard = run(decoder, seconds)
    assert min(end - start for start, end in decoder.windows) >= 5_000
    assert len(heard.words) == seconds * 2


def test_a_window_that_lost_speech_by_what_it_was_told_is_decoded_without_that() -> None:
    def lose(window: Stretch, decoding: Decoding) -> Decoding:
        decoding = number_words(window, decoding)
        heard = decoding.words[:10] + decoding.words[20:] if decoding.told else decoding.words
        return replace(decoding, words=heard)

    decoder = ScriptedDecoder(lose)
    heard = run(decoder, 50)
    assert decoder.windows == [Stretch(0, 30_000), Stretch(29_900, 50_000), Stretch(29_900, 50_000)]
    assert [bool(said) for said in decoder.said] == [False, True, False]
    assert len(heard.words) == 100


def test_a_window_that_lost_speech_whatever_it_is_told_keeps_what_it_heard_first() -> None:
    def lose(window: Stretch, decoding: Decoding) -> Decoding:
        words = tuple(word for word in number_words(window, decoding).words if not 38_000 <= word.start_ms < 41_000)
        return replace(decoding, words=words, score=-0.2 if decoding.told else -0.6)

    heard = run(ScriptedDecoder(lose), 50)
    assert len(heard.words) == 94
    assert len(heard.unheard) == 1


def test_what_cannot_be_trusted_is_not_told() -> None:
    decoder = ScriptedDecoder(lambda window, decoding: replace(number_words(window, decoding), score=-0.9))
    run(decoder, 50)
    assert len(decoder.windows) > 1
    assert not any(decoder.said)


def test_what_the_second_look_says_in_circles_until_it_is_stopped_is_not_believed() -> None:
    def circle(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms - window.start_ms < 8_000:
            return replace(decoding, words=decoding.words[:3], cut_off=True)
        return replace(decoding, words=tuple(w for w in decoding.words if not 10_000 <= w.start_ms < 13_000))

    heard = run(ScriptedDecoder(circle), 24)
    assert not [word for word in heard.words if 10_000 <= word.start_ms < 13_000]
    assert len(heard.unheard) == 1


def test_what_a_further_look_hears_with_more_around_it_is_no_longer_unheard() -> None:
    """A word that the model put before what it passed over was said behind it: there is more to hear before, too."""

    def pass_over(window: Stretch, decoding: Decoding) -> Decoding:
        if window.start_ms > 10_000:
            return replace(decoding, words=decoding.words[1:])
        if window.end_ms - window.start_ms < 20_000:
            return replace(decoding, score=-1.5 if window.end_ms < 10_500 else -0.2)
        words = [word for word in decoding.words if not 8_000 <= word.start_ms < 20_000]
        return Decoding((*words[:16], HeardWord(" later", 10_000, 20_000, 0.9), *words[16:]), -0.2)

    decoder = ScriptedDecoder(pass_over)
    heard = run(decoder, 24)
    assert [start_ms for start_ms, _ in decoder.windows] == pytest.approx([0, 8_000, 10_600, 8_000], abs=700)
    assert not heard.unheard
    assert len(heard.words) >= 47


def test_what_the_second_look_only_guesses_is_reported_as_unheard() -> None:
    def mumble(window: Stretch, decoding: Decoding) -> Decoding:
        if window.end_ms - window.start_ms < 10_000:
            return Decoding(decoding.words, -1.5)
        words = tuple(word for word in decoding.words if not 8000 <= word.start_ms < 14_000)
        return Decoding(words, -0.2, decoding.complete)

    heard = run(ScriptedDecoder(mumble), 25)
    assert len(heard.unheard) == 1
    assert heard.unheard[0].start_ms == pytest.approx(8000, abs=700)


@pytest.mark.parametrize(("speech_ms", "score", "kept"), [(500, -0.5, True), (500, -1.05, False), (100, -0.5, False)])
def test_a_thank_you_between_long_pauses_is_kept_if_the_model_is_sure(speech_ms: int, score: float, kept: bool) -> None:
    """Where nobody speaks it writes the same, but is not sure, or there was hardly a sound."""
    probabilities = np.zeros(20_000 // VAD_FRAME_MS, dtype=np.float32)
    probabilities[10_000 // VAD_FRAME_MS : (10_000 + speech_ms) // VAD_FRAME_MS] = 1
    thanks = (HeardWord(" Thank", 10_000, 10_200, 0.9), HeardWord(" you.", 10_200, 10_450, 0.9))
    decoder = ScriptedDecoder(lambda window, decoding: Decoding(thanks, score))
    heard = listen(decoder, np.full(2000, -50, dtype=np.float32), SpeechMap(probabilities), 20_000, batch_size=1)
    assert tuple(heard.words) == (thanks if kept else ())


def test_a_window_on_which_the_model_fails_is_reported_and_the_rest_is_heard() -> None:
    def fail_first(window: Stretch, decoding: Decoding) -> Decoding | None:
        return None if window.start_ms == 0 else decoding

    heard = run(ScriptedDecoder(fail_first), 100)
    assert [stretch.start_ms for stretch in heard.failed][:1] == [0]
    assert heard.words[-1].start_ms > 98_000


def test_a_model_that_never_gets_on_ends_nevertheless() -> None:
    heard = run(ScriptedDecoder(lambda window, decoding: Decoding((), -0.1, complete=False)), 60)
    assert heard.words == []
    assert heard.unheard


@pytest.mark.parametrize(
    ("tokens", "last", "expected"),
    [
        ([STAMP, 1, 2, STAMP + 9], False, ([STAMP, 1, 2, STAMP + 9], True)),
        ([STAMP, 1, STAMP + 5, STAMP + 5, 2, 3], False, ([STAMP, 1, STAMP + 5], False)),
        ([STAMP, 1, STAMP + 5, STAMP + 5, 2, 3], True, ([STAMP, 1, STAMP + 5, STAMP + 5, 2, 3], True)),
        ([STAMP, 1, 2], False, ([STAMP, 1, 2], False)),
        ([], False, ([], False)),
    ],
)
def test_a_sentence_is_finished_where_the_model_wrote_two_times(
    tokens: list[int], last: bool, expected: object
) -> None:
    assert keep_finished(tokens, STAMP, last) == expected


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [([], False), ([1, 2], False), ([1, 2, 3, 1, 2, 4], False), ([9, 1, 2, 3, 5, 1, 2, 3], True)],
)
def test_a_row_of_three_tokens_that_comes_twice_is_noticed(tokens: list[int], expected: bool) -> None:
    assert has_row_twice(tokens, 3) == expected
