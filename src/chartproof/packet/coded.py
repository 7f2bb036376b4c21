"""What the code book says of the codes that a denial names: missing from the policy's list, or ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from chartproof.codes.book import expand, find, status
from chartproof.codes.entry import Code
from chartproof.model import DenialReason, Review
from chartproof.packet.look import prose, prose_day
from chartproof.packet.subjects import answer_words
from chartproof.packet.table import policy_short
from chartproof.packet.tree import Run

_SPEAKS = re.compile(r"(?i)\bcodes?\b|\bICD\b|\bCPT\b|\bHCPCS\b")

#: As far as the dot and one character: the group of a diagnosis code.
_GROUP = len("C83.1")


def code_runs(review: Review, reason: DenialReason) -> Iterator[Run]:
    """The sentences on codes, for a reason that speaks of one; only from what the code book has confirmed."""
    denial = review.denial
    if denial is None or not _SPEAKS.search(reason.quote):
        return
    said, listed = answer_words("codes"), tuple(filter(None, review.extra.get("codes_listed", "").split("; ")))
    for code in denial.diagnosis_codes if listed else ():
        known = confirmed(code)
        if in_list(code, listed):
            yield Run(said["listed"].format(code=code, policy=policy_short(review)), source="policy:")
        elif known:
            over = group(known)
            lacks = over if not any(in_list(one, listed) for one in expand(f"{over.code}-")) else known
            text = said["not_listed"].format(
                policy=policy_short(review), means=meaning(lacks), table=printed(lacks), source=prose(known.source)
            )
            yield Run(text, source=f"code:{code}")
            if lacks is not known:
                yield Run(said["own"].format(code=code), source=f"code:{code}")
    for code in (*denial.service_codes, *denial.diagnosis_codes):
        over_since = ended(code, denial.letter_date or review.case.as_of)
        if over_since:
            last, now = over_since
            text = said["ended"].format(code=code, day=prose_day(last), now=" or ".join(now))
            yield Run(text, source=f"code:{code}")


def confirmed(code: str) -> Code | None:
    """The code as the book has it; None where it has none or nobody confirmed it."""
    known = find("", code)
    return known if known and known.verified else None


def group(known: Code) -> Code:
    """C83.1 for C83.18: the group of a diagnosis code; the code itself where it has none."""
    longer = known.system == "ICD-10-CM" and len(known.code) > _GROUP
    return (find(known.system, known.code[:_GROUP]) if longer else None) or known


def printed(known: Code) -> str:
    """C83.1x for the group of C83.18; a single code as it is."""
    return known.code if known.billable else f"{known.code}x"


def meaning(known: Code) -> str:
    """The title for the middle of a sentence: without its bracket, a person's name keeps its capital."""
    title = re.sub(r"\s*\[[^\]]*\]", "", known.title)
    return title if re.match(answer_words("codes")["names"], title) else title[:1].lower() + title[1:]


def ended(code: str, on: date) -> tuple[date, tuple[str, ...]] | None:
    """(last day, what took its place) of a code that had ended by this day; None where that is not confirmed."""
    found = status(code, on)
    if not found.verified or found.when is None:
        return None
    if found.kind == "deleted" and found.now:
        return found.when, found.now
    # A code that became a header is billed by its children; a mere release does not give the day.
    split = found.kind == "header" and not found.by and found.children
    return (found.when - timedelta(days=1), found.children) if split else None


def citable(code: str, on: date) -> tuple[str, ...]:
    """What a sentence on this code may print of the book: the code, its group, their meanings, source and days."""
    known = confirmed(code)
    if known is None:
        return ()
    over, end = group(known), ended(code, on)
    ends = (prose_day(end[0]), str(end[0]), *end[1]) if end else ()
    return (code, printed(over), meaning(over), meaning(known), known.source, prose(known.source), *ends)


def in_list(code: str, listed: tuple[str, ...]) -> bool:
    """True where a list such as 'C83.30-C83.39', 'C86.6' holds the code. A range holds what lies under its ends too."""
    for entry in listed:
        first, _, last = entry.partition("-")
        if first <= code <= (last or first) or code.startswith(last or first):
            return True
    return False
