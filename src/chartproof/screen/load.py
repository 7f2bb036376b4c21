"""One batch of subjects read from the files: checked row by row, the unusable ones told, none dropped in silence.

Then there are the temporary tables `subject_of` (number, subject, site, product, rejected), `fact` and `coverage` (subject is
the number) and `faulty`. Of facts those that some policy asks about are kept; words and units that none asks for are told
apart no longer. What is the same for every question is settled here: `says`, `standing` and the weight. The table is large,
so that every column of it costs time.

By its weight a fact stands in order: the later, the higher rank, the earlier row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from chartproof.screen.questions import day
from chartproof.screen.schema import CHECKS, OTHER_UNIT, OTHER_WORD, fault
from chartproof.screen.survey import Survey, incoming, number

#: A weight in bits, from the lowest: 38 of the row, counted down, 2 of the rank, 22 of the last day (0: none is known), 1 of
#: being inside of a window (statements.py).
ROWS, RANKS, DAYS, INSIDE = 2**38, 2**2, 2**22, 2**62
#: What a row says. Up to HISTORICAL it may count.
ABSENT, PRESENT, HISTORICAL, PASSED, COVERAGE, NEITHER, FAULTY = range(7)
#: Why a fact counts for no question, the first that holds (LATE: begun, or known, too late); 0 where nothing speaks against it.
LATE, UNSIGNED, UNANCHORED = 9, 2, 3
#: A word that is written as concepts are, and as neither names nor sentences are.
NAMED = "regexp_full_match(concept, '[a-z][a-z0-9_]{0,39}')"
#: Every row with what is known of its concept and its fault, if it has one.
_CHECKED = f"""(select r.*, {fault()} as fault from (select i.*, v.concept as known, v.type, v.words,
    coalesce(v.asked, false) as asked from incoming i left join vocabulary v on v.concept = i.concept) r)"""
#: Columns that may be text, as what they are; the last day is never left out where there is a first.
_TYPED = f"""select file, fact, subject, fault, kind, try_cast(concept as asked_concept) as concept, assertion,
    case when type = 'number' then '{OTHER_WORD}' else coalesce(try_cast(value as asked_word), '{OTHER_WORD}') end as word,
    case when type = 'number' and value is not null then try_cast(value as double) else try_cast(low as double) end as low,
    case when type = 'number' and value is not null then try_cast(value as double) else try_cast(high as double) end as high,
    case when unit is null then '' else coalesce(try_cast(unit as asked_unit), '{OTHER_UNIT}') end as unit,
    try_cast(first_day as date) as first_day,
    coalesce(try_cast(last_day as date), try_cast(first_day as date)) as last_day, try_cast(known_by as date) as known_day,
    coalesce(try_cast(signed as boolean), true) as signed,
    cast(coalesce(try_cast(rank as integer), 1) as tinyint) as rank, source, tier
    from {_CHECKED} where fault is not null or asked"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a batch: facts that are asked about, and how many of them come from notes."""

    facts: int
    notes: int


def load_batch(
    connection: duckdb.DuckDBPyConnection, found: Survey, *, first: int, last: int, as_of: date, known_by: date | None
) -> Tally:
    """Reads the subjects numbered first to last. Raises duckdb.Error where a file cannot be read."""
    connection.execute(f"create or replace temp view incoming as {incoming(connection, found, first=first, last=last)}")
    connection.execute(f"create or replace temp table fact as {_facts(first, last, as_of, known_by)}")
    _faulty(connection)
    connection.execute(
        f"""create or replace temp table coverage as select subject, concept, first_day from fact c where says = {COVERAGE}
        -- a row of the concept that could not be read takes the completeness away: it may say the contrary
        and not exists (select 1 from faulty f where f.number = c.subject and (not f.known or f.concept = cast(c.concept as varchar)))"""
    )
    connection.execute(
        f"""create or replace temp table subject_of as select p.number, p.subject, coalesce(r.site, '') as site,
            coalesce(r.product, '') as product, coalesce(f.rejected, 0) as rejected
        from (select number, subject from person where number between {int(first)} and {int(last)}) p
        left join (select subject, min(site) as site, min(product) as product from incoming
            where site is not null or product is not null group by subject) r on r.subject = p.subject
        left join (select number, count(*) as rejected from faulty group by number) f on f.number = p.number
        order by p.number"""
    )
    counted = f"select count(*) from fact where says <= {PASSED}"
    return Tally(number(connection, counted), number(connection, f"{counted} and note = 1"))


