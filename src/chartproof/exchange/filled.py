"""A review as the answers of a form: each with where it stands in the chart; what is missing stays empty and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chartproof.exchange.elements import coding, complex_extension, extension, reference, without_empty
from chartproof.exchange.form import FIRST, KINDS, Form, Question, canonical
from chartproof.exchange.names import (
    ANSWER_EVIDENCE,
    CRD_CODES,
    CRD_TEMP,
    CRITERION_STATUS,
    DTR,
    INFORMATION_ORIGIN,
    INTENDED_USE,
    NO_ANSWER,
    QR_CONTEXT,
    QR_COVERAGE,
    STATES,
    profile,
)
from chartproof.exchange.refusals import Resource
from chartproof.model import Fact, Finding, Review, Span

#: The words that a quote may have in an answer's provenance; longer ones are cut where the page's text goes on.
MOST_QUOTE = 600


@dataclass(frozen=True, slots=True)
class About:
    """What the response is about. `place` gives the address of the document or resource in which a quote stands; ""
    where it is not sent, and then the file is named."""

    patient: str
    coverage: str = ""
    orders: tuple[str, ...] = ()
    author: str = ""
    place: Callable[[Span], str] = lambda span: ""
    version: str = "2.2"


def response(
    form: Form, review: Review | None, about: About, *, base: str, at: datetime, name: str = "response"
) -> Resource:
    """The QuestionnaireResponse: in progress where no review answers it, completed where one does.

    The answers are those of the deciding facts and no others: what is stale, unsigned or disputed is no answer.
    """
    findings = {one.id: one for one in review.criteria} if review else {}
    answers = _Answers(tuple(findings.values()), about)
    items = [_holder(FIRST, answers.items(form.first))]
    for kind in KINDS:
        rules = [rule for rule in form.policy.rules if rule.kind == kind]
        items.append(_holder(kind, [_criterion(rule.id, form, findings.get(rule.id), answers) for rule in rules]))
    context = [about.coverage, *about.orders] if about.version.startswith("2.0") else list(about.orders)
    return without_empty(
        {
            "resourceType": "QuestionnaireResponse",
            "id": name,
            "meta": {"profile": [profile(DTR, "dtr-questionnaireresponse")]},
            "extension": [
                *([extension(QR_COVERAGE, valueReference=reference(about.coverage))] if about.coverage else []),
                *(extension(QR_CONTEXT, valueReference=reference(one)) for one in context if one),
                _intended(about.version),
            ],
            "questionnaire": f"{canonical(form.policy, base)}|{form.policy.edition}",
            "status": "completed" if review else "in-progress",
            "subject": reference(about.patient),
            "authored": at.isoformat(timespec="seconds"),
            "author": reference(about.author) if about.author else None,
            "item": [one for one in items if one.get("item")] if review else [],
        }
    )


def _intended(version: str) -> Resource:
    system = CRD_TEMP if version.startswith("2.0") else CRD_CODES
    return extension(INTENDED_USE, valueCodeableConcept={"coding": [coding(system, "withpa")]})


def _holder(link: str, items: list[Resource]) -> Resource:
    return {"linkId": link, "item": items}


def _criterion(rule: str, form: Form, finding: Finding | None, answers: _Answers) -> Resource:
    items = answers.items(form.criteria[rule], finding)
    said = [extension(CRITERION_STATUS, valueCode=finding.status.replace("_", "-"))] if finding else []
    if finding and finding.status == "missing":
        said.append(_reason(finding))
    return without_empty({"extension": said, "linkId": rule, "item": items})


def _reason(finding: Finding) -> Resource:
    """Why there is no answer, what was looked for, and what would settle it."""
    parts = [extension("reason", valueCode=finding.reason.replace("_", "-"))]
    parts += [extension("sought", valueString=one) for one in finding.sought]
    parts += [extension("remedy", valueString=finding.remedy)] if finding.remedy else []
    return complex_extension(NO_ANSWER, *parts)


@dataclass(frozen=True, slots=True)
class _Answers:
    findings: tuple[Finding, ...]
    about: About

    def items(self, questions: Iterable[Question], own: Finding | None = None) -> list[Resource]:
        return [self.item(one, own) for one in questions]

    def item(self, question: Question, own: Finding | None) -> Resource:
        """One answered item, with the day below it; or the item alone, with the reason."""
        fact = self._deciding(question)
        if fact is not None:
            value = _value(question, fact)
            if value is not None:
                day = {"linkId": f"{question.link}/date", "answer": [_date(fact, self.about)]} if fact.when else None
                answer = self._answer(value, fact.evidence[0], str(fact.when or ""))
                return {"linkId": question.link, "answer": [answer | ({"item": [day]} if day else {})]}
        silent = self._silence(question)
        if silent is not None and not question.of:
            return {"linkId": question.link, "answer": [self._answer({"valueBoolean": False}, silent, "")]}
        return {
            "extension": [complex_extension(NO_ANSWER, extension("reason", valueCode=self._why(own)))],
            "linkId": question.link,
        }

    def _why(self, own: Finding | None) -> str:
        """The row's own reason where it is missing; else that another fact answered it."""
        return (
            own.reason.replace("_", "-") if own and own.status == "missing" else "not-needed" if own else "no-evidence"
        )

    def _deciding(self, question: Question) -> Fact | None:
        for fact in (fact for finding in self.findings for fact in (*finding.facts, *finding.applies)):
            same = fact.concept == question.concept.id and question.of in ("", fact.value or "")
            if same and fact.evidence and fact.assertion in ("present", "absent", "historical"):
                return fact
        return None

    def _silence(self, question: Question) -> Span | None:
        """The words that say that a record is complete, where silence in it is the answer."""
        if not question.covered or question.concept.type != "event":
            return None
        rows = (one for one in self.findings if one.reason == "absent_and_covered" and one.evidence)
        link = question.link.partition("/")[0]
        return next((one.evidence[0] for one in rows if one.id == link), None)

    def _answer(self, value: Resource, span: Span, day: str) -> Resource:
        parts = [
            extension("document", valueReference=reference(address))
            if (address := self.about.place(span))
            else extension("document", valueString=span.file),
            extension("page", valuePositiveInt=span.page),
            extension("quote", valueString=" ".join(span.quote.split())[:MOST_QUOTE]),
        ]
        parts += [extension("date", valueString=day)] if day else []
        return {"extension": [_origin(self.about.version), complex_extension(ANSWER_EVIDENCE, *parts)], **value}


