"""The day for which the collection of the cells is planned: by many words, and by none that are of another collection."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find import setting

HEAD = "CAR-T visit. Yescarta is recommended.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leukapheresis is planned for 06/22/2026.", "2026-06-22"),
        ("Collection on June 22, 2026, weather permitting.", "2026-06-22"),
        ("Collection is pencilled in for June 22.", "2026-06-22"),
        ("Leuka 6/22/26.", "2026-06-22"),
        ("Aph target 6/22/26.", "2026-06-22"),
        ("Vein check done; infusion both in the Day Unit, collection 06/22.", "2026-06-22"),
        ("She will be collected Monday 22 June 2026.", "2026-06-22"),
        ("Hold ibrutinib 7 days before the 2026-06-22 slot for collection.", "2026-06-22"),
        ("T cells to be collected 6/22.", "2026-06-22"),
        ("Intake, conference on 16-JUN-2026, collection aimed for 22-JUN-2026.", "2026-06-22"),
        ("Teaching June 18, 2026; apheresis June 22, 2026, infusion July 20, 2026.", "2026-06-22"),
        ("Bridge from 6/16/2026, then leukapheresis on 6/22/2026.", "2026-06-22"),
        ("Re-check 06/09; T-cell collection is not until 06/22.", "2026-06-22"),
        ("Labs 06/08; apheresis on 06/22.", "2026-06-22"),
        ("Urine collection 06/22/2026.", None),
        ("Specimens collected 06/22/2026.", None),
        ("Echo slot 06/22/2026.", None),
        ("Apheresis was done on 05/20/2026.", None),
        ("Her sister is collected on 06/22/2026.", None),
    ],
)
def test_the_day_of_collection(text: str, expected: str | None) -> None:
    reading = folder([{"text": HEAD + text + "\n", "kind": "clinic_note", "day": "2026-06-01"}])
    found = list(setting.collections_planned(reading, case({})))
    assert [(str(fact.when), fact.assertion) for fact in found] == ([(expected, "planned")] if expected else [])


def test_a_page_about_apheresis_plans_its_date() -> None:
    page = "Apheresis evaluation\nVeins good.\nPlanned date 6/22/2026.\n"
    (fact,) = setting.collections_planned(
        folder([{"text": page, "kind": "clinic_note", "day": "2026-06-01"}]), case({})
    )
    assert str(fact.when) == "2026-06-22"
