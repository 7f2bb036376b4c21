"""What a sentence over entries says of them: a heading that is one, a lead below other entries."""

from __future__ import annotations

from tests.policy.draft.set_pages import drafted, ids

from chartproof.policy.draft.criterion import every


def test_a_parts_name_that_is_a_sentence_says_what_its_entries_are_for() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "Febuxostat is covered when each of points 11 and 12 is true")]),
        (60.0, 10.0, [(60.0, "11. Gout is shown by a smear.")]), (74.0, 10.0, [(60.0, "12. Age is 18 years or more.")]),
        (100.0, 13.0, [(60.0, "A request for coverage fails if any of points 21 to 23 is true")]),
        (120.0, 10.0, [(60.0, "21. A lawsuit is undecided.")]), (134.0, 10.0, [(60.0, "22. The tophus drains.")]),
        (148.0, 10.0, [(60.0, "23. Travel is planned.")]),
    ])  # fmt: skip
    kinds = {one.id: one.kind for one in every(draft.criteria)}
    assert {kinds[name] for name in ("11", "12")} == {"necessity"}
    assert {kinds[name] for name in ("21", "22", "23")} == {"exclusion"}


def test_more_time_below_the_refusals_refuses_nothing() -> None:
    lead = "An approval is drawn out by 90 days if both of points A and B hold:"
    for said, kind in ((lead, "continuation"), (lead.replace("is drawn", "is not drawn"), "exclusion")):
        draft = drafted([
            (40.0, 13.0, [(60.0, "Exclusions")]),
            (60.0, 10.0, [(60.0, "21. A lawsuit is undecided.")]), (74.0, 10.0, [(60.0, "22. The tophus drains.")]),
            (96.0, 10.0, [(60.0, said)]),
            (110.0, 10.0, [(60.0, "A. Urate is below 6 mg/dL.")]), (124.0, 10.0, [(60.0, "B. No flare has occurred.")]),
        ])  # fmt: skip
        kinds = {one.id: one.kind for one in every(draft.criteria)}
        assert (kinds["21"], kinds["22"]) == ("exclusion", "exclusion")
        assert (kinds["A"], kinds["B"]) == (kind, kind)


def test_the_first_of_what_is_announced_is_an_entry_whatever_its_number() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "Criteria")]),
        (60.0, 10.0, [(60.0, "3. Gout is shown by a smear.")]), (74.0, 10.0, [(60.0, "4. Age is 18 years or more.")]),
        (96.0, 10.0, [(60.0, "Pegloticase is covered when both of these are so:")]),
        (110.0, 10.0, [(60.0, "41. Urate is above 6 mg/dL.")]), (124.0, 10.0, [(60.0, "42. A flare has occurred.")]),
    ])  # fmt: skip
    assert {"3", "4", "41", "42"} <= set(ids(list(every(draft.criteria))))
