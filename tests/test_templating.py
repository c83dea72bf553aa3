"""Looks: whose template is taken, what is wrong with it, and what a hostile one cannot do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import sample
from looks import BUILTIN, builtin, make, problem, take, where

import deckgen
from deckgen import templating
from deckgen.diagnostics import Bag, Diagnostic
from deckgen.notetypes import PLANS
from deckgen.templating import overlay

SOURCE = Path(deckgen.__file__).parents[1]


# ---- the search path ------------------------------------------------------------------------------------------


def test_a_project_without_templates_gets_the_built_in_ones() -> None:
    """No templates, an empty folder, or only print layouts: the look is the built-in one."""
    bag = Bag()
    assert templating.note_types(None, "Example", "en", bag) == sample.types()
    assert len(bag) == 0


def test_a_file_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    """One file is replaced; every other stays, and the ids stay too."""
    found, problems = take(
        tmp_path, {"anki/recall.front.html": "{{#Question}}<h1>[[ t.hint ]] {{Question}}</h1>{{/Question}}"}
    )
    builtin = sample.types()
    assert problems == []
    assert found["recall"].templates[0].front == "{{#Question}}<h1>Hint {{Question}}</h1>{{/Question}}"
    assert found["recall"].templates[0].back == builtin["recall"].templates[0].back
    assert found["recall"].fields == builtin["recall"].fields
    assert found["cloze"] == builtin["cloze"]


def test_a_part_is_replaced_wherever_it_is_used(tmp_path: Path) -> None:
    """A project's `_rest.html` changes the backs of all note types."""
    found, problems = take(tmp_path, {"anki/_rest.html": "<p>{{Ref}}</p>\n"})
    assert problems == []
    assert all("<p>{{Ref}}</p>" in template.back for kind in found.values() for template in kind.templates)


def test_style_and_labels_can_be_replaced(tmp_path: Path) -> None:
    """The style sheet is taken as it is; labels section by section, and for new languages."""
    files = {
        "anki/deckgen.css": ".card { color: red }\n",
        "anki/labels.toml": builtin("anki/labels.toml").replace("[fr]", "[la]"),
    }
    found, problems = take(tmp_path, files, "la")
    assert problems == []
    assert found["recall"].css == ".card { color: red }\n"
    assert "Mes notes" in found["recall"].templates[0].back


def test_faces_are_the_same_on_every_machine() -> None:
    """Hash seed, working directory and time zone leave no trace in a face."""
    code = "import hashlib, sample; print(hashlib.sha256(repr(sample.types('de')).encode()).hexdigest())"
    found = set()
    for seed, zone, cwd in (("1", "UTC", "/"), ("2", "Asia/Tokyo", str(SOURCE))):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{Path(__file__).parent}",
            "PYTHONHASHSEED": seed,
            "TZ": zone,
        }
        found.add(
            subprocess.run(
                [sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True, check=True
            ).stdout
        )
    assert len(found) == 1


# ---- what is wrong with a template ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("face", "message", "line"),
    [
        ("{{Question}}\n[% if %]", "the face cannot be made: Expected an expression", 2),
        ("{{Question}}\n\n  [[ colour ]]", "the face cannot be made: 'colour' is undefined", 3),
        ("{{Question}}[[ t.nope ]]", "the face cannot be made: 'dict object' has no attribute 'nope'", 1),
        ("{{Question}}\n[% include 'nope.html' %]", "the face cannot be made: there is no template `nope.html`", 2),
        (
            "{{Question}}\n[% include 'recall.front.html' %]",
            "the face cannot be made: it includes itself, or is nested, without end",
            2,
        ),
        ("{{Question}}\n[[ 1 // 0 ]]", "the face cannot be made: integer division or modulo by zero", 2),
    ],
)
def test_errors_in_jinja_have_file_and_line(tmp_path: Path, face: str, message: str, line: int) -> None:
    """A wrong tag, an unknown name, a missing file: said with its place in the file."""
    found = problem(tmp_path, {"anki/recall.front.html": face})
    assert found.code == "template-error"
    assert found.message.startswith(message)
    assert where(found)[:2] == ("templates/anki/recall.front.html", line)


def test_an_error_in_a_part_is_placed_in_the_part(tmp_path: Path) -> None:
    """When an included file is wrong, that file is named, once, although every face includes it."""
    found = problem(tmp_path, {"anki/_hint.html": "{{Hint}}\n[[ nope ]]\n"})
    assert where(found) == ("templates/anki/_hint.html", 2, "[[ nope ]]")


