"""What Whisper invents is told from what was said."""

import pytest

from podindex.models import Segment, Word
from podindex.transcribe.decoding import Decoding
from podindex.transcribe.quality import (
    cut_babble,
    drop_loops,
    flag_unheard,
    is_caption_phrase,
    is_confirmed,
    is_credible,
    is_repetitive,
    judge,
)
from podindex.transcribe.segments import HeardWord
from podindex.transcribe.speech import Stretch


def heard(text: str, probability: float = 0.9) -> tuple[HeardWord, ...]:
    return tuple(HeardWord(f" {word}", n * 100, n * 100 + 100, probability) for n, word in enumerate(text.split()))


def plain(words: list[HeardWord]) -> str:
    return "".join(word.text for word in words).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thanks for watching!",
        "Thank you very much for watching.",
        "Bye-bye.",
        "Please subscribe",
        "Transcribed by ESO",
        "Untertitelung des ZDF, 2020",
        "Sous-titrage Société Radio-Canada",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Sottotitoli e revisione a cura di QTSS",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры сделал DimaTorzok",
        "¡Gracias por ver el vídeo!",
        "ご視聴ありがとうございました",
        "字幕by索兰娅",
    ],
)
def test_what_captions_say_in_silence_is_known(text: str) -> None:
    assert is_caption_phrase(heard(text))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for having me, Maya.",
        "You know, I was there.",
        "We bought a subscription",
        "Vielen Dank.",
        "Gracias, Ana.",
        "Die Untertiteln mag ich nicht, sie sind zu schnell.",
        "Los subtítulos estaban mal",
        "Sottotitoli ne abbiamo?",
        "Legendas e mitos",
        "字幕が出ない",
        "In that winter my grandmother transcribed his letters, one after the other, by the light of a candle.",
    ],
)
def test_what_people_say_is_not_taken_for_it(text: str) -> None:
    assert not is_caption_phrase(heard(text))


def test_the_third_round_of_a_loop_and_more_are_dropped() -> None:
    assert plain(drop_loops(heard("so I went home " + "again and again and then " * 5 + "we left"))).count("then") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we have seen this play out at teams using wrench and wrench, and wrench and wrench. And wrench", True),
        ("so he said and then he and then he and then he left us there", True),
        ("the more you do the more you know and the more you do the more you know", False),
        ("no no no that is not what I said", False),
    ],
)
def test_a_text_that_goes_round_in_circles_in_one_place_is_noticed(text: str, expected: bool) -> None:
    assert is_repetitive(heard(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और "
        "अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए। सभी को इस घोषणा में सन्निहित "
        "सभी अधिकारों और आज़ादियों को प्राप्त करने का हक़ है",
        "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும், உரிமைகளிலும் சமமானவர்கள், அவர்கள் "
        "நியாயத்தையும் மனச்சாட்சியையும் இயற்பண்பாகப் பெற்றவர்கள்.",
    ],
)
def test_texts_in_scripts_whose_letters_are_several_bytes_go_in_no_circles(text: str) -> None:
    assert not is_repetitive(heard(text))
    assert is_repetitive(heard(text[:60] * 4))


def test_circles_are_noticed_in_chinese() -> None:
    def characters(text: str) -> list[HeardWord]:
        return [HeardWord(character, n * 100, n * 100 + 100, 0.9) for n, character in enumerate(text)]

    assert is_repetitive(characters("我们一起去" * 6))
    assert not is_repetitive(
        characters("人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。")
    )


