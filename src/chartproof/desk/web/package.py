"""Packages: made, looked through, signed, downloaded, sent."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from chartproof.desk.casework import PACKAGE, Opened, last_job, opened
from chartproof.desk.packing import (
    MEANING,
    PURPOSE_CHOICES,
    archive,
    judged_lines,
    package_of,
    pages_of,
    part_of,
    sheet_pdf,
)  # fmt: skip
from chartproof.desk.store import audit, cases, jobs, logins, packages, sendings, sessions, signatures
from chartproof.desk.store.logins import Login
from chartproof.desk.store.packages import Package
from chartproof.desk.web.case import case_page
from chartproof.desk.web.contents import papers
from chartproof.desk.web.people import plainly
from chartproof.desk.web.told import progress_of
from chartproof.desk.web.typed import whole
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError, InputError, NotFoundError

MEDIA = {
    "pdf": "application/pdf", "json": "application/json", "ics": "text/calendar", "html": "text/html", "txt": "text/plain",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        found = packages.listed(connection, visit.of.id)
        signs = signatures.listed(connection, visit.of.id)
        sent = sendings.listed(connection, visit.of.id)
        job = last_job(connection, visit.of.id, PACKAGE)
    told = progress_of(job) if job and job.state != "done" else None
    making = (
        (told["words"] if told["ended"] else "The package is being made; this page shows it when it is there.")
        if told
        else ""
    )
    return case_page(
        visit, "package", "package", now.review, status, packages=[version(one, now, signs, sent) for one in found],
        making=making, running=bool(told and not told["ended"]), purposes=PURPOSE_CHOICES, problem=problem,
        purpose="appeal" if now.review and now.review.denial else "prior-auth", hows=[(way, way) for way in sendings.WAYS],
        ready=now.review is not None,
    )  # fmt: skip


def version(
    one: Package, now: Opened, signs: tuple[signatures.Signature, ...], sent: tuple[sendings.Sending, ...]
) -> dict[str, Any]:
    return {
        "id": one.id, "number": one.number, "draft": one.draft, "at": one.at, "by": now.people.get(one.by, "the desk"), "sha": one.sha,
        "audit_number": one.audit_number, "audit_head": one.audit_head, "outdated": bool(one.outdated),
        "outdated_why": one.outdated_why.replace("_", " "), "papers": papers(one.parts),
        "signatures": [
            {"id": s.id, "signer": s.signer, "signer_name": s.signer_name, "licence": s.licence, "at": s.at, "meaning": s.meaning,
             "voided": bool(s.voided), "voided_why": s.voided_why.replace("_", " ")}
            for s in signs if s.package == one.id
        ],
        "sendings": [
            {"at": s.sent, "how": s.how, "sent_to": s.sent_to, "receipt": s.receipt, "by": now.people.get(s.by, ""),
             "signed": s.signed}
            for s in sent if s.package == one.id
        ],
    }  # fmt: skip


def make(visit: Visit) -> Response:
    purpose = visit.form.get("purpose", "")
    if purpose not in dict(PURPOSE_CHOICES):
        raise InputError("CP-OUT-02", f"there is no package for '{purpose[:40]}'", then="Choose one of the list.")
    payload = {
        "purpose": purpose,
        "draft": visit.form.get("draft") == "yes",
        "who": visit.user.id,
        "role": visit.user.role,
    }
    with visit.desk.store.write() as connection:
        jobs.add(connection, visit.actor, PACKAGE, case=visit.of.id, payload=payload, now=visit.now)
    return to(f"/cases/{visit.of.id}/package?told=package")


def preview(visit: Visit) -> Response:
    package = package_of(visit.desk, visit.of, visit.path["package"])
    return case_page(
        visit, "preview", "package", opened(visit.desk, visit.of).review, package=package.id, number=package.number,
        pages=pages_of(part_of(visit.desk, package, "packet.pdf")), shown=max(1, whole(visit.query.get("page", "0"))),
        one="page" in visit.query,
    )  # fmt: skip


def preview_sheet(visit: Visit) -> Response:
    package = package_of(visit.desk, visit.of, visit.path["package"])
    sha = next((part.sha for part in package.parts if part.name == "packet.pdf"), "")
    number, width = whole(visit.path["page"]), 360 if visit.query.get("small") else 1200

    def draw() -> tuple[bytes | None, int]:
        drawn = visit.desk.draw(part_of(visit.desk, package, "packet.pdf"), number, width)
        return drawn, len(drawn or b"")

    drawn = visit.desk.shelf.get(("sheet", sha, number, width), draw)
    if drawn is None:
        raise NotFoundError("CP-WEB-09", "this page cannot be drawn")
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def download(visit: Visit) -> Response:
    package, name = package_of(visit.desk, visit.of, visit.path["package"]), visit.path["name"]
    if name.startswith("signature-"):
        signature = next((s for s in every_signature(visit, package) if f"signature-{s.id}.pdf" == name), None)
        if signature is None:
            raise NotFoundError("CP-WEB-16", "the package has no such file")
        return attached(sheet_pdf(package, signature, judged_lines(visit.desk, package)), "signature.pdf")
    return attached(part_of(visit.desk, package, name), name)


def every_signature(visit: Visit, package: Package) -> list[signatures.Signature]:
    with visit.desk.store.read() as connection:
        return [one for one in signatures.listed(connection, visit.of.id) if one.package == package.id]


def attached(data: bytes, name: str) -> Response:
    """To be kept, never to be shown inside the desk: a page of a package runs no script here."""
    media = MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def take_archive(visit: Visit) -> Response:
    package = package_of(visit.desk, visit.of, visit.path["package"])
    try:
        data = archive(
            visit.desk, package, passphrase=visit.form.get("passphrase", ""), recipient=visit.form.get("recipient", "")
        )
    except InputError as error:
        return show(visit, plainly(error), 400)
    with visit.desk.store.write() as connection:
        audit.append(connection, visit.actor, "export", "package", package.id, now=visit.now)
    return attached(data, f"package-{package.number}.zip.age")


def sign(visit: Visit, problem: str = "", status: int = 200) -> Response:
    package = package_of(visit.desk, visit.of, visit.path["package"])
    now = opened(visit.desk, visit.of)
    return case_page(
        visit, "sign", "package", now.review, status, package=package.id, number=package.number, sha=package.sha,
        judged=judged_lines(visit.desk, package), meaning=MEANING, today=f"{visit.now:%Y-%m-%d}",
        licence=visit.user.licence, closed=not_to_sign(package), problem="" if package.outdated else problem,
    )  # fmt: skip


def not_to_sign(package: Package) -> str:
    """Why nobody can sign this version; "" where a physician may."""
    if package.outdated:
        return f"This version is out of date: {package.outdated_why.replace('_', ' ')}. Make a new one, read it, and sign that."
    return "This version is a draft. Make one without the draft mark, read it, and sign that." if package.draft else ""


def sign_done(visit: Visit) -> Response:
    """The physician proves who they are, and signs what was shown: the hash that the form carries."""
    assert visit.session is not None
    package = package_of(visit.desk, visit.of, visit.path["package"])
    if visit.form.get("read") != "yes":
        return sign(visit, "Say that you have read the package and the attestation.", 400)
    login = Login(visit.user.name, visit.form.get("password", ""), visit.form.get("code", ""), visit.address)
    try:
        logins.confirm(visit.desk.store, visit.session, login, now=visit.now, hashing=visit.desk.hashing)
        session, _user = sessions.resume(visit.desk.store, visit.token, now=visit.now, limits=visit.desk.sessions)
        with visit.desk.store.write() as connection:
            signatures.sign(
                connection, visit.actor, package.id, sha=visit.form.get("sha", ""), meaning=MEANING, user=visit.user,
                session=session, now=visit.now, limits=visit.desk.sessions,
            )  # fmt: skip
            if cases.get(connection, visit.of.id).stage == "signing":
                cases.move(connection, visit.actor, visit.of.id, "signed", now=visit.now)
    except ChartproofError as error:
        return sign(visit, plainly(error), 400)
    return to(f"/cases/{visit.of.id}/package?told=signed")


def sent(visit: Visit) -> Response:
    package = package_of(visit.desk, visit.of, visit.path["package"])
    try:
        with visit.desk.store.write() as connection:
            sendings.record(
                connection, visit.actor, package.id, how=visit.form.get("how", ""), sent_to=visit.form.get("sent_to", ""),
                sent=visit.now, receipt=visit.form.get("receipt", ""), now=visit.now,
            )  # fmt: skip
            if cases.get(connection, visit.of.id).stage == "signed" and signatures.of_package(connection, package.id):
                cases.move(connection, visit.actor, visit.of.id, "sent", now=visit.now)
    except ChartproofError as error:
        return show(visit, plainly(error), 400)
    return to(f"/cases/{visit.of.id}/package?told=sent")
