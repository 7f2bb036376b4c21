"""What the plan's pharmacy decided on the drug, by its own paper; quoted criteria never decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import ANY_BOX, chosen, options
from chartproof.chart.find.outcome_boxes import undecided
from chartproof.chart.find.pharmacy import recorded as pharmacy_recorded
from chartproof.chart.find.pharmacy.words import ids, may_be, names_drug, of_another_drug, of_the_drug, words
from chartproof.chart.find.statements import UNCHECKED, document_texts, fact_of
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Fact

#: Papers of the centre: whoever's words they repeat, the plan did not write them.
OURS = ("coordinator_log", "prior_auth_form", "draft_letter", "denial_letter", "telephone_note", "message_thread", "nursing_note", "committee",
        "provider_letter", "attestation", "flowsheet")  # fmt: skip
NOT = re.compile(
    r"(?:\b(?:not|never|nor|neither|cannot|unable to|no longer)|n['’]t)\b(?:\W+\w+){0,2}\W*$", re.IGNORECASE
)
#: What leads into a condition of a policy.
RULE = re.compile(
    r"\b(?:necessary|covered|met|eligible|required|requires|criteria|conditions?)\b[^.;]{0,30}\b(?:when|if|where|only|after|unless|following|are)\b[^.]{0,80}$|\bmust (?:be|have)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
UNTIL = re.compile(r"\b(?:through|thru|until|ends?|expires?|valid to|to)\b\W*$", re.IGNORECASE)

#: Words of a decision, from its day to its end: "08/27/2026 NOT APPROVED".
DECIDING = 2
#: A line's end below which another sentence begins.
NEXT_SENTENCE = re.compile(r"\n\s*(?=(?:The|This|These|Your|Our|We|You|Any|All|A|An|No|If|For|Other)\s+[a-z])")


def find(reading: Reading, case: Case) -> list[Fact]:
    texts = document_texts(reading)
    facts: list[Fact] = []
    for segment in reading.segments:
        document = segment.document
        text = texts[document.id]
        if document.belongs is False or words("sample").search(text) or another_member(text, case):
            continue
        said = [entry for one in sentences(segment) for entry in pharmacy_recorded.entries_of(one)]
        if document.kind == "denial_letter" and names_drug(text, case):
            if not words("pharmacy_signs").search(text):
                said = on_the_drug(said)
            facts += decisions(said, "", case)
        elif plans_own(document.kind, text) and names_drug(text, case):
            if document.kind == "payer_notice" and not words("pharmacy_titled").search(text.strip().split("\n")[0]):
                said = [
                    sentence for sentence in said if of_the_drug(sentence)
                ]  # it tells of the procedure's review too
            facts += one_answer(decisions(said, text, case))
        elif (names_drug(text, case) or not ids(text)) and words("about").search(text):
            facts += pharmacy_recorded.find(said, document.kind, case)
    return facts


def on_the_drug(said: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of a letter on services that speak of the pharmacy's part, each with one that goes on with it:
    "Our pharmacy area reviewed the drug. It was not approved.", with the drug's own name or without."""
    about = [bool(words("in_denial").search(one.text)) for one in said]
    return [
        one
        for number, one in enumerate(said)
        if about[number]
        or (
            number
            and about[number - 1]
            and (re.match(r"\W*(?:it|that|this request)\b", one.text, re.I) or of_the_drug(one))
        )
    ]


def one_answer(found: Iterable[Fact]) -> list[Fact]:
    """What one paper of the plan decides: beside its refusal, "approved" is said of other requests, of what may come or of
    what the word means, unless the entry has a later day of its own or overturns the refusal."""
    facts = list(found)
    refused = [one for one in facts if one.value == "denied"]
    last = max((one.when.last for one in refused if one.when), default=None)
    return [
        one
        for one in facts
        if one.value != "approved" or not refused or "turned" in one.extra or (last and _own_day(one) > last)
    ]


