"""Whether a procedure was given to this patient, was never given, was only thought of, or was another person's.

A mere mention is none of these: `present` needs a word of giving, a ticked answer or a day that has passed; `absent` needs
words that deny the past ("has never had"), for "not a candidate for" and "no slot for" say nothing of it.
"""

from __future__ import annotations

import re

from chartproof.chart.context import about_another, assertion, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import past_day, section_is, written_by
from chartproof.chart.find.transplant.answers import (
    LABELLED,
    UNDONE,
    answered,
    asked,
    dated_label,
    inapplicable,
    ordered_and_cancelled,
    under_days_done,
    void_line,
)  # fmt: skip
from chartproof.chart.find.transplant.denied import NAIVE_AFTER, denied, is_around, past_beside
from chartproof.chart.find.transplant.words import clause_after, clause_before, cue
from chartproof.chart.view import Sentence
from chartproof.model import Assertion, Case

#: "unrelated donor or haploidentical transplantation" names a kind of graft, not another person.
_DONOR_KIND = re.compile(
    r"\bdonor(?=[- ](?:cells?|lymphocytes?|leu[ck]\w+|marrow|stem|products?|grafts?))|\b(?:(?:un)?related|matched|mismatched|sibling|family|haplo\w*|MUD|10/10|9/10)[- ]+(?:(?:un)?related[- ]+)?(?:donors?|siblings?)\b|\bsibling(?= (?:or|and|nor))|\bdonor(?= (?:or|and|nor))|\bfrom (?:an? |any |another )?donors?\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\b(?:he|she|patient|pt|mr|mrs|ms|his|her)\b", re.IGNORECASE)


