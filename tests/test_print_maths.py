"""Formulas on paper: drawn, said in words, or refused by name."""

from __future__ import annotations

import pytest
from printed import deck, note, one, para, print_deck

from deckgen.diagnostics import Bag
from deckgen.markup.tree import Math
from deckgen.printing import maths


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("x^2", "x squared"),
        (r"\frac{a}{b}", "a over b"),
        (r"\frac{a+b}{c}", "the fraction a plus b over c, end of fraction,"),
        (r"T \le -2.5", "T is at most minus 2.5"),
        (r"\sqrt{x}", "the square root of x"),
        (r"\sum_{i=1}^{n} x_i", "the sum from i equals 1 to n of x sub i"),
        (r"\mu_{\mathrm{YA}}", "μ sub Y A"),
        (r"10^{-3}", "1 0 to the power minus 3"),
    ],
)
def test_formulas_are_said_in_words(tex: str, words: str) -> None:
    """The alternative of a formula is what one would read aloud, not LaTeX."""
    spoken = maths.draw(tex, display=False).spoken
    assert spoken.replace("10", "1 0") == words or spoken == words


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{cases} a & \text{if } x>0\\ b & \text{else}\end{cases}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\left(\frac{a}{b}\right)", r"\overline{x} \pm 1.96\,\mathrm{SE}",
        r"e^{-\lambda t}", r"a<b>c", r"\alpha\beta\gamma", r"\int_0^\infty f(x)\,dx", r"A \cup B \cap C", r"x_{1,2}", r"\hat{p}", r"\vec{v}", r"p < 0.05",
    ],
)  # fmt: skip
@pytest.mark.parametrize("display", [False, True])
def test_usual_formulas_are_drawn(tex: str, display: bool) -> None:
    """What medicine and statistics need is drawn, in the line and on its own."""
    formula = maths.draw(tex, display=display)
    assert formula.svg.startswith(b"<svg")
    assert 0 < formula.width < 40
    assert 0 < formula.height < 6
    assert -formula.height < formula.depth < formula.height


REFUSED = [
    r"\foo{x}", r"\ce{H2O}", r"\frac{1}{2", r"x}", r"\frac{1}", "", "  ", r"\text{a & b}", r"\text{a<b>c</b>}", r"\text{日本}", r"\newcommand{\a}{\b\b}\a", r"\def\a{x}\a",
    r"\href{file:///etc/passwd}{x}", r"\input{/etc/passwd}", r"\tag{1} x", r"\hspace{99999em}x", "{" * 3000, "x" * 3000, r"\left( x", r"\begin{matrix} a", "x^2^3", r"\text{$x$}",
]  # fmt: skip


@pytest.mark.parametrize("tex", REFUSED)
def test_what_cannot_be_drawn_is_refused(tex: str) -> None:
    """An unknown command, a missing brace, a definition, a link: refused with a reason, never printed as it happens to come out."""
    with pytest.raises(maths.UnsupportedMath) as caught:
        maths.draw(tex, display=False)
    assert str(caught.value)


def test_a_refused_formula_is_an_error_of_its_note() -> None:
    """All formulas are tried before a page is set; each that fails is an error that names note, field and formula, and nothing is made."""
    bag = Bag()
    notes = [
        note("good", Question="Q?", Answer=(para(Math("x^2", False, 0, 3)),)),
        note("bad", Question=(para(Math(r"\foo", False, 0, 4)),), Answer=(para(Math(r"\frac{1}{2", True, 0, 4)),)),
    ]
    assert print_deck(deck(notes), bag) == {}
    found = [(item.code, item.severity, item.message) for item in bag]
    assert [(code, severity) for code, severity, _ in found] == [("math-unsupported", "error")] * 2
    assert any(r"`\foo`" in message and "question of `bad`" in message for _, _, message in found)


def test_formulas_sit_on_the_line() -> None:
    """A formula in a line stands on the same base as the words around it, as large as they are."""
    page = one(deck([note("x", Question="Q?", Answer=(para("left ", Math("x", False, 0, 1), " right"),))]), "cards")[1]
    spans = [
        span
        for block in page.get_text("dict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        if "left" in span["text"]
    ]
    (base,) = [span["origin"][1] for span in spans]
    ink = [drawing["rect"] for drawing in page.get_drawings() if drawing["type"] == "f"]
    assert ink
    assert max(rect.y1 for rect in ink) == pytest.approx(base, abs=0.4)
    assert max(rect.height for rect in ink) == pytest.approx(12 * 0.47, abs=1.2)
