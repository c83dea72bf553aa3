"""Where elements of an SVG lie on the picture, for masks that cover them.

`Drawing(data).box("label-aortic")` is the box of an element in fractions of the picture, or Unmeasurable with words
for the author; `shown_size` is how large the whole is shown. `values`, `tree` and `style` read, `size`, `outline` and
`text` measure, `drawing` puts together. Knows SVG; not cards, not masks.
"""

from deckgen.svgboxes.drawing import NOTHING, Box, Drawing
from deckgen.svgboxes.size import ShownSize, shown_size
from deckgen.svgboxes.values import Unmeasurable

__all__ = ["NOTHING", "Box", "Drawing", "ShownSize", "Unmeasurable", "shown_size"]
