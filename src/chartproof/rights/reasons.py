"""Each distinct reason of a denial with its own words, the first of each kind; one listed and of no known kind is told too.

What a sentence finds is read in `findings`; tables, codes and lists of reasons tell of themselves that they are reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

from chartproof.model import DenialReason, Span
from chartproof.rights.criteria import listed_unmet
from chartproof.rights.decided import refuses
from chartproof.rights.durations import falls_short
from chartproof.rights.findings import (
    TREATMENTS,
    Finding,
    adds,
    calls_unmet,
    kinds_of,
    of_level,
    of_place,
    read,
    speaks,
    subject_of,
    told_in,
)
from chartproof.rights.grammar import finding_words
from chartproof.rights.grounds import Ground, grounds, is_met, word
from chartproof.rights.itemized import told_of_items
from chartproof.rights.lines import RESULT, Sentence
from chartproof.rights.lists import criteria_lists, stems
from chartproof.rights.once import once, only_concludes
from chartproof.rights.quoted import in_boxes, in_rows, of_table, placed, quoted, quoted_line, told_within
from chartproof.rights.remarks import remarks
from chartproof.rights.ruled import explains, of_other_drugs, off_label, ruled, said_last
from chartproof.rights.service import service
from chartproof.rights.spoken import findings, is_one_more
from chartproof.rights.tables import requirement_rows
from chartproof.rights.text import Letter
from chartproof.rights.weighing import Rule, chosen, contradicted, contradicts


@dataclass
class _Found:
    """What a letter's tables, codes and lists tell of themselves, to which its other words add."""

    letter: Letter
    #: The first reason of each kind.
    first: dict[str, DenialReason]
    #: All that lists tell, several of a kind among them.
    listed: list[DenialReason]
    #: Listed grounds of no known kind; what criteria beside their verdicts tell; rows of a table of requirements.
    untold: list[DenialReason]
    of_marks: list[DenialReason]
    tabled: dict[str, DenialReason]
    #: The places of rows, codes and boxes, in which nothing else is read.
    rows: list[Span]
    #: Sentences that tell of single criteria, which are read there.
    apart: set[Sentence] = field(default_factory=set)
    #: Whether one of the untold is a criterion beside its verdict, or an item that the letter counts among its reasons.
    is_counted: bool = False
    #: Where a list of reasons begins of which each item tells one.
    opens: tuple[int, int] | None = None

    def is_in_row(self, reason: DenialReason) -> bool:
        return any(told_within(reason, row) for row in self.rows)

    def is_twice(self, kind: str) -> bool:
        """Whether a drug to be taken first and a treatment to be had before would be one ground told twice."""
        return kind in TREATMENTS and bool(set(TREATMENTS) & set(self.first))

    def add(self, reason: DenialReason) -> None:
        self.first.setdefault(reason.kind, reason)


def reasons(letter: Letter) -> tuple[DenialReason, ...]:
    """The reasons, in the order of the letter."""
    every = grounds(letter)
    listed = [ground for ground in every if not is_met(ground.sentences)]
    found = _found(letter, listed)
    _add_spoken(found, {sentence for ground in every for sentence in ground.sentences} | found.apart)
    _add_contrary(found)
    for one in off_label(letter):
        if not of_other_drugs(letter, one, set(found.first)):
            found.add(quoted(letter, one.sentence, one.kind))
    for one in () if set(found.first) - {"not_medically_necessary"} else ruled(letter):
        found.add(quoted(letter, one.sentence, one.kind))
    if "quantity_limit" in found.first:
        found.first.pop("one_time", None)  # one in a lifetime, and the one that was had: one ground
    if not ({"site_of_care", "quantity_limit", "step_therapy"} & set(found.first) or any(g.strong for g in listed)):
        _add_criteria(found)
    _settle_other(found)
    told = [
        reason
        for reason in dict.fromkeys((*found.first.values(), *found.listed))
        if reason in found.listed or not only_concludes(reason, found.first)
    ]
    return once(told or _told_last(letter))


