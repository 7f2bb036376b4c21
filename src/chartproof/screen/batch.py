"""One batch of subjects: the answer of every question (statements.py), then the tree as columns, then two files of answers.

Subjects are independent, so a batch gives what a whole population would; it bounds the memory and makes a run resumable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from chartproof.decide import tables
from chartproof.errors import ChartproofError
from chartproof.screen.engine import Engine, write_parquet
from chartproof.screen.load import INSIDE, day_of, fact_of
from chartproof.screen.plan import NOT_APPLICABLE, REASON_CODES, Plan
from chartproof.screen.population import Answered, Columns, Writer
from chartproof.screen.questions import quoted
from chartproof.screen.statements import Statements

#: How a subject stands under a policy, in the order in which a work list shows them.
OVERALL = ("one_away", "provisional_met", "rows_rejected", "more_missing", "not_met")

STATUSES = ("met", "not_applicable", "missing", "not_met")
#: Tables of a batch that the statements read (load.py).
LOADED = ("subject_of", "fact", "coverage")


def prepare(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """What was asked as a table, once a run; its words as numbers, since each is written many times."""
    criteria = [(rows.id, rows.edition, criterion.id) for rows in plan.rows for criterion in rows.criteria]
    connection.execute("drop table if exists asked")  # of a run that was stopped
    words = {"asked_policy": 0, "asked_edition": 1, "asked_criterion": 2}
    types = {name: [one[place] for one in criteria] for name, place in words.items()}
    for name, listed in {**types, "answer_status": STATUSES, "answer_reason": REASON_CODES}.items():
        connection.execute(f"drop type if exists {name}")
        told = ", ".join(f"'{quoted(word)}'" for word in dict.fromkeys(listed or [""]))
        connection.execute(f"create type {name} as enum ({told})")
    connection.execute(
        "create table asked (n integer, policy asked_policy, edition asked_edition, criterion asked_criterion)"
    )
    tables.insert(connection, "asked", [(number, *one) for number, one in enumerate(criteria)])


def decide_batch(engine: Engine, statements: Statements) -> None:
    """Fills the table `wide` for the subjects that are loaded. Raises ChartproofError CP-DEC-01."""
    engine.take(LOADED)
    for name, statement in statements.tables():
        engine.table(name, statement)
    ((wrong,),) = engine.rows(f"select count(*) from wide where {statements.unanswered()}")
    if wrong:
        raise ChartproofError("CP-DEC-01", "the decision plan gave no truth value")


def answers_of(plan: Plan) -> tuple[Columns, tuple[Answered, ...]]:
    """Every criterion's columns over the table `wide`."""
    columns = Columns()
    found: list[Answered] = []
    for policy, rows in enumerate(plan.rows):
        writer = Writer(plan, policy, columns)
        found += [writer.answered(criterion) for criterion in rows.criteria]
    return columns, tuple(found)


def fold_batch(engine: Engine, plan: Plan) -> None:
    """Fills `folded` from `wide`: subject, the columns of each criterion, and of each policy how the subject stands."""
    columns, answered = answers_of(plan)
    standing = [
        _overall(columns, [one for one in answered if one.policy == policy]) for policy in range(len(plan.rows))
    ]
    kept = ["subject", *(name for one in answered for name in (one.node.t, one.node.r, one.node.f))]
    used = [name for one in answered for name in one.settles.values()]
    used += [name for one in standing for name in (one["missing"], one["not_met"])]
    *before, last = columns.statements("wide", "layers", deep=engine.deep, kept=[*kept, *used])
    for statement_ in before:
        engine.table("layers", statement_)
    told = [f"{sql} as {name}{policy}" for policy, one in enumerate(standing) for name, sql in one.items()]
    engine.table("folded", f"select {', '.join([*dict.fromkeys(kept), *told])} from ({last}) layer")


