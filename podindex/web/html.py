"""HTML that cannot be injected into: everything is text and gets escaped, except what this module made. Pure."""

from html import escape
from html.parser import HTMLParser

_VOID = frozenset({"br", "input", "link", "meta"})


class Html(str):
    """Finished markup."""

    __slots__ = ()


def tag(element: str, /, *children: str | None, **attributes: str | float | bool | None) -> Html:
    """Build an element.

    Args:
        element: its name, written in our code.
        children: markup, text (escaped), or None for nothing.
        attributes: an underscore at the end is dropped (`class_`), others become hyphens; True: present without a
            value; False or None: absent.
    """
    head = element + "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{head}>") if element in _VOID else Html(f"<{head}>{join(*children)}</{element}>")


def join(*children: str | None) -> Html:
    """Put markup and text in a row; text is escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children if child))


def strip_markup(text: str) -> str:
    """Return the text of notes that may be HTML, with a line for each paragraph."""
    reader = _TextReader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextReader(HTMLParser):
    _BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "hr", "blockquote"})
    _SILENT = frozenset({"script", "style", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base's
        self._silent += tag in self._SILENT
        if tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
