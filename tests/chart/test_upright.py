"""A page that lay on its side is read by rows as it was turned; its own boxes stay as it is displayed."""

from __future__ import annotations

import pytest

from chartproof.chart.layout import rows
from chartproof.model import Box, Page, Word

#: "Test  Pre  Post" over "FEV1  71  77", as a reader of the turned page sees it, 200 wide and 100 high.
SEEN = [("Test", 10, 10), ("Pre", 80, 10), ("Post", 140, 10), ("FEV1", 10, 30), ("71", 80, 30), ("77", 140, 30)]


def displayed(left: float, top: float, turned: int) -> Box:
    right, bottom = left + 20, top + 8
    if turned == 90:
        return Box(top, 200 - right, bottom, 200 - left)
    if turned == 270:
        return Box(100 - bottom, left, 100 - top, right)
    if turned == 180:
        return Box(200 - right, 100 - bottom, 200 - left, 100 - top)
    return Box(left, top, right, bottom)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_rows_are_those_of_the_turned_page(turned: int) -> None:
    text, words = "", []
    for name, left, top in SEEN:
        words.append(Word(name, len(text), len(text) + len(name), displayed(left, top, turned)))
        text += name + ("\n" if name in ("Post", "77") else " ")
    wide, high = (100, 200) if turned in (90, 270) else (200, 100)
    page = Page("scan.pdf", 1, text, tuple(words), wide, high, "ocr", turned)
    assert [[cell.text for cell in row.cells] for row in rows(page)] == [["Test", "Pre", "Post"], ["FEV1", "71", "77"]]
    assert page.boxes(0, 4)[0] == displayed(10, 10, turned)
