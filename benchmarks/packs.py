"""How long every packaged policy and label takes to load, to lint and to prove its worked cases, in CPU time.

usage: python benchmarks/packs.py
"""

from __future__ import annotations

import time

BAR = 1.0


def main() -> int:
    start = time.process_time()
    from chartproof.policy.checks import check_policy
    from chartproof.policy.labels import label_ids, load_label
    from chartproof.policy.load import list_policies, load_policy
    from chartproof.policy.worked import read_cases
    from chartproof.trial import failed_cases

    imported = time.process_time()
    policies = [load_policy(entry.path) for entry in list_policies()]
    labels = [load_label(one) for one in label_ids()]
    loaded = time.process_time()
    problems = sum(len(check_policy(policy)) for policy in (*policies, *labels))
    linted = time.process_time()
    worked = [(policy, cases) for policy in policies if (cases := read_cases(policy))]
    failed = sum(len(failed_cases(policy, cases)) for policy, cases in worked)
    proved = time.process_time()
    print(f"imports               {imported - start:.2f} s")
    print(f"load                  {loaded - imported:.2f} s   {len(policies)} policies, {len(labels)} indications")
    print(f"lint                  {linted - loaded:.2f} s   {problems} problems")
    print(
        f"worked cases          {proved - linted:.2f} s   {sum(len(cases.cases) for _, cases in worked)}, {failed} fail"
    )
    print(f"all, bar {BAR:.0f} s          {proved - start:.2f} s")
    return 0 if proved - start < BAR and not problems and not failed else 1


if __name__ == "__main__":
    raise SystemExit(main())
