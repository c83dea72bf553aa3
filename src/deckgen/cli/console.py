"""What the commands say, and where: results to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import click

from deckgen import report
from deckgen.diagnostics import Diagnostic

PATIENCE = 0.5  # seconds before a progress line appears: short work needs none


@dataclass(slots=True)
class Console:
    """The state of one run: the project's folder, the folder to work in, and how talkative to be."""

    root: Path
    place: Path = field(default_factory=Path.cwd)
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    doing: str = ""
    shown: bool = False
    timer: threading.Timer | None = None

    def colors(self, stream: object) -> bool:
        """Whether to colour what goes to `stream` (see no-color.org)."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or (hasattr(stream, "isatty") and stream.isatty())

    def result(self, text: str) -> None:
        """Print what was asked for."""
        self.clear()
        click.echo(text)

    def say(self, text: str) -> None:
        """Tell what was done, unless --quiet."""
        self.clear()
        if not self.quiet:
            click.echo(text, err=True)

    def diagnostics(self, items: Iterable[Diagnostic], style: report.Style, *, to_output: bool) -> None:
        """Show problems."""
        self.clear()
        stream = sys.stdout if to_output else sys.stderr
        text = report.render(items, style, color=self.colors(stream))
        if text:
            click.echo(text.rstrip("\n"), err=not to_output, color=True)

    def progress(self, what: str) -> None:
        """A passing line, on a terminal only, and only when the work takes long: until then, a timer holds it back."""
        if self.quiet or not sys.stderr.isatty():
            return
        self.doing = what
        if self.shown:
            self._show()
        elif self.timer is None:
            self.timer = threading.Timer(PATIENCE, self._show)
            self.timer.daemon = True
            self.timer.start()

    def _show(self) -> None:
        self.shown = True
        click.echo(f"\r\x1b[K{report.visible(self.doing)} ...", nl=False, err=True)

    def clear(self) -> None:
        """Take the passing line away, and let none appear any more."""
        if self.timer is not None:
            self.timer.cancel()
        if self.shown:
            self.shown = False
            click.echo("\r\x1b[K", nl=False, err=True)
