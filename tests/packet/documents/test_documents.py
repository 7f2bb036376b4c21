"""Which documents a case has, and that each names the right place, form, day and signer, and claims nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.model import Deadline, DenialReason, SourceFile
from chartproof.model.page import LEFT_OUT
from chartproof.packet.documents import parts
from chartproof.packet.documents.registry import DOCUMENTS, documents_for
from chartproof.packet.documents.words import BLANK, family, law, lawful, laws_of, venue_names, words
from chartproof.packet.documents.worklist import tasks
from chartproof.packet.lint import lint
from chartproof.packet.look import prose_day
from chartproof.rights import law as tables
from packet.documents.conftest import book_of, letters, plan_review, reason, text
from packet.invented import Made

PLANS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "plans.yaml").read_text(encoding="utf-8"))
KNOWN = [row for row in PLANS if row["plan"]]


def _id(row: dict[str, Any]) -> str:
    return f"{row['plan'] or 'unknown'}-{row['state'] or 'none'}"


@pytest.mark.parametrize("row", PLANS, ids=_id)
def test_a_case_has_the_levels_of_its_plan_and_no_other(made: Made, row: dict[str, Any]) -> None:
    found = letters(plan_review(made.review, row["plan"], row["state"]))
    assert set(found) & set(venue_names()) == set(row["venues"])
    assert {"file-request", "representative", "patient-page", "worklist"} <= set(found)
    told = "\n".join(text(found[name]) for name in row["venues"])
    for said in row.get("says", []):
        assert said in told
    for other in row.get("not", []):
        assert other not in told
    box = "\n".join(found["representative"].before)
    assert row.get("form", "CMS-1696 is no form of this plan") in box or "form" not in row
    assert ("CMS-1696" in box) == (row.get("form") == "CMS-1696")


@pytest.mark.parametrize("row", PLANS, ids=_id)
@pytest.mark.parametrize("child", [False, True], ids=["adult", "child"])
def test_no_document_says_what_nothing_proves(made: Made, row: dict[str, Any], child: bool) -> None:
    review = plan_review(made.review, row["plan"], row["state"], child=child)
    known, book = lawful(review), book_of(review)
    for name, letter in letters(review, asked=("network-exception",)).items():
        assert lint(letter, known, book) == (), name


@pytest.mark.parametrize("row", KNOWN, ids=_id)
def test_the_rules_that_are_named_reach_the_plan(made: Made, row: dict[str, Any]) -> None:
    reach = set(tables.tables_for(row["plan"], row["state"]))
    for rule in laws_of(plan_review(made.review, row["plan"], row["state"])):
        # What the State's agency says of its own form holds for everyone who may file it.
        by_form = rule.rule == "ny.external.dfs_receipt" and "external-appeal-new-york" in row["venues"]
        assert by_form or reach & set(tables.rule(rule.rule).plan_types), rule.rule
        assert rule.says == " ".join(tables.rule(rule.rule).says.split())


@pytest.mark.parametrize("row", KNOWN, ids=_id)
def test_every_day_of_a_step_is_the_reviews_own(made: Made, row: dict[str, Any]) -> None:
    review = plan_review(made.review, row["plan"], row["state"], letter_kind="final_internal")
    allowed = {prose_day(parts.day_of(one.safe_due)) for one in review.deadlines}
    found = letters(review)
    for name in row["venues"]:
        said = re.findall(r": by (\d{1,2} \w+ \d{4})", text(found[name]))
        assert set(said) <= allowed
        due = parts.due(review, *parts_of(name))
        assert bool(said) == (due is not None)
        assert f"{found[name].title}" and any("When: now." in line for line in found[name].before)


def parts_of(name: str) -> list[str]:
    return {
        "independent-entity": [],
        "contractor-reconsideration": ["reconsideration", "second_level_appeal"],
        "fair-hearing": ["fair_hearing"],
        "state-review": ["fair_hearing", "external_review"],
        "opm-review": ["opm_review"],
        "quality-monitor-review": ["second_level_appeal"],
    }.get(name, ["external_review", "expedited_external"])


def test_a_level_that_waits_says_so_and_gives_no_day_to_ask_by(made: Made) -> None:
    found = letters(plan_review(made.review, "self_funded_erisa", "OH"))["external-review-federal"]
    assert "is the earliest day on which the time could end" in text(found)
    assert ": by " not in text(found)
    assert any("hold it until the plan's decision" in line for line in found.before)


def test_a_day_that_has_passed_is_said_to_have_passed(made: Made) -> None:
    review = plan_review(made.review, "fehb", letter_kind="final_internal")
    late = Deadline(
        "fehb.opm.file", "opm_review", date(2026, 5, 1), date(2026, 5, 1), "claimant", "5 CFR 890.105(e)(1)", ""
    )
    found = text(letters(replace(review, deadlines=(late,)))["opm-review"])
    assert "the day was 1 May 2026. It has passed as of 4 May 2026" in found


def test_what_was_not_checked_says_so(made: Made) -> None:
    found = letters(plan_review(made.review, "medicaid_mco", "NY"))["external-appeal-new-york"]
    rule = law("nymcd.external_appeal")
    assert not rule.verified
    assert f"{rule.says.rstrip('.')} ({rule.citation}). [confirm]" in text(found)
    assert words("box")["confirm"] in found.before


def test_without_a_denial_there_is_nothing_to_appeal(made: Made) -> None:
    review = replace(made.review, denial=None, deadlines=())
    assert set(letters(review, "prior-auth")) == {"expedited-request", "representative", "worklist"}
    without = replace(review, case=replace(review.case, apheresis_planned=None))
    assert set(letters(without, "prior-auth")) == {"representative", "worklist"}


def test_care_already_given_is_not_urgent_and_a_final_decision_is_not_appealed_at_the_plan(made: Made) -> None:
    review = plan_review(made.review, "self_funded_erisa")
    assert "expedited-request" in letters(review)
    assert review.denial is not None
    given = replace(review, denial=replace(review.denial, decision_type="post_service"))
    assert "expedited-request" not in letters(given)
    assert "Physician" not in text(letters(given)["external-review-federal"]).split("Who asks")[1].split("fax:")[1]
    assert "expedited-request" not in letters(
        plan_review(made.review, "self_funded_erisa", letter_kind="final_internal")
    )


@pytest.mark.parametrize("kind", ["out_of_network", "rems_atc", "site_of_care"])
def test_a_network_exception_follows_from_the_reason_or_is_asked_for(made: Made, kind: str) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    assert "network-exception" not in letters(review)
    assert "network-exception" in letters(review, asked=("network-exception",))
    found = letters(plan_review(made.review, "commercial_insured", "NY", reasons=reason(kind)))
    assert "NY Ins Law 4904(a-2)" in text(found["network-exception"])


def test_nothing_is_certified_in_advance(made: Made) -> None:
    found = letters(plan_review(made.review, "medicare_advantage", "NY"))["expedited-request"]
    boxes = [block for block in found.blocks if block.kind == "box"]
    assert len(boxes) == 3 and not any("pain" in block.text for block in boxes)
    assert [block.kind for block in found.blocks if block.kind in ("line", "sign")] == ["line", "sign"]
    assert "Collection of the cells (apheresis) is planned for 18 May 2026." in text(found)
    pained = letters(plan_review(made.review, "self_funded_erisa"))["expedited-request"]
    assert sum(block.kind == "box" for block in pained.blocks) == 4


def test_each_document_says_who_signs_and_what_it_does_not_do(made: Made) -> None:
    for name, letter in letters(plan_review(made.review, "commercial_insured", "NY")).items():
        if name == "patient-page":
            assert "not legal advice" in letter.foot and "does not file anything" in letter.foot
            continue
        assert letter.before[0].startswith("Who signs: ")
        assert any(line.startswith("What it does not do: ") for line in letter.before)
        signs = [block for block in letter.blocks if block.kind == "sign"]
        assert bool(signs) == ("Nobody signs" not in letter.before[0])


def test_a_parent_acts_for_a_child(made: Made) -> None:
    found = letters(plan_review(made.review, "medicaid_mco", "OH", child=True))
    signed = "\n".join(text(found[name]) for name in ("representative", "file-request", "fair-hearing"))
    assert "Signature of the parent or legal guardian" in signed
    assert "Signature of the patient" not in signed
    assert "The patient is a minor." in text(found["representative"])
    assert "your child" in text(found["patient-page"])
    assert not any(re.search(r"(?i)\b(?:he|she|his|hers?|him)\b", text(letter)) for letter in found.values())


def test_what_is_not_known_is_a_line_to_fill_in(made: Made) -> None:
    review = plan_review(made.review, "self_funded_erisa", reference=None, member_id=None)
    review = replace(review, case=replace(review.case, patient=replace(review.case.patient, member_id="", born=None)))
    found = dict(letters(review)["file-request"].reference)
    assert found["Member ID"] == found["Case reference"] == found["Date of birth"] == BLANK
    assert f"Address or fax: {BLANK}" in letters(review)["file-request"].addressee
    assert words("box")["fill"] in letters(review)["file-request"].before


def test_a_document_on_a_patient_whom_nothing_names_is_written_with_a_line_to_fill_in(made: Made) -> None:
    review = plan_review(made.review, "medicaid_mco", "OH", member_name=None)
    review = replace(review, case=replace(review.case, patient=replace(review.case.patient, name="")))
    book = book_of(review)
    for name, letter in letters(review).items():
        assert lint(letter, lawful(review), book) == (), name
    assert dict(letters(review)["worklist"].reference)["Patient"] == BLANK


def test_the_worklist_is_in_the_order_of_its_days_and_says_why(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    ecog = replace(review.criteria[0], valid_until=date(2026, 5, 10))
    review = replace(review, criteria=(ecog, *review.criteria[1:]))
    found = tasks(review, "appeal")
    assert [(task.who, str(task.by)) for task in found] == [
        (BLANK, "2026-05-10"),
        ("Radiology", "2026-05-18"),
        ("Social work", "2026-05-18"),
    ]
    assert found[0].why.text == "The result in the chart passes its window on 2026-05-10. Row DOC.1."
    assert found[1].why.text == "The policy asks for it. Row DOC.2."
    rows = [block for block in letters(review)["worklist"].blocks if block.kind == "row"]
    assert len(rows) == 1 + len(found) and all(row.runs[0].text == "☐" for row in rows[1:])


def test_a_row_that_the_denial_rests_on_says_which_reason(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY", reasons=reason("documentation"))
    assert {task.why.text for task in tasks(review, "appeal")} == {
        "The denial says that papers are missing (reason 1). Row DOC.2.",
        "The denial says that papers are missing (reason 1). Row DOC.3.",
    }


def test_a_paper_that_the_denial_does_not_name_is_asked_for_by_the_policy_alone(made: Made) -> None:
    named = (DenialReason("documentation", "No chest x-ray was sent.", 1),)
    review = plan_review(made.review, "commercial_insured", "NY", reasons=named)
    assert {task.why.text for task in tasks(review, "appeal")} == {
        "The denial says that papers are missing (reason 1). Row DOC.2.",
        "The policy asks for it. Row DOC.3.",
    }


def test_what_is_not_met_stands_below_with_the_paper_that_alone_would_change_it(made: Made) -> None:
    row = made.review.criteria[0]
    wrong = replace(row, status="not_met", shows="ECOG 3 (2026-05-01)", remedy="a dated performance status")
    review = plan_review(made.review, "commercial_insured", "NY")
    review = replace(review, criteria=(wrong, *made.review.criteria[1:]))
    told = text(letters(review)["worklist"]).split("Not met on the chart", 1)[1]
    assert "DOC.1. ECOG 3 (2026-05-01)." in told
    assert "Only a paper that shows otherwise changes this: a dated performance status." in told
    assert lint(letters(review)["worklist"], review, book_of(review)) == ()
    alone = replace(review, criteria=(wrong,), label=())
    assert "Nothing is still to be obtained" in text(letters(alone)["worklist"])


def test_without_missing_rows_there_is_no_worklist(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    closed = tuple(row for row in review.criteria if row.status != "missing")
    assert "worklist" not in letters(replace(review, criteria=closed))


def test_names_are_told_once_and_every_family_has_its_helpers(made: Made) -> None:
    names = [document.name for document in DOCUMENTS]
    assert len(names) == len(set(names))
    for plan_type in tables.plans()["plans"]:
        for state in ("", "NY"):
            review = plan_review(made.review, plan_type, state)
            assert family(review)["help"]
            assert documents_for(review, "appeal")


def test_no_heading_stands_alone(made: Made) -> None:
    for row in PLANS:
        for name, letter in letters(plan_review(made.review, row["plan"], row["state"])).items():
            kinds = [block.kind for block in letter.blocks]
            assert kinds[-1] != "heading", name
            assert ("heading", "heading") not in set(pairwise(kinds)), name


@pytest.mark.parametrize(
    ("note", "said"),
    [("a DICOM picture", "Files of the chart were not read"), (LEFT_OUT, "Files of an earlier package")],
)
def test_the_worklist_says_that_files_were_not_read(made: Made, note: str, said: str) -> None:
    unread = SourceFile("unread.bin", "", "other", read="unread", note=note)
    chart = made.review.chart
    review = replace(made.review, chart=replace(chart, files=(*chart.files, unread)))
    worklist = letters(review)["worklist"]
    assert said in text(worklist) and said not in text(letters(made.review)["worklist"])
    assert lint(worklist, review, book_of(review)) == ()
