"""VTT and SubRip: what we write, and what we make of what others write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import EPISODE, make_segment, make_transcript, transcripts

from podindex.formats import format_transcript, parse_transcript
from podindex.formats.cues import cut_cues
from podindex.models import Segment, Transcript, Word


def _texts(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments]


def _cues(text: str) -> list[tuple[int, int, str]]:
    return [(segment.start_ms, segment.end_ms, segment.text) for segment in parse_transcript(text, "x").segments]


# --- writing ------------------------------------------------------------------------------------------------------


def test_vtt() -> None:
    segments = (make_segment("Fish & chips <now>.", speaker="Anna"), make_segment("Yes.", 3_600_000))
    transcript = Transcript("show/ep", "en", segments, make_transcript([]).origin)
    assert format_transcript(EPISODE, transcript, "vtt") == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:01.200\n<v Anna>Fish &amp; chips &lt;now&gt;.\n"
        "\n01:00:00.000 --> 01:00:00.833\nYes.\n"
    )


def test_srt() -> None:
    segments = (
        make_segment("R&D --> &amp; more of it, in two lines.", speaker="Anna"),
        make_segment("Go on.", 3_600_000, speaker="Anna"),
    )
    transcript = Transcript("show/ep", "en", segments, make_transcript([]).origin)
    assert format_transcript(EPISODE, transcript, "srt") == (
        "1\n00:00:00,000 --> 00:00:02,700\nAnna: R&D --&gt; &amp;amp; more of it,\nin two lines.\n"
        "\n2\n01:00:00,000 --> 01:00:00,833\nGo on.\n"
    )


@given(transcripts(), st.sampled_from([(65, 1), (32, 2)]))
def test_cues_are_short_disjoint_and_lose_nothing(transcript: Transcript, shape: tuple[int, int]) -> None:
    width, lines = shape
    cues = cut_cues(transcript.segments, width=width, lines=lines)
    position_ms = 0
    for cue in cues:
        assert position_ms <= cue.start_ms < cue.end_ms
        position_ms = cue.end_ms
        rows = cue.text.split("\n")
        assert len(rows) <= lines
        assert all(len(row) <= width or " " not in row for row in rows)
    said = "".join("".join(segment.text.split()) for segment in transcript.segments)
    assert "".join("".join(cue.text.split()) for cue in cues) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there, world.", ["Hello there, world."]),
        (
            "We talked about it for a long time. Then we went home and slept until noon.",
            ["We talked about it for a long time.", "Then we went home and slept until noon."],
        ),
        (
            "When the whole thing had been read to the end, nobody in the room would say a word",
            ["When the whole thing had been read to the end,", "nobody in the room would say a word"],
        ),
        (
            "one two three four five six seven eight nine ten eleven twelve thirteen x",
            ["one two three four five six seven eight", "nine ten eleven twelve thirteen x"],
        ),
        (
            "सभी मनुष्यों को गौरव और अधिकार प्राप्त हैं। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।",
            ["सभी मनुष्यों को गौरव और अधिकार प्राप्त हैं।", "उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।"],
        ),
        (
            "ทุกคนย่อมมีสิทธิและอิสรภาพบรรดาที่กำหนดไว้ในปฏิญญานี้ โดยปราศจากความแตกต่างไม่ว่าชนิดใดๆ",
            ["ทุกคนย่อมมีสิทธิและอิสรภาพบรรดาที่กำหนดไว้ในปฏิญญานี้", "โดยปราศจากความแตกต่างไม่ว่าชนิดใดๆ"],
        ),
    ],
)
def test_cues_end_where_one_would_breathe(text: str, expected: list[str]) -> None:
    segment = make_segment(text, word_ms=100)
    assert [cue.text for cue in cut_cues([segment], width=65)] == expected


def test_cues_end_in_pauses() -> None:
    before = make_segment("one two three four five six seven", word_ms=100)
    after = make_segment("eight nine ten eleven twelve thirteen", 2000, word_ms=100)
    assert before.words
    assert after.words
    segment = Segment(0, 2600, f"{before.text} {after.text}", before.words + after.words)
    assert [(cue.end_ms, cue.text) for cue in cut_cues([segment], width=60)] == [
        (833, "one two three four five six seven"),
        (2833, "eight nine ten eleven twelve thirteen"),
    ]


def test_a_short_word_can_be_read_until_the_next_begins() -> None:
    cues = cut_cues([make_segment("Yes."), make_segment("No.", 500), make_segment("Right.", 3000)], width=65)
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 500), (500, 1333), (3000, 3833)]


def test_nobody_reads_a_line_for_long() -> None:
    cues = cut_cues([make_segment("a b c d e f g h i j k l", word_ms=2000)], width=65)
    assert all(cue.end_ms - cue.start_ms <= 7000 for cue in cues)


def test_a_long_text_in_a_script_without_spaces_is_cut() -> None:
    cues = cut_cues([Segment(0, 60_000, "日本語です" * 40, None)], width=65)
    assert all(len(cue.text) <= 65 for cue in cues)


def _heard(*words: str, word_ms: int = 500) -> Segment:
    """Make a segment of words as Whisper writes them: the space before each is its own."""
    times = [(number * word_ms, (number + 1) * word_ms) for number in range(len(words))]
    heard = tuple(Word(word.strip(), *time, 0.9) for word, time in zip(words, times, strict=True))
    return Segment(0, len(words) * word_ms, "".join(words).strip(), heard)


_PARTED = [
    _heard(
        "Les", " enfants", " vont", " tous", " les", " matins", " de", " bonne", " heure", " à", " l", "'école", "."
    ),
    _heard(
        "The", " government", " has", " promised", " us", " 3", ".5", " million", " pounds,", " or", " 5", ",000", "."
    ),
]


@pytest.mark.parametrize("segment", _PARTED)
@pytest.mark.parametrize("lines", [1, 2])
def test_no_line_ends_inside_a_word_that_is_parted(segment: Segment, lines: int) -> None:
    for width in range(1, 65):
        cues = cut_cues([segment], width=width, lines=lines)
        assert " ".join(cue.text.replace("\n", " ") for cue in cues) == segment.text
        assert [cue.end_ms for cue in cues[:-1]] == [cue.start_ms for cue in cues[1:]]


@pytest.mark.parametrize("segment", _PARTED)
@pytest.mark.parametrize("name", ["vtt", "srt", "json"])
def test_what_has_parted_words_is_read_again(segment: Segment, name: str) -> None:
    transcript = Transcript("show/ep", "en", (segment,), make_transcript([]).origin)
    assert (
        " ".join(_texts(parse_transcript(format_transcript(EPISODE, transcript, name), "x").segments)) == segment.text
    )


def test_lines_end_between_characters_of_scripts_without_spaces() -> None:
    segment = _heard("東京", "は", "雨", "、", "大阪", "は", "3", ".5", "度", "で", "晴れ", "でした", "。")
    assert [cue.text for cue in cut_cues([segment], width=6)] == ["東京は雨、", "大阪は3.5", "度で晴れ", "でした。"]


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "00:01.000 --> 00:02.000\na",
            [(1000, 2000, "a")],
            id="no heading",
        ),
        pytest.param(
            "WEBVTT\n00:01.000 --> 00:02.000\na",
            [(1000, 2000, "a")],
            id="no line after the heading",
        ),
        pytest.param(
            "WEBVTT\rX: y\r\r00:01.0 --> 00:02.5 align:start\ra\rb",
            [(1000, 2500, "a b")],
            id="CR, settings",
        ),
        pytest.param(
            "1\n0:0:1,0-->0:0:2,05\na",
            [(1000, 2050, "a")],
            id="few digits, no spaces",
        ),
        pytest.param(
            "1\n0:00:01.123956 --> 0:00:02.500000\na\n\n2\n0:00:03 --> 100:00:04.123456789\nb",
            [(1123, 2500, "a"), (3000, 360_004_123, "b")],
            id="microseconds, as Python writes them",
        ),
        pytest.param(
            "1\n00:01 --> 00:02\na\n2\n00:03 --> 00:04\nb",
            [(1000, 2000, "a"), (3000, 4000, "b")],
            id="no gap",
        ),
        pytest.param(
            "00:01 --> 00:02\n\na\n\nb\n",
            [(1000, 2000, "a b")],
            id="empty lines inside",
        ),
        pytest.param(
            "00:01 --> 00:02\na\n\n2\n00:0x --> 00:04\nb",
            [(1000, 2000, "a b")],
            id="a time that is none",
        ),
        pytest.param(
            "00:01 --> 00:02\na\n\n2\nb\n\n3\n00:03 --> 00:04\nc",
            [(1000, 2000, "a b"), (3000, 4000, "c")],
            id="no time",
        ),
        pytest.param(
            "00:01 --> 00:02\n00:01 --> 00:02\na",
            [(1000, 2000, "a")],
            id="a time twice",
        ),
        pytest.param(
            "00:05 --> 00:04\na",
            [(5000, 5000, "a")],
            id="ends before it begins",
        ),
        pytest.param(
            "00:03 --> 00:09\nb\n\n00:01 --> 00:05\na",
            [(1000, 3000, "a"), (3000, 9000, "b")],
            id="overlap",
        ),
        pytest.param(
            "00:01 --> 00:05\na\n\n00:01 --> 00:04\nb",
            [(1000, 1000, "a"), (1000, 4000, "b")],
            id="at once",
        ),
        pytest.param(
            "00:01 --> 00:02\n<i>a</i> {\\an8}<font color='red'>b",
            [(1000, 2000, "a b")],
            id="styling",
        ),
        pytest.param(
            "WEBVTT\n\n00:01.000 --> 00:02.000\na<br>b\n\n00:03.000 --> 00:04.000\nc<BR/><i>d<br /></i>",
            [(1000, 2000, "a b"), (3000, 4000, "c d")],
            id="HTML's ends of lines in VTT",
        ),
        pytest.param(
            "00:01 --> 00:02\na<br>b\n\n00:03 --> 00:04\nc<BR/><i>d<br /></i>",
            [(1000, 2000, "a b"), (3000, 4000, "c d")],
            id="HTML's ends of lines",
        ),
        pytest.param(
            "00:01 --> 00:02\n1 < 2 &amp; &lt;i&gt; a&copy=b",
            [(1000, 2000, "1 < 2 & <i> a&copy=b")],
            id="entities",
        ),
        pytest.param(
            "[00:01.000 --> 00:02.500]  a\n[00:03.000 --> 00:04.000]  42\n[00:04.000 --> 00:05.000]  [b] c\n",
            [(1000, 2500, "a"), (3000, 4000, "42"), (4000, 5000, "[b] c")],
            id="as Whisper prints",
        ),
        pytest.param(
            "Detected language: English\n[00:00:01.000 --> 00:00:02.000]   a\n\n[00:00:03.000 --> 00:00:04.000]   b\n",
            [(1000, 2000, "a"), (3000, 4000, "b")],
            id="as Whisper prints, with more before",
        ),
        pytest.param(
            "00:01 --> 00:02\n42\n\n00:03 --> 00:04\nb",
            [(1000, 2000, "42"), (3000, 4000, "b")],
            id="a number said",
        ),
        pytest.param(
            "00:01 --> 00:02\n \n\n00:03 --> 00:04\nb",
            [(3000, 4000, "b")],
            id="nothing said",
        ),
        pytest.param(
            "9999:00:00 --> 9999:00:01\na\n\n00:03 --> 00:04\nb",
            [(3000, 4000, "b")],
            id="later than any episode",
        ),
    ],
)
def test_cues_as_they_are_in_the_wild(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert _cues(text) == expected


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["今日は雨が", "降っています。"], "今日は雨が降っています。"),
        (["今日は「雨」、", "「雪」です。"], "今日は「雨」、「雪」です。"),
        (["今日は雨です", "(本当に)。"], "今日は雨です(本当に)。"),
        (["วันนี้ฝนตก", "ที่กรุงเทพ"], "วันนี้ฝนตกที่กรุงเทพ"),
        (["今日は", "rainy", "です"], "今日は rainy です"),
        (["오늘은", "비가 옵니다"], "오늘은 비가 옵니다"),
        (["It rains", "today."], "It rains today."),
    ],
)
@pytest.mark.parametrize("form", ["WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n", "1\n00:00:01,000 --> 00:00:02,000\n{}\n"])
def test_lines_are_joined_with_a_space_where_their_script_has_spaces(form: str, lines: list[str], text: str) -> None:
    assert _cues(form.format("\n".join(lines))) == [(1000, 2000, text)]


def test_notes_and_styles_are_no_text() -> None:
    text = (
        "WEBVTT - a title\nKind: captions\n\nNOTE\nnot\nsaid\n\nSTYLE\n::cue { color: red }\n\n"
        "first\n00:01.000 --> 00:02.000\nsaid\n\nNOTE not said\n"
    )
    assert _cues(text) == [(1000, 2000, "said")]


def test_voices_are_speakers_until_the_next_one() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Anna &amp; Co>Hi</v>\n\n00:02.000 --> 00:03.000\nthere\n\n"
        "00:03.000 --> 00:04.000\n<v Ben>Hi\n\n00:04.000 --> 00:05.000\n<v>who?\n"
    )
    assert [(segment.speaker, segment.text) for segment in parse_transcript(text, "x").segments] == [
        ("Anna & Co", "Hi"),
        ("Anna & Co", "there"),
        ("Ben", "Hi"),
        (None, "who?"),
    ]


def test_several_voices_in_a_cue_share_its_time() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Anna>abc</v>\n<v Ben>d</v>\n"
    assert parse_transcript(text, "x").segments == (
        Segment(0, 3000, "abc", None, "Anna"),
        Segment(3000, 4000, "d", None, "Ben"),
    )


def test_times_inside_a_cue_are_word_times() -> None:
    text = "WEBVTT\n\n00:16.500 --> 00:18.500\nWhen the <00:17.500>moon<00:18.000><c> hits</c>\n"
    assert parse_transcript(text, "x").segments[0].words == (
        Word("When", 16_500, 17_000, 1.0),
        Word("the", 17_125, 17_500, 1.0),
        Word("moon", 17_500, 18_000, 1.0),
        Word("hits", 18_000, 18_500, 1.0),
    )


def test_a_cue_may_have_as_many_tags_as_it_likes() -> None:
    words = [f"w{number}" for number in range(20_000)]
    said = " ".join(f"<i>{word[0]}</i><b>{word[1:]}</b>" for word in words)
    assert _texts(parse_transcript(f"WEBVTT\n\n00:00.000 --> 10:00.000\n{said}\n", "x").segments) == [" ".join(words)]
    clocks = [f"{number // 60:02}:{number % 60:02}.000" for number in range(len(words))]
    timed = "".join(f"<{clock}><c> {word}</c>" for clock, word in zip(clocks, words, strict=True))
    (segment,) = parse_transcript(f"WEBVTT\n\n00:00.000 --> 333:20.000\n{timed}\n", "x").segments
    assert segment.words == tuple(Word(word, 1000 * n, 1000 * n + 1000, 1.0) for n, word in enumerate(words))


def test_a_voice_that_says_nothing_leaves_the_cue_to_the_next() -> None:
    silent = "<v Anna> &nbsp;" * 20_000
    assert parse_transcript(f"WEBVTT\n\n00:00.000 --> 00:04.000\n{silent}<v Ben>Hi\n", "x").segments == (
        Segment(0, 4000, "Hi", None, "Ben"),
    )


def test_rolling_captions_are_read_once() -> None:
    text = (
        "WEBVTT\nKind: captions\n\n"
        "00:00.160 --> 00:02.389 align:start position:0%\n \nhello<00:00.480><c> world</c>\n\n"
        "00:02.389 --> 00:02.399 align:start position:0%\nhello world\n \n\n"
        "00:02.399 --> 00:04.389 align:start position:0%\nhello world\nnext<00:03.000><c> line</c>\n\n"
        "00:04.389 --> 00:06.000\nnext line\nnext line\n"
    )
    assert _texts(parse_transcript(text, "x").segments) == ["hello world", "next line", "next line"]


_Shown = tuple[int, *tuple[str, ...]]  # for how many milliseconds, and lines
# As YouTube's become when they are converted: the times of words are gone, the repeats stay.
_CONVERTED: list[_Shown] = [
    (2389, "\n", "we met"),
    (10, "we met", " "),
    (1990, "we met", "on Monday"),
    (10, "on Monday", " "),
    (1990, "on Monday", "and on Friday"),
    (10, "and on Friday", " "),
    (1000, "and on Friday", "too"),
]
# As on television, where the lines move up when the next one comes.
_TELEVISION: list[_Shown] = [
    (900, "we met"),
    (900, "we met", "on Monday"),
    (900, "we met", "on Monday", "and on Friday"),
    (900, "on Monday", "and on Friday", "too"),
]


@pytest.mark.parametrize("cues", [_CONVERTED, _TELEVISION])
@pytest.mark.parametrize("form", ["WEBVTT\n\n{}", "{}"])
def test_rolling_captions_without_word_times_are_read_once(form: str, cues: list[_Shown]) -> None:
    text = ""
    end_ms = 0
    for number, (duration_ms, *lines) in enumerate(cues):
        start_ms, end_ms = end_ms, end_ms + duration_ms
        times = " --> ".join(f"00:00:{ms // 1000:02}.{ms % 1000:03}" for ms in (start_ms, end_ms))
        text += "\n".join([str(number), times, *lines, "", ""])
    assert _texts(parse_transcript(form.format(text), "x").segments) == ["we met", "on Monday", "and on Friday", "too"]


@pytest.mark.parametrize("form", ["WEBVTT\n\n{}", "{}"])
@pytest.mark.parametrize("mark", ["<u>{}</u>", '<font color="#00ff00">{}</font>'])
def test_a_text_of_which_a_word_after_the_other_is_marked_is_read_once(form: str, mark: str) -> None:
    """As Whisper's highlight_words and stable-ts write it."""
    cues = ["*We* met Ben.", "We met Ben.", "We *met* Ben.", "We met *Ben.*", "No no.", "No no.", "*Yes.*", "Yes."]
    cues = [re.sub(r"\*(.*)\*", lambda word: mark.format(word[1]), cue) for cue in cues]
    text = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues))
    assert _cues(form.format(text)) == [
        (0, 3900, "We met Ben."),
        (4000, 4900, "No no."),
        (5000, 5900, "No no."),
        (6000, 6900, "Yes."),
        (7000, 7900, "Yes."),
    ]


