"""What an order, or an item of a request, asks for: a product whose label is known, or a service of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chartproof.codes.tables import services
from chartproof.exchange.coded import data
from chartproof.exchange.elements import codes, codings, extensions, mapping, objects, target, text
from chartproof.exchange.names import BILLING_OPTIONS
from chartproof.exchange.refusals import Resource
from chartproof.exchange.words import products_named
from chartproof.model.policy import Policy
from chartproof.policy.labels import find_product, list_products


@dataclass(frozen=True, slots=True)
class Asked:
    """`policy` is the one that speaks of it; `product` a label's id, "" for a service; `code` what named it."""

    policy: Policy
    product: str = ""
    brand: str = ""
    code: str = ""


@cache
def product_codes() -> dict[str, str]:
    """Service code -> product id, for the codes that stand for one product."""
    return {code: one.products[0] for code, one in services().items() if len(one.products) == 1}


def asked(order: Resource, policies: tuple[Policy, ...], contained: tuple[Resource, ...] = ()) -> Asked | None:
    """What the order asks for, where one of the policies speaks of it; None where none does.

    `contained` are resources that it may refer to: its medication, the order on which an appointment rests. Billing options count as codes of the order.
    """
    named = list(_names(order, contained))
    for code, name in named:
        product = next((product_codes()[one] for one in _variants(code) if one in product_codes()), None)
        known = next((one for one in list_products() if one.id == product), None) or (
            find_product(name) if name else None
        )
        policy = next((one for one in policies if known and covers(one, known.id)), None)
        if known and policy:
            return Asked(policy, known.id, known.brand, code)
    for code, _ in named:
        policy = next((one for one in policies if service_codes(one).intersection(_variants(code))), None)
        if policy:
            return Asked(policy, code=code)
    for _, name in named:
        policy = next((one for one in policies if _class_of(one) and _class_of(one) in name.lower().split()), None)
        if policy:
            return Asked(policy)
    return None


def _variants(code: str) -> tuple[str, ...]:
    """The code, and what took its place where it is no longer current: orders are written with the codes of last year."""
    known = services().get(code)
    return (code, *known.now) if known else (code,)


def products(order: Resource, contained: tuple[Resource, ...] = ()) -> frozenset[str]:
    """Every product that the order's codes and words stand for."""
    known = product_codes()
    named = list(_names(order, contained))
    by_code = frozenset(known[code] for code, _ in named if code in known)
    return by_code.union(*(products_named(name) for _, name in named))


def _class_of(policy: Policy) -> str:
    """The class of products that the policy names ("car-t"), where it names one."""
    return text(mapping(policy.facts_of.get("scope")).get("class")).lower()


def _names(order: Resource, contained: tuple[Resource, ...]) -> Iterator[tuple[str, str]]:
    """(code, name) of everything by which the order says what it is."""
    for key in ("code", "codeCodeableConcept", "medicationCodeableConcept", "productOrService"):
        concept = mapping(order.get(key))
        yield from _of(concept)
        for option in extensions(concept, BILLING_OPTIONS):
            yield from _of(mapping(option.get("valueCodeableConcept")))
            yield text(mapping(option.get("valueCoding")).get("code")), ""
    for option in extensions(order, BILLING_OPTIONS):
        yield from _of(mapping(option.get("valueCodeableConcept")))
    for concept in objects(order.get("serviceType")):
        yield from _of(concept)
    near = (*objects(order.get("contained")), *contained)
    for address in map(target, (order.get("medicationReference"), *objects(order.get("basedOn")))):
        for one in near:
            if address and address.lstrip("#").rpartition("/")[2] == one.get("id") and one is not order:
                yield from _of(mapping(one.get("code")))
                yield from _of(mapping(one.get("medicationCodeableConcept")))


def _of(concept: Resource) -> Iterator[tuple[str, str]]:
    for (_, code), one in zip(codes(concept), codings(concept), strict=False):
        yield code, text(one.get("display"))
    if text(concept.get("text")):
        yield "", text(concept.get("text"))


def covers(policy: Policy, product: str) -> bool:
    """Whether the policy's own scope takes the product in."""
    scope = mapping(policy.facts_of.get("scope"))
    listed = scope.get("products", "all")
    return listed == "all" or (isinstance(listed, list) and product in listed)


def service_codes(policy: Policy) -> frozenset[str]:
    """The service codes that the policy prints; where one of them is a step of a cell therapy, with the other steps.

    Collection, preparation, receipt and administration are one treatment: nobody decides them by different rules.
    """
    printed = mapping(policy.facts_of.get("codes"))
    found = frozenset(text(one.get("code")) for rows in printed.values() for one in objects(rows)) - {""}
    steps = frozenset(data()["steps"])
    return found | steps if found & steps else found
