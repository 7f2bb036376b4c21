"""The labels of a Word file's lists, which stand in its numbering and not in its text."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml

from chartproof.chart.word import read_docx

_NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(at: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def written(levels: str, paragraphs: list[tuple[int, str]]) -> bytes:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {_NAMES} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {_NAMES} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for at, text in paragraphs:
        paragraph = document.add_paragraph(text)
        if at >= 0:
            properties = f'<w:numPr {_NAMES}><w:ilvl w:val="{at}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(properties))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines(levels: str, paragraphs: list[tuple[int, str]], *, labels: bool = True) -> list[str]:
    return read_docx("policy.docx", written(levels, paragraphs), "", labels=labels).pages[0].text.splitlines()


OUTLINE = level(0, "upperRoman", "%1.") + level(1, "lowerLetter", "%2)") + level(2, "bullet", "")


def test_labels_count_on_and_begin_anew_below() -> None:
    said = [
        (0, "Adults"),
        (1, "age"),
        (1, "gout"),
        (2, "swollen joint"),
        (-1, "And also:"),
        (0, "Children"),
        (1, "weight"),
    ]
    assert lines(OUTLINE, said) == [
        "I. Adults", "  a) age", "  b) gout", "    • swollen joint", "And also:", "II. Children", "  a) weight",
    ]  # fmt: skip


def test_a_label_may_carry_the_levels_above_it() -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")
    assert lines(levels, [(0, "One"), (1, "Two"), (1, "Three")]) == ["1 One", "  1.1 Two", "  1.2 Three"]


def test_an_empty_paragraph_takes_no_number() -> None:
    assert lines(OUTLINE, [(0, "One"), (0, ""), (0, "Two")]) == ["I. One", "II. Two"]


@pytest.mark.parametrize("form", ["decimal", "bullet"])
def test_a_chart_is_read_without_them(form: str) -> None:
    assert lines(level(0, form, "%1."), [(0, "One")], labels=False) == ["One"]