def _found(letter: Letter, listed: list[Ground]) -> _Found:
    coded = [quoted_line(letter, line, kind) for kind, line in (*remarks(letter), *in_rows(letter))]
    coded += in_boxes(letter)
    strong = [sentence for ground in listed if ground.strong and not ground.marked for sentence in ground.sentences]
    every = list(of_table(letter, strong))
    tabled = {reason.kind: reason for reason in reversed(every)}
    rows = [reason.span for reason in (*every, *coded) if reason.span]
    if told_of_items(letter):
        listed = [ground for ground in listed if not ground.marked]
    apart = {sentence for ground in listed for sentence in ground.sentences}
    of_items = [one for one in told_of_items(letter) if not apart.intersection(one.sentences)]
    found = _Found(letter, {}, [], [], [], tabled, rows, opens=_opens(letter, listed))
    # One code is one reason: what its explanation goes on to say is no other.
    explained = {(line.page, line.start) for _kind, line in remarks(letter)}
    opened = {s.block for s in letter.sentences if (s.page, s.start) in explained}
    found.apart |= {s for s in letter.sentences if s.block in opened}
    found.apart |= {sentence for one in of_items for sentence in one.sentences}
    told = [reason for ground in listed if not ground.marked for reason in _of_ground(letter, ground)]
    told += [quoted(letter, one.telling, one.kind) for one in of_items]
    found.of_marks = [reason for ground in listed if ground.marked for reason in _of_ground(letter, ground)]
    plain = [
        (reason, ground.marked or ground.counted or ground.sentences[0].item > 0 or letter.in_row(ground.sentences[0]))
        for ground in listed
        for reason in _of_subject(letter, ground, apart)
    ]
    told += [reason for reason, _counted in plain if reason.kind != "other"]
    found.listed = [reason for reason in told if not found.is_in_row(reason)]
    # What the letter lists as its reasons, a row of the same kind tells again.
    listed_kinds = {reason.kind for reason in found.listed} if strong else set()
    every = [reason for reason in every if reason.kind not in listed_kinds]
    found.tabled = tabled = {kind: reason for kind, reason in tabled.items() if kind not in listed_kinds}
    # Each row that lacks a paper of its own is a reason of its own.
    papers = [reason for reason in every if reason.kind == "documentation"]
    found.listed += papers if len(papers) > 1 else []
    untold = [(reason, counted) for reason, counted in plain if reason.kind == "other" and not found.is_in_row(reason)]
    found.untold = [reason for reason, _counted in untold]
    found.is_counted = any(counted for _reason, counted in untold)
    found.first = {reason.kind: reason for reason in reversed((*tabled.values(), *coded, *found.listed))}
    return found


def _opens(letter: Letter, listed: Sequence[Ground]) -> tuple[int, int] | None:
    """Where a list of two or more reasons begins of which each item finds something."""
    items = [ground for ground in listed if ground.strong and not ground.marked]
    if len(items) < 2 or not all(any(not one.weak for one in read(letter, ground.sentences)) for ground in items):
        return None
    return min((ground.sentences[0].page, ground.sentences[0].start) for ground in items)


def _add_spoken(found: _Found, apart: Set[Sentence]) -> None:
    """What sentences outside of the lists find; then what criteria beside verdicts tell, which is told better there."""
    letter = found.letter
    judged = bool(found.tabled)
    asked = service(letter)
    of_stay = bool(asked and not asked.drug and of_level(asked.text))
    spared = [item for one in criteria_lists(letter) if one.of_choice for item in one.items]
    told = findings(letter, apart=apart)
    kinds = {finding.kind for finding in told}
    of_stay = of_stay or (asked is None and "site_of_care" in kinds)
    for finding in told:
        if found.opens and (finding.sentence.page, finding.sentence.start) < found.opens:
            continue  # what leads to the letter's own list of reasons
        if judged and finding.kind in _OF_CRITERIA and finding.kind not in found.first:
            if not _tells_row(found, finding):
                continue  # each criterion was judged by itself
            found.first.pop("other")  # the row of no known kind is told here
        if any(contradicts(item, finding.sentence) for item in spared):
            continue  # that there is no need of what would do
        if of_stay and "site_of_care" in kinds and (finding.kind in _OF_COURSE or finding.clause.endswith(":")):
            continue  # what shows that another place would do, and what leads to a list of signs
        if of_other_drugs(letter, finding, kinds):
            continue
        if finding.kind == "documentation" and explains(letter, finding.sentence, told):
            continue
        whole = finding.kind == "not_medically_necessary"  # a conclusion is known by what stands around it
        clause = finding.sentence if whole else replace(finding.sentence, text=finding.clause)
        reason = quoted(letter, clause, finding.kind)
        weak = finding.weak and (found.first or found.of_marks or found.is_counted)
        if weak or found.is_in_row(reason):
            continue
        first = next((one for one in told if one.kind == finding.kind), finding)
        if is_one_more(letter, finding, first) and finding.kind in found.first and not found.listed:
            found.listed += [found.first[finding.kind], reason]
        elif not found.is_twice(finding.kind):
            found.add(reason)
    for reason in found.of_marks:
        if not found.is_twice(reason.kind):
            found.add(reason)


