"""Words of a treatment sentence: what it was given for, which line it was, the response, and why it ended."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.drugs import Mention, core
from chartproof.chart.find.said import loosen
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange

#: Drugs with which a transplant is prepared; as part of a named regimen they are treatment.
CONDITIONING = frozenset(
    [
        "melphalan",
        "busulfan",
        "thiotepa",
        "treosulfan",
        "carmustine",
        "etoposide",
        "cytarabine",
        "cyclophosphamide",
        "fludarabine",
        "bendamustine",
    ]
)
#: Best first.
RESULT_ORDER = ("CR", "CRi", "VGPR", "PR", "MR", "SD", "PD")


@cache
def any_of(name: str) -> str:
    return loosen("|".join(f"(?:{cue})" for cue in load("treatment.yaml")[name]))


#: What stands for the treatment of the sentence before.
IT = re.compile(
    r"\b(?:it|this|that|them|the (?:drug|prescription|rx|script|order|course|pills?|tablets?|medication|pack|kit))\b",
    re.IGNORECASE,
)


def only_ordered(words: str) -> bool:
    """Whether the words tell of an order and of no dose: "prescribed June 2025"."""
    ordered, dosed = (re.search(rf"\b(?:{any_of(name)})", words, re.IGNORECASE) for name in ("ordered", "dosed"))
    return bool(ordered) and not dosed


def never_had(text: str) -> bool:
    """Whether a sentence without a drug denies the one before it: "He never began it."."""
    return bool(re.search(any_of("not_given"), text, re.IGNORECASE) and IT.search(text))


@cache
def _roles() -> tuple[tuple[str, Expression], ...]:
    return tuple(
        (role, Expression(loosen("|".join(f"(?:{word})" for word in words)), re.IGNORECASE))
        for role, words in load("drugs.yaml")["roles"].items()
    )


#: Letters before the words of a purpose that opens its sentence: "As a bridge".
OPENS = 5


def role_near(text: str, mention: Mention, low: int, high: int) -> str:
    """What the drug was given for, from the words of its clause; a later "then maintenance" is another mention's."""
    before = re.split(r"[.;]\s|, then|\bthen\b", text[max(low, mention.start - 60) : mention.start])[-1]
    after = re.split(
        r"[.;,]\s|\bthen\b|\bfollowed\b|\band\b|\bwith\b", text[mention.end : min(high, mention.end + 45 + 25)]
    )[0]
    for role, pattern in _roles():
        if role == "maintenance":
            if re.match(r"\W*(?:\w+\W+){0,4}?maint", after, re.IGNORECASE) or re.search(
                r"maint\w*(?: with| of|:)?\W+(?:\w+\W+)?$", before, re.IGNORECASE
            ):
                return role
        elif role == "conditioning" and (mention.regimen or not core(mention.drugs) <= CONDITIONING):
            continue
        else:
            near = before[-50:] + mention_text(text, mention)
            match = pattern.search(near + after)
            if match and match.start() < len(near) + 45:
                return role
            # "To hold the counts she has had dexamethasone for four days and a single vincristine"
            clause = re.split(r"[.;]\s", text[low : mention.start])[-1].lstrip()
            purpose = pattern.search(clause) if role == "bridging" else None
            if purpose and purpose.start() <= OPENS:
                return role
    return ""


#: "Intrathecal methotrexate", "with IT cytarabine".
INTRATHECAL = re.compile(
    r"\b(?:(?-i:IT)|intrathecal(?:ly)?)\W{1,3}(?:chemo\w*\W{1,3}(?:with )?)?(?:\w+/)?$", re.IGNORECASE
)
#: "Dasatinib with prednisone, then blinatumomab x3": what joins a drug without a day of its own to the course before it.
JOINS = re.compile(
    r"[\w\s-]{0,24}?[,;]?\s*(?:and )?(?:then|followed by)\s+(?:with )?(?:\w+ cycles? of )?", re.IGNORECASE
)
ONE_DOSE = re.compile(r"\b(?:one|a single|single|1) (?:dose|infusion|injection)\b", re.IGNORECASE)


