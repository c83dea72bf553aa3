"""Templates that may be active because the project says so by name, and what cannot hide behind them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2
import pytest
from conftest import NOTE, SETTINGS, MakeProject, Run
from jinja2 import nodes
from looks import BUILTIN, builtin, codes, problem, take, where

from deckgen.templating import overlay, rendering

SCRIPT = "<script>alert(1)</script>"
FRONT = "{{#Question}}<p>{{Question}}</p>{{/Question}}"
HINT = "anki/_hint.html"
RECALL = "anki/recall.front.html"


# ---- what is allowed ------------------------------------------------------------------------------------------


def test_a_face_allowed_by_name_may_run_a_script(tmp_path: Path) -> None:
    """The script stands on the card, letter for letter; without the entry it is refused."""
    found, problems = take(tmp_path, {RECALL: FRONT + SCRIPT}, allow=["recall.front.html"])
    assert problems == []
    assert found["recall"].templates[0].front == FRONT + SCRIPT
    assert codes(tmp_path / "b", {RECALL: FRONT + SCRIPT}) == {"template-active"}


def test_a_part_allowed_by_name_may_run_a_script_wherever_it_is_included(tmp_path: Path) -> None:
    """In built-in faces, in the project's own, and in parts of parts."""
    files = {HINT: f"{{{{Hint}}}}\n{SCRIPT}\n", RECALL: f"{FRONT}<div>\n[% include '_hint.html' %]\n</div>"}
    found, problems = take(tmp_path, files, allow=["_hint.html"])
    assert problems == []
    assert found["recall"].templates[0].front == f"{FRONT}<div>\n{{{{Hint}}}}\n{SCRIPT}</div>"
    assert SCRIPT in found["cloze"].templates[0].front
    files = {HINT: "{{Hint}}<i>[% include '_mine.html' %]</i>", "anki/_mine.html": SCRIPT}
    found, problems = take(tmp_path / "b", files, allow=["_mine.html"])
    assert problems == []
    assert f"{{{{Hint}}}}<i>{SCRIPT}</i>" in found["recall"].templates[0].front


def test_allowed_files_work_together(tmp_path: Path) -> None:
    """Among themselves they may import, extend and share variables; built-in parts are there for them as for others."""
    files = {
        "anki/_base.html": "<script>[% block run %][% endblock %]</script>",
        "anki/_macros.html": "[% macro call(name) %][[ name ]]()[% endmacro %]",
        "anki/_mine.html": "[% extends '_base.html' %][% import '_macros.html' as m %][% block run %][[ m.call(what) ]][% endblock %]",
        RECALL: "[% set what = 'go' %][% include '_question.html' %]\n[% include '_mine.html' %]",
    }
    found, problems = take(tmp_path, files, allow=["_base.html", "_macros.html", "_mine.html", "recall.front.html"])
    assert problems == []
    front = found["recall"].templates[0].front
    assert front.endswith("<script>go()</script>")
    assert '<div class="dg-q" dir="auto">{{Question}}</div>' in front


def test_an_allowed_file_shows_others_and_gives_them_its_variables(tmp_path: Path) -> None:
    """A part that is not allowed is still a part: rendered with what the including file has set."""
    files = {
        RECALL: f"{FRONT}{SCRIPT}[% set word = 'mine' %]<p>[% include '_x.html' %]</p>",
        "anki/_x.html": "[[ word ]] [[ k ]]",
    }
    found, problems = take(tmp_path, files, allow=["recall.front.html"])
    assert problems == []
    assert found["recall"].templates[0].front == f"{FRONT}{SCRIPT}<p>mine 0</p>"


def test_a_built_in_face_gives_its_variables_to_an_allowed_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What deckgen's own faces set is there for a part that takes the place of a built-in one."""
    texts = dict(overlay.builtin_texts("anki"))
    texts["recall.back.html"] = "{{Answer}}[% set shown = 'yes' %][% include '_hint.html' %]"
    monkeypatch.setattr(overlay, "builtin_texts", lambda _: texts)
    found, problems = take(tmp_path, {HINT: f"{{{{Hint}}}}{SCRIPT}[[ shown | default('no') ]]"}, allow=["_hint.html"])
    assert problems == []
    assert found["recall"].templates[0].back == f"{{{{Answer}}}}{{{{Hint}}}}{SCRIPT}yes"
    assert found["recall"].templates[0].front.count(f"{SCRIPT}no") == 1