def test_words_are_marked_in_scripts_without_spaces_too() -> None:
    cues = ["<u>今日は</u>いい天気です", "今日は<u>いい</u>天気です", "今日はいい<u>天気です</u>"]
    text = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues))
    assert _cues(text) == [(0, 2900, "今日はいい天気です")]


def test_what_is_said_again_in_another_type_is_said_twice() -> None:
    text = "00:01.000 --> 00:02.000\n<i>Come on!</i>\n\n00:02.500 --> 00:03.000\nCome on!\n"
    assert _cues(text) == [(1000, 2000, "Come on!"), (2500, 3000, "Come on!")]


def test_what_two_voices_say_is_said_twice() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Good morning.\n\n00:02.000 --> 00:03.000\n<v Ben>Good morning.\n"
    assert _texts(parse_transcript(text, "x").segments) == ["Good morning."] * 2


def test_words_said_twice_are_not_taken_for_rolling_captions() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nMonday\n\n00:02.000 --> 00:03.000\nMonday\n"
    assert _texts(parse_transcript(text, "x").segments) == ["Monday", "Monday"]


def test_a_line_said_again_is_not_taken_for_rolling_captions() -> None:
    cues = ["Never.\nNever.", "Never.\nWe said", "that we would", "not go\nhome.", "home.\nBut we\nwent.", "We\ndid."]
    text = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues))
    assert " ".join(_texts(parse_transcript(text, "x").segments)) == " ".join(cues).replace("\n", " ")


