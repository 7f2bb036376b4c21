"""A field is known by its place: an address block, a label, a row, a clause beside a name; never by a phrase of one paper."""

from __future__ import annotations

from datetime import date

import pytest

from letterhead import HEAD, TAIL, read

DENIED = "We denied the request. The brace is not medically necessary.\n"


def test_an_office_of_the_state_is_no_address_of_the_patient() -> None:
    letter = f"""Amber Hollow Mutual, Dover, Delaware
March 3, 2026
Wenceslas Idowu
9 Cress Lane
Elkmoor, VT 05301

Dear Wenceslas Idowu:

{DENIED}
You may write to the Office of Personnel Management, 5 Granite Square, Washington, DC 20415 within 90 days of this letter.
"""
    assert read(letter).state == "VT"


def test_a_stamp_beside_the_letters_own_day() -> None:
    denial = read(
        f"Amber Hollow Health Plan\nMail Room\nRECEIVED\nJune 4, 2026 JUN 11 2026\nDear Mr. Idowu:\n\n{DENIED}{TAIL}"
    )
    assert (str(denial.letter_date), str(denial.received)) == ("2026-06-04", "2026-06-11")


@pytest.mark.parametrize(
    ("stamp", "received"),
    [
        ("Received 11 JUN 2026", "2026-06-11"),
        ("Rec'd JUN 11, 2026 09:40", "2026-06-11"),
        ("Received by mail 11-JUN-2026", "2026-06-11"),
        ("Received: 11 JUN 2026", "None"),
    ],
)
def test_a_stamp_in_small_letters_has_its_day_in_capitals(stamp: str, received: str) -> None:
    denial = read(
        f"Amber Hollow Health Plan\nElm Hospital\nAppeals Office\n{stamp}\nJune 4, 2026\nDear Mr. Idowu:\n\n{DENIED}{TAIL}"
    )
    assert (str(denial.letter_date), str(denial.received)) == ("2026-06-04", received)


def test_the_day_on_which_the_request_came_is_no_receipt_of_the_letter() -> None:
    assert read(f"{HEAD}Your request arrived on February 20, 2026. {DENIED}{TAIL}").received is None


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("Ottoline Brandt, MD, a medical director of ours who trained in spine surgery, made this decision.", "Ottoline Brandt, MD"),
        ("The reviewing physician was Dr. Ottoline Brandt.", "Dr. Ottoline Brandt"),
        ("The committee was advised by Dr. Ottoline Brandt, board certified in surgery.", "Dr. Ottoline Brandt"),
        ("The reviewer agrees with Dr. Brandt that other braces exist.", None),
        ("Requesting provider: Corin Brandt, MD. Determination date: 03/14/2026.", None),
    ],
)  # fmt: skip
def test_who_decided_stands_beside_the_deed(says: str, name: str | None) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").reviewer == name


def test_a_child_is_named_by_kinship() -> None:
    letter = f"Amber Hollow Health Plan\nMarch 3, 2026\nTo Ann and Ode Idowu\n9 Cress Lane\nElkmoor, VT 05301\nAbout your daughter Pia R. Idowu\nPlan ID AHP 0071 883 04\n\n{DENIED}{TAIL}"
    assert read(letter).member_name == "Pia R. Idowu"


def test_a_code_closes_the_words_that_it_stands_for_over_a_lines_end() -> None:
    body = "You asked us for a knee brace with a hinge,\n29871, at Elkmoor Clinic. We denied it.\n"
    assert read(HEAD + body + TAIL).service_codes == ("29871",)


def test_a_label_that_decides_names_the_service_with_its_code() -> None:
    body = "Approved: MRI of the hip (73721).\nNot approved: CT of the hip (73700).\n"
    assert read(HEAD + body + TAIL).service == "CT of the hip"


