"""The labels that Word prints before the paragraphs of a list: they stand in the file's numbering, not in its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: A level of a list is set in by so many spaces, and on the page by so many twentieths of a point.
_INDENT, _STEP = 2, 360
_LEVELS = 9
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(slots=True)
class _List:
    """One list of the file: its levels as (format, text, first number), where their labels stand, the numbers reached."""

    levels: Mapping[int, tuple[str, str, int]]
    edges: Mapping[int, int] = field(default_factory=dict)
    reached: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)

    def next_label(self, level: int) -> str:
        kind, text, start = self.levels.get(level, ("none", "", 1))
        number = self.reached[level]
        self.reached[level] = start if number is None else number + 1
        self.reached[level + 1 :] = [None] * (_LEVELS - level - 1)
        if kind == "bullet":
            return "•"
        for place in range(level + 1):
            form, _, first = self.levels.get(place, ("decimal", "", 1))
            at = self.reached[place]
            text = text.replace(f"%{place + 1}", _written(first if at is None else at, form))
        return text if kind != "none" else ""


def label_lists(body: etree._Element, numbering: etree._Element | None, styles: etree._Element | None) -> None:
    """Puts each list paragraph's label before its words, as Word shows it. `body` is changed in place."""
    if numbering is None:
        return
    lists = _lists(numbering)
    styled = _styled(styles)
    for paragraph in body.iter(f"{_W}p"):
        properties = paragraph.find(f"{_W}pPr")
        if properties is None or not "".join(text.text or "" for text in paragraph.iter(f"{_W}t")).strip():
            continue
        number, level = _listed(properties, styled)
        found = lists.get(number)
        label = found.next_label(min(level, _LEVELS - 1)) if found else ""
        if label:
            edge = _edge(properties)
            if edge is None:
                edge = found.edges.get(level) if found else None
            deep = level if edge is None else edge // _STEP
            run = etree.Element(f"{_W}r")
            etree.SubElement(run, f"{_W}t").text = f"{' ' * (_INDENT * deep)}{label} "
            properties.addnext(run)


def _edge(properties: etree._Element) -> int | None:
    """Where a paragraph's first line begins, in twentieths of a point; None where it does not say so itself."""
    own = properties.find(f"{_W}ind")
    left = own.get(f"{_W}left", own.get(f"{_W}start", "")) if own is not None else ""
    if own is None or not left.isdigit():
        return None
    return max(0, int(left) - _whole(own.get(f"{_W}hanging", ""), 0))


def _listed(properties: etree._Element, styled: Mapping[str, tuple[str, int]]) -> tuple[str, int]:
    """The list and level of a paragraph: its own, else its style's; ("", 0) where it stands in none."""
    style = _value(properties, "pStyle")
    number, level = styled.get(style, ("", 0))
    own = properties.find(f"{_W}numPr")
    if own is not None:
        number, level = _value(own, "numId") or number, _whole(_value(own, "ilvl"), level)
    return number, level


def _styled(styles: etree._Element | None) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        own = style.find(f"{_W}pPr/{_W}numPr")
        if own is not None:
            found[style.get(f"{_W}styleId", "")] = (_value(own, "numId"), _whole(_value(own, "ilvl"), 0))
    return found


def _lists(numbering: etree._Element) -> dict[str, _List]:
    """The file's lists by their numbers; lists of one definition count on together unless one starts anew."""
    kinds: dict[str, _List] = {}
    for abstract in numbering.iter(f"{_W}abstractNum"):
        levels = {
            _whole(level.get(f"{_W}ilvl", ""), 0): (
                _value(level, "numFmt") or "decimal", _value(level, "lvlText"), _whole(_value(level, "start"), 1)
            )
            for level in abstract.iter(f"{_W}lvl")
        }  # fmt: skip
        edges = {
            _whole(level.get(f"{_W}ilvl", ""), 0): edge
            for level in abstract.iter(f"{_W}lvl")
            if (own := level.find(f"{_W}pPr")) is not None and (edge := _edge(own)) is not None
        }
        kinds[abstract.get(f"{_W}abstractNumId", "")] = _List(levels, edges)
    found: dict[str, _List] = {}
    for one in numbering.iter(f"{_W}num"):
        kind = kinds.get(_value(one, "abstractNumId"))
        if kind is not None:
            anew = one.find(f"{_W}lvlOverride/{_W}startOverride") is not None
            found[one.get(f"{_W}numId", "")] = _List(kind.levels, kind.edges) if anew else kind
    return found


def _value(parent: etree._Element, name: str) -> str:
    child = parent.find(f"{_W}{name}")
    return child.get(f"{_W}val", "") if child is not None else ""


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() else otherwise


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(96 + (number - 1) % 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman.upper() if form == "upperRoman" else roman
    return str(number)
