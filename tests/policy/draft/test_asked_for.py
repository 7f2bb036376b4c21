"""Conditions of what is asked for: a thing beside the policy's own, papers for one case, a column of signs with its legend."""

from __future__ import annotations

from tests.policy.draft.ruled_pages import Sheet

from chartproof.policy.draft.asked_for import with_asked_for
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import draft_policy

TITLE = "Nerve stimulator for gout"


def one(text: str, kind: str = "necessity", **more: object) -> Criterion:
    return Criterion("A", kind, text, 1, text[:20], **more)  # type: ignore[arg-type]


def when_of(text: str) -> str:
    (found,) = with_asked_for([one(text)], TITLE, "")
    return found.when


def test_a_grant_of_another_thing_holds_where_that_is_requested() -> None:
    assert when_of("A hotel stay of 5 days is allowed if the member lives far away.") == "hotel stay requested"
    assert when_of("Lodging. A hotel room is approved when the road is closed.") == "hotel room requested"
    assert when_of("Is a spare battery requested? It is paid once a year.") == "spare battery requested"


def test_a_grant_of_the_policys_own_subject_has_no_condition() -> None:
    assert when_of("A nerve stimulator is approved when all of these are met.") == ""
    assert when_of("Coverage is granted if the member is 18 or older.") == ""
    assert when_of("The treatment is approved when tablets have failed.") == ""


def test_a_part_that_is_asked_besides_holds_for_what_it_names() -> None:
    part = one("Implanted battery. Rules 20 to 24 hold as well.", join="all", children=(one("It is charged."),))
    (found,) = with_asked_for([part], TITLE, "")
    assert found.when == "implanted battery requested"


def test_papers_for_several_cases_are_each_sent_in_theirs() -> None:
    papers = [one(text, "documentation") for text in ("the biopsy report for tophi;", "the scan for bone loss; and")]
    plain = one("the office notes", "documentation")
    assert [each.when for each in with_asked_for([*papers, plain], TITLE, "")] == ["tophi", "bone loss", ""]
    alone = with_asked_for([papers[0], plain], TITLE, "")
    assert [each.when for each in alone] == ["", ""]


def test_a_legend_says_what_a_sign_stands_for() -> None:
    (found,) = with_asked_for(
        [one("Gout of the toe.", when="K")], TITLE, "A rule marked K is read for Kolchix only and so on."
    )
    assert found.when == "Kolchix"


def test_a_column_that_leaves_out_nobody_in_most_rows_names_the_case_in_the_others() -> None:
    sheet = Sheet()
    sheet.prose("Requirements")
    sheet.prose("All rules must hold. A rule marked K is read for Kolchix only and a rule marked F for Febux only.")
    rows = [
        ("No.", "Rule", "Product"),
        ("11", "The member is 18 years of age or older.", "both"),
        ("12", "Gout was confirmed by a needle.", "both"),
        ("13", "Two flares came in the past year.", "both"),
        ("14", "The heart was examined in the past year.", "F"),
        ("15", "The creatinine clearance is 30 mL/min or more.", "K"),
        ("16", "A specialist of joints orders it.", "both"),
    ]
    sheet.table(rows, (60.0, 110.0, 460.0))
    draft = draft_policy([sheet.page()], {1: tuple(sheet.boxes)})
    told = {each.id: each.when for each in every(draft.criteria)}
    assert (told["11"], told["14"], told["15"]) == ("", "Febux", "Kolchix")
