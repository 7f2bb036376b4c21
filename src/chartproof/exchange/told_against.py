"""What the words of a request say against it, whatever its rows show (knowledge/exchange/told_against.yaml): that the patient
died, is in hospice or pregnant, that the order was called off, that a page lies in the wrong chart.

Every page is looked at, evidence or not, and every resource of the Bundle that is about the patient, whether the Claim
points to it or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from chartproof.exchange.bundles import Held, reached
from chartproof.exchange.elements import codes, mapping, objects, text
from chartproof.exchange.names import ICD10CM
from chartproof.exchange.records import CLINICAL
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.whose import of_patient
from chartproof.exchange.words import any_product, products_named
from chartproof.model import Review
from chartproof.policy.load import knowledge, read_yaml

#: A line as wide as this goes on in the next one; a shorter one is a row of its own.
WIDE = 60
#: Where a sentence ends; the point of a title ("Mrs. Invented died") ends none.
SENTENCE = re.compile(r"(?<=[.;!?])(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)\s|\n\s*\n")
#: What of a resource are no words about the patient.
NO_WORDS = ("system", "url", "reference", "id", "resourceType", "version", "profile", "fullUrl", "contentType", "data")


@cache
def _known() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(knowledge("exchange", "told_against.yaml"))
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """The line, the words that give rise to it, and what makes a sentence with them innocent.

    `any_way`: a negation changes nothing; `own`: a sentence that names another product alone says nothing.
    """

    says: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    any_way: bool
    own: bool

    def by(self, sentence: str, product: str) -> bool:
        found = self.words.search(sentence)
        while found and not self.any_way and _is_innocent(sentence[: found.start()]):
            found = self.words.search(sentence, found.end())
        if not found or (self.unless and self.unless.search(sentence)):
            return False
        named = products_named(sentence) if self.own and product else frozenset()
        return not named or product in named


@cache
def _told() -> tuple[_Told, ...]:
    return tuple(
        _Told(
            one["says"],
            re.compile(one["words"].replace("PRODUCT", any_product())),
            re.compile(one["unless"]) if "unless" in one else None,
            bool(one.get("any_way")),
            bool(one.get("own")),
        )
        for one in _known()["told"]
    )


@cache
def _innocent(name: str) -> re.Pattern[str]:
    return re.compile(_known()["innocent"][name])


def told_against(request: Submitted, review: Review) -> Iterator[str]:
    """A line for each thing that the documents or the resources say, with the file where it is a file's."""
    for file in review.chart.files:
        said = dict.fromkeys(line for page in file.pages for line in told_in(page.text, review.case.product))
        yield from (f"{line}: {file.name}" for line in said)
    for held in request.index.entries:
        if _speaks(held, request):
            words = " | ".join(_words(held.resource))
            said = dict.fromkeys((*told_in(f"{_lead(held)}{words}", review.case.product), *_coded(held.resource)))
            yield from (f"{line}: a resource of the request" for line in said)
    there, _ = reached(request.index, request.claim)
    pointed = {id(one.resource) for one in there}
    if any(one.kind == "DocumentReference" and id(one.resource) not in pointed for one in request.index.entries):
        yield "the request holds a document to which the Claim does not point, and which is not read"


def told_in(words: str, product: str = "") -> Iterator[str]:
    """The lines that the sentences of a text give rise to, where `product` is asked for."""
    for sentence in rows(words):
        yield from (one.says for one in _told() if one.by(sentence, product))


def rows(words: str) -> Iterator[str]:
    """Sentences; a line that is not filled is one of its own, as in a list."""
    for part in SENTENCE.split(words):
        held = ""
        for line in part.split("\n"):
            held = f"{held} {line.strip()}".strip()
            if len(line) < WIDE:
                yield held
                held = ""
        if held:
            yield held


def _is_innocent(before: str) -> bool:
    """Whether what stands before the words denies or supposes them, or speaks of another person."""
    return any(_innocent(name).search(before) for name in ("negated", "supposed", "another"))


def _speaks(held: Held, request: Submitted) -> bool:
    if held.kind not in CLINICAL and held.kind not in _known()["speaking"]:
        return False
    states = {code for key in ("clinicalStatus", "verificationStatus") for _, code in codes(held.resource.get(key))}
    states.add(text(held.resource.get("status")))
    return not states & set(_known()["silent"]) and of_patient(held, request)


def _lead(held: Held) -> str:
    return "allergy: " if held.kind == "AllergyIntolerance" else ""


def _words(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a resource, in its order."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in NO_WORDS:
                yield from _words(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one, key)
    elif isinstance(value, str) and value and key != "code":
        yield value


def _coded(resource: Resource) -> Iterator[str]:
    """What a diagnosis code, or a test with a positive answer, says without words."""
    named = codes(resource.get("code"))
    coded = resource.get("valueCodeableConcept")
    answers = [text(mapping(coded).get("text")), text(resource.get("valueString")), *(code for _, code in codes(coded))]
    answers += [text(one.get("display")) for one in objects(mapping(coded).get("coding"))]
    yes = resource.get("valueBoolean") is True or any(re.search(_known()["positive"], one) for one in answers if one)
    for one in _known()["codes"]:
        diagnosed = any(system in ("", ICD10CM) and code.startswith(tuple(one["icd10"])) for system, code in named)
        if diagnosed or (yes and any(code in one["tests"] for _, code in named)):
            yield one["says"]
