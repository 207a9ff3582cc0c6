"""Does a search lead to a name that the recogniser misheard, and to a word that was mistyped?

    pip install -r benchmarks/requirements.txt
    python benchmarks/names.py heard LIBRARY AUDIO…
    python benchmarks/names.py typed LIBRARY [--words 250] [--errors FILE]

`heard`: LIBRARY has the transcripts of AUDIO, beside which the truth stands as for `accuracy.py`. Each name of the
truth that the transcript has otherwise at that place is searched for, alone and with the name before it. It is found if
a hit begins within two seconds of it.

`typed`: LIBRARY is that of `search.py --library`. Names and other words that are said in it are misspelt in the ways of
`misspelling.py`, or as people did: FILE has lines `wrong->right`, such as the `dictionary.txt` of codespell. The answer
is right if “did you mean”, or else the first hit, has the word or another form of it. Beside it SymSpell over the same
words: fewest edits, then most frequent. Words spelt right must lead to no other.

`--half 0` and `--half 1` take every other word: what was looked at to change the search is no proof of it.
"""

import argparse
import difflib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

from accuracy import load_truth
from measuring import describe_machine, markdown_table
from misspelling import misspellings

from podindex.hits import SearchPage, SearchRequest
from podindex.models import Transcript
from podindex.passages import build_passages
from podindex.search.engine import SearchIndex
from podindex.search.index.lexicon import MappedLexicon
from podindex.search.index.manifest import load_manifest
from podindex.search.words import analysis
from podindex.store import EpisodeStore

_NEAR_MS = 2000
_FIRST = 3
_SHOWN = 10
_NAME_SHARE = 0.9
_COMMON = 1000
_SENTENCE_END = ".!?:—"
_MOST_WORDS = 4
"""In a row that are otherwise: more were not misheard but left out or made up."""

