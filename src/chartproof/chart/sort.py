"""Which document is this page: name each document's kind, day, author, signature and owner, and cut it into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain, groupby, islice

from chartproof.chart.author import author_of
from chartproof.chart.correspondence import KIND as THREAD
from chartproof.chart.correspondence import is_thread
from chartproof.chart.day_order import flagged
from chartproof.chart.document_days import document_day
from chartproof.chart.entry_owner import owned
from chartproof.chart.folder import LISTED, Cut, compared
from chartproof.chart.identity import belongs, guess_patient
from chartproof.chart.kinds import best_kind, evidence_of, is_evidence, is_own_paper, set_aside
from chartproof.chart.minutes import has_case, is_bed_list, is_minutes, numbers_of, of_this_case
from chartproof.chart.one_more import without_one_more
from chartproof.chart.others import LINES, passages, rows_of_others
from chartproof.chart.segments import segments_of
from chartproof.chart.sheets import by_person, lists_persons, names_another, pages_by_which
from chartproof.chart.side_by_side import side_by_side
from chartproof.chart.signatures import above_addenda, signed
from chartproof.chart.split import Piece, furniture, own_text, split_file
from chartproof.chart.subjects import with_sex
from chartproof.chart.teaching import filled_in, is_general, is_nobodys, of_people_in_general
from chartproof.chart.view import Reading, Segment, Sentence, is_void, sentences
from chartproof.model import Case, Document, Patient, SourceFile

#: Kinds without a day of their own: each entry has its own.
UNDATED = ("fhir_bundle", "ccda", "lab_export", "mar_export", "coordinator_log", "cover_sheet")
STRUCTURED = {"json": "fhir_bundle", "xml": "ccda"}


#: Papers, as their pages divide a file, that are sorted as one piece of work.
RUN = 32

#: Papers that a clinician writes and signs.
NOTES = ("clinic_note", "consult_note", "provider_letter", "attestation", "committee", "nursing_note", "primary_care")
#: Papers that are worth what their signature is worth.
LETTERS = ("provider_letter", "attestation")


def reading(
    files: Sequence[SourceFile], case: Case, letters: frozenset[tuple[str, int]] = frozenset(), *, workers: int = 1
) -> Reading:
    """Sort every page and cut what may be chart evidence into sentences. `letters`: pages known to be a plan's denial.

    `workers` processes find out what each paper is.
    """
    patient = case.patient
    if not patient.name and not patient.born:
        patient = guess_patient([page for file in files for page in file.pages])
    patient = with_sex(patient, [page for file in files for page in file.pages])
    files = [replace(file, entries=tuple(owned(file.entries, patient))) for file in files]
    cut = sorted_papers(files, patient, letters, workers)
    documents = [replace(one, set_aside=set_aside(one)) for one in compared(cut, case.nameless)]
    segments: list[Segment] = []
    for index, (_, parts) in enumerate(cut):
        runs = list(segments_of(documents[index], parts, case.as_of))
        documents[index], runs = flagged(documents[index], runs, patient.born)
        segments.extend(runs)
    own = ([piece.page for piece in parts] for one, (_, parts) in zip(documents, cut, strict=True) if one.belongs)
    numbers = numbers_of(patient, own)
    usable = [segment for segment in segments if is_evidence(segment.document)]
    rows = {file.name: rows_of_others(file) for file in files if file.media in LINES}
    said = tuple(
        one
        for one in own_sentences(usable, patient, numbers)
        if not any(start < one.end and one.start < end for start, end in rows.get(one.page.file, ()))
    )
    return Reading(
        files=tuple(files),
        documents=tuple(documents),
        segments=tuple(segments),
        sentences=said,
        others=passages(files, segments, said),
    )


def sorted_papers(
    files: Sequence[SourceFile], patient: Patient, letters: frozenset[tuple[str, int]], workers: int
) -> list[Cut]:
    """Every document, numbered in order, with its pieces."""
    split = [(file, split_file(file.pages)) for file in files]
    jobs = [
        partial(sort_run, file, papers[first : first + RUN], patient, letters)
        for file, papers in split
        for first in range(0, len(papers), RUN)
    ]
    pieces = (piece for _file, papers in split for paper in papers for piece in paper)
    found = chain.from_iterable(side_by_side(jobs, workers=workers))
    return [
        (replace(document, id=f"D{number:03d}"), list(islice(pieces, count)))
        for number, (document, count) in enumerate(found, 1)
    ]


def sort_run(
    file: SourceFile, run: Sequence[Sequence[Piece]], patient: Patient, letters: frozenset[tuple[str, int]]
) -> list[tuple[Document, int]]:
    """The documents of those papers of a file, each with the count of its pieces: a process gives no page back."""
    repeated = furniture(file.pages)
    found = []
    for paper in run:
        listed = len(paper) > 1 and is_minutes(describe(file, paper, repeated))
        for pieces in by_person(paper, patient, repeated, listed=listed):
            document = describe(file, pieces, repeated, patient.born)
            # What the plan's pharmacy decided is a plan's letter too, and known as what it is.
            known = evidence_of(document.kind) in ("payer", "request")
            if not known and all((piece.page.file, piece.page.number) in letters for piece in pieces):
                document = replace(document, kind="denial_letter", wrote="payer")
            found.append((whose(document, pieces, file, patient, repeated), len(pieces)))
    return found


def whose(
    document: Document, pieces: Sequence[Piece], file: SourceFile, patient: Patient, repeated: frozenset[str]
) -> Document:
    """The document with its owner, by what its own pages print."""
    mine, why = belongs(pages_by_which(pieces, patient), patient, file.entries)
    if mine and names_another(own_text(pieces[0], repeated), patient):
        mine, why = False, "another name and birth date stand below the record's own head"
    if mine is None and is_minutes(document) and has_case(pieces, patient, document.when):
        mine = True
    if not is_minutes(document) and lists_persons(own_text(pieces[0], repeated)):
        mine, why = False, LISTED
    if (
        not document.signed
        and not file.entries
        and document.kind in NOTES
        and is_nobodys(own_text(pieces[0], repeated))
    ):
        document = replace(document, kind="program_sheet")
    if mine is None and not file.entries and of_people_in_general([piece.page for piece in pieces]):
        document = replace(document, kind="program_sheet")
    return replace(document, belongs=mine, note=why)


def own_sentences(
    segments: Sequence[Segment], patient: Patient, numbers: frozenset[str] = frozenset()
) -> Iterator[Sentence]:
    """The sentences of documents in their order; of a meeting's record or a list of beds those of this patient's case."""
    for document, parts in groupby(segments, key=lambda segment: segment.document):
        whole = (one for segment in parts for one in sentences(segment))
        kept = (one for one in filled_in(whole) if not (is_general(one) or is_void(one)))
        said = [*without_one_more(kept, patient)]
        day = document.when.last if document.when else None
        listed = is_minutes(document) or is_bed_list(said, patient, day)
        yield from of_this_case(said, patient, day, numbers) if listed else said


def describe(
    file: SourceFile,
    pieces: Sequence[Piece],
    repeated: frozenset[str] = frozenset(),
    born: date | None = None,
) -> Document:
    """What the pages say that they are, as a document that has no id yet."""
    text = "\n".join(own_text(piece, repeated) for piece in pieces)
    kind = kind_of(file, pieces, repeated)
    state = signed(above_addenda(text), kind)
    if state is None and file.media == "docx" and kind in LETTERS:
        state = False  # nobody has put a pen to a Word file: a letter without a printed signature is still to be signed
    return Document(
        id="",
        file=file.name,
        first=pieces[0].page.number,
        last=pieces[-1].page.number,
        kind=kind,
        title=first_words(text),
        when=None if kind in UNDATED else document_day([own_text(piece, repeated) for piece in pieces], kind, born),
        author=author_of(text),
        signed=state,
        wrote="payer" if evidence_of(kind) == "payer" else "provider",
    )


def kind_of(file: SourceFile, pieces: Sequence[Piece], repeated: frozenset[str]) -> str:
    if is_own_paper([piece.page for piece in pieces]):
        return "own_paper"
    if file.media in STRUCTURED:
        return STRUCTURED[file.media]
    if file.media in ("text", "csv") and file.entries:
        if best_kind(own_text(pieces[0], repeated))[0] == "preventive_care":
            return "preventive_care"
        if all(entry.kind == "other" for entry in file.entries):
            return "coordinator_log"  # a worklist or call log: rows without a result or a drug
        medication = sum(entry.kind == "medication" for entry in file.entries)
        return "mar_export" if medication > len(file.entries) / 2 else "lab_export"
    if is_thread("\n".join(own_text(piece, repeated) for piece in pieces)):
        return THREAD
    for piece in pieces[:2]:
        kind = best_kind(own_text(piece, repeated))[0]
        if kind:
            return kind
    return "clinic_note"


def first_words(text: str) -> str:
    """A short title for the ledger: the first line that carries words."""
    for line in text.split("\n"):
        if len(re.findall(r"[A-Za-z]{3,}", line)) >= 2:
            return " ".join(line.split())[:80]
    return ""


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
