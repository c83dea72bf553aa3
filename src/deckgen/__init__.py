"""Study decks from YAML: Anki packages that update without loss, and pages worth handing out.

The public API is `deckgen.build`: `check(root)` and `build(root, options)`.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("deckgen-cards")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0+unknown"
