"""What was found on cards, the same thing in many places once; shared by the tools that look at cards."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

APART = 1.0  # px: as far as a part of the front may move when the card is turned
MEASURE = re.compile(r"(?<![#\w.-])-?\d+(?:\.\d+)?")


class Seen(NamedTuple):
    """Where a finding was made, and in what words."""

    card: str
    side: str
    view: str
    words: str


@dataclass(slots=True)
class Findings:
    """Findings by kind, place on the card and words. What differs only in its measures is one finding."""

    places: dict[tuple[str, str, str], list[Seen]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, where: str, detail: str, seen: Seen) -> None:
        """Note a finding of one side in one view."""
        self.places[kind, where, MEASURE.sub("n", detail)].append(seen)

    def lines(self) -> Iterator[str]:
        """The findings for people, the most frequent of a kind first."""
        for (kind, where, _), seen in sorted(self.places.items(), key=lambda item: (item[0][0], -len(item[1]))):
            views = sorted({each.view for each in seen})
            shown = ", ".join(views[:4]) + (f" and {len(views) - 4} more" if len(views) > 4 else "")
            cards = len({each.card for each in seen})
            first = seen[0]
            yield f"{kind}: {where}: {first.words}\n    {cards} card(s), first {first.card}, side {first.side}; {shown}"

    def as_json(self) -> list[dict[str, Any]]:
        """Every finding with all its places."""
        return [
            {"kind": kind, "where": where, "detail": detail, "seen": [each._asdict() for each in seen]}
            for (kind, where, detail), seen in self.places.items()
        ]


def note_checks(findings: Findings, seen: Mapping[str, Any], at: Seen) -> None:
    """Note what `page_checks.js` said of a page."""
    for each in seen["findings"]:
        words = f"{each['detail']}: “{each['text']}”"
        findings.add(each["kind"], each["where"], each["detail"], at._replace(words=words))


def compare_places(
    findings: Findings, places: Mapping[str, Mapping[str, list[float]]], at: Seen, apart: float = APART
) -> None:
    """Note what stands elsewhere on another side than on `q`."""
    for side, found in places.items():
        for name, there in places["q"].items():
            moves = [b - a for a, b in zip(there, found.get(name, there), strict=True)]
            if max(map(abs, moves)) > apart:
                words = f"by {moves[0]:+.1f}, {moves[1]:+.1f} px when the card is turned"
                findings.add("moved", name, words, at._replace(side=side, words=words))
