"""The shapes a loader asks for, and the keys it knows: each slip is named with the way to mend it."""

from __future__ import annotations

import pytest

from deckgen.diagnostics import Bag, Source, Span
from deckgen.yamlnodes import Mapping, expect_mapping, expect_scalar, expect_sequence, parse, take


def keys_of(text: str) -> Mapping:
    node = parse(Source("a.yaml", text), Bag())
    assert isinstance(node, Mapping)
    return node


def marked(span: Span) -> str:
    return str(span.source.text[span.start : span.end])


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a: heart", "`tags` must be a list, not text", "`[heart]`"),
        ("a: 'a b'", "`tags` must be a list, not text", "`[one, two]`"),
        ("a:", "`tags` must be a list, but nothing stands here", "`- `"),
        ("a: {b: c}", "`tags` must be a list, not keys with values", "`- `"),
    ],
)
def test_a_list_is_asked_for(text: str, message: str, hint: str) -> None:
    """What should be a list and is none is named for what it is, with the right form."""
    node = keys_of(text)
    bag = Bag()
    assert expect_sequence(node.entries[0][1], "`tags`", bag) is None
    (problem,) = bag
    assert (problem.code, problem.message) == ("wrong-shape", message)
    assert hint in problem.hints[0]
    assert (problem.fix.text if problem.fix else None) == ("[heart]" if text == "a: heart" else None)


def test_shapes_are_asked_for() -> None:
    """The right shape passes without a word; each wrong one is an error with a hint."""
    node = keys_of("a: text\nb: [x]\nc: {k: v}\nd: id:x\ne:\n- x\nf:\n  g: h\n")
    values = {key.text: one for key, one in node.entries}
    bag = Bag()
    assert expect_scalar(values["a"], "`a`", bag) is values["a"]
    assert expect_sequence(values["b"], "`b`", bag) is values["b"]
    assert expect_mapping(values["c"], "`c`", bag) is values["c"]
    assert len(bag) == 0
    for name in "bcef":
        assert expect_scalar(values[name], f"`{name}`", bag) is None
    for name in "abd":
        assert expect_mapping(values[name], f"`{name}`", bag) is None
    assert [p.message.split(" must be ")[1] for p in bag.items] == [
        "text, not a list", "text, not keys with values", "text, not a list", "text, not keys with values",
        "keys with values, not text", "keys with values, not a list", "keys with values, not text",
    ]  # fmt: skip
    assert [p.hints[0].split("`")[1] for p in bag.items] == ["[", "{", "- ", ": ", "key: value", "key: value", "id: x"]


def test_unknown_keys_are_caught() -> None:
    """A key that is not known is left out and reported: with the near name and an edit, or with all names."""
    node = keys_of("id: x\nanwser: Four\nWatch-Out: y\nshoe size: 42\n")
    bag = Bag()
    assert list(take(node, ("id", "answer", "watch out"), bag, "a note")) == ["id"]
    near, folded, far = bag
    assert (near.message, near.label, marked(near.span)) == ("unknown key `anwser`", "did you mean `answer`?", "anwser")
    assert near.fix is not None
    assert (near.fix.span, near.fix.text) == (near.span, "answer")
    assert folded.fix is not None
    assert folded.fix.text == "watch out"
    assert far.fix is None
    assert far.hints == ("The keys of a note are `id`, `answer`, `watch out`.",)


def test_a_key_that_is_there_is_not_suggested() -> None:
    """The near name is not offered when the mapping has it already: the edit would make it stand there twice."""
    node = keys_of("answer: x\nanwser: y\n")
    bag = Bag()
    take(node, {"answer", "tags"}, bag, "a note")
    assert [p.fix for p in bag] == [None]


def test_one_slip_in_many_notes_stays_cheap() -> None:
    """Names are suggested for the first thousand problems, and a flood of keys in one mapping is cut short."""
    bag = Bag()
    node = keys_of("anwser: x\n")
    for _ in range(3000):
        take(node, frozenset({"answer"}), bag, "a note")
    assert len(bag) == 3000
    assert sum(one.fix is not None for one in bag.items) == 1000
    flood = Bag()
    take(keys_of("".join(f"k{i}: x\n" for i in range(500))), frozenset({"answer"}), flood, "a note")
    assert len(flood) == 100
