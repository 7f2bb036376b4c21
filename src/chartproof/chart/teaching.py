"""Papers, and parts of papers, about people in general: a study told for patients, a handout, a remark on every report.
They name nobody and prove nothing.

What is no known kind of paper is read as a clinic's note; "All had ECOG 0 or 1" in it would be the patient's score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Page

#: Sentences about a group, or to the reader, from which on a paper is about people in general.
LEAST = 2
#: A line of a paper's head that names its house or its patient, and no title.
HOUSE = re.compile(
    r"\b(?:hospitals?|medical cent(?:er|re)|institute|university|health system|foundation|DOB|MRN)\b", re.IGNORECASE
)
#: A title in capitals, whatever stands behind it in brackets or small letters.
TITLE = re.compile(r"^\W*[A-Z]{3,}[A-Z0-9 &/,-]* [A-Z]{3,}(?![a-z])")


def of_people_in_general(pages: Sequence[Page]) -> bool:
    """Whether pages that name nobody speak of groups or to the reader, never of one person, and tell no day."""
    text = "\n".join(page.text for page in pages)
    if _words("of_one").search(text) or any(day.exact for _start, _end, day in find_dates(text)):
        return False
    sentences = re.split(r"(?<=[.!?:])\s+|\n\s*\n", text)
    return sum(bool(_words("of_all").search(sentence)) for sentence in sentences) >= LEAST


def is_nobodys(text: str) -> bool:
    """Whether the title of a paper calls it what tells of nobody: "Sample consult for new staff". Asked of unsigned papers."""
    lines = [line for line in text.split("\n") if re.search(r"[A-Za-z]{3}", line) and not HOUSE.search(line)]
    return any(_words("nobodys").search(line) for line in lines[:1])


def is_general(sentence: Sentence) -> bool:
    """Whether the part in which it stands is printed alike on everybody's paper: a leaflet's text, a report's remark."""
    titled = _words("general_part").search(sentence.heading) or _words("general_part").search(sentence.label)
    return bool(titled or _words("explains").search(sentence.text))


def filled_in(said: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences without those of a form that says of itself that it is blank, or that a line above them calls another
    patient's: up to the next title in capitals."""
    blank: Segment | None = None
    for sentence in said:
        words = re.findall(r"[A-Za-z]{3,}", sentence.text)
        if _words("blank_form").search(sentence.text) or _words("others_below").search(sentence.text):
            blank = sentence.segment
        elif sentence.segment is not blank or (len(words) > 1 and TITLE.match(sentence.text)):
            blank = None
        if blank is None:
            yield sentence


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{words})" for words in load("documents.yaml")[name]), re.IGNORECASE)
