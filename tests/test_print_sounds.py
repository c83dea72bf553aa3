"""Sounds on paper: named in the language of the deck, wherever they stand, and never wider than their line."""

from __future__ import annotations

import pytest
from printed import bare, check_sheets, deck, note, one, para

from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Emphasis, Link, ListBlock, Quote, Sound, Strong, Table, Text
from deckgen.printing import extents, runs
from deckgen.printing.cards import printed_cards


def sound(words: str) -> Sound:
    return Sound("audio/x.mp3", words, 0, 0)


def words_of(blocks: tuple[object, ...], layout: str, bag: Bag | None = None, **changes: object) -> str:
    document = one(deck([note("n", Question="Q?", Answer=blocks)], **changes), layout, bag=bag)
    return bare("".join(page.get_text() for page in document))


@pytest.mark.parametrize("layout", ["handout", "cards"])
@pytest.mark.parametrize(
    ("language", "label"), [("en", "Audio"), ("de", "Audio"), ("fr", "Audio"), ("es", "Audio"), ("nl", "Audio")]
)
def test_a_sound_is_named_in_every_language(language: str, label: str, layout: str) -> None:
    """A word from the labels, then what is heard; a language without labels gets the English word."""
    assert f"Before{label}:Agallop,S₃after" in words_of(
        (para("Before ", sound("A gallop, S₃"), " after"),), layout, language=language
    )


def test_a_sound_is_named_wherever_it_stands() -> None:
    """In lists, tables, quotations, stress and links."""
    blocks = (
        para(Strong((Emphasis((sound("one"),)),)), Link("https://a.example", (sound("two"),), 0, 0)),
        ListBlock(1, ((para(sound("three")),), (para("x ", sound("four")),))),
        Quote((para(sound("five")),)),
        Table(((sound("six"),), (Text("b"),)), (((Text("x"),), (sound("seven"),)),), ("", "right")),
    )
    for layout in ("handout", "cards"):
        words = words_of(blocks, layout)
        assert all(f"Audio:{number}" in words for number in ("one", "two", "three", "four", "five", "six", "seven"))


def test_a_character_without_a_glyph_is_reported() -> None:
    """The words of a sound are text like any other: what cannot be drawn stands there as its code, with a warning."""
    bag = Bag()
    assert "Audio:ahornU+1F4EFcalls" in words_of((para(sound("a horn 📯 calls")),), "handout", bag)
    assert [item.code for item in bag] == ["missing-glyph"]


@pytest.mark.parametrize("words", ["x" * 60, "a word " * 60, "Pneumonoultramicroscopicsilicovolcanoconiosis " * 4])
def test_long_words_stay_on_their_card(words: str) -> None:
    """However long what is heard is described, it stays within its card and its page."""
    notes = [note("n", Question="Q?", Answer=(para("Hear ", sound(words.strip())),))]
    check_sheets(one(deck(notes), "cards"), "a4", [("Q?", words[:5])])


def test_room_is_reckoned_for_the_label() -> None:
    """The estimate of a text's width holds the word that the layout adds, and no count of lines is promised."""
    data = runs.settle([["p", [["t", "Hear "], ["sound", "a gallop"]]]], print)
    (paragraph,) = data
    kind, inner = paragraph[1][1]
    assert (kind, inner) == ("sound", [["t", "a gallop"]])
    assert extents.width(paragraph[1][1]) == pytest.approx(extents.SOUND + extents.text_width("a gallop"))
    assert extents.text_width("Audio: ") < extents.SOUND
    assert extents.bounds(data) is None


def test_a_sound_alone_is_a_side() -> None:
    """A card whose answer is a sound has an answer."""
    (card,) = printed_cards(deck([note("n", Question="Q?", Answer=(para(sound("A gallop")),))]), PrintJob("cards"))
    assert [part.role for part in card.back] == ["answer"]
