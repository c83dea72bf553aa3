"""A project's template is a program somebody wrote: it ends soon, stays small, and has nothing but what it is given."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import NOTE, MakeProject
from looks import codes, make, problem, take

from deckgen import build, sandbox, templating
from deckgen.diagnostics import Bag
from deckgen.templating import overlay, rendering

HINT = "anki/_hint.html"
DEEP = 5_000

# What would take for ever, or all there is, in a part that stands on seven faces.
RUNAWAYS: dict[str, dict[str, str]] = {
    "loops": {HINT: "[% for a in range(99999) %][% for b in range(99999) %][% endfor %][% endfor %]"},
    "a power": {HINT: "[[ 10**(10**9) ]]"},
    "a long text": {HINT: "[[ 'x' * 10**8 ]]"},
    "a longer text": {HINT: "[[ 'x' * 10**10 ]]"},
    "doubling": {HINT: "[% macro m(x, n) %][[ m(x ~ x, n - 1) if n else '' ]][% endmacro %][[ m('x', 60) ]]"},
    "padding": {HINT: "[[ 'x'.ljust(10**10) ]]"},
    "a format": {HINT: "[[ '%9999999999d' % 1 ]]"},
    "another format": {HINT: "[[ '{:>9999999999}'.format(1) ]]"},
    "indenting": {HINT: "[[ ('x\\n' * 10**6) | indent(10**5) ]]"},
    "a list": {HINT: "[[ ([0] * 10**10) | length ]]"},
    "much output": {HINT: "[% for a in range(99999) %][% for b in range(9) %]xxxxxxxxxxxxxxxxxxxx[% endfor %][% endfor %]"},
    "a little too much output": {HINT: "x" * rendering.FACE_LIMIT},
    "an include bomb": {HINT: "[% include '_0.html' %]", **{f"anki/_{n}.html": f"[% include '_{n + 1}.html' %]" * 10 for n in range(9)}, "anki/_9.html": "x"},
    "an include of itself": {HINT: "[% include '_hint.html' %]"},
    "a circle of includes": {HINT: "[% include '_a.html' %]", "anki/_a.html": "[% include '_b.html' %]", "anki/_b.html": "[% include '_a.html' %]"},
    "an import of itself": {HINT: "[% import '_hint.html' as a %][[ a ]]"},
    "an extension of itself": {HINT: "[% extends '_hint.html' %]"},
    "a block in itself": {HINT: "[% block a %][[ self.a() ]][% endblock %]"},
    "a macro without end": {HINT: "[% macro m(n) %][[ m(n) ]][% endmacro %][[ m(1) ]]"},
    "a macro that doubles": {HINT: "[% macro m(n) %][% if n %][[ m(n - 1) ]][[ m(n - 1) ]][% endif %][% endmacro %][[ m(99) ]]"},
    "a loop that calls itself": {HINT: "[% for a in [1] recursive %][[ loop([1]) ]][% endfor %]"},
    "brackets in brackets": {HINT: f"[[ {'(' * DEEP}1{')' * DEEP} ]]"},
    "lists in lists": {HINT: f"[[ {'[' * DEEP}{']' * DEEP} ]]"},
    "conditions in conditions": {HINT: "[% if 1 %]" * DEEP + "[% endif %]" * DEEP},
    "loops in loops": {HINT: "[% for a in [1] %]" * 300 + "[% endfor %]" * 300},
    "a long sum": {HINT: f"[[ 1{'+1' * DEEP} ]]"},
    "a long negation": {HINT: f"[[ {'not ' * DEEP}1 ]]"},
    "a long number": {HINT: "[[ 10**5000 ]]"},
    "a name without end": {HINT: "[[ t['x' * 5000000] ]]"},
}  # fmt: skip


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_is_stopped(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A face that eats time, memory or disk, or that never ends, is a diagnostic in the file that does it, and soon."""
    monkeypatch.setattr(rendering, "SECONDS", 3.0)
    begun = time.monotonic()
    found, problems = take(tmp_path, RUNAWAYS[name])
    assert time.monotonic() - begun < 30  # three seconds for the faces, and a machine that others use, too
    assert found == {}
    assert {each.code for each in problems} <= {"template-runaway", "template-error"}
    assert all(each.span.path.removeprefix("templates/") in RUNAWAYS[name] for each in problems)
    assert all(len(each.message) < 500 for each in problems)


