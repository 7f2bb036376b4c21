"""Plan type and product, with the words that show them. Where the letter does not say, None: the law turns on it, so ask."""

from __future__ import annotations

import re
from functools import cache

from chartproof.model import Span
from chartproof.rights.text import Letter
from chartproof.rights.words import table


@cache
def _plans() -> tuple[tuple[str, re.Pattern[str]], ...]:
    states = "|".join(table("plans")["states"])
    rows = table("plans")["plan_types"]
    return tuple((row["plan_type"], re.compile(row["says"].replace("{states}", states), re.I)) for row in rows)


#: A metal's name alone: plans of employers bear one too, and those have a group number.
_METAL = re.compile(r"(?:bronze|silver|gold|platinum) ?\w*", re.I)


def plan_type(letter: Letter) -> tuple[str, Span] | None:
    """The first plan type whose words stand in the letter, outside of what is only said of "some plans"."""
    ignore = re.compile(table("plans")["not_evidence"], re.I)
    grouped = any(pair.field == "group_number" and re.search(r"\d{3}", pair.value) for pair in letter.pairs)
    spoken = [s for s in letter.sentences if s.section != "notices" and not ignore.search(s.text)]
    for name, pattern in _plans():
        for sentence in spoken:
            every = pattern.finditer(sentence.text)
            match = next((one for one in every if not (_METAL.fullmatch(one.group()) and grouped)), None)
            if match:
                return name, letter.locate(match.group())
        match = pattern.search(" ".join(line.text for line in letter.body[:8]))
        if match and not ignore.search(match.group()) and not (_METAL.fullmatch(match.group()) and grouped):
            return name, letter.locate(match.group())
    return None


def is_assumed(quote: str) -> bool:
    """Whether the words that show a plan's type fit an insured and a self-funded plan alike."""
    rows = table("plans")["plan_types"]
    row = next((row for row in rows if re.search(row["says"], quote, re.I)), None)
    return row is not None and bool(row.get("assumed"))


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
