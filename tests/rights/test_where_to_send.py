"""Several faxes, numbers in other layouts, codes that are none, reviewers in a sentence, and whose time a period is."""

from __future__ import annotations

import pytest

from letterhead import HEAD, TAIL, read

DENIED = "We denied the request. The brace is not medically necessary.\n"


@pytest.mark.parametrize(
    "says",
    [
        "Appeals Desk, PO Box 71, Elkmoor, VT 05602\nFax: 802-555-0188\nDo not send an appeal to Brightmoor Rx. Fax 802-555-0110 is for new requests only.",
        "Do not fax an appeal to 802-555-0110. Send it by fax to 802-555-0188.",
        "Fax 802-555-0110 takes claims. Fax your appeal to 802-555-0188.",
    ],
)
def test_a_fax_for_something_else_takes_no_appeal(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{TAIL}{says}\n").appeal_fax == "802-555-0188"


@pytest.mark.parametrize(
    "says",
    [
        "Send appeals to Elkmoor Plan, Mail Drop J7121, PO Box 9, Elkmoor, VT 05602.",
        "Appeals, Slot L5678, Elkmoor, VT 05602",
        "Form EL-10146   OMB 0938-0976   ELKRX L6312-PA",
    ],
)
def test_a_place_or_a_form_is_no_code(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{TAIL}{says}\n").service_codes == ()


@pytest.mark.parametrize(
    ("row", "name", "want"),
    [
        ("STAY NUMBER: IP-26-288-0417", "reference", "IP-26-288-0417"),
        ("Episode no. EP26-70931", "reference", "EP26-70931"),
        ("Contract: 65018-B (Elkmoor Optics, insured EPO)", "group_number", "65018-B"),
        ("Contract: H4417-006", "group_number", None),
    ],
)
def test_numbers_by_other_labels(row: str, name: str, want: str | None) -> None:
    head = HEAD.replace("Dear", f"{row}\nDear")
    assert getattr(read(f"{head}{DENIED}{TAIL}"), name) == want


@pytest.mark.parametrize(
    "says",
    [
        "A medical consultant, Ottoline Brandt, MD (orthopedics), read the notes and the films.",
        "A medical director, Ottoline Brandt, MD, studied the file.",
        "The panel heard you and Dr. Corin Vale by video.\n\nWho decided. Ottoline Brandt, MD (orthopedics), who was not part of the earlier decisions.",
    ],
)
def test_a_consultant_who_read_the_file_decided(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").reviewer == "Ottoline Brandt, MD"


@pytest.mark.parametrize("says", ["Diagnosis: G40.909, F88", "Diagnoses: M43.16 and M54", "Dx E11.9 (type 2), I10"])
def test_a_diagnosis_without_a_dot_after_one_with_it(says: str) -> None:
    assert len(read(f"{HEAD}{says}\n\n{DENIED}{TAIL}").diagnosis_codes) == 2


@pytest.mark.parametrize(
    "says",
    [
        "The review organization decides within 45 days of getting the complete file.",
        "The agency will determine within 60 days whether we followed the contract.",
        "An IRO answers within 30 days after it has the file.",
    ],
)
def test_a_reviewers_own_time_is_no_deadline(says: str) -> None:
    body = f"{HEAD}We uphold the denial of the brace. This is our final internal decision.\n\n5. Your next step: external appeal. "
    asks = "The Department must receive the application within four months of the date you receive this letter.\n"
    stated = [(row.what, row.months, row.days) for row in read(f"{body}{asks}{says}\n").stated_deadlines]
    assert [row for row in stated if not row[0].endswith("_decision")] == [("external_review", 4, None)]


@pytest.mark.parametrize(
    "says",
    [
        "5. Your next step: external appeal. You have completed our internal process. ",
        "Your next step\nYou may go to the Independent Appeals Program of the State. ",
        "You have one step left, an external review by the Department of Insurance. ",
    ],
)
def test_the_step_after_a_second_one_is_outside(says: str) -> None:
    head = HEAD.replace("NOTICE OF ADVERSE DETERMINATION", "FINAL ADVERSE DETERMINATION (STAGE 2 APPEAL)")
    asks = "The Department must receive the application within four months of the date you receive this letter.\n"
    stated = read(
        f"{head}The denial of the brace stands. It is not medically necessary.\n\n{says}{asks}"
    ).stated_deadlines
    assert [(row.what, row.months) for row in stated] == [("external_review", 4)]


@pytest.mark.parametrize("rows", ["Seat lift E2298 DENIED", "Seat lift, power | E2298 | Denied"])
def test_the_refused_part_is_the_service(rows: str) -> None:
    table = f"Item Code Decision\nPower wheelchair K0861 Approved\n{rows}\n"
    if "|" in rows:
        table = f"Item | Code | Decision\nPower wheelchair | K0861 | Approved\n{rows}\n"
    body = f"{HEAD}We got a request for a power wheelchair with parts. This is what we decided:\n\n{table}\nThe lift is not medically necessary.\n"
    assert str(read(f"{body}{TAIL}").service).startswith("Seat lift")


@pytest.mark.parametrize(
    "says", ["We used Section 2.47 of the Vermont Medicaid Provider Manual, Medical Supplier chapter."]
)
def test_a_section_of_a_manual_is_no_policy(says: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").policies_cited == ()
