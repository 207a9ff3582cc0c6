"""Which language an episode is taken for."""

from podindex.transcribe.language import choose_language


def no_rating(language: str) -> float:
    raise AssertionError(f"{language} is not in question")


def test_the_language_of_most_windows_is_chosen_without_hearing_more() -> None:
    windows = [{"de": 0.9, "nl": 0.1}, {"de": 0.95, "nl": 0.05}, {"nl": 0.1, "de": 0.9}]
    assert choose_language(windows, no_rating) == "de"


def test_an_accent_is_not_taken_for_its_language() -> None:
    """p04_e01: English with a French accent, in which base hears two thirds French and writes better English."""
    windows = [{"fr": 0.52, "en": 0.45}, {"fr": 0.7, "en": 0.27}, {"fr": 0.91, "en": 0.05, "la": 0.04}]
    assert choose_language(windows, {"en": -0.3, "fr": -1.1}.__getitem__) == "en"
    assert choose_language(windows, {"en": -1.1, "fr": -0.3}.__getitem__) == "fr"


def test_where_both_are_written_almost_alike_the_more_probable_one_is_chosen() -> None:
    assert choose_language([{"en": 0.4, "cy": 0.6}], {"en": -1.2, "cy": -1.4}.__getitem__) == "cy"


def test_many_languages_that_are_all_unlikely_are_not_tried() -> None:
    windows = [{"nn": 0.09} | {f"x{number}": 0.01 for number in range(90)}]
    assert choose_language(windows, no_rating) == "nn"


def test_without_sound_it_is_english() -> None:
    assert choose_language([], no_rating) == "en"
