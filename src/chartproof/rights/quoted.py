"""Reasons that tables and lists of criteria tell, and how a reason is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chartproof.model import DenialReason, Span
from chartproof.rights.criteria import listed_unmet
from chartproof.rights.grounds import word
from chartproof.rights.kinds import kinds_in_ground, kinds_of, rules, topics
from chartproof.rights.lines import Line, Sentence, decided_rows
from chartproof.rights.lists import criteria_lists
from chartproof.rights.tables import requirement_rows
from chartproof.rights.text import Letter

_QUOTE_WORDS = 25


def quoted(letter: Letter, sentence: Sentence, kind: str) -> DenialReason:
    """The reason with a quote of at most 25 words, verbatim, from the sentence's own page."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    part = re.search(r"\s+".join(re.escape(word) for word in sentence.text.split()), raw)
    offset = part.start() if part and len(sentence.text.split()) >= 4 else 0
    raw = raw[offset : part.end()] if part and offset else raw
    words = list(re.finditer(r"\S+", raw))
    end = words[min(len(words), _QUOTE_WORDS) - 1].end() if words else len(raw)
    span = letter.span(sentence.page, sentence.start + offset, sentence.start + offset + end)
    return DenialReason(kind=kind, quote=re.sub(r"\s+", " ", span.quote), page=span.page, span=span)


def quoted_line(letter: Letter, line: Line, kind: str) -> DenialReason:
    span = letter.span(line.page, line.start, line.end)
    return DenialReason(kind=kind, quote=line.text, page=span.page, span=span)


def from_criteria(letter: Letter, have: Mapping[str, DenialReason]) -> Iterator[tuple[Sentence, str]]:
    """Reasons that follow from a criterion in a list of what is not met."""
    lists = criteria_lists(letter)
    tried = next((one for one in lists if one.unmet and word("after_use").search(one.lead.text)), None)
    if tried is not None:
        yield tried.unmet[0], "step_therapy"
    judged = [(item, "") for one in lists if one.told for item in one.unmet]
    for sentence, lead in (*listed_unmet(letter), *judged):
        if {"quantity_limit", "step_therapy"} & set(have):
            return
        if lead and word("missing_lead").search(lead):
            yield sentence, "documentation"
            continue
        kind = next((rule.kind for rule in rules("criteria") if rule.says.search(sentence.text)), "")
        if kind:
            yield _evidence(letter, sentence, kind), kind


def _evidence(letter: Letter, criterion: Sentence, kind: str) -> Sentence:
    """The sentence that says why the criterion is not met, where one speaks of the same thing; else the criterion."""
    own = [rule for rule in rules("kinds") if rule.kind == kind]
    for sentence in letter.sentences:
        after = (sentence.page, sentence.start) > (criterion.page, criterion.end)
        if (
            after
            and not sentence.bullet
            and sentence.section in ("", "reasons")
            and any(rule.says.search(sentence.text) for rule in own)
        ):
            return sentence
    return criterion


def of_table(letter: Letter) -> Iterator[DenialReason]:
    """The reason of each row of a table of requirements that is not met: what was found, of the requirement's kind."""
    for row in requirement_rows(letter):
        if not row.met:
            asked = next((rule.kind for rule in rules("criteria") if rule.says.search(row.requirement.text)), "")
            lacking = kinds_of(row.finding.text)
            subject = (*topics(row.finding.text), *topics(row.requirement.text), "other")
            kind = lacking[0] if lacking else asked or subject[0]
            yield quoted(letter, row.finding, kind)


def in_rows(letter: Letter) -> Iterator[tuple[str, Line]]:
    """(kind, row) of each refused row of a table of services that tells why in its last cell."""
    for line, refused, why in decided_rows(letter.body):
        if refused:
            for kind in kinds_in_ground(why):
                yield kind, line


def told_within(reason: DenialReason, place: Span) -> bool:
    """Whether a reason is told in this place."""
    span = reason.span
    return span is not None and span.page == place.page and span.start < place.end and place.start < span.end
