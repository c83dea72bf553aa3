"""Sub- and superscripts and gaps: the signs CommonMark does not know, found in the text it leaves over.

Takes what one inline container holds (text, text without signs, nodes) and gives its inline nodes. A sign is
closed in the container where it was opened, so `**{{c1::x**}}` makes no gap. Knows nothing of blocks or pyromark.

Subscripts follow Pandoc's rule: `~`, no whitespace, `~`. Two and more `~` in a row stay text, as do `^`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from deckgen.markup import problems
from deckgen.markup.plain import inline_to_plain
from deckgen.markup.tree import Break, Cloze, Inline, Problem, Subscript, Superscript, Text, joined
from deckgen.markup.views import walk_inline

Part: TypeAlias = str | Inline
_Script: TypeAlias = type[Subscript] | type[Superscript]

ANY_SIGN: Final = re.compile(r"[~^]|\{\{|\}\}")
_MAYBE_SIGN = re.compile(r"[~^{}]").search  # a pair of braces may be spread over two pieces

_FOOTNOTE = r"(?P<footnote>\[\^[^\]\s^]{1,64}\])"
# Most scripts are whole and plain: no other sign or `::` inside.
_SCRIPT = r"(?P<whole>~[^\s~^{}:]+~(?!~)|\^[^\s~^{}:]+\^(?!\^))|(?P<script>~+|\^+)"
_ORDINALS = r"[0-9]{1,9}(?:,[0-9]{1,9})*"
# In `{{{c1::x}}` the last two braces open, as in Anki.
_PLAIN_SIGNS = re.compile(rf"{_FOOTNOTE}|{_SCRIPT}|(?P<stray>\{{\{{c{_ORDINALS}::)")
_CLOZE_SIGNS = re.compile(
    rf"{_FOOTNOTE}|{_SCRIPT}|(?P<open>\{{\{{(?!\{{)(?:c(?P<ordinals>{_ORDINALS})::)?)|(?P<close>\}}\}})|(?P<hint>::)"
)
_SCRIPTS: Final[dict[str, _Script]] = {"~": Subscript, "^": Superscript}
_SPACE = re.compile(r"\s")
_FAR = 200  # how far the end of a misspelt gap is looked for


class Literal(str):
    """Text in which no sign is read: escaped characters, entities, raw HTML."""

    __slots__ = ()


class TooDeepError(Exception):
    """The text is nested deeper than anybody writes; `place` is the offset of the first level too many."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class _Level:
    """The container (the lowest level) or an open gap: what it holds so far, and signs that wait for their end."""

    __slots__ = ("hint_at", "misspelt", "nodes", "opener", "ordinals", "start", "waiting")

    def __init__(self, opener: str = "", ordinals: tuple[int, ...] = (), start: int = 0) -> None:
        self.opener = opener
        self.ordinals = ordinals
        self.start = start
        self.nodes: list[Part] = []
        self.waiting: dict[str, int] = {}  # `~` or `^` -> where in `nodes`
        self.hint_at = -1  # where in `nodes` the `::` stands
        self.misspelt = 0  # `{{` that open nothing: their `}}` is not reported again


