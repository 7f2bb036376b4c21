"""The main flow on one screen: read, find, decide, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from chartproof.bulk.table import VERSION, rows_of_chart
from chartproof.bulk.table import record as row_record
from chartproof.chart.casefile import read_case_file
from chartproof.chart.files import read_folder
from chartproof.chart.reader import read_chart
from chartproof.choose import open_denial, other_denials
from chartproof.decide.fold import tree_of
from chartproof.decide.judged import chart_as_judged, rows_as_judged
from chartproof.decide.review import leaves_of
from chartproof.decide.review import review as decide
from chartproof.letters import denial_letters
from chartproof.model import Case, Deadline, Denial, Review, SourceFile
from chartproof.model.judgement import Judgement
from chartproof.model.policy import Policy
from chartproof.model.route import Route
from chartproof.model.rows import Rows
from chartproof.packet.record import review_record
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy
from chartproof.policy.route import of_another_payer, route
from chartproof.propose.ask import Complete, Row, propose
from chartproof.rights.claims import answered, contradictions
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.ladder import answer_dates, ladder, ladder_json
from chartproof.rights.law import rights_of
from chartproof.rights.reading import deadlines_json, denial_json
from chartproof.scope import (
    another_payer,
    codes_listed,
    other_products,
    plan_unknown,
    precondition_note,
    unsigned_papers,
)  # fmt: skip
from chartproof.typed import check_typed, complete, name_indication

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
    asked = load_policy(policy or DEFAULT_POLICY)
    letters = denial_letters(files, workers=workers)
    denials = [letter for letter, _part in letters]
    denial = open_denial(denials, case, asked)
    others = tuple(other_denials(denials, denial))
    case = complete(case, denial, files)
    governs = route_of(asked, case, denial)
    rules = governing(asked, governs, denial) if governs and not policy else asked
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
    another = another_payer(rules, case, denial) if rules is asked else ""
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


def route_of(rules: Policy, case: Case, denial: Denial | None) -> Route | None:
    """Which rules the member's product has: those of another payer where the policy is not his payer's own."""
    own = not another_payer(rules, case, denial)
    governs = route(rules, case.plan_type, own=own)
    if governs and governs.policy in ("", rules.id) and not own:
        return of_another_payer(rules, case.payer)
    return governs


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
