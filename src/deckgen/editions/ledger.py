"""The ledger: one text file a deck, kept in git beside the cards, that knows everything ever published.

A line is a thing, its columns are separated by tabs, and lines are sorted, so that a diff shows which note and which of
its fields an edition changed. Branches that change cards leave it alone, so they merge; `deckgen release`
writes it, nobody else; a damaged one is refused with its line, never repaired. docs/reference/ledger.md describes the
columns. Knows lines and columns; not what a note looks like in Anki.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from deckgen.diagnostics import Bag, Source, Span
from deckgen.editions.columns import EMPTY, problem
from deckgen.model import Edition, Verdict

NAME = "ledger.txt"
FORMAT = "deckgen ledger"
VERSION = "1"
END = "end"
HEAD = """\
# Everything that has been published of this deck. `deckgen release` writes this file: keep it in git, never edit it.
# One thing a line; docs/reference/ledger.md of deckgen explains the columns.
"""
RESTORE = (
    "Take it from your last commit (`git checkout -- {path}`), then run `deckgen release` if an edition was to be made."
)
UNMERGED = (
    "Two branches each made an edition. Keep the ledger of the one that students have (`git checkout --ours {path}`, or"
    " `--theirs`), commit the merge, and release again."
)
CONFLICTS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
HELD, RETIRED, DROPPED = "held", "retired", "dropped"
VERDICTS: tuple[str, ...] = get_args(Verdict)
GONE = "~"  # before the ordinal of a card that a note no longer makes: students may still have it

_ODD = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class PublishedType:
    """A note type as students have it. `schema` is a hash of the ids of its fields and card templates, in order."""

    key: str
    id: int
    name: str
    first: str
    last: str
    time: int
    look: str  # hash of its name, faces and style sheet
    schema: str
    names: tuple[str, ...]  # of its fields, then of its card templates


@dataclass(frozen=True, slots=True)
class PublishedMedia:
    """A picture or sound that students have, with a hash of its bytes."""

    name: str
    first: str
    content: str


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """A note that students have.

    `first` and `last` are the editions in which it came and last changed, `texts` the one in which a field of it last
    did; `since` the one that retired or dropped it.
    `content` is a hash of what lands in Anki, `words` one of what the author wrote, `marks` a short one for each
    filled field. `cards` gives every ordinal, with what it asks for where ordinals could be confused; those that are no
    longer made behind the others, with a `~`. `packages` are the keys of the parts of the deck that held it in the last
    edition, with commas between.
    """

    id: str
    guid: str
    note_type: str
    first: str
    last: str
    texts: str
    state: str
    since: str
    content: str
    words: str
    deck: str
    cards: str
    marks: str
    at: int = field(default=0, compare=False)  # offset of its line
    packages: str = ""

    def fields(self) -> dict[str, str]:
        """The mark of each filled field."""
        return read_marks(self.marks)

    def made(self) -> str:
        """The cards that it made in the last edition, as `cards_of` writes them."""
        return self.cards.partition(f" {GONE}")[0]

    def ordinals(self) -> dict[int, str]:
        """What each card asks for that it made in the last edition, by ordinal; "" where that goes without saying."""
        return read_cards(self.made())

    def ever(self) -> dict[int, str]:
        """The same for all cards it ever made."""
        return read_cards(self.cards.replace(GONE, ""))


def read_marks(marks: str) -> dict[str, str]:
    """The marks of the fields by name."""
    return dict(part.split("=", 1) for part in marks.split(",") if part)


def read_cards(cards: str) -> dict[int, str]:
    """What cards ask for, by ordinal."""
    parts = (part.partition(":") for part in cards.split(" ") if part)
    return {int(number): meaning for number, _, meaning in parts}


def with_gone(cards: str, before: PublishedNote) -> str:
    """The cards a note makes now, and behind them those it once made."""
    now, ever = read_cards(cards), before.ever()
    gone = [f"{GONE}{number}:{ever[number]}".rstrip(":") for number in sorted(ever.keys() - now.keys())]
    return " ".join([cards, *gone])


@dataclass(frozen=True, slots=True)
class Ledger:
    """A deck's ledger. Notes by GUID, note types and packages by key, media by name; editions from the oldest to the newest."""

    deck: str
    name: str
    about: str  # hash of the deck's description
    pages: str  # hash of what only stands in print, and of the order of the notes
    editions: tuple[Edition, ...]
    types: Mapping[str, PublishedType] = field(repr=False)
    media: Mapping[str, PublishedMedia] = field(repr=False)
    notes: Mapping[str, PublishedNote] = field(repr=False)
    packages: Mapping[str, str] = field(default_factory=dict)  # of parts, by key: the edition in which each came
    source: Source | None = field(default=None, repr=False, compare=False)

    @property
    def last(self) -> Edition:
        """The newest edition."""
        return self.editions[-1]

    def edition(self, version: str) -> Edition | None:
        """The edition of this version."""
        return next((edition for edition in self.editions if edition.version == version), None)

    def times(self) -> dict[str, int]:
        """When each edition was made, by version."""
        return {edition.version: edition.time for edition in self.editions}

    def span(self, note: PublishedNote) -> Span:
        """The id of a note, on its line."""
        source = self.source or Source(NAME, "")
        start = note.at + len("note\t")
        return Span(source, start, max(source.text.find("\t", start), start))