@pytest.mark.parametrize(
    ("face", "message", "marked"),
    [
        ("<p>\n{{Qestion}}</p>", "there is no field `Qestion` (note type Recall)", "{{Qestion}}"),
        ("{{#Question}}\n{{Question}}", "the section `Question` is never closed (note type Recall)", "{{#Question}}"),
        ("{{Question}}{{/Hint}}", "`{{/Hint}}` closes a section that was never opened (note type Recall)", "{{/Hint}}"),
        ("<p>nothing</p>", "the front shows no field (note type Recall)", ""),
    ],
)
def test_what_anki_would_refuse_is_found(tmp_path: Path, face: str, message: str, marked: str) -> None:
    """Anki's own language is checked too, and mapped to the file it was written in."""
    found = problem(tmp_path, {"anki/recall.front.html": face})
    assert (found.code, found.message) == ("template-error", message)
    assert where(found)[::2] == ("templates/anki/recall.front.html", marked)


def test_a_field_that_only_some_note_types_have_is_an_error_in_a_part(tmp_path: Path) -> None:
    """`_rest.html` stands on all note types: a field of one alone breaks the others."""
    found, problems = take(tmp_path, {"anki/_rest.html": "{{Answer}}"})
    assert found == {}
    lacking = [plan.name for plan in PLANS if "Answer" not in {field.name for field in plan.fields}]
    assert "Recall" not in lacking
    assert {one.message for one in problems} == {f"there is no field `Answer` (note type {name})" for name in lacking}
    assert {where(one) for one in problems} == {("templates/anki/_rest.html", 1, "{{Answer}}")}


def test_an_unknown_file_is_a_warning(tmp_path: Path) -> None:
    """A misspelt name would do nothing without a word; a new part that a face includes is fine."""
    found, problems = take(tmp_path, {"anki/recal.front.html": "x"})
    assert found
    assert [(one.code, one.severity, one.label) for one in problems] == [
        ("unknown-template", "warning", "did you mean `recall.front.html`?")
    ]
    found, problems = take(
        tmp_path / "b", {"anki/_hint.html": "[% include '_mine.html' %]", "anki/_mine.html": "{{Hint}}"}
    )
    assert found
    assert problems == []


def test_a_language_without_labels_is_warned_about_where_it_stands() -> None:
    """English labels on Swahili cards are said, at the deck's `language`; without a place nobody is bothered."""
    bag = Bag()
    assert templating.note_types(None, "Example", "sw", bag, sample.NOWHERE)
    (warning,) = bag
    assert (warning.code, warning.severity) == ("no-labels", "warning")
    quiet = Bag()
    templating.note_types(None, "Example", "sw", quiet)
    assert len(quiet) == 0


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """A template in another encoding is named; a byte order mark and Windows line ends are fine."""
    assert (
        problem(tmp_path, {"anki/_hint.html": b"\xff\xfe"}).message
        == "`templates/anki/_hint.html` is not UTF-8 (byte 0)"
    )
    found, problems = take(
        tmp_path / "b", {"anki/recall.front.html": "\ufeff{{Question}}\r\n\r\n{{Hint}}\r\n".encode()}
    )
    assert problems == []
    assert found["recall"].templates[0].front == "{{Question}}\n{{Hint}}"


# ---- what a hostile template cannot do ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "marked"),
    [
        ("recall.back.html", "{{Answer}}\n<script>alert(1)</script>", "<script"),
        ("recall.back.html", "{{Answer}}<img src=x onerror=alert(1)>", " onerror="),
        ("_rest.html", '<a href="javascript:x">', "javascript:"),
        ("_rest.html", "<iframe>", "<iframe"),
        ("deckgen.css", '.card { background: url("https://example.org/x.png") }', 'url("https:'),
        ("deckgen.css", '@import "x.css";', "@import"),
        ("deckgen.css", "</style><b>", "</"),
    ],
)
def test_active_content_is_refused(tmp_path: Path, name: str, text: str, marked: str) -> None:
    """No script, handler, frame or remote load reaches a student from a project's template."""
    _, problems = take(tmp_path, {f"anki/{name}": text})
    assert {one.code for one in problems} == {"template-active"}
    assert where(problems[0])[::2] == (f"templates/anki/{name}", marked)


@pytest.mark.parametrize(
    "text",
    [
        "<scr[[ '' ]]ipt>alert(1)</script>",
        "[[ '<' ~ 'script>' ]]" + "{{Ref}}",
        "[% set a = '<scr' %][[ (a ~ 'ipt>') | safe ]]",
        "[% autoescape false %][[ '<scr' ~ 'ipt>' ]][% endautoescape %]",
    ],
)
def test_active_content_is_found_when_it_is_put_together(tmp_path: Path, text: str) -> None:
    """A script assembled by the template from harmless parts is found in the face, or is escaped text."""
    found, problems = take(tmp_path, {"anki/_rest.html": text})
    assert "template-active" in {one.code for one in problems} or not any(
        "<script>" in template.back for kind in found.values() for template in kind.templates if kind.key != "image"
    )
    assert not any("alert" in template.back for kind in found.values() for template in kind.templates)


