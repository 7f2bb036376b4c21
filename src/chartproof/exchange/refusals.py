"""What is answered where a message cannot be used: an HTTP status and one OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chartproof.errors import ChartproofError

Resource = dict[str, Any]

#: 400: no JSON, no FHIR, no CDS Hooks. 403: not for this client. 413: too large. 422: valid, but not what this guide allows.
MALFORMED, FORBIDDEN, NOT_FOUND, TOO_LARGE, UNPROCESSABLE = 400, 403, 404, 413, 422


@dataclass(frozen=True, slots=True)
class Issue:
    """One line of an OperationOutcome: `kind` is a code of R4's issue types, `at` the FHIRPath of the element.

    `text` names elements and codes, never what a record says.
    """

    text: str
    kind: str = "invalid"
    at: str = ""
    severity: str = "error"


class Refused(ChartproofError):
    """A message that is not accepted; `issues` say why. Codes: CP-FHIR-01 not readable, -02 not valid R4, -03 against
    the guide, -04 not known here, -05 not allowed."""

    def __init__(self, code: str, *issues: Issue, status: int = MALFORMED) -> None:
        super().__init__(code, "; ".join(one.text for one in issues), where=next((i.at for i in issues if i.at), ""))
        self.issues = issues
        self.status = status

    def outcome(self) -> Resource:
        return outcome(self.issues)


def outcome(issues: Iterable[Issue]) -> Resource:
    """An OperationOutcome of at least one issue."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(one) for one in issues]}


def _issue(one: Issue) -> Resource:
    said: Resource = {"severity": one.severity, "code": one.kind, "details": {"text": one.text}}
    return said | ({"expression": [one.at]} if one.at else {})
