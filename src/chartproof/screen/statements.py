"""The statements of a screen: decide/consider.sql and decide/resolve.sql with the plan written in, as one row a subject.

Those two take the questions as rows and keep, for one case, why each fact was passed over. A population needs the answers
alone, and millions of them: here every question is columns of its own, and a concept's facts are read once for all that is
asked of them. The answers are the same (tests/screen/test_screen_agreement.py).

A question q becomes t<q>, its truth, r<q>, the number of its reason (plan.REASON_CODES), and f<q>, the weight of the fact
that is shown, or null (load.py; inside of the window goes before straddling): of those that decide and give the answer, the one
of the greatest weight is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from chartproof.screen.load import HISTORICAL, INSIDE, LATE, UNANCHORED, UNSIGNED
from chartproof.screen.plan import REASON_CODES, Plan
from chartproof.screen.questions import Kind, Look, Question, day, questions_of, quoted

#: Where a fact stands for a question, beside what it cannot be for any (load.py). Up to STRADDLES it counts; those from
#: UNSIGNED to FORMER are told of where none counts, in this order; PASSED is told of nowhere.
STRADDLES, UNDATED, STALE, FORMER, PASSED = 1, 4, 5, 6, LATE
#: The reason where no fact counts, by the least place of any.
TOLD_OF = {
    UNSIGNED: "unsigned",
    UNANCHORED: "unanchored",
    UNDATED: "date_imprecise",
    STALE: "stale",
    FORMER: "stale",
}


class Statements:
    """Writes the statements of a plan for one day. Raises ChartproofError CP-DEC-01."""

    def __init__(self, plan: Plan, as_of: date) -> None:
        self.as_of = as_of
        self.questions = questions_of(plan, as_of)
        asked = [one for concept in self.questions.by_concept.values() for one in concept]
        self.flags = sorted({one.look.superseded for one in asked})
        self.covered = any(one.silence for one in asked)

    def tables(self) -> list[tuple[str, str]]:
        """The tables to be made for a batch, by name; the last is `wide`, the answers."""
        return [("superseded", self._superseded()), ("wide", self._wide())]

    def unanswered(self) -> str:
        """Of `wide`, the rows that have a null where an answer belongs: a defect."""
        numbers = self.questions.numbers
        return " or ".join(f"t{number} is null or r{number} is null" for number in numbers) or "1 = 0"

    def _superseded(self) -> str:
        """An addendum supersedes what it corrects: the same days, a lower rank. Most facts have the same rank, 1, and are
        near no other."""
        plain, word = f"g.says <> {HISTORICAL}", "g.word = f.word"
        tests = {
            "under_plain": plain, "under_plain_word": f"{plain} and {word}", "under_ever": "1 = 1", "under_ever_word": word,
        }  # fmt: skip
        flags = "".join(f", max(case when {tests[flag]} then 1 else 0 end) as {flag}" for flag in self.flags)
        same = """{0}.subject = {1}.subject and {0}.concept = {1}.concept
            and {0}.first_day is not distinct from {1}.first_day and {0}.last_day is not distinct from {1}.last_day"""
        return f"""with near as (
            select s.subject, s.concept, s.says, s.word, s.first_day, s.last_day, s.standing, s.rank, s.weight
            from (select distinct subject as of_subject, concept as of_concept, first_day as of_first, last_day as of_last
                from fact where says <= {HISTORICAL} and rank <> 1) k
            inner join fact s on s.subject = k.of_subject and s.concept = k.of_concept
                and s.first_day is not distinct from k.of_first and s.last_day is not distinct from k.of_last
            where s.says <= {HISTORICAL})
        select f.weight, f.concept{flags} from near f inner join near g on {same.format("g", "f")} and g.rank > f.rank
        where g.standing = 0
        group by f.weight, f.concept"""

    def _wide(self) -> str:
        """A row a subject with every answer."""
        columns, joins = ["s.number as subject"], []
        for place, (concept, asked) in enumerate(self.questions.by_concept.items()):
            joins.append(f"left join ({self._concept(concept, asked)}) q{place} on q{place}.subject = s.number")
            for one in asked:
                columns += _answer(one, f"q{place}")
        if self.covered:
            joins.append(f"left join ({self._coverage()}) v on v.subject = s.number")
        for leaf in self.questions.constants:
            columns.append(
                f"{leaf.truth} as t{leaf.id}, {REASON_CODES.index(leaf.reason)} as r{leaf.id}, cast(null as bigint) as f{leaf.id}"
            )
        return f"select {', '.join(columns)} from subject_of s {' '.join(joins)}"

    def _coverage(self) -> str:
        """By look whether the record is complete in time."""
        found = {}
        for concept, asked in self.questions.by_concept.items():
            for one in asked:
                if one.silence:
                    since = one.look.since
                    within = f"first_day <= {day(self.as_of)}" + (f" and first_day >= {day(since)}" if since else "")
                    undated = "" if since else "first_day is null or "
                    found[one.look.number] = f"concept = '{quoted(concept)}' and ({undated}({within}))"
        flags = ", ".join(f"max(case when {test} then 1 end) as v{look}" for look, test in found.items())
        return f"select subject, {flags} from coverage group by subject"

    def _concept(self, concept: str, asked: Sequence[Question]) -> str:
        """Every answer about a concept of the subjects who have a fact of it."""
        looks = list({one.look.number: one.look for one in asked}.values())
        places = [f"{self._place(look)} as p{look.number}" for look in looks]
        kinds = [f"{_chosen(one)} as o{one.number}" for one in asked if len(one.kinds) > 1]
        flags = sorted({look.superseded for look in looks})
        superseded = ", ".join(f"coalesce(c.{flag}, 0) as {flag}" for flag in flags)
        placed = f"""select subject, says, first_day, last_day, weight, {", ".join([*places, *kinds])}
            from (select f.*, {superseded} from fact f left join superseded c on c.weight = f.weight and c.concept = f.concept
                where f.concept = '{quoted(concept)}' and f.says <= {HISTORICAL}) f"""
        weights = ", ".join(_weight(look) for look in looks)
        answers = ", ".join(_settled(one) for one in asked)
        ends = ", ".join(_ends(look) for look in looks if look.pick != "any")
        if not ends:
            sums = _sums(asked, looks, f"select p.*, {weights} from ({placed}) p")
            return f"select subject, {answers} from ({sums}) b"
        name = f"placed{looks[0].number}"
        against = "".join(f", {_against(look)}" for look in looks if look.pick == "ever")
        weighed = f"""select p.*{against}, {weights} from {name} p
            inner join (select subject as whose, {ends} from {name} group by subject) d on d.whose = p.subject"""
        return f"with {name} as ({placed}) select subject, {answers} from ({_sums(asked, looks, weighed)}) b"

    def _place(self, look: Look) -> str:
        """Where a fact stands, as SEMANTICS.md has it; one that another supersedes is passed."""
        since = day(look.since) if look.since else ""
        cases = [
            (f"word <> '{quoted(look.of)}'" if look.of else "", PASSED),
            (f"says = {HISTORICAL}" if look.pick != "ever" else "", FORMER),
            (f"standing = {LATE}", PASSED),
            (since and f"last_day < {since}", STALE),
            ("standing > 0", "standing"),
            (since and "first_day is null", UNDATED),
            (f"{look.superseded} = 1", PASSED),
            (since and f"first_day < {since} or last_day > {day(self.as_of)}", STRADDLES),
        ]
        return f"case {' '.join(f'when {test} then {place}' for test, place in cases if test)} else 0 end"


def _answer(one: Question, table: str) -> list[str]:
    """A question's three columns; without a fact of the concept, silence."""
    n = one.number
    truth, reason = f"coalesce({table}.t{n}, 0)", f"coalesce({table}.r{n}, {number('no_evidence')})"
    if one.silence:
        silent = f"v.v{one.look.number} = 1 and coalesce({table}.e{n}, 1) = 1"
        truth = f"case when {silent} then {one.silence[0]} else {truth} end"
        reason = f"case when {silent} then {number(one.silence[1])} else {reason} end"
    return [f"cast({truth} as tinyint) as t{n}", f"cast({reason} as tinyint) as r{n}", f"{table}.f{n}"]


