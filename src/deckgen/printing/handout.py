"""The data of the handout: title, sets, numbered notes, figures once each, and the list of references.

Numbers everything (notes, figures, references) in the order in which the reader meets it. Knows notes and data;
not how a page looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deckgen.diagnostics import Span
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Blocks, Image, Paragraph
from deckgen.markup.views import images
from deckgen.model import Citation, Deck, Note, NoteSet, Reference
from deckgen.printing import extents, runs
from deckgen.printing.cards import steps_of
from deckgen.printing.chosen import is_whole, taught
from deckgen.printing.endmatter import glossary_data, sizes_of, summary_data
from deckgen.printing.pieces import answers_of, best_of, groups_of, numbered_picture, options_of, others_of
from deckgen.printing.writer import Node, Place, Writer, note_language

Json = dict[str, Any]
REMARKS = (("why", "Why"), ("watch out", "Watch out"), ("mnemonic", "Mnemonic"), ("more", "More"))
EM_A_LINE = 22  # in a column
WHOLE_NOTE = 10  # lines; a longer note may be broken, but only between its parts
WHOLE_PART = 14  # lines; a longer part may be broken anywhere
HEAD = 28.0  # em of a set's title in the running head
PROMPTS = frozenset(("find error",))  # parts without text: the words are the layout's


class Figures:
    """The figures of a handout: numbered where they are first called, and set there, once."""

    def __init__(self, deck: Deck, writer: Writer) -> None:
        self.writer = writer
        self.named = {figure.image: figure for figure in deck.figures.values()}
        self.numbers: dict[str, int] = {}
        self.new: list[Json] = []

    def call(self, blocks: Blocks, place: Place) -> list[int]:
        """The numbers of the figures a field shows; those met for the first time are kept in `new`."""
        numbers = []
        for image in images(blocks):
            if image.path not in self.numbers:
                self.numbers[image.path] = len(self.numbers) + 1
                self.new.append(self._figure(image, blocks, place))
            numbers.append(self.numbers[image.path])
        return numbers

    def rest(self, span: Span) -> list[Json]:
        """The deck's figures that no note has called."""
        for figure in self.named.values():
            self.call((Paragraph((Image(figure.image, figure.alt, 0, 0),)),), Place(f"figure `{figure.name}`", span))
        return self.take()

    def take(self) -> list[Json]:
        """The figures met since the last time, to be set here."""
        new, self.new = self.new, []
        return new

    def _figure(self, image: Image, blocks: Blocks, place: Place) -> Json:
        named = self.named.get(image.path)
        # Without a name, what stands beside the picture in its field is the caption.
        caption = (
            named.caption if named else tuple(block for block in blocks if not any(True for _ in images((block,))))
        )
        node = self.writer.blocks((Paragraph((image,)),), place)[0][1][0]
        return {
            "number": self.numbers[image.path],
            "image": node[1],
            "alt": runs.safe_string(node[2]),
            "caption": self.writer.blocks(caption, place),
        }


class Citations:
    """The references of a handout, numbered in the order in which they are cited."""

    def __init__(self, deck: Deck, writer: Writer) -> None:
        self.deck = deck
        self.writer = writer
        self.numbers: dict[str, int] = {}

    def call(self, note: Note) -> list[list[Any]]:
        """The citations of a note: [number, place in the work]."""
        return self.numbered(note.citations, self.writer.place(note, "Source"))

    def numbered(self, citations: Iterable[Citation], place: Place) -> list[list[Any]]:
        """Citations, wherever they stand: [number, place in the work]."""
        called: list[list[Any]] = []
        for citation in citations:
            if citation.key in self.deck.references:
                number = self.numbers.setdefault(citation.key, len(self.numbers) + 1)
                called.append([number, self.writer.text(citation.locator, place)])
        return sorted(called, key=lambda cite: int(cite[0]))

    def entries(self) -> list[list[Node]]:
        """The list of references, in the order of their numbers."""
        return [self._entry(self.deck.references[key]) for key in self.numbers]

    def short_entries(self) -> list[list[Node]]:
        """The references in a few words each, as inline nodes, in the order of their numbers."""
        each = [(key, self.deck.references[key]) for key in self.numbers]
        return [
            self.writer.text(work.short or work.text, Place(f"the reference `{key}`", self.deck.span))
            for key, work in each
        ]

    def _entry(self, reference: Reference) -> list[Node]:
        place = Place(f"the reference `{reference.key}`", self.deck.span)
        return self.writer.blocks(reference.entry, place) or [
            ["p", self.writer.text(reference.text or reference.key, place)]
        ]


