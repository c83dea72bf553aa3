"""HTML as tokens: what a browser would take for a tag, a text, a script."""

from __future__ import annotations

import pytest
from conftest import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from deckgen.htmltokens import RAW, UNCLEAR, read, skeleton


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, text[token.start : token.end]) for token in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<b>c</b>", [("text", "a"), ("tag", "<b>"), ("text", "c"), ("tag", "</b>")]),
        ("a < b <3 > c", [("text", "a < b <3 > c")]),
        ('<a b="c>d" e=\'"\'>f', [("tag", '<a b="c>d" e=\'"\'>'), ("text", "f")]),
        ("<a b=c>d", [("tag", "<a b=c>"), ("text", "d")]),
        ('<a "b=c">d', [("tag", '<a "b=c">'), ("text", "d")]),
        ("<a b='c>d", [("tag", "<a b='c>d")]),
        ("<!-- <b> -->c", [("comment", "<!-- <b> -->"), ("text", "c")]),
        ("<!-->a-->", [("comment", "<!-->"), ("text", "a-->")]),
        ("<!-- a --!>b", [("comment", "<!-- a --!>"), ("text", "b")]),
        ("<!--!>a-->b", [("comment", "<!--!>a-->"), ("text", "b")]),
        ("<!-- a", [("comment", "<!-- a")]),
        ("<!x>a<?y>b</ z>c", [("comment", "<!x>"), ("text", "a"), ("comment", "<?y>"), ("text", "b"), ("comment", "</ z>"), ("text", "c")]),
        ("<script>a<b</script>c", [("tag", "<script>"), ("raw", "a<b"), ("tag", "</script>"), ("text", "c")]),
        ("<style></STYLE >a", [("tag", "<style>"), ("raw", ""), ("tag", "</STYLE >"), ("text", "a")]),
        ("<style>a</styles>b", [("tag", "<style>"), ("raw", "a</styles>b")]),
        ("<svg><path d='M0'/><title>a</title></svg>b", [("drawing", "<svg><path d='M0'/><title>a</title></svg>"), ("text", "b")]),
        ("a<svg><style>b</style></svg>c", [("text", "a"), ("unclear", "<svg><style>b</style></svg>c")]),
        ("<script><!--<script></script>a", [("tag", "<script>"), ("unclear", "<!--<script></script>a")]),
        ("a<![CDATA[b]]>c", [("text", "a"), ("unclear", "<![CDATA[b]]>c")]),
    ],
)  # fmt: skip
def test_texts_are_read_as_a_browser_does(text: str, expected: list[tuple[str, str]]) -> None:
    """Tags, quotes, comments and scripts begin and end where the HTML standard says."""
    assert kinds(text) == expected


@pytest.mark.parametrize("name", sorted(UNCLEAR))
def test_what_cannot_be_told_is_not_guessed(name: str) -> None:
    """Behind an element that changes how a browser reads, nothing is a text any more."""
    assert [token.kind for token in read(f"<p>a</p><{name}><b>b</b></{name}>c<p>")][3:] == ["unclear"]


def test_attributes_have_the_places_of_their_values() -> None:
    """Name in small letters, value without quotes."""
    text = "<a HREF = 'x y' b c=d/e>"
    (token,) = read(text)
    assert [(name, text[start:end], quoted) for name, start, end, quoted in token.attributes] == [
        ("href", "x y", True),
        ("b", "", False),
        ("c", "d/e", False),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "/", "a", "=", "'", '"', " ", "!--", "--", "script", "style", "svg", "path", "title", "x"]
        ),
        max_size=40,
    )
)
def test_no_text_is_left_out(parts: list[str]) -> None:
    """Tokens follow each other without a gap, from the first letter to the last."""
    text = "".join(parts)
    tokens = read(text)
    assert "".join(text[token.start : token.end] for token in tokens) == text
    assert [token.start for token in tokens[1:]] == [token.end for token in tokens[:-1]]


@pytest.mark.parametrize(
    "part",
    [
        "<",
        "<a ",
        "<a b='",
        "<!--",
        "<!",
        "</",
        "<svg>",
        "<svg><path>",
        "<svg></svg>",
        "<title>",
        "<script>",
        "a=",
        " = ",
        "<p/>",
    ],
)
def test_long_texts_take_no_longer_than_they_are(part: str) -> None:
    """Beginnings without an end are read in linear time."""
    assert grows_linearly(lambda size: read(part * (size // len(part))), 200_000)


def test_a_skeleton_is_what_words_do_not_change() -> None:
    """Words between tags and in harmless values may differ; anything else may not."""
    page = '<p title="{0}">{0}<b>{0}</b><!-- {0} --></p>'
    assert skeleton(page.format("one")) == skeleton(page.format("two three"))
    for page in ('<p onclick="{0}">', "<script>{0}</script>", "<p {0}>", "<p title={0}>", "<{0}>", "{0}<style>{0}"):
        assert skeleton(page.format("one")) != skeleton(page.format("two"))
    assert skeleton("<b>") != skeleton("</b>")


def test_tables_agree() -> None:
    """No element is both raw and unclear."""
    assert not RAW & UNCLEAR