Correct = Callable[[str], str]
"""What a peer takes a word for; the word itself where it knows no better."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["heard", "typed"])
    parser.add_argument("library", type=Path)
    parser.add_argument("audio", nargs="*", type=Path)
    parser.add_argument("--words", type=int, default=250, help="names and others, each")
    parser.add_argument("--errors", type=Path, help="misspellings of people")
    parser.add_argument("--half", type=int, choices=[0, 1], help="every other word")
    parser.add_argument("--list", action="store_true", help="print what goes wrong")
    arguments = parser.parse_args()
    index_dir = arguments.library / "index" / "search"
    store, index = EpisodeStore(arguments.library / "episodes"), SearchIndex.open(index_dir)
    correct = symspell(known_words(index_dir))
    print(describe_machine(), end="\n\n")
    if arguments.part == "heard":
        report_heard(index, list(misheard(store, arguments.audio, arguments.half)), correct, listed=arguments.list)
    else:
        report_typed(index, store, correct, arguments)


def known_words(index_dir: Path) -> Counter[str]:
    manifest = load_manifest(index_dir)
    assert manifest is not None
    lexicon = MappedLexicon.open(index_dir / manifest.lexicon)
    often: Counter[str] = Counter()
    for (_, token), frequency in zip(lexicon.entries(), lexicon.frequencies.tolist(), strict=True):
        if frequency:
            often[analysis.fold(token)] += frequency
    return often


def symspell(words: Counter[str]) -> Correct:
    from symspellpy import SymSpell, Verbosity

    dictionary = SymSpell(max_dictionary_edit_distance=2)
    for word, frequency in words.items():
        dictionary.create_dictionary_entry(word, frequency)

    def correct(word: str) -> str:
        found = dictionary.lookup(analysis.fold(word), Verbosity.TOP, max_edit_distance=2)
        return found[0].term if found else word

    return correct


def ask(index: SearchIndex, query: str) -> SearchPage:
    return index.search(SearchRequest(query, limit=_SHOWN, per_episode=0))


def in_half(word: str, half: int | None) -> bool:
    return half is None or crc32(word.encode()) % 2 == half


# --- names as they were heard


class Spoken(NamedTuple):
    """A word, and when it begins."""

    text: str
    start_ms: int


class Misheard(NamedTuple):
    """A name that a transcript has otherwise."""

    episode_id: str
    name: str
    before: str
    """The name before it, of a person mostly, or nothing."""
    start_ms: int
    written: str
    """What stands there instead."""


def misheard(store: EpisodeStore, paths: Iterable[Path], half: int | None) -> Iterator[Misheard]:
    """Yield each name of each episode once, where it is misheard first."""
    transcripts = [store.load_transcript(episode_id) for episode_id in sorted(store.iter_ids())]
    by_name = {transcript.episode_id.partition("/")[2]: transcript for transcript in transcripts}
    for path in paths:
        transcript = by_name.get(path.stem.replace("_", "-"))
        if transcript is None:
            continue
        seen = set()
        for found in _misheard_in(transcript, [turn.text for turn in load_truth(path)]):
            if found.name.lower() not in seen and in_half(found.name.lower(), half):
                seen.add(found.name.lower())
                yield found


def _misheard_in(transcript: Transcript, turns: Sequence[str]) -> Iterator[Misheard]:
    truth = [word for turn in turns for word in _words(turn)]
    said = [
        Spoken(part, word.start_ms)
        for segment in transcript.segments
        for word in segment.words or ()
        for part in _words(word.text)
    ]
    names = _names(turns)
    reference = [analysis.fold(word.lower()) for word in truth]
    heard = [analysis.fold(word.text.lower()) for word in said]
    matcher = difflib.SequenceMatcher(None, reference, heard, autojunk=False)
    for kind, begin, end, other_begin, other_end in matcher.get_opcodes():
        if kind != "replace" or max(end - begin, other_end - other_begin) > _MOST_WORDS:
            continue
        for place in range(begin, end):
            name = truth[place]
            if name not in names:
                continue
            # Where it stands among what was heard instead, as far along as among what was said.
            other = other_begin + (place - begin) * (other_end - other_begin) // (end - begin)
            before = truth[place - 1] if place and truth[place - 1] in names else ""
            written = " ".join(word.text for word in said[other_begin:other_end])
            yield Misheard(transcript.episode_id, name, before, said[other].start_ms, written)


def _names(turns: Sequence[str]) -> set[str]:
    """Return the words that are capitalised inside a sentence, and nowhere small."""
    capital = {name for turn in turns for name in re.findall(r"(?<=[a-z,] )[A-Z]\w{3,}", turn)}
    small = {word for turn in turns for word in _words(turn) if word.islower()}
    return {name for name in capital if name.lower() not in small}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:'\w+)*", text.replace("’", "'"))


class Reached(NamedTuple):
    """What a query says about a misheard name."""

    place: int | None
    """Of the first hit where the name is said; None: no such is shown."""
    hits: int
    is_exact: bool
    """The name is written right elsewhere."""
    did_you_mean: str | None


def _reach(index: SearchIndex, query: str, name: Misheard) -> Reached:
    page = ask(index, query)
    places = (
        place
        for place, hit in enumerate(page.hits)
        if hit.episode_id == name.episode_id and abs(hit.start_ms - name.start_ms) <= _NEAR_MS
    )
    is_exact = bool(page.hits) and page.hits[0].match == "exact"
    return Reached(next(places, None), page.total, is_exact, page.did_you_mean)


def report_heard(index: SearchIndex, names: Sequence[Misheard], correct: Correct, *, listed: bool) -> None:
    rows = []
    nowhere = [name for name in names if not _reach(index, name.name, name).is_exact]
    for kind, asked in (("written nowhere", nowhere), ("written right elsewhere", set(names).difference(nowhere))):
        queries: dict[str, Callable[[Misheard], str]] = {
            "": lambda name: name.name,
            ", with the name before it": lambda name: f"{name.before} {name.name}" if name.before else "",
            ", SymSpell": lambda name: f'"{correct(name.name.lower())}"',
        }
        for how, make in queries.items():
            found = [(name, _reach(index, query, name)) for name in sorted(asked) if (query := make(name))]
            places = [reached.place for _, reached in found if reached.place is not None]
            hits = [reached.hits for _, reached in found]
            first = sum(place < _FIRST for place in places)
            rows.append([kind + how, len(found), first, len(places), sum(hits), hits.count(0)])
            for name, reached in found if listed else ():
                print(*rows[-1][:1], *name, *reached, sep=" | ")
    print(markdown_table(["a name", "misheard", "among the first 3", "among 10", "hits in all", "without hits"], rows))


# --- words as they were typed


class Misspelt(NamedTuple):
    """A word as somebody typed it."""

    way: str
    word: str
    typed: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a misspelt word."""

    misspelt: Misspelt
    led: str
    """What “did you mean” says, or else the first hit."""
    right: bool
    shown: bool
    """A hit that is shown has the word, or “did you mean”."""
    is_word: bool
    """What was typed is said, too."""
    peer_right: bool
    ms: float


class Said:
    """The words that stand inside sentences: how often, and how often capitalised."""

    def __init__(self, store: EpisodeStore) -> None:
        self.often: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()
        for episode_id in store.iter_ids():
            for passage in build_passages(store.load_transcript(episode_id)):
                for before, word in re.findall(r"(\S) ([A-Za-z]{4,})\b(?!')", passage.text):
                    if before not in _SENTENCE_END:
                        self.often[word.lower()] += 1
                        self.capital[word.lower()] += word[0].isupper()

    def names(self, least: int, most: int) -> list[str]:
        return sorted(
            word
            for word, often in self.often.items()
            if least <= often <= most and self.capital[word] > _NAME_SHARE * often
        )

    def others(self, least: int) -> list[str]:
        return sorted(word for word, often in self.often.items() if often >= least and not self.capital[word])

    def draw(self, words: Sequence[str], count: int, random: Random) -> list[str]:
        """Draw words, the more often said the likelier, but none of those that everybody says."""
        everybody = {word for word, _ in self.often.most_common(_COMMON)}
        # The n-th root of a random number, for a weight n, sorts as drawing one by one would.
        keys = {word: random.random() ** (self.often[word] ** -0.5) for word in words if word not in everybody}
        return sorted(keys, key=keys.__getitem__, reverse=True)[:count]


