"""The nouns of deckgen, frozen, in Anki's own terms (docs.ankiweb.net, "Key Concepts").

Data flows one way: `load` makes these values, `checks` read them, exporters write them out. Nothing here
reads a file or knows YAML, HTML, Typst or a database. Card text is a tree of `deckgen.markup.tree`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from deckgen.diagnostics import Span
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Blocks, Shape

Kind = Literal["basic", "reversed", "typed answer", "cloze", "sequence", "choice", "image occlusion", "spot the error"]
UPDATE_FROM = "-update-from-"  # in the names of text updates
# Nothing is lost; something is left for students to do; something is lost.
Verdict = Literal["safe", "care", "breaking"]
Direction = Literal["", "ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type. `id` is permanent: a rename keeps it."""

    name: str
    id: int
    description: str = ""
    tag: int | None = None  # image occlusion only: the part this field plays in Anki's editor
    prevent_deletion: bool = False
    collapsed: bool = False  # folded in Anki's editor


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """The two faces of a card, in Anki's template language. `id` is permanent."""

    name: str
    id: int
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type: fields, card templates, style. `key` is ours (`recall`), `name` what Anki shows."""

    key: str
    name: str
    id: int
    fields: tuple[Field, ...]
    templates: tuple[CardTemplate, ...]
    css: str
    is_cloze: bool = False
    original_stock_kind: int = 0  # 6 is Anki's own image occlusion

    _names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(each.name for each in self.fields))

    def field_names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return self._names


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or sound of cards. `path` as the author wrote it, `name` as Anki stores it (with a hash of the source)."""

    path: str
    name: str
    kind: str  # by its content: `svg`, `png`, `jpg`, `gif`, `webp`, `mp3`, `m4a`, `ogg`, `opus`, `wav` or `flac`
    data: bytes = field(repr=False)
    width: float = 0.0  # CSS pixels, as a browser shows it; 0 for a sound, and when nobody can say
    height: float = 0.0
    says_size: bool = True  # false for an SVG that leaves its size to the page: only the shape is known


@dataclass(frozen=True, slots=True)
class Reference:
    """A work of the bibliography, formatted: `entry` as a tree, `html` and `text` as written from it.

    `short` says in a few words which work it is, for where there is no room for more.
    """

    key: str
    html: str
    text: str
    entry: Blocks = field(repr=False, default=())
    short: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference as one note cites it: the key, and where in the work ("p. 338")."""

    key: str
    locator: str = ""
    span: Span | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Retired:
    """Why a note is no longer taught, since which edition, and the id of the note to learn instead."""

    since: str
    why: str
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact the cards rest on, as the deck's fact base has it.

    `use` says which notes may name it: `required` (at least one note must), `as error` (only notes that show it as an
    error), or "" (any may). `as_of` is the day a fact that changes was last looked at; "" for one that does not.
    """

    id: str
    says: str
    span: Span = field(repr=False, compare=False)
    confidence: str = ""  # A, B or C
    verification: str = ""  # seen, partly, not seen
    use: str = ""
    correction: str = ""
    references: tuple[str, ...] = ()
    jurisdiction: str = ""
    as_of: str = ""
    seen_in: str = ""
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic the deck must cover: the notes that do, and how many there must be."""

    id: str
    title: str
    minimum: int
    notes: frozenset[str] = field(repr=False)
    span: Span = field(repr=False, compare=False)
    unknown: tuple[str, ...] = ()  # what it names and there is not (yet), each as a sentence


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose, and why it is right or wrong."""

    text: Blocks
    reason: Blocks
    best: bool = False


@dataclass(frozen=True, slots=True)
class Mask:
    """What covers a part of a picture. Masks with one `number` are asked together, on the card of that number.

    `clue` says what is hidden without naming it, for those who do not see the picture.
    """

    id: str
    number: int
    shape: Shape
    answer: Blocks
    clue: str = ""


