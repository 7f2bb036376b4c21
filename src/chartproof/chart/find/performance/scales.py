"""Performance status on any of four scales, in all the spellings of notes and flowsheets.

What number a name has is performance_values.py's; here it becomes the patient's score of a day, an earlier one, somebody
else's, a bound or a hope.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chartproof.chart.context import about_another, before, conditional, quoted_of_a_paper
from chartproof.chart.dates import find_dates
from chartproof.chart.find.ago import counts_back, relative_dates
from chartproof.chart.find.dating import admitted_on, foreign, hint_of, last_day_of_stay, long_past, said_on
from chartproof.chart.find.deferral import options
from chartproof.chart.find.performance.tables import by_days, charted, coded, in_columns, is_asked, valued
from chartproof.chart.find.performance.values import BOX, Written, beside, mentions, pattern, scale, together, unit_of
from chartproof.chart.find.statements import CHECKED, UNCHECKED, copied_forward, fact_of
from chartproof.chart.kinds import is_evidence
from chartproof.chart.segments import COPY
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Assertion, Case, DayRange, Fact, Quantity

#: "ECOG > 2 = call MD", "KPS >= 70": a bound that someone set, not a score that someone gave.
BOUND = re.compile(r"[<>≤≥]")
MONTH_WORD = re.compile(
    r"\b(?:in|at the|of|since|from|last)\s+(january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
#: Whose number follows: "patient ECOG 1".
OWN = re.compile(r"\b(?:patient|pt|member)(?:['’]s)?(?: (?:is|has|at|value|score|actual))*\W{0,3}$", re.IGNORECASE)
#: Documents that may quote a score but never observe one.
NOT_OBSERVED = ("medication_record", "program_letter", "preventive_care", "lab_report", "pathology")
TICKED = re.compile(r"\W*[xX✓✔☒☑]\W{0,3}(?:grade |level )?(\d{1,3})\b(?![./]\d)")
#: A line of choices that has its mark without a box, before or behind, and one without any.
MARKED = re.compile(
    r"\W*(?:[xX✓✔→*]\W{1,3}|(?=\d{1,3}\b[^\n]*[\s|(\[][xX✓✔☒☑][)\]]?\W*$))(?:grade |level )?(\d{1,3})\b(?![./]\d)"
)
CHOICE = re.compile(r"\W*(?:grade |level )?\d{1,3}\b(?![./-]\d)", re.IGNORECASE)
#: Lines of ticked choices under a title that names the scale.
UNDER = 12
#: "ECOG 2 last month, 1 today": the second number is of the same scale.
NOW = re.compile(
    r"[^.;]{0,44}?\b(?:today|now|currently)\W{1,3}(?:is |at |it is |it's |an? |up to |down to )?(\d{1,3})\b(?![./]\d)"
    r"|[^.;\d]{0,30}?(?<![\d/.-])(\d{1,3})%? (?:as of |at |on )?(?:today|now|currently|at present|(?:this|the present|today's) (?:visit|exam\w*))\b",
    re.IGNORECASE,
)
#: The patient's own number behind a scale's range or legend: "Requirement: ECOG 0-2. Patient value: 1".
THEIRS = re.compile(
    r"[^\w(]*(?:(?:(?:the )?(?:patient|pt|member)(?:['’]s)?|her|his|actual|observed|measured|current|today['’]s) (?:value|result|score|status|level|grade|rating)(?: (?:today|now))?"
    r"|(?:score|result|value) (?:today|now))\W{1,4}(?:is |was )?(\d{1,3})\b(?![./]\d)",
    re.IGNORECASE,
)
#: One line of the scale's legend: "1 = restricted", "2-Ambulatory".
LEGEND_LINE = re.compile(r"(?<![\d/.-])\d{1,3} ?[=–-] ?[A-Za-z]{2,}")
LEGEND_REACH = 240
#: The same in the words of the scales; a "12-lead" or a "4-week" beside a score is none.
LEGEND_WORDS = re.compile(
    r"(?<![\d/.-])\d{1,3} ?[=–-] ?(?:fully|asymptom|normal|active|restrict|symptom|ambulat|capable|limited|in bed|bed|confined|complet|disab"
    r"|dead|death|moribund|requires|needs|cares|unable|minor|some|up and)",
    re.IGNORECASE,
)
#: The note of a score that the summary of a stay gives of its first or last day: illness, and no contradiction of a visit.
OF_A_STAY = "of the first or last day of a hospital stay"
#: Another day's score in brackets behind one: "ECOG 1 (was ECOG 2 in 02/2026)".
COMPARED = re.compile(
    r"\s?\(\s*(?:(?:was|were|had been|previous\w*|prior|earlier|formerly|last|up|down|improved|better|worse\w*|from|compared|versus|vs)\b"
    r"|(?:ECOG|PS|KPS|Karnofsky)\b\W{0,3}\d)[^()]{0,80}\)",
    re.IGNORECASE,
)
#: "ECOG 1 (2024)".
YEAR_ASIDE = re.compile(r"\s?\((?:in )?(?:19|20)\d\d\)")
#: The note of a score that was another day's.
UNDATED = "an earlier score, quoted without its day"
#: Who took the score, or that it was taken, before its day: "ECOG 0, assessed 08/30 by Dr Oyelaran".
TAKEN = re.compile(r"^\W{0,3}(?:(?:last )?(?:assessed|recorded|scored|documented|taken|done|charted|dated|noted|entered|obtained|measured|as of|on|per)\b[^.;\d]{0,24})", re.I)  # fmt: skip


def find(reading: Reading, case: Case) -> list[Fact]:
    facts: list[Fact] = []
    for index, sentence in enumerate(reading.sentences):
        if sentence.document.kind in NOT_OBSERVED:
            continue
        following = reading.sentences[index + 1] if index + 1 < len(reading.sentences) else None
        previous = reading.sentences[index - 1] if index else None
        found = (as_examined(fact, sentence, previous) for fact in scores(sentence, following))
        facts += [fact for fact in found if fact.when or fact.assertion != "present"]
        facts += ticked_below(reading.sentences, index)
    for segment in reading.segments:
        if is_evidence(segment.document) and segment.document.kind not in NOT_OBSERVED:
            facts += [*charted(segment), *valued(segment), *in_columns(segment), *by_days(segment)]
    facts += [fact for file in reading.files for fact in coded(file, reading)]
    return [fact for fact in facts if on_scale(fact)]


def on_scale(fact: Fact) -> bool:
    """Whether the score is one that the scale has: 18 and 47 are no Karnofsky scores, they are hours and counts."""
    found = (fact.quantity.low, fact.quantity.high) if fact.quantity else ()
    return all(end is None or end % scale(fact.concept)["step"] == 0 for end in found)


def scores(sentence: Sentence, following: Sentence | None = None) -> Iterator[Fact]:
    """Every score that the sentence names; `following` may take it back."""
    text = sentence.text
    for name, written in together(text, list(mentions(text))):
        yield one_score(sentence, name, written, following)
    for name, start, end in mentions(text):
        rule = {**scale("ecog"), "high": 4} if name == "plain" else scale(name)
        concept = "ecog" if name == "plain" else name
        if UNCHECKED.match(text) or re.search(r"(?:\[ *\]|\( +\)|[☐□○])\s*$", text[:start]):
            continue  # a choice that no one made
        for written in beside(text, start, end, rule):
            fact = one_score(sentence, concept, written, following)
            if sentence.segment.title.startswith(COPY):
                fact = replace(fact, note=COPY)
            if sentence.document.kind == "face_sheet":
                if not dated(sentence, written.start, written.end):
                    continue  # a summary's own day is not the score's
                fact = replace(fact, rank=0)
            yield fact
            if fact.assertion == "planned":
                yield from own_number(sentence, written.end, concept, rule)
                if following and following.segment is sentence.segment and not list(mentions(following.text)):
                    yield from own_number(following, 0, concept, rule)
            later = NOW.match(text[written.end :]) if fact.assertion != "present" or fact.when != sentence.segment.when else None  # fmt: skip
            number_now = int(later[1] or later[2]) if later else -1
            if later and rule["low"] <= number_now <= rule["high"]:
                whole = Written(start, written.end + later.end(), number_now, number_now)
                now = bare_score(sentence, concept, whole)
                yield replace(now, assertion="family") if fact.assertion == "family" else now


def own_number(sentence: Sentence, at: int, concept: str, rule: Mapping[str, Any]) -> Iterator[Fact]:
    """The score that stands at `at`, behind a scale's legend or range, as the patient's own."""
    told = THEIRS.match(sentence.text, at)
    if told and rule["low"] <= int(told[1]) <= rule["high"]:
        yield bare_score(sentence, concept, Written(told.start(1), told.end(1), int(told[1]), int(told[1])))


def bare_score(sentence: Sentence, concept: str, written: Written) -> Fact:
    fact = fact_of(sentence, written.start, written.end, concept=concept, says="present")
    fact = replace(fact, quantity=Quantity(written.low, written.high, unit_of(concept)))
    # Minutes repeat a score; they do not take one.
    return replace(fact, rank=0) if sentence.document.kind == "committee" else fact


def one_score(sentence: Sentence, concept: str, written: Written, following: Sentence | None) -> Fact:
    text, start, end = sentence.text, written.start, written.end
    fact = bare_score(sentence, concept, written)
    if of_somebody_else(sentence, start):
        return replace(fact, assertion="family")
    if only_thought(sentence, start, end):
        return replace(fact, assertion="planned", note="a threshold or a possibility, not a score")
    if taken_back(sentence, start, end, following):
        return replace(fact, assertion="planned", note="the note says that it was entered in error")
    if copied_forward(sentence):
        return replace(
            fact, assertion="historical", when=dated(sentence, start, end), note="carried forward from an earlier note"
        )
    other = dated(sentence, start, end)
    if other and other != sentence.segment.when:
        told: Assertion = (
            "present" if other.exact or not counts_back(text[max(0, start - 34) : end + 48]) else "historical"
        )
        return replace(fact, when=other, assertion=told)
    stay = day_of_stay(sentence, start, end)
    if stay:
        return replace(fact, when=stay, note=OF_A_STAY)
    if not other and of_earlier(text, start, end):
        # Its day is not the note's: none is known.
        return replace(fact, assertion="historical", when=None, note=UNDATED)
    return fact


def as_examined(fact: Fact, sentence: Sentence, previous: Sentence | None) -> Fact:
    """A score without its day right behind the examination: "I examined her on 04/30/2026. ECOG was 1"."""
    if fact.note != UNDATED or previous is None or previous.segment is not sentence.segment:
        return fact
    days = find_dates(previous.text, year_hint=hint_of(sentence.segment))
    if len(days) != 1 or not days[0][2].exact or not pattern("examined").search(previous.text[: days[0][0]]):
        return fact
    return replace(fact, assertion="present", when=days[0][2], note="")


def of_somebody_else(sentence: Sentence, start: int) -> bool:
    """Whether the score is a relative's, another patient's, or nobody's ("patients with an ECOG of 3")."""
    left = before(sentence.text, start)
    clause = re.split(r"[.;]\s", sentence.text[:start])[-1]
    return bool(
        about_another(sentence, start, left)
        or told_of_relative(sentence.text[:start])
        or pattern("elsewhere").search(clause)
        or pattern("elsewhere").search(f"{sentence.heading} {sentence.label}")
    )


