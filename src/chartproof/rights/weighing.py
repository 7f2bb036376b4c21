"""What a letter says that a policy asks for, thing by thing, and whether the letter says or shows that it is not so.

No word of a reason is looked for. A thing asked for is unmet where the words after it deny it, where a value stands on the
wrong side of its bound, or where the letter finds something lacking of which it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.rights.bounds import Number, numbers_of
from chartproof.rights.decided import refuses
from chartproof.rights.durations import falls_short, is_shorter
from chartproof.rights.findings import TREATMENTS, Finding, speaks
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import is_satisfied, word
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists, stems
from chartproof.rights.periods import COUNT, number_in
from chartproof.rights.rules import BARS, ONLY_SOME, Rule, cut, is_rule, rules
from chartproof.rights.spoken import findings
from chartproof.rights.text import Letter

#: What is said of all that a sentence asks for.
_WHOLE = re.compile(r"(?:neither|none|nothing of the kind)\b", re.I)
#: A thing asked for that is to be absent.
_ABSENT = re.compile(
    r"\W*(?:[\w-]+ ){0,6}?(?:no|not|without|absence of|free of|negative|never)\b|.*\b(?:shows?|showing|finds?|finding) (?:no|the absence of|absence of)\b",
    re.I,
)
#: Something asked for that is named where it is found lacking: "which is not the required six-month trial".
_NAMED = re.compile(r"\b(?:the|an?) (?:required|needed|necessary|minimum)\b.*", re.I)
#: What came or was had, told as less than what was asked for, or as its contrary.
_CONTRARY = re.compile(rf"{ONLY_SOME.pattern}|\W*(?:but|whereas) (?!.*\b(?:met|satisfied|enough|sufficient)\b)", re.I)


def unmet(letter: Letter) -> Iterator[Sentence]:
    """Each rule's thing that the letter says or shows is not so."""
    told = findings(letter)
    kinds = {one.kind for one in told}
    kinds |= {"treatment"} if kinds & set(TREATMENTS) else set()
    every = rules(letter)
    for rule in every:
        if any(
            is_satisfied(s) or (word("item_met").search(s.text) and not finding_words().has("neg", s.text))
            for s in rule.after[:1]
        ):
            continue
        said = "" if rule.alone else _told_of(rule)
        if _ACCEPTS.search(said):
            continue
        denied = any(
            (finding_words().has("neg", s.text) and speaks(s.text)) or _CONTRARY.match(s.text) for s in rule.after
        )
        denied = denied or any(one.sentence in rule.after for one in told)
        whole = any(_WHOLE.match(s.text) for s in rule.after) or _is_barred(letter, rule)
        # A denial that tells one rule alone, and then how the member is, turns on that rule.
        whole = whole or (len(every) == 1 and any(_is_less(rule, s.text) for s in rule.after[:1]))
        present = _ABSENT.match(rule.asked.text) and any(_is_present(rule, s) for s in rule.after)
        if (
            (rule.alone and denied)
            or whole
            or present
            or (rule.kind and rule.kind in kinds)
            or _shares(rule, told)
            or (finding_words().has("neg", said) and speaks(said))
            or any(contradicts(rule.asked, s) for s in (*rule.beside, *rule.after))
        ):
            yield rule.asked
    yield from _within(letter, told)


_FOUND = re.compile(
    r"\b(?:shows?|showed|found|finds|records?|reads?|lists?|reports?|is|are|was|were|has|have|had)\b", re.I
)


#: What grants a thing that was just spoken of.
_ACCEPTS = re.compile(
    r"\bwe (?:do )?(?:accept|agree|grant|credit)\b|\b(?:is|are|was|were) (?:met|satisfied|accepted)\b", re.I
)


def _told_of(rule: Rule) -> str:
    """The first sentence after a rule that speaks of this part of it, and of no other."""
    own = _words(rule.asked) - {word for one in rule.beside for word in _words(one)}
    told = (s.text for s in rule.after if own & _words(s) and (speaks(s.text) or _ACCEPTS.search(s.text)))
    return next((text for text in told if not is_rule(text)), "")


def _words(sentence: Sentence) -> set[str]:
    return stems(sentence.text.replace("-", " "))


def _is_barred(letter: Letter, rule: Rule) -> bool:
    """Whether a rule rules out what its own sentence has just told: "the scan shows X, and our policy does not allow X"."""
    asked = rule.asked
    whole = next((s for s in letter.sentences if s.page == asked.page and s.start <= asked.start < s.end), asked)
    told = whole.text.partition(asked.text)[0]
    return bool(BARS.match(asked.text) and _FOUND.search(told) and stems(told) & stems(asked.text))