def _weight(look: Look) -> str:
    """Of a fact that decides, with the highest bit where it is inside."""
    n = look.number
    return f"case when {_decides(look)} then weight + case when p{n} = 0 then {INSIDE} else 0 end end as w{n}"


def _sums(asked: Sequence[Question], looks: Sequence[Look], weighed: str) -> str:
    """By subject: b, the greatest weight of each kind of answer; s, the least place of those that do not count; h, whether
    one of them hints that something is there; x, whether something speaks against what was ever present."""
    sums = []
    for one in asked:
        for kind in range(len(one.kinds)):
            weight = f"w{one.look.number}"
            said = f"case when o{one.number} = {kind} then {weight} end" if len(one.kinds) > 1 else weight
            sums.append(f"max({said}) as b{one.number}_{kind}")
    covered = {one.look.number for one in asked if one.silence}
    hinting = f"{UNSIGNED}, {UNANCHORED}, {UNDATED}, {FORMER}"
    for look in looks:
        n = look.number
        sums.append(f"min(case when p{n} between {UNSIGNED} and {FORMER} then p{n} end) as s{n}")
        if n in covered:
            sums.append(f"max(case when says > 0 and p{n} in ({hinting}) then 1 end) as h{n}")
        if look.pick == "ever":
            sums.append(f"max(x{n}) as x{n}")
    return f"select subject, {', '.join(sums)} from ({weighed}) w group by subject"