# What is harmless to the machine that makes the face, and tedious for the one that reads it.
TEDIOUS = {
    "tags": "<p>[% for a in range(8000) %]{{Why}}[% endfor %]",
    "fields in a tag": "<b [% for a in range(4000) %]a {{Why}}[% endfor %]>",
    "attributes": "<b [% for a in range(30000) %]a [% endfor %]>",
    "beginnings": "[% for a in range(30000) %]<![% endfor %]",
    "braces": "[% for a in range(30000) %]{{[% endfor %]",
    "sections": "[% for a in range(5000) %]{{#Why}}[% endfor %]",
    "drawings": "[% for a in range(4000) %]<svg><path>[% endfor %]",
    "entities": "[% for a in range(15000) %]&#0;[% endfor %]",
    "findings": "[% for a in range(6000) %][[ ('<scr' ~ 'ipt') | safe ]][% endfor %]",
    "links": "[% for a in range(6000) %]href=//[% endfor %]",
    "pieces": "[% for a in range(6000) %][{{Why}}s[% endfor %]",
}


@pytest.mark.parametrize("name", TEDIOUS)
def test_a_tedious_face_is_read_soon(name: str, tmp_path: Path) -> None:
    """What checks the faces takes seconds for the longest and worst of them, and tells no more than a screen or two."""
    begun = time.monotonic()
    _, problems = take(tmp_path, {"anki/_rest.html": TEDIOUS[name]})
    assert time.monotonic() - begun < 40
    assert len(problems) < 150


def test_templates_are_few_and_small(tmp_path: Path) -> None:
    """More files, or more in them, than any look needs are not read."""
    many = {f"anki/_{number}.html": "x" for number in range(overlay.COUNT_LIMIT + 1)}
    assert "file-too-large" in codes(tmp_path, many)
    big = {f"anki/_{number}.html": "x" * (overlay.FILE_LIMIT - 1) for number in range(9)}
    assert "file-too-large" in codes(tmp_path / "b", big)


