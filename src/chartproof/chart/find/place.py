"""Where the cells are to be given, in anybody's note: a place, in a clause that speaks of giving them, and settled.

A place of collection, of bridging or of another stay is none; nor is a bed for the case of fever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, takewhile

from chartproof.chart.find import lexicon
from chartproof.chart.find.deferral import content, put_off
from chartproof.chart.find.statements import (
    UNCHECKED,
    about_treatment,
    depends,
    document_texts,
    fact_of,
    says_nothing,
)
from chartproof.chart.find.team.committee import readable
from chartproof.chart.find.team.whose import about_others, in_wrong_chart, of_patients_in_general
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, Fact

rule = partial(lexicon.rule, "place.yaml")
word = partial(lexicon.word, "place.yaml")

CLAUSE = re.compile(r";\s|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)\.(?=\s[A-Z])")
PART = re.compile(r",\s|\s\(|\)\s?|\s[-–—]\s|\band\b")
#: Kinds of documents in which the stay is planned; a social worker's may say why.
PLANNED = (
    "clinic_note",
    "consult_note",
    "committee",
    "attestation",
    "provider_letter",
    "program_letter",
    "nursing_note",
    "telephone_note",
    "message_thread",
    "discharge_summary",
)
EXPLAINED = (*PLANNED, "psychosocial")
#: "Inpatient." or "Ambulatory: day-hospital infusion", not "Inpatient pharmacy".
PLACE_FIRST = re.compile(
    r"\W*(?:in-?patient|in-?pt|in hospital|out-?patient|out-?pt|ambulatory|day[- ](?:hospital|unit))\b(?=\s*(?:[.:,;–—]|$))",
    re.IGNORECASE,
)
#: "Yours will be given at the clinic", behind a sentence on the cells.
ANAPHORA = re.compile(
    r"\b(?:yours|it|this|they|these|those)\b.{0,20}\b(?:given|done|infused|delivered|administered)\b", re.I
)
#: "unsafe - HLH could recur within hours".
STATED = re.compile(r"\s*[-–:(]\s*\w+ \w+ \w+")
WHY = re.compile(r"\W*why\b[^.?]{0,60}\?", re.IGNORECASE)
WHY_NOT = re.compile(r"\W*(?:why|(?:rationale|justification|reasons?) (?:for|of))\b[^.?:]{0,60}[?:]", re.IGNORECASE)
#: Words of a title or a question that leads into a place, and sentences behind it that may give the reason.
TITLE_WORDS = 10
REASONS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """`value` is inpatient or outpatient; [start, end) are its words in the text."""

    value: str
    start: int
    end: int


def find(reading: Reading, case: Case) -> list[Fact]:
    """One fact for each sentence that settles the place, and one for each that says why it is a hospital."""
    texts = document_texts(reading)
    facts: list[Fact] = []
    for document, group in groupby(reading.sentences, key=lambda sentence: sentence.document):
        said = list(takewhile(lambda sentence: not in_wrong_chart(sentence.text), group))
        if document.kind not in EXPLAINED:
            continue
        spoken = about_treatment().search(texts[document.id]) or rule("implied").search(texts[document.id])
        if of_patients_in_general(document.title) or not (spoken or document.kind == "committee"):
            continue
        told = [at for at, one in enumerate(said) if not aside(one, case)]
        settled = not any(rule("undecided_note").search(readable(one.text)) for one in said)
        for at in told:
            found = place(said, at)
            if settled and found and document.kind in PLANNED:
                facts.append(stated(said[at], "place_of_service", found.start, found.end, value=found.value))
            facts += reasons(said, at, told, found)
    return facts


def stated(sentence: Sentence, concept: str, start: int, end: int, *, value: str | None = None) -> Fact:
    last = len(sentence.text)
    return fact_of(
        sentence, min(max(0, start), last - 1), min(max(1, end), last), concept=concept, says="present", value=value
    )


def aside(sentence: Sentence, case: Case) -> bool:
    """Whether the sentence says nothing of this patient's plan: a blank form, another person, patients in general."""
    text = readable(sentence.text)
    placed = "; ".join(clause for _, clause in clauses(text) if places(clause))
    return (
        says_nothing(replace(sentence, text=text.strip() or sentence.text))
        or about_others(placed or text, case.patient, rule("general"))
        or bool(rule("relative").search(text))
    )