def test_a_built_in_part_keeps_what_it_needs_when_it_is_allowed(tmp_path: Path) -> None:
    """`_claim.html` is told by its face whether the answer is shown; so is a project's, with a script in it."""
    found, problems = take(tmp_path, {"anki/_claim.html": builtin("anki/_claim.html") + SCRIPT}, allow=["_claim.html"])
    plain, _ = take(tmp_path / "b", {})
    assert problems == []
    for side in ("front", "back"):
        mine, theirs = (getattr(kinds["claim"].templates[0], side) for kinds in (found, plain))
        assert mine.replace(SCRIPT, "").replace("\n", "") == theirs.replace("\n", "")
        assert SCRIPT in mine


def test_the_step_is_known_across(tmp_path: Path) -> None:
    """`k` is the right one in every include, however often it is included."""
    files = {
        "anki/step.back.html": "{{Title}}[% include '_a.html' %][% include '_a.html' without context %]",
        "anki/_a.html": f"<b>[[ k ]]</b>{SCRIPT}",
    }
    found, problems = take(tmp_path, files, allow=["_a.html"])
    assert problems == []
    assert [template.back for template in found["sequence"].templates[:10]] == [
        "{{Title}}" + f"<b>{k}</b>{SCRIPT}" * 2 for k in range(1, 11)
    ]


@pytest.mark.parametrize("name", ["deckgen.css", "project.css"])
def test_a_style_sheet_may_be_allowed(name: str, tmp_path: Path) -> None:
    """A font from elsewhere, if every student is to load it."""
    sheet = '@font-face { font-family: F; src: url("https://example.org/f.woff2") }\n'
    found, problems = take(tmp_path, {f"anki/{name}": sheet}, allow=[name])
    assert problems == []
    assert found["recall"].css.endswith(sheet)
    assert codes(tmp_path / "b", {f"anki/{name}": sheet}) == {"template-active"}


def test_an_unchanged_copy_may_be_named(tmp_path: Path) -> None:
    """Somebody who has just copied a file and is about to change it is not scolded."""
    _, problems = take(tmp_path, {HINT: builtin(HINT)}, allow=["_hint.html"])
    assert problems == []


def test_the_way_out_is_said(tmp_path: Path) -> None:
    """The diagnostic names the entry, as it must be written, and who will run it."""
    found, problems = take(tmp_path, {RECALL: FRONT + "<img src=x onerror=a>"})
    assert found == {}
    assert problems[0].hints[1] == (
        "If every student is to run it, name the file in `deckgen.yaml`: `allow: [templates/anki/recall.front.html]`."
    )


def test_who_builds_is_told_what_may_run(project: MakeProject, run: Run) -> None:
    """Whoever builds a project that somebody else wrote sees the names of the files that are allowed."""
    settings = f"{SETTINGS}allow: [templates/{RECALL}]\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTE, f"templates/{RECALL}": FRONT + SCRIPT})
    code, _, err = run("build", "-f", "apkg", root=root)
    assert code == 0
    assert f"May run on every student's device: templates/{RECALL}" in err


# ---- entries that match nothing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "message", "label"),
    [
        ("templates/anki/_hnit.html", "the project has no template `templates/anki/_hnit.html`", "did you mean `templates/anki/_hint.html`?"),
        ("anki/_hint.html", "the project has no template `anki/_hint.html`", "did you mean `templates/anki/_hint.html`?"),
        ("_hint.html", "the project has no template `_hint.html`", "did you mean `templates/anki/_hint.html`?"),
        ("templates/anki/recall.back.html", "`templates/anki/recall.back.html` is deckgen's own, the project has no such file", ""),
        ("templates/anki/labels.toml", "`templates/anki/labels.toml` cannot be allowed", ""),
        ("templates/print/handout.typ", "`templates/print/handout.typ` cannot be allowed", ""),
        ("templates/anki/../anki/_hint.html", "the project has no template `templates/anki/../anki/_hint.html`", ""),
        ("templates/anki/*", "the project has no template `templates/anki/*`", ""),
    ],
)  # fmt: skip
def test_an_entry_without_a_file_is_an_error(
    entry: str, message: str, label: str, project: MakeProject, run: Run
) -> None:
    """It is marked in deckgen.yaml, with the nearest name; nothing is allowed that is not there."""
    settings = f"{SETTINGS}allow:\n  - templates/anki/_hint.html\n  - '{entry}'\n"
    files = {
        "templates/anki/_hint.html": "{{Hint}}",
        "templates/anki/labels.toml": "[en]\nhint = 'h'\n",
        "templates/print/handout.typ": "x",
    }
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTE, **files})
    code, out, _ = run("check", "--message-format", "full", root=root)
    assert code == 1
    assert f"error[bad-allow]: {message}\n --> deckgen.yaml:7:5\n" in out
    assert label in out
    assert out.count("bad-allow") == 1


