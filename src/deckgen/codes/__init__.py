"""What every diagnostic means: the text behind `deckgen explain`, and docs/reference/diagnostics.md.

An example is a set file; a test checks that the wrong one is reported under its code and the right one is not.
Knows codes and words; not how a problem is found.
"""

from __future__ import annotations

from deckgen.codes.editions import EDITIONS
from deckgen.codes.entry import Entry
from deckgen.codes.evidence import EVIDENCE
from deckgen.codes.kinds import KINDS
from deckgen.codes.packages import PACKAGES
from deckgen.codes.printing import PRINTING
from deckgen.codes.rules import RULES
from deckgen.codes.sounds import SOUNDS

_NOTE = "- id: chambers\n  question: How many chambers has the heart?\n"
_FOUR = _NOTE + "  answer: Four\n"


def _cloze(text: str) -> str:
    return f'- id: beat\n  cloze: "{text}"\n'


def _answer(text: str) -> str:
    return f"{_NOTE}  answer: {text}\n"


_GOOD_CLOZE = _cloze("The {{c1::heart::organ}} beats.")

CODES: dict[str, Entry] = {
    # -- YAML
    "yaml-syntax": Entry(
        "the file is not YAML",
        "One misplaced sign stops the reading of the whole file, so it is reported alone.",
        _NOTE + "  answer: 'Four\n",
        _FOUR,
    ),
    "yaml-tab": Entry(
        "a tab indents a line",
        "YAML indents with spaces; how wide a tab is, every editor decides for itself.",
        "- id: a\n\tquestion: q?\n",
        _FOUR,
    ),
    "yaml-tag": Entry(
        "a YAML tag such as !!python",
        "Values are text; a tag would ask for an object. None is ever made.",
        _answer("!!int 4"),
        _FOUR,
    ),
    "yaml-alias": Entry(
        "too many aliases, or one that leads nowhere",
        "Aliases can make a small file unfold to gigabytes. A hundred, and ten times the file's size, are the limit.",
        _answer("*four"),
        _FOUR,
    ),
    "yaml-depth": Entry(
        "nested too deeply",
        "No set needs a hundred levels; reading them takes time that grows with the square.",
        _answer("[" * 101),
        _FOUR,
    ),
    "yaml-documents": Entry(
        "more than one document in a file",
        "What follows a second `---` would belong to no set.",
        _FOUR + "---\n" + _FOUR,
        _FOUR,
    ),
    "yaml-empty": Entry(
        "an empty file", "A file with nothing in it is most likely a mistake.", "# only a comment\n", _FOUR
    ),
    "yaml-key": Entry("a key that is no text", "Keys are words.", "- [a, b]: c\n", _FOUR),
    "yaml-escape": Entry(
        "a formula in double quotes",
        "In double quotes YAML reads `\\\\t`, `\\\\n` and `\\\\r` itself, so the formula would become another one.",
        _answer('"$\\theta$"'),
        _answer("'$\\theta$'"),
    ),
    "yaml-size": Entry(
        "a file with too much in it",
        "Beyond a million parts, or a thousand mistakes, reading on helps nobody. Split the file.",
    ),
    "yaml-comment": Entry(
        "a comment swallows text",
        "A `#` behind a space begins a comment in YAML, so the rest of the line would be lost.",
        _answer("50 % #1 cause"),
        _answer('"50 % #1 cause"'),
    ),
    "yaml-line-break": Entry(
        "a line break that editors do not show",
        "U+0085, U+2028 and U+2029 end a line for YAML, but not for most editors.",
    ),
    "not-utf-8": Entry(
        "the file is not UTF-8", "Saved in another encoding, letters such as α or é would come out wrong."
    ),
    "duplicate-key": Entry(
        "a key stands twice", "One of the two values would be lost without a word.", _FOUR + "  answer: Five\n", _FOUR
    ),
    "unknown-key": Entry(
        "a key deckgen does not know",
        "A misspelt key would make a card with an empty side.",
        _NOTE + "  anwser: Four\n",
        _FOUR,
    ),
    "wrong-shape": Entry(
        "a text where a list belongs, or the other way round",
        "Each key takes a text, a list, or keys of its own.",
        _answer("[Four, Five]"),
        _FOUR,
    ),
    # -- the project
    "no-project": Entry("there is no deckgen.yaml", "A project begins with that file. `deckgen init` writes one."),
    "missing-file": Entry("a file that is named is not there", "Check the spelling; capital letters count."),
    "unreadable-file": Entry("a file cannot be read", "It is a folder or a pipe, or its permissions forbid it."),
    "file-too-large": Entry(
        "a file is too large",
        "YAML beyond 64 MiB, a picture or a sound beyond 20 MiB, or a template beyond 1 MiB is most likely a mistake.",
    ),
    "outside-project": Entry(
        "a path leads out of the project",
        "A project that somebody sent you must not reach your other files, by `..`, by a link, or by an absolute path.",
        _answer('"![A file](../../../etc/hosts)"'),
        _FOUR,
    ),
    "bad-publisher": Entry(
        "not a name for the publisher",
        "It begins the names of the note types in Anki: letters, digits, spaces and `-`.",
    ),
    "bad-home": Entry("not a web address", "Write it in full, as `https://example.org/deck`."),
    "bad-deck-key": Entry(
        "not a key for a deck",
        "The key makes GUIDs and file names: small letters, digits and `-`, beginning with a letter.",
    ),
    "bad-deck-name": Entry(
        "not a name for a deck in Anki",
        "It is one line without tabs, with a name on both sides of every `::`, none of which begins or ends with `:`; and not `Default`. Anki would change anything else, and a student would have two decks.",
        _FOUR + '  subdeck: "A::"\n',
        _FOUR + '  subdeck: "A::B"\n',
    ),
    "duplicate-deck-name": Entry(
        "two decks with one name",
        "Anki knows decks by their names, without regard to case: their cards would lie in one.",
    ),
    "bad-version": Entry(
        "not a version",
        "Up to four numbers with dots: `1.4.0`, `2026.1`; a word may follow, as in `2.0.0-beta`. `-draft` is what deckgen calls drafts.",
    ),
    "bad-tag-prefix": Entry("not a tag", "A prefix follows the rules of tags."),
    "bad-figure-name": Entry("not a name for a figure", "Small letters, digits and `-`."),
    "bad-citation-style": Entry(
        "not the name of a citation style", "It is the file name of a CSL style without `.csl`."
    ),
    "unknown-deck": Entry(
        "there is no such deck",
        "A set belongs to the deck whose folder it lies in, or that it names.",
        "deck: lung\nnotes:\n" + _FOUR,
        _FOUR,
    ),
    "ignored-file": Entry(
        "a file that is not read",
        "Its name ends in `.yaml.txt`: some editors add `.txt`, and Windows does not show it.",
    ),
    "empty-deck": Entry("a deck without notes", "Put a YAML file with notes into the deck's folder."),
    # -- notes
    "missing-id": Entry(
        "a note without an id",
        "By its id Anki knows a note again. Without one, every edition would bring a new note.",
        "- question: q?\n  answer: a\n",
        _FOUR,
    ),
    "bad-id": Entry(
        "not an id",
        "Ids stand in file names, links and reports: small letters, digits and `-`, at most 64.",
        _FOUR.replace("chambers", "The Chambers"),
        _FOUR,
    ),
    "duplicate-id": Entry(
        "two notes with one id",
        "Anki would take the two for one note and lose one of them.",
        _FOUR + _FOUR.replace("chambers?", "x?"),
        _FOUR,
    ),
    "bad-guid": Entry("not a GUID", "At most 64 printable characters of ASCII, as Anki shows it."),
    "duplicate-guid": Entry(
        "two notes with one GUID",
        "Each note is one note in Anki.",
        "- {id: a, question: 'a?', answer: a}\n- {id: b, was: a, question: 'b?', answer: b}\n",
        _FOUR,
    ),
    "missing-key": Entry(
        "something a note needs is missing",
        "A basic note needs `question` and `answer`, a cloze note `cloze`, a sequence `sequence` and `steps`.",
        _NOTE,
        _FOUR,
    ),
    "empty-text": Entry(
        "a text is empty", "An empty side makes a card nobody can answer.", _NOTE + "  answer:\n", _FOUR
    ),
    "mixed-kinds": Entry(
        "keys of two kinds in one note",
        "A note is of one kind; its keys say which.",
        _GOOD_CLOZE + "  question: q?\n",
        _GOOD_CLOZE,
    ),
    "unknown-kind": Entry(
        "there is no such kind of note",
        "`kind` may be left out: it follows from the keys.",
        _FOUR + "  kind: basik\n",
        _FOUR,
    ),
    "step-count": Entry(
        "too few or too many steps",
        "A sequence has two to ten steps. Split a longer one, with one step in both parts.",
        "- id: s\n  sequence: S\n  steps:\n    a: A\n",
        "- id: s\n  sequence: S\n  steps:\n    a: A\n    b: B\n",
    ),
    "bad-step-id": Entry(
        "not an id of a step",
        "Steps keep their ids for ever, like notes.",
        "- id: s\n  sequence: S\n  steps:\n    A B: A\n    b: B\n",
        "- id: s\n  sequence: S\n  steps:\n    a: A\n    b: B\n",
    ),
    "bad-tag": Entry(
        "not a tag",
        "Anki splits tags at spaces. Letters, digits, `_` and `-`; `::` makes levels.",
        _FOUR + "  tags: [a tag]\n",
        _FOUR + "  tags: [a-tag]\n",
    ),
    "bad-statement": Entry(
        "not the id of a statement",
        "Letters, digits, `.` and `-`, at most 40, as `S1.4`; it begins with a letter or a digit.",
        _FOUR + "  statements: [1 2]\n",
        _FOUR + "  statements: [S1.2]\n",
    ),
    "bad-language": Entry(
        "not a language", "A tag such as `en` or `pt-BR`.", _FOUR + "  language: English!\n", _FOUR + "  language: en\n"
    ),
    "bad-date": Entry(
        "not a day",
        "Year, month and day: `2026-11-23`.",
        _FOUR + "  checked: 23.11.2026\n",
        _FOUR + "  checked: 2026-11-23\n",
    ),
    "unknown-value": Entry(
        "a value that is not among those allowed",
        "The message lists them.",
        _FOUR + "  difficulty: easy\n",
        _FOUR + "  difficulty: core\n",
    ),
    "unknown-note": Entry(
        "`replaced by`, `steps of` or `except` of a rule names no note",
        "Give the id of a note of the same deck.",
        _FOUR + "  retired: {since: '1', why: w, replaced by: nobody}\n",
        _FOUR,
    ),
    "same-question": Entry(
        "two notes ask the same",
        "A card of one looks like a card of the other, so the student cannot know which answer is wanted. Every card counts: also those of `reverse question`, `ask whole` and `ask without options`.",
        _FOUR + _FOUR.replace("id: chambers", "id: again"),
        _FOUR,
    ),
    # -- card text
    "cloze-missing": Entry(
        "a cloze note without a gap", "Anki would make a note without a card.", _cloze("The heart beats."), _GOOD_CLOZE
    ),
    "cloze-malformed": Entry(
        "a gap that Anki would not see",
        "A gap is written {{c1::hidden}} or {{c1::hidden::hint}}; numbers begin at 1.",
        _cloze("The {{c1:heart}} beats."),
        _GOOD_CLOZE,
    ),
    "cloze-braces": Entry(
        "}} inside a gap",
        "Anki ends the gap at the first }}. In maths, write } }.",
        _cloze("A {{c1::$\\\\frac{1}{{t}}$}}."),
        _cloze("A {{c1::$\\\\frac{1}{{t} }$}}."),
    ),
    "cloze-number": Entry(
        "a cloze number beyond 500", "Anki makes no card for it.", _cloze("The {{c501::heart}} beats."), _GOOD_CLOZE
    ),
    "stray-cloze": Entry(
        "a gap in a text that is no cloze",
        "Only the key `cloze` hides text; elsewhere the braces would be shown.",
        _answer('"{{c1::Four}}"'),
        _GOOD_CLOZE,
    ),
    "markdown-not-allowed": Entry(
        "Markdown that is not card text",
        "Headings, rules and the like have no place on a card.",
        _answer('"# Four"'),
        _answer('"**Four**"'),
    ),
    "lone-list-item": Entry(
        "a list of one item",
        "A line that begins with `- ` or `+ ` is a list in Markdown; `- 2.5` is most likely meant as a number.",
        _answer('"- 2.5"'),
        _answer("−2.5"),
    ),
    "list-numbers": Entry(
        "numbers of a list that Markdown would change",
        "Markdown counts on from the first number, whatever the others say.",
        f"{_NOTE}  answer: |\n    1. Atria\n    3. Ventricles\n",
        f"{_NOTE}  answer: |\n    1. Atria\n    2. Ventricles\n",
    ),
    "quote-sign": Entry(
        "a line that begins with >",
        "Markdown takes it for a quotation and the sign is lost.",
        _answer('"> 50 %"'),
        _answer('"\\\\> 50 %"'),
    ),
    "table-cells": Entry(
        "a table row that is too long",
        "Markdown drops the cells for which the header has no column.",
        f"{_NOTE}  answer: |\n    | a | b |\n    |---|---|\n    | 1 | 2 | 3 |\n",
        f"{_NOTE}  answer: |\n    | a | b |\n    |---|---|\n    | 1 | 2 |\n",
    ),
    "table-size": Entry("a table that is too big", "Thousands of cells fit on no card."),
    "control-character": Entry(
        "a character that cannot be shown",
        "It often comes with text pasted from a PDF; Anki and print drop it.",
        _answer('"Fo\\x01ur"'),
        _FOUR,
    ),
    "too-deep": Entry(
        "markup nested too deeply", "Nobody reads fifty levels of quotation.", _answer('"' + "> " * 60 + 'x"'), _FOUR
    ),
    "link-scheme": Entry(
        "a link that is not http, https or mailto",
        "Anything else could run a program on the student's device, or leads nowhere.",
        _answer('"[x](javascript:alert(1))"'),
        _answer('"[x](https://example.org)"'),
    ),
    "link-text": Entry(
        "a link without words",
        "There would be nothing to click on.",
        _answer('"[](https://example.org)"'),
        _answer('"[x](https://example.org)"'),
    ),
    "math-delimiter": Entry(
        "a formula with Anki's own delimiters in it",
        "Anki would end the formula there.",
        _answer('"$a \\\\) b$"'),
        _answer('"$a ) b$"'),
    ),
    "math-unsupported": Entry(
        "a formula that cannot be printed", "It holds a command the maths of print does not know."
    ),
    "image-path": Entry(
        "a picture without a path",
        "Write the file into the parentheses.",
        _answer('"![Four rings]()"'),
        _answer('"![Four rings](images/valves.svg)"'),
    ),
    "image-alt": Entry(
        "a picture without a text alternative",
        "Say what it shows, for those who do not see it; print requires it, too.",
        _answer('"![](images/valves.svg)"'),
        _answer('"![Four rings](images/valves.svg)"'),
    ),
    "image-remote": Entry(
        "a picture from the web",
        "Cards must work without a network; copy the picture into the deck's folder.",
        _answer('"![x](https://example.org/x.png)"'),
        _answer('"![Four rings](images/valves.svg)"'),
    ),
    # -- pictures and sounds
    "missing-image": Entry(
        "a picture is not there",
        "Paths are relative to the deck's folder.",
        _answer('"![x](images/valve.svg)"'),
        _answer('"![Four rings](images/valves.svg)"'),
    ),
    "image-type": Entry(
        "not a picture deckgen knows",
        "PNG, JPEG, GIF, WebP and SVG, told by their content.",
        _answer('"![x](a.yaml)"'),
        _FOUR,
    ),
    "image-too-large": Entry(
        "a picture with too many pixels", "Beyond 40 megapixels phones give up; 1,600 pixels across are plenty."
    ),
    **SOUNDS,
    "svg-active": Entry(
        "something active in an SVG",
        "An SVG is shown inside Anki; scripts, styles and links in it could act there. Save it as plain SVG.",
    ),
    "unknown-figure": Entry(
        "there is no such figure",
        "Figures are named under `figures` of the deck in deckgen.yaml.",
        _FOUR + "  figure: valvs\n",
        _FOUR + "  figure: valves\n",
    ),
    "no-picture": Entry(
        "`figure` shows no picture",
        "It takes the name of a figure, or a Markdown picture.",
        _FOUR + "  figure: Just words here\n",
        _FOUR + "  figure: valves\n",
    ),
    "image-unreadable": Entry(
        "a picture that cannot be printed", "Its header is right, but the rest is damaged. Save it again."
    ),
    # -- print
    "missing-glyph": Entry(
        "no font for print has this character",
        "The pages show its code in a box; the Anki package holds it as it is. Name a font that has it under `fonts`, reword, or accept the box.",
    ),
    "overflow": Entry(
        "a card is too full for its size",
        "Even in the smallest type the text does not fit. It is printed whole on a page behind the cards; shorten it, or split the note.",
    ),
    # -- templates
    "template-error": Entry(
        "a template has a mistake",
        "A file in the project's `templates/` cannot be rendered, or holds what Anki would refuse.",
    ),
    "template-active": Entry(
        "a template runs or loads something",
        "Cards must not run scripts, nor load anything from elsewhere. If every student is to run it on their own device, "
        "the project names the file under `allow` in deckgen.yaml; then only this file is let off.",
    ),
    "template-injection": Entry(
        "a place in a template where text would become code",
        "Inside a tag or a script, the text of a card, a label or another file could become an attribute or a command, "
        "and so could what is left when a field is empty. Put fields, sections and includes between tags.",
    ),
    "bad-allow": Entry(
        "`allow` names no template of the project",
        "It lists faces, their parts and style sheets in the project's own `templates/anki/`, by the path that messages "
        "show. An entry that matches nothing would come to life with a file somebody adds later.",
    ),
    "template-import": Entry(
        "a layout imports a package", "Packages come from the network; a build works without one."
    ),
    "template-runaway": Entry(
        "a template does not end",
        "It took more than 20 seconds or 512 MiB of memory, or made more than 10 MiB of text, and was stopped.",
    ),
    "unknown-template": Entry(
        "a template nobody uses",
        "A file in `templates/` takes the place of a built-in one of the same name; this name is none of theirs.",
    ),
    "no-labels": Entry("no labels in this language", "The words on the cards' faces will be English."),
    **KINDS,
    **EDITIONS,
    **PACKAGES,
    **PRINTING,
    **EVIDENCE,
    # -- references
    "unknown-reference": Entry(
        "a key the bibliography does not have",
        "A card must rest on a work that can be looked up.",
        _FOUR + "  references: [Harvey1682]\n",
        _FOUR + "  references: [Harvey1628]\n",
    ),
    "bad-bibliography": Entry(
        "the bibliography cannot be read", "Export it from Zotero as CSL JSON, or as Better CSL YAML."
    ),
    "bad-reference-key": Entry(
        "a record without a usable id", "Keys are short words without spaces, such as `Boyle2003`."
    ),
    "duplicate-reference": Entry(
        "two records with one id", "Which of the two a card rests on would be left to chance."
    ),
    "bad-reference": Entry(
        "a record that cannot be formatted", "Its `type`, `author` or `issued` is not as CSL has it."
    ),
    "thin-reference": Entry("a record without a title", "The entry on the card would be empty or misleading."),
    "unknown-style": Entry("there is no such citation style", "Use the file name of a style of the CSL repository."),
    **RULES,
}


def describe(code: str) -> str:
    """The page of `code` as text for a terminal."""
    entry = CODES[code]
    parts = [f"{code}: {entry.title}", entry.why]
    if entry.wrong:
        parts += ["Wrong:\n" + _indented(entry.wrong), "Right:\n" + _indented(entry.right)]
    return "\n\n".join(parts)


def as_markdown() -> str:
    """All pages as a document."""
    parts = [
        "# Diagnostics\n\nWritten by `make docs` from `src/deckgen/codes/`. `deckgen explain CODE` shows the same.\n"
    ]
    for code, entry in CODES.items():
        parts.append(f"## `{code}`\n\n{entry.title[:1].upper()}{entry.title[1:]}. {entry.why}\n")
        if entry.wrong:
            parts.append(f"```yaml wrong\n{_short(entry.wrong)}```\n\n```yaml right\n{entry.right}```\n")
    return "\n".join(parts)


def _short(text: str) -> str:
    return text if len(text) < 400 else text[:60] + "...\n"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in _short(text).splitlines()).rstrip("\n")
