"""Deadlines as the letter states them, right or wrong: the claimant's, and the times that the plan gives itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chartproof.model import Span, StatedDeadline
from chartproof.rights.dates import dates_in
from chartproof.rights.lines import Sentence
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_UNITS = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
     "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], start=1)}  # fmt: skip
_TENS = {word: 10 * number for number, word in enumerate(
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)}  # fmt: skip
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_UNITS)[:9])}))?|{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_SPELLED = rf"(?:(?:one|a) hundred(?:(?: and)? {_SMALL})?|{_SMALL})"
#: "65 days", "four (4) months", "one hundred eighty (180) days"; OCR spoils "calendar" more than other words.
_PERIOD = re.compile(
    rf"(?:\b(?P<number>\d{{1,3}}(?=(?:th|st|nd|rd)?\b)|{_SPELLED})(?:th|st|nd|rd)?(?:\s*\(\s*\d{{1,3}}\s*\))?|\(\s*(?P<figures>\d{{1,3}})\s*\))[\s.-]+(?P<kind>c[a-z]{{3,4}}[nd]ar |business |working )?"
    r"(?P<unit>days?|months?|hours?|years?)\b", re.I,
)  # fmt: skip
_LAST_DAY = re.compile(
    r"no later than|\bby\b|on or before|must be (?:filed|received) by|last day|\buntil\b|\b(?:ends?|closes?|expires?|runs? out) on\b|\b(?:up )?(?:through|to) (?:and including |(?:the )?(?:close|end) of (?:the )?(?:business|work(?:ing)?)?(?: day)?)",
    re.I,
)


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(table("deadlines")[name], re.I)


@cache
def _steps() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["step"], re.compile(row["says"], re.I)) for row in table("deadlines")["steps"])


_PHONE = r"\(?\d{3}\)?[-/.~ ]{1,2}\d{3}[-.~ ]{1,2}\d{4}"


@dataclass(frozen=True, slots=True)
class PeerCall:
    """The peer-to-peer number and window as printed; None where the letter gives none."""

    phone: str | None
    window: str | None
    span: Span | None


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence with the one before it, and what its letter is. `rights`: the part on rights has begun."""

    sentence: Sentence
    previous: str
    kind: str
    next_level: str | None
    rights: bool

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def context(self) -> str:
        return f"{self.sentence.heading} {self.sentence.runin} {self.previous} {self.text}"


def stated_deadlines(letter: Letter, *, kind: str, next_level: str | None) -> tuple[StatedDeadline, ...]:
    """Every period or last day that the letter prints, with what it limits and from when it counts."""
    found: dict[tuple[object, ...], StatedDeadline] = {}
    previous = ""
    begun = False
    for sentence in letter.sentences:
        opens = bool(_word("rights_begin").search(sentence.text))
        begun = begun or opens
        rights = sentence.section == "rights" or opens or (begun and sentence.section == "")
        told = _Told(sentence, previous, kind, next_level, rights)
        previous = sentence.text
        skipped = _word("skip").search(f"{sentence.runin} {sentence.text}")
        if skipped or (sentence.bullet and not rights) or sentence.section in ("notices", "policy"):
            continue
        place = letter.span(sentence.page, sentence.start, sentence.end)
        for row in (*_periods(told, place), *_last_days(told, place), *_court(told, place)):
            found.setdefault((row.what, row.days, row.months, row.hours, row.business_days, row.on), row)
    return tuple(_of_information(list(found.values())))


def _periods(told: _Told, place: Span) -> Iterator[StatedDeadline]:
    for match in _PERIOD.finditer(told.text):
        number = _number(match)
        what = _what(told, match)
        if what:
            unit = match.group("unit").lower().rstrip("s")
            working = (match.group("kind") or "").strip().lower() in ("business", "working")
            yield StatedDeadline(
                what=what, counted_from=_counted_from(what, told.text[match.start() :], told), span=place,
                days=number if unit == "day" and not working else None, business_days=number if unit == "day" and working else None,
                months={"month": number, "year": 12 * number}.get(unit), hours=number if unit == "hour" else None,
            )  # fmt: skip


