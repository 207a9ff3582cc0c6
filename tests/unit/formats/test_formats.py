"""Every format in the registry, and files whose format nobody named."""

import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # rich brings it along
from transcripts import EPISODE, make_segment, make_transcript, transcripts

from podindex import codec
from podindex.errors import FormatError
from podindex.formats import FORMATS, format_transcript, load_transcript, parse_transcript
from podindex.formats.cues import clean_text
from podindex.models import Chapter, Segment, Transcript
from podindex.passages import timed_words

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HOSTILE = Segment(0, 1000, "a\x1b[31m\n\n\x00b --> <script>\u2028\x9bc", None, "An\x07na\n-->")


@given(transcripts())
def test_every_format_writes_every_transcript(transcript: Transcript) -> None:
    for name in FORMATS:
        text = format_transcript(EPISODE, transcript, name)
        assert text.endswith("\n") or (text == "" and not transcript.segments)
        text.encode()


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_writes_control_characters(name: str) -> None:
    episode = replace(EPISODE, title="T\x1b]0;x\x07", chapters=(Chapter(0, "C\x1b\n"),))
    transcript = replace(make_transcript([]), segments=(_HOSTILE,))
    assert not _CONTROL.search(format_transcript(episode, transcript, name))


@pytest.mark.parametrize("name", ["vtt", "srt"])
def test_text_is_not_taken_for_mark_up(name: str) -> None:
    transcript = replace(make_transcript([]), segments=(_HOSTILE,))
    text = format_transcript(EPISODE, transcript, name)
    assert "<script" not in text
    assert text.count("-->") == sum(bool(re.match(r"\d\d:\d\d:\d\d[.,]\d{3} --> ", line)) for line in text.splitlines())


@pytest.mark.parametrize("name", ["vtt", "srt", "json"])
@given(transcript=transcripts(speakers=st.none()))
def test_what_is_written_is_read_again(name: str, transcript: Transcript) -> None:
    assume(transcript.segments)
    # "Note: this" three times cannot be told from somebody called Note, whom SubRip has no other way to name.
    assume(not any(":" in segment.text for segment in transcript.segments))
    said = timed_words(transcript.segments)
    segments = parse_transcript(format_transcript(EPISODE, transcript, name), "x").segments
    assert "".join(word.text for word in timed_words(segments)) == "".join(word.text for word in said)
    assert segments[0].start_ms in (said[0].start_ms, transcript.segments[0].start_ms)
    Transcript("show/ep", "en", segments, transcript.origin)


@pytest.mark.parametrize("name", ["vtt", "json"])
@given(transcript=transcripts(speakers=st.sampled_from(["Anna", "Ben & <Co>"])))
def test_speakers_are_read_again(name: str, transcript: Transcript) -> None:
    if not transcript.segments:
        return
    segments = parse_transcript(format_transcript(EPISODE, transcript, name), "x").segments
    assert _turns(segments) == _turns(transcript.segments)


def _turns(segments: tuple[Segment, ...]) -> list[tuple[str | None, str]]:
    """What each speaker said until another one spoke, without spaces."""
    turns: list[tuple[str | None, str]] = []
    for segment in segments:
        text = "".join(word.text for word in timed_words([segment]))
        if turns and turns[-1][0] == segment.speaker:
            text = turns.pop()[1] + text
        turns.append((segment.speaker, text))
    return turns


@given(st.text() | st.binary())
def test_anything_is_read_or_refused(content: str | bytes) -> None:
    with suppress(FormatError):
        Transcript("show/ep", "en", parse_transcript(content, "x").segments, make_transcript([]).origin)


