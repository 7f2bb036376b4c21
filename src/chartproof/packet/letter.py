"""The letter that a physician edits and signs: what is asked, then the denial's reasons in the denial's order.

States only what findings support. Gaps are stated as gaps. Rules of law come ready with the review, each with its source.
"""

from __future__ import annotations

from chartproof.model import Finding, Review, Span
from chartproof.packet.answers import Used, answer, label_silence, law_block, of_notice, says_nothing, speaking
from chartproof.packet.citations import shown
from chartproof.packet.exhibits import Book
from chartproof.packet.forms import form
from chartproof.packet.look import counts, number_word, one_way, prose_day, sentence, tidy
from chartproof.packet.subjects import answer_words, rows_for, title_of
from chartproof.packet.table import UNNAMED, Purpose, drug_name, patient_name, policy_name, policy_short
from chartproof.packet.told import documentation, gap, history, row
from chartproof.packet.tree import Block, Letter, Run, cite, heading, item, of_row, para
from chartproof.packet.wording import value_words, words

_TITLES = {
    "appeal": "Appeal of an adverse determination",
    "prior-auth": "Letter of medical necessity",
    "external-review": "Request for external review",
}


def build_letter(review: Review, book: Book, purpose: Purpose, *, draft: bool, brief: bool = False) -> Letter:
    """The letter as content, for letter.typ and for docx.

    `brief` is for a case whose letter would run over four pages: it leaves the single documents and the words of each
    gap to the table and to the page of what is missing, and still names every open row.
    """
    against_denial = purpose != "prior-auth" and review.denial is not None
    used = Used()
    blocks = [*_opening(review, book, purpose)]
    blocks += _reasons(review, book, used, brief=brief) if against_denial else _criteria(review, book, brief=brief)
    blocks += _gaps(review, brief=brief)
    blocks += _end(review, purpose, used)
    letters = [exhibit.letter for exhibit in book.exhibits]
    exhibits = (
        f"; Exhibits {letters[0]} {'to' if len(letters) > 2 else 'and'} {letters[-1]}"
        if len(letters) > 1
        else ("; Exhibit A" if letters else "")
    )
    table = "criteria table (first in this package)" if review.criteria else "cover sheet"
    if any(f.status == "missing" for f in (*review.criteria, *review.label)):
        table += "; list of what is missing"
    return Letter(
        title=_TITLES[purpose],
        addressee=_addressee(review, purpose),
        reference=_reference(review),
        salutation="To the independent reviewer:" if purpose == "external-review" else "To the medical director:",
        blocks=tuple(blocks),
        closing="Sincerely,",
        enclosures=f"Enclosed: {table}{exhibits}.",
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
    denial, patient, drug = review.denial, review.case.patient, drug_name(review)
    named = ("" if drug == UNNAMED else drug, *(denial.service_codes if denial else ()))
    lines = [
        ("Patient", patient_name(review)),
        ("Date of birth", prose_day(patient.born) if patient.born else ""),
        ("Member ID", patient.member_id or (denial.member_id if denial else "") or ""),
        ("Case reference", (denial.reference if denial else "") or ""),
        ("Denial dated", prose_day(denial.letter_date) if denial and denial.letter_date else ""),
        ("Service", ", ".join(filter(None, named)) or "____"),
        ("Diagnosis code", ", ".join(denial.diagnosis_codes) if denial else ""),
        ("Policy", sentence(policy_name(review)) if review.criteria else ""),
    ]
    return tuple((name, value) for name, value in lines if value)


def _opening(review: Review, book: Book, purpose: Purpose) -> list[Block]:
    """The request in one sentence, then how the criteria stand."""
    said, denial = words("opening"), review.denial
    dated = said["dated"].format(day=prose_day(denial.letter_date)) if denial and denial.letter_date else ""
    disease, spans = _disease(review)
    ask = said["prior-auth" if denial is None else purpose].format(
        dated=dated,
        drug=drug_name(review),
        patient=patient_name(review) or "my patient",
        disease=said["disease"].format(disease=disease) if disease else "",
    )
    planned = review.case.apheresis_planned
    when = said["apheresis"].format(day=prose_day(planned)) + " " if planned else ""
    standing = [Run(_standing(review), source="counts:"), " ", form("letter.table")]
    follows = standing if review.criteria else _no_policy(review)
    asked = Run(ask, source="case:")
    return [
        para(asked, *cite(book, spans), ".", source=("case:",)),
        para(Run(when, source="case:") if when else "", *follows),
    ]


def _no_policy(review: Review) -> list[Run | str]:
    """Where no policy is at hand: its text and the rationale are asked for."""
    denial = review.denial
    cited = one_way(list(denial.policies_cited or filter(None, (denial.policy_cited,)))) if denial else ""
    if denial is None:
        return [form("letter.pages")]
    asked = form("letter.no_policy_cited", policy=cited) if cited else form("letter.no_policy")
    return [asked, " ", form("letter.pages")]


def _disease(review: Review) -> tuple[str, tuple[Span, ...]]:
    """The disease as the label's rows prove it, and where; nothing where they do not."""
    met = {finding.id: finding for finding in review.label if finding.status == "met"}
    found = met.get("diagnosis")
    fact = next((f for f in found.facts if f.value), None) if found else None
    if fact is None or fact.value is None:
        return "", ()
    disease, spans = value_words(fact.value), fact.evidence[:1]
    again = met.get("relapsed_or_refractory")
    if again and any(f.concept == "relapsed_or_refractory" for f in again.facts):
        disease = words("opening")["relapsed"].format(disease=disease)
        spans += shown(review, again)[:1]
    return disease, spans


def _standing(review: Review) -> str:
    said, number = words("opening"), counts(review.criteria)
    parts = [
        said[key].format(n=number_word(number[status]), verb=one if number[status] == 1 else many)
        for key, status, one, many in (
            ("open", "missing", "is", "are"),
            ("against", "not_met", "is", "are"),
            ("aside", "not_applicable", "does", "do"),
        )
        if number[status]
    ]
    return str(said["standing"]).format(
        day=prose_day(review.case.as_of),
        met=number["met"],
        all=len(review.criteria),
        policy=policy_short(review),
        rest="".join(f", {part}" for part in parts[:-1]) + (f" and {parts[-1]}" if parts else ""),
    )


def _reasons(review: Review, book: Book, used: Used, *, brief: bool) -> list[Block]:
    denial = review.denial
    assert denial is not None
    blocks: list[Block] = []
    spoken: set[str] = set()
    quotes: set[str] = set()
    for n, reason in enumerate(denial.reasons, 1):
        source = cite(book, (reason.span,) if reason.span else ())
        blocks.append(heading(f"{n}. {title_of(reason)}"))
        quote = tidy(reason.quote).rstrip(".;, ")
        said = "The notice says this in the same words" if quote in quotes else f"The notice says: “{quote}”"
        quotes.add(quote)
        blocks.append(para(said, *source, ".", source=(f"reason:{n}",)))
        blocks += answer(review, book, reason, used)
        spoken |= {of_row(finding) for finding in speaking(review, reason.kind)}
    rest = tuple(f for f in _necessity(review) if of_row(f) not in spoken and f.status != "missing")
    if rest:
        blocks.append(heading("The policy's other criteria" if denial.reasons else "The policy's criteria"))
        blocks += [row(review, book, finding) for finding in rest]
    papers = tuple(f for f in review.criteria if f.kind == "documentation")
    against = [f for f in (*papers, *review.label) if f.status == "not_met" and of_row(f) not in spoken]
    if against:  # the signer must not learn of it from the table alone
        blocks.append(heading("Where the chart shows otherwise"))
        blocks += [row(review, book, finding) for finding in against]
    faults = [] if brief else _faults(review, used)
    if faults:
        blocks += [heading("About the notice"), para(form("letter.notice")), *faults]
    return blocks


def _criteria(review: Review, book: Book, *, brief: bool) -> list[Block]:
    """The body of a letter that answers no denial: each part has its heading only where it has a row."""

    def rows(findings: list[Finding]) -> list[Block]:
        return [row(review, book, finding) for finding in findings if finding.status != "missing"]

    papers = [f for f in review.criteria if f.kind == "documentation" and f.status in ("met", "not_met")]
    listed = [Block("item", block.runs, block.source) for block in rows(papers)]
    parts = (
        ("The disease and its treatment", rows(list(rows_for(review, "diagnosis")[1])) + history(review, book)),
        ("The policy's criteria", rows(list(_necessity(review)))),
        ("Documentation", documentation(review) if brief else listed),
        ("The FDA label", _label(review, book)),
    )
    return [block for title, blocks in parts if blocks for block in (heading(title), *blocks)]


def _label(review: Review, book: Book) -> list[Block]:
    """The label's rows but the diagnosis; those on which it does not speak in one sentence."""
    others = [f for f in review.label if f.id != "diagnosis" and f.status != "missing"]
    silent = [f for f in others if says_nothing(f)]
    blocks = [row(review, book, f) for f in others if f not in silent]
    return [*blocks, para(label_silence(silent), source=tuple(of_row(f) for f in silent))] if silent else blocks


def _faults(review: Review, used: Used) -> list[Block]:
    """What the notice lacks or gets wrong, but what the answers have said already."""
    denial = review.denial
    if denial is None:
        return []
    rules = {fault.what: f"rule:{fault.rule}" for fault in denial.notice_defects}
    told = (of_notice(what) for what in denial.letter_defects if rules.get(what, "") not in used.sources)
    return [item(fault, source=("denial:",)) for fault in dict.fromkeys(told)]


def _necessity(review: Review) -> tuple[Finding, ...]:
    return tuple(f for f in review.criteria if f.kind != "documentation")


def _gaps(review: Review, *, brief: bool) -> list[Block]:
    found = [f for f in (*review.criteria, *review.label) if f.status == "missing"]
    if not found:
        return []
    many = "One item is" if len(found) == 1 else f"{sentence(number_word(len(found)))} items are"
    return [
        heading("What is not in this package"),
        para(form("letter.sent", n=many, each="It" if len(found) == 1 else "Each")),
        *(gap(finding, brief=brief) for finding in found),
    ]


def _end(review: Review, purpose: Purpose, used: Used) -> list[Block]:
    """Who is to decide, by law, and that the physician can be called."""
    if purpose == "prior-auth":
        return [para(form("letter.criterion_first"))] if review.criteria else [para(form("letter.speak"))]
    asked: list[Run | str] = [form("letter.criterion"), " "] if review.criteria else []
    return [*law_block(review, answer_words("end"), used), para(*asked, form("letter.speak"))]
