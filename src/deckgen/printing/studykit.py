"""The data of a study kit: how the box works, what its dividers say, the calendar or the plan by days, and the log sheet.

Knows cards by their numbers; the plan itself is reckoned in `deckgen.printing.leitner`, the place of dividers in
`deckgen.jobs.dividers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from deckgen.jobs import PrintJob
from deckgen.model import Deck
from deckgen.printing.cards import printed_cards
from deckgen.printing.leitner import Day, Page, Plan, calendar, interval, plain_days, plan
from deckgen.printing.looks import look_of
from deckgen.printing.writer import Place, Writer, language

Json = dict[str, Any]
HEAD = 340.0  # points of the kit's name at the head of its pages
TAG = 0.18  # em of it on a divider, for each millimetre of its width
ROWS = 30  # of the log sheet
MONDAY, SUNDAY = (0, 1, 2, 3, 4, 5, 6), (6, 0, 1, 2, 3, 4, 5)


def kit_data(deck: Deck, job: PrintJob, writer: Writer) -> Json:
    """Everything that stands in a kit."""
    numbers = [card.number for card in printed_cards(deck, job)]
    place = Place("the deck's head in `deckgen.yaml`", deck.span)
    name = job.title or deck.name.rpartition("::")[2]
    start = dt.date.fromisoformat(job.start) if job.start else None
    exam = dt.date.fromisoformat(job.exam) if job.exam else None
    days = (exam - start).days if start and exam else plain_days(job.boxes)
    made = plan(days, job.boxes, len(numbers), exam=exam is not None)
    return {
        "kit": writer.text(name, place),
        "kit label": writer.label(name, place, HEAD / look_of(job).small),
        "kit tag": writer.label(name, place, TAG * job.cards.width),
        "cards": len(numbers),
        "boxes": _boxes(made, start),
        "days": days,
        "rising": made.rising,
        "again": made.again,
        "a day": made.a_day,
        "begin again": days - interval(job.boxes) + 1,
        "start": _date(start),
        "exam": _date(exam),
        "last new": _last_new(made, start),
        "weekdays": SUNDAY if _sunday(deck) else MONDAY,
        "pages": [_page(each, made, numbers, start, exam) for each in calendar(start, exam, sunday=_sunday(deck))]
        if start and exam
        else [],
        "plan": [] if start else [_day(day, numbers) for day in made.days],
        "rows": ROWS,
    }


def _sunday(deck: Deck) -> bool:
    """Whether weeks begin on Sunday."""
    return language(deck.language).get("region") == "US"


def _boxes(made: Plan, start: dt.date | None) -> list[Json]:
    """Each box: how often it is due, and when for the first time; None where the plan ends before."""
    found = []
    for box in range(1, made.boxes + 1):
        first = next((day.number for day in made.days if box in day.due), None)
        day = _date(start + dt.timedelta(first - 1)) if first and start else first
        found.append({"box": box, "every": interval(box), "first": day})
    return found


def _last_new(made: Plan, start: dt.date | None) -> list[int] | int | None:
    """The last day that brings new cards."""
    last = max((day.number for day in made.days if day.new[1] > day.new[0]), default=1)
    return _date(start + dt.timedelta(last - 1)) if start else last


def _page(
    page: Page, made: Plan, numbers: Sequence[str], start: dt.date, exam: dt.date
) -> Json:  # fmt: skip
    cells = []
    for week in page.weeks:
        row: list[Json | None] = []
        for day in week:
            cell: Json | None = {"date": _date(day)} if day else None
            if day and cell and start <= day < exam:
                cell |= _day(made.days[(day - start).days], numbers)
            elif day == exam and cell:
                cell["exam"] = True
            row.append(cell)
        cells.append(row)
    return {"months": [_date(month) for month in page.months], "weeks": cells}


def _day(day: Day, numbers: Sequence[str]) -> Json:
    """A day of study: the boxes that are due, and the numbers of its first and its last new card, if it has any."""
    begin, end = day.new
    new = list(dict.fromkeys((numbers[begin], numbers[end - 1]))) if end > begin else []
    return {"day": day.number, "due": day.due, "new": new}


def _date(day: dt.date | None) -> list[int] | None:
    return [day.year, day.month, day.day] if day else None