def test_a_runaway_stops_a_build_once(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decks in twenty languages do not wait twenty times for the same endless loop."""
    asked: list[object] = []

    def called(payload: Mapping[str, object]) -> dict[str, object]:
        asked.append(payload)
        return real(payload)

    monkeypatch.setattr(rendering, "SECONDS", 3.0)
    real = rendering._called
    monkeypatch.setattr(rendering, "_called", called)
    decks = "".join(
        f"  d{n}:\n    name: D{n}\n    language: {language}\n" for n, language in enumerate(("en", "de", "fr"))
    )
    root = project({
        "deckgen.yaml": f"publisher: T\ndecks:\n{decks}",
        **{f"cards/d{n}/a.yaml": NOTE for n in range(3)},
        f"templates/{HINT}": RUNAWAYS["loops"][HINT],
    })  # fmt: skip
    result = build.check(root)
    assert [each.code for each in result.bag if each.severity == "error"] == ["template-runaway"]
    assert len(asked) == 1


# ---- what a face has, and what it does not have ---------------------------------------------------------------

ESCAPES = [
    "[[ ''.__class__.__mro__[1].__subclasses__() ]]",
    "[[ ''['__class__'] ]]",
    "[[ '' | attr('__class__') ]]",
    "[[ '' | attr('_' ~ '_class_' ~ '_') ]]",
    "[[ '' | attr('\\x5f\\x5fclass\\x5f\\x5f') ]]",
    "[[ [t]|map('attr', '__class__')|first ]]",
    "[[ ['']|selectattr('__class__')|list ]]",
    "[[ ['']|sum(attribute='__class__') ]]",
    "[[ ['']|unique(attribute='__class__')|list ]]",
    "[[ t.__init__.__globals__ ]]",
    "[[ range.__globals__ ]]",
    "[[ range | attr('__globals__') ]]",
    "[[ (range | attr('__call__')).__func__ ]]",
    "[[ t.items.__self__ ]]",
    "[[ ('{0.__class__.__init__.__globals__}').format(t) ]]",
    "[[ ('{0[hint].__class__}').format(t) ]]",
    "[[ '{x.__class__}'.format_map({'x': t}) ]]",
    "[[ ('{0.__class__}' | attr('format'))(t) ]]",
    "[[ ('{0.__class__}' | safe).format(t) ]]",
    "[[ ['{0.__class__}'] | map('format', t) | first ]] [[ ('%s' | format(t)).__class__ ]]",
    "[% set f = '{0.__class__}'.format %][[ f(t) ]]",
    "[[ self._TemplateReference__context ]]",
    "[[ self.__init__ ]]",
    "[[ loop ]]",
    "[[ lipsum() ]]",
    "[[ lipsum.__globals__ ]]",
    "[[ cycler('a').next ]]",
    "[[ cycler.__init__.__globals__ ]]",
    "[[ joiner('a')() ]]",
    "[[ namespace(a=1).a ]]",
    "[% set n = namespace() %][% set n.x = 1 %]",
    "[[ dict(a=1) ]]",
    "[[ url_for ]][[ get_flashed_messages ]]",
    "[[ config ]]",
    "[[ environment ]]",
    "[[ context ]]",
    "[[ caller() ]]",
    "[% macro m() %][[ caller.__globals__ ]][[ varargs.__class__ ]][% endmacro %][% call m() %][% endcall %]",
    "[[ t.update({'hint': 'x'}) ]]",
    "[[ t.pop('hint') ]]",
    "[% set l = [] %][[ l.append(1) ]]",
    "[% do t.clear() %]",
    "[% debug %]",
    "[[ [1, 2, 3] | random ]]",
    "[% include '../../../etc/passwd' %]",
    "[% include '/etc/passwd' %]",
    "[% include '../print/lib.typ' %]",
    "[% include 'anki/_rest.html' %]",
    "[% include './_rest.html' %]",
    "[% include '_rest.html\\x00' %]",
    "[% include ['/etc/passwd', '../deckgen.yaml'] %]",
    "[% include 'secret.html' %]",
    "[% import '/etc/passwd' as x %]",
    "[% import '../../deckgen.yaml' as x %]",
    "[% from '../secret.html' import x %]",
    "[% extends '/etc/passwd' %]",
    "[% extends '../../secret.html' %]",
    "[% include t %]",
    "[[ 0 | include_across ]]",
]


@pytest.mark.parametrize("face", ESCAPES)
def test_a_face_cannot_reach_out(face: str, tmp_path: Path) -> None:
    """Nothing of Python, of the machine or of other files is to be had from a face."""
    (tmp_path / "secret.html").write_text("secret")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/secret.html").write_text("secret")
    assert problem(tmp_path, {"anki/recall.front.html": face + "{{Question}}"}).code == "template-error"


@pytest.mark.parametrize(
    "face",
    ["['']|map(attribute='__class__')", "[{'a': ''}]|groupby('a.__class__')", "['']|sort(attribute='__class__')"],
)
def test_a_filter_finds_nothing_behind_a_value(face: str, tmp_path: Path) -> None:
    """Filters that take the name of an attribute get as little by it as the dot does."""
    _, problems = take(tmp_path, {"anki/recall.front.html": f"{{{{Question}}}}[[ {face} | list ]]"})
    found, _ = take(tmp_path / "b", {"anki/recall.front.html": f"{{{{Question}}}}[[ ({face} | list | string)[:60] ]]"})
    assert problems == [] or problems[0].code == "template-error"
    assert not found or "class" not in found["recall"].templates[0].front


def test_a_face_cannot_reach_the_sandbox_it_runs_in(tmp_path: Path) -> None:
    """Whatever it asks of the things it has, it gets texts and numbers: no code, no address, no file."""
    asked = ["t", "t.items()", "language", "steps", "k", "t.hint.upper()", "t | list", "t | tojson", "range(3) | list"]
    face = "{{Question}}" + "".join(f"<i>[[ {each} ]]</i>" for each in asked)
    found, problems = take(tmp_path, {"anki/recall.front.html": face})
    assert problems == []
    front = found["recall"].templates[0].front
    assert "0x" not in front
    assert "<i>[0, 1, 2]</i>" in front


def test_the_child_has_no_secrets_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the environment do not reach the process a face is made in."""
    monkeypatch.setenv("DECKGEN_TEST_SECRET", "hunter2")
    answer = sandbox.call(f"{__name__}:_environment", None, seconds=20, memory=rendering.MEMORY)
    assert isinstance(answer, list)
    assert "DECKGEN_TEST_SECRET" not in answer


def _environment(_: object) -> list[str]:
    return sorted(os.environ)


def test_rendering_twice_gives_the_same(tmp_path: Path) -> None:
    """No clock, no chance, no order of hashes: the same templates give the same faces."""
    files = {HINT: "{{Hint}}[% for a, b in t | dictsort %][[ a ]][% endfor %][% for a in t %][[ a ]][% endfor %]"}
    assert take(tmp_path, files) == take(tmp_path / "b", files)


@pytest.fixture
def odd_names(tmp_path: Path) -> Path:
    names = ["a b.html", "ä.html", "a'b.html", "a]].html", "[% x %].html", "-.html", "x" * 200 + ".html"]
    return make(tmp_path, {f"anki/{name}": "{{Hint}}" for name in names})


def test_odd_names_are_names(odd_names: Path) -> None:
    """A file may be called what it likes; it is a warning as long as nobody uses it."""
    bag = Bag()
    assert templating.note_types(odd_names, "Example", "en", bag)
    assert {each.code for each in bag} == {"unknown-template"}