class SignReader:
    """Reads the signs of one card text; `place` gives the offset of a piece of text by its number.

    found: where problems go.  gaps: the (start, end) of every gap.  scripts: how many sub- and superscripts.
    """

    def __init__(self, text: str, *, cloze: bool, place: Callable[[int], int], found: list[Problem]) -> None:
        self.gaps: list[tuple[int, int]] = []
        self.scripts = 0
        self._text = text
        self._place = place
        self._problems = found
        self._signs = _CLOZE_SIGNS if cloze else _PLAIN_SIGNS
        self._levels: list[_Level] = []
        self._unclosed: list[tuple[int, str]] = []  # gaps that never end: where, and their sign
        self._strays: list[int] = []  # ends of gaps that never began

    def read(self, parts: Sequence[Part], places: Sequence[int]) -> tuple[Inline, ...]:
        """The inline nodes of a container; `places` holds the offset of each part, as `place` understands it."""
        if not any(type(part) is str and _MAYBE_SIGN(part) for part in parts):
            return joined(parts)
        level = _Level()
        self._levels = [level]
        first = 0
        for is_text, last in _runs(parts):
            if is_text:
                self._run(parts[first:last], places[first:last])
            else:
                self._levels[-1].nodes.extend(parts[first:last])
            first = last
        while len(self._levels) > 1:
            self._give_up()
        return joined(level.nodes)

    def _run(self, pieces: Sequence[Part], places: Sequence[int]) -> None:
        """Read neighbouring pieces of text; a sign may be spread over them."""
        text = "".join(map(str, pieces)) if len(pieces) > 1 else str(pieces[0])
        offset = _Offsets(pieces, places, self._place)
        done = 0
        for sign in self._signs.finditer(text):
            start, end = sign.span()
            if start > done:
                self._levels[-1].nodes.append(text[done:start])
            self._sign(sign, offset)
            done = end
        if done < len(text):
            self._levels[-1].nodes.append(text[done:])

    def _sign(self, sign: re.Match[str], offset: _Offsets) -> None:
        kind = sign.lastgroup
        if kind == "whole":
            self._whole(sign[0])
        elif kind == "script":
            self._script(sign[0])
        elif kind == "hint":
            self._hint(sign[0])
        else:
            at = offset(sign.start())
            if kind == "open":
                self._open(sign, at)
            elif kind == "close":
                self._close(at)
            else:
                self._refuse(sign, at)

    def _whole(self, source: str) -> None:
        """`~2~`, unless the first sign ends what an earlier one began."""
        level = self._levels[-1]
        if source[0] in level.waiting:
            self._script(source[0])
            level.nodes.append(source[1:-1])
            self._script(source[0])
        else:
            level.nodes.append(_SCRIPTS[source[0]]((Text(source[1:-1]),)))
            self.scripts += 1

    def _script(self, sign: str) -> None:
        level = self._levels[-1]
        opener = level.waiting.pop(sign, None)
        if len(sign) == 1:
            if opener is not None and not _has_space(inner := level.nodes[opener + 1 :]):
                del level.nodes[opener:]
                level.nodes.append(_SCRIPTS[sign](joined(inner)))
                level.waiting = {other: at for other, at in level.waiting.items() if at < opener}
                self.scripts += 1
                return
            level.waiting[sign] = len(level.nodes)
        level.nodes.append(sign)

    def _refuse(self, sign: re.Match[str], start: int) -> None:
        """A footnote, or the beginning of a gap where there are none."""
        if sign.lastgroup == "footnote":
            self._problems.append(problems.footnote(start, start + len(sign[0]), sign[0]))
        else:
            end = self._extent(start, len(sign[0]))
            self._problems.append(problems.gap_stray(start, end, self._text[start:end]))
        self._levels[-1].nodes.append(sign[0])

    def _open(self, sign: re.Match[str], start: int) -> None:
        ordinals = tuple(dict.fromkeys(map(int, (sign["ordinals"] or "0").split(","))))
        if sign["ordinals"] and min(ordinals) > 0 and max(ordinals) <= problems.MAX_ORDINAL:
            if len(self._levels) > problems.MAX_GAPS_NESTED:
                raise TooDeepError(start)
            self._levels.append(_Level(sign[0], ordinals, start))
            return
        wrong = problems.gap_zero if 0 in ordinals else problems.gap_number
        end = self._extent(start, len(sign[0]))
        self._problems.append(
            (wrong if sign["ordinals"] else problems.gap_malformed)(start, end, self._text[start:end])
        )
        self._levels[-1].misspelt += 1
        self._levels[-1].nodes.append(sign[0])

    def _hint(self, sign: str) -> None:
        level = self._levels[-1]
        if len(self._levels) > 1 and level.hint_at < 0 and not level.misspelt:
            level.hint_at = len(level.nodes)
            level.waiting.clear()
        level.nodes.append(sign)

    def _close(self, start: int) -> None:
        level = self._levels[-1]
        if len(self._levels) > 1 and not level.misspelt:
            self._levels.pop()
            self._levels[-1].nodes.extend(self._gap(level, start + 2))
            return
        if level.misspelt:
            level.misspelt -= 1
        else:
            self._strays.append(start)
        level.nodes.append("}}")

    def _gap(self, level: _Level, end: int) -> Iterable[Part]:
        """The gap that ends here, or its signs as text when it hides nothing."""
        has_hint = level.hint_at >= 0
        hidden = joined(level.nodes[: level.hint_at] if has_hint else level.nodes)
        hint = joined(level.nodes[level.hint_at + 1 :]) if has_hint else ()
        source = self._text[level.start : end]
        self.gaps.append((level.start, end))
        if hint and any(type(node) is Cloze for node in walk_inline(hint)):
            self._problems.append(problems.gap_in_hint(level.start, end, source))
        if all(type(node) is Break or (type(node) is Text and not node.text.strip()) for node in hidden):
            self._problems.append(problems.gap_empty(level.start, end, source))
            return [level.opener, *level.nodes, "}}"]
        return [Cloze(level.ordinals, hidden, inline_to_plain(hint).strip(), level.start, end)]

    def _give_up(self) -> None:
        """The container ends and a gap is still open: its sign is text after all."""
        level = self._levels.pop()
        self._unclosed.append((level.start, level.opener))
        self._levels[-1].nodes += [level.opener, *level.nodes]

    def finish(self) -> None:
        """Report gaps that are not closed, and `}}` that close nothing; `{{c1::a **b}} c**` is one mistake, not two."""
        if not self._strays and not self._unclosed:
            return
        strays = deque(sorted(self._strays))
        for start, opener in sorted(self._unclosed):
            while strays and strays[0] < start:
                self._report_stray(strays.popleft())
            if strays:
                strays.popleft()
            source = self._text[start : start + _FAR].partition("\n")[0]
            self._problems.append(problems.gap_open(start, start + len(opener), source))
        for stray in strays:
            self._report_stray(stray)

    def _report_stray(self, start: int) -> None:
        self._problems.append(problems.gap_stray_end(start, start + 2))

    def _extent(self, start: int, length: int) -> int:
        """Where a misspelt gap ends: behind its `}}`, when that is near."""
        end = self._text.find("}}", start + 2, start + _FAR)
        following = self._text.find("{{", start + 2, start + _FAR)
        return end + 2 if end >= 0 and not 0 <= following < end else start + length


