"""Rows of ruled forms on a scan: their labels are mended by the count, their rules and answers left out."""

from __future__ import annotations

from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.scanned_rows import with_scanned_rows


def line(*cells: tuple[float, str], top: float = 0.0) -> Line:
    text = " ".join(said for _, said in cells)
    return Line(1, 0, len(text), text, cells[0][0], top, 540.0, 9.0, cells, top, True, tuple(top for _ in cells))


FORM = [
    line((64.0, "| PART l. PAIN. Mark one."), (546.0, "|")),
    line((70.0, "la"), (100.0, "The pain has lasted for 3"), (465.0, "OYes"), (511.0, "[ONo")),
    line((100.0, "months or more.")),
    line((64.0, "| 1b"), (94.0, "| A nerve is pressed"), (457.0, "| [ Yes | 0 No |")),
    line((70.0, "1¢"), (100.0, "A joint is worn"), (478.0, "Yes"), (512.0, "(O No")),
    line((70.0, "PART Ii. TREATMENT. Every line is Yes.")),
    line((64.0, "| 2a"), (94.0, "I For 1la: heat was tried"), (457.0, "| O Yes | O No |")),
    line((70.0, "2b"), (100.0, "Exercise was tried"), (465.0, "O Yes"), (511.0, "0O No")),
]


def test_each_row_stands_behind_its_own_label() -> None:
    assert [one.text for one in with_scanned_rows(FORM)] == [
        "PART I. PAIN. Mark one.",
        "1a. The pain has lasted for 3",
        "months or more.",
        "1b. A nerve is pressed",
        "1c. A joint is worn",
        "PART II. TREATMENT. Every line is Yes.",
        "2a. For 1a: heat was tried",
        "2b. Exercise was tried",
    ]


def test_a_page_with_few_answers_is_no_form() -> None:
    assert with_scanned_rows(FORM[:4]) == FORM[:4]


def test_a_printed_page_is_left_as_it_is() -> None:
    typed = [Line(1, 0, 9, "la The pain ☐ Yes ☐ No", 60.0)] * 6
    assert with_scanned_rows(typed) == typed


COUNTED = [
    line((66.0, "Approval needs Yes to K1 and K2.")),
    line((66.0, "K1l."), (93.0, "The knee gives way when"), (464.0, "0O Yes O No")),
    line((95.0, "it is turned.")),
    line((66.0, "K2. One of these is present:"), (464.0, "O Yes OO0 No")),
    line((92.0, "[0"), (113.0, "(a) a torn band; or")),
    line((92.0, "O"), (113.0, "(b) a worn joint.")),
    line((66.0, "M1. The wound is open."), (464.0, "[ Yes"), (512.0, "No")),
    line((66.0, "M2. A brace was worn."), (464.0, "O Yes (O No")),
]


def test_entries_counted_under_letters_stand_without_their_answers_and_behind_their_boxes() -> None:
    assert [one.text for one in with_scanned_rows(COUNTED)] == [
        "Approval needs Yes to K1 and K2.",
        "K1. The knee gives way when",
        "it is turned.",
        "K2. One of these is present:",
        "☐ (a) a torn band; or",
        "☐ (b) a worn joint.",
        "M1. The wound is open.",
        "M2. A brace was worn.",
    ]


def test_statements_without_labels_are_left_as_they_are() -> None:
    bare = [line((66.0, f"The knee {n}"), (464.0, "O Yes O No")) for n in "abcde"]
    assert with_scanned_rows(bare) == bare


NUMBERED = [
    line((65.0, "Part One. First year (every line must be Yes)")),
    line((66.0, "1. The child is 4 years of age or older."), (465.0, "0O Yes O No")),
    line((65.0, "2. The lungs were tested in either of these ways"), (465.0, "O Yes OO No")),
    line((100.0, "within a year:")),
    line((100.0, "O 2a."), (142.0, "spirometry that a clinic ran")),
    line((100.0, "0 2b. a scan of the chest")),
    line((66.0, "3. A vaccine was given in the autumn [ Yes O No")),
    line((65.0, "4. Oxygen is used at night."), (478.0, "Yes [0 No")),
    line((65.0, "Part Two. Papers (all)")),
    line((100.0, "[J 5a. Clinic note of the")),
    line((142.0, "last visit")),
    line((100.0, "[0 5b. Chest scan")),
]


def test_numbered_lines_stand_without_their_answers_and_their_lettered_boxes_as_entries() -> None:
    assert [one.text for one in with_scanned_rows(NUMBERED)] == [
        "Part One. First year (every line must be Yes)",
        "1. The child is 4 years of age or older.",
        "2. The lungs were tested in either of these ways",
        "within a year:",
        "☐ 2a. spirometry that a clinic ran",
        "☐ 2b. a scan of the chest",
        "3. A vaccine was given in the autumn",
        "4. Oxygen is used at night.",
        "Part Two. Papers (all)",
        "☐ 5a. Clinic note of the",
        "last visit",
        "☐ 5b. Chest scan",
    ]


def test_a_box_before_a_lettered_entry_is_no_figure_of_a_dose() -> None:
    form = [*NUMBERED, line((100.0, "0.5 mg is the first dose")), line((100.0, "O 2 liters a minute"))]
    assert [one.text for one in with_scanned_rows(form)][-2:] == ["0.5 mg is the first dose", "O 2 liters a minute"]
