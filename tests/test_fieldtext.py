"""What stands in every field of a note. The golden file guards every letter: students' edits hang on it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import get_args

import sample
from sample import text

from deckgen.fieldtext import anki_tags, field_values
from deckgen.markup.tree import Image, ListBlock, Math, Paragraph, Sound
from deckgen.model import Citation, Deck, Direction, Kind, Media, Note, Option, Retired

GOLDEN = Path(__file__).parent / "golden" / "fields.txt"


def fields(note: Note, deck: Deck | None = None) -> dict[str, str]:
    note_type = sample.types()[note.note_type]
    return dict(zip(note_type.field_names(), field_values(note, note_type, deck or sample.deck()), strict=True))


def abroad(note: Note, language: str = "ar", direction: Direction = "rtl") -> Note:
    """The same note, said to be in another language."""
    return replace(note, id=f"{note.id}-{language}", language=language, direction=direction)


SOUND = Sound("audio/crackle.mp3", "A dry crackle", 0, 0)
LISTED = (*text("They differ:"), ListBlock(None, (text("in route"), text("in length"))))
PINNED = (
    *sample.NOTES,
    *sample.MORE_NOTES,
    replace(sample.STOP, id="reasons", options=(Option(text("Pause"), LISTED), Option(text("Switch"), LISTED, best=True))),
    sample.note("crackle", Question=text("What is heard? ", SOUND), Answer="Crepitus", Why=(Paragraph((SOUND,)), *LISTED)),
    *(abroad(note) for note in (sample.OPG, sample.DENOSUMAB, sample.CASCADE, *sample.MORE_NOTES)),
    *(abroad(note, "de", "") for note in (sample.STOP, sample.MOLECULES, sample.CLAIM)),
    replace(sample.T_SCORE, id="gone", retired=Retired("1.2.0", "The threshold & its place changed.", "t-score")),
)  # fmt: skip


def pinned_deck() -> Deck:
    plain = sample.deck()
    sound = Media(SOUND.path, "dg-5e1b7d4a608c913f2a9c.mp3", "mp3", b"")
    return replace(plain, media={**plain.media, sound.path: sound})


def test_the_html_of_fields_stays_as_it_is(update_golden: bool) -> None:
    """Every field of notes of every kind, and in other languages, is letter for letter what it was in the last release.

    A line that changes here changes in every published deck: the next edition rewrites those notes, and with them
    what students wrote there. New lines are welcome, others only for a fault worth that price.
    """
    assert {note.kind for note in PINNED} == set(get_args(Kind)) == {note.kind for note in PINNED if note.language}
    deck, lines = pinned_deck(), []
    for note in PINNED:
        lines += [f"# {note.id}: {' '.join(anki_tags(note))}"]
        lines += [f"{name}: {value}" for name, value in fields(note, deck).items() if value]
    now = "\n".join(lines) + "\n"
    if update_golden:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(now, encoding="utf-8")
    assert now == GOLDEN.read_text(encoding="utf-8")


def test_the_student_s_fields_are_never_written() -> None:
    """The fields "My notes" and "Spare" are always empty, whatever the note holds."""
    found = fields(replace(sample.OPG, content={**sample.OPG.content, "Extra": text("x")}))
    assert [found[name] for name in ("My notes", "Spare 1", "Spare 2", "Spare 3")] == ["", "", "", ""]


def test_sources_carry_their_place() -> None:
    """Several cited works are a paragraph each, one stands alone; the place in the work goes before the full stop."""
    assert fields(sample.OPG)["Source"] == (
        "<p>Simonet WS, et al. Osteoprotegerin. <i>Cell</i>. 1997;89:309–319.</p>"
        "<p>Boyle WJ, Simonet WS, Lacey DL. <i>Nature</i>. 2003;423:337–342, p. 338.</p>"
    )
    odd = replace(sample.OPG, citations=(Citation("Boyle2003", "p. <3> & \\(x\\)"),))
    assert fields(odd)["Source"].endswith("337–342, p. &lt;3&gt; &amp; <span>\\</span>(x\\).")


def test_a_topic_is_plain_text() -> None:
    """A topic is shown as it is written, and Anki finds nothing in it: no tag, no gap, no sound."""
    note = replace(sample.OPG, topic="T < −1 & [sound:x.mp3] {{c1::y}}")
    assert fields(note)["Topic"] == "T &lt; −1 &amp; &#91;sound:x.mp3] {&#123;c1::y}}"


def test_a_figure_is_a_picture_and_small_words() -> None:
    """The picture stands alone under its name in Anki; a caption, or words beside it, follow in small letters."""
    picture = f'<img src="{sample.PICTURE}" alt="{sample.ALT}">'
    assert fields(sample.OPG)["Figure"] == f"{picture}<small>Own drawing.</small>"
    bare = replace(sample.OPG, content={"Figure": sample.figure()})
    assert fields(bare)["Figure"] == picture
    beside = (Paragraph((Image("images/rankl.svg", sample.ALT, 0, 0), *text(" Seen from above.")[0].children)),)  # type: ignore[union-attr]
    assert (
        fields(replace(sample.OPG, content={"Figure": beside}))["Figure"] == f"{picture}<small>Seen from above.</small>"
    )


def test_a_note_in_another_language_says_so() -> None:
    """Its texts stand in a `div` with language and direction; empty fields stay empty, or they would make cards."""
    found = fields(sample.ARABIC)
    assert found["Question"] == '<div lang="ar" dir="rtl">ما وظيفة RANKL في العظم؟</div>'
    assert found["Reverse question"] == ""
    same = replace(sample.OPG, language="en", direction="")
    assert fields(same) == fields(sample.OPG)


def test_fields_are_composed() -> None:
    """Anki stores NFC: so do we, whatever the author's editor wrote."""
    note = replace(
        sample.OPG,
        content={"Question": text("Ange\u0301e\u0301"), "Answer": (Paragraph((Math("e\u0301", False, 0, 0),)),)},
    )
    found = fields(note)
    assert all(unicodedata.is_normalized("NFC", value) for value in found.values())
    assert found["Question"] == "Angéé"


def test_a_retired_note_says_why() -> None:
    """Those who have learnt it see since when and why it is retired, and what to learn instead; the rest stays as it was."""
    retired = replace(sample.OPG, retired=Retired("1.2.0", "Superseded <2026>.", "opg-new"))
    found = fields(retired)
    assert found["Retired"] == ("<p><b>1.2.0</b> Superseded &lt;2026&gt;.</p><p><bdi>→ osteoporosis/opg-new</bdi></p>")
    assert {**found, "Retired": ""} == fields(sample.OPG)
    odd = replace(sample.T_SCORE, retired=Retired("<1>", "See {{c1::this}} & [sound:x.mp3]."))
    assert fields(odd)["Retired"] == "<p><b>&lt;1&gt;</b> See {&#123;c1::this}} &amp; &#91;sound:x.mp3].</p>"


def test_one_search_finds_the_retired_notes_of_all_decks() -> None:
    """The tag of a retired note is not under the prefix of its deck's own tags; other notes have none."""
    retired = replace(sample.OPG, retired=Retired("1.2.0", "Wrong."))
    assert anki_tags(retired) == (*sample.OPG.tags, "deckgen::retired")
    assert anki_tags(sample.OPG) == sample.OPG.tags
