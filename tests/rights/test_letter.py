"""Letters: every field as printed, every reason with its words, and nothing invented."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Denial, Page
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import denial_json, letter_json

LETTERS = yaml.safe_load((Path(__file__).parent / "letters.yaml").read_text(encoding="utf-8"))["letters"]
KEYS = ("is_denial", "letter_kind", "plan_type", "state", "letter_date", "member_id", "group_number", "reference", "drug_named",
        "decision_type", "appeal_level_next", "appeal_fax", "reviewer", "expedited_offered", "payer", "member_name", "service")  # fmt: skip


def read(text: str, **more: object) -> Denial:
    pages = [Page("letter.txt", number, part) for number, part in enumerate(text.split("\f"), start=1)]
    return read_letter(pages, file="letter.txt", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", LETTERS, ids=lambda entry: entry["name"])
def test_letter(entry: dict) -> None:
    denial, want = read(entry["text"]), entry["want"]
    got = {key: getattr(denial, key) for key in KEYS if key in want}
    assert got == {key: want[key] for key in KEYS if key in want}
    for key in ("service_codes", "diagnosis_codes", "policies_cited"):
        if key in want:
            assert list(getattr(denial, key)) == want[key]
    if "reasons" in want:
        assert [reason.kind for reason in denial.reasons] == want["reasons"]
    for what, unit, amount in want.get("stated", []):
        assert any(row.what == what and getattr(row, unit) == amount for row in denial.stated_deadlines), (
            denial.stated_deadlines
        )


@pytest.mark.parametrize("entry", LETTERS, ids=lambda entry: entry["name"])
def test_every_place_holds_its_words(entry: dict) -> None:
    denial = read(entry["text"])
    spans = [span for _, span in denial.where] + [reason.span for reason in denial.reasons if reason.span]
    spans += [row.span for row in denial.stated_deadlines if row.span]
    pages = entry["text"].split("\f")
    assert spans
    for span in spans:
        assert pages[span.page - 1][span.start : span.end] == span.quote and span.quote.strip()
    for reason in denial.reasons:
        assert len(reason.quote.split()) <= 25


def test_json_has_its_keys() -> None:
    denial = read(LETTERS[0]["text"])
    assert letter_json(denial)["reference_number"] == denial.reference
    assert {"file", "letter_date", "received", "reference", "service_codes", "diagnosis_codes", "drug_named", "policy_cited",
            "decision_type", "reasons", "stated_deadlines", "letter_defects", "places"} == set(denial_json(denial))  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "PROGRESS NOTE\nAssessment and plan: the plan has denied the request (letter dated 04/27). We will appeal.\n",
        "To: Appeals, Alder Grove Health Plan\nI am writing to appeal the adverse determination of May 1, 2026. The request was denied "
        "as not medically necessary. My patient has relapsed disease.\n",
        "Cellular Therapy Committee Minutes\nAnother case was declined for ECOG 3.\n",
        "04/28 Portal shows DENIED. No letter yet.\n04/30 Pt called: denial letter came in today's mail, dated 4/27.\n",
    ],
    ids=["note", "appeal", "minutes", "log"],
)
def test_a_paper_that_speaks_of_a_denial_is_none(text: str) -> None:
    denial = read(text)
    assert not denial.is_denial and denial.letter_kind == "other" and denial.reasons == ()


def test_a_page_of_one_long_word_is_read_and_left() -> None:
    denial = read("Your request is denied. You may appeal within 180 days of receipt.\n" + "x" * 50_000)
    assert denial.is_denial and denial.stated_deadlines[0].days == 180


def test_a_page_of_rights_alone_is_read() -> None:
    text = (
        "APPEAL RIGHTS\n\nYou may appeal this decision within 180 days after you receive this notice.\n"
        "We denied the request. Fax 319-555-0140.\n"
    )
    denial = read(text)
    assert denial.is_denial and denial.reasons == ()
