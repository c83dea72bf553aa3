"""A formula in words, for those who hear a page: MathML to what one would read aloud.

English only, as formulas are. Knows MathML as latex2mathml writes it; not LaTeX, not drawing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Join = Callable[[list[str]], str]

WORDS = {
    "=": "equals", "<": "is less than", ">": "is greater than", "≤": "is at most", "≥": "is at least", "≠": "is not equal to",
    "≈": "is about", "+": "plus", "-": "minus", "−": "minus", "×": "times", "·": "times", "⋅": "times", "/": "over", "±": "plus or minus",
    "→": "to", "⟶": "to", "←": "from", "⇌": "in equilibrium with", "∑": "the sum", "∏": "the product", "∫": "the integral",
    "∞": "infinity", "∂": "partial", "∈": "in", "∝": "is proportional to", "√": "the root of", "|": "bar", "°": "degrees",
    "\u2061": "", "\u2062": "", "\u2063": "", "\u200b": "",
}  # fmt: skip


def spoken(element: Element) -> str:
    """A formula as one would read it aloud: "T equals x minus m over s"."""
    return re.sub(r"\s+", " ", _say(element)).strip() or "formula"


def _say(element: Element) -> str:
    kind = element.tag.rsplit("}", 1)[-1]
    parts = [_say(child) for child in element]
    if not parts:
        text = html.unescape(element.text or "").strip()
        return WORDS.get(text, text)
    return _JOINED.get(kind, " ".join)(parts)


def _pair(between: str) -> Join:
    return f" {between} ".join


def _script(parts: list[str]) -> str:
    if len(parts) == 3 and parts[0] in {"the sum", "the product", "the integral"}:
        return f"{parts[0]} from {parts[1]} to {parts[2]} of"
    return f"{parts[0]} sub {parts[1]} to the power {parts[2]}" if len(parts) == 3 else " ".join(parts)


def _power(parts: list[str]) -> str:
    return f"{parts[0]} squared" if parts[1:] == ["2"] else f"{parts[0]} to the power {' '.join(parts[1:])}"


def _fraction(parts: list[str]) -> str:
    simple = all(" " not in part for part in parts)
    return " over ".join(parts) if simple else f"the fraction {' over '.join(parts)}, end of fraction,"


_JOINED: dict[str, Join] = {
    "mfrac": _fraction,
    "msub": _pair("sub"),
    "msup": _power,
    "msubsup": _script,
    "munderover": _script,
    "munder": _pair("under"),
    "msqrt": lambda parts: f"the square root of {' '.join(parts)}",
    "mroot": lambda parts: f"the root of order {parts[1]} of {parts[0]}" if len(parts) == 2 else " ".join(parts),
    "mtable": "; ".join,
    "mtr": ", ".join,
}
