"""Reasons that tables and lists of criteria tell, and how a reason is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.model import DenialReason, Span
from chartproof.rights.decided import boxes, grants, refuses
from chartproof.rights.findings import kinds_of, of_place, subject_of, told_kinds
from chartproof.rights.grammar import finding_words
from chartproof.rights.lines import Line, Sentence
from chartproof.rights.lists import stems
from chartproof.rights.service import service
from chartproof.rights.tables import requirement_rows
from chartproof.rights.text import Letter
from chartproof.rights.weighing import contradicts

_QUOTE_WORDS = 25


def quoted(letter: Letter, sentence: Sentence, kind: str) -> DenialReason:
    """The reason with a quote of at most 25 words, verbatim, from the sentence's own page."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    part = re.search(r"\s+".join(re.escape(word) for word in sentence.text.split()), raw)
    offset = part.start() if part and len(sentence.text.split()) >= 4 else 0
    raw = raw[offset : part.end()] if part and offset else raw
    first, end = _cut(raw, "necessary" if kind == "not_medically_necessary" else "neg")
    span = letter.span(sentence.page, sentence.start + offset + first, sentence.start + offset + end)
    return DenialReason(kind=kind, quote=re.sub(r"\s+", " ", span.quote), page=span.page, span=span)


#: Where a clause ends, and where one begins after a comma or an "and".
_CLAUSE_END = re.compile(r"[,;](?=\s)")
_CLAUSE_START = re.compile(r"(?:[,;]\s+(?:and\s+|but\s+|so\s+)?|\s(?:and|but|because)\s+)(?!(?:and|but|so)\s|\S+,)")


def _cut(raw: str, telling: str) -> tuple[int, int]:
    """(from, to) of at most 25 words: those that hold the telling ones, from a clause's start, to a clause's end."""
    words = list(re.finditer(r"\S+", raw))
    if len(words) <= _QUOTE_WORDS:
        return 0, len(raw.rstrip())
    first, end = 0, words[_QUOTE_WORDS - 1].end()
    told = finding_words().pattern(telling).search(" ".join(raw.split()))
    spoken = (
        len(" ".join(raw.split())[: told.end()].split()) if told else 0
    )  # how many words up to the telling one's end
    if spoken > _QUOTE_WORDS:
        last = words[spoken - 1].end()
        starts = (
            at.end() for at in _CLAUSE_START.finditer(raw, 0, last) if len(raw[at.end() : last].split()) <= _QUOTE_WORDS
        )
        first = next(starts, words[spoken - _QUOTE_WORDS].start())
        end = words[min(len(words), len(raw[:first].split()) + _QUOTE_WORDS) - 1].end()
        spoken = len(raw[first:last].split())
    stops = [
        at.start()
        for at in _CLAUSE_END.finditer(raw, first, end)
        if len(raw[first : at.start()].split()) >= max(spoken, 8)
    ]
    whole = end == words[-1].end()
    return first, end if whole or not stops else stops[-1]


def quoted_line(letter: Letter, line: Line, kind: str) -> DenialReason:
    """A reason that a printed line tells."""
    return quoted(letter, Sentence(line.page, line.start, line.end, line.text, ""), kind)


#: A cell that opens with a value.
_VALUE = re.compile(r"\W*\d+(?:\.\d+)?\b(?![/-])")


def of_table(letter: Letter, told: Sequence[Sentence] = ()) -> Iterator[DenialReason]:
    """The reason of each row of a table of requirements that is not met: what was found, of the requirement's kind.

    What the letter has `told` in its list of reasons, a row tells again.
    """
    listed = [stems(sentence.text) for sentence in told]
    for row in requirement_rows(letter):
        said_of = stems(f"{row.requirement.text} {row.finding.text}")
        if not (row.met or any(len(said_of & one) >= 2 for one in listed)):
            found = kinds_of(row.finding.text, letter)
            asked = kinds_of(row.requirement.text, letter)
            # A bare "Not met" tells nothing that could be quoted.
            said = row.finding if len(row.finding.text.split()) > 2 else row.requirement
            # A value on the wrong side of its bound lacks no paper.
            lacking = of_paper(row.requirement.text) and not (
                _VALUE.match(row.finding.text) or contradicts(row.requirement, row.finding)
            )
            kind = placed(letter, found[0] if found != ("other",) else asked[0])
            yield quoted(letter, said, "documentation" if kind == "other" and lacking else kind)


def placed(letter: Letter, kind: str) -> str:
    """The kind of a criterion; of a drug's, one that speaks of a hospital counts what happened there ("three crises treated ...")."""
    asked = service(letter)
    of_drug = asked is not None and asked.drug is not None
    if kind != "site_of_care" or not of_drug or asked is None or of_place(asked.text):
        return kind
    return "other"


def in_rows(letter: Letter) -> Iterator[tuple[str, Line]]:
    """(kind, row) of each refused row of a table of services that tells why in its last cell."""
    for line, refused, why in letter.decided_rows:
        if refused:
            yield from ((kind, line) for kind in told_kinds(why, letter))


def in_boxes(letter: Letter) -> Iterator[DenialReason]:
    """The reason of each ticked box beside empty ones that is no decision; its words may run over a line's end."""
    for page, text in enumerate(letter.texts):
        for row in _BOX_ROW.finditer(text):
            for words in boxes(" ".join(row.group().split())):
                kind = next(iter(told_kinds(words, letter)), "") or subject_of(words)
                if kind and kind != "treatment" and not (refuses(words) or grants(words)):
                    yield quoted(letter, Sentence(page, row.start(), row.end(), words, "reasons"), kind)


_BOX = r"(?:\[\s{0,2}[xX✓✔]?\s?\]|[☐☒☑])"
#: Lines with boxes side by side.
_BOX_ROW = re.compile(rf"(?:.*{_BOX}.*{_BOX}.*(?:\n|$))+")


def of_paper(text: str) -> bool:
    """Whether what is asked for is a paper: one is named in its first words."""
    return finding_words().has("paper", " ".join(text.split()[:5]))


def told_within(reason: DenialReason, place: Span) -> bool:
    """Whether a reason is told in this place."""
    span = reason.span
    return span is not None and span.page == place.page and span.start < place.end and place.start < span.end
