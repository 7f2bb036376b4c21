"""Every address of the desk on one screen: path, method, the permission it stands under, and what answers."""

from __future__ import annotations

from chartproof.desk.web import audits, case, chart, judge, package, people, queue, settings
from chartproof.desk.web.app import Way

C, P = "/cases/{case}", "/cases/{case}/packages/{package}"

WAYS: tuple[Way, ...] = (
    Way("/first-run", "GET", "first_run", people.first_run),
    Way("/first-run", "POST", "first_run", people.first_run_done),
    Way("/sign-in", "GET", "sign_in", people.sign_in),
    Way("/sign-in", "POST", "sign_in", people.sign_in_done),
    Way("/sign-out", "POST", "sign_out", people.sign_out),
    Way("/account", "GET", "account", people.account),
    Way("/account/password", "GET", "password", people.password),
    Way("/account/password", "POST", "password", people.password_done),
    Way("/account/totp", "POST", "account", people.codes),
    Way("/users", "GET", "users", people.users),
    Way("/users", "POST", "users_change", people.add_user),
    Way("/users/{user}", "POST", "users_change", people.change_user),
    Way("/audit", "GET", "audit", audits.show),
    Way("/audit.json", "GET", "audit", audits.as_fhir),
    Way("/", "GET", "queue", queue.show),
    Way("/demo", "POST", "demo", queue.demo),
    Way("/cases/new", "GET", "case_new", queue.new),
    Way("/cases/new", "POST", "case_new", queue.made),
    Way(C, "GET", "case", case.show),
    Way(C + "/progress", "GET", "progress", case.progress),
    Way(C + "/sheets/{file}/{page}.png", "GET", "sheet", chart.sheet),
    Way(C + "/words", "GET", "words", chart.words),
    Way(C + "/documents", "GET", "documents", chart.documents),
    Way(C + "/history", "GET", "history", chart.history),
    Way(C + "/denial", "GET", "denial", chart.denial),
    Way(C + "/requests", "GET", "requests", case.asked_for),
    Way(C + "/settings", "GET", "settings", settings.show),
    Way(C + "/files", "POST", "files", judge.add_files),
    Way(C + "/read", "POST", "read", judge.read_again),
    Way(C + "/judgements", "POST", "judge", judge.judge),
    Way(C + "/judgements/{judgement}/undo", "POST", "undo", judge.undo),
    Way(C + "/requests", "POST", "ask", judge.ask),
    Way(C + "/requests/{request}", "POST", "settle", judge.answer_request),
    Way(C + "/settings", "POST", "case_edit", settings.keep),
    Way(C + "/typed", "POST", "case_edit", settings.keep_typed),
    Way(C + "/access", "POST", "case_grant", settings.access),
    Way(C + "/package", "GET", "package_page", package.show),
    Way(C + "/package", "POST", "package", package.make),
    Way(P + "/preview", "GET", "preview", package.preview),
    Way(P + "/preview/{page}.png", "GET", "preview_sheet", package.preview_sheet),
    Way(P + "/sign", "GET", "sign", package.sign),
    Way(P + "/sign", "POST", "sign", package.sign_done),
    Way(P + "/archive", "POST", "archive", package.take_archive),
    Way(P + "/sent", "POST", "send", package.sent),
    Way(P + "/{name}", "GET", "download", package.download),
)
