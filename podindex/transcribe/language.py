"""Which language is spoken. Pure."""

from collections.abc import Callable, Mapping, Sequence

# Whisper's guess goes by the sound: base takes English with a French accent for French. What it then writes is worse
# than what it writes in English, and it knows (docs/benchmarks.md, "Which language").
_LIKELY = 0.1
_SURER = 0.3  # in noise all texts are bad, and a little better means nothing


def choose_language(guesses: Sequence[Mapping[str, float]], rate: Callable[[str], float]) -> str:
    """Choose the language that the windows of an episode are in.

    Args:
        guesses: for each window, languages (ISO 639-1) and their probabilities; none for an episode without sound.
        rate: how sure the model is of the text that it hears in a language (mean log probability); asked only where
            several languages are likely.

    Returns:
        A language; English where there is nothing to go by.
    """
    if not guesses:
        return "en"
    sums = {language: sum(guess.get(language, 0.0) for guess in guesses) for guess in guesses for language in guess}
    by_probability = sorted(sums, key=sums.__getitem__, reverse=True)
    likely = [language for language in by_probability if sums[language] >= _LIKELY * len(guesses)]
    if len(likely) < 2:
        return by_probability[0]
    rates = {language: rate(language) for language in likely}
    surest = max(likely, key=rates.__getitem__)
    return surest if rates[surest] >= rates[likely[0]] + _SURER else likely[0]
