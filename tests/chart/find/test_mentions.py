"""What documents name beside the facts of policies: whose, when, and how it is told."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find import mentions
from chartproof.chart.find.transplant import given as transplant


def found(text: str) -> set[tuple[str | None, str, str]]:
    facts = mentions.find(folder([{"text": text, "kind": "clinic_note", "day": "2026-06-10"}]), case({}))
    return {(fact.value, fact.extra.get("detail", ""), fact.assertion) for fact in facts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her mother had uterine cancer.\n", {("cancer", "uterine cancer", "family")}),
        ("He does have mild chronic GVHD.\n", {("graft_versus_host", "mild chronic", "present")}),
        ("There is no obvious evidence of ascites.\n", {("ascites", "", "absent")}),
        ("She is without evidence of disease.\n", {("disease_status", "no evidence of disease", "present")}),
        ("Status post deceased donor kidney transplant.\n", {("organ_transplant", "kidney", "historical")}),
        ("He is on the liver transplant list.\n", {("organ_transplant", "liver", "planned")}),
        ("He is off of all immunosuppression.\n", {("immunosuppression", "", "absent")}),
        ("She had a HIV test done that was negative.\n", {("hiv", "negative", "absent")}),
        ("HIV diagnosed 11 years ago.\n", {("hiv", "positive", "present")}),
        ("Check HIV and RPR.\n", {("hiv", "", "planned")}),
        ("He is receiving radiation therapy.\n", {("radiation", "", "present")}),
        ("She has completed chemotherapy.\n", {("chemotherapy", "", "historical")}),
        ("The patient is to undergo radiation therapy.\n", {("radiation", "", "planned")}),
        ("Six cycles of carboplatin and Taxol.\n", {("carboplatin", "", "historical"), ("paclitaxel", "", "historical")}),
        ("Ordered serum creatinine.\n", {("creatinine", "", "planned")}),
        ("Ejection fraction was not assessed.\n", {("lvef", "", "absent")}),
        ("Creatinine is within normal limits.\n", {("creatinine", "normal", "present")}),
        ("Donor lymphocytes have not been given.\n", {("donor_lymphocyte_infusion", "", "absent")}),
        ("DLI was given in March.\n", {("donor_lymphocyte_infusion", "", "historical")}),
        ("Tacrolimus was stopped 05/10/2026.\n", {("immunosuppression", "", "absent"), ("tacrolimus", "", "historical")}),
        ("He takes entecavir every day.\n", {("entecavir", "", "present")}),
        ("No Richter transformation.\n", {("transformation", "", "absent")}),
        ("This is not a double hit.\n", {("double_hit", "double hit", "absent")}),
        ("Her husband can be present 24 hours a day.\n", {("caregiver", "", "present")}),
        ("The autograft never took place.\n", {("stem_cell_transplant", "autologous", "absent")}),
        ("No caregiver identified.\n", {("caregiver", "", "absent")}),
        ("Autologous SCT 09/2019.\n", {("stem_cell_transplant", "autologous", "historical")}),
        ("Creatinine 1.2, ejection fraction is normal at 65%.\n", set()),
    ],
)  # fmt: skip
def test_a_mention_is_told_as_it_is(text: str, expected: set[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "day"),
    [
        ("1/14/2020 Autologous stem cell transplant, then lenalidomide.\n", "stem_cell_transplant", "2020-01-14"),
        ("Autologous SCT 09/2019, R-CHOP 03/2018.\n", "stem_cell_transplant", "2019-09"),
        ("Tacrolimus was stopped 05/10/2026.\n", "immunosuppression", "2026-05-10"),
        ("He had a DVT last February.\n", "deep_vein_thrombosis", "2026-02"),
        ("There is no DVT; last scan 02/2026.\n", "deep_vein_thrombosis", "2026-06-10"),
    ],
)
def test_a_mention_has_the_day_that_stands_beside_it(text: str, value: str, day: str) -> None:
    facts = mentions.find(folder([{"text": text, "kind": "clinic_note", "day": "2026-06-10"}]), case({}))
    assert {str(fact.when) for fact in facts if fact.value == value} == {day}


def test_a_graft_that_attacks_its_host_is_no_transplant() -> None:
    text = "There is no evidence of graft versus host disease.\n"
    read = folder([{"text": text, "kind": "clinic_note", "day": "2026-06-10"}])
    assert transplant.find(read, case({})) == []
