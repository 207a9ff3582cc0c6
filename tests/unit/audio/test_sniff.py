import pytest

from podindex.audio.sniff import foreign_kind, has_audio_signature


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf\r\n  <HTML lang=en>", "a web page"),
        (b'<?xml version="1.0"?><rss>', "an XML document, perhaps a feed"),
        (b"#EXTM3U\nhttp://example.com/x.mp3\n", "a playlist"),
        (b"[playlist]\nFile1=x.mp3\n", "a playlist"),
        (b"ffconcat version 1.0\nfile x.mp3\n", "a list of files for ffmpeg"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", "a session description (SDP)"),
        (b"%PDF-1.7\n\x00", "a PDF"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        (b"Dear listener,\r\n\tyour episode is late.", "a text file"),
        ("Füße".encode()[:-2], "a text file"),
    ],
)
def test_says_what_is_not_audio(head: bytes, kind: str) -> None:
    assert foreign_kind(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        b"\xff\xfb\x90\x64\x00",
        b"OggS\x00\x02",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypM4A ",
        b"abc\xe9def",
        b"\x00" * 100,
    ],
)
def test_leaves_the_rest_to_the_demuxer(head: bytes) -> None:
    assert foreign_kind(head) is None


def test_knows_the_signatures_of_containers() -> None:
    assert has_audio_signature(b"\x00\x00\x00\x20ftypM4A ")
    assert has_audio_signature(b"OggS\x00\x02")
    assert not has_audio_signature(b"ftyp")
    assert not has_audio_signature(b"\x00" * 64)
