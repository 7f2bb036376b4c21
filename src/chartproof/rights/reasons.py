"""Each distinct reason of a denial with its own words, the first of each kind; one listed and of no known kind is told too.

What a sentence finds is read in `findings`; tables, codes and lists of reasons tell of themselves that they are reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from chartproof.model import DenialReason
from chartproof.rights.criteria import listed_unmet
from chartproof.rights.decided import refuses
from chartproof.rights.findings import (
    TREATMENTS,
    adds,
    counts_one,
    kinds_of,
    of_level,
    of_place,
    read,
    speaks,
    subject_of,
)
from chartproof.rights.grounds import Ground, grounds, is_met, word
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists, stems
from chartproof.rights.quoted import in_boxes, in_rows, of_table, quoted, quoted_line, told_within
from chartproof.rights.remarks import remarks
from chartproof.rights.ruled import off_label, ruled, said_last
from chartproof.rights.service import service
from chartproof.rights.spoken import findings
from chartproof.rights.text import Letter
from chartproof.rights.weighing import Rule, chosen, contradicted, contradicts

#: Kinds of letters that a case's denial block names otherwise.
_CASE_KINDS: Mapping[str, str] = {
    "step_therapy": "prior_therapy", "out_of_network": "other", "quantity_limit": "other", "duplicate_therapy": "other",
    "age_limit": "other", "off_label": "diagnosis", "no_prior_auth": "other", "not_medically_necessary": "other",
}  # fmt: skip


def reasons(letter: Letter) -> tuple[DenialReason, ...]:
    """The reasons, in the order of the letter."""
    coded = [quoted_line(letter, line, kind) for kind, line in (*remarks(letter), *in_rows(letter))]
    coded += in_boxes(letter)
    tabled = {reason.kind: reason for reason in of_table(letter)}
    rows = [reason.span for reason in (*tabled.values(), *coded) if reason.span]
    listed = [ground for ground in grounds(letter) if not is_met(ground.sentences)]
    apart = {sentence for ground in listed for sentence in ground.sentences}
    told = [reason for ground in listed if not ground.marked for reason in _of_ground(letter, ground)]
    of_marks = [reason for ground in listed if ground.marked for reason in _of_ground(letter, ground)]
    plain = [reason for ground in listed for reason in _of_subject(letter, ground, apart)]
    plain = [reason for reason in plain if not any(told_within(reason, row) for row in rows)]
    untold = [reason for reason in plain if reason.kind == "other"]
    marked = [r for ground in listed if ground.marked for r in _of_subject(letter, ground, apart) if r in untold]
    told += [reason for reason in plain if reason.kind != "other"]
    told = [reason for reason in told if not any(told_within(reason, row) for row in rows)]
    found = {reason.kind: reason for reason in reversed((*tabled.values(), *coded, *told))}
    judged = bool(tabled)
    spared = [item for one in criteria_lists(letter) if one.of_choice for item in one.items]
    for finding in findings(letter, apart=apart):
        if judged and found and finding.kind in _OF_CRITERIA and finding.kind not in found:
            continue  # each criterion was judged by itself
        if any(contradicts(item, finding.sentence) for item in spared):
            continue  # that there is no need of what would do
        whole = finding.kind == "not_medically_necessary"  # a conclusion is known by what stands around it
        clause = finding.sentence if whole else replace(finding.sentence, text=finding.clause)
        reason = quoted(letter, clause, finding.kind)
        within = any(told_within(reason, row) for row in rows)
        if not (within or (finding.weak and (found or of_marks)) or _is_twice(finding.kind, found)):
            found.setdefault(finding.kind, reason)
    for reason in of_marks:  # in the letter's own words a criterion's kind is told better
        if not _is_twice(reason.kind, found):
            found.setdefault(reason.kind, reason)
    for rule, fact in contradicted(letter):
        kind = kinds_of(fact.text, letter)[0] if rule.kind == "treatment" else rule.kind or "other"
        if (
            rule.alone and fact.block == rule.asked.block
        ):  # what a value tells against its rule is not also a missing paper
            found = {k: r for k, r in found.items() if k != "documentation" or not _after(letter, r, rule)}
            told = [r for r in told if r.kind != "documentation" or not _after(letter, r, rule)]
        contrary = quoted(letter, fact, kind)
        if not any(told_within(contrary, row) for row in rows):
            found.setdefault(kind, contrary)
    for one in off_label(letter):
        found.setdefault(one.kind, quoted(letter, one.sentence, one.kind))
    for one in () if set(found) - {"not_medically_necessary"} else ruled(letter):
        found.setdefault(one.kind, quoted(letter, one.sentence, one.kind))
    if "quantity_limit" in found:
        found.pop("one_time", None)  # one in a lifetime, and the one that was had: one ground
    complete = (
        tabled
        or "site_of_care" in found
        or any(ground.strong for ground in listed)
        or {"quantity_limit", "step_therapy"} & set(found)
    )
    for sentence, kind in () if complete else _of_criteria(letter):
        if not _is_twice(kind, found):
            found.setdefault(kind, quoted(letter, sentence, kind))
    bare = found.get("other")
    if bare and bare in tabled.values() and any(_repeats(bare, one) for one in found.values()):
        found.pop("other")
    concluded = found.get("not_medically_necessary")
    # What is listed of no kind of its own is told in other words elsewhere, or tells why care is not needed.
    if not ("other" in found or (concluded and not marked and _NEEDED.search(concluded.quote))):
        told += untold
        found |= {reason.kind: reason for reason in untold[:1]}
    last = None if found else said_last(letter)
    if last:  # of a stay or a level of care, nothing else is told than that it is not the place
        asked = service(letter)
        kind = "site_of_care" if asked and of_level(asked.text) else "other"
        needed = any(_NEEDED.search(s.text) for s in letter.sentences if s.section in ("", "reasons"))
        return (quoted(letter, last, "not_medically_necessary" if kind == "other" and needed else kind),)
    every = [
        reason
        for reason in dict.fromkeys((*found.values(), *told))
        if reason in told or not _only_concludes(reason, found)
    ]
    return tuple(sorted(every, key=lambda reason: (reason.page, reason.span.start if reason.span else 0)))


#: Kinds of what single criteria ask for; the others conclude of the whole.
_OF_CRITERIA = (
    *TREATMENTS, "documentation", "organ_function", "performance_status", "allo_transplant", "age_limit", "one_time",
)  # fmt: skip
#: A verdict that only says that nothing was there to read.
_UNSEEN = re.compile(r"\bnot (?:\w+ )?(?:shown|received|sent|provided|documented|found|supplied)\b", re.I)
#: The standard that is applied where a letter speaks of need.
_NEEDED = re.compile(r"\bmedical(?:ly)? (?:necess(?:ary|ity)|need\w*)\b", re.I)


def _only_concludes(reason: DenialReason, found: Mapping[str, DenialReason]) -> bool:
    """Whether a "not medically necessary" beside other reasons says no more: of a place of care, in a word, or as decided."""
    if reason.kind != "not_medically_necessary" or set(found) == {reason.kind}:
        return False
    placed = (
        "site_of_care" in found
        and of_place(reason.quote)
        and not re.search(r"\b(?:days?|24-hour)\b", reason.quote, re.I)
    )
    return (
        placed
        or len(reason.quote.split()) <= 5
        or reason.quote.endswith(":")
        or bool(word("as_decided").search(reason.quote))
    )


def _after(letter: Letter, reason: DenialReason, rule: Rule) -> bool:
    """Whether a reason is told in the words after a rule."""
    return any(told_within(reason, letter.span(s.page, s.start, s.end)) for s in rule.after)


def _repeats(row: DenialReason, told: DenialReason) -> bool:
    """Whether a reason of a known kind tells, in its own words, what a row of no known kind asks for."""
    return told.kind != row.kind and len(stems(row.quote) & stems(told.quote)) >= 2


def _is_twice(kind: str, found: Mapping[str, DenialReason]) -> bool:
    """Whether a drug to be taken first and a treatment to be had before would be one ground told twice."""
    return kind in TREATMENTS and bool(set(TREATMENTS) & set(found))


def _of_ground(letter: Letter, ground: Ground) -> Iterator[DenialReason]:
    """What a listed reason finds, the first of each kind."""
    told = {one.kind: one for one in reversed(read(letter, ground.sentences)) if not one.weak}
    asked = subject_of(ground.sentences[0].text) if ground.marked else ""
    if asked:
        kind = kinds_of(ground.sentences[0].text, letter)[0] if asked == "treatment" else asked
        yield quoted(letter, ground.sentences[0], kind)
        return
    if len(told) > 1 and not any(s.text.count(" and ") for s in ground.sentences):
        lacking = told.pop("documentation", None)  # the papers on what else the item says
        if lacking and adds(lacking):
            told["documentation"] = lacking
    for kind, one in told.items():
        apart = all(one.sentence != other.sentence for other in told.values() if other is not one)
        apart = apart and not ("site_of_care" in told and of_place(one.clause))
        if kind != "not_medically_necessary" or apart:
            yield quoted(letter, replace(one.sentence, text=one.clause), kind)


def _of_subject(letter: Letter, ground: Ground, grounded: Set[Sentence]) -> Iterator[DenialReason]:
    """What a listed reason speaks of, where neither it nor what follows the list finds anything in so many words."""
    if ground.marked and subject_of(ground.sentences[0].text):
        return  # told by what the criterion asks for
    told = [one for one in read(letter, ground.sentences) if not one.weak]
    last = ground.sentences[-1]
    below = [s for s in letter.sentences if s.block == last.block + 1 and not s.bullet and s not in grounded]
    tells = any(speaks(s.text) and not refuses(s.text) for s in ground.sentences)
    if ground.strong and tells and not told and not read(letter, below):
        unseen = ground.marked and _UNSEEN.search(" ".join(s.text for s in ground.sentences))
        for kind in kinds_of(" ".join(s.text for s in ground.sentences), letter):
            yield quoted(letter, ground.sentences[0], "documentation" if unseen and kind == "other" else kind)


def _of_criteria(letter: Letter) -> Iterator[tuple[Sentence, str]]:
    """What a criterion in a list of what is not met asks for, with its kind; a paper where papers are called missing."""
    judged = [(item, "") for one in criteria_lists(letter) if one.told and not one.of_choice for item in one.unmet]
    apart = chosen(letter)
    for sentence, lead in (*listed_unmet(letter), *judged):
        if (sentence.page, sentence.start) in apart:
            continue
        if word("missing_lead").search(lead):
            yield sentence, "documentation"
            continue
        yield from ((sentence, kind) for kind in kinds_of(sentence.text, letter) if kind != "other")


def letter_kind(reason: DenialReason) -> str:
    """The kind as the letter file names it: an earlier product of the same sort is a limit where one is counted, else other."""
    if reason.kind != "one_time":
        return reason.kind
    return "quantity_limit" if counts_one(reason.quote) else "other"


def case_kind(kind: str) -> str:
    """The kind as a case's denial block names it."""
    return _CASE_KINDS.get(kind, kind)
