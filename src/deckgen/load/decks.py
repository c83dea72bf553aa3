"""The decks of a project: their sets, figures, references, statements, pictures and sounds, put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from deckgen.diagnostics import Bag, Source, Span
from deckgen.files import Refused
from deckgen.load import glossary, statements, summary, topics
from deckgen.load.choosing import ENDINGS
from deckgen.load.jobs import read_jobs
from deckgen.load.packages import read_packages
from deckgen.load.sets import read_sets
from deckgen.load.tables import TableSource
from deckgen.load.texts import Pictures, card_text
from deckgen.load.values import ENOUGH, DeckFrame
from deckgen.markup.tree import Blocks, is_sound
from deckgen.media import read_media, unused_media
from deckgen.model import Deck, Figure, Media, NoteSet, Statement, Summary, Term
from deckgen.project import CARDS, DeckSettings, Project, read_text, unknown_deck
from deckgen.references import Record, format_references, read_records
from deckgen.yamlnodes import Mapping, Node, Scalar, parse

BIBLIOGRAPHIES = ("references.yaml", "references.yml", "references.json")
RULES = "checks"  # the name of the file that `deckgen.rules` reads
# Files inside a deck's folder that are no sets, by the first part of their path; `statements` may be a folder.
RESERVED = (statements.NAME, topics.NAME, glossary.NAME, summary.NAME, RULES)


@dataclass(slots=True)
class SetFile:
    """A set as found on disk: the nodes of one file, and the deck that it belongs to."""

    path: str
    root: Node
    deck: str = ""


@dataclass(slots=True)
class _DeckDraft:
    """A deck while its parts are being read. `media` by the path the author wrote, `shown` all such paths, read or not.

    `facts` are the statements by id; `known` the ids that a note may name, None for any.
    """

    settings: DeckSettings
    records: dict[str, Record] = field(default_factory=dict)
    facts: dict[str, Statement] = field(default_factory=dict)
    known: Collection[str] | None = None
    figures: dict[str, Figure] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    summary: Summary | None = None
    terms: tuple[Term, ...] = ()


def load(project: Project, bag: Bag) -> tuple[Deck, ...]:
    """All decks of the project, in the order of its settings."""
    drafts = {settings.key: _draft(project, settings, bag) for settings in project.decks}
    bibliographies = {path for draft in drafts.values() if (path := _bibliography(project, draft.settings))}
    paths = [path for path in _yaml_files(project, bag) if path not in bibliographies]
    for draft in drafts.values():
        _add_statements(project, draft, paths, bag)
    files = _set_files(project, paths, bag)
    decks = []
    for key, draft in drafts.items():
        own = [file for file in files if file.deck == key]
        decks.append(_deck(project, draft, own, paths, bag))
    _warn_of_unused(project, drafts.values(), bag)
    glossary.warn_of_unused(decks, bag)
    packages = read_packages(decks, project.decks, bag)
    jobs = read_jobs(decks, project, bag)
    decks = [_with_topics(project, deck, drafts[deck.key], paths, bag) for deck in decks]
    return tuple(replace(deck, packages=packages.get(deck.key, ()), jobs=jobs.get(deck.key, ())) for deck in decks)


def _add_statements(project: Project, draft: _DeckDraft, paths: Iterable[str], bag: Bag) -> None:
    """Read the fact base. While a file of it cannot be read, or is a list, no note is held against the rest."""
    roots, is_whole = _roots(project, draft.settings, statements.NAME, paths, bag)
    if roots:
        draft.facts = statements.read_statements(roots, draft.settings.key, draft.records.keys(), bag)
        draft.known = draft.facts.keys() if is_whole and all(isinstance(root, Mapping) for root in roots) else None


def _with_topics(project: Project, deck: Deck, draft: _DeckDraft, paths: Iterable[str], bag: Bag) -> Deck:
    roots, _ = _roots(project, draft.settings, topics.NAME, paths, bag)
    found, marked = topics.read_topics(roots, deck, draft.settings, bag)
    return replace(deck, topics=found, error_notes=marked)


def _roots(
    project: Project, settings: DeckSettings, role: str, paths: Iterable[str], bag: Bag
) -> tuple[list[Node], bool]:
    """The nodes of a deck's files of this role, and whether all of them could be read."""
    read = [
        parse(source, bag) if (source := read_text(project.folder, path, bag)) else None
        for path in paths
        if _role(path, settings) == role
    ]
    roots = [root for root in read if root is not None]
    return roots, len(roots) == len(read)


