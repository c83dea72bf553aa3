"""Characters that have no business in a card file, or that YAML takes for something else than they look.

Knows characters, their names and places; no syntax.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from deckgen.diagnostics import Bag, Edit, Source, Span
from deckgen.yamlnodes.nodes import Scalar

SHOWN = 20  # places of one kind that are worth naming in one file

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARK = "\ufeff"
_HIDDEN_BREAKS = "\x85\u2028\u2029"
_NAMES = {0x85: "NEXT LINE", 0x00: "NUL", 0x07: "BELL", 0x08: "BACKSPACE", 0x0B: "VERTICAL TAB", 0x0C: "FORM FEED",
          0x1B: "ESCAPE", 0x7F: "DELETE"}  # fmt: skip


def check(source: Source, bag: Bag) -> bool:
    """Whether `source` can be handed to YAML; with warnings for line breaks that nobody sees."""
    text = source.text
    if text.isascii():
        return True
    if any(char in text for char in _HIDDEN_BREAKS):
        for match in islice(re.finditer(f"[{_HIDDEN_BREAKS}]", text), SHOWN):
            _warn_of_break(source, match, bag)
    for match in islice(re.finditer(_MARK, text), SHOWN):
        span = Span(source, match.start(), match.end())
        message = "a byte order mark (U+FEFF) stands in the middle of the file"
        hint = "Delete it; it is invisible, and comes from joining files or copying from web pages."
        bag.error("yaml-syntax", message, span, "an invisible character", hint, fix=Edit(span, ""))
    return _MARK not in text


def _warn_of_break(source: Source, match: re.Match[str], bag: Bag) -> None:
    message = f"{_named(match[0])} is an invisible character that YAML reads as a line break"
    hint = "Delete it, or write a space or a real line break in its place."
    bag.warning("yaml-line-break", message, Span(source, match.start(), match.end()), "stands here", hint)


def report_forbidden(source: Source, bag: Bag) -> None:
    """Name the control characters of a text that PyYAML refuses to read."""
    text = source.text
    hint = "Delete it; many editors do not show it. It comes from copying out of other programs."
    if text.count("\0") > len(text) // 4:
        hint = "The file looks like UTF-16. Save it as UTF-8."
    for match in islice(_FORBIDDEN.finditer(text), SHOWN):
        message = f"{_named(match[0])} is a control character, which YAML does not allow"
        if "\ud800" <= match[0] <= "\udfff":
            message = f"{_named(match[0])} is half a character"
        bag.error("yaml-syntax", message, Span(source, match.start(), match.end()), "not allowed", hint)


def check_escapes(node: Scalar, bag: Bag) -> None:
    """Report the first escape in a double-quoted text that makes a control character, as that of a LaTeX command."""
    match = _FORBIDDEN.search(node.text)
    if match:
        span = node.span_of(match.start(), match.end())
        written = node.source.text[span.start : span.end]
        message = f"`{written}` makes {_named(match[0])}, a control character"
        hint = f"For a backslash write `\\{written}`, or put the text in single quotes, where `\\` is just itself."
        bag.error("yaml-syntax", message, span, "an escape", hint)


def _named(char: str) -> str:
    name = _NAMES.get(ord(char)) or unicodedata.name(char, "")
    return f"U+{ord(char):04X} ({name})" if name else f"U+{ord(char):04X}"