def _own_day(fact: Fact) -> date:
    """The day that stands in the quoted entry itself."""
    day = fact.extra.get("day")
    return date.fromisoformat(day) if day else date.min


def plans_own(kind: str, text: str) -> bool:
    """Whether the paper is the plan's: by its kind, or by the unit of the plan that signed it."""
    if kind == "pharmacy_determination":
        return True
    signed = words("plan_signs").search(text) and words("plan_voice").search(text)
    fields = all(part.search(text) for part in decision_fields())
    return bool(words("about").search(text)) and (
        kind == "payer_notice" or (kind not in OURS and bool(signed or fields))
    )


@cache
def decision_fields() -> tuple[Expression, ...]:
    """The labels that a paper bears which decides on a member's drug: each must stand on it."""
    return tuple(Expression(one, re.IGNORECASE | re.MULTILINE) for one in load("judgements.yaml")["pharmacy"]["fields"])


def another_member(text: str, case: Case) -> bool:
    """ "Member: Q. Bastion" on a page that was filed with this patient's."""
    named = re.search(r"^\W*(?:member|insured|enrollee|beneficiary)(?: name)?\s*:\s*(?-i:([A-Z][\w.'’,-]*(?: [A-Z][\w.'’,-]*){0,3}))", text, re.I | re.M)  # fmt: skip
    ours = {part.lower() for part in re.findall(r"\w{3,}", case.patient.name)}
    theirs = {part.lower() for part in re.findall(r"\w{3,}", named[1])} - {"member", "insured"} if named else set()
    return bool(ours and theirs) and not ours & theirs


def decisions(said: list[Sentence], text: str, case: Case) -> Iterator[Fact]:
    last = last_day(text)
    for sentence in map(as_ticked, said):
        if UNCHECKED.match(sentence.text) or any(
            first <= sentence.start < end for first, end in undecided(sentence.page.text)
        ):
            continue
        turned = {
            value: word.search(sentence.text)
            for value, word in (("denied", words("undone")), ("approved", words("overturned")))
        }
        turned = {value: match for value, match in turned.items() if match and not may_be(sentence, match.start())}
        if of_another_drug(own_line(sentence), case) or (words("unless").search(sentence.text) and not turned):
            continue
        for value in ("pending", "denied", "approved"):
            match = turned.get(value) if turned else words(value).search(sentence.text)
            if not match:
                continue
            if value == "denied" and not_denied(sentence.text, match):
                continue
            if value == "approved" and not turned and told_of_any(sentence, match):
                continue
            value = turned_by_not(value, sentence.text, match)
            own = day_of(sentence, match.end()) or opening_day(sentence.text)
            when = own or (first_day(text) if value == "approved" else None)
            when = when or letter_day(sentence)
            fact = fact_of(
                sentence,
                match.start(),
                match.end(),
                concept="pharmacy_approval",
                says="present",
                value=value,
                when=when,
            )
            fact = replace(fact, signed=True, known=fact.when)
            if value == "approved" and last and last.last < case.as_of:
                fact = replace(fact, assertion="historical", note="the approval period has ended")
            said_so = {"until": last.last.isoformat()} if last else {}
            said_so |= {"day": own.last.isoformat()} if own else {}
            fact = replace(fact, extra=said_so | ({"turned": "yes"} if turned else {}))
            yield fact
            break


def as_ticked(sentence: Sentence) -> Sentence:
    """The sentence without its boxes and the outcomes that a form's line offers beside the one that it ticks."""
    if sum(tick for _option, tick in options(sentence.text)) != 1:
        return sentence
    return replace(sentence, text=ANY_BOX.sub(blanked, chosen(sentence.text)).rstrip())


def blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def opening_day(text: str) -> DayRange | None:
    """The day with which an entry of a request's history opens: "• 06/15/2026 status: pending release"."""
    found = find_dates(text[:24])
    return found[0][2] if found and found[0][2].exact and not re.search(r"\w", text[: found[0][0]]) else None