def place(said: Sequence[Sentence], at: int) -> Place | None:
    """The one place that the sentence settles, read under its title; None where it gives none, two or a doubtful one."""
    lead, text = titled(said, at), readable(said[at].text)
    full = lead + text
    if rule("unsettled").search(full):
        return None
    near = " ".join(readable(one.text) for one in said[max(0, at - 1) : at + 1] if one.segment is said[at].segment)
    found = [one for start, clause in clauses(full) for one in of_clause(start, clause, near)]
    if len({one.value for one in found}) != 1 or put_off(full, found[0].start, found[0].end):
        return None
    return replace(found[0], start=found[0].start - len(lead), end=found[0].end - len(lead))


def titled(said: Sequence[Sentence], at: int) -> str:
    """The title or the question over the sentence that asks for a place, as its lead-in; "" where there is none."""
    sentence = said[at]
    near = (one for one in reversed(said[:at]) if not UNCHECKED.match(one.text))
    before = next(near, None)
    above = before.text.strip() if before and before.segment is sentence.segment else ""
    for title in (sentence.label, above):
        if title and title not in sentence.text and len(title.split()) <= TITLE_WORDS and is_title(title):
            return f"{title.rstrip(' :.?')}: "
    return ""


def is_title(text: str) -> bool:
    """Whether the text is a title or a question that asks for the place, and does not give it."""
    return has_title(text) and not places(text)


def has_title(text: str) -> bool:
    return bool(re.match(rf"\W*(?:\d+\W+)?(?:{word('title').source})\W", text + " ", re.IGNORECASE))


