"""What a request says, held against what its own documents say: a line for each thing in which they disagree.

Where they do, one of the two is wrong, and a person has to tell which: nothing is approved unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.exchange.attachments import STRUCTURED
from chartproof.exchange.bundles import Held
from chartproof.exchange.contrary import contrary
from chartproof.exchange.doubts import REQUESTED
from chartproof.exchange.elements import codes, extension_value, mapping, objects, target, text, texts
from chartproof.exchange.records import set_aside_words
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.whose import of_patient
from chartproof.exchange.words import disease_of_label, diseases_of, doubted, pattern, products_named, tokens
from chartproof.model import Review, SourceFile
from chartproof.policy.labels import list_products

#: States of a Condition that give no ground for treatment, or no ground at all.
RESTING = ("inactive", "remission", "resolved")
REFUTED = ("refuted", "entered-in-error")


def disagreements(request: Submitted, review: Review) -> Iterator[str]:
    yield from _diagnoses(request, review)
    yield from _places(request, review)
    yield from _plans(review)
    yield from _person(request, review)
    yield from _against(review)
    yield from contrary(review)
    if any(one.concept == "prior_car_t" and one.assertion == "present" for one in review.chart.facts):
        yield "the documents tell of an earlier cell therapy"
    for what in dict.fromkeys(one.what for one in review.chart.conflicts):
        yield f"the documents contradict each other: {what}"


def _against(review: Review) -> Iterator[str]:
    """The newest statement of each kind that speaks against the request, and a denial that is there already."""
    for concept, values in doubted()["against"].items():
        facts = [
            one for one in review.chart.facts if one.concept == concept and one.assertion == "present" and one.when
        ]
        newest = max((one.when.first for one in facts if one.when), default=None)
        if any(one.when and one.when.first == newest and one.value in values for one in facts):
            yield f"the newest {_plain(concept)} of the documents speaks against it"
    if review.denial:
        yield "the documents tell of a denial of this product"


def _diagnoses(request: Submitted, review: Review) -> Iterator[str]:
    """The request's diagnoses must be the disease for which the label was checked, and no other that is treated so."""
    own = disease_of_label(review.label_id)
    found: set[str] = set()
    given = list(_grounds(request))
    yield from _of_items(request, own)
    for place, concept, held in given:
        named, why = diseases_of(concept)
        why = why or _no_ground(held, request)
        if why:
            yield f"{place}: {why}"
        found |= named
    if own and found - {own}:
        yield f"the diagnosis of the request is another disease than the documents show ({_plain(own)})"
    elif own and given and not found:
        yield f"no diagnosis of the request is the disease that the documents show ({_plain(own)})"


def _of_items(request: Submitted, own: str) -> Iterator[str]:
    """An item that names its own diagnoses must name that disease among them."""
    given = {one.get("sequence"): one for one in objects(request.claim.resource.get("diagnosis"))}
    for item in request.asked:
        listed = item.get("diagnosisSequence")
        for number in listed if isinstance(listed, list) else ():
            if number not in given:
                yield f"item {item.get('sequence')}: it is for a diagnosis that the Claim does not have"
        named = [given[one] for one in listed if one in given] if isinstance(listed, list) else []
        if named and own and not any(own in diseases_of(_code_of(one, request))[0] for one in named):
            yield f"item {item.get('sequence')}: it is for another diagnosis than the documents show"


def _code_of(diagnosis: Resource, request: Submitted) -> Resource:
    held = request.index.resolve(target(diagnosis.get("diagnosisReference")), near=request.claim)
    return mapping(held.resource.get("code") if held else diagnosis.get("diagnosisCodeableConcept"))


def _grounds(request: Submitted) -> Iterator[tuple[str, Resource, Held | None]]:
    """(where it stands, its code, the Condition that has it) of each diagnosis of the Claim and reason of its orders."""
    claim = request.claim
    for one in objects(claim.resource.get("diagnosis")):
        held = request.index.resolve(target(one.get("diagnosisReference")), near=claim)
        yield f"diagnosis {one.get('sequence')}", _code_of(one, request), held
    for item in request.asked:
        order = request.index.resolve(target(extension_value(item, REQUESTED)), near=claim)
        for one in objects(order.resource.get("reasonCode")) if order else ():
            yield "the reason of the order", one, None
        for one in objects(order.resource.get("reasonReference")) if order else ():
            held = request.index.resolve(target(one), near=order)
            if held is not None and held.kind == "Condition":
                yield "the reason of the order", mapping(held.resource.get("code")), held


