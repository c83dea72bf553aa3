"""Packages of parts of a deck: what belongs in them, what is refused, and that a note is the same in all of them.

What Anki makes of them: test_packages_anki.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample
from conftest import NOTE, SETTINGS, SVG, MakeProject, Run
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.build import Options, build, check
from deckgen.diagnostics import Bag, Source
from deckgen.editions import news
from deckgen.editions.ledger import Ledger, read_ledger, to_text
from deckgen.editions.plan import Plan, draft_plan, release_plan
from deckgen.editions.releasenotes import release_notes
from deckgen.editions.review import Review, review
from deckgen.export import apkg, count_cards, text
from deckgen.load.packages import read_packages
from deckgen.model import Context, Deck, Note, NoteSet, Package, Retired
from deckgen.notetypes import UNPUBLISHED_LOOK
from deckgen.project import DeckSettings
from deckgen.yamlnodes import Mapping, parse

HEART = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n    tag prefix: Heart\n"
FILES = {
    "cards/heart/01-basics.yaml": "- {id: a, question: 'a?', answer: a, difficulty: core, tags: [anatomy]}\n"
    "- {id: b, question: 'b?', answer: b, tags: [Drug::digoxin, history]}\n",
    "cards/heart/drugs/01-old.yaml": "difficulty: core\ntags: [drug]\nnotes:\n- {id: c, question: 'c?', answer: c}\n"
    "- {id: d, cloze: '{{c1::d}} {{c2::e}}', difficulty: advanced}\n",
    "cards/heart/drugs/02-new.yaml": "- {id: e, question: 'e?', answer: e, tags: [drug::denosumab], "
    "retired: {since: '1', why: w}}\n- {id: f, question: 'f?', answer: f, tags: [drugstore]}\n",
}


def heart(*lines: str) -> dict[str, str]:
    """A project whose deck has these lines under `packages`."""
    return {**FILES, "deckgen.yaml": HEART + "    packages:\n" + "".join(f"      {line}\n" for line in lines)}


def chosen(root: Path) -> dict[str, str]:
    """The ids that belong in each package, as one word."""
    result = check(root)
    assert [item.message for item in result.bag] == []
    assert result.collection
    return {each.key: "".join(sorted(each.notes)) for each in result.collection.decks[0].packages}


# ---- what belongs in a package --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("tags: [anatomy]", "a"),
        ("tags: anatomy", "a"),
        ("tags: [drug]", "bcde"),
        ("tags: [DRUG::denosumab, anatomy]", "ae"),
        ("difficulty: [core]", "ac"),
        ("difficulty: [core, advanced]", "acd"),
        ("sets: [01-basics.yaml]", "ab"),
        ("sets: [drugs]", "cdef"),
        ("sets: [./drugs/, 01-basics.yaml]", "abcdef"),
        ("sets: [drugs/02-new.yaml]", "ef"),
        ("sets: [cards/heart/drugs/02-new.yaml]", "ef"),
        ("without tags: [drug]", "af"),
        ("without tags: [drug, drugstore]", "a"),
        ("tags: [drug], without tags: [history]", "cde"),
        ("tags: [drug], difficulty: [core]", "c"),
        ("tags: [drug], difficulty: [core, advanced], sets: [drugs], without tags: ['difficulty::core']", "d"),
    ],
)
def test_what_belongs_in_a_package(criteria: str, expected: str, project: MakeProject) -> None:
    """One of each criterion's words is enough, every criterion counts; a tag covers those below, a folder its sets."""
    assert chosen(project(heart(f"x: {{{criteria}}}"))) == {"x": expected}


def test_a_set_of_another_folder_is_named_by_its_path(project: MakeProject) -> None:
    """A set that says `deck:` itself lies elsewhere; from the project's folder it can be named."""
    files = heart("x: {sets: [cards/shared/z.yaml]}")
    files["cards/shared/z.yaml"] = "deck: heart\nnotes:\n- {id: z, question: 'z?', answer: z}\n"
    assert chosen(project(files)) == {"x": "z"}


