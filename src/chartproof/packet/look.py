"""The words, shapes, colours and dates that every document shares (LOOK: status is shape + word + colour)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from chartproof.model import DayRange, Document, Fact, Finding, Review, Span
from chartproof.model.truth import REASON_WORDS

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: What every page says of itself: a draft, and what is signed with a sheet beside it.
FOOTER = "prepared with chartproof; a clinician must review and sign"
FOOTER_TO_SIGN = "prepared with chartproof; signed on the signature sheet that names this file's SHA-256"


@dataclass(frozen=True, slots=True)
class StatusLook:
    shape: str
    word: str
    colour: str


STATUS = {
    "missing": StatusLook("◇", "Missing", "#8A5A00"),
    "not_met": StatusLook("■", "Not met", "#8F1D21"),
    "met": StatusLook("●", "Met", "#1B6245"),
    "not_applicable": StatusLook("–", "Not applicable", "#5B6470"),
}

#: Order of importance to a reader.
STATUS_ORDER = ("missing", "not_met", "met", "not_applicable")


_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b(?![-/])")


def policy_number(review: Review) -> str:
    """The policy's number as the payer prints it."""
    return review.extra.get("policy_number", "") or review.policy_id.rpartition("/")[2]


def sentence(text: str) -> str:
    """The text with a capital first letter, spaces folded; a word such as eGFR stays as it is, and so does nothing."""
    flat = " ".join(text.split())
    return flat if flat[1:2].isupper() or flat[1:2] == "(" else flat[:1].upper() + flat[1:]


def inner(text: str) -> str:
    """The text as it stands after a colon: a plain first word begins small, a name or an acronym stays."""
    flat = " ".join(text.split())
    first = flat.split(" ", 1)[0]
    plain = first[:1].isupper() and first[1:].islower() and first in _OPENERS
    return flat[:1].lower() + flat[1:] if plain else flat


_OPENERS = frozenset(
    [
        "The",
        "This",
        "These",
        "That",
        "There",
        "No",
        "Not",
        "A",
        "An",
        "Each",
        "Only",
        "All",
        "It",
        "One",
        "Nothing",
        "Outpatient",
        "Inpatient",
        "Stale",
    ]
)

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(n: int) -> str:
    """0 to ten in words, larger ones in figures."""
    return _NUMBERS[n] if 0 <= n < len(_NUMBERS) else str(n)


def stop(text: str) -> str:
    """The text with exactly one full stop at its end."""
    flat = " ".join(text.split())
    return flat if not flat or flat[-1] in ".!?" else flat + "."


def prose_day(day: date) -> str:
    """4 May 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def prose_range(when: DayRange | None) -> str:
    """4 May 2026, March 2025, 2025, or 'between A and B'; empty for None."""
    if when is None:
        return ""
    if when.exact:
        return prose_day(when.first)
    text = str(when)
    if len(text) == 4:
        return text
    if len(text) == 7:
        return f"{MONTHS[when.first.month - 1]} {when.first.year}"
    return f"between {prose_day(when.first)} and {prose_day(when.last)}"


_SINCE = r"(?:\d+ days? before|on the day of the request|around the day of the request|after the request)"
_AGE = re.compile(rf" \({_SINCE}\)|,? {_SINCE}(?=\))")


def without_ages(text: str) -> str:
    """The text without 'on the day', ', 13 days before' in brackets: a reader of a letter has the dates."""
    return _AGE.sub("", text)


def prose(text: str) -> str:
    """The text with each ISO day or month written out and without the ages beside them, for letters."""

    def write(match: re.Match[str]) -> str:
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            whole = date(year, month, day)
        except ValueError:
            return match.group()
        return prose_day(whole) if match[3] else f"{MONTHS[month - 1]} {year}"

    return _ISO_DAY.sub(write, without_ages(text))


def table_day(day: date | datetime | None) -> str:
    """2026-05-04, with the hour where a deadline has one; empty for None."""
    if day is None:
        return ""
    return day.strftime("%Y-%m-%d %H:%M") if isinstance(day, datetime) else day.isoformat()


def day_of(moment: date | datetime) -> date:
    """The calendar day of a date or a date with an hour."""
    return moment.date() if isinstance(moment, datetime) else moment


_EVENTS = {
    "peer_to_peer": "Peer-to-peer call",
    "expedited_external": "Expedited external review",
    "fair_hearing": "State fair hearing",
    "opm_review": "Review by the Office of Personnel Management",
}


def event_words(what: str) -> str:
    """What a deadline is for, in words: 'internal_appeal' is Internal appeal."""
    key = what.lower().replace(" ", "_").replace("-", "_")
    return _EVENTS.get(key, sentence(what.replace("_", " ")))


def tidy(quote: str) -> str:
    """A quote on one line, for display."""
    return " ".join(quote.split())


_BULLET = re.compile(r"^(?:[-–•*]|\d{1,2}[.)]|\[[xX ]?\]|\([a-z]\))\s+(?=\S)")


def breakable(name: str) -> str:
    """A file's name that a line may break after its hyphens and underscores."""
    return re.sub(r"(?<=[-_])(?=\w)", "\u200b", name)


