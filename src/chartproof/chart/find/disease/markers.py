"""Disease markers of pathology and imaging: a name with a result word or a number beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import collected_above, day_of
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.find.studies import day_of_lines
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, DayRange, Fact, Quantity

STAGE = re.compile(r"\bstage\s+(?P<n>(?:IV|III|II|I)(?:[ABSEX]{0,2})?)\b(?!\s*(?:kidney|chronic|renal))")
STAGE_KINDS = ("clinic_note", "consult_note", "treatment_summary", "provider_letter", "pathology", "pet_ct", "imaging")
#: A sentence that compares with an earlier specimen gives two results; neither is read from it.
OTHER_SPECIMEN = re.compile(
    r"\b(?:since the|previous(?:ly)?|earlier specimen|in the \d{4}|at diagnosis|compared with|originally)\b",
    re.IGNORECASE,
)
#: Words of a report by which a number in it is an earlier specimen's, and none of its own without that one's day.
COMPARED = re.compile(r"\b(?:comparison|compared|previous\w*|prior|earlier)\b", re.IGNORECASE)
#: "There is no population lacking CD19", "No CD20-negative cells": what is denied is the population, not the stain.
NO_SUCH_CELLS = re.compile(
    r"\b(?:no|without|nor|never|neither|not)\b(?:[\s,]+(?!evidence\b|expression\b)[\w-]+){0,5}\s+"
    r"(?:\w*populations?|cells?|clones?|subsets?|blasts?|lymphocytes?|fractions?|component|loss)\b[^.;:]{0,40}$"
    r"|\b(?:no|without|nor|neither)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
CELLS = re.compile(r"(?:populations?|cells?|clones?|subsets?|blasts?|fractions?)\b[^.;:]{0,40}$", re.IGNORECASE)
#: "The loss of CD20": of a stain it is that the cells have none, of a gene that it changed.
LOST = re.compile(
    r"(?<!no )(?<!without )\b(?:loss|absence|lack|disappearance|down-?regulation) of (?:\w+ )?$", re.IGNORECASE
)
#: The cells behind the stain and its sign: "CD19-negative blasts".
SUCH_CELLS = re.compile(
    r"[\s-]?(?:-|\(-\)|neg(?:ative)?\b|pos(?:itive)?\b|dim\b|\+)[\s-]+(?:\w+\s+){0,2}(?:\w*populations?|cells?|clones?|subsets?|blasts?|lymphocytes?|fractions?|component|escape|relapse)\b"
    r"|[\s-](?:loss|negativity|escape|down-?regulation)\b",
    re.IGNORECASE,
)
#: A denial and the names between it and one of its list, none of them told anything of its own.
DENIED_LIST = re.compile(
    r"\b(?:no(?: evidence of)?|without|negative for|absence of|lacks?|neither|free of)\s+(?:an? |any )?"
    r"(?P<items>(?:(?:(?!(?:but|with|is|was|are|were|has|shows?|seen|found|present|detected|in)\b)[^\s,.]+\s*){1,4}(?:,\s*(?:n?or\b|and\b)?|\bn?or\b|\band\b)\s*)+)"
    r"(?:(?:gain|loss|deletion|amplification|rearrangement|presence) (?:of|in)\s+)?$",
    re.IGNORECASE,
)
OR_BEHIND = re.compile(r"[^.;]{0,40}?,? n?or\b", re.IGNORECASE)
OWN_SHARE = re.compile(r"\W{0,2}(?:in )?(?:about |approximately |~)?\d", re.IGNORECASE)
#: Characters of a report in which it names its specimen.
HEAD = 300
#: "CD19/CD20": stains whose results follow in the same order.
JOINED = re.compile(r"\w[\w-]*(?:\s?/\s?\w[\w-]*)+")
#: How far after the name its result may stand.
REACH = 60
#: "CD19+", "CD10 -,", "CD20(+)": the sign right behind a stain's name is its result; "CD19 - bright" has only a dash.
SIGN = re.compile(
    r"\s?\(?(?P<sign>\+{1,4})\)?(?![\w/+-])|(?:\(-\)|[-\u2212\u2013](?![\w+/])(?=\s?[,.;)]|\s|$)|\s[-\u2212\u2013](?=[,.;)]|$))"
)
#: What may stand between "positive for" and a name that it speaks of: other names, and how bright they are.
OTHER_NAMES = re.compile(
    r"(?:[\s,/&()]|\b(?:and|or|as well as|dim|weak|bright|strong|partial|subset|kappa|lambda|cyclin)\b|[A-Z][\w.:()-]*\+?)*"
)


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of the concepts of markers.yaml and of stage."""
    facts: list[Fact] = []
    for sentence in reading.sentences:
        if sentence.document.kind in STAGE_KINDS:
            facts.extend(_stage(sentence))
        kind = kind_of(sentence)
        for name, rule in load("markers.yaml")["markers"].items():
            if kind in rule.get("kinds", ["pathology"]):
                facts.extend(
                    _number(sentence, name, rule) if rule["kind"] == "number" else _result(sentence, name, rule)
                )
    return facts


