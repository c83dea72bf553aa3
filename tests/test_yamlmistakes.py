"""What is no YAML, or not what was meant: each mistake in plain words, at its place, with the way to mend it."""

from __future__ import annotations

import pytest
from test_yamlnodes import CARDS, everything, marked, needs_two_parsers, read, value

from deckgen.diagnostics import Bag, Edit, Source
from deckgen.yamlnodes import Mapping, Sequence, events, syntax

MISTAKES = [
    ("a: {{c1::x}}", "yaml-syntax", "{{", "'{{c1::x}}'"),
    ("a: {{c1::x}} beats", "yaml-syntax", "{{", "'{{c1::x}} beats'"),
    ("- {{c1::x, y}} beats", "yaml-syntax", "{{", "'{{c1::x, y}} beats'"),
    ("a: {{c1::'x}} beats", "yaml-syntax", "{{", "quotes"),
    ("a: {{`x`}} beats", "yaml-syntax", "{{", "quotes"),
    ("a: *word* b", "yaml-syntax", "*", "'*word* b'"),
    ("a: **word**", "yaml-syntax", "*", "'**word**'"),
    ("a: & co", "yaml-syntax", "&", "'& co'"),
    ("a: %x", "yaml-syntax", "%", "'%x'"),
    ("a: @x", "yaml-syntax", "@", "'@x'"),
    ("a: `x`", "yaml-syntax", "`", "'`x`'"),
    ("a: > 5 mg", "yaml-syntax", ">", "'> 5 mg'"),
    ("a: |x|", "yaml-syntax", "|", "'|x|'"),
    ("a: >5\nb: c", "yaml-syntax", ">5", "'>5'"),
    ("a: ]x", "yaml-syntax", "]", "']x'"),
    ("a: [sic] so", "yaml-syntax", "so", "'[sic] so'"),
    ('a: "x" y', "yaml-syntax", "y", "'\"x\" y'"),
    ("a: 'it's ok'", "yaml-syntax", "'", "twice"),
    ('a: "x\nb: "y"', "yaml-syntax", 'y"', "Close the quotes"),
    ("a: [b,\n  c] d", "yaml-syntax", "d", "whole value"),
    ("a: : b", "yaml-syntax", ":", "': b'"),
    ("a: b\n[c] d", "yaml-syntax", "[", "'[c] d'"),
    ("a: [b, c", "yaml-syntax", "[", "`]` at its end"),
    ("a: [b, c\nd: e", "yaml-syntax", "[", "`]` at its end"),
    ("a: {b: c\nd: e", "yaml-syntax", "{", "`}` at its end"),
    ('a: ["b" "c"]', "yaml-syntax", '"', "comma"),
    ("a: [x, b:]", "yaml-syntax", ":", "comma"),
    ("- a: [b: c: d]", "yaml-syntax", ":", "comma"),
    ("a: b: c", "yaml-syntax", ":", "'b: c'"),
    ("a: 'b", "yaml-syntax", "'", "Write `'` at the end"),
    ('a: "b\nc: d\n', "yaml-syntax", '"', 'Write `"` at the end'),
    ('a: "\\q"', "yaml-syntax", "\\q", "`\\\\q`"),
    ('a: "\\ud83d"', "yaml-syntax", "\\ud83d", "single quotes"),
    ('a: "\\U00110000"', "yaml-syntax", "\\U00110000", "single quotes"),
    ('a: "$\\alpha$"', "yaml-syntax", "\\a", "`\\\\a`"),
    ("a b\nc: d", "yaml-syntax", "a b", "colon"),
    ("a: b\nc d\n", "yaml-syntax", "c d", "colon"),
    ("a:b\nc: d", "yaml-syntax", ":", "`a: b`"),
    ("- id:x\n  b: c", "yaml-syntax", ":", "`id: x`"),
    ("a: b\n  c: d", "yaml-syntax", "c", "by 0 spaces"),
    ("- a: b\n   c: d", "yaml-syntax", "c", "by 2 spaces"),
    ("a:\n    b: c\n  d: e", "yaml-syntax", "d: e", "by 0 or 4 spaces"),
    ("  a:\n      b: c\n    d: e", "yaml-syntax", "d: e", "by 2 or 6 spaces"),
    ("- a: b\n c: d", "yaml-syntax", "c: d", "by 0 or 2 spaces"),
    ("- a: b\nc: d", "yaml-syntax", "c: d", "by 2 spaces"),
    ("a: b\n- c", "yaml-syntax", "- c", "further than its key"),
    (" a: b\nc: d", "yaml-syntax", "c: d", "same indentation"),
    ("a: - b", "yaml-syntax", "-", "line of its own"),
    (": a", "yaml-syntax", ":", "Delete it"),
    ("%FOO\n---\na: b", "yaml-syntax", "%", "Delete the line"),
    ("a:\n\tb: c", "yaml-tab", "\t", "spaces"),
    ("- a: b\n\tc: d", "yaml-tab", "\t", "spaces"),
    ("a: |\n\tb", "yaml-tab", "\t", "spaces"),
    ("a: !!int 5", "yaml-tag", "!!int", "every value is text"),
    ("a: !important", "yaml-tag", "!", "'!important'"),
    ("a: !map {b: c}", "yaml-tag", "!", "quotes"),
    ("a: !<x b", "yaml-tag", "!", "quotes"),
    ("a: !e!x b", "yaml-tag", "!", "quotes"),
    ("a: *word", "yaml-alias", "*", "'*word'"),
    ("a: [*word]", "yaml-alias", "*", "Put it in quotes: `'*word'`"),
    ("a: [b, *word, c]", "yaml-alias", "*", "Put it in quotes: `'*word'`"),
    ("a: [# mg]", "yaml-syntax", "# mg]", "is a comment"),
    ("a: [b, # mg]\nc: d", "yaml-syntax", "# mg]", "is a comment"),
    ("a: &co x", "yaml-alias", "&", "'&co x'"),
    ("a: &x [*x]", "yaml-alias", "*x", "Write the value out"),
    ("a: b\n---\nc: d", "yaml-documents", "---", "Delete the line"),
    ("a: b\n...\nc: d", "yaml-documents", "...", "Delete the line"),
    ("[a]: b", "yaml-key", "[", "plain text"),
    ("? a\n: b", "yaml-key", "?", "key: value"),
    ("a: b\n?  c\n: d", "yaml-key", "?", "key: value"),
    ("<<: {a: b}", "yaml-key", "<<", "Write the keys out"),
    ("a: &x b\n*x : c", "yaml-key", "*x", "Write the key out"),
    ("a: x\x07y", "yaml-syntax", "\x07", "Delete it"),
    ("a: é😀\0y", "yaml-syntax", "\0", "Delete it"),
    ("a\ufeff: b", "yaml-syntax", "\ufeff", "invisible"),
]


