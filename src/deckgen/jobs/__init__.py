"""Print jobs: which layout is set on which paper, and the settings of each.

The package knows paper, card stock, geometry and how settings are written, in YAML as on the command line. It does not
know decks, card text or how a page looks.
"""

from deckgen.jobs.grid import Grid, GridError, grid_for
from deckgen.jobs.job import LAYOUTS, PrintJob
from deckgen.jobs.settings import SETTINGS, Setting
from deckgen.jobs.stock import PAPERS, CardSize, Paper

__all__ = ["LAYOUTS", "PAPERS", "SETTINGS", "CardSize", "Grid", "GridError", "Paper", "PrintJob", "Setting", "grid_for"]
