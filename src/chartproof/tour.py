"""The main flow on one screen: read, find, decide, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from chartproof.bulk.table import VERSION, rows_of_chart
from chartproof.bulk.table import record as row_record
from chartproof.chart.casefile import read_case_file
from chartproof.chart.files import read_folder
from chartproof.chart.identity import guess_patient
from chartproof.chart.kinds import HEADED, STRONG, best_kind, evidence_of, is_own_paper
from chartproof.chart.reader import LARGE, read_chart
from chartproof.chart.side_by_side import side_by_side
from chartproof.chart.split import split_file
from chartproof.choose import choose_indication, open_denial, other_denials
from chartproof.decide.fold import tree_of
from chartproof.decide.judged import chart_as_judged, rows_as_judged
from chartproof.decide.review import leaves_of
from chartproof.decide.review import review as decide
from chartproof.errors import InputError
from chartproof.model import Case, Chart, Deadline, Denial, Page, Review, SourceFile
from chartproof.model.judgement import Judgement
from chartproof.model.policy import Policy
from chartproof.model.route import Route
from chartproof.model.rows import Rows
from chartproof.packet.record import review_record
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import find_product, list_products, load_label
from chartproof.policy.load import load_policy
from chartproof.policy.route import of_another_payer, route
from chartproof.propose.ask import Complete, Row, propose
from chartproof.rights.claims import answered, contradictions
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.ladder import answer_dates, ladder, ladder_json
from chartproof.rights.law import rights_of, tables_for
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import deadlines_json, denial_json
from chartproof.scope import (
    another_payer,
    codes_listed,
    other_products,
    plan_unknown,
    precondition_note,
    unsigned_papers,
)  # fmt: skip

if TYPE_CHECKING:
    from chartproof.packet.package import Package

DEFAULT_POLICY = "excellus/7.02.11"
Progress = Callable[[str, int, int], None]


def review_folder(
    folder: Path, *, today: date, policy: str = "", as_of: date | None = None, workers: int = 2,
    progress: Progress | None = None,
) -> Review:  # fmt: skip
    """Every criterion of the policy and of the drug's label, proved from the folder's files. Writes nothing.

    `extra["notes"]` of the answer holds what the reader must know about its scope, one line each: a label that was not
    checked, a payer whose own policy is not known, further denials of the folder. Without `policy` the one that
    governs is used: the default one, or the rule set that its product-line rules put before it.
    """
    load_policy(policy or DEFAULT_POLICY)  # a policy that cannot be used is told before a long reading
    case = read_case_file(folder, as_of=as_of or today)
    if as_of:
        case = replace(case, as_of=as_of)
    check_typed(case, any_drug=policy not in ("", DEFAULT_POLICY))
    files = read_folder(folder, workers=workers, progress=progress)
    return review_files(files, case, policy=policy, workers=workers, progress=progress)


def review_files(
    files: Sequence[SourceFile], case: Case, *, policy: str = "", workers: int = 1, progress: Progress | None = None
) -> Review:  # fmt: skip
    """The review of files that are read already; `case` is what was typed in and was checked with `check_typed`."""
    rules = load_policy(policy or DEFAULT_POLICY)
    letters = denial_letters(files, workers=workers)
    denials = [letter for letter, _part in letters]
    denial = open_denial(denials, case, rules)
    others = tuple(other_denials(denials, denial))
    case = complete(case, denial, files)
    own = not another_payer(rules, case, denial)
    governs = route(rules, case.plan_type, own=own)
    if governs and governs.policy in ("", rules.id) and not own:
        governs = of_another_payer(rules, case.payer)
    used = governing(rules, governs, denial) if governs and not policy else rules
    switched, rules = used is not rules, used
    apart = frozenset((page.file, page.number) for _letter, part in letters for page in part)
    chart = read_chart(files, case, apart, workers=workers, progress=progress)
    case, note = name_indication(case, chart)
    label = load_label(case.indication) if case.indication else None
    criteria, label_rows = decide(
        case, chart, compile_policy(rules, label=label), compile_policy(label) if label else None
    )
    criteria, label_rows = unsigned_papers(criteria, chart), unsigned_papers(label_rows, chart)
    if denial:
        against = tuple(contradictions(denial, (*criteria, *label_rows), chart))
        chart = replace(chart, conflicts=(*chart.conflicts, *against))
        denial = answered(denial, (*criteria, *label_rows))
    another = "" if switched else another_payer(rules, case, denial)
    scope = (note, plan_unknown(case, denial), another, precondition_note(rules, criteria), *others)
    return Review(
        policy_id=rules.id,
        policy_title=rules.title,
        edition=rules.edition,
        label_id=case.indication,
        case=case,
        chart=chart,
        criteria=criteria,
        label=label_rows,
        denial=denial,
        deadlines=(dates := deadlines_of(denial, case)),
        ladder=ladder(denial, case, dates),
        extra={
            "notes": "\n".join(filter(None, scope)),
            "policy_number": rules.number,
            "codes_listed": "; ".join(codes_listed(rules)),
            "other_products": ", ".join(other_products(case)),
        },
        rights=rights_of(case.plan_type, case.state, on=case.as_of),
        route=governs,
    )


def decide_again(review: Review, judgements: Sequence[Judgement], *, policy: str = "") -> Review:
    """The same reading decided anew with what people have judged; the plan that was compiled for it is the same.

    `review` is the one that the reading gave, without judgements. `policy` is what that review was asked for.
    Raises InputError CP-JUDGE-01 where a judgement names a row or a fact that the review does not have.
    """
    chart = chart_as_judged(review.chart, judgements)
    found = (review.criteria, review.label)
    if any(one.kind in ("add", "reject") for one in judgements):  # else the plan would give again what it gave
        found = decide(review.case, chart, *_plans(policy or review.policy_id, review.label_id))
        found = (unsigned_papers(found[0], chart), unsigned_papers(found[1], chart))
    criteria, label_rows = (rows_as_judged(rows, judgements) for rows in found)
    denial = review.denial
    if denial and any(one.kind != "accept" for one in judgements):
        before = set(contradictions(denial, (*review.criteria, *review.label), review.chart))
        kept = tuple(one for one in chart.conflicts if one not in before)
        now = contradictions(denial, (*criteria, *label_rows), chart)
        chart = replace(chart, conflicts=(*kept, *now))
        denial = answered(denial, (*criteria, *label_rows))
    return replace(review, chart=chart, criteria=criteria, label=label_rows, denial=denial)


def _plans(policy: str, label: str) -> tuple[Rows, Rows | None]:
    """The compiled policy and label; of packaged ones only once, since their files do not change."""
    return _compiled(policy, label) if policy.endswith((".yaml", ".yml")) else _packaged(policy, label)


@lru_cache(maxsize=32)
def _packaged(policy: str, label: str) -> tuple[Rows, Rows | None]:
    return _compiled(policy, label)


def _compiled(policy: str, label: str) -> tuple[Rows, Rows | None]:
    of_label = load_label(label) if label else None
    return compile_policy(load_policy(policy), label=of_label), compile_policy(of_label) if of_label else None


def governing(rules: Policy, governs: Route, denial: Denial | None) -> Policy:
    """The rule set to review against: the one that governs where it is here, but the policy that the denial itself cites."""
    if not governs.policy or governs.policy == rules.id or (denial and denial.policy_cited == rules.number):
        return rules
    return load_policy(governs.policy)


def with_proposals(
    review: Review, *, policy: str, complete: Complete, model: str, progress: Callable[[int, int], None] | None = None
) -> Review:
    """The same review with what a model points at for its missing rows; every finding of it stays as it is."""
    label = load_label(review.label_id) if review.label_id else None
    plans = [compile_policy(load_policy(policy or review.policy_id), label=label)]
    if label:
        plans.append(compile_policy(label))
    wanted = wanted_concepts(review, plans)
    return replace(
        review, proposals=propose(review.chart, review.case, wanted, complete=complete, model=model, progress=progress)
    )


def wanted_concepts(review: Review, plans: Sequence[Rows]) -> dict[str, list[Row]]:
    """Concept -> the missing rows that ask for it, in the order of the policy and then of the label."""
    missing = {(row.layer, row.id) for row in (*review.criteria, *review.label) if row.status == "missing"}
    wanted: dict[str, list[Row]] = {}
    for rows in plans:
        tree, leaves = tree_of(rows), {leaf.id: leaf for leaf in rows.leaves}
        for criterion in rows.criteria:
            asked = (leaves[leaf].concept for leaf in leaves_of(criterion, tree))
            for concept in dict.fromkeys(filter(None, asked)):
                if (rows.layer, criterion.id) in missing:
                    wanted.setdefault(concept, []).append((rows.layer, criterion.id))
    return wanted


def check_typed(case: Case, *, any_drug: bool = False) -> None:
    """Refuses, before anything is read, a drug, indication or plan type of case.yaml that is not known.

    `any_drug`: the policy was chosen by the reader, so that a drug without a label here is no slip of the pen.
    """
    product = find_product(case.drug) if case.drug else None
    if case.drug and product is None and not any_drug:
        known = ", ".join(one.brand for one in list_products())
        raise InputError(
            "CP-CASE-04", f"the drug '{case.drug}' has no label here", where="case.yaml, drug",
            then=f"Known: {known}. Leave it out to review against the policy alone; for another drug name its policy, or 'none'.",
        )  # fmt: skip
    label = load_label(case.indication) if case.indication else None
    if label and product and label.product != product.id:
        ids = ", ".join(one.id for one in product.indications)
        raise InputError(
            "CP-CASE-06", f"the indication '{case.indication}' is not one of {product.brand}",
            where="case.yaml, indication", then=f"Use one of: {ids}.",
        )  # fmt: skip
    if case.plan_type:
        try:
            tables_for(case.plan_type, case.state)
        except InputError as error:
            raise InputError(error.code, error.what, where="case.yaml, plan_type", then=error.then) from error


#: Pages of a letter that came as a file of its own, enclosures included.
SHORT_FILE = 4


def find_denial(files: Sequence[SourceFile], case: Case, policy: Policy) -> Denial | None:
    """The letter of the folder that denies what is asked for now; an older or another drug's letter is not it."""
    return open_denial([letter for letter, _part in denial_letters(files)], case, policy)


