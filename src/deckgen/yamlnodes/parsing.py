"""Events to nodes, and whatever a card file must not hold: duplicate keys, tags, alias bombs, bottomless nesting.

Every limit is checked on events, before anything is built or read to its end. Knows no shapes: what a file
must hold is the loader's business. The words for what is no YAML at all are in `syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from deckgen.diagnostics import Bag, Source, Span
from deckgen.yamlnodes import characters, syntax
from deckgen.yamlnodes.events import event_reader
from deckgen.yamlnodes.nodes import Mapping, Node, Scalar, Sequence, Style
from deckgen.yamlnodes.review import refuse_empty_block, review

MAX_DEPTH = 100
MAX_ALIASES = 100
MAX_GROWTH = 10  # a file with its aliases written out may be this many times as long
MAX_EVENTS = 1_000_000
MAX_PROBLEMS = 1_000

_STYLES: dict[str | None, Style] = {
    None: "plain", "": "plain", "'": "quote", '"': "quote", "|": "literal", ">": "folded",
}  # fmt: skip
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+#.*)*\s*)+")


def parse(source: Source, bag: Bag) -> Node | None:
    """The one document of a file; its problems go into `bag`.

    None when it cannot be read to its end. After a lesser error (a key that stands there twice, a tag) the
    nodes come all the same, so that the loader can name the other problems of the file in the same run.
    """
    if source.text.startswith("\ufeff"):
        source = Source(source.path, source.text[1:])  # a byte order mark is no column of an editor
    found = Bag()
    root = _parse(source, found)
    bag.extend(found)
    return root


def _parse(source: Source, found: Bag) -> Node | None:
    if not characters.check(source, found):
        return None
    builder = _Builder(source, found)
    try:
        root = builder.build(event_reader(source.text))
    except _GiveUpError:
        return None
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        characters.report_forbidden(source, found)
        return None
    except (yaml.YAMLError, ValueError) as error:
        syntax.report(source, error, builder.opener(), builder.last(), found)
        return None
    review(source, root, found)
    return root


class _GiveUpError(Exception):
    """The rest of the file is not worth reading; why is in the bag."""


class _Anchor:
    """A value with a name. `node` is missing until its end is read; `size` counts the events it stands for."""

    __slots__ = ("name", "node", "size", "start", "used")

    def __init__(self, name: str, start: int, size: int) -> None:
        self.name = name
        self.start = start
        self.size = size
        self.node: Node | None = None
        self.used = False


class _Frame:
    """A collection whose end is not read yet; `items` of a mapping are its keys and values in turn."""

    __slots__ = ("anchor", "is_mapping", "items", "start")

    def __init__(self, start: int, anchor: _Anchor | None, *, is_mapping: bool) -> None:
        self.items: list[Node] = []
        self.start = start
        self.anchor = anchor
        self.is_mapping = is_mapping


class _Builder:
    """Turns events into nodes. One a file."""

    def __init__(self, source: Source, bag: Bag) -> None:
        self.source = source
        self.text = source.text
        self.bag = bag
        self.stack: list[_Frame] = []
        self.frame = _Frame(0, None, is_mapping=False)  # what holds the root
        self.end = 0  # behind the last thing that is not white space or a comment
        self.count = 0
        self.growth = 0  # events that aliases stand for
        self.aliases = 0
        self.last_alias = (0, 0)
        self.documents = 0
        self.anchors: dict[str, _Anchor] = {}
        self.handlers: dict[type[Event], Callable[..., None]] = {
            MappingStartEvent: self.open,
            SequenceStartEvent: self.open,
            MappingEndEvent: self.close,
            SequenceEndEvent: self.close,
            AliasEvent: self.alias,
            DocumentStartEvent: self.document,
        }

    def build(self, get_event: Callable[[], Any]) -> Node:
        """The root. This loop runs 130,000 times for a big deck, so the commonest event stands in it."""
        source, handlers, styles = self.source, self.handlers, _STYLES
        for self.count in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                style = event.style
                start = event.start_mark.index
                self.end = end = event.end_mark.index
                node = Scalar(event.value, source, start, end, styles[style])
                if not node.text or style == '"' or event.anchor is not None or event.tag is not None:
                    self.look_closer(node, event)
                self.frame.items.append(node)
            elif kind in handlers:
                handlers[kind](event)
            elif kind is StreamEndEvent:
                break
        else:
            self.refuse_size()
        return self.root()

    def refuse_size(self) -> NoReturn:
        """A file that would need gigabytes of memory."""
        message = f"the file holds more than {MAX_EVENTS:,} values, keys and brackets"
        self.give_up("yaml-size", message, self.end, self.end + 1, "", "Split it into several files.")

    def look_closer(self, node: Scalar, event: Any) -> None:
        """The rare parts of a scalar: tag, anchor, escapes, and nothing at all."""
        if event.tag is not None:
            self.tag(node.start)
        if event.anchor is not None:
            anchor = self.anchor(event.anchor, node.start)
            anchor.node, anchor.size = node, 1
        if event.anchor is not None or event.tag is not None:
            node.start = self.behind_properties(node.start, node.end)
        elif node.start == node.end:
            while node.start and self.text[node.start - 1].isspace():
                node.start -= 1
            node.end = self.end = node.start
        elif node.style in ("literal", "folded"):
            refuse_empty_block(node, self.bag)
        if event.style == '"':
            characters.check_escapes(node, self.bag)
        self.check_patience(node.start)

    def open(self, event: Any) -> None:
        """A list or a mapping begins."""
        start = event.start_mark.index
        if len(self.stack) >= MAX_DEPTH:
            self.give_up("yaml-depth", f"values are nested more than {MAX_DEPTH} levels deep", start, start + 1,
                         "one level too many", "Card files need about five levels; check the brackets and the indentation.")  # fmt: skip
        if event.tag is not None:
            self.tag(start)
        anchor = None
        if event.anchor is not None:
            anchor = self.anchor(event.anchor, start)
        if event.anchor is not None or event.tag is not None:
            start = self.behind_properties(start, len(self.text))
        self.stack.append(self.frame)
        if self.expects_key():
            self.refuse_collection_key(start)
        self.frame = _Frame(start, anchor, is_mapping=type(event) is MappingStartEvent)

    def close(self, event: Any) -> None:
        """A list or a mapping ends: at its bracket, or behind the last value."""
        frame = self.frame
        if event.end_mark.index > event.start_mark.index:
            self.end = event.end_mark.index
        node: Node
        if frame.is_mapping:
            node = Mapping(self.entries(frame.items), self.source, frame.start, self.end)
        else:
            node = Sequence(frame.items, self.source, frame.start, self.end)
        if frame.anchor is not None:
            frame.anchor.node = node
            frame.anchor.size = self.count + self.growth - frame.anchor.size
        self.frame = self.stack.pop()
        self.frame.items.append(node)

    def entries(self, items: list[Node]) -> list[tuple[Scalar, Node]]:
        """Keys with their values; what is no proper key is reported and left out."""
        first: dict[str, Scalar] = {}
        entries: list[tuple[Scalar, Node]] = []
        pairs = iter(items)
        for key, value in zip(pairs, pairs, strict=True):
            if type(key) is not Scalar:
                continue  # reported when it began
            if key.text in first:
                self.report_twice(key, first[key.text])
            else:
                first[key.text] = key
                entries.append((key, value))
        if "<<" in first and first["<<"].style == "plain":
            message = "`<<` is a merge key, which card files do not have"
            self.bag.error("yaml-key", message, first["<<"].span, "a merge key", "Write the keys out.")
            entries = [entry for entry in entries if entry[0] is not first["<<"]]
        return entries

    def report_twice(self, key: Scalar, first: Scalar) -> None:
        """Two keys of one name; the first one counts."""
        hint = "Delete one of the two, or rename it."
        related = ((first.span, "first place"),)
        message = f"the key `{key.text[:60]}` stands here twice"
        self.bag.error("duplicate-key", message, key.span, "second place", hint, related=related)
        self.check_patience(key.start)

    def check_patience(self, at: int) -> None:
        """Stop where a file has so many problems that their number is the problem."""
        if len(self.bag) >= MAX_PROBLEMS:
            message = f"the file has more than {MAX_PROBLEMS:,} problems"
            self.give_up("yaml-size", message, at, at + 1, "reading stops here", "Mend the first ones and check again.")

    def alias(self, event: Any) -> None:
        """`*name` stands for the value that was marked `&name`."""
        start, self.end = event.start_mark.index, event.end_mark.index
        span = Span(self.source, start, self.end)
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            self.give_up("yaml-alias", f"the file holds more than {MAX_ALIASES} aliases", start, self.end,
                         "one alias too many", "Write the values out.")  # fmt: skip
        anchor = self.anchors.get(event.anchor or "")
        if anchor is None:
            syntax.report_sign(self.source, start, self.bag, "yaml-alias", f"`*{event.anchor}` refers to nothing")
            raise _GiveUpError
        anchor.used = True
        if anchor.node is None:
            self.give_up("yaml-alias", f"`*{event.anchor}` stands within the value that it refers to", start, self.end,
                         "refers to itself", "Write the value out.")  # fmt: skip
        if self.expects_key():
            self.bag.error("yaml-key", "an alias cannot be a key", span, "an alias", "Write the key out.")
        self.growth += anchor.size
        self.last_alias = start, self.end
        self.frame.items.append(anchor.node)

    def document(self, event: Any) -> None:
        """A file holds one document."""
        self.documents += 1
        start = event.start_mark.index
        if self.documents > 1:
            self.give_up("yaml-documents", "the file holds more than one YAML document", start, start + 3,
                         "a second one begins here", "Delete the line `---`, or put the rest into a file of its own.")  # fmt: skip

    def root(self) -> Node:
        """What the file holds, when all of it is read."""
        items = self.frame.items
        if not items or (isinstance(items[0], Scalar) and items[0].style == "plain" and not items[0].text):
            what = "the file holds nothing but comments" if self.text.strip() else "the file is empty"
            self.give_up("yaml-empty", what, 0, 0, "nothing to read here", "Write something into it, or delete it.")
        if self.growth > (MAX_GROWTH - 1) * self.count:
            message = f"its aliases make the file more than {MAX_GROWTH} times as long"
            self.give_up("yaml-alias", message, *self.last_alias, "the last alias", "Write the values out.")
        for anchor in self.anchors.values():
            if not anchor.used:
                self.report_unused(anchor)
        return items[0]

    def tag(self, start: int) -> None:
        """`!name` in front of a value."""
        syntax.report_tag(self.source, self.text.index("!", start), self.bag)
        self.check_patience(start)

    def anchor(self, name: str, start: int) -> _Anchor:
        """Take note of `&name`; a name that is given again means the later value from there on."""
        earlier = self.anchors.get(name)
        if earlier is not None and not earlier.used:
            self.report_unused(earlier)
        self.anchors[name] = anchor = _Anchor(name, self.text.index("&", start), self.count + self.growth)
        return anchor

    def report_unused(self, anchor: _Anchor) -> None:
        """A name nobody uses is most likely text: "& friends"."""
        message = f"`&{anchor.name}` is read as a name for the text behind it, and would be lost"
        syntax.report_sign(self.source, anchor.start, self.bag, "yaml-alias", message)
        self.check_patience(anchor.start)

    def behind_properties(self, start: int, end: int) -> int:
        """Where a value begins whose anchor begins at `start`."""
        match = _PROPERTIES.match(self.text, start, end)
        return match.end() if match else start

    def expects_key(self) -> bool:
        """Whether the next node is a key."""
        return self.frame.is_mapping and len(self.frame.items) % 2 == 0

    def refuse_collection_key(self, start: int) -> None:
        """A list or mapping as a key is nearly always a cloze without quotes."""
        outer = self.frame.start
        if outer == start - 1 and self.text.startswith("{{", outer):
            syntax.report_sign(self.source, outer, self.bag)
            raise _GiveUpError
        hint = "A key is plain text: `key: value`. Text that begins with a bracket must stand in quotes."
        span = Span(self.source, start, start + 1)
        self.bag.error("yaml-key", "a list or mapping cannot be a key", span, "a key begins here", hint)
        self.check_patience(start)

    def give_up(self, code: str, message: str, start: int, end: int, label: str, hint: str) -> NoReturn:
        """Report an error that leaves nothing to read."""
        self.bag.error(code, message, Span(self.source, start, end), label, hint)
        raise _GiveUpError

    def opener(self) -> int | None:
        """Where the innermost `[` or `{` stands that is still open."""
        frames = (*self.stack, self.frame)
        return next(
            (frame.start for frame in reversed(frames) if self.text[frame.start : frame.start + 1] in ("[", "{")), None
        )

    def last(self) -> Node | None:
        """The last value that was read whole."""
        return self.frame.items[-1] if self.frame.items else None
