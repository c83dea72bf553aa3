"""Anki's card-template language. That the rules are Anki's own is shown in test_anki.py, against Anki."""

from __future__ import annotations

import pytest
from conftest import grows_linearly

from deckgen import faces
from deckgen.model import CardTemplate, Field, NoteType

NAMES = ("Front", "Back", "Extra field")


def made(*fronts: str, names: tuple[str, ...] = NAMES, cloze: bool = False) -> NoteType:
    fields = tuple(Field(name, number) for number, name in enumerate(names, 1))
    templates = tuple(CardTemplate(f"Card {n}", n, front, "{{Back}}") for n, front in enumerate(fronts, 1))
    return NoteType("test", "Test", 1, fields, templates, "", is_cloze=cloze)


def messages(face: str, **options: bool) -> list[str]:
    return [fault.message for fault in faces.check(face, NAMES, **options)]


# ---- reading --------------------------------------------------------------------------------------------------


def test_a_face_is_text_replacements_and_sections() -> None:
    """A face becomes a tree; filters are in the order in which they are applied."""
    nodes, faults = faces.parse("a {{#Front}}<b>{{text:hint:Front}}</b>{{/Front}}{{^Back}}none{{/Back}}")
    assert not faults
    assert nodes == (
        faces.Text("a "),
        faces.Section(
            "Front",
            False,
            (faces.Text("<b>"), faces.Replacement("Front", ("hint", "text"), 15, 34), faces.Text("</b>")),
            2,
            12,
        ),
        faces.Section("Back", True, (faces.Text("none"),), 48, 57),
    )


@pytest.mark.parametrize(
    ("face", "field"),
    [("{{{Front}}}", "Front"), ("{{ Front }}", "Front"), ("{{text:}}", ""), ("{{=<% %>=}} <%Front%>", "Front")],
)
def test_anki_s_odd_spellings_are_read(face: str, field: str) -> None:
    """Three braces, spaces, a filter without a field, and Mustache's other braces are read as Anki reads them."""
    nodes, faults = faces.parse(face)
    assert not faults
    assert [node.field for node in nodes if isinstance(node, faces.Replacement)] == [field]


def test_tags_in_comments_are_not_tags() -> None:
    """What stands between `<!--` and `-->` is no tag, whatever it looks like."""
    assert faces.fields_used("<!-- {{Nope}} {{#Nope}} --> {{Front}}") == {"Front"}


def test_fields_used_leaves_anki_s_own_out() -> None:
    """The fields of a face are those shown and those asked for; Tags, Deck and the like are no fields."""
    assert faces.fields_used("{{#Back}}{{Tags}}{{Deck}}{{/Back}}{{text:Front}}{{FrontSide}}{{text:}}") == {
        "Front",
        "Back",
    }


# ---- checking -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("face", "message", "place"),
    [
        ("x {{Frint}}", "there is no field `Frint`", (2, 11)),
        ("{{#Nope}}{{Front}}{{/Nope}}", "there is no field `Nope`", (0, 9)),
        ("{{#Front}}{{Front}}", "the section `Front` is never closed", (0, 10)),
        ("{{Front}}{{/Front}}", "`{{/Front}}` closes a section that was never opened", (9, 19)),
        ("{{text: Front}}", "there is a space between the colon and `Front`", (0, 15)),
        ("{{Front}}{{! note }}", "Anki has no comments in braces", (9, 20)),
        ("{{c1}}{{Front}}", "there is no field `c1`", (0, 6)),
        ("{{}}{{Front}}", "there is no field ``", (0, 4)),
    ],
)
def test_what_anki_refuses_is_found_with_its_place(face: str, message: str, place: tuple[int, int]) -> None:
    """Every fault says what is wrong and where it stands."""
    (fault,) = faces.check(face, NAMES, front=True)
    assert fault.message == message
    assert (fault.start, fault.end) == place