def denial_letters(files: Sequence[SourceFile], *, workers: int = 1) -> list[tuple[Denial, list[Page]]]:
    """Every letter of the folder that denies something, with its pages; `workers` processes read a large chart's."""
    told = [
        ((page.file, page.number), page) for file in files if not file.name.endswith(".json") for page in file.pages
    ]
    parts = [
        part
        for file in files
        if file.media in ("pdf", "docx", "text", "image") and file.pages
        for part in letters_apart(file)
        if not all(is_own_paper([page]) for page in part) and titled_otherwise(part) < HEADED
    ]
    jobs = [partial(denial_in, part, told) for part in parts]
    letters = side_by_side(jobs, workers=workers if len(told) > LARGE else 1)
    return [(letter, part) for letter, part in zip(letters, parts, strict=True) if letter]


def denial_in(part: list[Page], told: Sequence[tuple[tuple[str, int], Page]]) -> Denial | None:
    """The letter of these pages, if it denies something; `told` are all pages by their places."""
    own = {(page.file, page.number) for page in part}
    others = [page for place, page in told if place not in own]
    letter = read_letter(part, file=part[0].file, other_text=others)
    steps = [one for one in letter.stated_deadlines if not one.what.endswith("_decision")]
    return letter if letter.is_denial and (steps or titled_otherwise(part) < STRONG) else None