def _no_ground(held: Held | None, request: Submitted) -> str:
    if held is None:
        return ""
    states = [code for key in ("clinicalStatus", "verificationStatus") for _, code in codes(held.resource.get(key))]
    if any(one in REFUTED for one in states):
        return "it was refuted or entered in error"
    if any(one in RESTING for one in states):
        return "it is not active"
    return "" if of_patient(held, request) else "it is another person's"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _places(request: Submitted, review: Review) -> Iterator[str]:
    """A place at which no cell therapy is given, or another than the chart plans."""
    known = doubted()["places"]
    facts = [one for one in review.chart.facts if one.concept == "place_of_service" and one.assertion != "absent"]
    planned = {one.value for one in facts if one.value}
    for item in request.asked:
        for _, code in codes(item.get("locationCodeableConcept")):
            kind = next((name for name, listed in known.items() if code in listed), "")
            if not kind:
                yield f"item {item.get('sequence')}: its place is none at which a cell therapy is given"
            elif kind != "open" and planned and kind not in planned:
                yield f"item {item.get('sequence')}: its place is another than the documents plan ({', '.join(sorted(planned))})"


def _plans(review: Review) -> Iterator[str]:
    """Documents that name other products and never the one asked for, or plan another."""
    own = review.case.product
    pages = [page.text for file in review.chart.files for page in file.pages]
    named = frozenset().union(*map(products_named, pages)) if pages else frozenset()
    if not own or not named - {own}:
        return
    brands = {one.id: one.brand for one in list_products()}
    planned = frozenset().union(*(_planned(page) for page in pages))
    others = (planned if own in named else named) - {own}
    if others:
        yield f"the documents plan another product: {', '.join(sorted(brands[one] for one in others))}"


def sentences(page: str) -> list[str]:
    return re.split(r"(?<=[.;])\s|\n\s*\n", page)


def _planned(page: str) -> frozenset[str]:
    """The products of each sentence that says what is planned and weighs nothing, but for those that it puts behind others."""
    said = (" ".join(one.split()) for one in sentences(page) if pattern("plan").search(one))
    clear = (pattern("rejected").sub("", one) for one in said if not pattern("weighed").search(one))
    return frozenset().union(*map(products_named, clear))


def _person(request: Submitted, review: Review) -> Iterator[str]:
    """Documents that were set aside as another's; files that carry a row without the member's name, or with another sex."""
    held = request.party("patient")
    person = held.resource if held else {}
    for one in review.chart.documents:
        if one.belongs is False and one.file != STRUCTURED:
            nameless = one.note.startswith(set_aside_words()["nameless"])
            why = "a document does not have the member's name" if nameless else f"a document was set aside, {one.note}"
            yield f"{why}: {one.file}"
    carrying = {span.file for row in (*review.criteria, *review.label) for span in row.evidence} - {STRUCTURED}
    for file in (one for one in review.chart.files if one.name in carrying):
        if not any(_names(one, file) for one in objects(person.get("name"))):
            yield f"a document does not have the member's name: {file.name}"
        words = "\n".join(page.text for page in file.pages)
        printed = {doubted()["sexes"][one["word"].lower()] for one in pattern("sex").finditer(words)}
        if printed and person.get("gender") in ("female", "male") and person["gender"] not in printed:
            yield f"a document says another sex than the request: {file.name}"
        numbers = {_digits(one["number"]) for one in pattern("record_number").finditer(words)}
        if (own := _record_numbers(person)) and _alike(numbers, own) and not numbers & own:
            yield f"a document has another record number than the request: {file.name}"


def _names(name: Resource, file: SourceFile) -> bool:
    """Whether a file has the family name whole, and the given name or its initial beside it.

    A birth date alone may be another person's, and so may a family name.
    """
    family, given = tokens(text(name.get("family"))), tokens(" ".join(texts(name.get("given"))))
    if not family:
        *given, last = tokens(text(name.get("text"))) or [""]
        family = [last] if last else []
    words = [one for page in file.pages for one in tokens(page.text)]
    if not family or not given or not set(family) <= set(words):
        return False
    beside = {at + step for at, word in enumerate(words) if word in family for step in (-2, -1, 1)}
    return given[0] in words or any(0 <= at < len(words) and words[at] == given[0][0] for at in beside)


def _record_numbers(person: Resource) -> set[str]:
    named = (
        one for one in objects(person.get("identifier")) if any(code == "MR" for _, code in codes(one.get("type")))
    )
    return {_digits(text(one.get("value"))) for one in named} - {""}


def _alike(printed: set[str], own: set[str]) -> bool:
    """Whether a printed number is of the same form as the member's, so that both may be of one house."""
    return any(len(one) == len(two) for one in printed for two in own)


def _digits(words: str) -> str:
    return "".join(one for one in words if one.isdigit())
