"""How a measured value or a test is asserted: a printed result is not negated by a "no" that stands before it."""

from __future__ import annotations

import re

from chartproof.chart.context import about_another, conditional, cues, quoted_of_a_paper
from chartproof.chart.view import Sentence
from chartproof.model import Assertion

#: "March", "May 19" and "May:" are months, not a perhaps.
MONTH_OF_MAY = re.compile(r"\b(?:May\b(?=\s*(?:\d|[:,.)]|of\b|was\b|showed\b|$))|MAY\b)|(?<=\d[- ])[Mm]ay\b")


def says(sentence: Sentence, start: int) -> Assertion:
    """family for another person's value, planned for a condition or a supposition, else present."""
    left = sentence.text[:start]
    if about_another(sentence, start, left):
        return "family"
    bare = MONTH_OF_MAY.sub("   ", left)[-30:]
    if conditional(sentence, start) or cues("supposed_before").search(bare) or cues("doubted_before").search(bare):
        return "planned"
    if quoted_of_a_paper(sentence.text, start):
        return "planned"
    return "present"