def intrathecal(text: str, mention: Mention) -> bool:
    """Whether the drug went into the spinal fluid, which protects the brain and is no course of its own."""
    if mention.regimen:
        return False
    before, after = text[max(0, mention.start - 24) : mention.start], text[mention.end : mention.end + 14]
    return bool(INTRATHECAL.search(before) or re.match(r"\W{0,2}(?:IT\b|intrathecal)", after))


def joins(text: str, one: Mention, other: Mention) -> bool:
    """Whether "then" or "followed by" stands between two treatments and hardly anything else."""
    return bool(JOINS.fullmatch(text[one.end : other.start]))


def one_dose(words: str) -> bool:
    """Whether a single dose was given: its day is the first and the last."""
    return bool(ONE_DOSE.search(words))


def table_header(text: str, named: list[Mention]) -> bool:
    """A header row of a cycle table names drugs as columns."""
    return (
        bool(named)
        and bool(re.search(r"\bcycle\W", text, re.IGNORECASE))
        and bool(re.search(r"\b(?:ANC|plt|pit|D1|day 1|notes)\b", text, re.I))
        and not find_dates(text)
    )


def lead_in(text: str) -> int | None:
    """The number of a lead-in that stands alone: "Second treatment."."""
    match = re.fullmatch(r"\W*(\w+)[\s-]+(?:treatment|line|therapy|regimen)\W*", text)
    return load("treatment.yaml")["ordinals"].get(match[1].lower()) if match else None


def mention_text(text: str, mention: Mention) -> str:
    return text[mention.start : mention.end]


def line_number(sentence: Sentence, mention: Mention, after: int) -> int | None:
    """ "Line 2 DPd", "second line was", "first-line R-CHOP", the same as a lead-in or heading, or "DPd the second"."""
    ordinals = load("treatment.yaml")["ordinals"]
    names = "|".join(sorted(ordinals, key=len, reverse=True))
    pattern = rf"\bline (\d)\b|\b(\d)L\b|\b({names})[- ](?:line|treatment)\b|\b(front-?line)\b"
    near = sentence.text[max(after, mention.start - 45) : mention.start]
    for text in (near, sentence.label, sentence.heading):
        found = list(re.finditer(pattern, text, re.IGNORECASE))
        if found:
            word = next(part for part in found[-1].groups() if part).lower()
            return int(word) if word.isdigit() else int(ordinals.get(word, 0)) or None
    behind = _ranked(names).match(sentence.text, mention.end)
    return int(ordinals[behind[1].lower()]) if behind else None


@cache
def _ranked(names: str) -> re.Pattern[str]:
    """What ranks the treatments before it: "R-CHOP was the first, BR and rituximab maintenance the second"."""
    return re.compile(rf"[^.;:,]{{0,50}}?\bthe ({names})(?= line\b|\s*(?:[.;,:]|$|which\b))", re.IGNORECASE)


@cache
def _responses() -> tuple[tuple[str, Expression, Expression | None], ...]:
    return tuple(
        (
            name,
            Expression(loosen("|".join(rule["words"])), re.IGNORECASE),
            Expression("|".join(rule["short"])) if rule["short"] else None,
        )
        for name, rule in load("treatment.yaml")["responses"].items()
    )


def response_in(words: str) -> tuple[str, bool, int]:
    """The best response named, whether MRD was negative, and where it stands; ("", False, 0) where there is none."""
    hits: list[tuple[int, int, str]] = []
    for name, long, short in _responses():
        for match in (long.search(words), short.search(words) if short else None):
            if match and not re.search(
                r"\b(?:never|not) (?:yet )?\s*(?:in |reach\w* |achiev\w* )?\s*(?:a )?(?:complete )?$",
                words[: match.start()],
                re.I,
            ):
                hits.append((RESULT_ORDER.index(name), match.start(), name))
    deep = bool(re.search(any_of("mrd_negative"), words, re.IGNORECASE))
    if not hits:
        return ("CR", True, 0) if deep else ("", False, 0)
    best = min(hits)
    return best[2], deep and best[2] in ("CR", "CRi"), best[1]


