"""What the package cites, in the order it is first cited: criteria, label, lines of therapy, the denial's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from chartproof.codes.tables import drug_names
from chartproof.errors import EvidenceError
from chartproof.model import DenialReason, Document, Fact, Finding, Page, Review, Span
from chartproof.packet.look import document_at, in_order, marks
from chartproof.packet.subjects import answer_words, rows_for, subject
from chartproof.packet.wording import companions

#: A row cites this many places, or one more than it has deciding facts; the review page shows all of them.
LEAST_A_ROW = 3

#: A longer run of words without a stop is a table or a form, and no sentence.
_READABLE = 300

#: Kinds of documents that are the centre's own working papers, or say nothing about this patient.
_INTERNAL = frozenset(
    [
        "coordinator_log",
        "draft_letter",
        "cover_sheet",
        "research_consent",
        "order_set",
        "program_sheet",
        "donor_evaluation",
        "caregiver_form",
    ]
)

#: A centre's sentence on its own standing, unless it only repeats what the notice says.
_STANDING = re.compile(
    r"(?is)\b(?:is|are|was|were|been|holds?|remains?)\b.*"
    r"\b(?:accredited|accreditation|authori[sz]ed|certified|certificat(?:e|ion))\b"
)
_REPEATED = re.compile(r"(?i)\bnotice\b|\bdenial\b|\bdenied\b|[“\"]")

#: A sentence: up to its stop, which is followed by a capital or a list number, or by a blank line.
_SENTENCE = re.compile(r"\S(?:.|\n(?!\s*\n))*?(?:[.!?](?=\s+(?:[A-Z]|\d+[.)]\s)|\s*\Z)|(?=\n\s*\n)|\Z)")

_CENTRE = re.compile(r"accredit|treatment_cent|rems|centre_|center_")


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that the package cites, and the short id of the row that it serves ("DOC.D", "L3", "line 2")."""

    mark: str
    span: Span


def shown(review: Review, finding: Finding) -> tuple[Span, ...]:
    """The quotes of a finding that go into the package: none from an unsigned draft or another person's page.

    Errors: EvidenceError CP-EVID-02 where a `met` row would be left with no quote at all.
    """
    usable = tuple(span for span in finding.evidence if may_be_sent(review, span))
    if not usable and finding.status == "met":
        # A proof that stands in a working paper only is better shown than lost; a draft or another's page never is.
        usable = tuple(span for span in finding.evidence if _is_proof(review, finding, span))
    if finding.status == "met" and not usable and not _judged(finding):
        raise EvidenceError(
            "CP-EVID-02",
            f"row {finding.id} is met but no quote of it may be sent",
            then="Look at the row in review.html: its pages are unsigned or belong to somebody else.",
        )
    first = [next((s for s in own_day_first(review, fact) if s in usable), None) for fact in finding.facts]
    kept = tuple(dict.fromkeys([*usable[:1], *(span for span in first if span), *_spread(usable)]))
    return kept[: max(LEAST_A_ROW, len(finding.facts) + 2)]


def sharpened(review: Review, fact: Fact) -> Fact:
    """The same statement of a signed document that knows the day, where this one knows the month or year only."""
    when = fact.when
    if when is None or when.exact:
        return fact
    same = [
        other for other in review.chart.facts
        if (other.concept, other.value, other.quantity, other.assertion) == (fact.concept, fact.value, fact.quantity, fact.assertion)
        and other.signed and other.when and other.when.exact and when.first <= other.when.first <= when.last
        and other.evidence and may_be_sent(review, other.evidence[0])
    ]  # fmt: skip
    days = {other.when for other in same}
    return same[0] if len(days) == 1 else fact


def own_day_first(review: Review, fact: Fact) -> tuple[Span, ...]:
    """Quotes of the fact and of those that say the same of the same day; the report itself before what repeats it."""
    said = (fact.concept, fact.value, fact.quantity, fact.assertion, fact.when)
    same = [f for f in review.chart.facts if (f.concept, f.value, f.quantity, f.assertion, f.when) == said]
    spans = dict.fromkeys((*fact.evidence, *(span for f in same if f.signed for span in f.evidence)))

    def repeated(span: Span) -> bool:
        document = document_at(review, span.file, span.page)
        return not (document and document.when and document.when == fact.when)

    return tuple(sorted(spans, key=repeated)) if fact.when else fact.evidence


def may_be_sent(review: Review, span: Span) -> bool:
    """False for pages of a draft, of an unsigned document, of another person, and for the centre's working papers."""
    document = document_at(review, span.file, span.page)
    if document is None:
        return True
    return document.signed is not False and document.belongs is not False and document.kind not in _INTERNAL


