"""`checks.yaml` to rules: which keys there are, what each may be, and what is said where something is wrong.

Knows the YAML of rules and the ids of a deck's notes; not how a rule is carried out.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.files import Refused
from deckgen.load.keys import DIFFICULTIES, KIND_NAMES
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
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, decode, expect_mapping, parse, take

FILES = ("checks.yaml", "checks.yml")
MOST_RULES = 200
WORD_KEYS = ("find", "with", "but not", "unless", "needs", "within")
FORMS = ("longest", "requires", "quantities", "known tags", "duplicates", "copied from")
KEYS = ("why", "fix", "level", "notes", "in", *WORD_KEYS, *FORMS, "similarity", "words", "except")
NOTE_KEYS = (
    "kinds",
    "without kinds",
    "tags",
    "without tags",
    "difficulty",
    "confidence",
    "verification",
    "correction",
    "statements",
)  # the last two are no lists
LEVELS = ("warning", "error")
WITHIN = ("sentence", "text", "note")
DUPLICATES = ("answers", "questions")
REQUIRED = ("statements", "references", "tags", "checked", "difficulty", *TEXTS)
CONFIDENCE = ("A", "B", "C")
VERIFICATION = ("seen", "partly", "not seen")
SHARE = re.compile(r"([0-9]{1,2}) ?%")
NUMBER = re.compile(r"[1-9][0-9]{0,2}")
USUAL_SHARE = 70
USUAL_RUN = 12
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What every rule of a deck is read against. `folder` is where the deck lies.

    `ids` are those of its notes; None when they are not all known. `strangers` collects ids that are none of these.
    """

    project: Project
    folder: str
    ids: Collection[str] | None
    lists: Lists
    bag: Bag
    strangers: set[str] = field(default_factory=set)


def read_rules(project: Project, folder: str, ids: Collection[str] | None, bag: Bag) -> list[Rule]:
    """The rules in the deck's folder; none where there is no such file. A rule in error is left out."""
    paths = [path for name in FILES if project.folder.is_taken(path := f"{folder}/{name}")]
    return [rule for path in paths for rule in _of_file(project, folder, path, ids, bag)]


def _of_file(project: Project, folder: str, path: str, ids: Collection[str] | None, bag: Bag) -> list[Rule]:
    source = read_text(project.folder, path, bag)
    root = parse(source, bag) if source else None
    name = path.rpartition("/")[2]
    mapping = expect_mapping(root, f"`{name}`", bag) if root is not None else None
    if mapping is None:
        return []
    keys = take(mapping, ("words", "rules"), bag, f"`{name}`")
    it = Reading(project, folder, ids, read_lists(keys["words"], bag) if "words" in keys else {}, bag)
    rules = expect_mapping(keys["rules"], "`rules`", bag) if "rules" in keys else None
    entries = rules.entries if rules else []
    if len(entries) > MOST_RULES:
        bag.error("too-many-phrases", f"`{path}` has {len(entries):,} rules", entries[MOST_RULES][0].span, "",
                  f"At most {MOST_RULES}: put phrases of one kind into one rule.")  # fmt: skip
    return [rule for key, node in entries[:MOST_RULES] if (rule := _rule(key, node, it))]


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
    _refuse_empty(keys, ("notes", "in", "requires", "quantities", "known tags"), it.bag)
    chosen = _chosen(keys["notes"], what, it) if "notes" in keys else Chosen()
    form = _form(key, keys, it, whole=len(keys) == len(mapping.entries))
    pairs = isinstance(form, OF_PAIRS)
    return Rule(
        key.text,
        key.span,
        _line(keys, "why", it.bag),
        form,
        chosen,
        _texts(keys, form, it.bag),
        _line(keys, "fix", it.bag),
        "error" if "level" in keys and shapes.word(keys["level"], it.bag, "level", LEVELS) == "error" else "warning",
        _excused(keys["except"], it, pairs=pairs) if "except" in keys else {},
    )


def _refuse_empty(keys: MappingType[str, Node], names: Collection[str], bag: Bag) -> None:
    """What names nothing: the rule would be silent for ever, or speak of all notes."""
    for name in names:
        if name in keys and _is_empty(keys[name], mapping=name in ("notes", "quantities")):
            bag.error("empty-text", f"`{name}` is empty", keys[name].span, "nothing stands here", "Name at least one, or leave the key out.")  # fmt: skip


def _is_empty(node: Node, *, mapping: bool) -> bool:
    """Whether a mapping, or else a list, has nothing in it. What has the wrong shape is for those who read it."""
    if mapping:
        return isinstance(node, Mapping) and not node.entries
    return not (node.items if isinstance(node, Sequence) else not isinstance(node, Scalar) or node.text.strip())


def _line(keys: MappingType[str, Node], key: str, bag: Bag) -> str:
    return " ".join(shapes.text(keys[key], bag, key).split()) if key in keys else ""


