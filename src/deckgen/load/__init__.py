"""From the files of a project to a Collection, going on after every problem.

The package knows the YAML format (docs/reference/format.md). It does not know how Anki or a printed page
looks: that is the exporters' business.
"""

from deckgen.load.decks import load

__all__ = ["load"]
