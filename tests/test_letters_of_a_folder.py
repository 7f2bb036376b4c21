"""Which papers of a folder are a plan's denial: a note, a request form or a log may tell of one and is none."""

from __future__ import annotations

import pytest

from chartproof.chart.files import open_file
from chartproof.letters import denial_letters
from chartproof.model import SourceFile

DENIAL = """Lakeward Health Plan
Notice of Adverse Determination
June 1, 2026
Member: Aurelia Finch   Member ID: LW-5550303
We denied your request for Tecartus because the records do not show two lines of earlier treatment.
You may appeal within 180 days of receiving this letter.
"""
NOTE = """Progress Note - Cellular Therapy Clinic
Patient: Aurelia Finch   DOB: 04/02/1961   MRN: A-100
Date of service: 06/10/2026
The plan has refused authorization; the member ID on file is LW-5550303. She may appeal within 180 days.
Impression: mantle cell lymphoma, relapsed. We will write the appeal this week.
Electronically signed by Jane Moreno, MD on 06/10/2026
"""
FORM = """Prior Authorization Request Form
Lakeward Health Plan   Member ID: LW-5550303
Patient: Aurelia Finch   Requested service: Tecartus, Q2053
Earlier request denied? Yes   Previous transplant: No
A decision is due within 72 hours. If it is denied you have the right to appeal.
"""
LOG = """Authorization log, A. Finch, LW-5550303
06/01/2026 09:10 Lakeward: request denied, letter to follow
06/02/2026 11:40 called the plan, appeal within 180 days
06/03/2026 08:05 faxed records to the plan
06/04/2026 15:20 plan says not approved until records are read
06/05/2026 10:00 peer-to-peer asked for
"""
STATUS = """Lakeward Health Plan
Status notice: this is not an approval or a denial
June 2, 2026
Member ID: LW-5550303
Your request for Tecartus is pended. Please send the pathology report within 14 days.
"""
SHEET = """FINCH, Aurelia MRN: A-100 DOB: 04/02/1961, F Health Maintenance / PCP letter
Topic Last Due
Mammogram 03/11/2026, BI-RADS 1 03/2028
Colonoscopy 06/03/2014, normal Overdue 06/2024
Lung LDCT - Not eligible (quit >15 y)
Letter, A. Roe, MD, 06/01/2026 (signed): "Ms. Finch and I, with Dr. Moreno, have put off her colonoscopy until
after treatment: low platelets. Not a refusal; we will take it up again next year."
"""


@pytest.mark.parametrize(
    ("text", "denies"),
    [(DENIAL, True), (NOTE, False), (FORM, False), (LOG, False), (STATUS, False), (SHEET, False)],
    ids=["denial", "note", "form", "log", "status notice", "screening sheet"],
)
def test_which_paper_denies(text: str, denies: bool) -> None:
    file = open_file("paper.txt", text.encode())
    assert isinstance(file, SourceFile)
    assert bool(denial_letters([file])) is denies
