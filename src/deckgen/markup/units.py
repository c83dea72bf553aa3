"""Numbers stay on the line of their units: the space between them does not break.

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
_SPACE: Final = re.compile(rf"(?<=\d) (?={_UNITS})")


def kept_together(blocks: Blocks, text: str) -> Blocks:
    """The tree with numbers and units held together; `text` is what it was read from, to see whether there are any."""
    return changed(blocks, _bound) if _SPACE.search(text) else blocks


def _bound(node: Inline, _: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return (Text(_SPACE.sub(NO_BREAK, node.text)),) if isinstance(node, Text) else (node,)
