"""What the sentences of a denial find against the request, each with its kind, wherever they stand in the letter.

A sentence speaks if it is none of those that grant, offer, quote, weigh or tell rights; a clause of it has the first kind of
findings.yaml whose classes of words it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, zip_longest

from chartproof.rights.grammar import Grammar, grammar
from chartproof.rights.grounds import is_satisfied, word
from chartproof.rights.lines import Sentence
from chartproof.rights.service import service
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
#: "No later than" denies nothing; "if it did not," supposes nothing that matters.
_BOUND = re.compile(
    r"\b(?:no|not) (?:later|earlier|sooner|more) than\b|^(?:even )?if (?:it|that|this|they) (?:\w+ )?(?:not|so),", re.I
)
#: Where a sentence goes on with another finding.
_CLAUSE = re.compile(
    r";\s+|,? (?:and|but|while|so|because|since|where|whereas) (?=(?:\S+ ){2,}\S)|, (?=(?:and|but|so|which|with)\b)"
    r"|, (?=(?:you|he|she|your \w+) (?:is|are|was|were|has|have|had|received|got|do|does|did)\b)",
    re.I,
)
TREATMENTS = ("prior_therapy", "step_therapy")


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` as in model.DenialReason; `clause` are the words that tell it; `weak`: told only where nothing else is."""

    kind: str
    sentence: Sentence
    clause: str
    weak: bool = False


@cache
def _words() -> Grammar:
    return grammar("findings")


@cache
def _asides() -> Grammar:
    return grammar("findings", "asides")


def is_vague(kind: str) -> bool:
    """Whether a kind is told in words that other kinds use too: what papers lack, what is not covered or not proven."""
    return kind in (
        "documentation",
        "not_medically_necessary",
        "not_covered_benefit",
        "experimental",
        "off_label",
        *TREATMENTS,
    )


def findings(letter: Letter) -> tuple[Finding, ...]:
    """Every finding against the request, in the letter's order, the first of each kind; a weak one only alone."""
    found: dict[str, Finding] = {}
    every = list(_every(letter))
    strong = [finding for finding in every if not finding.weak]
    for finding in strong or every[:1]:
        kind = _treatment(finding.clause, letter) if finding.kind == "treatment" else finding.kind
        found.setdefault(kind, replace(finding, kind=kind))
    return tuple(found.values())


def _every(letter: Letter) -> Iterator[Finding]:
    texts = {(after.page, after.start): one.text for one, after in pairwise(letter.sentences)}
    told: list[Finding] = []
    for sentence in spoken(letter):
        # What was found is not found again by a word that points to it.
        before = "" if told else texts.get((sentence.page, sentence.start), "")
        told = told_in(sentence) or _pointing_back(sentence, before)
        yield from told


def _pointing_back(sentence: Sentence, before: str) -> list[Finding]:
    """What a sentence finds of the subject of the sentence before it: "Yours was performed on March 9."."""
    text = _QUOTED.sub(" ", sentence.text)
    points = _words().pattern("points_back").match(text.strip()) and _words().has("value", text)
    if not before or not points or is_aside(text) or len(text.split()) > 16:
        return []
    row = next((row for row in table("findings")["subjects"] if _words().fits(row["has"], before)), None)
    return [Finding(row["kind"], sentence, f"{before} {text.strip()}")] if row else []


def told_in(sentence: Sentence) -> list[Finding]:
    """The findings of each clause of a sentence; of the sentence whole where none does alone."""
    text = _BOUND.sub(" ", _QUOTED.sub(" ", sentence.text))
    whole = _finding(sentence, text)
    told = [found for clause in _CLAUSE.split(text) for found in [_finding(sentence, clause)] if found]
    # What must come before is told of by the sentence whole: "you have not had X, which comes first".
    told = [replace(found, clause=text) if found.kind == "treatment" else found for found in told]
    return told or ([whole] if whole else [])


def _finding(sentence: Sentence, clause: str) -> Finding | None:
    """What a clause finds, if it does."""
    if not clause.strip() or is_aside(clause):
        return None
    row = next((row for row in table("findings")["kinds"] if _words().fits(row["has"], clause)), None)
    if row is None:
        return None
    return Finding(row["kind"], sentence, clause.strip(), bool(row.get("weak")))