def test_notes_made_of_a_table_belong_to_its_set_and_tags(project: MakeProject) -> None:
    """A made note is chosen like a written one."""
    table = (
        "tables:\n  t:\n    columns: [name]\n    rows: {one: {name: One}, two: {name: Two}}\n"
        "notes:\n- {id: made, table: t, tags: [made], questions: {q: {question: '{{ row.name }}?', answer: '{{ row.id }}'}}}\n"
    )
    root = project({**heart("x: {tags: [made]}"), "cards/heart/t.yaml": table})
    assert chosen(root) == {"x": "made/one/qmade/two/q"}


# ---- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "marked", "says"),
    [
        ("x: {tags: [anatmy]}", "unknown-tag", "anatmy", "did you mean `anatomy`?"),
        ("x: {without tags: [anatomy, zzz]}", "unknown-tag", "zzz", "`Drug`, `Drug::digoxin`, `anatomy`"),
        ("x: {tags: [Heart::anatomy]}", "unknown-tag", "Heart::anatomy", "did you mean `anatomy`?"),
        ("x: {tags: [a b]}", "bad-tag", "a b", "no spaces"),
        ("x: {sets: [01-basics]}", "unknown-set", "01-basics", "did you mean `01-basics.yaml`?"),
        ("x: {sets: [2-new.yaml]}", "unknown-set", "2-new.yaml", "did you mean `drugs/02-new.yaml`?"),
        ("x: {sets: [empty.yaml]}", "unknown-set", "empty.yaml", "holds no notes"),
        ("x: {difficulty: [clinical]}", "unused-difficulty", "clinical", "no note of the deck `heart`"),
        ("x: {difficulty: [cor]}", "unknown-value", "cor", "did you mean `core`?"),
        ("x: {tags: [anatomy], difficulty: [advanced]}", "empty-package", "x", "`tags` names 1, `difficulty` names 1"),
        ("x: {tags: []}", "empty-text", "[]", "`tags` of the package `x` is empty"),
        ("x: {tags: {a: b}}", "wrong-shape", "{a: b}", "must be a list"),
        ("x: {title: Nice}", "missing-key", "x", "`difficulty`"),
        ("x: {tag: [anatomy]}", "unknown-key", "tag", "did you mean `tags`?"),
        ("x: [anatomy]", "wrong-shape", "[anatomy]", "keys with values"),
        ("Core: {tags: [drug]}", "bad-package-key", "Core", "Small letters"),
        ("2nd: {tags: [drug]}", "bad-package-key", "2nd", "begins with a letter"),
        ("core-: {tags: [drug]}", "bad-package-key", "core-", "Small letters"),
        (f"{'x' * 41}: {{tags: [drug]}}", "bad-package-key", "x" * 41, "at most 40"),
        ("update-from-1: {tags: [drug]}", "bad-package-key", "update-from-1", "`heart-update...`"),
        ("cards: {tags: [drug]}", "bad-package-key", "cards", "`heart-cards...`"),
        ("handout-a4: {tags: [drug]}", "bad-package-key", "handout-a4", "`heart-handout...`"),
        ("release-notes: {tags: [drug]}", "bad-package-key", "release-notes", "`heart-release-notes...`"),
        ("lung: {tags: [drug]}", "duplicate-package", "lung", "`heart-lung.apkg`"),
    ],
)
def test_a_mistake_is_found_at_its_place(line: str, code: str, marked: str, says: str, project: MakeProject) -> None:
    """A criterion that names nothing, a package without notes, a name that is taken: one error, there, with a remedy."""
    files = heart(line)
    files["deckgen.yaml"] += "  heart-lung:\n    name: Lung\n"
    files["cards/heart-lung/a.yaml"] = NOTE
    files["cards/heart/empty.yaml"] = "tables: {t: {columns: [a], rows: {r: {a: b}}}}\n"
    (item,) = check(project(files)).bag
    assert (item.code, item.severity) == (code, "error")
    assert item.span.source.text[item.span.start : item.span.end] == marked
    assert says in " ".join([item.message, item.label, *item.hints])
    assert item.label or item.hints


def test_all_mistakes_are_found_at_once(project: MakeProject) -> None:
    """A mistake in one package hides none in the next, nor in another deck's."""
    files = heart("x: {tags: [one, two]}", "y: {sets: [three]}", "z: {tags: [drug], difficulty: [easy, clinical]}")
    files["deckgen.yaml"] += "  lung:\n    name: Lung\n    packages: {a: {tags: [four]}}\n"
    files["cards/lung/a.yaml"] = NOTE
    found = [(item.code, item.span.source.text[item.span.start : item.span.end]) for item in check(project(files)).bag]
    assert found == [
        ("unknown-tag", "one"),
        ("unknown-tag", "two"),
        ("unknown-set", "three"),
        ("unknown-value", "easy"),
        ("unused-difficulty", "clinical"),
        ("unknown-tag", "four"),
    ]


