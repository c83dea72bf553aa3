"""The plan of a Leitner box: which boxes are due on which day, and which cards are new.

Box n is due every 2^(n-1) days. Box 1 is due every day, and of the others at most one: box 2 on days 1, 3, 5, ..., box 3
on days 2, 6, 10, ..., box 4 on days 4, 12, 20, ...; so no day has much more to do than another. A box is not due before
it can hold a card: the first cards come on day 1 and may rise by one box whenever theirs is due. Days are counted from 1.

New cards are spread over all days but the last ones, so that the last card can still rise to the top; and before an exam
the highest boxes are gone through once more, one a day. Pure reckoning: knows no deck, no paper and no clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

PLAIN_DAYS = 64  # of a plan without dates
REVIEW_SHARE = 3  # at most one day in so many brings no new cards
WEEKS_TOGETHER = 6  # that stand on one page, whatever their months
WEEK = 7


class Day(NamedTuple):
    """A day of study. `due`: boxes, the highest first. `again`: the one of them that is gone through before the exam, or 0.

    `new`: places of the new cards in the stack, from 0; the second is the first that is not new any more.
    """

    number: int
    due: tuple[int, ...]
    again: int
    new: tuple[int, int]


class Plan(NamedTuple):
    """All days. `rising`: how many at the end bring no new cards. `firsts`: when each box is due first, from box 1 on."""

    days: tuple[Day, ...]
    boxes: int
    rising: int
    firsts: tuple[int, ...]

    @property
    def again(self) -> tuple[int, ...]:
        """The boxes that are gone through once more at the end, in this order."""
        return tuple(day.again for day in self.days if day.again)

    @property
    def a_day(self) -> tuple[int, int]:
        """The fewest and the most new cards that a day brings, of the days that can bring any."""
        counts = [day.new[1] - day.new[0] for day in self.days[: len(self.days) - self.rising]]
        return min(counts), max(counts)


def plan(days: int, boxes: int, cards: int, *, exam: bool) -> Plan:
    """The plan for so many days of study, at least one; with an `exam` on the day after the last."""
    firsts = _firsts(boxes)
    rising = min(interval(boxes), max(days // REVIEW_SHARE, min(1, days - 1)))
    bringing = days - rising
    again = _again(days, rising, firsts) if exam else {}
    made = []
    for number in range(1, days + 1):
        extra = again.get(number, 0)
        due = [box for box in range(boxes, 0, -1) if box == extra or is_due(box, number, firsts)]
        begin, end = (-(-min(at, bringing) * cards // bringing) for at in (number - 1, number))
        made.append(Day(number, tuple(due), extra, (begin, end)))
    return Plan(tuple(made), boxes, rising, firsts)


def plain_days(boxes: int) -> int:
    """How long a plan without dates is: long enough that each box comes into use. Then its rhythm begins again."""
    return max(PLAIN_DAYS, 1 << boxes)


def interval(box: int) -> int:
    """A box is due every so many days."""
    return 1 << (box - 1)


def _in_turn(box: int, day: int) -> bool:
    """Whether it is the box's turn, were there cards in it: on the days that 2 divides just box - 2 times."""
    return box == 1 or day % interval(box) == interval(box) // 2


def is_due(box: int, day: int, firsts: Sequence[int]) -> bool:
    """Whether a box is due on a day."""
    return day >= firsts[box - 1] and _in_turn(box, day)


def _firsts(boxes: int) -> tuple[int, ...]:
    """When each box is due first: on its first turn after the day on which a card could come into it."""
    found = [2]
    for box in range(2, boxes + 1):
        day = found[-1] + 1
        while not _in_turn(box, day):
            day += 1
        found.append(day)
    return tuple(found)


def _again(days: int, rising: int, firsts: Sequence[int]) -> dict[int, int]:
    """Which box is gone through on which of the last days: the highest that can hold cards by then, and down from there."""
    for count in range(min(rising, len(firsts) - 1), 0, -1):
        begin = days - count + 1
        top = 1 + sum(first < begin for first in firsts[:-1])
        if top > count:
            return {begin + at: top - at for at in range(count)}
    return {}


# ---- the calendar -----------------------------------------------------------------------------------------------


class Page(NamedTuple):
    """A page of a calendar: the months it shows, as their first days, and its weeks; None for days that are not on it."""

    months: tuple[dt.date, ...]
    weeks: tuple[tuple[dt.date | None, ...], ...]


def calendar(first: dt.date, last: dt.date, *, sunday: bool = False) -> list[Page]:
    """The pages from one day to another: a month on each, or all weeks on one page where they are few."""
    begin = first - dt.timedelta(_weekday(first, sunday=sunday))
    weeks = (last - begin).days // WEEK + 1
    if weeks <= WEEKS_TOGETHER:
        days = [begin + dt.timedelta(at) for at in range(WEEK * weeks)]
        months = dict.fromkeys(day.replace(day=1) for day in days if first <= day <= last)
        return [Page(tuple(months), _in_weeks(days))]
    pages, month = [], first.replace(day=1)
    while month <= last:
        pages.append(_month(month, sunday=sunday))
        month = _next(month)
    return pages


def _month(month: dt.date, *, sunday: bool) -> Page:
    length = (_next(month) - month).days
    lead = _weekday(month, sunday=sunday)
    cells = [*[None] * lead, *(month + dt.timedelta(at) for at in range(length))]
    return Page((month,), _in_weeks([*cells, *[None] * (-len(cells) % WEEK)]))


def _in_weeks(days: Sequence[dt.date | None]) -> tuple[tuple[dt.date | None, ...], ...]:
    return tuple(tuple(days[at : at + WEEK]) for at in range(0, len(days), WEEK))


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(31)).replace(day=1)


def _weekday(day: dt.date, *, sunday: bool) -> int:
    """How many days of its week lie before a day."""
    return (day.weekday() + sunday) % WEEK
