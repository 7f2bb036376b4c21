"""Every screen: no fault that axe finds (WCAG 2.2 A and AA), nothing wider than the window, all of it by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, packages, queue
from deskwork import PASSWORD, Client, desk_in, enrol, small_case, work_off

pytestmark = pytest.mark.xdist_group("desk")

#: Screen and its address; {case} is the demo case, {small} one that is being read, {package} the demo's package.
SCREENS = {
    "sign in": "/sign-in",
    "queue": "/",
    "queue, nothing fits": "/?q=nothing",
    "new case": "/cases/new",
    "row met": "/cases/{case}?row=policy%3AI.C",
    "row missing": "/cases/{case}?row=policy%3ADOC.C.1",
    "row of the label": "/cases/{case}?row=label%3Aage",
    "page without a picture": "/cases/{case}?row=policy%3AI.B&file=10&page=1",
    "documents": "/cases/{case}/documents",
    "therapy and facts": "/cases/{case}/history",
    "denial and dates": "/cases/{case}/denial",
    "requests": "/cases/{case}/requests",
    "requests, none": "/cases/{small}/requests",
    "package": "/cases/{case}/package",
    "package, none": "/cases/{small}/package",
    "preview": "/cases/{case}/packages/{package}/preview",
    "preview of a page": "/cases/{case}/packages/{package}/preview?page=2",
    "sign": "/cases/{case}/packages/{package}/sign",
    "case": "/cases/{case}/settings",
    "being read": "/cases/{small}",
    "people": "/users",
    "audit": "/audit",
    "account": "/account",
    "password": "/account/password",
    "codes": "/account?totp=new",
    "not open": "/cases/unknown",
}
#: What only a physician sees, and what nobody signed in sees.
OF_A_PHYSICIAN, OF_NOBODY = ("sign",), ("sign in",)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class House:
    base: str
    parts: dict[str, str]
    visitors: dict[str, Any]

    def page(self, screen: str) -> Any:
        who = "omar" if screen in OF_A_PHYSICIAN else "nobody" if screen in OF_NOBODY else "dana"
        visitor = self.visitors[who]
        visitor.go(SCREENS[screen].format(**self.parts))
        return visitor.page


@pytest.fixture(scope="module")
def house(
    read_desk: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any], visiting: Callable[..., Any]
) -> Iterator[House]:
    """The demo case with a judgement, a request and a signed package; a second case that waits for its reading."""
    folder = tmp_path_factory.mktemp("screens") / "desk"
    shutil.copytree(read_desk, folder)
    desk = desk_in(folder)
    parts = furnished(desk)
    desk.store.close()
    with serving(folder) as (_desk, base):
        visitors = {name: visiting(base) for name in ("dana", "omar", "nobody")}
        visitors["dana"].sign_in("dana")
        visitors["omar"].sign_in("omar")
        yield House(base, parts, visitors)
        for visitor in visitors.values():
            visitor.leave()


def furnished(desk: Desk) -> dict[str, str]:
    with desk.store.read() as connection:
        dana = accounts.listed(connection)[0]
        case = queue.listed(connection, dana.id).cases[0].id
    omar, client = enrol(desk, "omar", "physician"), Client(desk, dana)
    ask = {"row": "policy:DOC.C.1", "due": "2026-05-01", "what": "The signed evaluation", "of_whom": "Social work"}
    steps = [
        (f"/cases/{case}/judgements", {"kind": "accept", "row": "policy:I.C"}),
        (f"/cases/{case}/requests", ask),
        (f"/cases/{case}/access", {"user": omar.id, "do": "add"}),
        (f"/cases/{case}/package", {"purpose": "appeal"}),
    ]
    for path, form in steps:
        assert client.post(path, form).status_code == 303, path
    work_off(desk)
    with desk.store.read() as connection:
        package = packages.listed(connection, case)[0]
    sent = f"/cases/{case}/packages/{package.id}/sent"
    assert client.post(sent, {"how": "portal", "sent_to": "the plan"}).status_code in (303, 400)
    return {"case": case, "small": small_case(desk, dana, read=False), "package": package.id}


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(house: House, screen: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = house.page(screen)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert not [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("screen", ["row met", "row missing", "package", "sign", "queue", "being read"])
def test_the_dark_scheme_is_as_legible(house: House, screen: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = house.page(screen)
    page.emulate_media(color_scheme="dark")
    try:
        found = (
            Axe().run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}).response["violations"]
        )
    finally:
        page.emulate_media(color_scheme="light")
    assert not [[node["html"][:160] for node in one["nodes"][:3]] for one in found]


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (320, 640)], ids=["1280x720", "200% zoom", "400% zoom"])
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_wider_than_the_window(house: House, screen: str, size: tuple[int, int]) -> None:
    page = house.page(screen)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    finally:
        page.set_viewport_size({"width": 1280, "height": 720})


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_reaches_everything_and_shows_where_it_is(house: House, screen: str) -> None:
    """The first stop is the skip link; every link, button and field is a stop, in the page's order, with an outline."""
    page = house.page(screen)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wanted = page.evaluate(MARKED)
    stops = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(AT)
        if stop is None or (stops and stop["number"] == 0):
            break
        stops.append(stop)
    assert stops[0]["text"].startswith("Skip to")
    shown = {stop["number"] for stop in stops if stop["outline"]}  # a day has four stops; the browser marks the last
    assert not [stop["text"] for stop in stops if stop["number"] not in shown]
    numbers = list(dict.fromkeys(stop["number"] for stop in stops))
    assert numbers == list(range(wanted if len(stops) < MOST else len(numbers)))


