"""The data of the handout: title, sets, numbered notes, figures once each, and the list of references.

Numbers everything (notes, figures, references) in the order in which the reader meets it. Knows notes and data;
not how a page looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from deckgen.diagnostics import Span
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Blocks, Image, Paragraph
from deckgen.markup.views import images
from deckgen.model import Citation, Deck, Note, NoteSet, Reference
from deckgen.printing import extents, runs
from deckgen.printing.cards import steps_of
from deckgen.printing.chosen import Part, part_of, taught
from deckgen.printing.endmatter import glossary_data, sizes_of, summary_data
from deckgen.printing.pieces import answers_of, best_of, groups_of, numbered_picture, options_of, others_of
from deckgen.printing.writer import Node, Place, Writer, note_language

Json = dict[str, Any]
REMARKS = (("why", "Why"), ("watch out", "Watch out"), ("mnemonic", "Mnemonic"), ("more", "More"))
HEAD = 28.0  # em of a set's title in the running head
NAMED_SETS = 4
OPENING = 400.0  # em: a longer introduction, or longer objectives, may be broken
PROMPTS = frozenset(("find error",))  # parts without text: the words are the layout's


class Whole(NamedTuple):
    """How much text is kept in one piece, in em: `note` is broken, if longer, between its parts, a `part` anywhere.

    What is kept in one piece leaves a hole where it does not fit: so less of it where a page holds less.
    """

    note: float
    part: float

    def holds(self, blocks: list[Node]) -> bool:
        """Whether a part is short enough to be kept in one piece."""
        return extents.total(blocks) <= self.part


WHOLE = {
    "standard": Whole(10 * 22, 14 * 22),  # lines of a column, and em that they hold
    "large": Whole(5 * 24, 5 * 24),
    "dyslexia": Whole(6 * 32, 6 * 32),
}


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


class Volume(NamedTuple):
    """A part of a handout that is too long for one file: the ids of its notes, and whether it is the last."""

    ids: frozenset[str]
    is_last: bool


def handout_data(deck: Deck, job: PrintJob, writer: Writer, volume: Volume | None = None) -> Json:
    """Everything the handout says: of the whole deck, or of the notes that are chosen, with the numbers they have there.

    Of several volumes each has its notes, and the last what belongs to no note.
    """
    figures, citations, whole = Figures(deck, writer), Citations(deck, writer), WHOLE[job.text]
    numbered: dict[int, list[tuple[int, Note]]] = {}  # by the identity of the set: two sets may be equal
    for each, number, note in taught(deck, job):
        numbered.setdefault(id(each), []).append((number, note))
    part = part_of(deck, job)
    complete = {id(each) for each in (deck.sets if part is None else part.sets)}
    if volume:  # a set that is divided has its objectives where it begins
        complete = {each for each in complete if not numbered.get(each) or numbered[each][0][1].id in volume.ids}
        kept = {each: [one for one in notes if one[1].id in volume.ids] for each, notes in numbered.items()}
        empty = {id(each) for each in deck.sets if id(each) not in numbered and volume.is_last}
        numbered = {each: notes for each, notes in kept.items() if notes}
        shown = [each for each in deck.sets if id(each) in numbered or (part is None and id(each) in empty)]
    else:
        shown = [each for each in deck.sets if part is None or id(each) in numbered]
    rest = part is None and (volume is None or volume.is_last)
    sets = [
        _set(each, numbered.get(id(each), []), figures, citations, whole, writer, complete=id(each) in complete)
        for each in shown
    ]
    head = Place("the deck's description", deck.span)
    return {
        "choice": _part(part, writer) if part else None,
        "description": [] if part else writer.blocks(deck.description, head),
        "disclaimer": writer.text(deck.disclaimer, head),
        "sets": [each for each in sets if each["notes"] or each["introduction"] or each["objectives"]],
        "comparisons": [
            {"title": writer.text(each.title, place), "blocks": writer.blocks(each.table, place)}
            for one in shown
            if id(one) in complete
            for each in one.comparisons
            for place in (Place(f"the comparison “{each.title}”", each.span),)
        ],
        "figures": figures.rest(deck.span) if rest else [],
        "summary": summary_data(deck.summary, writer, citations.numbered) if rest and deck.summary else None,
        "glossary": glossary_data(
            deck, [note for own in numbered.values() for _, note in own], shown, writer, whole=rest
        ),
        **sizes_of(job),
        "references": [{"blocks": entry, "short": whole.holds(entry)} for entry in citations.entries()],
    }


def _part(part: Part, writer: Writer) -> Json:
    """What the head says of a part of a deck: the sets it is made of, if there are few, and how many notes of how many."""
    named = part.sets if part.of_sets and len(part.sets) <= NAMED_SETS else ()
    return {
        "count": part.printed,
        "of": part.of,
        "sets": [writer.text(each.title, _place_of(each, writer.deck)) for each in named],
    }


def _place_of(each: NoteSet, deck: Deck) -> Place:
    return Place(f"the set “{each.title}”", each.notes[0].span if each.notes else deck.span)


def _set(
    each: NoteSet, notes: list[tuple[int, Note]], figures: Figures, citations: Citations, whole: Whole, writer: Writer,
    *, complete: bool,
) -> Json:  # fmt: skip
    """A section. A few notes of a set do not reach its objectives, so it has none then."""
    place = _place_of(each, writer.deck)
    introduction = writer.blocks(each.introduction, place) if complete else []
    objectives = [writer.blocks(objective, place) for objective in each.objectives] if complete else []
    return {
        "title": writer.text(each.title, place),
        "head": writer.label(each.title, place, HEAD),
        "introduction": introduction,
        "short introduction": extents.total(introduction) <= OPENING,
        "objectives": objectives,
        "short objectives": sum(map(extents.total, objectives)) <= OPENING,
        "notes": [_note(number, note, figures, citations, whole, writer) for number, note in notes],
    }


def _note(number: int, note: Note, figures: Figures, citations: Citations, whole: Whole, writer: Writer) -> Json:
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
        "parts": [{"role": role, "blocks": blocks, "short": whole.holds(blocks)} for role, blocks in parts],
        "remarks": [{"role": role, "blocks": blocks, "short": whole.holds(blocks)} for role, blocks in remarks],
        "question figures": question,
        "figures": [each for each in answer if each not in question],
        "here": figures.take(),
        "short": extents.total([block for _, blocks in parts + remarks for block in blocks]) <= whole.note,
    }


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