def handout_data(deck: Deck, job: PrintJob, writer: Writer) -> Json:
    """Everything the handout says: of the whole deck, or of the notes that are chosen, with the numbers they have there."""
    figures, citations = Figures(deck, writer), Citations(deck, writer)
    numbered: dict[int, list[tuple[int, Note]]] = {}  # by the identity of the set: two sets may be equal
    for each, number, note in taught(deck, job):
        numbered.setdefault(id(each), []).append((number, note))
    whole = is_whole(job)
    shown = [each for each in deck.sets if whole or id(each) in numbered]
    sets = [_set(each, numbered.get(id(each), []), figures, citations, writer) for each in shown]
    head = Place("the deck's description", deck.span)
    return {
        "description": writer.blocks(deck.description, head),
        "disclaimer": writer.text(deck.disclaimer, head),
        "sets": [each for each in sets if each["notes"] or each["introduction"] or each["objectives"]],
        "comparisons": [
            {"title": writer.text(each.title, place), "blocks": writer.blocks(each.table, place)}
            for one in shown
            for each in one.comparisons
            for place in (Place(f"the comparison “{each.title}”", each.span),)
        ],
        "figures": figures.rest(deck.span) if whole else [],
        "summary": summary_data(deck.summary, writer, citations.numbered) if deck.summary and whole else None,
        "glossary": glossary_data(
            deck, [note for own in numbered.values() for _, note in own], shown, writer, whole=whole
        ),
        **sizes_of(job),
        "references": citations.entries(),
    }


def _place_of(each: NoteSet, deck: Deck) -> Place:
    return Place(f"the set “{each.title}”", each.notes[0].span if each.notes else deck.span)


def _set(each: NoteSet, notes: list[tuple[int, Note]], figures: Figures, citations: Citations, writer: Writer) -> Json:
    place = _place_of(each, writer.deck)
    return {
        "title": writer.text(each.title, place),
        "head": writer.label(each.title, place, HEAD),
        "introduction": writer.blocks(each.introduction, place),
        "objectives": [writer.blocks(objective, place) for objective in each.objectives],
        "notes": [_note(number, note, figures, citations, writer) for number, note in notes],
    }


def _note(number: int, note: Note, figures: Figures, citations: Citations, writer: Writer) -> Json:
    question = figures.call(note.content.get("Question figure", ()), writer.place(note, "Question figure"))
    answer = figures.call(note.content.get("Figure", ()), writer.place(note, "Figure"))
    parts = [part for part in _parts(note, writer) if part[1] or part[0] in PROMPTS]
    remarks = _remarks(note, writer)
    cites = citations.call(note)
    if parts and cites:
        parts[-1][1] = with_citations(parts[-1][1], cites)  # behind the answer, or the sentence
    return {
        "number": number,
        "language": note_language(note, writer.deck),
        "parts": [{"role": role, "blocks": blocks, "short": _is_short(blocks, WHOLE_PART)} for role, blocks in parts],
        "remarks": [
            {"role": role, "blocks": blocks, "short": _is_short(blocks, WHOLE_PART)} for role, blocks in remarks
        ],
        "question figures": question,
        "figures": [each for each in answer if each not in question],
        "here": figures.take(),
        "short": _is_short([block for _, blocks in parts + remarks for block in blocks], WHOLE_NOTE),
    }


def _is_short(blocks: list[Node], lines: int) -> bool:
    return extents.total(blocks) <= lines * EM_A_LINE


def _parts(note: Note, writer: Writer) -> list[list[Any]]:
    """The note itself, as [role, blocks]: what is asked, then what is to be known."""
    case = ["case", writer.field(note, "Case")]
    if note.kind == "cloze":
        return [case, ["sentence", writer.field(note, "Text")]]
    if note.kind == "sequence":
        steps = [writer.blocks(blocks, writer.place(note, name)) for name, _, blocks in steps_of(note)]
        return [case, ["question", writer.field(note, "Title")], ["answer", [["ol", 1, steps]]]]
    if note.kind == "choice":
        place = writer.place(note, "Options")
        return [
            case,
            ["question", writer.field(note, "Question")],
            ["options", writer.blocks(options_of(note), place)],
            ["best", writer.blocks(best_of(note, in_line=True), place)],
        ]
    if note.occlusion:
        place = writer.place(note, "Occlusion")
        answers = [writer.blocks(answers_of(group), place) for group in groups_of(note.occlusion)]
        picture = ["picture", writer.blocks(numbered_picture(note.occlusion), place)]
        return [case, ["question", writer.field(note, "Header")], picture, ["answer", [["ol", 1, answers]]]]
    if note.kind == "spot the error":
        return [
            case,
            ["find error", []],
            ["claim", writer.field(note, "Claim")],
            ["answer", writer.field(note, "Error")],
        ]
    wanted = [("question", "Question"), ("answer", "Answer")]
    if note.kind == "reversed":
        wanted += [("question", "Reverse question"), ("answer", "Reverse answer")]
    return [case, *([role, writer.field(note, field)] for role, field in wanted)]


def _remarks(note: Note, writer: Writer) -> list[list[Any]]:
    """What follows in small print, as [role, blocks]."""
    others = [["others", writer.blocks(others_of(note), writer.place(note, "Options"))]] if note.options else []
    remarks = [[role, writer.field(note, field)] for role, field in REMARKS if note.content.get(field)]
    return [remark for remark in (*others, *remarks) if remark[1]]


def with_citations(blocks: list[Node], cites: list[list[Any]]) -> list[Node]:
    """The blocks with the numbers of the references behind their last words."""
    *before, last = blocks
    if last[0] == "p":
        return [*before, ["p", [*last[1], ["cites", cites]]]]
    if last[0] in {"ul", "ol"} and last[-1]:
        *items, item = last[-1]
        return [*before, [*last[:-1], [*items, with_citations(item, cites) if item else item]]]
    return [*blocks, ["p", [["cites", cites]]]]
