"""`python -m deckgen`, for where the command is not on the path."""

from deckgen.cli import main

main()
