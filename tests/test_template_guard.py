"""Active content in disguise, and places where a text would become part of a tag: none of it reaches a card."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looks import BUILTIN, builtin, codes, problem, take, where

from deckgen import faces
from deckgen.active import find_active
from deckgen.htmltokens import HARMLESS, read
from deckgen.templating.guard import _injections, _spelled_in_pieces
from deckgen.templating.rendering import Face, Segment

FRONT = "{{#Question}}<p>{{Question}}</p>{{/Question}}"
FACE = "anki/recall.front.html"


def injections(text: str) -> list[str]:
    """What is said of a face that is not allowed to be active."""
    return [each.message for each in _injections(Face((Segment("x", text),), frozenset()), frozenset())]


@pytest.mark.parametrize(
    "text",
    [
        "<scr{{Topic}}ipt>alert(1)</scr{{Topic}}ipt>",
        "<{{Topic}}script>",
        "</{{Topic}}script>",
        "<{{#Topic}}{{/Topic}}script>",
        "<scr{{#Topic}}x{{/Topic}}ipt>",
        "<scr{{^Topic}}ipt>alert(1){{/Topic}}</b>",
        "{{#Topic}}<scr{{/Topic}}{{^Topic}}<b {{/Topic}}ipt>",
        "<img src=x on{{Topic}}error=alert(1)>",
        "<img src=x {{Answer}}>",
        "<img src=x{{Answer}}>",
        "<img src=x alt={{Answer}}>",
        '<img src=x alt="{{Answer}}">',
        '<img src=x alt="{{text:Answer}}">',
        '<img src=x alt="{{hint:Ref}}">',
        '<img src="{{Figure}}">',
        '<a href="java{{Tags}}script:alert(1)">',
        '<a href="{{Ref}}">',
        '<a href="{{Tags}}https://x.example">',
        '<a href="https://x.example/{{Answer}}">',
        '<a href="https://x.example/{{#Hint}}x{{/Hint}}">',
        '<b style="background: u{{Tags}}rl(//x.example)">',
        '<b onclick="{{Tags}}">',
        '<b class="a{{#Hint}}" title=\'{{/Hint}}" on{{Tags}}click=evil() \'>',
        "{{#Hint}}<b class='{{/Hint}}'>",
        "<b{{#Hint}} class=x{{/Hint}}>",
        "<style>@im{{Topic}}port 'x';</style>",
        "<style>{{Answer}}</style>",
        "<textarea>{{Answer}}</textarea>",
        "<title>{{Answer}}</title>",
        "<!-- {{Answer}}",
        "<!-- {{Answer}} --!>",
        "<svg><style><img title='</style>{{Answer}}'></svg>",
        "<svg><title><b>{{Answer}}</b></title></svg>",
        "<svg><path d='{{Answer}}'/></svg>",
        "<math><mi>{{Answer}}</mi></math>",
        "<select><style></select>{{Answer}}</style>",
        "<noscript>{{Answer}}</noscript>",
        "<xmp>{{Answer}}</xmp>",
        "<template>{{Answer}}</template>",
        "<![CDATA[{{Answer}}]]>",
        "{{=<% %>=}}<scr<%Topic%>ipt>",
    ],
)
def test_a_field_where_its_text_could_run_is_found(text: str) -> None:
    """In a tag, a value, a script, a style: neither what a card says nor what is left without it may stand there."""
    assert injections(text) != []


@pytest.mark.parametrize(
    "text",
    [
        FRONT,
        "a < {{Answer}} > b",
        "<p>{{#Hint}}<b>{{Hint}}</b>{{/Hint}}{{^Hint}}<i>none</i>{{/Hint}}</p>",
        '<div class="{{Tags}} {{CardFlag}}" id="{{Ref}}" data-card="{{Card}}" aria-label="{{Type}}">{{Answer}}</div>',
        '<div class="a{{#Hint}} with-hint{{/Hint}}">{{Hint}}</div>',
        '<a href="https://x.example/report?note={{Ref}}">Report</a>',
        '<a class="x" href="mailto:me@x.example?subject={{Ref}}">Report</a>',
        "<!-- {{Answer}} -->",
        "<svg viewBox='0 0 9 9' role='img'><title>Sun</title><circle r='2'/><g><path d='M0 0'/></g></svg>{{Answer}}",
        "<style>.a { color: red }</style>{{Answer}}",
        "<details><summary>[[ x ]]</summary>{{hint:Answer}}</details>",
    ],
)
def test_fields_between_tags_are_fine(text: str) -> None:
    """Where they belong, in the values that are names, and in links: keys, tags and sections."""
    assert injections(text) == []


def test_a_field_in_a_tag_is_marked_where_it_stands(tmp_path: Path) -> None:
    """File, line and field; what to do instead is said."""
    found = problem(tmp_path, {FACE: f'{FRONT}\n<b title="{{{{Answer}}}}">\n{{{{Answer}}}}</b>'})
    assert (found.code, found.message) == ("template-injection", "the field `Answer` stands inside a tag")
    assert where(found) == ("templates/anki/recall.front.html", 2, "{{Answer}}")
    assert found.hints[0].startswith("Put fields between tags")


@pytest.mark.parametrize(
    "text",
    [
        "[sound:https://x.example/a.mp3]",
        "[SOUND:x.mp3]",
        "[latex]x[/latex]",
        "[$]x[/$]",
        "[$$]x[/$$]",
        "[sou{{Tags}}nd:x.mp3]",
        "[{{#Hint}}sound:x.mp3]{{/Hint}}",
        "[s{{#Hint}}x{{/Hint}}ound:x.mp3]",
        "[s{{#Hint}}x{{/Hint}}{{^Topic}}ou{{/Topic}}{{Tags}}nd:x.mp3]",
        "[{{#Hint}}la{{#Topic}}t{{/Topic}}{{/Hint}}{{^Topic}}tex]{{/Topic}}",
        "[${{Tags}}]x[/$]",
    ],
)
def test_anki_is_told_to_play_nothing(text: str, tmp_path: Path) -> None:
    """Anki would load a sound from anywhere, and run LaTeX; also when the sign only comes about with empty fields."""
    assert "template-active" in codes(tmp_path, {FACE: FRONT + text})


@pytest.mark.parametrize("text", ["[{{Topic}}]", "[s{{Topic}}]", "[see {{Topic}}: sound:]", "[sound {{Topic}}:]", "{{Topic}}sound: [a]", "[{{#Topic}}sound{{/Topic}}]"])  # fmt: skip
def test_brackets_are_free(text: str) -> None:
    """Square brackets around words and fields are no sign of Anki's."""
    assert not _spelled_in_pieces(text)
    assert find_active(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[% autoescape false %][[ '<scr' ~ 'ipt>' ]][% endautoescape %]",
        "[[ '<scr' | safe ]][[ 'ipt>' | safe ]]",
        "[[ ('<', 'script>') | join | safe ]]",
        "[[ '>tpircs<' | reverse | safe ]]",
        "[[ 'PHNjcmlwdD4=<scr' | replace('PHNjcmlwdD4=', '') | safe ]]ipt>",
        "<s[# #]cript>",
        "<scr[% if true %]ipt[% endif %]>",
        "[[ '%cscript>' | format(60) | safe ]]",
        "[[ '&lt;script&gt;' | safe | striptags | safe ]][[ '<scr' 'ipt>' | safe ]]",
        "[% set a %]<scr[% endset %][[ a ]]ipt>",
        "[% macro m() %]ipt>[% endmacro %]<scr[[ m() ]]",
        "[% call(x) m('ipt>') %]<scr[[ x ]][% endcall %][% macro m(x) %][[ caller(x | safe) ]][% endmacro %]<scr[[ 'ipt>' | safe ]]",
        "[% filter replace('-', '') %]<scr-ipt>[% endfilter %]",
        "<scr[% include '_a.html' %]",
        "<img src=x on[% include '_b.html' %]",
        "[[ 'x' | urlize(target='\"onclick=\"a') ]]<img src='x'[[ 'onerror' ]]=a>",
        "[[ {'onclick': 'a'} | xmlattr ]]<b[[ {'onclick': 'a'} | xmlattr ]]>",
        "[[ {'src': '//x.example/a.png'} | xmlattr | replace('x=', '') | safe ]]",
    ],
)
def test_what_is_put_together_is_read_as_a_whole(text: str, tmp_path: Path) -> None:
    """However the template puts a script together, it is found in the face."""
    files = {FACE: FRONT + text, "anki/_a.html": "ipt>", "anki/_b.html": "error=a>"}
    assert "template-active" in codes(tmp_path, files) or "template-error" in codes(tmp_path / "b", files)