def told_of_relative(left: str) -> bool:
    """ "Spouse has cancer too; his doctor told them he is": a sentence on a relative, whose pronoun goes on."""
    opened = pattern("relative", shape=r"^\W*(?:(?:the|his|her|pt's|patient's) )?{}\b").match(left)
    pronouns = re.findall(r"\b(he|she|his|her|him)\b", left[opened.end() :], re.IGNORECASE) if opened else []
    if not opened or not pronouns or re.search(r"\b(?:pt|patient|mrs?|ms)\b", left[opened.end() :], re.IGNORECASE):
        return False
    male = pronouns[-1].lower() in ("he", "his", "him")
    return not opened["woman"] if male else not opened["man"]


def only_thought(sentence: Sentence, start: int, end: int) -> bool:
    """Whether it is a goal, a bound, a rule, a hope or a question, and no score that someone gave."""
    text = sentence.text
    own = OWN.search(text[:start])  # "criterion ECOG 0-2: patient ECOG 1": what is asked ends there
    # behind the box that was ticked stand only the choices that were not: "[ ] 50 or less"
    window = text[start if own else max(0, start - 90) : end + (0 if BOX.search(text, start, end) else 60)]
    clause = re.split(r"[.;]\s", text[:start])[-1]
    return bool(
        BOUND.search(re.sub(r"-+>|=>|<-+|<\d{1,3}>|>\d{1,3}<", " ", text[start:end]))
        or pattern("not_a_value").search(window)
        or pattern("anybody").search(text[:start])
        or pattern("ahead").search(clause)
        or quoted_of_a_paper(text, start)
        or pattern("not_a_value_after", shape=r"^\s{0,2}{}").match(text[end:])
        or of_legend(sentence, start, end)
        or is_asked(sentence.segment, sentence.start + end - 1)
        or conditional(sentence, start)
        or text.rstrip().endswith("?")
    )


