"""The `policy` command: list, show, explain, check and audit policies. Part of the command line; `cli` alone imports it."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chartproof.errors import InputError
from chartproof.writing import console, refuse_unwritable, write_file, write_record

if TYPE_CHECKING:
    from chartproof.model.policy import Policy

#: Adds one command by its name, what it runs, its help and an example.
Command = Callable[[str, Callable[[argparse.Namespace], None], str, str], argparse.ArgumentParser]


#: What `policy` can do with one policy.
ACTIONS = ("list", "show", "english", "check", "audit", "draft", "diff")


def add_policy_command(command: Command) -> None:
    one = command(
        "policy", run_policy, "the policies that chartproof knows, or check one of your own",
        "chartproof policy english excellus/7.02.11",
    )  # fmt: skip
    one.add_argument(
        "action", choices=ACTIONS,
        help="list all; show the rows of one; say how each row is decided; check a file; hold one against labels and codes; "
        "draft one from a payer's document; say what changed between two editions",
    )  # fmt: skip
    one.add_argument(
        "policy",
        nargs="?",
        metavar="ID|FILE",
        help="an id from 'policy list', a policy file, a document, or a label's indication",
    )
    one.add_argument("later", nargs="?", metavar="POLICY", help="diff: the later edition")
    one.add_argument("--json", metavar="FILE", help="audit, draft: write the findings or the draft here")
    one.add_argument("--out", metavar="FILE.yaml", help="draft: write a policy file here, for 'review --policy'")
    one.add_argument(
        "--source", metavar="FILE", help="with check: the payer's document, in which every 'find' must stand"
    )
    one.add_argument("--picture", metavar="FILE", help="with english: draw the tree on one page, .pdf, .svg or .png")


def run_policy(options: argparse.Namespace) -> None:
    from chartproof.policy.labels import label_ids, load_label
    from chartproof.policy.load import load_policy

    refuse_surplus(options)
    for given in (options.json, options.picture):
        if given:
            refuse_unwritable(Path(given))
    if options.action == "list":
        list_all()
        return
    if not options.policy:
        raise InputError("CP-CLI-04", "no policy is named", then="Give an id from 'chartproof policy list', or a file.")
    if options.action in ("draft", "diff"):
        (run_draft if options.action == "draft" else run_diff)(options)
        return
    policy = load_label(options.policy) if options.policy in label_ids() else load_policy(options.policy)
    if options.action == "english":
        explain(policy, options.picture)
    elif options.action == "show":
        from chartproof.screens import print_policy

        print_policy(policy, console(), asked=options.policy)
    elif options.action == "audit":
        hold_against(policy, options.json)
    else:
        check(policy, options.source)


def refuse_surplus(options: argparse.Namespace) -> None:
    """Raises InputError CP-CLI-13 for a name that the action has no use for."""
    takes = {"list": 0, "diff": 2}.get(options.action, 1)
    surplus = [given for given in (options.policy, options.later) if given][takes:]
    if surplus:
        raise InputError(
            "CP-CLI-13", f"'policy {options.action}' takes {('nothing more', 'one name', 'two names')[takes]}",
            where=surplus[0], then=f"Leave out {surplus[0]!r}.",
        )  # fmt: skip


def list_all() -> None:
    from chartproof.policy.load import list_policies

    print(f"{'Policy':24} {'Edition':11} Title")
    for entry in list_policies():
        print(f"{entry.id:24} {entry.edition:11} {entry.title}")


def explain(policy: Policy, file: str | None) -> None:
    from chartproof.policy.english import english

    print("\n".join(english(policy)))
    if file:
        from chartproof.picture import picture

        write_file(Path(file), picture(policy, Path(file)))
        print(f"\nWritten: {file}")


def hold_against(policy: Policy, file: str | None) -> None:
    from chartproof.policy.audit import audit, audit_record
    from chartproof.screens import print_audit

    findings = audit(policy)
    print_audit(policy, findings, console())
    write_record(audit_record(policy, findings), file)


def check(policy: Policy, source: str | None) -> None:
    """Prints what is wrong, a line each. Raises InputError CP-CLI-05 where anything is."""
    from chartproof.policy.checks import problems, told
    from chartproof.policy.lint_data import of_summary
    from chartproof.policy.worked import read_cases
    from chartproof.trial import failed_cases

    worked = read_cases(policy)
    found = (
        *problems(policy, source=pages_of(source) if source else ()),
        *(failed_cases(policy, worked) if worked else ()),
    )
    for message in told(policy, found):
        print(message)
    if found:
        raise InputError(
            "CP-CLI-05",
            "one problem was found" if len(found) == 1 else f"{len(found)} problems were found",
            where=policy.file,
        )
    proved = f", {len(worked.cases)} cases" if worked else ""
    print(f"{policy.id}, edition of {policy.edition}: {len(policy.rules)} rows{proved}, no problem found.")
    if of_summary(policy):
        print("Written from a summary: hold it against the payer's own text before any use.")


def pages_of(file: str) -> tuple[str, ...]:
    """The text of each page of a payer's document. Raises InputError CP-CLI-10 where none could be read."""
    from chartproof.chart.files import read_file

    pages = tuple(page.text for page in read_file(Path(file)).pages)
    if not any(page.strip() for page in pages):
        raise InputError("CP-CLI-10", "no text could be read from this document", where=file)
    return pages


