"""Problems as values: where they are, in which order they come, and which name was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, DeckgenError, Diagnostic, Edit, Source, Span, nearest

TEXTS = st.text(st.sampled_from("ab\n\ré😀\x85\u2028"), max_size=30)


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 3)), (6, (3, 1)), (7, (3, 2)), (8, (4, 1)), (99, (4, 1))],
)
def test_offsets_have_a_line_and_a_column(offset: int, place: tuple[int, int]) -> None:
    """Lines and columns count characters from 1; what lies past the end is at the end."""
    assert Source("a", "ab\n😀é\nc\n").position(offset) == place


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end: str) -> None:
    """Lines are those of an editor, whichever system wrote the file, and come without their ends."""
    source = Source("a", f"one{end}{end}three{end}")
    assert [source.line(number) for number in range(6)] == ["", "one", "", "three", "", ""]
    assert source.position(source.text.index("three")) == (3, 1)


@given(TEXTS)
def test_positions_lead_back(text: str) -> None:
    """Line and column of any offset lead back to the character there."""
    source = Source("a", text)
    for offset, char in enumerate(text):
        line, column = source.position(offset)
        assert source.line_starts[line - 1] + column - 1 == offset
        if char not in "\r\n":
            assert source.line(line)[column - 1] == char


def test_a_span_knows_its_place() -> None:
    """A span says where it starts and where it ends, and in which file."""
    span = Span(Source("cards/a.yaml", "ab\ncd\n"), 1, 5)
    assert (span.path, span.line, span.column, span.end_line, span.end_column) == ("cards/a.yaml", 1, 2, 2, 3)


def test_a_bag_gives_problems_in_reading_order() -> None:
    """Problems come by path, then place, then code, however they were put in, and each one once."""
    early, late = Source("a.yaml", "one\ntwo\n"), Source("b.yaml", "one\n")
    bag = Bag()
    bag.error("z-code", "fourth", Span(late, 0, 1))
    bag.warning("b-code", "third", Span(early, 4, 5), "label", "hint")
    bag.error("a-code", "second", Span(early, 4, 5))
    bag.extend(
        [
            Diagnostic("z-code", "error", "first", Span(early, 0, 1)),
            Diagnostic("a-code", "error", "second", Span(early, 4, 5)),
        ]
    )
    assert [one.message for one in bag] == ["first", "second", "third", "fourth"]
    assert len(bag) == 5


def test_a_warning_stops_nothing() -> None:
    """Only an error counts as one, and both keep all that was said about them."""
    source = Source("a", "text")
    span, fix = Span(source, 0, 4), Edit(Span(source, 0, 1), "T")
    bag = Bag()
    bag.warning("code", "message", span, "label", "hint", "more", related=((span, "here"),), fix=fix)
    assert not bag.has_errors
    assert list(bag) == [
        Diagnostic("code", "warning", "message", span, "label", ("hint", "more"), ((span, "here"),), fix)
    ]
    bag.error("code", "message", span, "label", "hint", related=((span, "here"),), fix=fix)
    assert bag.has_errors
    assert bag.items[1] == Diagnostic("code", "error", "message", span, "label", ("hint",), ((span, "here"),), fix)


def test_the_environment_fails_with_a_hint() -> None:
    """A failure of the environment says what happened, and what to do next."""
    error = DeckgenError("the disk is full", "Delete something.")
    assert (str(error), error.hint) == ("the disk is full", "Delete something.")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("anwser", "answer"), ("Answer", "answer"), ("watch_out", "watch out"), ("watch-out", "watch out"), ("\xa0id ", "id"),
     ("tag", "tags"), ("questoin", "question"), ("shoe size", None), ("x", None), ("", None), ("a" * 5_000_000, None)],
)  # fmt: skip
def test_the_nearest_name(name: str, meant: str | None) -> None:
    """A slip is taken for the name it is near to; what is near to none is taken for none."""
    assert nearest(name, ["id", "question", "answer", "tags", "watch out"]) == meant


@given(st.lists(st.sampled_from(["tag", "Tag", "tags", "t-ag", "t ag"])))
def test_the_nearest_name_is_always_the_same(known: list[str]) -> None:
    """Neither the order of the names nor how often they are given makes a difference."""
    assert nearest("tag", known) == nearest("tag", reversed(known)) == nearest("tag", set(known))