def test_a_broken_note_is_not_missed_by_a_package(project: MakeProject) -> None:
    """While a note cannot be read, nobody is told that its tag is unknown or that its set holds nothing."""
    files = heart("x: {tags: [rare]}", "y: {sets: [r.yaml]}", "z: {difficulty: [clinical]}", "q: {tags: [drug], sets: [r.yaml]}")  # fmt: skip
    files["cards/heart/r.yaml"] = "- {id: r, question: 'r?', tags: [rare], difficulty: clinical}\n"
    assert [item.code for item in check(project(files)).bag] == ["missing-key"]


def test_two_decks_cannot_make_one_file(project: MakeProject) -> None:
    """The package `b-c` of the deck `a` and the package `c` of the deck `a-b` would be one file; both places are shown."""
    settings = "publisher: Test\ndecks:\n  a:\n    name: A\n    packages: {b-c: {tags: [t]}}\n"
    settings += "  a-b:\n    name: B\n    packages: {c: {tags: [t]}}\n"
    note = "- {id: x, question: 'x?', answer: x, tags: [t]}\n"
    root = project({"deckgen.yaml": settings, "cards/a/x.yaml": note, "cards/a-b/x.yaml": note.replace("x?", "y?")})
    (item,) = check(root).bag
    assert (item.code, item.span.line, item.related[0][0].line) == ("duplicate-package", 8, 5)
    assert "a-b-c.apkg" in item.message


# ---- what comes out -------------------------------------------------------------------------------------------


def test_a_build_makes_every_package(project: MakeProject, run: Run) -> None:
    """One command writes the whole and its parts; the print is of the whole; JSON names them."""
    root = project(heart("core: {title: Core only, difficulty: [core]}", "drugs: {tags: [drug]}"))
    code, out, err = run("build", "-f", "apkg", "--json", root=root)
    assert (code, err) == (0, "")
    names = ["heart.apkg", "heart-core.apkg", "heart-drugs.apkg"]
    assert [Path(one["path"]).name for one in json.loads(out)["artifacts"]] == names
    held = {name: Opened((root / "build" / name).read_bytes()) for name in names}
    assert [len(held[name].rows("select id from notes")) for name in names] == [6, 2, 4]
    about = [held[name].about for name in names]
    assert [one["package"] for one in about] == ["", "core", "drugs"]
    assert {one["deck"] for one in about} == {"heart"}
    assert "<p>Heart 0.1.0 · Core only</p>" in str(held["heart-core.apkg"].decks)
    assert "<p>Heart 0.1.0 · drugs</p>" in str(held["heart-drugs.apkg"].decks)
    assert "<p>Heart 0.1.0</p>" in str(held["heart.apkg"].decks)


def test_packages_are_listed(project: MakeProject, run: Run) -> None:
    """`deckgen list packages` shows the whole and its parts with their notes and cards, for people and for programs."""
    root = project(heart("core: {title: Core only, difficulty: [core]}", "drugs: {tags: [drug]}"))
    rows = json.loads(run("list", "packages", "--json", root=root)[1])
    assert [tuple(row.values()) for row in rows] == [
        ("heart", "", "Heart", 6, 7),
        ("heart", "core", "Core only", 2, 2),
        ("heart", "drugs", "drugs", 4, 5),
    ]
    assert list(rows[0]) == ["deck", "package", "title", "notes", "cards"]
    assert run("list", "packages", root=root)[1].splitlines()[1].split() == ["heart", "core", "Core", "only", "2", "2"]


def test_cards_are_counted_as_they_are_packed(project: MakeProject) -> None:
    """What the list says is what the package holds."""
    root = project(heart("core: {difficulty: [core, advanced]}"))
    result = build(root, Options(formats=["apkg"]))
    assert result.collection
    (deck,) = result.collection.decks
    for package, artifact in zip((None, *deck.packages), result.artifacts, strict=True):
        counted = count_cards(deck, result.collection.note_types["en"], package)
        assert [(counted,)] == Opened(artifact.data).rows("select count(*) from cards")


