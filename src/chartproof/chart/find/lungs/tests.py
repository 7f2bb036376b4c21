"""Lungs: chest x-ray, lung function tests with FEV1 and DLCO in percent of predicted, and oxygen saturation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartproof.chart.find.coded_reports import coded_reports
from chartproof.chart.find.heart.cardiac import one_a_day, report_fact
from chartproof.chart.find.label_blocks import labelled
from chartproof.chart.find.labs.results import joined
from chartproof.chart.find.lungs.percents import percents
from chartproof.chart.find.lungs.saturation import saturations
from chartproof.chart.find.studies import Study, head_line, studies
from chartproof.chart.find.tested import best_sentences, open_tests, told_tests
from chartproof.chart.view import Reading
from chartproof.model import Case, Fact

FILM = (
    r"\bimp(?:ression)?\b|\bconclusion|\binterpretation",
    r"(?:no|without|free of) (?:any )?(?:acute|active|focal|pneumothorax|ptx|infiltrate|consolidation)|lungs? (?:are |is )?clear|hyperinflat",
    r"\b(?:lungs?|heart|cardiac|mediastin\w+|pleura\w*)\b",
    r"opacit|infiltrat|consolidat|effusion|atelecta|granuloma|nodul|pneumothora|edema|unremarkable|normal",
    r"\b(?:clear|nad|wnl|negative)\b",
)
FUNCTION = (
    r"interpretation|impression|conclusion|(?:moderate|mild|severe|no|normal)\b.{0,30}(?:obstruct\w*|restrict\w*|spirometry|diffus\w*)",
    r"fev-?1",
    r"dlco",
    r"\b(?:normal|wnl|within normal limits)\b",
)


def find(reading: Reading, case: Case) -> list[Fact]:
    """chest_xray, pulmonary_function_test, fev1_percent_predicted, dlco_percent_predicted and spo2.

    A CT or PET/CT is never a chest x-ray; a test that is ordered or scheduled is `planned`.
    """
    reports = studies(reading)
    facts = one_a_day(
        [
            *reported(reading, reports, "chest_xray", "chest_xray", FILM),
            *told_tests(reading, "chest_xray", ("chest_xray",), case.as_of),
            *labelled(reading, "chest_xray", ("chest_xray",), case.as_of),
        ]
    )
    facts += joined(list(open_tests(reading, "chest_xray", ("chest_xray",), case.as_of)))
    values = list(percents(reading, reports, case.as_of))
    facts += one_a_day(
        [
            *reported(reading, reports, "pft", "pulmonary_function_test", FUNCTION),
            *told_tests(reading, "pulmonary_function_test", ("pft",), case.as_of),
            *labelled(reading, "pulmonary_function_test", ("pft",), case.as_of),
        ]
    )
    facts += joined(list(open_tests(reading, "pulmonary_function_test", ("pft",), case.as_of)))
    return facts + joined(values) + joined(list(saturations(reading, case.as_of)))


def reported(
    reading: Reading, reports: Sequence[Study], kind: str, concept: str, patterns: tuple[str, ...]
) -> Iterator[Fact]:
    """The test's own reports, printed and structured, each with its own day."""
    for study in reports:
        if study.kind == kind and study.when and study.when.exact:
            spans = best_sentences(study, patterns)
            if spans:
                yield report_fact(
                    concept, study, [*head_line(study), *spans] if kind == "chest_xray" else [*spans, *head_line(study)]
                )
    yield from coded_reports(reading, kind, concept)
