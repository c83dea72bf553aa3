"""The options that say what is printed, made from the table of settings, and what they mean together.

Knows click and the table; not what a setting does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from deckgen.jobs import LAYOUTS, PAPERS, SETTINGS, Setting
from deckgen.jobs.settings import CRITERIA
from deckgen.load.keys import DIFFICULTIES, KIND_NAMES

F = TypeVar("F", bound=Callable[..., Any])
ALL = "all"
# How a criterion is called where one value follows each, and the values there are, if the author does not choose them.
SINGULAR: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "sets": ("--set", "FILE", ()),
    "tags": ("--tag", "TAG", ()),
    "without tags": ("--without-tag", "TAG", ()),
    "difficulty": ("--difficulty", "", DIFFICULTIES),
    "kinds": ("--kind", "", KIND_NAMES),
}


class Value(click.ParamType[Any]):
    """The value of a setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.name = setting.value.lower()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value as a job has it."""
        try:
            return self.setting.read(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"It cannot be `{value[:60]}`. {error}", param, ctx)


def print_options(function: F) -> F:
    """All options that say what is printed."""
    for decorate in reversed(list(_options())):
        function = decorate(function)
    return function


def _options() -> list[Callable[[F], F]]:
    fixed = [
        click.option("--layout", "layouts", multiple=True, type=click.Choice((*LAYOUTS, ALL)), help="Only this printed form, or all; may be given again."),
        click.option("--paper", "papers", multiple=True, type=click.Choice(tuple(PAPERS)), help="Only this size; may be given again."),
        click.option("--job", "jobs", multiple=True, metavar="NAME", help="Only this print job of deckgen.yaml; may be given again."),
    ]  # fmt: skip
    criteria = [
        click.option(
            flag,
            _variable(key),
            multiple=True,
            type=click.Choice(choices) if choices else None,
            metavar=metavar or None,
            help=f"In print, only notes {'without' if key.startswith('without') else 'of'} this {flag.rpartition('-')[2]}; may be given again.",
        )
        for key, (flag, metavar, choices) in SINGULAR.items()
    ]
    settings = [
        click.option(
            f"--{key}",
            _variable(key),
            type=Value(setting),
            metavar=setting.value,
            envvar="DECKGEN_OFFSET" if key == "offset" else None,
            help=f"{setting.help} ({', '.join(setting.layouts)})"
            if len(setting.layouts) < len(LAYOUTS)
            else setting.help,
        )
        for key, setting in SETTINGS.items()
    ]
    return [*fixed, *criteria, *settings]


def _variable(key: str) -> str:
    return f"print_{key.replace(' ', '_')}"


def asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """What `build.Options` is told. Raises click.UsageError when settings do not go together."""
    layouts = tuple(LAYOUTS) if ALL in given["layouts"] else tuple(given["layouts"])
    settings = {key: given[_variable(key)] for key in SETTINGS if given[_variable(key)] is not None}
    criteria = {key: given[_variable(key)] for key in CRITERIA if given[_variable(key)]}
    if "offset" in settings and _from_environment() and not (layouts or given["jobs"] or given["papers"] or criteria or len(settings) > 1):  # fmt: skip
        del settings["offset"]  # it says how a printer is, not that something is to be printed
    if given["jobs"] and layouts:
        raise click.UsageError("--job names a layout already: leave out --layout.")
    for key in settings:
        belongs = SETTINGS[key].layouts
        if layouts and not set(layouts).intersection(belongs) and not (key == "offset" and _from_environment()):
            raise click.UsageError(
                f"--{key} does not belong to the layout {', '.join(layouts)}. It belongs to {', '.join(belongs)}."
            )
    return {
        "layouts": layouts,
        "papers": given["papers"],
        "jobs": given["jobs"],
        "print_settings": settings,
        "criteria": criteria,
    }


def _from_environment() -> bool:
    source = click.get_current_context().get_parameter_source(_variable("offset"))
    return source is click.core.ParameterSource.ENVIRONMENT
