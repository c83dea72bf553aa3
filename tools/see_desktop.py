"""Show every card of an .apkg in Anki's own desktop reviewer, both sides, light and night. Ends with 1 on a finding.

    python tools/see_desktop.py build/osteoporosis.apkg build/desktop
    python tools/see_desktop.py deck.apkg shots --search 'note:*Image*' --size 900x700 --sheets sheets

Needs `pip install 'aqt[qt6]==26.9.3' pillow` and no display: Qt draws "offscreen". It uses private names of aqt, so other
versions may need other words here. A throw-away profile is made and removed; nobody's own Anki is touched.
What `page_checks.js` measures is measured here too, in the engine that students have; pictures need a look.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki_cards import slip
from contact_sheets import Sheet
from findings import APART, Findings, Seen, compare_places, note_checks

PATIENCE = 20_000  # ms
TOUCH = 0  # px: a mouse needs none
OFFSCREEN = {
    "QT_QPA_PLATFORM": "offscreen",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",  # root, in a container
    "QT_QUICK_BACKEND": "software",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
    "ANKI_SINGLE_INSTANCE_KEY": f"see-desktop-{os.getpid()}",
}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--search", default="", help="only these cards, in Anki's search language")
    parser.add_argument("--size", default="900x700", help="of the window, WIDTHxHEIGHT")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets, one a note kind")
    return parser.parse_args(argv)


class Desktop:
    """A running Anki with a profile of its own, its event loop turned by hand."""

    def __init__(self, base: str) -> None:
        import aqt
        from aqt.profiles import ProfileManager

        profiles = ProfileManager(ProfileManager.get_created_base_folder(base))
        profiles.setupMeta()
        profiles.meta.update(
            firstRun=False, defaultLang="en_US", check_for_updates=False, last_addon_update_check=int(time.time())
        )
        profiles.create("look")
        profiles.load("look")
        profiles.save()
        profiles.db.close()
        self._app = aqt._run(["anki", "-b", base, "-p", "look", "-l", "en_US"], exec=False)
        self.window: Any = aqt.mw
        self.wait(lambda: self.window.col is not None)

    def wait(self, until: Callable[[], object], patience: int = PATIENCE) -> None:
        """Let Anki work until something is true; TimeoutError if it never is."""
        for _ in range(patience // 20):
            self.pause(20)
            if until():
                return
        raise TimeoutError("Anki did not come so far")

    def pause(self, milliseconds: int) -> None:
        """Let Anki work for a while."""
        from aqt.qt import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def script(self, code: str) -> Any:
        """The value of a script in the reviewer's page."""
        box: list[Any] = []
        self.window.web.evalWithCallback(code, box.append)
        self.wait(lambda: box)
        return box[0]

    def open(self, package: Path, search: str, width: int, height: int) -> list[int]:
        """Import a package and open the reviewer; the ids of the cards to show, in order."""
        from aqt.sound import av_player

        av_player.play_tags = lambda _: None  # no player may be there, and Anki would ask for one
        window = self.window
        window.col.import_anki_package(
            ImportAnkiPackageRequest(package_path=str(package.resolve()), options=ImportAnkiPackageOptions())
        )
        window.resize(width, height)
        cards = list(window.col.find_cards(search, order="c.due, c.ord"))
        if cards:
            window.col.decks.set_current(window.col.get_card(cards[0]).did)
            window.moveToState("review")
            self.wait(lambda: window.state == "review" and window.reviewer.card)
        return cards

    def theme(self, *, night: bool) -> None:
        """Turn the theme over, as the preferences do."""
        from aqt.theme import Theme

        self.window.set_theme(Theme.DARK if night else Theme.LIGHT)
        self.pause(300)

    def question(self, number: int) -> None:
        """Show the front of a card."""
        reviewer = self.window.reviewer
        reviewer.card = self.window.col.get_card(number)
        reviewer.card.start_timer()
        reviewer._showQuestion()
        self._settle()

    def answer(self) -> None:
        """Turn the card that is shown; a student who had to type nearly knew it."""
        reviewer = self.window.reviewer
        expected = getattr(reviewer, "typeCorrect", None)
        reviewer.typedAnswer = slip(expected) if expected else ""
        reviewer._showAnswer()
        self._settle()

    def picture(self, *, bars: bool = True) -> bytes:
        """The window as PNG, or the card alone without Anki's bars."""
        from aqt.qt import QBuffer, QIODevice

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not (self.window if bars else self.window.web).grab().save(buffer, "PNG"):
            raise OSError("the picture could not be taken")
        return bytes(buffer.data())

    def close(self) -> None:
        """Close the collection; Qt itself is left to die with the process."""
        if self.window.col:
            self.window.col.close()

    def _settle(self) -> None:
        """Wait until the page is drawn: pictures in, formulas typeset, masks on, no fading left."""
        self.pause(150)
        ready = "[...document.images].every((i) => i.complete) && document.getElementById('qa').style.opacity !== '0'"
        self.wait(lambda: self.script(ready))
        self.pause(250)


def main(argv: Sequence[str] | None = None) -> int:
    """Show, check, report."""
    args = arguments(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, value in OFFSCREEN.items():
        os.environ.setdefault(name, value)
    findings, sheets = Findings(), dict[str, Sheet]()
    with tempfile.TemporaryDirectory(prefix="see-desktop-", ignore_cleanup_errors=True) as base:
        desktop = Desktop(base)
        cards = desktop.open(args.package, args.search, *(int(part) for part in args.size.split("x")))
        for night in (False, True):
            desktop.theme(night=night)
            for position, number in enumerate(cards, 1):
                _look(desktop, number, position, night, args, findings, sheets)
        desktop.close()
    for sheet in sheets.values():
        sheet.write(args.sheets)
    for line in findings.lines():
        print(line)
    print(f"{len(cards)} cards in the desktop reviewer, {len(findings.places)} findings")
    return 1 if findings.places or not cards else 0


def _look(
    desktop: Desktop,
    number: int,
    position: int,
    night: bool,
    args: argparse.Namespace,
    findings: Findings,
    sheets: dict[str, Sheet],
) -> None:
    """Both sides of one card."""
    card = desktop.window.col.get_card(number)
    ref = dict(card.note().items()).get("Ref") or card.note().guid
    name, kind = f"{ref} ({card.template()['name']})", f"{card.note_type()['name']} / {card.template()['name']}"
    view = f"desktop-{'night' if night else 'light'}"
    places: dict[str, dict[str, list[float]]] = {}
    for side in ("q", "a"):
        if side == "q":
            desktop.question(number)
        else:
            desktop.answer()
        (args.out / f"{position:03d}{side}-{view}.png").write_bytes(desktop.picture())
        if args.sheets:
            sheets.setdefault(kind, Sheet(kind)).add(desktop.picture(bars=False), side=side, night=night, owner=name)
        seen = desktop.script(f"({CHECKS})({{touch: {TOUCH}}})")
        places[side] = seen["places"]
        note_checks(findings, seen, Seen(name, side, view, ""))
    compare_places(findings, places, Seen(name, "a", view, ""), APART)


CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # Qt takes its web engine down slowly, and loudly
