"""What stands behind a question, a label or a box: yes, no, or nothing filled in."""

from __future__ import annotations

import re

from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import written_by
from chartproof.chart.view import Sentence
from chartproof.model import Case

TICK = re.compile(r"\[ ?[xX✓✔] ?\]|\( ?[xX✓✔] ?\)|[☒☑✓✔]|_+[xX]_+")
EMPTY = re.compile(r"\[ ?\]|\( ?\)|☐|□|_{2,}")
#: Rows that a table of what was given may have, and its head; one of requests and approvals tells of nothing given.
ROWS_BELOW = 15
_DAYS_HEAD = re.compile(
    r"^(?=[^\n]*\b(?:product|procedure|therapy|treatment|transplant|infusion|type|event|cells?|regimen)s?\b)(?=[^\n]*\b(?:dates?|given|infused|performed|day 0|when|year)\b)[^.]{8,110}$",
    re.IGNORECASE,
)
_TO_COME_HEAD = re.compile(r"\b(?:plan\w*|request\w*|propos\w*|schedul\w*|status|auth\w*|approv\w*|due|target|offer\w*|consider\w*|collect\w*)\b", re.I)  # fmt: skip
#: The choices printed beside the question, "(Y/N):", before its answer; or what it takes in, "(any product)".
_LEGEND = re.compile(r"^[\s(\[]*(?:y(?:es)?)\s*/\s*no?(?:\s*/\s*(?:unk\w*|u|date))?[)\]]\W*(?=\w|\[|\()", re.IGNORECASE)
_TAKES_IN = re.compile(r"^\s*\((?=[^()]*[a-z]{3})[^()]{3,40}\)(?=\s*(?:[:?|=\t]|\s-\s))", re.IGNORECASE)
#: "Does not apply, she never received one": why the line is not for this patient is its answer.
_NEVER_APPLIES = re.compile(
    r"[\s\W]{0,6}(?:n/a|not applicable|(?:does|did)(?: not|n['\u2019]t) apply)\b[\s,;:(\u2013\u2014-]+(?:(?:as|since|because|for) )?(?:(?:she|he|pt|the patient|there|was|were|has|have|had) ){0,3}"
    r"(?:none\b|never\b(?! mind)|no (?:\w+ ){0,2}(?:transplant|CAR|cell))",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"\b(?:yes|no|none|never|y|n)\b", re.IGNORECASE)
_NO = re.compile(
    r"^[\s\-–—:|=>?.]*(?:none|no|never|nil|neg(?:ative)?|denie[sd]|0|not (?:done|given|performed|had|received|exposed|treated|transplanted)|naive)\b"
    r"(?=\s*(?:$|[.,;)|(\]\[/\"—–-]|known|ever|at any|to date|prior|previous|either|of (?:either|any|all|both|that)|exposures?|receipt|so far|in the past|before|per|confirmed|documented|reported"
    r"|history|hx|of any|transplants?|cell|CAR))(?!\s*/\s*(?:yes|y)\b)",
    re.IGNORECASE,
)
_CAPITAL_N = re.compile(r"^[\s\-:|=>?.]*N(?=\s*(?:$|[.,;)|(]))")
_YES = re.compile(r"^[\s\-–:|=>?.]*(?:yes|y|positive|given|done)\b(?!\s*/\s*no?\b)", re.IGNORECASE)
_ASKED = re.compile(
    r"\b(?:prior|previous(?:ly)?|past|earlier|hx|history(?: of)?|any|ever|had|received|recent)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"^(?:\s+\((?=[^()]*[a-z]{3})[^()]{3,40}\))?(?:\s+of (?:the|any) [\w-]+ (?:kind|type|sort))?(?:\W{0,2}(?:hx|history|exposure|recipient|therapy|product|status|before|previously|ever|in the past|to date|done|given|received)\b){0,3}"
    r"\W{0,3}(?:[:?|\t=]|\s{2,}|\s-\s)",
    re.IGNORECASE,
)


def tail(sentence: Sentence, end: int) -> str:
    """What follows the mention; where the sentence ends in a question or a label, with the answer behind it."""
    right = sentence.text[end:]
    page = sentence.page.text
    limit = min(len(page), sentence.segment.end, sentence.end + 30)
    if re.search(r"[?:|]\s*$", right):
        return right + " " + re.sub(r"(?<=\S)[ \t]*\n\s*", "; ", page[sentence.end : limit]).replace("\n", " ")
    if len(right.strip(" .")) <= 12:
        answer = re.match(r"\s*\n?\s*((?:No|None|Never|Denies|Negative|NO|NONE|N)\b\.?)\s*(?:\n|$)", page[sentence.end : limit])  # fmt: skip
        return f"{right}: {answer[1]}" if answer else right
    return right


def blank(sentence: Sentence, end: int) -> bool:
    """Whether a template's blank stands behind the mention: "Allo *** (date ***)"."""
    return bool(re.match(r"[^\w*]{0,3}(?:\*{3}|_{3,}|\.{4,})", sentence.text[end:]))


def inapplicable(right: str) -> bool:
    """Whether "N/A" stands behind a label: neither given nor denied."""
    label = LABELLED.match(right)
    blank = re.match(r"[\s\W]{0,6}(?:n/a|(?-i:N\.?A\.?)|not applicable)(?![\w/])", right, re.IGNORECASE)
    return bool(blank) and not _NEVER_APPLIES.match(right[label.end() :] if label else right)


