"""A policy as its audit sees it: rules, codes, dates and citations, typed, with the labels that are in its scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from chartproof.codes.book import ends, expand
from chartproof.errors import PolicyError
from chartproof.model.policy import Body, FactTest, Group, Policy, Rule
from chartproof.policy.labels import list_products, load_label
from chartproof.policy.load import knowledge, read_yaml


@dataclass(frozen=True, slots=True)
class Named:
    """A disease that the policy's description names; `disease` is a value of the concept diagnosis, "" for another."""

    name: str
    disease: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A work that the policy cites; days as printed (a year, month or day), "" where there is none."""

    id: str
    kind: str
    title: str
    source: str
    body: str = ""
    country: str = ""
    number: str = ""
    link: str = ""
    published: str = ""
    said: str = ""
    product: str = ""
    diseases: tuple[str, ...] = ()
    finds: str = ""
    concerns: tuple[tuple[str, str], ...] = ()
    says: str = ""
    find: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """One indication of a label in the policy's scope. `day` is its approval, None where the label file has none."""

    id: str
    product: str
    brand: str
    disease: str
    says: str
    day: date | None
    verified: bool
    source: str
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a linter may look at. `diagnoses` and `services` are codes and ranges as printed."""

    policy: Policy
    edition: date
    dates: Mapping[str, str]
    diseases: tuple[Named, ...]
    scope_where: str
    class_name: str
    labels: tuple[Approved, ...]
    diagnoses: tuple[str, ...]
    services: tuple[str, ...]
    citations: tuple[Citation, ...]
    documents_asked: Mapping[str, Any]

    def covered(self) -> frozenset[str]:
        """Every diagnosis code that the list covers, and the ends as printed."""
        return frozenset(code for printed in self.diagnoses for code in (*expand(printed), *ends(printed)) if code)


def view_of(policy: Policy) -> View:
    """Raises PolicyError CP-POL-05 where the edition or a printed part cannot be read."""
    data = policy.facts_of
    _check(policy)
    scope = _mapping(policy, data, "scope")
    codes = _mapping(policy, data, "codes")
    listed = codes.get("icd10cm", {})
    diagnoses = listed.get("listed", []) if isinstance(listed, Mapping) else listed
    services = [str(item.get("code", "")) for key in ("cpt", "hcpcs", "icd10pcs") for item in _rows(codes.get(key))]
    return View(
        policy=policy,
        edition=_edition(policy),
        dates={key: str(value) for key, value in _mapping(policy, data, "dates").items()},
        diseases=tuple(Named(item["name"], item.get("disease", "")) for item in _rows(scope.get("diseases"))),
        scope_where=place(scope.get("at")),
        class_name=str(scope.get("class", "")),
        labels=tuple(_labels(scope.get("products", []))),
        diagnoses=tuple(str(code) for code in diagnoses) if isinstance(diagnoses, list) else (),
        services=tuple(services),
        citations=tuple(_citation(item) for item in _rows(data.get("citations"))),
        documents_asked=_mapping(policy, data, "documents_asked"),
    )


def place(at: object) -> str:
    """'page 7, description' of an `at` entry."""
    if not isinstance(at, Mapping):
        return ""
    parts = [f"page {at['page']}" if "page" in at else "", str(at.get("section", ""))]
    return ", ".join(filter(None, parts))


def rule_place(rule: Rule) -> str:
    """'I.C, page 1' of a rule."""
    return rule.id + (f", page {rule.page}" if rule.page else "")


def tests(body: Body) -> Iterator[FactTest]:
    """Every question about a fact in a rule's body."""
    if isinstance(body, FactTest):
        yield body
    elif isinstance(body, Group):
        for child in body.children:
            yield from tests(child)


@cache
def prefixes() -> Mapping[str, tuple[str, ...]]:
    """Each disease's prefixes of ICD-10-CM."""
    found = read_yaml(knowledge("vocabulary", "diseases.yaml"))["diseases"]
    return {disease: tuple(of.get("icd10", ())) for disease, of in found.items()}


@cache
def known() -> Mapping[str, Any]:
    """The file vocabulary/audit.yaml, with its patterns as texts."""
    found: Mapping[str, Any] = read_yaml(knowledge("vocabulary", "audit.yaml"))
    return found


def pattern(name: str) -> re.Pattern[str]:
    """One pattern of audit.yaml, without regard to case."""
    return re.compile(known()[name], re.IGNORECASE)


def _check(policy: Policy) -> None:
    """The printed parts against the schema. Raises PolicyError CP-POL-05 with the place of what does not fit."""
    for key in ("scope", "dates", "documents_asked", "citations"):
        if key not in policy.facts_of:
            continue
        error = best_match(Draft202012Validator(_schema()["properties"][key]).iter_errors(policy.facts_of[key]))
        if error is not None:
            where = ".".join(str(part) for part in (key, *error.absolute_path))
            raise PolicyError("CP-POL-05", f"'{where}' does not fit the schema of policies", where=policy.file)
    for item in _rows(policy.facts_of.get("citations")):
        for day in (item.get("published", ""), item.get("said", "")):
            if len(day) == 10 and not _is_day(day):
                raise PolicyError("CP-POL-05", f"'{day}' in the citation '{item['id']}' is no day", where=policy.file)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


@cache
def _schema() -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(knowledge("schemas", "policy.schema.json").read_bytes())
    return found


def _edition(policy: Policy) -> date:
    try:
        return date.fromisoformat(policy.edition)
    except ValueError as error:
        raise PolicyError("CP-POL-05", "the edition is not a date such as 2026-04-15", where=policy.file) from error


def _mapping(policy: Policy, data: Mapping[str, object], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, Mapping):
        raise PolicyError("CP-POL-05", f"'{key}' must be a mapping of keys to values", where=policy.file)
    return found


def _rows(data: object) -> Sequence[Mapping[str, Any]]:
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


def _citation(item: Mapping[str, Any]) -> Citation:
    plain = {key: str(item[key]) for key in Citation.__dataclass_fields__ if key in item and isinstance(item[key], str)}
    return Citation(
        **{"id": "", "kind": "", "title": "", "source": ""} | plain,
        diseases=tuple(item.get("diseases", ())), concerns=tuple(item.get("concerns", {}).items()), find=tuple(item.get("find", ())),
        where=place(item.get("at")),
    )  # fmt: skip


def _labels(products: object) -> Iterator[Approved]:
    return (
        one for one in _all_labels() if products == "all" or (isinstance(products, list) and one.product in products)
    )


@cache
def _all_labels() -> tuple[Approved, ...]:
    found = []
    for product in list_products():
        for one in product.indications:
            label = load_label(one.id)
            approved = date.fromisoformat(label.edition) if label.edition else None
            rules = {rule.id: rule for rule in label.rules}
            found.append(
                Approved(
                    one.id, product.id, product.brand, one.disease, one.says, approved, one.verified, one.source, rules
                )
            )
    return tuple(found)
