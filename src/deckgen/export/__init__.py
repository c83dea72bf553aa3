"""The exporters by the name of their format. Each makes artifacts of one deck and knows no other exporter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from deckgen.diagnostics import Bag
from deckgen.faces import cards_of
from deckgen.fieldtext import cloze_numbers, filled_fields
from deckgen.jobs import PrintJob
from deckgen.model import Artifact, Context, Deck, ExtraFonts, NoteType, Package

Exporter = Callable[[Deck, Context, Bag], list[Artifact]]


def _apkg(deck: Deck, context: Context, _: Bag) -> list[Artifact]:
    from deckgen.export import apkg  # noqa: PLC0415 - genanki is only loaded when a package is made

    return apkg.export_all(deck, context)


def _pdf(deck: Deck, context: Context, bag: Bag) -> list[Artifact]:
    from deckgen.export import pdf  # noqa: PLC0415 - Typst is only loaded when pages are made

    return pdf.export(deck, context, bag)


def _text(deck: Deck, context: Context, _: Bag) -> list[Artifact]:
    from deckgen.export import text  # noqa: PLC0415 - as above

    return text.export(deck, context)


def inspect(deck: Deck, jobs: Iterable[PrintJob], bag: Bag, fonts: ExtraFonts | None = None) -> None:
    """Report what an exporter could not write of a deck, without writing it."""
    from deckgen.export import pdf  # noqa: PLC0415 - as above

    pdf.inspect(deck, jobs, bag, fonts or ExtraFonts())


EXPORTERS: Mapping[str, Exporter] = {"apkg": _apkg, "text": _text, "pdf": _pdf}


def count_cards(deck: Deck, note_types: Mapping[str, NoteType], package: Package | None = None) -> int:
    """How many cards Anki makes of a deck, or of one of its packages.

    Which cards a note makes depends only on which of its fields are filled, and on its cloze numbers: so
    nothing needs to be rendered to count them.
    """
    counts: dict[tuple[str, frozenset[str]], int] = {}
    total = 0
    for note in deck.notes():
        if package and note.id not in package.notes:
            continue
        note_type = note_types[note.note_type]
        if note_type.is_cloze:
            total += len(cloze_numbers(note))
            continue
        filled = filled_fields(note)
        shape = note.note_type, filled
        if shape not in counts:
            counts[shape] = len(
                cards_of(note_type, ["x" if name in filled else "" for name in note_type.field_names()])
            )
        total += counts[shape]
    return total