def run_draft(options: argparse.Namespace) -> None:
    from chartproof.drafting import draft_document, summary
    from chartproof.policy.draft.draft import draft_json
    from chartproof.policy.draft.written import policy_yaml

    if options.out:
        refuse_lost(Path(options.out))
    path = Path(options.policy)
    draft = draft_document(path)
    if options.out and not draft.criteria:
        raise InputError(
            "CP-DRAFT-02", "no criterion was found in it, and nothing was written", where=path.name,
            then="Is it the payer's policy, and are all of its pages there?",
        )  # fmt: skip
    print("\n".join(summary(draft)))
    write_record(draft_json(draft), options.json)
    if options.out:
        write_file(Path(options.out), policy_yaml(draft, source=path.name).encode())
        print(f"\nWritten: {options.out}\nNext: chartproof policy check {options.out}")


def refuse_lost(out: Path) -> None:
    """Raises InputError CP-CLI-12 for a name that no policy file has, or for a file that somebody may have finished by hand."""
    refuse_unwritable(out)
    if out.suffix not in (".yaml", ".yml"):
        raise InputError("CP-CLI-12", "a policy file's name ends in .yaml", where=str(out))
    if out.exists():
        then = "Name a new one: a draft is not written over what a person may have finished."
        raise InputError("CP-CLI-12", "there is a file of this name", where=str(out), then=then)


def run_diff(options: argparse.Namespace) -> None:
    from chartproof.drafting import compare

    if not options.later:
        raise InputError(
            "CP-CLI-09", "a second edition is needed", then="Give the earlier one and then the later one: ids or files."
        )
    found = compare(options.policy, options.later)
    for one in found.changes:
        sides = [entry for entry in (one.before, one.after) if entry]
        print(f"{one.change:10} {' -> '.join(dict.fromkeys(entry.id for entry in sides))}")
        if one.before and one.change in ("changed", "reworded", "removed"):
            print(_indented("was", one.before.text))
        if one.after:
            print(_indented("now", one.after.text))
    for name, codes in (("codes added", found.codes_added), ("codes removed", found.codes_removed)):
        if codes:
            print(f"{name}: {', '.join(codes)}")
    count = len(found.changes)
    print("Nothing changed in the criteria." if not count else "1 change." if count == 1 else f"{count} changes.")


def _indented(name: str, text: str) -> str:
    return textwrap.fill(text, 100, initial_indent=f"    {name}  ", subsequent_indent=" " * 9)