def _is_less(rule: Rule, text: str) -> bool:
    """Whether a sentence tells flatly how it is with the member: grants nothing, and counts no more than what is asked for."""
    told = re.match(r"\W*(?:and |but )?(?:yours?|he|his|she|hers?|you|theirs?)\b", text, re.I)
    asked, had = (list(map(number_in, _COUNTS.findall(one))) for one in (rule.asked.text, text))
    shorter = is_shorter(rule.asked.text, text)
    enough = had and (not asked or max(had) >= max(asked)) if shorter is None else not shorter
    return bool(told and not enough) and speaks(text) and not aside_words().has("called_met", text)


_COUNTS = re.compile(rf"\b(?:{COUNT})\b", re.I)


def chosen(letter: Letter) -> set[tuple[int, int]]:
    """The places of what would do one for another: that none of them is there is one ground, told by what they lead to."""
    return {(s.page, s.start) for one in criteria_lists(letter) if one.of_choice for s in one.items}


def contradicted(letter: Letter) -> Iterator[tuple[Rule, Sentence]]:
    """Each rule with the first fact after it that is its contrary: a value beyond its bound, or what is to be absent."""
    apart = chosen(letter)
    for rule in rules(letter):
        if (rule.asked.page, rule.asked.start) in apart:
            continue  # what is not needed where another is there
        absent = _ABSENT.match(rule.asked.text)
        for fact in (*rule.beside, *rule.after):
            present = absent and fact not in rule.beside and _is_present(rule, fact)
            if present or contradicts(rule.asked, fact):
                yield rule, fact
                break


def _within(letter: Letter, told: Sequence[Finding]) -> Iterator[Sentence]:
    """What a finding itself names as asked for: after its denial a bound, or "the required ..."."""
    for one in told:
        denial = finding_words().pattern("neg").search(one.clause)
        if denial is None:
            continue
        rest = one.clause[denial.end() :]
        named = _NAMED.search(rest)
        bound = next((number for number in numbers_of(rest) if number.bound), None)
        if named or bound:
            words = named.group() if named else rest[len(bound.before) :] if bound else ""
            yield cut(letter, one.sentence, words.strip(" ."))


def _shares(rule: Rule, told: Sequence[Finding]) -> bool:
    """Whether something found lacking speaks of what a rule asks for: in one telling word beside it, in two elsewhere."""
    own = stems(rule.asked.text)
    return any(
        len(own & stems(one.clause)) >= (1 if one.sentence in (rule.before, *rule.after) else 2)
        and rule.asked.text not in one.clause
        for one in told
    )


def _is_present(rule: Rule, fact: Sentence) -> bool:
    """Whether a fact tells flatly of what is to be absent."""
    shared = stems(rule.asked.text) & stems(fact.text)
    told = speaks(fact.text) and not (refuses(fact.text) or word("item_met").search(fact.text))
    return bool(shared) and told and not finding_words().has("neg", fact.text)


def contradicts(asked: Sentence, fact: Sentence) -> bool:
    """Whether every value of a fact that compares with a bound of what is asked for stands on its wrong side."""
    values = [one for one in numbers_of(fact.text) if not one.bound]
    for bound in (one for one in numbers_of(asked.text) if one.bound):
        alike = [one for one in values if _comparable(bound, one)]
        if alike and all(one.refutes(bound) for one in alike):
            return True
    worn = finding_words().has("worn", asked.text) and finding_words().has("still_works", fact.text)
    return worn or falls_short(asked.text, fact.text)


def _comparable(bound: Number, value: Number) -> bool:
    """Whether two numbers measure the same thing: one unit, or a word of what is measured before both."""
    if bound.unit and bound.unit == value.unit:
        return True
    if _SCORED.search(value.before) and value.unit in _NO_UNIT and bound.unit in _NO_UNIT:
        return True
    return bool(stems(" ".join(bound.before.split()[-6:])) & stems(" ".join(value.before.split()[-6:])))


#: A value that is told as somebody's reading of what was just spoken of ("Your doctor recorded 3 on May 2").
_SCORED = re.compile(
    r"\b(?:recorded|scored|rated|graded|gave|noted|wrote|found|put it at) (?:it |you |her |him )?(?:as |at |an? )?$"
    r"|\b(?:yours|hers|his|theirs) (?:is|was|were|came to|stands at|stood at) (?:only |just )?$",
    re.I,
)
_NO_UNIT = ("", "or", "on", "in", "at", "and", "by", "for", "is", "was", "as")