def _set_files(project: Project, paths: Iterable[str], bag: Bag) -> list[SetFile]:
    """All sets below `cards/`, read and given to their decks."""
    found = []
    for path in paths:
        if any(_role(path, settings) for settings in project.decks):
            continue
        source = read_text(project.folder, path, bag)
        root = parse(source, bag) if source else None
        if source is None or root is None:
            continue
        file = SetFile(path, root, _deck_of(path, root, source, project, bag))
        if file.deck:
            found.append(file)
    return found


def _yaml_files(project: Project, bag: Bag) -> Iterable[str]:
    """The files that hold sets; one that looks as if it should is warned of, for Windows hides endings."""
    try:
        for path in project.folder.walk(CARDS, (".txt",)):
            if path.lower().endswith((".yaml.txt", ".yml.txt")):
                span = Span(Source(path, ""), 0, 0)
                bag.warning("ignored-file", f"`{path}` is not read", span, "", f"Rename it to `{path[:-4]}`.")
        return project.folder.walk(CARDS, ENDINGS)
    except Refused as refused:
        bag.error(refused.code, refused.message, project.span, "", *filter(None, [refused.hint]))
        return ()


def _role(path: str, settings: DeckSettings) -> str:
    """What a file holds that is no set of this deck but says something about it: one of RESERVED; "" for all others."""
    if not path.startswith(f"{settings.folder}/"):
        return ""
    first, _, inside = path[len(settings.folder) + 1 :].partition("/")
    name = first if inside else first.rpartition(".")[0]
    return name if name in RESERVED and (not inside or name == statements.NAME) else ""


def _deck_of(path: str, root: Node, source: Source, project: Project, bag: Bag) -> str:
    """The key of the deck a set belongs to: what it says itself, else the folder it lies in; "" if unknown."""
    known = [deck.key for deck in project.decks]
    if isinstance(root, Mapping):
        said = next((value for key, value in root.entries if key.text == "deck"), None)
        if isinstance(said, Scalar):
            if said.text.strip() in known:
                return said.text.strip()
            unknown_deck(said.text.strip(), project, said.span, bag)
            return ""
    parts = path.split("/")
    if len(parts) > 2 and parts[1] in known:
        return parts[1]
    if len(parts) > 2:
        unknown_deck(parts[1], project, Span(source, 0, len(source.line(1))), bag)
    else:
        bag.error("unknown-deck", f"`{path}` belongs to no deck", Span(source, 0, len(source.line(1))), "",
                  f"Move it into the folder of a deck, such as `{CARDS}/{known[0] if known else 'heart'}/`, or say `deck: ...` in it.")  # fmt: skip
    return ""


def _bibliography(project: Project, settings: DeckSettings) -> str:
    if settings.bibliography is not None:
        return f"{settings.folder}/{settings.bibliography.text.strip()}"
    return next((path for name in BIBLIOGRAPHIES if project.folder.exists(path := f"{settings.folder}/{name}")), "")


def _draft(project: Project, settings: DeckSettings, bag: Bag) -> _DeckDraft:
    draft = _DeckDraft(settings)
    draft.records = _records(project, settings, bag)
    draft.figures = {name: _figure(project, draft, name, bag) for name in settings.figures}
    return draft


def _records(project: Project, settings: DeckSettings, bag: Bag) -> dict[str, Record]:
    path = _bibliography(project, settings)
    if not path:
        return {}
    if settings.bibliography is not None:
        try:
            project.folder.read(path)
        except Refused as refused:
            bag.error(refused.code, refused.message, settings.bibliography.span, "", *filter(None, [refused.hint]))
            return {}
    source = read_text(project.folder, path, bag)
    return read_records(source, bag) if source else {}


def _figure(project: Project, draft: _DeckDraft, name: str, bag: Bag) -> Figure:
    settings = draft.settings.figures[name]
    pictures: Pictures = [(settings.image.text.strip(), settings.image.span)]
    caption = card_text(settings.caption, bag, "caption", pictures) if settings.caption else ()
    _add_picture(project, draft, *pictures[0], bag)
    for path, span in pictures[1:]:
        _add_media(project, draft, path, span, bag)
    return Figure(name, pictures[0][0], settings.alt, caption)


