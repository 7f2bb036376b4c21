"""The reviewer's worksheet: each criterion with what is asked, what was found, where it stands and what is missing.

It is made from the same findings as the provider's own package; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from chartproof.model import Finding, Review, Span
from chartproof.model.truth import REASON_WORDS
from chartproof.packet import tree
from chartproof.packet.data import knowledge
from chartproof.packet.documents.files import on_few_pages
from chartproof.packet.forms import form
from chartproof.packet.look import (
    STATUS,
    breakable,
    counted,
    groups,
    in_order,
    marks,
    sentence,
    stop,
    table_day,
    without_ages,
)
from chartproof.packet.table import drug_name, patient_name, policy_name
from chartproof.packet.tree import Block, Letter, Run, heading, item, of_row, para, row

#: The most quotes of a row, and characters of one: the pages themselves are a click away.
MOST_QUOTES, LONG = 3, 180
_WIDTHS = (2.1, 1.15, 2.95, 1.65, 2.8)


def worksheet(review: Review, *, reference: str = "") -> Letter:
    """The worksheet as content; `reference` is the payer's number of the request."""
    said = knowledge("vocabulary/forms/determination.yaml")["worksheet"]
    named = marks(review)
    lines = [
        ("Member", patient_name(review)),
        ("Asked for", drug_name(review)),
        ("Reference", reference),
        ("As of", table_day(review.case.as_of)),
        ("Policy", policy_name(review)),
        ("Criteria", counted(review.criteria)),
        (
            "Open",
            ", ".join(named[one.layer, one.id] for one in in_order(review) if one.status in ("missing", "not_met")),
        ),
    ]
    head = row(*(Run(name, strong=True, source=f"form:worksheet.head.{n}") for n, name in enumerate(said["head"], 1)))
    blocks: list[Block] = []
    for title, findings in groups(review):
        blocks.append(heading(title))
        blocks += [head, *(_line(review, one, named[one.layer, one.id]) for one in findings)]
    return Letter(
        title=said["title"],
        addressee=(),
        reference=tuple((name, value) for name, value in lines if value),
        salutation="",
        blocks=(*_notes(review, said), *blocks, *_conflicts(review, said), *_told(review, said), *_unread(review)),
        closing="",
        enclosures="",
        draft=False,
        form="sheet",
        before=(said["before"],),
        columns=_WIDTHS,
        foot=said["foot"],
    )


def worksheet_pdf(review: Review, *, reference: str = "") -> bytes:
    """The same as a PDF; the same review gives the same bytes."""
    letter = worksheet(review, reference=reference)
    data = {"letter": tree.data(letter), "patient": patient_name(review), "footer": tree.foot_of(letter)}
    return on_few_pages(data, None)


def _line(review: Review, one: Finding, name: str) -> Block:
    look = STATUS[one.status]
    return row(
        Run(f"{name}  {sentence(one.says)}"),
        Run(f"{look.shape} {look.word}"),
        Run(found(one)),
        Run("\n".join(places(quotes(one)))),
        Run(missing(one)),
        source=(of_row(one),),
    )


def quotes(one: Finding) -> tuple[Span, ...]:
    """The quotes that carry the answer; of a row that is open, those that speak against it or were passed over."""
    return (one.evidence or one.against)[:MOST_QUOTES]


def found(one: Finding) -> str:
    """What the records show, in our words and in theirs."""
    lines = [stop(sentence(without_ages(one.shows)))] if one.shows else []
    lines += [f"“{shortened(span.quote)}”" for span in quotes(one)]
    return "\n".join(dict.fromkeys(lines)) or form("worksheet.nothing").text


def shortened(quote: str) -> str:
    """A quote on one line; a long one ends after a whole word."""
    flat = " ".join(quote.split())
    return flat if len(flat) <= LONG else flat[:LONG].rsplit(" ", 1)[0] + " ..."


def place(span: Span) -> str:
    return places([span])[0]


def places(spans: Iterable[Span]) -> list[str]:
    """Where quotes stand: each document once, with its pages."""
    pages: dict[str, dict[int, None]] = {}
    for span in spans:
        pages.setdefault(span.file, {})[span.page] = None
    return [f"{breakable(file)}, p.\u00a0{', '.join(map(str, numbers))}" for file, numbers in pages.items()]


def missing(one: Finding) -> str:
    """Why the row is open and what would settle it; nothing for one that is not."""
    if one.status not in ("missing", "not_met"):
        return ""
    why = REASON_WORDS.get(one.reason, one.reason) if one.status == "missing" else ""
    parts = [
        why,
        f"Looked for: {', '.join(one.sought)}" if one.sought else "",
        one.remedy,
        one.ask and f"Ask: {one.ask}",
    ]
    return " ".join(stop(sentence(part)) for part in parts if part)


def _notes(review: Review, said: dict[str, str]) -> list[Block]:
    """What must be known before the rows are read: no policy that governs, what the request says otherwise than the chart."""
    rows = [item(Run(stop(sentence(one)))) for one in review.extra.get("notes", "").splitlines() if one]
    return [heading(said["notes"]), *rows] if rows else []


def _conflicts(review: Review, said: dict[str, str]) -> list[Block]:
    rows = [
        item(Run(said["conflict"].format(what=one.what.replace("_", " "), a=_at(one.a), b=_at(one.b))))
        for one in review.chart.conflicts
    ]
    return [heading(said["conflicts"]), *rows] if rows else []


def told(review: Review) -> list[str]:
    """Sentences of the records that no rule understands, with what they may be about."""
    return [one for one in review.extra.get("told", "").splitlines() if one]


def _told(review: Review, said: dict[str, str]) -> list[Block]:
    rows = [item(Run(one)) for one in told(review)]
    return [heading(said["told"]), para(Run(said["why_told"], source="form:worksheet.why_told")), *rows] if rows else []


def _at(span: Span) -> str:
    return f"“{shortened(span.quote)}” ({span.file}, p. {span.page})"


def _unread(review: Review) -> list[Block]:
    files = [
        file.name for file in review.chart.files if file.read == "unread" or any(p.read == "unread" for p in file.pages)
    ]
    return [para(form("worksheet.unread", files=", ".join(files)))] if files else []
