"""Pages without a day of their own: the day read for them is that of a treatment they list.

A faxed sheet "FCR x 6, 3/6/2017 to 8/14/2017" was not written in 2017. What it tells of later years did happen. Its
signature gives the day of writing where one is dated; else the day is not known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from chartproof.chart.dates import find_dates
from chartproof.chart.find.drugs import mentions
from chartproof.chart.view import Reading, Segment
from chartproof.model import DayRange, Document

_SIGNED = re.compile(r"\b(?:MD|M\.D\.|DO|NP|PA-C|APRN|MBBS)\b,?[ \t]+(?:electronically )?(?:signed )?(?:on )?$")

#: Before a date: it is the page's own whatever else the line names.
_OWN = re.compile(r"\b(?:visit|seen|date|dos|today|note|clinic|encounter|written|dictated|prepared|printed|follow-?up|f/u|consult\w*|(?:re)?evaluat\w*)\W*(?:on\W+)?$", re.IGNORECASE)  # fmt: skip


def with_own_days(reading: Reading) -> Reading:
    """The reading with segments of such documents dated by the signature, or without a day. Sentences keep their order."""
    moved: dict[int, Segment] = {}
    parts: dict[str, list[Segment]] = defaultdict(list)
    for segment in reading.segments:
        parts[segment.document.id].append(segment)
    for document in reading.documents:
        own = parts[document.id]
        if not own or document.when is None or not _day_of_a_treatment(document, own):
            continue
        signed = _signature(own)
        moved.update({id(one): replace(one, when=signed) for one in own if one.when == document.when})
    if not moved:
        return reading
    changed = {_key(one): moved[id(one)] for one in reading.segments if id(one) in moved}
    sentences = tuple(
        replace(one, segment=changed[_key(one.segment)]) if _key(one.segment) in changed else one
        for one in reading.sentences
    )
    segments = tuple(moved.get(id(one), one) for one in reading.segments)
    return replace(reading, segments=segments, sentences=sentences)


def _key(segment: Segment) -> tuple[str, int, int, int]:
    return segment.document.id, segment.page.number, segment.start, segment.end


def _day_of_a_treatment(document: Document, own: Sequence[Segment]) -> bool:
    """Whether the document's day is printed in it, and only in clauses that name a drug."""
    seen = False
    for segment in own:
        text = segment.page.text[segment.start : segment.end]
        for left, _right, day in find_dates(text):
            if day != document.when:
                continue
            left_part = re.split(r"\n|[.;]\s", text[:left])[-1]
            clause = left_part + re.split(r"\n|[.;]\s", text[left:], maxsplit=1)[0]
            if _OWN.search(left_part) or not mentions(clause):
                return False
            seen = True
    return seen


def _signature(own: Sequence[Segment]) -> DayRange | None:
    """The last day behind a clinician's name and title."""
    days = []
    for segment in own:
        text = segment.page.text[segment.start : segment.end]
        days += [day for left, _right, day in find_dates(text) if day.exact and _SIGNED.search(text[max(0, left - 40) : left])]  # fmt: skip
    return max(days, key=lambda day: day.last, default=None)
