"""Anki's card-template language: what a face holds, what is wrong with it, which cards a note makes.

The rules are those of Anki's own backend; tests/test_anki.py holds this module against it. Knows the language
and plain field values; not where faces come from, nor what is shown around them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, Protocol, TypeAlias

from deckgen.diagnostics import nearest

# Anki fills these by itself. On a front they count as text, `Tags` only when the note has some.
ALWAYS_FILLED = frozenset({"Card", "CardFlag", "CardID", "Deck", "Subdeck", "Type"})
SPECIAL = ALWAYS_FILLED | {"Tags", "FrontSide"}
LAST_CLOZE = 500  # Anki gives every greater number to card 500
DEEPEST_CLOZE = 10
DEEPEST_SECTION = 50  # ours: nobody nests deeper, and what walks a face can do so without fear
MANY_FAULTS = 50
OTHER_BRACES = "{{=<% %>=}}"

_EMPTY = re.compile(r"(?:[ \t\n\r\f\v]|</?(?:br|div) ?/?>)*", re.IGNORECASE | re.ASCII)
_EMPTY_BEGINS = " \t\n\r\f\v<"
_CLOZE_MARK = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_GAP = re.compile(r"\{\{c([0-9,]+)::(.*?)\}\}", re.DOTALL)
_CARD_NUMBER = re.compile(r"c\+?[0-9]+", re.ASCII)
_HTML_TAG = re.compile(r"<!--.*?-->|<style.*?</style>|<script.*?</script>|<[^>]*>", re.DOTALL | re.IGNORECASE)


class Text(NamedTuple):
    """Anything that is not a tag of the template language, comments included."""

    text: str


class Replacement(NamedTuple):
    """`{{filter:Field}}`. The filter nearest to the field comes first; it is applied first."""

    field: str
    filters: tuple[str, ...]
    start: int
    end: int


class Section(NamedTuple):
    """`{{#Field}}..{{/Field}}`, or with `^` when `negated`. `start` and `end` are those of the opening tag."""

    field: str
    negated: bool
    children: tuple[Node, ...]
    start: int
    end: int


class Fault(NamedTuple):
    """Something Anki refuses in a face, with offsets into it."""

    message: str
    start: int
    end: int
    hint: str = ""


class Tag(NamedTuple):
    """A tag as it stands in the text: `sign` is "#", "^", "/", or empty for a replacement, with its filters or not."""

    sign: str
    field: str
    filtered: bool
    start: int
    end: int


Node: TypeAlias = Text | Replacement | Section
Test: TypeAlias = "str | tuple[str, bool, tuple[Test, ...]]"


class Template(Protocol):
    """What this module needs of a card template."""

    @property
    def name(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def front(self) -> str: ...  # noqa: D102
    @property
    def back(self) -> str: ...  # noqa: D102


class TypeOfNotes(Protocol):
    """What this module needs of a note type."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def is_cloze(self) -> bool: ...  # noqa: D102
    @property
    def templates(self) -> Sequence[Template]: ...  # noqa: D102
    def field_names(self) -> tuple[str, ...]: ...  # noqa: D102


# ---- reading a face -------------------------------------------------------------------------------------------


def parse(face: str) -> tuple[tuple[Node, ...], tuple[Fault, ...]]:
    """The nodes of a face, and what is wrong with its sections. Goes on after a fault."""
    reader = _Reader()
    at = len(face) - len(_after_directive(face))
    for start, end, tag in _tags(face, at, ("<%", "%>") if at else ("{{", "}}")):
        reader.add_text(face[at:start])
        reader.add_tag(tag, start, end)
        at = end
    reader.add_text(face[at:])
    return reader.finish()


def tags(face: str) -> list[Tag]:
    """All tags of a face in the order of the text, those that close a section too."""
    at = len(face) - len(_after_directive(face))
    found = []
    for start, end, content in _tags(face, at, ("<%", "%>") if at else ("{{", "}}")):
        sign, name = _signed(content)
        found.append(Tag(sign, name if sign else name.rpartition(":")[2], not sign and ":" in name, start, end))
    return found


def _after_directive(face: str) -> str:
    """The rest of the face behind `{{=<% %>=}}`, Mustache's way to change the braces, which Anki still reads."""
    bare = face.lstrip()
    return bare.removeprefix(OTHER_BRACES) if bare.startswith(OTHER_BRACES) else face


