"""`checks.yaml` to rules: which keys there are, what each may be, and what is said where something is wrong.

Knows the YAML of rules and the ids of a deck's notes; not how a rule is carried out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.files import Refused
from deckgen.load.choosing import CRITERIA, ENDINGS, FREE, Index, unnamed, values_of
from deckgen.load.decks import RULES
from deckgen.load.statements import CONFIDENCES, VERIFICATIONS, expect_entries
from deckgen.project import NAME, Project, read_text
from deckgen.rules.fingerprints import RUN, read_fingerprints
from deckgen.rules.phrases import Phrases
from deckgen.rules.quantities import read_quantities
from deckgen.rules.texts import TEXTS, USUAL
from deckgen.rules.values import (
    OF_PAIRS,
    Chosen,
    Copied,
    Form,
    KnownTags,
    Longest,
    Requires,
    Rule,
    SameAnswers,
    SimilarQuestions,
    Words,
)
from deckgen.rules.wordlists import Lists, groups, phrases, read_lists
from deckgen.yamlnodes import Mapping, Node, Scalar, decode, expect_mapping, parse, take

MOST_RULES = 200
WORD_KEYS = ("find", "with", "but not", "unless", "needs", "within")
FORMS = ("most words", "requires", "quantities", "known tags", "duplicates", "copied from")
KEYS = ("why", "fix", "level", "notes", "in", *WORD_KEYS, *FORMS, "similarity", "words", "except")
CHOOSERS = (*CRITERIA, "kinds", "without kinds")
NOTE_KEYS = (*CHOOSERS, "confidence", "verification", "correction", "statements")
# What means nothing without one of others.
BELONGS = {
    "with": ("find",),
    "but not": ("find",),
    "within": ("find",),
    "similarity": ("duplicates",),
    "words": ("copied from",),
    "in": ("find", "needs", "most words", "quantities", "copied from"),
}
LEVELS = ("warning", "error")
WITHIN = ("sentence", "text", "note")
DUPLICATES = ("answers", "questions")
REQUIRED = ("statements", "references", "tags", "checked", "difficulty", *TEXTS)
SHARE = re.compile(r"([1-9][0-9]?) ?%")
NUMBER = re.compile(r"[1-9][0-9]{0,2}")
USUAL_SHARE = 70
USUAL_RUN = 12
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What every rule of a deck is read against. `index` is of its notes, `lists` are the phrases that rules share.

    Not `whole`: texts are in error, so that nobody knows which notes there are. `strangers` collects ids that are none.
    """

    project: Project
    index: Index
    whole: bool
    lists: Lists
    bag: Bag
    strangers: set[str] = field(default_factory=set)


def rule_files(project: Project, folder: str) -> list[str]:
    """The files of rules in a deck's folder, most often one or none."""
    return [path for ending in ENDINGS if project.folder.is_taken(path := f"{folder}/{RULES}{ending}")]


def read_rules(project: Project, paths: Iterable[str], index: Index, bag: Bag, *, whole: bool = True) -> list[Rule]:
    """The rules in these files for the deck of an index. A rule in error is left out.

    Not `whole`: some of the deck's texts could not be read, and no rule is blamed for a note or tag that is not there.
    """
    return [rule for path in paths for rule in _rules(project, path, index, bag, whole=whole)]


def _rules(project: Project, path: str, index: Index, bag: Bag, *, whole: bool) -> Iterator[Rule]:
    source = read_text(project.folder, path, bag)
    root = parse(source, bag) if source else None
    mapping = expect_entries(root, "a file of rules", "rules", bag) if root is not None else None
    if mapping is None:
        return
    keys = _keys(mapping, bag)
    it = Reading(project, index, whole, read_lists(keys["phrases"], bag) if "phrases" in keys else {}, bag)
    rules = expect_mapping(keys["rules"], "`rules`", bag) if "rules" in keys else None
    entries = rules.entries if rules else []
    if len(entries) > MOST_RULES:
        bag.error("too-many-phrases", f"`{path}` has {len(entries):,} rules", entries[MOST_RULES][0].span, "",
                  f"At most {MOST_RULES}: put phrases of one kind into one rule.")  # fmt: skip
    for key, node in entries[:MOST_RULES]:
        if rule := _rule(key, node, it):
            yield rule


