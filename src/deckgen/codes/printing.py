"""What is said of print jobs."""

from __future__ import annotations

from deckgen.codes.entry import Entry

PRINTING: dict[str, Entry] = {
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
    "bad-font": Entry(
        "a font that pages cannot be set in",
        "A file under `fonts` is no TrueType or OpenType font, is damaged, or is there twice; or its family is one of those that deckgen brings along. Fonts are tried in a process of their own before a page is set.",
        'fonts: ["Noto Sans Thai"]\n',
        "fonts: [fontpkg-noto-sans-thai, fonts/NotoSansHebrew-Regular.ttf]\n",
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