def titled_otherwise(part: Sequence[Page]) -> int:
    """How surely the first lines call it a paper of the chart or of the center's desk, 0 for a payer's: a note tells of denials."""
    kind, title = best_kind(part[0].text)
    if evidence_of(kind) == "payer":
        return 0
    return HEADED if kind == "coordinator_log" and title >= STRONG else title  # a log is known by its dated rows


def letters_apart(file: SourceFile) -> list[list[Page]]:
    """The pages of a file that may be a letter each: those of every paper of a chart dump; a short file as a whole."""
    numbers = [{piece.page.number for piece in group} for group in split_file(file.pages)]
    if len(numbers) < 2 or len(file.pages) <= SHORT_FILE:
        return [list(file.pages)]
    pages = {page.number: page for page in file.pages}
    return [[pages[number] for number in sorted(group)] for group in numbers]


def complete(case: Case, denial: Denial | None, files: Sequence[SourceFile] = ()) -> Case:
    """What the coordinator did not type in, from the letter and the pages where it is printed there."""
    if not case.patient.name and not case.patient.born:
        seen = guess_patient(page for file in files for page in file.pages)
        case = replace(case, patient=replace(case.patient, name=seen.name, born=seen.born))
    if denial is None:
        return case
    return replace(
        case,
        drug=case.drug or denial.drug_named or "",
        payer=case.payer or denial.payer or "",
        plan_type=case.plan_type or denial.plan_type or "",
        state=case.state or denial.state or "",
        received=case.received or denial.received,
    )