def _add_contrary(found: _Found) -> None:
    """Facts that are the contrary of a rule."""
    letter = found.letter
    asked = service(letter)
    of_stay = "site_of_care" in found.first and asked is not None and not asked.drug and of_level(asked.text)
    others: list[DenialReason] = []
    for rule, fact in contradicted(letter):
        kind = rule.kind if rule.kind not in ("", "treatment") else kinds_of(fact.text, letter)[0]
        if kind == "other" and falls_short(rule.asked.text, fact.text):
            kind = kinds_of(rule.asked.text, letter)[0]
        if kind not in found.first and found.is_twice(kind):
            continue
        if any(
            told_within(one, letter.span(s.page, s.start, s.end)) for one in found.listed for s in _beside(letter, fact)
        ):
            continue  # the item of a list in which it stands is one reason
        if of_stay and kind in (*_OF_COURSE, "other"):
            continue  # how somebody is shows which place would do
        if rule.alone and fact.block == rule.asked.block and not _ASKS_PAPER.search(rule.asked.text):
            # what a value tells against its rule is not also a missing paper
            lacking = [r for r in found.listed if r.kind == "documentation" and _after(letter, r, rule)]
            found.listed = [reason for reason in found.listed if reason not in lacking]
            first = found.first.get("documentation")
            if first and _after(letter, first, rule):
                found.first.pop("documentation")
        contrary = quoted(letter, fact, kind)
        if not found.is_in_row(contrary):
            found.listed += _one_more(found, contrary)
            found.add(contrary)
            others += [contrary] if kind == "other" else []
    if len(others) > 1 and not any(one.kind == "other" for one in (*found.listed, *found.tabled.values())):
        found.listed += others  # each rule is a ground of its own


#: A rule that asks for a value and for whose paper it must stand in.
_ASKS_PAPER = re.compile(r"\b(?:documented|recorded|certified|confirmed|signed|ordered|stated) (?:by|in) ", re.I)


def _beside(letter: Letter, fact: Sentence) -> Iterator[Sentence]:
    """The other sentences of the item of a list that a fact stands in."""
    yield from (s for s in letter.sentences if fact.item and s.bullet and s.block == fact.block and s != fact)


def _one_more(found: _Found, contrary: DenialReason) -> list[DenialReason]:
    """A treatment that falls short of its rule, and one told after it as one more: both, where no list tells of either."""
    first = found.first.get(contrary.kind)
    if first is None or found.listed or contrary.kind not in TREATMENTS or not finding_words().has("adds", first.quote):
        return []
    places = [(one.page, one.span.start) for one in (contrary, first) if one.span]
    return [contrary, first] if len(places) == 2 and places[0] < places[1] else []


def _add_criteria(found: _Found) -> None:
    """Kinds of single criteria called not met, where no table judged them."""
    for sentence, kind in () if found.tabled else _of_criteria(found.letter):
        if not found.is_twice(kind):
            found.add(quoted(found.letter, sentence, kind))
    for sentence in found.letter.sentences:
        facts = sentence.section in ("", "reasons") and calls_unmet(sentence.text) and not told_in(sentence)
        if facts and not set(found.first) - {"not_medically_necessary", "not_covered_benefit"}:
            found.add(quoted(found.letter, sentence, "other"))


def _settle_other(found: _Found) -> None:
    """Whether a ground of no known kind is one more reason, or told in other words elsewhere, or why care is not needed."""
    bare = found.first.get("other")
    if bare and bare in found.tabled.values() and any(_repeats(bare, one) for one in found.first.values()):
        found.first.pop("other")
    concluded = found.first.get("not_medically_necessary")
    apart = concluded in found.listed  # a conclusion that is an item of its own explains no other
    if "other" in found.first or (concluded and not (apart or found.is_counted) and _NEEDED.search(concluded.quote)):
        return
    # A row that ends in its verdict may be told in the text.
    first = [one for one in found.first.values() if one.kind != "not_medically_necessary"]
    untold = [
        row for row in found.untold if not (RESULT.search(row.quote) and any(_repeats(row, one) for one in first))
    ]
    found.listed += untold
    for reason in untold[:1]:
        found.add(reason)


def _told_last(letter: Letter) -> list[DenialReason]:
    """What is said of the member where nothing of a known kind is: of a stay or a level of care, that it is not the place."""
    last = said_last(letter)
    if last is None:
        return []
    asked = service(letter)
    if asked and of_level(asked.text):
        return [quoted(letter, last, "site_of_care")]
    needed = any(_NEEDED.search(s.text) for s in letter.sentences if s.section in ("", "reasons"))
    return [quoted(letter, last, "not_medically_necessary" if needed else "other")]


