"""What is said of editions: the ledger, and changes that students could not follow."""

from __future__ import annotations

from deckgen.codes.entry import Entry

EDITIONS: dict[str, Entry] = {
    "ledger-damaged": Entry(
        "a ledger that cannot be read",
        "`ledger.txt` knows every note ever published, and only `deckgen release` writes it. A line that was edited, cut off or left by a merge could cost students their progress, so nothing is guessed: take the file from the last commit. When two branches each made an edition, keep one of the two and release the other again.",
    ),
    "other-ledger": Entry(
        "the ledger of another deck",
        "The key of a deck makes the GUIDs of its notes. Under another key every note would be a new one, and students would have each of them twice.",
    ),
    "stray-ledger": Entry(
        "a ledger in the folder of no deck",
        "The deck was published, and is not in `deckgen.yaml` any more under this key. With another key every note would be a new one to Anki.",
    ),
    "lost-ledger": Entry(
        "editions were made that the ledger does not know",
        "Without it every note would count as new and be written anew, over whatever students changed; with an old one a version would be used twice. The changelog remembers. Take both files from one commit.",
    ),
    "changelog-conflict": Entry(
        "a changelog with the marks of a merge",
        "Two branches each made an edition. What students read must be one history; take the changelog and the ledger of one branch, and release again.",
    ),
    "vanished-note": Entry(
        "a published note is gone",
        "Students keep its cards for good, and nobody tells them. If the note has another id now, `was` keeps it the same note in Anki; if it is no longer taught, put it back with `retired`. To drop it all the same: `deckgen release --accept vanished-note`.",
    ),
    "returned-note": Entry(
        "a note that was dropped is there again, and asks something else",
        "What an edition dropped, students still have, and their schedule of it. Under the same id a new fact would take over that schedule. Ids are never used twice.",
    ),
    "removed-package": Entry(
        "a published package of a part is no longer made",
        "Students who have that part look for the file by its name. Its key is permanent; what it holds may change.",
    ),
    "changed-kind": Entry(
        "a published note became another kind",
        "Anki never changes the note type of a note it has, so no later correction would reach it. Give the new note an id of its own, and retire the old one.",
    ),
    "moved-cards": Entry(
        "published cards would ask for something else",
        "Anki knows a card by its number in the note. When steps, masks or gaps change their numbers, a student's schedule for one fact lands on another. Add new steps at the end, give masks their old `number`, and never renumber gaps.",
    ),
    "removed-cards": Entry(
        "a published note makes fewer cards",
        "The student's card stays, without anything to ask, until *Tools > Empty Cards* removes it. The release notes say so, when it is accepted.",
    ),
    "moved-notes": Entry(
        "published notes lie in another deck",
        "Anki never moves cards it has: students keep them in the old deck, and get new notes in the new one. Names of decks are for good; use tags for what may change.",
    ),
    "changed-note-type": Entry(
        "a published note type has other fields or cards, or another identity",
        "Anki would add a second note type beside the first and update none of the student's notes. The identity follows from `publisher` and `language`; fields and card templates from the version of deckgen.",
    ),
    "changed-media": Entry(
        "a picture or sound changed under its published name",
        "Anki keeps a file it has. Names follow from the content, so this comes from a new version of deckgen that cleans files in another way.",
    ),
    "many-updates": Entry(
        "many notes would be updated although nobody changed their words",
        "An update replaces what students wrote into a note before, so one should touch only what was corrected. A new citation style, another title of a set or another version of deckgen touches every note at once.",
    ),
    "retired-unpublished": Entry(
        "a retired note that was never published",
        "No student has it, so the package would bring it as a new card that says it is not taught. Delete it.",
    ),
    "bad-since": Entry(
        "not the version of an edition",
        "Students read on a retired card since which edition it is.",
        "- id: a\n  question: q?\n  answer: a\n  retired: {since: last year, why: It is wrong.}\n",
        "- id: a\n  question: q?\n  answer: a\n  retired: {since: 1.4.0, why: It is wrong.}\n",
    ),
    "retired-since": Entry(
        "a note retired since another edition than the one that is being made",
        "The card tells students since when it is not taught. The version of an edition follows from its changes; write the one that is shown, or choose the version with `--edition`.",
    ),
    "deck-name-number": Entry(
        "a deck whose name is a number",
        "Anki's text import takes the name for the id of a deck it does not have, and leaves these notes out. The package brings them.",
    ),
    "half-a-move": Entry(
        "a note that leaves a deck for another which is not released",
        "With its `guid` a note may move to another deck of the project. Released alone, the deck it left would forget it before the other one knows it.",
    ),
    "unsafe-edition": Entry(
        "an edition after which students would have to do something",
        "What it is, other messages say. Mend it, or accept it with the flag that is shown; the changelog then tells students what to do.",
    ),
    "edition-differs": Entry(
        "files of a published edition that would be others now",
        "What students have is never replaced under the same version. Another version of deckgen, or another print layout, makes other files of the same cards.",
    ),
    "interrupted-release": Entry(
        "a release that was interrupted",
        "All files of the edition are there, but not all in their places. The next `deckgen build` or `deckgen release` finishes it.",
    ),
    "unreleased-changes": Entry(
        "a deck that has changed since its last edition",
        "`--frozen` makes the artifacts of the last edition alone, as for a tag that is being published.",
    ),
    "unknown-edition": Entry("there is no such edition", "`--since` takes the version of an edition in the ledger."),
    "old-version": Entry(
        "a version that is not later than the last", "Editions follow one another; students see which is the newer."
    ),
    "which-deck": Entry("a release without a deck", "In a project of several decks each has editions of its own."),
}