def test_where_no_spaces_stand_letters_are_no_words() -> None:
    text = "ต่างมีเหตุผลและมโนธรรมและควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ"
    fast = tuple(HeardWord(letter, n * 55, n * 55 + 55, 0.9) for n, letter in enumerate(text))
    assert cut_babble(fast) == fast, "eighteen letters a second"
    at_once = tuple(
        word._replace(start_ms=word.start_ms // 200 * 200, end_ms=word.start_ms // 200 * 200) for word in fast
    )
    assert cut_babble(at_once) == at_once, "three or four letters at one moment"
    assert cut_babble(tuple(word._replace(start_ms=0) for word in fast)) == ()
    letters = "ที่นี่มีที่นี้"
    assert not is_repetitive([HeardWord(letter, n * 100, n * 100 + 100, 0.9) for n, letter in enumerate(letters)])
    words = tuple(Word(letter, n * 100, n * 100 + 100, 0.9) for n, letter in enumerate(letters))
    assert judge(Segment(0, 2_000, letters, words)).quality == ()


def test_more_than_anybody_can_say_is_cut_off_where_it_begins() -> None:
    said = heard("they came back from the film")
    babble = tuple(HeardWord(f" thanks{n}", 2_700, 2_700, 0.3) for n in range(40))
    after = tuple(HeardWord(" and", 5_000 + n, 5_000 + n, 0.3) for n in range(3))
    assert cut_babble(said + babble + after) == said
    assert cut_babble(heard("fast " * 200)) == heard("fast " * 200), "ten words a second"
    assert cut_babble(babble[:12]) == babble[:12], "too few to be sure"


def test_what_is_written_again_at_one_moment_was_not_said_again() -> None:
    said = heard("And so am I fellow America.")
    again = tuple(word._replace(start_ms=600, end_ms=600) for word in said)
    assert cut_babble(said + again) == said
    assert cut_babble(said + said) == said + said, "with times of its own"
    later = tuple(word._replace(start_ms=word.start_ms + 600, end_ms=word.end_ms + 600) for word in said[1:])
    assert cut_babble((*said, again[0], *later)) == (*said, again[0], *later), "but for its first word"
    other = tuple(HeardWord(f" {word}", 600, 600, 0.9) for word in "so I want to".split())
    assert cut_babble(said + other) == said + other, "what is new has no times where the model was not sure of them"
    assert cut_babble(said + again[:2]) == said + again[:2], "too few to be sure"


def test_what_people_repeat_stays() -> None:
    for text in ("no, no, no, no, no", "it was very, very, very good", "left right left right left"):
        assert plain(drop_loops(heard(text))) == text


def test_a_phrase_that_is_said_three_times_at_the_same_pace_stays() -> None:
    chant = ["We", "want", "peace", "now."] * 4
    starts = [number // 4 * 1700 + number % 4 * 300 for number in range(len(chant))]
    said = [HeardWord(f" {text}", start, start + 280, 0.9) for text, start in zip(chant, starts, strict=True)]
    assert drop_loops(said) == said
    squeezed = [word._replace(start_ms=5200, end_ms=5300) for word in said[12:]]
    assert drop_loops([*said[:12], *squeezed]) == said[:12]
    strewn = [said[12], *(word._replace(start_ms=word.start_ms + 900) for word in said[13:])]
    assert drop_loops([*said[:12], *strewn]) == said[:12]


def test_what_comes_out_alike_where_it_may_not_repeat_itself_was_said_so() -> None:
    refrain = heard("I will never give up, I will never give in, I will never give out, I will never give over")
    assert is_confirmed(
        refrain, heard("I will never give up, I will never give in, I will never giv out. I will never give over")
    )
    line = "It sells cameras to shopping centers, and the cameras remember every visitor who walks in. "
    slips = [("cameras remember", "camera is remember"), ("", ""), ("shopping", "shipping")]
    assert is_confirmed(heard(line * 4), heard(line + "".join(line.replace(*slip) for slip in slips)))
    assert not is_confirmed(
        heard("let me give you the version " * 5), heard("let me give you the version I believe in")
    )


def test_a_second_look_is_believed_for_its_score_not_for_its_loops() -> None:
    assert is_credible(Decoding(heard("That tracks."), -0.3))
    assert not is_credible(Decoding(heard("That tracks."), -1.1))
    assert not is_credible(Decoding(heard("that is all " * 12), -0.1))
    fair = Decoding(heard("one team, one source of truth, one neck to wring"), -0.9)
    assert is_credible(fair, speech_ms=4_000)
    assert not is_credible(fair, speech_ms=2_000)
    assert not is_credible(fair, speech_ms=9_000), "too few words for so much speech"
    assert not is_credible(Decoding(heard("Thank you."), -0.1))
    assert not is_credible(Decoding((), -0.1))
    assert not is_credible(Decoding(heard("… ."), -0.1))


def test_a_doubtful_segment_says_why() -> None:
    words = tuple(Word(text, n * 10, n * 10 + 10, 0.2) for n, text in enumerate(["that", "is", "all"] * 12))
    doubtful = Segment(0, 1000, " ".join(word.text for word in words), words)
    sure = Segment(1000, 1100, "That tracks.", (Word("That", 1000, 1050, 0.9), Word("tracks.", 1050, 1100, 0.8)))
    assert [judge(segment).quality for segment in (doubtful, sure)] == [("low-confidence", "repetitive"), ()]


def test_unheard_speech_is_held_against_the_segment_before_it() -> None:
    segments = [Segment(start, start + 500, "Yes.", (Word("Yes.", start, start + 500, 0.9),)) for start in (1000, 5000)]
    flags = ("unheard-speech",)
    assert [s.quality for s in flag_unheard(segments, [Stretch(2000, 4000)])] == [flags, ()]
    assert [s.quality for s in flag_unheard(segments, [Stretch(0, 900), Stretch(6000, 7000)])] == [flags, flags]
