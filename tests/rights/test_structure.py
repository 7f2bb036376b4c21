"""What the parts of a letter are for: a table of rights, a paragraph of a rule and its facts, an address, a memo's head."""

from __future__ import annotations

import pytest

from letterhead import HEAD, TAIL, read


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("The guideline covers it after two different antihistamines. The records show one, at half the dose.", "prior_therapy"),
        ("Policy LAB-3 allows one tumor panel. Dr. Osei's note of May 2 says that the first was in March.", "quantity_limit"),
        ("The FDA has approved the drug for type 2 diabetes. Your chart shows no diabetes.", "off_label"),
        ("There is no fitting report from the supplier.", "documentation"),
        ("Studies of it have no comparison group.", "experimental"),
        ("The exam does not show that a standard walker would not be enough.", "other"),
        ("Your score of 14 is below the minimum that our guideline accepts.", "other"),
    ],
)  # fmt: skip
def test_a_paragraph_finds_what_its_rule_and_facts_say(body: str, kind: str) -> None:
    denial = read(f"{HEAD}We denied the request.\n\nReasons\n\n{body}\n{TAIL}")
    assert [reason.kind for reason in denial.reasons] == [kind]


@pytest.mark.parametrize(
    "body",
    [
        "The reviewer agrees that your heart is fit, and this decision does not rest on your performance status.",
        "Your request was not approved under prior authorization guideline CB-31.",
        "The chart describes no unstable heart or kidney disease.",
    ],
)
def test_what_is_conceded_or_only_named_is_no_reason(body: str) -> None:
    kinds = {reason.kind for reason in read(f"{HEAD}We denied the drug. It is experimental. {body}\n{TAIL}").reasons}
    assert kinds == {"experimental"}


def test_codes_of_a_denial_open_their_own_paragraphs() -> None:
    body = """Your request was denied. These codes apply:

41-ST  STEP REQUIREMENT. The plan requires a 3-month trial of a preferred gepant before this drug. Claims do not show one.

62-TD  THERAPEUTIC DUPLICATION. Two targeted drugs at the same time are not allowed.
"""
    assert [one.kind for one in read(HEAD + body + TAIL).reasons] == ["step_therapy", "duplicate_therapy"]


def test_a_table_of_rights_tells_each_step_with_its_time() -> None:
    table = """We denied the request.

YOUR APPEAL RIGHTS

Step | Ask by | Ask where | We answer in
Internal appeal | 180 days from the date you receive this letter | PO Box 4, Alder Gap, IL 60435 | 30 days
External review | four months after you receive the final answer | Department of Insurance | 45 days
"""
    stated = {(row.what, row.days, row.months) for row in read(HEAD + table).stated_deadlines}
    assert {("internal_appeal", 180, None), ("external_review", None, 4)} <= stated


def test_a_time_that_counts_from_this_letter_is_the_claimants() -> None:
    body = "We denied the request.\n\nSee that your letter reaches us not more than 60 days after this letter came to you.\n"
    assert [(row.what, row.days) for row in read(HEAD + body).stated_deadlines] == [("internal_appeal", 60)]


def test_what_an_address_prints_is_no_code() -> None:
    body = "We denied the walker, E0143.\nAppeals: Copper Basin, Mail Route K0835, 40 Ore Lane, Alder Gap, MN 55303\n"
    assert read(HEAD + body + TAIL).service_codes == ("E0143",)


def test_a_memo_names_its_reader_and_no_town_decides() -> None:
    denial = read(
        """TO:        Solveig Marchetti-Roy
FROM:      Appeals Committee, Tin Creek Growers Employee Benefit Plan
DATE:      July 21, 2026
RE:        Second-level appeal 26-L2-0093
ID:        TCG 20 4417 66

The Committee affirms the denial. The drug is not medically necessary. The Plan's own appeals are finished.
External review: write to PO Box 44, Reed Marsh, MD 21801, within four months of receiving this.
"""
    )
    assert denial.member_name == "Solveig Marchetti-Roy"
    assert denial.payer == "Tin Creek Growers Employee Benefit Plan"
    assert (denial.reviewer, denial.appeal_level_next) == (None, "external")


def test_the_number_that_the_letter_was_sent_to_takes_no_appeal() -> None:
    body = "Sent by fax 802-555-0144\nWe denied the request.\n\nAppeals\nYou may appeal within 180 days: fax 802-555-0145.\n"
    assert read(HEAD + body).appeal_fax == "802-555-0145"


def test_whoever_reviews_from_outside_leaves_only_a_court() -> None:
    denial = read(
        """Larkspur Independent Review Organization
EXTERNAL REVIEW DECISION
April 30, 2026
Claimant: Odile Ferreira     Plan member ID: TCG 20 4417 66     Plan: Tin Creek Employee Health Plan

The plan's denial is upheld. The drug is experimental. This decision is binding on the plan and the claimant.
You may bring a civil action under ERISA section 502(a).
"""
    )
    assert denial.appeal_level_next == "none"


def test_one_thing_granted_beside_one_refused_is_a_partial_approval() -> None:
    denial = read(
        f"{HEAD}We approve 12 visits. We do not approve the other 12, since the limit is 12 visits a year.\n{TAIL}"
    )
    assert denial.letter_kind == "partial"


def test_reasons_are_told_in_the_part_for_reasons() -> None:
    """What stands before the letter's own part on reasons tells of the contract, and not of this request."""
    text = (
        f"{HEAD}We denied the request. Section 9 of the contract excludes weight loss drugs.\n\n"
        f"Reasons for the denial\nNo cardiology report was sent with the request.\n\n{TAIL}"
    )
    assert [reason.kind for reason in read(text).reasons] == ["documentation"]
