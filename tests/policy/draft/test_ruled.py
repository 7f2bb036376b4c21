"""Tables that lines rule off: cells that wrap, cells that are empty, titles across, and what is no table at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.policy.draft.ruled_pages import Sheet

from chartproof.chart.rulings import read_rulings
from chartproof.policy.draft.lines import read_lines
from chartproof.policy.draft.ruled import with_ruled
from chartproof.policy.draft.tables import Table

WRAPPED = [
    ["No.", "Requirement", "Window"],
    ["A1", "A diagnosis of the disease that two specialists of different hospitals have confirmed", "any date"],
    ["A2", "Platelets of 50,000 or more", "14 days"],
]


def tables(sheet: Sheet) -> list[list[tuple[str, ...]]]:
    page = sheet.page()
    parts = with_ruled(read_lines([page]), [page], {1: tuple(sheet.boxes)})
    return [[row.cells for row in part.rows] for part in parts if isinstance(part, Table)]


@pytest.mark.parametrize("upright", [True, False])
def test_a_cell_that_wraps_is_one_cell(upright: bool) -> None:
    sheet = Sheet()
    sheet.prose("Each entry has to be met.")
    sheet.table(WRAPPED, [60, 100, 400], upright=upright)
    sheet.prose(
        "Nothing else is asked of a member of the plan who has had the treatment before and goes on with it now."
    )
    assert tables(sheet) == [[tuple(row) for row in WRAPPED]]


def test_empty_cells_and_marks_stay_in_their_columns() -> None:
    rows = [["What is shown", "Adults", "Children"], ["A weight above 40 kg", "", "✓"], ["A signed consent", "✓", ""]]
    sheet = Sheet()
    sheet.table(rows, [60, 350, 460], upright=False)
    assert tables(sheet) == [[tuple(row) for row in rows]]


def test_a_title_across_the_table_is_one_cell() -> None:
    rows = [
        ["STARTING: both sides are true"],
        ["If the member is new,", "then a scan is sent."],
        ["If old,", "then a letter is sent."],
    ]
    sheet = Sheet()
    sheet.table(rows, [60, 300])
    assert tables(sheet) == [[tuple(row) for row in rows]]


def test_prose_between_two_tables_parts_them() -> None:
    sheet = Sheet()
    sheet.table([["Code", "Meaning"], ["11111", "One thing"], ["22222", "Another"]], [60, 200])
    sheet.prose(
        "The codes below are of another kind and are listed here so that nobody has to look for them elsewhere."
    )
    sheet.table([["Code", "Kind", "Meaning"], ["33333", "drug", "A third"]], [60, 150, 300])
    assert [len(rows[0]) for rows in tables(sheet)] == [2, 3]


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_lines_around_prose_make_no_table(lines: int) -> None:
    sheet = Sheet()
    for _ in range(lines):
        sheet.table(
            [["A box with a sentence that tells the reader what the whole document is for and how it is used."]], [60]
        )
    assert tables(sheet) == []


def pdf(drawn: str) -> bytes:
    """The smallest file of one page on which this is drawn."""
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
    ]  # fmt: skip
    text = "%PDF-1.4\n" + "".join(f"{n} 0 obj\n{body}\nendobj\n" for n, body in enumerate(bodies, 1))
    return f"{text}trailer << /Root 1 0 R >>\n%%EOF".encode()


@pytest.mark.parametrize(
    ("drawn", "edges"),
    [
        ("1 w 10 80 m 110 80 l S", [(10, 20, 110, 20)]),
        ("20 30 50 40 re f", [(20, 30, 70, 70)]),
        ("0 0 200 100 re f", []),
        ("10 10 m 20 90 90 90 100 10 c S", []),
    ],
    ids=["a line", "a filled cell", "the page's own ground", "a curve"],
)
def test_what_is_drawn_on_a_page(drawn: str, edges: Sequence[tuple[float, ...]]) -> None:
    boxes = read_rulings("drawn.pdf", pdf(drawn))[1]
    assert [(box.left, box.top, box.right, box.bottom) for box in boxes] == [
        pytest.approx(one, abs=1.5) for one in edges
    ]