def kind_of(sentence: Sentence) -> str:
    """The document's kind; a laboratory's report on a marrow or a biopsy is pathology."""
    if sentence.document.kind != "lab_report":
        return sentence.document.kind
    head = sentence.segment.page.text[sentence.segment.start :][:HEAD]
    return "pathology" if _specimens().search(head) else "lab_report"


@cache
def _specimens() -> Expression:
    return Expression(rf"\b(?:{'|'.join(load('markers.yaml')['specimens'])})\b", re.IGNORECASE)


@cache
def _result_words(which: str) -> Expression:
    return Expression(loosen("|".join(load("markers.yaml")["words"][which])), re.IGNORECASE)


@cache
def _names(name: str) -> Expression:
    rule = load("markers.yaml")["markers"][name]
    return Expression(r"(?<!\w)(?:" + loosen("|".join(rule["names"])) + r")(?!\w)", re.IGNORECASE)


@cache
def _where(name: str) -> Expression:
    return Expression(loosen(load("markers.yaml")["markers"][name]["where"]), re.IGNORECASE)


def _result(sentence: Sentence, name: str, rule: dict[str, Any]) -> Iterator[Fact]:
    text = sentence.text
    for match in _names(name).finditer(text):
        tail = re.split(r"[;]|\.\s", text[match.end() :])[0][:REACH]
        if any(re.search(word, tail[:30], re.IGNORECASE) for word in rule.get("not", [])):
            continue
        if "only" in rule and not re.search(rule["only"], match[0] + tail, re.IGNORECASE):
            continue
        left = text[: match.start()]
        verdict = _joined(text, match) if _is_joined(text, match) else _signed(tail, rule) or _listed(left)
        verdict = verdict or ("" if _is_joined(text, match) else _denied_with(left, tail) or _verdict(left, tail))
        if rule["kind"] == "state" and LOST.search(left):
            verdict = "negative"
        if not verdict and "said" in rule and re.match(r"\W{0,2}(?:$|[,.;)]|in \d|\(?\d)", tail):
            verdict = "positive" if re.search(rule["said"], match[0], re.IGNORECASE) else ""
        if verdict in ("", "unclear") or OTHER_SPECIMEN.search(text) or _of_no_cells(left, text[match.end() :]):
            continue
        said: Assertion = "absent" if rule["kind"] == "change" and verdict == "negative" else "present"
        quote = near_quote(sentence, match.start(), min(len(text), match.end() + 12), words=14)
        yield fact_of(sentence, name, said, quote, when=day_of_report(sentence), value=verdict)
        return


def _of_no_cells(left: str, right: str) -> bool:
    """Whether the words say that there are no cells with such a result: they tell nothing of the disease's own."""
    if SUCH_CELLS.match(right):
        return bool(NO_SUCH_CELLS.search(left))
    cue = list(_cues().finditer(left))
    opened = cue[-1] if cue and OTHER_NAMES.fullmatch(left[cue[-1].end() :]) else None
    return bool(opened and CELLS.search(left[: opened.start()]) and NO_SUCH_CELLS.search(left[: opened.start()]))


def _signed(tail: str, rule: dict[str, Any]) -> str:
    """The result of a stain that is told by a sign alone."""
    sign = SIGN.match(tail) if rule["kind"] == "state" else None
    return "" if sign is None else "positive" if sign["sign"] else "negative"


def _listed(left: str) -> str:
    """The result that opens the list in which the name stands: "positive for CD20, CD19 and CD10, negative for CD5"."""
    opened = list(_cues().finditer(left))
    if not opened or not OTHER_NAMES.fullmatch(left[opened[-1].end() :]):
        return ""
    return str(opened[-1].lastgroup)


@cache
def _cues() -> Expression:
    cues = load("markers.yaml")["before_a_list"]
    return Expression(
        "|".join(rf"(?P<{which}>{loosen('|'.join(words))})" for which, words in cues.items()), re.IGNORECASE
    )


def _verdict(left: str, tail: str) -> str:
    """positive, negative or "": the nearest result word after the name, else a denial right before it."""
    no, yes = _result_words("negative").search(tail), _result_words("positive").search(tail)
    if no and (not yes or no.start() <= yes.start()):
        return "negative"
    if yes:
        return "positive"
    change = r"(?:(?P<change>gain|loss|deletion|amplification|rearrangement|presence) (?:of|in)\s+)?"
    named = re.search(
        rf"(?P<no>\b(?:no evidence of|no|without|negative for|absence of|lacks?)\s+(?:an? )?)?{change}$",
        left,
        re.IGNORECASE,
    )
    if named and named["no"]:
        return "negative"
    return "positive" if named and named["change"] else ""


def _denied_with(left: str, tail: str) -> str:
    """negative where a denial opens the list in which the name stands, "No t(4;14), t(14;16) or 17p deletion"; "unclear"
    where no "or" joins the list, "" where there is no such list or the name has a result of its own."""
    denied = DENIED_LIST.search(left)
    own = _result_words("negative").search(tail) or _result_words("positive").search(tail) or OWN_SHARE.match(tail)
    if denied is None or own:
        return ""
    return "negative" if re.search(r"\bn?or\b", denied["items"]) or OR_BEHIND.match(tail) else "unclear"


