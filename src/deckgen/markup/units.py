"""Numbers stay in one piece, and on the line of their units: the space within and behind them does not break.

Only the space changes, and only in running text: code, formulas and paths of pictures are not text. Knows the units
of medicine and the laboratory; not what they measure.
"""

from __future__ import annotations

import re
from typing import Final

from deckgen.markup.tree import Blocks, Inline, Text
from deckgen.markup.views import changed

NO_BREAK: Final = "\u00a0"
_UNITS: Final = (
    "%|‰|°C|°F|"
    "(?:[kmµμn]?g|mcg|[mdµμ]?L|ml|IU|mIU|[mµμnp]?mol|mEq|[kcmµμn]?m[²³]?|kPa|Pa|mmHg|k?cal|kJ|k?Hz|mSv|Gy|kDa|Da|h|min)"
    r"(?:/(?:L|dL|d|day|kg|m²|min|h|mol|mmol|mL|ml))*(?![\w°-])"
)
_BEFORE_UNIT: Final = re.compile(rf"(?<=\d) (?={_UNITS})")
_IN_THOUSANDS: Final = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")  # 16 608


def kept_together(blocks: Blocks, text: str) -> Blocks:
    """The tree with numbers and units held together; `text` is what it was read from, to see whether there are any."""
    needed = _BEFORE_UNIT.search(text) or _IN_THOUSANDS.search(text)
    return changed(blocks, _bound) if needed else blocks


def _bound(node: Inline, _: tuple[Inline, ...]) -> tuple[Inline, ...]:
    if not isinstance(node, Text):
        return (node,)
    text = _IN_THOUSANDS.sub(lambda number: number[0].replace(" ", NO_BREAK), node.text)
    return (Text(_BEFORE_UNIT.sub(NO_BREAK, text)),)
