"""The note types: what may never change, and what every face promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sample

from deckgen import faces
from deckgen.active import IMAGE_OCCLUSION_SCRIPT, find_active
from deckgen.model import CardTemplate, NoteType
from deckgen.notetypes import PLANS, direction_of, identity
from deckgen.templating import builtin_templates

TAIL = (
    "Hint", "Why", "Watch out", "Mnemonic", "Figure", "More", "Source", "Topic", "Ref", "Retired", "Spare 1", "Spare 2", "Spare 3", "My notes",
)  # fmt: skip
FRONT = ("Case", "Question figure")
STEPS = tuple(f"Step {n}" for n in range(1, 11))
FIELDS = {
    "recall": ("Question", "Answer", *FRONT, "Reverse question", "Reverse answer", "Typed answer", *TAIL),
    "cloze": ("Text", *FRONT, *TAIL),
    "sequence": ("Title", *FRONT, *STEPS, "Ask whole", *TAIL),
    "best-answer": ("Question", "Options", "Options explained", *FRONT, "Ask without options", *TAIL),
    "image": ("Occlusion", "Image", "Header", "Back Extra", "Comments", "Answers", *FRONT, *TAIL),
    "claim": ("Claim", "Error", *FRONT, *TAIL),
}
CARDS = {
    "recall": ("Recall", "Reverse", "Typed", "Spare"),
    "cloze": ("Cloze",),
    "sequence": (*STEPS, "Whole sequence"),
    "best-answer": ("Best answer", "Without options"),
    "image": ("Image",),
    "claim": ("Claim", "Spare"),
}
ALL = sample.types()
TEMPLATES = [
    pytest.param(kind, template, id=f"{kind.key}-{template.name}")
    for kind in ALL.values()
    for template in kind.templates
]


def filled(kind: NoteType, *names: str) -> list[str]:
    return ["{{c1::x}}" if kind.is_cloze and name in names else "x" * (name in names) for name in kind.field_names()]


def test_fields_and_cards_are_those_of_the_first_edition() -> None:
    """Number, order and count of fields and templates never change: Anki would make a second note type of it."""
    assert {key: kind.field_names() for key, kind in ALL.items()} == FIELDS
    assert {key: tuple(template.name for template in kind.templates) for key, kind in ALL.items()} == CARDS


def test_ids_are_those_of_the_first_edition() -> None:
    """The ids by which a student's Anki knows note types, fields and templates never change; names may."""
    found = []
    for kind in ALL.values():
        found.append(f"{kind.key} type {kind.id}")
        found += [f"{kind.key} field {field.id}" for field in kind.fields]
        found += [f"{kind.key} template {template.id}" for template in kind.templates]
    known = (Path(__file__).parent / "golden" / "note-type-ids.txt").read_text(encoding="utf-8").splitlines()
    assert found == [" ".join(line.split()[:3]) for line in known]


def test_every_id_is_its_own() -> None:
    """No two fields or templates of a note type share an id, nor do two note types."""
    for kind in ALL.values():
        numbers = [field.id for field in kind.fields] + [template.id for template in kind.templates]
        assert len(set(numbers)) == len(numbers)
    several = [kind.id for language in ("en", "de", "ar") for kind in sample.types(language).values()]
    assert len(set(several)) == len(several)


def test_a_rename_keeps_the_id() -> None:
    """Ids come from keys, not from names: a field renamed later is still the same field."""
    assert {field.key for plan in PLANS for field in plan.fields} == {
        name.lower() for names in FIELDS.values() for name in names
    }


def test_names_say_publisher_and_language() -> None:
    """Two decks of one publisher in two languages have note types of different names: Anki would put a `+` to one."""
    assert ALL["recall"].name == "Example Recall"
    assert sample.types("de")["best-answer"].name == "Example Best answer (de)"


def test_a_region_makes_no_other_note_type() -> None:
    """`en-GB` is `en`: a deck may make its language more exact without its notes losing their type. A script counts."""
    assert sample.types("en-GB") == sample.types("en")
    assert (identity("pt-BR"), identity("zh-hant-TW"), identity("sr_Latn")) == ("pt", "zh-Hant", "sr-Latn")


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar-EG", "rtl"), ("he", "rtl"), ("pa-Arab", "rtl"), ("ug-Latn", "ltr")]
)
def test_direction_follows_language_and_script(language: str, direction: str) -> None:
    """The faces of a right-to-left language run from right to left."""
    assert direction_of(language) == direction
    assert f'dir="{direction}"' in sample.types(language)["recall"].templates[0].front


