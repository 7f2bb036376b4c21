"""What the sentences of a denial find against the request, each with its kind, wherever they stand in the letter.

A sentence speaks if it is none of those that grant, offer, quote, weigh or tell rights; a clause of it has the first kind of
findings.yaml whose classes of words it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from chartproof.rights.codes import diagnosis_codes
from chartproof.rights.excuses import QUOTED, is_excuse, is_passed_over, only_cites
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import in_general
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists
from chartproof.rights.periods import COUNT, number_in
from chartproof.rights.service import service
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: "No later than" denies nothing; "if it did not," supposes nothing that matters.
#: Nor does a bare refusal find what it names ("We were not able to pay for the injection that you received").
_BOUND = re.compile(
    r"\b(?:not able|unable) to (?:pay for|cover|approve|authori[sz]e|certify)\b(?![^.;]*\b(?:until|unless|before|without|because|since|as|when|if|first|after|outside|out-of|more than)\b)|"
    r"\b(?:no|not) (?:later|earlier|sooner|more) than\b|^(?:even )?if (?:it|that|this|they) (?:\w+ )?(?:not|so),",
    re.I,
)
#: What only says of an item that it is not met, before what was found: "The second is not: the records show ...".
_ITEM_UNMET = re.compile(
    r"^\W*(?:(?:the )?(?:first|second|third|fourth|last|other)(?: one)?|(?:item|criterion|part|point|condition) \(?\w\)?|\(\w\)) (?:is|was) (?:also )?not(?: (?:met|satisfied|shown))?: ",
    re.I,
)


def calls_unmet(text: str) -> bool:
    """Whether a sentence calls an item not met and then says what was found."""
    return _ITEM_UNMET.match(text) is not None


def item_unmet(text: str) -> str:
    """What a sentence says was found, after the words that call an item not met; empty where none do."""
    return _ITEM_UNMET.sub("", text) if _ITEM_UNMET.match(text) else ""


#: Where a sentence goes on with another finding.
_CLAUSE = re.compile(
    r";\s+|,? (?:and(?! necessary\b)|but|while|so|because|since|where|whereas) (?=(?:\S+ ){2,}\S)|, (?=(?:and|but|so|which|with)\b)| as (?=(?:the|you|your|it|no|he|she)\b)"
    r"|, (?=(?:medical necessity|we (?:conclude|find|must))\b)"
    r"|, (?=(?:you|he|she|your (?:\w+ ){0,2}\w+) (?:is|are|was|were|has|have|had|received|got|do|does|did)\b)",
    re.I,
)
#: A value in order, before what is not: "your kidney function is well above the limit, but the ejection fraction ...".
_GOOD_BUT = re.compile(
    r"^[^;]*\b(?:well|far|comfortably|safely) (?:above|below|over|under|within|better)\b[^,;]*,? but ", re.I
)
#: What a clause does that gives the member something.
_GIVES = ("granted -against", "offered")
TREATMENTS = ("prior_therapy", "step_therapy")


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` as in model.DenialReason; `clause` are the words that tell it; `weak`: told only where nothing else is."""

    kind: str
    sentence: Sentence
    clause: str
    weak: bool = False


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


def read(letter: Letter, sentences: Iterable[Sentence], *, apart: Set[Sentence] = frozenset()) -> list[Finding]:
    """Every finding of these sentences; whether a treatment was another drug or care beforehand is told by the letter."""
    before = {(after.page, after.start): one for one, after in pairwise(letter.sentences)}
    places = {(one.page, one.start) for one in apart}
    asked = {(item.page, item.start) for one in criteria_lists(letter) for item in one.items}
    every: list[Finding] = []
    said: set[Sentence] = set()
    for sentence in sentences:
        if (sentence.page, sentence.start) in places:
            continue
        told = [one for part in _parts(sentence) for one in told_in(part)]
        one = before.get((sentence.page, sentence.start))
        # What was found is not found again by a word that points to it.
        # What is asked for is not what was found.
        listed = one is not None and ((one.bullet and one.block != sentence.block) or (one.page, one.start) in asked)
        if not told and one is not None and not listed and one not in said:
            ruled = finding_words().has(
                "rule_unmet", sentence.text
            )  # "That rule is not met": the rule may stand further up
            told = _pointing_back(sentence, _led(before, one) if ruled else one.text)
        if not told and one is not None and one.text.endswith(";") and one not in said:  # one printed sentence
            whole = told_in(replace(sentence, text=f"{one.text} {sentence.text}"))
            told = [found for found in whole if not found.weak]
        if one is not None and not listed:
            told = _told_once(told, sentence, one)
        if every and every[-1].kind == "treatment" and every[-1].sentence == one:
            told = [found for found in told if not (found.kind == "documentation" and is_passed_over(found.clause))]
        if told:
            said.add(sentence)
        every += told
    return [replace(one, kind=_treatment(one.clause, letter)) if one.kind == "treatment" else one for one in every]


