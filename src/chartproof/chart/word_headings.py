"""Headings of a Word file: what its writer set in a heading's style, or as a paragraph of its own in bold."""

from __future__ import annotations

from lxml import etree

from chartproof.chart.bounds import open_zip, read_member
from chartproof.chart.markup import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAMES = ("heading", "title", "subtitle")
#: A paragraph in bold that names a part has so many words at the most.
_WORDS = 12
#: Styles are based on others so many times at the most.
_DEEP = 10


def read_headings(name: str, data: bytes) -> frozenset[str]:
    """The words of each paragraph that is a heading, as they stand in its line. Raises InputError as `read_docx` does."""
    with open_zip(name, data, what="Word") as archive:
        body = parse_xml(name, read_member(name, archive, "word/document.xml", what="Word"))
        styled = "word/styles.xml" in archive.namelist()
        styles = parse_xml(name, read_member(name, archive, "word/styles.xml", what="Word")) if styled else None
    ids = _heading_styles(styles)
    told = [(paragraph, _text(paragraph)) for paragraph in body.iter(f"{_W}p") if not _in_table(paragraph)]
    told = [(paragraph, text) for paragraph, text in told if text]
    bold = [text for paragraph, text in told if _is_bold(paragraph)]
    few = len(bold) * 2 < len(told)
    return frozenset(
        text for paragraph, text in told if _is_styled(paragraph, ids) or (few and text in bold and _names(text))
    )


def _heading_styles(styles: etree._Element | None) -> frozenset[str]:
    """The ids of styles that are headings by their names or their place in the outline, or are based on one that is."""
    if styles is None:
        return frozenset()
    above: dict[str, str] = {}
    found: set[str] = set()
    for style in styles.iter(f"{_W}style"):
        own = style.get(f"{_W}styleId", "")
        above[own] = _value(style, "basedOn")
        if _value(style, "name").lower().startswith(_NAMES) or style.find(f"{_W}pPr/{_W}outlineLvl") is not None:
            found.add(own)
    for own in list(above):
        at = own
        for _ in range(_DEEP):
            at = above.get(at, "")
            if at in found:
                found.add(own)
    return frozenset(found)


def _value(element: etree._Element, tag: str) -> str:
    child = element.find(f"{_W}{tag}")
    return child.get(f"{_W}val", "") if child is not None else ""


def _is_styled(paragraph: etree._Element, ids: frozenset[str]) -> bool:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return False
    return _value(properties, "pStyle") in ids or properties.find(f"{_W}outlineLvl") is not None


def _is_bold(paragraph: etree._Element) -> bool:
    """True where every run that has words is set in bold."""
    runs = [run for run in paragraph.iter(f"{_W}r") if "".join(run.itertext(f"{_W}t")).strip()]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return bool(runs) and all(mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in marks)


def _names(text: str) -> bool:
    return len(text.split()) <= _WORDS and not text.endswith((".", ";", ",", ":"))


def _in_table(paragraph: etree._Element) -> bool:
    return next(paragraph.iterancestors(f"{_W}tbl"), None) is not None


def _text(paragraph: etree._Element) -> str:
    return " ".join("".join(paragraph.itertext(f"{_W}t")).replace("\u00a0", " ").split())
