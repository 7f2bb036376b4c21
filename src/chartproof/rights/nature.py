"""Whether a letter denies anything, and what kind of letter it is: approvals, requests and statements are told apart.

A sentence counts only if it speaks of this request and of now; what could happen, or once happened, does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from chartproof.expressions import Expression
from chartproof.model import Span
from chartproof.rights import decided, names
from chartproof.rights.blocks import TABLE
from chartproof.rights.charges import unpaid_rows
from chartproof.rights.fields import letter_date
from chartproof.rights.findings import after_greeting
from chartproof.rights.grounds import is_charges
from chartproof.rights.lines import Line, Sentence
from chartproof.rights.parts import HELP
from chartproof.rights.remarks import remarks
from chartproof.rights.spoken import findings
from chartproof.rights.tables import refused_beside_granted
from chartproof.rights.text import Letter
from chartproof.rights.words import table


@cache
def _any(name: str) -> Expression:
    entry = table("words")[name]
    return Expression("|".join(f"(?:{part})" for part in ([entry] if isinstance(entry, str) else entry)), re.I)


#: A title; in two columns its second half may stand on the next line.
_FINAL = re.compile(
    r"(?i:final (?:internal )?adverse (?:benefit )?determination)|\bFINAL (?:INTERNAL )?ADVERSE\b|(?i:appeal (?:decision|outcome|review) \(?final\b|final appeal)"
)


#: A title of a decision on an appeal; "Appeal decision form" is none.
_OF_APPEAL = re.compile(
    r"(?:notice of )?(?:\w+ )?(?:appeal|grievance|(?:external|independent)(?: medical)? review) (?:decision|determination|outcome|resolution)\b(?! (?:form|time))|(?:notice of )?(?:decision|determination|resolution) (?:on|of) (?:your |the )?(?:\w+ )?(?:appeal|grievance)",
    re.I,
)
#: What the plan grants in the same letter, for nothing in return.
_GRANTS_SOME = re.compile(r"\bwe (?:(?:will |do |can |also )*approve|have approved) (?!of\b)", re.I)


#: A title of a decision on care that goes on, whatever was certified of it before.
_CONCURRENT = re.compile(r"\bconcurrent\b|\bcontinued[- ]stay\b", re.I)


@dataclass(frozen=True, slots=True)
class Nature:
    """`kind` as in model.Denial.letter_kind; `said` is where the letter says it; `dismissed`: an appeal was not heard."""

    is_denial: bool
    kind: str
    decision_type: str
    said: Span | None = None
    dismissed: bool = False


def nature(letter: Letter) -> Nature:
    """What the letter is, from its title and its decision sentences. A paper that no payer wrote is kind "other"."""
    if not _from_payer(letter):
        return Nature(False, "other", "")
    said = _said(letter)
    denied = [s for s in letter.sentences if _decides(s) and _refused(said[s])]
    box = decided.ticked(letter)
    if not denied:
        # Better a denial found outside of its section than a denial lost.
        denied = [s for s in letter.sentences if s.section == "rights" and _plainly_denied(s)]
    text = letter.flat
    pended = any(_decides(s) and _left_open(said[s]) for s in letter.sentences) and not any(map(_firm, denied))
    pended = pended or _acknowledges(letter)
    pended = pended or any(decided.is_undecided(s.text) for s in letter.sentences)
    approved = [s for s in letter.sentences if decided.succeeds(s.text) or (_decides(s) and _granted(said[s]))]
    pended = pended or (not approved and any(decided.denies_nothing(s.text) for s in letter.sentences))
    statement = decided.is_statement(letter)
    unpaid = chain((line for _kind, line in remarks(letter)), (line for line, _row in unpaid_rows(letter)))
    refused = next(unpaid, None) if statement else None
    if statement:
        # A row of amounts and the titles of its columns decide nothing by themselves.
        denied = [
            s for s in denied if not (s.text.isupper() or s.section == TABLE or is_charges(s)) and _refused(s.text)
        ]
    first = next(iter(denied or approved or letter.sentences), None)
    place = letter.span(first.page, first.start, first.end) if first else None
    when = _decision_type(letter, statement)
    appealable = bool(_any("rights_of_this").search(text))
    if not appealable and any(_decides(s) and decided.succeeds(s.text) for s in letter.sentences):
        # Beside what lifts a refusal, what is told of the past is told of that refusal, unless this letter can be appealed.
        denied = [s for s in denied if not decided.is_told(s.text)]
    if approved and not appealable:
        denied = [s for s in denied if not decided.is_of_before(s.text, _dated(letter))]
    reversed_now = [s for s in letter.sentences if _decides(s) and _any("reversed").search(s.text)]
    if reversed_now and not pended and not (denied and appealable):
        return Nature(False, _approval_kind(reversed_now), when, place)
    if pended:
        return Nature(False, "request_for_information", when, place)
    tabled = next((line for line, no, _why in letter.decided_rows if no), None) or _refused_row(letter)
    if approved and tabled is None and not any(_firm(s) for s in denied):
        return Nature(False, _approval_kind([s for s in letter.sentences if _decides(s)]), when, place)
    if not denied and tabled is not None and not pended:
        mixed = any(not no for _line, no, _why in letter.decided_rows)
        kind = "partial" if mixed else _denial_kind(letter, statement, when, denied)
        return Nature(True, kind, when, letter.span(tabled.page, tabled.start, tabled.end))
    against = not (denied or approved or statement or pended) and decided.offers_appeal(letter)
    if decided.refuses(box) or (against and (_any("rights_of_this").search(text) or findings(letter))):
        # What may be appealed was decided against the member, in whatever words.
        return Nature(True, _denial_kind(letter, statement, when, denied), when, place)
    if not denied and refused is not None:
        return Nature(True, "claim_denial", when, letter.span(refused.page, refused.start, refused.end))
    if not denied:
        return Nature(
            False, "eob_paid" if statement else "approval" if approved else "request_for_information", when, place
        )
    dismissed = any(_any("dismissed").search(s.text) for s in denied)
    return Nature(True, _denial_kind(letter, statement, when, denied), when, place, dismissed)


#: A row of days or services that ends in a refusal; one of criteria ends in "Not met".
_NO_ROW = re.compile(r"(?:not (?:approved|covered|certified)|denied|non-?certified)$", re.I)


def _refused_row(letter: Letter) -> Line | None:
    """The first row of a table that ends in a refusal."""
    return next((line for line, match in letter.results() if _NO_ROW.match(match["result"])), None)


def _dated(letter: Letter) -> str:
    """The letter's own day as a sentence may print it: "March 3"."""
    day = letter_date(letter)
    return f"{day[0]:%B} {day[0].day}" if day else ""


