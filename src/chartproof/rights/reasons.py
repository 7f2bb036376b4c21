"""Each distinct reason of a denial with its own words, and the criteria that it says are not met.

Excerpts of a policy, general remarks and the text on appeals are not reasons. A numbered reason may assert two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from itertools import pairwise

from chartproof.model import DenialReason
from chartproof.rights.criteria import is_rule
from chartproof.rights.grounds import Ground, grounds, is_charges, is_satisfied, word
from chartproof.rights.kinds import kinds_in_ground, kinds_of, outright, rules, topics
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import INLINE
from chartproof.rights.quoted import from_criteria, in_rows, of_table, quoted, quoted_line, told_within
from chartproof.rights.remarks import remarks
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: Kinds of letters that a case's denial block names otherwise.
_CASE_KINDS: Mapping[str, str] = {
    "step_therapy": "prior_therapy", "out_of_network": "other", "quantity_limit": "other", "duplicate_therapy": "other",
    "age_limit": "other", "off_label": "diagnosis", "no_prior_auth": "other", "not_medically_necessary": "other",
}  # fmt: skip


def reasons(letter: Letter) -> tuple[DenialReason, ...]:
    """The reasons, in the order of the letter: one for each item of a list, and one for each kind that prose adds."""
    places = grounds(letter)
    items = [ground for ground in places if ground.listed and _holds(ground)]
    told = [ground for ground in places if not ground.listed]
    used = {s for ground in items for s in ground.sentences}
    used |= {s for ground in told for s in ground.sentences if _told(s)}
    settled = _settled(letter.sentences)
    used |= settled | {one for one, after in pairwise(letter.sentences) if is_satisfied(after)}
    told = [replace(ground, sentences=tuple(s for s in ground.sentences if s not in settled)) for ground in told]
    listed = [
        quoted(letter, sentence, kind) for ground in items for kind, sentence in _of_item(ground.sentences).items()
    ]
    found: dict[str, DenialReason] = {reason.kind: reason for reason in reversed(listed)}
    for ground in told:
        _paragraph(letter, ground.sentences, found)
    grounded = bool(found)
    added = {after for one, after in pairwise(letter.sentences) if word("adds").search(one.text)}
    for kind, sentence in _labelled(letter):
        found.setdefault(kind, quoted(letter, sentence, kind))
        used |= {s for s in letter.sentences if s.block == sentence.block}
    for sentence in letter.sentences:
        if (
            _may_assert(letter, sentence)
            and not sentence.bullet
            and sentence not in used
            and not word("past").search(sentence.text)
        ):
            for kind in _asserted(sentence, bool(found) and sentence not in added):
                concluded = kind == "not_medically_necessary" and not re.search("because|reason", sentence.text, re.I)
                if not (grounded and concluded and sentence.section != "reasons"):
                    found.setdefault(kind, quoted(letter, sentence, kind))
    # Beside grounds in a list of their own, what a criterion asks for tells nothing more.
    judged = () if any(ground.strong for ground in items) else from_criteria(letter, found)
    for sentence, kind in judged:
        found.setdefault(kind, quoted(letter, sentence, kind))
    if set(found) <= {"not_medically_necessary"}:
        _after_decision(letter, found)
    elif not grounded:
        _added_after_decision(letter, found)
    if not found:
        for ground in told:
            _paragraph(letter, ground.sentences, found, bare=True)
    if not found:
        _after_decision(letter, found, bare=True)
    if not found:
        found.update(_any_ground(letter, told))
    further = [reason for reason in listed if reason.kind in found and reason not in found.values()]
    if not listed:
        further += [quoted_line(letter, line, kind) for kind, line in (*remarks(letter), *in_rows(letter))]
        coded = {one.kind for one in further}
        found = {
            kind: reason
            for kind, reason in found.items()
            if kind not in coded
            and not (coded and kind == "other")
            and not any(reason.quote in one.quote for one in further)
        }
    conclusion = next((sentence for sentence in letter.sentences if _concludes(letter, sentence)), None)
    if conclusion is not None and all(reason.kind != "not_medically_necessary" for reason in further):
        found.setdefault("not_medically_necessary", quoted(letter, conclusion, "not_medically_necessary"))
    tabled = {reason.kind: reason for reason in of_table(letter)}
    rows = [reason.span for reason in tabled.values() if reason.span]
    found = {kind: reason for kind, reason in found.items() if not any(told_within(reason, row) for row in rows)}
    further = [reason for reason in further if not any(told_within(reason, row) for row in rows)]
    found |= tabled
    ordered = sorted(
        (*found.values(), *further), key=lambda reason: (reason.page, reason.span.start if reason.span else 0)
    )
    alone = {reason.quote for reason in listed if reason.kind == "not_medically_necessary"} if len(items) > 1 else set()
    return tuple(_without_echoes(ordered, listed=bool(items), alone=alone))


def _concludes(letter: Letter, sentence: Sentence) -> bool:
    """Whether a sentence states that what was asked for is not medically necessary: a ground of its own, whatever led to it."""
    text = sentence.text
    said = word("stated_conclusion").search(text) and not word("no_conclusion").search(text)
    grounds = set(kinds_in_ground(text)) - {"not_medically_necessary", "other", "experimental", "not_covered_benefit"}
    return bool(said) and not grounds and _may_assert(letter, sentence) and not word("past").search(text)


def _labelled(letter: Letter) -> Iterator[tuple[str, Sentence]]:
    """(kind, sentence) where a label names the ground in a few words: "Reason for denial: Step therapy. ..."."""
    for one, after in pairwise(letter.sentences):
        if (
            one.block == after.block
            and re.search(table("reasons")["reasons_open"], one.text, re.I)
            and len(after.text.split()) <= 5
        ):
            kind = next((rule.kind for rule in rules("headings") if rule.says.search(after.text)), "")
            lacking = [
                s for s in letter.sentences if s.block == after.block and s != after and word("negative").search(s.text)
            ]
            if kind and not kinds_of(after.text):
                yield kind, lacking[-1] if lacking else after


def _settled(sentences: Sequence[Sentence]) -> set[Sentence]:
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


def _paragraph(
    letter: Letter, sentences: Sequence[Sentence], found: dict[str, DenialReason], *, bare: bool = False
) -> None:
    """Adds what the sentences of a paragraph assert; "no such score" speaks of what the rule before it names.

    `bare`: a subject is enough without a word that something is wrong with it.
    """
    named: tuple[str, ...] = ()
    for sentence in sentences:
        rule = is_rule(sentence.text) or letter.cited(sentence)
        kinds = {} if letter.cited(sentence) else _told(sentence, bare=bare)
        if _decides(sentence.text) and not re.search(r"\b(?:because|since|as)\b", sentence.text, re.I):
            # What the decision only names is no ground.
            kinds = {kind: clause for kind, clause in kinds.items() if kind in kinds_of(sentence.text)}
        finding = re.search(r", (?:and|but) (?:the|your|you|it|she|he)\b", sentence.text)
        if not kinds and finding and word("adds").search(sentence.text) and not word("granted").search(sentence.text):
            kinds = dict.fromkeys(topics(sentence.text) or ("other",), sentence.text)
        if not kinds and not rule and word("out_of_bounds").search(sentence.text):
            kinds = {"other": sentence.text}
        if not kinds and named and word("such").search(sentence.text) and word("negative").search(sentence.text):
            kinds = dict.fromkeys(named, sentence.text)
        for kind, clause in kinds.items():
            found.setdefault(kind, quoted(letter, replace(sentence, text=clause), kind))
        named = (topics(sentence.text) or kinds_of(sentence.text)) if rule else ()


@cache
def _refusal() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in table("words")["denied"]), re.I)


def _decides(text: str) -> bool:
    """Whether a sentence says that the request was refused."""
    return bool(word("decision").search(text) or (_refusal().search(text) and len(text.split()) >= 4))


#: Words that make a conclusion a ground of its own.
_STATED = re.compile(r"\bbecause\b|\b(?:do(?:es)?|did) not (?:establish|show|support|demonstrate)\b", re.I)


def _after_decision(letter: Letter, found: dict[str, DenialReason], *, bare: bool = False) -> None:
    """What the text after the decision asserts, where nothing says that reasons follow; a bare conclusion then is none."""
    spoken = [s for s in letter.sentences if _may_assert(letter, s) and not s.bullet]
    decided = next((order for order, s in enumerate(spoken) if _decides(s.text)), None)
    if decided is None:
        return
    more: dict[str, DenialReason] = {}
    _paragraph(letter, [s for s in spoken[decided:] if not word("offer").search(s.text)], more, bare=bare)
    if set(more) - {"not_medically_necessary"}:
        # "We decided this because it is not medically necessary" is a ground in so many words.
        stated = {kind: reason for kind, reason in found.items() if _STATED.search(reason.quote)}
        found.clear()
        found.update(stated)
        found.update({kind: reason for kind, reason in more.items() if kind != "not_medically_necessary"})


def _added_after_decision(letter: Letter, found: dict[str, DenialReason]) -> None:
    """What sentences after the decision assert in so many words, beside what was found in other ones."""
    spoken = [s for s in letter.sentences if _may_assert(letter, s) and not s.bullet]
    decided = next((order for order, s in enumerate(spoken) if _decides(s.text)), len(spoken))
    for sentence in spoken[decided + 1 :]:
        told = any(reason.quote[:60] in sentence.text for reason in found.values())
        strict = kinds_of(sentence.text)
        for kind in () if told else _told(sentence):
            # A place or network that is only named is an offer as often as a ground.
            if kind in strict or kind not in ("not_medically_necessary", "out_of_network", "site_of_care"):
                found.setdefault(kind, quoted(letter, sentence, kind))


def _any_ground(letter: Letter, told: Sequence[Ground]) -> dict[str, DenialReason]:
    """A ground that no kind fits is still the letter's ground; one restated from an earlier letter is better than none."""
    spoken = [s for s in letter.sentences if _may_assert(letter, s)]
    for sentence in spoken:
        kinds = _asserted(sentence, False) if word("past").search(sentence.text) else ()
        if kinds:
            return {kind: quoted(letter, sentence, kind) for kind in kinds}
    lead = re.compile(r"\breason\b[^.]{0,40}\bis\b|\bbecause\b", re.I)
    for order, sentence in enumerate(spoken):
        if lead.search(sentence.text):
            after = spoken[order + 1] if sentence.text.endswith(":") and order + 1 < len(spoken) else sentence
            return {"other": quoted(letter, after, "other")}
    for ground in told:
        for sentence in ground.sentences:
            asks = _decides(sentence.text) or any(
                word(name).search(sentence.text) for name in ("granted", "asked", "past")
            )
            if (
                not asks
                and not (is_rule(sentence.text) or letter.cited(sentence))
                and sentence.text != sentence.heading
                and len(sentence.text.split()) >= 4
            ):
                return {"other": quoted(letter, sentence, "other")}
    decided = next((order for order, s in enumerate(spoken) if _decides(s.text)), None)
    for sentence in spoken[decided + 1 :] if decided is not None else ():
        asks = _decides(sentence.text) or any(
            word(name).search(sentence.text) for name in ("granted", "asked", "past", "offer")
        )
        plain = sentence.text.endswith(".") and len(sentence.text.split()) >= 5 and not is_rule(sentence.text)
        if (
            plain
            and not asks
            and not sentence.bullet
            and re.search(r"\byour?\b|\bmember|\bpatient|\brecords?\b|\bnotes?\b", sentence.text, re.I)
        ):
            return {"other": quoted(letter, sentence, "other")}
    return {}


