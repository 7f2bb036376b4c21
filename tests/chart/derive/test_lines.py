"""Lines of therapy and what follows from them, on invented histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.snippets import CASE, reading_of
from chartproof.chart.derive.conflicts import conflicts
from chartproof.chart.derive.treatment.lines import derive
from chartproof.chart.view import Reading
from chartproof.model import DayRange, Document, Entry, Fact, Page, SourceFile

ROWS = yaml.safe_load(Path(__file__).with_name("lines.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_lines_are_counted_as_a_careful_reader_counts(row: dict[str, Any]) -> None:
    lines, _facts = derive(
        reading_of(row["text"], day=str(row.get("day", "2026-06-01"))),
        replace(CASE, indication=row.get("indication", CASE.indication)),
    )
    assert len(lines) == len(row["lines"]), [line.regimen for line in lines]
    for line, want in zip(lines, row["lines"], strict=True):
        assert set(want["drugs"]) <= set(line.drugs)
        for field, value in (("start", line.start), ("end", line.end)):
            if field in want:
                told = str(value or "")
                assert told.startswith(str(want[field])) and (want[field] or not told), (line.regimen, field, told)
        if "response" in want:
            assert (line.best_response or "").startswith(want["response"])
        if "regimen" in want:
            assert line.regimen == want["regimen"]
        if "stop" in want:
            assert (line.stop_reason or "").startswith(want["stop"])
        assert line.evidence


def facts_of(text: str, concept: str, **options: Any) -> list[Fact]:
    return [fact for fact in derive(reading_of(text, **options), CASE)[1] if fact.concept == concept]


def test_every_quote_is_verbatim_and_short() -> None:
    for row in ROWS:
        reading = reading_of(row["text"])
        page = reading.files[0].pages[0]
        for fact in derive(reading, CASE)[1]:
            assert fact.evidence
            for quote in fact.evidence:
                assert page.text[quote.start : quote.end] == quote.quote
                assert 0 < len(quote.quote.split()) <= 22


def test_the_count_carries_the_evidence_of_each_line() -> None:
    text = "R-CHOP was started 2/3/2021 and completed 5/20/2021. Ibrutinib was started 6/1/2023, stopped 2/2/2025 for progression."
    (count,) = facts_of(text, "prior_lines")
    assert count.quantity is not None and (count.quantity.low, count.quantity.high) == (2, 2)
    assert len(count.evidence) >= 1


def test_a_clinicians_other_count_widens_the_number() -> None:
    text = "She has had two prior lines of therapy. R-CHOP was started 2/3/2021 and completed 5/20/2021."
    (count,) = facts_of(text, "prior_lines")
    assert count.quantity is not None and (count.quantity.low, count.quantity.high) == (1, 2)


def test_what_a_label_asks_is_no_count() -> None:
    text = "The label asks for two or more prior lines. R-CHOP was started 2/3/2021 and completed 5/20/2021."
    (count,) = facts_of(text, "prior_lines")
    assert count.quantity is not None and (count.quantity.low, count.quantity.high) == (1, 1)


def test_a_banner_that_counts_the_transplant_is_shown_as_a_conflict() -> None:
    text = (
        "Banner (carried forward): MM s/p 3 lines (VRd, ASCT, DPd).\n"
        "He has had two lines of therapy.\n"
        "VRd was started 3/8/2021 and stopped 11/2/2022 for progression.\n"
        "DPd was started 12/12/2022 and stopped 7/11/2024 for progression.\n"
    )
    reading = reading_of(text)
    lines, facts = derive(reading, CASE)
    assert len(lines) == 2
    assert "number of prior lines" in {one.what for one in conflicts(reading, facts, lines)}


def test_class_exposures_follow_from_the_lines() -> None:
    text = "VRd was started 3/8/2021 and stopped 11/2/2022 for progression. DPd was started 12/12/2022."
    values = {fact.value for fact in facts_of(text, "class_exposure")}
    assert values == {"proteasome_inhibitor", "immunomodulatory", "anti_cd38"}


@pytest.mark.parametrize(
    ("relapse", "said"),
    [("10/2/2025", "present"), ("9/2/2026", None), ("8/2/2030", None)],
    ids=["early", "future", "far"],
)
def test_early_relapse_is_counted_from_the_last_treatment(relapse: str, said: str | None) -> None:
    text = f"R-CHOP was started 1/10/2025 and completed 4/28/2025 with CR. Relapse was biopsy proven on {relapse}."
    found = facts_of(text, "first_line_refractory_or_early_relapse")
    assert [fact.assertion for fact in found] == ([said] if said else [])


def test_a_late_relapse_is_not_early() -> None:
    text = "R-CHOP was started 1/10/2021 and completed 4/28/2021 with CR. Relapse was biopsy proven on 10/2/2024."
    (fact,) = facts_of(text, "first_line_refractory_or_early_relapse")
    assert fact.assertion == "absent"


def test_relapse_after_maintenance_is_counted_from_the_chemotherapy() -> None:
    text = (
        "R-CHOP was started 1/10/2021 and completed 4/28/2021 with CR. Rituximab maintenance was given from 7/1/2021 to 5/1/2023. "
        "Relapse was biopsy proven on 10/2/2023."
    )
    assert all(fact.assertion != "present" for fact in facts_of(text, "first_line_refractory_or_early_relapse"))


def test_a_drug_never_given_is_noted() -> None:
    text = "Acalabrutinib was approved but never filled; he has not taken a single dose."
    (fact,) = facts_of(text, "treatment_not_given")
    assert (fact.value, fact.assertion) == ("acalabrutinib", "absent")


def export(rows: list[tuple[str, str, str, str, dict[str, str]]]) -> Reading:
    """A medication export: label, start, end, status, extra."""
    text, entries = "", []
    for label, start, end, status, extra in rows:
        line = f"{label}: {status}, {start} to {end}"
        days = [DayRange.day(date.fromisoformat(day)) if day else None for day in (start, end)]
        place = len(text), len(text) + len(line)
        entries.append(Entry("medication", label, *place, when=days[0], until=days[1], status=status, extra=extra))
        text += line + "\n"
    page = Page("export.json", 1, text)
    document = Document("D001", "export.json", 1, 1, "fhir_bundle", belongs=True)
    return Reading((SourceFile("export.json", "0", "json", (page,), tuple(entries)),), (document,), (), ())


def test_single_drugs_of_an_export_make_the_lines_of_a_myeloma_history() -> None:
    said = {"resource": "MedicationStatement"}
    reading = export(
        [
            ("bortezomib", "2021-03-08", "2021-07-20", "completed", said),
            ("lenalidomide 25 MG", "2021-03-08", "2022-11-15", "stopped", said),
            ("melphalan", "2021-08-18", "2021-08-18", "completed", said),
            ("daratumumab", "2022-12-12", "2024-07-11", "stopped", said),
            ("pomalidomide", "2022-12-12", "2026-04-17", "stopped", said),
            ("carfilzomib", "2024-08-05", "2026-04-10", "stopped", said),
            ("selinexor", "2026-05-01", "", "cancelled", said),
            ("methotrexate 2.5 MG", "2018-01-01", "", "active", {**said, "reason": "rheumatoid arthritis"}),
        ]
    )
    lines, facts = derive(reading, CASE)
    assert [str(line.start) for line in lines] == ["2021-03-08", "2022-12-12", "2024-08-05"]
    assert str(lines[1].end) == "2024-07-11"
    assert [fact.value for fact in facts if fact.concept == "treatment_not_given"] == ["selinexor"]


def test_an_order_alone_is_no_line() -> None:
    order = {"resource": "MedicationRequest", "intent": "order"}
    lines, _facts = derive(export([("acalabrutinib", "2025-01-05", "", "completed", order)]), CASE)
    assert lines == []


def test_a_toxicity_claim_beside_the_treating_note_is_a_conflict() -> None:
    note = reading_of("Ibrutinib was started 7/25/2022. Ibrutinib stopped today for progression.", day="2024-11-18")
    other = reading_of(
        "Ibrutinib was stopped last year because of atrial fibrillation.", "primary_care", day="2025-11-12"
    )
    second = replace(other.documents[0], id="D002")
    moved = tuple(replace(one, segment=replace(one.segment, document=second)) for one in other.sentences)
    reading = Reading(note.files, (*note.documents, second), note.segments, (*note.sentences, *moved))
    lines, facts = derive(reading, CASE)
    assert [line.stop_reason for line in lines] == ["progression"]
    (conflict,) = conflicts(reading, facts, lines)
    assert "atrial fibrillation" in conflict.a.quote and conflict.right.startswith("progression")


def test_the_first_two_lines_is_no_count() -> None:
    text = (
        "The first two lines were given elsewhere. R-CHOP was started 2/3/2019 and completed 5/20/2019. "
        "R-ICE was given from 6/1/2021 to 8/2/2021. Glofitamab was started 1/5/2025 and stopped 2/2/2026 for progression."
    )
    (count,) = facts_of(text, "prior_lines")
    assert count.quantity is not None and (count.quantity.low, count.quantity.high) == (3, 3)


def test_a_dose_that_the_export_marks_as_not_given_is_no_line() -> None:
    day = DayRange.day(date(2026, 5, 4))
    text = "2026-05-04,Pola-BR,1,polatuzumab;bendamustine;rituximab,,N,CANCELLED"
    extra = {"cycle": "1", "given_yn": "N", "panel": "Pola-BR", "note": "CANCELLED - referred elsewhere"}
    entry = Entry("medication", "polatuzumab;bendamustine;rituximab", 0, len(text), when=day, extra=extra)
    source = SourceFile(
        "doses.csv", "0" * 64, "csv", (Page("doses.csv", 1, text, read="structured"),), (entry,), "structured"
    )
    document = Document("D001", "doses.csv", 1, 1, "mar_export", when=day, belongs=True)
    lines, facts = derive(Reading((source,), (document,), (), ()), CASE)
    assert lines == []
    assert [fact.concept for fact in facts] == ["treatment_not_given"]


@pytest.mark.parametrize(
    "text",
    [
        "Venetoclax starter kit, prescribed 2026-03-14, active on list, patient says not picked up",
        "She did not start venetoclax, prescribed March 2026.",
        "Venetoclax: 0 fills on record.",
        "Venetoclax ramp-up pack still at the pharmacy since 3/2026.",
    ],
)
def test_a_drug_that_was_never_taken_is_no_exposure(text: str) -> None:
    (exposure,) = facts_of(text, "class_exposure")
    assert (exposure.value, exposure.assertion) == ("bcl2_inhibitor", "absent")


TOLD = [
    # what is told, the concept, its value and its day
    ("Second treatment. Lenalidomide and rituximab. Started October 4, 2022. Partial response on the CT in February.",
     "line1_best_response", "PR", "2023-02"),
    ("Rituximab and bendamustine was started 3/6/2023. Complete response in September.", "line1_best_response", "CR", "2023-09"),
    ("Ibrutinib was begun 6/1/2023. It gave a partial response by late August.", "line1_best_response", "PR", ""),
    ("Prior regimens: tafasitamab-lenalidomide (PR, stopped Aug 2023 for rash, progressed Feb 2024).",
     "line1_best_response", "PR", "2026-06-01"),
    ("R-CHOP x6 (2/2023-6/2023), CR on PET 7/11/2023, relapsed 9/2025.", "line1_best_response", "CR", "2023-07-11"),
    ("VRd from March 8, 2021. On May 7, 2024 the M-spike had doubled. This is progression on VRd.",
     "line1_stop_reason", "progression", "2024-05-07"),
    ("Lenalidomide and rituximab. Started January 10, 2023.", "line1_start", "lenalidomide and rituximab", "2023-01-10"),
    ("Venetoclax and rituximab, June 5, 2023 to May 2, 2025.", "line1_end", "venetoclax and rituximab", "2025-05-02"),
    ("R2 was started 1/10/2023.", "line1_start", "R2", "2023-01-10"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "value", "day"), TOLD)
def test_a_fact_of_a_line_has_the_name_and_the_day_that_are_told(text: str, concept: str, value: str, day: str) -> None:
    found = [(fact.value, str(fact.when or "")) for fact in facts_of(text, concept)]
    assert any(name == value and when.startswith(day) for name, when in found), found


def test_the_quote_of_a_start_has_its_day() -> None:
    text = (
        "R-maxi-CHOP alternating with rituximab and high dose cytarabine was what the Nordic group gives, and he had six "
        "cycles of it here with us, first dose 13 Sept 2021, last 24 Jan 2022."
    )
    (start,) = facts_of(text, "line1_start")
    assert "first dose 13 Sept 2021, last 24 Jan 2022" in start.evidence[0].quote


def test_a_table_of_cycles_gives_the_start_in_its_first_row_and_the_end_in_its_last() -> None:
    text = "Regimen: R-CHOP\nC1  3/4/24\nC2  3/25/24\nC3  4/15/24\nPET 6/20/24: complete metabolic response."
    (start,), (end,) = facts_of(text, "line1_start"), facts_of(text, "line1_end")
    assert (start.evidence[0].quote, end.evidence[0].quote) == ("C1  3/4/24", "C3  4/15/24")


def test_the_days_of_a_wrapped_row_tell_nothing_of_the_treatment_before() -> None:
    text = (
        "Treatment plans\nPlan Start End Reason\nONC R-CHOP 02/01/2021 05/17/2021 Therapy complete 4 cycles\n"
        "ONC TAZEMETOSTAT +\nRITUXIMAB\n03/04/2024 02/10/2025 Progression best response PR\n"
    )
    assert [fact.value for fact in facts_of(text, "line2_best_response")] == ["PR"]
    assert facts_of(text, "line1_best_response") == []