def under_days_done(sentence: Sentence) -> bool:
    """Whether the row stands under a head of what was given and on which day ("Seq | Product | Date | Site")."""
    above = sentence.page.text[sentence.segment.start : sentence.start].split("\n")[-ROWS_BELOW:]
    heads = [line for line in above if _DAYS_HEAD.search(line) and not re.search(r"\d", line)]
    return bool(heads) and not _TO_COME_HEAD.search(heads[-1])


def answered(sentence: Sentence, end: int) -> str:
    """What was answered behind the mention: by the column of the row's mark, or in words; "" for neither."""
    return sentence.answer or answer(tail(sentence, end))


def answer(right: str) -> str:
    """ "yes", "no" or "" for what stands behind a question or label; an unfilled "Yes / No" is no answer."""
    near = _TAKES_IN.sub("", re.split(r"\.\s", right[:60])[0])
    near = (
        re.sub(r"^[^|:?()\[☒☑☐\t]{0,40}(?=[|:?\[(☒☑☐\t])", "", near)
        if LABELLED.match(near) or "?" in near[:30]
        else near
    )
    near = _LEGEND.sub("", near.lstrip(" ?:|\t-=")).lstrip(" ?:|\t-=")
    boxes = sorted(
        [(m.start(), m.end(), True) for m in TICK.finditer(near)] + [(m.start(), m.end(), False) for m in EMPTY.finditer(near)]
    )  # fmt: skip
    options = [(m.start(), m.end(), m[0].lower()[0]) for m in _YES_NO.finditer(near)]
    if boxes and options:
        leading = boxes[0][0] <= options[0][0]
        for left, right_end, ticked in boxes:
            if not ticked:
                continue
            own = (
                [o for o in options if o[0] >= right_end] if leading else [o for o in reversed(options) if o[1] <= left]
            )
            if not own and not re.match(r"\W*\w", near[right_end:]):  # "auto [ ] allo [ ] none [x]"
                own = [o for o in options if o[1] <= left and not near[o[1] : left].strip()]
            if own:
                return "yes" if own[0][2] == "y" else "no"
        return ""
    if {"y", "n"} <= {o[2] for o in options} and re.match(
        r"\W*(?:y|yes|n|no)\s*[/|]\s*(?:y|yes|n|no)\b", near, re.IGNORECASE
    ):
        return ""
    if _NO.match(near) or _CAPITAL_N.match(near) or _NEVER_APPLIES.match(near):
        return "no"
    return "yes" if _YES.match(near) else ""


def asked(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the mention is what a question, a label or a table cell asks for."""
    right = sentence.text[end:]
    return bool(
        sentence.answer
        or _ASKED.search(sentence.text[:start])
        or LABELLED.match(right)
        or re.search(r"\?", right[:40])
        or (sentence.row and re.match(r"\s*(?:\||\t|\s{2})", right))
        or re.match(r"\s*\w*\s*[\[(☐☒☑]", right)
    )


#: Before a word of giving: it was not done, is still to be done ("will be treated with"), or is feared.
UNDONE = re.compile(
    r"(?:\b(?:not|never|no|without)|n['\u2019]t)\W+(?:\w+\W+){0,2}$|\b(?:will|would|can|could|may|might|shall|should|be|being)\W+(?:\w+ly\W+)?(?:(?:be|have)\W+)?$"
    r"|\b(?:worr\w+|fear\w*|afraid|anxi\w+|dread\w*|concern\w*)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
#: "Transplant date (day 0): 02/03/2026": a label that asks for the day of what was done.
ITS_DAY = re.compile(r"\s{0,2}(?:date|day)\b(?: ?\([^()]{0,20}\))?\s?[:|]\s?(?=\d)", re.IGNORECASE)


def dated_label(sentence: Sentence, end: int, case: Case) -> bool:
    """Whether the mention is the label of a day that is past, and nothing stands before it that plans."""
    label = ITS_DAY.match(sentence.text, end)
    days = find_dates(sentence.text[label.end() :])[:1] if label else []
    return bool(days) and days[0][0] == 0 and days[0][2].last <= written_by(sentence, case)


#: An order that was cancelled tells of a wish, whatever day it names.
_ORDER = re.compile(r"\border(?:s|ed)?\b\W+(?:[\w-]+\W+){0,3}$", re.IGNORECASE)
#: A protocol, an order or a template that its own line calls void: nothing of it was given.
_VOID_LINE = re.compile(
    r"\b(?:never|not) (?:used|activated|started|signed|released)\b|\b(?:status|state)\W{1,3}(?:deleted|void(?:ed)?|cancel+ed|inactive|draft|template|discontinued)\b"
    r"|\(template\)|\btemplate only\b",
    re.IGNORECASE,
)
_CANCELLED = re.compile(r"[^.;]{0,40}\b(?:cancel(?:l)?ed|voided|discontinued|withdrawn)\b", re.IGNORECASE)


def ordered_and_cancelled(left: str, right: str) -> bool:
    return bool(_ORDER.search(left) and _CANCELLED.match(right))


def void_line(right: str) -> bool:
    """Whether the words behind a mention say that its protocol, order or template is void."""
    return bool(_VOID_LINE.search(right))
