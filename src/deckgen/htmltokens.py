"""HTML as a row of tokens, so that it can be told where in it something stands: between tags, in a tag, in a script.

Reads by the rules of the HTML standard (section 13.2.5, tokenization). Where these hang on more than the text read so
far (an `<svg>` with more than a drawing in it, `<math>`, `<select>`, `<template>`, ...), it says "unclear" and reads no
further, rather than to be wrong. Knows HTML; not what in it is harmful, nor Anki's braces.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["text", "tag", "raw", "comment", "drawing", "unclear"]

# Content of these elements is text up to their end tag.
RAW = frozenset(("script", "style", "textarea", "title"))
# How a browser reads on behind these depends on their place, on its settings, or on what comes later.
UNCLEAR = frozenset(
    ("frameset", "iframe", "math", "noembed", "noframes", "noscript", "plaintext", "select", "svg", "template", "xmp")
)
# Attributes whose value is a text or a name, whatever it says.
HARMLESS = re.compile(r"accesskey|alt|class|dir|id|lang|role|title|(?:aria|data)-[a-z-]+")

_SPACE = "\t\n\f\r "
_TAG = re.compile(rf"</?([a-zA-Z][^{_SPACE}/>]*)")
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_NAME = re.compile(rf"[^{_SPACE}/>][^{_SPACE}/>=]*")
_GAP = re.compile(rf"[{_SPACE}/]*")
_EQUALS = re.compile(rf"[{_SPACE}]*=[{_SPACE}]*")
_BARE = re.compile(rf"[^{_SPACE}>]*")
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE) for name in RAW}
# An <svg> of shapes alone: whatever stands around it, a browser is out of it at its end.
_IN_TAG = r"(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*"
_SHAPES = rf"</?(?:circle|ellipse|g|line|path|polygon|polyline|rect)(?=[{_SPACE}/>]){_IN_TAG}>"
_DRAWING = re.compile(
    rf"<svg(?=[{_SPACE}/>]){_IN_TAG}>(?:[^<]|{_SHAPES}|<(title|desc)>[^<]*</\1>)*</svg\s*>", re.IGNORECASE
)


class Attribute(NamedTuple):
    """An attribute: its name in small letters, the offsets of its value, and whether that stands in quotes."""

    name: str
    start: int
    end: int
    quoted: bool


class Token(NamedTuple):
    """A stretch of HTML. `name` is that of the tag, or of the element a raw text stands in."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()


def read(text: str) -> list[Token]:
    """The tokens of a text, in its order and without gaps; a raw text may be empty. Takes time linear in its length."""
    found: list[Token] = []
    at = begun = 0
    while (at := text.find("<", at)) >= 0:
        token = _token(text, at)
        if token is None:
            at += 1
            continue
        if begun < at:
            found.append(Token("text", begun, at))
        found.append(token)
        if token.kind == "tag" and token.name in RAW and text[at + 1] != "/":
            found.append(_raw(text, token))
        at = begun = found[-1].end
    if begun < len(text):
        found.append(Token("text", begun, len(text)))
    return found


def _token(text: str, at: int) -> Token | None:
    """What begins at this `<`; None for a `<` that is text."""
    tag = _TAG.match(text, at)
    if tag is None:
        return _comment(text, at)
    name = tag[1].lower()
    if name == "svg" and (drawing := _DRAWING.match(text, at)):
        return Token("drawing", at, drawing.end(), name)
    if name in UNCLEAR and text[at + 1] != "/":
        return Token("unclear", at, len(text), name)
    attributes, end = _attributes(text, tag.end())
    return Token("tag", at, end, name, attributes)


def _comment(text: str, at: int) -> Token | None:
    """A comment, or what a browser takes for one: whatever begins with `<!`, `<?` or `</` and is no tag."""
    if text.startswith("<!--", at):
        comment = _COMMENT.match(text, at)
        return Token("comment", at, comment.end() if comment else len(text))
    if text.startswith("<![CDATA[", at):
        return Token("unclear", at, len(text), "![CDATA[")
    if text.startswith(("<!", "<?", "</"), at) and at + 2 < len(text):
        close = text.find(">", at + 2)
        return Token("comment", at, close + 1 if close >= 0 else len(text))
    return None


def _attributes(text: str, at: int) -> tuple[tuple[Attribute, ...], int]:
    """The attributes that begin at `at`, behind the name of a tag, and where the tag ends."""
    found: list[Attribute] = []
    while name := _NAME.match(text, at := _end(_GAP, text, at)):
        at = name.end()
        equals = _EQUALS.match(text, at)
        start = equals.end() if equals else at
        quote = text[start : start + 1] if equals else ""
        if quote and quote in "\"'":
            close = text.find(quote, start + 1)
            close = close if close >= 0 else len(text)
            found.append(Attribute(name[0].lower(), start + 1, close, quoted=True))
            at = min(close + 1, len(text))
        else:
            at = _end(_BARE, text, start) if equals else at
            found.append(Attribute(name[0].lower(), start, at, quoted=False))
    return tuple(found), min(at + 1, len(text))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _raw(text: str, tag: Token) -> Token:
    close = _RAW_ENDS[tag.name].search(text, tag.end)
    end = close.start() if close else len(text)
    if tag.name == "script" and "<!--" in text[tag.end : end]:  # then the next `</script>` need not be its end
        return Token("unclear", tag.end, len(text), tag.name)
    return Token("raw", tag.end, end, tag.name)


def skeleton(text: str) -> list[tuple[str, ...]]:
    """All of a text that is more than words: tags, attributes but for harmless values, scripts and the like."""
    found: list[tuple[str, ...]] = []
    for token in read(text):
        if token.kind == "tag":
            values = (
                f"{name}={'' if quoted and HARMLESS.fullmatch(name) else text[start:end]}"
                for name, start, end, quoted in token.attributes
            )
            found.append((text[token.start : token.start + 2], token.name, *values))
        elif token.kind not in ("text", "comment"):
            found.append((token.kind, text[token.start : token.end]))
    return found
