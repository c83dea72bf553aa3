"""What a deck covers: its topics and statements, as `deckgen list coverage` shows them, and when that fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import NOTE, MakeProject, Run

from deckgen.build import check

SETTINGS = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n    tag prefix: Heart\n"
NOTES = """
- {id: a, question: 'a?', answer: a, difficulty: core, tags: [valves], statements: [S1, S1, E2]}
- {id: b, claim: 'b', error: 'c', difficulty: core, tags: [valves::mitral], statements: [E1]}
- {id: c, cloze: '{{c1::c}} {{c2::d}}', tags: [Contested], statements: [E1, S2]}
- {id: d, question: 'd?', answer: d, tags: [valves], statements: [S3], retired: {since: '1', why: w}}
"""
FACTS = """
S1: {says: One, confidence: A, verification: seen, use: required}
S2: {says: Two, confidence: A, verification: not seen, as of: 2026-10-01}
S3: {says: Three, confidence: B, use: required}
E1: {says: Wrong, confidence: B, verification: partly, use: as error}
E2: {says: Also wrong, use: as error}
S4: {says: Four}
"""
TOPICS = """
error tags: [contested]
topics:
  C1: {title: Valves, minimum: 2, tags: [valves]}
  C2: {minimum: 3, sets: [01-basics.yaml], without tags: [contested]}
  C3: {title: Gaps, kinds: [cloze, choice]}
  C4: {title: To come, sets: [02-drugs.yaml, 01-basic.yaml], tags: [valve]}
"""
FILES = {
    "deckgen.yaml": SETTINGS,
    "cards/heart/01-basics.yaml": NOTES,
    "cards/heart/statements.yaml": FACTS,
    "cards/heart/coverage.yaml": TOPICS,
}


def covered(root: Path, run: Run) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is said of the first deck."""
    code, out, err = run("list", "coverage", "--json", root=root)
    assert err == ""
    return code, json.loads(out)[0]


def test_topics_are_counted(project: MakeProject, run: Run) -> None:
    """By tag, set, kind and the rest like packages; retired notes do not count; what is not there makes a topic short."""
    code, deck = covered(project(FILES), run)
    assert code == 1
    assert [(each["id"], each["title"], each["notes"], each["minimum"], each["short"]) for each in deck["topics"]] == [
        ("C1", "Valves", 2, 2, 0),
        ("C2", "C2", 2, 3, 1),
        ("C3", "Gaps", 1, 1, 0),
        ("C4", "To come", 0, 1, 1),
    ]
    assert deck["topics"][0]["kinds"] == {"spot the error": 1, "basic": 1}
    assert deck["topics"][0]["difficulties"] == {"core": 2}
    # The set that is nearest to one of them is named by another topic: it was not meant.
    assert deck["topics"][3]["unknown"] == [
        "no note has the tag `valve`; did you mean `valves`?",
        "there is no set `02-drugs.yaml`",
        "there is no set `01-basic.yaml`",
    ]
    assert deck["in no topic"] == []


def test_the_set_that_was_meant_is_named(project: MakeProject, run: Run) -> None:
    """A misspelt set is answered with the near one, unless that is another topic's."""
    one = {**FILES, "cards/heart/coverage.yaml": "topics:\n  C1: {sets: [01-basic.yaml]}\n"}
    assert covered(project(one, "one"), run)[1]["topics"][0]["unknown"] == [
        "there is no set `01-basic.yaml`; did you mean `01-basics.yaml`?"
    ]
    bare = {**FILES, "cards/heart/coverage.yaml": "topics:\n  C1: {sets: [01-basics]}\n"}
    assert "did you mean `01-basics.yaml`?" in run("list", "coverage", root=project(bare, "bare"))[1]
    empty = {**one, "cards/heart/01-basic.yaml": "[]\n"}
    assert covered(project(empty, "empty"), run)[1]["topics"][0]["unknown"] == ["`01-basic.yaml` holds no notes"]


