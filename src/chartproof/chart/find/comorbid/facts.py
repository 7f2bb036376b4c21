"""Every comorbid condition that a document names, present, absent, past or a relative's: for the reader of the facts.

What the policy asks of comorbid conditions is answered elsewhere; these facts decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.chart.context import assertion, cues
from chartproof.chart.dates import find_dates
from chartproof.chart.find.comorbid.conditions import NOT_HIS, SEROLOGY, conditions_in
from chartproof.chart.find.said import fact_of, near_quote, past_day
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, Fact

#: Quotes of one condition in one document; a note that names it at every turn says no more by it.
QUOTES = 4
#: Tables of results and exports: they name diseases in their interpretations and codes; their entries are read apart.
RESULTS = ("lab_report", "lab_export", "mar_export", "fhir_bundle", "ccda")

PRONOUN = re.compile(r"\W*(he|she)\b", re.IGNORECASE)
GIVES = re.compile(r"\bdonors?\b|\bdonat\w+|\bHLA\b|\btyped\b|\bhaplo\w*|\bhalf match\w*", re.IGNORECASE)
#: A sentence that opens with a relative who does something, and as what it goes on: "Her brother Carl drove her here. He ...".
OPENS = (
    r"\W*(?:[\w ]{{1,16}}: ?)?(?:(?:his|her|the|a|patient's|pt's) )?(?:(?:older|younger|twin|half|elder|eldest|youngest) )?(?:{who})\b"
    r"(?! (?:says|said|states|stated|reports?|notes?|thinks|tells|told|confirms?|(?:is |was )?(?:present|here|at (?:the )?bedside)|agrees)\b)"
)
MAN = re.compile(OPENS.format(who="brother|father|dad|uncle|son|husband"), re.IGNORECASE)
WOMAN = re.compile(OPENS.format(who="sister|mother|mom|aunt|daughter|wife"), re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """comorbid_condition facts, one for each condition, document, day and assertion."""
    found: dict[tuple[object, ...], Fact] = {}
    before: Sentence | None = None
    for sentence in reading.sentences:
        previous, before = before, sentence
        if sentence.document.kind in RESULTS or SEROLOGY.search(sentence.text) or NOT_HIS.search(sentence.text):
            continue  # a test that names a virus is no disease, an entry that was taken back none of his
        named = list(conditions_in(sentence.text))
        for start, end, condition in named:
            said = "family" if goes_on_of_relative(sentence, previous) else assertion(sentence, start, end)
            told = None if said == "absent" else past_day(sentence, case, start, end)
            told = None if told and next_ones_day(sentence, end, [other for other, *_ in named]) else told
            when = told or sentence.segment.when
            quote = near_quote(sentence, start, end)
            key = (condition, sentence.document.id, said, when)
            held = found.get(key)
            if held is None:
                found[key] = fact_of(sentence, "comorbid_condition", said, quote, when=when, value=condition)
            elif len(held.evidence) < QUOTES and quote not in held.evidence:
                found[key] = replace(held, evidence=(*held.evidence, quote))
    return list(found.values())


def next_ones_day(sentence: Sentence, end: int, starts: Sequence[int]) -> bool:
    """Whether the first day behind the condition that ends at `end` stands behind the next one of its list: "hypothyroidism,
    osteopenia, AF 07/2026"."""
    following = min((start for start in starts if start >= end), default=None)
    day = min((start for start, _end, _day in find_dates(sentence.text, years=True) if start >= end), default=None)
    return following is not None and day is not None and following < day and "," in sentence.text[end:following]


def goes_on_of_relative(sentence: Sentence, previous: Sentence | None) -> bool:
    """Whether "he" or "she" is the relative of whom the sentence before told: it opens with one, or both tell of a donor.

    "Brother Carl is a half match. He has hepatitis C."
    """
    if previous is None or previous.segment != sentence.segment or not PRONOUN.match(sentence.text):
        return False
    donor = GIVES.search(previous.text) or GIVES.search(sentence.text)
    subject = (WOMAN if PRONOUN.match(sentence.text)[1].lower() == "she" else MAN).match(previous.text)  # type: ignore[index]
    return bool(subject or (donor and cues("family").search(previous.text)))
