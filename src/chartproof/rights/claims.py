"""What a denial says against what the chart proves: each reason answered by the findings that speak to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chartproof.model import Chart, Conflict, Denial, DenialReason, Finding, Span, TherapyLine
from chartproof.rights.grounds import in_general
from chartproof.rights.words import table

#: Kinds of reasons that the chart names otherwise in its conflicts.
SHOWN_AS: Mapping[str, str] = {"one_time": "earlier CAR-T product"}
#: A number of lines as letters write it, the words that make it a rule, and drugs by the ends of their names.
COUNT = re.compile(
    r"\b(?P<n>[1-5]|one|single|two|three|four|five)(?: \w+){0,2} (?:lines?|courses?|regimens?|treatments?|therap(?:y|ies))\b",
    re.IGNORECASE,
)
NUMBERS: Mapping[str, str] = {"one": "1", "single": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
LEAST = re.compile(r"\b(?:at least|or more|fewer|after|until|requires?|minimum)\b", re.IGNORECASE)
DRUG = re.compile(r"\b[a-z]{3,}(?:nib|mab|clax|mib|domide)\b", re.IGNORECASE)
#: The concepts whose findings answer a kind of reason. A reason of another kind is left to a person.
CONCEPTS: Mapping[str, frozenset[str]] = {
    "prior_therapy": frozenset({"prior_lines", "class_exposure", "relapsed_or_refractory"}),
    "performance_status": frozenset({"ecog", "karnofsky", "pps", "lansky"}),
    "organ_function": frozenset({"organ_function_statement"}),
    "site_of_care": frozenset({"place_of_service", "inpatient_reason"}),
    "allo_transplant": frozenset({"allogeneic_transplant"}),
    "one_time": frozenset({"prior_car_t", "one_time_treatment"}),
    "diagnosis": frozenset({"pathology_diagnosis", "diagnosis"}),
}


def answered(denial: Denial, findings: Sequence[Finding]) -> Denial:
    """The denial with `true_of_chart` (no, partly, yes) and a one-line `answer` where findings speak to the reason."""
    return replace(denial, reasons=tuple(answer(reason, findings) for reason in denial.reasons))


def answer(reason: DenialReason, findings: Sequence[Finding]) -> DenialReason:
    rows = speaking(reason, findings)
    if not rows:
        return reason
    statuses = {row.status for row in rows}
    truth = "no" if statuses == {"met"} else "yes" if statuses == {"not_met"} else "partly"
    shown = "; ".join(dict.fromkeys(row.shows for row in rows if row.shows))
    return replace(reason, true_of_chart=truth, answer=shown or None)


def speaking(reason: DenialReason, findings: Sequence[Finding]) -> list[Finding]:
    """The rows that answer the reason; one that misses a test of an organ is answered by that test, and by no other organ."""
    rows, missed = rows_for(reason.kind, findings), missed_test(reason)
    if reason.kind != "organ_function" or not missed:
        return rows
    return [row for row in findings if any(fact.concept in missed and fact.evidence for fact in row.facts)]


def answers_of(reason: DenialReason, row: Finding) -> Sequence[Span]:
    """The row's quotes; of one that answers a test that the reason misses those of the test."""
    missed = missed_test(reason) if reason.kind == "organ_function" else ()
    return [span for fact in row.facts if fact.concept in missed for span in fact.evidence] if missed else row.evidence


def missed_test(reason: DenialReason) -> Sequence[str]:
    """The concepts of the test that the reason says is not there; none where it says that of no test."""
    words = table("reasons")["missed_test"]
    if not re.search(words["lacking"], reason.quote, re.I):
        return ()
    named = (test["concepts"] for test in words["tests"] if re.search(test["says"], reason.quote, re.I))
    return [concept for concepts in named for concept in concepts]


