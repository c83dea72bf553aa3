"""Whatever authors do between editions, in whatever order: identities stay, and times move for what changed alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sample
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sample import EDITION, text

from deckgen.diagnostics import Bag, Source
from deckgen.editions.ledger import Ledger, read_ledger, to_text
from deckgen.editions.plan import Plan, draft_plan, release_plan
from deckgen.editions.review import Review, review
from deckgen.editions.standing import content_of, look_of
from deckgen.export import apkg
from deckgen.fieldtext import anki_notes
from deckgen.ids import note_guid
from deckgen.model import Context, Deck, Note, Retired

TYPES = sample.types()
WORDS = st.sampled_from(["RANKL", "OPG", "−2.5", "α & β", "denosumab", "<b>", ""])


class Author(RuleBasedStateMachine):
    """An author with a deck, who edits, reorders, adds, renames, retires, drops, restyles, and now and then releases."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Note] = []
        self.made = 0
        self.time = EDITION
        self.css = 0
        self.ledger: Ledger | None = None
        self.published: dict[str, tuple[str, int]] = {}  # by GUID: what landed in Anki, and its time
        self.looks: dict[int, tuple[str, int]] = {}  # by id of the note type, the same
        self.ever: set[str] = set()

    # -- what the author does

    @initialize()
    def begin(self) -> None:
        for _ in range(3):
            self.add("RANKL")

    @rule(words=WORDS)
    def add(self, words: str) -> None:
        self.made += 1
        self.notes.append(sample.note(f"n{self.made}", Question=f"Question {self.made}?", Answer=words or "-"))

    @rule(at=st.integers(0, 20), words=WORDS)
    def edit(self, at: int, words: str) -> None:
        self._change(at, lambda note: replace(note, content={**note.content, "Answer": text(words or "-")}))

    @rule(at=st.integers(0, 20), tags=st.lists(st.sampled_from("abc"), unique=True))
    def tag(self, at: int, tags: list[str]) -> None:
        self._change(at, lambda note: replace(note, tags=tuple(tags)))

    @rule(at=st.integers(0, 20))
    def retire(self, at: int) -> None:
        self._change(at, lambda note: replace(note, retired=None if note.retired else Retired("1.1", "No longer.")))

    @rule(at=st.integers(0, 20))
    def rename(self, at: int) -> None:
        self.made += 1
        self._change(at, lambda note: replace(note, id=f"n{self.made}"))

    @rule(order=st.randoms(use_true_random=False))
    def reorder(self, order: Any) -> None:
        order.shuffle(self.notes)

    @rule(at=st.integers(0, 20))
    @precondition(lambda self: len(self.notes) > 1)
    def drop(self, at: int) -> None:
        del self.notes[at % len(self.notes)]

    @rule()
    def restyle(self) -> None:
        self.css += 1

    @rule()
    def style_of_old(self) -> None:
        self.css = 0

    @rule(wait=st.integers(2, 10**6))
    def release(self, wait: int) -> None:
        self.time += wait
        found = self._found()
        plan = release_plan(found, self._known(), "", self.time)
        if self.ledger and not found.changes:
            assert plan.edition == self.ledger.last
            assert to_text(plan.ledger) == to_text(self.ledger)
        self._check_times(plan, found, self.time)
        first, again = (self._package(plan, found) for _ in range(2))
        assert first == again
        self.ledger = plan.ledger
        for note in found.now.notes:
            self.published[note.note.guid] = content_of(note), plan.note_times[note.note.id]
        for one in found.now.types.values():
            self.looks[one.id] = look_of(one), plan.type_times[one.key]
        self.ever |= {note.note.guid for note in found.now.notes}
        after = self._found()
        assert not after.changes
        assert after.concerns == ()
        assert self._package(draft_plan(after, self._known(), None), after) == first

    # -- what always holds

    @invariant()
    def a_build_is_the_last_edition_or_a_draft_after_it(self) -> None:
        if self.ledger is None or not self.notes:
            return
        found = self._found()
        plan = draft_plan(found, self._known(), None)
        assert plan.is_draft == bool(found.changes)
        self._check_times(plan, found, plan.edition.time)
        assert all(time <= self.ledger.last.time + 1 for time in plan.note_times.values())
        for update in plan.updates:
            assert update.notes == {key for key, time in plan.note_times.items() if time > update.since.time}

    @invariant()
    def the_ledger_survives_being_written(self) -> None:
        if self.ledger:
            bag = Bag()
            assert read_ledger(Source("l", to_text(self.ledger)), "osteoporosis", bag) == self.ledger
            assert not bag.items

    @invariant()
    def the_ledger_forgets_nothing(self) -> None:
        assert self.ever <= (self.ledger.notes.keys() if self.ledger else set())

    @invariant()
    def a_guid_is_from_the_first_id(self) -> None:
        assert {note.guid for note in self.notes} <= {note_guid("osteoporosis", f"n{n}") for n in range(self.made + 1)}

    # -- helpers

    def _change(self, at: int, change: Any) -> None:
        self.notes[at % len(self.notes)] = change(self.notes[at % len(self.notes)])

    def _deck(self) -> Deck:
        return sample.deck(self.notes)

    def _types(self) -> Any:
        return {key: replace(one, css=f"{one.css}/* {self.css} */") for key, one in TYPES.items()}

    def _found(self) -> Review:
        return review(self._deck(), self._types(), self.ledger)

    def _known(self) -> list[Ledger]:
        return [self.ledger] if self.ledger else []

    def _check_times(self, plan: Plan, found: Review, new: int) -> None:
        """A note's time is the new one exactly when what lands in Anki is not what was published last."""
        for note in found.now.notes:
            time = plan.note_times[note.note.id]
            if note.note.guid in self.published:
                content, before = self.published[note.note.guid]
                known = self.ledger.notes[note.note.guid].state != "dropped" if self.ledger else False
                if known and content == content_of(note):
                    assert time == before
                else:
                    assert time == new > before
            else:
                assert time == new
        for one in found.now.types.values():
            if one.id in self.looks:
                look, before = self.looks[one.id]
                assert (plan.type_times[one.key] == before) if look == look_of(one) else (plan.type_times[one.key] > before)  # fmt: skip

    def _package(self, plan: Plan, found: Review) -> bytes:
        deck = replace(found.now.deck, version=plan.edition.version, date=plan.edition.date)
        context = Context(
            self._types(), plan.edition.time, anki_notes(found.now.deck, self._types()), plan.note_times, plan.type_times,
            plan.updates, is_draft=plan.is_draft,
        )  # fmt: skip
        return apkg.export(deck, context).data


TestAuthor = Author.TestCase
TestAuthor.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
