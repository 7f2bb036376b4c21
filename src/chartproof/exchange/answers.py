"""The answers of a form that came with a request, held against our own reading: they point and do not decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartproof.exchange.attachments import Supplied
from chartproof.exchange.bundles import Held
from chartproof.exchange.elements import extension_value, extensions, mapping, objects, target, text
from chartproof.exchange.filled import answered
from chartproof.exchange.form import canonical
from chartproof.exchange.names import ANSWER_EVIDENCE, CRITERION_STATUS
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.model import Fact, Review

#: The answers that our own reading can be held against.
ANSWERS = ("valueDecimal", "valueInteger", "valueCoding", "valueBoolean", "valueDate")


def forms(request: Submitted, given: Supplied, review: Review, site: Site) -> Iterator[str]:
    """A line for each form of ours that is not served here, for each answer whose quote is not on the page to which it points
    or that our reading contradicts, and for each criterion that the sender says is open and we found met."""
    pages = {
        (page.file, page.number): " ".join(page.text.split()) for file in review.chart.files for page in file.pages
    }
    status = {one.id: one.status for one in review.criteria}
    for held in (one for one in request.supporting if one.kind == "QuestionnaireResponse"):
        yield from _of_form(text(held.resource.get("questionnaire")), site)
        for item in _items(held.resource.get("item")):
            link, said = text(item.get("linkId")), extension_value(item, CRITERION_STATUS)
            if said in ("not-met", "missing") and status.get(link) == "met":
                yield f"the form says that {link} is {said.replace('-', ' ')}"
        for item in answered(held.resource.get("item")):
            link = text(item.get("linkId"))
            if any(not _stands(one, request, held, given, pages) for one in _evidence(item)):
                yield f"the answer {link} cites words that are not on the page it names"
            if _contradicted(item, link.partition("/")[2], review):
                yield f"the answer {link} is another than the documents give"


def _of_form(name: str, site: Site) -> Iterator[str]:
    """A form under our address whose policy, or its edition, is not here; another's form is theirs."""
    plain, _, edition = name.partition("|")
    if not plain.startswith(f"{site.base}/Questionnaire/"):
        return
    policy = next((one for one in site.loaded if canonical(one, site.base) == plain), None)
    if policy is None:
        yield "the form is of a policy that is not known here"
    elif edition and edition != policy.edition:
        yield f"the form is of another edition of the policy than {policy.edition}"


def _items(items: Any) -> Iterator[Resource]:
    for one in objects(items):
        yield one
        yield from _items(one.get("item"))


def _evidence(item: Resource) -> Iterator[Resource]:
    for answer in objects(item.get("answer")):
        yield from extensions(answer, ANSWER_EVIDENCE)


def _stands(
    evidence: Resource, request: Submitted, held: Held, given: Supplied, pages: dict[tuple[str, int], str]
) -> bool:
    place = request.index.resolve(target(extension_value(evidence, "document")), near=held)
    file, page = given.names.get(place.address, "") if place else "", extension_value(evidence, "page")
    quote = " ".join(text(extension_value(evidence, "quote")).split())
    return bool(quote) and quote in pages.get((file, page if isinstance(page, int) else 0), "")


def _contradicted(item: Resource, asked: str, review: Review) -> bool:
    """Whether the documents have facts of what is asked, and none that any answer would be right of.

    A day may be that of something told as history too; a value may not, since what was is no answer to what is.
    """
    concept, _, part = asked.partition("/")
    told_of = [one for one in review.chart.facts if one.concept == concept]
    facts = [one for one in told_of if one.assertion in ("present", "absent")]
    agree = {"": _agrees, "date": _same_day}.get(part)
    if agree is None or not facts:
        return False
    if part == "date":
        facts += [one for one in told_of if one.assertion == "historical"]
    told = [one for one in objects(item.get("answer")) if any(key in one for key in ANSWERS)]
    return bool(told) and not any(agree(answer, fact) for answer in told for fact in facts)


def _agrees(answer: Resource, fact: Fact) -> bool:
    if "valueCoding" in answer:
        return fact.assertion == "present" and mapping(answer["valueCoding"]).get("code") == fact.value
    if "valueBoolean" in answer:
        return (fact.assertion == "present") == answer["valueBoolean"]
    number, held = answer.get("valueDecimal", answer.get("valueInteger")), fact.quantity
    if held is None or not isinstance(number, int | float):
        return False
    return (held.low is None or held.low <= number) and (held.high is None or number <= held.high)


def _same_day(answer: Resource, fact: Fact) -> bool:
    """A day of which one may be known more exactly than the other; the first of a range."""
    day, known = text(answer.get("valueDate")), str(fact.when or "").partition("/")[0]
    return not known or day.startswith(known) or known.startswith(day)
