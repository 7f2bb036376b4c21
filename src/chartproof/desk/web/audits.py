"""The audit: the latest rows, whether the chain holds, and all of it as FHIR AuditEvent."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from starlette.responses import Response, StreamingResponse

from chartproof.desk.casework import people_of
from chartproof.desk.store import audit
from chartproof.desk.store.audit_event import audit_event
from chartproof.desk.store.verify import Verdict, verify
from chartproof.desk.web.pages import page
from chartproof.desk.web.typed import whole
from chartproof.desk.web.visit import Visit

ROWS = 100


def show(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        rows = audit.entries(connection, before=max(0, whole(visit.query.get("before", "0"))), limit=ROWS)
        people = people_of(connection)
    found = verify(visit.desk.store)
    shown = [
        {"number": one.number, "at": one.at, "who": people.get(one.who, one.who), "action": one.action,
         "entity": one.entity, "entity_id": one.entity_id, "outcome": one.outcome, "hash": one.hash}
        for one in rows
    ]  # fmt: skip
    before = rows[-1].number if len(rows) == ROWS else 0
    return page(visit, "audit", rows=shown, before=before, sound=not found.faults, verdict=verdict_words(found))


def verdict_words(found: Verdict) -> str:
    if found.faults:
        return f"The chain does not hold: {'; '.join(str(fault) for fault in found.faults)}."
    heads = "1 head" if found.anchors == 1 else f"{found.anchors} heads"
    return f"The chain holds: {found.rows} rows, held against {heads}; the last hash begins {found.head[1][:16]}."


def as_fhir(visit: Visit) -> Response:
    """The whole audit as one Bundle, the latest first, written while it is read: it may be long."""
    headers = {"Content-Disposition": 'attachment; filename="audit.json"'}
    return StreamingResponse(bundle(visit), media_type="application/fhir+json", headers=headers)


def bundle(visit: Visit) -> Iterator[bytes]:
    before, start = 0, b'{"resourceType":"Bundle","type":"collection","entry":['
    while True:
        with visit.desk.store.read() as connection:
            rows = audit.entries(connection, before=before, limit=1000)
        if not rows:
            break
        before = rows[-1].number
        yield start + b",".join(orjson.dumps({"resource": audit_event(one)}) for one in rows)
        start = b","
        if before == 1:
            break
    yield b"]}"