def _facts(first: int, last: int, as_of: date, known_by: date | None) -> str:
    """In the order of the concepts, so that a concept's facts are read without the others."""
    late = f"first_day > {day(as_of)}" + (f" or known_day > {day(known_by)}" if known_by else "")
    days = f"least(greatest(date_diff('day', {day(date.min)}, last_day) + 1, 1), {DAYS - 1})"
    said = " ".join(
        f"when {test} then {says}"
        for test, says in (
            ("fault is not null", FAULTY), ("kind = 'coverage'", COVERAGE), ("kind = 'subject'", NEITHER),
            ("assertion = 'absent'", ABSENT), ("assertion = 'present'", PRESENT), ("assertion = 'historical'", HISTORICAL),
        )
    )  # fmt: skip
    # what a record says was so cannot be later than the record
    cut = """case when known_day < last_day and assertion in ('present', 'absent', 'historical')
        then greatest(first_day, known_day) else last_day end"""
    return f"""select p.number as subject, concept, cast(case {said} else {PASSED} end as tinyint) as says, word, low, high, unit,
        first_day, last_day, rank, cast(case when {late} then {LATE} when not signed then {UNSIGNED}
            when source >= '!' then 0 when source is null or trim(source) = '' then {UNANCHORED} else 0 end as tinyint) as standing,
        cast(case when tier = 'note' then 1 else 0 end as tinyint) as note,
        source, (coalesce({days}, 0) * {RANKS} + rank) * {ROWS} + {ROWS - 1} + (-fact) as weight
        from (select * replace ({cut} as last_day) from ({_TYPED})) t
        inner join (select number, subject from person where number between {int(first)} and {int(last)}) p on p.subject = t.subject
        order by concept, p.number"""


def _faulty(connection: duckdb.DuckDBPyConnection) -> None:
    """Those that cannot be used are few, and read again for what is told of them."""
    some = number(connection, f"select count(*) from fact where says = {FAULTY}")
    connection.execute(
        f"""create or replace temp table faulty as select p.number, c.file, c.line, c.concept, c.known is not null as known, c.fault
        from {_CHECKED} c inner join person p on p.subject = c.subject where c.fault is not null and {"true" if some else "false"}"""
    )


def keep_faults(connection: duckdb.DuckDBPyConnection) -> None:
    """The batch's faults into the ledger, by line and column; never a value of the row but the name of a concept, where it
    has the form of one."""
    for place, check in enumerate(CHECKS, start=1):
        told = f"? || case when {NAMED} then ': ' || concept else '' end" if check.column == "concept" else "?"
        connection.execute(
            f"""insert into ledger select s.name, f.line, ?, ?, {told} from faulty f inner join source s on s.file = f.file
            where f.fault = ?""",
            [check.code, check.column, check.what, place],
        )


def day_of(weight: str) -> str:
    """SQL: the last day that stands in a weight, or null."""
    days = f"(({weight} >> {(ROWS * RANKS).bit_length() - 1}) & {DAYS - 1})"
    return f"case when {days} > 0 then {day(date.min)} + cast({days} - 1 as integer) end"


def fact_of(weight: str) -> str:
    """SQL: the number of the row that stands in a weight, or null."""
    return f"{ROWS - 1} + (-({weight} % {ROWS}))"
