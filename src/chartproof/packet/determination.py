"""The letter of a plan's determination: approved, denied, or more is needed. Made from the same findings as the package of
the one who asked, and from what a clinician ruled; it rules nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chartproof.errors import EvidenceError, InputError
from chartproof.model import Document, Finding, Review, Ruling, Span, Step
from chartproof.packet import tree
from chartproof.packet.data import knowledge
from chartproof.packet.documents.files import on_few_pages
from chartproof.packet.documents.words import BLANK, family, helpers, law, law_words, plan_type
from chartproof.packet.forms import form
from chartproof.packet.letter_docx import letter_docx
from chartproof.packet.look import (
    STATUS,
    counted,
    day_of,
    document_at,
    in_order,
    marks,
    prose,
    prose_day,
    prose_range,
    sentence,
    without_ages,
)
from chartproof.packet.record import searched
from chartproof.packet.table import drug_name, patient_name, policy_name, policy_short
from chartproof.packet.tree import Block, Letter, Run, heading, item, of_row, para, row
from chartproof.packet.worksheet import place, places, quotes, shortened

#: What a denial letter prints of a step: those that are open, and those that follow.
_STANDS = ("now", "with", "later")
#: Steps of which a sentence speaks already.
_SAID = ("peer_call",)
#: Citations that nobody has checked are for the reviewer to confirm, and are not printed.
_DOUBT = ("(check the paragraph)", "(from memory: confirm)")
_CRITERIA, _STEPS = (3.4, 1.1, 3.0), (1.9, 2.6, 2.4, 2.3)


def key_of(one: Finding) -> str:
    """How a ruling names a finding: 'policy/I.C'."""
    return f"{one.layer}/{one.id}"


def ruled_on(review: Review, ruling: Ruling) -> tuple[Finding, ...]:
    """The findings that the ruling names, in reading order."""
    return tuple(one for one in in_order(review) if key_of(one) in ruling.rows)


def check_ruling(review: Review, ruling: Ruling) -> None:
    """Raises InputError CP-RULE-01 without the clinician's name; for a denial -02 without a licence, -03 without a row that is
    open, -04 without reasons, -05 where evidence for or against the row was not considered, -06 where the kind of plan is not
    known, so that no rights can be printed; -07 for more information without a row; -08 an approval without authority."""
    if not ruling.name.strip():
        raise InputError("CP-RULE-01", "nobody is named who decides")
    rows = ruled_on(review, ruling)
    if len(rows) < len(set(ruling.rows)):
        raise InputError(
            "CP-RULE-03", "a criterion is named that the review does not have", then="Load the page again."
        )
    if ruling.outcome == "ask" and not rows and (_open(review) or not ruling.statement.strip()):
        then = "Choose the criteria that more is needed for; where none is open, write what is needed."
        raise InputError("CP-RULE-07", "nothing is asked for", then=then)
    if ruling.outcome == "deny":
        _check_denial(review, ruling, rows)


def _open(review: Review) -> bool:
    return any(one.status in ("not_met", "missing") for one in (*review.criteria, *review.label))


def _check_denial(review: Review, ruling: Ruling, rows: tuple[Finding, ...]) -> None:
    if not ruling.licence.strip():
        raise InputError("CP-RULE-02", "a denial needs a clinician with a licence", then="An administrator enters it.")
    open_rows = [one for one in rows if one.status in ("not_met", "missing")]
    if not open_rows or len(open_rows) < len(rows):
        raise InputError(
            "CP-RULE-03", "a denial rests on criteria that are not met or not shown, and on no other",
            then="Choose them; where a row is read wrongly, decide the row first.",
        )  # fmt: skip
    if not ruling.statement.strip():
        raise InputError("CP-RULE-04", "a denial needs the clinician's reasons", then="Write them.")
    unseen = sorted({name for one in rows for name in speaks_to(review, one)} - set(ruling.considered))
    if not ruling.considered or unseen:
        raise InputError(
            "CP-RULE-05", "a denial says what evidence was considered, with every document that speaks to its criteria",
            where=", ".join(unseen), then="Look at the documents, and mark them.",
        )  # fmt: skip
    if not ruling.steps or not plan_type(review):
        raise InputError(
            "CP-RULE-06", "the kind of plan is not known, so that no rights can be printed",
            then="Enter the kind of plan and the state under Case.",
        )  # fmt: skip


def determination(review: Review, ruling: Ruling, *, draft: bool = False) -> Letter:
    """The letter as content; a draft says so in a box at its top. Raises InputError as `check_ruling`, EvidenceError where a quote is not on its page."""
    check_ruling(review, ruling)
    words = _words()
    parts = {"approve": _approved, "deny": _denied, "ask": _asked}
    patient, provider = patient_name(review) or "the member", ruling.provider or "the provider"
    blocks = (*_opening(review, ruling), *parts[ruling.outcome](review, ruling), *_decided(ruling))
    foot = words["foot"].format(payer=review.case.payer or "The plan", reference=ruling.reference, name=ruling.name)
    return Letter(
        title=words["title"][ruling.outcome],
        addressee=(patient, *((ruling.provider,) if ruling.provider else ())),
        reference=_reference(review, ruling),
        salutation=words["salutation"].format(patient=patient, provider=provider),
        blocks=blocks,
        closing="",
        enclosures=words["copy"].format(provider=provider) if ruling.provider else "",
        draft=False,
        before=(words["draft"],) if draft else (),
        columns=_STEPS if ruling.outcome == "deny" else _CRITERIA,
        foot=foot,
        dated=prose_day(ruling.at.date()),
    )


def determination_files(review: Review, ruling: Ruling, *, draft: bool = False) -> dict[str, bytes]:
    """The letter for Word and as a PDF, by name; the same review and ruling give the same bytes."""
    letter = determination(review, ruling, draft=draft)
    data = {"letter": tree.data(letter), "patient": patient_name(review), "footer": tree.foot_of(letter)}
    return {
        "determination.docx": letter_docx(letter, stamp=ruling.at),
        "determination.pdf": on_few_pages(data, ruling.at),
    }


def _words() -> Any:
    return knowledge("vocabulary/forms/determination.yaml")["determination"]


def say(name: str, **fields: str) -> Run:
    return form(f"determination.{name}", **fields)


def _reference(review: Review, ruling: Ruling) -> tuple[tuple[str, str], ...]:
    patient = review.case.patient
    lines = [
        ("Member", patient_name(review)),
        ("Date of birth", prose_day(patient.born) if patient.born else ""),
        ("Member ID", patient.member_id),
        ("Plan", review.case.payer),
        ("Reference", ruling.reference),
        ("Service", ", ".join([drug_name(review), *ruling.codes])),
        ("Requested by", ruling.provider),
        ("Received", prose_day(ruling.received) if ruling.received else ""),
        ("Policy", sentence(policy_name(review)) if review.criteria else ""),
    ]
    return tuple((name, value) for name, value in lines if value)


def _opening(review: Review, ruling: Ruling) -> Iterator[Block]:
    drug, day = drug_name(review), ruling.received
    asked = say("opening.received", drug=drug, day=prose_day(day)) if day else say("opening.asked", drug=drug)
    fields = {"reference": ruling.reference} if ruling.outcome == "approve" else {}
    yield para(asked, " ", say(f"opening.{ruling.outcome}", **fields))


def _denied(review: Review, ruling: Ruling) -> Iterator[Block]:
    words = _words()
    yield heading(words["reasons"])
    for one in ruled_on(review, ruling):
        yield from _reason(review, one)
    codes = [
        words["code"].format(
            row=marks(review)[one.layer, one.id], says=one.says, status=STATUS[one.status].word.lower()
        )
        for one in ruled_on(review, ruling)
    ]
    yield para(say("codes", codes="; ".join(codes)))
    yield from _statement(ruling, words["statement"])
    yield from _considered(review, ruling)
    yield from _rights(review, ruling)


def _reason(review: Review, one: Finding) -> Iterator[Block]:
    """What the criterion asks, what the records show with their own words, and how it stands."""
    name = marks(review)[one.layer, one.id]
    asks = say("label", says=one.says) if one.layer == "label" else say("requires", policy=sentence(policy_short(review)), says=one.says)  # fmt: skip
    look = STATUS[one.status]
    yield para(Run(f"{name}: {look.word.lower()}. ", strong=True, source=of_row(one)), asks, source=(of_row(one),))
    if one.status in ("not_met", "missing") and one.shows:
        yield para(say("shows", shows=prose(without_ages(one.shows)).rstrip(".")))
    elif one.status == "missing":
        much = searched(review.chart)
        read = {"documents": str(much["documents"]), "pages": str(much["pages"])}
        yield para(say("not_shown", sought=", ".join(one.sought), **read) if one.sought else say("nothing", **read))
    for span in quotes(one):
        yield _quoted(review, span, one)
    if one.remedy:
        asked: list[Run | str] = [" ", say("who_has", ask=one.ask)] if one.ask else []
        yield para(say("settle", remedy=one.remedy.rstrip(".")), *asked)


def _quoted(review: Review, span: Span, one: Finding) -> Block:
    page = next((p for file in review.chart.files if file.name == span.file for p in file.pages if p.number == span.page), None)  # fmt: skip
    if page is None or page.text[span.start : span.end] != span.quote:
        raise EvidenceError("CP-EVID-01", "a quote is not on its page", where=f"{span.file}, p. {span.page}")
    document = document_at(review, span.file, span.page)
    day = prose_range(document.when) if document else ""
    where = ", ".join(filter(None, [_title(review, document) if document else "", day, place(span)]))
    return item(Run(f"“{shortened(span.quote)}” ({where})"), source=(of_row(one),))


def _statement(ruling: Ruling, title: str) -> Iterator[Block]:
    lines = [line.strip() for line in ruling.statement.splitlines() if line.strip()]
    if lines:
        yield heading(title)
        yield Block("quote", (Run("\n".join(lines)),))


def _considered(review: Review, ruling: Ruling) -> Iterator[Block]:
    words, plan = _words(), family(review)
    yield heading(words["considered"])
    yield para(
        say("standing", policy=policy_name(review), whole=str(len(review.criteria)), counted=counted(review.criteria))
    )
    if plan.get("file"):
        yield para(say("provision", policy=policy_short(review), file=str(plan["file"])))
    if ruling.considered:
        yield para(say("documents"))
        yield from (item(Run(_document(review, name))) for name in ruling.considered)


def _document(review: Review, name: str) -> str:
    """A file by the documents in it: '07-consult.pdf: Oncology consultation, 10 March 2026'."""
    found = [one for one in review.chart.documents if one.file == name]
    titles = [", ".join(filter(None, [_title(review, one), prose_range(one.when)])) for one in found]
    return f"{name}: {'; '.join(dict.fromkeys(titles))}" if titles else name


def speaks_to(review: Review, one: Finding) -> list[str]:
    """The files that speak to a row: those of its quotes, and one that is named in what was found, such as a paper that nobody
    signed."""
    named = {span.file for span in (*one.evidence, *one.against)}
    told = (
        file.name for file in review.chart.files if re.search(rf"(?<![\w.-]){re.escape(file.name)}(?![\w-])", one.shows)
    )
    return sorted(named.union(told))


def _title(review: Review, one: Document) -> str:
    """What the document calls itself; where that is a data file's first line, or one with the member's name, its kind says more."""
    data = any(file.name == one.file and file.read == "structured" for file in review.chart.files)
    surname = review.case.patient.name.rpartition(" ")[2].lower()
    if one.title and not data and not (surname and surname in one.title.lower()):
        return one.title
    return str(_words()["kinds"].get(one.kind) or one.kind.replace("_", " "))


def _rights(review: Review, ruling: Ruling) -> Iterator[Block]:
    """The steps of the plan's own law with their times, the right to the papers, and who helps."""
    words, plan = _words(), family(review)
    means = knowledge("law/plans.yaml")["plans"][plan_type(review)]["means"]
    yield heading(words["rights"])
    yield para(say("rights_intro", means=means), " ", say("peer"))
    yield row(
        *(Run(name, strong=True, source=f"form:determination.steps.{n}") for n, name in enumerate(words["steps"], 1))
    )
    for step in ruling.steps:
        if step.stands in _STANDS and step.id not in _SAID:
            yield _step(step, words)
    yield heading(words["papers"])
    yield para(say("free"))
    yield from (item(law_words(rule)) for rule in plan["records"] if law(rule).verified)
    yield heading(words["help"])
    yield para(say("language"))
    who = "; ".join(_helper(name, words["consumers"][name]) for name in plan["help"] if name in words["consumers"])
    if who:
        yield para(say("consumer", who=who))