def _told_once(told: Sequence[Finding], sentence: Sentence, before: Sentence) -> list[Finding]:
    """The findings of a sentence, of which a missing paper is none where it is what was just spoken of that is not seen.

    "The third is that no lighter frame would do. We do not find this in the record." lacks no paper.
    """
    if sentence.block == before.block and subject_of(before.text) == "duplicate_therapy" and _goes_on(sentence.text):
        return [Finding("duplicate_therapy", sentence, sentence.text)]
    again = sentence.block == before.block and not finding_words().has("paper", before.text)
    if not (again and not sentence.text.endswith(":") and finding_words().has("lacks_this", sentence.text)):
        return list(told)
    kind = subject_of(before.text)
    found = [Finding(kind, sentence, sentence.text)] if kind and kind != "documentation" else []
    return [one for one in told if one.kind != "documentation"] or found


def _goes_on(text: str) -> bool:
    """Whether a sentence says that nothing tells of the end of the other of two drugs."""
    return finding_words().fits("neg ending", text)


def _led(before: Mapping[tuple[int, int], Sentence], one: Sentence) -> str:
    """A sentence with the one before it in its paragraph."""
    first = before.get((one.page, one.start))
    return f"{first.text} {one.text}" if first is not None and first.block == one.block else one.text


def _pointing_back(sentence: Sentence, before: str) -> list[Finding]:
    """What a sentence finds of the subject of the sentence before it: "Yours was performed on March 9."."""
    text = QUOTED.sub(" ", sentence.text)
    points = finding_words().pattern("points_back").match(text.strip()) and finding_words().has("value", text)
    if (
        not before
        or not points
        or is_aside(text)
        or aside_words().has("disclaims", text)
        or finding_words().has("decides", text)
        or len(text.split()) > 16
    ):
        return []
    row = next((row for row in table("findings")["subjects"] if finding_words().fits(row["has"], before)), None)
    return [Finding(row["kind"], sentence, f"{before} {text.strip()}")] if row else []


def told_in(sentence: Sentence) -> list[Finding]:
    """The findings of each clause of a sentence; of the sentence whole where none does alone."""
    text = _ITEM_UNMET.sub("", _BOUND.sub(" ", QUOTED.sub(" ", sentence.text)))
    lacking = _GOOD_BUT.sub("", text)
    if lacking != text and any(_finding(sentence, clause) for clause in (lacking, *_clauses(lacking))):
        text = lacking  # what a value beside it is in order with
    if text.endswith("?") or _lists_met(text) or aside_words().has("disclaims", text) or only_cites(sentence.text):
        return []
    every = list(_clauses(text))
    clauses = list(_of_own(every))
    # A clause that grants or offers is no part of what the others find together.
    kept = [clause for clause in clauses if not any(aside_words().fits(form, clause.strip()) for form in _GIVES)]
    whole = _finding(sentence, text if len(kept) == len(every) else " and ".join(kept))
    told = [found for clause in clauses for found in [_finding(sentence, clause)] if found]
    # What must come before is told of by the sentence whole: "you have not had X, which comes first".
    told = [replace(found, clause=text) if found.kind == "treatment" else found for found in told]
    # "... is 36 percent, which is under our floor" says more of one ground.
    told = [one for one in told if not (one.kind == "other" and _RELATES.match(one.clause))] or told
    strong = {found.kind for found in told if not found.weak}
    if "allo_transplant" in strong:
        strong -= {"other", "off_label"}  # what is taken against the graft's disease, or permitted after it
    if not strong and whole and not (told and whole.weak):
        return [whole]
    if "treatment" in strong:  # that nothing says why a treatment was passed over is one ground with its lack
        told = [one for one in told if not (one.kind == "documentation" and is_excuse(one.clause))]
    return [found for found in told if found.kind in strong or not strong]


