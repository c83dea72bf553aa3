"""YAML text to light nodes that know their place in the file; every scalar stays text, as it was written.

`decode` turns bytes into a Source, `parse` a Source into nodes, and `take` and the `expect_...` functions
ask for the shape a loader needs. Knows YAML; not decks, notes, or which keys there are.
"""

from deckgen.yamlnodes.decoding import decode
from deckgen.yamlnodes.expecting import expect_mapping, expect_scalar, expect_sequence, take
from deckgen.yamlnodes.nodes import Mapping, Node, Scalar, Sequence
from deckgen.yamlnodes.parsing import parse

__all__ = [
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "decode",
    "expect_mapping",
    "expect_scalar",
    "expect_sequence",
    "parse",
    "take",
]