def _number(match: re.Match[str]) -> int:
    said = (match.group("number") or match.group("figures")).lower()
    words = re.findall(r"[a-z]+", said)
    if not words:
        return int(said)
    return 100 * ("hundred" in words) + sum(
        _TENS.get(word) or _UNITS.get(word, 0)
        for word in (words[words.index("hundred") + 1 :] if "hundred" in words else words)
    )


def _last_days(told: _Told, place: Span) -> Iterator[StatedDeadline]:
    """A calendar day by which something must be done: by the claimant, or by whoever was asked for information."""
    asked = told.kind == "request_for_information"
    last = _LAST_DAY.search(told.text)
    if last is None or not (told.rights or asked) or any(_word(name).search(told.text) for name in ("peer", "lawsuit")):
        return
    if asked and (
        _word("plans_own").search(told.text)
        or not re.search("send|submit|provide|reach|receiv|need|return|accept|\\bfax|\\bmail", told.text, re.I)
    ):
        return
    for match, day in dates_in(told.text):
        if match.start() > last.start():
            what = "information" if asked else _claimants(told)
            period = _PERIOD.search(told.text) if asked else None
            yield StatedDeadline(
                what=what, on=day, counted_from="letter_date", span=place, days=_number(period) if period else None
            )
            return


def _of_information(rows: list[StatedDeadline]) -> list[StatedDeadline]:
    """Without the bare period of a request for information whose last day is printed with it."""
    dated = {row.days for row in rows if row.what == "information" and row.on}
    return [row for row in rows if row.what != "information" or row.on or row.days not in dated]


def _court(told: _Told, place: Span) -> Iterator[StatedDeadline]:
    """The time to sue, in months, or as a day that only a later event fixes."""
    if not _word("lawsuit").search(told.text):
        return
    period = re.search(
        r"(?:within|no later than|more than|begin\w*|brought|started|filed)\b[^.;]{0,30}?" + _PERIOD.pattern,
        told.text,
        re.I,
    )
    unit = period.group("unit").lower() if period else ""
    if period and unit.startswith(("year", "month")):
        day = next((day for match, day in dates_in(told.text) if match.start() > period.end()), None)
        yield StatedDeadline(
            "lawsuit",
            on=day,
            months=_number(period) * (12 if unit.startswith("year") else 1),
            counted_from="decision_date",
            span=place,
        )
    elif re.search(r"\b(?:by|later than|before) (?:December 31|the end)\b", told.text, re.I):
        yield StatedDeadline("lawsuit", span=place)


def _what(told: _Told, match: re.Match[str]) -> str:
    """The step that a period limits, as stated deadlines name it; empty where it limits none."""
    text, context, section = told.text, told.context, told.sentence.section
    before, unit = text[: match.start()], match.group("unit").lower()
    clause = _clause(told, match)
    if _word("lawsuit").search(_act(told, match)):
        return ""
    if _word("peer").search(text) and not re.search(r"\bappeal (?:is|must)|decide within", clause, re.I):
        return "peer_to_peer"
    rights = (
        told.rights
        or told.kind == "request_for_information"
        or (
            section in ("reasons", "")
            and re.search(r"appeal|review|hearing|decid|answer|reconsider|peer|information", context, re.I)
        )
    )
    if not rights or (told.kind == "approval" and not told.rights):
        return ""
    if re.search(r"\b(?:presume|assume)[ds]?\b[^.;]{0,30}$", before):
        return ""
    if re.match(r"\s*(?:a|per|each|every) (?:day|week|month)\b", text[match.end() :]) or _word("amount").search(before):
        return ""
    ours = re.search(
        r"(?:open to you for|you have|you may|you must|\bask)\b(?:(?!decid|answer|\bis\b|\bwe\b)[^.;,]){0,60}$",
        before,
        re.I,
    )
    if _word("plan_acts").search(clause) or (not ours and _word("plans_own").search(clause)):
        return _plans_step(match, text)
    if unit.startswith("hour"):
        hurried = re.search(r"appeal|urgent|expedited|fast|decision|answer|reply", context, re.I)
        return "expedited_appeal_decision" if hurried else ""
    if told.kind == "request_for_information":
        return "information" if re.search(r"send|reach|request|information|repl|respon|return", text, re.I) else ""
    if re.search(r"\b(?:past|every|last) $", before) or re.search(r"look.?back|within the past", text, re.I):
        return ""
    if not _word("acts").search(text) and not (match.start() < 4 and _word("acts").search(told.previous)):
        return ""
    if _word("information").search(text):
        return "information"
    following = _PERIOD.search(text, match.end())
    near = text[match.end() : min(match.end() + 90, following.start() if following else len(text))]
    if _PERIOD.search(before):  # what stands before a comma is the other period's
        before = re.split(r"; |, (?:and|or|but) ", before)[-1]
    return _asked_after(text[match.end() : match.end() + 190]) or _claimants(told, before=before, near=near)


