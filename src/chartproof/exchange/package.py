"""$questionnaire-package: the form of each policy that was asked for, with its Library, value sets and an empty response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chartproof.exchange.adaptive_form import END, begun, search_form
from chartproof.exchange.cql import computable, library
from chartproof.exchange.elements import extension_value, extensions, mapping, target, text
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import canonical, form_id, form_of, questionnaire
from chartproof.exchange.names import COVERAGE_INFORMATION, DTR, profile
from chartproof.exchange.orders import asked
from chartproof.exchange.parameters import arguments, parameters, resources
from chartproof.exchange.refusals import NOT_FOUND, UNPROCESSABLE, Issue, Refused, Resource, outcome
from chartproof.exchange.site import Site
from chartproof.exchange.value_sets import value_sets
from chartproof.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for: policies, the coverage and orders it is about, what could not be found, and the policies (by id)
    whose form is to be adaptive."""

    policies: tuple[Policy, ...]
    coverage: Resource
    orders: tuple[Resource, ...]
    warnings: tuple[Issue, ...]
    adaptive: frozenset[str] = frozenset()


def package(
    message: Resource, site: Site, *, now: datetime, policy_of: Callable[[str], str], version: str = "2.2"
) -> Resource:
    """The answer to the operation. `policy_of` leads from a coverage assertion's id to the policy that it spoke of.

    Raises Refused: CP-FHIR-02 not base R4, -03 no coverage, -04 a context that is not known.
    """
    given = arguments(message, bare="Coverage" if version.startswith("2.0") else "", name="coverage")
    wanted = _wanted(given, site, policy_of, version)
    bundles = [_bundle(one, wanted, site, now=now, version=version) for one in wanted.policies]
    old = version.startswith("2.0")
    found = [("PackageBundle" if old else "packagebundle", one) for one in bundles]
    if wanted.warnings or not found:
        none = (Issue("no questionnaire is needed for this", "informational", severity="information"),)
        found.append(("outcome", outcome(wanted.warnings or none)))
    answer = parameters(*found)
    return answer | {"meta": {"profile": [profile(DTR, "dtr-qpackage-output-parameters")]}}


def _wanted(given: list[tuple[str, Any]], site: Site, policy_of: Callable[[str], str], version: str) -> Wanted:
    coverages = resources(given, "coverage", "Coverage")
    if not coverages and not version.startswith("2.0"):
        raise Refused(
            "CP-FHIR-03",
            Issue("exactly one coverage is needed", "required", "Parameters.parameter"),
            status=UNPROCESSABLE,
        )
    if len(coverages) > 1 and not version.startswith("2.0"):
        raise Refused(
            "CP-FHIR-03",
            Issue("more than one coverage is given", "business-rule", "Parameters.parameter"),
            status=UNPROCESSABLE,
        )
    orders = tuple(resources(given, "order"))
    found: dict[str, Policy] = {}
    warnings: list[Issue] = []
    adaptive: set[str] = set()
    for name in (text(value) for key, value in given if key == "questionnaire"):
        policy = named(name, site)
        if policy is None:
            warnings.append(
                Issue("a questionnaire that was asked for is not known here", "not-found", severity="warning")
            )
        else:
            found[policy.id] = policy
            adaptive.update([policy.id] if name.partition("|")[0].endswith(END) else [])
    for context in (text(value) for key, value in given if key == "context"):
        policy = _of_context(context, site, policy_of)
        found[policy.id] = policy
    for order in orders:
        told = extension_value_of(order)
        policy = named(told, site) if told else None
        spoken = asked(order, site.loaded)
        policy = policy or (spoken.policy if spoken else None)
        if policy:
            found[policy.id] = policy
        else:
            warnings.append(Issue("no policy here speaks of an order", "informational", severity="information"))
    coverage = coverages[0] if coverages else {}
    return Wanted(tuple(found.values()), coverage, orders, tuple(warnings), frozenset(adaptive))


def extension_value_of(order: Resource) -> str:
    """The questionnaire that a coverage information on the order names."""
    for one in extensions(order, COVERAGE_INFORMATION):
        name = text(extension_value(one, "questionnaire"))
        if name:
            return name
    return ""


def named(name: str, site: Site) -> Policy | None:
    """The policy whose form, standard or adaptive, has this address, at this version where one is given."""
    url, _, version = name.partition("|")
    url = url.removesuffix(END)
    for policy in site.loaded:
        same = url == canonical(policy, site.base) or url.rpartition("/Questionnaire/")[2] == form_id(policy)
        if same and version in ("", policy.edition):
            return policy
    return None


def _of_context(context: str, site: Site, policy_of: Callable[[str], str]) -> Policy:
    policy = next((one for one in site.loaded if one.id == policy_of(context)), None)
    if policy is None:
        raise Refused(
            "CP-FHIR-04", Issue("the context is not known here", "not-found", "Parameters.parameter"), status=NOT_FOUND
        )
    return policy


def _bundle(policy: Policy, wanted: Wanted, site: Site, *, now: datetime, version: str) -> Resource:
    """Questionnaire first, then the response (2.2), the Library and the value sets. References carry versions. An adaptive
    form has no Library: its questions have no expressions."""
    form, adaptive = form_of(policy), policy.id in wanted.adaptive
    standard = questionnaire(policy, base=site.base, populated=computable(form))
    parts = [search_form(policy, base=site.base) if adaptive else standard]
    if not version.startswith("2.0"):
        orders = tuple(f"{one.get('resourceType')}/{one.get('id')}" for one in wanted.orders if one.get("id"))
        patient = target(mapping(wanted.coverage).get("beneficiary"))
        name = text(wanted.coverage.get("id"))
        about = About(patient, f"Coverage/{name}" if name else "", orders, version=version)
        plain = response(form, None, about, base=site.base, at=now, name=f"{form_id(policy)}-response"[:64])
        parts.append(begun(policy, about, base=site.base, at=now) if adaptive else plain)
    parts += [*([] if adaptive else [library(form, base=site.base)]), *value_sets(form, base=site.base, on=now.date())]
    return {
        "resourceType": "Bundle",
        "id": f"package-{form_id(policy)}"[:64],
        "meta": {"profile": [profile(DTR, "DTR-QPackageBundle")]},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"{site.base}/{one['resourceType']}/{one['id']}", "resource": one} for one in parts],
    }
