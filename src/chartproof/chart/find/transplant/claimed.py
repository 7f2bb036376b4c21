"""What others claim of the past and the writer refutes, what a "never had one" answers, and tables of Y and N.

"The plan says that he had an allograft. Wrong: it was his own cells" claims nothing of this patient; "the list says s/p
CAR-T, which is incorrect; she has received no such infusion" denies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from chartproof.chart.find.labs.grid import bare_lines, cells
from chartproof.chart.find.transplant.words import clause_before, cue
from chartproof.chart.view import Segment, Sentence
from chartproof.model import Span

#: How far behind a claim its refutation opens, and how far the writer's own words on it reach.
REFUTED, TOLD = 170, 220
#: Lines above a row that may say what its Y or N answers.
ABOVE = 8


def behind(sentence: Sentence, end: int, reach: int) -> str:
    """The text behind the mention, over the sentence's end."""
    page = sentence.page.text
    rest = page[sentence.end : min(sentence.segment.end, sentence.end + reach)].replace("\n", " ")
    return f"{sentence.text[end:]} {rest}"[:reach]


def claimed(sentence: Sentence, start: int, end: int) -> Literal["claimed", "denied", ""]:
    """ "claimed" where a payer says it, or where it is taken back; "denied" where the writer denies that it was given."""
    left = clause_before(sentence.text, start)
    payer = cue("payer_says").search(left)
    listed = cue("list_says").search(left)
    near = cue("refuted", shape=r"^[^\w]{0,6}(?:(?:was|is|which|that|this|it|entry|entered|listed|charted)\W+){0,4}{}").match(behind(sentence, end, REFUTED))  # fmt: skip
    later = (payer or listed) and cue("refuted").search(behind(sentence, end, REFUTED))
    if (later or near) and cue("none_such").search(behind(sentence, end, TOLD)):
        return "denied"
    return "claimed" if payer or later or near else ""


def answers_before(sentence: Sentence, previous: Sentence | None) -> re.Match[str] | None:
    """ "She has never had one": a denial of what the sentence before it names."""
    if previous is None or previous.segment is not sentence.segment:
        return None
    return cue("never_one").search(sentence.text)


def nothing_from_donor(sentence: Sentence, previous: Sentence | None) -> re.Match[str] | None:
    """ "None from a donor", "donor-derived: nil", in words on transplants."""
    match = cue("no_donor").search(sentence.text)
    around = f"{previous.text if previous else ''} {sentence.text}"
    return match if match and cue("transplant_words").search(around) else None


def answered_rows(segment: Segment) -> Iterator[tuple[str, bool, Span, str]]:
    """(what the first cell names, whether it was given, quote, the row's text) of tables that ask what was received."""
    above: list[str] = []
    for line in bare_lines(segment):
        parts = cells(line.text)
        if len(parts) >= 2 and cue("asks_received").search(" ".join(above)):
            name = line.text[slice(*parts[0])]
            told = re.fullmatch(r"\W*(?:(n|no|none|never|not (?:done|given|received))|(y|yes))\W*", line.text[slice(*parts[1])], re.I)  # fmt: skip
            if told:
                yield name, told[2] is not None, line.span(0, len(line.text)), line.text
        above = [*above[-ABOVE + 1 :], line.text] if len(parts) >= 2 else [line.text]


def previous_of(sentences: Sequence[Sentence], index: int) -> Sentence | None:
    return sentences[index - 1] if index else None
