"""The coverage-information extension, in the shape of each version, and the rules that it keeps (crd-ci-q1 to q9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chartproof.exchange.elements import complex_extension, extension, extensions, mapping, objects, reference, text
from chartproof.exchange.names import COVERAGE_INFORMATION, CRD_TEMP
from chartproof.exchange.refusals import Resource


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is one of the guide's reasons, "" for words alone."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a payer says of one order under one coverage. Empty parts are left out.

    covered   covered, not-covered, conditional, indeterminate
    needs     no-auth, auth-needed, satisfied, conditional, indeterminate; "" for none
    """

    coverage: str
    covered: str
    needs: str = ""
    documents: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    billing: tuple[Resource, ...] = ()
    reasons: tuple[Reason, ...] = ()
    questionnaires: tuple[str, ...] = ()
    phone: str = ""
    assertion: str = ""
    satisfied_by: str = ""


def written(said: Said, *, on: date, version: str = "2.2") -> Resource:
    """The extension. 2.0.1 has no `indeterminate`, no patient documents and one document need: what it cannot say becomes
    conditional with its reason."""
    if version.startswith("2.0"):
        said = _earlier(said)
    parts = [
        extension("coverage", valueReference=reference(said.coverage) if said.coverage else {"display": "not given"})
    ]
    parts.append(extension("covered", valueCode=said.covered))
    parts += [extension("pa-needed", valueCode=said.needs)] if said.needs else []
    parts += [extension("doc-needed", valueCode=one) for one in said.documents]
    parts += [extension("doc-purpose", valueCode=one) for one in said.purposes]
    parts += [extension("info-needed", valueCode=one) for one in said.information]
    parts += [extension("billingCode", valueCoding=one) for one in said.billing]
    parts += [extension("reason", valueCodeableConcept=_reason(one)) for one in said.reasons]
    parts += [extension("questionnaire", valueCanonical=one) for one in said.questionnaires]
    parts.append(extension("date", valueDate=on.isoformat()))
    parts.append(extension("coverage-assertion-id", valueString=said.assertion))
    parts += [extension("satisfied-pa-id", valueString=said.satisfied_by)] if said.satisfied_by else []
    parts += [_contact(said.phone, version)] if said.phone else []
    return complex_extension(COVERAGE_INFORMATION, *parts)


def _earlier(said: Said) -> Said:
    unsure = "indeterminate" in (said.covered, said.needs, *said.documents)
    covered = "conditional" if said.covered == "indeterminate" else said.covered
    needs = "conditional" if said.needs == "indeterminate" else said.needs
    return Said(
        said.coverage, covered, needs or ("" if covered == "not-covered" else "conditional"),
        ("both",) if {"clinical", "admin"} <= set(said.documents) else said.documents[:1], said.purposes,
        said.information or (("OTH",) if unsure else ()), said.billing, said.reasons, said.questionnaires, said.phone,
        said.assertion, said.satisfied_by,
    )  # fmt: skip


def _reason(one: Reason) -> Resource:
    coded: Resource = {"coding": [{"system": CRD_TEMP, "code": one.code}]} if one.code else {}
    return coded | {"text": one.text}


def _contact(phone: str, version: str) -> Resource:
    point = {"system": "phone", "value": phone}
    if version.startswith("2.0"):
        return extension("contact", valueContactPoint=point)
    return extension("contact", valueContactDetail={"telecom": [point]})


def broken(information: Resource) -> Iterator[str]:
    """The invariants of 2.2.1 that an extension breaks, by their names."""
    values: dict[str, list[object]] = {}
    for part in objects(information.get("extension")):
        value = next((one for key, one in part.items() if key.startswith("value")), None)
        values.setdefault(text(part.get("url")), []).append(value)
    states = [one for key in ("covered", "pa-needed", "doc-needed") for one in values.get(key, [])]
    needs, purposes, reasons = values.get("pa-needed", []), values.get("doc-purpose", []), values.get("reason", [])
    if "questionnaire" in values and "doc-needed" not in values:
        yield "crd-ci-q1"
    if "not-covered" in values.get("covered", []) and needs:
        yield "crd-ci-q2"
    if ("conditional" in states) != ("info-needed" in values):
        yield "crd-ci-q3"
    if "withpa" in purposes and {"satisfied", "no-auth"}.intersection(map(str, needs)):
        yield "crd-ci-q4"
    if ("satisfied" in needs) != ("satisfied-pa-id" in values):
        yield "crd-ci-q5"
    if "OTH" in values.get("info-needed", []) and not reasons:
        yield "crd-ci-q6"
    if any(not mapping(one).get("text") and not mapping(one).get("coding") for one in reasons):
        yield "crd-ci-q7"
    if any(one != "conditional" for one in purposes) and not reasons:
        yield "crd-ci-q8"
    if "indeterminate" in states and not reasons:
        yield "crd-ci-q9"


def same(one: Resource, other: Resource) -> bool:
    """Whether two coverage informations say the same, their day and number aside."""
    return _plain(one) == _plain(other)


def _plain(information: Resource) -> list[str]:
    parts = objects(information.get("extension"))
    return sorted(str(one) for one in parts if one.get("url") not in ("date", "coverage-assertion-id"))


def annotated(order: Resource, informations: list[Resource]) -> Resource | None:
    """The order with these and no other change; None where it says all of it already."""
    have = list(extensions(order, COVERAGE_INFORMATION))
    if all(any(same(one, old) for old in have) for one in informations):
        return None
    kept = [one for one in objects(order.get("extension")) if one.get("url") != COVERAGE_INFORMATION]
    return order | {"extension": [*kept, *informations]}
