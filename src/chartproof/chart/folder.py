"""What the other papers of a folder say about one: whose it is where it names nobody, and that it is there twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chartproof.chart.numbering import plain
from chartproof.chart.split import Piece
from chartproof.chart.vocabulary import load
from chartproof.model import Document

#: Fewer letters than this are a stamp or a page number, and alike by chance.
LEAST = 40
Cut = tuple[Document, Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with its first line, digits left out: the letterhead of whoever wrote it."""

    document: Document
    letterhead: str
    text: str


def compared(cut: Sequence[Cut], ours: Collection[str] = ()) -> list[Document]:
    """The documents, in order, with what the folder says about them. `ours`: files known to be the patient's."""
    papers = [paper(vouched(document, ours), pieces) for document, pieces in cut]
    return repeated(papers, whose(papers))


def vouched(document: Document, ours: Collection[str]) -> Document:
    """The document as the patient's where it names nobody and the case file lists its file."""
    return replace(document, belongs=True) if document.belongs is None and document.file in ours else document


def paper(document: Document, pieces: Sequence[Piece]) -> Paper:
    text = "\n".join(piece.text for piece in pieces)
    first = next((line for line in text.split("\n") if len(re.findall(r"[A-Za-z]", line)) >= 8), "")
    return Paper(document, plain(first), " ".join(text.split()))


def whose(papers: Sequence[Paper]) -> list[Document]:
    """Pages that name nobody go with their neighbours: where all, or both beside them, are another's, so are they."""
    owners = {one.document.belongs for one in papers}
    if True not in owners and False in owners:
        why = "nobody is named here, and the folder's other pages are another person's"
        return [set_aside(one.document, why) if one.document.belongs is None else one.document for one in papers]
    known = True in owners
    return [
        document
        for _file, group in groupby(papers, lambda one: one.document.file)
        for document in nameless(beside(list(group)), known=known)
    ]


def nameless(documents: Sequence[Document], *, known: bool) -> list[Document]:
    """One file's documents: what names nobody is the patient's where the named papers before and behind it are his.

    A sheet alone without a name, or beside another person's, may be anybody's. `known`: whether some paper of the folder
    names the patient, so that names can be expected.
    """
    found = list(documents)
    named = [None if one.note == LISTED else one.belongs for one in documents]  # a list of many is no person's sheet
    for index, one in enumerate(found):
        before = next((whose for whose in reversed(named[:index]) if whose is not None), None)
        behind = next((whose for whose in named[index + 1 :] if whose is not None), None)
        if known and one.belongs is None and (False in (before, behind) or True not in (before, behind)):
            found[index] = set_aside(one, NAMELESS + (BESIDE_ANOTHER if False in (before, behind) else VOUCH))
    return found


LISTED = "it lists several persons"
NAMELESS = str(load("documents.yaml")["set_aside"]["nameless"])
BESIDE_ANOTHER = ", and beside it lie another person's pages"
VOUCH = "; if it is the patient's, list the file under 'nameless' in case.yaml"


def beside(papers: Sequence[Paper]) -> list[Document]:
    """One file's documents: one without a name that lies between another person's, under the letterhead of either."""
    found = [one.document for one in papers]
    for index in range(1, len(papers) - 1):
        last, one, following = papers[index - 1 : index + 2]
        around = last.document.belongs is False and following.document.belongs is False
        if one.document.belongs is None and around and one.letterhead in (last.letterhead, following.letterhead):
            found[index] = set_aside(
                one.document, "nobody is named here, and the pages before and after are another person's"
            )
    return found


def set_aside(document: Document, why: str) -> Document:
    return replace(document, belongs=False, note=why)


def repeated(papers: Sequence[Paper], documents: Sequence[Document]) -> list[Document]:
    """A document whose every word was read before says where."""
    first: dict[str, Document] = {}
    found: list[Document] = []
    for one, document in zip(papers, documents, strict=True):
        twin = first.setdefault(one.text, document)
        if twin is not document and len(one.text) >= LEAST:
            place = f"p. {twin.first}" if twin.file == document.file else f"{twin.file} p. {twin.first}"
            document = replace(document, note="; ".join(filter(None, (document.note, f"the same as {place}"))))
        found.append(document)
    return found