def name_indication(case: Case, chart: Chart) -> tuple[Case, str]:
    """The case with its product and indication; the line says why no label is checked, where none can be."""
    product = find_product(case.drug or case.product)
    if product is None and case.indication:
        of = load_label(case.indication).product
        product = next(one for one in list_products() if one.id == of)
        case = replace(case, drug=case.drug or product.brand)
    if product is None and case.drug:
        return case, f"No label was checked: the letter names {case.drug}, whose label is not known here."
    if product is None:
        return case, "No label was checked: no drug is named. Add a line 'drug: ...' to case.yaml."
    case = replace(case, product=product.id)
    if case.indication:
        return case, ""
    indication, note = choose_indication(product, chart, case.as_of)
    return replace(case, indication=indication), note


def deadlines_of(denial: Denial | None, case: Case) -> tuple[Deadline, ...]:
    return case_deadlines(denial, case) if denial else ()


def review_json(review: Review) -> bytes:
    """The review file: the same review gives the same bytes."""
    denial = denial_json(review.denial) if review.denial else None
    record = review_record(
        review, denial=denial, deadlines=deadlines_json(review.deadlines), ladder=ladder_json(review.ladder)
    )
    record["facts_table"] = {"version": VERSION, "rows": [row_record(one) for one in rows_of_chart("", review.chart)]}
    return orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n"


def write_review(
    review: Review, *, folder: Path, out: Path, purpose: str, stamp: datetime, asked: tuple[str, ...] = (),
    tell: Callable[[str], None] | None = None, more: Callable[[Package], Mapping[str, bytes]] | None = None,
) -> list[Path]:  # fmt: skip
    """The package of a review into `out`: `asked` names documents to add, `tell` is given a line for each left out,
    `more` makes further files from the package."""
    from chartproof.packet.package import write_packet  # what writes papers is a fourth of all that there is to load
    from chartproof.packet.page import review_html
    from chartproof.rights.calendar import ics

    reference = (review.denial.reference if review.denial else "") or "case"
    beside = {"review.json": review_json(review), "review.html": review_html(review, folder=folder).encode()}
    dates = (*review.deadlines, *answer_dates(review.ladder))
    if dates:
        beside["deadlines.ics"] = ics(dates, case_reference=reference, stamp=stamp)
    return write_packet(
        review, folder=folder, out=out, purpose=purpose, stamp=stamp, beside=beside, asked=asked, tell=tell, more=more
    )
