"""CPT, HCPCS and ICD-10-PCS codes that we know, and the days on which codes of ICD-10-CM changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chartproof.codes.entry import Code, system_of


def _yaml(name: str) -> Any:
    path = files("chartproof").joinpath("knowledge", "codes", name)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def services() -> Mapping[str, Code]:
    """Codes of services and products, by code."""
    raw = _yaml("services.yaml")
    found: dict[str, Code] = {}
    for item in raw["codes"]:
        for code in _series(item["code"], item.get("through", "")):
            found[code] = Code(
                code, item["system"], item["means"], raw["sources"][item["source"]]["title"], item["verified"],
                first=_day(item.get("from")), last=_day(item.get("to")), now=tuple(item.get("now", ())),
                drugs=tuple(item.get("drugs", ())), products=tuple(item.get("products", ())),
            )  # fmt: skip
    for known in (*_ended(), *_drug_codes(), *_known()):
        found.setdefault(known.code, known)
    return found


def _series(first: str, last: str) -> list[str]:
    """G6003 to G6014 as single codes."""
    if not last:
        return [first]
    return [f"{first[0]}{n:0{len(first) - 1}d}" for n in range(int(first[1:]), int(last[1:]) + 1)]


def _drug_codes() -> Iterator[Code]:
    raw = _yaml("hcpcs.yaml")
    for code in raw["unlisted"]:
        yield Code(code, "HCPCS", "no one drug: unlisted or not otherwise classified", raw["source"])
    for code, names in _pairs(raw["drugs"]):
        yield _drug(code, names, raw["source"], verified=True)


def _known() -> Iterator[Code]:
    """What nobody confirmed: services and drugs."""
    raw = _yaml("known.yaml")
    for code, means in _pairs(raw["services"]):
        yield Code(code, system_of(code), means, raw["source"], verified=False)
    for code, names in _pairs(raw["drugs"]):
        yield _drug(code, names, raw["source"], verified=False)


def _ended() -> Iterator[Code]:
    raw = _yaml("known.yaml")
    for code, rest in _pairs(raw["ended"]):
        last, now, means = rest.split(" ", 2)
        after = () if now == "-" else tuple(now.split(","))
        yield Code(code, system_of(code), means, raw["source"], verified=False, last=_day(last), now=after)


def _drug(code: str, names: str, source: str, *, verified: bool) -> Code:
    drugs = tuple(name.strip() for name in names.split(";"))
    return Code(code, "HCPCS", drugs[0], source, verified, drugs=drugs)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().split("\n"):
        code, rest = line.strip().split(" ", 1)
        yield code, rest


@cache
def drug_names() -> Mapping[str, str]:
    """Every drug name of the book in lower case, with the drug's first name: 'fasenra' is 'benralizumab'."""
    names = {name.lower(): code.drugs[0].lower() for code in services().values() for name in code.drugs}
    return {name.lower(): name.lower() for name in _yaml("hcpcs.yaml")["other_drugs"]} | names


@cache
def changes() -> Mapping[str, Mapping[str, Any]]:
    """Days on which codes of ICD-10-CM began or became headers, by code."""
    return {
        item["code"]: {
            "from": _day(item.get("from")), "header_from": _day(item.get("header_from")), "verified": item["verified"],
        }
        for item in _yaml("services.yaml")["icd10cm"]
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
