"""Layouts and wordings that letters of many payers share: paired labels, rows of their own, steps that are only counted."""

from __future__ import annotations

import pytest

from letterhead import HEAD, TAIL, read

DENIED = "We denied the request. The brace is not medically necessary.\n"


@pytest.mark.parametrize(
    ("row", "want"),
    [
        ("Member ID / Group    QRS 4471-20936 / LKE-2200", ("QRS 4471-20936", "LKE-2200", None)),
        ("Subscriber ID / Group no.: 7718 20934 / 80-1127", ("7718 20934", "80-1127", None)),
        ("Case no. / Member ID    UM-26-88213 / QRS447120936", ("QRS447120936", None, "UM-26-88213")),
    ],
)
def test_labels_that_share_a_cell_share_its_value(row: str, want: tuple[str | None, ...]) -> None:
    denial = read(f"Amber Hollow Health Plan\nMarch 3, 2026\n\n{row}\n\nDear Mr. Idowu:\n\n{DENIED}{TAIL}")
    assert (denial.member_id, denial.group_number, denial.reference) == want


def test_the_first_of_two_paired_days_is_not_the_letters_own() -> None:
    row = "Received / decided    02/20/2026 / 03/03/2026\n"
    denial = read(
        f"Amber Hollow Health Plan\nREC'D BY MAIL 03/09/26\nBILLING OFFICE March 3, 2026\n\n{row}\n{DENIED}{TAIL}"
    )
    assert (str(denial.letter_date), str(denial.received)) == ("2026-03-03", "2026-03-09")


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("You asked for proton therapy for cancer of the tonsil, C09.", "C09"),
        ("It was ordered for essential hypertension, I10, at Elkmoor Clinic.", "I10"),
        ("He is treated for chronic delusional disorder (F22).", "F22"),
    ],
)
def test_a_diagnosis_without_a_dot_ends_what_the_care_is_for(says: str, code: str) -> None:
    assert read(f"{HEAD}{says}\n{DENIED}{TAIL}").diagnosis_codes == (code,)