def test_image_is_anki_s_own_image_occlusion() -> None:
    """Anki's editor for masks finds its five fields by their tags; four of them cannot be deleted."""
    image = ALL["image"]
    assert image.original_stock_kind == 6
    assert [field.tag for field in image.fields[:6]] == [0, 1, 2, 3, 4, None]
    assert [field.prevent_deletion for field in image.fields[:6]] == [True] * 4 + [False] * 2
    assert all(kind.original_stock_kind == 0 for key, kind in ALL.items() if key != "image")


def test_the_student_s_field_is_the_last() -> None:
    """A text file maps its columns to fields from the left: one with all the author's fields can leave "My notes" out."""
    assert {plan.fields[-1].key for plan in PLANS} == {"my notes"}
    assert {kind.field_names()[-1] for kind in ALL.values()} == {"My notes"}


def test_fields_that_are_seldom_filled_are_folded() -> None:
    """In Anki's editor the fields Retired and Spare take no room until they are opened; all others are open."""
    for kind in ALL.values():
        folded = tuple(field.name for field in kind.fields if field.collapsed)
        assert folded == ("Retired", "Spare 1", "Spare 2", "Spare 3")


def test_the_student_s_field_says_when_it_is_kept() -> None:
    """The editor tells the student, in the deck's language, exactly when "My notes" is overwritten."""
    for language, words in (
        ("en", "corrects this very note"),
        ("de", "genau diese Notiz"),
        ("fr", "cette note précise"),
        ("es", "precisamente esta nota"),
    ):
        (field,) = [field for field in sample.types(language)["cloze"].fields if field.name == "My notes"]
        assert words in field.description
        assert ".apkg" in field.description


@pytest.mark.parametrize(("kind", "template"), TEMPLATES)
def test_anki_accepts_every_face(kind: NoteType, template: CardTemplate) -> None:
    """No unknown field, no open section, a field on every front."""
    assert faces.check(template.front, kind.field_names(), front=True, cloze=kind.is_cloze) == ()
    assert faces.check(template.back, kind.field_names()) == ()


@pytest.mark.parametrize(("kind", "template"), TEMPLATES)
def test_no_face_runs_anything(kind: NoteType, template: CardTemplate) -> None:
    """The only script is Anki's own call that draws masks, and only on image cards; nothing is loaded from elsewhere."""
    assert find_active(template.front) == find_active(template.back) == find_active(kind.css) == []
    assert template.front.count("<script") == template.front.count(IMAGE_OCCLUSION_SCRIPT) == (kind.key == "image")


@pytest.mark.parametrize(("kind", "template"), TEMPLATES)
def test_no_front_holds_what_belongs_on_the_back(kind: NoteType, template: CardTemplate) -> None:
    """Not even hidden: reading aloud, the Browser and plain-text views would tell."""
    secret = {
        "Answer",
        "Reverse answer",
        "Options explained",
        "Back Extra",
        "Error",
        "Why",
        "Watch out",
        "Mnemonic",
        "Figure",
        "More",
        "Source",
        "My notes",
        "Ref",
    }
    shown = faces.fields_used(template.front)
    assert not shown & secret
    assert kind.key != "sequence" or shown.isdisjoint(STEPS[kind.templates.index(template) + 1 :])
    assert "{{Tags}}" not in template.front


BANNER = re.compile(r'\{\{#Retired\}\}<div class="dg-box dg-retired"(.*?)</div>\{\{/Retired\}\}\n', re.DOTALL)
EACH_TEMPLATE = pytest.mark.parametrize(
    "template", [each.values[1] for each in TEMPLATES], ids=[each.id for each in TEMPLATES]
)


@EACH_TEMPLATE
def test_a_retired_note_says_so_before_anything_else(template: CardTemplate) -> None:
    """Both sides of every card begin with it, dormant cards too; the reason, which may tell the answer, is on the back."""
    for side in (template.front, template.back):
        banner = BANNER.search(side)
        assert banner
        assert side.startswith('<div class="dg" ', side[: banner.start()].rindex("<"))
        assert ">Retired: no longer taught</b>" in banner[0]
        assert side.count("{{#Retired}}") == 1
    assert "{{Retired}}" not in template.front
    assert template.back.count("{{Retired}}") == BANNER.search(template.back)[0].count("{{Retired}}") == 1  # type: ignore[index]


@EACH_TEMPLATE
def test_the_question_keeps_its_place(template: CardTemplate) -> None:
    """Up to the question, the back is the front, letter for letter; and Anki finds where the answer begins.

    A retired note says more about it on its back; what stands below moves down by as much.
    """
    front, back = (BANNER.sub("", side).replace(' id="answer"', "") for side in (template.front, template.back))
    opening = re.search(r'<div class="dg".*?<div class="dg-q[^>]*>.*?</div>', front, re.DOTALL)
    assert opening
    assert opening[0] in back
    assert template.back.count('id="answer"') == 1