@dataclass(frozen=True, slots=True)
class Occlusion:
    """A picture with masks. `hide_all`: the masks that are not asked cover their parts as well."""

    image: str  # the path the author wrote
    alt: str
    masks: tuple[Mask, ...]
    hide_all: bool = True

    def numbers(self) -> tuple[int, ...]:
        """The numbers of the cards, sorted."""
        return tuple(sorted({mask.number for mask in self.masks}))


@dataclass(frozen=True, slots=True)
class Note:
    """A note: one thing to know. `content` maps field names of its note type to card text.

    Fields that are not card text (Ref, Topic, Source, Retired, Typed answer, options, masks) are made at export from the
    other attributes. `step_ids` names the steps of a sequence, permanently. `options` stand as the student shall
    see them on the front.
    """

    id: str
    guid: str
    kind: Kind
    note_type: str  # key of the NoteType
    deck_name: str  # full name in Anki: "Osteoporosis::1 Signal initiation"
    content: Mapping[str, Blocks]
    span: Span = field(repr=False, compare=False)
    topic: str = ""
    tags: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    statements: tuple[str, ...] = ()
    checked: str = ""
    difficulty: str = ""
    language: str = ""
    direction: Direction = ""
    step_ids: tuple[str, ...] = ()
    typed_answer: str = ""
    options: tuple[Option, ...] = ()
    occlusion: Occlusion | None = None
    retired: Retired | None = None
    spans: Mapping[str, Span] = field(default_factory=dict, repr=False, compare=False)  # field name -> its YAML value


@dataclass(frozen=True, slots=True)
class AnkiNote:
    """A note as it stands in Anki: the HTML of every field of its note type, its tags, the ordinals of its cards."""

    note: Note
    note_type: NoteType = field(repr=False)
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table of a deck as a printed one: its title, a single table as card text, and where a set asks for it."""

    title: str
    table: Blocks = field(repr=False)
    span: Span = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class NoteSet:
    """The notes of one YAML file, with what a printed section needs."""

    title: str
    path: str
    notes: tuple[Note, ...]
    subdeck: str = ""
    introduction: Blocks = ()
    objectives: tuple[Blocks, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that notes call by name, so that its text alternative is written once."""

    name: str
    image: str
    alt: str
    caption: Blocks = ()