def test_names_before_a_colon_are_speakers_where_they_return() -> None:
    turns = ["Anna Lee (host): Hello", "and welcome.", "Ben: Hi. One thing: this."]
    turns += ["Anna Lee (host): Yes?", "Ben: No."]
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    assert [(segment.speaker, segment.text) for segment in parse_transcript(text, "x").segments] == [
        ("Anna Lee (host)", "Hello"),
        ("Anna Lee (host)", "and welcome."),
        ("Ben", "Hi. One thing: this."),
        ("Anna Lee (host)", "Yes?"),
        ("Ben", "No."),
    ]


def test_who_opens_is_a_speaker_though_the_name_does_not_return() -> None:
    turns = ["Maya: Welcome.", "Ben: Hi.", "Anna: Hello.", "Ben: So.", "Anna: Yes.", "Carl: no.", *["And so on."] * 4]
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    segments = parse_transcript(text, "x").segments
    assert [segment.speaker for segment in segments] == ["Maya", "Ben", "Anna", "Ben", *["Anna"] * 6]
    assert segments[5].text == "Carl: no."


@pytest.mark.parametrize(
    "turns",
    [["Marie : Bonjour.", "Luc : Salut.", "Marie : Ça va ?", "Luc : Oui."], ["田中：はい。", "司会：では。"] * 2],
)
def test_names_stand_before_the_colon_of_their_language(turns: list[str]) -> None:
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    read = [(segment.speaker, segment.text) for segment in parse_transcript(text, "x").segments]
    assert read == [tuple(part.strip() for part in re.split("[:：]", turn)) for turn in turns]


