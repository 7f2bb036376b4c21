"""The statements that a notice of this plan type must carry and that the letter's words do not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.model import Denial, NoticeDefect
from chartproof.rights import law
from chartproof.rights.text import Letter

_PRIVATE = ("commercial_insured", "marketplace", "self_funded_erisa", "grandfathered")
_FILING = ("internal_appeal", "reconsideration", "expedited_reconsideration")


def lacking(denial: Denial, letter: Letter) -> Iterator[NoticeDefect]:
    """One defect a statement; the rows of knowledge/law/notice.yaml, then the reason, the time and the urgent appeal."""
    plan = denial.plan_type or ""
    for row in law.notices()["statements"]:
        if plan not in row["plans"] or denial.letter_kind not in row.get("kinds", (denial.letter_kind,)):
            continue
        if denial.decision_type not in row.get("not_for", ()) and not shows(letter, row["shown_by"]):
            yield defect(row["rule"], row["lacks"], small=row.get("small", False))
    yield from named_for(denial, "reason", _no_reason(denial, letter))
    yield from named_for(denial, "time", _no_time(denial, letter))
    yield from named_for(denial, "urgent", _no_urgent(denial))


def shows(letter: Letter, pattern: str) -> bool:
    """Whether the letter's text, read as one line, has this wording."""
    return bool(re.search(pattern, letter.flat, re.I))


def defect(rule_id: str, what: str, *, small: bool = False) -> NoticeDefect:
    """A defect with the citation of the rule that it breaks."""
    rule = law.rule(rule_id)
    return NoticeDefect(rule=rule_id, what=what, citation=rule.citation, verified=rule.verified, small=small)


def spoken(letter: Letter) -> str:
    """What the letter says of its reasons, as one text."""
    return " ".join(s.text for s in letter.sentences if s.section in ("", "reasons", "reviewer"))


def applied_to_person(denial: Denial, around: str) -> bool:
    """Whether the reasons, or the text around them, speak of this chart."""
    quotes = " ".join(reason.quote for reason in denial.reasons)
    words = law.notices()
    return bool(re.search(words["person_words"], quotes, re.I) or re.search(words["person_around"], around))


def named_for(denial: Denial, asked: str, what: str) -> Iterator[NoticeDefect]:
    """The defect under the rule that asks for this of the plan type; none where `what` is empty or no rule asks."""
    rule = law.notices()["asked_by"][asked].get(denial.plan_type or "commercial_insured")
    if what and rule:
        yield defect(rule, what)


def _no_reason(denial: Denial, letter: Letter) -> str:
    words = law.notices()
    if not (denial.reasons or shows(letter, words["reason_words"])):
        return "Gives no specific reason for the denial."
    # Under ERISA and the ACA the same fault is the missing clinical judgment, which is told apart.
    private = denial.plan_type in _PRIVATE
    bare = denial.reasons and all(reason.kind in words["bare_reasons"] for reason in denial.reasons)
    if (
        private
        or not bare
        or denial.criteria_unmet
        or denial.policies_cited
        or applied_to_person(denial, spoken(letter))
    ):
        return ""
    return "Says only that the care is not medically necessary: no specific reason is given."


def _no_time(denial: Denial, letter: Letter) -> str:
    if denial.appeal_level_next not in ("internal", "reconsideration"):
        return ""
    words = law.notices()
    told = any(row.what in _FILING for row in denial.stated_deadlines) or any(
        re.search(words["time_words"], sentence.text, re.I)
        and re.search(words["appeal_words"], sentence.text, re.I)
        and not re.search(words["answer_words"], sentence.text, re.I)
        for sentence in letter.sentences
    )
    return "" if told else "Does not say by when an appeal must be filed."


def _no_urgent(denial: Denial) -> str:
    asked = denial.decision_type != "post_service" and denial.appeal_level_next in ("internal", "reconsideration", "second_level", "external", "fair_hearing")  # fmt: skip
    return "Does not describe an expedited (urgent) appeal." if asked and not denial.expedited_offered else ""
