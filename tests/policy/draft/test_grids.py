"""Tables that ask: matrices of conditions, decision tables with rules as columns or as rows, and tables that ask nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_policy


def page(heading: str, rows: Sequence[Sequence[str]], *, width: float = 150.0) -> Page:
    """A page with a heading and a ruled table: cells stand `width` points apart, rows 24 points."""
    text, words = "", []

    def put(said: str, left: float, top: float, size: float = 10.0) -> None:
        nonlocal text
        for word in said.split():
            box = Box(left, top, left + 5.0 * len(word), top + size)
            words.append(Word(word, len(text), len(text) + len(word), box))
            text += f"{word} "
            left += 5.0 * len(word) + 3.0

    put(heading, 60.0, 60.0, 14.0)
    text += "\n"
    for at, row in enumerate(rows):
        for n, cell in enumerate(row):
            put(cell, 60.0 + width * n, 100.0 + 24.0 * at)
        text += "\n"
    return Page("policy.pdf", 1, text, tuple(words), 800.0, 800.0)


def drafted(heading: str, rows: Sequence[Sequence[str]], *, width: float = 150.0) -> Draft:
    return draft_policy([page(heading, rows, width=width)])


def by_words(draft: Draft, words: str, kind: str) -> Criterion:
    return next(one for one in reversed(list(every(draft.criteria))) if words in one.text and one.kind == kind)


def test_a_matrix_asks_by_its_columns() -> None:
    draft = drafted(
        "Conditions of approval",
        [
            ["Condition", "Initial", "Renewal", "Proof"],
            ["Age", "12 years or older", "—", "Birth certificate"],
            ["Uric acid", "above 8 mg/dL", "below 6 mg/dL", "Laboratory report"],
        ],
    )
    first = by_words(draft, "Uric acid above 8", "necessity").leaf
    later = by_words(draft, "Uric acid below 6", "continuation").leaf
    assert first and (first.op, first.value) == ("gt", 8)
    assert later and (later.op, later.value) == ("lt", 6)
    assert by_words(draft, "Laboratory report", "documentation")
    assert not [one for one in every(draft.criteria) if one.kind == "continuation" and "Age" in one.text]


def test_rules_as_columns() -> None:
    draft = drafted(
        "Criteria",
        [
            ["Condition", "Rule 1", "Rule 2"],
            ["Gout is confirmed", "Y", "Y"],
            ["Dialysis is planned", "N", "Y"],
            ["Decision", "Approve", "Deny"],
        ],
    )
    approve, refuse = draft.criteria
    assert (approve.join, approve.kind) == ("any", "necessity")
    assert (refuse.join, refuse.kind) == ("none", "exclusion")
    assert [one.leaf.op for one in approve.children[0].children if one.leaf] == ["present", "absent"]
    assert [one.leaf.op for one in refuse.children[0].children if one.leaf] == ["present", "present"]


def test_rules_as_rows() -> None:
    draft = drafted(
        "Criteria",
        [
            ["Rule", "Gout", "Dialysis", "Decision"],
            ["1", "Yes", "No", "Approve"],
            ["2", "Yes", "Yes", "Deny"],
        ],
    )
    assert [(one.join, one.kind) for one in draft.criteria] == [("any", "necessity"), ("none", "exclusion")]
    assert [one.leaf.op for one in draft.criteria[0].children[0].children if one.leaf] == ["present", "absent"]


def test_codes_and_changes_ask_nothing() -> None:
    codes = drafted("Criteria", [["Code", "Text"], ["J2507", "Pegloticase"], ["M10.00", "Gout"]])
    dated = drafted("Criteria", [["Date", "Change"], ["05/01/2025", "Limit of 8"], ["05/01/2024", "First"]])
    assert codes.criteria == dated.criteria == ()


def test_a_column_for_each_indication_is_a_way() -> None:
    draft = drafted(
        "Coverage criteria",
        [
            ["Criterion", "Rheumatoid arthritis", "Pemphigus"],
            ["Age", "18 years or older", "2 years or older"],
            ["Given with a tablet", "Yes", "-"],
        ],
    )
    (ways,) = draft.criteria
    assert (ways.join, [way.join for way in ways.children]) == ("any", ["all", "all"])
    assert [way.children[0].text for way in ways.children] == ["Rheumatoid arthritis", "Pemphigus"]
    assert len(ways.children[1].children) == 2


def test_a_row_for_each_indication_is_a_way() -> None:
    draft = drafted(
        "Coverage criteria",
        [["Indication", "Criteria"], ["Gout", "Uric acid above 8 mg/dL"], ["Lupus", "Nephritis on biopsy"]],
    )
    (ways,) = draft.criteria
    assert ways.join == "any" and [len(way.children) for way in ways.children] == [2, 2]


@pytest.mark.parametrize(
    "names",
    [
        ["Row", "Situation", "Covered when", "Not covered when", "Evidence to send"],
        ["No.", "Clinical scenario", "We say yes when", "We turn down when", "Proof"],
        ["#", "Patient group", "Approved if", "Excluded", "With the request"],
        ["Case", "Indication", "Requirements", "We do not pay if", "Documents"],
        ["ID", "Used for", "Paid when", "Never when", "Enclosures"],
    ],
)
def test_a_numbered_row_for_each_situation(names: list[str]) -> None:
    draft = drafted(
        "Coverage criteria",
        [
            names,
            ["S-1", "Gout", "▸ Uric acid above 8 mg/dL ▸ Two flares", "▸ Active hepatitis", "▸ Laboratory report"],
            ["S-2", "Lupus", "▸ Nephritis on biopsy", "▸ Dialysis planned", "▸ Biopsy report"],
            ["S-3", "Gout, already on treatment", "▸ Uric acid below 6 mg/dL", "▸ Missed doses", "▸ Visit note"],
        ],
        width=300.0,
    )
    by_id = {one.id: one for one in every(draft.criteria)}
    assert [by_id[name].join for name in ("S-1", "S-2", "S-3")] == ["all"] * 3
    assert [by_id[name].kind for name in ("S-1", "S-2", "S-3")] == ["necessity", "necessity", "continuation"]
    assert [child.text for child in by_id["S-1"].children] == ["Gout", "Uric acid above 8 mg/dL", "Two flares"]
    refusal = next(one for one in every(draft.criteria) if one.join == "none" and "Dialysis" in one.text)
    assert (refusal.kind, refusal.when) == ("exclusion", f"{names[0]} S-2")
    papers = [one for one in every(draft.criteria) if one.kind == "documentation" and one.when]
    assert [one.when[-3:] for one in papers] == ["S-1", "S-2", "S-3"]


def test_what_is_asked_in_all_rows_and_in_none() -> None:
    draft = draft_policy(
        [
            Page("policy.txt", 1, "Coverage criteria\n\nThe member is 18 years of age or older.\n\n"
            "In every row. The first doses are given under observation. The prescriber is a rheumatologist.\n\n"
            "In no row. Psoriasis and psoriatic arthritis are not covered.\n")
        ]
    )  # fmt: skip
    assert by_words(draft, "given under observation", "necessity")
    assert by_words(draft, "psoriatic arthritis", "exclusion")


def test_if_and_then() -> None:
    draft = drafted(
        "Rules",
        [["If", "And", "Then"], ["Gout is confirmed", "A tablet failed", "Approve"], ["Active hepatitis", "-", "Deny"]],
    )
    assert [(one.join, one.kind) for one in draft.criteria] == [("any", "necessity"), ("none", "exclusion")]


def test_a_table_that_asks_and_is_not_drafted_is_told() -> None:
    draft = drafted("Points", [["Finding", "Points"], ["Frequent falls", "2"], ["Poor grip", "3"]])
    assert draft.criteria or any("Frequent falls" in one.text for one in draft.not_understood)


def test_a_register_with_numbers_under_centered_names() -> None:
    text, words = "", []
    placed = [
        [("ID", 64), ("Requirement", 160), ("Evidence", 420)],
        [("R1", 60), ("Adult", 88), ("Record", 380)],
        [("R2", 60), ("Gout", 88), ("Report", 380)],
    ]
    for at, row in enumerate([[("Criteria", 60)], *placed]):
        for word, left in row:
            size = 14.0 if at == 0 else 10.0
            box = Box(left, 60.0 + 30.0 * at, left + 5.0 * len(word), 60.0 + 30.0 * at + size)
            words.append(Word(word, len(text), len(text) + len(word), box))
            text += f"{word} "
        text += "\n"
    draft = draft_policy([Page("policy.pdf", 1, text, tuple(words), 800.0, 800.0)])
    (asked,) = draft.criteria  # a record's name alone is where the fact is read, and no paper to send
    assert [(one.id, one.text, one.made_id) for one in asked.children] == [
        ("R1", "Adult", False),
        ("R2", "Gout", False),
    ]


def test_a_row_for_each_indication_with_its_refusals_and_renewals() -> None:
    draft = drafted(
        "Approval matrix",
        [
            ["Indication", "Initial approval", "Not approved if", "Renewal"],
            ["Gout", "Uric acid above 8 mg/dL", "Dialysis", "Uric acid below 6 mg/dL"],
            ["Lupus", "Nephritis", "Pregnancy", "No flare"],
        ],
    )
    ways, *beside = draft.criteria
    assert (ways.join, [way.text for way in ways.children]) == ("any", ["Gout", "Lupus"])
    assert [(one.kind, one.when) for one in beside] == [
        ("exclusion", "Gout"), ("continuation", "Gout"), ("exclusion", "Lupus"), ("continuation", "Lupus"),
    ]  # fmt: skip


def test_a_register_set_as_cards() -> None:
    text, words = "", []
    cards = [("TEC-01", "MUST", "Adult"), ("TEC-02", "MUST NOT", "Pregnant"), ("TEC-03", "SEND", "Report")]
    top = 60.0

    def put(said: str, left: float) -> None:
        nonlocal text
        for word in said.split():
            words.append(Word(word, len(text), len(text) + len(word), Box(left, top, left + 6.0 * len(word), top + 10)))
            text += f"{word} "
            left += 6.0 * len(word) + 3.0

    for name, kind, asked in cards:
        put(f"{name} {kind}", 60.0)
        text += "\n"
        for field, said in (("Text", asked), ("Test", "Chart")):
            top += 16.0
            put(field, 60.0)
            put(said, 140.0)
            text += "\n"
        top += 30.0
    draft = draft_policy([Page("policy.pdf", 1, text, tuple(words), 800.0, 800.0)])
    found = [(one.id, one.kind, one.text) for one in draft.criteria]
    assert found == [
        ("TEC-01", "necessity", "Adult"), ("TEC-02", "exclusion", "Pregnant"), ("TEC-03", "documentation", "Report"),
    ]  # fmt: skip


def test_a_table_of_situations_whose_other_column_has_a_new_name_is_read_without_a_fault() -> None:
    draft = drafted(
        "Where it is given",
        [
            ["Device", "Tell us"],
            ["Home pump", "Three doses were tolerated elsewhere"],
            ["Office pump", "A nurse is present"],
        ],
        width=220.0,
    )
    assert [one for one in every(draft.criteria) if "Three doses were tolerated" in one.text] or draft.not_understood