def test_names_may_have_small_words_inside() -> None:
    turns = ["Sjors: Hello.", "Aaron van Wirdum: Hi.", "Sjors: So.", "Aaron van Wirdum: Well.", "And de la: what?"] * 2
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    segments = parse_transcript(text, "x").segments
    assert [segment.speaker for segment in segments[:4]] == ["Sjors", "Aaron van Wirdum"] * 2
    assert [segment.text for segment in segments[3:5]] == ["Well.", "And de la: what?"]


def _spoken(turns: list[str]) -> list[tuple[str | None, str]]:
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    return [(segment.speaker, segment.text) for segment in parse_transcript(text, "x").segments]


@pytest.mark.parametrize("form", ["{}: {}", "[{}]: {}", ">> {}: {}", ">>{}: {}", "- {}: {}"])
@pytest.mark.parametrize("names", [("SPEAKER_00", "SPEAKER_01"), ("ANNA LEE", "BEN"), ("spk_0", "speaker 12")])
def test_names_may_be_in_brackets_or_behind_the_sign_of_a_turn(form: str, names: tuple[str, str]) -> None:
    said = [*zip(names * 2, ["Hello.", "Hi. [laughs]", "- So: we met", "on Monday."], strict=True)]
    assert _spoken([form.format(*turn) for turn in said]) == said


