"""The checker of PDF/UA (tools/pdfua) finds nothing wrong with a good page, and every single thing that is made wrong in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import everything
import pdfua
import pikepdf
import pytest
from pdfua.content import foreign
from pdfua.document import LANGUAGE
from pdfua.streams import to_unicode, widths_of
from pikepdf import Array, Dictionary, Name, Operator, String
from printed import print_deck

Pdf = pikepdf.Pdf
Change = Callable[[Pdf], object]
SOURCES = Path(pdfua.__file__).parent


@pytest.fixture(scope="module")
def good() -> bytes:
    """A handout with headings, contents, lists, tables, figures, formulas, links, and words that run from the right."""
    return print_deck(everything.page(), layouts=("handout",), papers=("a4",))["handout-a4"]


def test_a_good_page_passes(good: bytes) -> None:
    """Nothing is wrong with what deckgen writes."""
    assert pdfua.check(good) == []


def changed(data: bytes, change: Change) -> bytes:
    """A PDF with something made wrong."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


# --- handles on a PDF --------------------------------------------------------------------------------------------


def elements(pdf: Pdf, *roles: str) -> list[Any]:
    """The elements with one of these types, or all."""
    found: list[Any] = []
    waiting: list[Any] = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Array):
            waiting += reversed(list(node))
        elif isinstance(node, Dictionary):
            if "/S" in node and (not roles or str(node.S)[1:] in roles):
                found.append(node)
            if "/K" in node:
                waiting.append(node.K)
    return found


def first(pdf: Pdf, *roles: str) -> Any:
    return elements(pdf, *roles)[0]


def catalog(pdf: Pdf) -> Any:
    return pdf.Root


def page(pdf: Pdf) -> Any:
    return pdf.pages[0].obj


def link(pdf: Pdf) -> Any:
    return page(pdf).Annots[0]


def rename(role: str, new: str, at: int = 0) -> Change:
    """Give an element another type."""
    return lambda pdf: elements(pdf, role)[at].__setattr__("S", Name("/" + new))


def drop(find: Callable[[Pdf], Any], name: str) -> Change:
    """Take an entry away."""
    return lambda pdf: find(pdf).__delitem__(name)


def put(find: Callable[[Pdf], Any], name: str, value: Any) -> Change:
    """Set an entry."""
    return lambda pdf: find(pdf).__setitem__(name, value)


def both(*changes: Change) -> Change:
    return lambda pdf: [change(pdf) for change in changes]


Instructions = list[tuple[list[Any], str]]


def content(change: Callable[[Instructions], Instructions]) -> Change:
    """Write the first page anew."""

    def make(pdf: Pdf) -> None:
        made = [(list(each.operands), str(each.operator)) for each in pikepdf.parse_content_stream(pdf.pages[0])]
        steps = [(operands, Operator(name)) for operands, name in change(made)]
        page(pdf).Contents = pdf.make_stream(pikepdf.unparse_content_stream(steps))

    return make


def marked(steps: Instructions, skip: int = 0) -> tuple[int, int]:
    """Where a sequence with a mark begins and ends that holds text, and no other."""
    for at, (operands, name) in enumerate(steps):
        if name == "BDC" and "/MCID" in operands[1]:
            end = next(later for later in range(at + 1, len(steps)) if steps[later][1] in {"BDC", "BMC", "EMC"})
            if steps[end][1] == "EMC" and any(each[1] in {"Tj", "TJ"} for each in steps[at:end]):
                if not skip:
                    return at, end
                skip -= 1
    raise AssertionError


def inserted(*new: tuple[list[Any], str], inside: bool = False) -> Change:
    """More steps: at the end of the page, or inside of a sequence with a mark."""

    def change(steps: Instructions) -> Instructions:
        at = marked(steps)[0] + 1 if inside else len(steps)
        return [*steps[:at], *new, *steps[at:]]

    return content(change)


LINE: Instructions = [([0, 0], "m"), ([9, 9], "l"), ([], "S")]
ARTIFACT = Name("/Artifact")


def wrapped(steps: Instructions) -> Instructions:
    start, end = marked(steps)
    return [*steps[:start], ([ARTIFACT], "BMC"), *steps[start : end + 1], ([], "EMC"), *steps[end + 1 :]]


