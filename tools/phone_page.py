"""Pages that imitate the phone apps, and a headless browser that shows cards in them.

Needs the PyPI packages `playwright` and `aqt`, and a Chromium (Debian: `apt install chromium`). Of `aqt` only Anki's
own web files are read, to draw masks and formulas as Anki does; no Qt is needed. What the apps wrap round a card is
known from AnkiDroid's sources (a644cf79, 2026-08-22: classic and new study screen) and, for AnkiMobile, from its
manual only: classes and reviewer as on the desktop. Everything is served from memory; nothing reaches the network.
"""

from __future__ import annotations

import importlib.util
import mimetypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from anki_cards import SOUND, TYPED, Card, Opened, slip
from playwright.sync_api import Page, Route, sync_playwright

HOME = "http://card.invalid/"
CHECKS = Path(__file__).with_name("page_checks.js")
TOUCH = 44  # px: WCAG 2.5.5
SLOW = 20_000  # ms: what waits longer has failed

# AnkiDroid's classic study screen: what matters of its sheet, before the card's own.
_CLASSIC_SHEET = """
body { margin: 0; padding: 0; overflow-wrap: break-word; }
#content { margin: 0.5em; }
li { text-align: start; } pre { text-align: left; }
body.night_mode { color: white; background-color: black; } body.ankidroid_dark_mode { background-color: #303030; }
.typeGood { background-color: #0f0; } .typeBad { background-color: #f00; } .typeMissed { background-color: #ccc; }
.night_mode .typeGood { background-color: #508040; } .night_mode .typeBad { background-color: #905050; }
.night_mode input#typeans { color: white; background-color: black; }
.ankidroid_dark_mode input#typeans { background-color: #303030; }
#typeans { width: 100%; box-sizing: border-box; font-family: "Noto Sans Mono"; }
code#typeans { white-space: pre-wrap; font-variant-ligatures: none; }
.replay-button { text-decoration: none; } .replay-button span { display: inline-block; vertical-align: middle; padding: 5px; }
.replay-button span svg { height: 1em; width: 1em; min-width: 32px; min-height: 32px; }
.replay-button circle { fill: lightgrey; } .replay-button path { fill: black; }
.typePrompt { color: magenta; } .chrome img { max-width: 100%; max-height: 90%; }
"""
# ... and after it: the sheet for Anki's masks.
_CLASSIC_MASKS = """
#image-occlusion-container { position: relative; margin: 0 auto; max-height: calc(95vh - 40px); }
#image-occlusion-container img { position: absolute; top: 0; left: 0; width: 100%; height: 100%; max-width: unset; max-height: unset; }
#image-occlusion-canvas { position: absolute; top: 0; left: 0; width: 100%; height: 100%; }
"""
_NEW_SCREEN_SHEET = (
    'img, video { max-width: 100%; max-height: 100%; } #typeans { width: 100%; font-family: "Noto Sans Mono"; }'
)


class App(NamedTuple):
    """What an app wraps round a card. `typing`: where the student types, in the page, beside it, or a placeholder."""

    name: str
    html_class: str
    night_class: str  # on the body
    holder: str  # id of the element that holds the card
    own_sheet: str = ""
    after_sheet: str = ""
    reviewer_sheet: bool = True  # Anki's own reviewer.css comes first
    typing: str = "input"
    font_in_comparison: bool = True
    play_button: str = "{}"  # round the drawing that starts a sound


APPS = {
    app.name: app
    for app in (
        App(
            "android",
            "mobile android linux js",
            "night_mode nightMode ankidroid_dark_mode",
            "content",
            _CLASSIC_SHEET,
            _CLASSIC_MASKS,
            reviewer_sheet=False,
            typing="placeholder",
            font_in_comparison=False,
            play_button="<span>{}</span>",
        ),
        App("android-new", "mobile android chrome", "nightMode night_mode", "qa", _NEW_SCREEN_SHEET, typing="beside"),
        App("ios", "mobile iphone ios safari", "nightMode night_mode", "qa"),
    )
}


class View(NamedTuple):
    """How a card is looked at: app, width in px, size of text in per cent, theme."""

    app: App
    width: int
    text: int
    night: bool

    @property
    def name(self) -> str:
        """For file names and findings."""
        size = f"{self.width}" if self.text == 100 else f"{self.width}-{self.text}pc"
        return f"{self.app.name}-{size}-{'night' if self.night else 'light'}"


_PLAY = '<svg class="playImage" viewBox="0 0 64 64"><circle cx="32" cy="32" r="29"/><path d="M20 12v40l36-20z"/></svg>'


def sides(card: Card, package: Opened, app: App) -> dict[str, str]:
    """The HTML of the sides as the app shows them, sounds and typing put in.

    `q` and `a`; where the student types, `a` is of one who nearly knew it, `exact` of one who did, `untyped` of one
    who typed nothing.
    """
    typed = card.typed
    if typed is None:
        return {"q": _with_sounds(card.question, app), "a": _with_sounds(card.answer, app)}
    look = f"style=\"font-family: '{typed.font}'; font-size: {typed.size}px\""
    box = {
        "input": f"<center><input type=text id=typeans {look}></center>",
        "placeholder": '<span id="typeans" class="typePrompt">........</span>',
        "beside": "",
    }[app.typing]
    shown = {"q": TYPED.sub(lambda _: box, card.question)}
    for side, provided in (("a", slip(typed.expected)), ("exact", typed.expected), ("untyped", "")):
        html = package.compared(typed, provided)
        if app.font_in_comparison:
            html = f"<div {look}>{html}</div>"
        shown[side] = TYPED.sub(html.replace("\\", r"\\"), card.answer)
    return {side: _with_sounds(html, app) for side, html in shown.items()}