def _overall(columns: Columns, own: Sequence[Answered]) -> dict[str, str]:
    """Of one policy's criteria, how many have each status, and the concept of which one document could settle all that is
    missing."""

    def count(test: str) -> str:
        return " + ".join(f"cast({test.format(t=one.node.t, r=one.node.r)} as tinyint)" for one in own) or "0"

    truths = [one.node.t for one in own]
    missing, no = (columns.add(count(f"({{t}} = {truth})"), truths) for truth in (0, -1))
    concepts = dict.fromkeys(concept for one in own for concept in one.settles)
    cases = " ".join(f"when {_settled(own, concept)} = {missing} then '{concept}'" for concept in concepts)
    return {
        "met": count(f"({{t}} = 1 and {{r}} <> {NOT_APPLICABLE})"),
        "missing": missing,
        "not_met": no,
        "not_applicable": count(f"({{t}} = 1 and {{r}} = {NOT_APPLICABLE})"),
        "settle": f"case when {no} > 0 or {missing} = 0 then '' {cases} else '' end",
    }


def _settled(own: Sequence[Answered], concept: str) -> str:
    """How many of the missing rows one fact of the concept could settle."""
    return " + ".join(f"cast({one.settles[concept]} as tinyint)" for one in own if concept in one.settles)


def write_batch(
    connection: duckdb.DuckDBPyConnection, plan: Plan, folded: str, *, criteria: Path, subjects: Path
) -> None:
    """Writes the answers of the table `folded`: a row a subject and criterion, and a row a subject and policy."""
    _columns, answered = answers_of(plan)

    def unnested(values: Iterable[object]) -> str:
        return f"unnest([{', '.join(map(str, values))}])"

    def word(status: str) -> str:
        return f"cast('{status}' as answer_status)"

    each = f"""select subject, {unnested(range(len(answered)))} as n, {unnested(one.node.t for one in answered)} as t,
        {unnested(one.node.r for one in answered)} as r, {unnested(one.node.f for one in answered)} as weight from {folded}"""
    status = f"""case when t = 0 then {word("missing")} when t = -1 then {word("not_met")}
        when r = {NOT_APPLICABLE} then {word("not_applicable")} else {word("met")} end"""
    reason = " ".join(f"when {number} then cast('{one}' as answer_reason)" for number, one in enumerate(REASON_CODES))
    write_parquet(
        connection,
        f"""select s.subject, a.policy, a.edition, a.criterion, {status} as status, case r {reason} end as reason, coalesce(trim(x.source), '') as source,
            {day_of("u.weight")} as fact_day, {fact_of("u.weight")} as fact,
            u.subject as number, u.n as place
        from ({each}) u
        inner join asked a on a.n = u.n inner join subject_of s on s.number = u.subject
        left join fact x on x.weight = u.weight % {INSIDE}""" if answered else _NOTHING,
        criteria, order=_ORDER,
    )  # fmt: skip
    write_parquet(
        connection, " union all ".join(_subjects(policy, plan, folded) for policy in range(len(plan.rows))), subjects,
        order=_ORDER,
    )  # fmt: skip


#: The two columns by which both files are in order.
_ORDER = "number, place"
_NOTHING = """select '' as subject, '' as policy, '' as edition, '' as criterion, '' as status, '' as reason,
    '' as source, cast(null as date) as fact_day, cast(null as bigint) as fact, 0 as number, 0 as place where false"""


def _subjects(policy: int, plan: Plan, folded: str) -> str:
    rows = plan.rows[policy]
    policy_, edition = quoted(rows.id), quoted(rows.edition)
    counts = ", ".join(
        f"cast({name}{policy} as integer) as {name}" for name in ("met", "missing", "not_met", "not_applicable")
    )
    return f"""select s.subject, s.site, s.product, '{policy_}' as policy, '{edition}' as edition,
        case when not_met{policy} > 0 then 'not_met'
            when missing{policy} = 0 and s.rejected > 0 then 'rows_rejected'
            when missing{policy} = 0 then 'provisional_met'
            when settle{policy} <> '' then 'one_away'
            else 'more_missing' end as overall,
        not_met{policy} = 0 as met_on_all_known, settle{policy} as would_settle, {counts},
        s.rejected as rejected_rows, s.number, {policy} as place
        from {folded} f inner join subject_of s on s.number = f.subject"""