def of_legend(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the number is one line of a printed legend; one choice alone with its words is the choice that was made."""
    number_at = re.search(r"\d{1,3}$", sentence.text[start:end])
    if row_chosen(sentence.text) or not number_at or not LEGEND_LINE.match(sentence.text, start + number_at.start()):
        return False
    near = sentence.page.text[max(0, sentence.start - LEGEND_REACH) : sentence.end + LEGEND_REACH]
    return len(LEGEND_WORDS.findall(near)) > 1


def taken_back(sentence: Sentence, start: int, end: int, following: Sentence | None) -> bool:
    """Whether the score was an error, by the words around it or by what the next sentence opens with."""
    cue = pattern("taken_back")
    left = re.split(r"[.;]\s|\b(?:but|now|today|so|corrected)\b", sentence.text[:start])[-1]
    right = re.split(r"[.;]|\b(?:but|not|and)\b", sentence.text[end:])[0]
    if cue.search(left[-60:]) or cue.search(right[:70]):
        return True
    next_one = following.text if following and following.segment is sentence.segment else ""
    tail = f"{sentence.text[end:].lstrip(' .;')} {next_one}"
    opened = re.match(r"\W*(?:that|this|it|which|the (?:score|entry|value|number|above|former|latter))\b[^.;]{0,70}", tail, re.I)  # fmt: skip
    return bool(opened and cue.search(opened[0]))


def of_earlier(text: str, start: int, end: int) -> bool:
    """Whether it was another day's: "was", "last year", "at diagnosis", with nothing that says today."""
    near = before(text, start)[-44:] + text[start:end]
    if pattern("earlier_after").match(text[end:]):
        return True
    told = pattern("earlier").search(near)
    return bool(told) and not pattern("current").search(text[:start] + text[start:end] + text[end : end + 24])


def day_of_stay(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day of the admission or the discharge, where a summary of the stay gives the score as of one of them."""
    day = sentence.document.when
    if sentence.document.kind != "discharge_summary" or day is None or not day.exact:
        return None
    left = re.split(r"[.;]\s|\bby\b", sentence.text[:start])[-1]
    right = re.split(r"[.;,)]", sentence.text[end:])[0][:40]
    page = sentence.page.text
    if pattern("on_admission").search(left) or pattern("on_admission").match(right.lstrip(" (,:-")):
        came = admitted_on(page)
        return came if came and came.last <= day.last else None
    if pattern("on_discharge").search(left) or pattern("on_discharge").match(right.lstrip(" (,:-")):
        return DayRange.day(last_day_of_stay(page, day.last))
    return None


def ticked_below(sentences: Sequence[Sentence], index: int) -> Iterator[Fact]:
    """ "[x] 1 Restricted in strenuous work", or "[ ] 0 [x] 1 [ ] 2", under a line that names the scale, with only choices between."""
    sentence = sentences[index]
    chosen = row_chosen(sentence.text)
    if not chosen:
        return
    for above in reversed(sentences[max(0, index - UNDER) : index]):
        if above.segment is not sentence.segment:
            return
        named = [name for name, _start, _end in mentions(above.text)]
        if UNCHECKED.match(above.text) or (not named and CHOICE.match(above.text)):
            continue
        concept = "ecog" if named == ["plain"] else named[0] if len(named) == 1 else ""
        if concept and len(above.text) < 90 and scale(concept)["low"] <= int(chosen[1]) <= scale(concept)["high"]:
            low = int(chosen[1])
            yield one_score(sentence, concept, Written(chosen.start(), chosen.end(), low, low), None)
        return


def row_chosen(text: str) -> re.Match[str] | None:
    """The number of a form's line that is ticked: "[x] 1 Restricted", "x  1 - restricted", "1 - restricted   [X]"."""
    if CHECKED.match(text) or UNCHECKED.match(text):
        ticks = [span for span, tick in options(text) if tick]
        return TICKED.match(text, *ticks[0]) if len(ticks) == 1 else None
    return MARKED.match(text)


def dated(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day that stands with the score itself: "(2026-05-04)", "in March", "on 4/21"; None where there is none."""
    hint, said = hint_of(sentence.segment), said_on(sentence.segment)
    inside = find_dates(sentence.text[start:end], year_hint=hint)
    if len(inside) == 1:
        return inside[0][2]
    compared = COMPARED.match(sentence.text[end:])
    end += compared.end() if compared else 0
    after_text = sentence.text[end : end + 48]
    aside = re.match(r"\s?\([^()]{4,80}\)", sentence.text[end:])
    noted = find_dates(aside[0], year_hint=hint, years=bool(YEAR_ASIDE.fullmatch(aside[0]))) if aside else []
    if len(noted) == 1:
        return noted[0][2]
    taken = TAKEN.match(after_text)
    skip = taken.end() if taken else 0
    stop = re.compile(
        r"[.;]|,(?! \d{4}| (?:from|of|dated|taken|recorded|obtained|as of)\b)|\b(?:unchanged|no change|same|stable|improved|up|down|better|worse)\b",
        re.IGNORECASE,
    ).search(after_text, skip)
    after_text = after_text[: stop.start()] if stop else after_text
    after = [*find_dates(after_text, year_hint=hint), *relative_dates(after_text, said)]
    if after:
        return min(after)[2]
    left = max(0, start - 34)
    for first, _last, day in find_dates(sentence.text[left:start], year_hint=hint):
        if not long_past(day, hint) and not foreign(
            sentence.text[: left + first]
        ):  # a birth date or a planned day is not the score's
            return day
    for first, last, day in relative_dates(sentence.text[left:start], said):
        if not foreign(sentence.text[: left + first]) and not re.search(r"[,.;]", sentence.text[left + last : start]):
            return day
    leading = find_dates(sentence.text, year_hint=hint)
    if len(leading) == 1 and not sentence.text[: leading[0][0]].strip(" \t-*•|[("):
        return leading[0][2]  # a line that opens with its day
    month = MONTH_WORD.search(after_text)
    if month and hint:
        number = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
            month[1][:3].lower()
        ) + 1
        return DayRange.month(hint.year if number <= hint.month else hint.year - 1, number)
    return None
