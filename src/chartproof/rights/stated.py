"""Deadlines as the letter states them, right or wrong: the claimant's, and the times that the plan gives itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.model import Span, StatedDeadline
from chartproof.rights.blocks import TABLE
from chartproof.rights.dates import dates_in
from chartproof.rights.fields import letter_date
from chartproof.rights.parts import HELP
from chartproof.rights.periods import Period, periods_in, without_anchors
from chartproof.rights.sections import VERB
from chartproof.rights.steps import LATER, asked_after, default, named, nearest, word
from chartproof.rights.suits import court, court_act, denied_in, served_in
from chartproof.rights.tables import rights_rows
from chartproof.rights.text import Letter
from chartproof.rights.told import Told


def stated_deadlines(letter: Letter, *, kind: str, next_level: str | None) -> tuple[StatedDeadline, ...]:
    """Every period or last day that the letter prints, with what it limits and from when it counts."""
    found: dict[tuple[object, ...], StatedDeadline] = {}
    previous = ""
    begun = False
    led: tuple[str, ...] = ()
    block = None
    tabled = list(rights_rows(letter))
    own = letter_date(letter)
    denied = denied_in(letter, kind, own[0]) if own else None
    served = served_in(letter)
    for sentence in [*letter.sentences, *tabled]:
        opens = bool(word("rights_begin").search(sentence.text))
        begun = begun or opens or bool(found)
        rights = sentence.section == "rights" or opens or (begun and sentence.section in ("", HELP))
        first = any(row.what == default(next_level) for row in found.values())
        led = led if sentence.block == block else ()
        told = Told(sentence, previous, kind, next_level, rights, without_anchors(sentence.text), first, led, served)
        # A question and its "Yes." are one.
        asked = previous.endswith("?") and len(sentence.text.split()) <= 2
        previous = f"{previous} {sentence.text}" if asked else sentence.text
        led, block = (previous, *led), sentence.block
        keeps = rights and named(sentence.text) == "aid_continuing"  # "the stay remains covered until we answer"
        skipped = not keeps and word("skip").search(f"{sentence.runin} {sentence.text}")
        listed = sentence.bullet and not (rights or word("lawsuit").search(sentence.text))
        if skipped or listed or sentence.section in ("notices", "policy") or (tabled and sentence.section == TABLE):
            continue
        place = letter.span(sentence.page, sentence.start, sentence.end)
        for row in (*_periods(told, place), *_last_days(told, place), *court(told, place, denied)):
            found.setdefault((row.what, row.days, row.months, row.hours, row.business_days, row.on), row)
    return tuple(_of_information(list(found.values())))


def _periods(told: Told, place: Span) -> Iterator[StatedDeadline]:
    for period in periods_in(told.text):
        what = _what(told, period)
        if what:
            yield _row(what, period, _counted_from(what, period, told), place)


def _row(what: str, period: Period, counted_from: str, place: Span) -> StatedDeadline:
    amount = {name: period.amount if period.unit == name else None for name in ("day", "business_day", "month", "hour")}
    return StatedDeadline(
        what=what, counted_from=counted_from, span=place, days=amount["day"], business_days=amount["business_day"],
        months=amount["month"], hours=amount["hour"],
    )  # fmt: skip


#: "The last day is sixty days after the notice date:" goes on with the day itself.
_DAY_FIRST = re.compile(r"(?:[A-Z][a-z]+ )?\d{1,2}\b")


#: What the claimant answers is no answer of the plan's.
_YOUR_ANSWER = re.compile(r"\byour (?:\w+ )?(?:reply|answer|response)", re.I)


def _last_days(told: Told, place: Span) -> Iterator[StatedDeadline]:
    """A calendar day by which something must be done: by the claimant, or by whoever was asked for information."""
    asked = told.kind == "request_for_information"
    led = f"{told.previous} " if told.previous.endswith(":") and _DAY_FIRST.match(told.text) else ""
    text = f"{led}{told.text}"
    last = word("last_day").search(text)
    if last is None or word("peer").search(text) or word("lawsuit").search(text):
        return
    if word("peer").search(told.sentence.runin) and not word("asks_step").search(text):
        return  # "Peer-to-peer. Dr. Low may be reached until May 11"
    due = word("claimant_acts").search(text)
    goes_on = told.previous if told.previous.endswith((";", ":")) else ""
    asks = word("asks_step").search(f"{goes_on} {told.sentence.runin} {told.text}")
    if not (asked or told.rights or (due and asks)):
        return
    if asked and (word("plans_own").search(_YOUR_ANSWER.sub("it", told.text)) or not due):
        return
    for match, day in dates_in(text):
        if match.start() > last.start():
            what = "information" if asked else _claimants(told)
            period = next(periods_in(told.text), None) if asked else None
            yield StatedDeadline(
                what=what, on=day, counted_from="letter_date", span=place, days=period.amount if period else None
            )
            return


def _of_information(rows: list[StatedDeadline]) -> list[StatedDeadline]:
    """Without the bare period of a request for information whose last day is printed with it."""
    dated = {row.days for row in rows if row.what == "information" and row.on}
    return [row for row in rows if row.what != "information" or row.on or row.days not in dated]


#: A length of care: "14 more days", "14 days certified".
_LENGTH = re.compile(
    r"\W*\w+ (?:(?:more|additional|further|extra|other|approved) |(?:\w+ )?\w+ (?:certified|approved|denied|requested|authori[sz]ed)\b)",
    re.I,
)


def _what(told: Told, period: Period) -> str:
    """The step that a period limits, as stated deadlines name it; empty where it limits none."""
    text, context, section = told.text, told.context, told.sentence.section
    before = told.bare[: period.start]
    clause = _clause(told, period)
    if word("lawsuit").search(court_act(told, period)):
        return ""
    if _is_call(told, period) and not re.search(
        r"\bappeal (?:is|must)|decide within|\b(?:may|can|must|to) (?:file an? )?appeal\b", clause, re.I
    ):
        return "peer_to_peer"
    rights = (
        told.rights
        or word("of_this_letter").search(period.anchor)
        or told.kind == "request_for_information"
        or (section in ("reasons", "", HELP) and (word("step_words").search(context) or named(told.bare)))
    )
    if not rights or (told.kind.startswith("approval") and not told.rights):
        return ""
    if re.search(r"\b(?:presume|assume)[ds]?\b[^.;]{0,30}$", text[: period.start]):
        return ""
    if re.search(r"\b(?:every|each|per) $", text[: period.start], re.I):
        return ""  # how often a drug is given
    if re.match(r"\s*(?:a|per|each|every) (?:day|week|month)\b", text[period.end :]) or word("amount").search(before):
        return ""
    if _is_plans(told, period, clause):
        return _plans_step(period, text)
    if period.unit == "hour":
        return "expedited_appeal_decision" if word("hurried").search(context) and period.amount <= 96 else ""
    asks = told.kind == "request_for_information"
    to_come = asks and word("this_decision").search(period.anchor) and not word("of_this_letter").search(period.anchor)
    if to_come and re.search(r"\bappeal", before[-60:], re.I):
        return default("internal")
    if told.kind == "request_for_information":
        return "information" if word("sends").search(context if period.anchor else text) else ""
    if _LENGTH.match(text[period.start :]):
        return ""
    weeks = re.match(r"\W*\w+(?: \(\d+\))? weeks?\b", text[period.start :]) and not period.anchor
    if weeks or re.search(r"\b(?:past|every|last) $", before) or re.search(r"look.?back|within the past", text, re.I):
        return ""
    counted = any(word(name).search(period.anchor) for name in ("received", "dated", "this_decision"))
    if not (counted or word("acts").search(text) or (period.start < 4 and word("acts").search(told.previous))):
        return ""
    if word("information").search(text):
        return "information"
    following = next((one for one in periods_in(text) if one.start >= period.end), None)
    near = told.bare[period.end : min(period.end + 90, following.start if following else len(text))]
    if next(periods_in(before), None):  # what stands before a comma is the other period's
        before = re.split(r"; |, (?:and|or|but) ", before)[-1]
    step = asked_after(told.bare[period.end : period.end + 190].lstrip()) or _claimants(told, before=before, near=near)
    own = step == default(told.next_level) and step in ("internal_appeal", "second_level_appeal")
    return "external_review" if own and _FROM_FINAL.search(period.anchor) else step


#: What counts from the plan's last word goes outside, whatever the words around it name.
_FROM_FINAL = re.compile(
    r"\b(?:our|the plan['’]?s|the|its) final (?:internal |adverse |appeal |benefit |coverage ){0,3}(?:decision|determination|answer|denial)\b",
    re.I,
)


def _is_call(told: Told, period: Period) -> bool:
    """Whether a time is that of a call between physicians: by its own words, or those before it where it names no step."""
    if word("peer").search(told.text):
        return True
    led = word("peer").search(f"{told.previous} {told.sentence.runin}")
    number = re.search(r"\d{3}-\d{3}-\d{4}", told.text) or re.match(r"call\b", told.text, re.I)
    return bool(led and number and period.unit != "hour" and not word("asks_step").search(told.text))


def _is_plans(told: Told, period: Period, clause: str) -> bool:
    """Whether the plan or a reviewer has this time: it is their act, their answer, or counts from what they get."""
    if word("plans_anchor").search(period.anchor):
        return True
    clause = word("of_decision").sub("appeal", clause)
    if word("plan_acts").search(clause) or word("plan_has").search(told.bare[: period.start]):
        return True
    labelled = word("plans_label").search(clause) or word("kind_of_answer").match(told.bare[period.end :])
    if labelled and not period.anchor:
        return True
    ours = word("claimant_has").search(told.bare[: period.start])
    getting = _GETTING.match(period.anchor) and not _DECIDES.search(clause)
    return not (ours or getting) and bool(word("plans_own").search(clause))


#: What counts from the day on which the claimant gets a decision is the claimant's time ("review our decision, within 60 days of getting it").
_GETTING = re.compile(r"\s*(?:of|after|from) (?:getting|receiving|receipt of) (?:it|that|this|them)\b", re.I)
#: "A plan decides an appeal within 30 days of receiving it": there the plan gets it.
_DECIDES = re.compile(
    r"\b(?:decides?|decided|answers?|answered|responds?|rules? on|lets? you know|tells? you|we (?:will|must|shall|have)|plan (?:will|must|shall|has))\b",
    re.I,
)


#: Where a sentence goes on to somebody else's act.
_TURN = re.compile(
    r";|,? (?:and|or|but) (?=(?:will|is|are|we|they|it|the (?:plan|committee|board|trustees))\b)|, (?=(?:we|you|they|it|which)\b)",
    re.I,
)


def _clause(told: Told, period: Period) -> str:
    """The part of the sentence that a period stands in, without a condition or purpose before it."""
    turns = [0, *(turn.end() for turn in _TURN.finditer(told.bare)), len(told.bare) + 1]
    start = max(turn for turn in turns if turn <= period.start)
    stop = min(turn for turn in turns if turn > period.start)
    part = re.sub(
        r"^\W*(?:or,? |and,? )?(?:if|when|where|after|once|should|unless|to)\b[^,]*,\s*",
        "",
        told.bare[start:stop],
        flags=re.I,
    )
    part = re.sub(r"\buntil\b[^,.;]*", "", part)  # "until the appeal is decided" is no time of the plan's
    # "... in 30 days; an expedited one in 72 hours" goes on with the same act.
    goes_on = told.previous.endswith(";") and re.match(r"(?:an?|the) \w+(?: one)? in\b", part, re.I)
    return f"{told.previous} {part}" if goes_on else part


def _plans_step(period: Period, text: str) -> str:
    hours = period.unit == "hour"
    if re.search(r"acknowledg|tell you (?:that )?we (?:got|received)|confirm (?:that )?we", text, re.I):
        return "appeal_acknowledgment"
    if re.search(r"(?:reviewer|agent) has|(?:review (?:organi[sz]ation|agency|entity)|OPM|IRO|IRE) (?:decides|determines|answers|has|will)|independent reviewer (?:has|decides)|external (?:appeal|review),? (?:which is )?decided|expedited external", text, re.I):  # fmt: skip
        return "expedited_external_decision" if hours else "external_review_decision"
    if re.search(r"will take place|reconsideration[^.]{0,30}call", text, re.I):
        return "reconsideration_held"
    if hours:
        return "expedited_appeal_decision"
    return "second_level_decision" if re.search(r"second|it too|again", text, re.I) else "standard_appeal_decision"


#: What was asked for before something is looked at again.
_AFTER_FIRST = re.compile(r"\b(?:first|initial|that|level (?:one|1)) (?:appeal|review)\b", re.I)


def _heads(title: str) -> str:
    """A title of what is to come: "After the appeal" heads what comes then, and the letter's own title what was decided."""
    return "" if word("condition").fullmatch(title) or word("letter_title").search(title) else title