def _chosen(one: Question) -> str:
    """SQL: the place of a fact's answer among the kinds."""
    last = one.kinds.index(one.cases[-1][1])
    tests = " ".join(f"when {test} then {one.kinds.index(kind)}" for test, kind in one.cases[:-1])
    return f"case {tests} else {last} end"


def _ends(look: Look) -> str:
    """The latest first day of those that count; for `ever` of what was present and what was not, and since when it was."""
    n = look.number
    if look.pick == "latest":
        return f"max(case when p{n} <= {STRADDLES} then first_day end) as d{n}"
    present, absent = (f"p{n} <= {STRADDLES} and says {test}" for test in ("> 0", "= 0"))
    return f"""max(case when {present} then 1 else 0 end) as a{n},
        max(case when {present} then first_day end) as d{n}, max(case when {absent} then first_day end) as n{n},
        min(case when {present} then first_day end) as m{n},
        max(case when {present} and first_day is null then 1 else 0 end) as u{n}"""


def _decides(look: Look) -> str:
    n = look.number
    counts = f"p{n} <= {STRADDLES}"
    if look.pick == "any":
        return counts
    if look.pick == "latest":
        return f"{counts} and (d{n} is null or last_day >= d{n})"
    return f"""{counts} and ((a{n} = 1 and says > 0 and (d{n} is null or last_day >= d{n}))
        or (a{n} = 0 and (n{n} is null or last_day >= n{n})))"""


def _against(look: Look) -> str:
    """A statement that it never happened, made on or after the day on which it is said to have happened."""
    n = look.number
    return f"""case when p{n} <= {STRADDLES} and says = 0 and a{n} = 1
        and (u{n} = 1 or last_day is null or last_day >= m{n}) then 1 end as x{n}"""


def _settled(one: Question) -> str:
    """Truth, reason and shown fact from the greatest weights; e is 1 where nothing counts and nothing hints at more."""
    n, look = one.number, one.look.number
    best = {kind: f"b{n}_{place}" for place, kind in enumerate(one.kinds)}
    by_truth = {
        truth: _of_all("greatest", [best[kind] for kind in one.kinds if kind[0] == truth]) for truth in (1, 0, -1)
    }
    tops = {truth: name for truth, name in by_truth.items() if name}
    silent = " and ".join(f"{name} is null" for name in tops.values())
    told = " ".join(f"when {place} then {number(reason)}" for place, reason in TOLD_OF.items())
    truths, reasons = (
        [f"when {silent} then 0"],
        [f"when {silent} then case s{look} {told} else {number('no_evidence')} end"],
    )
    conflicts = _conflicts(one.look, list(tops.values()))
    if conflicts:
        truths.append(f"when {conflicts} then 0")
        reasons.append(f"when {conflicts} then {number('conflicting')}")
    for truth, name in tops.items():
        truths.append(f"when {name} >= {INSIDE} then {truth} when {name} is not null then 0")
        reason = _reason(one.kinds, best, truth, name)
        reasons.append(f"when {name} >= {INSIDE} then {reason} when {name} is not null then {number('date_imprecise')}")
    known = _of_all("greatest", [name for truth, name in tops.items() if truth])
    shown = _of_all("coalesce", [*([tops[0]] if 0 in tops else []), *([known] if known else [])])
    if one.look.pick == "any" and 1 in tops:
        shown = f"case when {tops[1]} >= {INSIDE} then {tops[1]} else {shown} end"
    columns = [f"case {' '.join(truths)} end as t{n}", f"case {' '.join(reasons)} end as r{n}", f"{shown} as f{n}"]
    if one.silence:
        columns.append(f"case when {silent} and h{look} is null then 1 else 0 end as e{n}")
    return ", ".join(columns)


def _conflicts(look: Look, tops: Sequence[str]) -> str:
    """Where what decides is not of one truth, or something speaks against it; of `any` the highest truth is taken."""
    if look.pick == "any":
        return ""
    pairs = [f"({a} is not null and {b} is not null)" for place, a in enumerate(tops) for b in tops[place + 1 :]]
    return " or ".join([*([f"x{look.number} = 1"] if look.pick == "ever" else []), *pairs])


def _reason(kinds: Sequence[Kind], best: Mapping[Kind, str], truth: int, value: str) -> str:
    """That of the shown fact; of an unknown the first by name of all that decide."""
    own = [kind for kind in kinds if kind[0] == truth]
    if len(own) == 1:
        return str(number(own[0][1]))
    own.sort(key=lambda kind: kind[1])
    test = "{0} is not null" if truth == 0 else f"{{0}} = {value}"
    cases = " ".join(f"when {test.format(best[kind])} then {number(kind[1])}" for kind in own)
    return f"case {cases} end"


def _of_all(function: str, values: Sequence[str]) -> str:
    """Of one value not every engine knows it."""
    return f"{function}({', '.join(values)})" if len(values) > 1 else "".join(values)


def number(reason: str) -> int:
    return REASON_CODES.index(reason)
