"""Each distinct reason of a denial with its own words, and the criteria that it says are not met.

Excerpts of a policy, general remarks and the text on appeals are not reasons. A numbered reason may assert two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from chartproof.model import DenialReason
from chartproof.rights.asserted import asserted, concludes, decides, holds, may_assert, of_item, settled, told_kinds
from chartproof.rights.criteria import is_rule
from chartproof.rights.findings import TREATMENTS, Finding, findings, is_vague, speaks, spoken, told_in
from chartproof.rights.grounds import Ground, grounds, is_satisfied, word
from chartproof.rights.kinds import kinds_of, rules, topics
from chartproof.rights.lines import Sentence
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
    items = [ground for ground in places if ground.listed and holds(ground)]
    fine = settled(letter.sentences)
    prose = [ground for ground in places if not ground.listed]
    used = {s for ground in items for s in ground.sentences} | fine
    used |= {s for ground in prose for s in ground.sentences if told_kinds(s)}
    used |= {one for one, after in pairwise(letter.sentences) if is_satisfied(after)}
    told = [replace(ground, sentences=tuple(s for s in ground.sentences if s not in fine)) for ground in prose]
    listed = [quoted(letter, sentence, kind) for ground in items for kind, sentence in _of_ground(ground).items()]
    found: dict[str, DenialReason] = {reason.kind: reason for reason in reversed(listed)}
    for ground in told:
        _paragraph(letter, ground.sentences, found)
    grounded = bool(found)
    _elsewhere(letter, found, used)
    # Beside grounds in a list of their own, what a criterion asks for tells nothing more.
    criteria = () if any(ground.strong for ground in items) else tuple(from_criteria(letter, found))
    for sentence, kind in criteria:
        found.setdefault(kind, quoted(letter, sentence, kind))
    if set(found) <= {"not_medically_necessary"}:
        _after_decision(letter, found)
    elif not grounded:
        _added_after_decision(letter, found)
    sure = bool(found)
    _at_last(letter, told, found)
    further = [reason for reason in listed if reason.kind in found and reason not in found.values()]
    if not listed:
        further, found = _with_codes(letter, found)
    conclusion = next((sentence for sentence in letter.sentences if concludes(letter, sentence)), None)
    if conclusion is not None and all(reason.kind != "not_medically_necessary" for reason in further):
        found.setdefault("not_medically_necessary", quoted(letter, conclusion, "not_medically_necessary"))
    complete = bool(further) or sum(ground.strong for ground in items) > 1 or any(of_table(letter))
    fixed = {reason.kind for reason in listed} | {kind for _sentence, kind in criteria}
    _further(letter, found, fixed=fixed, complete=complete, sure=sure)
    ordered = _with_tables(letter, (*found.values(), *further))
    alone = {reason.quote for reason in listed if reason.kind == "not_medically_necessary"} if len(items) > 1 else set()
    return tuple(_without_echoes(ordered, listed=bool(items), alone=alone))


def _of_ground(ground: Ground) -> dict[str, Sentence]:
    """The kinds of one listed reason; one of no kind is looked at word class by word class."""
    kinds = of_item(ground.sentences)
    if set(kinds) == {"other"}:
        told = [one for s in ground.sentences for one in told_in(s) if not one.weak]
        found = {"step_therapy" if one.kind == "treatment" else one.kind: one.sentence for one in told}
        return found or (kinds if any(speaks(s.text) for s in ground.sentences) else {})
    return kinds


def _further(letter: Letter, found: dict[str, DenialReason], *, fixed: Set[str], complete: bool, sure: bool) -> None:
    """Adds what any sentence finds against the request, of kinds that are not told yet; a list of reasons is complete.

    What prose was taken for, outside of the kinds that are `fixed`, falls where it was a guess (not `sure`) or where its
    sentence grants, quotes or tells rights, and others find something.
    A drug to be taken first and a treatment to be had before are one ground told twice.
    """
    if complete:
        return
    told = [finding for finding in findings(letter) if not finding.weak or not found]
    if any(not finding.weak for finding in told):
        for kind, reason in [*found.items()]:
            sound = _speaks(letter, reason) and _seconded(reason, told)
            if kind not in fixed and not (sure and sound):
                del found[kind]
    _where_told(letter, found, told)
    for finding in told:
        twice = finding.kind in TREATMENTS and set(TREATMENTS) & set(found)
        if not twice and not (is_vague(finding.kind) and _is_told(finding, found)):
            found.setdefault(finding.kind, quoted(letter, finding.sentence, finding.kind))


def _where_told(letter: Letter, found: dict[str, DenialReason], told: Sequence[Finding]) -> None:
    """Quotes a reason where its own words stand, if the words quoted for it tell another one."""
    for finding in told:
        for kind, reason in found.items():
            own = next((one for one in told if one.kind == kind and one.clause[:40] not in reason.quote), None)
            if kind != finding.kind and own and finding.clause[:40] in reason.quote:
                found[kind] = quoted(letter, own.sentence, kind)


def _seconded(reason: DenialReason, told: Sequence[Finding]) -> bool:
    """Whether a reason's own words find something of its kind, or nothing that is told in words of its own."""
    if is_vague(reason.kind) and len(told) > 1 and not any(f.clause[:40] in reason.quote for f in told):
        return False
    own = {finding.kind for finding in told if 0 <= reason.quote.find(finding.clause[:40]) <= 30}
    if reason.kind in own or not (is_vague(reason.kind) or reason.kind in ("other", "diagnosis")):
        return True
    return not any(
        not is_vague(kind) or (kind, reason.kind) == ("documentation", "not_covered_benefit") for kind in own
    )


