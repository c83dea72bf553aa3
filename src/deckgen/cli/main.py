"""The entry point: global options, and the exit codes.

0 done (warnings allowed), 1 errors in the content (or warnings under --strict), 2 wrong usage, 3 the
environment, 70 a fault in deckgen, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path

import click

import deckgen
from deckgen.cli import commands
from deckgen.cli.console import Console
from deckgen.diagnostics import DeckgenError
from deckgen.project import find_root

ENVIRONMENT, BUG, INTERRUPTED = 3, 70, 130


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"deckgen {deckgen.__version__}")
        context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "DECKGEN"}
)
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The project's folder, or one in it, in place of the current folder.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")
@click.option("-v", "--verbose", is_flag=True, help="Show where a fault in deckgen arose.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in messages.",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(context: click.Context, directory: Path | None, *, quiet: bool, verbose: bool, color: str) -> None:
    """Study decks from YAML: Anki packages that update without loss, and pages worth handing out.

    \b
    Start:   deckgen init my-deck
    Judge:   deckgen check
    Make:    deckgen build
    """
    place = directory.resolve() if directory else Path.cwd()
    context.obj = Console(root=find_root(place), place=place, quiet=quiet, verbose=verbose, color=color)


for command in commands.COMMANDS:
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    # Values only grow until the program ends, so looking for rubbish finds none; it costs a seventh of the time.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Greek letters must not fail on a console of another encoding
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="deckgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except DeckgenError as error:
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"  = help: {error.hint}", err=True)
        return ENVIRONMENT
    except BrokenPipeError:  # `deckgen list notes | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: say that the fault is ours
        return _fault(error, arguments if arguments is not None else sys.argv[1:])
    return result if isinstance(result, int) else 0


def _fault(error: Exception, arguments: list[str]) -> int:
    where = traceback.extract_tb(error.__traceback__)[-1]
    click.echo(
        f"fault in deckgen: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})", err=True
    )
    click.echo(
        "  = help: This is not your mistake. Run it again with `deckgen -v ...` and report what it prints.", err=True
    )
    if {"-v", "--verbose"} & set(arguments):
        traceback.print_exception(error)
    return BUG