def test_allow_must_be_a_list_of_paths(project: MakeProject, run: Run) -> None:
    """Anything else is told with its place, without templates too."""
    for number, (value, code) in enumerate(
        [("{a: b}", "wrong-shape"), ("[[a]]", "wrong-shape"), ("['']", "empty-text"), ("x", "bad-allow")]
    ):
        root = project({"deckgen.yaml": f"{SETTINGS}allow: {value}\n", "cards/heart/a.yaml": NOTE}, f"p{number}")
        status, out, _ = run("check", "--message-format", "short", root=root)
        assert (status, f"error[{code}]" in out) == (1, True), out
        assert out.startswith("deckgen.yaml:5:")


# ---- what cannot hide behind an allowed file ------------------------------------------------------------------

ATTACKS: dict[str, dict[str, str]] = {
    # _hint.html is allowed; nothing else is
    "another file": {HINT: SCRIPT, "anki/_rest.html": "<img src=x onerror=evil()>"},
    "a script beside it": {HINT: SCRIPT, RECALL: FRONT + "[% include '_hint.html' %]<script>evil()</script>"},
    "a script put together": {HINT: SCRIPT, RECALL: FRONT + "[[ ('<scr' ~ 'ipt>evil()') | safe ]][% include '_hint.html' %]"},
    "the text of an open script": {HINT: "<script>", RECALL: FRONT + "[% include '_hint.html' %]evil()"},
    "between two halves": {HINT: "[% if k == 0 %]<script>[% endif %]", RECALL: FRONT + "[% include '_hint.html' %]evil()//</b>"},
    "the text of an open style": {HINT: "<style>", RECALL: FRONT + "[% include '_hint.html' %]*{color:red}</style>"},
    "the rest of an open tag": {HINT: "<img src=x ", RECALL: FRONT + "[% include '_hint.html' %]alt=x>"},
    "a value left open": {HINT: '<img src="', RECALL: FRONT + "[% include '_hint.html' %]x\">"},
    "a comment left open": {HINT: "<!-- ", RECALL: FRONT + "[% include '_hint.html' %]--><b>"},
    "a tag around it": {HINT: SCRIPT, RECALL: FRONT + "<img src=x onerr[% include '_hint.html' %]or=evil()>"},
    "a tag around nothing": {HINT: "", RECALL: FRONT + "<scr[% include '_hint.html' %]ipt>evil()</scr[% include '_hint.html' %]ipt>"},
    "a comment around it": {HINT: SCRIPT, RECALL: FRONT + "<!-- [% include '_hint.html' %] -->"},
    "a text area around it": {HINT: f"</textarea>{SCRIPT}", RECALL: FRONT + "<textarea>[% include '_hint.html' %]"},
    "a picture around it": {HINT: "<script>if (a<b) c()</script>", RECALL: FRONT + "<svg>[% include '_hint.html' %]evil()</svg>"},
    "a tag of Anki around it": {HINT: SCRIPT, RECALL: FRONT + "{{Hint[% include '_hint.html' %]}}"},
    "its macro": {HINT: "[% macro m(x) %]<script>[[ x ]]</script>[% endmacro %]", RECALL: FRONT + "[% import '_hint.html' as h %][[ h.m('evil()') ]]"},
    "its macro by name": {HINT: "[% macro m(x) %]<script>[[ x ]]</script>[% endmacro %]", RECALL: FRONT + "[% from '_hint.html' import m with context %][[ m('evil()') ]]"},
    "its macro by a name made up": {HINT: "[% macro m(x) %]<script>[[ x ]]</script>[% endmacro %]", RECALL: FRONT + "[% import '_hi' ~ 'nt.html' as h %][[ h.m('evil()') ]]"},
    "its block": {HINT: "<script>[% block b %][% endblock %]</script>", RECALL: "[% extends '_hint.html' %][% block b %]evil()[% endblock %]"},
    "a block that it fills": {HINT: "[% extends '_rest.html' %][% block b %]x[% endblock %]", "anki/_rest.html": "<b>[% block b %][% endblock %]</b>"},
    "a macro that it takes": {HINT: "[% import '_rest.html' as r %]<script>[[ r.m() ]]</script>", "anki/_rest.html": "[% macro m() %]evil()[% endmacro %]"},
    "a part that it takes into a script": {HINT: "<script>[% include '_rest.html' %]</script>", "anki/_rest.html": "evil()"},
    "a part that it takes into a handler": {HINT: "<b onclick='[% include '_x.html' %]'>", "anki/_x.html": "evil()", "anki/_rest.html": "<b>"},
    "a part of a part": {HINT: "<script>[% include '_below.html' %]</script>", "anki/_below.html": "[% include '_x.html' %]", "anki/_x.html": "evil()"},
    "its text, changed": {HINT: SCRIPT, RECALL: FRONT + "[% set x %][% include '_hint.html' %][% endset %][[ x | replace('0', 'evil()') ]]"},
    "a label in its script": {HINT: "<script>f('[[ t.hint ]]')</script>", "anki/labels.toml": "[en]\nhint = 'evil()'\n"},
    "a label in its handler": {HINT: "<b onclick=\"f('[[ t.hint ]]')\">", "anki/labels.toml": "[en]\nhint = \"'+evil()+'\"\n"},
    "a label as it is": {HINT: "<b>[[ t.hint | safe ]]</b>", "anki/labels.toml": "[en]\nhint = '<i>'\n"},
    "a label for an address": {HINT: "<a href='[[ t.hint ]]'>", "anki/labels.toml": "[en]\nhint = 'java'\n"},
    "the card's text in its script": {HINT: "<script>f('{{Hint}}')</script>"},
    "the card's text in its handler": {HINT: '<b onclick="f(\'{{text:Hint}}\')">'},
    "the card's text in its tag": {HINT: '<b title="{{Hint}}">'},
    "a section that opens its script": {HINT: "{{#Hint}}<script>{{/Hint}}f()</script>"},
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_hides_behind_an_allowed_file(name: str, tmp_path: Path) -> None:
    """A file that is not allowed, a label, a card: none of them gets its text to run by way of a file that may."""
    found, problems = take(tmp_path, ATTACKS[name], allow=["_hint.html"])
    assert found == {}
    assert {each.code for each in problems} <= {"template-active", "template-injection", "template-error"}
    assert all(each.span.path.removeprefix("templates/") in ATTACKS[name] for each in problems)


def test_variables_do_not_cross_into_an_allowed_file(tmp_path: Path) -> None:
    """What a file that is not allowed sets, the allowed file does not get, by no way of including it."""
    ways = {
        "[% set k = 'evil()' %][% include '_hint.html' %]",
        "[% set t = {'lang': 'evil()'} %][% include '_hint.html' %]",
        "[% with k = 'evil()' %][% include '_hint.html' %][% endwith %]",
        "[% for k in ['evil()'] %][% include '_hint.html' %][% endfor %]",
        "[% macro m(k) %][% include '_hint.html' %][% endmacro %][[ m('evil()') ]]",
        "[% macro m(k) %][[ caller() ]][% endmacro %][% call m('evil()') %][% include '_hint.html' %][% endcall %]",
        "[% set k = 'evil()' %][% include ['_none.html', '_hint.html'] ignore missing %]",
        "[% set k = 'evil()' %][% include '_hi' ~ 'nt.html' %]",
        "[% set k = 'evil()' %][% include '_x.html' %]",
        "[% set k = 'evil()' %][[ 0 | include_across ]]",
    }
    for number, way in enumerate(sorted(ways)):
        files = {
            HINT: "{{Hint}}<script>f([[ k ]], '[[ t.lang ]]')</script>",
            RECALL: FRONT + way,
            "anki/_x.html": "[% include '_hint.html' %]",
        }
        found, problems = take(tmp_path / str(number), files, allow=["_hint.html"])
        assert not found or "evil" not in found["recall"].templates[0].front, way
        assert not found or "f(0, 'en')" in found["recall"].templates[0].front or "include_across" in way, (
            way,
            problems,
        )


def test_an_allowed_file_s_text_is_out_of_reach(tmp_path: Path) -> None:
    """A file that is not allowed can show the other, and cannot read it: there is nothing of it to build upon."""
    files = {
        HINT: f"{{{{Hint}}}}{SCRIPT}",
        RECALL: FRONT + "[% set x %][% include '_hint.html' %][% endset %][[ 'script' in x ]] [[ x | length ]]",
    }
    found, problems = take(tmp_path, files, allow=["_hint.html"])
    assert problems == []
    assert found["recall"].templates[0].front == FRONT + "False 3"


def test_labels_of_the_project_may_stand_between_the_tags_of_an_allowed_file(tmp_path: Path) -> None:
    """And in values that are words, whatever they say."""
    files = {
        HINT: '{{Hint}}<button title="[[ t.hint ]]" onclick="f()">[[ t.hint ]]</button>',
        "anki/labels.toml": "[en]\nhint = 'evil() <b>'\n",
    }
    found, problems = take(tmp_path, files, allow=["_hint.html"])
    assert problems == []
    assert 'title="evil() &lt;b&gt;"' in found["recall"].templates[0].front


def test_harmless_fields_may_stand_in_an_allowed_script(tmp_path: Path) -> None:
    """Keys, tags and names are letters and digits; sections bring no text at all."""
    part = "{{Hint}}<script>f('{{Ref}}', '{{Tags}}');{{#Hint}}g();{{/Hint}}</script>"
    found, problems = take(tmp_path, {HINT: part}, allow=["_hint.html"])
    assert problems == []
    assert part in found["recall"].templates[0].front


def test_style_sheets_do_not_reach_into_each_other(tmp_path: Path) -> None:
    """What one leaves open the other cannot finish: not when one is allowed, and not when none is."""
    begun, ended = '.a { background: url("ht\\\n', 'tps://example.org/x") }\n'
    assert codes(tmp_path, {"anki/deckgen.css": begun.rstrip("\n"), "anki/project.css": ended}) == {"template-active"}
    for number, start in enumerate(
        ["/* a", ".a {", "a::after { content: 'x", '.a { b: url("', "@x (", ".a } b {", "\\"]
    ):
        files = {"anki/deckgen.css": start, "anki/project.css": ".b { color: red }"}
        assert codes(tmp_path / str(number), files, ["deckgen.css"]) == {"template-injection"}, start
    files = {"anki/deckgen.css": ".a { b: 'x\\'{' /* { */ }", "anki/project.css": ".b { color: red }"}
    assert codes(tmp_path / "c", files, ["deckgen.css"]) == set()


def test_limits_hold_for_allowed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time and memory are the machine's: no name lets anybody off."""
    monkeypatch.setattr(rendering, "SECONDS", 3.0)
    for number, text in enumerate(
        ["[% for a in range(99999) %][% for b in range(99999) %][% endfor %][% endfor %]", "[[ 'x' * 10**10 ]]"]
    ):
        assert problem(tmp_path / str(number), {HINT: text}, ["_hint.html"]).code == "template-runaway"
    assert problem(tmp_path / "b", {HINT: "x" * 70_000}, ["_hint.html"]).code == "template-error"


def test_includes_back_and_forth_end(tmp_path: Path) -> None:
    """An allowed file and one that is not, each including the other, end with a message, and so does doubling."""
    files = {HINT: "[% include '_x.html' %]", "anki/_x.html": "[% include '_hint.html' %]"}
    assert problem(tmp_path, files, ["_hint.html"]).message.endswith("it includes itself, or is nested, without end")
    files = {HINT: "[% include '_x.html' %]", "anki/_x.html": "[% include '_y.html' %]" * 1_200, "anki/_y.html": "y"}
    assert problem(tmp_path / "b", files, ["_hint.html", "_y.html"]).code == "template-error"


def test_what_an_allowed_file_shows_is_placed(tmp_path: Path) -> None:
    """The message marks the field, or the include, that stands in the wrong place."""
    found = problem(tmp_path, {HINT: "{{Hint}}\n<script>f('{{Hint}}')</script>"}, ["_hint.html"])
    assert (found.message, *where(found)) == (
        "the field `Hint` stands in a <script>",
        "templates/anki/_hint.html",
        2,
        "{{Hint}}",
    )
    found = problem(tmp_path / "b", {HINT: "x", RECALL: FRONT + "\n<b [% include '_hint.html' %]>"}, ["_hint.html"])
    assert where(found) == ("templates/anki/recall.front.html", 2, "_hint.html")


def test_no_built_in_template_takes_more_than_the_text_of_another() -> None:
    """They include, and never import or extend: what a project puts in their place sets nothing of theirs."""
    environment: jinja2.Environment = rendering._Maker(_request({})).for_others
    for path in (BUILTIN / "anki").glob("*.html"):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        assert list(tree.find_all((nodes.Extends, nodes.Import, nodes.FromImport, nodes.Block))) == [], path.name


def _request(files: Mapping[str, str]) -> dict[str, object]:
    return {"files": dict(files), "own": [], "allowed": [], "values": {}, "builtin": {}}
