"""Drive genanki directly: COUNT notes into the package PATH, with stable GUIDs."""

from __future__ import annotations

import sys

import genanki


def main(count: int, path: str) -> None:
    """What a teacher who can program would write."""
    sides = [{"name": "C", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}]
    model = genanki.Model(1607392319, "M", fields=[{"name": "Front"}, {"name": "Back"}], templates=sides)
    deck = genanki.Deck(2059400110, "Bench")
    for i in range(count):
        fields = [f"Question {i} about RANKL", f"Answer {i} NF-kB"]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=genanki.guid_for("bench", i)))
    genanki.Package(deck).write_to_file(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
