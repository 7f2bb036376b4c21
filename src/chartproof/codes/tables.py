"""CPT, HCPCS and ICD-10-PCS codes that we know, and the days on which codes of ICD-10-CM changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chartproof.codes.entry import Code


def _yaml(name: str) -> Any:
    path = files("chartproof").joinpath("knowledge", "codes", name)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def services() -> Mapping[str, Code]:
    """Codes of services and products, by code."""
    raw = _yaml("services.yaml")
    found = {}
    for item in raw["codes"]:
        for code in _series(item["code"], item.get("through", "")):
            found[code] = Code(
                code, item["system"], item["means"], raw["sources"][item["source"]]["title"], item["verified"],
                first=_day(item.get("from")), last=_day(item.get("to")), now=tuple(item.get("now", ())),
                drugs=tuple(item.get("drugs", ())), products=tuple(item.get("products", ())),
            )  # fmt: skip
    return found | {code.code: code for code in _drug_codes() if code.code not in found}


def _series(first: str, last: str) -> list[str]:
    """G6003 to G6014 as single codes."""
    if not last:
        return [first]
    return [f"{first[0]}{n:0{len(first) - 1}d}" for n in range(int(first[1:]), int(last[1:]) + 1)]


def _drug_codes() -> list[Code]:
    raw = _yaml("hcpcs.yaml")
    found = [
        Code(code, "HCPCS", "no one drug: unlisted or not otherwise classified", raw["source"])
        for code in raw["unlisted"]
    ]
    for line in raw["drugs"].strip().split("\n"):
        code, names = line.strip().split(" ", 1)
        drugs = tuple(name.strip() for name in names.split(";"))
        found.append(Code(code, "HCPCS", drugs[0], raw["source"], drugs=drugs))
    return found


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