@pytest.mark.parametrize("says", ["Write to us for help at Alder Court, B12, Elkmoor.", "Ask for the clerk, C07 desk."])
def test_a_place_is_no_diagnosis(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").diagnosis_codes == ()


@pytest.mark.parametrize(
    ("says", "code", "what"),
    [
        ("Re: our file 26-4417; requested service 22633, fusion of the lower spine; diagnosis M43.16", "22633", "fusion of the lower spine"),
        ("Re: requested procedure 43644, gastric bypass by laparoscope; request received May 2, 2026", "43644", "gastric bypass by laparoscope"),
        ("Re: Denied treatment 90867, magnetic stimulation of the brain, at Elkmoor Clinic", "90867", "magnetic stimulation of the brain"),
    ],
)  # fmt: skip
def test_a_service_after_its_code(says: str, code: str, what: str) -> None:
    denial = read(
        f"{HEAD}{says}\n\nDear Mr. Idowu:\n\n{DENIED}Celecoxib (Celebrex) is covered and was not tried long.\n{TAIL}"
    )
    assert (denial.service_codes, denial.service) == ((code,), what)


@pytest.mark.parametrize(
    "says",
    [
        "Medical member of the committee: Ottoline Brandt, MD, orthopedics. You were heard with Dr. Corin Vale, your rheumatologist.",
        "Your podiatrist, Dr. Corin Vale, spoke for you. Physician member of the appeals panel: Ottoline Brandt, MD.",
        "The doctor member of this board was Ottoline Brandt, MD.\n\ncc: Corin Vale, MD",
    ],
)  # fmt: skip
def test_the_physician_of_a_panel_decides(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").reviewer == "Ottoline Brandt, MD"


def test_who_gets_a_copy_decided_nothing() -> None:
    body = f"{HEAD}Provider    Corin Vale, MD, Elkmoor Clinic\n\n{DENIED}{TAIL}"
    assert read(f"{body}For the Medical Director cc:\nCorin Vale, MD, fax 802-555-0119\n").reviewer is None


@pytest.mark.parametrize(
    ("step", "time"),
    [
        ("Step 2. Ask for a State Fair Hearing.", "You must ask within 120 days from the date on our decision letter."),
        ("Stage 2: State fair hearing", "You have 120 days from the day on the appeal decision."),
        ("Level 2. A fair hearing with the State.", "Ask for it within 120 days after our answer."),
    ],
)
def test_a_counted_step_is_named_by_the_words_after_it(step: str, time: str) -> None:
    body = f"{HEAD}{DENIED}\nYour rights\nStep 1. Ask us for an appeal.\nAsk within 60 days of this notice.\n\n{step} {time}\n"
    assert ("fair_hearing", 120) in {(row.what, row.days) for row in read(body).stated_deadlines}


@pytest.mark.parametrize(
    ("says", "fax"),
    [
        ("Copies of your claim file are free. Send a fax to 802-555-0171.", None),
        ("For questions about this letter write to Appeals, P.O. Box 9, or fax 802-555-0171.", None),
        ("Send the request to the Vermont Insurance Department, Office of Consumer Help, 44 Slate Street, Montpelier, VT 05602. Fax 802-555-0180.", "802-555-0180"),
    ],
)  # fmt: skip
def test_the_next_level_outside_has_its_own_fax(says: str, fax: str | None) -> None:
    body = "We uphold the denial of the brace. This is our final internal decision.\n"
    asks = "You may ask for an independent external review within four months after you receive this notice.\n"
    assert read(f"Amber Hollow Health Plan\nMarch 3, 2026\n\n{body}\nYour rights\n{asks}{says}\n").appeal_fax == fax


def test_how_the_letter_went_is_no_way_to_appeal() -> None:
    letter = f"Amber Hollow Utilization Review\nMarch 3, 2026\nVIA FACSIMILE 802-555-0140\nElkmoor Hospital\n\n{DENIED}"
    asks = "Appeals\nYou may appeal within 180 days of this notice. Expedited: by fax at 802-555-0188.\n"
    assert read(f"{letter}\n{asks}").appeal_fax == "802-555-0188"


@pytest.mark.parametrize(
    ("title", "kind"),
    [("CONCURRENT REVIEW DECISION", "concurrent"), ("Continued stay denial", "concurrent"), ("NOTICE", "partial")],
)
def test_what_was_certified_before_a_stay_goes_on(title: str, kind: str) -> None:
    rows = "Dates | Level of care | Days | Decision\n03/01/2026 to 03/04/2026 | Inpatient | 4 | Certified\n03/05/2026 on | Inpatient | 3 | Not certified\n"
    body = "Inpatient care from March 5 is not certified, since it can be given in a lower level of care.\n"
    assert read(f"Amber Hollow Health Plan\nMarch 3, 2026\n{title}\n\n{rows}\n{body}{TAIL}").letter_kind == kind


def test_values_in_order_show_that_another_place_would_do() -> None:
    body = (
        "REASON. Inpatient days from March 5 are not medically necessary; a lower level of care would do. "
        "The following signs were not seen in the notes of March 3 to 5:\n\n"
        "1. Oxygen saturation below 88 percent on room air\n2. Creatinine above 3 and rising\n\n"
        "The notes give a saturation of 97 percent and a creatinine of 0.9.\n"
    )
    letter = f"Amber Hollow Health Plan\nMarch 5, 2026\nCONTINUED STAY REVIEW\n\n{body}{TAIL}"
    assert [reason.kind for reason in read(letter).reasons] == ["site_of_care"]


def test_listed_reasons_are_not_told_again_by_the_rows_below() -> None:
    body = (
        "Why we uphold the denial. The panel found that\n\n"
        "(1) the graft is not medically necessary at this time;\n\n"
        "(2) the heart evaluation is incomplete, and no stress study has been sent; and\n\n"
        '(3) the surgeons\' conference lists you as "postponed."\n\n'
        "Requirement | What the record shows\n"
        "Heart evaluation by stress study within 6 months | No stress study\n"
        "Acceptance by the surgeons' conference | Postponed on May 2\n"
    )
    kinds = sorted(reason.kind for reason in read(f"{HEAD}We deny the graft.\n\n{body}\n{TAIL}").reasons)
    assert kinds == ["documentation", "not_medically_necessary", "other"]


def test_each_row_that_lacks_a_paper_is_a_reason() -> None:
    rows = (
        "Requirement | Finding\n"
        "Carrier of the gene by a cleared test | Not met; no report of a gene test was submitted\n"
        "Tumor shows the marker by a cleared test | Not met; the report of May 2 lists this test as pending\n"
    )
    kinds = [reason.kind for reason in read(f"{HEAD}We deny the treatment.\n\nBasis\n\n{rows}\n{TAIL}").reasons]
    assert kinds == ["documentation", "documentation"]


@pytest.mark.parametrize(
    "note",
    [
        "The hospital has agreed not to bill you for the rest of the charge.",
        "Your doctor may not bill you more than the allowed amount.",
        "Network providers are not to charge members above the allowed amount.",
    ],
)
def test_who_may_not_bill_refuses_nothing(note: str) -> None:
    statement = (
        "Amber Hollow Health Plan\nExplanation of Benefits\nThis is not a bill.\nStatement date March 3, 2026\nMember ID AHP 0071 883\n\n"
        "Rev. code | Service | Charged | Allowed | Paid | Your share\n"
        "0120 | Room and board | 900.00 | 700.00 | 700.00 | 0.00\n\n"
        "Date | CPT | Service | Charged | Allowed | Paid | Your share\n"
        "02/02/2026 | 47135 | Transplantation of the liver | 900.00 | 700.00 | 700.00 | 0.00\n\n"
    )
    denial = read(f"{statement}{note}\n\nIf we deny a claim, you may appeal within 180 days.\n")
    assert (denial.is_denial, denial.letter_kind, denial.service) == (False, "eob_paid", "Transplantation of the liver")


def test_a_plans_name_that_runs_over_names_no_patient() -> None:
    head = "Blue Cross of the Amber Valley\nMarch 3, 2026\n\nGroup 51907 Slate Works Employee\nHealth Plan (grandfathered)\nPatient Gwen T. Idowu\nMember ID AHP 0071 883\n\n"
    assert read(f"{head}{DENIED}{TAIL}").payer == "Blue Cross of the Amber Valley"


def test_rules_that_were_not_met_are_each_a_reason() -> None:
    body = (
        "Why we decided this. The child did not meet these rules in the policy:\n\n"
        "• Member is 16 years of age or older on the day of collection\n"
        "• Use of deferasirox for at least 9 months at the full dose\n\n"
        "Pia is 14 years old. The notes say that deferasirox was begun in June.\n"
    )
    head = f"{HEAD}Service: Zynteglo (betibeglogene autotemcel), J3393\n\n"
    kinds = sorted(reason.kind for reason in read(f"{head}We DENIED the service.\n\n{body}{TAIL}").reasons)
    assert kinds == ["age_limit", "prior_therapy"]


@pytest.mark.parametrize(
    "says",
    [
        "Second appeal. If we uphold the denial you may appeal to the Administrator within 45 days after you receive our decision.",
        "Second-level appeal. You may then appeal to the Board within 45 days after our answer.",
        "Second appeal. Appeal to the Trustees in 45 days from receipt of our decision.",
    ],
)
def test_an_appeal_under_the_title_of_the_second_is_the_second(says: str) -> None:
    body = f"{HEAD}{DENIED}\nYour rights\nFirst appeal. You must appeal within 180 days of this letter.\n\n{says}\n"
    told = {(row.what, row.days) for row in read(body).stated_deadlines}
    assert ("second_level_appeal", 45) in told and ("internal_appeal", 180) in told


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ("You asked us to pay for a hearing gene panel (OtoTrace Wide, code 0411U). A visit of the same day (99213) was paid.", "hearing gene panel"),
        ("We were asked for a stool test (ColoSure, 0464U).", "stool test"),
        ("The claim is for a heart monitor patch (Cardiax Two, code 93241).", "heart monitor patch"),
    ],
)  # fmt: skip
def test_a_test_by_its_makers_name_and_code(says: str, what: str) -> None:
    assert read(f"{HEAD}{says} We denied it as not medically necessary.\n{TAIL}").service == what