def _helper(name: str, called: str) -> str:
    """Who helps, with the number where it was checked."""
    one = helpers()[name]
    return f"{called}, {one['phone']}" if one["verified"] and one["phone"] != BLANK else called


def _step(step: Step, words: Any) -> Block:
    """A step as the law has it: the last day by law, not an earlier one that would be wise."""
    due = step.due if step.due and not step.earliest else None
    when = f"{sentence(step.period)}{', ' + words['by'].format(day=prose_day(day_of(due))) if due else ''}"
    how = ", ".join(filter(None, [sentence(step.who), step.how, f"to {step.to}" if step.to else ""]))
    cited = [one for one in step.citations if not any(doubt in one for doubt in _DOUBT)][:1]
    answers = " ".join(dict.fromkeys(one.says for one in step.answers if step.stands != "later"))
    return row(Run(step.name), Run(how), Run(f"{when}{f' ({cited[0]})' if cited else ''}"), Run(answers))


def to_confirm(review: Review, ruling: Ruling) -> tuple[str, ...]:
    """What the reviewer must look up before signing: what the letter says or leaves out that was not checked against its source."""
    found = [
        f"{step.name}: {one.replace(doubt, '').strip()}"
        for step in ruling.steps for one in step.citations for doubt in _DOUBT
        if doubt in one and step.stands in _STANDS and step.id not in _SAID
    ]  # fmt: skip
    rules = [law(rule) for rule in family(review)["records"]]
    found += [f"{one.says} ({one.citation})" for one in rules if not one.verified]
    return tuple(dict.fromkeys(found))