def _of_own(clauses: Iterable[str]) -> Iterator[str]:
    """The clauses but those that go on with what is offered ("A chair would be covered and has not been asked for")."""
    offered = False
    for clause in clauses:
        if not (offered and _GOES_ON.match(clause)):
            offered = aside_words().fits("offered", clause.strip())
            yield clause


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a text; words without a verb belong to the clause after them ("the report and the plan were lost")."""
    for part in text.split("; "):
        if aside_words().has("earlier", part):
            continue
        held = ""
        pieces = _CLAUSE.split(part)
        for piece, after in zip_longest(pieces, pieces[1:]):
            held = f"{held} and {piece}" if held else piece
            if _VERB.search(held) and not _OPEN.search(held) and not (after and _PRONOUN.match(after)):
                yield held
                held = ""
        if held:
            yield held


#: A clause that has no subject of its own.
_GOES_ON = re.compile(r"\W*(?:has|have|had|is|are|was|were|does|do|did|can|could|will|would|may)\b", re.I)


def _lists_met(text: str) -> bool:
    """Whether a sentence calls something met and then lists it: "Five are satisfied by the records: your lymphoma ..."."""
    lead, colon, _listed = text.partition(": ")
    return bool(colon) and aside_words().has("called_met", lead) and not aside_words().has("against", lead)


#: What says more of the thing told just before.
_RELATES = re.compile(r"(?:which|that|this) (?:is|are|was|were)\b", re.I)
#: A few words of what was spoken of just before ("... the report and it was not sent").
_PRONOUN = re.compile(r"(?:it|they|none|that|those|yours)(?: \S+){1,8}\W*$", re.I)
#: Words that want more ("enrolled in and certified under ...").
_OPEN = re.compile(r"\b(?:in|of|to|with|by|for|from|at|under|that|the|an?)$", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|cannot|may|must|will|would|not|no|none|\w+ed|\w+(?<!s)s)\b",
    re.I,
)


def _finding(sentence: Sentence, clause: str) -> Finding | None:
    """What a clause finds, if it does."""
    if not clause.strip() or is_aside(clause):
        return None
    named = _named_lacking(clause)
    if named:
        return Finding(named, sentence, clause.strip())
    row = next((row for row in table("findings")["kinds"] if finding_words().fits(row["has"], clause)), None)
    if row is None:
        return None
    return Finding(row["kind"], sentence, clause.strip(), bool(row.get("weak")))


#: What is said not to be shown, before the words that say it or after them.
_LACKS = re.compile(
    r"^(?P<before>.*?)\b(?:is|are|was|were|has|have) (?:not|nowhere) (?:been )?(?:\w+ )?(?:shown|documented|established|demonstrated|evident|recorded|confirmed)\b"
    r"|\b(?:does|do|did) not (?:\w+ )?(?:show|document|establish|demonstrate|record) (?P<after>[^,]*)$",
    re.I,
)


def _named_lacking(clause: str) -> str:
    """The kind of a rule called not met, or of what is said not to be shown; empty where neither is said or it has none."""
    if finding_words().has("untold", clause):
        return ""
    lacks = _LACKS.search(clause)
    if finding_words().has("rule_unmet", clause) and not lacks:
        return subject_of(clause)
    kind = (
        subject_of(lacks["before"] or lacks["after"] or "")
        if lacks and not (finding_words().has("need", clause) or finding_words().has("evidence", clause))
        else ""
    )
    return kind if kind != "documentation" else ""


def _treatment(text: str, letter: Letter) -> str:
    """Whether another drug must come first, or what must be had before a procedure or of a disease came too short."""
    if finding_words().has("lines", text) or finding_words().has("relapse", text):
        return "prior_therapy"
    if finding_words().has("first", text):
        return "step_therapy"
    if any(re.match(r"C\d|D[0-4]", code) for code in diagnosis_codes(letter)[0]):
        return "prior_therapy"  # of a tumor, what was had before is a line
    asked = service(letter)
    return (
        "step_therapy" if asked and asked.drug and not finding_words().has("procedure", asked.text) else "prior_therapy"
    )


def kinds_of(text: str, letter: Letter) -> tuple[str, ...]:
    """The kinds that words alone find; of what is called not met, the kind of its subject, and "other" where it has none."""
    kind = subject_of(text)
    return told_kinds(text, letter) or (_treatment(text, letter) if kind == "treatment" else kind or "other",)


def told_kinds(text: str, letter: Letter) -> tuple[str, ...]:
    """The kinds that words alone find in so many words."""
    told = read(letter, [Sentence(0, 0, len(text), text, "")])
    return tuple(dict.fromkeys(one.kind for one in told if not one.weak))


def adds(finding: Finding) -> bool:
    """Whether a finding is told as one more ("It also holds no ...")."""
    return finding_words().has("adds", finding.clause)


def of_place(text: str) -> bool:
    """Whether words speak of a place or level of care."""
    return finding_words().has("level", text) or finding_words().has("place", text)


def of_level(text: str) -> bool:
    """Whether words name a level of care."""
    return finding_words().has("level", text)


def counts_one(text: str) -> bool:
    """Whether words count how many of a treatment are paid for."""
    return finding_words().has("lifetime", text) or finding_words().has("the_most", text)


#: The month, which allows nothing.
_MONTH = re.compile(r"\bMay (?=\d)")


def tells_rights(text: str) -> bool:
    """Whether a sentence tells a right and how it is used, or where to reach somebody."""
    text = _MONTH.sub("", text)
    return aside_words().fits("rights action -submitted", text) or (
        aside_words().has("contact", text) and not finding_words().has("decides", text)
    )


def subject_of(text: str) -> str:
    """The kind of what a rule speaks of, empty where it is of none."""
    row = next((row for row in table("findings")["subjects"] if finding_words().fits(row["has"], text)), None)
    return str(row["kind"]) if row else ""


def speaks(text: str) -> bool:
    """Whether a sentence says something of its own, quotations apart, that is no aside."""
    plain = QUOTED.sub(" ", text)
    if plain.endswith(("?", ":")) or aside_words().has("disclaims", plain):
        return False
    return len(plain.split()) >= 2 and not all(is_aside(clause) for clause in _CLAUSE.split(plain) if clause.strip())


def is_aside(clause: str) -> bool:
    """Whether a clause grants, offers, weighs, argues or tells rights, and so finds nothing."""
    # What is listed in brackets is told of by the words around it: "Others (no infection, age) are met".
    plain = re.sub(r"\([^()]*,[^()]*\)", "", clause).strip()
    return (
        _is_general(clause)
        or _is_enough(clause)
        or aside_words().fits("granted -against", plain)
        or any(aside_words().fits(form, clause.strip()) for form in table("findings")["asides"]["forms"])
    )


def _is_enough(clause: str) -> bool:
    """Whether a clause tells of as many treatments as its rule asks for ("it wants two lines, and you have had three")."""
    asked, had = _ASKED.search(clause), _HAD.search(clause)
    if not (asked and had) or finding_words().has("scale", clause) or finding_words().has("organ", clause):
        return False
    return number_in(had["many"]) >= number_in(asked["many"])


#: How many of something a rule asks for, and how many there were.
_MANY = rf"(?P<many>{COUNT})\b"
_ASKED = re.compile(
    rf"\b(?:(?:calls?|asks?) for|needs?|requires?|wants?) (?:at least )?{_MANY}(?! or (?:less|fewer))", re.I
)
_HAD = re.compile(rf"\b(?:had|has|have|received|completed|given|shows?|lists?) (?:at least )?{_MANY}", re.I)


def _is_general(text: str) -> bool:
    """Whether a sentence speaks of people or care in general."""
    general = in_general(text) and not re.search(r"\b(?:because|your?)\b", text, re.I)
    return bool(general) and not finding_words().has("had_one", text)


def after_greeting(text: str) -> str:
    """A sentence without the letter's head before it, where no full stop parts the two."""
    return _GREETING.sub("", text)


def _parts(sentence: Sentence) -> Iterator[Sentence]:
    """What stands after a greeting, cut where a number or a "no" ends a sentence ("the limit is 1. Your ...") and at (b)."""
    for text in _PARTS.split(after_greeting(sentence.text)):
        yield replace(sentence, text=text)


#: A letter's head, where no full stop parts it from the first sentence.
_GREETING = re.compile(r"^.*\bDear (?:[A-Z][a-z]{1,3}\. )?[^,:.;]{2,40}[,:] (?=[A-Z])")
_PARTS = re.compile(
    r"(?:(?<=\d\.)|(?<=\bno\.)) (?=[A-Z])| (?=\([a-h]\) )|(?<=[,;:]) (?=\([1-9]\) )|(?<=\band) (?=\([1-9]\) )"
    r"|(?<=\bdecision:) |(?<=\bdenial:) |(?<=\bdetermination:) "
)
