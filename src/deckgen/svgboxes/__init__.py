"""Where elements of an SVG lie on the picture, for masks that cover them.

`Drawing(data).box("label-aortic")` is the box of an element in fractions of the picture, or Unmeasurable with words
for the author; `shown_size` is how large the whole is shown. `values`, `tree` and `style` read, `size`, `outline` and
`text` measure, `drawing` puts together. Knows SVG; not cards, not masks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deckgen.svgboxes.size import ShownSize, shown_size
from deckgen.svgboxes.values import Unmeasurable

if TYPE_CHECKING:
    from deckgen.svgboxes.drawing import NOTHING, Box, Drawing

__all__ = ["NOTHING", "Box", "Drawing", "ShownSize", "Unmeasurable", "shown_size"]


def __getattr__(name: str) -> object:
    """What measures, when it is first asked for: most decks mask nothing, and measuring needs half of fontTools."""
    if name not in {"NOTHING", "Box", "Drawing"}:
        raise AttributeError(name)
    from deckgen.svgboxes import drawing  # noqa: PLC0415 - see above

    found: object = getattr(drawing, name)
    return found
