"""The bibliography: what Zotero exports in, formatted entries out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, Source, Span
from deckgen.model import Reference
from deckgen.references import format_references, read_records

RECORD = {
    "id": "Boyle2003",
    "type": "article-journal",
    "title": "Osteoclast <i>differentiation</i> & activation < later",
    "author": [{"family": "Boyle", "given": "William J."}, {"family": "Simonet", "given": "W. Scott"}],
    "container-title": "Nature",
    "volume": 423,
    "page": "337-342",
    "issued": {"date-parts": [["2003"]]},
    "DOI": "10.1038/nature-01658",
}
YAML = """\
references:
- id: Boyle2003
  type: article-journal
  title: Osteoclast <i>differentiation</i> & activation < later
  author:
  - {family: Boyle, given: William J.}
  - {family: Simonet, given: W. Scott}
  container-title: Nature
  volume: 423
  page: 337-342
  issued:
    date-parts:
    - - 2003
  DOI: 10.1038/nature-01658
"""


def formatted(
    text: str, name: str = "references.json", style: str = "american-medical-association"
) -> tuple[dict[str, Reference], Bag]:
    bag = Bag()
    source = Source(name, text)
    records = read_records(source, bag)
    return format_references(records.values(), style, Span(source, 0, 0), "en", bag), bag


def test_json_and_yaml_give_the_same_entry() -> None:
    """Both of Zotero's exports are read, and a number written as text is the same number."""
    from_json, bag = formatted(json.dumps([RECORD], indent="\t"))
    from_yaml, other = formatted(YAML, "references.yaml")
    assert from_json["Boyle2003"].html == from_yaml["Boyle2003"].html
    assert (len(bag), len(other)) == (0, 0)


def test_the_style_formats_and_nothing_is_lost() -> None:
    """The entry has no number in front, its pages as the style has them, its DOI untouched, its title escaped."""
    entry = formatted(json.dumps([RECORD]))[0]["Boyle2003"]
    assert entry.html == (
        "Boyle WJ, Simonet WS. Osteoclast <i>differentiation</i> &amp; activation &lt; later. "
        "<i>Nature</i>. 2003;423:337-342. doi:10.1038/nature-01658"
    )
    assert (
        entry.text
        == "Boyle WJ, Simonet WS. Osteoclast differentiation & activation < later. Nature. 2003;423:337-342. doi:10.1038/nature-01658"
    )


def test_another_style_by_name() -> None:
    """A deck may ask for any CSL style by its name; a number in front is taken off there, too."""
    entry = formatted(json.dumps([RECORD]), style="elsevier-vancouver")[0]["Boyle2003"]
    assert entry.text.startswith("Boyle WJ, Simonet WS.")
    unknown, bag = formatted(json.dumps([RECORD]), style="../../etc/passwd")
    assert unknown == {}
    assert [item.code for item in bag] == ["unknown-style"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('[{"id": "a", "title": "x"},\n {"id": "a", "title": "y"}]', "duplicate-reference", 2),
        ('[\n{"id": "a" "title": 1}]', "bad-bibliography", 2),
        ('{"a": 1}', "bad-bibliography", 1),
        ('[{"title": "no id"}]', "bad-reference-key", 1),
        ('[\n{"id": "two words", "title": "x"}]', "bad-reference-key", 2),
        ('[{"id": "a"}]', "thin-reference", 1),
        ("[" * 100_000, "bad-bibliography", 1),
    ],
)
def test_mistakes_in_a_bibliography_are_found(text: str, code: str, line: int) -> None:
    """Each mistake has a name, and the line of the record it is in."""
    bag = Bag()
    read_records(Source("references.json", text), bag)
    assert [(item.code, item.span.line) for item in bag] == [(code, line)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
csl_keys = st.sampled_from(
    ["type", "title", "author", "issued", "page", "volume", "container-title", "DOI", "editor", "custom"]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(csl_keys, json_values))
def test_no_record_is_too_strange(values: dict[str, object]) -> None:
    """Whatever a record holds, it is formatted or reported; nothing is raised."""
    bag = Bag()
    source = Source("references.json", json.dumps([{**values, "id": "x"}]))
    found = format_references(
        read_records(source, bag).values(), "american-medical-association", Span(source, 0, 0), "en", bag
    )
    assert found or bag.has_errors


def test_a_number_that_belongs_to_the_title_stays() -> None:
    """Only the number a style puts in front is taken off."""
    record = {"id": "a", "type": "webpage", "title": "10 years of densitometry", "URL": "https://example.org"}
    for style in ("apa", "american-medical-association"):
        assert formatted(json.dumps([record]), style=style)[0]["a"].text.startswith("10 years of densitometry")


@pytest.mark.parametrize("title", ["x \ud800 y", "x \x1b[31m y", "x\x00"])
def test_what_cannot_be_shown_is_refused(title: str) -> None:
    """JSON can spell out half a character or a control character; neither reaches a card."""
    bag = Bag()
    assert read_records(Source("references.json", json.dumps([{"id": "a", "title": title}])), bag) == {}
    assert [item.code for item in bag] == ["bad-reference"]