def rows_for(kind: str, findings: Sequence[Finding]) -> list[Finding]:
    if kind == "documentation":
        return [row for row in findings if row.kind == "documentation" and row.status != "not_applicable"]
    wanted = CONCEPTS.get(kind, frozenset())
    return [
        row
        for row in findings
        if row.status != "not_applicable" and any(fact.concept in wanted for fact in row.facts)
    ]  # fmt: skip


def contradictions(denial: Denial, findings: Sequence[Finding], chart: Chart) -> Iterator[Conflict]:
    """A reason of the letter beside the quote of the chart that disproves it; and a drug both approved and denied.

    Where papers of the chart disagree on it themselves the quote is of the one that stands.
    """
    for reason in denial.reasons:
        if reason.span is None or reason.kind == "documentation" or of_members(reason) or shown(reason, denial, chart):
            continue
        met = [row for row in speaking(reason, findings) if row.status == "met"]
        quotes = [span for row in met for span in answers_of(reason, row) if span.file != denial.file]
        if reason.kind == "prior_therapy" and true_of_lines(reason.span.quote, chart.lines):
            continue
        if reason.kind == "prior_therapy":
            told = [span for line in chart.lines for span in named_first(line) if span.file != denial.file]
            quotes = told or quotes
        stands = [
            one.b for one in chart.conflicts if one.what.startswith(name_of(reason)) and one.b.file != denial.file
        ]
        quotes = [*stands, *quotes] if quotes else []
        if quotes:
            said = met[0].shows if met else "the chart documents the lines of therapy"
            yield Conflict(f"{reason.kind.replace('_', ' ')}: the plan's letter", reason.span, quotes[0], said)
    yield from approved_and_denied(denial, chart)


def true_of_lines(quote: str, lines: Sequence[TherapyLine]) -> bool:
    """Whether the letter says what the chart says: so many lines, or that a drug which it names was not given."""
    given = {drug.replace("_", " ").lower() for line in lines for drug in line.drugs}
    drugs = {match[0].lower() for match in DRUG.finditer(quote)}
    if drugs and not drugs & given:
        return True
    count = COUNT.search(quote)
    return (
        count is not None and NUMBERS.get(count["n"].lower(), count["n"]) == str(len(lines)) and not LEAST.search(quote)
    )


def named_first(line: TherapyLine) -> list[Span]:
    """The line's quotes, those that name one of its drugs before a row of numbers that names none."""
    return sorted(
        line.evidence,
        key=lambda span: not any(drug.replace("_", " ").lower() in span.quote.lower() for drug in line.drugs),
    )


def of_members(reason: DenialReason) -> bool:
    """Whether the letter speaks of members in general, and not of this one."""
    return in_general(reason.span.quote if reason.span else "")


def shown(reason: DenialReason, denial: Denial, chart: Chart) -> bool:
    """Whether the chart's own reading of the letter already answers this kind of reason."""
    letter = [
        one.what for one in chart.conflicts if one.a.file == denial.file and one.what.endswith("the plan's letter")
    ]
    return any(what.startswith(name_of(reason)) for what in letter)


def name_of(reason: DenialReason) -> str:
    """What the chart's conflicts call that of which the reason speaks."""
    return SHOWN_AS.get(reason.kind, reason.kind.replace("_", " "))


def approved_and_denied(denial: Denial, chart: Chart) -> Iterator[Conflict]:
    """The plan's pharmacy approved the drug whose own code the letter denies."""
    code = next((code for code in denial.service_codes if code[:1] in "QJC"), None)
    where = dict(denial.where).get("service_codes")
    if not code or not where:
        return
    for fact in chart.facts:
        approved = fact.concept == "pharmacy_approval" and fact.value == "approved" and fact.assertion == "present"
        if approved and fact.evidence[0].file != denial.file:
            right = "the plan's pharmacy approved the drug; the letter denies the same code"
            yield Conflict(f"{code}: approved and denied by the same plan", where, fact.evidence[0], right)
            return
