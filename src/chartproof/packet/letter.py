"""The letter that a physician edits and signs: what is asked, then the denial's reasons in the denial's order.

States only what findings support. Gaps are stated as gaps. Nothing here argues law: dates and venues come from data.
"""

from __future__ import annotations

import re

from chartproof.model import Finding, Review
from chartproof.packet.answers import answer, documentation, gap, history, row, rows_for, title_of
from chartproof.packet.exhibits import Book
from chartproof.packet.look import number_word, prose, prose_day, sentence, stop, tidy
from chartproof.packet.table import Purpose, drug_name, policy_name
from chartproof.packet.tree import Block, Letter, cite, heading, item, para

_TITLES = {
    "appeal": "Appeal of adverse determination",
    "prior-auth": "Letter of medical necessity",
    "external-review": "Request for external review",
}


def build_letter(review: Review, book: Book, purpose: Purpose, *, draft: bool, brief: bool = False) -> Letter:
    """The letter as content, for letter.typ and for docx.

    `brief` is for a case whose letter would run over four pages: it leaves the single documents and the words of each
    gap to the table and to the page of what is missing, and still names every open row.
    """
    against_denial = purpose != "prior-auth" and review.denial is not None
    blocks = [*_opening(review, purpose)]
    blocks += _reasons(review, book, brief=brief) if against_denial else _criteria(review, book, brief=brief)
    blocks += _gaps(review, brief=brief)
    blocks += _end(review, purpose)
    letters = [exhibit.letter for exhibit in book.exhibits]
    exhibits = f"; Exhibits {letters[0]} to {letters[-1]}" if len(letters) > 1 else ("; Exhibit A" if letters else "")
    return Letter(
        title=_TITLES[purpose],
        addressee=_addressee(review, purpose),
        reference=_reference(review),
        salutation="To the independent reviewer:" if purpose == "external-review" else "To the medical director:",
        blocks=tuple(blocks),
        closing="Sincerely,",
        enclosures=f"Enclosed: criteria table (first in this package); list of what is missing{exhibits}.",
        draft=draft,
    )


def _addressee(review: Review, purpose: Purpose) -> tuple[str, ...]:
    denial = review.denial
    payer = review.case.payer or (denial.payer if denial else "") or ""
    if purpose == "external-review":
        return ("External review organization",)
    address = (denial.appeal_address or "") if denial else ""
    fax = f"Fax {denial.appeal_fax}" if denial and denial.appeal_fax else ""
    return tuple(line for line in (payer, tidy(address), fax) if line)


def _reference(review: Review) -> tuple[tuple[str, str], ...]:
    denial, patient = review.denial, review.case.patient
    lines = [
        ("Patient", patient.name),
        ("Date of birth", prose_day(patient.born) if patient.born else ""),
        ("Member ID", patient.member_id or (denial.member_id if denial else "") or ""),
        ("Case reference", (denial.reference if denial else "") or ""),
        ("Denial dated", prose_day(denial.letter_date) if denial and denial.letter_date else ""),
        ("Service", ", ".join([drug_name(review), *(denial.service_codes if denial else ())])),
        ("Diagnosis code", ", ".join(denial.diagnosis_codes) if denial else ""),
        ("Policy", sentence(policy_name(review))),
    ]
    return tuple((name, value) for name, value in lines if value)


def _opening(review: Review, purpose: Purpose) -> list[Block]:
    drug, denial = drug_name(review), review.denial
    patient = review.case.patient.name or "my patient"
    dated = f" of {prose_day(denial.letter_date)}" if denial and denial.letter_date else ""
    if purpose == "prior-auth" or denial is None:
        ask = f"I ask you to approve {drug} for {patient} under {policy_name(review)}."
    elif purpose == "external-review":
        ask = f"I ask you to overturn the plan's denial{dated} and to approve {drug} for {patient}."
    else:
        ask = f"I ask you to reverse the denial{dated} and to approve {drug} for {patient}."
    planned = review.case.apheresis_planned
    when = f" Apheresis is planned for {prose_day(planned)}." if planned else ""
    basis = (
        f" Each statement below is tied to a page of the chart, read as of {prose_day(review.case.as_of)}; the table "
        "that comes first in this package does the same for every criterion of the policy."
    )
    return [para(ask + when + basis)]


def _reasons(review: Review, book: Book, *, brief: bool) -> list[Block]:
    denial = review.denial
    assert denial is not None
    blocks: list[Block] = []
    used: set[tuple[str, str]] = set()
    for n, reason in enumerate(denial.reasons, 1):
        source = cite(review, book, (reason.span,) if reason.span else ())
        blocks.append(heading(f"{n}. {title_of(reason)}"))
        blocks.append(para(f"The notice says: “{tidy(reason.quote)}”", *source, "." if source else ""))
        blocks += answer(review, book, reason)
        used |= {(f.layer, f.id) for found in rows_for(review, reason.kind) for f in found}
    rest = tuple(f for f in _necessity(review) if ("policy", f.id) not in used and f.status != "missing")
    if rest:
        blocks.append(heading("The policy's other criteria" if denial.reasons else "The policy's criteria"))
        blocks += [row(review, book, finding, quote=True) for finding in rest]
    if denial.letter_defects and not brief:
        blocks.append(heading("About the notice"))
        blocks += [item(_for_the_plan(defect)) for defect in denial.letter_defects]
    return blocks


def _criteria(review: Review, book: Book, *, brief: bool) -> list[Block]:
    """The body of a letter that answers no denial: each part has its heading only where it has a row."""

    def rows(findings: list[Finding]) -> list[Block]:
        return [row(review, book, finding) for finding in findings if finding.status != "missing"]

    papers = [f for f in review.criteria if f.kind == "documentation" and f.status in ("met", "not_met")]
    listed = [Block("item", block.runs) for block in rows(papers)]
    parts = (
        ("The disease and its treatment", rows(list(rows_for(review, "diagnosis")[1])) + history(review, book)),
        ("The policy's criteria", rows(list(_necessity(review)))),
        ("Documentation", documentation(review) if brief else listed),
        ("The FDA label", rows([finding for finding in review.label if finding.id != "diagnosis"])),
    )
    return [block for title, blocks in parts if blocks for block in (heading(title), *blocks)]


def _for_the_plan(defect: str) -> str:
    """A defect of the notice as the plan reads it: without the advice to the patient's side that may follow it."""
    return stop(prose(re.split(r"(?<=[.!?])\s+(?=Ask\b|Request\b|Call\b|Write\b)", tidy(defect))[0]))


def _necessity(review: Review) -> tuple[Finding, ...]:
    return tuple(f for f in review.criteria if f.kind != "documentation")


def _gaps(review: Review, *, brief: bool) -> list[Block]:
    found = [f for f in (*review.criteria, *review.label) if f.status == "missing"]
    if not found:
        return []
    many = "One item is" if len(found) == 1 else f"{sentence(number_word(len(found)))} items are"
    return [
        heading("What is not in this package"),
        para(f"{many} open. {'It' if len(found) == 1 else 'Each'} will be sent when it exists:"),
        *(gap(finding, brief=brief) for finding in found),
    ]


def _end(review: Review, purpose: Purpose) -> list[Block]:
    if purpose == "prior-auth":
        ask = "If a criterion is thought to be unmet, please name it and the chart entry relied on, and call me first."
    else:
        ask = (
            "If a criterion is still thought to be unmet, please name it and the chart entry relied on. "
            "I am available to speak with a reviewer in this specialty before a decision is made."
        )
    return [para(ask)]
