"""One test of a criterion: concept, operator, value, unit and window, from its words. None where they leave it open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chartproof.policy.draft.words import NUMBERS, drafting

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|{'|'.join(NUMBERS)})"
_UNIT = r"(?:percent(?:age points)?|%|[a-zA-Zµμ/][\w/µμ^²³.]*(?:\s*/\s*\w+)?)"
_WINDOW = re.compile(
    rf"\b(?:within|in|during|over|from|not more than|no more than|(?<!patient is )(?<!member is )(?<!person is )(?<!child is )(?<!beneficiary is )no older than|not older than|none (?:of (?:it|them|these) )?older than|dated within|less than|under)\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+|prior\s+|preceding\s+|most recent\s+)?"
    rf"(?P<n>{_NUMBER})[\s-]*(?:\(\d+\)\s*)?(?:calendar\s+)?(?P<unit>days?|weeks?|months?|years?)\b"
    r"(?=\s*(?:before|prior|preceding|of it\b|of (?:the )?(?:planned |scheduled )?(?:request|surgery|submission|date|apheresis|leukapheresis|infusion)|old|[.,;)]|$|and\b|or\b|by\b|has\b|the\b|on\b))",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"\b(?:the\s+)?(?:last|past|previous|preceding|prior)\s+(?P<n>{_NUMBER})[\s-]+(?P<unit>days?|weeks?|months?|years?)\b"
    rf"|\b(?:last|past|previous|preceding|prior)\s+(?P<unit3>day|week|month|year)\b"
    rf"|\b(?P<n2>{_NUMBER})[\s-]+(?P<unit2>days?|weeks?|months?|years?)\s+(?:before|prior to|preceding|old\b)",
    re.IGNORECASE,
)
#: A distance between two events, which is the test itself and no window before the request.
_APART = re.compile(
    rf"\b(?:at least|(?<!not )(?<!no )more than|no less than|fewer than|less than|a minimum of)\s+(?:{_NUMBER})\s+(?:days?|weeks?|months?|years?)\s+(?:before|after|prior to|from|since|apart)\b(?! the request)"
    rf"|\bwithin\s+(?:{_NUMBER})\s+(?:days?|weeks?|months?|years?)\s+(?:of|after|from)\s+(?!the request|request|submission|this request|the date of the request|(?:the )?(?:planned|scheduled|proposed)|it\b)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:years?|months?) (?:of age|old(?:er)?)\b|\bage[ds]?\b|\badults?\b|\b(?:older|younger) than\b", re.IGNORECASE
)
_COMPARE: tuple[tuple[str, str], ...] = (
    ("ge", rf"\b(?:at least|(?:no|not) (?:less|fewer|lower|younger|smaller) than|not (?:below|under)|minimum of|at or above|no closer than|greater than or equal to|>=|≥)\s*(?P<v>{_NUMBER})"),
    ("le", rf"\b(?:at most|(?:no|not) (?:more|higher|greater|later|older|worse|longer|larger) than|not (?:above|over|exceed(?:ing)?)|up to|at or below|less than or equal to|maximum of|does not exceed)\s*(?P<v>{_NUMBER})|(?:<=|≤)\s*(?P<v2>{_NUMBER})"),
    ("ge", rf"(?:≥|>=)\s*(?P<v>{_NUMBER})"),
    ("ge", rf"(?P<v>{_NUMBER})(?:\s*\(\d+\))?\s*(?:{_UNIT}\s*(?:(?:per|of)\s+\w+\s*)?){{0,2}},?\s*(?:or|and)\s+(?:more|greater|higher|above|older|over|longer|better|later|larger|faster|bigger)\b"),
    ("le", rf"(?P<v>{_NUMBER})\s*(?:{_UNIT}\s*(?:per\s+\w+\s*)?){{0,2}},?\s*or\s+(?:less|fewer|lower|below|younger|under|smaller)\b"),
    ("gt", rf"\b(?:more than|greater than|above|over|exceed(?:s|ing)|older than|higher than|larger than|longer than|bigger than)\s*(?P<v>{_NUMBER})|>\s*(?P<v2>{_NUMBER})"),
    ("lt", rf"\b(?:less than|fewer than|below|under|younger than|lower than|has not reached)\s*(?P<v>{_NUMBER})|<\s*(?P<v2>{_NUMBER})"),
    ("ge", rf"\b(?:has reached|reached)\s*(?P<v>{_NUMBER})"),
    ("le", rf"\bwithin\s+(?P<v>{_NUMBER})\s+(?:days?|weeks?|months?|years?|cm|mm|miles?|minutes?)\b"),
    ("ge", r"^(?:any\s+)(?P<v>one|two|three|four)\s+(?!of\b)"),
    ("ge", r"^(?P<v>two|three|four|five)\s+(?:[a-z]+ed\s)?(?:infections|attempts|episodes|attacks|admissions|relapses|trials|courses|failures|exacerbations)\b"),
    ("ge", r"^an?\s+(?P<v2>single)\s"),
)  # fmt: skip
_BETWEEN = re.compile(
    r"(?:\bbetween\s+)?\b(?P<low>\d+(?:\.\d+)?)\s*(?:to|through|and(?=\s+\d)|-|–)\s*(?P<under>under |less than |below )?(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>years?|months?|weeks?|kg|kilograms?|%|percent|mg/\w+|g/\w+|mL/min\w*)\b",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\b(?:Child-Pugh(?: class)?|stage|NYHA(?: class)?|ISS|risk category)\s+(?P<v>[IV]{1,3}[ABC]?|[A-D])\b(?!\s*(?:or|to|,)\s)"
)
_ORDERED = re.compile(
    r"\b(?:grade|stage|class)\s+(?P<v>[Il]{1,3}|IV)\s+or\s+(?:(?P<up>higher|above|worse|greater|more)|lower|below|less|better)\b",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"\b(?P<name>ECOG|Karnofsky|KPS|Lansky|(?-i:IGA)|WHO|Zubrod)\b[^.;]{0,60}?\b(?P<low>\d{1,3})\s*(?:,\s*\d\s*)*(?:,?\s*(?:or|to|through|and|-|–)\s*(?P<high>\d{1,3}))?(?!\d)",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"^(?:There (?:is|are) )?(?:no|not|never|without|absence of|free of|none of|negative for)\b|\b(?:has|have|had|is|are|was|were|does|do|did|will|shall|must|may|can|should)\s+(?:not|never|no)\b(?! (?:more|less|fewer|older|later|higher|closer|limited|an option|possible))(?<!that has not)(?<!that have not)|\bnever\b|\bis (?:absent|excluded)\b|\bnot eligible\b|\boff all\b|\bno situation\b|\b(?:shows?|has|have|with) no\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?P<v>positive|positivity|staining|negative|detectable|detected|abnormal|expressed|expresses)\b", re.IGNORECASE
)


#: "has not declined by" before "more than 30": the comparison is turned.
_NEGATED = re.compile(
    r"\b(?:has|have|had|did|does|do)\s+not\s+(?:\w+ed|\w+en|fall|rise|grow|lose|gain|exceed)\b[^,;.]{0,25}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Test:
    """One test. `value` is a number, True, a word or a list; `within_days` None where no window is printed."""

    concept: str
    op: str
    value: Any
    unit: str | None = None
    within_days: int | None = None
    window_text: str = ""


def read_test(text: str) -> Test | None:
    """The test that the words make, None where they leave it to judgement."""
    window, words, rest = _window(text)
    compared = _compared(rest)
    concept = concept_of(text)
    if compared is not None:
        op, value, unit = compared
        return Test(concept, op, value, unit, window, words)
    state = _STATE.search(rest)
    if state is not None and not _ABSENT.search(rest):
        word = state["v"].lower()
        value = {
            "positivity": "positive",
            "staining": "positive",
            "detectable": "detected",
            "expressed": "positive",
            "expresses": "positive",
        }.get(word, word)
        return Test(concept, "eq", value, None, window, words)
    if undefined_words(text):
        return None
    return Test(concept, "absent" if _ABSENT.search(rest) else "present", True, None, window, words)


def _window(text: str) -> tuple[int | None, str, str]:
    """(days, the printed words, the text without the window)."""
    if _APART.search(text):
        return None, "", text
    match = _WINDOW.search(text)
    if match is None:
        match = _AGO.search(text)
        if match is None or (_AGE.search(text[match.start() : match.end() + 12]) and "old" in match.group()):
            return None, "", text
    named = {name: value for name, value in match.groupdict().items() if value}
    n = named.get("n") or named.get("n2") or "one"
    unit = named.get("unit") or named.get("unit2") or named["unit3"]
    if re.match(r"(?i)in\b|during\b|over\b|less|under|from", match.group()) and not re.search(
        r"(?i)\b(last|past|previous|prior|preceding|the)\b", match.group()
    ):
        return None, "", text
    count, name = _number(n), unit.lower().rstrip("s")
    days = round(count * _DAYS[name])
    return days, f"{n} {unit}", f"{text[: match.start()]} {text[match.end() :]}"


def _compared(text: str) -> tuple[str, Any, str | None] | None:
    scale = _SCALE.search(text)
    if scale is not None and not re.search(
        r"(?i)\b(?:at least|or (?:higher|above|more|better|greater|lower|less)|≥|>=|<=|≤)",
        text[scale.start() : scale.end() + 18],
    ):
        return _on_scale(scale, text)
    between = _BETWEEN.search(text)
    if between is not None:
        low, high = _number(between["low"]), _number(between["high"])
        return "between", [low, f"<{high}" if between["under"] else high], between["unit"]
    ordered = _ORDERED.search(text)
    if ordered is not None:
        return (
            ("ge" if ordered["up"] else "le"),
            {"i": 1, "ii": 2, "iii": 3, "iv": 4}[ordered["v"].lower().replace("l", "i")],
            None,
        )
    graded = _GRADE.search(text)
    if graded is not None:
        return "eq", graded["v"], None
    for op, source in _COMPARE:
        match = re.search(source, text, re.IGNORECASE)
        if match is not None:
            value = next(v for v in match.groupdict().values() if v is not None)
            if _NEGATED.search(text[: match.start()]):
                op = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}.get(op, op)
            return op, _number(value), _unit_after(text, match.end(), match.start())
    if re.search(r"(?i)\badults?\b", text):
        return "ge", 18, "years"
    return None


def _on_scale(match: re.Match[str], text: str) -> tuple[str, Any, str | None]:
    low, high = int(match["low"]), int(match["high"] or match["low"])
    name = match["name"].lower()
    if name in ("karnofsky", "kps", "lansky"):
        return "ge", min(low, high), None
    if re.search(
        r"(?i)\b(?:no|not) (?:higher|more|greater|worse) than|\bnot (?:above|over)\b|\bat most\b", match.group()
    ):
        return "le", high, None
    if high >= 3 and low >= 2:
        return "ge", min(low, high), None
    return ("eq" if match["high"] is None and low else "le"), max(low, high), None


def _unit_after(text: str, end: int, start: int) -> str | None:
    match = re.match(rf"\s*(?:\(\d+\)\s*)?({_UNIT})", text[end:])
    inner = re.search(rf"\d\s*({_UNIT})", text[start:end])
    found = inner or match
    if found is None:
        return None
    word = found.group(1)
    return "%" if word.lower() in ("percent", "%") else word


def _number(word: str) -> Any:
    if word.lower() == "single":
        return 1
    if word.lower() in NUMBERS:
        return NUMBERS[word.lower()]
    plain = word.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def undefined_words(text: str) -> tuple[str, ...]:
    """The words of a test that leave it to judgement; none where a clinician's own statement is what is asked."""
    if re.search(r"(?i)\b(?:in the (?:judgment|judgement|opinion) of|attest|states? that|documented)\b", text):
        return ()
    return tuple(word for word in drafting()["undefined"] if re.search(rf"(?i)\b{re.escape(word)}\b", text))


def concept_of(text: str) -> str:
    """A name for what is tested, of its first telling words; the reviewer maps it to the vocabulary."""
    words = re.findall(r"[A-Za-z][A-Za-z0-9]+", re.sub(r"\([^)]*\)", " ", text))
    telling = [word.lower() for word in words if word.lower() not in _SILENT]
    return "_".join(telling[:4]) or "criterion"


_SILENT = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "or",
        "and",
        "to",
        "in",
        "on",
        "for",
        "with",
        "by",
        "at",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "any",
        "all",
        "each",
        "member",
        "members",
        "patient",
        "patients",
        "person",
        "individual",
        "least",
        "more",
        "than",
        "no",
        "not",
        "never",
        "following",
        "within",
        "days",
        "months",
        "weeks",
        "years",
        "before",
        "request",
        "which",
        "who",
        "when",
        "where",
        "from",
        "must",
        "should",
        "will",
        "one",
        "two",
        "three",
        "there",
    ]
)
