"""Tests that a note sets down as labels: the name on a line, "Date: 06/01/2026" and "LVEF: 60%" on the lines below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.entries import printed
from chartproof.chart.find.studies import rules, still_open, studies
from chartproof.chart.view import Reading, Segment, span
from chartproof.model import DayRange, Fact

#: Lines below a test's name in which its labels stand.
LINES = 7
CAPTION = re.compile(
    r"^\W*(?:(?:study|modality|test|exam(?:ination)?|procedure|imaging|investigation|type)(?: (?:type|name))?\s*[:|=]\s*)?",
    re.IGNORECASE,
)
#: What may stand beside the name on its line.
BESIDE = re.compile(r"(?:\W|\b(?:transthoracic|resting|complete|limited|2d|3d|report|results?|study|scan|test|pa|lateral|two|2|views?|12|lead)\b)*", re.IGNORECASE)  # fmt: skip
LABEL = re.compile(r"[\s*•-]*[A-Za-z][\w /().-]{0,40}?\s*[:|=]")
DATE_LABEL = re.compile(
    r"[\s*•-]*(?:(?:study|exam|test|service|performed|done|collection|completion) )?(?:date|day|performed|done|completed)(?: (?:of (?:the )?(?:study|exam(?:ination)?|test|service|procedure)|performed|done|completed|on))?\s*[:|=]\s*",
    re.IGNORECASE,
)
RESULT_LABEL = re.compile(
    r"[\s*•-]*(?:results?|findings?|impression|interpretation|reading|read|rhythm|report|conclusion|summary|lv ?ef|ef|(?:lv |left ventricular )?ejection fraction|fev1|dlco)\b[^:|=\n]{0,20}[:|=]\s*",
    re.IGNORECASE,
)
BOUND = re.compile(r"[<>≤≥]|\bat least\b|\bor (?:more|less|above|below)\b", re.IGNORECASE)


def labelled(reading: Reading, concept: str, kinds: Sequence[str], as_of: date) -> Iterator[Fact]:
    """A fact for each such block of these kinds with one day, not to come, and a result."""
    reports = {id(study.segment) for study in studies(reading) if study.kind in kinds}
    seen: set[int] = set()
    for sentence in printed(reading):
        segment = sentence.segment
        if id(segment) not in seen and id(segment) not in reports:
            seen.add(id(segment))
            yield from _of_segment(segment, concept, kinds, as_of)


def _of_segment(segment: Segment, concept: str, kinds: Sequence[str], as_of: date) -> Iterator[Fact]:
    found = [*re.finditer(r"[^\n]*(?:\n|$)", segment.page.text[segment.start : segment.end])]
    for index, line in enumerate(found):
        kind = next((kind for kind in kinds if _names(line[0], kind)), "")
        if not kind:
            continue
        below = []
        for one in found[index + 1 : index + 1 + LINES]:
            if not LABEL.match(one[0]):
                break
            below.append(one)
        when = _day(below, segment, as_of)
        result = next((one for one in below if _is_result(one[0], kind)), None)
        if when and result and not any(still_open().search(one[0]) for one in below):
            quote = span(segment.page, segment.start + result.start(), segment.start + result.end())
            yield Fact("", concept, "present", (quote,), when=when, rank=0, signed=segment.signed is not False,
                       document=segment.document.id, note="as told in a note", extra={"method": kind})  # fmt: skip


def _names(line: str, kind: str) -> bool:
    """Whether the line is the test's name and nothing more."""
    rest = CAPTION.sub("", line.strip())
    named = rules()[kind]["note"].search(rest)
    return bool(named and BESIDE.fullmatch(rest[: named.start()]) and BESIDE.fullmatch(rest[named.end() :]))


def _day(below: Sequence[re.Match[str]], segment: Segment, as_of: date) -> DayRange | None:
    days = {
        day
        for line in below
        if (label := DATE_LABEL.match(line[0]))
        for _start, _end, day in find_dates(line[0][label.end() :], year_hint=hint_of(segment))
    }
    only = days.pop() if len(days) == 1 else None
    return only if only and only.exact and only.last <= as_of else None


def _is_result(line: str, kind: str) -> bool:
    label = RESULT_LABEL.match(line)
    if not label or BOUND.search(line):
        return False
    if "decisive" in rules()[kind]:
        return bool(rules()[kind]["decisive"].search(line))
    return any(pattern.search(line) for pattern in rules()[kind]["result"])
