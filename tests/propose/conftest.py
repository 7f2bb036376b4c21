"""An invented folder, and a server on loopback that answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

RECORDS = {
    "case.yaml": "as_of: 2026-04-10\npatient: {name: Rosa Invented, dob: 1961-03-04}\n",
    "visit.txt": """Progress note 2026-04-01
Patient: INVENTED, Rosa  DOB: 03/04/1961

ECOG 1 today.

The heart squeezes as it should on the picture of 28 March 2026, some 58 of a hundred parts leaving with each beat.

Film of the chest shows clear fields on both sides.

Her brother had hepatitis C years ago.

There was no sign that she ever took the cure from a donor.

Serum went to the laboratory for the usual germs. Serum went to the laboratory for rarer germs.

Dose 12.5 of the water pill.

{more}

Signed by A. Testdoctor, MD 2026-04-01
""",
    "denial.txt": """Plan of Nowhere
Notice of Adverse Determination
Date: 2026-04-27
Member: Rosa Invented  DOB: 03/04/1961
Case reference: 77-XYZ

We have denied your request for Tecartus because it is not medically necessary.
The policy requires a chest x-ray read within 30 days and an LVEF of at least 45 percent.
You have the right to appeal within 180 days.
Medical director: B. Payerdoctor, MD
""",
    "stray.txt": """Progress note 2026-04-02
Patient: SOMEONE, Else  DOB: 11/12/1950  MRN: 999

Chest x-ray read today: clear fields.

Signed by A. Testdoctor, MD 2026-04-02
""",
    "request.txt": """Prior Authorization Request
Patient: Rosa Invented  DOB: 03/04/1961
Requesting physician: A. Testdoctor  Place of service: outpatient
HCPCS Q2053  Member ID: 123  Request type: new
Attachments: echo report, chest film read as clear
""",
    "labs.csv": 'patient,dob,collected,test,value,unit\n"Invented, Rosa",1961-03-04,2026-03-30,Hemoglobin,11.2,g/dL\n',
}
#: A proposal as it should be: found on its page, for a row that is missing.
HONEST = {"concept": "chest_xray", "file": "visit.txt", "page": 1,
          "quote": "Film of the chest shows clear fields on both sides."}  # fmt: skip


def write_records(folder: Path, more: str = "") -> Path:
    """The folder, with `more` written into the patient's own note."""
    folder.mkdir()
    for name, text in RECORDS.items():
        (folder / name).write_text(text.replace("{more}", more), encoding="utf-8")
    return folder


@dataclass
class Server:
    """A stand-in for a model's server. `says` makes a reply's words of the request's body; `raw` is a whole answer."""

    url: str = ""
    says: Callable[[dict[str, Any]], Any] = field(default=lambda request: "[]")
    raw: tuple[int, dict[str, str], bytes] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(request)
            state.keys.append(self.headers["Authorization"])
            state.paths.append(self.path)
            status, head, body = state.raw or (200, {}, self.answer(request))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **head}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def answer(self, request: dict[str, Any]) -> bytes:
            message = {"role": "assistant", "content": state.says(request)}
            return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()

        def log_message(self, *_args: object) -> None:
            """Nothing is written beside the tests' own output."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    state.url = f"http://127.0.0.1:{http.server_port}/v1"
    yield state
    http.shutdown()
    http.server_close()