def test_the_same_bytes_everywhere(project: MakeProject) -> None:
    """The order in which a program happens to hold a set of notes reaches neither a package, a text nor the ledger."""
    found = []
    for seed in ("1", "2"):
        root = project(heart("core: {difficulty: [core, advanced]}", "drugs: {tags: [drug]}"), f"seed {seed}")
        here = [sys.executable, "-c", "from deckgen.cli import main; main()", "-q", "-C", str(root)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        (root / "deckgen.yaml").write_text(
            (root / "deckgen.yaml").read_text() + "papers: [a4]\nlayouts: [handout]\n", encoding="utf-8"
        )
        for stamp in ("1790000000", "1790100000"):
            subprocess.run([*here, "release", "--timestamp", stamp], check=True, env=environment)
            basics = root / "cards/heart/01-basics.yaml"
            basics.write_text(basics.read_text(encoding="utf-8").replace("answer: b", "answer: B"), encoding="utf-8")
        files = [path for path in sorted(root.rglob("*")) if path.is_file()]
        found.append({path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})  # fmt: skip
    assert found[0] == found[1]
    assert "build/heart-0.1.1/heart-drugs-update-from-0.1.0.txt" in found[0]
    assert "build/heart-0.1.1/heart-core-update-from-0.1.0.txt" not in found[0]


# ---- a note is the same in every package ----------------------------------------------------------------------


class Opened:
    """A package taken apart."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.data = self.archive.read("collection.anki2")
        self.about: dict[str, Any] = json.loads(self.archive.read("deckgen.json"))
        self.decks: dict[str, Any] = json.loads(self.rows("select decks from col")[0][0])
        self.types: dict[str, Any] = json.loads(self.rows("select models from col")[0][0])
        names = json.loads(self.archive.read("media"))
        self.media = {name: self.archive.read(member) for member, name in names.items()}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(self.data)
            return database.execute(query).fetchall()


TAGS = ("drug", "drug::denosumab", "drug::denosumab::dose", "drugs", "bone", "Bone::cell")
LEVELS = ("core", "clinical", "advanced")
PATHS = ("01.yaml", "more/02.yaml", "more/deep/03.yaml")
EVERY = (*sample.NOTES, *sample.MORE_NOTES)
LISTS = {
    "tags": st.sampled_from([*TAGS, "BONE", "difficulty::core"]),
    "sets": st.sampled_from([*PATHS, "more", "more/deep"]),
    "difficulty": st.sampled_from(LEVELS),
    "without tags": st.sampled_from(TAGS),
}
CRITERIA = st.fixed_dictionaries(
    {}, optional={key: st.lists(one, min_size=1, max_size=3, unique=True) for key, one in LISTS.items()}
).filter(bool)


@st.composite
def decks(draw: st.DrawFn) -> Deck:
    """The sample notes with other tags and difficulties, in three sets."""
    order = draw(st.permutations(EVERY))
    cuts = sorted(draw(st.tuples(*[st.integers(0, len(EVERY))] * 2)))
    sets = []
    for path, start, end in zip(PATHS, (0, *cuts), (*cuts, len(EVERY)), strict=True):
        notes = []
        for note in order[start:end]:
            level = draw(st.sampled_from(("", *LEVELS)))
            tags = draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True))
            tags += [f"difficulty::{level}"] if level else []
            notes.append(replace(note, difficulty=level, tags=tuple(f"Osteoporosis::{tag}" for tag in tags)))
        sets.append(NoteSet(path, f"cards/osteoporosis/{path}", tuple(notes)))
    return replace(sample.deck(), sets=tuple(sets))


def meets(note: Note, path: str, criteria: dict[str, list[str]]) -> bool:
    """Whether a note belongs in a package, put as plainly as it can be."""
    levels = [tag.removeprefix("Osteoporosis::").lower() + "::" for tag in note.tags]

    def tagged(tag: str) -> bool:
        return any(level.startswith(f"{tag.lower()}::") for level in levels)

    return (
        ("tags" not in criteria or any(tagged(tag) for tag in criteria["tags"]))
        and ("sets" not in criteria or any(f"{path}/".startswith(f"{one}/") for one in criteria["sets"]))
        and ("difficulty" not in criteria or note.difficulty in criteria["difficulty"])
        and not any(tagged(tag) for tag in criteria.get("without tags", ()))
    )


UNKNOWN = {
    "tags": "unknown-tag", "without tags": "unknown-tag", "sets": "unknown-set", "difficulty": "unused-difficulty",
}  # fmt: skip


def meeting(deck: Deck, criteria: dict[str, list[str]]) -> list[str]:
    """The ids of the notes that meet the criteria, in order."""
    folder = "cards/osteoporosis/"
    return [note.id for one in deck.sets for note in one.notes if meets(note, one.path.removeprefix(folder), criteria)]


def reading(deck: Deck, criteria: dict[str, list[str]]) -> tuple[tuple[Package, ...], set[str]]:
    """The packages of a deck whose settings have one with these criteria, and the codes of what was said."""
    bag = Bag()
    node = parse(Source("deckgen.yaml", json.dumps({"part": criteria})), bag)
    assert isinstance(node, Mapping)
    settings = DeckSettings(deck.key, deck.span, tag_prefix="Osteoporosis", packages=node)
    return read_packages([deck], [settings], bag)[deck.key], {item.code for item in bag}


@settings(max_examples=60, deadline=None)
@given(deck=decks(), criteria=CRITERIA)
def test_every_package_is_a_part_of_the_whole_row_by_row(deck: Deck, criteria: dict[str, list[str]]) -> None:
    """For random criteria, exactly the notes that meet them are packed, in their order, every row the same in the whole."""
    ids = meeting(deck, criteria)
    made, codes = reading(deck, criteria)
    alone = [
        (UNKNOWN[key], {key.removeprefix("without "): [one]}) for key, listed in criteria.items() for one in listed
    ]
    missing = {code for code, one in alone if not meeting(deck, one)}
    assert codes == (missing or (set() if ids else {"empty-package"}))
    if codes:
        return
    (package,) = made
    assert package.notes == frozenset(ids)
    context = sample.context()
    whole, part = (Opened(one.data) for one in apkg.export_all(replace(deck, packages=made), context))
    guids = {note.guid for note in deck.notes() if note.id in package.notes}
    rows = [row for row in whole.rows("select * from notes order by rowid") if row[1] in guids]
    assert part.rows("select * from notes order by rowid") == rows
    numbers = {row[0] for row in rows}
    cards = [row for row in whole.rows("select * from cards order by rowid") if row[1] in numbers]
    assert part.rows("select * from cards order by rowid") == cards
    assert part.types == {str(row[2]): whole.types[str(row[2])] for row in rows}
    shown = " ".join(row[6] for row in rows)
    assert part.media == {name: data for name, data in whole.media.items() if name in shown}
    for key, kept in part.decks.items():
        assert {**kept, "desc": ""} == {**whole.decks[key], "desc": ""}
    assert {row[2] for row in cards} <= {int(key) for key in part.decks}


def test_nothing_but_what_it_needs() -> None:
    """A package has the decks, note types and pictures of its own notes alone, and the deck above them."""
    package = Package("dx", "Diagnosis", frozenset(["t-score"]))
    made = Opened(apkg.export(sample.deck(), sample.context(), package).data)
    assert {deck["name"] for deck in made.decks.values()} == {"Default", "Osteoporosis", "Osteoporosis::2 Diagnosis"}
    assert [model["name"] for model in made.types.values()] == ["Example Recall"]
    assert made.media == {}


def test_a_deck_without_packages_has_one(project: MakeProject) -> None:
    """Nothing changes for those who do not ask for parts: one package, and nothing about parts in the ledger."""
    root = project({"deckgen.yaml": SETTINGS, "cards/heart/a.yaml": NOTE, "cards/heart/images/valves.svg": SVG})
    assert [one.name for one in build(root, Options(formats=["apkg"])).artifacts] == ["heart.apkg"]
    lines = to_text(published(sample.deck())[1]).splitlines()
    assert {len(line.split("\t")) for line in lines if line.startswith("note\t")} == {14}


# ---- editions -------------------------------------------------------------------------------------------------

CORE = Package("core", "Core only", frozenset(["opg-role", "t-score", "denosumab"]))
DRUGS = Package("drugs", "Drugs", frozenset(["denosumab"]))


def published(deck: Deck, ledger: Ledger | None = None, days: int = 0) -> tuple[Review, Ledger, Plan]:
    """The deck released, after the editions of a ledger."""
    found = review(deck, sample.types(), ledger)
    plan = release_plan(found, [ledger] if ledger else [], "", sample.EDITION + days * sample.DAY)
    return found, plan.ledger, plan


def parts(*packages: Package, notes: tuple[Note, ...] = sample.NOTES) -> Deck:
    return replace(sample.deck(notes), packages=packages)


def fewer(package: Package, *gone: str) -> Package:
    return replace(package, notes=package.notes - set(gone))


def exported(deck: Deck, plan: Plan) -> Iterator[tuple[str, str]]:
    """The text updates by name."""
    context = Context(sample.types(), plan.edition.time, note_times=plan.note_times, updates=plan.updates)
    for artifact in text.export(deck, context):
        yield artifact.name, artifact.data.decode()


def test_the_ledger_knows_which_parts_held_a_note() -> None:
    """Reading what was written gives the same ledger; two packages of one note stand in one column."""
    _, ledger, _ = published(parts(DRUGS, CORE))
    assert {note.id: note.packages for note in ledger.notes.values()} == {
        "opg-role": "core", "t-score": "core", "denosumab": "core,drugs", "rankl-cascade": "", "arabic": "",
    }  # fmt: skip
    bag = Bag()
    back = read_ledger(Source("ledger.txt", to_text(ledger)), "osteoporosis", bag)
    assert (back, list(bag)) == (ledger, [])
    broken = to_text(ledger).replace("\tcore,drugs\n", "\tcore\tdrugs\n")
    assert read_ledger(Source("ledger.txt", broken), "osteoporosis", bag) is None


def test_an_edition_stands_until_a_part_changes() -> None:
    """The same packages in another order are no change; another title, or another note in one, makes an edition."""
    _, ledger, _ = published(parts(CORE, DRUGS))
    assert not review(parts(CORE, DRUGS), sample.types(), ledger).changes
    assert not review(parts(DRUGS, CORE), sample.types(), ledger).changes
    for other in (
        parts(CORE),
        parts(replace(CORE, title="The core"), DRUGS),
        parts(fewer(CORE, "t-score"), DRUGS),
        parts(CORE, DRUGS, Package("new", "New", frozenset(["arabic"]))),
    ):
        found = review(other, sample.types(), ledger)
        assert found.changes
        assert found.verdict == ("care" if len(other.packages) == 1 else "safe")
        assert not found.changes.touched
        draft = draft_plan(found, [ledger], None)
        assert (draft.is_draft, set(draft.note_times.values())) == (True, {sample.EDITION})
        assert not review(other, sample.types(), published(other, ledger, 1)[1]).changes


def test_the_changelog_says_what_a_part_gained_and_lost() -> None:
    """Students of a part learn which of their cards only the whole deck will correct from now on."""
    _, ledger, _ = published(parts(CORE, DRUGS))
    new = Package("new", "New *part* | a", frozenset(["arabic", "opg-role"]))
    wider = replace(fewer(CORE, "t-score"), notes=fewer(CORE, "t-score").notes | {"arabic"})
    found, _, plan = published(parts(wider, new), ledger, 1)
    assert news.entry(plan, found).partition("### Packages of parts\n\n")[2] == (
        "- `osteoporosis-core.apkg` (Core only): 1 known note came in; `t-score` left it."
        " You keep the cards of what left; from now on the package of the whole deck corrects them, or of a part that holds them.\n"
        "- `osteoporosis-drugs.apkg` is no longer made."
        " You keep its cards; from now on the package of the whole deck corrects them, or of a part that holds them.\n"
        "- `osteoporosis-new.apkg` (New \\*part\\* \\| a) is new.\n"
    )
    assert "which notes the packages of parts hold" in news.report(plan, found, is_new=True)


def test_a_long_list_of_what_left_a_part_is_cut() -> None:
    """Hundreds of ids would hide the rest of the changelog."""
    notes = tuple(sample.note(f"n{number}", Question=f"{number}?", Answer="Yes.") for number in range(30))
    wide = Package("wide", "Wide", frozenset(note.id for note in notes))
    _, ledger, _ = published(parts(wide, notes=notes))
    found, _, plan = published(parts(replace(wide, notes=frozenset(["n0"])), notes=notes), ledger, 1)
    assert "`n19`, `n20` and 9 more left it." in news.entry(plan, found)


def test_a_note_that_vanishes_or_comes_is_no_move_between_parts() -> None:
    """What the changelog says of them elsewhere is not said twice."""
    _, ledger, _ = published(parts(CORE))
    more = sample.note("more", Question="More?", Answer="Yes.")
    deck = parts(replace(CORE, notes=CORE.notes - {"t-score"} | {"more"}), notes=(sample.OPG, *sample.NOTES[2:], more))
    found, after, plan = published(deck, ledger, 1)
    assert not found.changes.repacked
    assert "Packages of parts" not in news.entry(plan, found)
    assert after.notes[sample.T_SCORE.guid].packages == ""
    assert after.notes[more.guid].packages == "core"


def test_each_part_has_its_text_update_and_the_notes_list_them() -> None:
    """The file of a part has the changed notes of the part alone, and there is none for a part without; students read which to take."""
    _, ledger, _ = published(parts(CORE, DRUGS))
    retired = replace(sample.T_SCORE, retired=Retired("1.1.0", "Too simple."))
    arabic = replace(sample.ARABIC, topic="Another")
    notes = (sample.OPG, retired, sample.DENOSUMAB, sample.CASCADE, arabic)
    deck = parts(CORE, DRUGS, notes=notes)
    found, _, plan = published(deck, ledger, 1)
    made = dict(exported(deck, plan))
    names = ["osteoporosis-update-from-1.0.0.txt", "osteoporosis-core-update-from-1.0.0.txt"]
    assert list(made) == names
    rows = {name: [line for line in made[name].splitlines() if not line.startswith("#")] for name in names}
    assert [len(rows[name]) for name in names] == [2, 1]
    assert rows[names[1]] == [row for row in rows[names[0]] if retired.guid in row]
    told = release_notes(plan, found, "")
    for line in (
        "| Core only | 3 of 5 | `osteoporosis-core.apkg` |",
        "| Drugs | 1 of 5 | `osteoporosis-drugs.apkg` |",
        f"| 1.0.0 of 2026-03-31 | `{names[0]}` |",
        f"| 1.0.0 of 2026-03-31, Core only | `{names[1]}` |",
    ):
        assert line in told
    assert "osteoporosis-drugs-update-from" not in told


def test_times_are_those_of_the_whole() -> None:
    """A part's notes have the times of the plan; its note types, too, whether or not the whole uses more of them."""
    times = {"opg-role": sample.EDITION + 5, "t-score": sample.EDITION + 7}
    context = replace(sample.context(), note_times=times, type_times={"recall": UNPUBLISHED_LOOK + 9})
    part = Opened(apkg.export(parts(CORE), context, CORE).data)
    assert [row[0] for row in part.rows("select mod from notes order by id")] == [*times.values(), sample.EDITION]
    assert {model["name"]: model["mod"] for model in part.types.values()} == {
        "Example Recall": UNPUBLISHED_LOOK + 9,
        "Example Cloze": UNPUBLISHED_LOOK,
    }


def test_a_new_part_has_no_update_from_before_it_was_there() -> None:
    """Nobody has the part from an edition that had none; later editions make updates for those who got it since."""
    _, first, _ = published(parts(DRUGS))
    hint = replace(sample.OPG, content={**sample.OPG.content, "Hint": sample.text("Another.")})
    deck = parts(CORE, DRUGS, notes=(hint, *sample.NOTES[1:]))
    _, second, plan = published(deck, first, 1)
    assert second.packages == {"core": "1.0.1", "drugs": "1.0.0"}
    assert [name for name, _ in exported(deck, plan)] == ["osteoporosis-update-from-1.0.0.txt"]
    again = replace(hint, content={**hint.content, "Hint": sample.text("A third.")})
    deck = parts(CORE, DRUGS, notes=(again, *sample.NOTES[1:]))
    _, _, plan = published(deck, second, 2)
    assert [name for name, _ in exported(deck, plan)] == [
        "osteoporosis-update-from-1.0.1.txt",
        "osteoporosis-update-from-1.0.0.txt",
        "osteoporosis-core-update-from-1.0.1.txt",
    ]
