"""Study decks from YAML: Anki packages that update without loss, and pages worth handing out.

The public API is `deckgen.build`: `check(root)` and `build(root, options)`.
"""

# The same stands in pyproject.toml (a test compares them): to look it up in the metadata takes as long as 200 notes.
__version__ = "0.1.0"
