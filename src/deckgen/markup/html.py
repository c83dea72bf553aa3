r"""A tree as the HTML of an Anki field: minimal and stable, because the ledger of editions hashes it.

A change here rewrites every learner's notes; `tests/golden/markup.txt` guards it. No classes, no styles (but the
alignment of table cells), no white space between blocks. Knows the tree and what Anki looks for in a field:

- Anki reads the raw field. `[sound:`, `[anki:`, `[latex]`, `[$]`, `[[type:` typed by an author get `&#91;` for the
  bracket; inside a gap `}}`, `::` and `image-occlusion` lose their meaning by `&#125;`, `&#58;`, `&#45;`, and `{{c1::` typed
  as text does everywhere by `&#123;`.
- MathJax reads the page, after entities are decoded, and looks through `<wbr>` and comments. An author's own `\(` or
  `\[` is broken by an element: `<span>\</span>(`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from deckgen.markup.tree import (
    Blank,
    Block,
    Blocks,
    Break,
    Cloze,
    Code,
    Emphasis,
    Image,
    Inline,
    Link,
    ListBlock,
    MaskedImage,
    Math,
    Paragraph,
    Quote,
    Sound,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)

Rename = Callable[[str], str]

_ANKI_BRACKET = re.compile(r"\[(?=sound:|anki:|latex\]|\$\$?\]|\[type:)", re.IGNORECASE)
_MATHJAX = re.compile(r"\\(?=[(\[]|&#91;)")
_GAP_OPENS = re.compile(r"\{\{(?=c[0-9,]*(?:::|\Z))")
# The last sign of a text may meet what the gap itself writes behind it: `}}` or `::`.
_GAP_TEXT = re.compile(r"\}(?=\}|\Z)|:(?=:|\Z)|(?<=image)-(?=occlusion)")
_GAP_MATH = re.compile(r"\}(?=\})|:(?=:)")


def to_html(blocks: Blocks, image: Rename = str) -> str:
    """The HTML of a tree. `image` gives the name in Anki's media folder for the path of a picture or a sound."""
    if len(blocks) == 1 and isinstance(only := blocks[0], Paragraph):  # nearly always
        return _inline(only.children, image, gap=False)
    return _blocks(blocks, image, bare=len(blocks) == 1)


def _blocks(blocks: Iterable[Block], image: Rename, *, bare: bool) -> str:
    """Blocks one after the other; a `bare` paragraph stands without `<p>`."""
    return "".join([_block(block, image, bare=bare) for block in blocks])


def _block(block: Block, image: Rename, *, bare: bool) -> str:
    if isinstance(block, Paragraph):
        text = _inline(block.children, image, gap=False)
        return text if bare else f"<p>{text}</p>"
    if isinstance(block, ListBlock):
        return _list(block, image)
    if isinstance(block, Table):
        return _table(block, image)
    if isinstance(block, Quote):
        return f"<blockquote>{_nested(block.children, image)}</blockquote>"
    return f"<pre><code>{_code(block.text, gap=False)}</code></pre>"


def _nested(blocks: Blocks, image: Rename) -> str:
    """What an item or a quotation holds: one paragraph needs no `<p>` to be told from the rest."""
    return _blocks(blocks, image, bare=sum(isinstance(block, Paragraph) for block in blocks) == 1)


def _list(block: ListBlock, image: Rename) -> str:
    tag = "ul" if block.start is None else "ol"
    start = f' start="{block.start}"' if block.start not in {None, 1} else ""
    items = "".join([f"<li>{_nested(item, image)}</li>" for item in block.items])
    return f"<{tag}{start}>{items}</{tag}>"


def _table(block: Table, image: Rename) -> str:
    header = _row(block.header, "th", block.align, image)
    rows = "".join([_row(row, "td", block.align, image) for row in block.rows])
    return f"<table><thead>{header}</thead>{f'<tbody>{rows}</tbody>' if rows else ''}</table>"


