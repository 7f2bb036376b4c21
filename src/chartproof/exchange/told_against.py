"""What keeps a request from being approved unseen though its rows are met: each sentence of its documents that is not understood, and
each resource about the patient that was not read. Where the words of such a sentence give away why it matters, the line says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from chartproof.codes.icd import row
from chartproof.exchange.bundles import Held, reached
from chartproof.exchange.elements import codes, mapping, objects, text
from chartproof.exchange.filled import answered
from chartproof.exchange.names import ICD10CM
from chartproof.exchange.records import CLINICAL
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.understood import Reading
from chartproof.exchange.whose import of_patient
from chartproof.exchange.words import disease_of_label, diseases_of, products_named
from chartproof.model import Page, Review
from chartproof.policy.load import knowledge, read_yaml

#: What of a resource are no words about the patient.
NO_WORDS = ("system", "url", "reference", "id", "resourceType", "version", "profile", "fullUrl", "contentType", "data")
#: Elements whose single words are looked at too, and what of a narrative is no word.
WORDED, TAGS = ("text", "display", "valueString"), re.compile("<[^>]*>")
#: The most lines of an answer that show sentences, and the longest that one shows.
MOST, LONGEST = 10, 160
#: Words of documents that are read for an approval without a person, and of pages that are looked through for reasons.
READ, LOOKED_THROUGH = 50_000, 10_000


@cache
def _known() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(knowledge("exchange", "told_against.yaml"))
    return found


#: The words alone were recognised, not what they say: a brother's death is told of in the same words.
PERHAPS, OR = "a sentence is not understood, perhaps because", ", or because "


def quote_first(line: str) -> str:
    """A line of `told_against` with the sentence before what it may be about: nobody reads a guess as what the chart says."""
    says, _, where = line.removeprefix(PERHAPS).strip().partition(": ")
    return f"{where} (perhaps because {says})"


@cache
def _told() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    return tuple((one["says"], re.compile(f"(?i){one['words']}"), bool(one.get("product"))) for one in _known()["told"])


def reasons(words: str, product: str = "") -> Iterator[str]:
    """What the words of a sentence that is not understood may be about."""
    for says, pattern, own in _told():
        if pattern.search(words) and (not own or product in products_named(words)):
            yield says


def told_against(request: Submitted, review: Review) -> Iterator[str]:
    """A line for each sentence that is not understood and has words that give it away, wherever the request stands."""
    reading, product = Reading(review.case, review.label_id), review.case.product
    suspected = (page for page in _pages(review) if any(reasons(" ".join(page.text.split()), product)))
    for page in _within(suspected, LOOKED_THROUGH):
        for words in reading.page(page.text):
            if said := tuple(reasons(words, product)):
                yield f"{PERHAPS} {OR.join(said)}: {_where(page, words)}"
    for held, words in _strange_resources(request, reading, review):
        if said := tuple(reasons(words, product)):
            yield f"{PERHAPS} {OR.join(said)}: a resource ({held.kind}) of the request: {_quoted(words)}"


def not_understood(request: Submitted, review: Review) -> Iterator[str]:
    """A line for each of the first sentences that are not understood, and for what the request holds and nobody read."""
    reading = Reading(review.case, review.label_id)
    lines = _lines(request, review, reading)
    yield from islice(lines, MOST)
    if next(lines, None) is not None:
        yield "more of the request is not understood than is shown here"


def _lines(request: Submitted, review: Review, reading: Reading) -> Iterator[str]:
    if sum(len(page.text.split()) for page in _pages(review)) > READ:
        yield "the documents are longer than what is approved without a person who reads them"
        return
    for page in _pages(review):
        yield from (f"a sentence is not understood: {_where(page, words)}" for words in reading.page(page.text))
    for held, words in _strange_resources(request, reading, review):
        yield f"words are not understood: a resource ({held.kind}) of the request: {_quoted(words)}"
    pointed = {id(one.resource) for one in reached(request.index, request.claim)[0]}
    read = {id(one.resource) for one in request.supporting}
    for held in request.index.entries:
        there = read if held.kind in _known()["results"] else pointed
        if _speaks(held, request) and id(held.resource) not in there:
            yield f"the request holds a resource ({held.kind}) to which the Claim does not point, and which is not read"


def _pages(review: Review) -> Iterator[Page]:
    yield from (page for file in review.chart.files for page in file.pages)


def _within(pages: Iterable[Page], most: int) -> Iterator[Page]:
    """The first pages, up to so many words."""
    for page in pages:
        most -= len(page.text.split())
        if most < 0:
            return
        yield page


def _where(page: Page, words: str) -> str:
    return f"{page.file}, page {page.number}: {_quoted(words)}"


def _quoted(words: str) -> str:
    plain = " ".join(words.split())
    return f'"{plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"}"'


def _strange_resources(request: Submitted, reading: Reading, review: Review) -> Iterator[tuple[Held, str]]:
    """(resource, words of it that are not understood); a code of a diagnosis speaks with the words of the code book."""
    for held in (request.claim, *(one for one in request.index.entries if _speaks(one, request))):
        yield from ((held, words) for words in _words_of(held) if words.strip() and not reading.alone(words))
        concepts = [held.resource.get("code")] if held.kind == "Condition" else []
        concepts += [one.get("diagnosisCodeableConcept") for one in objects(held.resource.get("diagnosis"))]
        yield from ((held, words) for one in concepts for words in _diagnosed(one, review) if not reading.alone(words))


def _diagnosed(concept: Any, review: Review) -> Iterator[str]:
    """The words of a diagnosis, and those of the code book for each code that is not of the disease itself."""
    if said := text(mapping(concept).get("text")):
        yield said
    if diseases_of(concept)[0] != {disease_of_label(review.label_id)}:
        yield from (_title(code) if system in ("", ICD10CM) else code for system, code in codes(concept))


def _title(code: str) -> str:
    known = row(code if "." in code or len(code) < 4 else f"{code[:3]}.{code[3:]}")
    return known.title if known else code


def _speaks(held: Held, request: Submitted) -> bool:
    if held.kind not in CLINICAL and held.kind not in (*_known()["speaking"], "QuestionnaireResponse"):
        return False
    states = {code for key in ("clinicalStatus", "verificationStatus") for _, code in codes(held.resource.get(key))}
    states.add(text(held.resource.get("status")))
    return not states & set(_known()["silent"]) and of_patient(held, request)


def _words_of(held: Held) -> Iterable[str]:
    """The texts of a resource that somebody wrote about the patient: of a form the answers, of a Claim what is said besides."""
    if held.kind == "QuestionnaireResponse":
        given = [one for item in answered(held.resource.get("item")) for one in objects(item.get("answer"))]
        return [text(one.get("valueString")) for one in given if one.get("valueString")]
    if held.kind == "Claim":
        return [
            text(one.get("valueString"))
            for one in objects(held.resource.get("supportingInfo"))
            if one.get("valueString")
        ]
    if held.kind == "DocumentReference":
        return [text(held.resource.get("description"))]
    return list(_words(held.resource))


def _words(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a resource, in its order."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in NO_WORDS:
                yield from _words(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one, key)
    elif isinstance(value, str) and (key in WORDED or " " in value.strip()):
        yield TAGS.sub(" ", value)