def _granted(text: str) -> bool:
    return bool(_any("approved").search(text)) or decided.succeeds(text)


def _acknowledges(letter: Letter) -> bool:
    """Whether the letter says that an appeal came and that its decision is still to come."""
    told = (s.text for s in letter.sentences if not re.search(r"\b(?:if|when|after|once|within)\b", s.text, re.I))
    came = any(_any("appeal_came").search(text) for text in told)
    return came and any(_any("to_come").search(s.text) for s in letter.sentences if s.section not in ("notices",))


def _left_open(text: str) -> bool:
    return (bool(_any("not_decided").search(text)) or decided.leaves_open(text)) and not decided.is_unasked(text)


def _refused(text: str) -> bool:
    return decided.is_verdict(text) or any(decided.refuses(part) for part in _PART.split(text))


#: Where a "no" ends a sentence ("The answer is no. Three grounds support it.").
_PART = re.compile(r"(?<=\bno\.) (?=[A-Z])")


def _said(letter: Letter) -> dict[Sentence, str]:
    """Each sentence with the label before it, where one stands in its block ("DECISION: DENIED" is cut at the colon)."""
    told: dict[Sentence, str] = {}
    before: Sentence | None = None
    for sentence in letter.sentences:
        labelled = before is not None and before.text.endswith(":") and before.block == sentence.block
        told[sentence] = f"{before.text} {sentence.text}" if before and labelled else sentence.text
        before = sentence
    return told


def _from_payer(letter: Letter) -> bool:
    """Whether a payer wrote this: a chart note or a physician's letter may speak of a denial too."""
    head = " ".join(line.text for line in letter.body[:25])
    voice, title = bool(_any("payer_voice").search(letter.flat)), bool(_any("payer_title").search(head))
    rights = bool(_any("payer_rights").search(letter.flat))
    signed = decided.of_payer(letter)
    if not (rights or voice or title or signed):
        return False  # most pages of a chart: what follows takes longest to look for
    headed = any(_any("chart_headings").search(line.text) for line in letter.body)
    not_payer = headed or bool(_any("not_payer").search(letter.flat))
    if rights:
        return not not_payer or names.payer(letter) is not None
    if not_payer:
        return False
    return signed or (voice and title) or names.payer(letter) is not None


