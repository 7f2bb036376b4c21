"""What one sentence, or one listed item, of a denial asserts; and which sentences assert nothing.

What is granted, asked for, quoted from a policy or offered as a next step is no ground.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from chartproof.rights.criteria import is_rule
from chartproof.rights.decided import refuses
from chartproof.rights.grounds import Ground, is_charges, word
from chartproof.rights.kinds import kinds_in_ground, kinds_of, outright, rules, topics
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import INLINE
from chartproof.rights.text import Letter


def concludes(letter: Letter, sentence: Sentence) -> bool:
    """Whether a sentence states that what was asked for is not medically necessary: a ground of its own, whatever led to it."""
    text = sentence.text
    said = word("stated_conclusion").search(text) and not word("no_conclusion").search(text)
    grounds = set(kinds_in_ground(text)) - {"not_medically_necessary", "other", "experimental", "not_covered_benefit"}
    return bool(said) and not grounds and may_assert(letter, sentence) and not word("past").search(text)


def settled(sentences: Sequence[Sentence]) -> set[Sentence]:
    """Sentences that tell what is met: said before "these items are satisfied" or after "Item 3 is established;"."""
    found: set[Sentence] = set()
    for one, after in pairwise(sentences):
        if one.text.endswith(";"):
            pointed = re.match(r"(?:these|those|that|this|both|all)\b", after.text, re.I) and word("item_met").search(
                after.text
            )
            if pointed or (word("granted").search(one.text) and word("item_met").search(one.text)):
                found |= {one, after}
    return found


def decides(text: str) -> bool:
    """Whether a sentence says that the request was refused."""
    return bool(word("decision").search(text) or (refuses(text) and len(text.split()) >= 4))


def _of_rights(text: str) -> bool:
    """Whether a sentence offers or conditions something and so tells no finding."""
    return bool(word("rights_talk").search(text))


#: What turns a general remark to the case in hand.
_APPLIED = re.compile(r", so (?:the|your|this|that) (?:claim|request|treatment|service|drug)\b", re.I)


def may_assert(letter: Letter, sentence: Sentence) -> bool:
    aside = (
        is_charges(sentence)
        or (word("general").search(sentence.text) and not _APPLIED.search(sentence.text))
        or _of_list(sentence.text)
        or letter.cited(sentence)
    )
    return sentence.section in ("", "reasons") and not aside and not leads_to_criteria(sentence)


def leads_to_criteria(sentence: Sentence) -> bool:
    """Whether a sentence only opens a list of what a policy asks for."""
    return sentence.text.endswith(":") and bool(word("criteria_lead").search(sentence.text))


#: An item that says of itself that it is met.
_OWN_MET = re.compile(r"\b(?:this|that|it|which) (?:is|was) (?:therefore )?(?:met|satisfied)\b", re.I)


def holds(ground: Ground) -> bool:
    """Whether an item tells a reason: what is called one does, another only if its words are of a known kind."""
    met = any(_OWN_MET.search(s.text) for s in ground.sentences)
    return not met and (ground.strong or any(kinds_of(s.text) for s in ground.sentences))


def told_kinds(sentence: Sentence, *, bare: bool = False) -> dict[str, str]:
    """Kinds, with their clauses, that a sentence of a paragraph of reasons asserts; none where it grants, asks or only cites a rule."""
    text = sentence.text
    asked = word("asked").search(text) and not re.search(r"\bbut\b|\bwithout\b", text, re.I)
    if (
        asked
        or leads_to_criteria(sentence)
        or word("granted").search(text)
        or word("past").search(text)
        or (is_rule(text) and not outright(text, bare=True))
        or _of_rights(text)
        or _of_list(text)
    ):
        return {}
    if (
        not bare
        and not outright(text)
        and not any(word(name).search(text) for name in ("negative", "adverse", "counted"))
    ):
        return {}
    return kinds_in_ground(text)


def _of_list(text: str) -> bool:
    """Whether a sentence only says that none of the criteria before it was found."""
    return bool(
        re.search(
            r"\b(?:any|none|neither|all) of (?:the|these|those) (?:two|three|four|criteria|items|conditions)\b",
            text,
            re.I,
        )
    )


#: A short first sentence with such a word asserts something and is no heading.
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|cannot|not|shows?|lists?|names?|gives?|reports?|records? an?)\b",
    re.I,
)


def of_item(item: Sequence[Sentence]) -> dict[str, Sentence]:
    """The kinds of one listed reason: its assertions, or its heading where no sentence says more."""
    inline = INLINE.search(item[0].text)
    if inline:
        kinds = topics(item[0].text[: inline.start()]) or kinds_of(item[0].text) or ("other",)
        return {kinds[0]: item[0]}
    heading = item[0] if len(item) > 1 and item[0].runin and not _FINITE.search(item[0].text) else None
    titled = {rule.kind for rule in rules("headings") if rule.says.search(heading.text)} if heading else set()
    body = [
        s for s in (item[1:] if heading else item)
        if (outright(s.text, bare=True) or not is_rule(s.text)) and not word("offer").search(s.text)
    ]  # fmt: skip
    found: dict[str, Sentence] = {}
    # What is lacking is quoted before what was measured.
    for sentence in sorted(body, key=lambda s: not word("negative").search(s.text)):
        if found and not any(word(name).search(sentence.text) for name in ("negative", "adverse")):
            continue
        for kind, clause in kinds_in_ground(sentence.text).items():
            if kind == "not_medically_necessary" and (titled or len(item) > 1):
                continue
            found.setdefault(kind, replace(sentence, text=clause))
    if titled and set(found) <= {"documentation", "not_medically_necessary"} and found:
        # "The records do not show ..." under a heading lacks what the heading names.
        found = {kind: next(iter(found.values())) for kind in titled}
    elif titled and titled & set(found):
        found = {kind: sentence for kind, sentence in found.items() if kind in titled}
    if not found and heading:
        said = body[0] if body else heading
        found = dict.fromkeys(titled or kinds_in_ground(heading.text), said) or {"other": said}
    if not found:
        whole = " ".join(s.text for s in item)
        found = dict.fromkeys(kinds_in_ground(whole), item[0]) or {"other": item[0]}
    return found


_DIRECT = re.compile(
    r"because|no longer medically|\bno (?:prior )?(?:authori[sz]ation|approval) was\b|in the papers|not reasonable and necessary|\breason\b|(?:concluded|determined) that|denied as |unsafe|basis (?:for|of)|denied|den(?:y|ying)|not (?:approved|certified|covered|medically|met|satisf)|is (?:considered )?(?:experimental|investigational|unproven)"
    r"|does not|do not (?:show|support|document|meet|include)|did not (?:include|contain|show)|not (?:show|find|obtained|shown|supported|identified)|insufficient|only|must try"
    r"|(?:shows?|gives|reports?|records?) an? (?:ecog|karnofsky|lvef|ejection|creatinine)"
    r"|cannot determine|without th|among the (?:papers|records|documents)|(?:held|holds|contains?|contained) no\b|not receive|not submitted|same (?:drug )?class|none was|was not requested|not in (?:our|the|your)|no benefit for|exceeds|not (?:cleared|licensed)|more than the plan covers|not a covered|exclu|lack|for th(?:is|ese) reasons?", re.I,
)  # fmt: skip


def asserted(sentence: Sentence, have: bool) -> tuple[str, ...]:
    """Kinds that a sentence outside a list asserts as the ground of the denial."""
    said = kinds_in_ground(sentence.text) if outright(sentence.text) and not _of_rights(sentence.text) else {}
    told = sentence.section == "reasons" and word("negative").search(sentence.text)
    asked = word("asked").search(sentence.text) and not {"documentation", "no_prior_auth", "off_label"} & set(said)
    if said and not asked and not word("granted").search(sentence.text):
        return tuple(said)
    if not (told or _DIRECT.search(sentence.text)) or re.search(
        r"\byou may\b|consultant suggested|would be covered|could change", sentence.text, re.I
    ):
        return ()
    by_clause = [kind for clause in word("clause").split(sentence.text) for kind in kinds_of(clause)]
    kinds = tuple(dict.fromkeys(by_clause)) or kinds_of(sentence.text)
    direct = re.search(
        r"\b(?:shows?|gives|reports?) an? \w+ of \d|among the (?:papers|records|documents)|^(?:further|furthermore|in addition|also|moreover|additionally)\b|because|denied|not approved|therefore|excludes|must try|not obtained|reasons? ",
        sentence.text,
        re.I,
    )
    return (
        kinds if direct or not have or set(kinds) & {"not_medically_necessary"} or sentence.section == "reasons" else ()
    )
