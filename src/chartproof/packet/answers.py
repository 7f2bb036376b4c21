"""The answer to each reason of a denial, made of findings alone; a reason that they do not answer is said to be open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.model import DenialReason, Finding, Review, TherapyLine
from chartproof.packet.citations import centre_quotes, shown
from chartproof.packet.exhibits import Book
from chartproof.packet.look import (
    counts,
    inner,
    one_way,
    prose,
    prose_day,
    prose_range,
    sentence,
    stop,
    tidy,
    unconfirmed,
)
from chartproof.packet.table import measured, policy_short
from chartproof.packet.tree import Block, Run, cite, item, para


@dataclass(frozen=True, slots=True)
class Subject:
    """What a kind of reason is about: its heading, its words, and how to know the policy rows and label rows on it."""

    title: str
    words: str
    says: str = r"(?!)"
    label: tuple[str, ...] = ()


SUBJECTS = {
    "prior_therapy": Subject(
        "Prior therapy", "prior therapy",
        r"(?i)\b(prior|previous|earlier)\s+(systemic\s+)?(lines?|therap|treatments?|regimens?)|lines? of (systemic )?therapy",
        ("relapsed_or_refractory", "prior_lines", "required_classes"),
    ),
    "performance_status": Subject(
        "Performance status", "performance status", r"(?i)performance status|\becog\b|karnofsky|\bkps\b"
    ),
    "organ_function": Subject("Organ function", "organ function", r"(?i)organ function|ejection fraction|echocardiogram"),
    "rems_atc": Subject(
        "Treatment center", "a REMS certificate or a list of treatment centers",
        r"\bREMS\b|(?i:authori[sz]ed treatment|certified|accredit)",
    ),
    "site_of_care": Subject("Site of care", "the site of care", r"(?i)outpatient|inpatient|place of service|site of care"),
    "allo_transplant": Subject("Allogeneic transplant", "allogeneic transplant", r"(?i)allogeneic|allo-?hct|transplant"),
    "one_time": Subject(
        "One-time treatment", "one-time treatment", r"(?i)one-?\s?time|single (course|infusion|treatment)|given once|(earlier|prior|previous) car"
    ),
    "diagnosis": Subject("Diagnosis", "the diagnosis", r"(?i)\bdiagnos", ("diagnosis",)),
    "experimental": Subject("Experimental or investigational", "investigational use", r"(?i)experimental|investigational"),
    "documentation": Subject("Documentation", "documentation"),
    "not_covered_benefit": Subject("Benefit", "the benefit", r"(?i)\bbenefit (exclusion|limit)"),
}  # fmt: skip


def title_of(reason: DenialReason) -> str:
    """The heading of a reason."""
    subject = SUBJECTS.get(reason.kind)
    return subject.title if subject else "Other"


def rows_for(review: Review, kind: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(policy rows, label rows) that speak to this kind of reason."""
    subject = SUBJECTS.get(kind)
    if subject is None:
        return (), ()
    policy = tuple(f for f in review.criteria if re.search(subject.says, f.says))
    wanted = review.label if kind == "experimental" else tuple(f for f in review.label if f.id in subject.label)
    return policy, wanted


def answer(review: Review, book: Book, reason: DenialReason) -> list[Block]:
    """The paragraphs that answer one reason, from the rows that speak to it."""
    if reason.kind == "documentation":
        return documentation(review)
    policy, label = rows_for(review, reason.kind)
    blocks: list[Block] = []
    if reason.kind == "prior_therapy":
        blocks += history(review, book)
    if reason.kind == "rems_atc":
        blocks += _centre(review, book)
    subject = SUBJECTS.get(reason.kind)
    for finding in policy:
        blocks.append(row(review, book, finding, quote=finding.kind != "documentation"))
    if not policy and subject and reason.kind not in ("experimental", "not_covered_benefit", "diagnosis"):
        blocks.append(para(f"I find no criterion on {subject.words} in {policy_short(review)}."))
    for finding in label:
        blocks.append(row(review, book, finding))
    return blocks or [_open()]