def shortened(name: str, most: int) -> str:
    """A long file's name with its middle left out, for a stamp of one line."""
    half = (most - 3) // 2
    return name if len(name) <= most else f"{name[:half]}...{name[-half:]}"


def plain_quote(quote: str) -> str:
    """A quote on one line without the bullet or list number before it: still the chart's own words, in one piece."""
    return _BULLET.sub("", tidy(quote))


def one_way(items: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def groups(review: Review) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """The findings in the order every document shows them: necessity before documentation, then the label.

    Policy and label never share a group. Empty groups are left out.
    """
    papers = tuple(f for f in review.criteria if f.kind == "documentation")
    others = tuple(f for f in review.criteria if f.kind != "documentation")
    rows = (
        ("What the policy requires", others),
        ("What must be documented", papers),
        ("FDA label", review.label),
    )
    return tuple((title, found) for title, found in rows if found)


def in_order(review: Review) -> tuple[Finding, ...]:
    """All findings in reading order."""
    return tuple(finding for _, found in groups(review) for finding in found)


def marks(review: Review) -> dict[tuple[str, str], str]:
    """(layer, id) to the short row id that is printed: the payer's own id, or L1, L2 ... for the label's rows."""
    short = {("policy", finding.id): finding.id for finding in review.criteria}
    short |= {("label", finding.id): f"L{n}" for n, finding in enumerate(review.label, 1)}
    return short


def row_words(finding: Finding) -> str:
    """A row in a sentence: the payer's own id, or the label's row in words."""
    return finding.id if finding.layer == "policy" else "FDA label, " + finding.id.replace("_", " ")


_JOINS = {
    "all": "all of them",
    "any": "any of them",
    "none": "none of them",
    "at_least": "enough of them",
    "first": "the first that is answered",
}
_LAYER = re.compile(r"^(?:policy|label):")
_JOINED = re.compile(r"^(\w+) -> ")
_REASON = re.compile(r"\((\w+)\)$")


def step_words(line: str) -> str:
    """A step of a row's trace for a reader: 'policy:II.1: all -> yes (value)' is II.1: all of them: yes (the chart states it)."""
    name, _, answer = line.partition(": ")
    answer = _JOINED.sub(lambda found: f"{_JOINS.get(found[1], found[1])}: ", answer)
    answer = _REASON.sub(lambda found: f"({REASON_WORDS.get(found[1], found[1])})", answer)
    return f"{_LAYER.sub('', name).replace('?', ' ')}: {answer.replace('_', ' ')}"


def unconfirmed(review: Review, finding: Finding) -> tuple[str, ...]:
    """The notes that ask a human to confirm a row's requirement; notes on pages begin with a file's name."""
    names = tuple(source.name for source in review.chart.files)
    return tuple(note for note in finding.notes if "confirm" in note.lower() and not note.startswith(names))


def document_at(review: Review, file: str, page: int) -> Document | None:
    """The document that holds this page: the narrowest run of pages that does."""
    holding = [d for d in review.chart.documents if d.file == file and d.first <= page <= d.last]
    return min(holding, key=lambda d: d.last - d.first, default=None)


def dated(review: Review, span: Span, facts: tuple[Fact, ...] = ()) -> DayRange | None:
    """The day a quote speaks of: its fact's day, else its document's."""
    for fact in facts:
        if fact.when and any(_same(span, other) for other in fact.evidence):
            return fact.when
    document = document_at(review, span.file, span.page)
    return document.when if document else None


def _same(a: Span, b: Span) -> bool:
    return a.file == b.file and a.page == b.page and a.start < b.end and b.start < a.end


def counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many of each status, in order of importance."""
    return {status: sum(f.status == status for f in findings) for status in STATUS_ORDER}


def counted(findings: tuple[Finding, ...]) -> str:
    """'18 met, 2 missing, 0 not met, 2 not applicable'."""
    number = counts(findings)
    order = ("met", "missing", "not_met", "not_applicable")
    return ", ".join(f"{number[status]} {STATUS[status].word.lower()}" for status in order)
