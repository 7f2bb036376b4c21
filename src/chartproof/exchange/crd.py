"""Coverage requirements of an order: the discovery document, and what the policies say of each order under each coverage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime

from chartproof.exchange.coverage import Reason, Said, annotated, written
from chartproof.exchange.elements import coding, mapping, objects, target, text
from chartproof.exchange.form import canonical
from chartproof.exchange.hooks import Hooked, read_hook
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.names import CPT, HCPCS
from chartproof.exchange.orders import Asked, asked, product_codes
from chartproof.exchange.refusals import NOT_FOUND, Issue, Refused, Resource
from chartproof.exchange.site import Site

#: Service id -> hook. An encounter's start and end say nothing of a cell therapy that its order has not said.
SERVICES = {f"{hook}-crd": hook for hook in ("order-sign", "order-select", "order-dispatch", "appointment-book")}
VERSIONS = ("2.0", "2.2")
_PEOPLE = {
    "patient": "Patient/{{context.patientId}}",
    "coverage": "Coverage?patient={{context.patientId}}&status=active",
}
_DRAFTS = {
    "medications": "Medication?_id={{context.draftOrders.entry.resource.ofType(MedicationRequest).medication.resolve().id}}"
}
_BOOKED = {
    "serviceRequests": "ServiceRequest?_id={{context.appointments.entry.resource.basedOn.resolve().ofType(ServiceRequest).id}}"
}
_SENT = {
    name: f"{kind}?_id={{{{context.dispatchedOrders.resolve().ofType({kind}).id}}}}"
    for name, kind in (("serviceRequests", "ServiceRequest"), ("medicationRequests", "MedicationRequest"))
}


def discovery(site: Site) -> Resource:
    """The answer to GET /cds-services."""
    return {"services": [_service(name, hook, site) for name, hook in SERVICES.items()]}


def _service(name: str, hook: str, site: Site) -> Resource:
    option = {
        "code": "coverage-info",
        "type": "boolean",
        "name": "Coverage information",
        "description": "Whether an order is covered, needs prior authorization, and which form it takes",
        "default": True,
    }
    return {
        "hook": hook,
        "id": name,
        "title": f"{site.payer}: coverage of cell therapy",
        "description": "Says of an order whether prior authorization is needed, why, and which questionnaire to fill",
        "prefetch": _PEOPLE | {"order-dispatch": _SENT, "appointment-book": _BOOKED}.get(hook, _DRAFTS),
        "extension": {"davinci-crd.version": list(VERSIONS), "davinci-crd.configuration-options": [option]},
    }


def answer(message: Resource, service: str, site: Site, ledger: Ledger, *, now: datetime) -> Resource:
    """The answer to one hook: a system action for each order about which there is something new to say.

    Raises Refused: 404 for no service of this name, 400 for a request that is none or a payer that is not served.
    """
    hook = SERVICES.get(service)
    if hook is None:
        raise Refused("CP-FHIR-04", Issue("there is no such service here", "not-found"), status=NOT_FOUND)
    asking = read_hook(message, hook)
    actions = []
    if asking.wanted.get("coverage-info") is not False:
        for order in asking.orders:
            changed = annotated(order, list(_informations(order, asking, site, ledger, now=now)))
            if changed:
                what = f"Coverage information for {order['resourceType']} {order.get('id', '')}".strip()
                actions.append({"type": "update", "description": what, "resource": changed})
    return {"cards": [], "systemActions": actions}


def _informations(order: Resource, asking: Hooked, site: Site, ledger: Ledger, *, now: datetime) -> Iterator[Resource]:
    """One for each coverage of ours, each with a number of its own; one alone where there is none."""
    wanted = asked(order, site.loaded, asking.others)
    for said in _said(order, wanted, asking, site, ledger, today=now.date()):
        number = _number(said, order, wanted, now)
        if wanted:
            ledger.remember(number, wanted.policy.id)
        whole = Said(**{key: getattr(said, key) for key in Said.__slots__} | {"assertion": number})
        yield written(whole, on=now.date(), version=asking.version)


def _said(
    order: Resource, wanted: Asked | None, asking: Hooked, site: Site, ledger: Ledger, *, today: date
) -> Iterator[Said]:
    if asking.coverages is None:
        named = [target(one) for one in objects(order.get("insurance")) if target(one)]
        if named and wanted:
            yield _of_policy(named[0], wanted, asking, site, "")
        else:
            why = "no coverage was given with the request, and nothing is fetched" if not named else _no_policy(site)
            code = "technical" if not named else ""
            yield Said(named[0] if named else "", "indeterminate", "indeterminate", reasons=(Reason(why, code),))
        return
    if not asking.coverages:
        yield Said("", "not-covered", reasons=(Reason("no coverage of this patient was found", "coverage-not-found"),))
        return
    ours = [one for one in asking.coverages if served(one, asking.coverages, site)]
    if not ours:
        raise Refused("CP-FHIR-04", Issue("this payer is not served here", "business-rule", "prefetch.coverage"))
    active = [one for one in ours if one.get("status") == "active" and not ended(one, today)]
    for one in active or ours[:1]:
        name = f"Coverage/{text(one.get('id'))}"
        if not active:
            why = "the coverage has ended" if one.get("status") == "active" else "the coverage is not active"
            yield Said(name, "not-covered", reasons=(Reason(why, "no-active-coverage"),))
        elif wanted is None:
            yield Said(name, "indeterminate", "indeterminate", reasons=(Reason(_no_policy(site)),))
        else:
            yield _of_policy(name, wanted, asking, site, _approved(one, asking.patient, wanted, ledger))


def _no_policy(site: Site) -> str:
    return f"no policy here speaks of this order; ask {site.payer}" + (f" at {site.phone}" if site.phone else "")


def _of_policy(coverage: str, wanted: Asked, asking: Hooked, site: Site, approved: str) -> Said:
    """What the policy says: authorization and documents are needed, unless this member has it already.

    order-select comes while an order is still written: it says that authorization is needed and asks for nothing yet.
    """
    policy = wanted.policy
    billing = (coding(HCPCS if wanted.code[:1].isalpha() else CPT, wanted.code),) if len(wanted.code) == 5 else ()
    named = f"{policy.payer} policy {policy.number or policy.id}, edition {policy.edition}".strip()
    if approved:
        return Said(
            coverage,
            "covered",
            "satisfied",
            billing=billing,
            reasons=(Reason(f"authorized under {named}"),),
            satisfied_by=approved,
            phone=site.phone,
        )
    why = Reason(
        f"{named}: every criterion must be shown from the chart, and the treating center must be one that the plan accepts"
    )
    reasons: tuple[Reason, ...] = (why,)
    if wanted.brand and wanted.code not in product_codes():
        taken = f"the order is taken to be for {wanted.brand} by its name: no code of it stands for one product"
        reasons = (why, Reason(taken))
    if asking.hook == "order-select":
        return Said(
            coverage,
            "conditional",
            "auth-needed",
            information=("OTH",),
            billing=billing,
            reasons=reasons,
            phone=site.phone,
        )
    form = f"{canonical(policy, site.base)}|{policy.edition}"
    return Said(
        coverage,
        "conditional",
        "auth-needed",
        ("clinical",),
        ("withpa",),
        ("OTH",),
        billing,
        reasons,
        (form,),
        site.phone,
    )


def ended(coverage: Resource, today: date) -> bool:
    """Whether the coverage ended before this day, as far as its end is known: a month or a year ends with its last day."""
    end = text(mapping(coverage.get("period")).get("end"))[:10]
    return bool(end) and end < today.isoformat()[: len(end)]


def served(coverage: Resource, all_given: tuple[Resource, ...], site: Site) -> bool:
    """Whether the coverage is of this payer, by an identifier of its payor; every payer is where the site names none."""
    if not site.payer_ids:
        return True
    found = {text(mapping(one.get("identifier")).get("value")) for one in objects(coverage.get("payor"))}
    for one in objects(coverage.get("contained")):
        found |= {text(number.get("value")) for number in objects(one.get("identifier"))}
    return bool(found.intersection(site.payer_ids))


def _approved(coverage: Resource, patient: Resource, wanted: Asked, ledger: Ledger) -> str:
    """The number of an authorization that this member has for the product."""
    numbers = {
        text(one.get("value")) for one in (*objects(coverage.get("identifier")), *objects(patient.get("identifier")))
    }
    numbers |= {text(coverage.get("subscriberId"))}
    return ledger.approved(frozenset(numbers - {""}), wanted.product, patient) if wanted.product else ""


def _number(said: Said, order: Resource, wanted: Asked | None, now: datetime) -> str:
    """The assertion's number: another for another coverage, order, policy or day."""
    parts = (
        said.coverage,
        str(order.get("resourceType")),
        text(order.get("id")),
        wanted.policy.id if wanted else "",
        now.date().isoformat(),
    )
    return "CA" + hashlib.sha256("\0".join((*parts, said.covered, said.needs)).encode()).hexdigest()[:20]