def own_line(sentence: Sentence) -> str:
    """A label's value ends with its line where the next one begins as a sentence does, though no stop stands between."""
    raw = sentence.page.text[sentence.start : sentence.end]
    line = NEXT_SENTENCE.split(raw, maxsplit=1)[0].replace("\n", " ")
    decides = words("approved").search(line) or words("denied").search(line)
    return line if sentence.label and decides else sentence.text


def told_of_any(sentence: Sentence, match: re.Match[str]) -> bool:
    """ "Members whose request is approved will see a number", "necessary when: the drug is approved": what the plan says of
    all of its members, or asks for."""
    granted = list(words("granted").finditer(sentence.text, match.start(), match.end()))
    before = sentence.text[: granted[-1].start() if granted else match.start()]
    return bool(words("in_general").search(before) or RULE.search(before))


def not_denied(text: str, match: re.Match[str]) -> bool:
    """ "This request was not denied." """
    word = words("denying").search(text, match.start(), match.end())
    return bool(word and not word[0].lower().startswith("no") and NOT.search(text[: word.start()]))


def turned_by_not(value: str, text: str, match: re.Match[str]) -> str:
    """ "NOT APPROVED 06/08" is a denial and "not yet approved" a wait, whatever else the entry says."""
    granted = list(words("granted").finditer(text, match.start(), match.end())) if value == "approved" else []
    no = granted and NOT.search(text[: granted[-1].start()])
    return value if not no else "pending" if "yet" in no[0].lower() else "denied"


def day_of(sentence: Sentence, end: int) -> DayRange | None:
    """The day printed right behind the decision ("Approved 04/17/2026"), or right before; of a denial, on its line."""
    found = [days for at, _e, days in find_dates(sentence.text[end - 12 : end + 26]) if days.exact and at < 24]
    if not found:
        before = [(at, days) for _s, at, days in find_dates(sentence.text[:end]) if days.exact]
        found = [days for at, days in before if len(sentence.text[at:end].split()) <= DECIDING][-1:]
    if not found and sentence.document.kind == "denial_letter":
        found = [days for _s, _e, days in find_dates(sentence.text[end:]) if days.exact]
    return found[0] if found else None


def letter_day(sentence: Sentence) -> DayRange | None:
    """The day that stands on a line of its own above the decision, on the same page: the letter's."""
    above = sentence.page.text[: sentence.start]
    alone = [found[0] for line in above.split("\n") if len(found := find_dates(line)) == 1 and len(line.strip()) < 24]
    return next((days for _start, _end, days in alone if days.exact), None)


#: "09/03/2026 - 03/62/2027": what follows the first day of a period.
GOES_ON = re.compile(r"\W{0,3}(?:through|thru|to|until|-|–)\W{0,3}\d", re.IGNORECASE)


def first_day(text: str) -> DayRange | None:
    """The first day of the approval period ("Runs 10/06/2026 through ...", "Effective May 8, 2026")."""
    for start, end, days in find_dates(text):
        opens = re.search(
            r"\b(?:effective|runs|valid|from|starts?|begins?|approval period)\b\W*(?:on|from|date)?\W*$",
            text[max(0, start - 30) : start],
            re.I,
        )
        closes = re.match(r"\W{0,3}(?:through|thru|to|until|-|–)\W", text[end : end + 12], re.IGNORECASE)
        if days.exact and (opens or closes):
            return days
    return None


def last_day(text: str) -> DayRange | None:
    """The last day of the approval period, where the paper prints one ("from / to 9/30 to 3/30": the later).

    A day behind which the period goes on is not its last, be the other day readable or not.
    """
    ends = [
        days
        for start, end, days in find_dates(text)
        if days.exact and UNTIL.search(text[max(0, start - 16) : start]) and not GOES_ON.match(text, end)
    ]
    return max(ends, key=lambda days: days.last, default=None)