def test_who_speaks_once_is_named_where_nearly_every_cue_names_somebody() -> None:
    said = [("Anna", "Good morning."), ("Ben", "Morning."), ("Carla", "Hi."), ("Ben", "So."), ("Anna", "Well.")]
    assert _spoken([*(f"{name}: {text}" for name, text in said), "Listen"]) == [*said, ("Anna", "Listen")]
    rest = ["and so we", "went on and", "on until", "Question: why", "not", "Truth: we", "did not", "know"]
    assert _spoken([*(f"{name}: {text}" for name, text in said if name != "Carla"), *rest])[4:] == [
        ("Anna", text) for text in rest
    ]


def test_steps_and_questions_that_are_counted_are_no_speakers() -> None:
    said = [("SPEAKER_00", "So."), ("SPEAKER_01", "Yes."), ("SPEAKER_00", "Well."), ("SPEAKER_01", "Why?")]
    said += [("SPEAKER_02", "Sorry.")]
    steps = ["Step 1: we met", "Q2: why not", "Chapter 12: home"]
    assert _spoken([*(f"{name}: {text}" for name, text in said), *steps]) == [
        *said, *(("SPEAKER_02", step) for step in steps)
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["[{}] {}", "({})\n{}", "（{}）{}", "【{}】{}"])
def test_names_in_brackets_need_no_colon_where_nearly_every_cue_begins_with_one(form: str) -> None:
    said = [("Anna Lee", "Hello."), ("司会", "[laughs] Hi:"), ("Anna Lee", "So (we) met"), ("司会", "on Monday.")]
    said += [("SPEAKER 1", "Yes."), ("SPEAKER 1", "No."), ("Ben", "Ok.")]
    assert _spoken([*(form.format(*turn) for turn in said), "(they laugh)"]) == [*said, ("Ben", "(they laugh)")]