def _keys(root: Mapping, bag: Bag) -> dict[str, Node]:
    """The keys of the file. Rules that stand beside `rules` in place of under it are one mistake, not many."""
    beside = [key for key, node in root.entries if key.text not in ("phrases", "rules") and isinstance(node, Mapping)]
    if not beside or any(key.text == "rules" or nearest(key.text, ("rules",)) for key, _ in root.entries):
        return take(root, ("phrases", "rules"), bag, "a file of rules")
    bag.error("missing-key", "`rules` is missing", beside[0].span, "rules stand under `rules`",
              "Write `rules:` above the first rule, and indent all of them.")  # fmt: skip
    return {}


def _rule(key: Scalar, node: Node, it: Reading) -> Rule | None:
    bag = Bag()
    rule = _read(key, node, replace(it, bag=bag))
    it.bag.items += bag.items
    return None if bag.has_errors else rule


def _read(key: Scalar, node: Node, it: Reading) -> Rule | None:
    if not NAME.fullmatch(key.text):
        it.bag.error("bad-rule", f"`{key.text[:60]}` cannot name a rule", key.span, "not allowed", "Small letters, digits and `-`.")  # fmt: skip
    what = f"the rule `{key.text[:60]}`"
    mapping = expect_mapping(node, what, it.bag)
    if mapping is None:
        return None
    keys = take(mapping, KEYS, it.bag, what)
    if "why" not in keys:
        it.bag.error("missing-key", f"{what} has no `why`", key.span, "", "Add `why: ...`: it is what the author of a card will read.")  # fmt: skip

    def line(name: str) -> str:
        return shapes.line(keys[name], it.bag, name) if name in keys else ""

    chosen = _chosen(keys["notes"], what, it) if "notes" in keys else Chosen()
    form = _form(key, keys, it, whole=len(keys) == len(mapping.entries))
    if not it.bag.has_errors:
        _report_alone(keys, it.bag)
    pairs = isinstance(form, OF_PAIRS)
    return Rule(
        key.text,
        key.span,
        line("why"),
        form,
        chosen,
        _texts(keys, form, it.bag),
        line("fix"),
        "error" if "level" in keys and shapes.word(keys["level"], it.bag, "level", LEVELS) == "error" else "warning",
        _excused(keys["except"], it, pairs=pairs) if "except" in keys else {},
    )


def _report_alone(keys: MappingType[str, Node], bag: Bag) -> None:
    """Say which keys mean nothing in this rule."""
    for name, owners in BELONGS.items():
        if name in keys and keys.keys().isdisjoint(owners):
            listed = " or ".join(f"`{owner}`" for owner in owners)
            bag.error("bad-rule", f"`{name}` belongs to {listed}", keys[name].span, "", f"Leave `{name}` out, or add {listed}.")  # fmt: skip


# ---- which notes ----------------------------------------------------------------------------------------------


def _chosen(node: Node, what: str, it: Reading) -> Chosen:
    bag, owner = it.bag, f"`notes` of {what}"
    mapping = expect_mapping(node, "`notes`", bag)
    keys = take(mapping, NOTE_KEYS, bag, owner) if mapping else {}
    if mapping and not mapping.entries:
        bag.error("empty-text", "`notes` is empty", node.span, "nothing stands here", "Say which notes, or leave `notes` out.")  # fmt: skip

    def some(key: str, choices: Collection[str]) -> frozenset[str]:
        items = shapes.some(keys[key], bag, key, owner) if key in keys else []
        return frozenset(value for item in items if (value := shapes.word(item, bag, key, choices)))

    def word(key: str, choices: Collection[str]) -> str:
        return shapes.word(keys[key], bag, key, choices) if key in keys else ""

    return Chosen(
        {key: tuple(_values(key, keys[key], owner, it)) for key in CHOOSERS if key in keys},
        confidence=some("confidence", CONFIDENCES),
        verification=some("verification", VERIFICATIONS),
        correction=word("correction", ("yes", "no")),
        all_statements=word("statements", ("any", "all")) == "all",
    )