def test_the_numbers_of_a_row_stand_in_the_order_of_its_head() -> None:
    table = "How to ask for an appeal\nFor a Mail Phone Fax\nStandard appeal PO Box 9 802-555-0101 802-555-0102\n"
    assert read(HEAD + DENIED + TAIL + table).appeal_fax == "802-555-0102"


def test_a_states_program_is_not_its_plan() -> None:
    letter = f"Cress Lane Community Kids\nTexas Medicaid, STAR Kids\nMarch 3, 2026\nMember ID: AGH 7755 0142\n\n{DENIED}{TAIL}"
    assert read(letter).payer == "Cress Lane Community Kids"


def test_an_earlier_number_in_brackets_is_not_the_letters_own() -> None:
    letter = f"Alder Grove Health Plan\nMarch 3, 2026\nOur file RC-2026-30418 (original request PS-2026-11879)\n\n{DENIED}{TAIL}"
    assert read(letter).reference == "RC-2026-30418"


@pytest.mark.parametrize(
    ("says", "when"),
    [
        ("Your doctor said that it was urgent, so we gave it a fast review.", "urgent"),
        ("For urgent cases your doctor needs no consent.", "pre_service"),
    ],
)
def test_haste_of_the_request_and_not_of_an_appeal(says: str, when: str) -> None:
    assert read(f"{HEAD}{says} {DENIED}{TAIL}").decision_type == when


def test_that_nothing_was_refused_is_no_denial() -> None:
    body = "We approve the infusions at home. Your doctor changed the place himself. No part of the order was denied.\n"
    assert not read(HEAD.replace("ADVERSE DETERMINATION", "DECISION") + body).is_denial


def test_a_time_to_sue_that_counts_years() -> None:
    body = (
        "Suit must be filed no later than December 31 of the third year after the year in which we denied approval.\n"
    )
    stated = {(row.what, str(row.on)) for row in read(HEAD + DENIED + TAIL + body).stated_deadlines}
    assert ("lawsuit", "2029-12-31") in stated


def test_a_time_to_sue_that_counts_from_the_year_of_the_care() -> None:
    body = (
        "The suit is due by December 31 of the third year after the year in which you received the disputed services.\n"
    )
    rows = (
        "Line Date of service Code Description Charge Allowed Paid\n"
        "1 12/02/2025 97110 Therapeutic exercise 310.00 0.00 0.00\n\n"
    )
    of_care = {(row.what, row.on) for row in read(HEAD + DENIED + rows + TAIL + body).stated_deadlines}
    assert ("lawsuit", date(2028, 12, 31)) in of_care
    unknown = {(row.what, row.on) for row in read(HEAD + DENIED + TAIL + body).stated_deadlines}
    assert ("lawsuit", None) in unknown  # no care is dated: the day is the reader's to tell


def test_what_is_done_in_a_time_is_not_what_it_counts_from() -> None:
    body = "If the service is being cut, ask within 10 days of this notice to keep it going.\n"
    stated = {(row.what, row.days) for row in read(HEAD + DENIED + TAIL + body).stated_deadlines}
    assert ("aid_continuing", 10) in stated


def test_the_insurer_that_a_manager_acts_for_is_the_payer() -> None:
    letter = f"QuickLeaf Pharmacy Services\npharmacy benefit manager for Amber Hollow\nInsurance Company\nMember ID: AGH 7755 0142\nDear Pia Idowu,\n\n{DENIED}{TAIL}"
    assert read(letter).payer == "Amber Hollow Insurance Company"


def test_whose_member_the_reader_is_where_no_letterhead_says() -> None:
    letter = f"Notice of Denial of Payment\nDate: March 3, 2026\nMember number: AGH 7755 0142\nYou are enrolled in Cress Lane Medicare Choice (HMO).\n\n{DENIED}{TAIL}"
    assert read(letter).payer == "Cress Lane Medicare Choice"