def _is_told(finding: Finding, found: Mapping[str, DenialReason]) -> bool:
    """Whether a reason is quoted from the words of a finding already."""
    return any(finding.clause[:40] in reason.quote for reason in found.values())


def _speaks(letter: Letter, reason: DenialReason) -> bool:
    """Whether a reason is told by a sentence of the letter's own text that says something of its own."""
    place = reason.span
    said = (
        s
        for s in spoken(letter)
        if place and letter.pages[s.page].number == place.page and s.start <= place.start < s.end
    )
    return any(speaks(s.text) for s in said)


def _elsewhere(letter: Letter, found: dict[str, DenialReason], used: set[Sentence]) -> None:
    """Adds what sentences outside of the places of reasons assert, and what a label names."""
    grounded = bool(found)
    added = {after for one, after in pairwise(letter.sentences) if word("adds").search(one.text)}
    for kind, sentence in _labelled(letter):
        found.setdefault(kind, quoted(letter, sentence, kind))
        used |= {s for s in letter.sentences if s.block == sentence.block}
    for sentence in letter.sentences:
        aside = sentence.bullet or sentence in used or word("past").search(sentence.text)
        if aside or not may_assert(letter, sentence):
            continue
        for kind in asserted(sentence, bool(found) and sentence not in added):
            concluded = kind == "not_medically_necessary" and not re.search("because|reason", sentence.text, re.I)
            if not (grounded and concluded and sentence.section != "reasons"):
                found.setdefault(kind, quoted(letter, sentence, kind))


def _at_last(letter: Letter, told: Sequence[Ground], found: dict[str, DenialReason]) -> None:
    """Where nothing was found: what is only named where reasons are told, then after the decision, then any ground."""
    if not found:
        for ground in told:
            _paragraph(letter, ground.sentences, found, bare=True)
    if not found:
        _after_decision(letter, found, bare=True)
        plain = [kind for kind, reason in found.items() if not word("negative").search(reason.quote)]
        if plain == ["diagnosis"]:
            found.clear()  # a diagnosis that is only named
    if not found:
        found.update(_any_ground(letter, told))


def _with_codes(
    letter: Letter, found: Mapping[str, DenialReason]
) -> tuple[list[DenialReason], dict[str, DenialReason]]:
    """(what the codes and rows of a statement tell, what the letter tells beside them)."""
    coded = [quoted_line(letter, line, kind) for kind, line in (*remarks(letter), *in_rows(letter))]
    kinds = {one.kind for one in coded}
    beside = {
        kind: reason
        for kind, reason in found.items()
        if kind not in kinds and not (kinds and kind == "other") and not any(reason.quote in one.quote for one in coded)
    }
    return coded, beside


