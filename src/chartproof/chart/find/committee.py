"""The multidisciplinary committee's outcome: recommended, conditional, deferred or against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import chosen
from chartproof.chart.find.statements import (
    CHECKED,
    about_treatment,
    depends,
    document_texts,
    either,
    fact_of,
    not_conditions,
    says_nothing,
    spell,
)
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Fact

#: Sentences after the recommendation that may still make it conditional.
LOOK_AHEAD = 5
SECOND_HAND = ("clinic_note", "consult_note", "provider_letter", "attestation", "program_letter")
MEETING = re.compile(
    r"\b(?:committee|board|conference|mdt|multidisciplinary)\b.{0,80}\b(?:recommended|approved|agreed|accepted|supported)\b",
    re.IGNORECASE,
)
#: "Decision - approve", "It was resolved to recommend", "Recommended: ..." speak for the body without naming it.
OUTCOME = re.compile(
    r"\W*(?:decision|outcome|disposition|conclusion|determination|consensus|verdict|resolution|recs?)\b ?[:.\-–]"
    r"|\W*(?:it was )?(?:unanimously )?(?:resolved|agreed|decided|voted)\b(?: unanimously)?(?: ?[:\-–]| to\b| that\b)|\W*(?:recommended|approved|accepted|endorsed|cleared) ?(?:[:\-–]|for\b(?!.{0,80}\bby (?:dr|the ref|her|his)))",
    re.IGNORECASE,
)
OTHER_BODY = re.compile(
    r"\b(?:insurer|payer|plan|pharmacy|ethics|editorial|review|research|school|credentialing)(?:['’]s)? $",
    re.IGNORECASE,
)
#: "If the echo is clean the group says go".
OPENING = re.compile(
    r"\W*(?:[\w ]{1,20}[:.] )?(?:if|once|when|provided|assuming|subject to|pending|should|unless|as soon as|as long as)\b",
    re.IGNORECASE,
)
CONDITION_HEADING = re.compile(
    r"^\W*(?:conditions?|provisos?|stipulations?|contingenc(?:y|ies)|caveats?)\b ?[:.\-]", re.IGNORECASE
)
STILL_CONDITIONAL = re.compile(
    r"\b(?:recommendation|approval|decision|this)\b.{0,30}\b(?:is|was|remains)\b.{0,12}\b(?:conditional|contingent|provisional|subject)"
    r"|\b(?:on condition|conditional(?:ly)? (?:on|upon)|contingent (?:up)?on|provided that|subject to)\b"
    r"|\bif (?:any|one|all|either|these|not)\b.{0,60}\b(?:re-?present|met|defer|moved)",
    re.IGNORECASE,
)


@cache
def words(name: str) -> re.Pattern[str]:
    data = load("judgements.yaml")
    return either(data["committee"][name], data["words"])


def find(reading: Reading, case: Case) -> list[Fact]:
    """One fact for each outcome sentence; a later sentence may turn a recommendation into a conditional one."""
    about = about_treatment()
    texts = document_texts(reading)
    facts: list[Fact] = []
    by_document: dict[str, list[Sentence]] = {}
    for sentence in reading.sentences:
        by_document.setdefault(sentence.document.id, []).append(sentence)
    for document_id, said in by_document.items():
        if not about.search(texts[document_id]):
            continue
        kind = said[0].document.kind
        if kind == "committee":
            facts += outcomes(said)
        elif kind in SECOND_HAND:
            facts += second_hand(said)
    return facts


def outcomes(said: list[Sentence]) -> Iterator[Fact]:
    for index, whole in enumerate(said):
        sentence = replace(whole, text=chosen(whole.text))
        text = sentence.text
        if says_nothing(sentence) or words("not_this").search(text):
            continue
        value, match = outcome(text)
        if not value or not match:
            continue
        if value == "recommended" and not speaks_for_the_body(sentence):
            continue
        following = [
            later for later in said[index + 1 : index + 1 + LOOK_AHEAD] if later.segment.start == sentence.segment.start
        ]
        if value == "recommended" and (OPENING.match(text) or depends(text[match.start() :]) or left_open(following)):
            value = "conditional"
        yield fact_of(sentence, match.start(), match.end(), concept="mdt_recommendation", says="present", value=value)


def outcome(text: str) -> tuple[str | None, re.Match[str] | None]:
    """The outcome that one sentence states. "Does not recommend" goes before "recommend"."""
    for value in ("against", "deferred", "recommended"):
        match = words(value).search(text)
        if match and (value != "recommended" or recommends_treatment(text, match)):
            return value, match
    return None, None


def recommends_treatment(text: str, match: re.Match[str]) -> bool:
    """Not a consult or a scan "before CAR-T", and not what the body "would" or is "unable to" recommend."""
    between = next((match[name] for name in ("object", "object2", "object3") if match.groupdict().get(name)), "")
    if re.search(committee_text("other_object"), between, re.IGNORECASE):
        return False
    verb = re.search(spell(r"\b{supports}\b", load("judgements.yaml")["words"]), match[0], re.IGNORECASE)
    before = text[: match.start() + (verb.start() if verb else 0)]
    return not re.search(committee_text("modal"), before, re.IGNORECASE)


def committee_text(name: str) -> str:
    return str(load("judgements.yaml")["committee"][name])


def speaks_for_the_body(sentence: Sentence) -> bool:
    """A single member's opinion ("BMT has no objection", "Dr. X favors") is not the body's recommendation."""
    text = sentence.text
    if CHECKED.match(text):
        return True
    if re.match(r"\s*[-•*]?\s*(?:Dr\.?|Ms\.?|Mr\.?|Mrs\.?)\s", text):
        return False
    if OUTCOME.match(text):
        return True
    body = load("judgements.yaml")["words"]["body"]
    headed = re.search(
        r"decision|outcome|recommendation|disposition|conclusion|determination|consensus|opinion|verdict|motion|vote|resolution",
        f"{sentence.heading} {sentence.label}",
        re.IGNORECASE,
    )
    return bool(
        headed or re.search(rf"\b{body}\b", text, re.IGNORECASE) or re.search(r"\brecommendation\b", text, re.I)
    )


def left_open(following: list[Sentence]) -> bool:
    """Whether one of the next sentences makes the recommendation conditional; a "Conditions: none" settles that it does not."""
    for later in following:
        if not_conditions().search(later.text) or not_conditions().search(f"{later.label}: {later.text}"):
            return False
        named = CONDITION_HEADING.match(later.text) and len(later.text.split()) > 1
        under = (
            re.match(r"condition|proviso|stipulation|contingen|caveat", later.label, re.IGNORECASE)
            and later.label not in later.text
        )
        if named or under or STILL_CONDITIONAL.search(later.text):
            return True
    return False


def second_hand(said: list[Sentence]) -> Iterator[Fact]:
    """A clinician's signed note that reports a meeting's dated recommendation; weaker than the minutes (rank 0)."""
    for sentence in said:
        text = sentence.text
        match = MEETING.search(text)
        if (
            not match
            or not of_this_treatment(text, match)
            or depends(text)
            or says_nothing(sentence)
            or words("not_this").search(text)
        ):
            continue
        days = [days for _s, _e, days in find_dates(text, year_hint=hint(sentence)) if days.exact]
        if not days or words("against").search(text) or words("deferred").search(text):
            continue
        fact = fact_of(
            sentence,
            match.start(),
            match.end(),
            concept="mdt_recommendation",
            says="present",
            value="recommended",
            when=days[0],
        )
        yield replace(fact, rank=0)


def of_this_treatment(text: str, match: re.Match[str]) -> bool:
    """Not what a payer's board or an ethics board did, what "has not" been recommended, or a test before the treatment."""
    if re.search(r"\b(?:not|never)\b", match[0], re.IGNORECASE) or OTHER_BODY.search(text[: match.start()]):
        return False
    behind = re.split(words_of_treatment(), text[match.end() :], maxsplit=1)[0]
    return not re.search(committee_text("other_object"), behind[:60], re.IGNORECASE)


@cache
def words_of_treatment() -> re.Pattern[str]:
    return either(["{product}"], load("judgements.yaml")["words"])


def hint(sentence: Sentence) -> date | None:
    when: DayRange | None = sentence.segment.when
    return when.last if when else None