#: Kinds that tell how somebody is and what was done: of a stay, they show which place would do.
_OF_COURSE = (*TREATMENTS, "organ_function", "performance_status")
#: Kinds of what single criteria ask for; the others conclude of the whole.
_OF_CRITERIA = (
    *TREATMENTS, "documentation", "organ_function", "performance_status", "allo_transplant", "age_limit", "one_time",
)  # fmt: skip
#: A verdict that only says that nothing was there to read.
_UNSEEN = re.compile(r"\bnot (?:\w+ )?(?:shown|received|sent|provided|documented|found|supplied)\b", re.I)
#: The standard that is applied where a letter speaks of need.
_NEEDED = re.compile(r"\bmedical(?:ly)? (?:necess(?:ary|ity)|need\w*)\b", re.I)


def _after(letter: Letter, reason: DenialReason, rule: Rule) -> bool:
    """Whether a reason is told in the words after a rule, and not as one more."""
    return not finding_words().has("adds", reason.quote) and any(
        told_within(reason, letter.span(s.page, s.start, s.end)) for s in rule.after
    )


def _tells_row(found: _Found, finding: Finding) -> bool:
    """Whether a finding of a known kind speaks, in two telling words, of what the one row of no known kind asks for."""
    row = found.first.get("other")
    if row is None or row is not found.tabled.get("other"):
        return False
    asked = (one.requirement for one in requirement_rows(found.letter) if not one.met and one.finding.text == row.quote)
    return any(len(stems(one.text) & stems(finding.clause)) >= 2 for one in asked)


def _repeats(row: DenialReason, told: DenialReason) -> bool:
    """Whether a reason of a known kind tells, in its own words, what a row of no known kind asks for."""
    return told.kind != row.kind and len(stems(row.quote) & stems(told.quote)) >= 2


def _of_ground(letter: Letter, ground: Ground) -> Iterator[DenialReason]:
    """What a listed reason finds, the first of each kind."""
    every = [one for one in read(letter, ground.sentences) if not one.weak]
    told = {one.kind: one for one in reversed(_first_told(ground, every))}
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


def _first_told(ground: Ground, told: Sequence[Finding]) -> Sequence[Finding]:
    """What a ground finds, where one reason is one ground: what its first telling sentence does, and what is told as one more.

    A ground whose title names two things tells of both.
    """
    title = ground.sentences[0].text
    if not (ground.strong and told) or (len(title.split()) <= 8 and re.search(r" and |, |&", title)):
        return told
    # What papers lack is told of what else the item says.
    first = next((one for one in told if one.kind != "documentation"), told[0])
    return [one for one in told if one.sentence == first.sentence or adds(one)]


def _of_subject(letter: Letter, ground: Ground, grounded: Set[Sentence]) -> Iterator[DenialReason]:
    """What a listed reason speaks of, where neither it nor what follows the list finds anything in so many words."""
    if ground.marked and subject_of(ground.sentences[0].text):
        return  # told by what the criterion asks for
    every = read(letter, ground.sentences)
    told = [one for one in every if not one.weak]
    last = ground.sentences[-1]
    below = [s for s in letter.sentences if s.block == last.block + 1 and not s.bullet and s not in grounded]
    tells = any(speaks(s.text) and not refuses(s.text) for s in ground.sentences)
    after = [one for one in read(letter, below) if not (ground.counted and one.kind == "not_medically_necessary")]
    if ground.strong and tells and not told and not after:
        unseen = ground.marked and _UNSEEN.search(" ".join(s.text for s in ground.sentences))
        kinds = tuple(placed(letter, kind) for kind in kinds_of(" ".join(s.text for s in ground.sentences), letter))
        for kind in (_of_cited(letter, ground),) if kinds == ("other",) else kinds:
            lacking = unseen or any(
                one.sentence == ground.sentences[0] for one in every if one.kind == "documentation"
            )  # told where no kind is
            yield quoted(letter, ground.sentences[0], "documentation" if lacking and kind == "other" else kind)


def _of_cited(letter: Letter, ground: Ground) -> str:
    """The kind of the policy's own words that an item begins with, where what follows them has none."""
    first = ground.sentences[0]
    cited = (s for s in letter.sentences if s.block == first.block and s.start < first.start and s.bullet)
    return next((kinds_of(s.text, letter)[0] for s in cited if subject_of(s.text)), "other")


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
