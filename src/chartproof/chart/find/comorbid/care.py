"""Care that a note gives on a line of its own, below the conditions it is for: "Meds raised: sacubitril/valsartan"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.find.comorbid.conditions import conditions_in, words
from chartproof.chart.find.comorbid.mentions import NOTES, Said
from chartproof.chart.find.drugs import mentions
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

#: Sentences above the care in which its condition may be named.
REACH = 10


@cache
def care_line() -> Expression:
    """A drug that is begun or changed at the opening of a line, or under the title of what was changed."""
    data = load("conditions.yaml")["care_line"]
    drug = rf"\b\w{{3,}}(?:{'|'.join(data['drug_ends'])})\b"
    done = "|".join(data["done"])
    return Expression(
        rf"^\W*(?:{'|'.join(data['titles'])})\W+(?:{done})\W+(?=.{{0,80}}?{drug})"
        rf"|^\W*(?:\w+(?:/| and |, ?| ))?{drug}(?:(?:/| and |, ?| | with )\w+){{0,4}}? (?:(?:was|were|is|has been|have been) )?(?:{done})\b",
        re.IGNORECASE,
    )


def care_apart(reading: Reading, said: Sequence[Said]) -> Iterator[Said]:
    """What is done for the conditions that `said` names, where its line names none itself."""
    named = [one for one in said if one.names]
    rows = reading.sentences
    places = {(row.page.file, row.page.number, row.start): at for at, row in enumerate(rows)}
    at_of = [
        places.get((one.sentence.page.file, one.sentence.page.number, one.sentence.start), -REACH) for one in named
    ]
    for at, sentence in enumerate(rows):
        match = given(sentence)
        above = [one for one, place in zip(named, at_of, strict=True) if 0 < at - place <= REACH] if match else []
        if any(one.sentence.segment is sentence.segment for one in above):
            yield Said(sentence, (), match, None, 2)


def given(sentence: Sentence) -> re.Match[str] | None:
    """The words of care for a chronic condition; none for a cancer's drug, a plan or another person."""
    if sentence.document.kind not in NOTES or not is_evidence(sentence.document):
        return None
    match = care_line().search(sentence.text)
    if not match or conditions_in(sentence.text) or mentions(sentence.text) or words("lapsed").search(sentence.text):
        return None
    return match if assertion(sentence, match.end() - 1, match.end()) == "present" else None
