"""Which languages Whisper knows, and how people name them. Pure.

A table of our own: names are checked before any model is loaded, and faster-whisper takes a second to import.
"""

import re

# The codes are Whisper's (`jw`, not `jv`); the multilingual models of 2022 know all but the last.
_NAMES = {
    "en": "english",
    "zh": "chinese mandarin",
    "de": "german",
    "es": "spanish castilian",
    "ru": "russian",
    "ko": "korean",
    "fr": "french",
    "ja": "japanese",
    "pt": "portuguese",
    "tr": "turkish",
    "pl": "polish",
    "ca": "catalan valencian",
    "nl": "dutch flemish",
    "ar": "arabic",
    "sv": "swedish",
    "it": "italian",
    "id": "indonesian",
    "hi": "hindi",
    "fi": "finnish",
    "vi": "vietnamese",
    "he": "hebrew",
    "uk": "ukrainian",
    "el": "greek",
    "ms": "malay",
    "cs": "czech",
    "ro": "romanian moldavian moldovan",
    "da": "danish",
    "hu": "hungarian",
    "ta": "tamil",
    "no": "norwegian",
    "th": "thai",
    "ur": "urdu",
    "hr": "croatian",
    "bg": "bulgarian",
    "lt": "lithuanian",
    "la": "latin",
    "mi": "maori",
    "ml": "malayalam",
    "cy": "welsh",
    "sk": "slovak",
    "te": "telugu",
    "fa": "persian",
    "lv": "latvian",
    "bn": "bengali",
    "sr": "serbian",
    "az": "azerbaijani",
    "sl": "slovenian",
    "kn": "kannada",
    "et": "estonian",
    "mk": "macedonian",
    "br": "breton",
    "eu": "basque",
    "is": "icelandic",
    "hy": "armenian",
    "ne": "nepali",
    "mn": "mongolian",
    "bs": "bosnian",
    "kk": "kazakh",
    "sq": "albanian",
    "sw": "swahili",
    "gl": "galician",
    "mr": "marathi",
    "pa": "punjabi panjabi",
    "si": "sinhala sinhalese",
    "km": "khmer",
    "sn": "shona",
    "yo": "yoruba",
    "so": "somali",
    "af": "afrikaans",
    "oc": "occitan",
    "ka": "georgian",
    "be": "belarusian",
    "tg": "tajik",
    "sd": "sindhi",
    "gu": "gujarati",
    "am": "amharic",
    "yi": "yiddish",
    "lo": "lao",
    "uz": "uzbek",
    "fo": "faroese",
    "ht": "haitian-creole haitian",
    "ps": "pashto pushto",
    "tk": "turkmen",
    "nn": "nynorsk",
    "mt": "maltese",
    "sa": "sanskrit",
    "lb": "luxembourgish letzeburgesch",
    "my": "myanmar burmese",
    "bo": "tibetan",
    "tl": "tagalog",
    "mg": "malagasy",
    "as": "assamese",
    "tt": "tatar",
    "haw": "hawaiian",
    "ln": "lingala",
    "ha": "hausa",
    "ba": "bashkir",
    "jw": "javanese",
    "su": "sundanese",
    "yue": "cantonese",
}
# What other programs and systems write for these: the code of the standard, and that of Norway's locales.
_OTHER_CODES = {"jv": "jw", "nb": "no"}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}

_SEPARATORS = re.compile(r"[\s_-]+")


def parse_language(text: str) -> str | None:
    """Return the code that Whisper has for a language.

    Args:
        text: a code in any case, which a region may follow (`en`, `EN`, `pt-BR`, `en_US.UTF-8`), or an English name.

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
    code = _OTHER_CODES.get(code, code)
    if code not in _NAMES:
        raise ValueError(f"{text!r} is no language that Whisper knows")
    return code
