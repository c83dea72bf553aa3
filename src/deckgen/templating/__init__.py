"""Where looks come from: the project's templates over the built-in ones, file by file, checked and rendered.

Card faces are Jinja2; a project's own are rendered in a child process with limits, because a template is a
program somebody wrote. Typst layouts are handed on as they are. Knows files, Jinja2 and what may stand in a
template; which note types there are comes from `deckgen.notetypes`, what a face means from `deckgen.faces`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deckgen.diagnostics import Bag, Span
from deckgen.model import NoteType
from deckgen.notetypes import PLANS, Plan, note_type
from deckgen.templating.guard import allowed_files, check_faces, check_sources, style_sheet
from deckgen.templating.labels import find_labels
from deckgen.templating.layouts import print_layouts
from deckgen.templating.overlay import builtin_files, builtin_templates, find_files
from deckgen.templating.rendering import Face, Job, render

__all__ = ["builtin_files", "builtin_templates", "note_types", "print_layouts"]


def note_types(
    project_templates: Path | None,
    publisher: str,
    language: str,
    bag: Bag,
    span: Span | None = None,
    allow: Mapping[str, Span] | None = None,
    report: str = "",
    home: str = "",
) -> dict[str, NoteType]:
    """The note types by key, for decks of one language; empty when the project's templates have an error.

    `span` is where the language stands: when given, a language without labels of its own is warned about there.
    `allow` are the template files that may be active, by path, each with the place that says so.
    `report` and `home` are where a card's back sends those who found an error.
    """
    problems = Bag()
    files = find_files(project_templates, "anki", problems)
    allowed = allowed_files(files, allow or {}, problems)
    labels = find_labels(files, language, problems, span)
    check_sources(files, allowed, problems)
    css = style_sheet(files, allowed, problems)
    rendered = (
        render(files, allowed, labels, language, problems, {"report": report, "home": home})
        if not problems.has_errors
        else {}
    )
    if files.own and not problems.has_errors:
        check_faces(files, allowed, rendered, problems)
    bag.extend(problems)
    if problems.has_errors:
        return {}
    return {
        plan.key: note_type(plan, publisher, language, faces=_faces_of(plan, rendered), css=css, labels=labels.words)
        for plan in PLANS
    }


def _faces_of(plan: Plan, rendered: Mapping[Job, Face]) -> dict[tuple[str, str], str]:
    return {(job.card, job.side): face.text for job, face in rendered.items() if job.plan == plan.key}
