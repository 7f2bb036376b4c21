"""What `letter`, `deadlines` and `policy` show on a terminal: values in, lines out. It reads no clock and no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chartproof.model import Deadline
from chartproof.model.audit import AuditFinding
from chartproof.model.policy import Policy
from chartproof.packet.look import event_words, one_way, sentence, table_day
from chartproof.rights.apply import IF_LATE
from chartproof.rights.law import StartingEvent, plans

WIDTH = 100
#: As many lines of evidence are shown for a finding; the file has them all.
EVIDENCE = 4

#: What a letter that denies nothing is, by its kind.
KINDS = {
    "approval": "It is an approval.",
    "approval_modified_site": "It is an approval for another place of care than was asked for.",
    "request_for_information": "It asks for more information.",
    "eob_paid": "It is a statement of a claim that was paid.",
    "other": "It does not read as a payer's letter about a request.",
}
#: The fields of the letter file that are shown apart from the list of plain fields.
_APART = (
    "file", "is_denial", "letter_kind", "reasons", "stated_deadlines", "plan_timeframes", "peer_to_peer",
    "expedited_offered", "notice_defects", "questions", "places",
)  # fmt: skip
_FIELD_WORDS = {
    "hcpcs_cpt": "Procedure codes", "icd10": "Diagnosis codes", "fax_header_date": "Date of the fax header",
    "member_id": "Member ID", "appeal_level_next": "Next appeal", "reviewer_named": "Name of the reviewer",
    "criteria_cited_unmet": "Criteria said to be unmet", "received_date": "Day of receipt",
}  # fmt: skip
#: The fields whose value is one of a closed list of our words.
_CHOSEN = ("decision_type", "appeal_level_next")
_REASON_WORDS = {"rems_atc": "REMS or treatment center"}
_STARTS = {
    "letter_date": "the date of the letter", "decision_receipt": "receipt of the decision", "receipt": "receipt",
    "plan_receipt_of_appeal": "the plan's receipt of the appeal",
}  # fmt: skip


def print_letter(record: Mapping[str, Any], console: Console) -> None:
    """What a letter says, from the record of `letter --json`; what it does not say is named in one line at the end."""
    width = min(console.width, WIDTH)
    kind = record["letter_kind"]
    if record["is_denial"]:
        head = f"{record['file']} is a denial" + (f" ({_words(kind)})." if kind not in ("", "denial") else ".")
    else:
        head = f"{record['file']} is not a denial. {KINDS.get(kind, '')}".strip()
    console.print(Text(head, style="bold"), width=width)
    if kind in ("other", "") and not record["is_denial"]:
        _list("To be asked", record["questions"], console, width)
        return
    plain = {key: value for key, value in record.items() if key not in _APART}
    _fields({_field(key): _told(key, value) for key, value in plain.items() if value}, console, width)
    _list("Reasons given", [_quoted(row, _reason(row["kind"])) for row in record["reasons"]], console, width)
    _list("Dates that the letter states", [_stated(row) for row in record["stated_deadlines"]], console, width)
    _list("What the plan sets itself", [_stated(row) for row in record["plan_timeframes"]], console, width)
    call = record["peer_to_peer"]
    if call:
        _list("Peer-to-peer call", [", ".join(filter(None, (call["phone"], call["window"])))], console, width)
    defects = [
        f"{row['what']} ({row['citation']}{'' if row['verified'] else '; from memory: confirm'})"
        for row in record["notice_defects"]
    ]
    _list("What the notice lacks or gets wrong", defects, console, width)
    _list("To be asked, because the letter does not say it", record["questions"], console, width)
    absent = [_field(key).lower() for key, value in plain.items() if not value and key != "appeal_phone"]
    if record["is_denial"] and not record["expedited_offered"]:
        absent.append("an expedited appeal")
    if absent:
        console.print()
        console.print(Text(f"Not stated in the letter: {one_way(absent)}."), width=width)


def _field(key: str) -> str:
    return _FIELD_WORDS.get(key) or sentence(_words(key))


def _words(key: str) -> str:
    return key.replace("_", " ")


def _told(key: str, value: object) -> str:
    """A field's value for a reader; a plan type as case.yaml takes it, with what it means."""
    if key == "plan_type":
        means = plans()["plans"].get(value, {}).get("means", "")
        return f"{value} ({means})" if means else str(value)
    return sentence(str(value).replace("_", "-")) if key in _CHOSEN else _plain(value)


def _plain(value: object) -> str:
    """A list of sentences a line each; a list of codes or names on one."""
    if not isinstance(value, (list, tuple)):
        return str(value)
    each = [str(one) for one in value]
    return ("\n" if any(one.endswith(".") for one in each) else ", ").join(each)


def _fields(rows: Mapping[str, str], console: Console, width: int) -> None:
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(f"  {name}", Text(value))
    console.print(table, width=width)