def mended(fix: Edit) -> str:
    text = fix.span.source.text
    return str(text[: fix.span.start] + fix.text + text[fix.span.end :])


@pytest.mark.parametrize(("text", "code", "where", "hint"), MISTAKES, ids=[repr(one[0]) for one in MISTAKES])
def test_a_mistake_is_explained(text: str, code: str, where: str, hint: str) -> None:
    """A mistake is one error, at the characters that caused it, with a hint that says how to write it right."""
    _, problems = read(text)
    assert [(p.code, p.severity, marked(p.span)) for p in problems] == [(code, "error", where)]
    assert any(hint in one for one in problems[0].hints)
    assert problems[0].label
    assert "```" not in problems[0].message


@pytest.mark.parametrize("text", [one[0] for one in MISTAKES])
def test_a_fix_mends(text: str) -> None:
    """Where an edit is offered, the file can be read after it, and holds every word that it held before."""
    for problem in read(text)[1]:
        if problem.fix:
            node, left = read(mended(problem.fix))
            assert left == []
            assert isinstance(node, Mapping | Sequence)
            assert "".join(filter(str.isalnum, str(value(node)))) == "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a: {{c1::x}} y\nb: c\n", "a: '{{c1::x}} y'\nb: c\n"),
        ("- id: x\n  a: *it's*\n", '- id: x\n  a: "*it\'s*"\n'),
        ("a: *'x' \"y\"*", "a: '*''x'' \"y\"*'"),
        ("a: b: c  \nd: e", "a: 'b: c'  \nd: e"),
        ("a: [b] c", "a: '[b] c'"),
        ("- id:x\n  a: b", "- id: x\n  a: b"),
        ("a: &b c", "a: '&b c'"),
        ("a: !b c", "a: '!b c'"),
        ("a: b\ufeffc", "a: bc"),
        ("a: *b*\n  more", None),
        ("a: *b*  # more", None),
        ("a: &x [b]", None),
        ("a: !t 'b'", None),
        ("a: [*b* c]", None),
        ("*b* c", None),
        ("a: 'b", None),
    ],
)
def test_a_fix_is_offered_only_when_it_is_sure(text: str, fixed: str | None) -> None:
    """An edit is offered for a value that stands on one line, and not where more than that may be meant."""
    (problem,) = read(text)[1]
    assert (mended(problem.fix) if problem.fix else None) == fixed


def test_the_trouble_is_named() -> None:
    """Characters go by their code point and name, escapes by what is wrong with them."""
    messages = [
        read(text)[1][0].message for text in ("a: \0", "a: \x1b", 'a: "\\q"', 'a: "\\ud83d"', "a: \udfff", "a: \ufffe")
    ]
    for part, message in zip(
        ("(NUL)", "U+001B (ESC", "`\\q` is no", "no character", "half", "U+FFFE is"), messages, strict=True
    ):
        assert part in message


@needs_two_parsers
@pytest.mark.parametrize("text", [CARDS, "a: '\\ud83d' # x\ty\nb:\tc\td\n", *(one[0] for one in MISTAKES)])
def test_both_parsers_say_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mistake is explained in the same words and at the same place without libyaml."""
    fast = everything(text)
    monkeypatch.setattr(events, "LIBYAML", None)
    assert everything(text) == fast


def test_quotes_over_lines_show_where_they_opened() -> None:
    """Where a forgotten quote is found out lines later, the place where it opened is shown beside."""
    (problem,) = read('a: "x\nb: y\nc: "z"\n')[1]
    ((opened, label),) = problem.related
    assert (problem.span.line, opened.line, marked(opened)) == (3, 1, '"')
    assert "opened here" in label


def test_what_nobody_foresaw_is_told() -> None:
    """A complaint of PyYAML that is not known is passed on in its own words, at its place."""
    bag = Bag()
    syntax.report(Source("a.yaml", "a: b"), ValueError("something odd"), None, None, bag)
    assert [(p.code, p.message) for p in bag] == [("yaml-syntax", "YAML cannot read this: something odd")]