def _values(criterion: str, node: Node, owner: str, it: Reading) -> Iterator[str]:
    """The values of a criterion. A set or tag without notes is most likely misspelt, and the rule speaks of nothing."""
    for item, value in values_of(criterion, node, owner, it.bag):
        if value and it.whole and criterion in FREE and not it.index.named(criterion, value):
            it.bag.extend([unnamed(criterion, value, item.span, it.index, "warning", search=len(it.bag) < ENOUGH)])
        yield value


def _texts(keys: MappingType[str, Node], form: Form | None, bag: Bag) -> frozenset[str]:
    """The keys of the texts to look into; those that usually say what is true where none are named."""
    if "in" not in keys:
        if isinstance(form, Longest):
            return frozenset(("answer", "reverse answer"))
        return frozenset(TEXTS) if isinstance(form, Copied) else USUAL
    found = [shapes.word(item, bag, "in", ("all", *TEXTS)) for item in shapes.some(keys["in"], bag, "in")]
    return frozenset(TEXTS if "all" in found else found)


# ---- what is looked for ---------------------------------------------------------------------------------------


def _form(key: Scalar, keys: MappingType[str, Node], it: Reading, *, whole: bool) -> Form | None:
    """What the rule looks for; None for all chosen notes, and after a problem. Not `whole`: a key was unknown."""
    bag = it.bag
    given = [name for name in FORMS if name in keys]
    by_words = [name for name in WORD_KEYS if name in keys]
    if len(given) + bool(by_words) > 1:
        bag.error("bad-rule", f"the rule `{key.text}` looks for several things", key.span,
                  "", f"Make a rule of its own of each: {', '.join(f'`{name}`' for name in (*by_words[:1], *given))}.")  # fmt: skip
        return None
    if by_words:
        return _words(key, keys, it)
    if not given:
        if "notes" not in keys and whole:
            bag.error("bad-rule", f"the rule `{key.text}` looks for nothing", key.span, "",
                      f"Add one of {', '.join(f'`{name}`' for name in ('find', 'needs', *FORMS))}, or say with `notes` which notes there must not be.")  # fmt: skip
        return None
    return _other_form(given[0], keys, it)


def _words(key: Scalar, keys: MappingType[str, Node], it: Reading) -> Words | None:
    bag = it.bag
    if "find" not in keys and "needs" not in keys:
        bag.error("bad-rule", f"the rule `{key.text}` looks for nothing", key.span, "", "Add `find: ...`, or `needs: ...`.")  # fmt: skip
        return None
    found = {name: groups(keys[name], name, it.lists, bag) if name in keys else () for name in ("find", "with", "needs")}  # fmt: skip
    plain = {name: phrases(keys[name], name, it.lists, bag) if name in keys else Phrases(()) for name in ("but not", "unless")}  # fmt: skip
    within = shapes.word(keys["within"], bag, "within", WITHIN) if "within" in keys else "sentence"
    return Words(
        find=(*found["find"], *found["with"]),
        but_not=plain["but not"],
        unless=plain["unless"],
        needs=found["needs"],
        within="note" if within == "note" else "text" if within == "text" else "sentence",
    )


def _other_form(name: str, keys: MappingType[str, Node], it: Reading) -> Form | None:
    node, bag = keys[name], it.bag
    if name == "duplicates":
        return _duplicates(node, keys.get("similarity"), bag)
    if name == "copied from":
        return _copied(node, keys.get("words"), it)
    if name == "most words":
        words = _number(node, name, bag)
        return Longest(words) if words else None
    if name == "requires":
        return Requires(tuple(shapes.word(item, bag, name, REQUIRED) for item in shapes.some(node, bag, name)))
    return read_quantities(node, bag) if name == "quantities" else _known_tags(node, bag)