def _tags(face: str, at: int, braces: tuple[str, str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and content of every tag; comments are passed over. No stretch of text is read twice."""
    closing = {braces[0]: braces[1], "<!--": "-->"}
    last = {opening: face.rfind(close) for opening, close in closing.items()}
    for match in re.finditer("|".join(map(re.escape, closing)), face):
        if match.start() < at or match.end() > last[match[0]]:
            continue
        end = face.index(closing[match[0]], match.end())
        at = end + len(closing[match[0]])
        if match[0] == braces[0]:
            yield match.start(), at, face[match.end() : end]


def _signed(tag: str) -> tuple[str, str]:
    """The sign of a tag, empty for a replacement, and the rest."""
    content = tag.lstrip("{").strip()
    return (content[0], content[1:].lstrip()) if len(content) > 1 and content[0] in "#^/" else ("", content)


class _Reader:
    """Puts nodes together: one list a level, and the tag that opened each level but the first."""

    def __init__(self) -> None:
        self.levels: list[list[Node]] = [[]]
        self.open_tags: list[tuple[str, bool, int, int]] = []
        self.faults: list[Fault] = []

    def add_text(self, text: str) -> None:
        if text:
            self.levels[-1].append(Text(text))

    def add_tag(self, tag: str, start: int, end: int) -> None:
        sign, name = _signed(tag)
        if sign in ("#", "^"):
            self._open(name, sign == "^", start, end)
        elif sign:
            if self.open_tags and self.open_tags[-1][0] == name:
                self._close()
            else:
                self.faults.append(_wrong_closing(name, self.open_tags, start, end))
        else:
            *filters, field = name.split(":")
            self.levels[-1].append(Replacement(field, tuple(reversed(filters)), start, end))

    def finish(self) -> tuple[tuple[Node, ...], tuple[Fault, ...]]:
        while self.open_tags:
            field, _, start, end = self.open_tags[-1]
            self.faults.append(
                Fault(f"the section `{field}` is never closed", start, end, f"Put `{{{{/{field}}}}}` where it ends.")
            )
            self._close()
        return tuple(self.levels[0]), tuple(self.faults)

    def _open(self, name: str, negated: bool, start: int, end: int) -> None:
        if len(self.open_tags) == DEEPEST_SECTION:
            self.faults.append(Fault(f"sections lie more than {DEEPEST_SECTION} deep here", start, end))
            return
        self.open_tags.append((name, negated, start, end))
        self.levels.append([])

    def _close(self) -> None:
        field, negated, start, end = self.open_tags.pop()
        children = tuple(self.levels.pop())
        self.levels[-1].append(Section(field, negated, children, start, end))


def _wrong_closing(name: str, open_tags: Sequence[tuple[str, bool, int, int]], start: int, end: int) -> Fault:
    if not open_tags:
        return Fault(
            f"`{{{{/{name}}}}}` closes a section that was never opened", start, end, f"Open it with `{{{{#{name}}}}}`."
        )
    expected = open_tags[-1][0]
    return Fault(
        f"`{{{{/{name}}}}}` stands where `{{{{/{expected}}}}}` must come first",
        start,
        end,
        "Close sections in the reverse order.",
    )


def _walk(nodes: Iterable[Node]) -> Iterator[Replacement | Section]:
    for node in nodes:
        if not isinstance(node, Text):
            yield node
        if isinstance(node, Section):
            yield from _walk(node.children)


def fields_used(face: str) -> frozenset[str]:
    """The names of all fields a face shows or asks for, special ones left out."""
    return frozenset(node.field for node in _walk(parse(face)[0]) if node.field) - SPECIAL


# ---- checking a face ------------------------------------------------------------------------------------------


def check(face: str, fields: Collection[str], *, front: bool = False, cloze: bool = False) -> tuple[Fault, ...]:
    """What Anki would refuse in a face of a note type with these fields, in the order of the text."""
    nodes, faults = parse(face)
    unknown = (fault for node in _walk(nodes) if (fault := _unknown(node, fields)))
    found = [*faults, *islice(unknown, MANY_FAULTS)]
    shown = [node for node in _walk(nodes) if isinstance(node, Replacement)]
    if cloze and not any("cloze" in node.filters for node in shown):
        found.append(
            Fault("both sides of a cloze note type must show a field with `cloze:`", 0, 0, "Write `{{cloze:Text}}`.")
        )
    elif front and not any(node.field != "FrontSide" for node in shown):
        found.append(
            Fault("the front shows no field", 0, 0, "Anki makes no card from it; write `{{Question}}`, for example.")
        )
    return tuple(sorted(found, key=lambda fault: (fault.start, fault.end)))[:MANY_FAULTS]


def _unknown(node: Replacement | Section, fields: Collection[str]) -> Fault | None:
    name = node.field
    if name in fields or name in SPECIAL or (not name and isinstance(node, Replacement) and node.filters):
        return None
    if isinstance(node, Section) and _CARD_NUMBER.fullmatch(name):
        return None
    if name.startswith("!"):
        return Fault(
            "Anki has no comments in braces",
            node.start,
            node.end,
            "Write `<!-- ... -->`, or `[# ... #]`, which never reaches Anki.",
        )
    if name != name.strip():
        return Fault(f"there is a space between the colon and `{name.strip()}`", node.start, node.end, "Leave it out.")
    near = nearest(name, fields)
    return Fault(f"there is no field `{name}`", node.start, node.end, f"Did you mean `{near}`?" if near else "")


# ---- which cards a note makes ---------------------------------------------------------------------------------


def is_empty(value: str) -> bool:
    """Whether Anki takes a field for empty: nothing in it but white space and line breaks."""
    return not value or (value[0] in _EMPTY_BEGINS and _EMPTY.fullmatch(value) is not None)


def cards_of(note_type: TypeOfNotes, fields: Sequence[str], *, tagged: bool = False) -> tuple[int, ...]:
    """The ordinals of the cards Anki makes from a note; the first one when its content calls for none."""
    return filled_cards(note_type, fields, tagged=tagged) or (0,)


def filled_cards(note_type: TypeOfNotes, fields: Sequence[str], *, tagged: bool = False) -> tuple[int, ...]:
    """The ordinals of the cards that have something on their front, which may be none."""
    if note_type.is_cloze:
        return _cloze_cards(fields)
    fronts = tuple([template.front for template in note_type.templates])
    return _compiled(fronts, note_type.field_names()).cards(fields, tagged=tagged)


def _cloze_cards(fields: Sequence[str]) -> tuple[int, ...]:
    """Anki looks in every field, whether the front shows it or not."""
    numbers = set().union(*[cloze_numbers(value) for value in fields if "{{c" in value])
    return tuple(sorted({min(number, LAST_CLOZE) - 1 for number in numbers}))


class _Fronts(NamedTuple):
    """The fronts of a note type, made ready for many notes.

    `needed` are the fields that matter, with their places; `given` the special fields that are always filled;
    `tests` has, for every front, the tests of which one must pass.
    """

    needed: tuple[tuple[int, str], ...]
    given: frozenset[str]
    tests: tuple[tuple[Test, ...], ...]

    def cards(self, fields: Sequence[str], *, tagged: bool) -> tuple[int, ...]:
        filled = {name for at, name in self.needed if fields[at] and not is_empty(fields[at])}
        filled |= self.given
        if tagged:
            filled.add("Tags")
        return tuple([ordinal for ordinal, tests in enumerate(self.tests) if _passes(tests, filled)])


@lru_cache(maxsize=256)
def _compiled(fronts: tuple[str, ...], names: tuple[str, ...]) -> _Fronts:
    """A front Anki cannot read makes no card; neither does one that shows nothing but text of its own."""
    parsed = [parse(front) for front in fronts]
    tests = tuple(() if faults else _tests(nodes) for nodes, faults in parsed)
    used = frozenset(node.field for nodes, _ in parsed for node in _walk(nodes))
    needed = tuple((at, name) for at, name in enumerate(names) if name in used)
    return _Fronts(needed, ALWAYS_FILLED.difference(names), tests)


def _tests(nodes: Iterable[Node]) -> tuple[Test, ...]:
    found: list[Test] = []
    for node in nodes:
        if isinstance(node, Replacement):
            found.append(node.field)
        elif isinstance(node, Section) and (inner := _tests(node.children)):
            # `{{#F}}..{{F}}..{{/F}}` asks for F alone: the common case, and the reason for doing this beforehand.
            found.append(node.field if node.field in inner and not node.negated else (node.field, node.negated, inner))
    return tuple(found)


def _passes(tests: tuple[Test, ...], filled: Collection[str]) -> bool:
    for test in tests:
        if isinstance(test, str):
            if test in filled:
                return True
        elif (test[0] in filled) is not test[1] and _passes(test[2], filled):
            return True
    return False


def requirements(front: str, names: Sequence[str]) -> tuple[str, list[int]]:
    """Which fields a front needs, as note types of schema 11 state it (`req`), by Anki's own approximation."""
    tests = _tests(parse(front)[0])
    places = range(len(names))
    alone = [at for at in places if _passes_old(tests, {names[at]})]
    if alone:
        return "any", alone
    if not _passes_old(tests, set(names)):
        return "none", []
    needed = [at for at in places if not _passes_old(tests, set(names) - {names[at]})]
    return ("all", needed) if needed else ("none", [])


def _passes_old(tests: tuple[Test, ...], filled: set[str]) -> bool:
    """As `_passes`, but a negated section always counts: so older programs computed it."""
    return any(
        test in filled if isinstance(test, str) else (test[1] or test[0] in filled) and _passes_old(test[2], filled)
        for test in tests
    )


# ---- cloze deletions ------------------------------------------------------------------------------------------


def cloze_numbers(value: str) -> set[int]:
    """The numbers of all clozes in a field, nested ones and `{{c1,2::..}}` included, 0 left out."""
    levels: list[set[int]] = [set()]
    for match in _CLOZE_MARK.finditer(value):
        if match[1] is None:
            # What stands in a cloze that is never closed is lost with it, so numbers go up one level at a time.
            if len(levels) > 1:
                inner = levels.pop()
                levels[-1] |= inner
        elif (numbers := _numbers(match[1])) and len(levels) <= DEEPEST_CLOZE:
            levels.append(numbers)
    return levels[0] - {0}


def _numbers(text: str) -> set[int]:
    """The numbers of `{{c1,2::`. Anki's are of 16 bits; others are none."""
    digits = [part.lstrip("0") or "0" for part in text.split(",") if part]
    return {number for each in digits if len(each) < 6 and (number := int(each)) < 1 << 16}


def reveal_cloze(value: str, number: int, *, question: bool) -> str:
    """A field as `{{cloze:..}}` shows it on the card of this number; nothing when it has no such cloze."""
    if number not in cloze_numbers(value):
        return ""
    levels: list[tuple[set[int], list[str]]] = [(set(), [])]
    at = 0
    for match in _CLOZE_MARK.finditer(value):
        numbers = _numbers(match[1]) if match[1] else set()
        if match[1] and not numbers:
            continue
        levels[-1][1].append(value[at : match.start()])
        at = match.end()
        if numbers:
            levels.append((numbers, []))
        elif len(levels) > 1:
            numbers, parts = levels.pop()
            levels[-1][1].append(_shown(numbers, "".join(parts), number, question=question))
        else:
            levels[-1][1].append(match[0])
    return "".join(levels[0][1]) + value[at:]


def cloze_alone(value: str, number: int, *, question: bool) -> str:
    """A field as `{{cloze-only:..}}` shows it: the hidden texts of this number and nothing else; on a front their hints.

    For gaps side by side, as deckgen writes them; not for gaps inside gaps.
    """
    found: list[str] = []
    for match in _GAP.finditer(value):
        if number in _numbers(match[1]):
            text, mark, hint = match[2].partition("::")
            found.append((hint if mark else "...") if question else text)
    return ", ".join(found)


def _shown(numbers: set[int], inner: str, number: int, *, question: bool) -> str:
    text, _, hint = inner.partition("::")
    ordinals = ",".join(str(each) for each in sorted(numbers))
    active = number in numbers
    name = "cloze" if active else "cloze-inactive"
    shown = f"[{hint or '...'}]" if active and question else text
    return f'<span class="{name}" data-ordinal="{ordinals}">{shown}</span>'


# ---- showing a card -------------------------------------------------------------------------------------------


def render(
    note_type: TypeOfNotes, ordinal: int, fields: Sequence[str], special: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The front and the back of a card, for previews. `special` gives `Tags`, `Deck` and the like.

    Filters that need Anki itself (`type:`, `tts`, those of add-ons) show a stand-in or the field as it is.
    """
    template = note_type.templates[0 if note_type.is_cloze else ordinal]
    values = {
        **dict.fromkeys(SPECIAL, ""),
        "Type": note_type.name,
        "Card": template.name,
        "CardFlag": "flag0",
        f"c{ordinal + 1}": "1",
        **(special or {}),
        **dict(zip(note_type.field_names(), fields, strict=True)),
    }
    filled = {name for name, value in values.items() if not is_empty(value)}
    front = "".join(_write(parse(template.front)[0], values, filled, ordinal + 1, question=True))
    values["FrontSide"] = front
    return front, "".join(_write(parse(template.back)[0], values, filled, ordinal + 1, question=False))


def _write(
    nodes: Iterable[Node], values: Mapping[str, str], filled: set[str], number: int, *, question: bool
) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        elif isinstance(node, Replacement):
            text = values.get(node.field, "")
            for name in node.filters:
                text = _filtered(name, text, node.field, number, question=question)
            yield text
        elif (node.field in filled) is not node.negated:
            yield from _write(node.children, values, filled, number, question=question)


def _filtered(name: str, text: str, field: str, number: int, *, question: bool) -> str:
    if name == "cloze":
        return reveal_cloze(text, number, question=question)
    if name == "cloze-only":
        return cloze_alone(text, number, question=question)
    if name == "text":
        return _HTML_TAG.sub("", text)
    if name == "type":
        return '<input id="typeans">' if question else f'<code id="typeans">{text}</code>'
    if name == "hint" and not is_empty(text):
        return f"<details><summary>{html.escape(field)}</summary>{text}</details>"
    return text
