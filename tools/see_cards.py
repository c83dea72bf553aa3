"""Show every card of an .apkg as phones would, both sides, and check what can be measured. Ends with 1 on a finding.

    python tools/see_cards.py build/osteoporosis.apkg build/shots
    python tools/see_cards.py deck.apkg shots --sheets sheets --search 'note:*Image*'

Needs the packages of the group `tools` in pyproject.toml (anki, aqt, playwright, pillow) and a Chromium; how to get
them is told in docs/how-to/look-at-cards.md.
Three apps are imitated (AnkiDroid's two study screens, AnkiMobile), each at 360 px and at 320 px with text of 200 %,
light and night, every card as it comes and with all folds open:

- nothing makes the page scroll sideways or is cut off, and plain words never need a scroll bar of their own;
- every touch target is at least 44 px high; a link within a sentence is exempt (WCAG 2.5.5, exception "inline");
- every text has WCAG AA contrast (4.5:1, large 3:1) against what is really behind it; borders of controls 3:1;
- every colour token of the sheet has enough contrast with every ground it may stand on;
- topic, case, question and picture stand at the same place on both sides;
- nothing that only the back should hold is in the front's HTML, hidden or not;
- pictures load and have a text alternative, formulas are typeset, masks are drawn and lie on their picture.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from anki_cards import Card, Opened, leaks, opened
from contact_sheets import Sheet
from findings import Findings, Seen, compare_places, note_checks
from phone_page import APPS, Browser, View, browser, sides

SIZES = ((360, 100), (320, 200))  # width in px, text in per cent

# What may stand on what, by token: text 4.5, and 3 for what is no text. Every token must be in one of the rows.
TEXT, LINES = 4.5, 3.0
GROUNDS = ("--bg", "--tint")
PAIRS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("--ink", (*GROUNDS, "--accent-bg", "--good-bg", "--warn-bg"), TEXT),
    ("--ink-2", (*GROUNDS, "--good-bg"), TEXT),
    ("--accent", ("--bg", "--tint", "--accent-bg", "--warn-bg"), TEXT),
    ("--good", ("--bg", "--good-bg"), TEXT),
    ("--warn", ("--bg", "--warn-bg"), TEXT),
    ("--edge", GROUNDS, LINES),
)
DECORATION = frozenset(("--rule", "--plate"))  # hairlines, and what lies behind pictures
ANKI_MASKS = ("--active-shape-", "--inactive-shape-", "--highlight-shape-")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else "", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("package", type=Path)
    parser.add_argument("out", type=Path, help="folder for the pictures and report.json")
    parser.add_argument("--search", default="", help="only these cards, in Anki's search language")
    parser.add_argument("--apps", default=",".join(APPS), help="apps to imitate")
    parser.add_argument("--pictures", choices=("none", "some", "all"), default="some", help="some: 360 px, as it comes")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets, one small picture a note kind")
    parser.add_argument("--sheet-each", action="store_true", help="a contact sheet for every card instead")
    parser.add_argument("--chromium", help="the program, when it is not on the PATH")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Show, check, report."""
    args = arguments(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    apps = [APPS[name] for name in args.apps.split(",")]
    views = [View(app, width, text, night) for app in apps for width, text in SIZES for night in (False, True)]
    findings, sheets = Findings(), dict[str, Sheet]()
    with opened(args.package) as package, browser(package.media, args.chromium) as page:
        cards = package.cards(args.search)
        for card in cards:
            for words in leaks(card):
                findings.add("given away", "front", words, Seen(card.name, "q", "all", words))
        for view in views:
            print(f"{view.name}: {len(cards)} cards", file=sys.stderr, flush=True)
            for position, card in enumerate(cards, 1):
                _look(card, position, view, page, package, findings, args, sheets)
            check_tokens(page.tokens(), view, findings)
    for sheet in sheets.values():
        sheet.write(args.sheets)
    (args.out / "report.json").write_text(json.dumps(findings.as_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    for line in findings.lines():
        print(line)
    print(f"{len(cards)} cards, {len(views)} views, {len(findings.places)} findings")
    return 1 if findings.places or not cards else 0


def _look(
    card: Card,
    position: int,
    view: View,
    page: Browser,
    package: Opened,
    findings: Findings,
    args: argparse.Namespace,
    sheets: dict[str, Sheet],
) -> None:
    """All sides of one card in one view."""
    places: dict[str, dict[str, list[float]]] = {}
    for side, html in sides(card, package, view.app).items():
        page.show(view, card, html)
        seen = page.check()
        places[side] = seen["places"]
        if args.pictures == "all" or (args.pictures == "some" and view.text == 100):
            (args.out / f"{position:03d}{side}-{view.name}.png").write_bytes(page.picture())
        if args.sheets and view.text == 100 and view.app is APPS["android"] and side in {"q", "a"}:
            title = f"{card.ref} {card.template}" if args.sheet_each else card.kind
            sheet = sheets.setdefault(title, Sheet(title))
            sheet.add(page.picture(), side=side, night=view.night, owner=card.name)
        note_checks(findings, seen, Seen(card.name, side, view.name, ""))
        page.unfold()
        note_checks(findings, page.check(), Seen(card.name, f"{side}, unfolded", view.name, ""))
        if args.pictures == "all":
            (args.out / f"{position:03d}{side}-{view.name}-open.png").write_bytes(page.picture())
    compare_places(findings, places, Seen(card.name, "a", view.name, ""))


def check_tokens(tokens: dict[str, str], view: View, findings: Findings) -> None:
    """Every colour the sheet names against every ground it may stand on, whether a card shows the pair or not."""

    def add(name: str, words: str) -> None:
        findings.add("token", name, words, Seen("style sheet", "-", view.name, words))

    for name, grounds, need in PAIRS:
        for ground in grounds:
            if name not in tokens or ground not in tokens:
                add(name, f"or {ground} is gone: mend PAIRS in see_cards.py")
            elif (ratio := contrast(tokens[name], tokens[ground])) < need:
                add(name, f"{ratio:.2f} < {need} on {ground}")
    judged = {name for row in PAIRS for name in (row[0], *row[1])} | DECORATION
    for name in sorted(tokens.keys() - judged):
        if not name.startswith(ANKI_MASKS):
            add(name, "stands in no row of PAIRS in see_cards.py")


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two opaque colours, written `#rrggbb`."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


if __name__ == "__main__":
    sys.exit(main())
