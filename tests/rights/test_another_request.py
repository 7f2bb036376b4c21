"""An approval that tells of an earlier refusal of something else denies nothing; a refusal of today still does."""

from __future__ import annotations

import pytest

from letterhead import read

HEAD = "Alder Grove Health Plan\nMarch 3, 2026\nMember ID: AGH 7755 0142\nDear Ms. Ferreira:\n\nYour request has been approved\n\nWe approved ribociclib (Kisqali), 600 mg, for your breast cancer (C50.412).\n"


@pytest.mark.parametrize(
    "says",
    [
        "On February 9 we declined abemaciclib (Verzenio) because no scan came with it. That request is closed.",
        "We turned down the 200 mg tablets in January for want of a tumor report, and your doctor took that order back.",
        "Three weeks ago the plan denied a bone scan, which is no longer asked for.",
    ],
)
def test_a_refusal_of_another_day_is_of_another_request(says: str) -> None:
    denial = read(f"{HEAD}{says}\nYou do not have to do anything now.\n")
    assert (denial.is_denial, denial.letter_kind, denial.reasons) == (False, "approval", ())


@pytest.mark.parametrize(
    "says",
    [
        "On March 3 we denied the infusion pump. The pump is not medically necessary.",
        "We asked for a scan on February 9. The infusion pump is denied because no scan came.",
    ],
)
def test_what_is_refused_today_is_refused(says: str) -> None:
    tail = "How to appeal\nYou may appeal within 180 days after you receive this notice.\n"
    assert read(f"{HEAD}{says}\n{tail}").is_denial


@pytest.mark.parametrize(
    "says",
    [
        "We denied the pump requested on February 9. It is not medically necessary.",
        "We denied the stay from March 5 on. It was not medically necessary.",
        "We denied the scan that Dr. Vale ordered in February. It is not medically necessary.",
    ],
)
def test_the_day_of_the_request_or_the_care_is_not_that_of_the_refusal(says: str) -> None:
    assert read(f"{HEAD}{says}\nYou may appeal within 180 days of receipt.\n").is_denial