def row(review: Review, book: Book, finding: Finding, *, quote: bool = False) -> Block:
    """One row in prose: what the chart shows and where, or that it is open; `quote` adds the chart's own words."""
    says, shows = tidy(finding.says).rstrip("."), prose(tidy(finding.shows)).rstrip(".")
    asks = f"Criterion {finding.id}" if finding.layer == "policy" else "The FDA label"
    found = cite(review, book, shown(review, finding))
    confirm = " [Before signing, confirm this requirement against its source.]" if unconfirmed(review, finding) else ""
    if finding.status == "met":
        numbers = measured(finding)
        beside = f" Measured: {prose('; '.join(numbers))}." if numbers and finding.reason == "attested" else ""
        words = f" The chart says: “{tidy(shown(review, finding)[0].quote)}”" if quote and found else ""
        return para(
            f"{asks} asks that {says}. {sentence(shows) or 'It is documented'}", *found, "." + beside + words + confirm
        )
    if finding.status == "not_met":
        return para(f"{asks} asks that {says}. The chart shows otherwise: {inner(shows)}", *found, ".")
    if finding.status == "not_applicable":
        if finding.layer == "label":
            return para(f"The FDA label: {inner(shows) or says}", *found, "." + confirm)
        return para(f"{asks} does not apply here{': ' + inner(shows) if shows else ''}", *found, ".")
    open_words = f"{_open_words(finding)} It will be sent when it exists.".strip()
    return para(f"{asks} asks that {says}. This package does not show it yet. {open_words}")


def gap(finding: Finding, *, brief: bool = False) -> Block:
    """A missing row as a line of the letter's list of gaps."""
    name = finding.id if finding.layer == "policy" else "FDA label, " + finding.id.replace("_", " ")
    words = f"{name}, that {tidy(finding.says).rstrip('.')}."
    return item(words if brief else f"{words} {_open_words(finding)}".rstrip())


def _open_words(finding: Finding) -> str:
    shows = stop(prose(sentence(finding.shows)))
    needed = f"What is needed: {tidy(finding.remedy).rstrip('.')}." if finding.remedy else ""
    return " ".join(part for part in (shows, needed) if part)


def history(review: Review, book: Book) -> list[Block]:
    """The lines of therapy as the records give them."""
    if not review.chart.lines:
        return [para("The records in this package do not set out the lines of therapy.")]
    return [
        para("The treatment history, from the records:"),
        *(_line(review, book, line) for line in review.chart.lines),
    ]


def _line(review: Review, book: Book, line: TherapyLine) -> Block:
    start, end = prose_range(line.start), prose_range(line.end)
    when = f"{start} to {end}" if start and end else (f"from {start}" if start else "dates not stated")
    response = f"best response {line.best_response}" if line.best_response else "best response not stated"
    why = f"ended: {line.stop_reason}" if line.stop_reason else "why it ended is not stated"
    return item(f"Line {line.line}, {line.regimen}: {when}; {response}; {why}", *cite(review, book, line.evidence), ".")


def _centre(review: Review, book: Book) -> list[Block]:
    spans = centre_quotes(review)
    if not spans:
        return [
            para(
                "The treating center's own letter on its accreditation is not in this package; it is to come from the center."
            )
        ]
    runs: list[Run | str] = ["The treating center states:"]
    for span in spans:
        runs += [f" “{tidy(span.quote).rstrip('.')}”", *cite(review, book, (span,)), "."]
    return [para(*runs)]


def documentation(review: Review) -> list[Block]:
    """How many of the items of documentation are in the chart, and which are open."""
    papers = tuple(f for f in review.criteria if f.kind == "documentation")
    if not papers:
        return [_open()]
    number = counts(papers)
    needed = len(papers) - number["not_applicable"]
    other = number["not_applicable"]
    aside = f" ({other} more {'does' if other == 1 else 'do'} not apply here)" if other else ""
    blocks = [
        para(
            f"The policy lists {needed} items of documentation for this request{aside}. As of "
            f"{prose_day(review.case.as_of)}, {number['met']} are in the chart. The table that stands first in this "
            "package names the document and the page for each of them."
        )
    ]
    open_ids = [f.id for f in papers if f.status == "missing"]
    wrong = [f.id for f in papers if f.status == "not_met"]
    if open_ids:
        verb = "is" if len(open_ids) == 1 else "are"
        blocks.append(
            para(f"{one_way(open_ids)} {verb} still open and listed below; this package does not claim them.")
        )
    if wrong:
        blocks.append(para(f"For {one_way(wrong)} the chart shows that the item is not met."))
    return blocks


def _open() -> Block:
    return para(
        "No row of the table speaks to this reason. Please name the criterion and the chart entry on which it rests, "
        "so that it can be answered."
    )