def _approved(review: Review, ruling: Ruling) -> Iterator[Block]:
    words, named = _words(), marks(review)
    yield from _statement(ruling, words["statement_too"])
    yield heading(words["criteria"])
    yield para(
        say("standing", policy=policy_name(review), whole=str(len(review.criteria)), counted=counted(review.criteria))
    )
    yield row(
        *(Run(name, strong=True, source=f"form:determination.head.{n}") for n, name in enumerate(words["head"], 1))
    )
    for one in in_order(review):
        look = STATUS[one.status]
        shown = one.evidence[:2] if one.status == "met" else ()
        where = "\n".join(places(shown))
        cells = (f"{named[one.layer, one.id]}  {sentence(one.says)}", f"{look.shape} {look.word}", where)
        yield row(*cells, source=(of_row(one),))


def _asked(review: Review, ruling: Ruling) -> Iterator[Block]:
    words = _words()
    yield from _statement(ruling, words["statement_too"])
    yield heading(words["needed"])
    for one in ruled_on(review, ruling):
        yield from _reason(review, one)
    yield para(say("send"))


def _decided(ruling: Ruling) -> Iterator[Block]:
    words, asks = _words(), ruling.outcome == "ask"
    held = f"licence {ruling.licence}" if ruling.licence else "reviewer"
    credentials = ", ".join(filter(None, [ruling.specialty, held]))
    yield heading(words["by_whom" if asks else "decided"])
    who = {"day": _moment(ruling.at), "who": ruling.name, "credentials": credentials}
    yield para(say("asked" if asks else "signed", **who), " ", say("person"))


def _moment(at: datetime) -> str:
    return f"{prose_day(at.date())}, {at:%H:%M} UTC"