def _treatment(text: str, letter: Letter) -> str:
    """Whether another drug must come first, or what must be had before a procedure or of a disease came too short."""
    if _words().has("lines", text):
        return "prior_therapy"
    if _words().has("first", text):
        return "step_therapy"
    asked = service(letter)
    return "step_therapy" if asked and not _words().has("procedure", asked.text) else "prior_therapy"


def tells_rights(text: str) -> bool:
    """Whether a sentence tells a right and how it is used, or where to reach somebody."""
    return any(_asides().fits(form, text) for form in ("rights action", "contact"))


def subject_of(text: str) -> str:
    """The kind of what a rule speaks of, empty where it is of none."""
    row = next((row for row in table("findings")["subjects"] if _words().fits(row["has"], text)), None)
    return str(row["kind"]) if row else ""


def speaks(text: str) -> bool:
    """Whether a sentence says something of its own, quotations apart, that is no aside."""
    plain = _QUOTED.sub(" ", text)
    return len(plain.split()) >= 2 and not all(is_aside(clause) for clause in _CLAUSE.split(plain) if clause.strip())


def leads_to_criteria(text: str) -> bool:
    """Whether words with a colon open a list of what a policy asks for, and not of what is lacking."""
    return (
        text.endswith(":")
        and (_words().has("rule", text) or bool(word("criteria_lead").search(text)))
        and not _words().has("neg", text)
    )


def is_aside(clause: str) -> bool:
    """Whether a clause grants, offers, weighs, argues or tells rights, and so finds nothing."""
    return _is_general(clause) or any(
        _asides().fits(form, clause.strip()) for form in table("findings")["asides"]["forms"]
    )


#: A letter's last words, and a label whose value tells why.
_CLOSE = re.compile(
    r"(?:(?:very )?(?:sincerely|truly)|yours (?:very )?(?:truly|sincerely|faithfully|respectfully|in \w+)|respectfully|cordially|fraternally|best|with (?:kind|warm|best)|take care|(?:kind )?regards)\b",
    re.I,
)
_TELLS_WHY = re.compile(
    r"\b(?:why|reasons?|grounds?|because|rationale|basis|findings?|determination|decision|outcome|result|explanation|analysis|notes?|left|apply|this)\b",
    re.I,
)


def spoken(letter: Letter) -> Iterator[Sentence]:
    """The sentences of the letter's own text: no field of its head, no requirement called met, nothing after its close.

    What follows a right or an address in its own paragraph speaks of those.
    """
    block, aside, listed = -1, False, False
    at = 0
    for sentence, after in zip_longest(letter.sentences, letter.sentences[1:]):
        words = len(sentence.text.split())
        at = at + 1 if sentence.block == block else 0
        if at == 0:
            block, aside, listed = sentence.block, False, listed and sentence.bullet
            field = sentence.text.endswith(":") and words <= 4 and not _TELLS_WHY.search(sentence.text)
        if _CLOSE.match(sentence.text) and words < 14:
            return
        aside = tells_rights(sentence.text) or (aside and not _tells(sentence))
        met = after is not None and is_satisfied(after)
        elsewhere = letter.cited(sentence) or bool(word("past").search(sentence.text))
        apart = (field and at < 2) or (listed and at == 0) or sentence.section == "notices" or elsewhere
        listed = leads_to_criteria(sentence.text) or listed
        if not (aside or met or apart):
            yield from _parts(sentence)


def _is_general(text: str) -> bool:
    """Whether a sentence speaks of people or care in general."""
    general = word("general").search(text) and not re.search(r"\b(?:because|your?)\b", text, re.I)
    return bool(general)


def _tells(sentence: Sentence) -> bool:
    """Whether a sentence finds something in so many words, whatever stands before it; a bidding does not."""
    return not _BIDS.match(sentence.text) and any(not one.weak for one in told_in(sentence))


_BIDS = re.compile(
    r"(?:please|send|ask|call|write|mail|fax|include|attach|enclose|tell|upload|bring|file|do|if|you (?:may|can|should|must))\b",
    re.I,
)


def _parts(sentence: Sentence) -> Iterator[Sentence]:
    """The sentence, cut where a number or a "no" ends one ("the limit is 1. Your kidneys ...") and where (b) follows."""
    for text in _PARTS.split(sentence.text):
        yield replace(sentence, text=text)


_PARTS = re.compile(r"(?:(?<=\d\.)|(?<=\bno\.)) (?=[A-Z])| (?=\([a-h]\) )")