def _duplicates(node: Node, similarity: Node | None, bag: Bag) -> Form:
    which = shapes.word(node, bag, "duplicates", DUPLICATES)
    if similarity is None:
        share = USUAL_SHARE / 100 if which == "questions" else 0
    else:
        text = shapes.text(similarity, bag, "similarity")
        found = SHARE.fullmatch(text)
        share = int(found[1]) / 100 if found else 0
        if text and not found:
            bag.error("unknown-value", f"`similarity` cannot be `{text[:60]}`", similarity.span, "", f"Write it as `{USUAL_SHARE} %`, from 1 to 99.")  # fmt: skip
    return SimilarQuestions(share) if which == "questions" else SameAnswers(share)


def _known_tags(node: Node, bag: Bag) -> KnownTags:
    tags = []
    for item in shapes.some(node, bag, "known tags"):
        text = shapes.text(item, bag, "known tags")
        if text and not re.fullmatch(r"[\w-]+(::[\w-]+)*(::\*)?", text):
            bag.error("bad-rule", f"`{text[:60]}` is no tag", item.span, "not allowed", "A tag, or `drug::*` for all tags below `drug`.")  # fmt: skip
        tags.append(text)
    return KnownTags(tuple(filter(None, tags)))


def _copied(node: Node, words: Node | None, it: Reading) -> Copied | None:
    name = shapes.text(node, it.bag, "copied from")
    number = _number(words, "words", it.bag) if words is not None else USUAL_RUN
    if number and number < RUN:
        it.bag.error("unknown-value", f"`words` cannot be {number}", words.span if words else node.span, "",
                     f"At least {RUN}: shorter runs of words have no fingerprint, and mean nothing.")  # fmt: skip
        return None
    path = f"{it.index.folder}/{name}"
    try:
        source = decode(path, it.project.folder.read(path), it.bag) if name else None
    except Refused as refused:
        hint = refused.hint or "`python tools/fingerprint.py` makes it from the texts of the sources."
        it.bag.error(refused.code, refused.message, node.span, "", hint)
        return None
    return Copied(number, read_fingerprints(source, it.bag)) if source and number else None


def _number(node: Node, key: str, bag: Bag) -> int:
    text = shapes.text(node, bag, key)
    if text and not NUMBER.fullmatch(text):
        bag.error("unknown-value", f"`{key}` cannot be `{text[:60]}`", node.span, "", "A number of words, such as `12`.")  # fmt: skip
        return 0
    return int(text or 0)


# ---- what is excused ------------------------------------------------------------------------------------------


def _excused(node: Node, it: Reading, *, pairs: bool) -> dict[frozenset[str], Span]:
    """The notes, or pairs of notes, that somebody has looked at, with the place where it says so."""
    mapping = expect_mapping(node, "`except`", it.bag)
    found: dict[frozenset[str], Span] = {}
    for key, value in mapping.entries if mapping else []:
        ids = [part.strip() for part in key.text.split(" + ")]
        shapes.text(value, it.bag, "except")
        if len(ids) != (2 if pairs else 1):
            hint = "Write both ids: `one-note + other-note: why`." if pairs else "Write the id of one note: `one-note: why`."  # fmt: skip
            it.bag.error("bad-rule", f"`{key.text[:60]}` excuses {'no pair of notes' if pairs else 'no single note'}", key.span, "", hint)  # fmt: skip
            continue
        unknown = [note_id for note_id in ids if it.whole and note_id not in it.index.all]
        for note_id in unknown:
            near = nearest(note_id, it.index.all) if len(it.strangers) < ENOUGH else None  # slow in a large deck
            it.strangers.add(note_id)
            it.bag.warning("unknown-note", f"`except` names `{note_id[:60]}`, which is no note of this deck", key.span,
                           f"did you mean `{near}`?" if near else "", "Give the id of a note, or delete the exception.")  # fmt: skip
        if not unknown:
            found[frozenset(ids)] = key.span
    return found