@pytest.mark.parametrize(
    ("number", "group"),
    [("HBR K 5510 30982", None), ("HBR 5510 30982", "4417720"), ("KLM T 7714 0092", "80114")],
)
def test_an_employers_account_is_the_group(number: str, group: str | None) -> None:
    row = f"Account: {group}\n" if group else ""
    letter = f"Amber Hollow Health Plan\nMarch 3, 2026\n\nParticipant: Gwen Idowu\nIdentification number: {number}\n{row}\n{DENIED}{TAIL}"
    assert (read(letter).member_id, read(letter).group_number) == (number, group)


def test_a_row_of_the_address_takes_the_appeal_and_no_complaint_of_discrimination_does() -> None:
    body = (
        "We uphold the denial of the brace. This is our final internal decision.\n\nExternal review\n"
        "You may ask for review by an independent review organization within four months after you receive this notice.\n"
        "Mail: Amber Hollow, External Review Unit, P.O. Box 44, Elkmoor, VT 05301\nFax: 802-555-0161\nQuestions: 802-555-0162\n\n"
        "Civil rights\nYou can write to the Section 1557 Coordinator, P.O. Box 9, Elkmoor, VT 05301, fax 802-555-0119, within 60 days.\n"
    )
    assert read(f"Amber Hollow Health Plan\nMarch 3, 2026\n\n{body}").appeal_fax == "802-555-0161"


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("We used the Larkspur Level of Care Guidelines, Adult Residential Care, Continued Stay (2026).", "Larkspur Level of Care Guidelines, Adult Residential Care, Continued Stay (2026)"),
        ("THE SERVICE ABOVE MEETS LARKSPUR SPINE IMAGING GUIDELINE LSP-7.", "LARKSPUR SPINE IMAGING GUIDELINE LSP-7"),
        ("We used the Harbor Criteria for Adults, Crisis Care, First Days (2025).", None),
    ],
)  # fmt: skip
def test_a_guideline_by_its_parts(says: str, name: str | None) -> None:
    cited = read(f"{HEAD}{DENIED}{says}\n{TAIL}").policies_cited
    assert cited == (name,) if name else "LARKSPUR" not in " ".join(cited)


