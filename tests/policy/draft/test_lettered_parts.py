"""Parts that are counted by capital letters and set like their text: each heads its own entries a, b, c."""

from __future__ import annotations

from tests.policy.draft.set_pages import by_id, column, drafted

from chartproof.policy.draft.criterion import every
from chartproof.policy.draft.labels import label_of, scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.placing import mended


def test_a_letter_before_the_name_of_a_part_heads_its_entries() -> None:
    draft = drafted(column(
        (60, "A. Criteria for approval"), (60, "A brace is approved when A.a and A.b are both met, as the chart of the last month shows."),
        (60, "a. The curve measures 25 degrees or more."), (60, "b. The child is still growing."),
        (60, "B. When it is refused"), (60, "a. The curve is above 50 degrees."), (60, "b. A rod has been placed."),
        (60, "C. What to send"), (60, "a. The films of the spine."),
    ))  # fmt: skip
    kinds = {one.id: one.kind for one in every(draft.criteria) if not one.children}
    assert kinds == {
        "A.a": "necessity",
        "A.b": "necessity",
        "B.a": "exclusion",
        "B.b": "exclusion",
        "C.a": "documentation",
    }
    assert (by_id(draft, "A").join, by_id(draft, "B").join) == ("all", "none")


def test_lettered_entries_without_a_parts_name_stay_entries() -> None:
    draft = drafted(column(
        (60, "COVERAGE CRITERIA"), (60, "Approved when all of these are met:"), (60, "A. Severe psoriasis"),
        (80, "1. Ten percent of the skin is involved."), (80, "2. The face is involved."), (60, "B. A dermatologist prescribes."),
    ))  # fmt: skip
    assert {one.id for one in every(draft.criteria)} >= {"A", "A.1", "A.2", "B"}


def test_a_lone_stroke_after_heading_h_is_the_letter_i() -> None:
    heading = Node("heading", "H. References", 1, label=label_of("H. References"), id="H")
    read = scanned_label("l. Revisions")
    assert read is not None
    assert mended([heading], Line(1, 0, 12, "l. Revisions"), read).text == "I"
    item = Node("item", "Fever", 1, label=label_of("h. Fever"))
    assert mended([item], Line(1, 0, 7, "l. Rash"), read).text == "i"