#: Cells gathered for a product: whether it was ever given, other words tell.
_GATHERED = re.compile(
    r"\b(?:leuk\w*pheres\w+|apheres\w+|collect\w+|harvest\w*)(?: of (?:\w+ )?(?:t-?)?cells)? for\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)


def said(sentence: Sentence, start: int, end: int, case: Case, *, cells: bool = False) -> Assertion | None:
    """present, absent, planned or family for the mention; None where nothing is said about the past or the wish.

    `cells` True asks for words of infusion, since a day beside "CAR-T" may be that of a visit or a consent.
    """
    text = sentence.text
    left, right = clause_before(text, start), clause_after(text, end)
    if about_another(sentence, start, _DONOR_KIND.sub("kind", left[-90:])) or cue(
        "relatives", shape=r"^\W{0,3}{}"
    ).match(right):
        return "family"
    others = list(cue("others").finditer(left))
    if others and not _SUBJECT.search(left[others[-1].end() :]):
        return None
    if cue("unsure").search(left) or ordered_and_cancelled(left, right):
        return "planned"
    if void_line(right) or inapplicable(right) or (cells and _GATHERED.search(left)):
        return None
    if _had_after_all(left, right):
        return "present"
    if denied(sentence, start, end):
        return None if _a_rule(sentence, start) or cue("hedged").search(sentence.text) else "absent"
    if conditional(sentence, start):
        return "planned"
    if dated_label(sentence, end, case) and not cells and assertion(sentence, start, end, person=False) == "present":
        return "present"
    told = asked(sentence, start, end) and answered(sentence, end) == "yes"
    if (
        told
        and not is_around(right)
        and not _a_rule(sentence, start)
        and not (cells and (_thought_of(left, []) or not _asks_of_the_past(left)))
        and (not cells or sentence.segment.signed is not False)
    ):
        return "present"
    if "?" in right[:60] or text.rstrip().endswith("?"):
        return None
    if cells and cue("relapse_to_come", shape=r"{}\W*(?:the |his |her |this )?$").search(left):
        return "planned"
    if cells and cue("toward", shape=r"{}\W*(?:\w+ ){0,2}$").search(left):
        return None
    return _affirmed(sentence, start, end, case, cells=cells)


#: "She had sepsis and we judged CAR-T the better way": what was had is told of before the new subject, who only thinks of it.
_NEW_SUBJECT = re.compile(
    r"\band (?:then )?(?:we|I|she|he|they|the \w+) (?:judged?|felt|thought|think|chose|preferred?|considered|discussed|favou?r\w*"
    r"|recommend\w*|advised?|planned|proposed?|offered|requested)\b",
    re.IGNORECASE,
)


#: What a form's question on earlier cells says before their name; one on fitness or on a plan says something else.
_OF_THE_PAST = re.compile(
    r"\b(?:prior|previous\w*|past|earlier|history|hx|ever|had|received|given|treated|infused|exposed|exposure|under(?:went|gone)|any|first|before)\b",
    re.IGNORECASE,
)


def _asks_of_the_past(left: str) -> bool:
    """ "Prior CAR-T: Y", "CAR-T: Y"; not "Organ function adequate for CAR-T: Y"."""
    return bool(_OF_THE_PAST.search(left)) or not re.search(r"[^\W\d]{3,}", left)


def _post(match: re.Match[str], left: str) -> bool:
    """ "Return to work 3 months post CAR-T": the time behind what is still to come."""
    return match[0].lower().startswith("post") and bool(cue("to_wait").search(left[: match.start()]))


def _had_after_all(left: str, right: str) -> bool:
    """ "Not CAR-T naive"; "no prior therapy other than axi-cel"."""
    naive = NAIVE_AFTER.match(right) and re.search(
        r"\b(?:not|no longer|never|non)\W+(?:\w+\W+){0,2}$|n't\W+$", left, re.I
    )
    exception = list(cue("exception").finditer(left))
    if not exception or cue("merely").search(left):
        return bool(naive)
    before = left[: exception[-1].start()]
    had = re.search(r"\b(?:had|received|given|prior|previous|treated|undergone)\b", before, re.IGNORECASE)
    return bool(naive or (had and re.search(r"\b(?:no|not|never|nothing|none)\b", before, re.IGNORECASE)))


def _affirmed(sentence: Sentence, start: int, end: int, case: Case, *, cells: bool) -> Assertion | None:
    """The same where nothing denies it: given, thought of, or merely named."""
    text = sentence.text
    left, right = clause_before(text, start), clause_after(text, end)
    given, after = _given(left), cue("done_after", shape=r"^\W{0,4}{}").match(right)
    infused = after and re.search(r"infus|given|administ|perform|took place", after[0], re.IGNORECASE)
    if _thought_of(left, given) and not infused:
        return "planned"
    if is_around(right) or cue("thing_of", shape=r"^[\s-]{1,3}{}").match(right):
        return "planned"
    about = assertion(sentence, start, end, person=False)
    done = bool(given or after)
    if (about == "absent" and not done) or (about == "planned" and not given):
        return "planned" if about == "planned" else None
    if section_is(sentence, "risk"):
        return None
    day = past_day(sentence, case, start, end)
    if section_is(sentence, "plan") and not (given and day):
        return "planned"
    if _to_come(sentence, start, end, case):
        return "planned"
    if cells:
        return "present" if done or _infused(sentence, left, right, end) else None
    if done or _AFTER_ITS_DAY.search(left) or _self_told(text[start:end]) or find_dates(text[start:end], years=True):
        return "present"
    if day and (cue("history_of", shape=r"{}\W+(?:\w+\W+){0,3}$").search(left) or end + 40 >= _next_day(sentence, end)):
        return "present"
    return "present" if _dated_before(sentence, start) else None


def _given(left: str) -> list[re.Match[str]]:
    """The words of giving and of the time since, in their order, that are of the mention behind them and of nothing between."""
    near = r"{}(?=[\s\W]{0,3}(?:[\w/.+%()-]+\W+){0,6}$)"
    since = [m for m in cue("time_since", shape=near).finditer(left) if not cue("to_wait").search(left[: m.start()])]
    # "post-allo relapse" is told of others too: it takes a time since, or a day
    hyphen = left.lower().endswith("post-")
    stated = [
        m
        for m in cue("given", shape=near).finditer(left)
        if not _post(m, left) and not (hyphen and m.end() == len(left))
    ]
    given = sorted([*stated, *since], key=lambda one: one.end())
    if not given:
        return []
    gap, undone = left[given[-1].end() :], UNDONE.search(left[: given[-1].start()])
    turned = undone or cue("merely").search(gap) or cue("else_had").search(gap) or _NEW_SUBJECT.search(gap)
    return [] if turned else given


def _thought_of(left: str, given: list[re.Match[str]]) -> bool:
    """Whether the nearest words before the mention are of a thought and not of giving."""
    shift = max(0, len(left) - 70)
    thought = list(cue("merely").finditer(left[-70:]))
    return bool(thought) and (not given or thought[-1].end() + shift > given[-1].start())


def _infused(sentence: Sentence, left: str, right: str, end: int) -> bool:
    """Whether cells that no word of giving stands before were infused: their history, their day or what came of them."""
    owned = cue("owned").search(left) or re.match(r"[^.;]{0,14}\bday (?:0|zero)\b", right, re.IGNORECASE)
    told = _INFUSION_OF.search(left) or (sentence.row and under_days_done(sentence))
    told = bool(told or _in_history(sentence, left) or _named_before(left) or owned or _OUTCOME.search(right[:60]))
    infused = _CELLS_INFUSED.search(sentence.text[end:])
    if infused and past_beside(sentence, end + infused.end()):
        return True
    unlabelled = _HAD.search(left) and not LABELLED.match(right)
    return bool(unlabelled or (told and past_beside(sentence, end)))


#: "... a CD22-directed CAR study; cells infused 02/2025".
_CELLS_INFUSED = re.compile(
    r"^[^.]{0,60}?\b(?:cells|product) (?:were |was )?(?:re-?infused|infused|given|administered)\b", re.IGNORECASE
)

#: "relapse after her 2021 allograft".
_AFTER_ITS_DAY = re.compile(
    r"\b(?:after|following|since|from|despite)\s+(?:his|her|their|the|an?)\s+(?:(?:19|20)\d\d|\d{1,2}/(?:\d{1,2}/)?\d{2,4})\s+(?:\w+\s+)?$",
    re.I,
)
#: "5/2023 -> CR x 9 mo": what came of it shows that it was given.
_OUTCOME = re.compile(r"->|\u2192|\bs?CR\b|\bVGPR\b|\bPR\b|\bPD\b|progress|relaps|remission|respon", re.IGNORECASE)
_INFUSION_OF = re.compile(
    r"\b(?:infusion|administration|receipt|treatment|course)\W+(?:of|with)\W+(?:\w+\W+){0,2}$", re.I
)
_HAD = re.compile(r"\b(?:h/o|hx of|history of)\W+(?:\w+\W+){0,1}$", re.IGNORECASE)


def _self_told(mention: str) -> bool:
    return bool(
        re.match(
            r"(?:transplanted|grafted|been (?:transplanted|grafted)|auto-?grafted|allo-?grafted)",
            mention,
            re.IGNORECASE,
        )
    )


def _named_before(left: str) -> bool:
    return bool(re.search(r"\b(?:prior|previous|earlier|h/o|hx of|history of)\W+(?:\w+\W+){0,2}$", left, re.IGNORECASE))


def _in_history(sentence: Sentence, left: str) -> bool:
    titles = f"{sentence.heading} {sentence.label} {sentence.text[:60]}"
    return bool(cue("history_list").search(titles) or cue("numbered_line").search(left))


def _next_day(sentence: Sentence, end: int) -> int:
    """Where the next date after the mention stands; far off where there is none."""
    return min((left for left, _right, _day in find_dates(sentence.text, years=True) if left >= end), default=1 << 30)


def _to_come(sentence: Sentence, start: int, end: int, case: Case) -> bool:
    """Whether the day within or beside the words lies after the day of writing.

    What has an outcome is over whatever day the page bears.
    """
    if cue("put_off", shape=r"^[\s,]*{}").match(clause_after(sentence.text, end)):
        return True
    over = _OUTCOME.search(clause_after(sentence.text, end)[:60])
    limit = case.as_of if over else written_by(sentence, case)
    near = [
        day
        for left, _right, day in find_dates(sentence.text, years=True)
        if start <= left < end or 0 <= left - end <= 20
    ]
    return bool(near) and near[0].first > limit


def _dated_before(sentence: Sentence, start: int) -> bool:
    """ "6/21/2023 Mel 200 with autologous stem cell support": a day that has passed opens the line or the cell."""
    written = sentence.segment.when
    for left, right, day in find_dates(sentence.text[:start], years=True):
        opens = re.fullmatch(r"[\s\W]*(?:\w{1,2}[.)]\s*)?(?:on |in )?", sentence.text[:left], re.IGNORECASE)
        if opens and start - right <= 60 and (written is None or day.last < written.last):
            return True
    return False


def _a_rule(sentence: Sentence, start: int) -> bool:
    """Whether the words state a requirement or an unfilled line of a checklist and not what happened."""
    clause = clause_before(sentence.text, start)
    if re.search(
        r"\b(?:if|unless|must have|must not|should have|requires?|required|criteria|cannot have|policy|the rules?)\b",
        clause,
        re.IGNORECASE,
    ):
        return True
    titles = f"{sentence.heading} {sentence.label}"
    form = re.search(
        r"attest|checklist|criteri(?:a|on)|eligib|requirement|must|exclusion|inclusion", titles, re.IGNORECASE
    )
    filled = re.search(
        r"\b[xX]\b|☒|☑|✓|✔|\d/\d|\b(?:yes|met|satisfied|fulfilled|confirmed|applies|apply)\b",
        sentence.text,
        re.IGNORECASE,
    )
    return bool(form and not filled)