def test_statements_are_counted(project: MakeProject, run: Run) -> None:
    """Which notes name each, each note once; what is required and missing; errors that are not shown as such."""
    code, deck = covered(project(FILES), run)
    assert code == 1
    assert {each["id"]: each["notes"] for each in deck["statements"]} == {
        "S1": ["a"], "S2": ["c"], "S3": [], "E1": ["b", "c"], "E2": ["a"], "S4": [],
    }  # fmt: skip
    assert deck["missing"] == ["S3"]
    assert deck["misused"] == {"E2": ["a"]}
    assert deck["sums"] == {
        "confidence": {"A": {"used": 2, "unused": 0}, "B": {"used": 1, "unused": 1}, "": {"used": 1, "unused": 1}},
        "verification": {
            "seen": {"used": 1, "unused": 0}, "partly": {"used": 1, "unused": 0}, "not seen": {"used": 1, "unused": 0},
            "": {"used": 1, "unused": 2},
        },
    }  # fmt: skip
    (second,) = [each for each in deck["statements"] if each["id"] == "S2"]
    assert (second["as of"], second["path"], second["line"]) == ("2026-10-01", "cards/heart/statements.yaml", 3)


def test_notes_are_summed(project: MakeProject, run: Run) -> None:
    """Notes and cards, without the retired ones."""
    _, deck = covered(project(FILES), run)
    assert (deck["deck"], deck["notes"], deck["cards"], deck["retired"], deck["complete"]) == ("heart", 3, 4, 1, False)
    assert deck["kinds"] == {"cloze": 1, "spot the error": 1, "basic": 1}
    assert deck["difficulties"] == {"core": 2, "": 1}


@pytest.mark.parametrize(
    ("facts", "topics", "fails"),
    [
        ("S1: {says: x, use: required}", "", False),
        ("S1: {says: x}\nS9: {says: x, use: required}", "", True),
        ("S1: {says: x, use: as error}", "", True),
        ("S1: {says: x, use: as error}", "error tags: [old]", False),
        ("S1: {says: x}", "topics: {C1: {minimum: 1, tags: [old]}}", False),
        ("S1: {says: x}", "topics: {C1: {minimum: 2, tags: [old]}}", True),
        ("", "topics: {C1: {minimum: 2, tags: [new]}}", True),
        ("", "", False),
    ],
)
def test_it_fails_when_something_is_missing(
    facts: str, topics: str, fails: bool, project: MakeProject, run: Run
) -> None:
    """A short topic, a required statement without a note, an error taught as true; as text and as data. `check` is silent."""
    files = {"cards/heart/a.yaml": NOTE + "  tags: [old]\n  statements: [S1]\n"}
    files |= {"cards/heart/statements.yaml": f"{facts}\n"} if facts else {}
    files |= {"cards/heart/coverage.yaml": f"{topics}\n"} if topics else {}
    root = project(files)
    assert run("list", "coverage", root=root)[0] == fails
    assert covered(root, run)[0] == fails
    assert run("check", "--strict", root=root)[:2] == (0, "")


def test_the_text_is_short_and_says_what_is_missing(project: MakeProject, run: Run) -> None:
    """What an author reads in a terminal."""
    code, out, err = run("list", "coverage", root=project(FILES))
    assert (code, err) == (1, "")
    assert out == (
        "heart: 3 notes, 4 cards; 1 retired note not counted\n"
        "  by kind        cloze 1, spot the error 1, basic 1\n"
        "  by difficulty  core 2, not said 1\n"
        "\n"
        "4 topics, 2 short\n"
        "  C1  Valves       2 of 2\n"
        "  C2  C2           2 of 3      1 short\n"
        "  C3  Gaps         1 of 1\n"
        "  C4  To come      0 of 1      1 short\n"
        "      no note has the tag `valve`; did you mean `valves`?\n"
        "      there is no set `02-drugs.yaml`\n"
        "      there is no set `01-basic.yaml`\n"
        "\n"
        "6 statements: 4 named by notes, 2 by none\n"
        "  confidence    A 2 (0 by none), B 2 (1 by none), not said 2 (1 by none)\n"
        "  verification  seen 1 (0 by none), partly 1 (0 by none), not seen 1 (0 by none),\n"
        "                not said 3 (2 by none)\n"
        "\n"
        "1 required statement without a note\n"
        "  S3\n"
        "\n"
        "1 statement of errors in notes that do not ask for the error\n"
        "  E2: a\n"
        "  Ask with `claim` and `error`, or give the note a tag that `error tags` in coverage.yaml names.\n"
    )


