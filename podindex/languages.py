"""Which languages Whisper knows, and how people name them. Pure.

A table of our own: names are checked before any model is loaded, and faster-whisper takes a second to import.
"""

import re

# The codes are Whisper's (`jw`, not `jv`); the multilingual models of 2022 know all but the last. After each come its
# English names and the other codes that programs and systems write: those of ISO 639-2 (`deu`, `ger`), `nb` and `jv`.
_NAMES = {
    "en": "english eng",
    "zh": "chinese mandarin zho chi",
    "de": "german deu ger",
    "es": "spanish castilian spa",
    "ru": "russian rus",
    "ko": "korean kor",
    "fr": "french fra fre",
    "ja": "japanese jpn",
    "pt": "portuguese por",
    "tr": "turkish tur",
    "pl": "polish pol",
    "ca": "catalan valencian cat",
    "nl": "dutch flemish nld dut",
    "ar": "arabic ara",
    "sv": "swedish swe",
    "it": "italian ita",
    "id": "indonesian ind",
    "hi": "hindi hin",
    "fi": "finnish fin",
    "vi": "vietnamese vie",
    "he": "hebrew heb",
    "uk": "ukrainian ukr",
    "el": "greek ell gre",
    "ms": "malay msa may",
    "cs": "czech ces cze",
    "ro": "romanian moldavian moldovan ron rum",
    "da": "danish dan",
    "hu": "hungarian hun",
    "ta": "tamil tam",
    "no": "norwegian nor nb nob",
    "th": "thai tha",
    "ur": "urdu urd",
    "hr": "croatian hrv",
    "bg": "bulgarian bul",
    "lt": "lithuanian lit",
    "la": "latin lat",
    "mi": "maori mri mao",
    "ml": "malayalam mal",
    "cy": "welsh cym wel",
    "sk": "slovak slk slo",
    "te": "telugu tel",
    "fa": "persian fas per",
    "lv": "latvian lav",
    "bn": "bengali ben",
    "sr": "serbian srp",
    "az": "azerbaijani aze",
    "sl": "slovenian slv",
    "kn": "kannada kan",
    "et": "estonian est",
    "mk": "macedonian mkd mac",
    "br": "breton bre",
    "eu": "basque eus baq",
    "is": "icelandic isl ice",
    "hy": "armenian hye arm",
    "ne": "nepali nep",
    "mn": "mongolian mon",
    "bs": "bosnian bos",
    "kk": "kazakh kaz",
    "sq": "albanian sqi alb",
    "sw": "swahili swa",
    "gl": "galician glg",
    "mr": "marathi mar",
    "pa": "punjabi panjabi pan",
    "si": "sinhala sinhalese sin",
    "km": "khmer khm",
    "sn": "shona sna",
    "yo": "yoruba yor",
    "so": "somali som",
    "af": "afrikaans afr",
    "oc": "occitan oci",
    "ka": "georgian kat geo",
    "be": "belarusian bel",
    "tg": "tajik tgk",
    "sd": "sindhi snd",
    "gu": "gujarati guj",
    "am": "amharic amh",
    "yi": "yiddish yid",
    "lo": "lao",
    "uz": "uzbek uzb",
    "fo": "faroese fao",
    "ht": "haitian-creole haitian hat",
    "ps": "pashto pushto pus",
    "tk": "turkmen tuk",
    "nn": "nynorsk nno",
    "mt": "maltese mlt",
    "sa": "sanskrit san",
    "lb": "luxembourgish letzeburgesch ltz",
    "my": "myanmar burmese mya bur",
    "bo": "tibetan bod tib",
    "tl": "tagalog tgl",
    "mg": "malagasy mlg",
    "as": "assamese asm",
    "tt": "tatar tat",
    "haw": "hawaiian",
    "ln": "lingala lin",
    "ha": "hausa hau",
    "ba": "bashkir bak",
    "jw": "javanese jv jav",
    "su": "sundanese sun",
    "yue": "cantonese",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}

_SEPARATORS = re.compile(r"[\s_-]+")


def parse_language(text: str) -> str | None:
    """Return the code that Whisper has for a language.

    Args:
        text: a code of two or three letters in any case, which a region may follow (`en`, `ENG`, `pt-BR`,
            `en_US.UTF-8`), or an English name.

    Returns:
        The code; None where the text is empty or `auto`: nobody says what is spoken.

    Raises:
        ValueError: Whisper knows no such language.
    """
    name = _SEPARATORS.sub("-", text.strip().lower())
    if name in ("", "auto"):
        return None
    if name in _CODES:
        return _CODES[name]
    code = name.partition("-")[0]
    if len(code) <= 3:  # a code: no region follows a name
        code = _CODES.get(code, code)
    if code not in _NAMES:
        raise ValueError(f"{text!r} is not a language that Whisper knows")
    return code
