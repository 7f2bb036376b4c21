"""HTML as lines of text: what a person who opens the page would read, and nothing that its style hides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from chartproof.chart.vocabulary import load

_BLOCKS = {"p", "div", "tr", "li", "br", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "section",
           "thead", "tbody", "title", "pre", "blockquote"}  # fmt: skip
#: A rule of a style sheet, and the selectors that are looked at: a name, a class, an id, or a name with one of them.
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def markup_lines(markup: str) -> list[str]:
    """Lines of XHTML or HTML: a block a line, table cells joined by ' | '."""
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    pieces: list[str] = []
    _collect(root, pieces, _sheet(root), ground=False)
    lines = (" ".join(line.split()).strip("| ") for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Selector in small letters -> its declarations."""

    rules: dict[str, str]

    def of(self, element: Any) -> str:
        """Every declaration that holds for the element, its own the last."""
        tag = element.tag.lower()
        names = [f".{one.lower()}" for one in (element.get("class") or "").split()]
        names += [f"#{element.get('id').lower()}"] if element.get("id") else []
        selectors = ("*", tag, *names, *(tag + one for one in names))
        given = [self.rules[one] for one in selectors if one in self.rules]
        if element.get("color"):
            given.append(f"color:{element.get('color')}")
        if element.get("bgcolor"):
            given.append(f"background:{element.get('bgcolor')}")
        return ";".join((*given, element.get("style") or ""))


def _sheet(root: Any) -> _Sheet:
    rules: dict[str, str] = {}
    for style in root.iter("style"):
        for selectors, declared in _RULE.findall(_COMMENT.sub("", style.text or "")):
            for one in selectors.lower().split(","):
                rules[one.strip()] = f"{rules.get(one.strip(), '')};{declared}"
    return _Sheet(rules)


@cache
def _style(name: str) -> re.Pattern[str]:
    return re.compile(load("hypertext.yaml")[name])


def _collect(element: Any, pieces: list[str], sheet: _Sheet, *, ground: bool) -> None:
    """`ground`: whether something behind the element is coloured."""
    tag = element.tag if isinstance(element.tag, str) else ""
    style = sheet.of(element) if tag else ""
    ground = ground or bool(_style("ground").search(style))
    if tag and tag not in load("hypertext.yaml")["silent"] and not _is_hidden(element, style, ground=ground):
        block = tag in _BLOCKS
        if block:
            pieces.append("\n")
        # A line end in the source is white space, except in <pre>.
        pieces.append((element.text or "") if tag == "pre" else " ".join((element.text or " ").split("\n")))
        for child in element:
            _collect(child, pieces, sheet, ground=ground)
        if tag in ("td", "th"):
            pieces.append(" | ")
        if block:
            pieces.append("\n")
    pieces.append(" ".join((element.tail or "").split("\n")))


def _is_hidden(element: Any, style: str, *, ground: bool) -> bool:
    return (
        element.get("hidden") is not None
        or bool(_style("hidden").search(style))
        or (not ground and bool(_style("pale").search(style)))
    )
