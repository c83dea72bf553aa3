"""Layouts of a project: they see what they are given and nothing else, have limits, and their mistakes are told with file and line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from printed import LAYOUTS, PICTURE, deck, note, numbered, one, para, print_deck

from deckgen.diagnostics import Bag
from deckgen.markup.tree import Image
from deckgen.printing import typesetting


def broken(source: str, **changes: object) -> list[tuple[str, int, str]]:
    bag = Bag()
    files = {**LAYOUTS, "handout.typ": source.encode()}
    assert (
        print_deck(
            deck(numbered(1)),
            bag,
            print_files=files,
            print_trusted=False,
            layouts=("handout",),
            papers=("a4",),
            **changes,
        )
        == {}
    )
    found = list(bag)
    assert {(item.code, item.severity) for item in found} == {("template-error", "error")}
    return [(item.span.path, item.span.line, item.message) for item in found]


def test_a_project_layout_is_used() -> None:
    """A layout of the project's own takes the place of the built-in one, and may import what lies beside it."""
    files = {
        **LAYOUTS,
        "handout.typ": b'#import "lib.typ": *\n#show: base.with(title: deck.title)\n= Mine\n#inline(room(80mm, 50mm, 10pt), deck.sets.at(0).title)',
    }
    words = one(deck(numbered(1)), "handout", print_files=files, print_trusted=False)[0].get_text()
    assert words.split() == ["Mine", "Basics"]


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("= A\n#nothing()", 2, "unknown variable"),
        ("= A\n\n#let x = (", 3, "unclosed delimiter"),
        ('= A\n#read("/etc/passwd")', 2, "file not found"),
        ('= A\n#read("../../../etc/passwd")', 2, "would escape the project"),
        ('= A\n#image("x.png")', 2, "file not found"),
        ('= A\n#panic(json("deck.json").title)', 2, "Heart"),
        ('#set document(title: "x")\n#set text(font: "No Such Font")\n= A', 2, "unknown font family"),
    ],
)
def test_mistakes_of_a_layout_are_told_with_their_line(source: str, line: int, message: str) -> None:
    """An error or a warning of Typst in a project's layout becomes a diagnostic at its file and line."""
    ((path, found, words),) = broken(source)
    assert (path, found) == ("templates/print/handout.typ", line)
    assert message in words


def test_a_layout_cannot_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layout that does not end, or wants too much memory, is stopped and reported."""
    monkeypatch.setattr(typesetting, "SECONDS", 3.0)
    ((path, _, message),) = broken("= A\n#for i in range(10000000) [#i ]")
    assert path == "templates/print/handout.typ"
    assert "could not be set" in message


def test_a_layout_cannot_fetch_packages() -> None:
    """An import that is computed, and so passes the scan of the file, finds no network."""
    ((_, line, message),) = broken('= A\n#import ("@prev" + "iew/cetz:0.3.0"): *')
    assert line == 2
    assert "failed to download package" in message
    assert "refused" in message or "127.0.0.1" in message  # not even the name was looked up


def test_a_layout_may_say_anything_of_fits() -> None:
    """Records of fits that are no records, or speak of unknown cards, do no harm."""
    source = """#set document(title: "x")
    = Mine
    #for value in (1, "x", (1, 2), (id: 1), (id: "no", side: "back", ok: false, need: 9, have: 1, size: 7), (id: "n0", side: "back", ok: "no", need: "x", have: 1, size: 1)) [#metadata(value)<fit>]
    """
    files = {**LAYOUTS, "cards.typ": source.encode()}
    assert "Mine" in one(deck(numbered(1)), "cards", print_files=files, print_trusted=False)[0].get_text()


def test_a_fault_of_our_own_layouts_is_a_bug() -> None:
    """An error in a built-in layout is raised, not blamed on the author."""
    with pytest.raises(typesetting.LayoutError):
        print_deck(deck(numbered(1)), print_files={**LAYOUTS, "handout.typ": b"#oops"})


def test_a_broken_picture_is_an_error_of_its_note() -> None:
    """A picture that Typst cannot read is named with the note that shows it, and no page is made."""
    bag = Bag()
    media = {"images/x.svg": replace(PICTURE, name="dg-x.png", kind="png", data=b"\x89PNG\r\n\x1a\n" + b"\0" * 40)}
    assert (
        print_deck(
            deck([note("pic", Question="Q?", Answer=(para(Image("images/x.svg", "box", 0, 0)),))], media=media), bag
        )
        == {}
    )
    (problem,) = bag
    assert (problem.code, problem.severity) == ("image-unreadable", "error")
    assert "`images/x.svg`" in problem.message
    assert "`pic`" in problem.message


def test_text_in_drawings_is_drawn() -> None:
    """Labels of an SVG are set in a font deckgen has, whatever family the drawing names."""
    for family in ("Lato", "sans-serif", "Helvetica, Arial, sans-serif", "Nowhere"):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><text x="10" y="40" font-family="{family}" font-size="20">Label NF-κB</text></svg>'
        media = {"images/x.svg": replace(PICTURE, data=svg.encode())}
        words = one(
            deck([note("pic", Question="Q?", Answer=(para(Image("images/x.svg", "box", 0, 0)),))], media=media),
            "handout",
        )[0].get_text()
        assert "Label NF-κB" in words, family
