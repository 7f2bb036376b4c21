"""What supports a request, as files to be read: documents with their bytes, and structured resources as one FHIR file.

Nothing is fetched: a document that is only an address is told and not read. A document put together from others of the
same request (a packet) is not read a second time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from chartproof.exchange.bundles import Held
from chartproof.exchange.coded import suffix_of
from chartproof.exchange.elements import mapping, objects, target, text
from chartproof.exchange.filled import answered
from chartproof.exchange.records import CLINICAL
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.whose import passed_over
from chartproof.exchange.wire import write

#: The name of the file that holds the request's structured resources.
STRUCTURED = "request-resources.json"
#: Names that mean something in a folder of records, or to us: no attachment has one of them.
RESERVED = ("case.yaml", "chartproof-manifest.json", STRUCTURED)
#: The most files of one request.
MOST_FILES = 400


@dataclass(frozen=True, slots=True)
class Supplied:
    """`files` by name; `names` leads from an entry's address to the file in which it is read; `unread` are notes."""

    files: dict[str, bytes]
    names: dict[str, str]
    unread: tuple[str, ...]


def supplied(request: Submitted) -> Supplied:
    """The request's files. Raises Refused CP-FHIR-02 (400) where an attachment is not base64, -03 for too many."""
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    unread: list[str] = []
    structured: list[Held] = []
    for held in _each(request):
        if why := passed_over(held, request):
            unread.append(f"a {held.kind} is no evidence: {why}")
            continue
        if held.kind == "DocumentReference":
            if _assembled(held, request):
                continue
            for number, content in enumerate(objects(held.resource.get("content"))):
                attachment = mapping(content.get("attachment"))
                attachment = _with_bytes(attachment, held, request)
                name = _put(attachment, files, unread, f"{held.at}.resource.content[{number}].attachment")
                names |= {held.address: name} if name else {}
        elif held.kind == "QuestionnaireResponse":
            for attachment in _attached(held.resource):
                _put(attachment, files, unread, held.at)
        elif held.kind in CLINICAL:
            structured.append(held)
            names[held.address] = STRUCTURED
    patient = request.party("patient")
    if len(files) > MOST_FILES:
        raise Refused(
            "CP-FHIR-03", Issue(f"more than {MOST_FILES} documents are attached", "too-long"), status=UNPROCESSABLE
        )
    together = [*([patient] if patient else []), *structured]
    entries = [{"fullUrl": one.address, "resource": one.resource} for one in together]
    files[STRUCTURED] = write({"resourceType": "Bundle", "type": "collection", "entry": entries})
    return Supplied(files, names, tuple(unread))


def _each(request: Submitted) -> Iterator[Held]:
    """What supports the request; of a Bundle, each of its entries."""
    for held in request.supporting:
        if held.kind != "Bundle" or passed_over(held, request):
            yield held
            continue
        for number, one in enumerate(objects(held.resource.get("entry"))):
            inside = mapping(one.get("resource"))
            if inside:
                yield Held(
                    text(one.get("fullUrl")) or f"{held.address}#{number}",
                    inside,
                    f"{held.at}.resource.entry[{number}]",
                )


def _with_bytes(attachment: Resource, near: Held, request: Submitted) -> Resource:
    """The attachment; where its address leads to a Binary of the same request, with the Binary's bytes."""
    there = request.index.resolve(text(attachment.get("url")), near=near) if attachment.get("url") else None
    if attachment.get("data") or there is None or there.kind != "Binary":
        return attachment
    kind = text(attachment.get("contentType")) or text(there.resource.get("contentType"))
    return attachment | {"data": there.resource.get("data"), "contentType": kind}


def _assembled(held: Held, request: Submitted) -> bool:
    """Whether the document was made from others that are in the same request."""
    made = [one for one in objects(held.resource.get("relatesTo")) if one.get("code") == "transforms"]
    sources = [request.index.resolve(target(one.get("target")), near=held) for one in made]
    return bool(sources) and all(one is not None and one.address != held.address for one in sources)


def _attached(response: Resource) -> Iterator[Resource]:
    for item in answered(response.get("item")):
        for answer in objects(item.get("answer")):
            if mapping(answer.get("valueAttachment")):
                yield mapping(answer["valueAttachment"])


def _put(attachment: Resource, files: dict[str, bytes], unread: list[str], at: str) -> str:
    """Puts the attachment among the files and gives its name; "" where there is nothing to be read."""
    ending = suffix_of(text(attachment.get("contentType")))
    if not attachment.get("data"):
        unread.append("a document is not read: its bytes are not in the request, and nothing is fetched")
        return ""
    try:
        data = base64.b64decode(text(attachment["data"]), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("CP-FHIR-02", Issue("an attachment's data are not base64", "value", f"{at}.data")) from None
    if not as_told(data, attachment):
        unread.append("a document is not read: its bytes are not those of its hash or size")
        return ""
    name = safe_name(text(attachment.get("title")), ending, len(files) + 1)
    taken = {one.lower() for one in files}
    while name.lower() in taken:
        name = f"{len(files) + 1}-{name}"
    files[name] = data
    return name


def as_told(data: bytes, attachment: Resource) -> bool:
    """Whether the bytes are those that the attachment's own size and hash (SHA-1) tell of, where it has them."""
    size, told = attachment.get("size"), text(attachment.get("hash"))
    digest = base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
    return size in (None, len(data)) and told in ("", digest)


def safe_name(title: str, ending: str, number: int) -> str:
    """A file name without a folder, of plain characters, with the ending of its media type."""
    last = PurePosixPath(title.replace("\\", "/")).name
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-")[:80]
    if not plain or plain.lower() in RESERVED or f"{plain.lower()}{ending}" in RESERVED:
        plain = f"document-{number:02d}"
    have = PurePosixPath(plain).suffix.lower()
    same = {".jpeg": ".jpg", ".tif": ".tiff", ".htm": ".html"}
    fits = (
        not ending
        or same.get(have, have) == same.get(ending, ending)
        or (ending == ".txt" and have in (".txt", ".hl7"))
    )
    return plain if have and fits else f"{plain}{ending}"
