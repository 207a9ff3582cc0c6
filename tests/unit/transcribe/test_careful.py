"""What is doubtful is decoded once more in another manner, and only where that can help."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from podindex.transcribe.careful import CarefulDecoder, Manner, Task
from podindex.transcribe.decoding import Decoding
from podindex.transcribe.segments import HeardWord
from podindex.transcribe.speech import Stretch

PLAIN, STRICT = Manner(prompted=False, may_repeat=True), Manner(prompted=False, may_repeat=False)
PROMPTED = PLAIN._replace(prompted=True)


def text(words: str) -> tuple[HeardWord, ...]:
    return tuple(HeardWord(f" {word}", 500 * n, 500 * n + 400, 0.9) for n, word in enumerate(words.split()))


CLEAR = Decoding(text("what he said was clear to all of us there"), -0.2, told=True)
UNSURE = Decoding(text("what she sad was near to all of us their"), -0.9, told=True)
CIRCLES = Decoding(text("and then " * 12), -0.3, repeats=True)

Script = Callable[[Task, Manner, bool], Decoding]


class ScriptedModel:
    """Writes what the script says, and notes what it was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[tuple[list[Task], Manner, bool]] = []

    def write(self, tasks: Sequence[Task], manner: Manner, *, at_length: bool) -> list[Decoding]:
        self.asked.append((list(tasks), manner, at_length))
        return [self.script(task, manner, at_length) for task in tasks]

    @property
    def manners(self) -> list[Manner]:
        return [manner for _, manner, _ in self.asked]


def decode(decoder: CarefulDecoder, *windows: int) -> list[Decoding | None]:
    """Decode windows that begin at these seconds, each told something."""
    stretches = [Stretch(1000 * start, 1000 * start + 20_000) for start in windows]
    return decoder.decode(stretches, last=[False] * len(windows), said=[(1, 2, 3)] * len(windows))


def careful(
    script: Script, *, is_prompted: bool = False, is_wordy: bool = False
) -> tuple[CarefulDecoder, ScriptedModel]:
    model = ScriptedModel(script)
    return CarefulDecoder(model, is_prompted=is_prompted, is_wordy=is_wordy), model


def test_what_is_sure_is_decoded_once() -> None:
    decoder, model = careful(lambda *_: CLEAR)
    assert decode(decoder, 0, 20) == [CLEAR, CLEAR]
    assert model.manners == [PLAIN]


def test_what_is_doubtful_is_decoded_again_without_what_was_said_before_and_rows_written_twice() -> None:
    decoder, model = careful(lambda task, *_: UNSURE if task.said and task.window.start_ms else CLEAR)
    assert decode(decoder, 0, 20) == [CLEAR, CLEAR]
    assert model.manners == [PLAIN, STRICT]
    assert [(task.window.start_ms, task.said) for task in model.asked[1][0]] == [(20_000, ())]


@pytest.mark.parametrize("doubtful", [UNSURE, CIRCLES])
def test_what_could_only_come_out_the_same_is_not_decoded_again(doubtful: Decoding) -> None:
    told_nothing = Decoding(doubtful.words, doubtful.score)
    decoder, model = careful(lambda *_: told_nothing)
    assert decode(decoder, 0) == [told_nothing]
    assert model.manners == [PLAIN]


def test_what_goes_in_circles_is_decoded_without_prompt_and_what_is_unsure_with_it() -> None:
    def script(task: Task, manner: Manner, _: bool) -> Decoding:
        if not manner.may_repeat:
            return CLEAR
        return UNSURE if task.window.start_ms else CIRCLES

    decoder, model = careful(script, is_prompted=True)
    assert decode(decoder, 0, 20) == [CLEAR, CLEAR]
    assert model.manners == [PROMPTED, STRICT, PROMPTED._replace(may_repeat=False)]


def test_a_refrain_stays_as_it_was_written_first() -> None:
    nearly = Decoding(CIRCLES.words[:-1], -0.5)
    decoder, model = careful(lambda _, manner, __: CIRCLES if manner.may_repeat else nearly)
    for start in range(0, 120, 20):
        assert decode(decoder, start) == [CIRCLES]
    assert set(model.manners[::2]) == {PLAIN}  # and the voice is not to blame


def test_where_half_of_the_last_windows_are_doubtful_rows_are_not_repeated_for_the_rest_of_the_chunk() -> None:
    decoder, model = careful(lambda task, *_: UNSURE if task.window.start_ms < 40_000 else CLEAR)
    for start in range(0, 200, 20):
        decode(decoder, start)
    assert model.manners == [PLAIN, STRICT, PLAIN, STRICT, *[STRICT] * 8]


def test_who_says_more_than_is_usual_is_heard_to_the_end_and_at_once_from_then_on() -> None:
    short = Decoding(CLEAR.words[:5], -0.2, cut_off=True)
    decoder, model = careful(lambda *arguments: CLEAR if arguments[2] else short)
    assert decode(decoder, 0) == [CLEAR]
    assert decode(decoder, 20) == [CLEAR]
    assert [at_length for _, _, at_length in model.asked] == [False, True, True]


def test_who_goes_in_circles_is_not_heard_to_the_end() -> None:
    endless = Decoding(CIRCLES.words, -0.3, cut_off=True)
    decoder, model = careful(lambda *_: endless)
    assert decode(decoder, 0) == [endless]
    assert not any(at_length for _, _, at_length in model.asked)


def test_other_languages_are_heard_to_the_end_at_once() -> None:
    decoder, model = careful(lambda *_: CLEAR, is_wordy=True)
    decode(decoder, 0)
    assert [at_length for _, _, at_length in model.asked] == [True]


def test_a_window_that_fails_does_not_take_its_neighbours_with_it() -> None:
    def script(task: Task, *_: object) -> Decoding:
        if task.window.start_ms == 20_000:
            raise RuntimeError("alignment")
        return CLEAR

    decoder, _ = careful(script)
    assert decode(decoder, 0, 20, 40) == [CLEAR, None, CLEAR]


@pytest.mark.parametrize("fails_at", [STRICT, PLAIN])
def test_where_the_second_decoding_fails_the_first_is_kept(fails_at: Manner) -> None:
    def script(_: Task, manner: Manner, __: bool) -> Decoding:
        if manner == fails_at:
            raise RuntimeError("alignment")
        return UNSURE

    decoder, _ = careful(script)
    assert decode(decoder, 0) == [UNSURE if fails_at == STRICT else None]


def test_what_nobody_can_say_so_fast_is_cut_off() -> None:
    babble = tuple(HeardWord(f" {letter}", 9_000, 9_010, 0.9) for letter in "abcdefghijklmnop")
    decoder, _ = careful(lambda *_: replace(CLEAR, words=(*CLEAR.words, *babble)))
    assert decode(decoder, 0) == [CLEAR]