_HURRIED = re.compile(r"expedited (?:reconsideration|appeal|review|handling|filing|one)", re.I)
#: What speaks of the step that was just named: "That request must arrive ...", "... reconsideration; it must be in our hands".
_OF_IT = re.compile(
    r"\W*(?:it|this|that|(?:the|your|such an?|this|that) (?:request|one)|we (?:must|have to|need to))\b", re.I
)


def _is_hurried(told: Told, title: str, before: str) -> bool:
    """Whether a time is that of an expedited step: by the words before it, by its title, or by the sentence it goes on from."""
    last = re.split(r"\b(?=standard\b)", before)[-1]
    said = list(_HURRIED.finditer(last))
    if said and (len(before) - before.rfind(said[-1].group()) <= 90 or ":" in last[said[-1].end() :]):
        return True
    return bool(_HURRIED.match(title) or (_OF_IT.match(told.bare) and _HURRIED.search(told.previous)))


def _claimants(told: Told, *, before: str = "", near: str = "") -> str:
    """The step that the claimant has this time for.

    The words right after the period decide first, then those before it, then the sentence that "it" or "this" speaks
    of, then the title that the paragraph stands under, then the sentence before; else it is the next level.
    """
    sentence = told.sentence
    label = re.match(r"[A-Z][\w -]{2,40}(?=:)", sentence.text)
    title = _heads(label.group() if label else sentence.runin or sentence.heading)
    if _is_hurried(told, title, before) and (near or before) and nearest(before, near) in ("", "own"):
        return "expedited_reconsideration" if told.next_level == "reconsideration" else "expedited_appeal"
    refers: object = re.match(
        r"(?:it|this|that|they|(?:the|your|such an?) request|you must do (?:this|it)|ask (?:by|within|before|on or))\b",
        sentence.text,
        re.I,
    )
    refers = refers or told.previous.endswith((";", ":"))  # one printed sentence
    step = nearest(before, near) if near or before else named(told.bare)
    # A sentence that opens the paragraph is no title of the others.
    refers = refers or (
        re.match(r"(?:you|we|it|if|the|this|your|our|an?)\b", sentence.runin, re.I) and VERB.search(sentence.runin)
    )
    above_all = _heads(sentence.heading)
    others = (told.previous if refers else "", title, *told.led, above_all, told.previous)
    step = step or next(filter(None, map(named, others)), "")
    if step == "own" and named(sentence.runin) == "second_level_appeal":
        step = "second_level_appeal"  # "Second appeal. ... you may appeal to the Administrator within 60 days"
    above = told.previous if told.previous.isupper() else ""
    if step == "again":
        after_first = told.begun or told.next_level == "second_level" or _AFTER_FIRST.search(told.context)
        step = "second_level_appeal" if after_first else "own"
    if step in ("", "own") and "aid_continuing" in map(
        named, (title, "" if sentence.runin else sentence.heading, above)
    ):
        return "aid_continuing"
    if not step and word("after_final").search(told.context):
        return "external_review"
    return step if step not in ("", "own") else default(told.next_level)


def _counted_from(what: str, period: Period, told: Told) -> str:
    """receipt or letter_date of this letter; of the next decision, decision_receipt or decision_date; the plan's: its receipt.

    A step beyond the next one counts from a decision still to come.
    """
    if what.endswith(("_decision", "acknowledgment", "_held")):
        return "plan_receipt_of_appeal"
    after = told.text[period.start :]
    clause = re.split(
        r"[.;](?=\s|$)|, (?!which\b|counted\b|starting\b|beginning\b|measured\b|running\b|reckoned\b)", after
    )[0]
    received, dated = word("received").search(clause), word("dated").search(clause)
    this = re.search(r"\bthis (?:letter|notice|final|decision|determination|denial)\b", clause, re.I)
    later = what in LATER and what != default(told.next_level) and not this
    spoken_of = re.search(
        r"final|decision|answer|uphold|upheld|unfavorable|den(?:y|ied|ial)|result|appeal letter|that letter",
        told.context,
        re.I,
    )
    if later and spoken_of:
        return "decision_receipt" if received or not dated else "decision_date"
    return "receipt" if received else "letter_date" if dated else ""