class _Offsets:
    """From an index in joined pieces of text to an offset in the card text; to be asked in rising order."""

    __slots__ = ("_begin", "_number", "_pieces", "_place", "_places")

    def __init__(self, pieces: Sequence[Part], places: Sequence[int], place: Callable[[int], int]) -> None:
        self._pieces = pieces
        self._places = places
        self._place = place
        self._number = 0  # of the piece that was asked for last
        self._begin = 0  # its index in the joined text

    def __call__(self, index: int) -> int:
        """The offset of the character at `index`."""
        while index >= self._begin + (length := len(str(self._pieces[self._number]))):
            self._begin += length
            self._number += 1
        return self._place(self._places[self._number]) + index - self._begin


def _runs(parts: Sequence[Part]) -> Iterator[tuple[bool, int]]:
    """Stretches of text that may hold signs, and of what may not: which of both, and where it ends."""
    kind = type(parts[0]) is str
    for index, part in enumerate(parts):
        if (type(part) is str) is not kind:
            yield kind, index
            kind = not kind
    yield kind, len(parts)


def _has_space(parts: Iterable[Part]) -> bool:
    for part in parts:
        if isinstance(part, str):
            if _SPACE.search(part):
                return True
        elif type(part) is Text:
            if _SPACE.search(part.text):
                return True
        elif type(part) is Break or _has_space(getattr(part, "children", ())):
            return True
    return False