def test_sounds_in_brackets_name_nobody() -> None:
    turns = ["[Music] Hello", "(Laughter) we", "[Music] met", "on", "Monday", "and", "then", "went", "(Laughter) home"]
    assert _spoken(turns) == [(None, turn) for turn in turns]


@pytest.mark.parametrize("names", [("Anna Lee: ", "- Ben: "), ("田中：", "[司会]: ")])
def test_the_words_of_a_name_are_no_words_of_what_is_said(names: tuple[str, str]) -> None:
    cues = [f"00:0{n}.000 --> 00:0{n}.900\n{name}<00:0{n}.500>Hi, <00:0{n}.700>you" for n, name in enumerate(names * 2)]
    segments = parse_transcript("WEBVTT\n\n" + "\n\n".join(cues), "x").segments
    assert [segment.text for segment in segments] == ["Hi, you"] * 4
    assert segments[1].words == (Word("Hi,", 1500, 1700, 1.0), Word("you", 1700, 1900, 1.0))
    assert segments[2].words == (Word("Hi,", 2500, 2700, 1.0), Word("you", 2700, 2900, 1.0))


@pytest.mark.parametrize("form", ["WEBVTT\n\n{}", "{}"])
@pytest.mark.parametrize("sign", ["", "- ", ">> "])
def test_who_speaks_from_a_later_line_of_a_cue_on_is_named_too(form: str, sign: str) -> None:
    cues = [f"{sign}ANNA: abc\n  {sign}BEN: d", f"{sign}BEN:\nand here\nit is: so", f"go on\n{sign}ANNA: hi\nThing: x"]
    cues += [f"{sign}BEN: Ok.", f"{sign}ANNA: Yes."]
    text = form.format("".join(f"00:0{n}.000 --> 00:0{n}.800\n{cue}\n\n" for n, cue in enumerate(cues)))
    assert parse_transcript(text, "x").segments == (
        Segment(0, 600, "abc", None, "ANNA"),
        Segment(600, 800, "d", None, "BEN"),
        Segment(1000, 1800, "and here it is: so", None, "BEN"),
        Segment(2000, 2250, "go on", None, "BEN"),
        Segment(2250, 2800, "hi Thing: x", None, "ANNA"),
        Segment(3000, 3800, "Ok.", None, "BEN"),
        Segment(4000, 4800, "Yes.", None, "ANNA"),
    )


def test_a_colon_in_a_sentence_names_nobody() -> None:
    turns = ["Warning: not for children", "so here is the thing: we", "Remember: never", "it was 10:30 then"]
    turns += ["so here is the thing: we", "Remember: always"]
    text = "".join(f"{n}\n00:0{n}:00,000 --> 00:0{n}:30,000\n{turn}\n\n" for n, turn in enumerate(turns))
    assert _texts(parse_transcript(text, "x").segments) == turns


@pytest.mark.parametrize(("header", "point"), [("WEBVTT\n\n", "."), ("", ",")])
def test_captions_of_a_word_each_become_sentences(header: str, point: str) -> None:
    words = ["The", "cat", "sat", "down."] * 6
    cues = [f"00:00:{i:02}{point}000 --> 00:00:{i:02}{point}900\n{word}\n" for i, word in enumerate(words)]
    segments = parse_transcript(header + "\n".join(cues), "x").segments
    assert _texts(segments) == ["The cat sat down."] * 6
    assert [(word.start_ms, word.end_ms) for word in segments[1].words or ()] == [
        (4000, 4900), (5000, 5900), (6000, 6900), (7000, 7900)
    ]  # fmt: skip
