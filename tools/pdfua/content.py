"""Conditions on what is painted: tagged or decoration, owned by the tree, in the order of the tree, in its language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pikepdf

from pdfua.reading import Document, Element, Finding
from pdfua.streams import NOTHING, Mark, Painted

# Languages by the script they are written in; words in another script are not of the language.
SCRIPTS = {
    "ARABIC": {"ar", "fa", "ur", "ps", "ckb", "sd", "ug"},
    "HEBREW": {"he", "iw", "yi"},
    "CYRILLIC": {"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg"},
    "GREEK": {"el", "grc"},
    "CJK": {"zh", "ja", "ko", "yue"},
    "HIRAGANA": {"ja"},
    "HANGUL": {"ko"},
    "DEVANAGARI": {"hi", "mr", "ne", "sa"},
    "THAI": {"th"},
}
SIGNS = frozenset(("GREEK", "CJK"))  # whose single letters are signs in all languages, as in NF-κB or βγ
WORD = (2, 3)  # letters that make a word; of such a script, more
ROOM = 0.15  # em between two letters that is more than their own
SAME_LINE = 1.0  # points that two pieces of a line may differ in height


def nesting(read: Document) -> Iterator[Finding]:
    """Decoration is not inside of what is read, nor the other way round; every sequence that begins ends."""
    for scopes in read.contents.sequences:
        opened, around = scopes[-1], scopes[:-1]
        if opened.tag == "Artifact" and any(scope.mark for scope in around):
            yield Finding("01-003", f"decoration inside of tagged content: {opened.tag} in {around[-1].tag}")
        if opened.mark and any(scope.tag == "Artifact" for scope in around):
            yield Finding("01-004", f"tagged content inside of decoration: mark {opened.mark.number}")
    for words in read.contents.unbalanced:
        yield Finding("01-005", words)


def tagged(read: Document) -> Iterator[Finding]:
    """Everything painted is owned by an element, or decoration."""
    for number, page in enumerate(read.contents.pages, 1):
        loose: Counter[str] = Counter()
        for each in page:
            if each.operator and not each.artifact and read.owner(each) is None:
                loose[f"{each.operator} {each.text}".strip()] += 1
        for what, count in loose.items():
            yield Finding("01-005", f"page {number}: neither tagged nor decoration: {what!r} ({count})")


def parent_tree(read: Document) -> Iterator[Finding]:
    """Content and tree know each other: what a mark leads to is what claims it, and nothing claims what is not there."""
    entries = read.parent_tree()
    used = Counter(scopes[-1].mark for scopes in read.contents.sequences if scopes[-1].mark)
    for mark, times in used.items():
        owners = read.owners.get(mark, [])
        if times > 1 and mark.holder in read.pages:
            yield Finding("parent tree", f"{_named(read, mark)} is used {times} times")
        if len(owners) > 1:
            yield Finding("parent tree", f"{_named(read, mark)} belongs to {' and '.join(map(str, owners))}")
        row = entries.get(int(read.pdf.get_object(mark.holder, 0).get("/StructParents", -1)))
        known = row[mark.number] if isinstance(row, pikepdf.Array) and mark.number < len(row) else None
        if known is None or any(known.objgen != owner.obj.objgen for owner in owners):
            yield Finding("parent tree", f"{_named(read, mark)} does not lead to its element")
    for mark, owners in read.owners.items():
        if mark not in used:
            yield Finding("parent tree", f"{owners[0]} holds {_named(read, mark)}, which is nowhere")
    for element in read.elements:
        parent = element.parent.obj if element.parent else read.root.StructTreeRoot
        if element.obj.get("/P", NOTHING).objgen != parent.objgen:
            yield Finding("parent tree", f"{element} names another parent")


def _named(read: Document, mark: Mark) -> str:
    page = read.pages.get(mark.holder)
    return f"mark {mark.number} of {f'page {page}' if page else f'object {mark.holder}'}"


# --- order -------------------------------------------------------------------------------------------------------


def _texts(read: Document, page: list[Painted]) -> Iterator[tuple[Painted, Element | None]]:
    """The text of a page that is no decoration, with the element it belongs to."""
    for each in page:
        if each.text.strip() and not each.artifact:
            yield each, read.owner(each)


def paint_order(read: Document) -> Iterator[Finding]:
    """Text is painted in the order in which it is read: tools that ignore the tree then tell the same.

    Figures and their captions may stand anywhere on a page.
    """
    rank = {mark: place for place, mark in enumerate(read.marks())}
    for number, page in enumerate(read.contents.pages, 1):
        last, before = -1, ""
        for each, owner in _texts(read, page):
            if owner is None or each.mark not in rank or owner.floats:
                continue
            if rank[each.mark] < last:
                yield Finding(
                    "paint order", f"page {number}: {each.text!r} is painted after {before!r}, but read before"
                )
                break
            last, before = rank[each.mark], each.text


def right_to_left(read: Document) -> Iterator[Finding]:
    """The words of a line that runs from the right are told from the right, and so are the pieces of a word.

    Of each element, the first that are not. In what Typst writes, a letter with a vowel mark is a piece of its own.
    """
    for number, page in enumerate(read.contents.pages, 1):
        before: Painted | None = None
        around, apart = None, False
        told: set[tuple[str, Element | None]] = set()
        for each in (each for each in page if not each.artifact):
            if not any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in each.text):
                apart = apart or each.text.isspace()
                continue
            owner = read.owner(each)
            if (
                before
                and owner is around
                and abs(before.across - each.across) < SAME_LINE
                and each.along > before.along
            ):
                apart = apart or each.text[-1].isspace() or before.text[0].isspace()
                kind = "right to left" if apart else "split word"
                if (kind, owner) not in told:
                    told.add((kind, owner))
                    yield Finding(
                        kind, f"page {number}: {each.text!r} is told after {before.text!r}, but stands before it"
                    )
            before, around, apart = each, owner, False


def glued_words(read: Document) -> Iterator[Finding]:
    """What stands apart in a line is told apart: there is a space between, not only room."""
    for number, page in enumerate(read.contents.pages, 1):
        before: Painted | None = None
        around = None
        for each in page:
            if each.artifact or not each.text or (each.operator and not each.wide):
                continue
            owner = read.owner(each)
            block = owner.block if owner and not owner.replaced else None
            if before and block and block is around and before.operator and each.operator and _apart(before, each):
                yield Finding("glued words", f"page {number}: {before.text!r} and {each.text!r} are told as one word")
            before, around = each, block


def _apart(before: Painted, after: Painted) -> bool:
    """Whether two texts of a line that end and begin with a letter or digit have room between them."""
    if abs(before.across - after.across) > SAME_LINE or not (before.text[-1] + after.text[0]).isalnum():
        return False
    gap = max(after.along - before.along - before.wide, before.along - after.along - after.wide)
    return gap > ROOM * max(before.size, after.size)


# --- language ----------------------------------------------------------------------------------------------------


def text_language(read: Document) -> Iterator[Finding]:
    """Words in a script in which their language is not written are in another language."""
    for number, page in enumerate(read.contents.pages, 1):
        for each, _ in _texts(read, page):
            tag = read.language(each)
            if script := foreign(each.text, tag):
                yield Finding(
                    "11-007", f"page {number}: {each.text!r} is {script.capitalize()}, but said to be `{tag}`"
                )


def foreign(text: str, tag: str) -> str:
    """The script of a word that cannot be of a language; empty where there is none."""
    language = tag.lower().partition("-")[0]
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in word)
        for script, languages in SCRIPTS.items():
            if scripts[script] >= WORD[script in SIGNS] and language not in languages:
                return script
    return ""


def forms(read: Document) -> Iterator[Finding]:
    """A form with marks of its own is drawn once; none stands for another document."""
    marked = {scope.mark.holder for scopes in read.contents.sequences for scope in scopes[-1:] if scope.mark}
    for number, times in read.contents.forms.items():
        if "/Ref" in read.pdf.get_object(number, 0):
            yield Finding("30-001", f"object {number} stands for a page of another document")
        if times > 1 and number in marked:
            yield Finding("30-002", f"object {number} has marks of its own and is drawn {times} times")


CHECKS = (nesting, tagged, parent_tree, paint_order, right_to_left, glued_words, text_language, forms)
