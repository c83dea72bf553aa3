"""What a note says of itself beside its card text, and what a set says for all its notes: tags, references, dates.

Knows these values and their rules; not the kinds of notes, nor their texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.keys import DIFFICULTIES, DIRECTIONS, INHERITED
from deckgen.load.texts import Pictures
from deckgen.model import Citation, Direction, Figure, Media, Retired
from deckgen.project import LANGUAGE, TAG, VERSION
from deckgen.references import KEY
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

NOTE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NOTE_PATH = re.compile(rf"{NOTE_ID.pattern}(/[a-z0-9][a-z0-9_-]{{0,63}}){{0,3}}")  # of a note made from a table
NOTE_ID_RULE = "Small letters, digits and `-`, at most 64; it begins with a letter or a digit."
TAG_RULE = "Letters, digits, `_` and `-`, no spaces; `::` makes levels, as in `drug::denosumab`."
# Problems after which nothing is searched for that may have been meant: it takes long, and nobody reads on.
ENOUGH = 100
STATEMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
STATEMENT_RULE = "Letters, digits, `.` and `-`, at most 40, such as `S1.4`; it begins with a letter or a digit."
SEVERAL = 4  # ids of statements that a hint lists


@dataclass(frozen=True, slots=True)
class Family:
    """An option family: options that several cases choose from, each with a reason or None, as written."""

    name: str
    span: Span
    options: tuple[tuple[Scalar, Node | None], ...]


@dataclass(slots=True)
class DeckFrame:
    """What every note of a deck is read against.

    `media` reads the picture of a path and reports at the span where there is none. `pictures` collects the paths
    of pictures and sounds with where they are called, `families` the option families of all sets. `statements` are the
    ids of the fact base; None when there is none, or it cannot be read: then a note may name any.
    """

    key: str
    name: str
    tag_prefix: str
    reference_keys: Collection[str]
    figures: MappingType[str, Figure]
    media: Callable[[str, Span], Media | None]
    language: str = "en"
    statements: Collection[str] | None = None
    pictures: Pictures = field(default_factory=list)
    families: dict[str, Family] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetFrame:
    """What the notes of one set have in common: the header's values, already read."""

    title: str = ""
    topic: str = ""
    subdeck: str = ""
    tags: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    statements: tuple[str, ...] = ()
    checked: str = ""
    difficulty: str = ""
    language: str = ""
    direction: Direction = ""


_NOTHING = SetFrame()


def common_values(keys: MappingType[str, Node], deck: DeckFrame, bag: Bag) -> SetFrame:
    """The keys that a set may give for all its notes, read from a set's header or from a note."""
    if keys.keys().isdisjoint(INHERITED):
        return _NOTHING
    direction = shapes.word(keys["direction"], bag, "direction", DIRECTIONS) if "direction" in keys else ""
    return SetFrame(
        topic=shapes.text(keys["topic"], bag, "topic") if "topic" in keys else "",
        subdeck=shapes.deck_name(keys["subdeck"], bag, "subdeck") if "subdeck" in keys else "",
        citations=_citations(keys["references"], deck, bag) if "references" in keys else (),
        statements=_statements(keys["statements"], deck, bag) if "statements" in keys else (),
        checked=shapes.date(keys["checked"], bag, "checked") if "checked" in keys else "",
        difficulty=shapes.word(keys["difficulty"], bag, "difficulty", DIFFICULTIES) if "difficulty" in keys else "",
        language=shapes.matching(keys["language"], bag, "language", LANGUAGE, "A language tag such as `en` or `pt-BR`.")
        if "language" in keys
        else "",
        direction="rtl" if direction == "rtl" else "ltr" if direction else "",
    )


def _citations(node: Node, deck: DeckFrame, bag: Bag) -> tuple[Citation, ...]:
    return tuple(citation for citation in _each_citation(node, deck, bag) if citation)


def _each_citation(node: Node, deck: DeckFrame, bag: Bag) -> Iterator[Citation | None]:
    """Keys alone, or keys with a place in the work behind a colon."""
    for item in [node] if isinstance(node, Mapping) else shapes.items(node, bag, "references"):
        if isinstance(item, Mapping):
            for key, value in item.entries:
                yield _citation(key, shapes.text(value, bag, "references"), deck, bag)
        elif isinstance(item, Scalar):
            yield _citation(item, "", deck, bag)
        else:
            hint = "Write `- Boyle2003`, or with a place `- Boyle2003: p. 338`."
            bag.error("wrong-shape", "a reference is a key of the bibliography", item.span, "a key belongs here", hint)


