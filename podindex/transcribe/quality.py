"""Whether a text can have been said. Pure.

Whisper fails in few ways: it stops early, it repeats itself, and in noise it says what video captions end with.
"""

import re
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from podindex.models import Segment
from podindex.passages import word_spans
from podindex.transcribe.decoding import Decoding
from podindex.transcribe.segments import HeardWord
from podindex.transcribe.speech import Stretch

LOW_CONFIDENCE = "low-confidence"
REPETITIVE = "repetitive"
UNHEARD_SPEECH = "unheard-speech"

# Whisper's own threshold (openai/whisper, transcribe.py): text that compresses better than this goes round in circles.
_MAX_COMPRESSION = 2.4
# "wrench and wrench and wrench and wrench wrench and": too short for that, and nothing that people say.
_CIRCLE_WORDS = 9
_CIRCLE_DIFFERENT = 3
# Measured: above it second looks are mostly right, below mostly not. But where much was missed and much is found, fewer
# words are wrong with what it finds than without, down to the second score (docs/benchmarks.md).
GOOD_SCORE = -0.7
_FAIR_SCORE = -1.0
_MUCH_SPEECH_MS = 3_000
_MANY_WORDS_PER_S = 1.5
_LOW_PROBABILITY = 0.5
_MAX_LOOP_WORDS = 12
_KEPT_ROUNDS = 2
# A phrase that is really said again has its words at the same distances again; one made up is strewn over other sound.
_PHRASE_WORDS = 3
_SAME_PACE_MS = 500
_SHORTEST_WORD_MS = 150
# Forbidden to write a row of words twice, the model still writes nearly the same of what was said so.
_CONFIRMED_RATIO = 0.85
# Nobody says so many words in so short a time; alignment squeezes what was not said at all into one place.
_BABBLE_WORDS = 12
_BABBLE_MS = 800
# Fewer words at one moment may be real: alignment gives no time to such, either. Not if all were written before.
_ECHO_WORDS = 3
_ECHO_MS = 20
# Where no spaces stand, the model's words are letters or characters; about so many make a word of Thai or Japanese.
_CHARACTERS_OF_A_WORD = 2.5
_EAST_ASIA = "\u2e80"  # from here on come Chinese, Japanese and Korean
# What Whisper writes under silence and music, because captions say so there.
_CAPTION_PHRASES = re.compile(
    r"thank(s| you)( (so|very) much)?( for (watching|listening))?( and i'?ll see you (in the )?next (time|video|one))?"
    r"|(please )?(like and )?subscribe( to (my|the|our) channel)?"
    r"|(i'?ll )?see you (in the )?next (time|video|one)"
    r"|(bye[ -]?)+|you|music|applause|laughter|silence|foreign"
    # The credits of other languages: "Untertitelung des ZDF, 2020", "Sous-titrage Société Radio-Canada", 字幕by…
    r"|(untertitel(?!n)|sous-titr|subtítulos (por|realizados)|sottotitoli (e|creati|a cura)|legendas? (pel|por|adriana)"
    r"|ondertiteld door|napisy stworz|altyazı m|(редактор )?субтитр(ы|ов) [асд]|υπότιτλοι authorwave"
    r"|字幕(by|志愿者)).{,40}"
    r"|(vielen dank|danke) fürs zu(schau|hör)en|merci d'avoir regardé( cette vidéo)?|gracias por ver( el vídeo)?"
    r"|grazie per la visione|obrigad[oa] por assistir|спасибо за просмотр|ご視聴ありがとうございました|请不吝点赞.*"
    r"|subtitles? by .*|.{,50}amara\.?org.*|.{,20}transcri(pt|bed).{,20} by .{,40}|captions? by .*"
)


def is_repetitive(words: Sequence[HeardWord]) -> bool:
    """Tell whether the text goes round in circles, as a whole or in one place."""
    text = _as_bytes("".join(word.text for word in words).strip())
    if len(text) > 40 and len(text) / len(zlib.compress(text)) > _MAX_COMPRESSION:
        return True
    plain = [_plain(word.text) for word in words]
    length = _as_written(_CIRCLE_WORDS, words)
    rows = (plain[place : place + length] for place in range(len(plain) - length + 1))
    return any(len(set(row)) <= _CIRCLE_DIFFERENT for row in rows)


def _as_bytes(text: str) -> bytes:
    """Return a byte a letter, and two where a script has more of them than that.

    In UTF-8 the letters of a script like Devanagari begin alike, and any text compresses well.
    """
    return b"".join(bytes((ord(sign) & 0xFF,)) if sign < _EAST_ASIA else sign.encode("utf-16-be") for sign in text)


def goes_in_circles(words: Sequence[HeardWord]) -> bool:
    """Tell whether the model has lost itself: it repeats itself, or writes more than anybody can say."""
    return is_repetitive(words) or len(cut_babble(words)) < len(words)


def cut_babble(words: Sequence[HeardWord]) -> tuple[HeardWord, ...]:
    """Return the words before the model began to write more than anybody can say.

    It does so where it goes in circles, also where it may not repeat itself, which no measure of repetition notices. Up
    to a second before it may be cut off, too; it is decoded again with what follows.
    """
    babble, echo = _as_written(_BABBLE_WORDS, words), _as_written(_ECHO_WORDS, words)
    places = range(len(words))
    end = next((at for at in places if _is_babble(words, at, babble) or _is_echo(words, at, echo)), len(words))
    return tuple(words[:end])


def _as_written(count: int, words: Sequence[HeardWord]) -> int:
    """Return how many of the model's words so many words are, by whether it writes spaces before them."""
    spaced = sum(word.text.startswith(" ") for word in words)
    return count if 2 * spaced >= len(words) else round(count * _CHARACTERS_OF_A_WORD)