# ---- writing --------------------------------------------------------------------------------------------------


def to_text(ledger: Ledger) -> str:
    """The ledger as a file; reading it gives the same ledger."""
    lines = [
        f"{FORMAT} {VERSION}",
        HEAD.rstrip("\n"),
        _line("deck", ledger.deck, ledger.name, ledger.about, ledger.pages),
    ]
    lines += [_line("edition", each.version, stamp(each.time), each.verdict) for each in ledger.editions]
    lines += [
        _line("type", one.key, str(one.id), one.name, one.first, one.last, stamp(one.time), one.look, one.schema, ",".join(one.names))
        for _, one in sorted(ledger.types.items())
    ]  # fmt: skip
    lines += [_line("package", key, first) for key, first in sorted(ledger.packages.items())]
    lines += [_line("media", one.name, one.first, one.content) for _, one in sorted(ledger.media.items())]
    lines += [
        _line("note", one.id, one.guid, one.note_type, one.first, one.last, one.texts, one.state, one.since, one.content, one.words, one.deck, one.cards, one.marks, *filter(None, [one.packages]))
        for one in sorted(ledger.notes.values(), key=lambda one: (one.id, one.guid))
    ]  # fmt: skip
    return "\n".join([*lines, _line(END, str(len(ledger.notes))), ""])


def stamp(time: int) -> str:
    """A time in seconds as `2026-11-26T14:32:05Z`."""
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _line(*cells: str) -> str:
    return "\t".join([cell if cell.isalnum() else _cell(cell) for cell in cells])


def _cell(text: str) -> str:
    """Nothing is written as a hyphen, so a lone hyphen is escaped like what would break a line or a column."""
    return "\\u002d" if text == EMPTY else _ODD.sub(_escaped, text) or EMPTY


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


# ---- reading --------------------------------------------------------------------------------------------------


class _Broken(Exception):  # noqa: N818 - it never leaves this module
    """A line that cannot be read: what is wrong with it, and what to do."""

    def __init__(self, message: str, hint: str = RESTORE) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class _Draft:
    """A ledger while its lines are read."""

    deck: tuple[str, ...] = ("", "", "", "")
    count: int = -1  # notes that the last line says there are
    editions: list[Edition] = field(default_factory=list)
    types: dict[str, PublishedType] = field(default_factory=dict)
    media: dict[str, PublishedMedia] = field(default_factory=dict)
    notes: dict[str, PublishedNote] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def read_ledger(source: Source, deck: str, bag: Bag) -> Ledger | None:
    """The ledger in a file, for the deck of this key; None, and an error, when it is not whole."""
    lines = source.text.split("\n")
    if not _is_ledger(lines[0].rstrip("\r"), source, bag):
        return None
    draft = _Draft()
    at, last = 0, len(lines) - 1
    while not lines[last].strip():
        last -= 1
    for number, raw in enumerate(lines[:-1]):
        line = raw.rstrip("\r")
        if number and line and not line.startswith("#"):
            try:
                _read(line, at, draft)
            except _Broken as broken:
                _refuse(str(broken), Span(source, at, at + len(line)), bag, broken.hint)
                return None
        if draft.count >= 0 and number >= last:
            return _whole(draft, deck, source, Span(source, at, at + len(line)), bag)
        at += len(raw) + 1
    begin = source.text.rfind("\n", 0, len(source.text) - 1) + 1
    _refuse(
        "the ledger breaks off: its last line must be `end` and the number of notes",
        Span(source, begin, len(source.text)),
        bag,
    )
    return None


def _is_ledger(first: str, source: Source, bag: Bag) -> bool:
    name, _, version = first.rpartition(" ")
    if name == FORMAT and version == VERSION:
        return True
    span = Span(source, 0, len(first))
    if name == FORMAT and re.fullmatch("[1-9][0-9]{0,8}", version):
        bag.error("ledger-damaged", f"this ledger has the form {version}, which this deckgen does not know", span, "",
                  "Use a newer version of deckgen.")  # fmt: skip
    else:
        _refuse(f"a ledger begins with `{FORMAT} {VERSION}`", span, bag)
    return False


def _refuse(message: str, span: Span, bag: Bag, hint: str = RESTORE) -> None:
    bag.error("ledger-damaged", message, span, "", hint.format(path=span.path))


