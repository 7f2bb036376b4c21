"""A policy's criteria held against the labels in its scope and what has changed since it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartproof.model.audit import AuditFinding
from chartproof.model.policy import FactTest
from chartproof.policy.audit_view import Approved, View, known, pattern, rule_place, tests


def more_lines_than_label(view: View) -> Iterator[AuditFinding]:
    """Criteria that ask for more earlier lines than any label in scope."""
    asked = [
        (rule, number)
        for rule in view.policy.rules
        for test in tests(rule.body)
        if (number := _lines(test, _values(view))) is not None
    ]
    most = [
        number
        for label in view.labels
        for test in tests(label.rules["prior_lines"].body)
        if (number := _lines(test, {})) is not None
    ]
    silent = [label for label in view.labels if not any(True for _ in tests(label.rules["prior_lines"].body))]
    for rule, number in asked:
        if view.labels and number > max(most, default=0):
            yield AuditFinding(
                "stricter_than_label",
                f"{rule.id} asks for {number:g} earlier lines; no label in scope asks for more than {max(most, default=0):g}",
                tuple(f"{label.brand}: {label.rules['prior_lines'].says}" for label in (silent or view.labels)),
                rule_place(rule),
                tuple(dict.fromkeys(f"label of {label.brand}: {label.source}" for label in view.labels)),
                (rule.id,),
                all(label.verified for label in view.labels),
            )


def classes_beyond_label(view: View) -> Iterator[AuditFinding]:
    """Criteria that ask for a class of earlier drugs that no label in scope names."""
    named = {test.of for label in view.labels for test in tests(label.rules["required_classes"].body)}
    for rule in view.policy.rules:
        for test in tests(rule.body):
            if (
                view.labels
                and rule.kind == "necessity"
                and test.concept == "class_exposure"
                and test.of
                and test.of not in named
            ):
                yield AuditFinding(
                    "stricter_than_label",
                    f"{rule.id} asks for an earlier {test.name or test.of.replace('_', ' ')}, which no label in scope names",
                    tuple(f"{label.brand}: {label.rules['required_classes'].says}" for label in view.labels),
                    rule_place(rule),
                    tuple(dict.fromkeys(f"label of {label.brand}: {label.source}" for label in view.labels)),
                    (rule.id,),
                    all(label.verified for label in view.labels),
                )


def ended_programme(view: View) -> Iterator[AuditFinding]:
    """Criteria that ask for a REMS certificate after the programme ended."""
    end = next((event for event in known()["events"] if event["id"] == "rems_ended"), None)
    if (
        end is None
        or str(view.edition) <= end["day"]
        or not any(label.product in end["products"] for label in view.labels)
    ):
        return
    for rule in view.policy.rules:
        if pattern("rems").search(f"{rule.says} {rule.find}"):
            yield AuditFinding(
                "ended_programme",
                f"{rule.id} asks for a REMS, which ended on {end['day']}",
                (f"{rule.id}: {rule.says}", f"the edition is of {view.edition}"),
                rule_place(rule),
                (end["law"],),
                (rule.id,),
                end["verified"],
            )


def older_than_label(view: View) -> Iterator[AuditFinding]:
    """Labels that changed after the policy's literature was read and before it took effect."""
    read = view.dates.get("literature_read")
    if not read:
        return
    products = {label.product for label in view.labels}
    since = [
        event
        for event in known()["events"]
        if read < event["day"] <= str(view.edition) and products & set(event["products"])
    ]
    if since:
        review = f"; the next review is {view.dates['next_review']}" if "next_review" in view.dates else ""
        yield AuditFinding(
            "older_than_label",
            f"{len(since)} label changes came after its literature was read ({read}) and before it took effect{review}",
            tuple(f"{event['day']}: {event['what']}" for event in since),
            "dates",
            tuple(event["law"] for event in since),
            tuple(event["id"] for event in since),
            all(event["verified"] for event in since),
        )


def _lines(test: FactTest, terms: Mapping[str, float | None]) -> float | None:
    if test.concept != "prior_lines" or test.test != "at_least":
        return None
    return terms.get(test.limit) if isinstance(test.limit, str) else test.limit


def _values(view: View) -> Mapping[str, float | None]:
    return {term.name: term.value for term in view.policy.terms}


def approvals(view: View, product: str, disease: str) -> tuple[Approved, ...]:
    """The indications of a product for a disease; "" stands for any."""
    return tuple(label for label in view.labels if product in ("", label.product) and disease in ("", label.disease))