def _list(title: str, lines: Sequence[str], console: Console, width: int) -> None:
    if not lines:
        return
    console.print()
    console.print(Text(title, style="bold"), width=width)
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(width=3, no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row("-", Text(line))
    console.print(table, width=width)


def _quoted(row: Mapping[str, Any], said: str) -> str:
    quote = f': "{row["quote"]}"' if row["quote"] else ""
    return f"{said}{quote} (p. {row['page']})" if row["page"] else f"{said}{quote}"


def _reason(kind: str) -> str:
    return _REASON_WORDS.get(kind) or sentence(_words(kind))


def _stated(row: Mapping[str, Any]) -> str:
    amount = next(
        (f"{row[unit]} {_words(unit)}" for unit in ("days", "business_days", "months", "hours") if row.get(unit)), ""
    )
    start = f"from {_STARTS.get(row['from'], _words(row['from']))}" if row["from"] else ""
    day = f"by {row['on']}" if row.get("on") else ""
    said = " ".join(filter(None, (amount, start if amount else "", day)))
    return _quoted(row, f"{event_words(row['what'])}, {said}" if said else event_words(row["what"]))


def print_deadlines(found: Sequence[Deadline], console: Console) -> None:
    """Each date on a line, the day to act by first; below it why, and where the rule stands."""
    width = min(console.width, WIDTH)
    console.print(Text("Act by            The rule says     What", style="bold"), width=width)
    for n, one in enumerate(found):
        if one.what == IF_LATE:
            continue
        if any(same_date(one, other) for other in found[:n]):  # said above, with what the state adds below it
            console.print(Padding(Text(f"So also {one.citation}: {one.why.strip()}"), (0, 0, 1, 4)), width=width)
            continue
        doubt = "" if one.verified else "; not confirmed"
        what = f"{event_words(one.what)} ({one.who}){doubt}"
        console.print(Text(f"{table_day(one.safe_due):16}  {table_day(one.due):16}  {what}", style="bold"), width=width)
        late = f"If late: {one.if_late}" if one.if_late else ""
        for line in filter(None, (one.why.strip(), late, one.citation)):
            console.print(Padding(Text(line), (0, 0, 0, 4)), width=width)
        console.print()


def same_date(one: Deadline, other: Deadline) -> bool:
    """Whether both say the same of the same day: a state's rule beside the federal one."""
    said = [(each.what, each.who, each.due, each.safe_due, each.if_late, each.verified) for each in (one, other)]
    return said[0] == said[1]


def print_events(events: Sequence[StartingEvent], plan_type: str, state: str, console: Console) -> None:
    """What may be given for a plan type, the claimant's events first, where nothing given starts a clock."""
    width = min(console.width, WIDTH)
    plan = f"{plan_type} in {state}" if state else plan_type
    said = f"No date follows for {plan} from what was given. Say what happened with --given EVENT=DATE."
    console.print(Text(said), width=width)
    own = [event for event in events if any(who == "claimant" for who, _what in event.follows)]
    others = [event for event in events if event not in own]
    for title, group in (
        ("Events that start your own time to act", own),
        ("Events that start the time of others", others),
    ):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), width=width, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for event in group:
            follows = ", ".join(dict.fromkeys(_words(what) for _who, what in event.follows))
            table.add_row(f"  {event.name}", Text(f"{sentence(event.means)}: {follows}"))
        console.print()
        console.print(Text(title, style="bold"), width=width)
        console.print(table, width=width)


def print_audit(policy: Policy, findings: Sequence[AuditFinding], console: Console) -> None:
    """What an audit found: each defect, its place, what proves it and what it rests on."""
    width = min(console.width, WIDTH)
    console.print(
        Text(f"{policy.id}, edition of {policy.edition}: {len(findings)} findings", style="bold"), width=width
    )
    for n, finding in enumerate(findings, 1):
        confirm = "" if finding.verified else " (confirm)"
        console.print()
        console.print(Text(f"{n}. {sentence(finding.what)}{confirm}"), width=width)
        console.print(Padding(Text(f"{finding.linter}; {finding.where}".rstrip("; ")), (0, 0, 0, 3)), width=width)
        for evidence in finding.evidence[:EVIDENCE]:
            console.print(Padding(Text(evidence), (0, 0, 0, 3)), width=width)
        if len(finding.evidence) > EVIDENCE:
            console.print(Padding(Text(f"and {len(finding.evidence) - EVIDENCE} more"), (0, 0, 0, 3)), width=width)


def print_policy(policy: Policy, console: Console, *, asked: str) -> None:
    """The criteria of a policy, one row each, and how each one's reading is grounded. `asked` is the id or file given."""
    width = min(console.width, WIDTH)
    console.print(Text(f"{policy.id}, edition of {policy.edition}: {policy.title}", style="bold"), width=width)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), width=width)
    table.add_column("Row", no_wrap=True)
    table.add_column("Kind", no_wrap=True)
    table.add_column("What is asked", ratio=1)
    table.add_column("Basis", no_wrap=True)
    for rule in policy.rules:
        table.add_row(
            rule.id,
            rule.kind,
            Text(sentence(rule.says) + ("" if rule.verified else " (confirm)")),
            rule.basis or "policy",
        )
    console.print(table, width=width)
    console.print()
    console.print(
        Text(f"How each row is decided, and every term and window: chartproof policy english {asked}"), width=width
    )
