"""Pages about another person by their nature: a donor's work-up, a caregiver's form, wherever they were filed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.kinds import evidence_of
from chartproof.chart.view import Reading, Segment, Sentence, sentences

RELATIVE = r"(?:sibling|brother|sister|son|daughter|father|mother|parent|spouse|wife|husband|partner|cousin|unrelated)"
#: Titles and labelled lines of such a page. A patient's own note speaks of relatives and donors too, in sentences, and
#: names a next of kin by relation: neither makes the page another's.
HEAD = re.compile(
    rf"\brelation(?:ship)?\b\s*[:.|]?\s*(?:to (?:the )?(?:patient|recipient)\s*[:|]?\s*)?{RELATIVE}\b.{{0,30}}\bdonor\b"
    r"|\b(?:related|unrelated|sibling) donor (?:evaluation|screening|work-?up|testing|health)|\bdonor evaluation only\b"
    r"|\bcaregiver (?:health|medical) (?:form|declaration|questionnaire)|^\W*donor(?: name)?\s*[:|]?\s*(?-i:[A-Z][A-Z'-]+),\s*(?-i:[A-Z])",
    re.IGNORECASE,
)
PROSE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")


def of_another(segment: Segment) -> bool:
    """Whether the segment's page says in its head that it is about a donor, a relative or a caregiver."""
    if evidence_of(segment.document.kind) == "other":
        return True
    head = [line for line in segment.page.text.split("\n") if line.strip()][:12]
    return any(HEAD.search(line) for line in head if len(line) <= 100 and not PROSE.search(line))


def sentences_of_others(reading: Reading) -> Iterator[Sentence]:
    """Sentences about a donor, relative or caregiver; a page that was misfiled from another patient is not read at all."""
    for segment in reading.segments:
        if of_another(segment) and evidence_of(segment.document.kind) in ("other", "chart"):
            yield from sentences(segment)
