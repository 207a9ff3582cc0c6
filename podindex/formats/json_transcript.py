"""JSON transcripts: written as Podcasting 2.0 has them; read from there, from Whisper and its relatives, and our own.

Pure. https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from collections.abc import Sequence

from podindex.codec import parse_document, transcript_from_json
from podindex.formats.cues import Cue, clean_text, join_lines, segments_from_cues
from podindex.formats.phrases import join_words
from podindex.jsonio import JsonObject, as_array, as_object, as_text, format_json, optional, parse_json, unexpected
from podindex.models import Episode, Segment, Transcript, Word
from podindex.timecode import MAX_MS, MS_PER_SECOND, ms_from_seconds, parse_time, seconds_from_ms

_MAX_S = MAX_MS // MS_PER_SECOND


def format_json_transcript(_episode: Episode, transcript: Transcript) -> str:
    """Write a segment an entry, times in seconds."""
    segments = [
        {
            **({"speaker": clean_text(segment.speaker)} if segment.speaker else {}),
            "startTime": seconds_from_ms(segment.start_ms),
            "endTime": seconds_from_ms(segment.end_ms),
            "body": clean_text(segment.text),
        }
        for segment in transcript.segments
    ]
    return format_json({"version": "1.0.0", "segments": segments}, indent=2) + "\n"


def parse_json_transcript(text: str) -> tuple[tuple[Segment, ...], str | None]:
    """Read a transcript of Podcasting 2.0, Whisper (also of Transformers), WhisperX, whisper.cpp or podindex.

    Returns:
        The segments, and what the file says is spoken.

    Raises:
        ValueError: it is not one; it says where.
    """
    raw = text.encode(errors="surrogatepass")
    data = parse_json(raw)
    if isinstance(data, list):
        data = {"segments": data}
    document = as_object(data, "the file")
    if "schema" in document:
        transcript = transcript_from_json(parse_document(raw))
        return transcript.segments, transcript.language
    if "transcription" in document:
        cues = [_whisper_cpp_cue(item) for item in as_array(document["transcription"], "transcription")]
        return join_words(segments_from_cues(cues)), _language(document.get("result"))
    items = _items(document)
    starts = [_start(item, f"segments[{number}]") for number, item in enumerate(items)]
    cues = [
        _cue(item, start_ms, following)
        # Not strict: where there is no item, there is none that is the last and has nothing following.
        for item, start_ms, following in zip(items, starts, [*starts[1:], None], strict=False)
    ]
    return join_words(segments_from_cues(cues)), _language(document)


def _items(document: JsonObject) -> list[JsonObject]:
    """Return a document's segments; Whisper's in Transformers, which are chunks with a pair of times, as others are."""
    key = "segments"
    if key not in document and "chunks" in document:
        key = "speakers" if document.get("speakers") else "chunks"
    if key not in document:
        raise ValueError("it has no segments, as the JSON of Podcasting 2.0 and of Whisper has")
    items = [as_object(item, f"{key}[{number}]") for number, item in enumerate(as_array(document.get(key), key))]
    return items if key == "segments" else [{**item, **_pair_of_times(item, key)} for item in items]


def _pair_of_times(item: JsonObject, where: str) -> JsonObject:
    times = as_array(item.get("timestamp"), f"{where}.timestamp")
    return dict(zip(("start", "end"), times, strict=False))


def _language(holder: object) -> str | None:
    stated = holder.get("language") if isinstance(holder, dict) else None
    return stated if isinstance(stated, str) else None


def _start(item: JsonObject, where: str) -> int:
    value = item.get("startTime", item.get("start"))
    if value is None:
        raise ValueError(f"{where}: expected startTime or start")
    return _as_seconds(value, f"{where}.start")


def _as_seconds(value: object, where: str) -> int:
    """Check for seconds, as a number or as people write times, and return milliseconds."""
    if isinstance(value, str):
        try:
            return parse_time(value.replace(",", "."))
        except ValueError:  # which would hold all of it, however long
            raise unexpected(where, "a time within an episode", value) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unexpected(where, "seconds", value)
    # Compared before any arithmetic: JSON's numbers may be too large for a float, and 1e999 is infinite.
    if not -_MAX_S <= value <= _MAX_S:
        raise unexpected(where, "seconds within an episode", value)
    return max(0, ms_from_seconds(value))  # aligners place first words a little before the beginning


def _cue(item: JsonObject, start_ms: int, following_ms: int | None) -> Cue:
    end_ms = _end(item, start_ms)
    if end_ms is None:
        end_ms = following_ms or start_ms
    body = _text(item.get("body", item.get("text")), "body")
    speaker = clean_text(optional(item, "speaker", _as_name) or "") or None
    words = optional(item, "words", as_array)
    return Cue(start_ms, end_ms, body, speaker, _words(words, start_ms) if words else None)


def _end(item: JsonObject, start_ms: int) -> int | None:
    end = item.get("endTime", item.get("end"))
    if end is not None:
        return _as_seconds(end, "end")
    try:  # as youtube-transcript-api writes captions
        return min(start_ms + _as_seconds(item.get("duration"), "duration"), MAX_MS)
    except ValueError:  # it says something else, or nothing
        return None


def _as_name(value: object, where: str) -> str:
    """Check for a name; some number the speakers, from 0 on."""
    return f"Speaker {value}" if type(value) is int else as_text(value, where)


def _text(value: object, where: str) -> str:
    """Check for text and put it on one line; a space that it begins with stays, which tells that a word begins."""
    text = as_text(value, where)
    line = join_lines(text)
    return f" {line}" if line and text.startswith(" ") else line


def _words(items: Sequence[object], start_ms: int) -> tuple[Word, ...]:
    """Read words of Whisper's kind; one without a time, as aligners leave numbers, is where the one before it ends."""
    words = []
    end_ms = start_ms
    for item in items:
        word = as_object(item, "words")
        text = clean_text(as_text(word.get("word", word.get("text")), "word"))
        start, end = word.get("start"), word.get("end")
        word_start_ms = end_ms if start is None else _as_seconds(start, "words.start")
        end_ms = word_start_ms if end is None else _as_seconds(end, "words.end")
        if text:
            words.append(Word(text, word_start_ms, end_ms, _probability(word.get("probability", word.get("score")))))
    return tuple(words)


def _probability(value: object) -> float:
    if isinstance(value, int | float) and 0 <= value <= 1:
        return float(value)
    return 1.0


def _whisper_cpp_cue(item: object) -> Cue:
    data = as_object(item, "transcription")
    offsets = as_object(data.get("offsets"), "offsets")
    start_ms, end_ms = (_as_ms(offsets.get(key), f"offsets.{key}") for key in ("from", "to"))
    return Cue(start_ms, end_ms, _text(data.get("text"), "text"))


def _as_ms(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MAX_MS <= value <= MAX_MS:
        raise unexpected(where, "milliseconds within an episode", value)
    return max(0, round(value))
