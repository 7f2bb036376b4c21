"""The tables. `migrations/` makes them; a test holds the two against each other.

Ids are random text. No table but `audit` is without its foreign keys: the chain outlives what it speaks of.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from chartproof.desk.store.rows import Json, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def to(table: str, name: str, *, nullable: bool = False, index: bool = True) -> Column[str]:
    return Column(name, String(64), ForeignKey(f"{table}.id"), nullable=nullable, index=index)


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="", server_default="")


def count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0, server_default="0")


def moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Moment, nullable=nullable)


users = Table(
    "users", metadata, key(),
    Column("name", String(80), nullable=False, unique=True),
    text("shown"), text("role"), text("licence"), text("password"), text("totp_secret"),
    count("totp_used"), moment("created"), moment("password_set"), moment("disabled", nullable=True),
    Column("password_of_another", Boolean, nullable=False, default=False, server_default=false()),
)  # fmt: skip

sessions = Table(
    "sessions", metadata, key(), to("users", "user"),
    moment("created"), moment("seen"), moment("authenticated"), moment("ended", nullable=True),
)  # fmt: skip

throttle = Table(
    "throttle", metadata, key(), count("failures"), moment("first"), moment("locked_until", nullable=True)
)  # fmt: skip

cases = Table(
    "cases", metadata, key(),
    text("reference"), text("initials"), text("patient_name"), Column("patient_born", Date), text("patient_mrn"),
    text("patient_sex"), text("member_id"), text("group_number"),
    text("drug"), text("product"), text("indication"), text("payer"), text("plan_type"), text("state"),
    Column("as_of", Date), Column("received", Date), Column("apheresis_planned", Date), text("policy"),
    Column("stage", String(20), nullable=False, index=True), to("users", "owner", nullable=True),
    text("next_action"), Column("next_due", Date), count("met"), count("missing"), count("not_met"),
    count("not_applicable"), text("awaited"), count("version"), moment("created"), moment("updated"),
)  # fmt: skip

case_access = Table(
    "case_access", metadata,
    Column("case", String(64), ForeignKey("cases.id"), primary_key=True),
    Column("user", String(64), ForeignKey("users.id"), primary_key=True, index=True),
    to("users", "granted_by", nullable=True, index=False), moment("at"),
)  # fmt: skip

files = Table(
    "files", metadata, key(), to("cases", "case"),
    text("name"), Column("sha", String(64), nullable=False, index=True), count("size"), text("media_type"),
    Column("state", String(20), nullable=False), count("pages"), text("reason"),
    to("users", "added_by", nullable=True, index=False), moment("added"), moment("removed", nullable=True),
)  # fmt: skip

readings = Table(
    "readings", metadata, key(), to("cases", "case"),
    Column("state", String(20), nullable=False), Column("of_files", Json, nullable=False),
    text("reading_sha"), text("review_sha"), text("code"), moment("started"), moment("ended", nullable=True),
)  # fmt: skip

jobs = Table(
    "jobs", metadata, key(), Column("kind", String(40), nullable=False), to("cases", "case", nullable=True),
    Column("payload", Json, nullable=False), Column("state", String(20), nullable=False),
    count("attempts"), count("most_attempts"), count("done"), count("total"), text("message"), text("code"),
    text("leased_by"), moment("lease_until", nullable=True), moment("not_before"), moment("created"),
    moment("ended", nullable=True), Index(None, "state", "not_before"),
)  # fmt: skip

judgements = Table(
    "judgements", metadata, key(), to("cases", "case"),
    count("number"), Column("kind", String(20), nullable=False), text("layer"), text("criterion"), text("status"),
    text("reason"), text("seen"),
    text("file"), Column("page", Integer), text("quote"), Column("boxes", Json),
    text("concept"), text("value"), text("quantity"), Column("day", Date),
    to("users", "by", index=False), moment("at"),
    to("users", "undone_by", nullable=True, index=False), moment("undone_at", nullable=True),
    UniqueConstraint("case", "number"),
)  # fmt: skip

requests = Table(
    "requests", metadata, key(), to("cases", "case"), to("judgements", "judgement", nullable=True, index=False),
    text("what"), text("of_whom"), text("criterion"), to("users", "owner", nullable=True, index=False),
    Column("due", Date), Column("state", String(20), nullable=False),
    to("users", "by", index=False), moment("at"), moment("ended", nullable=True),
)  # fmt: skip

packages = Table(
    "packages", metadata, key(), to("cases", "case"), count("number"), Column("sha", String(64), nullable=False),
    Column("review_sha", String(64), nullable=False), Column("parts", Json, nullable=False),
    count("audit_number"), Column("audit_head", String(64), nullable=False),
    Column("draft", Boolean, nullable=False, default=False, server_default=false()), to("users", "by", index=False), moment("at"), moment("outdated", nullable=True), text("outdated_why"),
    UniqueConstraint("case", "number"),
)  # fmt: skip

signatures = Table(
    "signatures", metadata, key(), to("cases", "case"), to("packages", "package"),
    Column("package_sha", String(64), nullable=False), to("users", "signer", index=False),
    text("signer_name"), text("licence"), text("meaning"), moment("at"),
    moment("voided", nullable=True), to("users", "voided_by", nullable=True, index=False), text("voided_why"),
)  # fmt: skip

sendings = Table(
    "sendings", metadata, key(), to("cases", "case"), to("packages", "package"),
    Column("how", String(20), nullable=False), text("sent_to"), text("receipt"), Column("signed", Boolean, nullable=False),
    moment("sent"), to("users", "by", index=False), moment("at"),
)  # fmt: skip

#: What came to the payer's side and how it was answered. Its id is the payer's number for it.
exchanged = Table(
    "exchanged", metadata, key(), Column("digest", String(64), nullable=False, unique=True),
    Column("numbers", Json, nullable=False), Column("providers", Json, nullable=False),
    Column("members", Json, nullable=False), text("replaces"), text("approved"),
    Column("settled", Boolean, nullable=False, index=True),
    Column("request_sha", String(64), nullable=False), Column("answer_sha", String(64), nullable=False),
    Column("turn", Integer, nullable=False, index=True), moment("received"), moment("answered"),
)  # fmt: skip

#: The case in which a person decides a request, and the day by which the law wants a decision.
exchanged_cases = Table(
    "exchanged_cases", metadata, Column("exchanged", String(64), ForeignKey("exchanged.id"), primary_key=True),
    to("cases", "case"), Column("due", Date),
)  # fmt: skip

#: What a clinician ruled on a request that came to the payer's side, with the letter that went out. Rows are never changed.
rulings = Table(
    "rulings", metadata, key(), to("cases", "case"), to("exchanged", "exchanged"),
    Column("outcome", String(10), nullable=False), Column("rows", Json, nullable=False),
    Column("considered", Json, nullable=False), text("statement"),
    to("users", "signer", index=False), text("signer_name"), text("licence"), text("specialty"), moment("at"),
    Column("parts", Json, nullable=False), Column("review_sha", String(64), nullable=False),
    Column("answer_sha", String(64), nullable=False),
)  # fmt: skip

#: By what it is found: a number, a member, or the number that it replaces.
exchanged_names = Table(
    "exchanged_names", metadata,
    Column("exchanged", String(64), ForeignKey("exchanged.id"), primary_key=True),
    Column("kind", String(10), primary_key=True), Column("name", String(400), primary_key=True),
    Index(None, "kind", "name"),
)  # fmt: skip

#: Each call of the payer's side and how it ended. The request of a $submit lies with its answer, in `exchanged`.
exchanged_calls = Table(
    "exchanged_calls", metadata, key(), Column("operation", String(60), nullable=False), text("client"),
    Column("status", Integer, nullable=False), count("milliseconds"), text("request_sha"), text("answer_sha"),
    Column("at", Moment, nullable=False, index=True),
)  # fmt: skip

#: Tokens of callers and the assertions that they used, by digest, until they end.
exchanged_passes = Table(
    "exchanged_passes", metadata, key(), Column("kind", String(10), nullable=False), text("client"), text("scopes"),
    Column("ends", Moment, nullable=False, index=True),
)  # fmt: skip

#: Who is told of answers; `told` is the turn of the last one that was sent.
exchanged_subscriptions = Table(
    "exchanged_subscriptions", metadata, key(), text("client"), text("organization"), text("endpoint"),
    Column("state", String(20), nullable=False, index=True), Column("resource", Json, nullable=False), count("events"),
    count("told"), count("failures"), moment("changed"),
)  # fmt: skip

#: What was read of a document that came, by what it is: an update brings the same documents again.
exchanged_readings = Table(
    "exchanged_readings", metadata, key(), Column("reading_sha", String(64), nullable=False), moment("at"),
)  # fmt: skip

#: Which policy a coverage answer spoke of, by the answer's number.
exchanged_contexts = Table("exchanged_contexts", metadata, key(), text("policy"))

audit = Table(
    "audit", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False), moment("at"),
    text("who"), text("role"), text("address"), text("action"), text("entity"), text("entity_id"),
    text("outcome"), Column("detail", Json, nullable=False),
    Column("previous", String(64), nullable=False), Column("hash", String(64), nullable=False),
    Index(None, "entity", "entity_id"),
)  # fmt: skip
