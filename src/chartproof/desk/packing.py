"""The package of a case as it stands: made, hashed, locked; its signature sheet; the encrypted archive for sending."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pikepdf
import pyrage

from chartproof.decide.judged import SAID
from chartproof.desk.apart import pack_apart
from chartproof.desk.casework import Opened, opened
from chartproof.desk.desk import Desk
from chartproof.desk.store import audit, cases, files, packages, signatures
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Case
from chartproof.desk.store.packages import Package, Part
from chartproof.desk.store.signatures import Signature
from chartproof.desk.worker.keep import encode_review
from chartproof.errors import InputError, NotFoundError
from chartproof.packet.sheet import signature_sheet
from chartproof.packet.table import PURPOSES

PURPOSE_WORDS = {"appeal": "an appeal", "prior-auth": "a prior authorization", "external-review": "an external review"}

#: What a physician attests with a signature; printed on the sheet word for word.
MEANING = (
    "I have read this package. Its statements about the patient are true to the chart as far as I know, the judgements listed "
    "in it are mine or I adopt them, and I ask for the treatment on these grounds."
)


def make_package(desk: Desk, actor: Actor, case: str, *, purpose: str, draft: bool, now: datetime) -> Package:
    """A new version from the rows as they stand, kept and locked. Nothing is kept where any part of it fails.

    Raises InputError CP-WEB-10 before a reading, CP-OUT-02 for another purpose, EvidenceError where a quote is not
    on its page.
    """
    with desk.store.read() as connection:
        row = cases.get(connection, case)
        listed = files.listed(connection, case)
        head = audit.head(connection)
    now_open = opened(desk, row)
    if now_open.review is None:
        raise InputError("CP-WEB-10", "the files are not read yet", then="Wait until they are.")
    review = replace(
        now_open.review,
        extra={**now_open.review.extra, "signed_by": "" if draft else "the signature sheet", "audit_head": head[1]},
    )
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "case"
        folder.mkdir()
        for file in listed:
            place = folder / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(desk.store.documents.get(file.sha))
        written = pack_apart(review, Path(scratch), purpose=purpose, stamp=now)
        parts = [Part(path.name, desk.store.documents.put(path.read_bytes()), path.stat().st_size) for path in written]
    parts.append(kept_part(desk, "judgements.json", judgements_json(now_open)))
    review_sha = desk.store.documents.put(encode_review(review))
    with desk.store.write() as connection:
        package = packages.lock(
            connection, actor, case, parts, sha=sha_of(parts), review_sha=review_sha, head=head, draft=draft, now=now
        )
        stage = cases.get(connection, case).stage
        if stage == "review" and not draft:
            cases.move(connection, actor, case, "signing", now=now)
    return package


def kept_part(desk: Desk, name: str, data: bytes) -> Part:
    return Part(name, desk.store.documents.put(data), len(data))


def sha_of(parts: Sequence[Part]) -> str:
    """The hash of the whole: over each part's name and hash, in the order of names."""
    lines = (f"{part.name} {part.sha}\n" for part in sorted(parts, key=lambda one: one.name))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def judgements_json(now: Opened) -> bytes:
    """What people judged, who and when: the reader of a package sees which rows are a person's."""
    rows = [
        {
            "kind": one.kind, "layer": one.layer, "criterion": one.criterion, "status": one.status, "reason": one.reason,
            "file": one.file, "page": one.page, "quote": one.quote, "by": now.people.get(one.by, ""),
            "at": one.at.isoformat(),
        }
        for one in now.judgements
    ]  # fmt: skip
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2) + b"\n"


def judged_lines(desk: Desk, package: Package) -> list[str]:
    """What people decided, added or set aside in this version, a line each: what a signer signs for."""
    rows: list[dict[str, Any]] = orjson.loads(part_of(desk, package, "judgements.json"))
    return [line for one in rows if (line := judged_line(one))]


def judged_line(one: Mapping[str, Any]) -> str:
    """One judgement in words; "" for one that changes no row."""
    place = f"{one['file']}, p. {one['page']}: “{one['quote']}”" if one["file"] else "no page"
    said = {
        "override": f"{one['criterion']} is {SAID.get(one['status'], one['status'])}; on {place}",
        "fact": f"added for {one['criterion'] or 'every row'}, from {place}",
        "reject": f"set aside for {one['criterion']}, {place}",
    }.get(one["kind"], "")
    return f"{said}. {one['by']}: {one['reason']}" if said else ""


def package_of(desk: Desk, case: Case, package: str) -> Package:
    """Raises NotFoundError where the package is not one of this case."""
    with desk.store.read() as connection:
        found = packages.get(connection, package)
    if found.case != case.id:
        raise NotFoundError("CP-DESK-50", "there is no such package")
    return found


def part_of(desk: Desk, package: Package, name: str) -> bytes:
    part = next((one for one in package.parts if one.name == name), None)
    if part is None:
        raise NotFoundError("CP-WEB-16", "the package has no such file")
    return desk.store.documents.get(part.sha)


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of ours has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened_pdf:
        return len(opened_pdf.pages)


def sheet_pdf(package: Package, signature: Signature, judged: Sequence[str]) -> bytes:
    """One page: who signed what, when, with which words. It stands beside the package and names its hash."""
    return signature_sheet(
        {
            "signer": signature.signer_name,
            "licence": signature.licence,
            "when": f"{signature.at:%Y-%m-%d %H:%M} UTC",
            "meaning": signature.meaning,
            "version": package.number,
            "sha": package.sha,
            "head": f"{package.audit_number}: {package.audit_head}",
            "void": signature.voided_why.replace("_", " ") if signature.voided else "",
            "judged": judged,
            "parts": [{"name": part.name, "sha": part.sha} for part in package.parts],
        },
        stamp=signature.at,
    )


def archive(desk: Desk, package: Package, *, passphrase: str = "", recipient: str = "") -> bytes:
    """Every file of the package with its signature sheets as one zip, encrypted with age.

    To a passphrase, or to an age recipient ("age1..."). Raises InputError CP-WEB-17 for neither, or for a bad recipient.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for part in package.parts:
            made.writestr(zipfile.ZipInfo(part.name, (1980, 1, 1, 0, 0, 0)), desk.store.documents.get(part.sha))
        for number, signature in enumerate(signed(desk, package), 1):
            name = zipfile.ZipInfo(f"signature-{number}.pdf", (1980, 1, 1, 0, 0, 0))
            made.writestr(name, sheet_pdf(package, signature, judged_lines(desk, package)))
    if recipient.strip():
        try:
            to = pyrage.x25519.Recipient.from_str(recipient.strip())
        except pyrage.RecipientError:
            raise InputError("CP-WEB-17", "this is no age recipient", then="It begins with age1.") from None
        return pyrage.encrypt(held.getvalue(), [to])
    if len(passphrase) < 12:
        raise InputError("CP-WEB-17", "the passphrase is too short", then="Twelve characters or more.")
    return pyrage.passphrase.encrypt(held.getvalue(), passphrase)


def signed(desk: Desk, package: Package) -> tuple[Signature, ...]:
    with desk.store.read() as connection:
        return signatures.of_package(connection, package.id)


PURPOSE_CHOICES = [(one, PURPOSE_WORDS.get(one, one)) for one in PURPOSES]