def _is_joined(text: str, match: re.Match[str]) -> bool:
    """Whether the name stands in a chain such as "CD19/CD20" that names more than one stain."""
    group = next((one for one in JOINED.finditer(text) if one.start() <= match.start() < one.end()), None)
    return (group is not None and group.end() > match.end()) or text[: match.start()].endswith("/")


def _joined(text: str, match: re.Match[str]) -> str:
    """The result of one stain of a chain: the one at its own place among results joined the same way, or the one result
    of all; "" where their numbers differ or an order is told in words ("respectively")."""
    group = next((one for one in JOINED.finditer(text) if one.start() <= match.start() < one.end()), None)
    if group is None:
        return ""
    names = re.split(r"\s?/\s?", group[0])
    place = len(re.findall("/", text[group.start() : match.start()]))
    tail = re.split(r"[;]|\.\s", text[group.end() :])[0][:REACH]
    word = rf"(?:{_result_words('negative').source}|{_result_words('positive').source}|[+-])"
    told = re.match(rf"[\s:,=]{{0,3}}(?:[\w-]+ ){{0,2}}?(?P<all>{word}(?:\s?/\s?{word})*)", tail, re.IGNORECASE)
    if told is None or re.search(r"\brespectively\b", tail, re.IGNORECASE):
        return ""
    results = re.split(r"\s?/\s?", told["all"])
    if len(results) not in (1, len(names)):
        return ""
    result = results[place if len(results) > 1 else 0]
    return {"+": "positive", "-": "negative"}.get(result) or _verdict("", result)


def _number(sentence: Sentence, name: str, rule: dict[str, Any]) -> Iterator[Fact]:
    match = _where(name).search(sentence.text)
    if match and "unless" in rule and re.search(rule["unless"], _around(sentence.text, match), re.IGNORECASE):
        return
    if match and not _in_specimen(sentence, rule.get("specimen", "")):
        return
    if not match or re.search(
        r"\b(?:if|over|under|expected|above|below)\W*$", sentence.text[: match.start()], re.IGNORECASE
    ):
        return
    number = float(next(part for part in match.groups() if part))
    quote = near_quote(sentence, match.start(), match.end(), words=14)
    when = day_told(sentence, match.start(), match.end())
    if when is None and COMPARED.search(sentence.text[: match.start()]) and sentence.document.kind == "pathology":
        return
    when = when or day_of_report(sentence)
    yield fact_of(sentence, name, "present", quote, when=when, quantity=Quantity(number, number, rule["unit"]))


def _around(text: str, match: re.Match[str]) -> str:
    """The words of the number and a few beside it within its sentence."""
    return text[max(0, match.start() - 30) : match.end()] + re.split(r"[.;,]", text[match.end() :])[0][:20]


def day_told(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day that a note gives the number that stands there, "Relapse 05/18/26, 25% blasts", or a report where it
    compares with an earlier specimen, "(04/06/2026, 27% blasts)"."""
    compares = sentence.document.kind == "pathology" and COMPARED.search(sentence.text[:start])
    if sentence.document.kind in ("pathology", "pet_ct", "lab_report") and not compares:
        return None
    day, tied = day_of(sentence, start, end)
    return day if tied else None


def _in_specimen(sentence: Sentence, specimen: str) -> bool:
    """Whether the report, by the words above the sentence, is on this specimen and not on another one."""
    named = load("markers.yaml")["specimen_names"]
    above = sentence.segment.page.text[sentence.segment.start : sentence.end]
    last = max(
        named, key=lambda name: max((m.end() for m in re.finditer(named[name], above, re.IGNORECASE)), default=-1)
    )
    return not specimen or (last == specimen and bool(re.search(named[last], above, re.IGNORECASE)))


def _stage(sentence: Sentence) -> Iterator[Fact]:
    match = STAGE.search(sentence.text)
    if match:
        quote = near_quote(sentence, match.start(), match.end(), words=14)
        days = [day for _start, _end, day in find_dates(sentence.text)]
        imaged = sentence.document.kind in ("pet_ct", "imaging")
        alone = days[0] if len(days) == 1 else day_of_report(sentence) if imaged else None  # "stage IVA, August 2021"
        yield fact_of(sentence, "stage", "present", quote, value=match["n"], when=alone)


def day_of_report(sentence: Sentence) -> DayRange | None:
    """The day of the specimen for a report, of the visit for a note."""
    if sentence.document.kind == "pet_ct":  # not the day on which an outside study was reviewed
        segment = sentence.segment
        return day_of_lines(segment, segment.start, segment.end) or sentence.document.when
    if sentence.document.kind != "pathology":
        return sentence.segment.when
    specimen = collected_above(sentence.segment, sentence.end)
    # An addendum is on the same specimen.
    return specimen or (sentence.document.when if sentence.segment.addendum else sentence.segment.when)
