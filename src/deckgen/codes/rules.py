"""What is said of the rules that an author makes for a deck, in `checks.yaml`."""

from __future__ import annotations

from deckgen.codes.entry import Entry

RULES: dict[str, Entry] = {
    "own-rule": Entry(
        "a rule of this deck's own is broken",
        "Its author wrote it into the deck's `checks.yaml`. The message begins with the rule's name, and says why it is there. Where the rule is wrong for once, `except` of the rule takes the note's id with the reason.",
    ),
    "unused-exception": Entry(
        "an exception that excuses nothing",
        "The rule no longer finds anything in this note, so the exception would only hide the next mistake there. Delete it.",
    ),
    "bad-rule": Entry(
        "a rule that cannot be carried out",
        "A rule in `checks.yaml` looks for one thing: words (`find`, `needs`), or one of `most words`, `requires`, `quantities`, `known tags`, `duplicates`, `copied from`; or for every note that `notes` chooses.",
    ),
    "bad-phrase": Entry(
        "not a phrase",
        "A phrase in `checks.yaml` has words, with `*` for any letters at the beginning or end of a word, and `#` for any number standing alone; at most 12 of them.",
    ),
    "unknown-words": Entry(
        "there is no such list of phrases",
        "A list that rules share stands under `phrases` of `checks.yaml`, above other lists that use it, and is called by its name in angle brackets: `<negation>`.",
    ),
    "too-many-phrases": Entry(
        "too many rules or phrases",
        "At most 200 rules, and 500 phrases in a list: beyond that nobody knows any more what is checked.",
    ),
    "bad-quantity": Entry("not a mass", "A number and one of ng, µg (or mcg), mg and g, as in `20 µg`."),
    "bad-fingerprints": Entry(
        "a file of fingerprints that cannot be read",
        "It is made by `tools/fingerprint.py` from the texts of sources, and nobody edits it by hand.",
    ),
}
