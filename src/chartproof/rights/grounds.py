"""Where a letter lists its reasons: items of a list, rows of a table, paragraphs under titles or codes of their own.

Only the place is found here; what a ground finds is read in `findings`. Policy text, requests and rights are no grounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from chartproof.rights.conditions import conditions
from chartproof.rights.decided import is_boxes, refuses
from chartproof.rights.grammar import aside_words
from chartproof.rights.lines import REASON_NUMBER, RESULT, Sentence
from chartproof.rights.lists import INLINE, criteria_lists
from chartproof.rights.sections import section_of
from chartproof.rights.text import Letter
from chartproof.rights.words import table


@dataclass(frozen=True, slots=True)
class Ground:
    """Sentences that belong together.

    `strong`: called a reason in so many words; `marked`: a criterion beside its verdict; `counted`: one of a list that is
    called the reasons of the decision itself.
    """

    sentences: tuple[Sentence, ...]
    strong: bool
    marked: bool = False
    counted: bool = False


@cache
def word(name: str) -> re.Pattern[str]:
    """One pattern of the table of reasons, without case."""
    return re.compile(table("reasons")[name], re.I)


def in_general(text: str) -> bool:
    """Whether words speak of people or care in general, and not of this member."""
    return aside_words().has("in_general", text)


def _to_member(sentence: Sentence) -> bool:
    """Whether an item speaks to the member, whatever it says of care in general."""
    return sentence.bullet and re.search(r"\byour?\b", sentence.text, re.I) is not None


def grounds(letter: Letter) -> tuple[Ground, ...]:
    """Every ground, list items and rows first, each with its sentences in order."""
    spoken = [
        s for s in letter.sentences
        if s.section in ("", "reasons")
        and not (is_charges(s) or (in_general(s.text) and not _to_member(s)) or is_boxes(s.text))
    ]  # fmt: skip
    asked = {(s.page, s.start) for s in conditions(letter.sentences) if not INLINE.search(s.text)}
    spoken = [s for s in spoken if (s.page, s.start) not in asked]
    rows = [s for s in letter.sentences if letter.in_row(s)]
    spoken = [s for s in spoken if s not in rows]
    # A statement of charges explains its codes elsewhere.
    coded = () if any(map(is_charges, letter.sentences)) else tuple(_coded(spoken))
    spoken = [s for s in spoken if all(s not in ground.sentences for ground in coded)]
    own = [s for s in spoken if not letter.cited(s)]
    lists = [one for one in criteria_lists(letter) if one.marked]
    beside = {
        (s.page, s.start)
        for one in lists
        for s in (*one.items, *one.aside, *(s for ground in one.marked for s in ground))
    }
    own = [s for s in own if (s.page, s.start) not in beside]
    rows = [s for s in rows if (s.page, s.start) not in beside]
    items = tuple(_items(own, told=bool(coded)))
    # What a reviewer concludes in a list of its own tells the criteria called not met again.
    if not any(item.strong for item in items):
        judged = [ground for one in lists if not one.of_choice for ground in one.marked]
        items = (*(Ground(ground, strong=True, marked=True) for ground in judged), *items)
    items = (*coded, *items)
    # Beside listed reasons, a table of results is the policy's own list.
    tabled = () if any(item.strong for item in items) else tuple(_rows(rows))
    return (*tabled, *items, *_titled(own), *_announced(own))


def _titled(spoken: list[Sentence]) -> Iterator[Ground]:
    """Paragraphs after the decision, two or more in a row, each under a title of a few words of its own."""
    decided = next((order for order, s in enumerate(spoken) if word("decision").search(s.text)), len(spoken))
    run: list[list[Sentence]] = []
    for _block, group in groupby(spoken[decided + 1 :], key=lambda s: s.block):
        block = list(group)
        first = block[0]
        if (
            len(block) > 1
            and first.runin == first.text
            and len(first.text.split()) <= 3
            and first.text.endswith(".")
            and not (first.bullet or section_of(first.text))
        ):
            run.append(block[1:])
            continue
        break
    if len(run) >= 2:
        yield from (Ground(tuple(block), strong=False) for block in run)


#: A sentence that counts the reasons to come in its own paragraph ("Two things led us there."), and what counts something else.
_ANNOUNCES = re.compile(
    r"\b(?P<many>two|three|four)\b (?:[\w-]+ ){0,2}(?:things|reasons|points|facts|findings|grounds|considerations)\b[^.:;]{0,40}[.:]$",
    re.I,
)
_DECIDES_BY = re.compile(
    r"\b(?:led|lead|rests?|turn(?:s|ed)? on|behind|decid\w+|reasons|grounds|weighed|why|because)\b", re.I
)
_COUNTS_ELSE = re.compile(
    r"\b(?:not|no|may|can|could|send|help|change|agree\w*|met|either|first (?:letter|decision))\b", re.I
)
_MANY = {"two": 2, "three": 3, "four": 4}


def _announced(spoken: list[Sentence]) -> Iterator[Ground]:
    """Sentences after one that counts the reasons to come, as many as it counts, each a reason."""
    for order, sentence in enumerate(spoken):
        said = None if sentence.bullet else _ANNOUNCES.search(sentence.text)
        if not said or not _DECIDES_BY.search(sentence.text) or _COUNTS_ELSE.search(sentence.text):
            continue
        count = _MANY[said["many"].lower()]
        told = [one for one in spoken[order + 1 : order + 1 + count] if one.block == sentence.block and not one.bullet]
        if len(told) == count:
            yield from (Ground((one,), strong=True, counted=True) for one in told)


#: A payer's own code before what it stands for: "R14 The hospital is not ...".
_CODE = re.compile(
    r"(?:Codes? (?:and )?(?:Text|Meaning|Reason|Explanation|Description)s? )?(?:[A-Z]{1,4}[- ]?\d{1,4}|\d{1,4}-[A-Z]{1,4})\b(?: [-–—]|\W{0,3})\s+(?=[A-Z])"
)


#: A code that says how a line was paid gives no reason against it.
_PAID = re.compile(r"(?<!not )\bpaid (?:in full|at (?:the|our|your)|under|as)\b", re.I)


def _coded(spoken: list[Sentence]) -> Iterator[Ground]:
    """Paragraphs that each tell what a code of the decision stands for, two or more in a row."""
    blocks = [list(group) for _block, group in groupby(spoken, key=lambda s: s.block)]
    opened = [
        next((at for at, s in enumerate(block) if not s.bullet and _CODE.match(s.text)), None) for block in blocks
    ]
    for coded, run in groupby(zip(opened, blocks, strict=True), key=lambda pair: pair[0] is not None):
        told = list(run) if coded else []
        if len(told) >= 2:
            found = (
                (at, block) for at, block in told if not (is_satisfied(block[-1]) or _PAID.search(block[at or 0].text))
            )
            yield from (Ground(tuple(block[at:]), strong=True) for at, block in found)


def _rows(rows: list[Sentence]) -> Iterator[Ground]:
    """Rows of requirements that were not met; a row of services is the decision, not a reason."""
    for row in rows:
        result = RESULT.search(row.text)
        if result and re.match(r"(?i)not (?:met|satisfied|shown)|unmet", result.group("result")):
            yield Ground((row,), strong=True)


def _items(spoken: list[Sentence], *, told: bool) -> Iterator[Ground]:
    """List items after words such as "for these reasons", and numbered ones in a section of reasons.

    Beside grounds that are `told`, criteria called not met tell them again. Bullets after "criteria" or "send" are what a policy asks for or what to send, unless one says what was found.
    """
    for lead, every in _lists(spoken):
        items = _under_reasons(every)
        counted = bool(REASON_NUMBER.match(items[0][0].heading))
        if lead is None and len(items) == 1 and not counted:
            continue  # one item that no words lead to is no list
        strong = (
            counted
            or (bool(lead and refuses(lead)) and items[0][0].item > 0 and not _leads_to_criteria(lead))
            or bool(word("strong_lead").search(items[0][0].heading if lead is None else lead or items[0][0].heading))
        )
        asserted = _leads_to_criteria(lead) and any(word("assertion").search(s.text) for item in items for s in item)
        # Under a refusal, items that each go on with what was found are its reasons, and no mere criteria.
        asserted = asserted or (bool(lead and refuses(lead)) and all(len(item) > 1 for item in items))
        called = bool(_CALLED.search(items[0][0].heading if lead is None else lead))
        if told and _leads_to_criteria(lead) and not asserted and all(len(item) == 1 for item in items):
            continue
        if any(INLINE.search(item[0].text) for item in items):
            failed = (
                item for item in items if (found := INLINE.search(item[0].text)) and (found["no"] or found["also"])
            )
            yield from (Ground(tuple(item), strong=True) for item in failed)
            continue
        weighed = any(map(is_satisfied, spoken)) and any(len(item) > 1 for item in items)
        for item in items:
            if weighed:
                item = _without_satisfied(item)
                if len(item) > 1:
                    yield Ground(tuple(item), strong=True)
            elif asserted or _is_item(item[0], lead):
                yield Ground(tuple(item), strong=strong or asserted, counted=called)


#: Words that call what follows the reasons of the decision, and not why care is not needed.
_CALLED = re.compile(
    r"^(?!.*\bnecess).*\b(?:said no|den(?:y|ied)|declin\w+|refus\w+|turned \w+ down|decided|cannot approve|not approved?)\b[^.:]{0,40}\breasons?:$",
    re.I,
)


def _under_reasons(items: list[list[Sentence]]) -> list[list[Sentence]]:
    """The items that tell why: where a letter numbers all its paragraphs, those after the one titled as its reasons."""
    titled = (at for at, item in enumerate(items) if len(item[0].text.split()) <= 4 and item[0].text == item[0].runin)
    opens = max((at for at in titled if section_of(items[at][0].text) == "reasons"), default=None)
    return items if opens is None else [item for item in (items[opens][1:], *items[opens + 1 :]) if item]


def is_charges(sentence: Sentence) -> bool:
    """Whether a sentence is a row of amounts."""
    return len(re.findall(r"\d\.\d\d\b", sentence.text)) >= 3


#: A verdict that opens a sentence, or one of the rule ("Our policy is satisfied to that extent").
_SATISFIED = re.compile(
    r"\W*(?:(?:satisfied|met)\b|(?:our|the|this|that) (?:policy|rule|guideline|criterion|requirement|item|part)\b[^;]{0,24} (?:is|was) (?:satisfied|met)\b)",
    re.I,
)


def is_satisfied(sentence: Sentence) -> bool:
    """Whether a sentence says of the requirement before it that it is met."""
    return bool(_SATISFIED.match(sentence.text))


#: An item that says of itself that it is met, or that it stands no more.
_OWN_MET = re.compile(
    r"\b(?:this|that|it|which|(?:this|that|the|our) (?:reason|ground|point|objection|issue|item|part|basis)) (?:is|was|has been) (?:therefore |now |hereby |also )?(?:met|satisfied|withdrawn|dropped|resolved|set aside|settled|abandoned|no longer (?:a reason|a ground|an issue|at issue|in dispute|relied on))\b",
    re.I,
)


def is_met(sentences: Iterable[Sentence]) -> bool:
    """Whether a listed ground says of itself that it is met or withdrawn."""
    return any(_OWN_MET.search(s.text) for s in sentences)


def _without_satisfied(item: list[Sentence]) -> list[Sentence]:
    """A requirement with what was found, without requirements that the next words call satisfied."""
    done = next((order for order, s in enumerate(item) if is_satisfied(s)), None)
    return item if done is None else item[: max(0, done - 1)]


def _lists(spoken: list[Sentence]) -> Iterator[tuple[str | None, list[list[Sentence]]]]:
    """(the words that lead to a list, its items with their sentences) of each run of items under the same words."""
    lead: str | None = None
    heading, items = "", list[list[Sentence]]()
    for sentence in spoken:
        opens = not sentence.bullet or sentence.heading != heading
        if opens and items:
            yield lead, items
            items = []
        if sentence.heading != heading:
            lead, heading = None, sentence.heading
        if not sentence.bullet:
            lead = _lead(sentence, lead)
        elif items and items[-1][0].block == sentence.block:
            items[-1].append(sentence)
        else:
            items.append([sentence])
    if items:
        yield lead, items


#: What leads to a list of what is in order.
_GRANTS = re.compile(
    r"\b(?:accept(?:ed)?|agree[ds]?|you (?:do )?meet|(?:is|are|was|were) (?:met|satisfied)|in order|approved)\b", re.I
)
#: Stands for the words that lead to a list of what a policy asks for.
_CRITERIA = "criteria:"


def _lead(sentence: Sentence, lead: str | None) -> str | None:
    """The words that lead to a list, kept until other words open one; empty where those open a list of something else."""
    if (
        sentence.text.endswith((":", "?"))
        and _GRANTS.search(sentence.text)
        and not word("negative").search(sentence.text)
    ):
        return _CRITERIA  # what was accepted is no reason
    asks = sentence.text.endswith(":") and word("criteria_lead").search(sentence.text)
    if asks and not word("negative").search(sentence.text) and sentence.runin != sentence.text:
        return _CRITERIA
    if sentence.text.endswith(";"):
        return lead  # it goes on, and leads to nothing
    if word("reason_lead").search(sentence.text) and not word("other_lead").search(sentence.text):
        return sentence.text
    if refuses(sentence.text) and not sentence.text.endswith(":"):
        return sentence.text  # numbered items right after a refusal tell why
    if not sentence.text.endswith(":") or sentence.runin == sentence.text:
        return lead
    if word("unmet_criteria").search(sentence.text):
        return sentence.text
    return _CRITERIA if word("criteria_lead").search(sentence.text) else ""


def _leads_to_criteria(lead: str | None) -> bool:
    """Whether the words before a list say that criteria are not met: what follows are those, or what was found."""
    return bool(lead) and lead is not None and bool(word("unmet_criteria").search(lead))


def _is_item(sentence: Sentence, lead: str | None) -> bool:
    if lead == _CRITERIA:
        return False
    told = lead if lead is not None else sentence.heading if sentence.section == "reasons" else ""
    if sentence.item and (sentence.section == "reasons" or told):
        return True
    return bool(word("bullet_lead").search(told)) and (
        bool(re.search("as follows|reason", told, re.I)) or not re.search(r"criteri|require|\brules?\b", told, re.I)
    )
