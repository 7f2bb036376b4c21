"""Types only. No file is opened here, no clock is read, nothing of ours is imported.

Every value is frozen. Days are day ranges, numbers are intervals, truth is a signed integer.
"""

from chartproof.model.case import Case, Patient
from chartproof.model.chart import Chart, Conflict, Coverage, Document, TherapyLine
from chartproof.model.day import DayRange
from chartproof.model.denial import Deadline, Denial, DenialReason, NoticeDefect, Right, StatedDeadline
from chartproof.model.fact import Assertion, Fact, Quantity, Span
from chartproof.model.finding import Finding, Review
from chartproof.model.ladder import Answer, Step
from chartproof.model.page import Box, Code, Entry, Page, SourceFile, Word
from chartproof.model.proposal import Proposal, Proposals
from chartproof.model.ruling import Outcome, Ruling
from chartproof.model.truth import MET, NOT_MET, REASONS, UNKNOWN, Status

__all__ = [
    "MET", "NOT_MET", "REASONS", "UNKNOWN", "Answer", "Assertion", "Box", "Case", "Chart", "Code", "Conflict", "Coverage",
    "DayRange", "Deadline", "Denial", "DenialReason", "Document", "Entry", "Fact", "Finding", "NoticeDefect", "Outcome", "Page", "Patient",
    "Proposal", "Proposals", "Quantity", "Review", "Right", "Ruling", "SourceFile", "Span", "StatedDeadline", "Status", "Step", "TherapyLine", "Word",
]  # fmt: skip
