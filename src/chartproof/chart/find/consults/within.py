"""A consultant's opinion that stands, dated and signed, as a paragraph of the team's own paper.

"EP CONSULT (asked: is she safe for CAR-T?), Dr. Ravn, 05/22/2026: may go on under telemetry. Signed L. Ravn, MD."
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.dates import find_dates
from chartproof.chart.find.consults.notes import CREDENTIAL, SIGNED, Note
from chartproof.chart.find.consults.words import cue, names
from chartproof.chart.find.deferral import put_off
from chartproof.chart.find.statements import clip
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case

#: What stands behind the specialty's name, and sentences that such a paragraph may have.
TITLE = re.compile(
    r"\W{0,2}(?:in-?patient |out-?patient |e-?)?(?:consult(?:ation)?|opinion|letter|note|evaluation|clearance)\b", re.I
)
SENTENCES = 6
#: The day on which it was asked for, or is to be.
ASKED = re.compile(
    r"\b(?:requested|ordered|pending|awaited|scheduled|booked|placed|sent|due|planned|set)\b\W*(?:on |for )?\d|\bnot (?:yet )?seen\b",
    re.I,
)


def notes_within(reading: Reading, case: Case) -> Iterator[Note]:
    """One note for each paragraph that a consultant's title and a day begin and a clinician's signature ends."""
    said = reading.sentences
    for index, sentence in enumerate(said):
        if not is_evidence(sentence.document) or sentence.segment.signed is False:
            continue
        specialty = titled(sentence)
        days = [d for _s, _e, d in find_dates(sentence.text) if d.exact and d.last <= case.as_of] if specialty else []
        if not specialty or not days:
            continue
        paragraph = [one for one in said[index : index + SENTENCES] if one.segment is sentence.segment]
        signs = next((one for one in paragraph if SIGNED.search(one.text) and CREDENTIAL.search(one.text)), None)
        between = said[index : said.index(signs) + 1] if signs else ()
        if signs is None or any(titled(one) for one in between[1:]) or any(waits(one) for one in between):
            continue
        if not SIGNED.search(sentence.page.text, signs.end):
            continue  # it is the paper's own signature
        opinion = clip(sentence, 0, len(sentence.text))
        yield Note((specialty,), sentence.document, days[0], opinion, clip(signs, 0, len(signs.text)))


def titled(sentence: Sentence) -> str:
    """The specialty whose opinion the sentence titles at its beginning, else ""."""
    for name, pattern, _bare in names():
        match = pattern.match(sentence.text.lstrip())
        if match and (TITLE.match(sentence.text.lstrip()[match.end() :]) or TITLE.search(match[0])):
            return name
    return ""


def waits(sentence: Sentence) -> bool:
    text = sentence.text
    told = cue("unsigned").search(text) or cue("missed").search(text) or ASKED.search(text)
    return bool(told) or put_off(text, 0, len(text))
