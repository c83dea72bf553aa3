"""Drive genanki directly: COUNT notes into the package PATH, with stable GUIDs, in one deck or in so many SUBDECKS."""

from __future__ import annotations

import sys

import genanki


def main(count: int, path: str, subdecks: int = 0) -> None:
    """What a teacher who can program would write."""
    sides = [{"name": "C", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}]
    model = genanki.Model(1607392319, "M", fields=[{"name": "Front"}, {"name": "Back"}], templates=sides)
    names = [f"Bench::Part {part}" for part in range(min(subdecks, count))] or ["Bench"]
    decks = [genanki.Deck(2059400110 + number, name) for number, name in enumerate(names)]
    for i in range(count):
        fields = [f"Question {i} about RANKL", f"Answer {i} NF-kB"]
        decks[i * len(decks) // count].add_note(
            genanki.Note(model=model, fields=fields, guid=genanki.guid_for("bench", i))
        )
    genanki.Package(decks).write_to_file(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
