"""Whatever authors do between editions, in whatever order: identities stay, and times move for what changed alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sample
from conftest import MakeProject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sample import EDITION, text

from deckgen.build import read
from deckgen.diagnostics import Bag, Source
from deckgen.editions.ledger import Ledger, read_ledger, to_text
from deckgen.editions.plan import Plan, draft_plan, release_plan
from deckgen.editions.review import Review, review
from deckgen.editions.standing import content_of, look_of
from deckgen.export import apkg
from deckgen.fieldtext import anki_notes
from deckgen.model import AnkiNote, Context, Deck, Note, Retired

TYPES = sample.types()
WORDS = st.sampled_from(["RANKL", "OPG", "−2.5", "α & β", "denosumab", "<b>", ""])


def sequence(note_id: str, steps: list[str]) -> Note:
    """A sequence of these steps."""
    fields = {f"Step_{number}": f"The step {step}" for number, step in enumerate(steps, 1)}
    made = sample.note(note_id, "sequence", "sequence", Title=f"The way of {note_id}", **fields)
    return replace(made, step_ids=tuple(steps))


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
        self.texts: dict[str, tuple[tuple[str, ...], int]] = {}  # the fields alone, the same
        self.looks: dict[int, tuple[str, int]] = {}  # by id of the note type, the same
        self.ever: set[str] = set()
        self.gone: list[Note] = []
        self.cards: dict[tuple[str, int], str] = {}  # what every step card ever published asks for

    # -- what the author does

    @initialize()
    def begin(self) -> None:
        for _ in range(3):
            self.add("RANKL")

    @rule(words=WORDS)
    def add(self, words: str) -> None:
        self.made += 1
        self.notes.append(sample.note(f"n{self.made}", Question=f"Question {self.made}?", Answer=words or "-"))

    @rule(count=st.integers(2, 5))
    def add_sequence(self, count: int) -> None:
        self.made += 1
        self.notes.append(sequence(f"n{self.made}", [f"s{step}" for step in range(count)]))

    @rule(at=st.integers(0, 20), where=st.integers(0, 5), what=st.sampled_from(["insert", "remove", "append"]))
    def edit_steps(self, at: int, where: int, what: str) -> None:
        note = self.notes[at % len(self.notes)]
        steps = list(note.step_ids)
        if what == "remove" and len(steps) > 2:
            del steps[where % len(steps)]
        elif what != "remove" and 0 < len(steps) < 10:
            self.made += 1
            steps.insert(len(steps) if what == "append" else where % len(steps), f"s{self.made}")
        if steps != list(note.step_ids):
            self._change(
                at, lambda note: replace(sequence(note.id, steps), guid=note.guid, tags=note.tags, retired=note.retired)
            )

    @rule(at=st.integers(0, 20), words=WORDS)
    def edit(self, at: int, words: str) -> None:
        field = "Why" if self.notes[at % len(self.notes)].step_ids else "Answer"
        self._change(at, lambda note: replace(note, content={**note.content, field: text(words or "-")}))

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
        self.gone.append(self.notes.pop(at % len(self.notes)))

    @rule(at=st.integers(0, 20))
    @precondition(lambda self: self.gone)
    def put_back(self, at: int) -> None:
        self.notes.append(self.gone.pop(at % len(self.gone)))

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
        for note in found.now.notes:
            self.published[note.note.guid] = content_of(note), plan.note_times[note.note.id]
            self.texts[note.note.guid] = note.fields, self._text_time(note, plan.edition.time)
        self.ledger = plan.ledger
        for one in found.now.types.values():
            self.looks[one.id] = look_of(one), plan.type_times[one.key]
        self.ever |= {note.note.guid for note in found.now.notes}
        self.cards |= {(note.guid, at): step for note in self.notes for at, step in enumerate(note.step_ids)}
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
            assert update.notes == {
                note.note.id for note in found.now.notes if self._text_time(note, plan.edition.time) > update.since.time
            }

    @invariant()
    def no_schedule_lands_on_another_step_unseen(self) -> None:
        if self.ledger is None or not self.notes:
            return
        told = [each.message for each in self._found().concerns if each.code == "moved-cards"]
        for note in self.notes:
            moved = any(self.cards.get((note.guid, at), step) != step for at, step in enumerate(note.step_ids))
            assert any(f"`{note.id}`" in message for message in told) == moved, note.id

    @invariant()
    def the_ledger_survives_being_written(self) -> None:
        if self.ledger:
            bag = Bag()
            assert read_ledger(Source("l", to_text(self.ledger)), "osteoporosis", bag) == self.ledger
            assert not bag.items

    @invariant()
    def the_ledger_forgets_nothing(self) -> None:
        assert self.ever <= (self.ledger.notes.keys() if self.ledger else set())

    # -- helpers

    def _text_time(self, note: AnkiNote, new: int) -> int:
        """When the fields of a note last changed, if an edition of the time `new` is made now."""
        fields, time = self.texts.get(note.note.guid, ((), 0))
        return time if fields == note.fields and not self._is_back(note) else new

    def _is_back(self, note: AnkiNote) -> bool:
        """Whether the last edition had dropped it: whoever began with that one lacks it."""
        known = self.ledger.notes.get(note.note.guid) if self.ledger else None
        return known is not None and known.state == "dropped"

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
                if content == content_of(note) and not self._is_back(note):
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


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[int, str, str]]]:
    """Editions of a set, each a list of (which note, its id now, its answer), in any order: ids change, notes come and go."""
    editions = [[(number, f"note-{number}", "A") for number in range(4)]]
    for edition in range(draw(st.integers(1, 4))):
        now = list(editions[-1])
        for at in draw(st.sets(st.integers(0, len(now) - 1), max_size=3)):
            number, _, answer = now[at]
            now[at] = (number, f"renamed-{number}-{edition}", answer)
        for at in draw(st.sets(st.integers(0, len(now) - 1), max_size=3)):
            now[at] = (*now[at][:2], draw(st.text("ABC", min_size=1, max_size=3)))
        now.append((len(editions) + 10, f"new-{edition}", "N"))
        editions.append(draw(st.permutations(now)))
    return editions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_guids_stay_through_every_file_an_author_writes(
    history: list[list[tuple[int, str, str]]], project: MakeProject
) -> None:
    """A note in YAML that is edited, moved and renamed (with `was`) is one note to Anki, and no two ever are."""
    earlier: dict[int, list[str]] = {}
    guids: dict[int, str] = {}
    for edition in history:
        cards = ""
        for number, note_id, answer in edition:
            was = [old for old in earlier.setdefault(number, []) if old != note_id]
            cards += f"- id: {note_id}\n  question: Which fact is number {number}?\n  answer: {answer}\n"
            cards += f"  was: [{', '.join(was)}]\n" if was else ""
            if note_id not in earlier[number]:
                earlier[number].append(note_id)
        result = read(project({"cards/heart/a.yaml": cards}))
        assert not result.bag.items
        assert result.collection is not None
        found = {note.id: note.guid for note in result.collection.decks[0].notes()}
        for number, note_id, _ in edition:
            assert guids.setdefault(number, found[note_id]) == found[note_id]
        assert len(set(found.values())) == len(edition)


TestAuthor = Author.TestCase
TestAuthor.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