def _whole(draft: _Draft, deck: str, source: Source, end: Span, bag: Bag) -> Ledger | None:
    key, name, about, pages = draft.deck
    if key != deck:
        span = Span(source, 0, len(source.line(1)))
        if not key:
            _refuse("this ledger does not say of which deck it is", span, bag)
        else:
            bag.error("other-ledger", f"this is the ledger of the deck `{key}`, not of `{deck}`", span, "",
                      f"A deck's key is permanent, because GUIDs follow from it: call the deck `{key}` again in `deckgen.yaml`, and its folder `cards/{key}/`.")  # fmt: skip
        return None
    if not draft.editions:
        _refuse("the ledger names no edition", end, bag)
        return None
    if len(draft.notes) != draft.count:
        _refuse(f"the ledger has {len(draft.notes):,} notes, and its last line says {draft.count:,}", end, bag)
        return None
    return Ledger(
        key, name, about, pages, tuple(draft.editions), draft.types, draft.media, draft.notes, draft.packages, source
    )


def _read(line: str, at: int, draft: _Draft) -> None:
    kind, _, rest = line.partition("\t")
    reader = _READERS.get(kind)
    if reader is None:
        if line.startswith(CONFLICTS):
            raise _Broken("git could not merge this ledger: it holds the lines of two branches", UNMERGED)
        raise _Broken(f"there is no line `{kind[:40]}` in a ledger")
    if wrong := problem(kind, rest):
        raise _Broken(wrong)
    cells = ["" if cell == EMPTY else _unescaped(cell) if "\\" in cell else cell for cell in rest.split("\t")]
    reader(cells, at, draft)


def _unescaped(cell: str) -> str:
    """The text of a cell with escapes. Only what must be escaped may be."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell)
    if _cell(text) != cell:
        raise _Broken(f"`{cell[:40]}` is not written as a ledger writes it")
    return text


def _deck(cells: list[str], _: int, draft: _Draft) -> None:
    if draft.deck[0]:
        raise _Broken("the ledger names its deck twice")
    draft.deck = tuple(cells)


def _end(cells: list[str], _: int, draft: _Draft) -> None:
    draft.count = int(cells[0])


def _edition(cells: list[str], _: int, draft: _Draft) -> None:
    version, time, verdict = cells
    made = Edition(version, _time(time), cast("Verdict", verdict))
    if version in draft.versions:
        raise _Broken(f"the edition {version} stands twice: two branches released it", UNMERGED)
    if draft.editions and made.time <= draft.editions[-1].time:
        raise _Broken(f"the edition {version} is not later than {draft.editions[-1].version} above it")
    draft.versions.add(version)
    draft.editions.append(made)


def _type(cells: list[str], _: int, draft: _Draft) -> None:
    key, number, name, first, last, time, look, schema, names = cells
    if key in draft.types:
        raise _Broken(f"the note type `{key}` stands twice")
    draft.types[key] = PublishedType(
        key, int(number), name, _version(first, draft), _version(last, draft), _time(time), look, schema, tuple(names.split(","))
    )  # fmt: skip


def _package(cells: list[str], _: int, draft: _Draft) -> None:
    key, first = cells
    if key in draft.packages:
        raise _Broken(f"the package `{key}` stands twice")
    draft.packages[key] = _version(first, draft)


def _media(cells: list[str], _: int, draft: _Draft) -> None:
    name, first, content = cells
    if name in draft.media:
        raise _Broken(f"the file `{name}` stands twice")
    draft.media[name] = PublishedMedia(name, _version(first, draft), content)


def _note(cells: list[str], at: int, draft: _Draft) -> None:
    id_, guid, kind, first, last, texts, state, since, content, words, deck, cards, marks, *more = cells
    made = PublishedNote(
        id_, guid, kind, first, last, texts, state, since, content, words, deck, cards, marks, at, "".join(more)
    )
    if made.guid in draft.notes or (made.id in draft.ids and made.state != DROPPED):
        raise _Broken(f"the note `{made.id}` stands twice")
    if not draft.versions.issuperset((made.first, made.last, made.texts)):
        for version in (made.first, made.last, made.texts):
            _version(version, draft)
    if (made.state == HELD) is bool(made.since):
        raise _Broken("a note that is held has no edition that retired or dropped it, and any other has one")
    if made.since and made.since not in draft.versions:
        _version(made.since, draft)
    if made.state != DROPPED:
        draft.ids.add(made.id)
    draft.notes[made.guid] = made


_READERS: Mapping[str, Callable[[list[str], int, _Draft], None]] = {
    "deck": _deck,
    "edition": _edition,
    "type": _type,
    "package": _package,
    "media": _media,
    "note": _note,
    END: _end,
}


def _version(version: str, draft: _Draft) -> str:
    if version not in draft.versions:
        raise _Broken(f"the ledger names no edition {version[:40] or 'here'}")
    return version


def _time(text: str) -> int:
    try:
        made = dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        raise _Broken(f"`{text[:40]}` is no time, as 2026-11-26T14:32:05Z") from None
    return int(made.timestamp())
