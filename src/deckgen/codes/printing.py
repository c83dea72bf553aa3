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
    "unknown-job": Entry(
        "a print job that is not there",
        "`--job` calls jobs that `deckgen.yaml` names under `print`, of the project or of a deck.",
    ),
}
