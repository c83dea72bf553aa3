"""Study decks from YAML: Anki packages that update without loss, and pages worth handing out.

The public API is `deckgen.build`: `check(root)` and `build(root, options)`.
"""

DISTRIBUTION = "deckgen-cards"


def __getattr__(name: str) -> str:
    """`__version__`, looked up when asked for: reading a distribution's metadata takes longer than most commands."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

        try:
            return version(DISTRIBUTION)
        except PackageNotFoundError:  # a checkout that is not installed
            return "0+unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