_PIECES = """WEBVTT|\n|\n\n|\r\n|00:01.000| --> |00:00:02,500|-->|1|<v Anna>|<00:01.500>|</v>|NOTE x|STYLE|Anna: |\
hello|<i>|&amp;|&#0;|{\\an8}|99:99:99.999|-1|\ufeff|日本""".split("|")


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_anything_like_cues_is_read_or_refused(text: str) -> None:
    try:
        segments = parse_transcript(text, "x").segments
    except FormatError:
        return
    Transcript("show/ep", "en", segments, make_transcript([]).origin)
    assert all(segment.text == " ".join(segment.text.split()) != "" for segment in segments)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(FormatError, match="choose one of vtt, srt") as caught:
        format_transcript(EPISODE, make_transcript([]), "docx")
    assert caught.value.code == "unknown-format"


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nGrüße euch\n",
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nGrüße euch\r\n",
        '{"version": "1.0.0", "segments": [{"startTime": 1, "endTime": 2, "body": "Grüße euch"}]}',
        ' [{"start": 1.0, "end": "0:02", "text": " Grüße euch"}]',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_formats_and_encodings_are_told_apart(content: str, encoding: str) -> None:
    raw = content.removeprefix("\ufeff").encode(encoding)
    assert parse_transcript(raw, "x.txt").segments == (Segment(1000, 2000, "Grüße euch", None),)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp1251", "Привет всем"), ("cp1253", "Καλημέρα σας"), ("gb18030", "大家好"), ("shift_jis", "こんにちは、カメラ")],
)
def test_an_old_encoding_of_another_script_is_no_text(encoding: str, said: str) -> None:
    raw = f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n".encode(encoding)
    with pytest.raises(FormatError, match="save it as UTF-8"):
        parse_transcript(raw, "x.srt")


@pytest.mark.parametrize("text", ["[Script Info]\nTitle: x\n", "[00:01.20]Hello\n", "0:00:01.0,0:00:02.0\nHello\n"])
def test_captions_of_another_kind_are_not_taken_for_damaged_json(text: str) -> None:
    with pytest.raises(FormatError, match="no line has times such as 00:00:01"):
        parse_transcript(text, "x")


def test_what_cannot_be_read_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.srt"
    path.write_text("1\n00:00:0x,000 --> 00:00:02,000\nHello\n")
    with pytest.raises(FormatError, match=r"notes\.srt.*line 2") as caught:
        load_transcript(path)
    assert caught.value.code == "bad-transcript"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "nul"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("a\0b" if kind == "nul" else "x.vtt")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(FormatError) as caught:
        load_transcript(path)
    assert caught.value.code == "unreadable-transcript"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.vtt"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(FormatError, match="larger"):
        load_transcript(path)


def test_txt_is_a_segment_a_line() -> None:
    transcript = make_transcript(["Hello, world.", "Bye."])
    assert format_transcript(EPISODE, transcript, "txt") == "Hello, world.\nBye.\n"
    segments = (
        make_segment("Hi.", speaker="Anna"),
        make_segment("So.", 300, speaker="Anna"),
        make_segment("Yes?", 600, speaker="Ben"),
    )
    spoken = replace(transcript, segments=segments)
    assert format_transcript(EPISODE, spoken, "txt") == "Anna:\nHi.\nSo.\n\nBen:\nYes?\n"


def test_tsv_is_as_whisper_writes_it() -> None:
    transcript = replace(make_transcript([]), segments=(Segment(0, 1500, "tab\there", None),))
    assert format_transcript(EPISODE, transcript, "tsv") == "start\tend\ttext\n0\t1500\ttab here\n"


def test_markdown_shows_what_was_said() -> None:
    episode = replace(EPISODE, title="*Stars*", published=datetime(2026, 11, 1, tzinfo=UTC))
    transcript = replace(make_transcript([]), segments=(make_segment("a_b <i> [x](y)", 61_000, speaker="Anna"),))
    assert format_transcript(episode, transcript, "md") == (
        "# \\*Stars\\*\n\nShow · 2026-11-01\n\n**[0:01:01]** **Anna:** a\\_b \\<i\\> \\[x\\](y)\n"
    )


def test_markdown_says_no_times_where_there_are_none() -> None:
    untimed = replace(make_transcript([]), segments=(Segment(0, 0, "- Hello.", None),))
    assert format_transcript(EPISODE, untimed, "md").endswith("\n\n\\- Hello.\n")