def test_dormant_cards_wake_with_their_field() -> None:
    """A card whose field is empty does not exist; filling the field makes it, with no change of the note type."""
    recall, sequence, best = ALL["recall"], ALL["sequence"], ALL["best-answer"]
    everything = tuple(set(recall.field_names()) - {"Question", "Reverse question", "Typed answer", "Spare 3"})
    assert faces.filled_cards(recall, filled(recall, *everything)) == ()
    assert faces.filled_cards(recall, filled(recall, "Question")) == (0,)
    assert faces.filled_cards(recall, filled(recall, "Question", "Reverse question")) == (0, 1)
    assert faces.filled_cards(recall, filled(recall, "Question", "Typed answer")) == (0, 2)
    assert faces.filled_cards(sequence, filled(sequence, "Title", "Step 1", "Step 2", "Topic")) == (0, 1)
    assert faces.filled_cards(sequence, filled(sequence, "Title", *STEPS, "Ask whole")) == tuple(range(11))
    assert faces.filled_cards(best, filled(best, "Question", "Ask without options")) == (0, 1)


def test_a_step_is_asked_with_the_two_before_it() -> None:
    """The cue of a step is the two steps before it, with their numbers, and no later one."""
    fifth = ALL["sequence"].templates[4].front
    assert faces.fields_used(fifth) & set(STEPS) == {"Step 3", "Step 4", "Step 5"}
    assert '<ol class="dg-steps" start="3">' in fifth
    assert "{{Step 5}}" not in fifth


def test_faces_speak_the_language_of_the_deck() -> None:
    """Labels are translated; the words of a language deckgen does not know are English and say so."""
    assert "Achtung" in sample.types("de")["recall"].templates[0].back
    swahili = sample.types("sw")["recall"].templates[0].back
    assert '<div class="dg" lang="sw"' in swahili
    assert 'lang="en" dir="ltr">Watch out</b>' in swahili


# ---- the style sheet ------------------------------------------------------------------------------------------

CSS = (builtin_templates() / "anki" / "deckgen.css").read_text(encoding="utf-8")


def tokens(block: int) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", re.findall(r"\{(.*?)\}", CSS, re.DOTALL)[block]))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(block: int) -> None:
    """Text has a contrast of 4.5 or more on every ground it stands on, and borders of controls 3 (WCAG 2, AA)."""
    colour = tokens(block)
    grounds = {
        "ink": ("bg", "tint", "good-bg", "warn-bg", "accent-bg"),
        "ink-2": ("bg", "tint"),
        "accent": ("bg", "accent-bg"),
        "good": ("good-bg",),
        "warn": ("bg", "warn-bg"),
    }
    for ink, papers in grounds.items():
        for paper in papers:
            assert contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)
    assert contrast(colour["edge"], colour["bg"]) >= 3


def test_a_student_can_change_the_look() -> None:
    """No `!important`, so that one line of a student's own wins; every class of ours begins with `dg-`."""
    assert "!important" not in CSS
    used = {
        name
        for kind in ALL.values()
        for t in kind.templates
        for names in re.findall(r'class="([^"]*)"', t.front + t.back)
        for name in names.split()
    }
    assert all(name == "dg" or name.startswith("dg-") for name in used)
    assert used <= set(re.findall(r"\.(dg[a-z-]*)", CSS))


def test_old_browsers_lose_no_other_rule() -> None:
    """One selector a browser does not know drops its whole rule, so new ones stand in rules of their own."""
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL))
    new = [[":has(" in line for line in rule.strip().splitlines()] for rule in rules if ":has(" in rule]
    assert len(new) == 2
    assert all(all(lines) for lines in new)


def test_labels_run_in_their_own_direction() -> None:
    """English labels in a right-to-left deck run from left to right: else their full stops would stand in front."""
    for kind in sample.types("he").values():
        for template in kind.templates:
            labels = re.findall(r'lang="en" dir="(\w+)"', template.front + template.back)
            assert set(labels) == {"ltr"}
            assert 'lang="en">' not in template.front + template.back
    assert 'lang="he" dir="rtl"' in sample.types("he")["recall"].templates[0].front


def test_faces_stay_small() -> None:
    """A card is sent to the phone with its faces: no more than 4 kB a card, 13 kB of style."""
    assert max(len(t.front) + len(t.back) for kind in ALL.values() for t in kind.templates) < 4_000
    assert len(CSS) < 13_000