def _citation(key: Scalar, locator: str, deck: DeckFrame, bag: Bag) -> Citation | None:
    if is_reference(key, deck.reference_keys, deck.key, bag):
        return Citation(key.text.strip(), locator, key.span)
    return None


def is_reference(key: Scalar, bibliography: Collection[str], deck: str, bag: Bag) -> bool:
    """Whether the bibliography of the deck with this key has a record of this id; if not, that is reported."""
    name = key.text.strip()
    if name in bibliography:
        return True
    near = nearest(name, bibliography) if len(bag) < ENOUGH else None
    hint = "Keys are the ids of the bibliography; add the record there."
    if not bibliography:
        hint = f"This deck has no bibliography yet: export it from Zotero as `cards/{deck}/references.json`."
    elif KEY.fullmatch(name) is None:
        hint = "Write the key alone; a place in the work goes behind a colon: `- Boyle2003: p. 338`."
    bag.error(
        "unknown-reference",
        f"the bibliography has no `{name[:60]}`",
        key.span,
        f"did you mean `{near}`?" if near else "",
        hint,
    )
    return False


def _statements(node: Node, deck: DeckFrame, bag: Bag) -> tuple[str, ...]:
    found = []
    for item in shapes.items(node, bag, "statements"):
        name = shapes.matching(item, bag, "statement", STATEMENT, STATEMENT_RULE)
        if name and deck.statements is not None and name not in deck.statements:
            _report_statement(name, item.span, deck.statements, deck.key, bag)
        elif name:
            found.append(name)
    return tuple(found)


def _report_statement(name: str, span: Span, known: Collection[str], deck: str, bag: Bag) -> None:
    """Say that the fact base has no such statement, and which was meant: longer ids that begin or end so, or a near one."""
    label, hint = "", f"Statements stand in `cards/{deck}/statements.yaml`, or in files in `statements/` there; add it."
    if len(bag) < ENOUGH:
        longer = [each for each in sorted(known) if each.endswith(f".{name}") or each.startswith(f"{name}.")]
        if len(longer) > 1:
            listed = ", ".join(f"`{each}`" for each in longer[:SEVERAL])
            hint = f"There are {listed}{' and others' if len(longer) > SEVERAL else ''}."
        elif near := next(iter(longer), None) or nearest(name, known):
            label = f"did you mean `{near}`?"
    bag.error("unknown-statement", f"the fact base has no statement `{name}`", span, label, hint)


def read_tags(node: Node, bag: Bag) -> tuple[str, ...]:
    """A list of tags."""
    return tuple(
        tag for item in shapes.items(node, bag, "tags") if (tag := shapes.matching(item, bag, "tag", TAG, TAG_RULE))
    )


def all_tags(prefix: str, tags: tuple[str, ...], difficulty: str) -> tuple[str, ...]:
    """The tags of a note as Anki shall have them: the deck's prefix before each, the difficulty among them, none twice."""
    kept: dict[str, str] = {}
    for tag in (*tags, f"difficulty::{difficulty}") if difficulty else tags:
        # Anki compares tags without regard to case and keeps the first spelling.
        kept.setdefault(tag.casefold(), f"{prefix}::{tag}" if prefix else tag)
    return tuple(kept.values())


def earlier_ids(node: Node, bag: Bag) -> tuple[str, ...]:
    """The ids a note had before, oldest first."""
    found = (
        shapes.matching(
            item, bag, "id", NOTE_PATH, f"{NOTE_ID_RULE} Of a note made from a table: parts with `/` between."
        )
        for item in shapes.items(node, bag, "was")
    )
    return tuple(value for value in found if value)


def retired(node: Node, bag: Bag) -> Retired | None:
    """Why and since when a note is no longer taught."""
    mapping = expect_mapping(node, "`retired`", bag)
    if mapping is None:
        return None
    keys = take(mapping, ("since", "why", "replaced by"), bag, "`retired`")
    for key in ("since", "why"):
        if key not in keys:
            bag.error("missing-key", f"`{key}` is missing", node.span, "", f"Add `{key}: ...` under `retired`.")
    values = {key: shapes.text(value, bag, key) for key, value in keys.items() if key != "since"}
    if "since" in keys:
        values["since"] = shapes.matching(
            keys["since"], bag, "since", VERSION, "The version of an edition, as `1.4.0`."
        )
    return Retired(values.get("since", ""), values.get("why", ""), values.get("replaced by", ""))
