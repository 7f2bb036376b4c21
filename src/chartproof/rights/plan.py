"""Plan type and state, with the words that show them. Where the letter does not say, None: the law turns on it, so ask."""

from __future__ import annotations

import re
from functools import cache

from chartproof.model import Span
from chartproof.rights.lines import Line
from chartproof.rights.text import Letter
from chartproof.rights.words import table


@cache
def _plans() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["plan_type"], re.compile(row["says"], re.I)) for row in table("plans")["plan_types"])


#: A metal's name alone: plans of employers bear one too, and those have a group number.
_METAL = re.compile(r"(?:bronze|silver|gold|platinum) ?\w*", re.I)


def plan_type(letter: Letter) -> tuple[str, Span] | None:
    """The first plan type whose words stand in the letter, outside of what is only said of "some plans"."""
    ignore = re.compile(table("plans")["not_evidence"], re.I)
    grouped = any(pair.field == "group_number" and re.search(r"\d{3}", pair.value) for pair in letter.pairs)
    spoken = [s for s in letter.sentences if s.section != "notices" and not ignore.search(s.text)]
    for name, pattern in _plans():
        for sentence in spoken:
            match = pattern.search(sentence.text)
            if match and not (_METAL.fullmatch(match.group()) and grouped):
                return name, letter.locate(match.group())
        match = pattern.search(" ".join(line.text for line in letter.body[:8]))
        if match and not ignore.search(match.group()) and not (_METAL.fullmatch(match.group()) and grouped):
            return name, letter.locate(match.group())
    return None


def state(letter: Letter) -> tuple[str, Span] | None:
    """The state whose law or agency the letter names; else the patient's address, else the payer's."""
    names: dict[str, str] = table("plans")["states"]
    any_state = "|".join(sorted(names, key=len, reverse=True))
    invoked = re.compile(
        rf"\b(?P<state>{any_state})(?: State)?(?:\W+(?:Department|Commissioner|Health (?:Plan|Authority)|Office|Bureau|Insurance|Administrative|Medicaid|Division|law\b|SHINE|Health Insurance))"
        rf"|(?:contract issued in|insured in|regulated by|state of|laws? of) (?P<state2>{any_state})\b"
    )
    # A letter in capitals names its state in capitals too.
    match = invoked.search(letter.flat) or re.compile(invoked.pattern, re.I).search(letter.flat)
    if match:
        said = (match.group("state") or match.group("state2")).lower()
        name = next(name for name in names if name.lower() == said)
        return names[name], letter.locate(match.group())
    addressed = re.compile(
        rf"(?:,? (?P<code>{'|'.join(names.values())})|, (?P<name>{any_state}))\.? \d{{5}}(?:-\d{{4}})?\b"
    )
    # A ZIP code may open the line below its state.
    joined = (
        (line, f"{line.text} {below}" if re.match(r"\d{5}\b", below) else line.text)
        for line, below in zip(letter.body, [*(line.text for line in letter.body[1:]), ""], strict=True)
    )
    found = [(line, match) for line, text in joined for match in [addressed.search(text)] if match]
    named = [(line, match) for line, match in found if _names_member(letter, line)]
    # A letterhead's address stands first; the patient's comes after it, or after "cc:" where the provider is addressed.
    copied = next(((line, m) for line, m in found if re.match(r"cc:", line.text, re.I)), None)
    chosen = copied or (named[0] if named else None) or (found[1] if len(found) > 1 else found[0] if found else None)
    if chosen is None:
        named_for = re.search(
            rf"\b(?:Plan|Company|Insurance|Mutual|Health|Care|Cross|Shield) of (?P<state>{any_state})\b", letter.flat
        )
        return (names[named_for["state"]], letter.locate(named_for.group())) if named_for else None
    code = chosen[1].group("code") or names[chosen[1].group("name")]
    return code, letter.find(chosen[0], chosen[1])


def _names_member(letter: Letter, line: Line) -> bool:
    """Whether an address line opens with "To:" or stands after a name in the same line."""
    return bool(re.match(r"(?:To|For)\b:?\s*[A-Z]", line.text))


def product_line(letter: Letter) -> tuple[str, Span] | None:
    """What the letter calls the product ("PPO, insured large group"), from a labelled line or a network word."""
    labelled = re.compile(r"(?:^|\s)(?:Coverage|Product|Plan)\b[\s.:|]*(?P<value>[^|]{3,60})")
    telling = re.compile(r"\b(?:HMO|PPO|EPO|POS|silver|gold|bronze|platinum|option|insured)\b", re.I)
    for line in letter.body[:40]:
        match = labelled.search(line.text)
        if match and telling.search(match.group("value")) and not re.search(r"\b(?:is|are|pays|has)\b", line.text):
            return match.group("value").strip(" ,"), letter.find(line, match, "value")
    match = re.search(r"\b(?:HMO D-SNP|HMO-POS|HMO|PPO|EPO|POS)\b", letter.flat)
    return (match.group(), letter.locate(match.group())) if match else None