def bare(steps: Instructions) -> Instructions:
    """The first marked text, without its mark."""
    start, end = marked(steps)
    return [*steps[:start], *steps[start + 1 : end], *steps[end + 1 :]]


def unended(steps: Instructions) -> Instructions:
    _, end = marked(steps)
    return [*steps[:end], *steps[end + 1 :]]


def last_first(steps: Instructions) -> Instructions:
    """The first marked text is painted last."""
    start, end = marked(steps)
    return [*steps[:start], *steps[end + 1 :], *steps[start : end + 1]]


def twice(steps: Instructions) -> Instructions:
    start, end = marked(steps)
    return [*steps, *steps[start : end + 1]]


def shown(code: int) -> Change:
    """The first text of the page shows another code."""

    def change(steps: Instructions) -> Instructions:
        start, end = marked(steps)
        return [
            ([String(code.to_bytes(2, "big"))], "Tj") if start < at < end and step[1] in {"Tj", "TJ"} else step
            for at, step in enumerate(steps)
        ]

    return content(change)


def form(*, times: int, **entries: Any) -> Change:
    """A form with a mark of its own, drawn so many times."""

    def make(pdf: Pdf) -> None:
        drawn = pdf.make_stream(b"/Span <</MCID 0>> BDC 0 0 m 9 9 l S EMC")
        drawn.update({"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 9, 9])})
        drawn.update({f"/{name}": value for name, value in entries.items()})
        page(pdf).Resources.XObject = Dictionary(F=drawn)
        inserted(*[([Name("/F")], "Do")] * times)(pdf)

    return make


def metadata(old: str, new: str) -> Change:
    """Other metadata."""

    def make(pdf: Pdf) -> None:
        text = pdf.Root.Metadata.read_bytes().decode()
        made = re.sub(old, new, text, flags=re.DOTALL)
        assert made != text
        pdf.Root.Metadata = pdf.make_stream(made.encode())

    return make


def font(pdf: Pdf) -> Any:
    """The font of the first text."""
    return page(pdf).Resources.Font.f0


def inner(pdf: Pdf) -> Any:
    return font(pdf).DescendantFonts[0]


def letters(old: str, new: str) -> Change:
    """Another map to letters."""

    def make(pdf: Pdf) -> None:
        text = font(pdf).ToUnicode.read_bytes().decode("latin-1")
        made = re.sub(old, new, text, count=1, flags=re.DOTALL)
        assert made != text
        font(pdf).ToUnicode = pdf.make_stream(made.encode("latin-1"))

    return make


def adopted(kind: str, **entries: Any) -> Change:
    """The first link becomes an annotation of another kind."""

    def make(pdf: Pdf) -> None:
        link(pdf).Subtype = Name("/" + kind)
        link(pdf).update({f"/{name}": value for name, value in entries.items()})

    return make


def attributes(pdf: Pdf, role: str, name: str) -> Iterator[Any]:
    """The attributes with this name of all elements of a type."""
    for element in elements(pdf, role):
        given = element.get("/A", ())
        yield from (each for each in (given if isinstance(given, Array) else [given]) if name in each)


def unattributed(role: str, name: str) -> Change:
    return lambda pdf: [each.__delitem__(name) for each in attributes(pdf, role, name)]


def attributed(role: str, name: str, value: Any, at: int = 0) -> Change:
    """Another attribute."""

    def make(pdf: Pdf) -> None:
        elements(pdf, role)[at].A = Dictionary({name: value, "/O": Name("/Table" if role.startswith("T") else "/List")})

    return make


def without_kid(role: str, at: int = -1) -> Change:
    """An element loses one of those below it."""

    def make(pdf: Pdf) -> None:
        kids = list(first(pdf, role).K)
        kids.pop(at)
        first(pdf, role).K = Array(kids)

    return make


def silent_link(pdf: Pdf) -> None:
    holder = first(pdf, "Link")
    holder.K = Array([kid for kid in holder.K if isinstance(kid, Dictionary) and "/Obj" in kid])


def claimed_twice(pdf: Pdf) -> None:
    one, other = (each for each in elements(pdf, "P")[:2])
    other.K = Array([*other.K, *(kid for kid in one.K if not isinstance(kid, Dictionary))])


def renamed_bookmark(pdf: Pdf) -> None:
    pdf.Root.Outlines.First.Title = String(" ")


def lost_bookmark(pdf: Pdf) -> None:
    pdf.Root.Outlines.First.Dest = Array([pdf.make_indirect(Dictionary(Type=Name.Page)), Name.Fit])


def attached(pdf: Pdf) -> None:
    pdf.attachments["notes.txt"] = b"x"
    del pdf.attachments["notes.txt"].obj["/UF"]


def layers(pdf: Pdf, default: dict[str, Any], *others: dict[str, Any]) -> None:
    pdf.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary(default))
    if others:
        pdf.Root.OCProperties.Configs = Array([Dictionary(each) for each in others])


def spoken(old: str, new: str) -> Change:
    """What was in one language is said to be in another."""

    def make(pdf: Pdf) -> None:
        for element in elements(pdf):
            if str(element.get("/Lang", "")) == old:
                element.Lang = String(new)
        content(lambda steps: [_said(step, old, new) for step in steps])(pdf)

    return make


def _said(step: tuple[list[Any], str], old: str, new: str) -> tuple[list[Any], str]:
    operands, name = step
    if name == "BDC" and str(operands[1].get("/Lang", "")) == old:
        return [operands[0], Dictionary(MCID=operands[1].MCID, Lang=String(new))], name
    return step


# --- everything that can be made wrong -----------------------------------------------------------------------------

MUTANTS: Sequence[tuple[str, Change]] = (
    ("06-001", drop(catalog, "/Metadata")),
    ("06-002", metadata("<pdfuaid:part>1<", "<pdfuaid:part>2<")),
    ("06-002", metadata("<pdfuaid:part>.*?</pdfuaid:part>", "")),
    ("06-003", metadata("<dc:title>.*?</dc:title>", "")),
    ("06-003", metadata("Osteoporosis</rdf:li>", " </rdf:li>")),
    ("marked", put(lambda pdf: pdf.Root.MarkInfo, "/Marked", False)),
    ("marked", drop(catalog, "/StructTreeRoot")),
    ("01-007", put(lambda pdf: pdf.Root.MarkInfo, "/Suspects", True)),
    ("07-001", drop(catalog, "/ViewerPreferences")),
    ("07-002", put(lambda pdf: pdf.Root.ViewerPreferences, "/DisplayDocTitle", False)),
    ("11-001", drop(catalog, "/Lang")),
    ("11-001", put(catalog, "/Lang", String("english_us"))),
    ("11-001", put(lambda pdf: first(pdf, "P"), "/Lang", String("e"))),
    ("11-001", spoken("ar", "ar_EG")),
    ("11-007", spoken("ar", "en")),
    ("20-001", lambda pdf: layers(pdf, {"/Name": String("All")}, {})),
    ("20-002", lambda pdf: layers(pdf, {})),
    ("20-003", lambda pdf: layers(pdf, {"/Name": String("All"), "/AS": Array([])})),
    ("21-001", attached),
    ("25-001", put(catalog, "/AcroForm", Dictionary(XFA=String("x")))),
    ("scripts", put(catalog, "/Names", Dictionary(JavaScript=Dictionary()))),
    ("scripts", put(catalog, "/OpenAction", Dictionary(S=Name.JavaScript, JS=String("x")))),
    ("scripts", put(link, "/A", Dictionary(S=Name.Launch))),
    ("scripts", put(page, "/AA", Dictionary())),
    ("bookmarks", drop(catalog, "/Outlines")),
    ("bookmarks", renamed_bookmark),
    ("bookmarks", lost_bookmark),
    # --- what is painted
    ("01-003", inserted(([ARTIFACT], "BMC"), *LINE, ([], "EMC"), inside=True)),
    ("01-004", content(wrapped)),
    ("01-005", inserted(*LINE)),
    ("01-005", inserted(([Name("/Span"), Dictionary(MCID=9999)], "BDC"), *LINE, ([], "EMC"))),
    ("01-005", content(bare)),
    ("01-005", content(unended)),
    ("01-005", inserted(([], "EMC"))),
    ("parent tree", content(twice)),
    ("parent tree", inserted(([Name("/Span"), Dictionary(MCID=9999)], "BDC"), *LINE, ([], "EMC"))),
    ("parent tree", put(page, "/StructParents", 9999)),
    ("parent tree", drop(page, "/StructParents")),
    ("parent tree", claimed_twice),
    ("parent tree", lambda pdf: first(pdf, "P").K.append(9999)),
    ("parent tree", lambda pdf: first(pdf, "P").__setattr__("P", first(pdf, "H1"))),
    ("parent tree", put(link, "/StructParent", 9999)),
    ("paint order", content(last_first)),
    ("30-001", form(times=1, Ref=Dictionary())),
    ("30-002", form(times=2)),
    # --- elements
    ("02-001", rename("P", "Remark")),
    ("02-003", both(rename("P", "Remark"), put(lambda pdf: pdf.Root.StructTreeRoot.RoleMap, "/Remark", Name("/Aside")), put(lambda pdf: pdf.Root.StructTreeRoot.RoleMap, "/Aside", Name("/Remark")))),
    ("02-004", put(lambda pdf: pdf.Root.StructTreeRoot.RoleMap, "/P", Name.Span)),
    ("14-002", rename("H1", "H2")),
    ("14-003", rename("H1", "H3", at=1)),
    ("14-006", both(rename("H1", "H"), rename("H1", "H", at=1))),
    ("14-007", rename("H1", "H")),
    ("empty heading", put(lambda pdf: first(pdf, "H1"), "/K", Array([]))),
    ("13-004", drop(lambda pdf: first(pdf, "Figure"), "/Alt")),
    ("13-004", put(lambda pdf: first(pdf, "Figure"), "/Alt", String(" "))),
    ("17-002", drop(lambda pdf: first(pdf, "Formula"), "/Alt")),
    ("19-003", rename("P", "Note")),
    ("19-004", lambda pdf: [element.update({"/S": Name.Note, "/ID": String("n")}) for element in elements(pdf, "P")[:2]]),
    ("09-004", rename("TR", "P")),
    ("09-004", rename("Table", "Div")),
    ("09-004", rename("TD", "P")),
    ("09-004", rename("TBody", "THead")),
    ("09-004", without_kid("TR")),
    ("09-004", attributed("TD", "/ColSpan", 2)),
    ("09-004", attributed("TD", "/RowSpan", 9)),
    ("09-004", both(attributed("TD", "/RowSpan", 2), attributed("TD", "/ColSpan", 2, at=1))),
    ("15-003", both(unattributed("TH", "/Scope"), unattributed("TD", "/Headers"))),
    ("15-003", lambda pdf: [element.__setattr__("S", Name.TD) for element in elements(pdf, "TH")]),
    ("15-003", attributed("TD", "/Headers", Array([String("nobody")]))),
    ("09-005", rename("LI", "P")),
    ("09-005", rename("L", "Div")),
    ("09-005", rename("LBody", "P")),
    ("09-005", without_kid("LI")),
    ("09-006", rename("TOCI", "P")),
    ("09-006", rename("TOC", "Div")),
    ("16-001", unattributed("L", "/ListNumbering")),
    ("16-002", lambda pdf: [each.__setattr__("ListNumbering", Name.Disc) for each in attributes(pdf, "L", "/ListNumbering")]),
    # --- annotations
    ("28-002", adopted("Text")),
    ("28-004", both(adopted("Text"), rename("Link", "Annot"), drop(link, "/Contents"))),
    ("28-007", adopted("TrapNet")),
    ("28-008", drop(page, "/Tabs")),
    ("28-009", put(page, "/Tabs", Name.R)),
    ("28-010", both(adopted("Widget"), lambda pdf: put(catalog, "/AcroForm", Dictionary(Fields=Array([link(pdf)])))(pdf))),
    ("28-011", rename("Link", "Span")),
    ("28-011", lambda pdf: page(pdf).Annots.append(pdf.make_indirect(Dictionary(Subtype=Name.Link, Contents=String("x"))))),
    ("28-012", drop(link, "/Contents")),
    ("28-012", put(link, "/Contents", String(" "))),
    ("28-017", adopted("PrinterMark")),
    ("tab order", lambda pdf: page(pdf).__setattr__("Annots", Array(list(page(pdf).Annots)[::-1]))),
    ("silent link", silent_link),
    # --- fonts
    ("31-009", drop(lambda pdf: inner(pdf).FontDescriptor, "/FontFile2")),
    ("31-006", put(font, "/Encoding", Name("/GBK-EUC-H"))),
    ("31-005", drop(inner, "/CIDToGIDMap")),
    ("31-004", put(inner, "/CIDToGIDMap", Name("/Other"))),
    ("31-027", drop(font, "/ToUnicode")),
    ("10-001", letters(r"<0001> <\w+>\n", "")),
    ("10-001", letters(r"<0001> <\w+>", "<0001> <>")),
    ("31-028", letters(r"<0001> <\w+>", "<0001> <0000>")),
    ("31-029", letters(r"<0001> <\w+>", "<0001> <FEFF>")),
    ("31-029", letters(r"<0001> <\w+>", "<0001> <FFFE>")),
    ("31-030", shown(0)),
    ("31-011", shown(0xFFF0)),
    ("31-016", put(inner, "/W", Array([1, Array([1, 2, 3])]))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("checkpoint", "change"), MUTANTS, ids=[f"{at}-{name}" for at, (name, _) in enumerate(MUTANTS)]
)
def test_what_is_wrong_is_found(checkpoint: str, change: Change, good: bytes) -> None:
    """A page with one thing wrong is refused, and the condition that is broken is named."""
    assert checkpoint in {finding.checkpoint for finding in pdfua.check(changed(good, change))}


def test_a_lock_that_keeps_assistive_tools_out_is_found(good: bytes) -> None:
    """An encrypted file that may not be read aloud is refused; one that may is not."""
    for allowed in (True, False):
        lock = pikepdf.Encryption(
            owner="x", R=3, aes=False, metadata=False, allow=pikepdf.Permissions(accessibility=allowed)
        )
        with pikepdf.open(io.BytesIO(good)) as pdf:
            out = io.BytesIO()
            pdf.save(out, encryption=lock)
        assert ("26-002" in {finding.checkpoint for finding in pdfua.check(out.getvalue())}) is not allowed


NAMED = {"marked", "scripts", "bookmarks", "parent tree", "paint order", "empty heading", "tab order", "silent link"}
ELSEWHERE = {"26-002", "right to left", "split word", "glued words"}  # refused in other tests than the table's


def test_every_condition_has_a_mutant() -> None:
    """There is no condition in the checker that no mutant breaks."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.py")))
    conditions = set(re.findall(r'"(\d\d-\d\d\d)"', source)) | set(re.findall(r'Finding\(\s*"([a-z ]+)"', source))
    assert conditions | ELSEWHERE == {checkpoint for checkpoint, _ in MUTANTS} | ELSEWHERE
    assert conditions >= NAMED


def test_languages_are_well_formed() -> None:
    """Tags as BCP 47 orders them pass, whatever they name; others do not."""
    for tag in ("en", "de-AT", "zh-Hant-TW", "es-419", "sl-rozaj-biske", "de-CH-1996", "en-a-bbb-x-a", "gsw"):
        assert LANGUAGE.fullmatch(tag), tag
    for tag in ("", "e", "en_US", "en-", "english language", "de-A", "-en"):
        assert not LANGUAGE.fullmatch(tag), tag


def test_words_of_another_script_are_told_from_signs() -> None:
    """A word in letters of another script is of another language; a Greek letter in a formula or name is not."""
    assert foreign("ما الصمام", "en") == "ARABIC"
    assert foreign("клапан", "de-AT") == "CYRILLIC"
    assert foreign("καρδία", "en") == "GREEK"
    for text, tag in (("NF-κB, βγ, μ", "en"), ("الصمام Mitral", "ar-EG"), ("клапан", "ru"), ("心臓", "ja"), ("", "en")):
        assert foreign(text, tag) == "", text


def test_maps_and_widths_are_read_in_all_their_forms() -> None:
    """Letters are given one by one, by range, or by range and list; widths by list or by range."""
    with pikepdf.new() as pdf:
        table = b"1 beginbfchar <01> <00410042> endbfchar 2 beginbfrange <02> <04> <0061> <05> <06> [<0078> <0079007A>] endbfrange"
        made = to_unicode(Dictionary(ToUnicode=pdf.make_stream(table)))
    inside = Dictionary(W=Array([1, Array([500, 600]), 7, 9, 250]))
    assert made == {1: "AB", 2: "a", 3: "b", 4: "c", 5: "x", 6: "yz"}
    assert widths_of(Dictionary(DescendantFonts=Array([inside]))) == {1: 500, 2: 600, 7: 250, 8: 250, 9: 250}
