-- One row a subject and leaf: truth (-1, 0, +1; never null), reason, deciding fact ('' where none). Absence is a row.
-- Reads the tables subject, leaf, answer, coverage and `considered` (consider.sql). Constant for every policy.
with
counted as (
    select
        c.subject, c.leaf,
        sum(case when c.role = 'decides' then 1 else 0 end) as deciders,
        sum(case when c.role = 'decides' and c.place = 'inside' then 1 else 0 end) as inside_deciders,
        max(case when c.role = 'decides' then c.truth end) as highest,
        min(case when c.role = 'decides' then c.truth end) as lowest,
        max(case when c.role = 'decides' and c.place = 'inside' then c.truth end) as highest_inside,
        min(case when c.role = 'decides' and c.truth = 0 then c.reason end) as unknown_reason,
        sum(case when c.role = 'contradicts' then 1 else 0 end) as contradictions,
        sum(case when c.role = 'unsigned' then 1 else 0 end) as unsigned,
        sum(case when c.role = 'unanchored' then 1 else 0 end) as unanchored,
        sum(case when c.role = 'undated' then 1 else 0 end) as undated,
        sum(case when c.role in ('stale', 'historical') then 1 else 0 end) as stale,
        sum(case when c.role in ('unsigned', 'unanchored', 'undated', 'historical') and c.says_present = 1
            then 1 else 0 end) as hints
    from considered c
    group by c.subject, c.leaf
),
covered as (
    select s.subject, l.leaf, count(*) as statements
    from subject s
    inner join coverage v on v.subject = s.subject
    inner join leaf l on l.concept = v.concept and l.covered = 1
    where (v.first_day is null and l.window_days is null)
        or (v.first_day is not null and date_diff('day', v.first_day, s.as_of) >= 0
            and (l.window_days is null or date_diff('day', v.first_day, s.as_of) <= l.window_days))
    group by s.subject, l.leaf
),
stated as (
    select
        s.subject, l.leaf, l.measure, l.pick, l.truth as constant_truth, l.reason as constant_reason,
        coalesce(n.deciders, 0) as deciders, coalesce(n.inside_deciders, 0) as inside_deciders,
        coalesce(n.highest, 0) as highest, coalesce(n.lowest, 0) as lowest,
        coalesce(n.highest_inside, -2) as highest_inside,
        coalesce(n.unknown_reason, 'needs_judgement') as unknown_reason,
        coalesce(n.contradictions, 0) as contradictions, coalesce(n.unsigned, 0) as unsigned,
        coalesce(n.unanchored, 0) as unanchored, coalesce(n.undated, 0) as undated, coalesce(n.stale, 0) as stale,
        case when coalesce(v.statements, 0) > 0 and coalesce(n.hints, 0) = 0 then 1 else 0 end as is_covered,
        coalesce(a.truth, 0) as absent_truth
    from subject s
    cross join leaf l
    left join counted n on n.subject = s.subject and n.leaf = l.leaf
    left join covered v on v.subject = s.subject and v.leaf = l.leaf
    left join answer a on a.leaf = l.leaf and a.outcome = 'absent'
),
ruled as (
    select
        t.*,
        case
            when measure = 'constant' then 'constant'
            when deciders = 0 and is_covered = 1 then 'covered'
            when deciders = 0 then 'silent'
            when contradictions > 0 then 'conflicting'
            when pick = 'any' and highest_inside = highest then 'value'
            when pick = 'any' then 'imprecise'
            when highest <> lowest then 'conflicting'
            when inside_deciders = 0 then 'imprecise'
            else 'value'
        end as rule
    from stated t
),
answered as (
    select
        subject, leaf, rule,
        case rule
            when 'constant' then constant_truth
            when 'covered' then absent_truth
            when 'value' then highest
            else 0
        end as truth,
        case
            when rule = 'constant' then constant_reason
            when rule = 'covered' and absent_truth <> 0 then 'absent_and_covered'
            when rule = 'covered' then 'no_evidence'
            when rule = 'conflicting' then 'conflicting'
            when rule = 'imprecise' then 'date_imprecise'
            when rule = 'value' and highest = 0 then unknown_reason
            when rule = 'value' then ''
            when unsigned > 0 then 'unsigned'
            when unanchored > 0 then 'unanchored'
            when undated > 0 then 'date_imprecise'
            when stale > 0 then 'stale'
            else 'no_evidence'
        end as reason
    from ruled
),
-- the fact that is shown: of those that decide and agree with the answer, the latest, then the higher rank, then by id
lined_up as (
    select
        w.subject, w.leaf, w.truth, w.reason, c.fact, c.reason as fact_reason,
        row_number() over (
            partition by w.subject, w.leaf
            order by
                case when c.truth = w.truth then 0 else 1 end,
                case when c.place = 'inside' then 0 else 1 end,
                case when c.last_day is null then 1 else 0 end,
                c.last_day desc, c.rank desc, c.fact
        ) as position
    from answered w
    left join considered c on c.subject = w.subject and c.leaf = w.leaf and c.role = 'decides'
        and w.rule in ('value', 'conflicting', 'imprecise')
)
select
    subject, leaf, truth,
    case when reason = '' then coalesce(fact_reason, 'value') else reason end as reason,
    coalesce(fact, '') as fact
from lined_up
where position = 1
order by subject, leaf