def test_reading_goes_on_after_a_fault() -> None:
    """All faults of a face are found at once, in its order."""
    assert messages("{{#Front}}{{#Back}}{{/Front}}{{Nope}}") == [
        "the section `Front` is never closed",
        "the section `Back` is never closed",
        "`{{/Front}}` stands where `{{/Back}}` must come first",
        "there is no field `Nope`",
    ]


def test_a_misspelt_field_is_suggested() -> None:
    """The nearest field is offered."""
    (fault,) = faces.check("{{Extra fild}}", NAMES)
    assert fault.hint == "Did you mean `Extra field`?"


def test_a_front_must_show_something() -> None:
    """A front without a field makes no cards; both sides of a cloze card need `cloze:`; other backs may be anything."""
    assert messages("Hello {{FrontSide}}", front=True) == ["the front shows no field"]
    for front in (True, False):
        assert messages("{{Front}}", front=front, cloze=True) == [
            "both sides of a cloze note type must show a field with `cloze:`"
        ]
    assert messages("Hello {{FrontSide}}") == []
    assert messages("{{#Front}}{{cloze:Front}}{{/Front}}", front=True, cloze=True) == []


@pytest.mark.parametrize("part", ["{{", "{{#a}}", "{{^a}}x", "{{/a}}", "{{Nope}}", "<!--", "{{Front", "}}"])
def test_a_hostile_face_is_read_at_once(part: str) -> None:
    """Tags that do not close, or nest without end, are checked in linear time and reported in short."""

    def check(size: int) -> tuple[faces.Fault, ...]:
        return faces.check(part * (size // len(part)), NAMES, front=True)

    assert len(check(1_000_000)) <= faces.MANY_FAULTS
    assert grows_linearly(check, 400_000)


def test_special_fields_are_known() -> None:
    """What Anki fills itself is no unknown field, nor is `{{#c1}}`."""
    face = "{{Tags}}{{Type}}{{Deck}}{{Subdeck}}{{Card}}{{CardFlag}}{{CardID}}{{FrontSide}}{{#c2}}x{{/c2}}{{Front}}"
    assert messages(face) == []


# ---- which cards ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", " ", "\t\n", "<br>", "<BR/>", "<div></div>", "<br /> <div>\n</div>"])
def test_empty_is_what_anki_calls_empty(value: str) -> None:
    """Blanks and line breaks alone do not fill a field."""
    assert faces.is_empty(value)
    assert faces.cards_of(made("{{Front}}", "{{Back}}"), [value, "x", ""]) == (1,)


@pytest.mark.parametrize("value", ["0", "&nbsp;", "<p></p>", "\u00a0", "<br  >", "<img>"])
def test_everything_else_fills_a_field(value: str) -> None:
    """A non-breaking space or a picture is content."""
    assert not faces.is_empty(value)


@pytest.mark.parametrize(
    ("front", "fields", "cards"),
    [
        ("{{#Back}}{{Front}}{{/Back}}", ["x", "", ""], ()),
        ("{{#Back}}{{Front}}{{/Back}}", ["x", "y", ""], (0,)),
        ("{{^Back}}{{Front}}{{/Back}}", ["x", "", ""], (0,)),
        ("{{^Back}}{{Front}}{{/Back}}", ["x", "y", ""], ()),
        ("{{#Front}}text only{{/Front}}", ["x", "", ""], ()),
        ("{{Deck}}", ["", "", ""], (0,)),
        ("{{Tags}}", ["", "", ""], ()),
        ("{{#Front}}{{Back}}", ["x", "y", ""], ()),
        ("{{type:Front}}", ["x", "", ""], (0,)),
        ("{{^Front}}{{Front}}{{/Front}}", ["x", "", ""], ()),
    ],
)
def test_a_card_needs_a_filled_field_on_its_front(front: str, fields: list[str], cards: tuple[int, ...]) -> None:
    """A card exists when its front shows at least one field that is filled; text of its own does not count."""
    assert faces.filled_cards(made(front), fields) == cards


def test_a_note_always_has_a_card() -> None:
    """Where no front shows anything, Anki makes the first card all the same."""
    assert faces.cards_of(made("{{Front}}", "{{Back}}"), ["", "", "x"]) == (0,)


def test_tags_fill_a_front_when_there_are_some() -> None:
    """`{{Tags}}` on a front counts for a note with tags."""
    assert faces.filled_cards(made("{{Tags}}"), ["", "", ""], tagged=True) == (0,)


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("{{c1::a}} {{c3::b}}", (0, 2)),
        ("{{c1::a {{c2::b}} c}}", (0, 1)),
        ("{{c1,2::a}}", (0, 1)),
        ("{{c0::a}}", (0,)),
        ("{{c0::a}}{{c4::b}}", (3,)),
        ("{{c2::a", (0,)),
        ("{{c3::open {{c2::a}}", (0,)),
        ("{{C2::a}}", (0,)),
        ("{{c2::}}", (1,)),
        ("{{c900::a}}", (499,)),
        ("{{c70000::a}}", (0,)),
        ("{{c0002::a}}", (1,)),
        ("{{c" + "1" * 9000 + "::a}}", (0,)),
        ("{{c2::a\n<br>b}}", (1,)),
        ("no cloze", (0,)),
    ],
)
def test_cloze_numbers_make_cards(text: str, cards: tuple[int, ...]) -> None:
    """Each number makes a card: nested ones and lists too; 0, unclosed ones and impossible numbers do not."""
    assert faces.cards_of(made("{{cloze:Front}}", cloze=True), [text, "", ""]) == cards