def test_the_fuller_form_of_a_name_in_the_head() -> None:
    letter = f"Alder Grove Health Plan\nMarch 3, 2026\nTO: PIA R. IDOWU\n9 Cress Lane\nElkmoor, VT 05301\nMember ID: AGH 7755 0142\nDear Pia Idowu,\n\n{DENIED}{TAIL}"
    assert read(letter).member_name == "PIA R. IDOWU"


def test_a_refused_stay_is_what_was_decided_on() -> None:
    body = "Admitted May 2 for a Breyanzi infusion.\nDenied: acute inpatient days on and after May 9, 2026.\n\nDear Pia Idowu:\n\nA lower level of care is enough.\n"
    letter = f"Alder Grove Health Plan\nCONCURRENT REVIEW DETERMINATION\nMarch 3, 2026\nMember ID: AGH 7755 0142\n{body}{TAIL}"
    assert read(letter).service == "acute inpatient days"


def test_items_that_semicolons_part_are_criteria_and_find_nothing() -> None:
    body = (
        "We denied the days. A lower level of care is enough. The guideline supports a stay if any one of these is "
        "present: a fever above 38; oxygen; a neutrophil count below 300. None is present.\n"
    )
    denial = read(HEAD + body + TAIL)
    assert [reason.kind for reason in denial.reasons] == ["site_of_care"]
    assert len(denial.criteria_unmet) == 3


def test_what_was_asked_and_what_would_help_find_nothing() -> None:
    body = """We denied the request.

Summary of the case. The member has a creatinine of 3.1.

Analysis. The request is not medically necessary.

What would help. A current echocardiogram; records of any treatment not listed above.
"""
    assert [reason.kind for reason in read(HEAD + body + TAIL).reasons] == ["not_medically_necessary"]


def test_numbered_titles_head_the_parts_of_a_letter() -> None:
    body = """We uphold the denial.

1. The question before the board
Your doctor asks for two infusions a week.

2. How the board applied the terms
The board finds that the drug is not medically necessary.

3. Your right to appeal
You may ask for an external review within 4 months of receiving this notice.
"""
    assert [reason.kind for reason in read(HEAD + body).reasons] == ["not_medically_necessary"]


def test_an_approval_that_says_that_it_denies_nothing() -> None:
    body = (
        "We approved it. This is not a denial. If we ever deny payment, you have 65 days from that denial to appeal.\n"
    )
    assert read(HEAD.replace("ADVERSE", "FAVORABLE") + body).letter_kind == "approval"


def test_the_groups_number_after_its_employer() -> None:
    letter = f"Alder Grove Health Plan\nMarch 3, 2026\nMember ID: AGH 7755 0142\nGroup: Tin Creek Foods, no. 55210\nDear Pia Idowu,\n\n{DENIED}{TAIL}"
    assert read(letter).group_number == "55210"


def test_one_sentence_that_grants_a_part_and_refuses_another() -> None:
    body = "We are approving 24 visits and denying 24 visits. More visits are not medically necessary.\n"
    assert read(HEAD + body + TAIL).letter_kind == "partial"


def test_numbered_items_right_after_a_refusal_tell_why() -> None:
    body = "We are not able to authorize the drug.\n\n1) Organ function. Creatinine clearance = 28 mL/min.\n2) Earlier treatment. The policy does not allow prior BCMA treatment.\n"
    assert [reason.kind for reason in read(HEAD + body + TAIL).reasons] == ["organ_function", "prior_therapy"]


def test_a_hearing_test_is_no_hearing_and_a_charge_opens_with_its_code() -> None:
    body = """We did not pay this claim.
64590 Implant of stimulator   $18,400.00   $0.00   $0.00   E12
99213 Office visit   $210.00   $140.00  $112.00
E12  Denied. The Fund regards the device as investigational. The rule asks for a trial of a hearing aid for three months.
"""
    denial = read(HEAD + body + TAIL)
    assert denial.service_codes == ("64590",)
    assert [(row.what, row.days) for row in denial.stated_deadlines] == [("internal_appeal", 180)]
