"""Where a letter turns to one more patient of its reader: "A second patient of yours (Mr. K.) was also discussed"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chartproof.chart.view import Sentence
from chartproof.model import Patient

_TURNS = (
    r"(?:(?:(?:we|the (?:team|board|meeting|panel|committee)) )?(?:also|then|next) "
    r"(?:discussed|reviewed|considered|heard|talked about|looked at) |as (?:to|for) |regarding |concerning )?"
)
_NUMBER = r"(?:second|third|fourth|other|further|additional|next|remaining)"
_ONE = r"(?:patient|pt|case|referral|candidate)"
#: A person, by what follows: no "second referral to cardiology", "second case of shingles" or "next patient visit".
_PERSON = r"(?=\W*$| ?[,(:;\u2013-]| (?:of yours|from your?|mrs?|ms|is|was|were|had|has|whom?|whose|we|i|you|that|on|at|in|discussed|seen|presented)\b)"
OPENS = re.compile(
    rf"^\W*{_TURNS}(?:(?:(?:an?|the) {_NUMBER} (?!referral){_ONE}|your {_NUMBER} {_ONE})\b{_PERSON}"
    rf"|(?:another|one more) (?:of your {_ONE}s|{_ONE} (?:of yours|from your))\b)",
    re.IGNORECASE,
)
#: How the sentence behind it goes on with that person.
GOES_ON = re.compile(
    r"\W*(?:he|she|his|her|they|their|(?:that|this) (?:patient|man|woman|gentleman|lady|referral))\b", re.IGNORECASE
)
EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def without_one_more(said: Iterable[Sentence], patient: Patient) -> Iterator[Sentence]:
    """The sentences without those on one more patient: the one that turns to him and those of its paragraph that go on.

    A sentence that names this patient is hers.
    """
    aside: Sentence | None = None
    for one in said:
        hers = bool(patient.surname) and patient.surname.lower() in one.text.lower()
        goes_on = aside is not None and _same_paragraph(aside, one) and GOES_ON.match(one.text) is not None
        aside = one if not hers and (goes_on or OPENS.match(one.text)) else None
        if aside is None:
            yield one


def _same_paragraph(before: Sentence, one: Sentence) -> bool:
    return before.page is one.page and not EMPTY_LINE.search(one.page.text, before.end, one.start)