def _asked_after(words: str) -> str:
    """The step that the words right after a period ask for, up to the next period; empty where they ask for none."""
    following = _PERIOD.search(words)
    words = words[: following.start()] if following else words
    asked = _word("to_ask").match(words)
    step = _named(words[asked.start() : asked.end() + 60]) if asked else ""
    return "" if step == "own" else step


#: Where a sentence goes on to somebody else's act.
_TURN = re.compile(
    r";|,? (?:and|or|but) (?=(?:will|is|are|we|they|it|the (?:plan|committee|board|trustees))\b)|, (?=(?:we|you|they|it|which)\b)",
    re.I,
)


def _clause(told: _Told, match: re.Match[str]) -> str:
    """The part of the sentence that a period stands in, without an "if" clause before it."""
    turns = [0, *(turn.end() for turn in _TURN.finditer(told.text)), len(told.text) + 1]
    start = max(turn for turn in turns if turn <= match.start())
    stop = min(turn for turn in turns if turn > match.start())
    part = re.sub(r"^\W*(?:if|when|where|after|once|should|unless)\b[^,]*,\s*", "", told.text[start:stop], flags=re.I)
    part = re.sub(r"\buntil\b[^,.;]*", "", part)  # "until the appeal is decided" is no time of the plan's
    # "... in 30 days; an expedited one in 72 hours" goes on with the same act.
    goes_on = told.previous.endswith(";") and re.match(r"(?:an?|the) \w+(?: one)? in\b", part, re.I)
    return f"{told.previous} {part}" if goes_on else part


def _act(told: _Told, match: re.Match[str]) -> str:
    """The part of a sentence that a period stands in, where the sentence goes on to another right of the claimant's."""
    parts = re.compile(r";|,? (?:and|or|but) (?=you (?:may|can|have)\b)", re.I)
    turns = [0, *(turn.end() for turn in parts.finditer(told.text)), len(told.text) + 1]
    start = max(turn for turn in turns if turn <= match.start())
    return told.text[start : min(turn for turn in turns if turn > match.start())]


def _plans_step(match: re.Match[str], text: str) -> str:
    hours = match.group("unit").lower().startswith("hour")
    if re.search(r"acknowledg|tell you (?:that )?we (?:got|received)|confirm (?:that )?we", text, re.I):
        return "appeal_acknowledgment"
    if re.search(r"(?:reviewer|agent) has|independent reviewer (?:has|decides)|external (?:appeal|review),? (?:which is )?decided|expedited external", text, re.I):  # fmt: skip
        return "expedited_external_decision" if hours else "external_review_decision"
    if re.search(r"will take place|reconsideration[^.]{0,30}call", text, re.I):
        return "reconsideration_held"
    if hours:
        return "expedited_appeal_decision"
    return "second_level_decision" if re.search(r"second|it too|again", text, re.I) else "standard_appeal_decision"