@pytest.mark.parametrize(
    "sheet",
    [
        "@import 'x';",
        '@import"x";',
        "@import url(x);",
        "@IMPORT 'x';",
        "@\\69mport 'x';",
        "@\\000069mport 'x';",
        "@i\\mport 'x';",
        "@i\\6d port 'x';",
        ".a { background: url(//x.example/a.png) }",
        ".a { background: url(https:x.example/a.png) }",
        ".a { background: url('ht\\\ntps://x.example/a.png') }",
        ".a { background: url('ht\\a tps://x.example/a.png') }",
        ".a { background: u\\72l(https://x.example/a.png) }",
        ".a { background: url(\\68ttps://x.example/a.png) }",
        ".a { background: URL( \t'https://x.example/a.png') }",
        ".a { background: url('\\\\x.example/a.png') }",
        ".a { background: image-set('a.png' 1x) }",
        ".a { background: -webkit-image-set(url(a.png) 1x) }",
        ".a { background: im\\61ge-set('a.png' 1x) }",
        ".a { background: src('https://x.example/a.png') }",
        "@font-face { font-family: a; src: url(https://x.example/a.woff2) }",
        ".a { behavior: url(a.htc) }",
        ".a { width: expression(alert(1)) }",
        "</style><b>",
        "< /style>",
    ],
)
def test_style_sheets_load_nothing(sheet: str, tmp_path: Path) -> None:
    """In `deckgen.css`, in `project.css` and in a <style> of a face; escapes of CSS hide nothing."""
    if sheet == "< /style>":  # a browser takes no end tag for it
        assert codes(tmp_path, {"anki/project.css": sheet}) == set()
        return
    for name in ("deckgen.css", "project.css"):
        assert codes(tmp_path / name, {f"anki/{name}": sheet}) == {"template-active"}
    if "</" not in sheet:
        assert codes(tmp_path / "face", {FACE: f"{FRONT}<style>{sheet}</style>"}) == {"template-active"}


