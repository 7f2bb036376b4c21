"""Every document beside the letter: its name, when a case has it, and what builds it. One place decides what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chartproof.model import Review
from chartproof.packet.documents import expedited, file_request, network, patient, representative, venue, worklist
from chartproof.packet.documents.words import venue_names
from chartproof.packet.exhibits import Book
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Letter

#: What every file of a document begins with, so that they stand together in the folder.
PREFIX = "document-"


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is the file's name without PREFIX and suffix; `applies` says whether a case of this purpose has it.

    `optional` ones are written for any case whose user asks for them by name.
    """

    name: str
    applies: Callable[[Review, Purpose], bool]
    build: Callable[[Review, Book, Purpose], Letter]
    optional: bool = False


def _venues() -> tuple[Document, ...]:
    return tuple(
        Document(name, partial(venue.applies, name=name), partial(venue.build, name=name)) for name in venue_names()
    )


DOCUMENTS = (
    Document("expedited-request", expedited.applies, expedited.build),
    Document("file-request", file_request.applies, file_request.build),
    Document("network-exception", network.applies, network.build, optional=True),
    *_venues(),
    Document("representative", representative.applies, representative.build),
    Document("patient-page", patient.applies, patient.build),
    Document("worklist", worklist.applies, worklist.build),
)

#: The documents that a user may ask for by name.
OPTIONAL = tuple(document.name for document in DOCUMENTS if document.optional)


def documents_for(review: Review, purpose: Purpose, asked: tuple[str, ...] = ()) -> tuple[Document, ...]:
    """The documents of this case, in the order of DOCUMENTS; `asked` adds optional ones by name."""
    return tuple(
        document
        for document in DOCUMENTS
        if document.applies(review, purpose) or (document.optional and document.name in asked)
    )