def test_all_shows_every_statement(project: MakeProject, run: Run) -> None:
    """With `--all` every statement with its notes, and the kinds of every topic; never wider than a terminal."""
    notes = "".join(
        f"- {{id: a-note-of-many-{at}, question: 'q{at}?', answer: a, statements: [S1]}}\n" for at in range(40)
    )
    root = project(
        {**FILES, "cards/heart/02.yaml": notes, "cards/heart/statements.yaml": FACTS.replace("One", "One " * 90)}
    )
    _, out, _ = run("list", "coverage", "--all", root=root)
    lines = out.splitlines()
    assert max(map(len, lines)) <= 100
    assert "      spot the error 1, basic 1, core 2" in lines
    assert "  E1 (B, partly, as error): Wrong" in lines
    assert lines[lines.index("  E1 (B, partly, as error): Wrong") + 1] == "      b, c"
    assert lines[lines.index("  S4: Four") + 1] == "      no note"
    assert out.count("a-note-of-many-39") == 2  # under its statement, and in no topic
    short = run("list", "coverage", root=root)[1]
    assert "  40 notes in no topic\n" in short
    assert "a-note-of-many" not in short


def test_a_deck_without_either_has_its_sums(project: MakeProject, run: Run) -> None:
    """Nothing to cover is no failure; where it would stand is said. Several decks come one after another."""
    settings = "publisher: Test\ndecks:\n  heart: {name: Heart}\n  bone: {name: Bone}\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTE, "cards/bone/a.yaml": NOTE})
    code, out, _ = run("list", "coverage", root=root)
    assert code == 0
    assert out.count("1 note, 1 card\n") == 2
    assert "No topics and no statements: `cards/bone/coverage.yaml` and `cards/bone/statements.yaml` hold them." in out


def test_a_text_cannot_steer_the_terminal(project: MakeProject, run: Run) -> None:
    """What a file says is shown escaped."""
    files = {**FILES, "cards/heart/coverage.yaml": 'topics: {C1: {title: "a\\u202eb", tags: [x]}}\n'}
    out = run("list", "coverage", root=project(files))[1]
    assert "\u202e" not in out
    assert "a<U+202E>b" in out


def test_all_belongs_to_the_coverage(project: MakeProject, run: Run) -> None:
    """Another list with `--all` is wrong usage."""
    code, _, err = run("list", "notes", "--all", root=project(FILES))
    assert (code, "--all belongs to" in err) == (2, True)


def test_mistakes_of_the_deck_come_first(project: MakeProject, run: Run) -> None:
    """While something is in error, there is nothing to count."""
    code, out, err = run("list", "coverage", root=project({**FILES, "cards/heart/x.yaml": "- id: x\n"}))
    assert (code, out, "error[missing-key]" in err) == (1, "", True)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("C1: {title: x, tags: [valves]}\nC2: {tags: [valves]}\n", ["missing-key"]),
        ("topics: {C1: {tags: [valves]}}\nC2: {tags: [valves]}\n", ["unknown-key"]),
        ("error tag: [x]\n", ["unknown-key"]),
        ("{}\n", []),
    ],
)
def test_topics_stand_under_topics(text: str, codes: list[str], project: MakeProject) -> None:
    """Topics beside the key are one mistake, however many there are."""
    assert [item.code for item in check(project({**FILES, "cards/heart/coverage.yaml": text})).bag] == codes


def test_empty_error_tags_are_told_by_their_key(project: MakeProject) -> None:
    """As the author wrote it."""
    (found,) = check(project({**FILES, "cards/heart/coverage.yaml": "error tags: []\n"})).bag
    assert (found.code, found.message) == ("empty-text", "`error tags` of the coverage is empty")


def test_two_files_are_one(project: MakeProject, run: Run) -> None:
    """Both endings are read; a topic that stands in both is an error with both places."""
    more = {**FILES, "cards/heart/coverage.yml": "topics: {D1: {tags: [valves]}}\n"}
    assert [each["id"] for each in covered(project(more, "more"), run)[1]["topics"]] == ["C1", "C2", "C3", "C4", "D1"]
    (problem,) = check(project({**more, "cards/heart/coverage.yml": "topics: {C1: {tags: [valves]}}\n"}, "twice")).bag
    assert (problem.code, len(problem.related)) == ("duplicate-topic", 1)
