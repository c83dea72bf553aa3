"""The data of a quiz, one document a version, and of the key to all its versions.

A quiz says nothing but what is asked: no tags, topics, ids, help, nor the names of sets. The key has its answers at the
head of each version, and the reasons once, in the order of the first. A code made of all that a version says stands on
both, so that nobody marks with the key of another day. Knows data; what is asked, and in which order, is the business of
`deckgen.printing.asking`, how it looks that of the layouts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from deckgen.jobs import PrintJob
from deckgen.model import Deck, Note
from deckgen.printing import extents, runs
from deckgen.printing.asking import LETTERS, Asked, Item, items_of, version_of
from deckgen.printing.cards import Part
from deckgen.printing.handout import Citations, with_citations
from deckgen.printing.pieces import others_of
from deckgen.printing.writer import Node, Place, Writer, note_language

Json = dict[str, Any]
WHY = (("why", "Why"),)
NAME = 28.0  # em of the title in the feet of pages
SHORT = 34.0  # em of an answer in the table of answers
STEM = 46.0  # em of a question in the key
WHOLE = 360.0  # em of an answer with its reasons that is not broken over two columns
NO_TEXT = frozenset(("find error",))  # parts whose words are the layout's


def quiz_documents(deck: Deck, job: PrintJob, writer: Writer) -> list[tuple[str, Json, str]]:
    """The documents of a quiz, as (layout, data, suffix): its versions, then the key."""
    items = items_of(deck, job)
    versions = {letter: version_of(items, letter, job.seed) for letter in LETTERS[: job.versions]}
    head = _head(deck, job, items, writer)
    asked = {
        letter: [_asked(number, each, writer) for number, each in enumerate(version, 1)]
        for letter, version in versions.items()
    }
    codes = {letter: _code(letter, each) for letter, each in asked.items()}
    many = job.versions > 1
    made: list[tuple[str, Json, str]] = [
        ("quiz", {**head, "letter": letter if many else "", "code": codes[letter], "items": each}, letter.lower() if many else "")
        for letter, each in asked.items()
    ]  # fmt: skip
    return [*made, ("key", {**head, **_key(deck, job, versions, codes, writer)}, "key")]


def _head(deck: Deck, job: PrintJob, items: Sequence[Item], writer: Writer) -> Json:
    """What stands at the head of every version and of the key; its title takes the place of the deck's name."""
    head: Json = {"total": _number(sum(item.points for item in items)), "count": len(items)}
    if job.title:
        place = Place("the title of a print job", deck.span)
        head["title"] = runs.safe_string(job.title)
        head["name"], head["above"] = writer.text(job.title, place), []
        head["label"] = writer.label(job.title, place, NAME)
    return head


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _code(letter: str, asked: list[Json]) -> str:
    """A word that another order, another text or another letter would change."""
    return hashlib.sha256(json.dumps([letter, asked]).encode()).hexdigest()[:6].upper()


# ---- what is asked ----------------------------------------------------------------------------------------------


def _asked(number: int, asked: Asked, writer: Writer) -> Json:
    item = asked.item
    return {
        "number": number,
        "kind": item.note.kind,
        "points": _number(item.points),
        "language": note_language(item.note, writer.deck),
        "parts": _parts(item.note, item.stem, writer),
        "choices": [_written(item.note, item.choices[at], writer) for at in asked.order],
        "lines": item.lines,
        "half": item.half,
    }


def _parts(note: Note, parts: Sequence[Part], writer: Writer) -> list[Json]:
    written = [{"role": part.role, "blocks": _written(note, part, writer)} for part in parts]
    return [part for part in written if part["blocks"] or part["role"] in NO_TEXT]


def _written(note: Note, part: Part, writer: Writer) -> list[Node]:
    return writer.blocks(part.blocks, writer.place(note, part.field))


# ---- the key ----------------------------------------------------------------------------------------------------


def _key(deck: Deck, job: PrintJob, versions: dict[str, list[Asked]], codes: dict[str, str], writer: Writer) -> Json:
    """Everything the key says besides its head."""
    citations = Citations(deck, writer)
    numbers = {
        letter: {each.item.note.id: at for at, each in enumerate(version, 1)} for letter, version in versions.items()
    }
    by_note = {letter: {each.item.note.id: each for each in version} for letter, version in versions.items()}
    first = next(iter(versions.values()))
    short = {each.item.note.id: _short(each.item, writer) for each in first}
    items = []
    for each in first:
        note_id = each.item.note.id
        items.append({
            **_explained(each.item, citations, writer),
            "numbers": [numbers[letter][note_id] for letter in versions],
            "letters": [by_note[letter][note_id].letters() for letter in versions],
        })  # fmt: skip
    return {
        "seed": job.seed,
        "versions": [
            {
                "letter": letter if job.versions > 1 else "",
                "code": codes[letter],
                "answers": [
                    [["b", [["t", each.letters()]]]] if each.letters() else short[each.item.note.id] for each in version
                ],
            }
            for letter, version in versions.items()
        ],
        "items": items,
        "references": citations.entries(),
    }


def _explained(item: Item, citations: Citations, writer: Writer) -> Json:
    note = item.note
    answer = _parts(note, item.answer, writer)
    if note.kind == "sequence":
        steps = [_written(note, item.choices[at], writer) for at in item.right]
        answer = [{"role": "answer", "blocks": [["ol", 1, steps]]}]
    cites = citations.call(note)
    if answer and cites:
        answer[-1]["blocks"] = with_citations(answer[-1]["blocks"], cites)
    others = [{"role": "others", "blocks": writer.blocks(others_of(note), writer.place(note, "Options"))}]
    remarks = [{"role": role, "blocks": writer.field(note, field)} for role, field in WHY]
    asked = [
        block
        for part in item.stem
        if part.role not in {"case", "figure", "picture"}
        for block in _written(note, part, writer)
    ]
    kept = [remark for remark in (*others, *remarks) if remark["blocks"]]
    return {
        "points": _number(item.points),
        "note": item.number,
        "language": note_language(note, writer.deck),
        "claim": note.kind == "spot the error",
        "stem": _cut(asked, STEM) if note.kind != "cloze" else [],  # the answer to a cloze is the whole sentence
        "parts": answer,
        "remarks": kept,
        "short": extents.total([block for part in (*answer, *kept) for block in part["blocks"]]) <= WHOLE,
    }


def _short(item: Item, writer: Writer) -> list[Node]:
    """The answer for the table of answers, cut short if need be."""
    return _cut(writer.blocks(item.short, writer.place(item.note, "Answer")), SHORT)


def _cut(blocks: list[Node], em: float) -> list[Node]:
    if len(blocks) == 1 and blocks[0][0] == "p" and sum(map(extents.width, blocks[0][1])) <= em:
        return list(blocks[0][1])
    kept = runs.shortened(blocks, em - 1.0)
    return [*kept, ["t", "…"]] if kept else []
