"""What in a piece of HTML or CSS would run, or load something from elsewhere.

Strict on purpose: it reads patterns, not a document, so that no trick of parsing gets past it; the odd false
alarm is worth it. Knows HTML and CSS as text; not whose they are, nor what is done about a finding.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

# Anki's own call that draws the masks of an image. Exactly these letters may stand in a face.
IMAGE_OCCLUSION_SCRIPT = '<script>try { anki.imageOcclusion.setup(); } catch (error) { document.getElementById("dg-no-masks").hidden = false; }</script>'

# No pattern may try the same stretch of text twice: a template can be a megabyte of beginnings without an end.
# An address with a scheme of its own, or of another host. Browsers drop tabs and line breaks inside, and all signs up
# to the space before it; they take `https:x` for `https://x`, and a backslash for a slash.
_SCHEME = r"[a-z][a-z0-9+.\-\t\n\r]*:"
_BEFORE = r"[\0-\x20\s\"']*"
_DATA = r"d\s*a\s*t\s*a\s*:\s*"
_ELSEWHERE = rf"{_BEFORE}(?:(?!{_DATA}(?:image|font|audio|video)/){_SCHEME}|[/\\]\s*[/\\])"
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), what)
    for pattern, what in (
        (r"<[\s/]*(?:\w{1,9}:)?script\b", "a script"),
        (
            r"<[\s/]*(?:iframe|frame|frameset|fencedframe|object|embed|applet|portal|webview|base|meta|link|form)\b",
            "an element that runs or loads something",
        ),
        (r"\battributename\s*=[\s\"']*(?:\w+:)?href", "an animated link"),
        (r"[\s/\"'\0]on[a-z]{3,}\s*=", "an event handler"),
        (r"(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:", "a link that runs a script"),
        (
            rf"\b{_DATA}(?:text|application|multipart|message)/|\bhref\s*={_BEFORE}{_DATA}image/svg",
            "a link that holds a document",
        ),
        (
            rf"\b(?:attributionsrc|src|poster|background|data|action|formaction|lowsrc|dynsrc|ping|manifest)\s*={_ELSEWHERE}",
            "something loaded from elsewhere",
        ),
        (r"\[(?:sound:|latex\]|\$\$?\])", "a sound or LaTeX, which Anki would play or run"),
        (r"\bsrcset\s*=|\bimage-set\s*\(", "a choice of pictures, which Anki does not import"),
        (r"@import\b", "a style sheet loaded by `@import`"),
        (rf"\b(?:url|src)\({_ELSEWHERE}", "something loaded from elsewhere"),
        (r"\bexpression\s*\(|-moz-binding|\bbehavior\s*:", "a style that runs a script"),
    )
)
_FAR_LINK = re.compile(rf"\bhref\s*={_ELSEWHERE}", re.IGNORECASE)
# What may stand before such an `href`: `<a`, and attributes in plain quotes. Any other element loads what it names.
_LINK_START = re.compile(r"<a(?:\s+[a-z\-]+=\"[^\"<>]*\")*\s+\Z", re.IGNORECASE)
_LINK_REACH = 300
_ZEROS = re.compile(r"(&#x?)0+(?=[0-9a-f])", re.IGNORECASE)
_LONG_ENTITY = re.compile(
    r"&#x?[0-9a-f]{9,};?", re.IGNORECASE
)  # no character has so many, and Python refuses thousands
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|\n|(.))", re.DOTALL)  # before a line break, both are dropped
_DISGUISE = re.compile(r"&#?\w+;?|\\.", re.DOTALL)


class Finding(NamedTuple):
    """Something active, with offsets into the text; `what` fits behind "holds"."""

    what: str
    start: int
    end: int


def find_active(text: str) -> list[Finding]:
    """Everything active in a text, in its order; what is spelled with escapes is found at the first escape."""
    text = text.replace(IMAGE_OCCLUSION_SCRIPT, " " * len(IMAGE_OCCLUSION_SCRIPT))
    found = _scan(text)
    plain = undisguised(text)
    if plain != text:
        seen = {finding.what for finding in found}
        at = _DISGUISE.search(text)
        start, end = at.span() if at else (0, 0)
        hidden = dict.fromkeys(finding.what for finding in _scan(plain) if finding.what not in seen)
        found += [Finding(what, start, end) for what in hidden]
    return sorted(found, key=lambda finding: (finding.start, finding.end))


def _scan(text: str) -> list[Finding]:
    found = [Finding(what, *match.span()) for pattern, what in _PATTERNS for match in pattern.finditer(text)]
    for match in _FAR_LINK.finditer(text):
        before = text[max(0, match.start() - _LINK_REACH) : match.start()]
        if not _LINK_START.search(before, max(0, before.rfind("<"))):
            found.append(Finding("something loaded from elsewhere", *match.span()))
    return found


def undisguised(text: str) -> str:
    """The text as a browser reads it: entities and CSS escapes resolved, invisible characters left out."""
    text = _CSS_ESCAPE.sub(_escaped, html.unescape(_LONG_ENTITY.sub("", _ZEROS.sub(r"\1", text))))
    return re.sub(r"[\0\u00ad\u200b-\u200f\ufeff]", "", text)


def _escaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2] or ""
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd"