def test_clozes_count_in_every_field() -> None:
    """Anki looks for clozes in all fields of a cloze note, shown or not."""
    assert faces.cards_of(made("{{cloze:Front}}", cloze=True), ["{{c1::a}}", "", "{{c2::b}}"]) == (0, 1)


def test_requirements_are_what_older_programs_store() -> None:
    """`any` of the fields that suffice alone, else `all` that are needed, else `none`."""
    assert faces.requirements("{{Front}}{{Back}}", NAMES) == ("any", [0, 1])
    assert faces.requirements("{{#Front}}{{Back}}{{/Front}}", NAMES) == ("all", [0, 1])
    assert faces.requirements("{{^Front}}{{Back}}{{/Front}}", NAMES) == ("any", [1])
    assert faces.requirements("{{Deck}}", NAMES) == ("none", [])


# ---- showing --------------------------------------------------------------------------------------------------


def test_both_sides_are_rendered() -> None:
    """A card is shown as Anki shows it: sections, filters, the front on the back."""
    shown = NoteType(
        "test",
        "Test",
        1,
        made("").fields,
        (
            CardTemplate(
                "Card 1",
                1,
                "{{Front}}{{#Tags}}[{{Tags}}]{{/Tags}}",
                "{{FrontSide}}|{{text:Back}}{{^Extra field}}.{{/Extra field}}",
            ),
        ),
        "",
    )
    assert faces.render(shown, 0, ["<b>Q</b>", "<i>A</i>", ""], {"Tags": "a b"}) == (
        "<b>Q</b>[a b]",
        "<b>Q</b>[a b]|A.",
    )


def test_clozes_are_hidden_and_revealed() -> None:
    """The card of a number hides that number only; hints stand in its place, nested clozes keep theirs."""
    shown = made("{{cloze:Front}}", cloze=True)
    front, _ = faces.render(shown, 1, ["{{c1::a {{c2::b::which?}}}} c", "", ""])
    assert (
        front
        == '<span class="cloze-inactive" data-ordinal="1">a <span class="cloze" data-ordinal="2">[which?]</span></span> c'
    )
    assert faces.reveal_cloze("{{c1::a}}", 1, question=False) == '<span class="cloze" data-ordinal="1">a</span>'
    assert faces.reveal_cloze("{{c1::a}}", 2, question=True) == ""