def _plainly_denied(sentence: Sentence) -> bool:
    return bool(_refused(sentence.text)) and not _any("unreal").search(sentence.text) and _firm(sentence)


def _decides(sentence: Sentence) -> bool:
    return sentence.section not in ("rights", HELP, "notices", "policy") and not _any("unreal").search(sentence.text)


def _firm(sentence: Sentence) -> bool:
    """Denied in the present, not in a clause about an earlier request."""
    return not re.search(
        r"\b(?:earlier|previous|prior|first|original) (?:request|denial|decision|letter|notice|determination)|previously (?:denied|declined)|which we (?:had )?denied|\bour (?:letter|notice|decision) of|\bhad denied|(?:about|of) the denied",
        sentence.text,
        re.I,
    )


def _approval_kind(approved: list[Sentence]) -> str:
    moved = any(_any("moved_site").search(sentence.text) for sentence in approved)
    return "approval_modified_site" if moved else "approval"


#: What a sentence that opens so only supposes.
_SUPPOSED = re.compile(r"(?:once|after (?:we|you|that|this|an?|the appeal)|when|if|until|where|should|unless)\b", re.I)


#: What stands under a condition within a sentence: "... once internal appeals are exhausted".
_SUPPOSING = re.compile(r"\b(?:once|after|when|until|if|unless)\b[^.,;:]*", re.I)


def _supposes(text: str) -> bool:
    """Whether a sentence only supposes something, by how it opens or after what would follow ("claims are denied if ...")."""
    return bool(
        _SUPPOSED.match(text)
        or re.search(r"\b(?:claims|bills|charges|payments?)\b[^.;]{0,60} (?:if|unless|when)\b", text, re.I)
    )


def _denial_kind(letter: Letter, statement: bool, when: str, denied: list[Sentence]) -> str:
    text = letter.flat
    greeted = next((at for at, x in enumerate(letter.body[:24]) if x.text.startswith("Dear ")), 14)
    titles = [x.text for x in letter.body[: max(14, greeted)] if len(x.text.split()) <= 9]
    if any(_FINAL.search(title) for title in titles):
        return "final_internal"
    spoken = (s for s in letter.sentences if s.section != "notices")
    real = " ".join(_SUPPOSING.sub("", s.text) for s in spoken if not _SUPPOSED.match(s.text))
    if decided.is_last(real):
        return "final_internal"
    told = _before_rights(letter)
    kept = [s.text for s in told if (_decides(s) or s in denied) and not _SUPPOSED.match(s.text)]
    if (
        decided.upholds(decided.ticked(letter))
        or _any("upheld").search(" ".join(kept))
        or any(map(decided.keeps, kept))
        or decided.refused_appeal(letter)
    ):
        return "upheld_appeal"
    if any(_OF_APPEAL.match(title) for title in titles):
        return "upheld_appeal"
    if statement:
        return "claim_denial"
    parts = [after_greeting(s.text) for s in letter.sentences if _decides(s) and not decided.is_boxes(s.text)]
    in_part = any(map(_any("partial").search, parts))
    if (when == "concurrent" and _reduces(letter) and not in_part) or any(map(_CONCURRENT.search, titles)):
        return "concurrent"
    mixed = {match.group("result").lower() for _, match in letter.results()} & {"approved", "certified"}
    mixed |= {"approved" for _line, no, _why in letter.decided_rows if not no}
    mixed |= {"approved"} if refused_beside_granted(letter) else set()
    if mixed or in_part or any(map(decided.divides, parts)):
        return "partial"
    if when == "concurrent" or _is_concurrent(letter):
        return "concurrent"
    if _grants_some(letter, denied) or _grants_first(letter, denied):
        return "partial"
    return (
        "claim_denial" if when == "post_service" and re.search(r"\b(?:claim|bill)\b", text[:1500], re.I) else "denial"
    )


def _grants_some(letter: Letter, denied: list[Sentence]) -> bool:
    """Whether the paragraph that refuses one thing grants another now, for nothing in return."""
    blocks = {s.block for s in denied}
    some = (s.text for s in letter.sentences if s.block in blocks and s not in denied and _GRANTS_SOME.search(s.text))
    return any(not re.search(r"\b(?:not|if|when|instead|once|rather)\b", text, re.I) for text in some)


