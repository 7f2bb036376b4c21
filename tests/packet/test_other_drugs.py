"""A denial of any drug or service gets a letter from the chart's own words, with a policy or with none."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import yaml

from chartproof.packet.calls import call_sheet
from chartproof.packet.citations import citations
from chartproof.packet.documents.registry import documents_for
from chartproof.packet.exhibits import build_book
from chartproof.packet.letter import build_letter
from chartproof.packet.lint import lint
from chartproof.tour import review_folder, write_review

CASES = yaml.safe_load((Path(__file__).parent / "other_drugs.yaml").read_text(encoding="utf-8"))["cases"]
DAY = date(2026, 7, 20)


@pytest.mark.parametrize("name", CASES)
def test_a_letter_for_any_drug(name: str, tmp_path: Path) -> None:
    case: dict[str, Any] = CASES[name]
    folder = tmp_path / "case"
    folder.mkdir()
    for file, text in case["files"].items():
        (folder / file).write_text(text, encoding="utf-8")
    if "drug" in case:
        (folder / "case.yaml").write_text(f"drug: {case['drug']}\n", encoding="utf-8")
    policy = case["policy"]
    if "\n" in policy:
        (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
        policy = str(tmp_path / "policy.yaml")
    review = review_folder(folder, today=DAY, policy=policy, workers=1)
    assert review.denial is not None and review.denial.reasons

    book = build_book(review, citations(review, with_denial=True))
    letter = build_letter(review, book, "appeal", draft=True)
    assert lint(letter, review, book) == ()
    text = "\n".join(block.text for block in letter.blocks)
    for words in case["says"]:
        assert words in text, text
    for words in case["never"]:
        assert words not in text, text
    headings = [block.text for block in letter.blocks if block.kind == "heading"]
    assert headings[: len(case.get("headings", ()))] == case.get("headings", [])

    if not review.criteria:
        others = {one.name: one.build(review, book, "appeal") for one in documents_for(review, "appeal")}
        printed = "\n".join(str(letter) for letter in others.values())
        assert (
            "of the 0 criteria" not in printed and "policy none" not in printed and "criteria table, the" not in printed
        )
        asked = call_sheet(review, book, "appeal")
        assert asked["patient"] and all(one["answer"] for one in asked["questions"])

    out = tmp_path / "out"
    write_review(review, folder=folder, out=out, purpose="appeal", stamp=datetime(2026, 7, 20))
    assert len(pdfium.PdfDocument(out / "letter.pdf")) <= 4