#: Stops that are looked at: of a long list the rest is as its beginning.
MOST = 60
MARKED = """() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter(one => one.offsetParent !== null && one.type !== 'hidden' && !one.disabled);
    all.forEach((one, n) => { one.dataset.stop = n; });
    return all.length;
}"""
AT = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one);
    return {
        text: (one.innerText || one.name || one.id || one.tagName).slice(0, 40),
        number: one.dataset.stop === undefined ? null : Number(one.dataset.stop),
        outline: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none',
    };
}"""


def test_a_row_is_judged_by_keyboard_alone(house: House) -> None:
    """To the next row, to its next quote, decided otherwise, and undone: no pointer."""
    page = house.page("row met")
    first = page.inner_text("#chosen-row")
    page.keyboard.press("j")
    page.wait_for_url("**row=policy%3AII*")
    page.keyboard.press("k")
    page.wait_for_url("**row=policy%3AI.C*")
    assert page.inner_text("#chosen-row") == first
    page.keyboard.press("e")
    page.wait_for_url("**quote=1")
    page.keyboard.press("n")
    page.wait_for_url("**row=policy%3ADOC.G.1*")
    page.keyboard.press("o")
    page.keyboard.type("Not m")
    page.keyboard.press("Tab")
    page.keyboard.type("told by the patient")
    while page.evaluate("document.activeElement.innerText") != "Decide so":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Decided. The row says")
    while page.evaluate("document.activeElement.innerText") != "Undo":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Undone.")


def test_keys_are_ones_own(house: House) -> None:
    page = house.page("account")
    page.fill("#key-next", "x")
    page = house.page("row met")
    assert page.inner_text("kbd[data-key=next]") == "x"
    page.keyboard.press("x")
    page.wait_for_url("**row=policy%3AII*")
    page = house.page("account")
    page.click("#key-reset")


def test_a_wrong_sign_in_says_so_and_keeps_the_name(house: House) -> None:
    page = house.page("sign in")
    page.fill("#name", "dana")
    page.fill("#password", PASSWORD + "?")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#name") == "dana" and page.input_value("#password") == ""


def test_times_are_of_this_place(house: House) -> None:
    """The clock of these tests says 13:30 in UTC; the browser is in New York."""
    page = house.page("audit")
    assert page.inner_text("tbody tr:last-child time").startswith("2026-05-04 09:3")
    assert "13:3" in page.get_attribute("tbody tr:last-child time", "title")


def test_a_page_is_printed_without_its_controls(house: House) -> None:
    page = house.page("package")
    page.emulate_media(media="print")
    try:
        assert page.locator("text=Not signed").is_visible()
        assert not page.locator(".bar, .tabs, form, footer").filter(visible=True).count()
    finally:
        page.emulate_media(media="screen")
