"""What the centre's own papers record of the plan's pharmacy: a decision only by its number or its paper, else a wait.

"Pharmacy said yes on the phone" is hearsay and no decision; "APPROVED, auth RX-77120" can be asked for by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from chartproof.chart.context import of_another
from chartproof.chart.find.dating import day_of
from chartproof.chart.find.pharmacy.words import ids, may_be, names_drug, of_another_drug, of_the_drug, words
from chartproof.chart.find.statements import fact_of
from chartproof.chart.kinds import DATED_LINE
from chartproof.chart.view import Sentence
from chartproof.model import Case, Fact

#: Papers on which a decision is written down as it came; a letter or a draft argues.
RECORDS = (
    "coordinator_log",
    "prior_auth_form",
    "telephone_note",
    "message_thread",
    "nursing_note",
    "clinic_note",
    "payer_notice",
    "other",
)
#: An entry of a portal's print.
NUMBERED_LINE = re.compile(r"\s*(?:line|item|seq|service|req(?:uest)?)\W{0,2}\d+\b", re.IGNORECASE)


def find(said: list[Sentence], kind: str, case: Case) -> Iterator[Fact]:
    """`said` are the sentences of a paper that names the drug and a pharmacy; `kind` is the paper's."""
    for sentence in (entry for one in said for entry in entries_of(one)):
        fact = recorded(sentence, case) if kind in RECORDS else None
        fact = fact or (on_form(sentence) if kind == "prior_auth_form" else still_out(sentence, case))
        if fact:
            yield fact


def entries_of(sentence: Sentence) -> Iterator[Sentence]:
    """A log's entries that were read as one sentence, each by itself: every line of them opens with its day."""
    text = sentence.page.text[sentence.start : sentence.end]
    cuts = [
        match.start() + 1
        for match in re.finditer(r"\n", text)
        if DATED_LINE.match(text, match.start() + 1) or NUMBERED_LINE.match(text, match.start() + 1)
    ]
    for start, end in pairwise([0, *cuts, len(text)]):
        yield (
            replace(
                sentence,
                start=sentence.start + start,
                end=sentence.start + end,
                text=text[start:end].replace("\n", " "),
            )
            if cuts
            else sentence
        )


def recorded(sentence: Sentence, case: Case) -> Fact | None:
    """A decision that one entry gives with the drug, the plan's pharmacy and the number or the paper to prove it."""
    page = sentence.page.text
    line = page[page.rfind("\n", 0, sentence.start) + 1 : sentence.end]
    entry = f"{sentence.heading} {sentence.label} {line}"
    if not words("plan_pharmacy").search(entry) or words("hearsay").search(sentence.text):
        return None
    named = bool(ids(sentence.text) and names_drug(sentence.text, case))
    ours = not ids(sentence.text) and bool(words("the_request").search(sentence.text))
    if (
        not (named or ours)
        or not words("proof").search(sentence.text + number_behind(sentence))
        or of_another_drug(sentence.text, case)
    ):
        return None
    if (
        words("unless").search(sentence.text)
        or words("pending").search(sentence.text)
        or words("own_pharmacy").search(entry)
    ):
        return None
    for value, name in (("denied", "recorded_denied"), ("approved", "recorded_approved")):
        match = words(name).search(sentence.text) if named or value == "denied" else None
        if match and not may_be(sentence, match.start()) and not of_another(sentence, match.start()):
            when, _tied = day_of(sentence, match.start(), match.end(), case.as_of)
            return fact_of(
                sentence,
                match.start(),
                match.end(),
                concept="pharmacy_approval",
                says="present",
                value=value,
                when=when,
            )
    return None


#: What opens the sentence behind a decision that gives its number or its paper: "Approved by the pharmacy. Auth RX-4410."
NUMBER_BEHIND = re.compile(r"\s*(?:auth\w*|ref\w*|case|approval|PA|tracking|determination|confirmation|cert\w*|letter|fax|notice)\b[^.;\n]*", re.I)  # fmt: skip


def number_behind(sentence: Sentence) -> str:
    """The words of that sentence on the same line, "" where none is there."""
    match = NUMBER_BEHIND.match(sentence.page.text, sentence.end)
    return f" {match[0].strip()}" if match and "\n" not in match[0] else ""


def still_out(sentence: Sentence, case: Case) -> Fact | None:
    """What a note or a portal's print says of a request that the plan's pharmacy still holds."""
    match = words("pending").search(sentence.text) or words("will_decide").search(sentence.text)
    if not match or words("unless").search(sentence.text) or words("not_sent").search(sentence.text):
        return None
    if of_another_drug(sentence.text, case) or not of_the_drug(sentence):
        return None
    start, end = match.start(), match.end()
    fact = fact_of(sentence, start, end, concept="pharmacy_approval", says="planned", value="pending")
    return replace(fact, rank=0, note="the plan's pharmacy has not decided")


def on_form(sentence: Sentence) -> Fact | None:
    """A request form's "Outcome: pending" shows that the answer is out; its "approved" alone is only hearsay."""
    match = re.search(r"\b(?:outcome|status|determination)\b ?: ?(?:is )?pend\w*", sentence.text, re.IGNORECASE)
    if not match or not words("about").search(sentence.text + " " + sentence.heading):
        return None
    fact = fact_of(sentence, match.start(), match.end(), concept="pharmacy_approval", says="present", value="pending")
    return replace(fact, rank=0)
