"""What of a chart goes into a request: the files that a row cites, and the cited resources of FHIR files as they are.

Another person's page never leaves: it is taken out of a PDF (its number stays, the page is empty), words on another
person within a page are painted over or left out, and a file from which they cannot be taken stays behind.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pikepdf

from chartproof.exchange.coded import attached_as, media_of
from chartproof.exchange.elements import mapping, objects, text
from chartproof.exchange.refusals import Resource
from chartproof.model import Box, Document, Review, SourceFile, Span
from chartproof.packet.covers import painted, without_words
from chartproof.policy.load import knowledge, read_yaml

#: Resources that state something about a patient; others of an export (people, places) stay behind.
CLINICAL = frozenset(
    (
        "Observation", "DiagnosticReport", "Condition", "Procedure", "MedicationRequest", "MedicationStatement",
        "MedicationAdministration", "ServiceRequest", "Immunization", "AllergyIntolerance",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One file as it is sent. `code` is the LOINC code of its kind; `left_out` the pages of other people in it."""

    name: str
    media: str
    data: bytes
    title: str
    code: str
    day: str = ""
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A resource of the chart's own FHIR files, and the cited characters that lie in it (file, start)."""

    resource: Resource
    at: tuple[tuple[str, int], ...]


def cited_spans(review: Review) -> tuple[Span, ...]:
    """Every quote for or against an answer, each once, those of the policy first."""
    rows = (*review.criteria, *review.label)
    found = [span for one in rows for span in (*one.evidence, *one.against)]
    found += [span for one in rows for fact in one.facts for span in fact.evidence]
    return tuple(dict.fromkeys(found))


def cited_resources(review: Review, folder: Path) -> tuple[Cited, ...]:
    """The clinical resources in which a quote stands, in the order of the quotes. Raises OSError for a lost file."""
    sources = {one.name: one for one in review.chart.files if one.media == "json"}
    places: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for span in cited_spans(review):
        for kind, name in _entries(sources.get(span.file), span):
            places.setdefault((span.file, kind, name), []).append((span.file, span.start))
    found = []
    for file in dict.fromkeys(file for file, _, _ in places):
        held = {
            (text(one.get("resourceType")), text(one.get("id"))): one
            for one in _resources((folder / file).read_bytes())
        }
        for (where, kind, name), at in places.items():
            if where == file and (kind, name) in held:
                found.append(Cited(held[kind, name], tuple(at)))
    return tuple(found)


def _entries(source: SourceFile | None, span: Span) -> list[tuple[str, str]]:
    """(type, id) of the clinical resources whose words the quote touches."""
    entries = source.entries if source else ()
    return list(
        dict.fromkeys(
            (one.extra.get("resource", ""), one.extra["id"])
            for one in entries
            if one.start < span.end
            and span.start < one.end
            and one.extra.get("id")
            and one.extra.get("resource") in CLINICAL
        )
    )


def _resources(data: bytes) -> Iterator[Resource]:
    """Every resource of a file: a bundle, one resource, or one a line."""
    try:
        parts = [orjson.loads(data)]
    except orjson.JSONDecodeError:
        parts = [orjson.loads(line) for line in data.splitlines() if line.strip()]
    for one in parts:
        yield from _below(one)


def _below(value: Any) -> Iterator[Resource]:
    resource = mapping(value)
    if resource.get("resourceType") in ("Bundle", "Parameters"):
        for entry in (*objects(resource.get("entry")), *objects(resource.get("parameter"))):
            yield from _below(entry.get("resource"))
    elif resource:
        yield resource


def records(review: Review, folder: Path) -> tuple[Record, ...]:
    """The cited files, in the order of the folder. FHIR files whose cited resources go by themselves stay behind."""
    apart = {file for one in cited_resources(review, folder) for file, _ in one.at}
    cited = {span.file for span in cited_spans(review)} - apart
    found = []
    for source in review.chart.files:
        media = media_of(source.name)
        if source.name not in cited or not media:
            continue
        documents = [one for one in review.chart.documents if one.file == source.name]
        strange = tuple(n for one in documents if _of_another(one) for n in range(one.first, one.last + 1))
        data = (folder / source.name).read_bytes()
        sent = _sent(review, source, data, strange)
        if sent is not None:
            found.append(_record(source, media, sent, documents, strange))
    return tuple(found)


def _sent(review: Review, source: SourceFile, data: bytes, strange: tuple[int, ...]) -> bytes | None:
    """The file without another person's pages and words; None where it cannot be had without them."""
    others = [one for one in review.chart.others if one.file == source.name and one.page not in strange]
    if not strange and not others:
        return data
    if source.media == "pdf":
        return _without(data, strange, _covered(source, others)) if len(strange) < len(source.pages) else None
    return None if strange else without_words(source.media, data, [one.quote for one in others])


def _covered(source: SourceFile, others: Sequence[Span]) -> dict[int, list[Box]]:
    """The places on each page that speak of another person."""
    pages = {page.number: page for page in source.pages}
    found: dict[int, list[Box]] = {}
    for one in others:
        found.setdefault(one.page, []).extend(pages[one.page].boxes(one.start, one.end))
    return found


def _of_another(document: Document) -> bool:
    """Whether the pages are another person's, or about one by their nature (a donor's evaluation)."""
    return document.belongs is False or document.set_aside == set_aside_words()["other"]


@cache
def set_aside_words() -> dict[str, str]:
    """Why a document is set aside, by the kind of the reason."""
    found: dict[str, str] = read_yaml(knowledge("vocabulary", "documents.yaml"))["set_aside"]
    return found


def _record(
    source: SourceFile, media: str, data: bytes, documents: list[Document], left_out: tuple[int, ...]
) -> Record:
    own = [one for one in documents if not _of_another(one)]
    first = own[0] if own else None
    day = str(first.when) if first and first.when and first.when.exact else ""
    return Record(
        source.name,
        media,
        data,
        (first.title if first else "") or source.name,
        attached_as(first.kind if first else ""),
        day,
        left_out,
    )


def _without(data: bytes, pages: tuple[int, ...], covered: Mapping[int, Sequence[Box]]) -> bytes:
    """The PDF with these pages empty and these places covered, so that every other page keeps its number."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, boxes in covered.items():
            picture = painted(pdf, number, boxes)
            pdf.pages[number - 1] = picture.pages[0]
        for number in pages:
            old = pdf.pages[number - 1]
            box = [float(edge) for edge in old.mediabox]
            pdf.pages[number - 1] = pikepdf.Page(_empty(pdf, box))
        pdf.remove_unreferenced_resources()
        held = io.BytesIO()
        pdf.save(held, deterministic_id=True)
        return held.getvalue()


def _empty(pdf: pikepdf.Pdf, box: list[float]) -> pikepdf.Dictionary:
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=box, Contents=pdf.make_stream(b""), Resources=pikepdf.Dictionary()
        )
    )
