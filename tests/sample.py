"""Small decks as values, for tests of what comes after loading; no YAML is read to make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deckgen.diagnostics import Bag, Source, Span
from deckgen.export import apkg
from deckgen.faces import filled_cards
from deckgen.fieldtext import anki_notes
from deckgen.ids import first_row_id, note_guid
from deckgen.markup.tree import Block, Cloze, Emphasis, Image, Inline, Paragraph, Shape, Strong, Table, Text
from deckgen.model import (
    AnkiNote,
    Citation,
    Context,
    Deck,
    Kind,
    Mask,
    Media,
    Note,
    NoteSet,
    NoteType,
    Occlusion,
    Option,
    Reference,
)
from deckgen.templating import note_types

NOWHERE = Span(Source("cards/osteoporosis/01.yaml", ""), 0, 0)
EDITION = 1_775_000_000  # 2026-03-31
DAY = 86_400
NAME = "Osteoporosis"
PICTURE = "dg-3f2a9c5e1b7d4a608c91.svg"

_BOXES = (("RANKL", 20, 30), ("OPG", 20, 130), ("RANK", 230, 30), ("TRAF6", 230, 85), ("NFATc1", 230, 140))
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 200" width="360" height="200">'
    '<rect width="360" height="200" fill="#fff"/>'
    '<g fill="none" stroke="#333" stroke-width="1.5"><path d="M120 45H226M218 40l8 5-8 5M280 60v21M280 115v21"/>'
    '<path d="M70 126V66M60 66h20" stroke="#a33"/></g>'
    + "".join(
        f'<rect x="{x}" y="{y}" width="100" height="30" rx="5" fill="#eef3f8" stroke="#567"/>'
        f'<text x="{x + 50}" y="{y + 20}" font-family="sans-serif" font-size="15" text-anchor="middle">{word}</text>'
        for word, x, y in _BOXES
    )
    + "</svg>"
)
ALT = "RANKL on the osteocyte binds RANK; TRAF6 and NFATc1 follow. OPG blocks RANKL."


def text(*parts: str | Inline) -> tuple[Block, ...]:
    """One paragraph; `str` parts are plain text."""
    return (Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts)),)


def strong(words: str) -> Strong:
    return Strong((Text(words),))


def cloze(number: int, words: str, hint: str = "") -> Cloze:
    return Cloze((number,), (Text(words),), hint, 0, 0)


def figure(caption: str = "") -> tuple[Block, ...]:
    return (Paragraph((Image("images/rankl.svg", ALT, 0, 0),)), *(text(caption) if caption else ()))


def note(note_id: str, kind: Kind = "basic", note_type: str = "recall", **content: Any) -> Note:
    """A note; content by field name with `_` for spaces, as text or as blocks."""
    blocks = {
        name.replace("_", " "): text(value) if isinstance(value, str) else value for name, value in content.items()
    }
    return Note(
        id=note_id,
        guid=note_guid("osteoporosis", note_id),
        kind=kind,
        note_type=note_type,
        deck_name=f"{NAME}::1 Signals",
        content=blocks,
        span=NOWHERE,
        topic="Osteoporosis › RANKL",
    )


OPG = replace(
    note(
        "opg-role",
        "reversed",
        Question="How does osteoprotegerin (OPG) protect bone?",
        Answer=text("It is a ", strong("decoy receptor"), ": it binds RANKL, so RANKL cannot activate RANK."),
        Reverse_question="Which soluble decoy receptor binds RANKL?",
        Reverse_answer="Osteoprotegerin (OPG)",
        Hint="Think of a receptor that carries no signal.",
        Why="Without the RANK signal, osteoclast precursors do not mature. The RANKL : OPG ratio largely sets the rate of resorption.",
        Watch_out=text(strong("Denosumab"), " is an antibody with the same target; OPG is the body’s own."),
        Mnemonic=text("OPG is bone’s ", strong("o"), "wn ", strong("p"), "rotective ", strong("g"), "uard."),
        Figure=figure("Own drawing."),
        More=(
            Table(
                ((Text("Molecule"),), (Text("Binds"),)),
                (((Text("OPG"),), (Text("RANKL"),)), ((Text("Denosumab"),), (Text("RANKL"),))),
                ("", ""),
            ),
        ),
    ),
    tags=("Osteoporosis::signals", "Osteoporosis::difficulty::core"),
    citations=(Citation("Simonet1997"), Citation("Boyle2003", "p. 338")),
)
T_SCORE = replace(
    note(
        "t-score",
        Case="A 67-year-old woman has a T-score of −2.7 at the hip.",
        Question="At which T-score does the WHO definition of osteoporosis begin?",
        Answer=text(strong("−2.5 or lower")),
        Why="T-score < −2.5 & a fragility fracture: severe osteoporosis.",
    ),
    deck_name=f"{NAME}::2 Diagnosis",
    topic="Osteoporosis › T < −1 & more",
)
DENOSUMAB = note(
    "denosumab",
    "cloze",
    "cloze",
    Text=text("Denosumab is a ", cloze(1, "monoclonal antibody"), " that binds ", cloze(2, "RANKL", "target"), "."),
    Case="A patient asks how her injection works.",
    Watch_out=text(Emphasis((Text("Stopping"),)), " it without a follow-on drug risks vertebral fractures."),
)
CASCADE = replace(
    note(
        "rankl-cascade",
        "sequence",
        "sequence",
        Title="How RANKL makes an osteoclast",
        Ask_whole="Name the steps from RANKL to the osteoclast, in order.",
        Why="NFATc1 is the master switch: it amplifies itself.",
        **{
            f"Step_{number}": words
            for number, words in enumerate(
                (
                    "RANKL binds RANK on the precursor",
                    "TRAF6 is recruited to the tail of RANK",
                    "NF-κB and c-Fos are activated",
                    "NFATc1 is induced and amplifies itself",
                    "Precursors fuse into an osteoclast",
                ),
                1,
            )
        },
    ),
    step_ids=("bind", "traf6", "nfkb", "nfatc1", "fuse"),
)
ARABIC = replace(
    note(
        "arabic",
        Question="ما وظيفة RANKL في العظم؟",
        Answer=text("يحفّز نضج ", strong("ناقضات العظم"), " عبر مستقبل RANK."),
    ),
    language="ar",
    direction="rtl",
)
NOTES = (OPG, T_SCORE, DENOSUMAB, CASCADE, ARABIC)

THRESHOLD = replace(
    note(
        "threshold",
        "typed answer",
        Question="At which T-score does osteoporosis begin?",
        Answer="−2.5",
        Why="The WHO chose the value for white women after the menopause.",
    ),
    typed_answer="-2.5",
)
STOP = replace(
    note(
        "denosumab-stop",
        "choice",
        "best-answer",
        Case="A 67-year-old woman has had denosumab for five years; the last injection was six months ago. She declines more.",
        Question="Which plan best lowers her risk of vertebral fractures?",
        Ask_without_options="Which drug should follow denosumab, and when?",
        Why="Turnover overshoots when the last dose wears off.",
        Watch_out="A pause, as with bisphosphonates, is no option here.",
    ),
    options=(
        Option(text("Calcium and vitamin D alone"), text("They correct a deficiency, but do not stop the rebound.")),
        Option(text("Raloxifene"), text("A weak antiresorptive; it hardly prevents the loss.")),
        Option(text("Teriparatide"), text("After denosumab it leads to bone loss at first.")),
        Option(text("Zoledronic acid"), text("A potent bisphosphonate limits the rebound."), best=True),
    ),
    citations=(Citation("Boyle2003"),),
)


def box(left: float, top: float, width: float, height: float) -> Shape:
    """A rectangle in fractions of its picture."""
    return Shape("rect", ((left, top), (left + width, top + height)))


def masks(*given: tuple[str, int, Shape, str, str]) -> tuple[Mask, ...]:
    """Masks of (id, number, shape, answer, clue)."""
    return tuple(Mask(key, number, shape, text(answer), clue) for key, number, shape, answer, clue in given)


_WIDE, _HIGH = 100 / 360, 30 / 200
MOLECULES = replace(
    note("molecules", "image occlusion", "image", Header="Which molecule is it?"),
    occlusion=Occlusion(
        "images/rankl.svg",
        "Five boxes: two on the left, three below each other on the right, joined by arrows",
        masks(
            *(
                (word.lower(), number, box(x / 360, y / 200, _WIDE, _HIGH), word, clue)
                for number, ((word, x, y), clue) in enumerate(
                    zip(_BOXES, ("the ligand", "the decoy", "the receptor", "", ""), strict=True), 1
                )
            )
        ),
    ),
    citations=(Citation("Simonet1997"),),
)
OUTSIDE = replace(
    note("outside", "image occlusion", "image", Header="Which two molecules meet outside the cell?"),
    occlusion=Occlusion(
        "images/rankl.svg",
        "Five boxes joined by arrows",
        masks(
            ("ligand", 3, Shape("ellipse", ((0.03, 0.10), (0.36, 0.35))), "RANKL", ""),
            ("decoy", 3, Shape("polygon", ((0.04, 0.62), (0.35, 0.62), (0.35, 0.83), (0.04, 0.83))), "OPG", ""),
        ),
        hide_all=False,
    ),
)
CLAIM = note(
    "opg-claim",
    "spot the error",
    "claim",
    Claim=text("Osteoprotegerin blocks ", strong("RANK"), " on the precursor and so keeps RANKL away."),
    Error="It binds the ligand, RANKL, not the receptor.",
    Watch_out="Denosumab, too, binds the ligand.",
)
MORE_NOTES = (THRESHOLD, STOP, MOLECULES, OUTSIDE, CLAIM)  # one and more of each kind that `NOTES` has none of


def deck(notes: Sequence[Note] = NOTES, **changes: Any) -> Deck:
    """A deck of these notes."""
    values: dict[str, Any] = {
        "key": "osteoporosis",
        "name": NAME,
        "sets": (NoteSet("Signals", "cards/osteoporosis/01.yaml", tuple(notes)),),
        "span": NOWHERE,
        "description": text("Bone in ", strong("five"), " notes."),
        "authors": ("A. Author",),
        "licence": "CC BY-SA 4.0",
        "disclaimer": "For education. Not medical advice.",
        "version": "1.0.0",
        "date": "2026-03-31",
        "home": "https://example.org/bone",
        "references": {
            "Simonet1997": Reference(
                "Simonet1997", "Simonet WS, et al. Osteoprotegerin. <i>Cell</i>. 1997;89:309–319.", ""
            ),
            "Boyle2003": Reference("Boyle2003", "Boyle WJ, Simonet WS, Lacey DL. <i>Nature</i>. 2003;423:337–342.", ""),
        },
        "media": {"images/rankl.svg": Media("images/rankl.svg", PICTURE, "svg", SVG.encode(), 360, 200)},
    }
    return Deck(**{**values, **changes})


def types(language: str = "en") -> dict[str, NoteType]:
    """The built-in note types of a publisher called Example."""
    return note_types(None, "Example", language, Bag())


def context(timestamp: int = EDITION, language: str = "en") -> Context:
    return Context(note_types=types(language), timestamp=timestamp)


def package(made: Deck, timestamp: int = EDITION) -> bytes:
    return apkg.export(made, context(timestamp, made.language)).data


# ---- the two note types no YAML makes yet: their fields written by hand ------------------------------------------

BEST = ' class="best"'
_OPTIONS = {
    "Calcium and vitamin D alone": "They correct a deficiency, but do not stop the rebound in turnover.",
    "Raloxifene": "A weak antiresorptive; it hardly prevents the loss.",
    "Teriparatide": "After denosumab it leads to bone loss at first.",
    "Zoledronic acid": "A potent bisphosphonate limits the rebound.",
}
BEST_FIELDS = {
    "Case": "A 67-year-old woman has had denosumab for 5 years; the last injection was 6 months ago. She declines more.",
    "Question": "Which plan best lowers her risk of vertebral fractures?",
    "Options": f"<ul>{''.join(f'<li>{option}</li>' for option in _OPTIONS)}</ul>",
    "Options explained": "<ul>"
    + "".join(
        f"<li{BEST if option == 'Zoledronic acid' else ''}>{option}<p>{why}</p></li>"
        for option, why in _OPTIONS.items()
    )
    + "</ul>",
    "Ask without options": "Which drug should follow denosumab?",
    "Why": "Turnover overshoots when the last dose wears off.",
    "Topic": "Osteoporosis › Drugs",
    "Source": "Tsourdi E, et al. <i>J Clin Endocrinol Metab</i>. 2021;106:264–281.",
    "Ref": "osteoporosis/denosumab-stop",
}
IMAGE_FIELDS = {
    "Occlusion": "".join(
        f"{{{{c{number}::image-occlusion:rect:left={x / 360:.4f}:top={y / 200:.4f}:width={100 / 360:.4f}:height=.15:oi=1}}}}"
        for number, (_, x, y) in enumerate(_BOXES, 1)
    ),
    "Image": f'<img src="{PICTURE}">',
    "Header": "Which molecule is hidden?",
    "Back Extra": "OPG acts outside the cell, on RANKL itself.",
    "Topic": "Osteoporosis › RANKL",
    "Ref": "osteoporosis/rankl-image",
}


def raw_note(
    note_id: str, note_type: NoteType, fields: Mapping[str, str], *, due: int, mod: int = EDITION
) -> apkg._Note:
    """A note of genanki's kind with fields given as HTML."""
    values = tuple(fields.get(name, "") for name in note_type.field_names())
    written = AnkiNote(note(note_id), note_type, values, (), filled_cards(note_type, values))
    return apkg._Note(written, apkg._Model(note_type, "en"), due=due, mod=mod)


def raw_package(notes: Sequence[apkg._Note], media: Sequence[Media] = (), name: str = NAME) -> bytes:
    """A package of such notes, all in one deck."""
    home = apkg._Deck(name)
    for each in notes:
        home.add_note(each)
    return apkg._Package([home], notes, media, first_row_id("raw"), "{}").to_bytes()


def five_types() -> bytes:
    """A package with a note of every note type."""
    known = types()
    source = deck()
    notes = [
        apkg._Note(each, apkg._Model(each.note_type, "en"), due=due, mod=EDITION)
        for due, each in enumerate(anki_notes(source, known), 1)
    ]
    typed = {"Question": "At which T-score does osteoporosis begin?", "Answer": "−2.5", "Typed answer": "-2.5"}
    notes += [
        raw_note("denosumab-stop", known["best-answer"], BEST_FIELDS, due=6),
        raw_note("rankl-image", known["image"], IMAGE_FIELDS, due=7),
        raw_note("typed", known["recall"], typed, due=8),
    ]
    return raw_package(notes, list(source.media.values()))
