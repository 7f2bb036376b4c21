"""What a letter says that a policy asks for, thing by thing, and whether the letter says or shows that it is not so.

No word of a reason is looked for. A thing asked for is unmet where the words after it deny it, where a value stands on the
wrong side of its bound, or where the letter finds something lacking of which it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.rights.bounds import Number, numbers_of
from chartproof.rights.decided import grants, refuses
from chartproof.rights.durations import falls_short
from chartproof.rights.findings import TREATMENTS, Finding, speaks, subject_of, tells_rights
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import in_general, is_satisfied, word
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists, stems
from chartproof.rights.spoken import findings
from chartproof.rights.text import Letter


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing asked for, cut to its own words; `after` are the sentences of its paragraph that follow, up to the next rule.

    `alone`: its sentence asks for nothing else; `beside` are that sentence's other parts.
    """

    asked: Sentence
    after: tuple[Sentence, ...]
    alone: bool
    before: Sentence | None = None
    beside: tuple[Sentence, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of what is asked for, or of the title of its paragraph."""
        return subject_of(self.asked.text) or subject_of(self.asked.runin)


_QUOTED = re.compile(r"[“\"](?P<words>[^“”\"]{12,}?)[.,;]?[”\"]\.?")
#: Where a rule goes on to the next thing that it asks for; what only says more of the same is no next thing.
_SAME = (
    r"(?!(?:within|measured|recorded|including|such|unless|with|or|drawn|for|in|on|by|as|of|to|who|which|but not)\b|\d)"
)
_PARTS = re.compile(
    rf";\s+(?:and |or )?|,\s+(?:and )?{_SAME}|\s+and (?=(?:no|not|at|an?|is|has|have|are|was|documented|without)\b)|,?(?: or| and)?\s\((?:[a-h]|[ivx]+|[1-9])\) "
)
#: Coverage on a condition, whatever the words between them.
_CONDITION = re.compile(
    r"\b(?:cover\w*|pays?|paid|approv\w+|allow\w*|lists?|supports?|gives?|authori[sz]\w+|only|accepts?)\b[^.;]{0,80}\b(?:only (?:if|when|after|where)|if|when|unless|until)\b",
    re.I,
)
_HAPPENED = re.compile(r"\b(?:was|were|has|have|had|is|are) (?:not|never)\b", re.I)
#: What is said of all that a sentence asks for.
_WHOLE = re.compile(r"(?:neither|none|nothing of the kind)\b", re.I)
_SAYS = re.compile(
    r"\b(?:policy|guideline|criteria|rule|protocol|standard|bulletin|label|determination)\b[^.;]{0,30} (?:states?|says|reads|provides|restricts|limits|confines|does not (?:allow|permit|cover))\b",
    re.I,
)
#: A thing asked for that is to be absent.
_ABSENT = re.compile(
    r"\W*(?:[\w-]+ ){0,6}?(?:no|not|without|absence of|free of|negative|never)\b|.*\b(?:shows?|showing|finds?|finding) (?:no|the absence of|absence of)\b",
    re.I,
)
#: Something asked for that is named where it is found lacking: "which is not the required six-month trial".
_NAMED = re.compile(r"\b(?:the|an?) (?:required|needed|necessary|minimum)\b.*", re.I)


#: What only says that there are things asked for, which other words then tell.
_ANNOUNCES = re.compile(
    r"\b(?:lists?|sets? out|names?|gives?) (?:\w+ ){0,2}(?:things|conditions|criteria|items|points|requirements) (?:that|which) (?:must|have to|need to) be (?:true|met|shown|so)\b",
    re.I,
)


def rules(letter: Letter) -> tuple[Rule, ...]:
    """Each thing that the letter says a policy asks for, with the words after it."""
    spoken = [s for s in letter.sentences if s.section in ("", "reasons", "policy") and not tells_rights(s.text)]
    found: list[Rule] = []
    for order, sentence in enumerate(spoken):
        whole = sentence.bullet or _ENDS.search(sentence.text)
        if not (whole and _is_rule(sentence.text)) or refuses(sentence.text) or _offers(sentence.text):
            continue
        if _ANNOUNCES.search(sentence.text):
            continue
        after = tuple(_after(spoken, order))
        parts = list(_parts(letter, sentence))
        before = spoken[order - 1] if order and spoken[order - 1].block == sentence.block else None
        found += [
            Rule(part, after, len(parts) == 1, before, tuple(one for one in parts if one is not part)) for part in parts
        ]
    return tuple(found)


#: What ends a sentence that is no question; titles and fields have no end.
_ENDS = re.compile(r"[.:;][”\"]?$|[”\"]$")


def _offers(text: str) -> bool:
    """Whether a sentence grants or offers something, or says no more than that care has to be needed."""
    needs = finding_words().has("need", text) and not (
        _QUOTED.search(text) or any(one.bound for one in numbers_of(text))
    )
    return needs or aside_words().has("offered", text) or (grants(text) and not aside_words().has("policy_word", text))


def _after(spoken: Sequence[Sentence], order: int) -> Iterator[Sentence]:
    for one in spoken[order + 1 : order + 5]:
        if one.block > spoken[order].block + 1 or (one.block != spoken[order].block and one.bullet):
            return
        if _is_rule(one.text) and not (_is_fact(one.text) or one.text[:1].islower()):
            return
        yield one


#: What a policy says of patients in general is its rule.
_OF_POLICY = re.compile(
    r"\W*(?:the|our|this|that) (?:[\w-]+ )?(?:policy|guideline|criteria|rule|label)\b[^.;]{0,20} (?:takes|covers|accepts|admits|supports|is for|is limited to) (?:\w+ ){0,3}(?:patients|members|people|persons|adults)\b",
    re.I,
)


def _is_rule(text: str) -> bool:
    """Whether a sentence tells what a policy, plan or label asks for."""
    if (in_general(text) and not _OF_POLICY.match(text)) or (
        aside_words().has("called_met", text) and not finding_words().has("neg", text)
    ):
        return False
    return (
        finding_words().has("rule", text)
        or (bool(word("demand").search(text)) and not word("not_demand").search(text))
        or aside_words().fits("policy_word asks_for", text)
        or _SAYS.search(text) is not None
        or (aside_words().has("policy_word", text) and _QUOTED.search(text) is not None)
        or _QUOTED.fullmatch(text.partition(": ")[2] or text) is not None
        or (_CONDITION.search(text) is not None and not re.match(r"(?:if|when|unless|please)\b", text, re.I))
    )


def _is_fact(text: str) -> bool:
    """Whether words tell something of the member."""
    if _HAPPENED.search(text):
        return True
    return finding_words().fits("of_member neg", text) and not re.search(
        r"\b(?:must|requires?|asks? for|calls? for)\b", text, re.I
    )


def _parts(letter: Letter, sentence: Sentence) -> Iterator[Sentence]:
    quoted = [
        q
        for q in _QUOTED.finditer(sentence.text)
        if not aside_words().has("person_says", sentence.text[: q.start()][-60:]) and len(q["words"].split()) >= 4
    ]
    if quoted:
        yield from (cut(letter, sentence, q["words"]) for q in quoted)
        return
    for part in _PARTS.split(sentence.text):
        if len(part.split()) >= 3 and not _is_fact(part) and not aside_words().fits("granted -against", part):
            yield cut(letter, sentence, part.strip(' .”"“,'))


def unmet(letter: Letter) -> Iterator[Sentence]:
    """Each rule's thing that the letter says or shows is not so."""
    told = findings(letter)
    kinds = {one.kind for one in told}
    kinds |= {"treatment"} if kinds & set(TREATMENTS) else set()
    for rule in rules(letter):
        if any(
            is_satisfied(s) or (word("item_met").search(s.text) and not finding_words().has("neg", s.text))
            for s in rule.after[:1]
        ):
            continue
        denied = any(finding_words().has("neg", s.text) and speaks(s.text) for s in rule.after)
        denied = denied or any(one.sentence in rule.after for one in told)
        whole = any(_WHOLE.match(s.text) for s in rule.after)
        present = _ABSENT.match(rule.asked.text) and any(_is_present(rule, s) for s in rule.after)
        if (
            (rule.alone and denied)
            or whole
            or present
            or (rule.kind and rule.kind in kinds)
            or _shares(rule, told)
            or any(contradicts(rule.asked, s) for s in (*rule.beside, *rule.after))
        ):
            yield rule.asked
    yield from _within(letter, told)


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
    return falls_short(asked.text, fact.text)


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


def cut(letter: Letter, sentence: Sentence, words: str) -> Sentence:
    """The sentence cut to some of its own words."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    found = re.search(r"\s+".join(re.escape(term) for term in words.split()), raw)
    if found is None:
        return sentence
    return replace(sentence, text=words, start=sentence.start + found.start(), end=sentence.start + found.end())