def _origin(version: str) -> Resource:
    word = "auto" if version.startswith("2.0") else "auto-client"
    return complex_extension(INFORMATION_ORIGIN, extension("source", valueCode=word))


def _date(fact: Fact, about: About) -> Resource:
    """The day, at the precision that is known: a day, a month, a year, or the first day of a range."""
    words = str(fact.when).partition("/")[0]
    return {"extension": [_origin(about.version)], "valueDate": words}


def _value(question: Question, fact: Fact) -> Resource | None:
    """The answer in the question's own type; None where the fact has none of that type."""
    concept = question.concept
    if concept.type == "state" and not question.of:
        if fact.assertion == "absent" or fact.value not in concept.values:
            return None
        return {"valueCoding": coding(f"{STATES}:{concept.id}", fact.value, fact.value.replace("_", " "))}
    if concept.type == "number":
        exact = fact.quantity is not None and fact.quantity.low is not None and fact.quantity.low == fact.quantity.high
        return {"valueDecimal": fact.quantity.low} if exact and fact.quantity else None
    return {"valueBoolean": fact.assertion != "absent"}


def answered(items: object) -> Iterator[Resource]:
    """Every item of a response that has an answer, at any depth; anything that is no item is passed over."""
    for one in items if isinstance(items, list) else ():
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("answer"), list) and one["answer"]:
            yield one
            for answer in one["answer"]:
                yield from answered(answer.get("item") if isinstance(answer, dict) else None)
        yield from answered(one.get("item"))
