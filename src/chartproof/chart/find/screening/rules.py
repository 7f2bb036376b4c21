"""The rules and words of cancer screening (knowledge/codes/screening.yaml), and the arithmetic of its intervals."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chartproof.expressions import Expression, Expressions


def cervix_gone(text: str) -> bool:
    """Whether the cervix went with the uterus: by the words, never by the word hysterectomy alone."""
    if pattern("keeps_cervix").search(text):
        return False
    return bool(re.search(r"\btotal\b|\bradical\b|\bTAH\b|incl\w*\.? (?:the )?cervix|cervix\W+(?:was )?(?:removed|absent)|absence of (?:the )?cervix|vaginal cuff", text, re.IGNORECASE))  # fmt: skip


def concept_of(method: str) -> str:
    named = rules()["tests"].get(method)
    if named:
        return str(named["concept"])
    return {
        "colorectal": "colonoscopy",
        "breast": "mammogram",
        "cervical": "cervical_screening",
        "lung": "low_dose_ct",
    }.get(method, "psa")


def site_of(method: str) -> str:
    if method == "hysterectomy":
        return "cervical"
    return next((str(rule["id"]) for rule in rules()["screening"] if method in rule["methods"]), "other")


def later(day: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(year, month + 1, 28)


@cache
def rules() -> dict[str, Any]:
    """knowledge/codes/screening.yaml, parsed."""
    text = files("chartproof").joinpath("knowledge", "codes", "screening.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


@cache
def pattern(name: str) -> Expression:
    return Expression("|".join(f"(?:{part})" for part in rules()[name]), re.IGNORECASE)


@cache
def pattern_of(name: str) -> Expression:
    """The pattern of a single expression of screening.yaml."""
    return Expression(str(rules()[name]), re.IGNORECASE)


@cache
def methods() -> tuple[tuple[str, Expression], ...]:
    return tuple(
        (name, Expression("|".join(f"(?:{word})" for word in rule["words"]), 0 if rule.get("case") else re.IGNORECASE))
        for name, rule in rules()["tests"].items()
    )


@cache
def sites() -> tuple[tuple[str, Expression], ...]:
    return tuple(
        (site, Expression("|".join(f"(?:{word})" for word in words), re.IGNORECASE))
        for site, words in rules()["sites"].items()
    )


@cache
def named() -> Expressions[tuple[str, str]]:
    """The words of each site and of each test, by (site, test)."""
    of_sites = [((site, ""), words) for site, words in sites()]
    return Expressions([*of_sites, *(((site_of(method), method), words) for method, words in methods())])


@cache
def by_site() -> dict[str, tuple[tuple[str, Expression], ...]]:
    """Site to (test, its words within a row of that site)."""
    return {
        site: tuple((name, Expression("|".join(words), re.IGNORECASE)) for name, words in tests.items())
        for site, tests in rules()["by_site"].items()
    }


@cache
def exempt(rule_id: str) -> Expression:
    """The words of a rule by which its organ was removed."""
    words = next(rule.get("exempt_words", ()) for rule in rules()["screening"] if rule["id"] == rule_id)
    return Expression(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE)
