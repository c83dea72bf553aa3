"""What is said of print jobs."""

from __future__ import annotations

from deckgen.codes.entry import Entry

PRINTING: dict[str, Entry] = {
    "bad-link": Entry("not a web address", "Write it in full, as `https://example.org/x7`."),
    "bad-job-name": Entry(
        "not a name for a print job",
        "The name stands in the names of files (`heart-week-1-a4.pdf`): small letters, digits and `-` between them. A job that has the name of a layout takes the place of that layout.",
    ),
    "bad-setting": Entry(
        "a setting of a print job that cannot be",
        "A value nobody can read, or a setting of another layout: a handout has no `size`. `deckgen list layouts` and docs/reference/format.md say what belongs to each.",
    ),
    "bad-print-job": Entry(
        "a print job that cannot be printed",
        "Each setting is right by itself, but not together: cards larger than the paper, pre-cut sheets on paper they are not made on, an exam before the first day.",
    ),
    "empty-job": Entry(
        "a print job without notes",
        "A note is printed when it meets all that is said: one of the `sets`, and one of the `tags`, and so on.",
    ),
    "no-summary": Entry(
        "a summary is to be printed, and the deck has none",
        "The layout `summary` prints what `summary.yaml` in the deck's folder says. A layout or a job that is set for all decks passes over those without one, if one has it.",
    ),
    "summary-too-long": Entry(
        "the summary is more than one page",
        "Letters of 7.5 points are the smallest that are tried. Nothing is cut: it goes on on another page. With `overflow: stop` nothing is printed.",
    ),
    "duplicate-summary": Entry(
        "two files with the summary of one deck",
        "`summary.yaml` and `summary.yml` both count, and only one page can be the one page.",
    ),
    "no-steps": Entry(
        "`steps of` names a note without steps",
        "It takes the id of a sequence that is taught: its steps stand in the summary as a numbered list.",
    ),
    "bad-title": Entry(
        "a title that is too long",
        "Titles in the summary stand on one line, beside the numbers of their sources.",
    ),
    "bad-term": Entry(
        "not a term for the glossary",
        "A term stands as it does in the texts: `RANKL`, `c-Fms`, `T-score`; at most 40 characters.",
    ),
    "duplicate-term": Entry(
        "the glossary has this term twice",
        "Both files of a glossary count as one, and white space makes no difference.",
    ),
    "unused-term": Entry(
        "a term that stands nowhere in the deck",
        "The glossary is for those who read the cards. A term is found as a word by itself, with its capitals, also with an `s` behind it: `SERM` in `SERMs`, but `RANK` not in `RANKL`. Texts of notes, heads of sets, captions of figures and the summary count.",
    ),
    "bad-font": Entry(
        "a font that pages cannot be set in",
        "A file under `fonts` is no TrueType or OpenType font, is damaged, or is there twice; or its family is one of those that deckgen brings along. Fonts are tried in a process of their own before a page is set.",
    ),
    "unknown-font-package": Entry(
        "a font package that is not installed",
        "Fonts for other scripts come as Python packages, `fontpkg-...`. They are installed once on each machine, where deckgen is; a font file inside the project goes wherever the project goes.",
    ),
    "unknown-job": Entry(
        "a print job that is not there",
        "`--job` calls jobs that `deckgen.yaml` names under `print`, of the project or of a deck.",
    ),
}