def clauses(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in CLAUSE.finditer(text):
        yield start, text[start : match.start()]
        start = match.end()
    yield start, text[start:]


def of_clause(start: int, clause: str, near: str) -> Iterator[Place]:
    """The places of one clause; where it names both, each part between commas by itself."""
    found = settled_places(clause)
    if len({one.value for one in found}) > 1:
        parts, left = [], 0
        for match in PART.finditer(clause + ", "):
            parts.append((left, clause[left : match.start()]))
            left = match.end()
        for offset, part in parts:
            if word("infusion").search(part):
                for one in settled_places(part):
                    yield replace(one, start=start + offset + one.start, end=start + offset + one.end)
        return
    if found and of_the_infusion(clause, found[0], near):
        yield replace(found[0], start=start + found[0].start, end=start + found[0].end)


def settled_places(clause: str) -> list[Place]:
    """Places that are neither refused, nor past, nor a bed in reserve."""
    if rule("past").search(clause):
        return []
    for aside in ("granted", "left"):  # the plan's yes is no doubt of the place, what the plan was changed from none
        clause = word(aside).sub(lambda match: " " * len(match[0]), clause)
    found = places(clause)
    if rule("contingency").search(clause):
        found = [one for one in found if one.value == "outpatient" and not reserved(clause, one)]
    because = rule("because").search(clause, found[0].end) if found else None
    bare = blanked(clause, found)[led_by_reason(clause, found) : because.start() if because else None]
    if rule("refused").search(bare):
        found = (
            [one for one in found if one.value == "inpatient"]
            if any(one.value == "outpatient" for one in found)
            else []
        )
    return found


def led_by_reason(clause: str, found: Sequence[Place]) -> int:
    """Where the clause goes on behind the reason that opens it: "As she cannot be left alone, inpatient stay is planned"."""
    opens = found and rule("because").match(clause.lstrip())
    return max(0, clause.rfind(", ", 0, found[0].start)) if opens else 0


def reserved(clause: str, found: Place) -> bool:
    part = next((one for one in PART.split(clause) if clause[found.start : found.end] in one), clause)
    return bool(rule("contingency").search(part))


def places(text: str) -> list[Place]:
    """All words of a place; "not admitted" is an outpatient's."""
    found = [Place("outpatient", *match.span()) for match in word("outpatient").finditer(text)]
    return found + [
        Place("inpatient", *match.span())
        for match in word("inpatient").finditer(text)
        if not any(match.start() < one.end and one.start < match.end() for one in found)
    ]


def blanked(text: str, found: Sequence[Place]) -> str:
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def of_the_infusion(clause: str, found: Place, near: str) -> bool:
    """Whether the clause speaks of giving the cells, or of the whole stay, and not of another step alone."""
    bare = blanked(clause, places(clause))
    head = clause.split("|")[0] if "|" in clause else bare
    infusion = word("infusion").search(bare)
    if word("other_step").search(head) and not (infusion and found.value == "inpatient"):
        return infusion is not None and nearer(bare, found, infusion)
    alone = not infusion and word("collection").search(bare) and not word("lymphodepletion").search(bare)
    if infusion or (has_title(clause) and not alone):
        return True
    if word("class_title").match(clause) or ANAPHORA.search(bare):
        return bool(word("infusion").search(near))
    if word("lymphodepletion").search(bare):
        return found.value == "inpatient"
    if word("collection").search(bare):
        return False
    if PLACE_FIRST.match(clause) and (word("infusion").search(near) or has_title(near)):
        return True
    asked = rule("request").search(bare) and found.value == "inpatient"
    return bool(asked or word("course").search(bare))


def nearer(text: str, found: Place, infusion: re.Match[str]) -> bool:
    """Whether the infusion stands nearer to the place than the other step does."""
    others = [abs(match.start() - found.start) for match in word("other_step").finditer(text)]
    return abs(infusion.start() - found.start) < min(others, default=10**6)


def reasons(said: Sequence[Sentence], at: int, told: Sequence[int], found: Place | None) -> Iterator[Fact]:
    """Why an outpatient's care would not do, in the sentence or in those beside it."""
    sentence = said[at]
    text = readable(sentence.text)
    stay = found and found.value == "inpatient"
    titled_stay = stay and (titled(said, at) or PLACE_FIRST.match(text) or has_title(text))
    if titled_stay or (stay and rule("reason_stated").search(text)):
        for near in range(at, at + 1 + REASONS if titled_stay else at + 1):
            if near not in told or said[near].segment is not sentence.segment or said[near].label != sentence.label:
                break
            why = rule("reason_stated").search(readable(said[near].text))
            if why and not depends(said[near].text):
                yield stated(said[near], "inpatient_reason", why.start(), why.end())
    if stay:
        yield from under_reason(said, at, asked=bool(titled_stay))
    lead = asked_why(said, at) or (
        f"{sentence.label}: " if sentence.label and sentence.label not in sentence.text else ""
    )
    if refuses(text if WHY.fullmatch(lead.strip()) else lead + text) or not given_why(said, at, lead + text):
        return
    needed = rule("reason_need").search(lead + text) or rule("reason_forms").search(lead + text)
    if not needed and found and found.value == "inpatient" and behind_colon(text, found):
        yield stated(sentence, "inpatient_reason", found.start, len(text))
    question = WHY_NOT.match(lead + text)
    if question and (put_off(lead + text, 0, question.end()) or not content((lead + text)[question.end() :])):
        return
    unsaid = needed and re.search(r"\breasons?\W*$", needed[0]) and not content((lead + text)[needed.end() :])
    if needed and not unsaid and not put_off(lead + text, needed.start(), needed.end()):
        yield stated(sentence, "inpatient_reason", needed.start() - len(lead), needed.end() - len(lead))


def asked_why(said: Sequence[Sentence], at: int) -> str:
    """The question that the sentence answers, as its lead-in: "Why not outpatient? Home is two hours away."."""
    before = said[at - 1] if at and said[at - 1].segment is said[at].segment else None
    return f"{before.text.strip()} " if before and WHY.fullmatch(before.text.strip()) else ""


def under_reason(said: Sequence[Sentence], at: int, *, asked: bool) -> Iterator[Fact]:
    """ "Rationale: ..." right below the stay, where something is said behind it: a known reason, unless the stay was `asked`."""
    for one in said[at + 1 : at + 1 + REASONS]:
        text = readable(one.text)
        title = rule("reason_title").match(text)
        if one.segment is not said[at].segment:
            return
        if (
            title
            and content(text[title.end() :])
            and (asked or rule("reason_content").search(text))
            and not put_off(text, 0, title.end())
            and not depends(text)
        ):
            yield stated(one, "inpatient_reason", 0, len(one.text))
            return


def behind_colon(text: str, found: Place) -> bool:
    """ "Inpatient for the infusion: home is 3 h away": a known reason behind a stay that ends in a colon or a dash."""
    colon = re.compile(r"[^.;:]{0,60}?(?::| [-–—]) ").match(text, max(0, found.end))
    return colon is not None and bool(rule("reason_content").search(text, colon.end()))


def refuses(text: str) -> bool:
    """Whether the words tell of another stay, of no need, or of a case that has not come."""
    stay = text.partition(":")[0]  # behind it stand the reasons, which name illnesses and steps
    other = word("other_step").search(stay) and not word("infusion").search(text)
    return bool(
        other
        or rule("reason_unless").search(text)
        or rule("reason_past").search(text)
        or rule("reason_negated").search(text)
    )


def given_why(said: Sequence[Sentence], at: int, text: str) -> bool:
    """Whether a reason is given: a "because" or a known reason in the sentence, or the known reason beside it."""
    if rule("reason_forms").search(text) or rule("because").search(text) or rule("reason_content").search(text):
        return True
    beside = [one for one in said[max(0, at - 2) : at + 3] if one.segment is said[at].segment]
    needed = rule("reason_need").search(text)
    told = needed and STATED.match(text[needed.end() :])
    return bool(told) or any(rule("reason_content").search(one.text) for one in beside)
