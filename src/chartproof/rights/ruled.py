"""What a paragraph finds that tells a rule and then this member's facts: the kind is that of what the rule speaks of.

"The policy covers it after two courses. The records list one." says nowhere in so many words that a course is lacking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby, pairwise

from chartproof.rights.decided import refuses
from chartproof.rights.findings import Finding, kinds_of, read, speaks, subject_of, tells_rights
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import in_general
from chartproof.rights.lines import Sentence
from chartproof.rights.service import service
from chartproof.rights.spoken import spoken
from chartproof.rights.text import Letter


def ruled(letter: Letter) -> Iterator[Finding]:
    """The finding of each paragraph of reasons that tells a rule, facts of the member, and nothing in so many words."""
    near = [s for s in spoken(letter) if s.section in ("", "reasons")]
    for _block, group in groupby(near, key=lambda s: s.block):
        block = list(group)
        rules = [s for s in block if _is_ruling(s.text)]
        facts = [s for s in block if s not in rules and not in_general(s.text) and _is_fact(s)]
        kind = next(filter(None, (subject_of(s.text) for s in rules)), "") if facts else ""
        told = {one.kind for one in read(letter, block) if not one.weak}
        # "It asks for no earlier graft. You had one in May, and so the care is not medically necessary."
        against = any(_lacks(s.text) for s in rules) and finding_words().has("had", facts[0].text) if facts else False
        if kind and not (told - {"not_medically_necessary"} if against else told):
            yield Finding(kinds_of(rules[0].text, letter)[0] if kind == "treatment" else kind, facts[0], facts[0].text)


def off_label(letter: Letter) -> Iterator[Finding]:
    """What is told of the member right after a sentence that says what a drug is approved for."""
    for rule, fact in pairwise(spoken(letter)):
        of_use = rule.block == fact.block and _is_label(rule.text) and not subject_of(rule.text)
        if of_use and _lacks(fact.text) and _is_fact(fact):
            yield Finding("off_label", fact, f"{rule.text} {fact.text}")


def _is_fact(sentence: Sentence) -> bool:
    """Whether a sentence tells something of the member, and neither decides nor grants."""
    return _speaks_of_member(sentence.text) and not refuses(sentence.text) and not tells_rights(sentence.text)


def said_last(letter: Letter) -> Sentence | None:
    """The first sentence of the letter's own that speaks of the member, where none finds anything of a known kind."""
    decided = next(((s.page, s.start) for s in letter.sentences if refuses(s.text)), (0, 0))
    told = (s for s in spoken(letter) if (s.page, s.start) > decided and s.section in ("", "reasons"))
    whole = [s for s in told if s.text.endswith(".") and len(s.text.split()) >= 5 and speaks(s.text)]
    of_member = [
        s
        for s in whole
        if finding_words().fits("of_member -decides", s.text) and not aside_words().has("voice", s.text)
    ]
    if not of_member:  # the decision may end the paragraph that tells why
        before = (s for s in spoken(letter) if (s.page, s.start) <= decided and s.section in ("", "reasons"))
        of_member = [
            s for s in before if _speaks_of_member(s.text) and len(s.text.split()) >= 5 and not refuses(s.text)
        ][-1:] or [s for s in whole if _lacks(s.text) and not refuses(s.text)][:1]
    # What is denied of the member tells more than what was asked for.
    return next((s for s in of_member if finding_words().has("neg", s.text)), next(iter(of_member), None))


def _is_ruling(text: str) -> bool:
    """Whether a sentence tells what a policy, a plan or a label asks for or allows."""
    return finding_words().has("rule", text) or finding_words().has("allowance", text)


def _speaks_of_member(text: str) -> bool:
    """Whether a sentence tells something of the member or the records, that is no aside."""
    told = finding_words().fits("of_member -decides", text) or bool(
        re.search(r"\b[A-Z]\w+['’]s (?:\w+ )?(?:note|record|test|chart|scan|letter)s?\b", text)
    )
    return told and not aside_words().has("voice", text) and speaks(text)


def _is_label(text: str) -> bool:
    """Whether a sentence says what a drug is approved for."""
    return finding_words().has("labelled_for", text)


def _lacks(text: str) -> bool:
    """Whether words say that something is not."""
    return finding_words().has("neg", text)


def of_other_drugs(letter: Letter, finding: Finding, kinds: Set[str]) -> bool:
    """Whether a label is that of drugs which a test is to choose from, where the test itself is called unproven."""
    asked = service(letter)
    tests = asked is not None and not asked.drug and finding_words().has("procedure", asked.text)
    labelled = finding.kind == "off_label" and not finding_words().has("off_label", finding.clause)
    return tests and labelled and "experimental" in kinds


def explains(letter: Letter, sentence: Sentence, told: Sequence[Finding]) -> bool:
    """Whether what a note leaves unmentioned only tells why the use just called off-label is none that is approved."""
    before = [one.sentence for one in told if one.kind == "off_label" and one.sentence.block == sentence.block]
    return finding_words().has("paper~neg~tells", sentence.text) and any(one.end <= sentence.start for one in before)