def _with_sounds(html: str, app: App) -> str:
    """HTML with a button in the place of every sound."""
    return SOUND.sub(f'<a class="replay-button soundLink" href="#">{app.play_button.format(_PLAY)}</a>', html)


class Browser:
    """A page of the browser that stays open; cards of one note type after another are put into it."""

    def __init__(self, page: Page, media: Path, web: Path) -> None:
        self._page, self._media, self._web = page, media, web
        self._shown: tuple[View, str] | None = None
        self._checks = CHECKS.read_text(encoding="utf-8")
        page.route("**/*", self._serve)
        page.set_default_timeout(SLOW)

    def show(self, view: View, card: Card, html: str) -> None:
        """Put one side of a card on the page, as the app's reviewer does, and wait until all is drawn."""
        if self._shown != (view, card.css):
            self._page.set_viewport_size({"width": view.width, "height": 2 * view.width})
            self._shell = self._page_html(view, card)
            self._page.goto(HOME)
            self._shown = (view, card.css)
        self._page.evaluate(_PUT, [view.app.holder, html, self._body_class(view, card)])

    def unfold(self) -> None:
        """Open everything that can be opened, and wait."""
        self._page.evaluate(_UNFOLD)

    def check(self) -> dict[str, Any]:
        """What `page_checks.js` says of what is shown."""
        return dict(self._page.evaluate(f"({self._checks})({{touch: {TOUCH}}})"))

    def picture(self) -> bytes:
        """The whole page as PNG, two pixels for one."""
        return bytes(self._page.screenshot(full_page=True))

    def tokens(self) -> dict[str, str]:
        """The colours that the sheet names (`--ink`), by name, as the page sees them."""
        return dict(self._page.evaluate(_TOKENS))

    def _body_class(self, view: View, card: Card) -> str:
        return f"card card{card.ordinal + 1} {view.app.night_class if view.night else ''} chrome".replace("  ", " ")

    def _page_html(self, view: View, card: Card) -> str:
        app = view.app
        night = " night-mode" if view.night and app.reviewer_sheet else ""
        reviewer = '<link rel=stylesheet href="/_anki/css/reviewer.css">' if app.reviewer_sheet else ""
        scripts = "".join(
            f'<script src="/_anki/js/{name}"></script>'
            for name in ("vendor/jquery.min.js", "mathjax.js", "vendor/mathjax/tex-chtml-full.js", "reviewer.js")
        )
        return (
            f'<!doctype html><html class="{app.html_class}{night}"><head><meta charset=utf-8>'
            f'<meta name=viewport content="width=device-width">{reviewer}<style>{app.own_sheet}</style>'
            f"<style>{card.css}</style><style>{app.after_sheet} html {{ font-size: {view.text}% }}</style>"
            f"<script>bridgeCommand = () => {{}}</script>{scripts}</head>"
            f'<body class="{self._body_class(view, card)}"><div id="{app.holder}" dir="auto"></div></body></html>'
        )

    def _serve(self, route: Route) -> None:
        path = unquote(urlsplit(route.request.url).path)
        if not route.request.url.startswith(HOME):
            route.abort()
        elif path == "/":
            route.fulfill(body=self._shell, content_type="text/html; charset=utf-8")
        else:
            anki = path.startswith("/_anki/")
            file = self._web / path.removeprefix("/_anki/") if anki else self._media / path.removeprefix("/")
            if file.is_file():
                route.fulfill(path=file, content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream")
            else:
                route.fulfill(status=404)


# Scripts in what is put into a page do not run by themselves; Anki's reviewer makes them anew, and so do we.
_DRAWN = """
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
"""
_PUT = f"""async ([holder, html, bodyClass]) => {{
  document.body.className = bodyClass;
  const element = document.getElementById(holder);
  element.innerHTML = html;
  window.scrollTo(0, 0);
  for (const old of [...element.querySelectorAll("script")]) {{
    const script = document.createElement("script");
    script.textContent = old.textContent;
    old.replaceWith(script);
  }}
  if (/\\\\[(\\[]/.test(html)) {{
    await MathJax.startup.promise;
    MathJax.typesetClear();
    await MathJax.typesetPromise([element]);
  }}
  {_DRAWN}
}}"""
_UNFOLD = f"""async () => {{
  document.querySelectorAll("details").forEach((fold) => fold.open = true);
  {_DRAWN}
}}"""
_TOKENS = """() => {
  const tokens = {};
  const names = new Set();
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      if (rule.style) for (const name of rule.style) if (name.startsWith("--")) names.add(name);
  const style = getComputedStyle(document.body);
  const painter = document.createElement("canvas").getContext("2d");
  for (const name of names) {
    const value = style.getPropertyValue(name).trim();
    if (!CSS.supports("color", value)) continue;
    painter.fillStyle = value;
    tokens[name] = painter.fillStyle;  // #rrggbb, whatever the notation; rgba(...) when it is not opaque
  }
  return tokens;
}"""


@contextmanager
def browser(media: Path, chromium: str | None) -> Iterator[Browser]:
    """A headless Chromium with the pictures of a package. `chromium` is its program; None looks on the PATH."""
    program = chromium or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("No Chromium on the PATH. Debian: apt install chromium. Elsewhere: --chromium PROGRAM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            page = running.new_page(device_scale_factor=2, has_touch=True)
            yield Browser(page, media, web_files())
        finally:
            running.close()


def web_files() -> Path:
    """The folder with Anki's own scripts and sheets, in the package `aqt`. It is looked for, not imported."""
    found = importlib.util.find_spec("_aqt")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("The PyPI package aqt is missing: pip install aqt")
    return Path(next(iter(found.submodule_search_locations))) / "data" / "web"