def _of_rights(text: str) -> bool:
    """Whether a sentence offers or conditions something and so tells no finding."""
    return bool(word("rights_talk").search(text))


def _may_assert(letter: Letter, sentence: Sentence) -> bool:
    aside = (
        is_charges(sentence)
        or word("general").search(sentence.text)
        or _of_list(sentence.text)
        or letter.cited(sentence)
    )
    return sentence.section in ("", "reasons") and not aside and not leads_to_criteria(sentence)


def leads_to_criteria(sentence: Sentence) -> bool:
    """Whether a sentence only opens a list of what a policy asks for."""
    return sentence.text.endswith(":") and bool(word("criteria_lead").search(sentence.text))


#: An item that says of itself that it is met.
_OWN_MET = re.compile(r"\b(?:this|that|it|which) (?:is|was) (?:therefore )?(?:met|satisfied)\b", re.I)


def _holds(ground: Ground) -> bool:
    """Whether an item tells a reason: what is called one does, another only if its words are of a known kind."""
    met = any(_OWN_MET.search(s.text) for s in ground.sentences)
    return not met and (ground.strong or any(kinds_of(s.text) for s in ground.sentences))


def _told(sentence: Sentence, *, bare: bool = False) -> dict[str, str]:
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


def _of_item(item: Sequence[Sentence]) -> dict[str, Sentence]:
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


