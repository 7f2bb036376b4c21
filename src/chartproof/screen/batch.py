"""One batch of subjects: the answer of every question (statements.py), then the tree as columns, then two files of answers.

Subjects are independent, so a batch gives what a whole population would; it bounds the memory and makes a run resumable.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from chartproof.decide import tables
from chartproof.errors import ChartproofError
from chartproof.screen.engine import Engine
from chartproof.screen.plan import NOT_APPLICABLE, REASON_CODES, Plan
from chartproof.screen.population import Answered, Columns, Writer
from chartproof.screen.statements import Statements, fact_of

#: How a subject stands under a policy, in the order in which a work list shows them.
OVERALL = ("one_away", "provisional_met", "rows_rejected", "more_missing", "not_met")


def prepare(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """What was asked as a table, once a run."""
    connection.execute("drop table if exists asked")  # of a run that was stopped
    connection.execute("create table asked (n integer, policy varchar, edition varchar, criterion varchar)")
    criteria = [(rows.id, rows.edition, criterion.id) for rows in plan.rows for criterion in rows.criteria]
    tables.insert(connection, "asked", [(number, *one) for number, one in enumerate(criteria)])


def decide_batch(engine: Engine, statements: Statements, *, first: int, last: int) -> None:
    """Fills the table `wide` for the subjects numbered first to last. Raises ChartproofError CP-DEC-01."""
    for name, statement in statements.tables(first=first, last=last):
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
    kept = [name for one in answered for name in (one.node.t, one.node.r, one.node.f)]
    overall = [sql for policy in range(len(plan.rows)) for sql in _overall(answered, policy)]
    *before, last = columns.statements("wide", "layers", deep=engine.deep)
    for statement_ in before:
        engine.table("layers", statement_)
    names = ", ".join(dict.fromkeys(kept))
    engine.table("folded", f"select subject, {', '.join(filter(None, (names, *overall)))} from ({last}) layer")


def _overall(answered: Sequence[Answered], policy: int) -> list[str]:
    """How many rows have each status, whether one document could settle all that is missing, and which."""
    own = [one for one in answered if one.policy == policy]

    def count(test: str) -> str:
        return " + ".join(f"cast({test.format(t=one.node.t, r=one.node.r)} as tinyint)" for one in own) or "0"

    cases = " ".join(f"when {_settles(own, concept)} then '{concept}'" for concept in _concepts(own))
    no = count("({t} = -1)")
    missing = count("({t} = 0)")
    settle = f"case when {no} > 0 or {missing} = 0 then '' {cases} else '' end"
    return [
        f"{count(f'({{t}} = 1 and {{r}} <> {NOT_APPLICABLE})')} as met{policy}",
        f"{missing} as missing{policy}",
        f"{no} as not_met{policy}",
        f"{count(f'({{t}} = 1 and {{r}} = {NOT_APPLICABLE})')} as not_applicable{policy}",
        f"{settle} as settle{policy}",
    ]


def _concepts(own: Sequence[Answered]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(concept for one in own for concept in one.settles))


def _settles(own: Sequence[Answered], concept: str) -> str:
    """Every missing row could be settled by one fact of the concept."""
    parts = [
        f"({one.node.t} <> 0 or {one.settles[concept]})" if concept in one.settles else f"{one.node.t} <> 0"
        for one in own
    ]
    return " and ".join(parts)


def write_batch(engine: Engine, plan: Plan, *, first: int, last: int, criteria: Path, subjects: Path) -> None:
    """Writes the batch's answers: a row a subject and criterion, and a row a subject and policy."""
    _columns, answered = answers_of(plan)
    between = f"between {int(first)} and {int(last)}"
    status = f"case t when 0 then 'missing' when -1 then 'not_met' else case r when {NOT_APPLICABLE} then 'not_applicable' else 'met' end end"
    reason = " ".join(f"when {number} then '{reason}'" for number, reason in enumerate(REASON_CODES))
    each = " union all ".join(
        f"select subject, {number} as n, {one.node.t} as t, {one.node.r} as r, {fact_of(one.node.f)} as fact from folded"
        for number, one in enumerate(answered)
    )
    engine.write(
        f"""select s.subject, a.policy, a.edition, a.criterion, {status} as status, case r {reason} end as reason,
            coalesce(x.source, '') as source, x.last_day as fact_day, u.fact,
            u.subject as number, u.n as place
        from ({each}) u
        inner join asked a on a.n = u.n inner join all_subject s on s.number = u.subject
        left join all_fact x on x.fact = u.fact and x.subject {between}""" if answered else _NOTHING,
        criteria, order=_ORDER,
    )  # fmt: skip
    engine.write(
        " union all ".join(_subjects(policy, plan) for policy in range(len(plan.rows))), subjects, order=_ORDER
    )


#: The two columns by which both files are in order.
_ORDER = "number, place"
_NOTHING = """select '' as subject, '' as policy, '' as edition, '' as criterion, '' as status, '' as reason,
    '' as source, cast(null as date) as fact_day, cast(null as bigint) as fact, 0 as number, 0 as place where false"""


def _subjects(policy: int, plan: Plan) -> str:
    rows = plan.rows[policy]
    quoted = [value.replace("'", "''") for value in (rows.id, rows.edition)]
    counts = ", ".join(
        f"cast({name}{policy} as integer) as {name}" for name in ("met", "missing", "not_met", "not_applicable")
    )
    return f"""select s.subject, s.site, s.product, '{quoted[0]}' as policy, '{quoted[1]}' as edition,
        case when not_met{policy} > 0 then 'not_met'
            when missing{policy} = 0 and s.rejected > 0 then 'rows_rejected'
            when missing{policy} = 0 then 'provisional_met'
            when settle{policy} <> '' then 'one_away'
            else 'more_missing' end as overall,
        not_met{policy} = 0 as met_on_all_known, settle{policy} as would_settle, {counts},
        s.rejected as rejected_rows, s.number, {policy} as place
        from folded inner join all_subject s on s.number = folded.subject"""