def _is_babble(words: Sequence[HeardWord], place: int, count: int) -> bool:
    later = place + count
    return later < len(words) and words[later].start_ms - words[place].start_ms <= _BABBLE_MS


def _is_echo(words: Sequence[HeardWord], place: int, count: int) -> bool:
    echo = words[place : place + count]
    if len(echo) < count or echo[-1].end_ms - echo[0].start_ms > _ECHO_MS:
        return False
    return {_plain(word.text) for word in echo} <= {_plain(word.text) for word in words[:place]}


def is_confirmed(words: Sequence[HeardWord], again: Sequence[HeardWord]) -> bool:
    """Tell whether a text that goes round in circles was said so: a refrain, a list of sentences alike.

    Args:
        words: of a window.
        again: what the model made of it where it might not repeat itself.
    """
    first, second = ([_plain(word.text) for word in heard] for heard in (words, again))
    return 2 * _count_common(first, second) >= _CONFIRMED_RATIO * (len(first) + len(second))


def _count_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words two texts have in common, in order: the length of their longest common subsequence.

    `difflib` takes the longest rows first. Where all is said several times, these lie in different rounds.
    """
    common = [0] * (len(second) + 1)
    for word in first:
        before = 0  # of the words before this one in both
        for place, other in enumerate(second, 1):
            before, common[place] = common[place], before + 1 if word == other else max(common[place - 1 : place + 1])
    return common[-1]


def is_wordless(words: Sequence[HeardWord]) -> bool:
    """Tell whether there is nothing in the text but punctuation and notes (♪)."""
    return not any(character.isalnum() for word in words for character in word.text)


def is_caption_phrase(words: Sequence[HeardWord]) -> bool:
    """Tell whether the text is nothing but what Whisper writes where nobody speaks."""
    text = re.sub(r"[^\w' -]", "", "".join(word.text for word in words)).strip().lower()
    return bool(_CAPTION_PHRASES.fullmatch(text))


def is_credible(decoding: Decoding, speech_ms: int = 0) -> bool:
    """Tell whether the model wrote what was said, rather than something.

    Args:
        decoding: of one window.
        speech_ms: how much speech there is of which nothing else is known.
    """
    much_is_found = speech_ms >= _MUCH_SPEECH_MS and len(decoding.words) >= _MANY_WORDS_PER_S * speech_ms / 1000
    return (
        not is_wordless(decoding.words)
        and decoding.score >= (_FAIR_SCORE if much_is_found else GOOD_SCORE)
        and not is_repetitive(decoding.words)
        and not is_caption_phrase(decoding.words)
    )


def drop_loops(words: Sequence[HeardWord]) -> list[HeardWord]:
    """Drop what repeats the words just before it for the third time and more, unless a phrase keeps its pace."""
    kept: list[HeardWord] = []
    settled = 0  # how many words are known to be said, whatever loop they end
    for word in words:
        kept.append(word)
        lengths = range(1, _MAX_LOOP_WORDS + 1) if len(kept) >= settled else ()
        length = next((length for length in lengths if _ends_in_loop(kept, length)), 0)
        if length >= _PHRASE_WORDS and _keeps_pace(kept, length):
            settled = len(kept) + length
        elif length:
            del kept[-length:]
    return kept


def _ends_in_loop(words: Sequence[HeardWord], length: int) -> bool:
    # Single words are often said three times and more ("no, no, no, no"); longer phrases are not.
    rounds = _KEPT_ROUNDS + (4 if length == 1 else 2 if length == 2 else 1)
    if len(words) < length * rounds:
        return False
    tail = [_plain(word.text) for word in words[-length * rounds :]]
    return all(tail[place] == tail[place - length] for place in range(length, len(tail)))


def _keeps_pace(words: Sequence[HeardWord], length: int) -> bool:
    """Tell whether each word of the last round comes when it did in the one before it, and nobody had to hurry."""
    before, last = words[-2 * length : -length], words[-length:]
    later_ms = last[0].start_ms - before[0].start_ms
    alike = all(abs(b.start_ms - a.start_ms - later_ms) < _SAME_PACE_MS for a, b in zip(before, last, strict=True))
    return alike and last[-1].end_ms - last[0].start_ms >= _SHORTEST_WORD_MS * length


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def judge(segment: Segment) -> Segment:
    """Return a segment with the reasons for which its text is doubtful, as stable words."""
    return replace(segment, quality=_judge_text(segment))


def flag_unheard(segments: Sequence[Segment], unheard: Sequence[Stretch]) -> tuple[Segment, ...]:
    """Hold speech of which no words could be made out against the segment before it, or the first of all.

    Args:
        segments: of a whole episode, in order: a chunk may have none.
        unheard: that speech.
    """
    starts_ms = [segment.start_ms for segment in segments]
    lacking = {max(bisect_right(starts_ms, start_ms) - 1, 0) for start_ms, _ in unheard}
    return tuple(
        replace(segment, quality=(*segment.quality, UNHEARD_SPEECH)) if number in lacking else segment
        for number, segment in enumerate(segments)
    )


def _judge_text(segment: Segment) -> tuple[str, ...]:
    words = segment.words or ()
    if not words:
        return ()
    ends = [0, *(end for _, end in word_spans(segment.text, words))]
    texts = [segment.text[start:end] for start, end in pairwise(ends)]  # with the spaces before them
    heard = [HeardWord(text, *word[1:]) for text, word in zip(texts, words, strict=True)]
    mean = sum(word.probability for word in words) / len(words)
    flags = [(LOW_CONFIDENCE, mean < _LOW_PROBABILITY), (REPETITIVE, is_repetitive(heard))]
    return tuple(name for name, doubtful in flags if doubtful)
