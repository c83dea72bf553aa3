"""Large print and print for readers with dyslexia, and print without colour: sizes, lines, contrast, and nothing cut, whatever the text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from printed import NOWHERE, PAPERS, POINT, bare, cloze, deck, note, opened, page_letters, para, print_deck
from test_print import EVERYTHING, HOSTILE, kinds

from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Blocks, Emphasis, ListBlock, Strong, Subscript, Superscript, Table, Text
from deckgen.model import Citation, Comparison, Deck, NoteSet, Reference

MODES = ("standard", "large", "dyslexia")
ROOMY = ("large", "dyslexia")
PROSE = (
    "Parathyroid hormone stimulates osteoblasts and osteocytes, which display receptor activator ligands and thereby "
    "indirectly stimulate multinucleated osteoclasts; consequently resorption outweighs mineralisation wherever "
    "hyperparathyroidism persists, notwithstanding supplementation."
)
LONG = "pneumonoultramicroscopicsilicovolcanoconiosis" * 5
DOI = "doi:10.1016/S0140-6736(17)32137-2/supplement.with.very.many.parts/and-hyphens-in-between/S0140673617321372.pdf"
WIDE = Table(
    tuple((Text(f"Column {at}"),) for at in range(14)),
    tuple(
        tuple((Text(f"Drug{row}" if at == 0 else f"value{row}x{at}"),) if at != 7 else () for at in range(14))
        for row in range(4)
    ),
    ("",) * 14,
)
NARROW = Table(((Text("Drug"),), (Text("Dose"),)), (((Text("A"),), (Text("5 mg"),)),), ("", ""))


@cache
def hostile() -> Deck:
    """Texts that go wrong easily, in a deck with everything a handout has."""
    rich: Blocks = (
        para(PROSE, " ", Emphasis((Text("stressed"), Strong((Text(" both"),)))), " Ca", Superscript((Text("2+"),)), " H", Subscript((Text("2"),)), "O"),
        ListBlock(None, ((para(PROSE),), (para(LONG),))),
    )  # fmt: skip
    made = [
        note("prose", Case=PROSE, Question=PROSE + "?", Answer=rich, Why=PROSE, Watch_out=PROSE, Mnemonic=rich),
        note(
            "cloze",
            "cloze",
            Text=(para("The ", cloze(1, "heart"), " has ", cloze(2, PROSE), " and ", cloze(3, LONG), "."),),
        ),
        note("table", Question="Which?", Answer=(WIDE,), Why=(NARROW,)),
        note("all", Question="Q?", Answer=EVERYTHING, Why=EVERYTHING),
        note("signs", Question="".join(HOSTILE[:20]), Answer=" ".join(HOSTILE)),
        note("error", "spot the error", Claim=LONG, Error=PROSE),
    ]
    work = Reference("Adam", "Adam", "Adam", (para("A title. ", Emphasis((Text("Nature"),)), f". 2020. {DOI}"),))
    sets = tuple(
        NoteSet(title, f"cards/{at}.yaml", tuple(replace(each, id=f"{each.id}-{at}", citations=(Citation("Adam", "p. 3"),)) for each in made), introduction=(para(PROSE),), objectives=((para(PROSE),), (para(LONG),)), comparisons=(Comparison("Drugs compared", (WIDE,), NOWHERE),) if at == 0 else ())
        for at, title in enumerate(("First", LONG, "A title of a set that is longer than other titles are, for it goes on"))
    )  # fmt: skip
    return replace(
        deck([]), sets=sets, references={"Adam": work}, name="Heart", description=(para(PROSE),), disclaimer=PROSE,
        home="https://example.org/decks/" + "heart-and-vessels/" * 6, authors=("A. Author", LONG), date="2026-11-26",
    )  # fmt: skip


@cache
def pages(mode: str, paper: str, ink: str = "colour", margin: float = 5.0) -> tuple[bytes, Any]:
    bag = Bag()
    job = PrintJob("handout", paper, name="x", text=mode, ink=ink, margin=margin)
    data = print_deck(hostile(), bag, jobs=(job,))[f"x-{paper}"]
    assert not list(bag)
    return data, opened(data)


def spans(document: Any) -> list[tuple[Any, dict[str, Any]]]:
    """All visible text in pieces of one style, each with its page."""
    return [
        (page, span)
        for page in document
        for block in page.get_text("dict", flags=0)["blocks"]
        for line in block["lines"]
        for span in line["spans"]
        if span["text"].strip()
    ]


def is_furniture(page: Any, span: dict[str, Any]) -> bool:
    """Whether a piece stands in the head or foot of its page."""
    return bool(span["bbox"][3] < 24 * POINT or span["bbox"][1] > page.rect.height - 22 * POINT)


def luminance(color: int) -> float:
    parts = [(color >> shift & 255) / 255 for shift in (16, 8, 0)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("mode", "least", "furniture", "raised"), [("large", 18.0, 14.0, 14.0), ("dyslexia", 12.0, 12.0, 9.0)])  # fmt: skip
def test_nothing_is_small(mode: str, least: float, furniture: float, raised: float) -> None:
    """All text has the least size or more, but heads and feet of pages, letters above or below the line, and ticks in rings."""
    small: dict[str, set[float]] = {}
    for page, span in spans(pages(mode, "a4")[1]):
        if is_furniture(page, span):
            assert span["size"] > furniture - 0.01
        elif span["size"] < least - 0.01 and span["text"].strip() != "✓":
            small.setdefault(span["text"].strip(), set()).add(round(span["size"], 1))
    assert set(small) <= {"2", "2+", "a", "b"}, "no other text may be smaller"
    assert all(size >= raised for word, sizes in small.items() if word in {"2", "2+"} for size in sizes)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("mode", "most"), [("large", 60), ("dyslexia", 70)])
def test_lines_are_short(mode: str, most: int, paper: str) -> None:
    """A line of prose has at most 60 letters in large print, 70 in print for dyslexia, in one column."""
    lengths = []
    for page in pages(mode, paper)[1]:
        for block in page.get_text("dict", flags=0)["blocks"]:
            for line in block["lines"]:
                words = "".join(span["text"] for span in line["spans"])
                if any(word in words for word in PROSE.split()[5:-2]):
                    lengths.append(len(words.strip()))
    assert max(lengths) <= most
    assert sorted(lengths)[len(lengths) // 2] >= 0.6 * most  # nor is every line a stub


@pytest.mark.parametrize("mode", MODES)
def test_letters_stand_out_from_the_paper(mode: str) -> None:
    """Contrast is at least 7 : 1 for all text; in large print, text is black or the one dark accent."""
    colours = {span["color"] for _, span in spans(pages(mode, "a4")[1])} - {0xFFFFFF}  # the tick in a black ring
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 7.0, hex(colour)
    if mode == "large":
        assert colours == {0x000000, 0x0B4A8F}
        thin = [each["width"] for page in pages(mode, "a4")[1] for each in page.get_drawings() if each.get("width")]
        assert min(thin) >= 0.45


@pytest.mark.parametrize("mode", ["standard", "large"])
def test_grey_ink_needs_no_colour(mode: str) -> None:
    """Without colour, every letter and line is black or grey."""
    document = pages(mode, "a4", "grey")[1]
    for _, span in spans(document):
        red, green, blue = (span["color"] >> shift & 255 for shift in (16, 8, 0))
        assert red == green == blue
    for page in document:
        for each in page.get_drawings():
            for colour in (each.get("color"), each.get("fill")):
                assert colour is None or max(colour) - min(colour) < 0.01
    assert {span["color"] for _, span in spans(pages(mode, "a4")[1])} >= {0x0B4A8F}


@pytest.mark.parametrize("mode", ROOMY)
def test_no_word_is_hyphenated(mode: str) -> None:
    """Words of prose stand whole on their lines, wherever prose stands; in the usual print, remarks are hyphenated."""

    def torn(mode: str) -> set[str]:
        found = {word for page in pages(mode, "a4")[1] for _, _, _, _, word, *_ in page.get_text("words", flags=0)}
        known = {*PROSE.replace(",", " ").replace(";", " ").replace(".", " ").split()}
        halves = {word[:at] for word in known for at in range(2, len(word) - 1)} - known
        return {word for word in found if word.rstrip("-\u00ad‐") in halves and word.endswith(("-", "\u00ad", "‐"))}

    assert torn("standard"), "the usual print tells nothing"
    assert not torn(mode)


@pytest.mark.parametrize("mode", MODES)
def test_stress_is_bold_where_slanted_letters_are_hard_to_read(mode: str) -> None:
    """Neither large print nor print for dyslexia has a slanted letter, nor a line under a word; gaps are framed there."""
    document = pages(mode, "a4")[1]
    slanted = {span["font"] for _, span in spans(document) if "Italic" in span["font"] or "Oblique" in span["font"]}
    assert bool(slanted) == (mode == "standard")
    weight = {span["font"].rpartition("+")[2] for _, span in spans(document) if "stressed" in span["text"]}
    assert weight == ({"Lato-Italic"} if mode == "standard" else {"Lato-Bold"})
    framed = 0
    for page in document:
        for x0, y0, x1, y1, word, *_ in page.get_text("words", flags=0):
            if word == "heart":
                lines = [each["rect"] for each in page.get_drawings()]
                framed += sum(
                    each.x0 <= x0 + 1 and each.x1 >= x1 - 1 and each.y0 <= y0 + 6 and each.y1 >= y1 - 6
                    and each.height < 2 * (y1 - y0) and each.width < 2 * (x1 - x0)
                    for each in lines
                )  # fmt: skip
    assert bool(framed) == (mode != "standard")


@pytest.mark.parametrize(("mode", "paper", "margin"), [(mode, paper, 5.0) for mode in MODES for paper in PAPERS] + [("standard", "a4", 20.0), ("large", "letter", 20.0)])  # fmt: skip
def test_nothing_leaves_the_page(mode: str, paper: str, margin: float) -> None:
    """Whatever the text, all letters and lines keep the printer's margin, and none stands right of the text's edge."""
    document = pages(mode, paper, "colour", margin)[1]
    for page in document:
        width, height = page.rect.width / POINT, page.rect.height / POINT
        boxes = [letter[1:5] for letter in page_letters(page)]
        boxes += [tuple(side / POINT for side in drawing["rect"]) for drawing in page.get_drawings()]
        side = max(margin, 17.0 if mode == "standard" else 19.0) - 1.0
        for x0, y0, x1, y1 in boxes:
            assert side <= x0 <= x1 <= width - side, (page.number, x0, x1)
            assert margin <= y0 <= y1 <= height - margin, (page.number, y0, y1)


@pytest.mark.parametrize("mode", MODES)
def test_lines_are_apart(mode: str) -> None:
    """Lines of prose follow each other after 1.3 times the size of their letters, in large print after 1.5, for dyslexia after 1.6."""
    pitches = []
    for page in pages(mode, "a4")[1]:
        lines = [line for block in page.get_text("dict", flags=0)["blocks"] for line in block["lines"]]
        prose = [line["spans"][0] for line in lines if line["spans"][0]["text"].strip().rstrip("-.;,") in PROSE]
        for above, below in pairwise(prose):
            down = below["origin"][1] - above["origin"][1]
            if 2 < down < 3 * above["size"] and above["size"] == below["size"]:
                pitches.append(down / above["size"])
    assert len(pitches) > 20
    assert sorted(pitches)[len(pitches) // 2] == pytest.approx({"standard": 1.3, "large": 1.52, "dyslexia": 1.67}[mode], abs=0.03)  # fmt: skip
    assert min(pitches) >= 1.2


@pytest.mark.parametrize("mode", ROOMY)
def test_a_table_too_wide_is_a_list_for_each_row(mode: str) -> None:
    """A comparison of 14 columns becomes a block for each row: its name, then each column's name with the value, as tagged lists."""
    data, document = pages(mode, "a4")
    words = bare("".join(page.get_text(flags=0) for page in document))
    for row in range(4):
        places = [words.index(f"Column{at}:value{row}x{at}") for at in range(1, 14) if at != 7]
        assert places == sorted(places)
        assert f"Column7:–•Column8:value{row}x8" in words
    assert {kind for kind in kinds(data) if kind in {"L", "LI", "H2"}} == {"L", "LI", "H2"}
    tables = kinds(data).count("Table")
    assert tables == kinds(pages("standard", "a4")[0]).count("Table") - 4  # three answers and the comparison


def test_the_usual_print_compares_in_a_table() -> None:
    """In the usual print a comparison stays a table with header cells."""
    found = kinds(pages("standard", "a4")[0])
    assert found.count("TH") >= 14
