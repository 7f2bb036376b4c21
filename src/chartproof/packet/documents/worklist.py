"""What is still to be obtained, a line each: what, from whom, by when and why, the first due first. For the center itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chartproof.model import Finding, Review
from chartproof.model.page import LEFT_OUT
from chartproof.packet.citations import centre_quotes
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import BLANK, plan_type, say, words
from chartproof.packet.doubtful import Doubtful, doubtful
from chartproof.packet.exhibits import Book
from chartproof.packet.look import in_order, marks, number_word, prose_day, sentence, stop, table_day, tidy
from chartproof.packet.subjects import named, rows_for, subject
from chartproof.packet.table import Purpose, drug_name, needed_by, patient_name
from chartproof.packet.tree import Block, Letter, Run, heading, item, of_row, para, row

_TICK = "☐"
_WIDTHS = (0.55, 1.1, 3.3, 1.65, 2.8)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to obtain; `by` is None where no day follows from the case; `source` names what asks for it."""

    what: str
    who: str
    by: date | None
    why: Run
    source: str


def applies(review: Review, purpose: Purpose) -> bool:
    """Where there is anything to obtain or to read by hand."""
    return bool(tasks(review, purpose) or _against(review) or _unread(review))


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    said, found = words("worklist"), tasks(review, purpose)
    number = sentence(number_word(len(found)))
    many = f"{number} thing is" if len(found) == 1 else f"{number} things are"
    head = row(*(Run(name, strong=True, source=f"form:worklist.head.{n}") for n, name in enumerate(said["head"], 1)))
    lines = [row(_TICK, table_day(t.by) or BLANK, t.what, t.who, t.why, source=(t.source,)) for t in found]
    return Letter(
        title=words("documents")["worklist"]["title"],
        addressee=(),
        reference=(("Patient", patient_name(review) or BLANK), ("Treatment", drug_name(review))),
        salutation="",
        blocks=(
            para(say("worklist.intro" if found else "worklist.nothing", n=many)),
            *((heading(said["open"].format(day=prose_day(review.case.as_of))), head, *lines) if found else ()),
            *_against(review),
            *_looks(review),
            *_unread(review),
        ),
        closing="",
        enclosures="",
        draft=False,
        form="sheet",
        before=parts.before(review, "worklist"),
        columns=_WIDTHS,
        foot="For the center's own use; do not send. Prepared with chartproof; a clinician must review it.",
    )


def _against(review: Review) -> tuple[Block, ...]:
    """What the chart shows not to be met, and which paper alone would change that."""
    said, named = words("worklist")["against"], marks(review)
    wrong = [f for f in in_order(review) if f.status == "not_met"]
    blocks = [
        item(
            said["line"].format(
                row=named[f.layer, f.id], shows=stop(sentence(tidy(f.shows)) or sentence(tidy(f.says)))
            ),
            " ",
            said["changes"].format(remedy=tidy(f.remedy).rstrip(".")) if f.remedy else "",
            source=(of_row(f),),
        )
        for f in wrong
    ]
    return (heading(said["head"]), *blocks) if blocks else ()


def _looks(review: Review) -> tuple[Block, ...]:
    """What somebody has to look at on the page of a scan, each place once, with the first row that it concerns."""
    first: dict[Doubtful, Finding] = {}
    for finding in in_order(review):
        for place in doubtful(review, finding):
            first.setdefault(place, finding)
    named = marks(review)
    blocks = [
        para(
            Run(
                f"{named[of.layer, of.id]}: {place.says} ({place.file}, p. {place.page})", source=of_row(of), look=place
            )
        )
        for place, of in first.items()
    ]
    return (heading(words("worklist")["look"]), *blocks) if blocks else ()


def _unread(review: Review) -> tuple[Block, ...]:
    """That files are to be read by hand: which ones, and why, is said in the ledger."""
    notes = [source.note for source in review.chart.files if source.read == "unread"]
    said = [("unread", any(note != LEFT_OUT for note in notes)), ("left_out", LEFT_OUT in notes)]
    blocks = [para(say(f"worklist.not_read.{name}")) for name, so in said if so]
    return (heading(words("worklist")["not_read"]["head"]), *blocks) if blocks else ()


def tasks(review: Review, purpose: Purpose) -> tuple[Task, ...]:
    """Missing rows, results that pass their window before they are needed, and what the notice leaves open; by day."""
    by = needed_by(review, purpose)
    found = [_missing(review, finding, by, purpose) for finding in in_order(review) if finding.status == "missing"]
    found += _center(review, purpose, by)
    found += _aging(review)
    found += _questions(review, by, purpose)
    return tuple(sorted(found, key=lambda task: task.by or date.max))


def _missing(review: Review, finding: Finding, by: date | None, purpose: Purpose) -> Task:
    mark, n = marks(review)[finding.layer, finding.id], _reason(review, finding, purpose)
    if n:
        assert review.denial is not None
        papers = review.denial.reasons[n - 1].kind == "documentation"
        why = say(f"worklist.why.{'papers' if papers else 'denial'}", n=str(n), row=mark)
    elif finding.layer == "label":
        why = say("worklist.why.label", row=mark)
    else:
        why = say(f"worklist.why.{'pharmacy' if finding.kind == 'precondition' else 'policy'}", row=mark)
    what = stop(sentence(tidy(finding.remedy))) or stop(f"A signed, dated entry in the chart: {tidy(finding.says)}")
    return Task(what, sentence(finding.ask) or BLANK, by, why, of_row(finding))


def _reason(review: Review, finding: Finding, purpose: Purpose) -> int:
    """The number of the first reason of the denial that speaks of this row; 0 where none does."""
    if review.denial is None or purpose == "prior-auth":
        return 0
    for n, reason in enumerate(review.denial.reasons, 1):
        by_name = named(review, reason)
        if finding in by_name or any(finding in rows for rows in rows_for(review, reason.kind)):
            return n
        if reason.kind == "documentation" and not by_name and finding.kind == "documentation":
            return n
    return 0


def _center(review: Review, purpose: Purpose, by: date | None) -> list[Task]:
    """The center's own statement, where the denial asks for it and the chart holds nothing on it."""
    asked = review.denial.reasons if review.denial and purpose != "prior-auth" else ()
    numbers = [n for n, reason in enumerate(asked, 1) if subject(reason.kind).centre]
    if not numbers or centre_quotes(review):
        return []
    said, n = words("worklist"), numbers[0]
    return [Task(said["center"], said["center_from"], by, say("worklist.why.centre", n=str(n)), f"reason:{n}")]


def _aging(review: Review) -> list[Task]:
    """Proven rows whose evidence passes its window before the planned collection; none where no day is planned."""
    planned = parts.planned(review)
    return [
        Task(
            stop(words("worklist")["renew"].format(says=tidy(f.says))),
            BLANK,
            f.valid_until,
            say("worklist.why.renew", day=table_day(f.valid_until), row=f.id),
            of_row(f),
        )
        for f in review.criteria
        if planned and f.status == "met" and f.valid_until and review.case.as_of <= f.valid_until < planned
    ]


def _questions(review: Review, by: date | None, purpose: Purpose) -> list[Task]:
    """What only the plan or the member's card can tell."""
    said = words("worklist")
    asked = list(review.denial.questions) if review.denial and purpose != "prior-auth" else []
    if not plan_type(review) and not any("plan" in question.lower() for question in asked):
        asked.append(said["plan_type"])
    return [Task(stop(sentence(tidy(q))), said["from_plan"], by, say("worklist.why.letter"), "case:") for q in asked]
