"""A policy that is a Word file: its lists' labels are ids, each paragraph stands alone, its tables are tables."""

from __future__ import annotations

from pathlib import Path

import docx

from chartproof.drafting import draft_document
from chartproof.policy.draft.criterion import Criterion, every


def drafted(path: Path, fill) -> list[Criterion]:  # type: ignore[no-untyped-def]
    document = docx.Document()
    fill(document)
    document.save(str(path))
    return list(every(draft_document(path).criteria))


def test_paragraphs_and_numbered_lists(tmp_path: Path) -> None:
    def fill(document) -> None:  # type: ignore[no-untyped-def]
        document.add_heading("Glucose monitors", 1)
        document.add_paragraph("A monitor is covered when all of the following are met:")
        document.add_paragraph("Diagnosis of diabetes", style="List Number")
        document.add_paragraph("Treated with insulin", style="List Number")
        document.add_paragraph("Not covered")
        document.add_paragraph("More than one monitor at a time", style="List Bullet")

    found = drafted(tmp_path / "policy.docx", fill)
    assert [(one.id, one.kind) for one in found if not one.made_id] == [("1", "necessity"), ("2", "necessity")]
    assert [one.kind for one in found if one.text == "More than one monitor at a time"][-1:] == ["exclusion"]


def test_lists_within_lists(tmp_path: Path) -> None:
    """Each style of a nested list is a list of its own in the file: where it is set in tells its level."""

    def fill(document) -> None:  # type: ignore[no-untyped-def]
        document.add_heading("Indications", 1)
        document.add_paragraph("Testing is covered when at least one of these is true:", style="List Bullet")
        document.add_paragraph("Gout found before the age of 25 years", style="List Bullet 2")
        document.add_paragraph("Two or more attacks, together with both of these:", style="List Bullet 2")
        document.add_paragraph("a first-degree relative with gout", style="List Bullet 3")
        document.add_paragraph("kidney stones", style="List Bullet 3")
        document.add_paragraph("Tophi", style="List Bullet 2")

    found = drafted(tmp_path / "policy.docx", fill)
    assert next((one.join, len(one.children)) for one in found if one.children) == ("any", 3)
    both = next(one for one in found if one.text.startswith("Two or more attacks, together"))
    assert (both.join, [one.text for one in both.children][-1]) == ("all", "kidney stones")


def test_a_table_of_criteria(tmp_path: Path) -> None:
    def fill(document) -> None:  # type: ignore[no-untyped-def]
        document.add_heading("Criteria", 1)
        table = document.add_table(3, 3)
        said = (
            "Condition",
            "Initial",
            "Renewal",
            "Age",
            "12 years or older",
            "—",
            "Uric acid",
            "above 8 mg/dL",
            "below 6 mg/dL",
        )
        for cell, text in zip((cell for row in table.rows for cell in row.cells), said, strict=True):
            cell.text = text

    found = drafted(tmp_path / "policy.docx", fill)
    assert [(one.text, one.kind) for one in found if not one.children] == [
        ("Age 12 years or older", "necessity"),
        ("Uric acid above 8 mg/dL", "necessity"),
        ("Uric acid below 6 mg/dL", "continuation"),
    ]


def test_headings_part_a_document_whatever_their_words(tmp_path: Path) -> None:
    def fill(document) -> None:  # type: ignore[no-untyped-def]
        document.add_heading("Vestry Health Trust", 1)
        document.add_heading("What we turn down", 2)
        document.add_paragraph("Visits for fitness", style="List Number")
        document.add_paragraph("Two machines at once", style="List Number")
        document.add_heading("Put these with the claim", 2)
        document.add_paragraph("The referral", style="List Number")
        document.add_paragraph("The score sheet", style="List Number")

    found = drafted(tmp_path / "policy.docx", fill)
    kinds = {one.text: one.kind for one in found if not one.children}
    assert kinds["Visits for fitness"] == kinds["Two machines at once"] == "exclusion"
    assert "exclusion" not in {kinds.get("The referral"), kinds.get("The score sheet")}
