"""What would run or load something, however it is spelled."""

from __future__ import annotations

import pytest
from conftest import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from deckgen.active import IMAGE_OCCLUSION_SCRIPT, find_active


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "< SCRIPT src=x>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        '<img src="x"onerror=alert(1)>',
        "<svg/onload=alert(1)>",
        "<details\nontoggle = x>",
        '<a href="javascript:alert(1)">',
        '<a href="java\nscript:alert(1)">',
        '<a href="&#106;avascript:alert(1)">',
        '<a href="javascript&colon;alert(1)">',
        "<a href=vbscript:x>",
        '<a href="data:text/html,x">',
        "<iframe srcdoc=x>",
        "<object data=x>",
        "<embed src=x>",
        '<base href="x">',
        '<meta http-equiv="refresh">',
        '<link rel="stylesheet" href="x.css">',
        "<form action=x>",
        '<img src="https://example.org/x.png">',
        '<img src="//example.org/x.png">',
        "<img src=http://example.org/x.png>",
        '<img srcset="a.png 1x, https://example.org/b.png 2x">',
        '<video poster="https://example.org/x.png">',
        '<image href="https://example.org/x.svg">',
        '<use xlink:href="//example.org/x.svg#a">',
        '<image alt="<a " href="https://example.org/x.svg">',
        """<image alt='<a x="y" ' href="https://example.org/x.svg">""",
        '<animate attributeName="href" to="x">',
        "@import 'x.css';",
        "@\\69mport 'x.css';",
        ".a { background: url(https://example.org/x.png) }",
        ".a { background: url( '//example.org/x.png' ) }",
        ".a { background: u\\72l(http://example.org/x.png) }",
        ".a { background: url(data:text/html,x) }",
        ".a { background: url(file:///etc/passwd) }",
        ".a { background: image-set('https://example.org/x.png' 1x) }",
        ".a { width: expression(alert(1)) }",
        ".a { -moz-binding: x }",
        '<div style="background: url(http://example.org/x.png)">',
        "<svg><script>alert(1)</script></svg>",
        "<svg:script>alert(1)</svg:script>",
        "<math><mtext><script>x",
        '<math><a xlink:href="javascript:alert(1)">',
        "<svg><set attributeName=onload to=x onbegin=alert(1)>",
        '<svg><animate attributeName="xlink:href" values="x">',
        "<fencedframe src=x>",
        "<META HTTP-EQUIV=refresh CONTENT='0;url=x'>",
        "<img src=https:example.org/x.png>",
        '<img src="ht\ntps://example.org/x.png">',
        '<img src="&#104;ttps&#58;//example.org/x.png">',
        '<img src="ht&Tab;tps://example.org/x.png">',
        '<img src="&#1;https://example.org/x.png">',
        '<img src="/&Tab;/example.org/x.png">',
        '<img src="\\\\example.org/x.png">',
        '<img src="&sol;&sol;example.org/x.png">',
        '<img src="file:x.png">',
        '<img src=x attributionsrc="https://example.org">',
        "<img srcset=x>",
        "<input type=image src=https://example.org/x.png>",
        "<button formaction='https://example.org'>",
        '<a href="&#0000000106;avascript:x">',
        '<a href="&#x000000000006A;avascript:x">',
        '<a href="&#X6a;avascript:x">',
        '<a href="jav&#x0A;ascript:x">',
        '<a href=" \x01javascript:x">',
        '<a href="JaVaScRiPt&#58x">',
        '<a href="da&#10;ta:text/html,x">',
        '<a href="data:image/svg+xml,x">',
        '<use href="data:image/svg+xml,x">',
        '<a href="data: application/xhtml+xml,x">',
        "@\\000069mport 'x';",
        "@i\\mport 'x';",
        '@font-face { src: url("ht\\\ntps://example.org/x") }',
        '.a { background: url("ht\\a tps://example.org/x") }',
        ".a { background: url(https:example.org/x) }",
        ".a { background: src('//example.org/x') }",
        ".a { background: -webkit-image-set('x' 1x) }",
        "[sound:https://example.org/x.mp3]",
        "[latex]x[/latex]",
        "[$$]x[/$$]",
    ],
)
def test_active_content_is_found(text: str) -> None:
    """Scripts, handlers, frames, remote loads: found in any case, spacing, quoting or escaping."""
    assert find_active(f"<p>before</p> {text} after")


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://example.org">a link is no load</a>',
        '<a class="dg" lang="en" href="https://example.org">a link</a>',
        '<img src="dg-1.svg" alt="on = off">',
        "<summary>Show or hide</summary> 1 = one; options = 3",
        ".a { background: url(_dg.png); content: '\\2713' }",
        ".a { background: url(data:image/png;base64,AAAA) }",
        ".a { background: url(data:image/svg+xml;base64,AAAA) }",
        '<img src="data:image/svg+xml;base64,AAAA">',
        '<a href="mailto:a@example.org">a letter</a>',
        "[anki:tts lang=en_US]word[/anki:tts] and [sound] of $5",
        "{{#Figure}}<details>{{Figure}}</details>{{/Figure}}",
        "Osteoblast on = off; a description: of something; metadata",
        "<blockquote>the object of science</blockquote>",
        IMAGE_OCCLUSION_SCRIPT,
    ],
)
def test_harmless_content_passes(text: str) -> None:
    """Links, pictures of the package, style and Anki's own call are not active."""
    assert find_active(text) == []


def test_only_anki_s_own_call_may_run() -> None:
    """The one script that is allowed is allowed letter for letter."""
    assert find_active(IMAGE_OCCLUSION_SCRIPT.replace("setup()", "setup(); alert(1)"))


def test_findings_have_places() -> None:
    """A finding says what it is and where it stands; one behind an escape is placed at the escape."""
    (script,) = find_active("ab <script")
    assert script == ("a script", 3, 10)
    (hidden,) = find_active("abc @\\69mport x")
    assert hidden[1:] == (5, 7)


@given(st.text(alphabet="<>/\"'= \\&#;:@(){}abcdjnorsuvxy1", max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    """No text makes it fail, and places lie within the text."""
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in find_active(text))


@pytest.mark.parametrize(
    "part",
    [
        "<",
        "< ",
        "<a ",
        '<a x="',
        "<a href=//",
        "srcset='",
        "src=",
        "src= ",
        "url(",
        "url( ",
        "\\6a",
        "&",
        "j ",
        "data :",
        "d a t a:",
        "src(",
        "&#000",
        "[",
        "<a:",
        " ",
        " on",
        "aa",
    ],
)
def test_long_texts_take_no_longer_than_they_are(part: str) -> None:
    """Signs that begin everything and end nothing are read in linear time."""
    assert grows_linearly(lambda size: find_active("<src=url(href=" + part * (size // len(part))), 200_000)
