"""Words and codes by which what a request says is held against what its documents say (knowledge/exchange/doubts.yaml)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from chartproof.codes.icd import row
from chartproof.exchange.elements import codings, mapping, text
from chartproof.exchange.names import ICD10CM
from chartproof.policy.labels import list_products
from chartproof.policy.load import knowledge, read_yaml


@cache
def doubted() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(knowledge("exchange", "doubts.yaml"))
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    return re.compile(doubted()[name])


def letters(words: str) -> str:
    """Letters alone, without case and accents."""
    return "".join(tokens(words))


def tokens(words: str) -> list[str]:
    """The words of a text, as letters without case and accents."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return re.findall(r"[^\W\d_]+", "".join(one for one in plain if not unicodedata.combining(one) and one not in "'’"))


@cache
def _product_names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(product, a pattern for each of its names)."""
    return tuple(
        (one.id, re.compile(rf"(?i)(?<!\w){_spelled(name)}(?!\w)")) for one in list_products() for name in one.names
    )


def _spelled(name: str) -> str:
    """The expression of a name, its blanks and hyphens being one."""
    return "[- ]?".join(map(re.escape, re.split("[- ]", name)))


def products_named(words: str) -> frozenset[str]:
    """Every product that a text names, by id."""
    return frozenset(product for product, name in _product_names() if name.search(words))


def is_product(words: str, product: str) -> bool:
    """Whether a text is a name of a product, and nothing else."""
    return any(one == product and name.fullmatch(words) for one, name in _product_names())


@cache
def _diseases() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """(disease, its code prefixes, its names)."""
    raw = read_yaml(knowledge("vocabulary", "diseases.yaml"))["diseases"]
    return tuple(
        (name, tuple(one.get("icd10", ())), re.compile(rf"(?i)\b(?:{'|'.join(one['words'])})\b"))
        for name, one in raw.items()
    )


def diseases_of(concept: Any) -> tuple[frozenset[str], str]:
    """(the diseases that a coded concept names, why it is no ground for a request, "" where it may be one)."""
    found: set[str] = set()
    why = ""
    for one in codings(concept):
        code = text(one.get("code")).upper()
        if text(one.get("system")) not in ("", ICD10CM) or not code:
            found |= _named(text(one.get("display")))
            continue
        code = code if "." in code or len(code) < 4 else f"{code[:3]}.{code[3:]}"
        known = row(code)
        if known is None:
            why = "its code is not of the code book"
        elif pattern("remission").search(known.title):
            why = "its code says that the disease is in remission"
        found |= {name for name, prefixes, _ in _diseases() if code.startswith(prefixes)}
    return frozenset(found | _named(text(mapping(concept).get("text")))), why


def disease_of_label(label: str) -> str:
    """The disease of a label's indication, by its id; "" where none was chosen."""
    return next((one.disease for p in list_products() for one in p.indications if one.id == label), "")


def is_disease(words: str, disease: str) -> bool:
    """Whether a text is a name or abbreviation of a disease, and nothing else."""
    return bool(disease) and bool(_names_of(disease).fullmatch(words))


@cache
def _names_of(disease: str) -> re.Pattern[str]:
    one = read_yaml(knowledge("vocabulary", "diseases.yaml"))["diseases"][disease]
    return re.compile(rf"(?i:{'|'.join(one['words'])})|{'|'.join(one.get('short', ['(?!)']))}")


def _named(words: str) -> set[str]:
    return {name for name, _, names in _diseases() if names.search(words)}