def centre_quotes(review: Review) -> tuple[Span, ...]:
    """What the treating centre says of itself: facts on its accreditation, else the sentences of its own letter on it."""
    facts = (f for f in review.chart.facts if _CENTRE.search(f.concept) and f.assertion == "present" and f.signed)
    spans = [fact.evidence[0] for fact in facts if fact.evidence]
    if not spans:
        letters = [d for d in review.chart.documents if d.kind == "program_letter" and d.wrote == "provider"]
        spans = [span for letter in letters for span in _standing(review, letter)]
    return tuple(span for span in spans if may_be_sent(review, span))[:4]


def spoken_facts(review: Review, reason: DenialReason) -> tuple[Fact, ...]:
    """The newest fact of each concept that speaks to the reason, where no row of policy or label does."""
    if not _unanswered(review, reason):
        return ()
    found = []
    for concept in subject(reason.kind).concepts:
        facts = [
            fact for fact in review.chart.facts
            if fact.concept == concept and fact.when and fact.signed and fact.assertion in ("present", "absent")
            and fact.evidence and may_be_sent(review, fact.evidence[0])
        ]  # fmt: skip
        found += [max(facts, key=lambda fact: (fact.when.last, fact.rank) if fact.when else ())] if facts else []
    return tuple(found)


def beside_facts(review: Review, reason: DenialReason) -> tuple[Fact, ...]:
    """What the notice may have meant instead, by the newest fact of each: the patient's own cells for a donor's."""
    facts = [
        fact for fact in review.chart.facts
        if fact.concept in subject(reason.kind).beside and fact.when and fact.when.exact and fact.assertion == "present"
        and fact.evidence and may_be_sent(review, fact.evidence[0])
    ]  # fmt: skip
    named = [fact for fact in facts if re.search(r"(?i)\bauto", fact.evidence[0].quote)] or facts
    last = {fact.concept: fact for fact in sorted(named, key=lambda fact: fact.when.last if fact.when else date.min)}
    return tuple(last.values())


def earlier_number(review: Review, reason: DenialReason) -> Fact | None:
    """The fact that has the notice's own number, where a newer one of the same concept says otherwise: "ECOG 3" in hospital."""
    told = {float(number) for number in re.findall(r"(?<![\w./-])\d{1,3}(?:\.\d+)?(?![\w/-]|\.\d)", reason.quote)}
    if not subject(reason.kind).numbers:
        return None
    measured = [
        fact for fact in review.chart.facts
        if fact.concept in subject(reason.kind).concepts and fact.when and fact.quantity and fact.signed
        and fact.assertion == "present" and fact.evidence and may_be_sent(review, fact.evidence[0])
    ]  # fmt: skip
    theirs = [
        fact
        for fact in measured
        if fact.quantity and fact.quantity.low == fact.quantity.high and fact.quantity.low in told
    ]
    newest = {fact.concept: fact for fact in sorted(measured, key=_last_day)}
    older = [
        fact
        for fact in theirs
        if _last_day(fact) < _last_day(newest[fact.concept]) and fact.quantity != newest[fact.concept].quantity
    ]
    return max(older, key=lambda fact: (bool(fact.when and fact.when.exact), _last_day(fact)), default=None)


def _last_day(fact: Fact) -> date:
    return fact.when.last if fact.when else date.min


def spoken_words(review: Review, reason: DenialReason) -> tuple[Span, ...]:
    """Sentences of signed documents of this patient that name the service and speak to the reason, the newest first.

    Only where no row of policy or label speaks to it: the sentences stand for themselves, as the chart has them.
    """
    about, service = subject(reason.kind), _service(review, reason)
    if service is None or about.centre or not _unanswered(review, reason):
        return ()
    asked = _content(reason.quote)

    def speaks(text: str) -> bool:
        """The kind's own words; where there is no policy at all, any ground for the service, or the reason's own words."""
        earlier = about.history and _tells_of_earlier_drug(text)
        if not (service.search(text) or earlier) or _REPEATED.search(text):
            return False
        ground = re.search(answer_words("speaks"), text) or len(asked & _content(service.sub("", text))) > 1
        return bool(re.search(about.chart, text) or (ground and not review.criteria))

    documents = [d for d in review.chart.documents if d.wrote == "provider" and d.signed and d.belongs is not False]
    newest = sorted(documents, key=lambda d: d.when.last.toordinal() if d.when else 0, reverse=True)
    pages = (page for document in newest for page in _pages(review, document))
    spans = dict.fromkeys(span for page in pages for span in _sentences(page) if speaks(span.quote))
    return tuple(span for span in spans if may_be_sent(review, span))[: answer_words("most_sentences")]


