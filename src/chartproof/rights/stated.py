"""Deadlines as the letter states them, right or wrong: the claimant's, and the times that the plan gives itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.model import Span, StatedDeadline
from chartproof.rights.dates import dates_in
from chartproof.rights.text import Letter, Sentence

_NUMBERS = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"], start=1)}  # fmt: skip
_NUMBERS |= {"thirty": 30, "forty-five": 45, "sixty": 60, "ninety": 90}
_PERIOD = re.compile(
    rf"\b(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})(?:\s*\(\s*\d{{1,3}}\s*\))?[\s-]+(?P<kind>calendar |business |working )?"
    r"(?P<unit>days?|months?|hours?)\b", re.I,
)  # fmt: skip
#: What the plan or reviewer does in its own time.
_PLANS_OWN = re.compile(
    r"^(?:a )?(?:standard|fast|expedited|urgent|quick) (?:answer|decision|appeals?)\s*:|after (?:the|your|an?) (?:appeal|request) arrives"
    r"|after we (?:get|receive|have) (?:the|your|an?) (?:appeal|request)"
    r"|\b(?:we|plan|panel|reviewer|they|it too)\b[^.;]{0,60}\b(?:decid|answer|repl|respon|respond|give you|write|notify|resolve|send|acknowledg)\w*"
    r"|\b(?:decided|answered|acknowledg\w+|decision (?:will be|in \d|is (?:made|given|due))|answer will|decision\b[^.;]{0,25}\b(?:made|within)|is again decided)\b"
    r"|you will (?:have|get|receive) (?:an? |our )?(?:written )?(?:answer|decision|response)|reviewer has|will take place|will be made", re.I,
)  # fmt: skip
_PEER = re.compile(
    r"peer.to.peer|\b(?:doctor|physician|provider|dr\.? \w+)\b[^.]{0,80}\b(?:call|speak|talk|discuss)|(?:that )?line open|doctor can talk|discussion with",
    re.I,
)
_EXTERNAL = re.compile(
    r"external|independent (?:medical )?review|independent (?:review )?organi[sz]ation|\bIRO\b|\bIMR\b|outside review|final (?:adverse|internal)|state insurance",
    re.I,
)
_SKIP = re.compile(
    r"civil rights|discriminat|grievance has|complaint|step exception|step.therapy|skip a step|clinic|stay|see you within|extension|a week|waiting up to|additional time",
    re.I,
)
_HEARING = re.compile(r"\bhearing\b", re.I)


_PHONE = r"\(?\d{3}\)?[-/.~ ]{1,2}\d{3}[-.~ ]{1,2}\d{4}"


@dataclass(frozen=True, slots=True)
class PeerCall:
    """The peer-to-peer number and window as printed; None where the letter gives none."""

    phone: str | None
    window: str | None
    span: Span | None


def stated_deadlines(letter: Letter, *, kind: str, next_level: str | None) -> tuple[StatedDeadline, ...]:
    """Every period or last day that the letter prints, with what it limits and from when it counts."""
    found: dict[tuple[object, ...], StatedDeadline] = {}
    previous = ""
    for sentence in letter.sentences:
        context = _context(letter, sentence, previous)
        if (
            not _SKIP.search(f"{sentence.heading} {sentence.runin} {sentence.text}")
            and not (sentence.bullet and sentence.section != "rights")
            and sentence.section not in ("notices", "policy")
        ):
            for row in _in_sentence(letter, sentence, context, kind=kind, next_level=next_level):
                found.setdefault((row.what, row.days, row.months, row.hours, row.business_days, row.on), row)
        previous = sentence.text
    return tuple(found.values())


def _context(letter: Letter, sentence: Sentence, previous: str) -> str:
    return f"{sentence.heading} {sentence.runin} {previous} {sentence.text}"


def _in_sentence(
    letter: Letter, sentence: Sentence, context: str, *, kind: str, next_level: str | None
) -> list[StatedDeadline]:
    rows: list[StatedDeadline] = []
    for match in _PERIOD.finditer(sentence.text):
        number = _NUMBERS.get(match.group("number").lower()) or int(match.group("number"))
        what = _what(sentence, match, context, kind=kind, next_level=next_level)
        if not what:
            continue
        unit = match.group("unit").lower().rstrip("s")
        working = (match.group("kind") or "").strip().lower() in ("business", "working")
        rows.append(
            StatedDeadline(
                what=what, counted_from=_counted_from(what, sentence.text[match.start() :], context), span=_place(letter, sentence),
                days=number if unit == "day" and not working else None, business_days=number if unit == "day" and working else None,
                months=number if unit == "month" else None, hours=number if unit == "hour" else None,
            )
        )  # fmt: skip
    last = re.search(r"no later than|\bby\b|on or before|must be (?:filed|received) by|last day", sentence.text, re.I)
    if last and (sentence.section == "rights" or kind == "request_for_information"):
        for match, day in dates_in(sentence.text):
            if match.start() > last.start():
                what = "information" if kind == "request_for_information" else _claimants(context, kind, next_level)
                rows = [row for row in rows if row.what != what] if what == "information" else rows
                days = _PERIOD.search(sentence.text) if what == "information" else None
                rows.append(StatedDeadline(what=what, on=day, counted_from="letter_date", span=_place(letter, sentence),
                                           days=int(days.group("number")) if days and days.group("number").isdigit() else None))  # fmt: skip
                break
    return rows


def _place(letter: Letter, sentence: Sentence) -> Span:
    return letter.span(sentence.page, sentence.start, sentence.end)


def _what(sentence: Sentence, match: re.Match[str], context: str, *, kind: str, next_level: str | None) -> str:
    """The step that a period limits, as stated deadlines name it; empty where it limits none."""
    text = sentence.text
    before = text[: match.start()]
    clause = re.split(r"[;]", before)[-1] + text[match.start() :]
    if _PEER.search(text) and not re.search(r"\bappeal (?:is|must)|decide within", clause, re.I):
        return "peer_to_peer"
    rights = sentence.section in ("rights", "reasons", "") and (sentence.section == "rights" or re.search(
        r"appeal|review|hearing|decid|answer|reconsider|peer|information", context, re.I))  # fmt: skip
    if not rights or (kind == "approval" and sentence.section != "rights"):
        return ""
    ours = re.search(
        r"(?:open to you for|you have|you may|you must|\bask)\b(?:(?!decid|answer|\bis\b|\bwe\b)[^.;,]){0,60}$",
        before,
        re.I,
    )
    if not ours and _PLANS_OWN.search(clause):
        return _plans_step(match, text, context)
    if match.group("unit").lower().startswith("hour"):
        return (
            "expedited_appeal_decision"
            if re.search(r"appeal|urgent|expedited|fast|decision|answer", context, re.I)
            else ""
        )
    if kind == "request_for_information":
        return "information" if re.search(r"send|reach|request|information", text, re.I) else ""
    if re.search(r"\b(?:past|every|last) $", before) or re.search(r"look.?back|within the past", text, re.I):
        return ""
    if not re.search(
        r"ask|appeal|request|file|appl|reach|receiv|review|writ|submit|hearing|consider|further|grievance|right|have",
        text,
        re.I,
    ):
        return ""
    following = _PERIOD.search(text, match.end())
    near = text[match.end() : min(match.end() + 90, following.start() if following else len(text))]
    return _claimants(context, kind, next_level, text=text, near=near)


def _plans_step(match: re.Match[str], text: str, context: str) -> str:
    hours = match.group("unit").lower().startswith("hour")
    if re.search(r"acknowledg|tell you (?:that )?we (?:got|received)|confirm (?:that )?we", text, re.I):
        return "appeal_acknowledgment"
    if re.search(
        r"reviewer has|independent reviewer (?:has|decides)|external review, which is decided|expedited external",
        text,
        re.I,
    ):
        return "expedited_external_decision" if hours else "external_review_decision"
    if re.search(r"will take place|reconsideration[^.]{0,30}call", text, re.I):
        return "reconsideration_held"
    if hours:
        return "expedited_appeal_decision"
    return "second_level_decision" if re.search(r"second|it too|again", text, re.I) else "standard_appeal_decision"


def _claimants(context: str, kind: str, next_level: str | None, *, text: str = "", near: str = "") -> str:
    """The step that the claimant has this time for; `near` are the words right after the period, which decide first."""
    said = text or context
    if (
        re.search(r"expedited (?:reconsideration|appeal)", f"{said[: said.find(near)] if near else said}"[-90:], re.I)
        and near
    ):
        return "expedited_reconsideration" if next_level == "reconsideration" else "expedited_appeal"
    before = said[: said.find(near)] if near else ""
    if re.search(r"hearing", near, re.I) or re.search(r"hearing\b[^.;,]{0,30}$", before, re.I):
        return "fair_hearing"
    if _EXTERNAL.search(near) and not (_HEARING.search(context) and re.search(r"final adverse", near, re.I)):
        return "external_review"
    if re.search(r"\bOPM\b", said) or (re.search("personnel management", context, re.I) and "carrier" not in said):
        return "opm_review"
    if _HEARING.search(context) and re.search(r"state|hearing|appeal decision|final adverse", said, re.I):
        return "fair_hearing"
    second = r"first.level|second (?:level|appeal|review)"
    if _EXTERNAL.search(said) or (_EXTERNAL.search(context) and not re.search(second, said, re.I)):
        return "external_review"
    if re.search(r"second (?:level|review|appeal)", context, re.I):
        return "second_level_appeal"
    named = {"external": "external_review", "reconsideration": "reconsideration", "second_level": "second_level_appeal"}
    return named.get(next_level or "", "fair_hearing" if next_level == "fair_hearing" else "internal_appeal")


def _counted_from(what: str, after: str, context: str) -> str:
    """receipt or letter_date of this letter; of the next decision, decision_receipt or decision_date; the plan's: its receipt."""
    if what.endswith(("_decision", "acknowledgment", "_held")):
        return "plan_receipt_of_appeal"
    received = re.search(r"receiv|receipt|\bgett?ing?\b|reaches you|\bget\b", after, re.I)
    dated = re.search(r"\bdate\b|\bdated\b|of this (?:letter|notice)|day of", after, re.I)
    first = received is not None and (dated is None or received.start() <= dated.end() + 12)
    later = what in ("external_review", "second_level_appeal", "fair_hearing", "opm_review") and re.search(
        r"final|decision|uphold|upheld|that answer|unfavorable|deny", context, re.I) and not re.search(r"this (?:letter|notice)", after, re.I)  # fmt: skip
    if later:
        return "decision_receipt" if first or not dated else "decision_date"
    return "receipt" if first else "letter_date" if dated else ""


def peer_call(letter: Letter) -> PeerCall | None:
    """The number to call for a peer-to-peer conversation, and the window as printed."""
    for index, sentence in enumerate(letter.sentences):
        if not _PEER.search(sentence.text) or re.search(r"\bcc\b", sentence.text):
            continue
        near = " ".join(s.text for s in letter.sentences[index : index + 5] if s.heading == sentence.heading)
        phone = re.search(_PHONE, sentence.text) or re.search(_PHONE, near)
        if not phone:
            continue
        window = re.search(
            r"(?:within )?\d{1,2} (?:calendar |business )?days(?: (?:of|from) (?:the date of )?this (?:letter|notice)| from the date of this (?:letter|notice)| of the date of this (?:letter|notice))?",
            near,
            re.I,
        )
        return PeerCall(
            phone.group().strip(),
            window.group() if window else None,
            letter.span(sentence.page, sentence.start, sentence.end),
        )
    return None
