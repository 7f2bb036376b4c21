"""Another person's page gives facts of another person, and the patient's own pages none of these."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chart.find.folder import case, folder
from chartproof.chart.derive.misfiled import misfiled
from chartproof.chart.derive.written import as_written
from chartproof.chart.find.heart import cardiac
from chartproof.chart.find.labs import values as labs
from chartproof.chart.find.lungs import tests as lung
from chartproof.chart.find.performance import scales as performance
from chartproof.model import Fact, Span


def test_what_a_stray_page_measures_is_anothers() -> None:
    reading = folder(
        [
            {"text": "ECOG 1 today.\n", "kind": "clinic_note"},
            {"text": "ECOG 0 today. SpO2 97% on room air.\n", "kind": "nursing_note"},
        ]
    )
    documents = tuple(replace(one, belongs=one.kind == "clinic_note") for one in reading.documents)
    reading = replace(reading, documents=documents)
    facts = list(misfiled(reading, case({}), (performance.find, lung.find)))
    assert {(fact.concept, fact.assertion, fact.evidence[0].file) for fact in facts} == {
        ("ecog", "family", "note-2.txt"),
        ("spo2", "family", "note-2.txt"),
    }


def test_a_donors_work_up_is_read_whole_and_is_the_donors() -> None:
    text = "DONOR WORK-UP, brother, drawn 06/02/2026\nLabs 06/02/2026: creatinine 0.9, ALT 30. Donor echo LVEF 61%.\n"
    reading = folder([{"text": text, "kind": "donor_evaluation", "day": "2026-06-02"}])
    reading = replace(reading, documents=tuple(replace(one, belongs=False) for one in reading.documents))
    facts = list(misfiled(reading, case({}), (labs.find, cardiac.find)))
    assert {(fact.concept, str(fact.when), fact.assertion) for fact in facts} >= {
        ("creatinine", "2026-06-02", "family"),
        ("lvef", "2026-06-02", "family"),
    }
    assert all("x" * 5 not in fact.evidence[0].quote for fact in facts)


def test_no_page_of_another_no_fact() -> None:
    assert list(misfiled(folder([{"text": "ECOG 1 today.\n"}]), case({}), (performance.find,))) == []


def test_a_disease_is_shown_in_the_words_of_its_quote() -> None:
    quote = Span("a.pdf", 1, 0, 5, "DIFFUSE LARGE B-CELL LYMPHOMA, relapsed")
    fact = Fact("", "diagnosis", "present", (quote,), value="large_b_cell_lymphoma")
    assert as_written(fact).extra["words"] == "diffuse large B-cell lymphoma"
    assert as_written(replace(fact, concept="stage")).extra == {}


@pytest.mark.parametrize(
    ("concept", "value", "assertion", "quote", "words"),
    [
        ("ecg", None, "present", "Rate 70. Normal sinus rhythm, QTc 430.", "normal sinus rhythm"),
        ("ecg", None, "present", "SINUS RHYTHM, RARE PVC", "sinus rhythm"),
        ("ecg", None, "present", "Atrial fibrillation, rate 88.", "atrial fibrillation"),
        ("ecg", None, "planned", "ECG ordered to confirm normal sinus rhythm", None),
        ("chest_xray", None, "present", "No acute cardiopulmonary abnormality.", "no acute disease"),
        ("chest_xray", None, "present", "The lungs are clear.", "clear"),
        ("chest_xray", None, "present", "Left basal opacity.", None),
        ("colonoscopy", None, "present", "Colonoscopy 04/2022 normal, next in ten years", "normal"),
        ("colonoscopy", None, "present", "Colonoscopy 04/2022: one adenoma, otherwise normal", None),
        ("cd19", "positive", "present", "CD10+, CD19+ (97%, bright), CD22 dim", None),
        ("cd22", "positive", "present", "CD10+, CD19+ (97%, bright), CD22 dim", "dim"),
        ("cd22", "positive", "present", "CD19 bright and CD22 dim to negative", "dim/negative"),
        ("cd20", "positive", "present", "dim CD20, CD5+", "dim"),
        ("cd22", "positive", "present", "CD22 28%, dim (after treatment)", "dim"),
        ("cd20", "positive", "present", "CD20 positive, dim CD22", None),
    ],
)
def test_a_study_and_a_stain_are_shown_in_their_own_words(
    concept: str, value: str | None, assertion: str, quote: str, words: str | None
) -> None:
    fact = Fact("", concept, assertion, (Span("a.pdf", 1, 0, 5, quote),), value=value)  # type: ignore[arg-type]
    assert as_written(fact).extra.get("words") == words
