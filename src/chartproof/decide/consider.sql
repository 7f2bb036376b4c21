-- Every fact that a leaf looks at, with its role. One constant statement for every policy; SEMANTICS.md says what it means.
-- Reads the tables subject, fact, leaf, answer. Days are compared with date_diff only, so that the text can be carried
-- to other engines. A null day is an unknown day, a null low or high an open end; nothing else may be null.
with
placed as (
    select
        s.subject, l.leaf, l.pick, l.measure, l.operator, l.limit_value, l.unit as leaf_unit,
        f.fact, f.assertion, f.word, f.low, f.high, f.unit, f.first_day, f.last_day, f.rank,
        date_diff('day', f.last_day, s.as_of) as days_since_last,
        date_diff('day', f.first_day, s.as_of) as days_since_first,
        case
            when f.assertion in ('family', 'planned') then f.assertion
            when f.assertion = 'historical' and l.pick <> 'ever' then 'historical'
            when s.known_by is not null and f.known_day is not null
                and date_diff('day', f.known_day, s.known_by) < 0 then 'not_yet_known'
            when f.first_day is not null and date_diff('day', f.first_day, s.as_of) < 0 then 'future'
            when l.window_days is not null and f.last_day is not null
                and date_diff('day', f.last_day, s.as_of) > l.window_days then 'stale'
            when f.signed = 0 then 'unsigned'
            when f.anchored = 0 then 'unanchored'
            when l.window_days is not null and f.first_day is null then 'undated'
            when l.window_days is not null
                and (date_diff('day', f.first_day, s.as_of) > l.window_days
                    or date_diff('day', f.last_day, s.as_of) < 0) then 'straddles'
            else 'inside'
        end as place
    from subject s
    inner join fact f on f.subject = s.subject
    inner join leaf l on l.concept = f.concept and (l.of_value = '' or l.of_value = f.word)
),
worded as (
    select
        p.*,
        case when p.assertion = 'absent' then 0 else 1 end as says_present,
        case
            when p.assertion = 'absent' then 'absent'
            when p.measure = 'event' then 'present'
            when p.measure = 'state' then p.word
            when p.measure = 'recorded' and p.low is null and p.high is null then 'unusable'
            when p.measure = 'recorded' then 'present'
            when p.measure = 'quantity' and p.low is null and p.high is null then 'unusable'
            when p.measure = 'quantity' and p.unit <> '' and p.leaf_unit <> '' and p.unit <> p.leaf_unit then 'unusable'
            when p.measure = 'quantity' and p.operator = 'at_least' then
                case when p.low >= p.limit_value then 'holds' when p.high < p.limit_value then 'fails' else 'unclear' end
            when p.measure = 'quantity' then
                case when p.high <= p.limit_value then 'holds' when p.low > p.limit_value then 'fails' else 'unclear' end
            when p.first_day is null then 'imprecise'
            when p.operator = 'at_least' then
                case when p.days_since_last >= p.limit_value then 'holds'
                    when p.days_since_first < p.limit_value then 'fails' else 'imprecise' end
            else
                case when p.days_since_first <= p.limit_value then 'holds'
                    when p.days_since_last > p.limit_value then 'fails' else 'imprecise' end
        end as outcome
    from placed p
),
judged as (
    select
        w.*,
        coalesce(a.truth, o.truth, 0) as truth,
        coalesce(a.reason, o.reason, 'needs_judgement') as reason,
        case when w.place in ('inside', 'straddles') then 1 else 0 end as counts
    from worded w
    left join answer a on a.leaf = w.leaf and a.outcome = w.outcome
    left join answer o on o.leaf = w.leaf and o.outcome = 'other' and w.measure = 'state' and w.says_present = 1
),
-- an addendum supersedes what it corrects: the same days, a lower rank
ranked as (
    select
        j.*,
        case when j.counts = 1 and j.rank < max(case when j.counts = 1 then j.rank end)
                over (partition by j.subject, j.leaf, j.first_day, j.last_day)
            then 1 else 0 end as superseded
    from judged j
),
-- the facts that could be the last one: no other is certainly later. For `ever` what was present goes before what was not.
standing as (
    select
        r.*,
        case when r.counts = 1 and r.superseded = 0 then 1 else 0 end as stands,
        max(case when r.counts = 1 and r.superseded = 0 and r.says_present = 1 then 1 else 0 end)
            over (partition by r.subject, r.leaf) as any_present
    from ranked r
),
chosen as (
    select
        t.*,
        case when t.stands = 1 and not (t.pick = 'ever' and t.any_present = 1 and t.says_present = 0)
            then 1 else 0 end as runs
    from standing t
),
compared as (
    select
        c.*,
        max(case when c.runs = 1 then c.first_day end) over (partition by c.subject, c.leaf) as last_start,
        min(case when c.runs = 1 and c.says_present = 1 then c.first_day end)
            over (partition by c.subject, c.leaf) as first_present,
        max(case when c.runs = 1 and c.says_present = 1 and c.first_day is null then 1 else 0 end)
            over (partition by c.subject, c.leaf) as undated_present
    from chosen c
)
select
    subject, leaf, fact, truth, reason, place, outcome,
    case
        when place not in ('inside', 'straddles') then place
        when superseded = 1 then 'superseded'
        when runs = 1 and pick = 'any' then 'decides'
        when runs = 1 and last_start is null then 'decides'
        when runs = 1 and last_day is not null and date_diff('day', last_start, last_day) >= 0 then 'decides'
        when runs = 1 then 'earlier'
        -- `ever`: a statement that it never happened, made on or after the day on which it is said to have happened
        when undated_present = 1 or last_day is null or date_diff('day', first_present, last_day) >= 0 then 'contradicts'
        else 'earlier'
    end as role,
    says_present, first_day, last_day, rank
from compared