def test_what_only_calls_an_item_unmet_lacks_no_paper() -> None:
    body = (
        "What was found. The policy requires:\n\n• At least two prior lines of therapy\n\n• Creatinine clearance above 40 mL/min\n\n"
        "The first is not: the records show one line of therapy. The second is also not met, because the clearance is 27 mL/min.\n"
    )
    letter = f"{HEAD}Service: Breyanzi (lisocabtagene maraleucel), Q2054\n\nWe uphold the denial.\n\n{body}{TAIL}"
    assert sorted(reason.kind for reason in read(letter).reasons) == ["organ_function", "prior_therapy"]


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("The log does not show that a van would have been unsafe. The flight is covered only when it is medically necessary.", "The rider was taken beyond the closest hospital that could help, at the family's wish.", ["not_medically_necessary", "other"]),
        ("Rule on rides in your booklet, Article 6, \"Rides That Need a Call First\", with the list of towns in the Appendix.", "The rider was taken beyond the closest hospital that could help, at the family's wish.", ["other"]),
    ],
)  # fmt: skip
def test_an_unpaid_lines_remark_in_words_of_its_own(first: str, second: str, kinds: list[str]) -> None:
    statement = (
        "Amber Hollow Welfare Fund\nEXPLANATION OF BENEFITS - THIS IS NOT A BILL\nMarch 3, 2026\nParticipant ID AHF 0071 883\n\n"
        "Line   Date of service   Code   Description   Charge   Allowed   Paid   Remark\n"
        "1   12/29/2025   A0431   Helicopter, one way   900.00   0.00   0.00   K17, K22\n\n"
        f"What the remarks mean\n\nK17  {first}\n\nK22  {second} The Fund pays for a ride to the closest one alone.\n"
    )
    assert sorted(reason.kind for reason in read(statement + TAIL).reasons) == kinds