def _asserted(sentence: Sentence, have: bool) -> tuple[str, ...]:
    """Kinds that a sentence outside a list asserts as the ground of the denial."""
    said = kinds_in_ground(sentence.text) if outright(sentence.text) and not _of_rights(sentence.text) else {}
    told = sentence.section == "reasons" and word("negative").search(sentence.text)
    asked = word("asked").search(sentence.text) and not {"documentation", "no_prior_auth"} & set(said)
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


def _without_echoes(found: list[DenialReason], *, listed: bool, alone: Set[str]) -> Iterator[DenialReason]:
    """A bare conclusion says nothing beside listed reasons unless it is one (`alone`); a sub-reason nothing beside its kind."""
    kinds = {reason.kind for reason in found}
    said: set[tuple[str, str]] = set()
    for reason in found:
        if (reason.kind, reason.quote.lower()) in said:
            continue
        said.add((reason.kind, reason.quote.lower()))
        bare = "site_of_care" in kinds or len(reason.quote.split()) <= 5
        leads = reason.quote.endswith(":")
        if (
            reason.kind == "not_medically_necessary"
            and (bare or leads)
            and len(kinds) > 1
            and reason.quote not in alone
        ):
            continue
        own = word("adds").search(reason.quote) or (
            reason.kind == "documentation" and word("a_paper").search(reason.quote)
        )
        echo = not own and (reason.kind in ("prior_therapy", "documentation") or word("not_shown").search(reason.quote))
        if echo and reason.kind != "step_therapy" and "step_therapy" in kinds and not listed:
            continue
        limits = (other.quote for other in found if other.kind == "quantity_limit")
        if reason.kind == "documentation" and any(reason.quote in quote for quote in limits):
            continue
        yield reason


def case_kind(kind: str) -> str:
    """The kind as a case's denial block names it."""
    return _CASE_KINDS.get(kind, kind)
