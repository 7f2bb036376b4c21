"""Which document a page is: kinds, days, signatures, and where one ends and the next begins."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartproof.chart.files import open_file
from chartproof.chart.signatures import signed
from chartproof.chart.sort import describe, reading
from chartproof.chart.split import Piece, split_file
from chartproof.chart.tables import read_table
from chartproof.model import Case, Page, Patient, SourceFile

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9)))
HEAD = "Patient: FERRONE, NADIA Q  DOB 03/09/1960\n"


def source(*texts: str, name: str = "chart.pdf") -> SourceFile:
    return SourceFile(name, "0" * 64, "pdf", tuple(Page(name, n, text) for n, text in enumerate(texts, 1)))


def whole(file: SourceFile) -> list[Piece]:
    return [Piece(page, 0, len(page.text)) for page in file.pages]


WORDS = [
    "ECG 12-LEAD 05/01/2026\n", "CT CHEST 14-JUN-2026 01:10\n", "Progress Note", "\n", "Patient: FERRONE, NADIA", "DOB 03/09/1960",
    "Page 1 of 2\n", "Page 2 of 2\n", "IMPRESSION: normal.\n", "Addendum 05/09/2026:", "OFFICE NOTE 5/6/26\n", "***", "[ ]", "DONOR X",
    "Adverse determination\n", "If ECOG 3", "(continued)\n", "Visit date: 05/04/2026\n", "PET/CT 05/07/2026\nlungs\n", "a", "7.", "é\u00ad", "\t|\t",
]  # fmt: skip
KINDS = [
    ("denial_letter", "NOTICE OF ADVERSE DETERMINATION\nMay 3, 2026\nWe have denied the request. Not medically necessary. You may appeal. Reasons for our decision"),
    ("pharmacy_determination", "Drug Determination: APPROVED\nPharmacy policy. This approval is for the drug only.\nReviewed by X, PharmD"),
    ("committee", "Cellular Therapy Selection Committee: minutes\nMeeting: 4 May 2026\nPresent: A, B\nThe committee recommends CAR-T"),
    ("psychosocial", "Psychosocial Assessment before CAR-T\nInterview: May 4, 2026\nStressors: none. PHQ-9 2. LCSW"),
    ("pathology", "SURGICAL PATHOLOGY REPORT\nCollected: 01-May-2026\nFINAL DIAGNOSIS: mantle cell lymphoma. Specimen: node. Ki-67 30%"),
    ("echo", "Transthoracic Echocardiogram\nStudy date 04/30/2026\nLVEF 60%. Mitral valve normal. No pericardial effusion"),
    ("ecg", "12-LEAD ELECTROCARDIOGRAM\nAcquired: 05/01/2026 10:26\nVent. rate 70 QRS 90 QT 400. Normal sinus rhythm"),
    ("chest_xray", "XR CHEST PA AND LATERAL\nStudy: 28 May 2026\nLungs clear. No effusion or pneumothorax.\nIMPRESSION: normal"),
    ("order_set", "ORDER SET 12, PENDED\n[ ] if LVEF < 40 hold and page attending\nHold parameters. Conditional orders"),
    ("research_consent", "Consent to take part in research\nPrincipal investigator: X. IRB approved. You may stop at any time"),
    ("clinic_note", "Progress Note\nVisit date: 05/04/2026\nInterval history. Exam. Assessment. Plan."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), KINDS, ids=[kind for kind, _ in KINDS])
def test_kinds(kind: str, text: str) -> None:
    file = source(text)
    assert describe(file, whole(file)).kind == kind


def test_a_dump_is_split_at_new_titles_and_at_restarting_page_numbers() -> None:
    file = source(
        f"Progress Note\n{HEAD}Visit date: 05/04/2026\nAssessment. Plan.\nPage 1 of 2",
        "Plan continued. Exam.\nPage 2 of 2",
        f"XR CHEST PA AND LATERAL\n{HEAD}Study: 05/05/2026\nLungs clear. Impression: normal.\nPage 1 of 1",
        f"Progress Note\n{HEAD}Visit date: 05/06/2026\nAssessment. Plan.\nPage 1 of 1",
    )
    assert [[piece.page.number for piece in group] for group in split_file(file.pages)] == [[1, 2], [3], [4]]


def test_another_persons_page_in_a_dump_is_a_document_of_its_own_and_is_left_out() -> None:
    file = source(
        f"Reference Laboratories\n{HEAD}Collected: 05/04/2026\nHBsAg Nonreactive",
        "Reference Laboratories\nPatient: FERRARI, NATALIA  DOB 11/19/1961\nCollected: 05/04/2026\nHIV Nonreactive",
    )
    read = reading([file], CASE)
    assert [(d.first, d.belongs) for d in read.documents] == [(1, True), (2, False)]
    assert all(sentence.page.number == 1 for sentence in read.sentences)


def test_every_page_is_in_exactly_one_document() -> None:
    file = source(*(f"{text}\n{HEAD}" for _, text in KINDS))
    pieces = [piece for group in split_file(file.pages) for piece in group]
    assert "".join(piece.text for piece in pieces) == "".join(page.text for page in file.pages)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Electronically signed by A. Reyes, MD", True),
        ("Note status: Incomplete (pended). Not signed.", False),
        ("DRAFT v0.3 - NOT REVIEWED", False),
        ("Electronic signature: ______________", False),
        ("A. Reyes, MD", None),
        (
            "1. Proceed. The written letter is in\ndraft with my coordinator, will finalize, it is not signed yet.\n"
            "Electronically signed: A. Reyes, MD 10/29/2026 4:51 PM",
            True,
        ),
        ("DRAFT\nThe note as it will be.\nElectronically signed: A. Reyes, MD 10/29/2026", False),
        ("Minutes approved by A. Reyes 28-May-2026", True),
    ],
)
def test_signatures(text: str, state: bool | None) -> None:
    assert signed(text, "clinic_note") is state


def test_addenda_have_a_day_of_their_own() -> None:
    file = source(
        f"Progress Note\n{HEAD}Visit date: 04/21/2026\nECOG PS 1.\nAddendum 04/28/2026 (A. Reyes MD): ECOG PS 0 today.\n"
    )
    days = {(segment.addendum, str(segment.when)) for segment in reading([file], CASE).segments}
    assert days == {(False, "2026-04-21"), (True, "2026-04-28")}


def test_what_a_note_copies_is_of_the_day_on_which_it_was_written() -> None:
    text = (
        f"Progress Note\n{HEAD}Visit date: 05/21/2026\nECOG PS 1.\n>>> COPIED FROM NOTE OF FEB 02, 2026 <<<\nIn bed, ECOG 3.\n"
        ">>> END COPIED TEXT <<<\nExam: well.\n"
    )
    days = {
        words: str(segment.when)
        for segment in reading([source(text)], CASE).segments
        for words in ("ECOG PS 1", "ECOG 3", "Exam")
        if words in segment.page.text[segment.start : segment.end]
    }
    assert days == {"ECOG PS 1": "2026-05-21", "ECOG 3": "2026-02-02", "Exam": "2026-05-21"}
    # Nothing says where it ends: with the next title, and not before.
    unended = text.replace(">>> END COPIED TEXT <<<\n", "").replace("Exam:", "Exam\nHeart")
    dated = {
        words: str(one.when)
        for one in reading([source(unended)], CASE).segments
        for words in days
        if words in one.page.text[one.start : one.end]
    }
    assert dated == days


def test_a_second_letter_in_a_file_has_its_own_day() -> None:
    one = f"Elm Oncology\nApril 2, 2026\nRE: {HEAD}Dear Dr. Quill,\nECOG 2.\nPage 1 of 2\n"
    two = f"May 30, 2026\nRE: {HEAD}Dear Dr. Quill,\nECOG 1.\nPage 2 of 2\n"
    assert [str(segment.when) for segment in reading([source(one, two)], CASE).segments] == ["2026-04-02", "2026-05-30"]


def test_a_plans_notice_below_a_clinics_paper_is_a_paper_of_its_own() -> None:
    clinic = f"Elm Clinic\nPreventive care summary\n{HEAD}Summary printed 05/21/2026\nCervical cytology 2/11/2025: NILM, next 2/2028.\nMammogram 3/2025 normal, next 3/2027.\n"
    notice = "Elm Pharmacy Services, notice of drug decision\nMay 26, 2026\nMember 200448817, N. Ferrone\nTecartus: APPROVED. This approval is for the drug only.\n"
    kinds = [document.kind for document in reading([source(clinic + notice)], CASE).documents]
    assert kinds == ["preventive_care", "pharmacy_determination"]
    assert [document.kind for document in reading([source(notice)], CASE).documents] == ["pharmacy_determination"]


def test_papers_that_are_sorted_in_runs_are_numbered_through(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [f"Progress Note\n{HEAD}Visit date: 05/0{day}/2026\nAssessment. Plan." for day in range(1, 6)]
    files = [source(*pages, "Plan continued.\nPage 2 of 2", name="a.pdf"), source(*pages[:3], name="b.pdf")]
    at_once = reading(files, CASE).documents
    monkeypatch.setattr("chartproof.chart.sort.RUN", 2)
    assert reading(files, CASE).documents == at_once
    assert [one.id for one in at_once] == [f"D{number:03d}" for number in range(1, len(at_once) + 1)]
    assert [one.file for one in at_once] == ["a.pdf"] * (len(at_once) - 3) + ["b.pdf"] * 3


def test_a_bare_birth_date_is_no_day_of_a_paper() -> None:
    file = source("TRANSPLANT SUMMARY\nFERRONE, NADIA Q 03/09/1960\nEngraftment day 17.\n")
    (document,) = reading([file], CASE).documents
    assert document.when is None


def test_the_day_is_not_the_print_or_birth_date() -> None:
    file = source(f"Progress Note\nprinted 06/01/2026\n{HEAD}Encounter date: 05/04/2026\nAssessment. Plan.")
    assert str(describe(file, whole(file)).when) == "2026-05-04"


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_sorting_and_none_is_lost(texts: list[str]) -> None:
    file = source(*texts)
    read = reading([file], CASE)
    covered = sorted((d.first, d.last) for d in read.documents)
    assert {n for first, last in covered for n in range(first, last + 1)} == set(range(1, len(texts) + 1))
    assert "".join(s.page.text[s.start : s.end] for s in read.segments).strip() == "".join(texts).strip()


def test_a_file_that_names_nobody_is_nobodys_where_others_are_named() -> None:
    """With the reason, whoever is named; where nobody is named at all it is read."""
    bare, other = (
        source("ECG 12-LEAD\nSinus rhythm.", name="a.pdf"),
        source(
            HEAD.replace("FERRONE, NADIA Q  DOB 03/09/1960", "OKAFOR, DANIEL  DOB 01/02/1950") + "Clear.", name="b.pdf"
        ),
    )
    mine = source(HEAD + "ECOG 1 today.", name="c.pdf")
    assert [(one.belongs, bool(one.note)) for one in reading([bare, other], CASE).documents] == [(False, True)] * 2
    assert [one.belongs for one in reading([bare, other, mine], CASE).documents] == [False, False, True]
    assert [one.belongs for one in reading([bare], CASE).documents] == [None]


def test_a_table_of_screening_is_preventive_care_and_a_worklist_is_a_log() -> None:
    case = Case(as_of=date(2026, 6, 15))
    screening = "Topic,Last completed,Result,Next due\nMammogram screening,2026-01-12,BI-RADS 1,2028-01-12\nColonoscopy,2020-11-17,Normal,2030-11-17\nPap and HPV,2023-05-30,negative,2028-05-30\n"
    work = "item,owner,status\nchest film,Ray,open\nHIV,Lab,open\n"
    kinds = [
        reading([read_table(name, text.encode(), "")], case).documents[0].kind
        for name, text in (("a.csv", screening), ("b.csv", work))
    ]
    assert kinds == ["preventive_care", "coordinator_log"]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Provider Philippa Vander, MD", "Philippa Vander, MD"),
        ("Electronically signed by Jane Q. Moreno, MD on 06/01/2026", "Jane Q. Moreno, MD"),
        ("Rochester\nJane Moreno, MD", "Jane Moreno, MD"),
        ("Attending Physician Ann Lee, DO", "Ann Lee, DO"),
        ("J. Birdsall, LICSW", "J. Birdsall, LICSW"),
        ("MD by training", ""),
    ],
)
def test_who_wrote_it_is_named_without_an_office(line: str, author: str) -> None:
    file = SourceFile("note.txt", "0" * 64, "text", (Page("note.txt", 1, f"Progress note\n{line}\nECOG 1."),))
    assert reading([file], Case(date(2026, 6, 15), Patient())).documents[0].author == author


def word_letter(*lines: str) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("last", "state"),
    [("Jane Moreno, MD", False), ("Electronically signed by Jane Moreno, MD on 06/10/2026", True)],
)
def test_a_word_letter_is_signed_only_where_a_signature_is_printed(last: str, state: bool) -> None:
    lines = ["Elm Cancer Center", "June 9, 2026", "Letter of medical necessity", "Re: Aurelia Finch, DOB 04/02/1961"]
    lines += ["Dear Medical Director,", "I find her organ function adequate for CAR-T.", "Sincerely,", last]
    patient = Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="A-100")
    file = open_file("letter.docx", word_letter(*lines))
    assert isinstance(file, SourceFile)
    (document,) = reading([file], Case(date(2026, 6, 15), patient, "Tecartus")).documents
    assert (document.kind, document.signed) == ("provider_letter", state)