def _row(cells: tuple[tuple[Inline, ...], ...], tag: str, align: tuple[str, ...], image: Rename) -> str:
    styles = [f' style="text-align: {side}"' if side else "" for side in align]
    written = [
        f"<{tag}{style}>{_inline(cell, image, gap=False)}</{tag}>" for cell, style in zip(cells, styles, strict=False)
    ]
    return f"<tr>{''.join(written)}</tr>"


def _inline(nodes: Iterable[Inline], image: Rename, *, gap: bool) -> str:
    return "".join(
        [_text(node.text, gap=gap) if type(node) is Text else _INLINE[type(node)](node, image, gap) for node in nodes]
    )


# --- Text


def _text(text: str, *, gap: bool) -> str:
    """Escaped text that neither a browser nor Anki nor MathJax takes for more."""
    html = _escaped(text)
    if "[" in html or "{" in html or gap:
        html = _without_anki_signs(html, _GAP_TEXT if gap else None)
    return _MATHJAX.sub(r"<span>\\</span>", html) if "\\" in html else html


def _code(text: str, *, gap: bool) -> str:
    """Like text, but MathJax leaves code alone."""
    return _without_anki_signs(_escaped(text), _GAP_TEXT if gap else None)


def _attribute(text: str, *, gap: bool) -> str:
    return _code(text, gap=gap).replace('"', "&quot;")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_anki_signs(html: str, gap: re.Pattern[str] | None) -> str:
    html = _ANKI_BRACKET.sub("&#91;", html)
    html = _GAP_OPENS.sub("{&#123;", html)
    return gap.sub(lambda sign: f"&#{ord(sign[0])};", html) if gap else html


# --- Inline nodes, each as (node, image, gap) -> HTML


def _tagged(tag: str) -> Callable[[Any, Rename, bool], str]:
    def write(node: Emphasis | Strong | Subscript | Superscript, image: Rename, gap: bool) -> str:
        return f"<{tag}>{_inline(node.children, image, gap=gap)}</{tag}>"

    return write


def _math(node: Math, _: Rename, gap: bool) -> str:
    begin, end = (r"\[", r"\]") if node.display else (r"\(", r"\)")
    return begin + _without_anki_signs(_escaped(node.tex), _GAP_MATH if gap else None) + end


def _link(node: Link, image: Rename, gap: bool) -> str:
    return f'<a href="{_attribute(node.href, gap=gap)}">{_inline(node.children, image, gap=gap)}</a>'


def _image(node: Image | MaskedImage, image: Rename, gap: bool) -> str:
    # Anki's importer looks for `src=` and `data=` anywhere in a tag, so that a text alternative must not hold them.
    alt = _attribute(node.alt, gap=gap).replace("=", "&#61;")
    return f'<img src="{_attribute(image(node.path), gap=gap)}" alt="{alt}">'


def _sound(node: Sound, image: Rename, gap: bool) -> str:
    """Anki finds a sound in the raw field, ends its name at the first `]`, and then decodes entities."""
    return f"[sound:{_code(image(node.path), gap=gap).replace(']', '&#93;')}]"


def _cloze(node: Cloze, image: Rename, _: bool) -> str:
    ordinals = ",".join(map(str, node.ordinals))
    hint = f"::{_hint(node.hint)}" if node.hint else ""
    return f"{{{{c{ordinals}::{_inline(node.children, image, gap=True)}{hint}}}}}"


def _hint(hint: str) -> str:
    """Anki shows a hint between brackets of its own, so the hint `$` or `sound:x` would begin something."""
    html = _text(hint, gap=True)
    return f"&#{ord(html[0])};{html[1:]}" if _ANKI_BRACKET.match(f"[{html}]") else html


_INLINE: dict[type, Callable[[Any, Rename, bool], str]] = {
    Emphasis: _tagged("i"),
    Strong: _tagged("b"),
    Subscript: _tagged("sub"),
    Superscript: _tagged("sup"),
    Code: lambda node, _, gap: f"<code>{_code(node.text, gap=gap)}</code>",
    Math: _math,
    Link: _link,
    Image: _image,
    Sound: _sound,
    MaskedImage: _image,
    Break: lambda *_: "<br>",
    Cloze: _cloze,
    Blank: lambda node, _, gap: _text(f"[{node.hint or '...'}]", gap=gap),
}