def _tells_of_earlier_drug(text: str) -> bool:
    """Whether a sentence says of a known drug that it was had before."""
    named = any(word.lower() in drug_names() for word in re.findall(r"[A-Za-z][\w-]+", text))
    return named and bool(re.search(answer_words("earlier"), text))


def _unanswered(review: Review, reason: DenialReason) -> bool:
    """True where no row of policy or label speaks to the reason, and for documents where the policy lists none."""
    if reason.kind == "documentation":
        return not any(f.kind == "documentation" for f in review.criteria)
    return not any(rows_for(review, reason.kind))


def _content(text: str) -> frozenset[str]:
    """The words of a text that are long enough to have a subject."""
    return frozenset(word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 5)


def _service(review: Review, reason: DenialReason) -> re.Pattern[str] | None:
    """The names of what was denied, each word of them that is long enough to be a name; and the earlier drugs asked about."""
    denial = review.denial
    named = " ".join(filter(None, (review.case.drug, *((denial.drug_named, denial.service) if denial else ()))))
    names = [word for word in re.findall(r"[A-Za-z][\w-]+", named) if len(word) > 4 or word.isupper()]
    if subject(reason.kind).history:
        names += [word for word in re.findall(r"[A-Za-z][\w-]+", reason.quote) if word.lower() in drug_names()]
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, names))})") if names else None


def _pages(review: Review, document: Document) -> list[Page]:
    held = (page for source in review.chart.files if source.name == document.file for page in source.pages)
    return [page for page in held if document.first <= page.number <= document.last]


def _sentences(page: Page) -> list[Span]:
    """The page's sentences of readable length, verbatim."""
    return [
        Span(page.file, page.number, match.start(), match.end(), match.group(), page.boxes(match.start(), match.end()))
        for match in _SENTENCE.finditer(page.text)
        if len(match.group()) <= _READABLE
    ]


def _standing(review: Review, letter: Document) -> list[Span]:
    """The letter's sentences that speak of accreditation or authorization, verbatim."""
    found = []
    for page in _pages(review, letter):
        for match in _SENTENCE.finditer(page.text):
            if _STANDING.search(match.group()) and not _REPEATED.search(match.group()):
                start, end = match.span()
                quote = page.text[start:end]
                found.append(Span(page.file, page.number, start, end, quote, page.boxes(start, end)))
    return found


def citations(review: Review, *, with_denial: bool) -> tuple[Citation, ...]:
    """Every quote of the package with its row's mark, in the order of first citation; no place twice for one mark."""
    short = marks(review)
    found = [
        Citation(short[finding.layer, finding.id], span)
        for finding in in_order(review)
        for span in (*shown(review, finding), *_beside(review, finding))
    ]
    for line in review.chart.lines:
        found += [Citation(f"line {line.line}", s) for s in line.evidence if may_be_sent(review, s)]
    if with_denial and review.denial:
        reasons = enumerate(review.denial.reasons, 1)
        for n, reason in reasons:
            spans = [reason.span] if reason.span else []
            older = earlier_number(review, reason)
            told = (*spoken_facts(review, reason), *beside_facts(review, reason), *([older] if older else []))
            spans += [fact.evidence[0] for fact in told]
            found += [Citation(f"reason {n}", span) for span in (*spans, *spoken_words(review, reason))]
        if any(reason.kind == "rems_atc" for reason in review.denial.reasons):
            found += [Citation("center", span) for span in centre_quotes(review)]
    return tuple(dict.fromkeys(found))


def _beside(review: Review, finding: Finding) -> tuple[Span, ...]:
    """The quotes of the days and numbers that the letter names beside this row's facts."""
    if finding.status != "met":
        return ()
    sharp = [sharpened(review, fact) for fact in finding.facts]
    found = [fact.evidence[0] for fact, first in zip(sharp, finding.facts, strict=True) if fact != first]
    found += [value.evidence[0] for fact in finding.facts for value in companions(review, fact)]
    return tuple(span for span in found if may_be_sent(review, span))


def _is_proof(review: Review, finding: Finding, span: Span) -> bool:
    """True for this patient's pages that are signed, or whose fact is (a signed addendum in an unsigned dump)."""
    document = document_at(review, span.file, span.page)
    if document is None:
        return True
    signed = any(fact.signed and span in fact.evidence for fact in finding.facts)
    return document.belongs is not False and (document.signed is not False or signed)


def _judged(finding: Finding) -> bool:
    return finding.reason == "attested" and not finding.evidence


def _spread(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The primary quote, then the first quote of each other page, then the rest: one page does not crowd out others."""
    first: dict[tuple[str, int], Span] = {}
    for span in spans:
        first.setdefault((span.file, span.page), span)
    rest = [span for span in spans if span not in first.values()]
    return (*first.values(), *rest)