# ---- which notes ----------------------------------------------------------------------------------------------


def _chosen(node: Node, what: str, it: Reading) -> Chosen:
    bag = it.bag
    mapping = expect_mapping(node, "`notes`", bag)
    keys = take(mapping, NOTE_KEYS, bag, f"`notes` of {what}") if mapping else {}
    _refuse_empty(keys, NOTE_KEYS[:-2], bag)

    def some(key: str, choices: Collection[str], code: str = "") -> frozenset[str]:
        if key not in keys:
            return frozenset()
        items = shapes.items(keys[key], bag, key)
        return frozenset(value for item in items if (value := _one_of(item, key, choices, code, bag)))

    def tags(key: str) -> tuple[str, ...]:
        return tuple(tag.casefold() for tag in shapes.texts(keys[key], bag, key)) if key in keys else ()

    return Chosen(
        kinds=some("kinds", KIND_NAMES, "unknown-kind"),
        without_kinds=some("without kinds", KIND_NAMES, "unknown-kind"),
        tags=tags("tags"),
        without_tags=tags("without tags"),
        difficulty=some("difficulty", DIFFICULTIES),
        confidence=some("confidence", CONFIDENCE),
        verification=some("verification", VERIFICATION),
        correction=shapes.word(keys["correction"], bag, "correction", ("yes", "no")) if "correction" in keys else "",
        all_statements="statements" in keys and shapes.word(keys["statements"], bag, "statements", ("any", "all")) == "all",
    )  # fmt: skip


def _one_of(item: Node, key: str, choices: Collection[str], code: str, bag: Bag) -> str:
    if code and isinstance(item, Scalar) and item.text.strip() and item.text.strip() not in choices:
        near = nearest(item.text.strip(), choices)
        bag.error("unknown-kind", f"there is no kind of note `{item.text.strip()[:60]}`", item.span,
                  f"did you mean `{near}`?" if near else "", f"The kinds are {', '.join(f'`{kind}`' for kind in choices)}.")  # fmt: skip
        return ""
    return shapes.word(item, bag, key, choices)


def _texts(keys: MappingType[str, Node], form: Form | None, bag: Bag) -> frozenset[str]:
    """The keys of the texts to look into; those that usually say what is true where none are named."""
    if "in" not in keys:
        if isinstance(form, Longest):
            return frozenset(("answer", "reverse answer"))
        return frozenset(TEXTS) if isinstance(form, Copied) else USUAL
    node = keys["in"]
    if isinstance(node, Scalar) and node.text.strip() == "all":
        return frozenset(TEXTS)
    return frozenset(shapes.words(node, bag, "in", TEXTS))


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
    for name, owner in (("similarity", "duplicates"), ("words", "copied from")):
        if name in keys and owner not in keys:
            bag.error("bad-rule", f"`{name}` belongs to `{owner}`", keys[name].span, "", f"Add `{owner}: ...`, or leave it out.")  # fmt: skip
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
    if "find" not in keys and "with" in keys:
        bag.error("bad-rule", "`with` needs a `find` beside which to stand", keys["with"].span, "", "Rename it to `find`.")  # fmt: skip
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
    if name == "longest":
        words = _number(node, name, bag)
        return Longest(words) if words else None
    if name == "requires":
        return Requires(shapes.words(node, bag, name, REQUIRED))
    return read_quantities(node, bag) if name == "quantities" else _known_tags(node, bag)


def _duplicates(node: Node, similarity: Node | None, bag: Bag) -> Form | None:
    which = shapes.word(node, bag, "duplicates", DUPLICATES)
    usual = USUAL_SHARE if which == "questions" else 0
    text = shapes.text(similarity, bag, "similarity") if similarity is not None else f"{usual} %"
    found = SHARE.fullmatch(text)
    if similarity is not None and text and not found:
        bag.error("unknown-value", f"`similarity` cannot be `{text[:60]}`", similarity.span, "", f"Write it as `{USUAL_SHARE} %`, at most 99.")  # fmt: skip
    if not found or not which:
        return None
    share = int(found[1]) / 100
    return SimilarQuestions(max(share, 0.1)) if which == "questions" else SameAnswers(share)


def _known_tags(node: Node, bag: Bag) -> KnownTags:
    tags = []
    for item in shapes.items(node, bag, "known tags"):
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
    path = f"{it.folder}/{name}"
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
        unknown = [note_id for note_id in ids if it.ids is not None and note_id not in it.ids]
        for note_id in unknown:
            near = nearest(note_id, it.ids or ()) if len(it.strangers) < ENOUGH else None  # slow in a large deck
            it.strangers.add(note_id)
            it.bag.warning("unknown-note", f"`except` names `{note_id[:60]}`, which is no note of this deck", key.span,
                           f"did you mean `{near}`?" if near else "", "Give the id of a note, or delete the exception.")  # fmt: skip
        if not unknown:
            found[frozenset(ids)] = key.span
    return found
