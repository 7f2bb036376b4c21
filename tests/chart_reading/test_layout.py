"""Rows and cells of a page by geometry, whatever order its words were written in."""

from __future__ import annotations

from chartproof.chart.layout import rows
from chartproof.model.page import Box, Page, Word


def page_of(placed: list[tuple[str, float, float]]) -> Page:
    """Words with the left and top of each; a letter is 5 points wide, a line 10 high."""
    words, text = [], ""
    for word, left, top in placed:
        words.append(Word(word, len(text), len(text) + len(word), Box(left, top, left + 5 * len(word), top + 10)))
        text += word + " "
    return Page("a.pdf", 1, text, tuple(words), 612, 792)


def cells(page: Page) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows(page)]


def test_cells_written_column_by_column_come_out_row_by_row() -> None:
    page = page_of([("WBC", 50, 100), ("Hgb", 50, 120), ("5.6", 200, 100), ("11.4", 200, 121), ("L", 224, 121)])
    assert cells(page) == [["WBC", "5.6"], ["Hgb", "11.4 L"]]
    for row in rows(page):
        for cell in row.cells:
            assert " ".join(page.text[a:b] for a, b in cell.parts) == cell.text


def test_a_wrapped_cell_joins_its_row() -> None:
    placed = [("Test", 50, 100), ("Comment", 200, 100), ("HCV", 50, 122), ("not", 200, 122), ("collected", 200, 134)]
    placed += [("HIV", 50, 156), ("negative", 200, 156), ("CMV", 50, 178), ("positive", 200, 178)]
    assert cells(page_of(placed)) == [
        ["Test", "Comment"], ["HCV", "not collected"], ["HIV", "negative"], ["CMV", "positive"],
    ]  # fmt: skip


def test_lines_of_prose_are_rows_of_one_cell() -> None:
    page = page_of([("No", 50, 100), ("transplant", 65, 100), ("of", 50, 112), ("any", 65, 112), ("kind", 85, 112)])
    assert cells(page) == [["No transplant"], ["of any kind"]]


def test_columns_of_prose_are_not_merged() -> None:
    placed = [
        (f"w{side}{row}{n}abcd", left + 45 * n, 100.0 + 14 * row)
        for row in range(10)
        for side, left in (("l", 50.0), ("r", 330.0))
        for n in range(5)
    ]
    found = cells(page_of(placed))
    assert len(found) == 20
    assert all(len({word[1] for word in " ".join(row).split()}) == 1 for row in found)
    assert found[0][0].startswith("wl0") and found[10][0].startswith("wr0")


def test_a_page_without_boxes_is_split_at_its_marks() -> None:
    page = Page("a.docx", 1, "Name | Result\nHCV |  negative\nplain line\nA\tB\n1   2\n")
    assert cells(page) == [["Name", "Result"], ["HCV", "negative"], ["plain line"], ["A", "B"], ["1", "2"]]
    for row in rows(page):
        assert all(page.text[cell.start : cell.end] == cell.text for cell in row.cells)


def test_where_a_cell_of_every_row_is_wrapped_it_joins_its_row() -> None:
    placed = [("Collected", 50, 100), ("Assay", 200, 100), ("Result", 300, 100)]
    for index, assay in enumerate(("HIV", "HBsAg", "HCV")):
        top = 115.0 + 29 * index
        placed += [("09/10/26", 50, top), (assay, 200, top), ("negative", 300, top), ("11:02", 50, top + 14)]
    assert cells(page_of(placed))[1:] == [
        ["09/10/26 11:02", assay, "negative"] for assay in ("HIV", "HBsAg", "HCV")
    ]  # fmt: skip


def panels(pitch: float, top: float) -> list[tuple[str, float, float]]:
    """Two panels, the left one written first and the right one at another pitch: no line of one stands level with the other."""
    left = [
        (word, 50.0 + 40 * n, 100.0 + 15 * row)
        for row in range(12)
        for n, word in enumerate((f"L{row}", "1.4", "1.7", "K/uL"))
    ]
    return left + [
        (word, 330.0 + 60 * n, top + pitch * row) for row in range(12) for n, word in enumerate((f"R{row}", "neg"))
    ]


def test_panels_side_by_side_are_read_one_after_the_other() -> None:
    found = cells(page_of(panels(11.5, 104)))
    assert found[0] == ["L0", "1.4", "1.7", "K/uL"] and found[11][0] == "L11"
    assert found[12] == ["R0", "neg"] and len(found) == 24


def test_panels_above_a_foot_in_cells_are_read_one_after_the_other() -> None:
    foot = [("ELM", 50.0, 700.0), ("LABS", 330.0, 700.0)]
    found = cells(page_of(panels(11.5, 104) + foot))
    assert ["R11", "neg"] in found and found[-1] == ["ELM", "LABS"]


def test_columns_that_stand_level_are_cells_of_rows_however_they_were_written() -> None:
    found = cells(page_of(panels(15, 100)))
    assert found[0] == ["L0", "1.4", "1.7", "K/uL", "R0", "neg"] and len(found) == 12
