"""The words on the faces: one by one over the built-in ones, complete for a new language, and plain text always."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from looks import builtin, codes, problem, take, where

from deckgen.templating import labels

LABELS = builtin("anki/labels.toml")
ALL = tomllib.loads(LABELS)


def test_a_project_changes_one_label(tmp_path: Path) -> None:
    """A section for a language deckgen has needs only what it changes; everything else stays, in all languages."""
    files = {"anki/labels.toml": '[de]\nwatch_out = "Vorsicht"\n'}
    german, problems = take(tmp_path, files, "de")
    assert problems == []
    back = german["recall"].templates[0].back
    assert 'lang="de" dir="ltr">Vorsicht</b>' in back
    assert "Meine Notizen" in back
    assert take(tmp_path, files, "fr") == take(tmp_path / "none", {}, "fr")


def test_a_label_of_a_field_can_be_changed_too(tmp_path: Path) -> None:
    """What Anki's editor says in a field is a label like the others."""
    found, _ = take(tmp_path, {"anki/labels.toml": '[en]\nfield_my_notes = "Yours."\n'})
    assert [field.description for field in found["cloze"].fields if field.name == "My notes"] == ["Yours."]


def test_a_new_language_needs_all_labels(tmp_path: Path) -> None:
    """With all of them it is taken; what is missing is named in one message, at the section."""
    latin = "\n".join(f'{key} = "{key} latine"' for key in ALL["en"])
    found, problems = take(tmp_path, {"anki/labels.toml": f"[la]\n{latin}\n"}, "la")
    assert problems == []
    assert 'lang="la" dir="ltr">watch_out latine</b>' in found["recall"].templates[0].back
    lacking = problem(tmp_path / "b", {"anki/labels.toml": '# mine\n[la]\nhint = "x"\nmore = "y"\n'})
    missing = ", ".join(f"`{key}`" for key in sorted(ALL["en"].keys() - {"hint", "more"}))
    assert lacking.message == f"the labels in `la` lack {missing}"
    assert where(lacking) == ("templates/anki/labels.toml", 2, "[la]")


def test_an_unknown_label_is_named_with_the_nearest(tmp_path: Path) -> None:
    """A misspelt key would change nothing: it is an error, at its line."""
    found = problem(tmp_path, {"anki/labels.toml": '[en]\nmore = "M"\n\n[de]\nhnit = "x"\n'})
    assert found.message == "there is no label `hnit`"
    assert found.label == "did you mean `hint`?"
    assert where(found) == ("templates/anki/labels.toml", 5, 'hnit = "x"')


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('""', "is empty"),
        ('"  "', "is empty"),
        ('"a\\nb"', "has more than one line"),
        ('"a\\u2028b"', "has more than one line"),
        ('"a\\u0000b"', "a sign that cannot be shown"),
        ('"""a\nb"""', "has more than one line"),
        (f'"{"x" * 201}"', "has more than 200 characters"),
        ("1", "is no text"),
        ('["a"]', "is no text"),
        ('"{{Answer}}"', "holds a brace"),
        ('"{"', "holds a brace"),
        ('"a }} b"', "holds a brace"),
        ('"{{=<% %>=}}"', "holds a brace"),
    ],
)
def test_what_a_label_cannot_be(value: str, message: str, tmp_path: Path) -> None:
    """A label is a word or two: text, on one line, at most 200 characters, and nothing Anki would read as a field."""
    found = problem(tmp_path, {"anki/labels.toml": f"[en]\nhint = {value}\n"})
    assert (found.code, found.span.line) == ("template-error", 2)
    assert message in found.message


@pytest.mark.parametrize(
    "label", ["<b>Watch & out", "</b><p id=x>", '\\"><i>', "[[ t ]]", "[% if %]", "a' b", "x" * 200]
)
def test_labels_are_text(label: str, tmp_path: Path) -> None:
    """Whatever stands in a label is shown, not taken for a tag, nor for Jinja."""
    found, problems = take(tmp_path, {"anki/labels.toml": f'[en]\nwatch_out = "{label}"\n'})
    plain, _ = take(tmp_path / "b", {})
    assert problems == []
    shown = tomllib.loads(f'a = "{label}"')["a"]
    escaped = (
        shown.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&#34;")
        .replace("'", "&#39;")
    )
    for kind in plain.values():
        for number, template in enumerate(kind.templates):
            assert found[kind.key].templates[number].back == template.back.replace(">Watch out<", f">{escaped}<")


@pytest.mark.parametrize(
    "label",
    ["<script>", "<img src=x onerror=a>", "javascript:a", "[sound:http://x.example/a.mp3]", "[latex]x[/latex]", "&lt;script>"],
)  # fmt: skip
def test_a_label_runs_nothing(label: str, tmp_path: Path) -> None:
    """It stands in Anki's editor, too, as it is: what would run anywhere is refused, at its line."""
    found = problem(tmp_path, {"anki/labels.toml": f"[en]\nfield_ref = '{label}'\n"})
    assert (found.code, found.span.line) == ("template-active", 2)


def test_a_face_that_does_not_escape_is_checked_with_its_labels(tmp_path: Path) -> None:
    """A label that a face marks as safe cannot bring a script in pieces."""
    files = {
        "anki/labels.toml": "[en]\nhint = '<scr'\nmore = 'ipt>alert(1)'\n",
        "anki/_hint.html": "{{Hint}}[[ t.hint | safe ]][[ t.more | safe ]]",
    }
    assert "template-active" in codes(tmp_path, files)


def test_labels_must_be_toml(tmp_path: Path) -> None:
    """Broken TOML is placed; other things than sections, and what is too long or too deep to read, are refused."""
    broken = problem(tmp_path, {"anki/labels.toml": '[en]\nhint = "x'})
    assert (broken.code, broken.span.line) == ("template-error", 2)
    contents = ("en = 1", "a = " + "[" * 1_900, "a." * 2_000 + "b = 1", "#\n" * (labels.FILE_LIMIT // 2 + 1))
    for number, content in enumerate(contents):
        assert problem(tmp_path / str(number), {"anki/labels.toml": content}).code == "template-error"


def test_a_section_that_no_deck_would_take_is_an_error(tmp_path: Path) -> None:
    """Labels go by language and script, without region: `pt-BR` is said to be `pt`."""
    found = problem(tmp_path, {"anki/labels.toml": "[pt-BR]\nhint = 'x'\n"})
    assert (found.message, found.label) == ("no deck takes labels in `pt-BR`", "write `[pt]`")


def test_mistakes_without_end_are_not_all_told(tmp_path: Path) -> None:
    """Twenty are enough to begin with."""
    _, problems = take(tmp_path, {"anki/labels.toml": "[en]\n" + "".join(f"a{n}='x'\n" for n in range(9_000))})
    assert len(problems) == labels.MANY


def test_the_built_in_labels_keep_the_same_rules() -> None:
    """What a project must do, deckgen's own labels do: every language has every label, none too long, none active."""
    assert {
        language: list(labels._problems(language, table, {"en": ALL["en"]})) for language, table in ALL.items()
    } == {language: [] for language in ALL}