def _add_picture(project: Project, draft: _DeckDraft, path: str, span: Span, bag: Bag) -> Media | None:
    """For keys that take nothing but a picture."""
    if is_sound(path):
        hint = "Name a picture; a sound stands in a text, as in `answer: ![what it says](audio/x.mp3)`."
        bag.error("no-picture", f"`{path[:60]}` is the path of a sound", span, "a picture belongs here", hint)
        return None
    return _add_media(project, draft, path, span, bag)


def _add_media(project: Project, draft: _DeckDraft, path: str, span: Span, bag: Bag) -> Media | None:
    draft.shown.add(path)
    if path not in draft.media:
        try:
            draft.media[path] = read_media(project.folder, draft.settings.folder, path, search=len(bag) < ENOUGH)
        except Refused as refused:
            bag.error(refused.code, refused.message, span, "", *filter(None, [refused.hint]))
    return draft.media.get(path)


def _deck(project: Project, draft: _DeckDraft, files: list[SetFile], paths: Iterable[str], bag: Bag) -> Deck:
    settings = draft.settings
    frame = DeckFrame(
        settings.key,
        settings.name,
        settings.tag_prefix,
        draft.records.keys(),
        draft.figures,
        media=lambda path, span: _add_picture(project, draft, path, span, bag),
        language=settings.language,
        statements=draft.known,
    )
    tables: dict[str, TableSource] = {}
    sets = read_sets([(file.path, file.root) for file in files], frame, bag, tables)
    notes = {note.id: note for one in sets for note in one.notes}
    stock = summary.Stock(frame, notes, tables, whole=not bag.has_errors)
    draft.summary = summary.read_summary(_roots(project, settings, summary.NAME, paths, bag)[0], stock, bag)
    draft.terms = glossary.read_glossary(_roots(project, settings, glossary.NAME, paths, bag)[0], frame.pictures, bag)
    description = card_text(settings.description, bag, "description", frame.pictures) if settings.description else ()
    for path, span in frame.pictures:
        _add_media(project, draft, path, span, bag)
    if not any(one.notes for one in sets) and not bag.has_errors:
        bag.error(
            "empty-deck",
            f"the deck `{settings.key}` has no notes",
            settings.span,
            "",
            f"Put a YAML file with notes into `{settings.folder}/`.",
        )
    return _finished(project, draft, tuple(sets), description, bag)


def _warn_of_unused(project: Project, drafts: Collection[_DeckDraft], bag: Bag) -> None:
    """Warn of files that nothing shows; not while a text is in error, for then nobody knows what it shows."""
    if bag.has_errors:
        return
    shown = {f"{draft.settings.folder}/{path}" for draft in drafts for path in draft.shown}
    for path in unused_media(project.folder, [draft.settings.folder for draft in drafts], shown):
        span = Span(Source(path, ""), 0, 0)
        hint = "Delete the file, or put `_` before its name to keep it out."
        bag.warning("unused-media", f"nothing in the deck shows `{path}`", span, "", hint)


def _finished(project: Project, draft: _DeckDraft, sets: tuple[NoteSet, ...], description: Blocks, bag: Bag) -> Deck:
    settings = draft.settings
    cited = {citation.key for one in sets for note in one.notes for citation in note.citations}
    cited |= {citation.key for citation in draft.summary.sources()} if draft.summary else set()
    records = [record for key, record in draft.records.items() if key in cited]
    span = settings.citation_style_span or settings.span
    return Deck(
        key=settings.key,
        name=settings.name,
        sets=sets,
        span=settings.span,
        description=description,
        language=settings.language,
        authors=settings.authors,
        licence=settings.licence,
        disclaimer=settings.disclaimer,
        version=settings.version,
        home=project.home,
        link=settings.link,
        date=settings.date,
        references=format_references(records, settings.citation_style, span, settings.language, bag) if records else {},
        media=draft.media,
        figures=draft.figures,
        statements=draft.facts,
        glossary=draft.terms,
        summary=draft.summary,
    )