def _claimants(told: _Told, *, before: str = "", near: str = "") -> str:
    """The step that the claimant has this time for.

    The words right after the period decide first, then those before it, then the sentence that "it" or "this" speaks
    of, then the title that the paragraph stands under, then the sentence before; else it is the next level.
    """
    sentence = told.sentence
    title = sentence.runin or sentence.heading
    hurried = re.compile(r"expedited (?:reconsideration|appeal|review)", re.I)
    if near and (hurried.search(before[-90:]) or hurried.match(title)) and _nearest(before, near) in ("", "own"):
        return "expedited_reconsideration" if told.next_level == "reconsideration" else "expedited_appeal"
    refers: object = re.match(
        r"(?:it|this|that|they|(?:the|your|such an?) request|you must do (?:this|it))\b", sentence.text, re.I
    )
    refers = refers or told.previous.endswith(";")  # one printed sentence
    step = _nearest(before, near) if near or before else _named(sentence.text)
    others = (told.previous if refers else "", sentence.runin, sentence.heading, told.previous)
    step = step or next(filter(None, map(_named, others)), "")
    if not step and _word("after_final").search(told.context):
        return "external_review"
    return step if step not in ("", "own") else _default(told.next_level)


def _matches(words: str) -> list[tuple[int, int, str]]:
    """(start, end, step) of what names a step, without what lies inside of another ("reconsideration" in a second one)."""
    every = [(*match.span(), name) for name, pattern in _steps() for match in pattern.finditer(words)]
    return [
        one for one in every
        if not any(other[0] <= one[0] and one[1] <= other[1] and other[:2] != one[:2] for other in every)
    ]  # fmt: skip


def _named(words: str) -> str:
    return min(_matches(words))[2] if _matches(words) else ""


def _nearest(before: str, near: str) -> str:
    """The step named nearest to the period; what follows it counts twice as near, since "to ask for ..." follows."""
    found = [(len(before) - end, name) for _start, end, name in _matches(before)]
    found += [(start // 2, name) for start, _end, name in _matches(near)]
    return min(found)[1] if found else ""


def _default(next_level: str | None) -> str:
    named = {"external": "external_review", "reconsideration": "reconsideration", "second_level": "second_level_appeal"}
    return named.get(next_level or "", "fair_hearing" if next_level == "fair_hearing" else "internal_appeal")


def _counted_from(what: str, after: str, told: _Told) -> str:
    """receipt or letter_date of this letter; of the next decision, decision_receipt or decision_date; the plan's: its receipt.

    `after` is the sentence from the period on. A step beyond the next one counts from a decision still to come.
    """
    if what.endswith(("_decision", "acknowledgment", "_held")):
        return "plan_receipt_of_appeal"
    clause = re.split(r"[.;](?=\s|$)|, (?!which\b|counted\b|starting\b|beginning\b|measured\b)", after)[0]
    received, dated = _word("received").search(clause), _word("dated").search(clause)
    this = re.search(r"\bthis (?:letter|notice|final|decision|determination|denial)\b", clause, re.I)
    later = what in _LATER and what != _default(told.next_level) and not this
    spoken_of = re.search(
        r"final|decision|answer|uphold|upheld|unfavorable|den(?:y|ied|ial)|result|appeal letter|that letter",
        told.context,
        re.I,
    )
    if later and spoken_of:
        return "decision_receipt" if received or not dated else "decision_date"
    return "receipt" if received else "letter_date" if dated else ""


#: Steps that may lie beyond the next one.
_LATER = ("external_review", "second_level_appeal", "fair_hearing", "opm_review")


def peer_call(letter: Letter) -> PeerCall | None:
    """The number to call for a peer-to-peer conversation, and the window as printed."""
    for index, sentence in enumerate(letter.sentences):
        if not _word("peer").search(sentence.text) or re.search(r"\bcc\b", sentence.text):
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