def _with_tables(letter: Letter, found: Iterable[DenialReason]) -> list[DenialReason]:
    """The reasons in order; a table of requirements tells its own, once for a kind."""
    tabled = {reason.kind: reason for reason in of_table(letter)}
    rows = [reason.span for reason in tabled.values() if reason.span]
    kept = [reason for reason in found if not any(told_within(reason, row) for row in rows)]
    every = (*(reason for reason in kept if reason.kind not in tabled), *tabled.values())
    return sorted(every, key=lambda reason: (reason.page, reason.span.start if reason.span else 0))


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


def _paragraph(
    letter: Letter, sentences: Sequence[Sentence], found: dict[str, DenialReason], *, bare: bool = False
) -> None:
    """Adds what the sentences of a paragraph assert; "no such score" speaks of what the rule before it names.

    `bare`: a subject is enough without a word that something is wrong with it.
    """
    named: tuple[str, ...] = ()
    for sentence in sentences:
        rule = is_rule(sentence.text) or letter.cited(sentence)
        kinds = {} if letter.cited(sentence) else told_kinds(sentence, bare=bare)
        if decides(sentence.text) and not re.search(r"\b(?:because|since|as)\b", sentence.text, re.I):
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


#: Words that make a conclusion a ground of its own.
_STATED = re.compile(r"\bbecause\b|\b(?:do(?:es)?|did) not (?:establish|show|support|demonstrate)\b", re.I)


def _after_decision(letter: Letter, found: dict[str, DenialReason], *, bare: bool = False) -> None:
    """What the text after the decision asserts, where nothing says that reasons follow; a bare conclusion then is none."""
    spoken = [s for s in letter.sentences if may_assert(letter, s) and not s.bullet]
    decided = next((order for order, s in enumerate(spoken) if decides(s.text)), None)
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
    spoken = [s for s in letter.sentences if may_assert(letter, s) and not s.bullet]
    decided = next((order for order, s in enumerate(spoken) if decides(s.text)), len(spoken))
    for sentence in spoken[decided + 1 :]:
        told = any(reason.quote[:60] in sentence.text for reason in found.values())
        strict = kinds_of(sentence.text)
        for kind in () if told else told_kinds(sentence):
            # A place or network that is only named is an offer as often as a ground.
            if kind in strict or kind not in ("not_medically_necessary", "out_of_network", "site_of_care"):
                found.setdefault(kind, quoted(letter, sentence, kind))


def _any_ground(letter: Letter, told: Sequence[Ground]) -> dict[str, DenialReason]:
    """A ground that no kind fits is still the letter's ground; one restated from an earlier letter is better than none."""
    spoken = [s for s in letter.sentences if may_assert(letter, s)]
    for sentence in spoken:
        kinds = asserted(sentence, False) if word("past").search(sentence.text) else ()
        if kinds:
            return {kind: quoted(letter, sentence, kind) for kind in kinds}
    lead = re.compile(r"\breason\b[^.]{0,40}\bis\b|\bbecause\b", re.I)
    for order, sentence in enumerate(spoken):
        if lead.search(sentence.text):
            after = spoken[order + 1] if sentence.text.endswith(":") and order + 1 < len(spoken) else sentence
            return {"other": quoted(letter, after, "other")}
    for ground in told:
        for sentence in ground.sentences:
            asks = decides(sentence.text) or any(
                word(name).search(sentence.text) for name in ("granted", "asked", "past")
            )
            if (
                not asks
                and not (is_rule(sentence.text) or letter.cited(sentence))
                and sentence.text != sentence.heading
                and len(sentence.text.split()) >= 4
            ):
                return {"other": quoted(letter, sentence, "other")}
    decided = next((order for order, s in enumerate(spoken) if decides(s.text)), None)
    for sentence in spoken[decided + 1 :] if decided is not None else ():
        asks = decides(sentence.text) or any(
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


def _without_echoes(found: list[DenialReason], *, listed: bool, alone: Set[str]) -> Iterator[DenialReason]:
    """A bare conclusion says nothing beside listed reasons unless it is one (`alone`); a sub-reason nothing beside its kind."""
    kinds = {reason.kind for reason in found}
    said: set[tuple[str, str]] = set()
    for reason in found:
        if (reason.kind, reason.quote.lower()) in said:
            continue
        said.add((reason.kind, reason.quote.lower()))
        # Further days that are not needed are refused beside the place where care can be had.
        placed = "site_of_care" in kinds and not re.search(r"\b(?:days?|24-hour)\b", reason.quote, re.I)
        bare = placed or len(reason.quote.split()) <= 5
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
