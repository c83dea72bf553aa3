"""A project on disk: where it begins, and what its `deckgen.yaml` says.

Knows the settings of a project and of its decks. Not what a note, a template or an artifact is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path

from deckgen import shapes
from deckgen.diagnostics import Bag, Source, Span, nearest
from deckgen.files import Folder, Refused
from deckgen.jobs import LAYOUTS, PAPERS
from deckgen.jobs.job import DEFAULT_LAYOUTS
from deckgen.yamlnodes import Mapping, Node, Scalar, decode, expect_mapping, parse, take

SETTINGS = "deckgen.yaml"
CARDS = "cards"
STYLE = "american-medical-association"

PROJECT_KEYS = ("publisher", "home", "report errors", "decks", "papers", "layouts", "print", "fonts", "allow")
DECK_KEYS = (
    "name", "description", "language", "authors", "licence", "disclaimer", "version", "date", "bibliography",
    "citation style", "tag prefix", "figures", "packages", "print", "link",
)  # fmt: skip
FIGURE_KEYS = ("image", "alt", "caption")

DECK_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
PUBLISHER = re.compile(r"[^\W_][\w -]{0,39}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
VERSION_RULE = (
    "Up to four numbers with dots, as `1.4.0` or `2026.1`; a word may follow, as in `2.0.0-beta`, but not `draft`."
)
VERSION = re.compile(
    r"(?![^\t]{0,80}-draft)[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}(?:-?[a-z][a-z0-9]{0,20}(?:\.[a-z0-9]{1,20}){0,3})?"
)
TAG = re.compile(r"[\w-]+(::[\w-]+)*")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ANY = re.compile(r".+", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s<>\"'{}]{1,2000}")  # it becomes a part of faces, where braces call fields
ADDRESS_RULE = "An address that begins with `https://`, without spaces, quotes, `<`, `>`, `{` and `}`, of at most 2,000 characters."
REPORT_RULE = (
    f"{ADDRESS_RULE[:-1]}, not one for e-mail; the key of the card is put behind it, as behind `.../issues/new?title=`."
)


@dataclass(frozen=True, slots=True)
class FigureSettings:
    """A named picture as the settings give it; the caption is still card Markdown."""

    name: str
    image: Scalar
    alt: str
    caption: Scalar | None


@dataclass(frozen=True, slots=True)
class DeckSettings:
    """What `deckgen.yaml` says of one deck. `folder` is relative to the project; texts as written."""

    key: str
    span: Span
    name: str = ""
    description: Scalar | None = None
    language: str = "en"
    authors: tuple[str, ...] = ()
    licence: str = ""
    disclaimer: str = ""
    version: str = "0.1.0"
    date: str = ""
    bibliography: Scalar | None = None
    citation_style: str = STYLE
    citation_style_span: Span | None = None
    tag_prefix: str = ""
    link: str = ""
    figures: MappingType[str, FigureSettings] = field(default_factory=dict)
    packages: Node | None = None  # what belongs in each can only be said beside the sets
    print_jobs: Node | None = None  # as above

    @property
    def folder(self) -> str:
        """Where the deck's sets lie, inside the project."""
        return f"{CARDS}/{self.key}"


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its folder and its settings. `span` is the whole of `deckgen.yaml`.

    `report` is the address at which a reader reports an error in a card, when the card's Ref is put behind it. `allow`
    are the template files that may hold scripts, by path, with the place where it says so. `fonts` are paths of font files and
    names of font packages, in the order in which they are tried.
    """

    folder: Folder
    span: Span
    publisher: str = ""
    home: str = ""
    report: str = ""
    papers: tuple[str, ...] = tuple(PAPERS)
    layouts: tuple[str, ...] = DEFAULT_LAYOUTS
    print_jobs: Node | None = None
    fonts: MappingType[str, Span] = field(default_factory=dict)
    allow: MappingType[str, Span] = field(default_factory=dict)
    decks: tuple[DeckSettings, ...] = ()

    @property
    def head(self) -> Span:
        """The first line of `deckgen.yaml`, for messages about the project as a whole."""
        return Span(self.span.source, 0, len(self.span.source.line(1)))

    def folder_of(self, deck: str) -> str:
        """Where the sets of the deck with this key lie, inside the project."""
        return next(each.folder for each in self.decks if each.key == deck)

    @property
    def templates(self) -> Path | None:
        """The project's own templates, if it has any."""
        path = self.folder.root / "templates"
        return path if path.is_dir() else None


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a `deckgen.yaml`; `start` itself when none does."""
    start = start.resolve()
    return next((here for here in (start, *start.parents) if (here / SETTINGS).exists()), start)


def read_text(folder: Folder, path: str, bag: Bag) -> Source | None:
    """A text file inside the project, decoded; None after a problem."""
    try:
        return decode(path, folder.read(path), bag)
    except Refused as refused:
        bag.error(refused.code, refused.message, Span(Source(path, ""), 0, 0), "", *filter(None, [refused.hint]))
        return None


def read_project(root: Path, bag: Bag) -> Project | None:
    """The settings in `root`; None when there is no project or it cannot be read at all."""
    folder = Folder(root)
    if not (root / SETTINGS).exists():
        nowhere = Span(Source(SETTINGS, ""), 0, 0)
        bag.error("no-project", f"there is no `{SETTINGS}` in {root} or above it", nowhere, "",
                  "Run `deckgen init` to start a project here, or name its folder with `deckgen -C FOLDER`.")  # fmt: skip
        return None
    source = read_text(folder, SETTINGS, bag)
    node = parse(source, bag) if source else None
    if source is None or node is None:
        return None
    span = Span(source, 0, len(source.text))
    mapping = expect_mapping(node, f"`{SETTINGS}`", bag)
    return _settings(folder, span, mapping, bag) if mapping else None


def _settings(folder: Folder, span: Span, node: Mapping, bag: Bag) -> Project:
    keys = take(node, PROJECT_KEYS, bag, "the project")
    return Project(
        folder=folder,
        span=span,
        publisher=_required(keys, "publisher", node, bag, PUBLISHER, "Letters, digits, spaces and `-`, at most 40."),
        home=shapes.matching(keys["home"], bag, "home", ADDRESS, ADDRESS_RULE) if "home" in keys else "",
        report=shapes.matching(keys["report errors"], bag, "report errors", ADDRESS, REPORT_RULE)
        if "report errors" in keys
        else "",
        papers=_papers(keys["papers"], bag) if "papers" in keys else tuple(PAPERS),
        layouts=shapes.words(keys["layouts"], bag, "layouts", LAYOUTS) if "layouts" in keys else DEFAULT_LAYOUTS,
        print_jobs=keys.get("print"),
        fonts=_named(keys["fonts"], bag, "fonts") if "fonts" in keys else {},
        allow=_named(keys["allow"], bag, "allow") if "allow" in keys else {},
        decks=_decks(keys.get("decks"), node, bag),
    )


def _papers(node: Node, bag: Bag) -> tuple[str, ...]:
    nodes = shapes.some(node, bag, "papers")
    return tuple(paper for item in nodes if (paper := shapes.word(item, bag, "papers", PAPERS)))


def _named(node: Node, bag: Bag, key: str) -> dict[str, Span]:
    return {name: item.span for item in shapes.items(node, bag, key) if (name := shapes.text(item, bag, key))}


def _required(
    keys: MappingType[str, Node], key: str, owner: Mapping, bag: Bag, pattern: re.Pattern[str], rule: str
) -> str:
    if key in keys:
        return shapes.matching(keys[key], bag, key, pattern, rule)
    first = owner.entries[0][0].span if owner.entries else owner.span
    bag.error("missing-key", f"`{key}` is missing", first, "", f"Add `{key}: ...`.")
    return ""


def _decks(node: Node | None, owner: Mapping, bag: Bag) -> tuple[DeckSettings, ...]:
    if not isinstance(node, Mapping) or not node.entries:
        place = node.span if node is not None else owner.span
        bag.error(
            "missing-key",
            "`decks` must name at least one deck",
            place,
            "",
            "Write the deck's key and its name:\n  decks:\n    heart:\n      name: Heart",
        )
        return ()
    return tuple(deck for key, value in node.entries if (deck := _deck(key, value, bag)))


def _deck(key: Scalar, node: Node, bag: Bag) -> DeckSettings | None:
    if not DECK_KEY.fullmatch(key.text):
        bag.error("bad-deck-key", f"`{key.text[:60]}` cannot be the key of a deck", key.span, "not allowed",
                  "Small letters, digits and `-`, at most 40; it begins with a letter.")  # fmt: skip
        return None
    mapping = expect_mapping(node, f"the deck `{key.text}`", bag)
    if mapping is None:
        return None
    keys = take(mapping, DECK_KEYS, bag, f"the deck `{key.text}`")

    def optional(name: str, pattern: re.Pattern[str], rule: str, default: str) -> str:
        return (shapes.matching(keys[name], bag, name, pattern, rule) or default) if name in keys else default

    def plain(name: str) -> str:
        return shapes.text(keys[name], bag, name) if name in keys else ""

    return DeckSettings(
        key=key.text,
        span=key.span,
        name=shapes.deck_name(keys["name"], bag, "name")
        if "name" in keys
        else _required(keys, "name", mapping, bag, ANY, ""),
        description=_scalar(keys, "description", bag),
        language=optional("language", LANGUAGE, "A language tag such as `en` or `pt-BR`.", "en"),
        authors=shapes.texts(keys["authors"], bag, "authors") if "authors" in keys else (),
        licence=plain("licence"),
        disclaimer=plain("disclaimer"),
        version=optional("version", VERSION, VERSION_RULE, "0.1.0"),
        date=shapes.date(keys["date"], bag, "date") if "date" in keys else "",
        bibliography=_scalar(keys, "bibliography", bag),
        citation_style=optional(
            "citation style", NAME, "The name of a CSL style, as `american-medical-association`.", STYLE
        ),
        citation_style_span=keys["citation style"].span if "citation style" in keys else key.span,
        tag_prefix=optional("tag prefix", TAG, "Letters, digits, `_` and `-`; `::` makes levels.", ""),
        link=optional("link", ADDRESS, ADDRESS_RULE, ""),
        figures=_figures(keys["figures"], bag) if "figures" in keys else {},
        packages=keys.get("packages"),
        print_jobs=keys.get("print"),
    )


def _scalar(keys: MappingType[str, Node], key: str, bag: Bag) -> Scalar | None:
    node = keys.get(key)
    if node is None or not shapes.text(node, bag, key):
        return None
    return node if isinstance(node, Scalar) else None


def _figures(node: Node, bag: Bag) -> dict[str, FigureSettings]:
    mapping = expect_mapping(node, "`figures`", bag)
    found = {}
    for name, value in mapping.entries if mapping else []:
        figure = _figure(name, value, bag)
        if figure:
            found[figure.name] = figure
    return found


def _figure(name: Scalar, node: Node, bag: Bag) -> FigureSettings | None:
    if not NAME.fullmatch(name.text):
        bag.error(
            "bad-figure-name",
            f"`{name.text[:60]}` cannot name a figure",
            name.span,
            "not allowed",
            "Small letters, digits and `-`.",
        )
        return None
    mapping = expect_mapping(node, f"the figure `{name.text}`", bag)
    if mapping is None:
        return None
    keys = take(mapping, FIGURE_KEYS, bag, f"the figure `{name.text}`")
    image, alt = _scalar(keys, "image", bag), _scalar(keys, "alt", bag)
    for key, value in (("image", image), ("alt", alt)):
        if value is None and key not in keys:
            why = (
                "Say what the picture shows, for those who do not see it."
                if key == "alt"
                else "Give the path of the picture."
            )
            bag.error(
                "image-alt" if key == "alt" else "missing-key",
                f"the figure `{name.text}` has no `{key}`",
                name.span,
                "",
                why,
            )
    if image is None or alt is None:
        return None
    return FigureSettings(name.text, image, alt.text.strip(), _scalar(keys, "caption", bag))


def unknown_deck(name: str, project: Project, span: Span, bag: Bag) -> None:
    """Say that there is no deck of this key, and which one was meant."""
    known = [deck.key for deck in project.decks]
    near = nearest(name, known)
    bag.error("unknown-deck", f"there is no deck `{name[:60]}`", span, f"did you mean `{near}`?" if near else "",
              f"The decks of this project are {', '.join(f'`{key}`' for key in known) or 'not given yet'}.")  # fmt: skip