@dataclass(frozen=True, slots=True)
class Term:
    """An abbreviation or a word of a deck's glossary, as its texts have it, and its meaning in a line of card text."""

    name: str
    meaning: Blocks
    span: Span = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SummarySection:
    """A part of a deck's summary. `wide`: it takes the whole width of the page. `statements` are the facts it says."""

    title: str
    blocks: Blocks
    span: Span = field(repr=False, compare=False)
    wide: bool = False
    citations: tuple[Citation, ...] = ()
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What must be known of a deck, on one page. `citations` are of the whole, besides those of its sections."""

    sections: tuple[SummarySection, ...]
    span: Span = field(repr=False, compare=False)
    title: str = ""
    citations: tuple[Citation, ...] = ()

    def sources(self) -> tuple[Citation, ...]:
        """Everything that is cited, section by section."""
        return (*chain.from_iterable([each.citations for each in self.sections]), *self.citations)


@dataclass(frozen=True, slots=True)
class Package:
    """A part of a deck that is published by itself, beside the whole. `notes` are the ids of what belongs in it.

    `key` is permanent: students know the part by the name of its file.
    """

    key: str
    title: str
    notes: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck: what its packages and one set of printed pages are made of. `packages` are its parts, not the whole."""

    key: str
    name: str
    sets: tuple[NoteSet, ...]
    span: Span = field(repr=False, compare=False)
    description: Blocks = ()
    language: str = "en"
    authors: tuple[str, ...] = ()
    licence: str = ""
    disclaimer: str = ""
    version: str = ""
    home: str = ""
    link: str = ""  # a short address that is printed in place of `home`
    date: str = ""  # of the edition, ISO 8601
    references: Mapping[str, Reference] = field(default_factory=dict, repr=False)
    media: Mapping[str, Media] = field(default_factory=dict, repr=False)  # by the path the author wrote
    figures: Mapping[str, Figure] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()
    jobs: tuple[PrintJob, ...] = ()  # those that have a name
    statements: Mapping[str, Statement] = field(
        default_factory=dict, repr=False
    )  # by id; empty: the deck has no fact base
    topics: tuple[Topic, ...] = ()
    glossary: tuple[Term, ...] = ()  # in the order of the file
    summary: Summary | None = None
    error_notes: frozenset[str] = field(
        default=frozenset(), repr=False
    )  # ids of those that a tag marks as showing errors

    @property
    def address(self) -> str:
        """Where pages send readers; "" where there is no such place."""
        return self.link or self.home

    def notes(self) -> tuple[Note, ...]:
        """All notes, in teaching order."""
        return tuple(chain.from_iterable([each.notes for each in self.sets]))

    def stem(self, package: Package | None = None) -> str:
        """What the names of files begin with: of the whole deck, or of one of its packages."""
        return f"{self.key}-{package.key}" if package else self.key


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything one project holds. `note_types` gives the note types by language, then by key."""

    decks: tuple[Deck, ...]
    note_types: Mapping[str, Mapping[str, NoteType]]
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a deck: its version, and when it was made, in seconds since 1970."""

    version: str
    time: int
    verdict: Verdict = "safe"  # for students who have the edition before

    @property
    def date(self) -> str:
        """Its day, ISO 8601, UTC."""
        return f"{dt.datetime.fromtimestamp(self.time, dt.UTC):%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Update:
    """What students need who have an earlier edition: the ids of the notes added since, or with other fields, retired ones too."""

    since: Edition
    notes: frozenset[str]
    parts: frozenset[str] = frozenset()  # keys of the packages of parts that were there already

    def file_name(self, stem: str) -> str:
        """What the file is called, for a deck or a part of it whose file names begin with `stem`."""
        return f"{stem}{UPDATE_FROM}{self.since.version}.txt"


@dataclass(frozen=True, slots=True)
class FontFamily:
    """A family of fonts besides our own, and the characters it can draw: in `every` style, and in all that are `upright`.

    `wide` has what is wider than letters are, in em. A family of `colour` holds pictures, and is asked after all others.
    """

    name: str
    every: frozenset[int]
    upright: frozenset[int]
    wide: Mapping[str, float] = field(default_factory=dict)
    colour: bool = False


@dataclass(frozen=True, slots=True)
class ExtraFonts:
    """The fonts that a project names: their families in the order in which they are tried, and the files they are in.

    `entries` are their names in the settings, with the place of each.
    """

    families: tuple[FontFamily, ...] = ()
    files: tuple[bytes, ...] = field(default=(), repr=False)
    entries: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What an exporter may know besides the deck: times in seconds since 1970, and the options.

    `notes` are all notes of the deck as they stand in Anki, None while nobody has written them. `note_times` says by
    note id, `type_times` by key of the note type when each last changed; what is in neither takes the build stamp.
    """

    note_types: Mapping[str, NoteType]
    timestamp: int
    notes: tuple[AnkiNote, ...] | None = field(default=None, repr=False)
    note_times: Mapping[str, int] = field(default_factory=dict, repr=False)
    type_times: Mapping[str, int] = field(default_factory=dict)
    updates: tuple[Update, ...] = ()
    is_draft: bool = False
    jobs: tuple[PrintJob, ...] = ()
    print_files: Mapping[str, bytes] = field(default_factory=dict, repr=False)  # Typst layouts by name
    print_trusted: bool = True  # False: a layout comes from the project, so it runs with limits
    fonts: ExtraFonts = field(default_factory=ExtraFonts, repr=False)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file to be written: its name inside the output folder, and its bytes."""

    name: str
    format: str
    deck: str
    data: bytes = field(repr=False)
