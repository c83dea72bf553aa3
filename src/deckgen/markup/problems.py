"""The wording of every problem a card text can have: code, message, label, and a hint with the corrected form.

Each function is handed the place and what stands there, and gives the `Problem`. Knows no parser and no tree.
"""

from __future__ import annotations

import re

from deckgen.markup.tree import MAX_DEPTH, Problem

ALLOWED_LINKS = "`https://`, `http://` or `mailto:`"
MAX_ORDINAL = 500  # Anki makes no card for a higher number
MAX_GAPS_NESTED = 10  # Anki ignores the eleventh opening of a gap within gaps, but not its end

_GAP = re.compile(r"\{\{\s*[cC]?\s*(?:[lI](?=:))?([0-9]{0,9})[0-9,]*\s*[:;.]{0,3}\s*((?:[^{}]|\}(?!\}))*)")
_HTML_TAGS = re.compile(r"<[^<>]*>")


def excerpt(text: str, limit: int = 30) -> str:
    """The beginning of a text on one line, short enough for a message."""
    words = " ".join(text[: 4 * limit].split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


# --- What CommonMark knows and cards do not


def heading(start: int, end: int, source: str) -> Problem:
    """`# Title`, or a title underlined with `---` or `===`."""
    lines = source.strip().splitlines() or [source]
    if source.startswith("#"):
        title = source.strip("# \t\r\n")
        hint = f"put a backslash before the sign itself: `\\{excerpt(source)}`."
    else:
        title = " ".join(lines[:-1])
        hint = f"put a backslash before the signs themselves: `\\{excerpt(lines[-1])}`."
    bold = f"Write `**{excerpt(title)}**` for words in bold, or " if title else "For text, "
    return _not_allowed(start, end, source, "a heading", bold + hint)


def rule(start: int, end: int, source: str) -> Problem:
    """`---`, `***` and the like on a line of their own."""
    meant = source.strip().replace("*", "\\*") if "*" in source else "\\" + source.strip()
    hint = f"Leave the line out; if the signs themselves are meant, write `{excerpt(meant)}`."
    return _not_allowed(start, end, source, "a rule across the page", hint)


def metadata(start: int, end: int, source: str) -> Problem:
    """A block between two lines `---` at the very beginning."""
    return _not_allowed(
        start, end, source, "a metadata block", "Leave the block out; a note's data are keys of the note."
    )


def footnote(start: int, end: int, source: str) -> Problem:
    """`[^1]`, or the definition of one."""
    hint = f"Put the remark into `more` or `why`; if the signs themselves are meant, write `\\{excerpt(source)}`."
    return _not_allowed(start, end, source, "a footnote", hint)


def definition(start: int, end: int, source: str, href: str) -> Problem:
    """`[name]: address`, which CommonMark takes out of the text."""
    hint = f"For text, write `\\{excerpt(source)}`; for a link, write it where it belongs: `[name]({excerpt(href)})`."
    return _not_allowed(start, end, source, "the definition of a link", hint)


def task(start: int, end: int, source: str) -> Problem:
    """`- [ ] to do`."""
    hint = f"Leave the box out, or write `{excerpt(source).replace('[', chr(92) + '[', 1)}`."
    return _not_allowed(start, end, source, "a task list", hint)


def definition_list(start: int, end: int, source: str) -> Problem:
    """A line that begins with a colon, under a term."""
    hint = f"Write `- **term**: explanation` for each; for text, write `\\{excerpt(source)}`."
    return _not_allowed(start, end, source, "a definition list", hint)


def link_title(start: int, end: int, title: str) -> Problem:
    """`[text](address "title")`: print has no place for it."""
    message = f"the title of a link or a picture is not card text: `{excerpt(title)}`"
    hint = "Leave the part in quotes out; what matters belongs into the text or the brackets."
    return Problem("markdown-not-allowed", message, start, end, "has a title", hint)


def _not_allowed(start: int, end: int, source: str, construct: str, hint: str) -> Problem:
    message = f"{construct} is not card text: `{excerpt(source)}`"
    return Problem("markdown-not-allowed", message, start, end, construct, hint)


# --- What would come out as something else than was written


def lone_item(start: int, end: int, source: str) -> Problem:
    """One item is no list: a minus or a number was meant."""
    source = source.partition("\n")[0]
    marker, _, rest = source.strip().partition(" ")
    hint = f"Write a backslash before the sign: `\\{excerpt(source)}`."
    if marker[:-1].isdigit():
        hint = f"Write a backslash before the sign: `{excerpt(f'{marker[:-1]}{chr(92)}{marker[-1]} {rest}'.strip())}`."
    elif marker == "-" and rest.lstrip()[:1].isdigit():
        hint = (
            f"Write a true minus: `−{excerpt(rest.lstrip())}`, or a backslash before the sign: `\\{excerpt(source)}`."
        )
    message = f"`{excerpt(source)}` is read as a list with one item"
    return Problem("lone-list-item", message, start, end, f"`{marker}` makes a list", hint)


def list_numbers(start: int, end: int, written: str, shown: int) -> Problem:
    """The numbers of a list do not run on, so Markdown would show others."""
    hint = f"Number the items one by one, or keep the number as text: `{written[:-1]}\\{written[-1:]}`."
    return Problem("list-numbers", f"`{written}` would be shown as `{shown}.`", start, end, f"becomes {shown}.", hint)


def quote_sign(start: int, end: int, source: str) -> Problem:
    """`> 50 %` at the beginning of a line is read as a quotation."""
    source = source.partition("\n")[0]
    hint = f"Write a backslash before the sign: `\\{excerpt(source)}`."
    message = f"`{excerpt(source)}` is read as a quotation, and the `>` is lost"
    return Problem("quote-sign", message, start, end, "`>` makes a quotation", hint)


def table_cells(start: int, end: int, source: str) -> Problem:
    """A row longer than the header: Markdown drops the rest."""
    hint = "Give the header and the line of dashes as many cells; for a bar as text, write `\\|`."
    message = f"a row of the table has more cells than its header; `{excerpt(source)}` would be lost"
    return Problem("table-cells", message, start, end, "has no column", hint)


def table_size(start: int, _: int, __: str) -> Problem:
    """Thousands of empty cells."""
    return Problem("table-size", "the table is too big", start, start + 1, "", "Split it into several tables.")


def control_character(start: int, end: int, character: str) -> Problem:
    """A character that has no form; Anki and PDF break on some."""
    name = f"U+{ord(character):04X}"
    message = f"the text holds the control character {name}, which cannot be shown"
    return Problem(
        "control-character", message, start, end, name, "Delete it; it often comes with text pasted from a PDF."
    )


def too_deep(start: int) -> Problem:
    """Nesting nobody writes by hand."""
    message = (
        f"the text is nested too deep: more than {MAX_DEPTH} levels, or more than {MAX_GAPS_NESTED} gaps within gaps"
    )
    return Problem(
        "too-deep", message, start, start + 1, "one level too many", "Take the text apart into several notes."
    )


# --- Links, pictures, sounds, maths


def link_scheme(start: int, end: int, href: str) -> Problem:
    """An address that is not on the web."""
    hint = f"Write a whole address that begins with {ALLOWED_LINKS}; for text, put a backslash before the `[` or `<`."
    message = f"a link may lead only to {ALLOWED_LINKS}, not to `{excerpt(href, 60)}`"
    return Problem("link-scheme", message, start, end, "not a web address", hint)


def link_text(start: int, end: int, href: str) -> Problem:
    """`[](https://...)` shows nothing."""
    hint = f"Write the words to click on: `[text]({excerpt(href)})`."
    return Problem(
        "link-text", f"the link to `{excerpt(href, 60)}` has no text", start, end, "no text in the brackets", hint
    )


def image_alt(start: int, end: int, path: str) -> Problem:
    """`![](x.svg)`: a reader who cannot see it gets nothing."""
    hint = f"Say in the brackets what it shows: `![what it shows]({excerpt(path, 60)})`."
    return Problem(
        "image-alt",
        f"the picture `{excerpt(path, 60)}` has no text alternative",
        start,
        end,
        "no text in the brackets",
        hint,
    )


def image_path(start: int, end: int, alt: str) -> Problem:
    """`![text]()`."""
    hint = f"Write where the file is: `![{excerpt(alt)}](images/name.svg)`."
    return Problem(
        "image-path", f"the picture `{excerpt(alt)}` names no file", start, end, "no file in the parentheses", hint
    )


def image_remote(start: int, end: int, path: str) -> Problem:
    """Cards work without a network, and tell nobody who reads them."""
    hint = "Save the picture in the deck's folder and write its path: `images/name.svg`."
    message = f"a picture must be a file of the deck, not `{excerpt(path, 60)}`"
    return Problem("image-remote", message, start, end, "not a file of the deck", hint)


def sound_alt(start: int, end: int, path: str) -> Problem:
    """`![](x.mp3)`: print, and a reader who cannot hear it, get nothing."""
    hint = f"Say in the brackets what is heard: `![what it says]({excerpt(path, 60)})`."
    message = f"the sound `{excerpt(path, 60)}` has no text alternative"
    return Problem("sound-alt", message, start, end, "no text in the brackets", hint)


def sound_remote(start: int, end: int, path: str) -> Problem:
    """As for pictures."""
    hint = "Save the sound in the deck's folder and write its path: `audio/name.mp3`."
    message = f"a sound must be a file of the deck, not `{excerpt(path, 60)}`"
    return Problem("sound-remote", message, start, end, "not a file of the deck", hint)


def math_delimiter(start: int, end: int, tex: str) -> Problem:
    r"""A formula with `\)` in it: Anki would end it there."""
    hint = "Use plain brackets: `(`, `)`, `[`, `]`, or `\\left(` and `\\right)`."
    message = f"the formula `{excerpt(tex)}` holds a sign by which Anki begins or ends formulas"
    return Problem("math-delimiter", message, start, end, "`\\(`, `\\)`, `\\[` or `\\]` inside", hint)


# --- Gaps


def gap_malformed(start: int, end: int, source: str) -> Problem:
    """`{{c1:x}}`, `{{C1::x}}`, `{{1::x}}` and other near misses."""
    hint = f"Write `{_corrected(source)}`; for braces that are meant as text, put a backslash before each: `\\{{\\{{`."
    return Problem("cloze-malformed", f"`{excerpt(source)}` does not make a gap", start, end, "not a gap", hint)


def gap_zero(start: int, end: int, source: str) -> Problem:
    """`{{c0::x}}`."""
    message = f"the numbers of gaps begin at 1: `{excerpt(source)}`"
    return Problem("cloze-malformed", message, start, end, "number 0", f"Write `{_corrected(source)}`.")


def gap_empty(start: int, end: int, source: str) -> Problem:
    """`{{c1::}}`."""
    hint = f"Write the words to hide: `{_corrected(source.partition('::')[0] + '::')}`."
    return Problem("cloze-malformed", f"the gap `{excerpt(source)}` hides nothing", start, end, "hides nothing", hint)


def gap_open(start: int, end: int, source: str) -> Problem:
    """`{{c1::x` without an end where it could end."""
    rule = "A gap ends with `}}` in the same paragraph, item or cell, and within the same `**` or `*`"
    hint = f"{rule}." if "}}" in source else f"{rule}: write `{_corrected(source)}`."
    return Problem("cloze-malformed", f"the gap `{excerpt(source)}` is not closed", start, end, "not closed", hint)


def gap_stray_end(start: int, end: int) -> Problem:
    """`}}` that closes nothing."""
    hint = "Delete it, or write the beginning of the gap: `{{c1::`. Braces that are meant as text need backslashes: `\\}\\}`."
    return Problem("cloze-malformed", "`}}` stands where no gap is open", start, end, "closes nothing", hint)


def gap_in_hint(start: int, end: int, source: str) -> Problem:
    """A gap inside another gap's hint."""
    message = f"the hint of a gap cannot hold a gap: `{excerpt(source)}`"
    return Problem(
        "cloze-malformed",
        message,
        start,
        end,
        "a gap in its hint",
        "Put the inner gap before the `::`, or make the hint plain words.",
    )


def gap_in_math(start: int, end: int, source: str) -> Problem:
    """A gap inside a formula: in print a formula is one picture."""
    message = f"a formula cannot hold a gap: `{excerpt(source)}`"
    hint = "Put the gap around a whole formula: `{{c1::$x^2$}}`; split the formula where the gap begins and ends."
    return Problem("cloze-malformed", message, start, end, "a gap in a formula", hint)


def gap_in_html(start: int, end: int, source: str) -> Problem:
    """A gap in a block of raw HTML, which is shown as it is written."""
    plain = excerpt(_HTML_TAGS.sub("", source))
    hint = f"Leave the tags out: `{plain}`."
    return Problem(
        "cloze-malformed",
        f"HTML is text on a card, so this makes no gap: `{excerpt(source)}`",
        start,
        end,
        "shown as text",
        hint,
    )


def gap_missing(start: int, end: int) -> Problem:
    """A cloze note without a gap."""
    hint = "Put the words to hide into `{{c1::` and `}}`, as in `The heart has {{c1::four}} chambers`."
    return Problem("cloze-missing", "a cloze text has no gap", start, end, "no `{{c1::...}}`", hint)


def gap_number(start: int, end: int, source: str) -> Problem:
    """Anki makes no card for it."""
    message = f"the number of a gap can be {MAX_ORDINAL} at most: `{excerpt(source)}`"
    return Problem(
        "cloze-number", message, start, end, "number too high", "Number gaps from 1; two or three a note are best."
    )


def gap_braces(start: int, end: int, source: str) -> Problem:
    """`}}` in maths or code inside a gap: Anki would end the gap there."""
    apart = re.sub(r"\}(?=\})", "} ", source)
    message = f"`}}}}` inside `{excerpt(source)}` would end the gap in Anki"
    return Problem(
        "cloze-braces", message, start, end, "holds `}}`", f"Write a space between the braces: `{excerpt(apart, 60)}`."
    )


def gap_stray(start: int, end: int, source: str) -> Problem:
    """`{{c1::x}}` where there are no gaps."""
    message = f"`{excerpt(source)}` makes a gap only in the text of a cloze note"
    hint = "Use the key `cloze` in place of `question` and `answer`; for braces that are meant as text, write `\\{{`."
    return Problem("stray-cloze", message, start, end, "no gap here", hint)


def _corrected(source: str) -> str:
    found = _GAP.match(source)
    number, words = (int(found[1] or 1), found[2]) if found else (1, "")
    words = words.partition("}")[0]  # one brace alone is where the gap was meant to end
    return f"{{{{c{max(1, number)}::{excerpt(words) or 'words to hide'}}}}}"