#: What is granted now, for a time or an amount.
_NOW = re.compile(
    r"\b(?:is|are) (?:\w+ )?(?:approved|certified|authori[sz]ed|covered) (?:for you )?(?:through|from|until|for \d)",
    re.I,
)


def _grants_first(letter: Letter, denied: list[Sentence]) -> bool:
    """Whether the letter's text grants one thing now before it refuses another."""
    first = min(((s.page, s.start) for s in denied), default=(0, 0))
    told = (s.text for s in letter.sentences if (s.page, s.start) < first and _decides(s))
    return any(decided.grants(text) and _NOW.search(text) and not _refused(text) for text in told)


def _before_rights(letter: Letter) -> list[Sentence]:
    """What the letter says before it tells the rights: what it says of decisions after that is still to come."""
    opens = re.compile(table("deadlines")["rights_begin"], re.I)
    first = next((order for order, s in enumerate(letter.sentences) if opens.search(s.text)), None)
    return letter.sentences[:first]


def _decision_type(letter: Letter, statement: bool) -> str:
    """pre_service, post_service, concurrent or urgent, from what the letter says of the request (not of appeals)."""
    spoken = [s for s in letter.sentences if s.section not in ("rights", "notices", "policy")]
    about = " ".join(s.text for s in spoken if not (_supposes(s.text) or _any("not_of_permission").search(s.text)))
    titles = [line.text for line in letter.body[:14] if len(line.text.split()) <= 9]
    if (
        any(map(decided.is_rushed, titles))
        or any(decided.rushes(f"{label} {s.text}") for label, s in _labelled(spoken))
        or any(map(decided.is_rushed_case, (line.text for line in letter.body[:16])))
    ):
        return "urgent"
    if statement or any(map(_OF_CLAIM.search, titles)):
        return "post_service"
    if _is_concurrent(letter) and not _any("pre_service_words").search(about):
        return "concurrent"
    if _any("pre_service_words").search(about) and not re.search(r"post-?service|retrospective review", about, re.I):
        return "pre_service"
    dated = re.search(
        r"(?<!on the )dates? of service|claim was not paid|amount not paid|notice of claim denial|\(claim \w*\d|\bthe claim should|services? (?:you )?(?:have )?(?:already )?received\b(?: on)?|\bwe did not pay\b|\bwe do not pay (?:this|the|your|that) (?:claim|bill|charge|amount)|\b(?:claim for )?services of [A-Z][a-z]+ \d|\bhow we processed\b|\bclaim (?:above |below )?(?:has been|was) processed\b|\bno payment can be made\b|\b(?:was|were) billed\b|\b(?:service|treatment|care|stay)s?\b[^.;]{0,30}\balready (?:had|received|been (?:given|provided))|post-?service",
        about,
        re.I,
    )
    return "post_service" if dated or decided.was_done(about) else "pre_service"


#: A title of a decision on a bill.
_OF_CLAIM = re.compile(
    r"\bclaims? (?:payment )?(?:denial|disallowance)\b|\b(?:denial|disallowance) of (?:(?:a|the|your) )?(?:claim|payment)\b|\bpayment denial\b",
    re.I,
)


def _labelled(sentences: list[Sentence]) -> Iterator[tuple[str, Sentence]]:
    """Each sentence with the label with a colon before it, if one is."""
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        yield (before.text if before and before.text.endswith(":") and len(before.text.split()) < 6 else ""), sentence


def _reduces(letter: Letter) -> bool:
    """Whether the title, or a sentence before the rights, cuts down care that goes on."""
    titles = (line.text for line in letter.body[:14])
    return any(map(decided.reduces, (*titles, *(s.text for s in letter.sentences if _decides(s)))))


def _is_concurrent(letter: Letter) -> bool:
    """Whether care that goes on was refused: told by the title or by a sentence that refuses."""
    head = " ".join(line.text for line in letter.body[:14] if not _any("unreal").search(line.text))
    refused = " ".join(s.text for s in _before_rights(letter) if _decides(s) and _refused(s.text))
    told = bool(_any("concurrent").search(f"{head} {refused}")) or decided.continues(refused)
    return told or _reduces(letter)


def fast_appeal(letter: Letter) -> Span | None:
    """Where the letter says that an urgent case can be appealed quickly."""
    offers = (
        letter.span(s.page, s.start, s.end)
        for s in letter.sentences
        if s.section != "notices" and decided.quickens(s.text)
    )
    return next(offers, None)