def report_typed(index: SearchIndex, store: EpisodeStore, correct: Correct, arguments: argparse.Namespace) -> None:
    said, random, count = Said(store), Random(1), arguments.words
    drawn = {
        "names": said.draw(said.names(3, 1_000_000), count, random),
        "words": said.draw(said.others(10), count, random),
    }
    misspelt = {
        kind: [Misspelt(way, word, typed) for word in words for way, typed in misspellings(word, random)]
        for kind, words in drawn.items()
    }
    if arguments.errors:
        misspelt["errors of people"] = real_errors(arguments.errors, said, 5 * count, random)
    # Drawn and misspelt alike whichever half is asked.
    for kind, attempts in misspelt.items():
        answers = [_try(index, correct, each) for each in attempts if in_half(each.word, arguments.half)]
        report_answers(kind, answers)
        for answer in answers if arguments.list else ():
            if not answer.right:
                print(kind, *answer.misspelt, answer.led, answer.shown, answer.is_word, answer.peer_right, sep=" | ")
    spelt_right = {
        "names said once": random.sample(said.names(1, 1), count),
        "names said two or three times": random.sample(said.names(2, 3), count),
        "names said more often": random.sample(said.names(4, 1_000_000), count),
        "words": random.sample(said.others(4), count),
        "no words": [_nonsense(random) for _ in range(count)],
    }
    asked = {kind: [word for word in words if in_half(word, arguments.half)] for kind, words in spelt_right.items()}
    report_right(index, asked, listed=arguments.list)


def real_errors(path: Path, said: Said, count: int, random: Random) -> list[Misspelt]:
    """Draw misspellings of people, of words that are said."""
    pairs = [line.split("->") for line in path.read_text("utf-8").splitlines()]
    plain = [(wrong, right) for wrong, right in pairs if f"{wrong}{right}".isalpha() and said.often[right] >= 10]
    random.shuffle(plain)
    wrongs = {right: wrong for wrong, right in plain if len(wrong) >= 4}
    return [Misspelt("", word, wrongs[word]) for word in said.draw(sorted(wrongs), count, random)]


def _try(index: SearchIndex, correct: Correct, misspelt: Misspelt) -> Answer:
    started = time.process_time()
    page = ask(index, misspelt.typed)
    ms = 1000 * (time.process_time() - started)
    hits = [hit.text[start:end] for hit in page.hits for start, end in hit.spans]
    led = page.did_you_mean or next(iter(hits), "")
    peer = " ".join(map(correct, misspelt.typed.split()))
    same = [_same(misspelt.word, other) for other in (led, peer, *hits)]
    is_word = bool(page.hits) and page.hits[0].match == "exact"
    return Answer(misspelt, led, same[0], same[0] or any(same[2:]), is_word, same[1], ms)


def _same(word: str, other: str) -> bool:
    tokens = list(analysis.folded(other))
    return any(analysis.stem(word, "en") == analysis.stem(token, "en") for token in [*tokens, "".join(tokens)])


def report_answers(kind: str, answers: Sequence[Answer]) -> None:
    ways = dict.fromkeys(answer.misspelt.way for answer in answers)
    groups = {way: [answer for answer in answers if answer.misspelt.way == way] for way in ways if way}
    rows = []
    for way, group in {**groups, "**all**": answers}.items():
        ms = sorted(answer.ms for answer in group)
        counts = [
            sum(answer.right for answer in group),
            sum(answer.peer_right for answer in group),
            sum(answer.shown for answer in group),
            sum(answer.is_word for answer in group),
        ]
        shares = [f"{100 * count / len(group):.1f}" for count in counts]
        times = f"{ms[len(ms) // 2]:.0f} / {ms[int(0.95 * len(ms))]:.0f} / {ms[-1]:.0f}"
        rows.append([way, len(group), *shares, times])
    header = [f"{kind}, %", "asked", "right", "SymSpell right", "shown", "a word, too", "CPU ms: p50 / p95 / worst"]
    print(markdown_table(header, rows), end="\n\n")


def report_right(index: SearchIndex, asked: dict[str, list[str]], *, listed: bool) -> None:
    """Ask for words that are spelt right, and for what is no word."""
    rows = []
    for kind, words in asked.items():
        pages = [ask(index, word) for word in words]
        proposed = [page for page in pages if page.did_you_mean]
        similar = [page for page in pages if page.hits and page.hits[0].match == "similar"]
        rows.append([kind, len(pages), len(proposed), len(similar)])
        for page in proposed if listed else ():
            print(kind, page.query, page.did_you_mean, page.total, sep=" | ")
    print(markdown_table(["spelt right", "asked", "another proposed", "similar shown"], rows))


def _nonsense(random: Random) -> str:
    syllables = (random.choice("bcdfghjklmnprstvwz") + random.choice("aeiou") for _ in range(random.randint(2, 4)))
    return "".join(syllables) + random.choice("bdklmnrst")


if __name__ == "__main__":
    main()