def responses_by_days(text: str) -> list[tuple[DayRange, str]]:
    """Responses that a line gives by turns with their days: "10/20/25 PR  03/09/26 PR  07/10/26 PD"; [] on another line."""
    days = [one for one in find_dates(text) if one[2].exact]
    if len(days) < 2:
        return []
    stops = [*(start for start, _end, _day in days[1:]), len(text)]
    told = [text[end:stop].strip(" ,;:|.\n") for (_start, end, _day), stop in zip(days, stops, strict=True)]
    named = ["CR" if one == "sCR" else one if one in RESULT_ORDER else "" for one in told]
    return [(day, name) for (_s, _e, day), name in zip(days, named, strict=True)] if all(named) else []


def stop_reason(words: str) -> tuple[str, bool]:
    """Why it ended (the words after a stop verb, else a relapse or progression, else completion), and if a verb says so."""
    reasons = {name: loosen("|".join(cues)) for name, cues in load("treatment.yaml")["stop_reasons"].items()}
    for verb in re.finditer(any_of("stop_verbs"), words, re.IGNORECASE):
        tail = re.split(r"[.;]\s", words[verb.end() :])[0][:110]
        hits = [
            (match.start(), reason)
            for reason, cues in reasons.items()
            for match in [re.search(cues, tail, re.IGNORECASE)]
            if match
            and not re.search(
                r"\b(?:not|never|no|rather than) (?:for |because of |due to |from |of )?$", tail[: match.start()], re.I
            )
        ]
        if hits:
            return min(hits)[1], True
        lead = words[max(0, verb.start() - 90) : verb.start()]
        for reason in ("progression", "relapse"):
            if re.search(reasons[reason], lead, re.IGNORECASE):
                return reason, True
        # "She developed a severe rash, in spite of a dose reduction, and we stopped"
        clause = r"(?:[^.;]|\.(?=\d))"
        harmed = rf"\b(?:develop\w+|had|experienced|suffered)\b{clause}*(?:{reasons['toxicity']}){clause}*\b(?:and|so)\b[^.;]{{0,20}}$"
        if re.search(harmed, words[: verb.start()], re.IGNORECASE):
            return "toxicity", True
    if re.search(r"(?<!not )(?<!not a )(?<!no )(?<!nor )(?<!never )(?:\brefractory\s+to\s+first|primary\s+refractory)", words, re.IGNORECASE):  # fmt: skip
        return "refractory", False
    match = re.search(
        r"(?:\b(relaps)(?:e|ed|es|ing)\b(?!,?(?:[/ ]+refractory)?,? (?:\w+[- ]){0,3}?(?:lymphoma|leuk|myeloma|MCL|DLBCL|B-ALL|ALL|FL|MM|disease)\b)"
        r"|\b(?:progress(?:ed|ion)|PD|progressive disease|frankly progressive|grew|growing through|returned)\b)",
        words,
        re.IGNORECASE,
    )
    if match and not re.search(r"\b(?:no|not|without|free)\b[^.;]{0,30}$", words[: match.start()], re.IGNORECASE):
        return ("relapse" if match[1] else "progression"), False
    if re.search(
        r"\bas\s+planned\b|\b(?:cycles?|therapy|treatment|maintenance|course|regimen|chemo\w*|planned\s+\w+|R-CHOP|BR)\b.{0,60}\b(?:complet|finish)\w*"
        r"|\b(?:complet|finish)\w*.{0,60}\b(?:cycles?|therapy|treatment|maintenance|course|regimen|chemo\w*|planned\s+\w+)|\|\s*completed|\s{3}completed",
        words,
        re.IGNORECASE,
    ):
        return "completed", False
    return "", False


def reason_after_dates(text: str, low: int, high: int) -> str:
    """The reason in a row or a bracket that gives no verb: what stands after the last date of text[low:high]."""
    dates = [end for _start, end, _day in find_dates(text[low:high])]
    tail = text[low + max(dates) : high] if dates else ""
    for reason, cues in load("treatment.yaml")["stop_reasons"].items():
        if re.search(loosen("|".join(cues)), tail, re.IGNORECASE):
            return str(reason)
    return ""
