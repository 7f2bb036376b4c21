"""Pages about another person by their nature: a donor's work-up, a caregiver's form, wherever they were filed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.sort import evidence_of
from chartproof.chart.view import Reading, Segment, Sentence, sentences

RELATIVE = r"(?:sibling|brother|sister|son|daughter|father|mother|parent|spouse|wife|husband|partner|cousin|unrelated)"
HEAD = re.compile(
    rf"\brelation(?:ship)?\b\s*[:.|]?\s*(?:to (?:the )?(?:patient|recipient)\s*[:|]?\s*)?{RELATIVE}\b|\bpotential (?:stem cell |bone marrow )?donor\b"
    r"|\b(?:related|unrelated|sibling) donor (?:evaluation|screening|work-?up|testing|health)|^\W*donor(?: name| id| evaluation)?\s*[:|]"
    r"|\bdonor evaluation only\b|\bcaregiver (?:health|form)",
    re.IGNORECASE | re.MULTILINE,
)


def of_another(segment: Segment) -> bool:
    """Whether the segment's page says in its head that it is about a donor, a relative or a caregiver."""
    kind = segment.document.kind
    if evidence_of(kind) == "other":
        return True
    head = "\n".join([line for line in segment.page.text.split("\n") if line.strip()][:12])
    return bool(HEAD.search(head))


def sentences_of_others(reading: Reading) -> Iterator[Sentence]:
    """Sentences about a donor, relative or caregiver; a page that was misfiled from another patient is not read at all."""
    for segment in reading.segments:
        if of_another(segment) and evidence_of(segment.document.kind) in ("other", "chart"):
            yield from sentences(segment)