# ---- the project's own sheet ----------------------------------------------------------------------------------


def test_the_project_s_sheet_follows_the_common_one(tmp_path: Path) -> None:
    """One file changes a colour on every card, and the common sheet stays deckgen's."""
    found, problems = take(tmp_path, {"anki/project.css": ".card { --accent: #123456 }\n"})
    assert problems == []
    assert {kind.css for kind in found.values()} == {builtin("anki/deckgen.css") + ".card { --accent: #123456 }\n"}


def test_the_project_s_sheet_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Behind a sheet that does not end its last line, too."""
    found, _ = take(tmp_path, {"anki/deckgen.css": ".a { color: red }", "anki/project.css": ".b { color: blue }"})
    assert found["recall"].css == ".a { color: red }\n.b { color: blue }"


@pytest.mark.parametrize("content", [None, "", " \n\n", "builtin"])
def test_without_rules_of_its_own_a_project_has_the_common_sheet(content: str | None, tmp_path: Path) -> None:
    """No file, an empty one or an unchanged copy: not a byte is added, so no note type changes."""
    files = (
        {}
        if content is None
        else {"anki/project.css": builtin("anki/project.css") if content == "builtin" else content}
    )
    found, problems = take(tmp_path, files)
    assert problems == []
    assert {kind.css for kind in found.values()} == {builtin("anki/deckgen.css")}


def test_the_built_in_sheet_of_a_project_is_a_comment() -> None:
    """It says what it is for and does nothing."""
    text = builtin("anki/project.css").strip()
    assert text.startswith("/*")
    assert text.endswith("*/")
    assert text.count("*/") == 1


# ---- both together --------------------------------------------------------------------------------------------

PIECES = (
    "<scr", "ipt", ">", "<img src=x", " on", "error=", "a", '<a href="', "java", "script:", '"', "'", "[sou", "nd:", "{{Tags}}", "{{Hint}}",
    "{{#Hint}}", "{{/Hint}}", "{{^Hint}}", "{{#Why}}", "{{/Why}}", "{{Ref}}", '<b class="', "<style>", "</style>", "@im", "port", "ur", "l(https:",
    "<svg>", "</svg>", "<!--", "-->", " src=", "https:", "//", "<b>", "[la", "tex]",
)  # fmt: skip


def runs(page: str) -> bool:
    """Whether something active stands in a page where a browser, or Anki, would take it for more than words."""
    for finding in find_active(page):
        if "LaTeX" in finding.what:
            return True
        for token in read(page):
            words = token.kind == "text" or any(
                quoted and HARMLESS.fullmatch(name) and start - 1 <= finding.start and finding.end <= end
                for name, start, end, quoted in token.attributes
            )
            if not words and token.start < finding.end and finding.start < token.end:
                return True
    return False


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_a_face_that_passes_is_safe_whatever_its_fields_hold(pieces: list[str]) -> None:
    """For every face that is let through, and fields full or empty in every way, the card holds nothing active."""
    face = "".join(pieces)
    nodes, faults = faces.parse(face)
    if faults or find_active(face) or _spelled_in_pieces(face) or injections(face):
        return
    for number in range(16):
        values = {name: "x" * (number >> at & 1) for at, name in enumerate(("Hint", "Why", "Tags", "Ref"))}
        filled = {name for name, value in values.items() if value}
        assert not runs("".join(faces._write(nodes, values, filled, 1, question=True)))


def test_the_built_in_templates_pass(tmp_path: Path) -> None:
    """What a project may not do, deckgen's own faces do not either, whatever else the project has changed."""
    for path in (BUILTIN / "anki").glob("*.html"):
        assert find_active(path.read_text(encoding="utf-8")) == [], path.name
    assert take(tmp_path, {"anki/project.css": ".a { color: red }"})[1] == []
