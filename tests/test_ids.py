"""Permanent identities. The golden values in this file may never change: students' progress hangs on them."""

from __future__ import annotations

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from deckgen import ids

DAY = 86_400_000
names = st.text(max_size=12)


def composed(*texts: str) -> list[str]:
    return [unicodedata.normalize("NFC", text) for text in texts]


def test_golden_values() -> None:
    """Ids are what they were in the first edition; whoever must change this test must not make the change."""
    assert ids.note_guid("osteoporosis", "opg-role") == "w$kI9{Wo)5"
    assert ids.note_guid("heart", "diuretic/furosemide/transporter") == "fgY&PQeas@"
    assert ids.note_type_id("Example", "recall", "en") == 1_232_706_601_215
    assert ids.note_type_id("Example", "recall", "de") == 1_085_334_056_223
    assert ids.field_id(1_234_567_890_123, "question") == 4_557_112_585_215_709
    assert ids.template_id(1_234_567_890_123, "recall") == 3_994_617_692_285_970
    assert ids.deck_id("Osteoporosis::1 Signal initiation") == 1_334_852_377_727
    assert ids.first_row_id("osteoporosis") == 1_621_065_111_234


@given(names, names)
def test_guids_are_what_anki_expects(deck: str, note: str) -> None:
    """A GUID has ten characters, all of Anki's own alphabet."""
    guid = ids.note_guid(deck, note)
    assert len(guid) == 10
    assert set(guid) <= set(ids.BASE91)


@given(names, names, names, names)
def test_names_cannot_run_together(deck: str, note: str, other_deck: str, other_note: str) -> None:
    """Two notes share a GUID only when both their names agree: "a" + "bc" is not "ab" + "c"."""
    same = composed(deck, note) == composed(other_deck, other_note)
    assert (ids.note_guid(deck, note) == ids.note_guid(other_deck, other_note)) is same


@given(names, names, names)
def test_ids_are_times_in_the_past(publisher: str, key: str, language: str) -> None:
    """Anki renumbers ids that lie after tomorrow: ours are plausible times in milliseconds, all long past."""
    note_type = ids.note_type_id(publisher, key, language)
    for number in (note_type, ids.deck_id(key), ids.first_row_id(key) + 1_000_000):
        assert 1_000_000_000_000 <= number < time.time() * 1000 - DAY


@given(names, names)
def test_numbers_survive_javascript(key: str, other: str) -> None:
    """Ids of fields and templates are positive and exact as a double, because Anki's pages are JavaScript."""
    for number in (ids.field_id(1, key), ids.template_id(1, key)):
        assert 0 < number < 2**53
    assert (ids.field_id(1, key) == ids.field_id(1, other)) is (composed(key) == composed(other))
    assert ids.field_id(1, key) != ids.field_id(2, key)
    assert ids.field_id(1, key) != ids.template_id(1, key)


def test_ten_thousand_notes_never_share_a_guid() -> None:
    """A deck of ten thousand notes has ten thousand GUIDs."""
    assert len({ids.note_guid("heart", f"note-{n}") for n in range(10_000)}) == 10_000


def test_a_mac_and_a_pc_agree() -> None:
    """A name typed with composed letters gives the ids of the same name typed with combining marks."""
    assert ids.note_type_id("Caf\u00e9", "recall", "fr") == ids.note_type_id("Cafe\u0301", "recall", "fr")
