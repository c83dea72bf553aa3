"""The author's own rules for the texts of a deck, from `checks.yaml` beside its sets: read, and carried out.

Nothing here knows what a deck is about. A finding is a warning, or an error where the rule says so; artifacts are the
same with rules and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deckgen.diagnostics import Bag, Diagnostic
from deckgen.load.choosing import Index, index_of
from deckgen.model import Collection
from deckgen.project import Project
from deckgen.rules.book import Book, Page
from deckgen.rules.finding import Finding
from deckgen.rules.phrases import Phrases
from deckgen.rules.reading import read_rules, rule_files
from deckgen.rules.single import copied, doses, every, incomplete, too_long, unknown_tags
from deckgen.rules.twins import same_answers, similar_questions
from deckgen.rules.values import (
    Copied,
    KnownTags,
    Longest,
    Quantities,
    Requires,
    Rule,
    SameAnswers,
    SimilarQuestions,
    Words,
)
from deckgen.rules.wording import by_words

__all__ = ["apply_rules", "run_rules"]

Used = set[frozenset[str]]


def run_rules(project: Project, collection: Collection, bag: Bag) -> None:
    """Read the rules of every deck, and put what they find into the bag: nothing where the deck has errors already.

    What rules say of half a deck helps nobody; but what is wrong with the rules themselves can be said at once.
    """
    is_whole = not bag.has_errors
    settings = {each.key: each for each in project.decks}
    for deck in collection.decks:
        own = settings[deck.key]
        if paths := rule_files(project, own.folder):
            index = index_of(deck, own.folder, own.tag_prefix)
            rules = read_rules(project, paths, index, bag, whole=is_whole)
            if is_whole:
                bag.extend(apply_rules(rules, index))


def apply_rules(rules: list[Rule], index: Index) -> Iterator[Diagnostic]:
    """What the rules find in the deck of an index, and which exceptions they need no more."""
    if not rules:
        return
    book = Book(index)
    book.expect(group for rule in rules for group in _groups(rule))
    for rule in rules:
        used: Used = set()
        for finding in _findings(rule, book, used):
            if finding.ids in rule.excused:
                used.add(finding.ids)
            else:
                yield _diagnostic(rule, finding)
        for ids, span in rule.excused.items():
            if ids not in used:
                yield Diagnostic(
                    "unused-exception", "warning", f"the rule `{rule.id}` finds nothing to excuse in `{' + '.join(sorted(ids))}`", span, "",
                    ("Delete the exception: it would hide the next mistake there.",),
                )  # fmt: skip


def _groups(rule: Rule) -> tuple[Phrases, ...]:
    form = rule.form
    return form.find if isinstance(form, Words) else (form.names,) if isinstance(form, Quantities) else ()


def _findings(rule: Rule, book: Book, used: Used) -> Iterator[Finding]:
    def excused(page: Page, other: Page) -> bool:
        pair = frozenset((page.note.id, other.note.id))
        if pair in rule.excused:
            used.add(pair)
        return pair in rule.excused

    form = rule.form
    if isinstance(form, SameAnswers):
        return same_answers(rule, form, book, excused)
    if isinstance(form, SimilarQuestions):
        return similar_questions(rule, form, book, excused)
    return _OF_ONE[type(form)](rule, form, book)


_OF_ONE: dict[type, Callable[..., Iterator[Finding]]] = {
    Words: by_words,
    Longest: too_long,
    Requires: incomplete,
    Quantities: doses,
    KnownTags: unknown_tags,
    Copied: copied,
    type(None): lambda rule, _, book: every(rule, book),
}


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    return Diagnostic(
        "own-rule", rule.level, f"`{rule.id}`: {finding.message}", finding.span, finding.label,
        tuple(filter(None, (rule.why, rule.fix, finding.hint))),
        ((finding.other.span, "the other note"),) if finding.other else (),
    )  # fmt: skip