def test_the_image_script_may_stay(tmp_path: Path) -> None:
    """A project that changes the look of image cards keeps Anki's own call, letter for letter."""
    text = builtin("anki/_image.html")
    found, problems = take(tmp_path, {"anki/_image.html": text + "<p></p>"})
    assert found
    assert problems == []


@pytest.mark.parametrize("kind", ["anki/_hint.html", "anki", "."])
def test_links_that_leave_the_project_are_refused(tmp_path: Path, kind: str) -> None:
    """A link to somebody's secrets is not read, whether it stands for a file, a folder or all templates."""
    secret = tmp_path / "secret"
    (secret / "anki").mkdir(parents=True)
    (secret / "_hint.html").write_text("{{Hint}} hunter2")
    (secret / "anki" / "_hint.html").write_text("{{Hint}} hunter2")
    templates = tmp_path / "project" / "templates"
    link = templates / kind
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to({"anki/_hint.html": secret / "_hint.html", "anki": secret / "anki", ".": secret}[kind])
    bag = Bag()
    assert templating.note_types(templates, "Example", "en", bag) == {}
    assert [one.code for one in bag] == ["outside-project"]


def test_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    """A named pipe would hang a reader for ever: it is refused, and so is a folder where a file belongs."""
    templates = make(tmp_path, {"anki/sub/x.html": "x"})
    os.mkfifo(templates / "anki" / "_hint.html")
    bag = Bag()
    assert templating.note_types(templates, "Example", "en", bag) == {}
    assert {(one.code, one.span.path) for one in bag} == {
        ("unreadable-file", "templates/anki/_hint.html"),
        ("unknown-template", "templates/anki/sub"),
    }


def test_a_huge_template_is_refused(tmp_path: Path) -> None:
    """A template has at most a mebibyte."""
    assert problem(tmp_path, {"anki/_hint.html": "x" * (overlay.FILE_LIMIT + 1)}).code == "file-too-large"


# ---- print layouts --------------------------------------------------------------------------------------------


def layouts(tmp_path: Path, files: Mapping[str, str]) -> tuple[dict[str, bytes], bool, list[Diagnostic]]:
    bag = Bag()
    found, trusted = templating.print_layouts(make(tmp_path, files), bag)
    return found, trusted, list(bag)


def test_layouts_are_overlaid_too(tmp_path: Path) -> None:
    """A project's layout takes the place of the built-in one, and makes the whole untrusted: it runs with limits."""
    builtin, trusted = templating.print_layouts(None, Bag())
    assert trusted
    assert all(name.endswith(".typ") for name in builtin)
    found, trusted, _ = layouts(tmp_path, {"print/handout.typ": '#import "common.typ": *\n#include "a.typ"'})
    assert not trusted
    assert found == {**builtin, "handout.typ": b'#import "common.typ": *\n#include "a.typ"'}


@pytest.mark.parametrize(
    "text",
    [
        '#import "@preview/cetz:0.3.0"',
        '#import "@local/x:1.0.0": *',
        '#import "\\u{40}preview/cetz:0.3.0"',
        '#import ("@pre" + "view/cetz:0.3.0")',
        "#let name = sys.inputs.x\n#import name",
        '#{ include "a\\u{2f}b" }',
        '#eval("import " + x)',
        '#import\n  ("a")',
    ],
)
def test_layouts_load_nothing_from_elsewhere(tmp_path: Path, text: str) -> None:
    """A package would be fetched from the network: packages, computed imports and evaluated text are refused."""
    found = layouts(tmp_path, {"print/handout.typ": f"= Title\n{text}\n"})[2]
    assert {one.code for one in found} == {"template-import"}
    assert found[0].span.line in {2, 3}


def test_the_built_in_layouts_pass_the_same_checks(tmp_path: Path) -> None:
    """What a project may not do, deckgen's own templates do not either."""
    own = {f"print/{path.name}": path.read_text(encoding="utf-8") for path in (BUILTIN / "print").glob("*.typ")}
    own |= {f"anki/{path.name}": path.read_text(encoding="utf-8") for path in (BUILTIN / "anki").iterdir()}
    _, _, problems = layouts(tmp_path, own)
    assert problems == []
    assert take(tmp_path, {}) == (sample.types(), [])