_LINES = st.text(min_size=1, max_size=20) | st.lists(
    st.sampled_from([*"\\`*_[](){}<>&|~#!+-=.:\"' \t\n", "1", "a", "&amp;", "http://a.b", "    "]), max_size=12
).map("".join)


@given(title=_LINES, show=_LINES, speaker=_LINES, said=_LINES)
@example(title="We love C #", show="1. FC Köln", speaker="# 1", said="1. FC")
@example(title="# 1", show="- minus", speaker="- minus", said="- minus")
@example(title="+", show="# 1 Podcast", speaker="1)", said="---")
@example(title="---", show="===", speaker="+ 1", said="1)")
def test_markdown_shows_every_character(title: str, show: str, speaker: str, said: str) -> None:
    title, show, speaker, said = (clean_text(text) for text in (title, show, speaker, said))
    assume(title and show and said)
    segments = (Segment(0, 1000, said, None, speaker),)
    text = format_transcript(
        replace(EPISODE, title=title, show=show), replace(make_transcript([]), segments=segments), "md"
    )
    blocks = MarkdownIt("commonmark").parse(text)
    assert [block.tag for block in blocks if block.nesting >= 0] == ["h1", "", "p", "", "p", ""]
    shown = ["".join(part.content for part in block.children) for block in blocks if block.children is not None]
    assert shown == [title, show, f"[0:00:00] {speaker}: {said}" if speaker else f"[0:00:00] {said}"]


def test_chapters_are_those_of_podcasting_2() -> None:
    episode = replace(EPISODE, chapters=(Chapter(0, "Intro"), Chapter(168_500, "Näxt")))
    assert json.loads(format_transcript(episode, make_transcript([]), "chapters")) == {
        "version": "1.2.0",
        "title": "Episode",
        "podcastName": "Show",
        "chapters": [{"startTime": 0.0, "title": "Intro"}, {"startTime": 168.5, "title": "Näxt"}],
    }


def test_words_are_all_words_with_their_times() -> None:
    transcript = make_transcript(["Hello, world.", "Bye"])
    assert json.loads(format_transcript(EPISODE, transcript, "words")) == {
        "episode_id": "show/ep",
        "words": [["Hello,", 0, 300, 0.9], ["world.", 300, 600, 0.9], ["Bye", 600, 900, 0.9]],
    }


@pytest.mark.parametrize(
    "content",
    [
        '{"language": "%s", "segments": [{"start": 0, "end": 1, "text": "Guten Tag"}]}',  # Whisper, WhisperX
        '{"result": {"language": "%s"}, "transcription": [{"offsets": {"from": 0, "to": 9}, "text": "Guten Tag"}]}',
        "\ufeffWEBVTT - a title\nKind: captions\nLanguage: %s\n\n00:00.000 --> 00:01.000\nGuten Tag\n",
        "WEBVTT\r\nLanguage: %s\r\n\r\n00:00.000 --> 00:01.000\r\nGuten Tag\r\n",
        "WEBVTT\r\n\r\nNOTE made by x\r\n\r\nNOTE language:%s\r\n\r\n00:00.000 --> 00:01.000\r\nGuten Tag\r\n",
    ],
)
def test_what_a_file_says_is_spoken_is_known(content: str) -> None:
    for stated, language in (("de", "de"), ("german", "de"), ("de-AT", "de"), ("tlh", None), ("", None)):
        assert parse_transcript(content % stated, "x").language == language


def test_what_somebody_says_in_a_transcript_is_not_its_language() -> None:
    assert parse_transcript("WEBVTT\n\n00:00.000 --> 00:01.000\nLanguage: de\n", "x").language is None
    assert parse_transcript('{"language": 7, "segments": [{"start": 0, "end": 1, "text": "7"}]}', "x").language is None


def test_the_language_of_our_own_transcript_comes_back() -> None:
    transcript = replace(make_transcript(["Guten Tag"]), language="de")
    assert parse_transcript(codec.format_transcript(transcript), "x").language == "de"
