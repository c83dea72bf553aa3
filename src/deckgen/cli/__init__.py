"""The command line. `main` runs it and turns every way of failing into a message and an exit code."""

from deckgen.cli.main import main

__all__ = ["main"]
